"""What people say about a case: remarks, copies, urging, attachments."""

from tests.frontend.samples.frame import Pages, ago

TALK = {
    "case": "c1",
    "task": "t1",
    "key": "k1",
    "remarks": [
        {
            "id": "r1",
            "by": "陈静",
            "unit": "省农林厅工会",
            "at": ago(1),
            "text": "@王海燕 出院小结补上了。\n请看附件。",
            "names": ["王海燕"],
            "files": [{"name": "出院小结.pdf", "url": "/files/f9"}],
        },
        {
            "id": "r2",
            "by": "王海燕",
            "unit": "省农林厅工会",
            "at": ago(hours=2),
            "text": "收到。",
            "names": [],
            "files": [],
        },
    ],
    "with_files": True,
    "max_bytes": 25 * 1024 * 1024,
    "may_copy": True,
    "people_url": "/api/v1/instances/c1/people",
    "sent": {"form": "", "text": "", "names": "", "note": "", "error": None, "files": []},
}

COPIES = [
    {
        "id": "tian_ye",
        "name": "田野",
        "unit": "省文旅厅工会",
        "by": "陈静",
        "note": "供参考",
        "at": ago(1),
        "read_at": ago(hours=3),
    },
    {
        "id": "dangan_ou",
        "name": "欧阳清",
        "unit": "省直机关工会",
        "by": None,
        "note": "",
        "at": ago(1),
        "read_at": None,
    },
]

URGING = [
    {"task": "t1", "name": "主席审批", "count": 2},
    {"task": "t2", "name": "付款", "count": 0},
]

ATTACHMENTS = [
    {
        "name": "出院小结.pdf",
        "url": "/files/f9",
        "size": "120 KB",
        "by": "陈静",
        "at": ago(1),
        "note": "出院小结补上了。",
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
]

PAGES: Pages = {
    "talk": ("partials/talk.html", {"talk": TALK}, {}),
    "talk_again": (
        "partials/talk.html",
        {
            "talk": {
                **TALK,
                "sent": {
                    **TALK["sent"],
                    "form": "comment",
                    "text": "@田野",
                    "error": "请同时抄送给他。",
                },  # type: ignore[dict-item]
            }
        },
        {},
    ),
    "copies": ("partials/copies.html", {"talk": TALK, "copies": COPIES}, {}),
    "urging": ("partials/urging.html", {"talk": TALK, "urging": URGING}, {}),
    "attachments": ("partials/attachments.html", {"attachments": ATTACHMENTS}, {}),
}
