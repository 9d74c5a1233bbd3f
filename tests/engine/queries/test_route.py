"""Who would be next: before a case starts and before somebody acts, and nothing is done by asking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event as listening

from engine.commands.recusals import declare
from engine.errors import NotAllowed, NotFound
from engine.queries.route import Ahead, certain_first, preview_start, preview_task
from engine.testing import temporary_engine
from tests.engine.organisation import MORNING, Step, Union, in_a_row, package, people

CHAIR = "chair @ applicant.unit"
BRANCHES = (
    '<bpmn:startEvent id="apply" />{check}<bpmn:exclusiveGateway id="much" default="little" />'
    '{big}{small}<bpmn:endEvent id="done" name="办结" /><bpmn:endEvent id="off" name="不予办理" />'
    '<bpmn:exclusiveGateway id="agreed" default="no" />'
    '<bpmn:sequenceFlow id="f1" sourceRef="apply" targetRef="check" />'
    '<bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="agreed" />'
    '<bpmn:sequenceFlow id="yes" sourceRef="agreed" targetRef="much"><bpmn:conditionExpression>'
    'outcomes.check = "agree"</bpmn:conditionExpression></bpmn:sequenceFlow>'
    '<bpmn:sequenceFlow id="no" sourceRef="agreed" targetRef="off" name="不同意" />'
    '<bpmn:sequenceFlow id="big_one" name="金额较大" sourceRef="much" targetRef="big">'
    "<bpmn:conditionExpression>note = &quot;big&quot; or amount &gt; 100</bpmn:conditionExpression>"
    "</bpmn:sequenceFlow>"
    '<bpmn:sequenceFlow id="little" sourceRef="much" targetRef="small" />'
    '<bpmn:sequenceFlow id="f5" sourceRef="big" targetRef="done" />'
    '<bpmn:sequenceFlow id="f6" sourceRef="small" targetRef="done" />'
)


def branching() -> Any:
    return package(
        BRANCHES.format(
            check=Step("check").drawn(),
            big=Step("big", "head @ root").drawn(),
            small=Step("small", CHAIR).drawn(),
        )
    )


@pytest.fixture
def union(database_url: str) -> Iterator[Union]:
    with temporary_engine(people(), MORNING, url=database_url) as engine:
        yield Union(engine)


def asked(
    union: Union, person: str, element: str, outcome: str | None = None, form: Any = None
) -> list[Ahead]:
    """What a person is told about a task; that nothing is written is looked at each time."""
    written: list[str] = []

    def executed(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split()[0] in ("INSERT", "UPDATE", "DELETE"):
            written.append(statement)

    house = union.engine
    listening.listen(house.database.engine, "before_cursor_execute", executed)
    actor = union.directory.actor(person)
    try:
        with house.database.read() as connection:
            return preview_task(
                house, connection, actor, union.task(element).id, outcome, form or {}
            )
    finally:
        listening.remove(house.database.engine, "before_cursor_execute", executed)
        assert written == []


def before_start(union: Union, made: Any, person: str = "anna", **values: Any) -> list[Ahead]:
    definition = union.deploy(made)
    with union.engine.database.read() as connection:
        actor = union.directory.actor(person)
        return preview_start(union.engine, connection, actor, definition, values)


def said(ahead: list[Ahead]) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(one.element, one.keys, one.certain) for one in ahead]


def test_before_starting_the_first_step_is_certain_and_the_others_are_likely(union: Union) -> None:
    ahead = before_start(union, package(in_a_row(Step("check"), Step("sign", CHAIR))), amount=1)
    assert said(ahead) == [
        ("check", ("clerk@north",), True),
        ("sign", ("chair@north",), False),
    ]
    assert [one.element for one in certain_first(ahead)] == ["check"]


def test_what_is_asked_comes_true(union: Union) -> None:
    for amount, expected in ((500, "big"), (1, "small")):
        union.begin(branching(), amount=amount)
        ahead = asked(union, "carl", "check")
        union.agree("carl", "check")
        assert [one.element for one in ahead if one.certain] == union.open_steps() == [expected]
        assert list(ahead[0].keys) == union.keys(expected)


def test_the_form_as_typed_so_far_counts(union: Union) -> None:
    union.begin(branching(), amount=1)
    ahead = asked(union, "carl", "check", form={"note": "big"})
    assert ahead[0].element == "big"
    assert ahead[0].because == ("金额较大",)
    assert union.open_steps() == ["check"]


def test_another_outcome_leads_elsewhere_and_an_end_is_called_one(union: Union) -> None:
    union.begin(branching())
    ahead = asked(union, "carl", "check", "refuse")
    assert [(one.element, one.name, one.ends, one.certain) for one in ahead] == [
        ("off", "不予办理", True, True)
    ]


def test_what_the_form_cannot_decide_yet_is_only_likely(union: Union) -> None:
    body = branching().files["process.bpmn"].decode()
    body = body[body.index('isExecutable="true">') + 20 : body.index("</bpmn:process>")]
    made = package(body.replace("note = &quot;big&quot; or amount", "unknown_yet"))
    union.begin(made)
    assert all(not one.certain for one in asked(union, "carl", "check"))


def test_where_others_still_have_to_sign_they_come_first(union: Union) -> None:
    board = Step("vote", "board @ applicant.unit", 'rule="all"')
    union.begin(package(in_a_row(board, Step("sign", CHAIR))))
    ahead = asked(union, "bea", "vote")
    assert said(ahead)[0] == ("vote", ("person:bob", "person:bo"), True)
    assert (ahead[1].element, ahead[1].certain) == ("sign", False)
    union.agree("bea", "vote")
    union.agree("bob", "vote")
    assert said(asked(union, "bo", "vote"))[0] == ("sign", ("chair@north",), True)
    assert asked(union, "bo", "vote", "refuse")[0].element == "sign"


def test_a_fallback_a_recusal_and_a_repeated_approver_are_foreseen(union: Union) -> None:
    again = Step("again", CHAIR, facts={"skip_repeated": "adjacent"})
    union.begin(package(in_a_row(Step("first", CHAIR), again, Step("last", "deputy @ root"))))
    ahead = asked(union, "chan", "first")
    assert [(one.element, one.repeated, one.fallback) for one in ahead] == [
        ("again", True, False),
        ("last", False, True),
    ]
    union.begin(package(in_a_row(Step("check"), Step("sign", CHAIR))))
    union.act("chan", declare, about="anna")
    assert asked(union, "carl", "check")[0].keys == ("admin@top",)


def test_who_could_not_finish_the_task_is_not_told(union: Union) -> None:
    union.begin(package(in_a_row(Step("check"), Step("sign", CHAIR))))
    with pytest.raises(NotAllowed):
        asked(union, "anna", "check")
    with pytest.raises(NotFound):
        asked(union, "solo", "check")
    with pytest.raises(NotFound):
        before_start(union, package(in_a_row(Step("check"))), person="dee")


def test_forms_that_do_not_hold_yet_do_not_keep_it_from_saying_what_it_can(union: Union) -> None:
    ahead = before_start(union, package(in_a_row(Step("check"))), amount="many", stranger=1)
    assert ahead[0].element == "check"
