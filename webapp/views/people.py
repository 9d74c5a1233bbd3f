"""People as others may know of them, and those whom somebody can name in a case."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from engine.actors import Actor
from engine.clock import today
from engine.commands.access import holders_of
from engine.engine import Engine
from engine.errors import NotFound
from engine.queries.case import CaseView
from engine.queries.readers import may_know
from webapp.accounts.search import find_people

#: The most people of one case who are offered by name.
MOST_OFFERED = 200


def person(house: Engine, person_id: str) -> dict[str, str]:
    """Id, name and unit; whoever the directory does not know is shown by id."""
    try:
        unit = str(house.directory.facts(person_id).get("unit_name", ""))
    except (NotFound, KeyError):
        unit = ""
    return {"id": person_id, "name": house.directory.name(person_id), "unit": unit}


def people_of(house: Engine, case: CaseView) -> list[str]:
    """Ids of those who read the case for a part of their own or a copy, each once."""
    found = [case.starter_id]
    found += [one for who in case.participants.values() for one in who.get("people", ())]
    for task in case.tasks:
        found += [one.person_id for one in task.signers[:MOST_OFFERED]]
        if task.state == "open" and not task.signers:
            found += holders_of(house.directory, task.keys)
    found += [one.person_id for one in case.copies]
    active = (one for one in dict.fromkeys(found) if house.directory.is_active(one))
    return list(active)[:MOST_OFFERED]


def choose_people(
    house: Engine, connection: Connection, actor: Actor, case: CaseView, text: str, limit: int
) -> list[dict[str, Any]]:
    """Those of the case whose name fits, then others: only who takes part may give these a copy."""
    of_case = [one for one in people_of(house, case) if one != actor.id]
    found = [one for one in of_case if text in house.directory.name(one)][:limit]
    if text and len(found) < limit and case.takes_part:
        day = today(house.clock, house.zone)
        more = find_people(connection, text, day, limit + len(found))
        found += [one for one in more if one not in found and one != actor.id]
    known = set(of_case)
    return [
        {**person(house, one), "reads": one in known or _reads(house, connection, case, one)}
        for one in found[:limit]
    ]


def _reads(house: Engine, connection: Connection, case: CaseView, person_id: str) -> bool:
    return may_know(connection, case.definition, house.directory.actor(person_id), case)
