"""Finding among open work: the cases that hold the words, then which of their tasks lie with the asker.

A few cases, or a few tasks of the asker's, are all looked at, and come in the order the list has; so do
words that many of the asker's tasks have. Where the cases and the tasks are many and few are both, the
cases are gone through from the newest on, so many for each page; such a page may hold few lines and
still say where to look further.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, func, select, text

from engine.errors import Invalid
from engine.queries import open_work
from engine.queries.open_work import Lists, Place, Sieve
from engine.queries.open_work_sql import SOURCES, Shape, merged, permitted, result, sifted, typed
from engine.queries.orders import Order
from engine.search import grams
from engine.store.tables import instance

#: So many of the asker's tasks, or of the cases with the rarest gram, are looked at for one page;
#: so many where a second gram is asked for first, which needs the index alone.
FEW, MANY = 2_000, 10_000
#: Numbers are given once; where a process gives the same ones, so many cases of a number are found.
_NAMED = 50
#: How marks begin of pages that go from the newest case on.
NEWEST = "found~"
#: So many tasks are looked at to see whether many have the words.
_PROBE = 30
#: Sorts after every id.
_END = "~"


@dataclass(frozen=True, slots=True)
class Cases:
    """Which cases are gone through: those named, else those with two grams, the newest so many first."""

    named: tuple[str, ...] = ()
    rarest: str = ""
    second: str = ""
    #: How many have the rarest gram, counted to one more than `at_once`.
    number: int = 0

    @property
    def at_once(self) -> int:
        """How many are looked at for one page: more where a second gram leaves few of them over."""
        return FEW if self.second == self.rarest else MANY

    @property
    def parameters(self) -> dict[str, Any]:
        """For the statements."""
        if self.named:
            return {"named": json.dumps(self.named)}
        return {"gram": self.rarest, "second": self.second, "from": _END, "few": self.at_once + 1}


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
    walks = after is not None and after.startswith(NEWEST)
    cases = cases_with(connection, sieve.words)
    if not lists.sources or not (cases.number or cases.named):
        return [], None
    if not walks and cases.number <= cases.at_once:
        place = order.place(after) if after else None
        found = _among_cases(connection, lists, order, sieve, cases, place, most + 1)
        return found[:most], _following(order, found, most)
    # A later page goes on the way the first began.
    if not walks and (after is not None or _in_order(connection, lists, order, sieve)):
        place = order.place(after) if after else None
        found = open_work.first(connection, lists, order, sieve=sieve, after=place, most=most + 1)
        return found[:most], _following(order, found, most)
    return _newest(connection, lists, order, sieve, cases, after, most)


def _in_order(connection: Connection, lists: Lists, order: Order, sieve: Sieve) -> bool:
    """Whether the asker's own list, read in its order, soon shows what is looked for."""
    every = Sieve(sieve.process, sieve.due_from, sieve.due_until)
    if open_work.count(connection, lists, every, FEW) < FEW:
        return True
    probe = open_work.first(connection, lists, order, sieve=every, after=None, most=_PROBE)
    cases = {one.instance_id for one in probe}
    conditions = [
        instance.c.words.like(open_work.holding(word), escape="\\") for word in sieve.words
    ]
    hits = select(func.count()).where(instance.c.id.in_(cases), *conditions)
    return int(connection.execute(hits).scalar_one()) * 3 >= len(cases)


def _following(order: Order, found: list[Place], most: int) -> str | None:
    if len(found) <= most:
        return None
    return order.mark(found[most - 1].value, found[most - 1].task_id)


_COUNT = {
    sqlite: text(
        "SELECT g.value, (SELECT count(*) FROM (SELECT 1 FROM case_gram AS c WHERE c.gram = g.value"
        f" LIMIT {MANY + 1}) AS few) AS number FROM {listed} AS g ORDER BY number LIMIT 2"
    )
    for sqlite, listed in (
        (True, "json_each(:grams)"),
        (False, "json_array_elements_text(CAST(:grams AS json))"),
    )
}


def cases_with(connection: Connection, words: tuple[str, ...]) -> Cases:
    """The cases of exactly this number; else those with the two grams that the fewest have."""
    if len(words) == 1:
        spelt = {words[0], words[0].upper()}
        named = select(instance.c.id).where(instance.c.number.in_(spelt)).limit(_NAMED)
        if ids := tuple(connection.execute(named).scalars()):
            return Cases(named=ids)
    wanted = json.dumps(sorted(grams(" ".join(words))), ensure_ascii=False)
    statement = _COUNT[connection.dialect.name == "sqlite"]
    rows = connection.execute(statement, {"grams": wanted}).all()
    return Cases(rarest=rows[0][0], second=rows[-1][0], number=rows[0][1])


def _among_cases(
    connection: Connection,
    lists: Lists,
    order: Order,
    sieve: Sieve,
    cases: Cases,
    after: tuple[Any, str] | None,
    most: int,
) -> list[Place]:
    shape = open_work.shape(lists, sieve)
    beyond = "" if after is None else _beyond(order, after)
    given = open_work.values(lists, sieve, most) | cases.parameters
    if after is not None:
        given |= {"after": after[0], "after_id": after[1]}
    if order.none is not None:
        given["none"] = order.none
    statement = _in_cases(
        connection.dialect.name == "sqlite", order, shape, beyond, bool(cases.named)
    )
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
def _in_cases(sqlite: bool, order: Order, shape: Shape, beyond: str, named: bool) -> Any:
    near = _near(sqlite, order.column, shape, beyond, named=named)
    statement = merged(SOURCES[sqlite], near, order, none_last=order.none is not None)
    return typed(statement, order, ("after_id", "from")).columns(*result(order))


_NAMED_CASES = {
    True: "(SELECT value AS instance_id FROM json_each(:named)) AS g",
    False: "(SELECT value AS instance_id FROM json_array_elements_text(CAST(:named AS json))) AS g",
}


def _near(sqlite: bool, along: str, shape: Shape, beyond: str, *, named: bool = False) -> str:
    """The tasks in the asker's lists of the cases gone through that have all the words."""
    words = shape._replace(words=0)
    holds = "".join(f" AND i.words LIKE :word{n} ESCAPE '\\'" for n in range(shape.words))
    cases = (
        "(SELECT p.instance_id FROM"
        " (SELECT c.instance_id FROM case_gram AS c WHERE c.gram = :gram AND c.instance_id <= :from"
        " ORDER BY c.instance_id DESC LIMIT :few) AS p WHERE EXISTS (SELECT 1 FROM case_gram AS c"
        " WHERE c.gram = :second AND c.instance_id = p.instance_id)) AS g"
    )
    if named:
        cases = _NAMED_CASES[sqlite]
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
    cases: Cases,
    after: str | None,
    most: int,
) -> tuple[list[Place], str | None]:
    """From the newest case on, so many cases for a page."""
    case, task = _END, ""
    if after is not None:
        if "|" not in after:
            raise Invalid("This does not name the end of a page.")
        case, _, task = after.removeprefix(NEWEST).partition("|")
    given = open_work.values(lists, sieve, most + 1)
    given |= cases.parameters | {"from": case, "after_task": task, "few": cases.at_once}
    statement = _by_case(connection.dialect.name == "sqlite", open_work.shape(lists, sieve))
    found = [Place(*row) for row in connection.execute(statement, given)]
    if len(found) > most:
        last = found[most - 1]
        return found[:most], f"{NEWEST}{last.instance_id}|{last.task_id}"
    further = connection.execute(
        _LAST, {"gram": cases.rarest, "from": case, "few": cases.at_once}
    ).scalar()
    return found, None if further is None else f"{NEWEST}{further}|"
