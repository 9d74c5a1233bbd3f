"""The record and its verification."""

from tests.frontend.samples.frame import NOW, Pages, ago

PAGES: Pages = {
    "audit": (
        "audit.html",
        {
            "verification": {
                "state": "ok",
                "checked_at": ago(hours=1),
                "streams": 214,
                "events": 5120,
                "until": ago(hours=2),
                "open_events": 7,
                "findings": [],
                "seconds": 3.1,
            },
            "checkpoints": [
                {
                    "number": 118,
                    "at": ago(hours=2),
                    "streams": 31,
                    "events": 402,
                    "root": "a91f" * 16,
                    "signed_by": "k1",
                    "sent_to": "省直经审会邮箱",
                    "state": "ok",
                    "state_text": "已送达",
                }
            ],
            "export_url": "#",
            "more_url": None,
        },
        {"nav_active": "audit"},
    ),
    "audit_broken": (
        "audit.html",
        {
            "verification": {
                "state": "failed",
                "checked_at": NOW,
                "streams": 214,
                "events": 5120,
                "until": None,
                "open_events": 0,
                "findings": [
                    {
                        "stream": "办件 DB-2026-00003",
                        "text": "第 14 条记录与其摘要不符",
                        "url": None,
                    }
                ],
                "seconds": 3.1,
            },
            "checkpoints": [],
            "export_url": None,
            "more_url": None,
        },
        {"nav_active": "audit"},
    ),
}
