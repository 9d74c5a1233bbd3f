"""Sending a case back restores a marking: what the target led to dies, what is beside it stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.commands.send_back import send_back
from engine.commands.sending_back import targets
from engine.commands.trail import Trail
from engine.errors import NoSuchTarget, ReasonRequired
from engine.jobs.run import run_due
from tests.engine.commands.casework import DOER, FORM, Office, office, package

SPLIT = (
    "start s",
    "parallel fork",
    f"user a {DOER}",
    f"user a2 {DOER}",
    f"user b {DOER}",
    "parallel join",
    f"user z {DOER}",
    "end e",
    "s > fork > a > a2 > join > z > e",
    "fork > b > join",
)


def offered(at: Office, element: str) -> list[str]:
    """Where the case can be sent back to from the open task of an element."""
    case = at.read()
    token = next(t for t, item in case.open.items() if item.element == element)
    with at.engine.database.read() as connection:
        found = targets(Trail(connection, case), case.tokens or {}, token)
    return [one.element for one in found]


def back(at: Office, element: str, target: str, by: str = "dee", **facts: object) -> None:
    """Send the case back from an open task."""
    at.do(by, lambda uow: send_back(uow, at.task(element), target, reason="again", **facts))


@pytest.fixture
def split(database_url: str) -> Iterator[Office]:
    with office(package(*SPLIT), database_url) as at:
        at.start()
        at.complete("a", "ann")
        at.complete("b", "ben")
        at.complete("a2", "cai")
        assert at.open() == ["z"]
        yield at


def test_a_branch_beside_the_target_is_not_asked_again(split: Office) -> None:
    back(split, "z", "a2")
    assert split.open() == ["a2"]
    split.complete("a2", "cai")
    assert split.open() == ["z"]
    split.complete("z", "dee")
    assert split.read().state == "completed"


def test_the_task_comes_back_to_who_did_it(split: Office) -> None:
    back(split, "z", "a2")
    assert {row.claimed_by for row in split.tasks() if row.state == "open"} == {"cai"}


def test_the_whole_block_is_asked_again_where_the_returner_says_so(split: Office) -> None:
    back(split, "z", "a2", whole_block=True)
    assert split.open() == ["a2", "b"]
    split.complete("b", "ben")
    split.complete("a2", "cai")
    assert split.open() == ["z"]


def test_every_step_passed_is_offered_nearest_first(split: Office) -> None:
    assert offered(split, "z") == ["a2", "b", "a"]


def test_a_reason_is_asked_for(split: Office) -> None:
    with pytest.raises(ReasonRequired):
        split.do("dee", lambda uow: send_back(uow, split.task("z"), "a2", reason=" "))


def test_a_place_not_on_the_way_is_refused(split: Office) -> None:
    back(split, "z", "a")
    assert split.open() == ["a"]
    with pytest.raises(NoSuchTarget):
        back(split, "a", "b", by="ann")


def test_jumping_straight_back_asks_nobody_on_the_way_again(split: Office) -> None:
    back(split, "z", "a", then="jump")
    assert split.open() == ["a"]
    split.complete("a", "ann")
    assert split.open() == ["z"]
    split.complete("z", "dee")
    assert split.read().state == "completed"


def test_walking_again_asks_everybody_on_the_way(split: Office) -> None:
    back(split, "z", "a")
    split.complete("a", "ann")
    assert split.open() == ["a2"]
    split.complete("a2", "cai")
    assert split.open() == ["z"]


def test_in_a_loop_the_latest_round_counts(database_url: str) -> None:
    drawn = package(
        "start s",
        "exclusive again",
        f"user a {DOER}",
        f"user b {DOER} out=on/round",
        "exclusive x",
        f"user z {DOER}",
        "end e",
        "s > again > a > b > x",
        'x > again : outcomes.b = "round"',
        "x > z *",
        "z > e",
    )
    with office(drawn, database_url) as at:
        at.start()
        for outcome in ("round", "round", "on"):
            at.complete("a", "ann")
            at.complete("b", "ben", outcome)
        assert offered(at, "z") == ["b", "a"]
        back(at, "z", "a")
        states = [(row.element_id, row.undone) for row in at.tasks() if row.state == "completed"]
        assert states == [
            ("a", False), ("b", False), ("a", False), ("b", False), ("a", True), ("b", True),
        ]  # fmt: skip
        assert at.read().outcomes["b"] == "round"
        at.complete("a", "ann")
        at.complete("b", "ben", "on")
        at.complete("z", "dee")
        assert at.read().state == "completed"


SUB = (
    "start s",
    f"user a {DOER}",
    "sub box",
    "start s2",
    f"user b {DOER}",
    f"user c {DOER}",
    "end e2",
    "s2 > b > c > e2",
    "close",
    f"user z {DOER}",
    "end e",
    "s > a > box > z > e",
)


def test_a_sub_process_is_offered_from_inside_step_by_step_and_from_outside_whole(
    database_url: str,
) -> None:
    with office(package(*SUB), database_url) as at:
        at.start()
        at.complete("a", "ann")
        at.complete("b", "ben")
        assert offered(at, "c") == ["b", "a"]
        back(at, "c", "b")
        at.complete("b", "ben")
        at.complete("c", "cai")
        assert offered(at, "z") == ["box", "a"]
        back(at, "z", "box")
        assert at.open() == ["b"]


def test_going_back_out_of_a_sub_process_and_straight_back_into_it(database_url: str) -> None:
    with office(package(*SUB), database_url) as at:
        at.start()
        at.complete("a", "ann")
        at.complete("b", "ben")
        back(at, "c", "a", then="jump")
        assert at.open() == ["a"]
        at.complete("a", "ann")
        assert at.open() == ["c"]
        assert offered(at, "c") == ["b", "a"]
        back(at, "c", "b")
        at.complete("b", "ben")
        at.complete("c", "cai")
        at.complete("z", "dee")
        assert at.read().state == "completed"


CHOICE = (
    "start s",
    f"user a {DOER} form=wish",
    "exclusive x",
    f"user small {DOER}",
    f"user big {DOER}",
    "exclusive y",
    f"user z {DOER}",
    "end e",
    "s > a > x",
    "x > big : amount_fen > 100",
    "x > small *",
    "big > y",
    "small > y",
    "y > z > e",
)


def test_who_changes_the_facts_a_gateway_asked_walks_the_way_they_lead_to(
    database_url: str,
) -> None:
    with office(package(*CHOICE, forms={"wish": FORM}), database_url) as at:
        at.start()
        at.complete("a", "ann", form={"wish": "x", "amount_fen": 50})
        at.complete("small", "ben")
        back(at, "z", "a", then="jump")
        at.complete("a", "ann", form={"wish": "x", "amount_fen": 500})
        assert at.open() == ["big"]
        assert at.events("task.completed")[-1][1]["straight"] == "changed"


def test_straight_back_is_kept_where_the_facts_lead_the_same_way(database_url: str) -> None:
    with office(package(*CHOICE, forms={"wish": FORM}), database_url) as at:
        at.start()
        at.complete("a", "ann", form={"wish": "x", "amount_fen": 50})
        at.complete("small", "ben", opinion="fine")
        back(at, "z", "a", then="jump")
        assert "small" not in at.read().outcomes
        at.complete("a", "ann", form={"wish": "y", "amount_fen": 60})
        assert at.open() == ["z"]
        assert at.read().participants["small"]["opinion"] == "fine"
        assert [row.undone for row in at.tasks() if row.element_id == "small"] == [False]


def test_the_application_itself_is_open_again_for_the_applicant(database_url: str) -> None:
    drawn = package("start s", f"user a {DOER}", "end e", "s > a > e", forms={"s": FORM})
    with office(drawn, database_url) as at:
        at.start({"wish": "a desk"})
        back(at, "a", "applicant", by="ann")
        assert at.open() == ["s"]
        at.complete("s", "applicant", form={"wish": "a better desk"})
        assert at.open() == ["a"]
        assert at.read().document.content["wish"] == "a better desk"


def test_a_timer_that_the_target_led_to_dies_with_its_task(database_url: str) -> None:
    drawn = package(
        "start s", f"user a {DOER}", "parallel fork", f"user b {DOER}", "timer t", "user late",
        "parallel join", "end e", "s > a > fork > b > join > e", "fork > t > late > join",
    )  # fmt: skip
    with office(drawn, database_url) as at:
        at.start()
        at.complete("a", "ann")
        assert len(at.jobs("due")) == 1
        back(at, "b", "a")
        assert at.jobs("due") == []
        at.complete("a", "ann")
        assert len(at.jobs("due")) == 1


def test_a_reminder_that_has_fired_does_not_fire_again_after_going_straight_back(
    database_url: str,
) -> None:
    drawn = package(
        "start s", f"user a {DOER}", f"user b {DOER}", "timer t on b stays", "timer u on b stays",
        f"user late {DOER}", f"user later {DOER}", "end e", "end f", "end g",
        "s > a > b > e", "t > late > f", "u > later > g",
    )  # fmt: skip
    with office(drawn, database_url) as at:
        at.start()
        at.complete("a", "ann")
        at.clock.advance(timedelta(days=2))
        # One of the two has fired; the other is still due.
        assert run_due(at.engine, "office", limit=1) == 1
        (said,) = {"late", "later"}.intersection(at.open())
        back(at, said, "a", then="jump")
        assert at.open() == ["a"]
        at.complete("a", "ann")
        assert at.open() == sorted(["b", said])
        assert len(at.jobs("due")) == 1
        # It counts its time anew, and is then the only one to fire.
        at.wait(timedelta(days=2))
        assert at.open() == ["b", "late", "later"]
        assert at.jobs("due") == []


def test_a_package_can_forbid_sending_back(database_url: str) -> None:
    drawn = package(
        "start s", f"user a {DOER}", f"user b {DOER} send_back=none", "end e", "s > a > b > e"
    )
    with office(drawn, database_url) as at:
        at.start()
        at.complete("a", "ann")
        with pytest.raises(NoSuchTarget):
            back(at, "b", "a")
