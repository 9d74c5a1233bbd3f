"""Paper: checking a form that somebody brings, and the documents of a case."""

from tests.frontend.samples.case import DOCUMENTS
from tests.frontend.samples.frame import Pages, ago

PAGES: Pages = {
    "check_paper": ("check_paper.html", {"number": "", "code": "", "asked": False}, {}),
    "check_paper_found": (
        "check_paper.html",
        {
            "number": "DB-2026-00017",
            "code": "0a1b 2c3d 4e5f 6071",
            "asked": True,
            "paper": {
                "facts": [
                    {"label": "编号", "value": "DB-2026-00017"},
                    {"label": "目前金额", "value": "¥ 12,000.00"},
                ],
                "at": ago(days=1),
                "since": 2,
                "since_text": "此后又有2条记录，新的审批表内容可能更多。",
            },
        },
        {},
    ),
    "check_paper_unknown": (
        "check_paper.html",
        {"number": "DB-2026-00017", "code": "0a1b", "asked": True, "paper": None},
        {},
    ),
    "papers": (
        "partials/papers.html",
        {"documents": DOCUMENTS, "approval_form_url": "/api/v1/instances/c1/approval-form"},
        {},
    ),
}
