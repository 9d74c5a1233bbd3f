"""Files as a whole: requirements, types, services, imports, boxed expressions, refusals."""

import pytest

from engine.feel import DmnError, ProblemKind, load_dmn, to_json
from engine.feel.dmn.elements import HitPolicy
from tests.engine.feel.dmn.builders import decision, definitions, input_data, literal, table


def test_required_decisions_are_made_first_and_once() -> None:
    model = load_dmn(
        definitions(
            input_data("申请金额", "number"),
            decision("base", literal("申请金额 * 2"), inputs="申请金额"),
            decision("left", literal("base + 1"), decisions="base"),
            decision("right", literal("base + 2"), decisions="base"),
            decision("all in all", literal("left * right"), decisions="left,right"),
        )
    )

    assert model.decide("all in all", {"申请金额": 1}).value == 12


def test_names_with_operators_resolve_where_they_are_required() -> None:
    model = load_dmn(
        definitions(
            input_data("a-b", "number"),
            input_data("terms and conditions", "number"),
            decision("d", literal("a-b - terms and conditions"),
                     inputs="a-b,terms and conditions"),
        )
    )  # fmt: skip

    assert model.decide("d", {"a-b": 5, "terms and conditions": 3}).value == 2


def test_a_decision_that_requires_itself_is_refused() -> None:
    model = load_dmn(definitions(decision("a", literal("b"), decisions="b"),
                                 decision("b", literal("a"), decisions="a")))  # fmt: skip

    with pytest.raises(DmnError, match="requires itself"):
        model.decide("a", {})


def test_a_missing_input_and_a_wrong_type_are_null_and_said() -> None:
    model = load_dmn(
        definitions(input_data("x", "number"), decision("d", literal("x"), inputs="x"))
    )

    assert "not given" in model.decide("d", {}).problems[0].message
    wrong = model.decide("d", {"x": "text"})
    assert wrong.value is None
    assert wrong.problems[0].kind is ProblemKind.WRONG_TYPE


def test_a_text_from_json_becomes_the_date_that_the_type_demands() -> None:
    items = (
        '<itemDefinition name="tCase"><itemComponent name="since"><typeRef>date</typeRef>'
        '</itemComponent><itemComponent name="days" isCollection="true"><typeRef>date</typeRef>'
        "</itemComponent></itemDefinition>"
    )
    model = load_dmn(
        definitions(
            items,
            input_data("case", "tCase"),
            decision("d", literal("[case.since.year, case.days[1].month]"), inputs="case"),
        )
    )

    result = model.decide("d", {"case": {"since": "2024-05-01", "days": ["2023-06-01"]}})

    assert to_json(result.value) == [2024, 6]


@pytest.mark.parametrize(("kind", "allowed"), [("illness", True), ("holiday", False)])
def test_allowed_values_are_checked(kind: str, allowed: bool) -> None:
    items = (
        '<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues>'
        '<text>"illness", "death"</text></allowedValues></itemDefinition>'
    )
    model = load_dmn(
        definitions(items, input_data("k", "tKind"), decision("d", literal("k"), inputs="k"))
    )

    assert model.decide("d", {"k": kind}).value == (kind if allowed else None)


KNOWLEDGE = """<businessKnowledgeModel id="k_factorial" name="factorial">
<variable name="factorial" typeRef="number"/><encapsulatedLogic>
<formalParameter name="n" typeRef="number"/><literalExpression>
<text>if n = 0 then 1 else n * factorial(n - 1)</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel>"""


def test_a_knowledge_model_is_a_function_and_may_call_itself() -> None:
    model = load_dmn(
        definitions(KNOWLEDGE, decision("d", literal("factorial(20)"), knowledge="factorial"))
    )

    assert model.decide("d", {}).value == 2432902008176640000
    assert model.decide("factorial", {"n": 5}).value == 120


SERVICE = """<decisionService id="k_service" name="service"><variable name="service"/>
<outputDecision href="#d_double"/><inputData href="#i_x"/></decisionService>"""


def test_a_service_is_called_with_its_inputs() -> None:
    model = load_dmn(
        definitions(
            input_data("x", "number"),
            decision("double", literal("x * 2"), inputs="x"),
            SERVICE,
            decision("d", literal("service(4) + service(x: 1)"), knowledge="service"),
        )
    )

    assert model.decide("service", {"x": 5}).value == 10
    assert model.decide("d", {}).value == 10
    assert model.decide("service", {"x": "no"}).value is None


def test_imported_files_are_reached_by_their_alias() -> None:
    inner = definitions(
        input_data("x", "number"), decision("double", literal("x * 2"), inputs="x"),
        name="inner", namespace="urn:inner",
    )  # fmt: skip
    outer = definitions(
        '<import name="the other" namespace="urn:inner" importType="DMN"/>'
        '<decision id="d" name="d"><variable name="d"/><informationRequirement>'
        '<requiredDecision href="urn:inner#d_double"/></informationRequirement>'
        + literal("the other.double + 1") + "</decision>"
    )  # fmt: skip

    assert load_dmn(outer, imports=[inner]).decide("d", {"x": 3}).value == 7
    assert load_dmn(outer, imports=[load_dmn(inner)]).decide("d", {"{urn:inner}x": 4}).value == 9
    assert "not at hand" in load_dmn(outer).problems[0].message


def test_files_that_import_each_other_are_refused() -> None:
    one = definitions('<import name="b" namespace="urn:b" importType="DMN"/>', namespace="urn:a")
    two = definitions('<import name="a" namespace="urn:a" importType="DMN"/>', namespace="urn:b")

    with pytest.raises(DmnError, match="imports itself"):
        load_dmn(one, imports=[one, two])


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ("<list>" + literal("1") + literal("x") + "</list>", [1, 3]),
        ('<context><contextEntry><variable name="a b"/>' + literal("x + 1")
         + "</contextEntry><contextEntry>" + literal("a b * 2") + "</contextEntry></context>", 8),
        ('<relation><column name="p"/><column name="q"/><row>' + literal("1") + literal("2")
         + "</row></relation>", [{"p": 1, "q": 2}]),
        ("<conditional><if>" + literal("x > 1") + "</if><then>" + literal("1")
         + "</then><else>" + literal("2") + "</else></conditional>", 1),
        ("<filter><in>" + literal("[1, 4]") + "</in><match>" + literal("item > x")
         + "</match></filter>", [4]),
        ('<for iteratorVariable="e"><in>' + literal("[1, 2]") + "</in><return>"
         + literal("e * x") + "</return></for>", [3, 6]),
        ('<some iteratorVariable="e"><in>' + literal("[1, 2]") + "</in><satisfies>"
         + literal("e = x") + "</satisfies></some>", False),
        ('<every iteratorVariable="e"><in>' + literal("[1, 2]") + "</in><satisfies>"
         + literal("e < x") + "</satisfies></every>", True),
        ("<invocation>" + literal("function(a, b) a - b") + '<binding><parameter name="b"/>'
         + literal("1") + '</binding><binding><parameter name="a"/>' + literal("x")
         + "</binding></invocation>", 2),
    ],
)  # fmt: skip
def test_a_boxed_expression(logic: str, expected: object) -> None:
    model = load_dmn(definitions(input_data("x", "number"), decision("d", logic, inputs="x")))

    assert model.problems == []
    assert to_json(model.decide("d", {"x": 3}).value) == expected


def test_a_model_shows_its_tables_as_data() -> None:
    xml = table(["x"], [(["> 1"], ["2"])], policy="FIRST")
    model = load_dmn(definitions(input_data("x"), decision("d", xml, inputs="x")))

    (use,) = model.tables
    assert use.owner == "d"
    assert use.table.hit_policy is HitPolicy.FIRST
    assert use.table.inputs[0].expression == "x"
    assert (use.table.rules[0].id, use.table.rules[0].tests) == ("r1", ("> 1",))
    assert use.table.annotations == ("why",)
    assert [each.name for each in model.decisions] == ["d"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no xml", "not XML"),
        (b"<definitions/>", "not DMN"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>', "document type"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "document type"),
        (definitions(decision("d", '<decisionTable hitPolicy="BEST"/>')), "no hit policy"),
        (definitions(decision("d", '<decisionTable aggregation="AVG"/>')), "no aggregation"),
    ],
)
def test_a_file_that_cannot_be_trusted_or_read_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(DmnError, match=words):
        load_dmn(data)


@pytest.mark.parametrize("depth", [50, 120, 240])
def test_a_deeply_nested_file_is_read_or_refused(depth: int) -> None:
    logic = "<list>" * depth + literal("1") + "</list>" * depth
    try:
        model = load_dmn(definitions(decision("d", logic)))
    except DmnError:
        return
    assert isinstance(model.decide("d", {}).value, list | None)


def test_an_unknown_decision_is_refused_with_a_hint() -> None:
    model = load_dmn(definitions(decision("routing", literal("1"))))

    with pytest.raises(DmnError, match='did you mean "routing"'):
        model.decide("rooting", {})


def test_what_the_engine_does_not_do_is_said_when_the_file_is_loaded() -> None:
    java = '<functionDefinition kind="Java"><context/></functionDefinition>'
    python = '<literalExpression expressionLanguage="python"><text>1</text></literalExpression>'
    model = load_dmn(definitions(decision("a", java), decision("b", python)))

    assert [each.kind for each in model.problems] == [ProblemKind.UNSUPPORTED] * 2
    assert model.decide("b", {}).value is None
