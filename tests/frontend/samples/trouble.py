"""What does not go on by itself: incidents and stuck work."""

from tests.frontend.samples.frame import Pages, ago

PAGES: Pages = {
    "incidents": (
        "incidents.html",
        {
            "kinds": [
                {
                    "id": "i1",
                    "what": "生成帮扶决定书",
                    "process": "重大疾病帮扶",
                    "ability": "",
                    "error": "文书模板用到的“仿宋”字体没有安装。",
                    "advice": "请把字体放入字体目录，再点“重试”。",
                    "technical": "FontNotFound: FangSong (letters/decision_letter.typ:3)",
                    "count": 3,
                    "first": ago(days=2),
                    "last": ago(hours=4),
                    "key": "k5",
                    "items": [
                        {
                            "id": "j1",
                            "title": "重大疾病帮扶 · 何志远",
                            "number": "SZ-2026-014",
                            "url": "#",
                            "attempts": 5,
                            "since": ago(hours=4),
                            "key": "k6",
                        }
                    ],
                }
            ],
        },
        {"nav_active": "incidents"},
    ),
    "incidents_empty": (
        "incidents.html",
        {"kinds": []},
        {"nav_active": "incidents"},
    ),
    "incident_items": ("partials/incident_items.html", {"kinds": []}, {}),
    "incidents_retried": (
        "incidents_retried.html",
        {
            "ids": ["j1", "j2"],
            "total": 2,
            "done": 1,
            "failed": 1,
            "running": False,
            "lines": [
                {
                    "id": "j1",
                    "title": "重大疾病帮扶 · 何志远",
                    "url": "/cases/c1",
                    "state": "done",
                    "text": "已办",
                    "technical": None,
                },
                {
                    "id": "j2",
                    "title": "重大疾病帮扶 · 陈静",
                    "url": "/cases/c2",
                    "state": "failed",
                    "text": "再次失败",
                    "technical": None,
                },
            ],
        },
        {"nav_active": "incidents"},
    ),
    "stuck": (
        "admin_stuck.html",
        {
            "count": 2,
            "more_url": "/admin/stuck?after=x",
            "items": [
                {
                    "id": "t1",
                    "case_title": "重大疾病帮扶 · 陈静",
                    "number": "SZ-2026-014",
                    "case_url": "/cases/c1",
                    "step": "签署意见",
                    "why": "能办理的人都不在岗：省农林厅工会 单位工会主席。",
                    "alarm": False,
                    "since": ago(days=3),
                    "action_url": "/cases/c1#admin",
                    "action": "改派",
                },
                {
                    "id": "c2",
                    "case_title": "借用器材 · 赵敏行",
                    "number": None,
                    "case_url": "/cases/c2",
                    "step": None,
                    "why": "事项在办，但没有任何待办环节。这不应发生，请上报。",
                    "alarm": True,
                    "since": ago(days=1),
                    "action_url": "/cases/c2#admin",
                    "action": "改派",
                },
            ],
            "lying": [
                {
                    "id": "t3",
                    "case_title": "借用器材 · 孙丽",
                    "number": None,
                    "case_url": "/cases/c3",
                    "step": "审核",
                    "why": "在本环节已停留 9 个工作日，规定不超过 5 个。",
                    "alarm": False,
                    "since": ago(days=13),
                    "action_url": "/cases/c3#admin",
                    "action": "改派",
                },
            ],
            "lying_count": 101,
        },
        {"nav_active": "stuck"},
    ),
    "stuck_empty": (
        "admin_stuck.html",
        {"count": 0, "more_url": None, "items": [], "lying": [], "lying_count": 0},
        {"nav_active": "stuck"},
    ),
}
