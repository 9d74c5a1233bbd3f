"""Each reason for which a case cannot move, and each thing that is different where it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from engine.abilities.base import Answer, Call, Waiting
from engine.commands.administer import reassign as give
from engine.commands.claim import claim
from engine.commands.delegate import delegate
from engine.commands.hold import hold
from engine.commands.recusals import declare
from engine.commands.send_back import send_back
from engine.commands.signers import add_signers
from engine.commands.withdraw import revise
from engine.migrating.reasons import NOTES, REASONS
from tests.engine.commands.casework import DOER, FORM, package
from tests.engine.migrating.moving import Moving, moving, state_of

Lines = tuple[str, ...]
HEAD = "candidates=head@applicant.unit"
TEXT = {
    **FORM,
    "components": [
        {"type": "textfield", "key": "wish", "label": "愿望", "validate": {"required": True}},
        {"type": "textfield", "key": "amount_fen", "label": "金额"},
    ],
}


@dataclass(frozen=True)
class Pair:
    """Two versions, what was done before, and what is said."""

    said: str
    old: Lines
    new: Lines
    before: Callable[[Moving], Any] | None = None
    facts: str = ""
    form: Any = None
    chosen: tuple[tuple[str, str | None], ...] = ()

    def open(self) -> Any:
        """Both, with a case on the old one."""
        ends = ("start s", "end e")
        forms = {"s": FORM}
        return moving(
            package(*ends, *self.old, forms=forms),
            package(*ends, *self.new, facts=self.facts, forms={"s": self.form or FORM}),
        )


def user(name: str, *more: str, who: str = DOER) -> str:
    """A user task."""
    return " ".join((f"user {name} {who}", *more))


A, B = user("a"), user("b")
PLAIN = (A, B, "s > a > b > e")
VOTE = (user("a", "sign=all", "out=yes/no"), "s > a > e")


def completes(element: str, by: str = "ann", outcome: str | None = None) -> Callable[[Moving], Any]:
    """Somebody completes a step."""
    return lambda it: it.at.complete(element, by, outcome)


def does(
    by: str, command: Callable[[Any, str], Any], element: str = "a"
) -> Callable[[Moving], Any]:
    """Somebody does something with the open task of an element."""
    return lambda it: it.at.do(by, lambda uow: command(uow, it.at.task(element)))


FORK = ("parallel f", "parallel j", A, B, "s > f > a > j", "f > b > j", "j > e")
ANY = ("inclusive f", "inclusive j", A, B, "s > f", "f > a : true", "f > b : true")
IN_BOX = ("sub box", "start s2", A, "end e2", "s2 > a > e2", "close", "s > box > e")
EVENTS = ("events g", "timer t", "message m", "s > g > t > e", "g > m > e")
TIMED = (A, "timer t on a", "s > a > e", "t > e")
DUE = (user("a", 'due=duration("P3D")'), "s > a > e")
LATER = (user("a", 'due=duration("P5D")'), "s > a > e")


REFUSALS = [
    Pair("element_gone a", PLAIN, (B, "s > b > e")),
    Pair("element_gone a", PLAIN, (user("c"), B, "s > c > b > e"), chosen=(("a", None),)),
    Pair("other_scope a", (A, "s > a > e"), IN_BOX),
    Pair(
        "join_changed j",
        FORK,
        ("parallel f", "parallel j", A, B, user("c"), "s > f > a > j", "f > b > c > j", "j > e"),
        before=completes("b"),
    ),
    Pair(
        "join_complete j",
        FORK,
        ("parallel f", "parallel j", A, B, "s > f > a > e", "f > b > j > e"),
        before=completes("b"),
    ),
    Pair(
        "awaited_changed g",
        EVENTS,
        ("events g", "timer t", "message m", "message n", "s > g > t > e", "g > m > e", "g > n > e"),
    ),
    Pair(
        "loop_changed a",
        (user("a", "times=2"), "s > a > e"),
        (user("a", "times=3"), "s > a > e"),
    ),
    Pair(
        "votes_exist a",
        VOTE,
        (user("a", "sign=any", "out=yes/no"), "s > a > e"),
        before=completes("a", outcome="yes"),
    ),
    Pair(
        "votes_exist a",
        VOTE,
        (user("a", "sign=all", "out=agreed/no"), "s > a > e"),
        before=completes("a", outcome="yes"),
    ),
    Pair(
        "signers_added a",
        (user("a", "out=yes/no"), "s > a > e"),
        VOTE,
        before=does("ann", lambda uow, task: add_signers(uow, task, ["ben"], "after")),
    ),
    Pair(
        "advice_pending a",
        (user("a", "out=yes/no"), "s > a > e"),
        VOTE,
        before=does("ann", lambda uow, task: delegate(uow, task, "ben", "what now?")),
    ),
    Pair(
        "decision_held",
        PLAIN,
        (A, B, user("c"), "s > a > b > c > e"),
        before=does("ann", lambda uow, task: hold(uow, task)),
    ),
    Pair("field_type", PLAIN, PLAIN, form=TEXT),
    Pair(
        "separation",
        (A, B, user("c"), "s > a > b > c > e"),
        (A, B, user("c"), "s > a > b > c > e"),
        before=lambda it: (completes("a")(it), completes("b")(it)),
        facts='[[separation.rule]]\nid = "two"\nwhy = "两人"\ngroups = [["a"], ["b"]]\n',
    ),
    Pair(
        "policy c",
        (A, B, user("c"), "s > a > b > c > e"),
        (A, B, user("check"), user("c"), "s > check > a > b > c > e"),
        before=completes("a"),
        facts='[[policy]]\nid = "first"\nwhy = "先查"\nbefore = "c"\npasses = [["check"]]\n',
    ),
    Pair(
        "policy b",
        (A, B, user("c"), "s > a > b > c > e"),
        (A, B, user("check"), user("c"), "s > check > a > b > c > e"),
        before=completes("a"),
        facts='[[policy]]\nid = "first"\nwhy = "先查"\nbefore = "b"\npasses = [["check"]]\n',
    ),
    Pair(
        "expression a",
        PLAIN,
        (user("a", "due=nothing"), B, "s > a > b > e"),
    ),
    Pair(
        "would_move",
        (*ANY, "a > j", "b > j", "j > e"),
        (*ANY, "a > e", "b > j", "j > e"),
        before=completes("b"),
    ),
    Pair(
        "cannot_end",
        PLAIN,
        ("parallel f", "parallel j", A, user("c"), B, "s > f > a > j", "f > c > j", "j > b > e"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("pair", REFUSALS, ids=lambda one: one.said.replace(" ", "-"))
def test_a_case_that_cannot_move_stays_and_the_reason_is_named(pair: Pair) -> None:
    with pair.open() as it:
        it.at.start({"wish": "a desk", "amount_fen": 100})
        if pair.before:
            pair.before(it)
        assert pair.said in it.refused(dict(pair.chosen))
        it.at.definition = it.old
        it.check()


def test_nobody_moves_a_case_in_which_they_have_acted() -> None:
    with Pair("", PLAIN, (B, A, user("c"), "s > a > b > c > e")).open() as it:
        it.at.start({"wish": "a desk"})
        task = it.at.task("a")
        it.at.do("keeper", lambda uow: give(uow, task, "keeper", reason="nobody else"))
        it.at.complete("a", "keeper")
        assert it.refused() == ["own_case"]


def test_where_nobody_could_be_asked_the_case_stays() -> None:
    old = (user("a", "out=yes/no"), "s > a > e")
    new = (user("a", "sign=all", "out=yes/no", who="candidates=nobody@applicant.unit"), "s > a > e")
    with Pair("", old, new).open() as it:
        it.at.start({"wish": "a desk"})
        it.at.do("keeper", lambda uow: declare(uow, instance_id=it.at.case, reason="kin"))
        assert it.refused() == ["own_case", "nobody_to_ask a"]


def test_a_case_back_at_its_beginning_stays_where_the_new_one_has_no_form_to_hand_in() -> None:
    old, new = (package("start s", "end e", *PLAIN, forms=forms) for forms in ({"s": FORM}, {}))
    with moving(old, new) as it:
        it.at.start({"wish": "a desk"})
        it.at.do("applicant", lambda uow: revise(uow, it.at.case))
        assert it.refused() == ["other_kind s"]


class Slow:
    """An ability that waits for the outside world."""

    sets_aside = False

    def run(self, _call: Call) -> Answer:
        """Begin, and wait."""
        return Waiting()


def test_what_the_outside_world_is_at_work_on_stays_what_it_is() -> None:
    slow, other = (f"service a ability={name}" for name in ("slow", "other"))
    with Pair("", (slow, "s > a > e"), (other, "s > a > e")).open() as it:
        it.at.engine.abilities["slow"] = Slow()
        it.at.start({"wish": "a desk"})
        it.at.work()
        assert [one.state for one in it.at.jobs("waiting")] == ["waiting"]
        assert it.refused() == ["ability_at_work a"]


JUMP = does("ann", lambda uow, task: send_back(uow, task, "a", reason="no", then="jump"), "b")
ALL = user("a", "sign=all", "out=yes/no")
CHANGES = [
    Pair("due_moves a", DUE, LATER),
    Pair("timer_ends t", TIMED, (A, "s > a > e")),
    Pair("timer_begins t", (A, "s > a > e"), TIMED),
    Pair("asked_anew a", (A, "s > a > e"), (user("a", who=HEAD), "s > a > e")),
    Pair("begins_anew a", (user("a", "out=yes/no"), "s > a > e"), (ALL, "s > a > e")),
    Pair(
        "keeps_holder a",
        (A, "s > a > e"),
        (user("a", who=HEAD), "s > a > e"),
        before=does("ann", lambda uow, task: claim(uow, task)),
    ),
    Pair(
        "walks_back",
        PLAIN,
        (A, user("b2"), "s > a > b2 > e"),
        before=lambda it: (completes("a")(it), JUMP(it)),
    ),
]  # fmt: skip


@pytest.mark.parametrize("pair", CHANGES, ids=lambda one: one.said.replace(" ", "-"))
def test_what_will_be_different_is_said_before_and_the_move_can_be_put_back(pair: Pair) -> None:
    with pair.open() as it:
        it.at.start({"wish": "a desk", "amount_fen": 100})
        if pair.before:
            pair.before(it)
        before = state_of(it.at)
        assert it.look()[1] == [pair.said]
        it.undo(it.move())
        assert state_of(it.at) == before
        it.check()


def test_every_reason_and_note_is_tried() -> None:
    tried = {one.said.split()[0] for one in (*REFUSALS, *CHANGES)}
    by_itself = {
        "own_case", "nobody_to_ask", "other_kind", "ability_at_work", "draft_kept", "timer_moves",
        # Of batches; the last is a guard that nothing reaches.
        "not_running", "other_version", "moved_since", "does_not_fit",
    }  # fmt: skip
    assert tried | by_itself == {*REASONS, *NOTES}


def test_a_case_that_has_done_what_a_policy_wants_moves() -> None:
    new = (A, B, user("c"), user("d"), "s > a > b > d > c > e")
    facts = '[[policy]]\nid = "first"\nwhy = "先查"\nbefore = "c"\npasses = [["a"]]\n'
    with Pair("", (A, B, user("c"), "s > a > b > c > e"), new, facts=facts).open() as it:
        it.at.start({"wish": "a desk"})
        it.at.complete("a", "ann")
        it.move()
