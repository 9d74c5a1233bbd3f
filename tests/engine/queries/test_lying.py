"""What somebody could go on with and nobody does is listed by the day it began; administrators hear of it once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from engine.actors import SYSTEM
from engine.clock import today
from engine.commands.administer import suspend
from engine.commands.telling_stuck import look, tell_stuck
from engine.queries.lying import count_lying, lies_too_long
from engine.store.tables import instance, notification, task
from tests.engine.commands.leaving_house import MONDAY, Union, open_union, package, work

CLERK = "clerk @ applicant.unit"
FIRST = MONDAY.date()
#: Indexes of open tasks and running cases alone.
OF_WHAT_RUNS = ("ix_task_open", "ix_instance_running", "ix_instance_version_running")


@pytest.fixture
def union(database_url: str) -> Iterator[Union]:
    with open_union(database_url) as opened:
        yield opened


def lying(union: Union, day: date) -> list[tuple[str, str]]:
    with union.engine.database.read() as connection:
        found = lies_too_long(connection, union.engine, day)
    assert found.count == len(found.items)
    return [(one.why, one.instance_id) for one in found.items]


def new(union: Union, day: date, since: date) -> int:
    with union.engine.database.read() as connection:
        return count_lying(connection, union.engine, day, since)


def test_a_task_lies_too_long_after_the_working_days_of_its_package(union: Union) -> None:
    # Five working days from Monday: the next Monday is still within them, Tuesday is not.
    usual = union.begin(package(work("check", CLERK)))
    slow = union.begin(package(work("check", CLERK), separation="[stuck]\nafter = 6\n"))
    assert lying(union, FIRST + timedelta(days=7)) == []
    assert lying(union, FIRST + timedelta(days=8)) == [("too_long", usual)]
    assert sorted(lying(union, FIRST + timedelta(days=9))) == sorted(
        [("too_long", usual), ("too_long", slow)]
    )
    assert new(union, FIRST + timedelta(days=9), FIRST + timedelta(days=8)) == 1
    union.complete("carl", usual)
    assert lying(union, FIRST + timedelta(days=9)) == [("too_long", slow)]


def test_a_case_left_suspended_for_more_than_thirty_days_is_listed(union: Union) -> None:
    case = union.begin(package(work("check", CLERK)))
    union.act("ada", suspend, case, reason="a question to the court")
    assert lying(union, FIRST + timedelta(days=30)) == []
    assert lying(union, FIRST + timedelta(days=31)) == [("suspended_long", case)]
    assert new(union, FIRST + timedelta(days=31), FIRST + timedelta(days=30)) == 1
    assert new(union, FIRST + timedelta(days=32), FIRST + timedelta(days=31)) == 0


def test_cases_that_have_ended_are_not_read(union: Union) -> None:
    if not union.engine.database.is_sqlite:
        return  # PostgreSQL reads small tables whole, whatever indexes there are
    union.begin(package(work("check", CLERK)))
    asked: list[tuple[str, Any]] = []

    def keep(_c: object, _k: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(union.engine.database.engine, "before_cursor_execute", keep)
    lying(union, FIRST)
    event.remove(union.engine.database.engine, "before_cursor_execute", keep)
    with union.engine.database.read() as connection:
        for statement, parameters in asked:
            if "FROM instance" in statement:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                text = " ".join(row[3] for row in plan)
                assert any(index in text for index in OF_WHAT_RUNS), text


def told(union: Union) -> list[dict[str, Any]]:
    statement = select(notification.c.facts).where(
        notification.c.kind == "found_stuck", notification.c.person_id == "ada"
    )
    return [row.facts for row in union.rows(statement.order_by(notification.c.id))]


def look_and_tell(union: Union, times: int = 1) -> list[bool]:
    """So many workers look at the same time, then tell one after the other."""
    with union.engine.database.read() as connection:
        looks = [look(connection, union.engine) for _ in range(times)]
    done = []
    for found in looks:
        if found is not None:
            with union.engine.command(SYSTEM) as uow:
                done.append(tell_stuck(uow, found))
                uow.commit()
    return done


def test_administrators_are_told_once_a_day_what_is_newly_stuck(union: Union) -> None:
    clock: Any = union.engine.clock
    assert look_and_tell(union) == [True]
    assert told(union) == []
    first = union.begin(package(work("approve", "chair @ applicant.unit")))
    union.cast.left.add("hilda")
    # Whoever has looked today does not look again, and of two who look at once one tells.
    assert look_and_tell(union) == []
    clock.advance(timedelta(days=1))
    assert look_and_tell(union, times=2) == [True, False]
    assert told(union) == [{"unable": 1, "lying": 0, "new": 1}]
    assert union.told("alan").count("found_stuck") == 1
    clock.advance(timedelta(days=1))
    assert look_and_tell(union) == [True]
    assert len(told(union)) == 1
    # The same task now lies too long, which is news.
    clock.advance(timedelta(days=6))
    assert today(union.engine.clock, union.engine.zone) == FIRST + timedelta(days=8)
    assert look_and_tell(union) == [True]
    assert told(union)[1:] == [{"unable": 1, "lying": 1, "new": 1}]
    with union.engine.database.write() as connection:
        connection.execute(update(task).values(state="cancelled"))
        connection.execute(update(instance).where(instance.c.id == first).values(state="completed"))
        connection.commit()
    clock.advance(timedelta(days=1))
    assert look_and_tell(union) == [True]
    assert len(told(union)) == 2
