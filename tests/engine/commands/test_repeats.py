"""Who has agreed before is not asked again, where the package says so and nothing forbids it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from engine.commands.send_back import send_back
from engine.queries.replay import replay
from engine.store.tables import task
from tests.engine.organisation import Step, Union, in_a_row, package

BACK = {"send_back": "any"}
CLERK, CHAIR = "clerk @ applicant.unit", "chair @ applicant.unit"


def chair(name: str, skip: str = "adjacent", **facts: str) -> Step:
    return Step(name, CHAIR, facts={"skip_repeated": skip, **facts})


def skipped(union: Union, element: str) -> bool:
    row = union.task(element)
    return row.state == "completed" and row.decided_how == "repeated"


def test_who_agreed_in_the_step_before_is_not_asked_again(union: Union) -> None:
    union.begin(package(in_a_row(Step("first", CHAIR), chair("second"), Step("last"))))
    union.agree("chan", "first")
    assert union.open_steps() == ["last"]
    row = union.task("second")
    assert (row.completed_by, row.completed_for) == ("system", "chan")
    assert (row.outcome, row.decided_how) == ("agree", "repeated")
    opened = union.events()[-1].payload["opened"]  # type: ignore[index]
    assert [one["element"] for one in opened] == ["second", "last"]
    assert (opened[0]["how"], opened[0]["repeated"]) == ("repeated", ["chan"])


def test_without_the_packages_word_everybody_is_asked_again(union: Union) -> None:
    union.begin(package(in_a_row(Step("first", CHAIR), Step("second", CHAIR))))
    union.agree("chan", "first")
    assert union.open_steps() == ["second"]


def test_a_refusal_is_never_repeated(union: Union) -> None:
    union.begin(package(in_a_row(Step("first", CHAIR), chair("second"))))
    union.agree("chan", "first", outcome="refuse")
    assert union.open_steps() == ["second"]


def test_several_steps_in_a_row_are_skipped_and_the_case_may_end_with_it(union: Union) -> None:
    steps = (Step("first", CHAIR), chair("second"), chair("third"))
    union.begin(package(in_a_row(*steps)))
    acted = union.agree("chan", "first")
    assert skipped(union, "second")
    assert skipped(union, "third")
    assert acted.case.state == "completed"
    assert union.events()[-1].type == "instance.ended"


def test_a_step_of_somebody_else_in_between_ends_adjacency_but_not_any(union: Union) -> None:
    for skip, open_steps in (("adjacent", ["third"]), ("any", [])):
        steps = (Step("first", CHAIR), Step("second", CLERK), chair("third", skip))
        union.begin(package(in_a_row(*steps)))
        union.agree("chan", "first")
        union.agree("carl", "second")
        assert union.open_steps() == open_steps


def test_who_has_said_otherwise_since_is_asked(union: Union) -> None:
    steps = (Step("first", CHAIR), Step("second", CHAIR), Step("third"), chair("last", "any"))
    union.begin(package(in_a_row(*steps)))
    union.agree("chan", "first")
    union.agree("chan", "second", outcome="refuse")
    union.agree("carl", "third")
    assert union.open_steps() == ["last"]


def test_where_others_could_act_too_they_are_asked(union: Union) -> None:
    union.give_role("dee", "chair", "north")
    union.begin(package(in_a_row(Step("first", CHAIR), chair("second"))))
    union.agree("chan", "first")
    assert union.open_steps() == ["second"]


def test_an_agreement_that_has_been_undone_counts_no_more(union: Union) -> None:
    steps = (Step("first", CHAIR), Step("second", CLERK), chair("third", "any"))
    union.begin(package(in_a_row(*steps)))
    union.agree("chan", "first")
    with union.engine.database.write() as connection:
        connection.execute(
            update(task).where(task.c.id == union.task("first").id).values(undone=True)
        )
        connection.commit()
    union.agree("carl", "second")
    assert union.open_steps() == ["third"]


@pytest.mark.parametrize("how", ["proxy", "timeout"])
def test_an_agreement_that_was_not_the_persons_own_is_not_repeated(union: Union, how: str) -> None:
    steps = (Step("first", CHAIR), Step("second", CLERK), chair("third", "any"))
    union.begin(package(in_a_row(*steps)))
    union.agree("chan", "first")
    with union.engine.database.write() as connection:
        connection.execute(
            update(task).where(task.c.id == union.task("first").id).values(decided_how=how)
        )
        connection.commit()
    union.agree("carl", "second")
    assert union.open_steps() == ["third"]


def test_where_a_separation_rule_names_the_step_it_is_never_skipped(union: Union) -> None:
    rule = '[[separation.rule]]\nid = "two"\nwhy = "两人"\ngroups = [["second"], ["last"]]\n'
    made = package(in_a_row(Step("first", CHAIR), chair("second"), Step("last")), rule)
    union.begin(made)
    union.agree("chan", "first")
    assert union.open_steps() == ["second"]


@pytest.mark.parametrize("facts", [{"irreversible": "true"}, {"form": "needed"}])
def test_what_is_irreversible_or_has_to_be_filled_in_is_never_skipped(
    union: Union, facts: dict[str, str]
) -> None:
    union.begin(package(in_a_row(Step("first", CHAIR), chair("second", **facts))))
    union.agree("chan", "first")
    assert union.open_steps() == ["second"]


def test_in_place_of_those_who_are_missing_nobodys_agreement_stands(union: Union) -> None:
    second = Step("second", "deputy @ root", facts={"skip_repeated": "adjacent", "fallback": CHAIR})
    union.begin(package(in_a_row(Step("first", CHAIR), second)))
    union.agree("chan", "first")
    assert union.open_steps() == ["second"]


def test_a_signer_who_agreed_before_has_signed_and_the_others_are_asked(union: Union) -> None:
    union.give_role("chan", "board", "north")
    board = Step(
        "sign", "board @ applicant.unit", 'rule="all"', facts={"skip_repeated": "adjacent"}
    )
    union.begin(package(in_a_row(Step("first", CHAIR), board)))
    union.agree("chan", "first")
    assert union.signers("sign")["chan"] == "voted"
    assert union.task("sign").tally["positive"] == 1
    for person in ("bea", "bob", "bo"):
        union.agree(person, "sign")
    assert union.open_steps() == []
    assert union.task("sign").outcome == "agree"


def test_in_a_sequence_who_agreed_before_has_no_turn(union: Union) -> None:
    signers = 'signers=\'heads up("applicant.group", "root")\''
    ladder = Step("sign", CLERK, f'rule="sequence" {signers}', facts={"skip_repeated": "any"})
    union.begin(package(in_a_row(Step("first", "head @ applicant.cluster"), ladder)))
    union.agree("lin", "first")
    assert union.signers("sign") == {
        "lea": "open",
        "chan": "waiting",
        "lin": "voted",
        "pres": "waiting",
    }
    for person in ("lea", "chan", "pres"):
        union.agree(person, "sign")
    assert union.open_steps() == []


def test_a_sign_off_whose_signers_all_agreed_before_is_decided_at_once(union: Union) -> None:
    again = Step("again", CHAIR, 'rule="all"', facts={"skip_repeated": "adjacent"})
    union.begin(package(in_a_row(Step("first", CHAIR), again, Step("last"))))
    union.agree("chan", "first")
    assert union.open_steps() == ["last"]
    assert union.signers("again") == {"chan": "voted"}
    assert union.task("again").decided_how == "repeated"


LOOP = (
    '<bpmn:startEvent id="apply" />{first}{second}<bpmn:exclusiveGateway id="more" default="out" />'
    '<bpmn:endEvent id="done" /><bpmn:sequenceFlow id="a" sourceRef="apply" targetRef="first" />'
    '<bpmn:sequenceFlow id="b" sourceRef="first" targetRef="second" />'
    '<bpmn:sequenceFlow id="c" sourceRef="second" targetRef="more" />'
    '<bpmn:sequenceFlow id="out" sourceRef="more" targetRef="done" />'
    '<bpmn:sequenceFlow id="back" sourceRef="more" targetRef="second">'
    "<bpmn:conditionExpression>amount = 1</bpmn:conditionExpression></bpmn:sequenceFlow>"
)


def test_a_circle_of_skipped_steps_stops_and_asks(union: Union) -> None:
    body = LOOP.format(first=Step("first", CHAIR).drawn(), second=chair("second", "any").drawn())
    union.begin(package(body))
    union.agree("chan", "first")
    assert union.open_steps() == ["second"]


PARALLEL = (
    '<bpmn:startEvent id="apply" />{first}<bpmn:parallelGateway id="fork" />{left}{right}'
    '<bpmn:endEvent id="stop"><bpmn:terminateEventDefinition /></bpmn:endEvent>'
    '<bpmn:endEvent id="done" /><bpmn:sequenceFlow id="a" sourceRef="apply" targetRef="first" />'
    '<bpmn:sequenceFlow id="b" sourceRef="first" targetRef="fork" />'
    '<bpmn:sequenceFlow id="c" sourceRef="fork" targetRef="left" />'
    '<bpmn:sequenceFlow id="d" sourceRef="fork" targetRef="right" />'
    '<bpmn:sequenceFlow id="e" sourceRef="left" targetRef="stop" />'
    '<bpmn:sequenceFlow id="f" sourceRef="right" targetRef="done" />'
)


def test_a_task_that_dies_before_it_was_written_leaves_nothing(union: Union) -> None:
    body = PARALLEL.format(
        first=Step("first", CHAIR).drawn(),
        left=chair("left").drawn(),
        right=Step("right", facts={"due": "add working days(today(), 3)"}).drawn(),
    )
    union.begin(package(body))
    acted = union.agree("chan", "first")
    assert acted.case.state == "completed"
    assert union.rows(task.select().where(task.c.element_id == "right")) == []
    assert union.open_steps() == []


def test_where_somebody_puts_the_case_people_are_asked_again(union: Union) -> None:
    back = chair("second", "any", send_back="any")
    union.begin(package(in_a_row(Step("first", CHAIR), back, Step("last", facts=BACK))))
    union.agree("chan", "first")
    assert skipped(union, "second")
    union.act("carl", send_back, union.task("last").id, "second", reason="再看", then="jump")
    assert union.open_steps() == ["second"]
    union.agree("chan", "second")
    assert union.open_steps() == ["last"]
    union.agree("carl", "last")
    case = union.read()
    assert (case.state, replay(union.events()).state) == ("completed", "completed")


def test_a_record_tells_what_was_skipped_and_whose_turn_it_is(union: Union) -> None:
    signers = 'rule="sequence" signers="heads up(applicant.unit)"'
    sign = Step("sign", sign_off=signers, facts={"skip_repeated": "any"})
    union.begin(package(in_a_row(Step("first", CHAIR), chair("second"), sign)))
    union.agree("chan", "first")
    told = replay(union.events()).tasks
    assert (told[union.task("second").id].state, told[union.task("first").id].state) == (
        "completed",
        "completed",
    )
    assert told[union.task("sign").id].signers == union.signers("sign")
    assert list(union.signers("sign").values()) == ["voted", "open", "waiting"]
    union.agree("lin", "sign")
    assert list(union.signers("sign").values()) == ["voted", "voted", "open"]


def test_a_step_done_for_each_of_a_list_is_never_skipped(union: Union) -> None:
    body = in_a_row(Step("first", CHAIR), chair("second", "any"))
    loop = (
        "</bpmn:extensionElements><bpmn:multiInstanceLoopCharacteristics>"
        "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    )
    head, tail = body.rsplit("</bpmn:extensionElements></bpmn:userTask>", 1)
    union.begin(package(head + loop + tail))
    union.agree("chan", "first")
    assert union.open_steps() == ["second", "second"]
