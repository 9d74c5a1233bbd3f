"""Open work of a person, read along an index: the first lines of each key that the person's work may lie
under, merged.

A person with 200 keys sees work under all of them. Asking for "the oldest of all these keys" makes a
database either sort everything the person may see or read the whole table in order; asking each key for
its own first lines costs the same for everybody, however much work there is. Both databases are
told to do exactly that: PostgreSQL by LATERAL, SQLite by a limited subquery for each key's rows.
Counting is done likewise and stops early.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.actors import Actor, person_key
from engine.queries.open_work_sql import FIRST_OWNER, OWN, Shape, counting, walking
from engine.queries.orders import Order
from engine.queries.proxies import StandIn


@dataclass(frozen=True, slots=True)
class Lists:
    """Under which keys somebody looks, and for whom."""

    me: str
    #: `{"with": key, "rank": whose, "owner": …, "processes": …}` each.
    sources: list[dict[str, Any]]
    #: With what the person is asked for advice on.
    asked: bool
    #: Never the person's own case: what lies with a role is for others.
    not_own: bool
    stands_in: bool


@dataclass(frozen=True, slots=True)
class Sieve:
    """What of it is wanted; nothing given: all."""

    process: str | None = None
    #: From when (with it) and until when (without it) it is due.
    due_from: datetime | None = None
    due_until: datetime | None = None
    #: What a case must be found by: all of these words.
    words: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, Any]:
        """For the statements."""
        found: dict[str, Any] = {f"word{n}": holding(word) for n, word in enumerate(self.words)}
        for name in ("process", "due_from", "due_until"):
            if getattr(self, name) is not None:
                found[name] = getattr(self, name)
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """A task in an order."""

    task_id: str
    instance_id: str
    #: Its value in the order, and since when it lies there.
    value: Any
    at: datetime
    rank: int


def holding(word: str) -> str:
    """The pattern of a text that holds the word."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def lists_of(actor: Actor, box: str, owners: Sequence[StandIn]) -> Lists:
    """Where the work of a box lies: `todo` by the person's own key, `pool` by the keys of roles."""
    people: list[tuple[Actor, int, frozenset[str] | None]] = [(actor, OWN, None)]
    people += [(one.owner, FIRST_OWNER + n, one.processes) for n, one in enumerate(owners)]
    sources: list[dict[str, Any]] = []
    seen: set[str] = set()
    for person, rank, processes in people:
        own = person_key(person.id)
        keys = [own] if box == "todo" else sorted(person.keys - {own})
        # What the person may take in the own right is listed as that, and once.
        for key in keys:
            if key not in seen:
                sources.append({"with": key, "rank": rank} | _limits(person, rank, processes))
        if rank == OWN:
            seen.update(keys)
    return Lists(actor.id, sources, box == "todo", box == "pool", bool(owners))


def _limits(person: Actor, rank: int, processes: frozenset[str] | None) -> dict[str, Any]:
    if rank == OWN:
        return {}
    covered = None if processes is None else f"|{'|'.join(sorted(processes))}|"
    return {"owner": person.id, "processes": covered}


def first(
    connection: Connection,
    lists: Lists,
    order: Order,
    *,
    sieve: Sieve,
    after: tuple[Any, str] | None,
    most: int,
) -> list[Place]:
    """The first tasks in an order, at most so many, from behind a place on."""
    found: list[Place] = []
    if not lists.sources:
        return found
    for part in _parts(order, after):
        if len(found) < most:
            beyond = after is not None and (part != "none" or after[0] == order.none)
            sqlite = connection.dialect.name == "sqlite"
            statement = walking(sqlite, order, shape(lists, sieve), part, beyond)
            given = values(lists, sieve, most - len(found))
            if after is not None:
                given |= {"after": after[0], "after_id": after[1]}
            if part:
                given["none"] = order.none
            found += [Place(*row) for row in connection.execute(statement, given)]
    return found


def _parts(order: Order, after: tuple[Any, str] | None) -> list[str]:
    """Where "none" would come first it is walked by itself, last."""
    if order.none is None:
        return [""]
    return ["none"] if after is not None and after[0] == order.none else ["has", "none"]


def count(connection: Connection, lists: Lists, sieve: Sieve, most: int) -> int:
    """How many tasks there are; `most` where there are that many or more."""
    if not lists.sources:
        return 0
    statement = counting(connection.dialect.name == "sqlite", shape(lists, sieve))
    # A task under two of the person's keys is two rows: mostly there is none such.
    looked_at = 2 * most
    while True:
        given = values(lists, sieve, looked_at)
        rows, tasks = connection.execute(statement, given).one()
        if tasks >= most or rows < looked_at:
            return min(int(tasks), most)
        looked_at *= 4


def shape(lists: Lists, sieve: Sieve) -> Shape:
    """What the text of a statement depends on."""
    return Shape(
        sieve.process is not None,
        sieve.due_from is not None,
        sieve.due_until is not None,
        len(sieve.words),
        lists.asked,
        lists.not_own,
        lists.stands_in,
    )


def values(lists: Lists, sieve: Sieve, most: int) -> dict[str, Any]:
    """What goes into a statement."""
    sources = json.dumps(lists.sources, ensure_ascii=False)
    return {"sources": sources, "me": lists.me, "most": most, **sieve.parameters}
