"""The statements that read open work along its indexes, in the words of either database.

`s` is a list somebody looks into (a key, and for whom), `x` a row of `task_candidate`. What differs from
one statement to the next is a parameter wherever it can be; texts are made once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, String, TextClause, bindparam, column, text

from engine.queries.orders import ORDERS, Order
from engine.store.tables import task_candidate
from engine.store.types import UtcTime

#: Whose line it is: the person's own, one that asks for advice, or (from 2 on) that of an owner.
OWN, ASKED, FIRST_OWNER = 0, 1, 2
_UTC = UtcTime()


class Shape(NamedTuple):
    """What the text of a statement depends on; everything else is a parameter."""

    process: bool
    due_from: bool
    due_until: bool
    words: int
    asked: bool
    not_own: bool
    stands_in: bool


SOURCES = {
    True: (
        "s AS MATERIALIZED (SELECT json_extract(value, '$.with') AS lies_with, json_extract(value, '$.rank') AS rank,"
        " json_extract(value, '$.owner') AS owner, json_extract(value, '$.processes') AS processes"
        " FROM json_each(:sources))"
    ),
    False: (
        's AS (SELECT s."with" AS lies_with, s.rank, s.owner, s.processes FROM'
        " json_to_recordset(CAST(:sources AS json))"
        ' AS s("with" text, rank int, owner text, processes text))'
    ),
}


def sifted(shape: Shape) -> str:
    """What `Sieve` says, of a candidate row `x`."""
    found = ""
    if shape.process:
        found += " AND x.process = :process"
    if shape.due_from:
        found += " AND x.due_at >= :due_from"
    if shape.due_until:
        found += " AND x.due_at < :due_until"
    if shape.words:
        holds = "".join(f" AND i.words LIKE :word{n} ESCAPE '\\'" for n in range(shape.words))
        found += f" AND EXISTS (SELECT 1 FROM instance AS i WHERE i.id = x.instance_id{holds})"
    return found


def permitted(sqlite: bool, shape: Shape) -> str:
    """Whether a candidate row `x` is in the list of who looks under the source `s`."""
    # What the person has decided and can still take back is no longer to do.
    found = (
        " AND x.task_id NOT IN (SELECT h.task_id FROM held_decision AS h WHERE h.person_id = :me)"
    )
    found += " AND x.starter_id <> :me" if shape.not_own else ""
    if shape.stands_in:
        # Where a deputy may act at all: in the process, in nobody's own case, with one voice.
        position = "instr" if sqlite else "strpos"
        found += (
            " AND (s.owner IS NULL OR (x.starter_id <> :me AND x.starter_id <> s.owner"
            f" AND (s.processes IS NULL OR {position}(s.processes, '|' || x.process || '|') > 0)"
            " AND NOT EXISTS (SELECT 1 FROM signer AS v WHERE v.task_id = x.task_id"
            " AND (v.person_id = :me OR v.voted_by = :me))))"
        )
    return found


def _asked(order: str, conditions: str) -> str:
    """What advice is asked on: few, and found by the questions."""
    return (
        f" UNION ALL SELECT x.task_id, x.instance_id, x.{order} AS place, x.created_at AS at,"
        f" {ASKED} AS rank FROM delegation AS d JOIN task_candidate AS x ON x.task_id = d.task_id"
        " WHERE d.adviser_id = :me AND d.state = 'open' AND x.key ="
        f" (SELECT min(y.key) FROM task_candidate AS y WHERE y.task_id = d.task_id){conditions}"
    )


def merged(sources: str, near: str, order: Order, *, none_last: bool = False) -> str:
    """The lines that were found, those of one task as one, in order."""
    last = "max(CASE WHEN place = :none THEN 1 ELSE 0 END), " if none_last else ""
    pick = "max" if order.newest else "min"
    return (
        f"WITH {sources}, near AS ({near}) SELECT task_id, min(instance_id) AS instance,"
        f" {pick}(place) AS value, min(at) AS since, min(rank) AS whose FROM near GROUP BY task_id"
        f" ORDER BY {last}value {order.way}, task_id {order.way} LIMIT :most"
    )


def typed(statement: str, order: Order, names: Sequence[str]) -> TextClause:
    """The statement with the types of what goes in and comes out."""
    kind = task_candidate.c[order.column].type
    given = dict.fromkeys(("after", "none"), kind) | {"due_from": _UTC, "due_until": _UTC}
    types = given | dict.fromkeys(names, String())
    wanted = set(re.findall(r":(\w+)", statement)) & set(types)
    return text(statement).bindparams(*(bindparam(name, type_=types[name]) for name in wanted))


@cache
def walking(sqlite: bool, order: Order, shape: Shape, part: str, beyond: bool) -> Any:
    """The statement for the first lines in an order.

    `part`: those that have a value (`has`), those that have none (`none`), or all. `beyond`: from a place on.
    """
    along = order.column
    own = sifted(shape)
    if part == "none":
        own += f" AND x.{along} = :none"
    elif part and not beyond:
        own += f" AND x.{along} {order.beyond} :none"
    if beyond:
        own += f" AND (x.{along}, x.task_id) {order.beyond} (:after, :after_id)"
    ordered = f" ORDER BY x.{along} {order.way}, x.task_id {order.way} LIMIT :most"
    where = f" WHERE x.lies_with = s.lies_with{own}{permitted(sqlite, shape)}{ordered}"
    columns = "{0}.task_id, {0}.instance_id, {0}." + along + " AS place, {0}.created_at AS at"
    if sqlite:
        near = (
            f"SELECT {columns.format('c')}, s.rank FROM s CROSS JOIN task_candidate AS c"
            f" WHERE c.rowid IN (SELECT x.rowid FROM task_candidate AS x{where})"
        )
    else:
        near = (
            "SELECT n.task_id, n.instance_id, n.place, n.at, s.rank FROM s CROSS JOIN LATERAL"
            f" (SELECT {columns.format('x')} FROM task_candidate AS x{where}) AS n"
        )
    if shape.asked:
        near += _asked(along, own)
    statement = merged(SOURCES[sqlite], near, order)
    return typed(statement, order, ("after_id",)).columns(*result(order))


def result(order: Order) -> list[Any]:
    """What comes out, as `Place` has it."""
    kind = task_candidate.c[order.column].type
    names = {"task_id": String(), "instance": String(), "value": kind, "since": _UTC}
    return [column(name, type_) for name, type_ in {**names, "whose": Integer()}.items()]


@cache
def counting(sqlite: bool, shape: Shape) -> Any:
    """The statement for the number of lines, and of tasks among them."""
    own = sifted(shape)
    where = f" WHERE x.lies_with = s.lies_with{own}{permitted(sqlite, shape)}"
    if sqlite:
        near = f"SELECT x.task_id FROM s CROSS JOIN task_candidate AS x{where}"
    else:
        # The order keeps the planner on the index: without one it may read the whole table.
        near = (
            "SELECT n.task_id FROM s CROSS JOIN LATERAL (SELECT x.task_id FROM task_candidate AS x"
            f"{where} ORDER BY x.created_at, x.task_id LIMIT :most) AS n"
        )
    if shape.asked:
        asked = _asked("created_at", own)
        near += f" UNION ALL SELECT task_id FROM ({asked.removeprefix(' UNION ALL ')}) AS a"
    statement = (
        f"WITH {SOURCES[sqlite]} SELECT count(*) AS lines, count(DISTINCT task_id) AS tasks"
        f" FROM (SELECT task_id FROM ({near}) AS n LIMIT :most) AS few"
    )
    return typed(statement, ORDERS["age"], ())
