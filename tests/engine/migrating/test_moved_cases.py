"""What a case that has moved to another version can still do, and what its record says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.commands.drafts import place_of_task, save_draft
from engine.commands.send_back import send_back
from engine.errors import NoSuchTarget
from engine.migrating.mapping import suggest
from engine.store.tables import draft
from tests.engine.commands.casework import DOER, FORM, package
from tests.engine.migrating.moving import Moving, moving

ENDS = ("start s", "end e")
MORE = {"type": "textfield", "key": "more", "label": "还有"}
CHANGED = {**FORM, "components": [*FORM["components"], MORE]}


def user(name: str, *more: str) -> str:
    """A user task."""
    return " ".join((f"user {name} {DOER}", *more))


A, B, C = (user(one) for one in "abc")


def open_both(old: tuple[str, ...], new: tuple[str, ...], **forms: Any) -> Any:
    """Both versions; `forms` of tasks the new one has besides."""
    return moving(
        package(*ENDS, *old, forms={"s": FORM}), package(*ENDS, *new, forms={"s": FORM, **forms})
    )


def back(it: Moving, element: str, target: str) -> None:
    """Send the case back."""
    it.at.do("ben", lambda uow: send_back(uow, it.at.task(element), target, reason="again"))


def finish(it: Moving, *elements: str) -> None:
    """Complete the steps one after the other; then the case has ended."""
    for element in elements:
        it.at.complete(element, "ann")
    assert it.at.read().state == "completed"
    it.check()


def test_a_case_goes_back_to_a_step_it_did_before_it_moved() -> None:
    with open_both((A, B, "s > a > b > e"), (A, B, C, "s > a > c > b > e")) as it:
        it.at.start({"wish": "x"})
        it.at.complete("a", "ann")
        it.move()
        back(it, "b", "a")
        it.check()
        finish(it, "a", "c", "b")


def test_a_step_that_is_called_otherwise_now_is_gone_back_to_under_its_new_name() -> None:
    old = (A, B, C, "s > a > b > c > e")
    new = (user("first"), B, C, "s > first > b > c > e")
    with open_both(old, new) as it:
        it.at.start({"wish": "x"})
        it.at.complete("a", "ann")
        assert [one.new for one in _suggested(it) if one.old == "a"] == ["first"]
        it.move()
        case = it.at.read()
        assert case.who_acted("first") == ["ann"]
        assert "a" not in case.entered
        back(it, "b", "first")
        finish(it, "first", "b", "c")


def _suggested(it: Moving) -> Any:
    return suggest(it.old.diagram, it.new.diagram)


def test_a_step_that_is_gone_is_no_place_to_go_back_to() -> None:
    with open_both((A, B, C, "s > a > b > c > e"), (A, C, "s > a > c > e")) as it:
        it.at.start({"wish": "x"})
        it.at.complete("a", "ann")
        it.at.complete("b", "cai")
        it.move()
        with pytest.raises(NoSuchTarget):
            back(it, "c", "b")
        back(it, "c", "a")
        finish(it, "a", "c")


def test_going_back_is_refused_where_what_lay_beside_it_cannot_be_put_back() -> None:
    fork = ("parallel f", "parallel j", "s > f > a > j")
    old = (A, B, C, *fork, "f > b > j", "j > c > e")
    # What `b` had brought to the join came by a flow that the new version does not have.
    new = (A, B, C, user("d"), *fork, "f > b > d > j", "j > c > e")
    with open_both(old, new) as it:
        it.at.start({"wish": "x"})
        it.at.complete("a", "ann")
        it.at.complete("b", "cai")
        it.move()
        with pytest.raises(NoSuchTarget):
            back(it, "c", "a")
        back(it, "c", "applicant")
        it.at.complete("s", "applicant", form={"wish": "x"})
        it.at.complete("b", "cai")
        finish(it, "a", "d", "c")


def test_a_branch_beside_it_keeps_what_it_had_brought_to_the_join() -> None:
    fork = ("parallel f", "parallel j", "s > f > a > j", "f > b > j")
    old, new = (A, B, C, *fork, "j > c > e"), (A, B, C, user("d"), *fork, "j > d > c > e")
    with open_both(old, new) as it:
        it.at.start({"wish": "x"})
        it.at.complete("a", "ann")
        it.at.complete("b", "cai")
        it.move()
        back(it, "c", "a")
        assert it.at.open() == ["a"]
        finish(it, "a", "d", "c")


def test_a_timer_that_both_versions_have_fires_when_it_was_promised() -> None:
    old = (A, "timer t on a", "s > a > e", "t > e")
    with open_both(
        old,
        (
            *old[:2],
            B,
            "s > a > b > e",
            "t > b",
        ),
    ) as it:
        it.at.start({"wish": "x"})
        it.at.wait(timedelta(days=1))
        it.move()
        it.at.wait(timedelta(days=1, minutes=1))
        assert it.at.open() == ["b"]
        finish(it, "b")


def test_a_timer_that_is_new_counts_from_the_day_of_the_move() -> None:
    with open_both((A, "s > a > e"), (A, B, "timer t on a", "s > a > e", "t > b > e")) as it:
        it.at.start({"wish": "x"})
        it.at.wait(timedelta(days=10))
        it.move()
        it.at.wait(timedelta(days=1))
        assert it.at.open() == ["a"]
        it.at.wait(timedelta(days=1, minutes=1))
        finish(it, "b")


def test_a_timer_that_has_fired_does_not_fire_again() -> None:
    old = (A, B, "timer t on a stays", "s > a > e", "t > b > e")
    with open_both(old, (A, B, C, old[2], "s > a > c > e", "t > b > e")) as it:
        it.at.start({"wish": "x"})
        it.at.wait(timedelta(days=3))
        assert it.at.open() == ["a", "b"]
        it.move()
        it.at.wait(timedelta(days=30))
        assert it.at.open() == ["a", "b"]
        it.at.complete("b", "ben")
        finish(it, "a", "c")


def test_a_changed_timer_counts_from_when_it_was_set() -> None:
    lines = (A, "timer t on a", "s > a > e", "t > e")
    old = package(*ENDS, *lines, forms={"s": FORM})
    files = dict(old.files)
    files["process.bpmn"] = files["process.bpmn"].replace(b'"P2D"', b'"P5D"')
    with moving(old, type(old)(files)) as it:
        it.at.start({"wish": "x"})
        it.at.wait(timedelta(days=1))
        assert it.look() == ([], ["timer_moves t"])
        it.move()
        it.at.wait(timedelta(days=3))
        assert it.at.open() == ["a"]
        it.at.wait(timedelta(days=1, minutes=1))
        assert it.at.read().state == "completed"
        it.check()


def test_a_changed_deadline_counts_from_when_the_step_was_opened() -> None:
    due = [user("a", f'due=duration("P{days}D")') for days in (3, 5)]
    with open_both((due[0], "s > a > e"), (due[1], "s > a > e")) as it:
        it.at.start({"wish": "x"})
        it.at.wait(timedelta(days=1))
        (row,) = it.at.tasks()
        it.move()
        (after,) = it.at.tasks()
        assert after.due_at - row.due_at == timedelta(days=2)


def test_what_was_typed_and_not_sent_is_kept_where_a_sign_off_begins_anew() -> None:
    old, new = user("a", "out=yes/no"), user("a", "sign=all", "out=yes/no")
    with open_both((old, "s > a > e"), (new, "s > a > e"), a=CHANGED) as it:
        it.at.start({"wish": "x"})
        before = it.at.task("a")
        it.at.do("ann", lambda uow: save_draft(uow, place_of_task(before), {"wish": "y"}))
        assert it.look() == ([], ["draft_kept a", "begins_anew a"])
        batch = it.move()
        after = it.at.task("a")
        assert after != before
        assert [row.place for row in it.at.rows(draft.select())] == [place_of_task(after)]
        assert sorted(one.person_id for one in it.at.signers(after)) == ["ann", "ben", "cai", "dee"]
        it.undo(batch)
        assert [row.place for row in it.at.rows(draft.select())] == [place_of_task(before)]
        it.at.complete("a", "ann", "yes")
        assert it.at.read().state == "completed"


def test_an_element_added_elsewhere_changes_nothing_for_those_who_have_passed() -> None:
    with open_both((A, B, "s > a > b > e"), (user("z"), A, B, "s > z > a > b > e")) as it:
        it.at.start({"wish": "x"})
        it.at.complete("a", "ann")
        it.move()
        finish(it, "b")
