"""Funds, and payments by bank files."""

from tests.frontend.samples.frame import Pages, ago

PAGES: Pages = {
    "payments": (
        "payments.html",
        {
            "key": "k5",
            "funds": [
                {
                    "id": "aid",
                    "name": "困难职工帮扶",
                    "available_fen": 48_500_000,
                    "reserved_fen": 1_800_000,
                    "paid_fen": 9_700_000,
                }
            ],
            "ready": [
                {
                    "id": "p1",
                    "case_url": "#",
                    "payee": "陈静",
                    "purpose": "重大疾病帮扶 DB-2026-00017",
                    "bank": "中国建设银行省府支行",
                    "account": "**** 4321",
                    "amount_fen": 1_200_000,
                    "at": ago(hours=2),
                },
                {
                    "id": "p2",
                    "case_url": "#",
                    "payee": "赵敏行",
                    "purpose": "重大疾病帮扶 DB-2026-00019",
                    "bank": "中国工商银行",
                    "account": "**** 8810",
                    "amount_fen": 600_000,
                    "at": ago(days=1),
                },
            ],
            "ready_total_fen": 1_800_000,
            "batches": [
                {
                    "id": "b1",
                    "number": "FK-20261120-01",
                    "made_at": ago(days=3),
                    "made_by": "施雅琴",
                    "count": 2,
                    "total_fen": 900_000,
                    "sha256": "3f8a…c21d",
                    "download_url": "#",
                    "state": "sent",
                    "state_text": "等待银行回执",
                    "open": True,
                    "reply_error": None,
                    "orders": [
                        {
                            "payee": "何志远",
                            "amount_fen": 300_000,
                            "case_url": "#",
                            "state": "paid",
                            "state_text": "已到账",
                            "reason": None,
                        },
                        {
                            "payee": "孙丽",
                            "amount_fen": 600_000,
                            "case_url": "#",
                            "state": "returned",
                            "state_text": "已退回",
                            "reason": "户名不符",
                        },
                    ],
                }
            ],
        },
        {"nav_active": "payments"},
    ),
    "payments_empty": (
        "payments.html",
        {"key": "k", "funds": [], "ready": [], "ready_total_fen": 0, "batches": []},
        {"nav_active": "payments"},
    ),
}
