"""Running cases: moved to another version, and how far that is."""

from typing import Any

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

PAGES: Pages = {
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
