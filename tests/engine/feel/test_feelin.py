"""Agreement with `feelin`, which evaluates forms in the browser, on what forms use.

Where the two differ on purpose, `DEVIATIONS` has an example by the name that docs/feel.md uses,
and the generated expressions stay clear of it.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import evaluate_result, to_json

ROOT = Path(__file__).parents[3]
FEELIN = ROOT / "webapp/frontend/node_modules/@bpmn-io/feelin/dist/index.js"
PAGE = ROOT / "docs" / "feel.md"

Oracle = Callable[..., Any]


@pytest.fixture(scope="module")
def feelin() -> Iterator[Oracle]:
    """`feelin(text, context)`: what the browser says."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node on this machine")
    if not FEELIN.is_file():
        pytest.skip("the front end's packages are not installed (make assets)")
    command = [node, str(Path(__file__).with_name("feelin.mjs")), str(FEELIN)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def ask(text: str, context: dict[str, Any], *, unary: bool = False) -> Any:
            question = {"text": text, "context": context, "unary": unary}
            asked.write(json.dumps(question) + "\n")
            asked.flush()
            answer = json.loads(answers.readline())
            assert "error" not in answer, (text, answer)
            return answer["value"]

        yield ask
        asked.close()


def ours(text: str, context: dict[str, Any]) -> Any:
    return to_json(evaluate_result(text, context).value)


# -- what forms use ---------------------------------------------------------------------------

NAMES = {
    "number": ["amount", "申请金额", "family income", "rows[1].n", "empty_number"],
    "text": ["kind", "单位", "rows[-1].label", "empty_text"],
    "boolean": ["by_agent", "特殊情况", "empty_flag"],
}
contexts = st.fixed_dictionaries(
    {
        "amount": st.integers(-100, 100_000),
        "申请金额": st.integers(0, 100),
        "family income": st.none() | st.integers(0, 100),
        "empty_number": st.none(),
        "kind": st.sampled_from(["illness", "death", "", "其他"]),
        "单位": st.none() | st.text("ab工会 ", max_size=4),
        "empty_text": st.none(),
        "by_agent": st.booleans(),
        "特殊情况": st.none() | st.booleans(),
        "empty_flag": st.none(),
        "day": st.dates().map(str),
        "rows": st.lists(
            st.fixed_dictionaries(
                {"n": st.integers(0, 50), "label": st.sampled_from(["x", "y", "中文"])}
            ),
            min_size=1,
            max_size=4,
        ),
        "files": st.lists(st.sampled_from(["a", "b", "诊断证明"]), max_size=3),
    }
)


def _grow(kind: str, depth: int) -> st.SearchStrategy[str]:
    leaf = {
        "number": st.sampled_from(NAMES["number"]) | st.integers(0, 200).map(str),
        "text": st.sampled_from(NAMES["text"]) | st.sampled_from(['"illness"', '"x"', '""']),
        "boolean": st.sampled_from([*NAMES["boolean"], "true", "false"]),
    }[kind]
    if depth == 0:
        return leaf
    number, text, boolean = (_grow(k, depth - 1) for k in ("number", "text", "boolean"))
    # Null against an interval and among conditions of "every" are deviations: these are not null.
    certain = st.sampled_from(["amount", "申请金额", "rows[1].n", "count(files)", "7"])
    about_row = st.sampled_from(["r.n > 9", 'r.label = "x"', "r.n * 2 <= amount", "r.n != amount"])
    about_item = about_row.map(lambda t: t.replace("r.", "item."))
    day = st.sampled_from(['date("2024-02-29")', "date(day)", 'date(day) + duration("P1M")'])
    compare = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
    equals = st.sampled_from(["=", "!="])
    several = st.sampled_from(['("illness", "death")', '("x")', '("", "其他", "x")'])
    span = st.sampled_from(["[1..10]", "(0..50)", "(5, 7, 100)", "[0..100)"])
    build: dict[str, list[st.SearchStrategy[str]]] = {
        "number": [
            st.builds("({} {} {})".format, number, st.sampled_from("+-*"), number),
            st.builds("-({})".format, number),
            st.builds("if {} then {} else {}".format, boolean, number, number).map("({})".format),
            st.builds("string length({})".format, text),
            st.builds("count(rows[{}])".format, about_item),
            st.builds("sum(rows[{}].n)".format, about_item),
            st.builds("{}({}, {})".format, st.sampled_from(["min", "max", "sum"]), certain, certain),
            st.builds("abs({})".format, number),
            st.builds("({}).{}".format, day, st.sampled_from(["year", "month", "day"])),
            st.just("rows[n > 10][1].n"),
        ],
        "text": [
            st.builds("({} + {})".format, text, text),
            st.builds("if {} then {} else {}".format, boolean, text, text).map("({})".format),
            st.builds("{} case({})".format, st.sampled_from(["upper", "lower"]), text),
            st.builds('string join(rows[{}].label, "、")'.format, about_item),
            st.builds("string({})".format, certain),
        ],
        "boolean": [
            st.builds("({} {} {})".format, number, compare, number),
            st.builds("({} {} {})".format, text, equals, text),
            st.builds("({} {} {})".format, boolean, st.sampled_from(["and", "or"]), boolean),
            st.builds("({} {} null)".format, number | text | boolean, equals),
            st.builds("not({})".format, boolean),
            st.builds("({} in {})".format, text, several),
            st.builds("({} in {})".format, certain, span),
            st.builds("({} between {})".format, number, st.sampled_from(["1 and 10", "7 and 500"])),
            st.builds(
                "({} r in rows satisfies {})".format, st.sampled_from(["some", "every"]), about_row
            ),
            st.builds("list contains(files, {})".format, text),
            st.builds("{}({}, {})".format, st.sampled_from(["contains", "starts with"]), text, text),
            st.builds("({} {} {})".format, day, compare, day),
            st.builds('matches({}, "^[a-x]+$")'.format, text),
        ],
    }  # fmt: skip
    return st.one_of(leaf, *build[kind])


lists = st.sampled_from(
    [
        "rows.label",
        "rows[n > 10]",
        "files",
        "for r in rows return r.n + 1",
        "rows[item.n > amount].n",
    ]
)
values = st.one_of(_grow("number", 2), _grow("text", 2), _grow("boolean", 3), lists)


@settings(max_examples=250, deadline=None)
@given(text=values, context=contexts)
def test_forms_compute_the_same_in_the_browser(
    feelin: Oracle, text: str, context: dict[str, Any]
) -> None:
    assert ours(text, context) == feelin(text, context), text


@settings(max_examples=150, deadline=None)
@given(text=_grow("boolean", 3), context=contexts)
def test_forms_hide_the_same_in_the_browser(
    feelin: Oracle, text: str, context: dict[str, Any]
) -> None:
    # A condition that is null is the deviation "null condition": nobody is asked about it.
    decided = ours(text, context)
    if decided is not None:
        assert feelin(text, context, unary=True) is decided, text


@settings(max_examples=60, deadline=None)
@given(numbers=st.lists(st.decimals(0, 10**6, places=2), min_size=3, max_size=3))
def test_fractions_agree_as_far_as_the_browser_is_exact(feelin: Oracle, numbers: list[Any]) -> None:
    a, b, c = numbers
    text = f"({a} + {b}) * {c} / 7 - {a}"

    assert float(ours(text, {})) == pytest.approx(feelin(text, {}), rel=1e-9, abs=1e-6)


# -- where they differ ------------------------------------------------------------------------

#: name: [(expression, what the standard and the server say, what the browser says)]
DEVIATIONS: dict[str, list[tuple[str, Any, Any]]] = {
    "binary fractions": [("0.1 + 0.2 = 0.3", True, False), ("decimal(2.345, 2)", 2.34, 2.35)],
    "mixed types": [
        ('5 > "a"', None, False), ('5 != "a"', None, True), ('"5" > 4', None, True),
        ("1 = [1]", None, True), ("true > 1", None, False),
    ],
    "condition of if": [('if 5 then "yes" else "no"', None, "yes")],
    "null in an interval": [("null in [1..10]", None, False)],
    "ends in the wrong order": [("5 between 10 and 1", False, True)],
    "null in every": [("every x in [1, null] satisfies x > 0", None, False)],
    "substring behind the end": [('substring("abc", 9)', None, "")],
    "instance of": [("5 instance of number", True, False)],
    "exponents": [("1e3", 1000, 1)],
}  # fmt: skip


@pytest.mark.parametrize("name", DEVIATIONS)
def test_a_known_deviation_is_still_one_and_is_on_the_page(feelin: Oracle, name: str) -> None:
    for text, server, browser in DEVIATIONS[name]:
        assert (ours(text, {}), feelin(text, {})) == (server, browser), text
    page = PAGE.read_text(encoding="utf-8")
    assert f"| {name} |" in page
    assert any(f"`{text}`" in page for text, *_ in DEVIATIONS[name])


def test_a_null_condition_hides_in_the_browser_only(feelin: Oracle) -> None:
    assert feelin("amount > 5", {"amount": None}, unary=True) is True
    assert ours("amount > 5", {"amount": None}) is None
    assert "| null condition |" in PAGE.read_text(encoding="utf-8")
