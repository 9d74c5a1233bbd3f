"""Properties: printing and parsing are inverse, arithmetic is decimal128, dates are dates."""

import datetime as dt
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import evaluate, parse, to_feel, to_json, tree
from engine.feel.lexer import quote
from engine.feel.printer import print_node
from engine.feel.temporal import Date

_DECIMAL128 = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144)

names = st.sampled_from(["a", "b c", "申请金额", "x-y", "terms and conditions", "p/q r"])
SPECIAL = ["x-y", "terms and conditions", "p/q r"]
leaves = st.one_of(
    st.integers(0, 10**9).map(lambda n: tree.NumberLiteral(Decimal(n))),
    st.decimals(0, 1000, places=3).map(lambda d: tree.NumberLiteral(Decimal(d))),
    st.text(max_size=8).map(tree.StringLiteral),
    st.booleans().map(tree.BooleanLiteral),
    st.just(tree.NullLiteral()),
    st.just(tree.AtLiteral("2024-05-01")),
    names.map(tree.Name),
)


def _step(ops: list[str], nodes: st.SearchStrategy[tree.Node]) -> st.SearchStrategy[tree.Node]:
    steps = st.lists(st.builds(tree.Step, st.sampled_from(ops), nodes), min_size=1, max_size=3)
    return st.builds(tree.Arithmetic, nodes, steps.map(tuple))


def _compound(nodes: st.SearchStrategy[tree.Node]) -> st.SearchStrategy[tree.Node]:
    several = st.lists(nodes, min_size=2, max_size=3).map(tuple)
    some = st.lists(nodes, max_size=3).map(tuple)
    iterations = st.lists(
        st.builds(tree.Iteration, names, nodes, st.none() | nodes), min_size=1, max_size=2
    ).map(tuple)
    unary = st.builds(tree.UnaryCompare, st.sampled_from(["<", ">=", "=", "!="]), nodes)
    types = st.sampled_from(
        [
            tree.TypeNode("number"),
            tree.TypeNode("days and time duration"),
            tree.TypeNode("list", (tree.TypeNode("string"),)),
            tree.TypeNode("context", (), (("a", tree.TypeNode("number")),)),
            tree.TypeNode("function", (tree.TypeNode("number"), tree.TypeNode("date"))),
        ]
    )
    parameters = st.lists(st.builds(tree.Parameter, names, st.none() | types), max_size=2).map(
        tuple
    )
    return st.one_of(
        st.builds(tree.Path, nodes, st.sampled_from(["a", "time offset"])),
        st.builds(tree.Filter, nodes, nodes),
        st.builds(tree.Logic, st.sampled_from(["and", "or"]), several),
        _step(["+", "-"], nodes),
        _step(["*", "/"], nodes),
        _step(["**"], nodes),
        st.builds(tree.Negation, nodes),
        st.builds(tree.Compare, st.sampled_from(["=", "!=", "<", ">="]), nodes, nodes),
        st.builds(tree.Between, nodes, nodes, nodes),
        st.builds(tree.In, nodes, st.lists(nodes | unary, min_size=1, max_size=3).map(tuple)),
        st.builds(tree.RangeLiteral, nodes, nodes, st.booleans(), st.booleans()),
        st.builds(tree.If, nodes, nodes, nodes),
        st.builds(tree.For, iterations, nodes),
        st.builds(tree.Quantified, st.sampled_from(["some", "every"]), iterations, nodes),
        st.builds(tree.InstanceOf, nodes, types),
        st.builds(tree.FunctionLiteral, parameters, nodes),
        st.builds(tree.Call, nodes, some),
        st.builds(
            tree.NamedCall,
            nodes,
            st.lists(st.tuples(st.sampled_from(["n", "start position"]), nodes), min_size=1)
            .map(lambda pairs: pairs[:2])
            .map(tuple),
        ),
        st.builds(tree.ListLiteral, some),
        st.builds(
            tree.ContextLiteral,
            st.lists(st.tuples(names | st.text(max_size=4), nodes), max_size=2).map(tuple),
        ),
    )


trees = st.recursive(leaves, _compound, max_leaves=8)


@pytest.mark.parametrize("key", ['"', '"0', 'a"', "a//b", "/*", "a  b", ""])
def test_a_key_that_is_no_name_is_printed_as_a_string(key: str) -> None:
    node = tree.ContextLiteral(((key, tree.NullLiteral()), (key, tree.NullLiteral())))

    assert parse(print_node(node)) == node


@settings(max_examples=150, deadline=None)
@given(trees)
def test_a_printed_tree_parses_to_itself(node: tree.Node) -> None:
    text = print_node(node)

    assert parse(text, names=SPECIAL) == node, text


numbers = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=Decimal("-1e12"), max_value=Decimal("1e12")
).map(lambda d: +_DECIMAL128.create_decimal(d))


@settings(max_examples=100, deadline=None)
@given(numbers, numbers, st.sampled_from(["+", "-", "*", "/"]))
def test_arithmetic_is_that_of_decimal128(a: Decimal, b: Decimal, op: str) -> None:
    operations = {
        "+": _DECIMAL128.add,
        "-": _DECIMAL128.subtract,
        "*": _DECIMAL128.multiply,
        "/": _DECIMAL128.divide,
    }
    try:
        expected = operations[op](a, b)
    except DecimalException:
        expected = None

    assert evaluate(f"a {op} b", {"a": a, "b": b}) == expected


@settings(max_examples=100, deadline=None)
@given(st.dates(), st.dates())
def test_dates_agree_with_python(a: dt.date, b: dt.date) -> None:
    left, right = Date(a.year, a.month, a.day), Date(b.year, b.month, b.day)

    assert left.ordinal() - right.ordinal() == (a - b).days
    assert Date.from_ordinal(left.ordinal()) == left
    assert (left.weekday(), left.week_of_year()) == (a.isoweekday(), a.isocalendar().week)
    assert left.day_of_year() == a.timetuple().tm_yday


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_survives_quoting(text: str) -> None:
    # A lone surrogate is no character; FEEL texts cannot hold one.
    whole = text.encode("utf-8", "replace").decode()

    assert evaluate(quote(whole)) == whole


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(-1e9, 1e9, allow_nan=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3).filter(lambda key: key != "@"), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(max_examples=100, deadline=None)
@given(json_values)
def test_json_comes_back_as_it_went_in(value: object) -> None:
    assert to_json(to_feel(value)) == value
