"""Whether the people there are can do what a package asks, for every place that cases come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.catalog.checks.people import people_problems
from engine.catalog.definition import Definition, compile_definition
from engine.catalog.package import Package
from engine.testing import CastDirectory
from schemas.finding import Finding
from tests.engine.organisation import Step, in_a_row, package, people

PROCESSES = Path(__file__).resolve().parents[3] / "processes"


def problems(definition: Definition, directory: CastDirectory) -> list[Finding]:
    return list(people_problems(definition, directory))


def drawn(*steps: Step, rule: str = "") -> Definition:
    return compile_definition(package(in_a_row(*steps), rule))


def different(*ids: str) -> str:
    names = ", ".join(f'"{one}"' for one in ids)
    return f'[[separation.rule]]\nid = "rule"\nwhy = "不同的人"\ndifferent = [{names}]\n'


@pytest.mark.parametrize("name", ["approve3", "illness_aid"])
def test_the_cast_can_do_every_process_where_its_offices_are_filled(name: str) -> None:
    cast = CastDirectory.load(PROCESSES / "_shared" / "cast.yaml")
    definition = compile_definition(Package.from_folder(PROCESSES / name))
    found = problems(definition, cast)
    # The second unit of the cast has no chair, no committee and no party organisation, and that is said.
    assert {one.rule for one in found} == {"nobody_for_step"}
    assert all("省文旅厅工会" in one.message for one in found)
    assert all(one.severity == "warning" for one in found)


def test_a_step_without_people_is_named_with_its_place() -> None:
    (found,) = problems(drawn(Step("check"), Step("sign", "deputy @ root")), only_the_north())
    assert (found.rule, found.element) == ("nobody_for_step", "sign")
    assert "北厅: 0 of 1 needed may do it (deputy @ root)" in found.message


def only_the_north() -> CastDirectory:
    union = people()
    union.left.add("solo")
    return union


def test_each_unit_is_looked_at_for_itself() -> None:
    found = problems(drawn(Step("check")), people())
    assert ["南厅" in one.message for one in found] == [True]


def test_a_fallback_with_people_is_as_good() -> None:
    step = Step("sign", "deputy @ root", facts={"fallback": "head @ root"})
    assert problems(drawn(step), only_the_north()) == []


def test_two_people_cannot_do_three_steps_that_must_be_different() -> None:
    steps = [Step(name) for name in "abc"]
    (found,) = problems(drawn(*steps, rule=different("a", "b", "c")), only_the_north())
    assert (found.rule, found.file) == ("separation_unsatisfiable", "process.toml")
    assert "北厅" in found.message
    assert [f"{one} (" in found.message for one in "abc"] == [True] * 3
    assert "; one more person would be enough for a (" in found.message
    assert problems(drawn(*steps, rule=different("a", "b")), only_the_north()) == []


def test_a_choice_of_people_is_searched_for() -> None:
    # Carl alone could do both a and b; Cleo only a, Dee only c.
    union = only_the_north()
    union.people["carl"]["roles"].append({"role": "deputy", "at": "north"})
    steps = (
        Step("a", "clerk @ applicant.unit"),
        Step("b", "deputy @ applicant.unit"),
        Step("c", "deputy @ applicant.unit"),
    )
    assert problems(drawn(*steps, rule=different("a", "b", "c")), union) == []
    union.left.add("cleo")
    assert [one.rule for one in problems(drawn(*steps, rule=different("a", "b", "c")), union)] == [
        "separation_unsatisfiable"
    ]


def test_a_sign_off_of_everybody_leaves_nobody_for_what_follows() -> None:
    vote = Step("vote", "board @ applicant.unit", 'rule="all"')
    one = Step("one", "board @ applicant.unit")
    rule = different("vote", "one")
    assert [each.rule for each in problems(drawn(vote, one, rule=rule), only_the_north())] == [
        "separation_unsatisfiable"
    ]
    # The other way round the one who acted is simply not asked to vote.
    assert problems(drawn(one, vote, rule=rule), only_the_north()) == []


def test_steps_that_no_case_comes_to_both_of_may_be_the_same_persons() -> None:
    body = (
        '<bpmn:startEvent id="apply" /><bpmn:exclusiveGateway id="way" default="right" />'
        f"{Step('a', 'deputy @ applicant.unit').drawn()}{Step('b', 'deputy @ applicant.unit').drawn()}"
        '<bpmn:endEvent id="done" /><bpmn:sequenceFlow id="f" sourceRef="apply" targetRef="way" />'
        '<bpmn:sequenceFlow id="left" sourceRef="way" targetRef="a"><bpmn:conditionExpression>'
        "amount = 1</bpmn:conditionExpression></bpmn:sequenceFlow>"
        '<bpmn:sequenceFlow id="right" sourceRef="way" targetRef="b" />'
        '<bpmn:sequenceFlow id="g" sourceRef="a" targetRef="done" />'
        '<bpmn:sequenceFlow id="h" sourceRef="b" targetRef="done" />'
    )
    definition = compile_definition(package(body, different("a", "b")))
    assert problems(definition, only_the_north()) == []
    forked = body.replace("exclusiveGateway", "parallelGateway").replace(' default="right"', "")
    forked = forked.replace("<bpmn:conditionExpression>amount = 1</bpmn:conditionExpression>", "")
    definition = compile_definition(package(forked, different("a", "b")))
    assert [one.rule for one in problems(definition, only_the_north())] == [
        "separation_unsatisfiable"
    ]


def test_what_only_a_case_can_say_is_taken_as_possible() -> None:
    steps = (Step("a", "= people.b"), Step("b"), Step("c"))
    assert problems(drawn(*steps, rule=different("a", "b", "c")), only_the_north()) == []


def test_an_officers_own_case_does_not_count_where_others_apply() -> None:
    # Chan heads the unit and is a member, too; for Anna's case there is somebody.
    assert problems(drawn(Step("sign", "head @ applicant.unit")), only_the_north()) == []


def test_a_step_that_a_policy_needs_says_what_is_never_reached_without_it() -> None:
    policy = '[[policy]]\nid = "signed"\nwhy = "w"\nbefore = "done"\npasses = [["sign"]]\n'
    steps = (Step("check"), Step("sign", "deputy @ root"))
    (found,) = problems(drawn(*steps, rule=policy), only_the_north())
    assert "; without it no case comes to" in found.message
    assert "(policy signed)" in found.message
