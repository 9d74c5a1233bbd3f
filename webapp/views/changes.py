"""What was changed in the organisation, by whom, from what to what: told from the record itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, or_, select, type_coerce

from engine.actors import SYSTEM
from engine.store.tables import event, event_payload
from webapp.language import gettext as _
from webapp.language import language
from webapp.requests import engine
from webapp.rights import place_name, role_title

PAGE = 50
#: Streams that hold changes of the organisation, by what they begin with; the others belong to cases.
_STREAMS = ("account:", "fund:", "register:")
#: What the system's own stream and those of accounts hold of them, by what the event begins with.
_TYPES = (
    "unit.",
    "person.",
    "role.",
    "account.opened",
    "account.disabled",
    "account.enabled",
    "calendar.",
    "takeover.",
    "register.",
    "numbering.",
    "texts.",
    "fund.",
    "payment.",
)
_Told = Callable[[Mapping[str, Any], Mapping[str, Any]], str]


def changes(
    connection: Connection, *, about: str = "", kind: str = "", after: str = ""
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of changes, the latest first, and where the next begins. `about`: a person, unit or fund."""
    chosen = select(event, event_payload.c.payload).outerjoin(
        event_payload,
        and_(event_payload.c.stream == event.c.stream, event_payload.c.seq == event.c.seq),
    )
    chosen = chosen.where(_streams(about), _types(kind))
    if about:
        chosen = chosen.where(
            or_(
                event.c.stream.in_([f"account:{about}", f"fund:{about}", f"register:{about}"]),
                type_coerce(event.c.subject, Text).contains(
                    json.dumps(about, ensure_ascii=False), autoescape=True
                ),
            )
        )
    if after:
        at, _bar, rest = after.partition("|")
        stream, _bar, seq = rest.rpartition("|")
        chosen = chosen.where(_before(at, stream, seq))
    order = (event.c.at.desc(), event.c.stream.desc(), event.c.seq.desc())
    rows = connection.execute(chosen.order_by(*order).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    last = shown[-1] if len(rows) > PAGE else None
    following = f"{last.at.isoformat()}|{last.stream}|{last.seq}" if last is not None else None
    return [_change(row) for row in shown], following


def _before(at: str, stream: str, seq: str) -> ColumnElement[bool]:
    try:
        moment, number = datetime.fromisoformat(at), int(seq)
    except ValueError:
        return event.c.seq < 0
    return or_(
        event.c.at < moment,
        and_(
            event.c.at == moment,
            or_(
                event.c.stream < stream,
                and_(event.c.stream == stream, event.c.seq < number),
            ),
        ),
    )


def _streams(about: str) -> ColumnElement[bool]:
    # Ranges of the primary key: the streams of cases are passed over, however many there are.
    ranges = [
        and_(event.c.stream >= start, event.c.stream < start[:-1] + chr(ord(start[-1]) + 1))
        for start in _STREAMS
    ]
    return or_(event.c.stream == "system", *ranges)


def _types(kind: str) -> ColumnElement[bool]:
    wanted = [one for one in _TYPES if one.startswith(kind)] if kind else _TYPES
    return or_(*(event.c.type.startswith(one, autoescape=True) for one in wanted))


def kinds() -> list[dict[str, str]]:
    """What the list can be narrowed to."""
    return [
        {"value": "unit.", "label": _("Units")},
        {"value": "person.", "label": _("People")},
        {"value": "role.", "label": _("Posts and roles")},
        {"value": "account.", "label": _("Accounts")},
        {"value": "takeover.", "label": _("Take over from spreadsheets")},
        {"value": "register.", "label": _("Earlier register lines")},
        {"value": "calendar.", "label": _("Working days")},
        {"value": "numbering.", "label": _("Numbers")},
        {"value": "texts.", "label": _("Texts of messages")},
        {"value": "fund.", "label": _("Funds")},
        {"value": "payment.", "label": _("Payments")},
    ]


def _change(row: Any) -> dict[str, Any]:
    payload = json.loads(row.payload) if row.payload else {}
    tell = _sentences().get(row.type)
    try:
        text = tell(row.subject, payload) if tell is not None else row.type
    # A payload may have been erased by law: what is left of the event is told.
    except (KeyError, TypeError, AttributeError):
        text = row.type
    by_somebody = row.actor and row.actor != SYSTEM.id
    person = row.stream.removeprefix("account:") if row.stream.startswith("account:") else None
    return {
        "at": row.at,
        "by": engine().directory.name(row.actor) if by_somebody else _("The system"),
        "text": text,
        "person_id": person,
        "person": engine().directory.name(person) if person else "",
        "unit_id": row.subject.get("unit"),
        "stream": row.stream,
        "number": row.seq,
    }


def _place(id: object) -> str:
    return place_name(str(id)) if id else "–"


def _role(subject: Mapping[str, Any]) -> str:
    return f"{role_title(str(subject['role']), language())} · {_place(subject['unit'])}"


def _yuan(fen: object) -> str:
    number = fen if isinstance(fen, int) else 0
    return f"{number / 100:,.2f}"


def _sentences() -> dict[str, _Told]:
    return {**_of_units(), **_of_people(), **_of_the_rest()}


def _of_units() -> dict[str, _Told]:
    return {
        "unit.added": lambda s, p: _(
            "Unit added: %(name)s, below %(above)s",
            name=p.get("name") or _place(s["unit"]),
            above=_place(p.get("parent")),
        ),
        "unit.renamed": lambda s, p: _(
            "Unit renamed: %(before)s → %(after)s, from %(day)s",
            before=p["from"],
            after=p["to"],
            day=s.get("on", "–"),
        ),
        "unit.moved": lambda s, p: _(
            "%(name)s moved: below %(before)s → below %(after)s, from %(day)s",
            name=_place(s["unit"]),
            before=_place(p["from"]),
            after=_place(p["to"]),
            day=s["on"],
        ),
        "unit.founded": lambda s, p: _(
            "First day of %(name)s: %(before)s → %(after)s",
            name=_place(s["unit"]),
            before=p["from"] or "–",
            after=p["to"] or "–",
        ),
        "unit.closed": lambda s, p: _(
            "%(name)s ends on %(day)s", name=p.get("name") or _place(s["unit"]), day=s["on"]
        ),
        "unit.reopened": lambda s, p: _(
            "%(name)s goes on; its end was %(day)s", name=_place(s["unit"]), day=p["ended_on"]
        ),
        "unit.merged": lambda s, p: _(
            "%(name)s merged into %(into)s on %(day)s",
            name=p["name"],
            into=p["into"],
            day=s["on"],
        ),
    }


def _of_people() -> dict[str, _Told]:
    return {
        "person.added": lambda s, p: _(
            "Person added: %(name)s, %(unit)s", name=p.get("name", ""), unit=_place(s["unit"])
        ),
        "person.changed": lambda s, p: _edited(s, p),
        "person.moved": lambda s, p: _(
            "Moved by a merger: %(before)s → %(after)s",
            before=_place(s["from"]),
            after=_place(s["unit"]),
        ),
        "person.facts_set": lambda s, p: _(
            "Facts changed: %(facts)s", facts=_(", ").join(p["facts"])
        ),
        "person.address_set": lambda s, p: _(
            "E-mail address: %(address)s", address=p.get("email") or "–"
        ),
        "person.leave_set": lambda s, p: _("Leaves on %(day)s", day=s["on"]),
        "person.leave_taken_back": lambda s, p: _("Does not leave after all, or comes back"),
        "person.left": lambda s, p: _("Has left; roles, proxies and account have ended"),
        "person.revealed": lambda s, p: _("A sealed fact was looked at: %(fact)s", fact=s["fact"]),
        "role.assigned": lambda s, p: _(
            "Role given: %(role)s, from %(since)s to %(until)s",
            role=_role(s),
            since=s["since"],
            until=p.get("until") or _("open end"),
        ),
        "role.ended": lambda s, p: _(
            "Role ends: %(role)s, %(before)s → %(until)s",
            role=_role(s),
            before=p.get("until_before") or _("open end"),
            until=s["until"],
        ),
        "role.described": lambda s, p: _("Post or basis changed: %(role)s", role=_role(s)),
        "account.opened": lambda s, p: _("Account opened: %(name)s", name=p.get("username", "")),
        "account.disabled": lambda s, p: _("Account shut"),
        "account.enabled": lambda s, p: _("Account open again"),
    }


def _edited(subject: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    said = []
    for field, change in payload.items():
        before, after = change["from"], change["to"]
        if field != "name":
            before, after = _place(before), _place(after)
        said.append(f"{before} → {after}")
    return _(
        "Name, unit or group changed: %(what)s, from %(day)s",
        what=_(", ").join(said),
        day=subject.get("on", "–"),
    )


def _of_the_rest() -> dict[str, _Told]:
    return {
        "takeover.applied": lambda s, p: _(
            "Spreadsheet taken over: %(file)s, %(count)s lines",
            file=p["file"],
            count=sum(sum(one.values()) for one in p["counts"].values()),
        ),
        "register.taken_over": lambda s, p: _(
            "Earlier line entered: %(year)s, %(yuan)s", year=p["year"], yuan=_yuan(p["amount_fen"])
        ),
        "register.corrected": lambda s, p: _(
            "Earlier line corrected: %(facts)s", facts=_(", ").join(p["fields"])
        ),
        "calendar.set": lambda s, p: _(
            "%(day)s: %(kind)s, %(note)s",
            day=s["day"],
            kind=_("working day") if s["working"] else _("day off"),
            note=p.get("note", ""),
        ),
        "calendar.removed": lambda s, p: _(
            "%(day)s follows the official calendar again", day=s["day"]
        ),
        "calendar.hours_set": lambda s, p: _(
            "Office hours: %(hours)s", hours=p.get("ordinary", "")
        ),
        "calendar.notice_set": lambda s, p: _(
            "Notice of %(year)s entered: %(count)s days, %(note)s",
            year=s["year"],
            count=len(p["days"]),
            note=p.get("note", ""),
        ),
        "calendar.notice_taken_back": lambda s, p: _(
            "Notice of %(year)s taken back", year=s["year"]
        ),
        "numbering.pattern_set": lambda s, p: _(
            "Numbers %(before)s become %(after)s from %(day)s: %(reason)s",
            before=p["from"],
            after=p["to"],
            day=s["on"],
            reason=p["reason"],
        ),
        "numbering.next_set": lambda s, p: _(
            "Next number of %(name)s: %(before)s → %(after)s: %(reason)s",
            name=p["sequence"],
            before=p["from"],
            after=p["to"],
            reason=p["reason"],
        ),
        "texts.set": lambda s, p: _(
            "Text of a message (%(kind)s, %(language)s): %(before)s → %(after)s",
            kind=s["kind"],
            language=s["language"],
            before=p["from"] or _("the usual text"),
            after=p["to"] or _("the usual text"),
        ),
        "fund.opened": lambda s, p: _("Fund opened: %(name)s", name=p["name"]),
        "fund.deposited": lambda s, p: _(
            "Money entered: %(yuan)s, %(reason)s", yuan=_yuan(p["amount_fen"]), reason=p["reason"]
        ),
        "fund.corrected": lambda s, p: _(
            "Entry corrected by its counter-entry: %(yuan)s, %(reason)s",
            yuan=_yuan(p["amount_fen"]),
            reason=p["reason"],
        ),
        "fund.withdrawn": lambda s, p: _(
            "Money taken out: %(yuan)s, %(reason)s", yuan=_yuan(p["amount_fen"]), reason=p["reason"]
        ),
        "fund.budget_set": lambda s, p: _(
            "Budget of %(year)s: %(before)s → %(after)s",
            year=s["year"],
            before=_yuan(p["from"]),
            after=_yuan(p["to"]),
        ),
        "fund.handlers_set": lambda s, p: _(
            "Who handles the fund: %(who)s", who=_(", ").join(p["to"])
        ),
        "fund.renamed": lambda s, p: _(
            "Fund renamed: %(before)s → %(after)s", before=p["from"], after=p["to"]
        ),
        "payment.batch_made": lambda s, p: _(
            "Bank file %(number)s made: %(count)s orders, %(yuan)s",
            number=p["number"],
            count=p["count"],
            yuan=_yuan(p["total_fen"]),
        ),
        "payment.file_fetched": lambda s, p: _(
            "Bank file %(number)s fetched", number=p.get("number", "")
        ).strip(),
        "payment.reply_imported": lambda s, p: _(
            "The bank's reply to %(number)s read: %(paid)s paid, %(returned)s returned",
            number=p["number"],
            paid=p["paid"],
            returned=p["returned"],
        ),
        "fund.closed": lambda s, p: _("Fund closed"),
        "fund.reopened": lambda s, p: _("Fund open again"),
    }
