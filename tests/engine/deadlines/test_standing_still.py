"""A case that stood still: its deadlines count from that much later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from engine.commands.standing_still import shift_deadlines
from engine.store.case import lock
from tests.engine.deadlines.errand import House, at


def shift(house: House, **by: float) -> list[dict[str, Any]]:
    def run(uow: Any) -> list[dict[str, Any]]:
        return shift_deadlines(uow, lock(uow, house.case), timedelta(**by))

    moved: list[dict[str, Any]] = house.act("system", run)
    return moved


def test_a_due_date_in_working_days_counts_from_the_later_instant(house: House) -> None:
    task_id = house.start()
    (moved,) = shift(house, days=2)
    row = house.task_row(task_id)
    assert row.counts_from == at("2026-03-04T09:00")
    assert row.due_at == at("2026-03-10T00:00")
    assert (moved["task"], datetime.fromisoformat(moved["to"])) == (task_id, row.due_at)
    assert house.waiting() == [("rung", "03-09 08:30")]
    assert datetime.fromisoformat(moved["jobs"][0]["due"]) == house.jobs()[0].due_at


def test_a_date_that_is_named_stays(house: House) -> None:
    house.deploy(old="add working days(today(), 3)", new='date("2026-03-05")')
    task_id = house.start()
    (moved,) = shift(house, days=2)
    assert house.task_row(task_id).due_at == at("2026-03-06T00:00")
    assert datetime.fromisoformat(moved["from"]) == datetime.fromisoformat(moved["to"])
    assert moved["jobs"] == []


def test_twice_still_is_both_times_later(house: House) -> None:
    house.to_vote()
    shift(house, hours=1)
    shift(house, hours=2)
    assert house.task_row(house.task("vote")).due_at == at("2026-03-02T20:00")
    assert house.waiting() == [("rung", "03-02 14:00")]


def test_rungs_that_are_done_are_not_climbed_again(house: House) -> None:
    house.start()
    house.pass_until("2026-03-05T09:00")
    shift(house, days=4)
    house.pass_until("2026-03-14T00:00")
    assert [one[0] for one in house.events()].count("task.reminded") == 1


def test_the_deadline_of_a_sign_off_moves_with_its_due_date(house: House) -> None:
    house.deploy(
        old='<gongban:signOff rule="all" />', new='<gongban:signOff rule="ratio" no_quorum="no" />'
    )
    house.to_vote()
    shift(house, hours=3)
    assert sorted(house.waiting()) == [("deadline", "03-02 20:00"), ("rung", "03-02 14:00")]


def test_a_timer_of_the_diagram_counts_from_the_later_instant(house: House) -> None:
    end = '<bpmn:endEvent id="refused" name="Refused" />'
    timer = (
        '<bpmn:boundaryEvent id="late" name="Late" attachedToRef="desk"><bpmn:timerEventDefinition id="late_d">'
        '<bpmn:timeDuration>duration("P1D")</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>'
        '<bpmn:endEvent id="too_late" name="Too late" />'
        '<bpmn:sequenceFlow id="to_too_late" sourceRef="late" targetRef="too_late" />'
    )
    house.deploy(old=end, new=end + timer)
    house.start()
    moved = shift(house, hours=5)
    assert [one["element"] for one in moved] == ["desk", "late"]
    assert ("timer", "03-03 14:00") in house.waiting()
    shift(house, hours=5)
    assert ("timer", "03-03 19:00") in house.waiting()
    house.pass_until("2026-03-03T20:00")
    assert house.events("instance.ended")[0][1]["end_event"] == "too_late"
    assert house.jobs() == []
