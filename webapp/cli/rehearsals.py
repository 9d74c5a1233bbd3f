"""`process rehearse`: try a package on the cases of the past, before it is deployed."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import date, timedelta
from typing import Any

from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.clock import start_of_day
from engine.rehearsing.cases import cases_behind, count_cases
from engine.rehearsing.verdict import KINDS, SAME, judge
from webapp.cli.console import SUCCESS, WrongUsage, folder, progress, say, say_json
from webapp.cli.opening import opened_engine

_SAID = {
    "stopped": "would stand still somewhere",
    "refused": "would have been refused",
    "not_taken": "a form would not have taken what was handed in",
    "other_end": "would have ended otherwise",
    "other_way": "would have gone another way",
    "asked_anew": "somebody would have been asked who was not",
    "costs_more": "would have cost more",
    "costs_less": "would have cost less",
    "longer": "would have taken longer",
    "shorter": "would have been shorter",
    "same": "exactly as it was",
    "untold": "cannot be told again, so nothing is said of them",
}


def add_command(verbs: Any) -> None:
    """Add the command to the group `process`."""
    parser = verbs.add_parser(
        "rehearse", help="say what a package would have changed in the cases of the past"
    )
    parser.add_argument("path", metavar="PATH")
    parser.add_argument("--since", metavar="DATE", help="ended on or after; default: a year ago")
    parser.add_argument("--until", metavar="DATE", help="ended before; default: tomorrow")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_rehearse)


def _rehearse(options: argparse.Namespace) -> int:
    package = Package.from_folder(folder(options.path))
    now = compile_definition(package)
    counts: Counter[str] = Counter()
    told: list[dict[str, Any]] = []
    with opened_engine() as engine:
        today = engine.clock.now().astimezone(engine.zone).date()
        since = start_of_day(_day(options.since) or today - timedelta(days=365), engine.zone)
        until = start_of_day(_day(options.until) or today + timedelta(days=1), engine.zone)
        with engine.database.read() as connection:
            total = count_cases(connection, now.key, since, until)
            cases = cases_behind(connection, now.key, since, until, "", total)
            for instance_id, then, past, kept in progress(cases, "Cases", total):
                verdict = judge(engine, engine.catalog.get(then), now, past, kept)
                counts.update(verdict.kinds)
                if verdict.kinds != [SAME]:
                    told.append({"instance": instance_id, "kinds": verdict.kinds, **verdict.facts})
    if options.json:
        say_json({"cases": total, "counts": {kind: counts[kind] for kind in KINDS}, "told": told})
        return SUCCESS
    for one in told:
        say(f"{one['instance']}: {', '.join(_SAID[kind] for kind in one['kinds'])}")
    say(f"{total} cases of {now.key} ended in the period.")
    for kind in KINDS:
        if counts[kind]:
            say(f"{counts[kind]:>6}  {_SAID[kind]}")
    return SUCCESS


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise WrongUsage(f"{text} is not a date such as 2026-03-31.") from error
