"""Finding among open work: the cases that hold the words, then which of their tasks lie with the asker.

A few cases, or a few tasks of the asker's, are all looked at, and come in the order the list has. Where
both are many, the cases are gone through from the newest on, so many for each page; such a page may
hold few lines and still say where to look further.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from sqlalchemy import Connection, text

from engine.errors import Invalid
from engine.queries import waiting
from engine.queries.orders import Order
from engine.queries.waiting import Lists, Place, Sieve
from engine.queries.waiting_sql import SOURCES, Shape, merged, permitted, result, sifted, typed
from engine.search import grams

#: So many of the asker's tasks, or of the cases with the rarest gram, are looked at for one page.
FEW = 2_000
_NEWEST = "found~"
#: Sorts after every id.
_END = "~"


def search(
    connection: Connection,
    lists: Lists,
    order: Order,
    *,
    sieve: Sieve,
    after: str | None,
    most: int,
) -> tuple[list[Place], str | None]:
    """The tasks of `first` that the words of the sieve find; at most `most`, and where the rest begins."""
    walks = after is not None and after.startswith(_NEWEST)
    rarest, number = _rarest(connection, sieve.words)
    if not lists.sources or number == 0:
        return [], None
    if not walks and number <= FEW:
        place = order.place(after) if after else None
        found = _among_cases(connection, lists, order, sieve, rarest, place, most + 1)
        return found[:most], _following(order, found, most)
    unsifted = Sieve(sieve.process, sieve.due_from, sieve.due_until)
    if not walks and waiting.count(connection, lists, unsifted, FEW) < FEW:
        place = order.place(after) if after else None
        found = waiting.first(connection, lists, order, sieve=sieve, after=place, most=most + 1)
        return found[:most], _following(order, found, most)
    return _newest(connection, lists, order, sieve, rarest, after, most)


def _following(order: Order, found: list[Place], most: int) -> str | None:
    if len(found) <= most:
        return None
    return order.mark(found[most - 1].value, found[most - 1].task_id)


_COUNT = {
    sqlite: text(
        "SELECT g.value, (SELECT count(*) FROM (SELECT 1 FROM case_gram AS c WHERE c.gram = g.value"
        f" LIMIT {FEW + 1}) AS few) AS number FROM {listed} AS g ORDER BY number LIMIT 1"
    )
    for sqlite, listed in (
        (True, "json_each(:grams)"),
        (False, "json_array_elements_text(CAST(:grams AS json))"),
    )
}


def _rarest(connection: Connection, words: tuple[str, ...]) -> tuple[str, int]:
    """The gram of the words that the fewest cases have, and how many (counted to one more than FEW)."""
    wanted = json.dumps(sorted(grams(" ".join(words))), ensure_ascii=False)
    statement = _COUNT[connection.dialect.name == "sqlite"]
    gram, number = connection.execute(statement, {"grams": wanted}).one()
    return gram, number


def _among_cases(
    connection: Connection,
    lists: Lists,
    order: Order,
    sieve: Sieve,
    gram: str,
    after: tuple[Any, str] | None,
    most: int,
) -> list[Place]:
    shape = waiting.shape(lists, sieve)
    beyond = "" if after is None else _beyond(order, after)
    given = waiting.values(lists, sieve, most) | {"gram": gram, "from": _END, "few": FEW + 1}
    if after is not None:
        given |= {"after": after[0], "after_id": after[1]}
    if order.none is not None:
        given["none"] = order.none
    statement = _in_cases(connection.dialect.name == "sqlite", order, shape, beyond)
    return [Place(*row) for row in connection.execute(statement, given)]


def _beyond(order: Order, after: tuple[Any, str]) -> str:
    """What comes behind a place; where "none" would come first it comes last."""
    behind = f"(x.{order.column}, x.task_id) {order.beyond} (:after, :after_id)"
    if order.none is None:
        return behind
    if after[0] == order.none:
        return f"x.{order.column} = :none AND {behind}"
    return f"({behind} OR x.{order.column} = :none)"


@cache
def _in_cases(sqlite: bool, order: Order, shape: Shape, beyond: str) -> Any:
    near = _near(sqlite, order.column, shape, beyond)
    statement = merged(SOURCES[sqlite], near, order)
    if order.none is not None:
        last = "max(CASE WHEN place = :none THEN 1 ELSE 0 END)"
        statement = statement.replace(" ORDER BY ", f" ORDER BY {last}, ")
    return typed(statement, order, ("after_id", "from")).columns(*result(order))


def _near(sqlite: bool, along: str, shape: Shape, beyond: str) -> str:
    """The tasks in the asker's lists of the newest cases that have a gram."""
    words = shape._replace(words=0)
    holds = "".join(f" AND i.words LIKE :word{n} ESCAPE '\\'" for n in range(shape.words))
    cases = (
        "(SELECT c.instance_id FROM case_gram AS c WHERE c.gram = :gram AND c.instance_id <= :from"
        " ORDER BY c.instance_id DESC LIMIT :few) AS g"
    )
    own = sifted(words) + (f" AND {beyond}" if beyond else "")
    columns = f"x.task_id, x.instance_id, x.{along} AS place, x.created_at AS at"
    inner = "CROSS JOIN" if sqlite else "JOIN"
    near = (
        f"SELECT {columns}, s.rank FROM {cases} {inner} instance AS i ON i.id = g.instance_id{holds}"
        f" {inner} task_candidate AS x ON x.instance_id = i.id"
        f" {inner} s ON s.lies_with = x.lies_with WHERE 1 = 1{own}{permitted(sqlite, shape)}"
    )
    if shape.asked:
        near += (
            f" UNION ALL SELECT {columns}, 1 AS rank FROM delegation AS d"
            f" JOIN task_candidate AS x ON x.task_id = d.task_id"
            f" JOIN instance AS i ON i.id = x.instance_id{holds}"
            f" WHERE d.adviser_id = :me AND d.state = 'open'{own}"
            f" AND x.instance_id IN (SELECT g.instance_id FROM {cases})"
        )
    return near


@cache
def _by_case(sqlite: bool, shape: Shape) -> Any:
    near = _near(sqlite, "created_at", shape, "(x.instance_id < :from OR x.task_id > :after_task)")
    statement = (
        f"WITH {SOURCES[sqlite]}, near AS ({near}) SELECT task_id, min(instance_id) AS instance,"
        " min(place) AS value, min(at) AS since, min(rank) AS whose FROM near GROUP BY task_id"
        " ORDER BY instance DESC, task_id LIMIT :most"
    )
    order = Order("age", "created_at")
    return typed(statement, order, ("from", "after_task")).columns(*result(order))


_LAST = text(
    "SELECT instance_id FROM case_gram WHERE gram = :gram AND instance_id <= :from"
    " ORDER BY instance_id DESC LIMIT 1 OFFSET :few"
)


def _newest(
    connection: Connection,
    lists: Lists,
    order: Order,
    sieve: Sieve,
    gram: str,
    after: str | None,
    most: int,
) -> tuple[list[Place], str | None]:
    """From the newest case on, so many cases for a page."""
    case, task = _END, ""
    if after is not None:
        if not after.startswith(_NEWEST) or "|" not in after:
            # The list has grown over what is looked at at once, between two pages.
            raise Invalid("This does not name the end of a page.")
        case, _, task = after.removeprefix(_NEWEST).partition("|")
    given = waiting.values(lists, sieve, most + 1)
    given |= {"gram": gram, "from": case, "after_task": task, "few": FEW}
    statement = _by_case(connection.dialect.name == "sqlite", waiting.shape(lists, sieve))
    found = [Place(*row) for row in connection.execute(statement, given)]
    if len(found) > most:
        last = found[most - 1]
        return found[:most], f"{_NEWEST}{last.instance_id}|{last.task_id}"
    further = connection.execute(_LAST, {"gram": gram, "from": case, "few": FEW}).scalar()
    return found, None if further is None else f"{_NEWEST}{further}|"
