"""What administrators set: the calendar, the versions of processes."""

from datetime import date

from tests.frontend.samples.frame import Pages, ago

PAGES: Pages = {
    "admin_calendar": (
        "admin_calendar.html",
        {
            "year": 2026,
            "years": [2025, 2026, 2027],
            "known_until": date(2026, 12, 31),
            "provisional": True,
            "months": [
                {"month": 1, "weeks": [[None, {"number": 1, "off": True, "unusual": True}]]},
            ],
            "depends": {"due": 12, "provisional": 1, "notices": 2},
            "key": "k7",
            "form": {"day": "", "kind": "holiday", "note": ""},
            "errors": {},
            "hours": {
                "ordinary": "08:30-12:00, 13:30-17:30",
                "weekdays": {"4": "08:30-12:00"},
            },
            "hours_error": None,
            "items": [
                {
                    "id": "d1",
                    "day": date(2026, 10, 1),
                    "kind": "holiday",
                    "kind_text": "放假",
                    "note": "国庆节",
                    "by": "",
                    "official": True,
                    "removable": False,
                },
                {
                    "id": "d2",
                    "day": date(2026, 10, 10),
                    "kind": "workday",
                    "kind_text": "上班",
                    "note": "国庆节调休",
                    "by": "",
                    "official": True,
                    "removable": False,
                },
                {
                    "id": "d3",
                    "day": date(2026, 12, 14),
                    "kind": "holiday",
                    "kind_text": "放假",
                    "note": "省直机关搬迁，按办公厅通知放假一天",
                    "by": "高明月",
                    "official": False,
                    "removable": True,
                },
            ],
        },
        {"nav_active": "calendar"},
    ),
    "calendar_rows": ("partials/calendar_rows.html", {"items": []}, {}),
    "admin_processes": (
        "admin_processes.html",
        {
            "processes": [
                {
                    "key": "illness_aid",
                    "title": "重大疾病帮扶",
                    "owner": "省直工会经办人",
                    "work_point": "21",
                    "versions": [
                        {
                            "number": "3",
                            "hash": "9c1b7f20aa31d0",
                            "deployed_at": ago(days=30),
                            "deployed_by": "高明月",
                            "state": "active",
                            "state_text": "启用中",
                            "running": 12,
                            "finished": 48,
                            "url": "#",
                        },
                        {
                            "number": "2",
                            "hash": "117acc80bb92e1",
                            "deployed_at": ago(days=300),
                            "deployed_by": "高明月",
                            "state": "closed",
                            "state_text": "不再发起",
                            "running": 1,
                            "finished": 96,
                            "url": None,
                        },
                    ],
                }
            ]
        },
        {"nav_active": "processes"},
    ),
}
