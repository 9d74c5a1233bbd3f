"""Policies hold whatever verb leaves the drawn way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.catalog.package import Package
from engine.commands.administer import correct, move_token
from engine.commands.send_back import send_back
from engine.errors import PolicyBroken
from tests.engine.commands.casework import DOER, FORM, Office, office, package

LINES = (
    "start s",
    f"user write {DOER}",
    f"user decide {DOER} out=yes/no",
    "exclusive x",
    f"user check {DOER}",
    f"user pay {DOER}",
    "end e",
    "s > write > decide > x",
    'x > check : outcomes.decide = "yes"',
    "x > e *",
    "check > pay > e",
)
DECIDED = """
[[policy]]
id = "decided"
why = "nothing is paid undecided"
before = "pay"
passes = [["decide"]]
"""
IN_ORDER = DECIDED.replace('[["decide"]]', '[["write"], ["decide"]]\nin_order = true')
SIGNED = """
[[policy]]
id = "signed"
why = "a person signs the amount"
before = "pay"
signed = "amount_fen"
"""


@pytest.fixture
def decided(database_url: str) -> Iterator[Office]:
    with office(package(*LINES, facts=DECIDED, forms={"s": FORM}), database_url) as at:
        at.start({"wish": "a desk", "amount_fen": 100})
        yield at


def move(at: Office, element: str, target: str) -> None:
    at.do("keeper", lambda uow: move_token(uow, at.task(element), target, reason="on paper"))


@pytest.mark.parametrize("target", ["check", "pay"])
def test_an_administrator_moves_no_token_past_a_decision(decided: Office, target: str) -> None:
    with pytest.raises(PolicyBroken) as refused:
        move(decided, "write", target)
    assert refused.value.parts["policy"] == "decided"
    assert refused.value.parts["missing"] == ["decide"]
    assert decided.open() == ["write"]
    assert decided.events("refused")


def test_up_to_the_decision_a_token_may_be_moved(decided: Office) -> None:
    move(decided, "write", "decide")
    assert decided.open() == ["decide"]
    decided.complete("decide", "ann", "yes")
    move(decided, "check", "pay")
    assert decided.open() == ["pay"]


def test_what_was_undone_by_going_back_has_not_been_passed(decided: Office) -> None:
    decided.complete("write", "ann")
    decided.complete("decide", "ben", "yes")
    move(decided, "check", "write")
    with pytest.raises(PolicyBroken):
        move(decided, "write", "check")


def test_where_the_payment_is_behind_a_token_may_be_moved_freely(database_url: str) -> None:
    lines = [*LINES[:-1], f"user file {DOER}", "check > pay > file > e"]
    with office(package(*lines, facts=DECIDED), database_url) as at:
        at.start()
        move(at, "write", "file")
        assert at.open() == ["file"]


@pytest.mark.parametrize(("policy", "asked"), [(DECIDED, "pay"), (IN_ORDER, "decide")])
def test_going_straight_back_leaves_no_decision_standing_that_must_come_later(
    database_url: str, policy: str, asked: str
) -> None:
    with office(package(*LINES, facts=policy), database_url) as at:
        at.start()
        at.complete("write", "ann")
        at.complete("decide", "ben", "yes")
        at.complete("check", "cai")
        task = at.task("pay")
        at.do("dee", lambda uow: send_back(uow, task, "write", reason="a slip", then="jump"))
        at.complete("write", "ann")
        assert at.open() == [asked]
        said = [facts.get("straight") for _, facts in at.events("task.completed")]
        assert said[-1] == ("gone" if policy is DECIDED else "changed")


def test_a_refusal_given_anew_is_not_gone_past(database_url: str) -> None:
    lines = [one for one in LINES if not one.startswith(("exclusive", "x ", "s ", "check "))]
    drawn = package(*lines, "s > write > decide > check > pay > e", facts=DECIDED)
    with office(drawn, database_url) as at:
        at.start()
        at.complete("write", "ann")
        at.complete("decide", "ben", "yes")
        task = at.task("check")
        at.do("dee", lambda uow: send_back(uow, task, "decide", reason="a slip", then="jump"))
        at.complete("decide", "ben", "no")
        # The diagram is as it is: nothing asks for the outcome. But it walks, and is not let past by a verb.
        said = [facts.get("straight") for _, facts in at.events("task.completed")]
        assert said[-1] == "changed"


def test_a_field_that_is_signed_is_not_corrected_by_an_administrator(database_url: str) -> None:
    with office(package(*LINES, facts=SIGNED, forms={"s": FORM}), database_url) as at:
        at.start({"wish": "a desk", "amount_fen": 100})

        def corrected(**values: object) -> None:
            version = at.read().document.version
            at.do(
                "keeper",
                lambda uow: correct(uow, at.case, values, reason="a slip", version=version),
            )

        with pytest.raises(PolicyBroken):
            corrected(amount_fen=200)
        corrected(wish="a chair")
        assert at.read().document.content["amount_fen"] == 100


def test_a_signature_is_asked_for_behind_a_move(database_url: str) -> None:
    money = {**FORM, "components": FORM["components"][1:]}
    drawn = package(*LINES, facts=SIGNED, forms={"s": FORM, "decide": money})
    with office(drawn, database_url) as at:
        at.start({"wish": "a desk", "amount_fen": 100})
        with pytest.raises(PolicyBroken):
            move(at, "write", "check")
        at.complete("write", "ann")
        at.complete("decide", "ben", "yes", form={"amount_fen": 90})
        move(at, "check", "pay")
        assert at.open() == ["pay"]


def test_what_the_clock_decided_has_not_been_passed(database_url: str) -> None:
    drawn = package(*LINES, facts=DECIDED)
    ladder = (
        b'<gongban:ladder><gongban:rung at="opened + duration(&quot;P1D&quot;)" do="decide" outcome="yes" />'
        b"</gongban:ladder></extensionElements>"
    )
    source = drawn.files["process.bpmn"]
    at_ = source.index(b"</extensionElements>", source.index(b'id="decide"'))
    source = source[:at_] + ladder + source[at_ + len(b"</extensionElements>") :]
    with office(Package({**drawn.files, "process.bpmn": source}), database_url) as at:
        at.start()
        at.complete("write", "ann")
        at.wait(timedelta(days=2))
        assert at.open() == ["check"]
        with pytest.raises(PolicyBroken):
            move(at, "check", "pay")
