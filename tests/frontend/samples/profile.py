"""What a person sees of their own: roles, recusals, proxies."""

from tests.frontend.samples.frame import Pages, ago, ahead

PAGES: Pages = {
    "profile": (
        "profile.html",
        {
            "person": {
                "name": "陆远山",
                "username": "fu_zhuxi_lu",
                "unit": "省直机关工会",
                "group": None,
                "member_no": "SZ-00002",
                "email": None,
                "roles": [
                    {"name": "分管副主席", "place": "省直机关工会"},
                    {"name": "主席办公会成员", "place": "省直机关工会"},
                ],
                "last_login": ago(days=1),
            },
            "errors": {},
            "can_change_password": True,
            "recusals": [
                {
                    "id": "r1",
                    "about": "陈静",
                    "is_case": False,
                    "reason": "夫妻",
                    "at": ago(days=30),
                    "revoked_at": None,
                },
                {
                    "id": "r2",
                    "about": "重大疾病帮扶 · 田野",
                    "is_case": True,
                    "reason": "",
                    "at": ago(days=60),
                    "revoked_at": ago(days=2),
                },
            ],
            "clearing": {
                "seconds": [
                    {"value": 0, "label": "不保留，决定立即生效", "chosen": False},
                    {"value": 8, "label": "8 秒", "chosen": True},
                ],
                "shortcuts": True,
                "phrases": ["同意。", "请补充缺少的材料。"],
                "most": 20,
                "longest": 100,
            },
            "key": "k1",
            "proxies": {
                "mine": [
                    {
                        "id": "p1",
                        "own": True,
                        "name": "蒋文涛",
                        "since": ago(days=1),
                        "until": ahead(8),
                        "processes": ["重大疾病帮扶"],
                        "reason": "出差",
                        "state": "active",
                        "state_text": "生效中",
                        "can_end": True,
                    }
                ],
                "others": [
                    {
                        "id": "p2",
                        "own": False,
                        "name": "曹玉兰",
                        "since": ago(days=9),
                        "until": None,
                        "processes": [],
                        "reason": "",
                        "state": "over",
                        "state_text": "已结束",
                        "can_end": False,
                    }
                ],
                "people": [{"id": "cao", "name": "曹玉兰", "unit": "省直机关工会"}],
                "processes": [{"value": "illness_aid", "label": "重大疾病帮扶"}],
                "who": "",
                "error": None,
                "sent": {},
                "today": "2026-11-25",
            },
        },
        {},
    ),
}
