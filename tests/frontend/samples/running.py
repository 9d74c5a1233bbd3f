"""Running cases: moved to another version, and how far that is."""

from typing import Any

from tests.frontend.samples.forms import PACKAGE
from tests.frontend.samples.frame import NOW, Pages

LINE: dict[str, Any] = {
    "id": "c1",
    "title": "借用羽毛球拍",
    "number": "厅工字〔2026〕3号",
    "url": "/cases/c1",
    "possible": True,
    "reasons": [],
    "notes": ["“核对库存”的期限重新计算，从该环节开始时算起。"],
}
STAYS = {**LINE, "id": "c2", "possible": False, "reasons": ["办件正在“复核”。"], "notes": []}
BATCH: dict[str, Any] = {
    "id": "b1",
    "url": "/studio/processes/approve3/cases/b1",
    "from": 1,
    "to": 2,
    "by": "穆清源",
    "at": NOW,
    "reason": "新增复核环节",
    "running": True,
    "total": 12,
    "done": 9,
    "can_stop": True,
    "can_undo": True,
    "counts": [
        {"state": "done", "text": "已转", "count": 8},
        {"state": "refused", "text": "未转", "count": 1},
    ],
}
PROCESS = {"key": "approve3", "title": "物品借用"}
MIGRATION = {
    "process": PROCESS,
    "versions": [
        {"number": 2, "active": True, "running": 0},
        {"number": 1, "active": False, "running": 12},
    ],
    "old": 1,
    "new": 2,
    "batches": [BATCH],
    "key": "k",
    "reason": "",
    "mapping": [
        {
            "id": "a7",
            "name": "复核",
            "kind": "userTask",
            "how": "alike",
            "how_text": "建议",
            "new": "b7",
            "choices": [{"value": "b7", "label": "复审"}],
        }
    ],
    "mapping_problem": None,
    "total": 12,
    "possible": 11,
    "groups": [{"text": "办件正在“复核”。", "count": 1}],
    "lines": [LINE, STAYS],
    "hidden": 2,
}
_HERE = {"nav_active": "processes"}

HEAT: dict[str, Any] = {
    "process": PROCESS,
    "version": 2,
    "versions": [{"number": 2, "active": True, "running": 12}],
    "show": "cases",
    "shows": [{"id": "cases", "label": "现有办件"}],
    "cases": 12,
    "rows": [
        {
            "id": "a7",
            "name": "核对库存",
            "cases": 9,
            "overdue": 2,
            "incidents": 0,
            "cases_url": "/x",
            "overdue_url": "/x",
            "incidents_url": "/x",
            "waiting": "半数在 3.0 工作小时内",
            "waiting_days": "1.2 天",
            "took": "",
            "done": 0,
        }
    ],
    "diagram": {
        "xml": (PACKAGE / "process.bpmn").read_text(encoding="utf-8"),
        "marks": {
            "verify": {"kind": "heat", "heat": 1.0, "label": "9", "text": "9 件"},
            "decide": {"kind": "error", "label": "1", "text": "1 件，1 件放弃"},
        },
        "labels": {"title": "办件现在在哪里"},
    },
}

PAGES: Pages = {
    "heat": ("studio_heat.html", HEAT, _HERE),
    "heat_cases": (
        "studio_heat_cases.html",
        {
            "process": PROCESS,
            "version": 2,
            "step": "核对库存",
            "only": "超期",
            "lines": [
                {
                    "id": "c1",
                    "title": "借用羽毛球拍",
                    "number": None,
                    "url": "/cases/c1",
                    "since": NOW,
                    "due": None,
                    "incident": True,
                }
            ],
            "more_url": None,
        },
        _HERE,
    ),
    "migration": ("studio_migration.html", MIGRATION, _HERE),
    "migration_batch": (
        "studio_migration_batch.html",
        {
            "process": PROCESS,
            "batch": BATCH,
            "state": "",
            "key": "k",
            "more_url": "/x",
            "lines": [
                {**LINE, "state": "done", "state_text": "已转"},
                {**STAYS, "state": "refused", "state_text": "未转"},
            ],
        },
        _HERE,
    ),
}
