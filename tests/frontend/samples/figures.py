"""The landing page, the list of cases, and the figures of heads."""

from typing import Any

from tests.frontend.samples.frame import NOW, Pages, ago, ahead

PLACE = {
    "step": "分管副主席审批",
    "who": "省直机关工会分管副主席",
    "since": ago(12),
    "waited": "已停留 8 个工作日",
    "stuck": True,
    "due": ahead(2),
}
HOME = {
    "now": NOW,
    "numbers": [
        {"id": "todo", "label": "待办", "count": "12", "url": "/inbox", "tone": ""},
        {
            "id": "overdue",
            "label": "已逾期",
            "count": "2",
            "url": "/inbox?due=overdue",
            "tone": "bad",
        },
        {
            "id": "today",
            "label": "今天到期",
            "count": "1",
            "url": "/inbox?due=today",
            "tone": "warn",
        },
        {"id": "drafts", "label": "草稿", "count": "0", "url": "/inbox?box=drafts", "tone": ""},
    ],
    "deadlines": [
        {
            "title": "重大疾病帮扶 · 陈静",
            "number": "DB-2026-00017",
            "step": "受理审查",
            "url": "/tasks/t1",
            "due": ahead(1),
        }
    ],
    "cases": [
        {
            "title": "重大疾病帮扶 · 陈静",
            "number": None,
            "url": "/cases/c1",
            "started_at": ago(21),
            "suspended": False,
            "places": [PLACE],
        },
        {
            "title": "会员慰问 · 陈静",
            "number": "WW-2026-00003",
            "url": "/cases/c2",
            "started_at": ago(2),
            "suspended": True,
            "places": [],
        },
    ],
    "results": [
        {
            "title": "活动用品领用",
            "number": None,
            "url": "/cases/c3",
            "at": ago(30),
            "state": "completed",
            "text": "同意领用",
        }
    ],
    "starts": True,
}


def case(**values: Any) -> dict[str, Any]:
    return {
        "id": "c1",
        "known": True,
        "url": "/cases/c1",
        "what": "重大疾病帮扶 · 陈静",
        "who": "陈静",
        "where": "省农林厅工会",
        "number": "DB-2026-00017",
        "process": "重大疾病帮扶",
        "amount_fen": 1_200_000,
        "places": [PLACE],
        "state": "active",
        "state_text": "办理中",
        "started_at": ago(21),
        "ended_at": None,
        **values,
    }


CASES: dict[str, Any] = {
    "q": "",
    "too_short": False,
    "overseen": False,
    "oversees": True,
    "hides": False,
    "given": {},
    "kept": {},
    "processes": [{"value": "illness_aid", "label": "重大疾病帮扶"}],
    "places": [],
    "more": [],
    "items": [
        case(),
        case(
            id="c2",
            places=[],
            state="completed",
            state_text="已发放",
            ended_at=ago(3),
            amount_fen=None,
        ),
    ],
    "more_url": "/cases?after=x",
    "total": None,
    "export_url": "/cases.xlsx",
    "most_exported": 50_000,
}
OVERSEEN = {
    **CASES,
    "overseen": True,
    "too_short": False,
    "hides": True,
    "total": 31,
    "given": {"state": "open", "step": "zh_approve", "process": "illness_aid"},
    "kept": {"step": "zh_approve"},
    "places": [{"value": "nonglin", "label": "省农林厅工会"}],
    "more": [{"text": "正在“分管副主席审批”", "without_url": "/cases?state=open"}],
    "items": [
        case(known=False, url=None, what="重大疾病帮扶", who=None, amount_fen=None),
        case(),
    ],
}


def figures_row(label: str, note: str = "", **numbers: int) -> dict[str, Any]:
    names = ("started", "ended", "open", "overdue")
    return {
        "label": label,
        "note": note,
        **{name: numbers.get(name, 0) for name in names},
        "urls": {name: f"/cases?{name}" for name in names},
    }


FIGURES = {
    "total": figures_row("合计", started=40, ended=31, open=12, overdue=3),
    "flow": [figures_row("10月", "2026-10-01 – 2026-10-31", started=18, ended=16)],
    "processes": [figures_row("重大疾病帮扶", "帮扶与送温暖", started=40, ended=31, open=12)],
    "units": [figures_row("省农林厅工会", started=9, ended=7, open=3, overdue=1)],
    "results": [{"process": "重大疾病帮扶", "label": "已发放", "number": 28, "url": "/cases?x"}],
    "loads": [
        {
            "process": "重大疾病帮扶",
            "label": "受理审查",
            "cases": 5,
            "overdue": 1,
            "url": "/cases?x",
            "overdue_url": "/cases?y",
        }
    ],
    "times": [
        {
            "process": "重大疾病帮扶",
            "label": "受理审查",
            "cases": 38,
            "tasks": 40,
            "median": 6.5,
            "p90": 20.0,
            "url": "/cases?x",
        }
    ],
    "cut": True,
    "day_hours": 7.5,
}
_CHART = {"kind": "bars", "categories": [], "series": [], "says": ""}
DASHBOARD = {
    "period": "months",
    "periods": [{"value": "months", "label": "最近 12 个月"}],
    "days": ("2025-12-01", "2026-11-30"),
    "given": {"place": "nonglin"},
    "places": [{"value": "nonglin", "label": "省农林厅工会"}],
    "processes": [{"value": "illness_aid", "label": "重大疾病帮扶"}],
    "areas": [{"value": "care", "label": "帮扶与送温暖"}],
    "figures": FIGURES,
    "charts": dict.fromkeys(("flow", "loads", "times", "units"), _CHART),
    "query": {"period": "months"},
}
NOTHING = {
    **FIGURES,
    "total": figures_row("合计"),
    "flow": [],
    "loads": [],
    "times": [],
    "results": [],
}
_CASES, _FIGURES = {"nav_active": "cases"}, {"nav_active": "dashboard"}

PAGES: Pages = {
    "home": ("home.html", HOME, {"nav_active": "home"}),
    "home_empty": (
        "home.html",
        {**HOME, "deadlines": [], "cases": [], "results": [], "starts": False},
        {"nav_active": "home"},
    ),
    "cases": ("cases.html", CASES, _CASES),
    "cases_overseen": ("cases.html", OVERSEEN, _CASES),
    "cases_none": ("cases.html", {**OVERSEEN, "items": [], "total": 0}, _CASES),
    "case_rows": ("partials/case_rows.html", {"items": CASES["items"], "more_url": None}, {}),
    "dashboard": ("dashboard.html", DASHBOARD, _FIGURES),
    "dashboard_quiet": (
        "dashboard.html",
        {**DASHBOARD, "figures": {**NOTHING, "total": figures_row("合计", open=1)}},
        _FIGURES,
    ),
    "dashboard_empty": ("dashboard.html", {**DASHBOARD, "figures": NOTHING}, _FIGURES),
}
