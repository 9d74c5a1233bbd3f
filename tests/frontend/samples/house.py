"""The rest of the organisation: posts, spreadsheets, numbers, texts, funds, changes."""

from datetime import date
from typing import Any

from engine.queries.funds import FundView, FundYear
from engine.queries.numbers import Void
from tests.frontend.samples.frame import NOW, Pages
from webapp.views.posts import Asked

_FUND = FundView("aid", "帮扶资金", 50_000_000, 1_200_000, 300_000, ("cashier@root",))
_LINE = {
    "sheet": "人员",
    "row": 3,
    "what": "王海燕 NL-00020",
    "words": ("B3：未填写",),
    "state": "bad",
    "state_text": "不能导入",
}
_STATES = [
    {"id": "created", "text": "新增"},
    {"id": "changed", "text": "变更"},
    {"id": "unchanged", "text": "无变化"},
    {"id": "refused", "text": "不能导入"},
]


def takeover_page(**further: Any) -> dict[str, Any]:
    """A file that was tried."""
    return {
        "takeover": {
            "id": "t1",
            "file": "人员名册.xlsx",
            "by": "任定一",
            "at": NOW,
            "applied_at": None,
            "waits": True,
            "forgotten": False,
            "refused": 0,
            "to_do": 2,
            **further.pop("takeover", {}),
        },
        "table": [{"kind": "人员", "numbers": [1, 1, 0, 0]}],
        "states": _STATES,
        "state": "",
        "remarks": ["工作表“旧”是隐藏的，已忽略。"],
        "words_lang": "zh",
        "lines": [_LINE],
        "more_url": "/admin/takeover/t1?page=1",
        "problem": None,
        "key": "k20",
        **further,
    }


def fund_page(**further: Any) -> dict[str, Any]:
    """One fund as its handler sees it."""
    entry = {
        "id": "e1",
        "debit": "外部",
        "credit": "可用",
        "amount_fen": 50_000_000,
        "case_url": None,
        "number": "办件",
        "reason": "年初预算",
        "by": "系统",
        "at": NOW,
        "counter": False,
        "corrected": False,
        "correctable": True,
    }
    of_case = {
        **entry,
        "id": "e2",
        "case_url": "/cases/c1",
        "number": "A-2026-00001",
        "correctable": False,
        "counter": True,
        "corrected": True,
    }
    return {
        "fund": _FUND,
        "handler_texts": ["出纳 · 省直机关工会"],
        "years": [FundYear(2026, 50_000_000, 300_000, 40_000_000), FundYear(2025, 0, 0, None)],
        "this_year": 2026,
        "entries": [entry, of_case],
        "more_url": None,
        "administers": True,
        "moves": True,
        "opens_cases": True,
        "handlers": [{"value": "cashier@root", "label": "出纳 · 省直机关工会"}],
        "typed": {"deposit": {"amount": "x", "reason": "拨入"}},
        "problem": "请填写金额。",
        "key": "k21",
        **further,
    }


PAGES: Pages = {
    "posts": (
        "admin_posts.html",
        {
            "asked": Asked(),
            "today": NOW.date(),
            "items": [
                {
                    "role": "单位工会主席",
                    "title": "第三届委员会主席",
                    "basis": "农林工〔2024〕1号",
                    "place": "省农林厅工会",
                    "place_id": "nonglin",
                    "person_id": "p1",
                    "name": "韩立新",
                    "member_no": "NL-00011",
                    "since": date(2024, 1, 1),
                    "until": date(2029, 1, 1),
                    "given_by": "任定一",
                    "state": "ok",
                    "state_text": "任职中",
                }
            ],
            "roles": [{"value": "unit_chair", "label": "单位工会主席"}],
            "places": [{"value": "nonglin", "label": "省农林厅工会"}],
            "more_url": "/admin/posts?page=1",
            "export_url": "/admin/posts.xlsx",
        },
        {"nav_active": "people"},
    ),
    "posts_none": (
        "admin_posts.html",
        {
            "asked": Asked(history=True, below=False, on=NOW.date()),
            "today": NOW.date(),
            "items": [],
            "roles": [],
            "places": [],
            "more_url": None,
            "export_url": "/admin/posts.xlsx",
        },
        {"nav_active": "people"},
    ),
    "vacant": (
        "admin_vacant.html",
        {
            "items": [
                {
                    "role_id": "unit_chair",
                    "role": "单位工会主席",
                    "place_id": "nonglin",
                    "place": "省农林厅工会",
                    "asked_by": ["重大疾病帮扶：签署"],
                }
            ]
        },
        {"nav_active": "people"},
    ),
    "vacant_none": ("admin_vacant.html", {"items": []}, {"nav_active": "people"}),
    "takeovers": (
        "admin_takeovers.html",
        {
            "items": [
                {
                    "id": "t1",
                    "file": "人员名册.xlsx",
                    "by": "任定一",
                    "at": NOW,
                    "state": "ok",
                    "state_text": "已导入",
                    "lines": 12,
                }
            ],
            "most_lines": 5000,
            "most_mb": 5,
            "problem": "请先选择文件。",
        },
        {"nav_active": "people"},
    ),
    "takeovers_none": (
        "admin_takeovers.html",
        {"items": [], "most_lines": 5000, "most_mb": 5, "problem": None},
        {"nav_active": "people"},
    ),
    "takeover": ("admin_takeover.html", takeover_page(), {"nav_active": "people"}),
    "takeover_refused": (
        "admin_takeover.html",
        takeover_page(takeover={"refused": 1}, state="refused", problem="有的行不能导入。"),
        {"nav_active": "people"},
    ),
    "takeover_applied": (
        "admin_takeover.html",
        takeover_page(takeover={"applied_at": NOW, "waits": False}, lines=[], more_url=None),
        {"nav_active": "people"},
    ),
    "takeover_forgotten": (
        "admin_takeover.html",
        takeover_page(takeover={"forgotten": True, "waits": False}),
        {"nav_active": "people"},
    ),
    "takeover_same": (
        "admin_takeover.html",
        takeover_page(takeover={"to_do": 0}),
        {"nav_active": "people"},
    ),
    "numbers": (
        "admin_numbers.html",
        {
            "rules": [
                {
                    "pattern": "BF-{year}-{number:05}",
                    "now": "DB-{year}-{number:05}",
                    "sequence": "DB-2026-{number:05}",
                    "next": 13,
                    "changes": [{"from": "2027-01-01", "pattern": "DC-{year}-{number:05}"}],
                    "uses": ["重大疾病帮扶"],
                },
                {
                    "pattern": "P-{year}-{number:05}",
                    "now": "P-{year}-{number:05}",
                    "sequence": "P-2026-{number:05}",
                    "next": 1,
                    "changes": [],
                    "uses": [],
                },
            ],
            "sequences": [{"name": "DB-2026-{number:05}", "last": 12}],
            "voids": [Void("DB-2026-00003", "c1", "陈静的申请", NOW)],
            "today": NOW.date(),
            "typed": {"next": {"number": "5"}},
            "problem": "下一号须更大。",
            "key": "k22",
        },
        {"nav_active": "units"},
    ),
    "numbers_none": (
        "admin_numbers.html",
        {
            "rules": [],
            "sequences": [],
            "voids": [],
            "today": NOW.date(),
            "typed": {},
            "problem": None,
            "key": "k22",
        },
        {"nav_active": "units"},
    ),
    "texts": (
        "admin_texts.html",
        {
            "items": [
                {
                    "kind": "returned",
                    "name": "退回",
                    "texts": [
                        {"text": "{who}退回了“{case}”", "lang": "zh"},
                    ],
                    "own": True,
                }
            ]
        },
        {"nav_active": "webhooks"},
    ),
    "text": (
        "admin_text.html",
        {
            "kind": "returned",
            "name": "退回",
            "gaps": [{"gap": "{who}", "means": "操作人"}],
            "languages": [
                {
                    "id": "zh",
                    "name": "中文",
                    "text": "{谁}退回了",
                    "usual": "{who}退回了“{case}”",
                    "own": True,
                    "example": "王晓退回了“申请”",
                    "problem": "没有此占位。",
                }
            ],
            "key": "k23",
        },
        {"nav_active": "webhooks"},
    ),
    "text_without_gaps": (
        "admin_text.html",
        {
            "kind": "proxy_ended",
            "name": "代理结束",
            "gaps": [],
            "languages": [
                {
                    "id": "zh",
                    "name": "中文",
                    "text": "代理已结束",
                    "usual": "代理已结束",
                    "own": False,
                    "example": "代理已结束",
                    "problem": None,
                }
            ],
            "key": "k23",
        },
        {"nav_active": "webhooks"},
    ),
    "funds": (
        "admin_funds.html",
        {
            "items": [{"fund": _FUND, "year": FundYear(2026, 0, 300_000, None)}],
            "administers": True,
            "handlers": [{"value": "cashier@root", "label": "出纳 · 省直机关工会"}],
            "typed": {"name": "新资金", "id": "New"},
            "problem": "标识无效。",
            "key": "k24",
        },
        {},
    ),
    "funds_none": (
        "admin_funds.html",
        {
            "items": [],
            "administers": False,
            "handlers": [],
            "typed": {},
            "problem": None,
            "key": "k24",
        },
        {},
    ),
    "fund": ("admin_fund.html", fund_page(), {}),
    "fund_looked_at": (
        "admin_fund.html",
        fund_page(
            administers=False, moves=False, opens_cases=False, entries=[], typed={}, problem=None
        ),
        {},
    ),
    "changes": (
        "admin_changes.html",
        {
            "items": [
                {
                    "at": NOW,
                    "by": "任定一",
                    "text": "授予角色：单位工会主席",
                    "person_id": "p1",
                    "person": "韩立新",
                    "unit_id": "nonglin",
                    "stream": "account:p1",
                    "number": 3,
                }
            ],
            "kinds": [{"value": "role.", "label": "职务与角色"}],
            "kind": "role.",
            "about": "p1",
            "more_url": "/admin/changes?after=x",
            "administers": True,
        },
        {"nav_active": "units"},
    ),
    "changes_none": (
        "admin_changes.html",
        {
            "items": [],
            "kinds": [],
            "kind": "",
            "about": "",
            "more_url": None,
            "administers": False,
        },
        {"nav_active": "units"},
    ),
    "calendar_notice": (
        "admin_notice.html",
        {
            "year": 2027,
            "text": "1月1日放假。",
            "note": "国办发明电〔2026〕7号",
            "days": [{"day": date(2027, 1, 1), "weekday": "星期五", "working": False, "new": True}],
            "entered": {"note": "国办发明电", "by": "任定一", "count": 30},
            "problem": "通知中这一段无法识别。",
            "key": "k25",
        },
        {"nav_active": "calendar"},
    ),
}
