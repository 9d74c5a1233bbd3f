"""Decision tables: gaps, contradictions and rules that never answer, exactly as the table itself behaves."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import DmnError, DmnModel, load_dmn
from engine.feel.dmn.elements import HitPolicy
from engine.proving.boxes import meeting, uncovered
from engine.proving.columns import grid_of
from engine.proving.tables import of_model
from schemas.finding import Finding

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT.parent / "shared" / "corpora" / "dmn-tck"


def table(
    *rules: str,
    policy: str = "UNIQUE",
    types: tuple[str, ...] = ("number",),
    names: str = "abc",
    values: str = "",
    outputs: str = "",
    default: str = "",
) -> DmnModel:
    """A table with a rule `test | test -> output` in each text."""
    inputs = "".join(f'<inputData id="d{name}" name="{name}"/>' for name in names[: len(types)])
    needs = "".join(
        f'<informationRequirement><requiredInput href="#d{name}"/></informationRequirement>'
        for name in names[: len(types)]
    )
    allowed = f"<inputValues><text>{escape(values)}</text></inputValues>" if values else ""
    columns = "".join(
        f'<input><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression>{allowed}</input>'
        for kind, name in zip(types, names, strict=False)
    )
    out = f"<outputValues><text>{escape(outputs)}</text></outputValues>" if outputs else ""
    if default:
        out += f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>"
    rows = ""
    for rule in rules:
        tests, _, output = rule.partition("->")
        cells = "".join(
            f"<inputEntry><text>{escape(one.strip())}</text></inputEntry>"
            for one in tests.split("|")
        )
        rows += f"<rule>{cells}<outputEntry><text>{escape(output.strip() or '1')}</text></outputEntry></rule>"
    return load_dmn(
        f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="n">
        {inputs}<decision id="t" name="t">{needs}<decisionTable hitPolicy="{policy}">{columns}
        <output>{out}</output>{rows}</decisionTable></decision></definitions>""".encode()
    )


def found(model: DmnModel) -> list[Finding]:
    assert model.problems == []
    return list(of_model(model, "t.dmn"))


def rules_of(model: DmnModel) -> list[str]:
    return [one.rule for one in found(model)]


def test_a_table_that_answers_everything_once_has_no_findings():
    assert found(table("< 10", "[10..20)", ">= 20")) == []


@pytest.mark.parametrize(
    ("rules", "types", "said"),
    [
        (["< 10", "> 10"], ("number",), "a = 10 (for example a = 10)"),
        (["< 10", ">= 12"], ("number",), "a in [10..12) (for example a = 10)"),
        (["<= 10", ">= 11"], ("number",), "a in (10..11) (for example a = 10.5)"),
        (['"x"', '"y","z"'], ("string",), 'a anything but "x", "y", "z" (for example a = "…")'),
        (["true"], ("boolean",), "a = false (for example a = false)"),
        (
            ['< date("2026-01-01")', '> date("2026-01-02")'],
            ("date",),
            "a = 2026-01-01 or = 2026-01-02 (for example a = 2026-01-01)",
        ),
        (
            ['not("x")'],
            ("string",),
            'a = "x" (for example a = "x")',
        ),
        (
            ['< @"P1Y"', '>= @"P2Y"'],
            ("years and months duration",),
            "a in [P1Y..P2Y) (for example a = P1Y)",
        ),
        (["? > 5", "? < 5"], ("number",), "a = 5 (for example a = 5)"),
        (["null", "< 5"], ("number",), "a >= 5 (for example a = 5)"),
        (
            ["< 5 | true", ">= 5 | -"],
            ("number", "boolean"),
            "a < 5 and b = false (for example a = 4, b = false)",
        ),
    ],
)
def test_what_no_rule_answers_is_said_with_an_example(rules, types, said):
    (one,) = found(table(*rules, types=types))
    assert (one.rule, one.severity) == ("table_gap", "warning")
    assert one.message == f"t: no rule answers for {said}"


@pytest.mark.parametrize(
    ("rules", "options"),
    [
        (
            ['date("2026-01-01")', '< date("2026-01-01")', '>= date("2026-01-02")'],
            {"types": ("date",)},
        ),
        (["< 10", "> 10"], {"default": "7"}),
        (["< 10"], {"policy": "COLLECT"}),
        (["< 10"], {"policy": "RULE ORDER"}),
        (['"x"', '"y"'], {"types": ("string",), "values": '"x","y"'}),
        (["[1..2]", "(2..5]"], {"values": "[1..5]"}),
        (["< 10", "-"], {"policy": "FIRST"}),
    ],
)
def test_there_is_no_gap_where_nothing_lies_or_another_answer_is_given(rules, options):
    assert found(table(*rules, **options)) == []


def test_money_is_whole():
    assert found(table("<= 10", ">= 11", names=["sum_fen"])) == []


def test_rules_that_both_answer_under_unique_are_an_error_with_their_cells():
    (one,) = found(table("<= 10", ">= 10"))
    assert (one.rule, one.severity) == ("table_overlap", "error")
    assert "rules 1 and 2 both answer for a = 10" in one.message
    assert [tuple(cell) for cell in one.cells] == [(1, 1), (2, 1)]


def test_columns_that_ask_for_one_fact_may_never_meet_so_it_is_only_a_warning():
    (one,) = found(
        table(
            "<= 10 | true",
            ">= 10 | true",
            "- | false",
            types=("number", "boolean"),
            names=["a", "a > 3"],
        )
    )
    assert (one.rule, one.severity) == ("table_overlap", "warning")


def test_under_any_rules_may_meet_where_they_say_the_same():
    assert rules_of(table("<= 10 -> 1", ">= 10 -> 1.0", policy="ANY")) == []
    assert rules_of(table("<= 10 -> 1", ">= 10 -> 2", policy="ANY")) == ["table_overlap"]


def test_a_rule_behind_others_that_always_answer_is_never_reached():
    (one,) = found(table("< 10", ">= 10", "> 20", policy="FIRST"))
    assert (one.rule, one.severity) == ("rule_unreachable", "warning")
    assert [tuple(cell) for cell in one.cells] == [(3, 1)]


def test_under_priority_the_weightier_answer_hides_the_other_wherever_it_stands():
    weighty = table(
        '> 20 -> "low"',
        '> 10 -> "high"',
        '<= 10 -> "low"',
        policy="PRIORITY",
        outputs='"high","low"',
    )
    assert [tuple(cell) for cell in found(weighty)[0].cells] == [(1, 1)]
    other = table(
        '> 20 -> "high"',
        '> 10 -> "low"',
        '<= 10 -> "low"',
        policy="PRIORITY",
        outputs='"high","low"',
    )
    assert found(other) == []


def test_a_cell_that_nothing_satisfies_is_shown():
    found_ = found(table("[5..3] | true", "- | -", policy="FIRST", types=("number", "boolean")))
    assert [(one.rule, [tuple(cell) for cell in one.cells]) for one in found_] == [
        ("rule_unreachable", [(1, 1)])
    ]


@pytest.mark.parametrize("cell", ["? * 2 > 4", "b", "> b", "today()", 'contains(?, "x")'])
def test_a_cell_beyond_constants_is_said_to_be_not_looked_at(cell):
    one = found(table(cell, "-", policy="FIRST", types=("number",)))[0]
    assert one.rule == "table_not_looked_at"
    assert [tuple(each) for each in one.cells] == [(1, 1)]


def test_what_is_not_looked_at_is_neither_a_gap_nor_a_contradiction():
    assert rules_of(table("? * 2 > 4", "< 100")) == ["table_not_looked_at"]


# --- the table itself agrees --------------------------------------------------------------------------

CELLS = {
    "number": [
        "-",
        "1",
        "< 2",
        "<= 2",
        "> 1",
        "[1..3]",
        "(1..3)",
        "]2..4[",
        "1,3",
        "not(2)",
        "not(< 2)",
        "null",
    ],
    "string": ["-", '"a"', '"b"', '"a","b"', 'not("a")', "null"],
    "boolean": ["-", "true", "false", "not(true)", "null"],
}
POINTS: dict[str, list[Any]] = {
    "number": [Decimal(one) / 2 for one in range(-1, 12)],
    "string": ["a", "b", "c"],
    "boolean": [True, False],
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[DmnModel, tuple[str, ...], str]:
    types = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=3).map(tuple))
    rule = st.tuples(*(st.sampled_from(CELLS[kind]) for kind in types))
    rows = draw(st.lists(rule, min_size=1, max_size=5))
    policy = draw(st.sampled_from(["UNIQUE", "FIRST", "ANY"]))
    texts = [" | ".join(cells) + f" -> {draw(st.integers(1, 2))}" for cells in rows]
    return table(*texts, policy=policy, types=types), types, policy


def matches(model: DmnModel, point: dict[str, Any]) -> set[int]:
    """The rules that the table itself says match."""
    result = model.decide("t", point, explain=True)
    (told,) = result.explanations
    missed = {miss.rule for miss in told.misses}
    rules = len(model.tables[0].table.rules)
    return set(range(1, rules + 1)) - missed


@given(tables())
@settings(max_examples=150, deadline=None)
def test_small_tables_are_judged_as_trying_everything_does(drawn):
    model, types, policy = drawn
    columns = [
        [
            *POINTS[kind],
            *(
                [None]
                if any("null" in rule.tests[place] for rule in model.tables[0].table.rules)
                else []
            ),
        ]
        for place, kind in enumerate(types)
    ]
    answers = [
        matches(model, dict(zip("abc", point, strict=False)))
        for point in itertools.product(*columns)
    ]
    said = found(model)
    rules = {one.rule for one in said}
    assert ("table_gap" in rules) == any(not one for one in answers)
    outputs = [rule.outputs[0] for rule in model.tables[0].table.rules]
    pairs = {
        (one, other)
        for hit in answers
        for one, other in itertools.combinations(sorted(hit), 2)
        if policy != "ANY" or outputs[one - 1] != outputs[other - 1]
    }
    reported = {
        tuple(sorted({cell.row for cell in one.cells}))
        for one in said
        if one.rule == "table_overlap"
    }
    assert reported == (pairs if policy != "FIRST" else set())
    reached = {min(hit) if policy == "FIRST" else one for hit in answers if hit for one in hit}
    never = {one.cells[0].row for one in said if one.rule == "rule_unreachable"}
    assert never == set(range(1, len(outputs) + 1)) - reached


# --- tables of others -----------------------------------------------------------------------------------

FILES = sorted([*ROOT.glob("processes/**/*.dmn"), *CORPUS.glob("**/*.dmn")])


def loaded(path: Path) -> DmnModel | None:
    beside = [one.read_bytes() for one in path.parent.glob("*.dmn") if one != path]
    for imports in ((), beside):
        try:
            return load_dmn(path.read_bytes(), imports)
        except DmnError:
            continue
    return None


def test_every_table_of_the_corpora_is_looked_at_and_its_examples_hold():
    seen = gaps = overlaps = 0
    for path in FILES:
        model = loaded(path)
        if model is None:
            continue
        for use in model.tables:
            list(of_model(model, path.name))
            seen += 1
            grid = grid_of(model, use.table)
            boxes = [grid.box(rule) for rule in range(len(use.table.rules))]
            known = [rule for rule in range(len(boxes)) if grid.is_known(rule)]
            if len(known) == len(boxes):
                for gap in uncovered(grid.space, boxes, most=20):
                    gaps += 1
                    assert holding(grid, grid.example(gap)) == set(), (path, use.owner)
            if use.table.hit_policy is HitPolicy.UNIQUE:
                for one, other in itertools.combinations(known, 2):
                    if common := meeting(boxes[one], boxes[other]):
                        overlaps += 1
                        assert {one, other} <= holding(grid, grid.example(common))
    assert seen >= (50 if CORPUS.is_dir() else 5)
    assert gaps


def holding(grid: Any, values: list[Any]) -> set[int]:
    """The rules whose cells all say yes to these values, asked one by one."""
    from engine.feel import unary_test

    return {
        number
        for number, rule in enumerate(grid.table.rules)
        if all(
            test in ("", "-") or unary_test(test, value) is True
            for test, value in zip(rule.tests, values, strict=False)
        )
    }
