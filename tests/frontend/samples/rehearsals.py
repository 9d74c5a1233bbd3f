"""Versions tried on past cases."""

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

PAGES: Pages = {
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
