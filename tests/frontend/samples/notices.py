"""Public notices, and objections to them."""

from datetime import date

from tests.frontend.samples.frame import NOW, Pages

NOTICE = {
    "notice": {
        "id": "n1",
        "title": "关于陈*重大疾病帮扶的公示",
        "unit": "省农林厅工会",
        "number": "GS-2026-0042",
        "intro": "经本人申请、调查核实和研究决定，拟对下列会员给予帮扶，现予公示。",
        "scope": "省农林厅工会",
        "starts": date(2026, 11, 23),
        "ends": date(2026, 11, 27),
        "provisional": False,
        "phone": "010-5550 0101",
        "published_at": NOW,
        "state": "running",
        "state_text": "公示中",
        "withdrawn_reason": None,
        "withdrawn_at": None,
        "result_text": None,
    },
    "items": [
        {"label": "姓名", "value": "陈*"},
        {"label": "单位", "value": "省农林厅工会"},
        {"label": "类别", "value": "重大疾病帮扶"},
        {"label": "金额", "value": "¥ 12,000.00"},
    ],
    "table": None,
    "can_object": True,
    "why_not_object": None,
    "objection": None,
    "errors": {},
    "key": "k3",
    "my_objections": [],
}

PAGES: Pages = {
    "notices": (
        "notices.html",
        {
            "state": "running",
            "counts": {"running": 2, "ended": 14, "withdrawn": 1},
            "more_url": None,
            "items": [
                {
                    "id": "n1",
                    "url": "#",
                    "title": "关于陈*重大疾病帮扶的公示",
                    "unit": "省农林厅工会",
                    "scope": "本单位",
                    "starts": date(2026, 11, 23),
                    "ends": date(2026, 11, 27),
                    "state": "active",
                    "state_text": "公示中",
                    "left_text": "还剩 5 个工作日",
                },
                {
                    "id": "n2",
                    "url": "#",
                    "title": "五一劳动奖章拟推荐人选公示",
                    "unit": "省文旅厅工会",
                    "scope": "省直机关",
                    "starts": date(2026, 11, 19),
                    "ends": date(2026, 11, 25),
                    "state": "objected",
                    "state_text": "异议复核中",
                    "left_text": None,
                },
            ],
        },
        {"nav_active": "notices"},
    ),
    "notice": ("notice.html", NOTICE, {"nav_active": "notices"}),
    "notice_withdrawn": (
        "notice.html",
        {
            **NOTICE,
            "notice": {
                **NOTICE["notice"],
                "state": "withdrawn",
                "withdrawn_reason": "申请人撤回申请",
                "withdrawn_at": date(2026, 11, 24),
            },
            "can_object": False,
            "why_not_object": "公示已撤回，不再接受异议。",
            "items": None,
            "table": {
                "head": ["姓名", "单位", "类别"],
                "rows": [["陈*", "省农林厅工会", "重大疾病帮扶"]],
            },
        },
        {"nav_active": "notices"},
    ),
}
