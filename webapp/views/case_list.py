"""The list of cases: what its address asks for, its lines, and what of a case may not be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Connection

from engine.actors import Actor
from engine.catalog.definition import Definition
from engine.clock import start_of_day
from engine.engine import Engine
from engine.errors import Invalid
from engine.queries.case_search import find_cases
from engine.queries.cases import count_cases, my_cases, overseen_cases
from engine.queries.items import InboxItem
from engine.queries.oversight import NO_SPAN, STATES, Span, Wanted
from engine.queries.own import awaited_by, standing_at
from engine.queries.proxies import StandIn
from engine.search import asked
from webapp.areas import area_of
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.work import state_text
from webapp.rights import overseen_places, oversees, place_name
from webapp.views.places import alone, below, unit_of
from webapp.views.standing import places_in

#: Parameters of the address beside `scope`, `q` and `after`, in the order in which they are written.
_NAMES = (
    "mine", "state", "process", "area", "place", "only", "result", "overdue", "step", "done",
    "from", "to", "ended_from", "ended_to", "done_from", "done_to",
)  # fmt: skip
#: The place of cases that have none.
NOWHERE = "-"
#: Lines of one page.
PAGE = 30


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list of cases is asked for."""

    #: True: cases that the reader counts; False: those the reader has a part in.
    overseen: bool
    text: str
    wanted: Wanted
    #: The parameters as they stand in the address.
    given: Mapping[str, str]

    def url(self, endpoint: str = "pages.cases", **more: Any) -> str:
        """The address of this list, or of something made of it."""
        scope = "all" if self.overseen else None
        values: dict[str, Any] = {**self.given, **more}
        return url_for(endpoint, scope=scope, q=self.text or None, **values)


def read_list(house: Engine, actor: Actor, args: Mapping[str, str]) -> Listed:
    """What the address asks for; raise `Invalid`, or `NotAllowed` for cases the reader does not count."""
    given = {name: args[name].strip() for name in _NAMES if args.get(name, "").strip()}
    overseen = args.get("scope") == "all"
    places = overseen_places(actor) if overseen else None
    if "place" in given:
        place = "" if given["place"] == NOWHERE else given["place"]
        chosen = alone(house, place) if "only" in given else below(house, place)
        places = chosen if places is None else places & chosen
    state = given.get("state", "")
    if state and state not in STATES:
        raise Invalid("There is no such state.", state=state)
    wanted = Wanted(
        places=places,
        processes=_processes(house, given),
        state=state,
        result=given.get("result", ""),
        started=_span(house, given, ""),
        ended=_span(house, given, "ended_"),
        overdue="overdue" in given,
        step=given.get("step", ""),
        done=given.get("done", ""),
        done_in=_span(house, given, "done_"),
        starter=actor.id if "mine" in given else "",
    )
    return Listed(overseen, args.get("q", "").strip()[:100], wanted, given)


def _processes(house: Engine, given: Mapping[str, str]) -> frozenset[str] | None:
    if "process" in given:
        return frozenset([given["process"]])
    if "area" in given:
        return processes_of_area(house, given["area"])
    return None


def processes_of_area(house: Engine, area: str) -> frozenset[str]:
    """Keys of the processes whose point of work lies in an area."""
    with house.database.read() as connection:
        active = house.catalog.all_active(connection)
    return frozenset(
        one.key
        for one in active
        if (found := area_of(one.manifest.work_point)) is not None and found.id == area
    )


def _span(house: Engine, given: Mapping[str, str], prefix: str) -> Span:
    """Two days, both within, as instants."""
    try:
        since, until = (
            date.fromisoformat(given[name]) if (name := f"{prefix}{end}") in given else None
            for end in ("from", "to")
        )
        if since is None and until is None:
            return NO_SPAN
        return (
            start_of_day(since, house.zone) if since else None,
            start_of_day(until + timedelta(days=1), house.zone) if until else None,
        )
    except (ValueError, OverflowError):
        raise Invalid("This is no day.") from None


def lines(
    connection: Connection,
    house: Engine,
    actor: Actor,
    listed: Listed,
    *,
    owners: Sequence[StandIn] = (),
    after: str | None = None,
    limit: int = PAGE,
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of the list, and where the next begins."""
    conditions = listed.wanted.conditions(house.clock.now())
    if listed.overseen:
        found = overseen_cases(
            connection,
            house,
            actor,
            conditions,
            number=listed.text,
            limit=limit,
            after=after,
            owners=owners,
        )
        page, known = found.page, found.known
    else:
        narrowed: dict[str, Any] = {"conditions": conditions, "after": after, "limit": limit}
        if words := asked(listed.text):
            page = find_cases(house, connection, actor, words, **narrowed)
        else:
            page = my_cases(connection, actor, **narrowed)
        known = {one.instance_id for one in page.items}
    open_ones = [one.instance_id for one in page.items if one.ended_at is None]
    tasks, awaited = standing_at(connection, open_ones), awaited_by(connection, open_ones)
    return [
        _line(
            house,
            one,
            places_in(
                house,
                house.catalog.get(one.definition_id),
                tasks.get(one.instance_id, []),
                awaited.get(one.instance_id, []),
            ),
            known=one.instance_id in known,
        )
        for one in page.items
    ], page.next


def total(connection: Connection, house: Engine, listed: Listed) -> int | None:
    """How many cases the whole list has; of cases one counts, and not while one is looked for."""
    if not listed.overseen or listed.text:
        return None
    return count_cases(connection, listed.wanted.conditions(house.clock.now()))


def _line(
    house: Engine, one: InboxItem, places: list[dict[str, Any]], *, known: bool
) -> dict[str, Any]:
    """A line; who may not open the case sees neither title nor applicant nor amount."""
    definition = house.catalog.get(one.definition_id)
    process = definition.text(definition.title, language())
    return {
        "id": one.instance_id,
        "known": known,
        "url": url_for("pages.case", id=one.instance_id) if known else None,
        "what": one.title if known else process,
        "who": house.directory.name(one.starter_id) if known else None,
        "where": place_name(unit_of(house, one.place)) if one.place else "",
        "number": one.number,
        "process": process,
        "amount_fen": one.amount_fen if known else None,
        "places": places if one.ended_at is None else [],
        "state": state_shown(definition, one.state, one.outcome),
        "state_text": result_text(definition, one.state, one.outcome),
        "started_at": one.at,
        "ended_at": one.ended_at,
    }


def state_shown(definition: Definition, state: str, end_event: str | None) -> str:
    """The state by which a mark is coloured: a case that came to its end may have been refused there."""
    return (definition.result_of(end_event) or state) if state == "completed" else state


def result_text(definition: Definition, state: str, end_event: str | None) -> str:
    """How a case ended, as its process calls it; else its state."""
    end = definition.diagram.elements.get(end_event or "")
    if state == "completed" and end is not None and end.name:
        return definition.text(end.name, language())
    return state_text(state)


def choices(house: Engine, connection: Connection, actor: Actor, listed: Listed) -> dict[str, Any]:
    """What the list can be narrowed by: processes, units, and the rest as it stands in words."""
    active = house.catalog.all_active(connection)
    processes = [{"value": one.key, "label": one.text(one.title, language())} for one in active]
    found: dict[str, Any] = {
        "oversees": oversees(actor),
        "processes": processes,
        "more": _in_words(house, active, listed),
        # What the form does not show is sent along with it.
        "kept": {
            name: value
            for name, value in listed.given.items()
            if name not in ("state", "process", "place", "only", "overdue", "from", "to")
        },
    }
    return found


def _in_words(house: Engine, active: Sequence[Definition], listed: Listed) -> list[dict[str, str]]:
    """Filters that have no field of their own, each with the address without it."""
    given = listed.given
    texts: list[tuple[tuple[str, ...], str]] = []
    if "mine" in given:
        texts.append((("mine",), _("started by me")))
    if "area" in given:
        area = next((area_of(o.manifest.work_point) for o in active if _in_area(o, given)), None)
        texts.append((("area",), area.title(language()) if area else given["area"]))
    if "step" in given:
        step = _element_name(active, given, given["step"])
        texts.append((("step",), _("stands at “%(step)s”", step=step)))
    if "done" in given:
        step = _element_name(active, given, given["done"])
        days = _days(given, "done_")
        texts.append(
            (
                ("done", "done_from", "done_to"),
                _("“%(step)s” done %(days)s", step=step, days=days),
            )
        )
    if "ended_from" in given or "ended_to" in given:
        texts.append((("ended_from", "ended_to"), _("ended %(days)s", days=_days(given, "ended_"))))
    if "result" in given:
        name = _element_name(active, given, given["result"])
        texts.append((("result",), _("ended with “%(result)s”", result=name)))
    if "only" in given:
        texts.append((("only",), _("without what lies below it")))
    found = []
    for names, text in texts:
        rest = {name: value for name, value in given.items() if name not in names}
        found.append({"text": text, "without_url": replace(listed, given=rest).url()})
    return found


def _in_area(definition: Definition, given: Mapping[str, str]) -> bool:
    area = area_of(definition.manifest.work_point)
    return area is not None and area.id == given["area"]


def _days(given: Mapping[str, str], prefix: str) -> str:
    since, until = given.get(f"{prefix}from", ""), given.get(f"{prefix}to", "")
    return since if since == until else f"{since} – {until}"


def _element_name(active: Sequence[Definition], given: Mapping[str, str], element: str) -> str:
    for one in active:
        if given.get("process") in (None, one.key) and element in one.diagram.elements:
            return one.text(one.diagram.elements[element].name or element, language())
    return element
