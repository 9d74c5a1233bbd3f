"""The studio's versions: what differs between two, and files beside the one in use."""

from typing import Any

from tests.frontend.samples.frame import NOW, Pages

_THING: dict[str, Any] = {
    "id": "check_stock",
    "was": "",
    "title": "环节“核对”",
    "said": "",
    "action": "changed",
    "action_text": "修改",
    "guessed": False,
    "element": "check_stock",
    "properties": [{"label": "名称", "before": "核对库存", "after": None}],
}
_CELL = {"before": "500", "after": "600", "same": False}
_SAME = {"before": "1", "after": "1", "same": True}
_RULE: dict[str, Any] = {
    "action": "changed",
    "action_text": "修改",
    "before": 1,
    "after": 1,
    "cells": [_SAME, _CELL],
    "note": {"before": "甲", "after": "乙", "same": False},
    "far": False,
}
_TABLE: dict[str, Any] = {
    "title": "限额表",
    "name": "limits",
    "action": "changed",
    "action_text": "修改",
    "properties": [{"label": "依据", "before": "甲", "after": "乙"}],
    "column_properties": [{"label": "条件内容", "before": "甲", "after": "乙", "of": "上限"}],
    "columns": [
        {"label": "数量", "side": "input", "action": "same", "action_text": "未变"},
        {"label": "上限", "side": "output", "action": "added", "action_text": "新增"},
    ],
    "rules": [
        _RULE,
        {**_RULE, "action": "moved", "action_text": "移动", "before": 3},
        {**_RULE, "action": "removed", "action_text": "删去", "after": None},
        {**_RULE, "action": "same", "action_text": "未变", "far": True},
    ],
    "notes": True,
    "far": 1,
}
_FILE: dict[str, Any] = {
    "path": "process.bpmn",
    "kind": "diagram",
    "title": "流程图",
    "action": "changed",
    "action_text": "修改",
    "companion": False,
    "things": [],
    "tables": [],
    "lines": [],
    "written": False,
}
_LINES = [
    {"action": "gap", "text": "", "before": None, "after": None},
    {"action": "same", "text": "甲", "before": 8, "after": 8},
    {"action": "removed", "text": "乙", "before": 9, "after": None},
    {"action": "added", "text": "丙", "before": None, "after": 9},
]
FOUND: dict[str, Any] = {
    "same": False,
    "summary": ["环节“核对”：原名“核对库存”"],
    "diagram": {
        "before": {"xml": None, "marks": {}},
        "after": {"xml": "<x/>", "marks": {"check_stock": {"kind": "changed", "text": "甲"}}},
    },
    "files": [
        {
            **_FILE,
            "things": [
                _THING,
                {**_THING, "action": "added", "action_text": "新增", "said": "增加环节“复核”"},
                {**_THING, "action": "renamed", "action_text": "改名", "was": "x", "guessed": True},
                {**_THING, "title": "", "element": None, "properties": []},
            ],
        },
        {**_FILE, "path": "limits.dmn", "tables": [_TABLE, {**_TABLE, "columns": []}]},
        {**_FILE, "path": "README.md", "companion": True, "lines": _LINES},
        {**_FILE, "path": "letters/a.typ", "written": True},
    ],
    "drawn": 2,
}
_NO: dict[str, Any] = {"same": True, "summary": [], "diagram": None, "files": [], "drawn": 1}
_PAGE: dict[str, Any] = {
    "title": "重大疾病帮扶",
    "lead": None,
    "back": {"url": "/x", "text": "重大疾病帮扶"},
    "before": "第 1 版",
    "after": "第 2 版",
    "choice": {"numbers": [1, 2], "from": 1, "to": 2, "active": 2},
    "found": FOUND,
}
#: What a page needs that shows a difference among other things.
DIFFERENCE: dict[str, Any] = {"before": "第 1 版", "after": "第 2 版", "found": FOUND}
_STANDING: dict[str, Any] = {
    "key": "illness_aid",
    "title": "重大疾病帮扶",
    "standing": "both",
    "text": "第 2 版是在此修改的，文件此后也有改动。",
    "detail": "",
    "conflicts": 2,
    "url": "/x",
}
_CONFLICT = {
    "id": "[]",
    "path": "process.bpmn",
    "ours": ["环节“核对”：原名“核对库存”"],
    "theirs": [],
    "chosen": "ours",
}
_RELEASE: dict[str, Any] = {
    "process": {"key": "illness_aid", "title": "重大疾病帮扶"},
    "standing": _STANDING,
    "active": {"id": "a" * 64, "number": 2, "at": NOW},
    "release": {"number": 1},
    "merged": {"conflicts": [_CONFLICT], "taken": ["增加环节“复核”"], "errors": 1},
    "before": "第 2 版（使用中）",
    "after": "文件中的版本",
    "found": FOUND,
    "problem": "两边改了同一处，请逐处选择。",
    "key": "k",
}
_VERSION: dict[str, Any] = {
    "id": "a" * 64,
    "number": 2,
    "hash": "a" * 64,
    "at": NOW,
    "by": "穆清源",
    "origin": "studio",
    "origin_text": "在工作室修改",
    "active": True,
    "state": "active",
    "state_text": "使用中",
    "running": 3,
    "finished": 9,
    "reasons": [{"rule": "no_english", "element": "check_stock", "why": "暂不译", "by": "穆清源"}],
    "consent": {"url": "/x", "proposed_by": "穆清源", "agreed_by": "柯以宁", "why": "调整"},
    "earlier": 1,
    "zip_url": "/x",
}
_PROCESS: dict[str, Any] = {
    "process": {
        "key": "illness_aid",
        "title": "重大疾病帮扶",
        "owner": "省直工会经办人",
        "summary": "简介",
    },
    "files": _STANDING,
    "versions": [_VERSION, {**_VERSION, "number": 1, "earlier": None, "consent": None}],
    "key": "k",
}

PAGES: Pages = {
    "studio-differences": ("studio_differences.html", _PAGE, {}),
    "studio-differences-none": (
        "studio_differences.html",
        {**_PAGE, "found": _NO, "choice": None, "lead": "草稿改了什么。"},
        {},
    ),
    "studio-release": ("studio_release.html", _RELEASE, {}),
    "studio-release-plain": (
        "studio_release.html",
        {
            **_RELEASE,
            "problem": None,
            "merged": {"conflicts": [], "taken": [], "errors": 0},
            "release": None,
        },
        {},
    ),
    "studio-process": ("studio_process.html", _PROCESS, {}),
    "studio-process-files": ("studio_process.html", {**_PROCESS, "files": None}, {}),
}
