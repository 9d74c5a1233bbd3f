"""Numbers: which patterns packages use, what counts them, what comes next, what was given and is void."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from engine.abilities.numbering import pattern_on, patterns, sequence_name
from engine.abilities.payment import ORDER_NUMBER
from engine.catalog.arguments import Use, named_in
from engine.catalog.definition import Definition
from engine.commands.payments import BATCH_NUMBER
from engine.store.tables import effect, instance, number_sequence


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that a package names, and what counts today in its place."""

    pattern: str
    now: str
    sequence: str
    next: int
    #: (from, pattern): what took or will take its place
    changes: tuple[tuple[str, str], ...]
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Void:
    """A number that was given to a case and counts no more; nobody gets it again."""

    number: str
    instance_id: str
    title: str
    at: datetime


def rules(connection: Connection, definitions: Iterable[Definition], today: date) -> list[Rule]:
    """The patterns of packages and of our own papers, in order."""
    named: Mapping[str, list[Use]] = named_in(definitions, "numbering.next", "sequence")
    changed = patterns(connection)
    last = {
        row[0]: row[1]
        for row in connection.execute(select(number_sequence.c.name, number_sequence.c.last))
    }
    found = []
    for pattern in sorted({*named, *changed, ORDER_NUMBER, BATCH_NUMBER}):
        now = pattern_on(connection, pattern, today)
        sequence = sequence_name(now, today)
        found.append(
            Rule(
                pattern,
                now,
                sequence,
                last.get(sequence, 0) + 1,
                tuple((one["from"], one["pattern"]) for one in changed.get(pattern, [])),
                tuple(named.get(pattern, ())),
            )
        )
    return found


def sequences(connection: Connection) -> list[tuple[str, int]]:
    """Everything that counts, with the last number it gave, by name."""
    statement = select(number_sequence.c.name, number_sequence.c.last)
    return [
        (row.name, row.last)
        for row in connection.execute(statement.order_by(number_sequence.c.name))
    ]


def voids(connection: Connection, limit: int = 50) -> list[Void]:
    """The latest numbers of cases that ended early."""
    statement = (
        select(effect.c.reference, effect.c.instance_id, effect.c.created_at, instance.c.title)
        .join(instance, instance.c.id == effect.c.instance_id)
        .where(effect.c.ability == "numbering.next", effect.c.state == "void")
        .order_by(effect.c.id.desc())
        .limit(limit)
    )
    return [
        Void(row.reference, row.instance_id, row.title, row.created_at)
        for row in connection.execute(statement)
    ]
