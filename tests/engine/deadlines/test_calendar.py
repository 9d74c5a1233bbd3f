"""Deadlines that reach into an unpublished year, and what happens to them when its calendar arrives."""

from __future__ import annotations

import json
from datetime import date, datetime

from sqlalchemy import select

from engine.commands.calendar import set_day, set_office_hours
from engine.store.tables import event, event_payload
from engine.working_hours import OfficeHours, read_spans
from tests.engine.deadlines.errand import House, at

#: A Thursday in a year that no library of today knows.
DECEMBER = "2040-12-27T09:00"


def publish(house: House, *days: tuple[str, bool]) -> int:
    """The administrators enter days one by one; how many deadlines that moved."""
    return sum(
        house.act("system", set_day, date.fromisoformat(day), working=working, note="通知")
        for day, working in days
    )


def december(house: House) -> str:
    house.set(at(DECEMBER))
    return house.start()


def test_a_due_date_in_an_unpublished_year_is_provisional_and_moves_when_the_year_arrives(
    house: House,
) -> None:
    task_id = december(house)
    row = house.task_row(task_id)
    # Three working days: Friday, Monday the 31st, Wednesday (New Year's Day is none).
    assert (row.due_at, row.due_provisional) == (at("2041-01-03T00:00"), True)
    moved = publish(
        house,
        ("2040-12-28", True),
        ("2040-12-29", False),
        ("2040-12-30", False),
        ("2040-12-31", False),
        ("2041-01-01", False),
        ("2041-01-02", False),
        ("2041-01-03", True),
        ("2041-01-04", True),
    )
    assert moved > 0
    row = house.task_row(task_id)
    assert (row.due_at, row.due_provisional) == (at("2041-01-05T00:00"), False)
    ((_, subject, facts), *_) = reversed(house.events("task.due_moved"))
    assert subject["task"] == task_id
    assert datetime.fromisoformat(facts["to"]) == row.due_at


def test_the_ladder_moves_with_its_due_date(house: House) -> None:
    december(house)
    assert house.waiting() == [("rung", "01-02 08:30")]
    publish(house, ("2040-12-31", False), ("2041-01-02", False))
    assert house.waiting()[0][1] > "01-03"
    ((_, _, facts), *_) = reversed(house.events("task.due_moved"))
    assert [one["kind"] for one in facts["jobs"]] == ["rung"]


def test_a_rung_beyond_the_year_moves_although_its_due_date_stands(house: House) -> None:
    house.deploy(
        old="add working days(today(), 3)|add working hours(due, -7.5)",
        new='duration("PT4H")|add working days(due, 6)',
    )
    task_id = december(house)
    house.pass_until("2040-12-28T15:00")
    before = house.task_row(task_id)
    assert before.due_provisional is False
    (waiting,) = house.jobs()
    assert waiting.provisional is True
    publish(house, ("2040-12-31", False))
    (moved,) = house.jobs()
    assert moved.due_at > waiting.due_at
    assert house.task_row(task_id).due_at == before.due_at


def test_a_due_date_that_was_certain_stands_when_a_day_is_changed(house: House) -> None:
    task_id = house.start()
    due = house.task_row(task_id).due_at
    assert publish(house, ("2026-03-04", False)) == 0
    assert house.task_row(task_id).due_at == due


def test_a_sign_offs_deadline_is_its_due_date_after_the_calendar_arrived_too(house: House) -> None:
    house.deploy(
        old='duration("PT8H")|<gongban:signOff rule="all" />|due + duration("PT4H")',
        new='add working days(today(), 3)|<gongban:signOff rule="ratio" no_quorum="no" />|due + duration("PT4H")',
    )
    december(house)
    house.complete("carl", "desk", "agree")
    publish(house, ("2040-12-31", False))
    due = house.task_row(house.task("vote")).due_at
    assert [row.due_at for row in house.jobs() if row.kind == "deadline"] == [due]


def test_new_office_hours_are_on_the_record_and_count_from_then_on(house: House) -> None:
    short = OfficeHours(read_spans("10:00-12:00, 14:00-16:00"))
    house.start()
    house.act("system", set_office_hours, short)
    assert house.engine.working_days.hours == short
    # What was certain stands …
    assert house.waiting() == [("rung", "03-05 08:30")]
    # … and the rung after the next one is counted by the new hours: eight hours are two days now.
    house.pass_until("2026-03-06T01:00")
    assert house.waiting() == [("rung", "03-09 16:00")]
    kept = select(event_payload.c.payload).join(
        event, (event.c.stream == event_payload.c.stream) & (event.c.seq == event_payload.c.seq)
    )
    (row,) = house.rows(kept.where(event.c.type == "calendar.hours_set"))
    assert json.loads(row.payload) == short.as_dict()
    house.act("system", set_office_hours, OfficeHours())
    assert house.engine.working_days.hours == OfficeHours()


def test_new_office_hours_move_what_is_provisional(house: House) -> None:
    december(house)
    house.act("system", set_office_hours, OfficeHours(read_spans("09:00-12:00")))
    # Seven and a half hours before the end of 2 January are now two days and a half.
    assert house.waiting() == [("rung", "12-28 10:30")]
