"""The dashboard's charts as data: bars that lead to their cases. What they show stands in tables, too."""

from __future__ import annotations

from typing import Any

from webapp.language import gettext as _
from webapp.views.dashboard import Figures

#: More bars than this are read in the table.
MOST_BARS = 12


def charts(found: Figures) -> dict[str, dict[str, Any]]:
    """Name → kind, series and what a reader who cannot see it is told."""
    return {
        "flow": {
            "kind": "columns",
            "categories": [row.label for row in found.flow],
            "series": [
                _series(_("Started"), [(row.started, row.urls["started"]) for row in found.flow]),
                _series(
                    _("Ended"), [(row.ended, row.urls["ended"]) for row in found.flow], main=True
                ),
            ],
            "says": _("Started %(started)s, ended %(ended)s.", **_ends(found)),
        },
        "loads": _bars(
            found.loads,
            [
                ("cases", "url", _("In progress"), False),
                ("overdue", "overdue_url", _("Overdue"), True),
            ],
        ),
        "times": _bars(
            found.times,
            [
                ("p90", "url", _("9 of 10 within"), False),
                ("median", "url", _("Half within"), True),
            ],
            unit=_("hours"),
        ),
        "units": {
            "kind": "bars",
            "categories": [row.label for row in found.units[:MOST_BARS]],
            "series": [
                _series(
                    _("In progress"),
                    [(row.open, row.urls["open"]) for row in found.units[:MOST_BARS]],
                ),
                _series(
                    _("Overdue"),
                    [(row.overdue, row.urls["overdue"]) for row in found.units[:MOST_BARS]],
                    main=True,
                ),
            ],
            "says": "",
        },
    }


def _ends(found: Figures) -> dict[str, int]:
    return {"started": found.total.started, "ended": found.total.ended}


def _series(name: str, values: list[tuple[float, str]], *, main: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "main": main,
        "data": [{"value": value, "url": url} for value, url in values],
    }


def _bars(
    rows: list[dict[str, Any]], series: list[tuple[str, str, str, bool]], unit: str = ""
) -> dict[str, Any]:
    shown = rows[:MOST_BARS]
    several = len({row["process"] for row in shown}) > 1
    return {
        "kind": "bars",
        "unit": unit,
        "categories": [
            f"{row['label']} · {row['process']}" if several else row["label"] for row in shown
        ],
        "series": [
            _series(name, [(row[value], row[url]) for row in shown], main=main)
            for value, url, name, main in series
        ],
        "says": "",
    }
