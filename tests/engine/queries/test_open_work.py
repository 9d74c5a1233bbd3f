"""Lists of open work, page by page, are what somebody would find who looked at every task there is."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from engine.actors import Actor, person_key
from engine.errors import Invalid
from engine.queries import found
from engine.queries.inbox import counts, inbox
from engine.queries.orders import ORDERS
from engine.queries.proxies import StandIn
from engine.search import grams
from engine.store.tables import (
    NO_AMOUNT,
    NO_DUE,
    case_gram,
    delegation,
    instance,
    signer,
    task,
    task_candidate,
)
from tests.engine.commands.office import MONDAY, Office, office, step

__all__ = ["office"]

ME = Actor("me", frozenset({"person:me", "clerk@a", "clerk@b", "chair@a"}))
BOSS = Actor("boss", frozenset({"person:boss", "clerk@a", "chair@c"}))
AUNT = Actor("aunt", frozenset({"person:aunt", "chair@c", "clerk@d"}))
OWNERS = [StandIn(BOSS, None), StandIn(AUNT, frozenset({"loan"}))]
WORDS = ["王海燕\n农林厅工会", "陈静\n文旅厅工会", "陈静怡\n农林厅工会"]
KEYS = sorted(ME.keys | BOSS.keys | AUNT.keys | {"clerk@z", "person:x"})


@dataclass(frozen=True)
class Row:
    """One task under one key, with what a list may be sorted and sifted by."""

    task: str
    key: str
    lies_with: str
    process: str
    starter: str
    created_at: datetime
    due_at: datetime
    amount_fen: int
    words: str = ""


@pytest.fixture
def rows(office: Office) -> list[Row]:
    """Eighty tasks of a few cases, thrown together."""
    office.deploy(step("approve"))
    case = office.start()
    old_case, old_task = office.row(instance, id=case), office.row(task, instance_id=case)
    dice, made = random.Random(7), []
    with office.engine.database.write() as connection:
        connection.execute(task_candidate.delete())
        for number in range(80):
            id, about = f"t{number:03}", f"i{number:03}"
            process, starter = dice.choice(["loan", "paper"]), dice.choice(["me", "boss", "x", "y"])
            amount = dice.choice([None, 100, 200, dice.randrange(10_000)])
            due = dice.choice([None, MONDAY, MONDAY + timedelta(hours=dice.randrange(-90, 90))])
            at = MONDAY - timedelta(minutes=dice.randrange(40))
            claimed = dice.choice([None, None, None, "me", "boss"])
            words = dice.choice(WORDS)
            facts = {"key": process, "starter_id": starter, "words": words}
            _put(connection, instance, old_case, id=about, **facts)
            for gram in grams(words):
                connection.execute(insert(case_gram).values(gram=gram, instance_id=about))
            changed = {"id": id, "instance_id": about, "claimed_by": claimed, "due_at": due}
            _put(connection, task, old_task, **changed)
            keys = dice.sample(KEYS, dice.choice([1, 1, 1, 2, 3]))
            for key in keys:
                lies_with = key
                if claimed is not None:
                    lies_with = person_key(claimed) if key == min(keys) else ""
                row = Row(
                    id, key, lies_with, process, starter, at, due or NO_DUE,
                    NO_AMOUNT if amount is None else amount, words,
                )  # fmt: skip
                made.append(row)
                _put_candidate(connection, row, about, claimed)
        # My vote is in one of the matters, and advice is asked of me in two.
        _vote(connection, "t005", "me")
        for id in ("t010", "t011"):
            asked = {"id": f"d{id}", "task_id": id, "owner_id": "x", "adviser_id": "me"}
            connection.execute(
                insert(delegation).values(**asked, question="?", asked_at=MONDAY, state="open")
            )
        connection.commit()
    return made


def _put(connection: Any, table: Any, old: Any, **changes: Any) -> None:
    connection.execute(insert(table).values(**{**old, **changes}))


def _put_candidate(connection: Any, row: Row, case: str, claimed: str | None) -> None:
    connection.execute(
        insert(task_candidate).values(
            key=row.key,
            task_id=row.task,
            created_at=row.created_at,
            open=claimed is None,
            lies_with=row.lies_with,
            instance_id=case,
            process=row.process,
            starter_id=row.starter,
            due_at=row.due_at,
            amount_fen=row.amount_fen,
        )
    )


def _vote(connection: Any, task_id: str, person: str) -> None:
    row = {"task_id": task_id, "person_id": person, "position": 0, "state": "voted"}
    connection.execute(insert(signer).values(**row))


def expected(rows: list[Row], box: str, sort: str, **sieve: Any) -> list[str]:
    """By looking at every row."""
    order = ORDERS[sort]
    own = {person_key("me")} if box == "todo" else ME.keys - {person_key("me")}
    places: dict[str, Any] = {}
    for row in rows:
        mine = row.lies_with in own and (box == "todo" or row.starter != "me")
        asked = box == "todo" and row.task in ("t010", "t011")
        if not (mine or asked or any(_through(row, one, box) for one in OWNERS)):
            continue
        if sieve.get("process") not in (None, row.process):
            continue
        if sieve.get("text", "") not in row.words:
            continue
        since, until = sieve.get("due") or (None, None)
        if (since and row.due_at < since) or (until and row.due_at >= until):
            continue
        places[row.task] = getattr(row, order.column)
    none = {"due_at": NO_DUE, "amount_fen": NO_AMOUNT}.get(order.column)
    has = [(value, id) for id, value in places.items() if value != none]
    has_none = [(value, id) for id, value in places.items() if value == none]
    ordered = sorted(has, reverse=order.newest) + sorted(has_none, reverse=order.newest)
    return [id for _value, id in ordered]


def _through(row: Row, one: StandIn, box: str) -> bool:
    own = person_key(one.owner.id)
    keys = {own} if box == "todo" else one.owner.keys - {own} - ME.keys
    return (
        row.lies_with in keys
        and row.starter not in ("me", one.owner.id)
        and (one.processes is None or row.process in one.processes)
        and row.task != "t005"
    )


def pages(office: Office, box: str, size: int = 7, **options: Any) -> list[str]:
    """All of a list, page by page."""
    shown: list[str] = []
    after = None
    with office.engine.database.read() as connection:
        while True:
            page = inbox(connection, ME, box, limit=size, after=after, owners=OWNERS, **options)
            assert len(page.items) <= size
            shown += [str(one.task_id) for one in page.items]
            after = page.next
            if after is None:
                return shown


@pytest.mark.parametrize("box", ["todo", "pool"])
def test_every_order_shows_every_task_once_and_none_twice(
    office: Office, rows: list[Row], box: str
) -> None:
    for sort in ORDERS:
        wanted = expected(rows, box, sort)
        assert len(wanted) > 14
        assert pages(office, box, sort=sort) == wanted, sort


@pytest.mark.parametrize("box", ["todo", "pool"])
def test_a_process_or_a_deadline_alone_is_shown_in_its_order(
    office: Office, rows: list[Row], box: str
) -> None:
    for sort in ORDERS:
        shown = pages(office, box, sort=sort, process="loan")
        assert shown == expected(rows, box, sort, process="loan")
    for due in ((None, MONDAY), (MONDAY, MONDAY + timedelta(days=1))):
        for sort in ("due", "-due"):
            shown = pages(office, box, sort=sort, due=due)
            assert shown == expected(rows, box, sort, due=due)


@pytest.mark.parametrize("box", ["todo", "pool"])
@pytest.mark.parametrize("few", [1, 20, 2_000])
def test_a_search_finds_the_same_tasks_whichever_way_it_goes(
    office: Office, rows: list[Row], box: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "FEW", few)
    monkeypatch.setattr(found, "MANY", few * 3)
    for text in ("王海燕", "陈静", "静怡", "工会", "海静"):
        for sort in ORDERS:
            wanted = expected(rows, box, sort, text=text)
            assert bool(wanted) is (text != "海静")
            shown = pages(office, box, sort=sort, text=text)
            assert len(shown) == len(set(shown))
            assert sorted(shown) == sorted(wanted), (text, sort)
            if few == 2_000:
                assert shown == wanted
        loans = pages(office, box, text=text, process="loan")
        assert sorted(loans) == sorted(expected(rows, box, "age", text=text, process="loan"))


def test_the_counts_are_those_of_the_lists(office: Office, rows: list[Row]) -> None:
    with office.engine.database.read() as connection:
        numbers = counts(connection, ME, ("todo", "pool"), owners=OWNERS)
    assert numbers == {box: len(expected(rows, box, "age")) for box in ("todo", "pool")}


def test_a_line_says_for_whom_it_is(office: Office, rows: list[Row]) -> None:
    with office.engine.database.read() as connection:
        lines = {one.task_id: one for one in inbox(connection, ME, "todo", owners=OWNERS).items}
    own = {row.task for row in rows if row.lies_with == "person:me"}
    asked = {"t010", "t011"} - own
    assert {id for id, one in lines.items() if one.advice} == asked
    assert {id for id, one in lines.items() if one.acts_for is None} == own | asked
    assert {one.acts_for for one in lines.values()} == {None, "boss", "aunt"}


def test_a_mark_of_another_order_is_refused(office: Office, rows: list[Row]) -> None:
    with office.engine.database.read() as connection:
        after = inbox(connection, ME, "pool", limit=2, sort="age").next
        for sort in ("due", "amount", "-age"):
            with pytest.raises(Invalid):
                inbox(connection, ME, "pool", after=after, sort=sort)
        for odd in ("x", "age~", "age~9999999-01-01|x", "found~"):
            with pytest.raises(Invalid):
                inbox(connection, ME, "pool", after=odd)
        for odd in (f"amount~{10**30}|x", "amount~1.5|x"):
            with pytest.raises(Invalid):
                inbox(connection, ME, "pool", after=odd, sort="amount")


def test_many_tasks_under_several_keys_are_counted_once_each(office: Office) -> None:
    office.deploy(step("approve"))
    case = office.start()
    old = office.row(task, instance_id=case)
    with office.engine.database.write() as connection:
        connection.execute(task_candidate.delete())
        for number in range(900):
            id = f"n{number:04}"
            _put(connection, task, old, id=id)
            for key in ("clerk@a", "clerk@b", "chair@a"):
                row = Row(id, key, key, "paper", "x", MONDAY, NO_DUE, NO_AMOUNT)
                _put_candidate(connection, row, case, None)
        connection.commit()
    with office.engine.database.read() as connection:
        assert counts(connection, ME, ("pool",)) == {"pool": 900}
        assert len(connection.execute(select(task_candidate.c.key)).all()) == 2700
