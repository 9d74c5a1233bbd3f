"""Urging: who may, who is asked, how often, and when the heads hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.audit.records import verify
from engine.commands.claim import claim
from engine.commands.copies import copy_to
from engine.commands.urge import Urged, urge_task
from engine.errors import AlreadyDone, NobodyFound, NotAllowed, NotFound, TooSoon
from engine.queries.inbox import inbox
from engine.testing import CastDirectory, temporary_engine
from tests.engine.commands.acting import MORNING, PROCESSES, House, approve3, later


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    cast = CastDirectory.load(PROCESSES / "_shared" / "cast.yaml")
    with temporary_engine(cast, MORNING, url=database_url) as engine:
        yield House(engine)


def test_the_applicant_asks_those_who_may_act_to_hurry(house: House) -> None:
    case = house.begin()
    task = house.open_task(case)
    done: Urged = house.act("chen_jing", urge_task, task, note="周五要用")
    assert (done.count, done.asked, done.heads) == (1, ["clerk_wang"], [])
    assert done.again_at == MORNING + timedelta(hours=4)
    assert house.told("urged") == ["clerk_wang"]
    last = house.events(case)[-1]
    assert (last.type, last.subject["count"]) == ("task.urged", 1)
    assert last.payload is not None
    assert last.payload["note"] == "周五要用"
    assert verify(house.engine).ok


def test_who_could_act_has_nobody_to_urge(house: House) -> None:
    task = house.open_task(house.begin())
    with pytest.raises(NotAllowed):
        house.act("clerk_wang", urge_task, task)
    with pytest.raises(NotFound):
        house.act("tian_ye", urge_task, task)


def test_who_only_has_a_copy_urges_nobody(house: House) -> None:
    case = house.begin()
    house.act("chen_jing", copy_to, case, ["tian_ye"])
    with pytest.raises(NotAllowed):
        house.act("tian_ye", urge_task, house.open_task(case))


def test_who_has_acted_before_may_urge_the_next(house: House) -> None:
    case = house.begin()
    house.agree(case, "clerk_wang")
    done: Urged = house.act("clerk_wang", urge_task, house.open_task(case))
    assert done.asked == ["chair_han"]


def test_who_has_taken_the_task_on_is_asked_alone(house: House) -> None:
    case = house.begin(approve3(), by="tian_ye")
    task = house.open_task(case)
    house.act("clerk_bai", claim, task)
    done: Urged = house.act("tian_ye", urge_task, task)
    assert done.asked == ["clerk_bai"]


def test_once_in_four_hours_for_one_person_and_one_task(house: House) -> None:
    case = house.begin()
    task = house.open_task(case)
    house.act("chen_jing", urge_task, task)
    later(house, hours=3, minutes=59)
    with pytest.raises(TooSoon) as refused:
        house.act("chen_jing", urge_task, task)
    assert refused.value.parts["again_at"] == MORNING + timedelta(hours=4)
    assert refused.value.parts["retry_after"] == 61
    assert house.told("urged") == ["clerk_wang"]
    later(house, minutes=1)
    assert house.act("chen_jing", urge_task, task).count == 2
    # Another task is another matter.
    house.agree(case, "clerk_wang")
    assert house.act("chen_jing", urge_task, house.open_task(case)).count == 1


def test_a_package_says_how_often(house: House) -> None:
    task = house.open_task(house.begin(approve3('[urge]\nevery = "P1DT30M"')))
    house.act("chen_jing", urge_task, task)
    later(house, days=1, minutes=29)
    with pytest.raises(TooSoon):
        house.act("chen_jing", urge_task, task)
    later(house, minutes=1)
    assert house.act("chen_jing", urge_task, task).count == 2


def test_from_the_third_urge_on_the_heads_are_told(house: House) -> None:
    case = house.begin()
    task = house.open_task(case)
    for count in (1, 2, 3):
        done: Urged = house.act("chen_jing", urge_task, task)
        assert done.count == count
        assert done.heads == (["chair_han"] if count == 3 else [])
        later(house, hours=4)
    assert house.told("urge_escalated") == ["chair_han"]
    assert house.told("urged") == ["clerk_wang"] * 3


def test_where_the_head_is_asked_the_next_above_is_told(house: House) -> None:
    case = house.begin()
    house.agree(case, "clerk_wang")
    task = house.open_task(case)
    for _time in range(3):
        done: Urged = house.act("chen_jing", urge_task, task)
        later(house, hours=4)
    assert done.asked == ["chair_han"]
    above = done.heads
    assert above
    assert "chair_han" not in above


def test_a_finished_task_is_not_urged(house: House) -> None:
    case = house.begin()
    task = house.open_task(case)
    house.agree(case, "clerk_wang")
    with pytest.raises(AlreadyDone):
        house.act("chen_jing", urge_task, task)


def test_nobody_to_ask_is_said(house: House) -> None:
    task = house.open_task(house.begin())
    directory = house.engine.directory
    assert isinstance(directory, CastDirectory)
    directory.left.add("clerk_wang")
    with pytest.raises(NobodyFound):
        house.act("chen_jing", urge_task, task)


def test_the_list_says_how_often_a_task_was_urged(house: House) -> None:
    task = house.open_task(house.begin())
    house.begin()
    house.act("chen_jing", urge_task, task)
    later(house, hours=4)
    house.act("chen_jing", urge_task, task)
    actor = house.engine.directory.actor("clerk_wang")
    with house.engine.database.read() as connection:
        found = {one.task_id: one.urges for one in inbox(connection, actor, "pool").items}
    assert found[task] == 2
    assert sorted(found.values()) == [0, 2]
