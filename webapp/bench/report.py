"""The figures as a table and as JSON, each beside its bar."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass
from typing import Any

PASS, MISS, NO_BAR = "pass", "MISS", ""


@dataclass(frozen=True)
class Figure:
    """One measured number. `bar` is the largest value that passes; None: there is no bar."""

    database: str
    name: str
    value: float
    unit: str
    bar: float | None = None
    #: What the bare endpoint has in its place.
    bare: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the bare endpoint's value this is."""
        return self.value / self.bare if self.bare else None

    @property
    def verdict(self) -> str:
        """Whether the bar is held."""
        if self.bar is None:
            return NO_BAR
        return PASS if self.value <= self.bar else MISS


@dataclass(frozen=True)
class NotRun:
    """What could not be measured here."""

    database: str
    reason: str


@dataclass
class Report:
    """All figures of a run."""

    figures: list[Figure]
    not_run: list[NotRun]

    def as_json(self, **facts: Any) -> str:
        """The report for a program."""
        content = {
            "machine": {"python": platform.python_version(), "system": platform.system()},
            **facts,
            "figures": [
                {**asdict(one), "ratio": one.ratio, "verdict": one.verdict} for one in self.figures
            ],
            "not_run": [asdict(one) for one in self.not_run],
        }
        return json.dumps(content, ensure_ascii=False, indent=2)

    def rows(self) -> list[list[str]]:
        """The table, its heading first."""
        heading = ["database", "figure", "measured", "unit", "bar", "", "bare", "ratio", "note"]
        return [heading] + [
            [
                one.database,
                one.name,
                number(one.value),
                one.unit,
                "" if one.bar is None else f"≤ {number(one.bar)}",
                one.verdict,
                "" if one.bare is None else number(one.bare),
                "" if one.ratio is None else f"{one.ratio:.2f}×",
                one.note,
            ]
            for one in self.figures
        ]


def number(value: float) -> str:
    """Three digits that mean something."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}"
