"""Versions tried on past cases, and cases played by hand."""

from datetime import date
from typing import Any

from tests.frontend.samples.frame import NOW, Pages

PROCESS = {"key": "illness_aid", "title": "重大疾病帮扶"}


def tried(**further: Any) -> dict[str, Any]:
    """One rehearsal as its pages know it."""
    return {
        "id": "r1",
        "title": "草稿：金额调整",
        "url": "/studio/rehearsals/r1",
        "asked_by": "穆清源",
        "asked_at": NOW,
        "since": date(2025, 3, 2),
        "until": date(2026, 3, 1),
        "state": "done",
        "total": 120,
        "done": 120,
        "percent": 100,
        "changed": 17,
        "untold": 2,
        "more_fen": 1200000,
        "less_fen": 300000,
        **further,
    }


def told(**further: Any) -> dict[str, Any]:
    """The page of a rehearsal."""
    return {
        "process": PROCESS,
        "rehearsal": tried(),
        "kinds": [
            {
                "kind": "costs_more",
                "text": "金额增加",
                "count": 15,
                "url": "/studio/rehearsals/r1?kind=costs_more",
                "chosen": True,
                "quiet": False,
            },
            {
                "kind": "same",
                "text": "不变",
                "count": 101,
                "url": "/studio/rehearsals/r1?kind=same",
                "chosen": False,
                "quiet": True,
            },
        ],
        "all_url": "/studio/rehearsals/r1",
        "here": "/studio/rehearsals/r1",
        "kind": "costs_more",
        "cases": [
            {
                "title": "重大疾病帮扶 · 陈静",
                "number": "帮扶〔2026〕12号",
                "url": "/cases/c1",
                "ended_at": NOW,
                "kinds": [{"kind": "costs_more", "text": "金额增加"}],
                "said": ["金额：¥ 3,600.00，原为 ¥ 3,000.00。"],
            }
        ],
        "more_url": "/studio/rehearsals/r1?after=c1",
        "key": "k1",
        **further,
    }


_TRIED = {
    "process": PROCESS,
    "choices": [{"id": "draft:d1", "title": "草稿：金额调整"}],
    "chosen": "draft:d1",
    "since": "2025-03-02",
    "until": "2026-03-01",
    "rehearsals": [tried(), tried(state="running", done=40, percent=33), tried(state="stopped")],
    "problem": None,
    "key": "k1",
}

_DRAFT = {"id": "d1", "title": "金额调整", "url": "/studio/drafts/d1", "edits": True}


def _input(kind: str, value: str = "", **further: Any) -> dict[str, Any]:
    facts = {"name": f"field.{kind}", "label": "字段", "kind": kind, "value": value}
    return {**facts, "required": True, "options": [], **further}


_INPUTS = [
    *(_input(kind) for kind in ("text", "long", "number", "date", "names")),
    _input("several", "a", options=[{"value": "a", "label": "甲"}], chosen=["a"]),
    _input("rows", rows=[[_input("text"), _input("date")], [_input("text"), _input("date")]]),
    _input("bool", "yes"),
    _input("choice", "a", options=[{"value": "a", "label": "甲"}]),
]


def played(**further: Any) -> dict[str, Any]:
    """A case that is played by hand."""
    task = {
        "element": "t1",
        "name": "核对库存",
        "run": None,
        "people": [{"id": "p1", "name": "王海燕"}],
        "outcomes": [{"id": "agree", "label": "建议同意"}],
        "inputs": _INPUTS,
    }
    return {
        "draft": _DRAFT,
        "name": "s1",
        "source_url": "/x",
        "lines": [{"at": "2026-03-02 09:00", "who": "陈静", "what": "发起"}],
        "at": NOW,
        "title": "领用 羽毛球拍 · 陈静",
        "ended": "",
        "state": "active",
        "begun": True,
        "may_go_on": True,
        "edits": True,
        "start": None,
        "tasks": [task, {**task, "run": 1}],
        "due": NOW,
        "to_be_paid": True,
        "problems": [],
        "diagram": {"xml": "<x/>", "done": [], "flows": [], "current": [], "labels": {}},
        "version": 3,
        **further,
    }


_PLAY = {
    "draft": _DRAFT,
    "names": ["s1", "s2"],
    "people": [{"id": "p1", "name": "陈静"}],
    "today": "2026-03-02",
    "typed": {},
    "problem": None,
}

PAGES: Pages = {
    "studio-play": ("studio_play.html", _PLAY, {}),
    "studio-play-none": (
        "studio_play.html",
        {**_PLAY, "names": [], "people": [], "problem": "没有这些人。"},
        {},
    ),
    "studio-played": ("studio_played.html", played(), {}),
    "studio-played-new": (
        "studio_played.html",
        played(begun=False, start=_INPUTS, tasks=[], lines=[], due=None, to_be_paid=False),
        {},
    ),
    "studio-played-ended": (
        "studio_played.html",
        played(
            may_go_on=False,
            tasks=[],
            state="completed",
            ended="同意领用",
            problems=["第 3 步被拒绝"],
        ),
        {},
    ),
    "studio-tried": ("studio_tried.html", _TRIED, {}),
    "studio-tried-none": (
        "studio_tried.html",
        {**_TRIED, "rehearsals": [], "problem": "日期不对。"},
        {},
    ),
    "studio-rehearsal": ("studio_rehearsal.html", told(), {}),
    "studio-rehearsal-running": (
        "studio_rehearsal.html",
        told(rehearsal=tried(state="running", done=40, percent=33, more_fen=0, less_fen=0)),
        {},
    ),
    "studio-rehearsal-none": (
        "studio_rehearsal.html",
        told(
            rehearsal=tried(total=0, done=0, changed=0, more_fen=0, less_fen=0),
            kinds=[],
            cases=[],
            more_url=None,
        ),
        {},
    ),
}
