"""Figures for heads: what came and went, what is open and overdue, how long steps take.

Each comes with the address of the list behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Connection

from engine.catalog.definition import Definition
from engine.clock import start_of_day
from engine.engine import Engine
from engine.errors import Invalid
from engine.queries import figures
from engine.queries.figures import Counted, StepLoad, StepTime, WorkClock
from engine.queries.oversight import Span, Wanted
from engine.working_hours import OfficeHours
from webapp.areas import area_of
from webapp.language import gettext as _
from webapp.language import language
from webapp.rights import place_name
from webapp.views.case_list import NOWHERE, processes_of_area, result_text
from webapp.views.places import below, is_unit, today_of, unit_of

#: Name → in what it is shown.
PERIODS = ("weeks", "months", "year", "last_year")
#: Steps begun so long before a period are still counted quickly.
_BEFORE = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A week or a month of the period, its days both within."""

    first: date
    last: date
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the dashboard is asked for."""

    period: str
    buckets: list[Bucket]
    #: Everything the figures are restricted to.
    wanted: Wanted
    #: Chosen filters as they stand in the address.
    given: Mapping[str, str]

    def spans(self, house: Engine) -> list[Span]:
        """The buckets as instants."""
        return [
            (
                start_of_day(one.first, house.zone),
                start_of_day(one.last + timedelta(days=1), house.zone),
            )
            for one in self.buckets
        ]

    def cases_url(self, **more: Any) -> str:
        """The list of the cases behind a figure."""
        return url_for("pages.cases", scope="all", **{**self.given, **more})

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day of the period."""
        return self.buckets[0].first.isoformat(), self.buckets[-1].last.isoformat()


def ask(
    house: Engine, places: frozenset[str] | None, args: Mapping[str, str], today: date
) -> Question:
    """What an address asks for, within the places whose figures the reader may see."""
    period = args.get("period") or "weeks"
    if period not in PERIODS:
        raise Invalid("There is no such period.", period=period)
    given = {name: args[name] for name in ("place", "process", "area") if args.get(name)}
    if "place" in given:
        chosen = below(house, given["place"])
        places = chosen if places is None else places & chosen
    processes = None
    if "process" in given:
        given.pop("area", None)
        processes = frozenset([given["process"]])
    elif "area" in given:
        processes = processes_of_area(house, given["area"])
    wanted = Wanted(places=places, processes=processes)
    return Question(period, _buckets(period, today), wanted, given)


def _buckets(period: str, today: date) -> list[Bucket]:
    if period == "weeks":
        monday = today - timedelta(days=today.weekday())
        mondays = [monday - timedelta(weeks=n) for n in range(12, -1, -1)]
        return [Bucket(one, one + timedelta(days=6), f"{one.month}/{one.day}") for one in mondays]
    if period == "months":
        months = [(today.year * 12 + today.month - 1) - n for n in range(11, -1, -1)]
    else:
        year = today.year - (period == "last_year")
        months = [year * 12 + n for n in range(12)]
    return [_month(number) for number in months]


def _month(number: int) -> Bucket:
    first = date(number // 12, number % 12 + 1, 1)
    following = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    label = f"{first:%b}" if language() == "en" else f"{first.month}月"
    if first.month == 1:
        label = f"{first:%b} {first.year}" if language() == "en" else f"{first.year}年1月"
    return Bucket(first, following - timedelta(days=1), label)


@dataclass(slots=True)
class Row:
    """A row of figures, each with the list behind it."""

    label: str
    started: int = 0
    ended: int = 0
    open: int = 0
    overdue: int = 0
    note: str = ""
    urls: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the dashboard shows, and what the file for a spreadsheet holds."""

    question: Question
    total: Row
    flow: list[Row]
    processes: list[Row]
    units: list[Row]
    results: list[dict[str, Any]]
    loads: list[dict[str, Any]]
    times: list[dict[str, Any]]
    #: True where times are computed from the latest tasks alone.
    cut: bool
    #: Hours of work of an ordinary day.
    day_hours: float


def read(connection: Connection, house: Engine, question: Question) -> Figures:
    """Compute everything: seven statements, whoever asks."""
    now, spans, wanted = house.clock.now(), question.spans(house), question.wanted
    whole: Span = (spans[0][0], spans[-1][1])
    assert whole[0] is not None
    assert whole[1] is not None
    active = {one.key: one for one in house.catalog.all_active(connection)}
    came = figures.started(connection, wanted, spans)
    went = figures.ended(connection, wanted, spans)
    standing = figures.open_now(connection, wanted, now)
    late = figures.overdue_now(connection, wanted, now)
    loads = figures.loads(connection, wanted, now)
    clock = WorkClock(house.working_days, house.zone, whole[0] - _BEFORE, min(whole[1], now))
    times, cut = figures.step_times(connection, wanted, whole, clock)
    counted = _Counts(came, went, standing, late)
    names = _Names(active, question)
    return Figures(
        question=question,
        total=counted.rows(lambda _one: "", lambda _key: (_("Altogether"), "", {}), question)[0]
        if counted.any
        else _row(_("Altogether"), question, {}),
        flow=_flow(question, came, went),
        processes=counted.rows(lambda one: one.key, names.process, question),
        units=counted.rows(
            lambda one: _unit_key(house, question, one.place), names.unit(house), question
        ),
        results=names.results(went),
        loads=names.loads(loads),
        times=names.times(times),
        cut=cut,
        day_hours=_day_hours(house),
    )


def _day_hours(house: Engine) -> float:
    hours = house.working_days.hours or OfficeHours()
    minutes = sum(
        (last.hour * 60 + last.minute) - (first.hour * 60 + first.minute)
        for first, last in hours.ordinary
    )
    return minutes / 60


def _unit_key(house: Engine, question: Question, place: str) -> str:
    """What a place is shown under: its unit, or where one unit is looked at, itself."""
    unit = unit_of(house, place)
    chosen = question.given.get("place")
    inside = chosen is not None and unit == unit_of(house, chosen)
    return today_of(house, place) if inside else unit


def _urls(question: Question, **more: Any) -> dict[str, str]:
    """The lists behind the four figures of a row, all with the same further filters."""
    first, last = question.days
    return {
        "started": question.cases_url(**{"from": first, "to": last}, **more),
        "ended": question.cases_url(ended_from=first, ended_to=last, **more),
        "open": question.cases_url(state="open", **more),
        "overdue": question.cases_url(state="open", overdue=1, **more),
    }


def _row(label: str, question: Question, more: Mapping[str, Any], note: str = "") -> Row:
    return Row(label, note=note, urls=_urls(question, **more))


@dataclass(frozen=True, slots=True)
class _Counts:
    """The four counts, to be added up in any way."""

    started: list[Counted]
    ended: list[Counted]
    open: list[Counted]
    overdue: list[Counted]

    @property
    def any(self) -> bool:
        return bool(self.started or self.ended or self.open)

    def rows(
        self,
        of: Callable[[Counted], str],
        named: Callable[[str], tuple[str, str, Mapping[str, Any]]],
        question: Question,
    ) -> list[Row]:
        """A row for each group, the one with the most open cases first."""
        found: dict[str, Row] = {}
        for name in ("started", "ended", "open", "overdue"):
            for one in getattr(self, name):
                key = of(one)
                if key not in found:
                    label, note, more = named(key)
                    found[key] = _row(label, question, more, note)
                setattr(found[key], name, getattr(found[key], name) + one.number)
        return sorted(found.values(), key=lambda row: (-row.open, -row.started, row.label))


def _flow(question: Question, came: Iterable[Counted], went: Iterable[Counted]) -> list[Row]:
    rows = []
    for bucket in question.buckets:
        first, last = bucket.first.isoformat(), bucket.last.isoformat()
        urls = {
            "started": question.cases_url(**{"from": first, "to": last}),
            "ended": question.cases_url(ended_from=first, ended_to=last),
        }
        rows.append(Row(bucket.label, note=f"{first} – {last}", urls=urls))
    for one in came:
        rows[one.span].started += one.number
    for one in went:
        rows[one.span].ended += one.number
    return rows


@dataclass(frozen=True, slots=True)
class _Names:
    """What processes, steps, results and units are called, with their filters."""

    active: Mapping[str, Definition]
    question: Question

    def process(self, key: str) -> tuple[str, str, Mapping[str, Any]]:
        """A process with its area."""
        one = self.active.get(key)
        if one is None:
            return key, "", {"process": key}
        area = area_of(one.manifest.work_point)
        note = area.title(language()) if area else ""
        return one.text(one.title, language()), note, {"process": key}

    def unit(self, house: Engine) -> Callable[[str], tuple[str, str, Mapping[str, Any]]]:
        """A unit, or a group of the one that is looked at."""
        chosen = self.question.given.get("place")

        def named(place: str) -> tuple[str, str, Mapping[str, Any]]:
            if not place:
                return _("Without a unit"), "", {"place": NOWHERE, "only": 1}
            inside = chosen is not None and unit_of(house, place) == unit_of(house, chosen)
            label = place_name(place)
            if inside and place == unit_of(house, place):
                return _("%(unit)s itself", unit=label), "", {"place": place, "only": 1}
            if not inside and not is_unit(house, place):
                return label, "", {"place": place, "only": 1}
            return label, "", {"place": place}

        return named

    def results(self, went: Sequence[Counted]) -> list[dict[str, Any]]:
        """How cases ended, process by process."""
        first, last = self.question.days
        found: dict[tuple[str, str, str], int] = {}
        for one in went:
            name = (one.key, one.state, one.result or "")
            found[name] = found.get(name, 0) + one.number
        rows = []
        for (key, state, result), number in found.items():
            more = {"process": key, "state": state, "ended_from": first, "ended_to": last}
            if result:
                more["result"] = result
            definition = self.active.get(key)
            rows.append(
                {
                    "process": self.process(key)[0],
                    "label": result_text(definition, state, result) if definition else state,
                    "number": number,
                    "url": self.question.cases_url(**more),
                }
            )
        return sorted(rows, key=lambda row: (row["process"], -row["number"]))

    def _step(self, key: str, element: str) -> str:
        one = self.active.get(key)
        if one is None or element not in one.diagram.elements:
            return element
        return one.text(one.diagram.elements[element].name or element, language())

    def loads(self, loads: Sequence[StepLoad]) -> list[dict[str, Any]]:
        """Where open work lies, the most first."""
        ordered = sorted(loads, key=lambda one: (-one.cases, -one.overdue, one.key, one.element))
        return [
            {
                "process": self.process(one.key)[0],
                "label": self._step(one.key, one.element),
                "cases": one.cases,
                "overdue": one.overdue,
                "url": self.question.cases_url(process=one.key, state="open", step=one.element),
                "overdue_url": self.question.cases_url(
                    process=one.key, state="open", step=one.element, overdue=1
                ),
            }
            for one in ordered
        ]

    def times(self, times: Sequence[StepTime]) -> list[dict[str, Any]]:
        """How long steps took, the slowest first."""
        first, last = self.question.days
        ordered = sorted(times, key=lambda one: (-one.median, one.key, one.element))
        return [
            {
                "process": self.process(one.key)[0],
                "label": self._step(one.key, one.element),
                "cases": one.cases,
                "tasks": one.tasks,
                "median": round(one.median, 1),
                "p90": round(one.p90, 1),
                "url": self.question.cases_url(
                    process=one.key, done=one.element, done_from=first, done_to=last
                ),
            }
            for one in ordered
        ]
