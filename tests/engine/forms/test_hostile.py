"""Whatever a request contains is an error of a field, never an exception."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.forms import Known, compile_form

OPTIONS = [{"label": "甲", "value": "a"}, {"label": "一", "value": 1}]
EVERYTHING = {
    "type": "default",
    "schemaVersion": 18,
    "components": [
        {"type": "textfield", "key": "line", "label": "a", "validate": {"pattern": "^(a+)+$"}},
        {"type": "textarea", "key": "text", "label": "a"},
        {"type": "number", "key": "number", "label": "a", "decimalDigits": 2},
        {"type": "money", "key": "x_fen", "label": "a", "validate": {"max": "=number * 2"}},
        {"type": "select", "key": "select", "label": "a", "values": OPTIONS},
        {"type": "checklist", "key": "list", "label": "a", "values": OPTIONS},
        {"type": "checkbox", "key": "tick", "label": "a"},
        {"type": "datetime", "subtype": "date", "key": "day", "label": "a"},
        {"type": "idcard", "key": "card", "label": "a", "properties": {"sensitive": "id_card"}},
        {"type": "bankaccount", "key": "bank", "label": "a"},
        {"type": "mobile", "key": "phone", "label": "a"},
        {
            "type": "persons",
            "key": "helpers",
            "label": "a",
            "properties": {"candidates": "r @ root"},
        },
        {"type": "attachments", "key": "files", "label": "a"},
        {
            "type": "dynamiclist",
            "path": "rows",
            "label": "a",
            "components": [
                {
                    "type": "textfield",
                    "key": "a",
                    "label": "a",
                    "conditional": {"hide": "=this.b > 3"},
                },
                {"type": "number", "key": "b", "label": "a"},
                {"type": "expression", "key": "c", "expression": "=this.b + number"},
            ],
        },
        {"type": "expression", "key": "sum", "expression": "=sum(rows.b) + number"},
        {
            "type": "group",
            "path": "group",
            "components": [{"type": "textfield", "key": "inner", "label": "a"}],
            "conditional": {"hide": "=tick"},
        },
    ],
}
FORM = compile_form(EVERYTHING)
KEYS = [path for path, _ in FORM.fields() if "." not in path] + ["group"]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["2026-02-29", "a", "11010519491231002X", {"keep": "t"}, "aaaaaaaaaaaaaa!"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*KEYS, "a", "b", "inner", "keep"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(
    data=st.dictionaries(st.sampled_from([*KEYS, "strange"]), json_values, max_size=12),
    partial=st.booleans(),
)
def test_any_json_gives_errors_or_clean_json(data, partial, now):
    cleaned = FORM.validate(data, context={}, known=Known(), now=now, partial=partial)
    for error in cleaned.errors:
        assert error.message("zh")
        assert error.message("en")
        assert len(error.path) < 100
    json.dumps(cleaned.values, allow_nan=False).encode()
    if cleaned.ok and not partial:
        again = FORM.validate(cleaned.values, context={}, known=Known(), now=now)
        assert again.ok, "what was cleaned is clean"


@pytest.fixture(scope="module")
def now():
    import datetime

    return datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize("data", [None, [], "x", 5, True, math.nan])
def test_a_form_that_is_no_object_is_refused(data, now):
    (error,) = FORM.validate(data, context={}, known=Known(), now=now).errors
    assert error.code == "wrong_type"


def refuse(now, data):
    cleaned = FORM.validate(data, context={}, known=Known(), now=now)
    return [(error.path, error.code) for error in cleaned.errors]


def test_deep_nesting_is_refused_without_walking_it(now):
    deep: object = "x"
    for _ in range(100_000):
        deep = [deep]
    assert ("line", "wrong_type") in refuse(now, {"line": deep})
    inner: dict = {}
    top = inner
    for _ in range(100_000):
        inner["group"] = {}
        inner = inner["group"]
    assert refuse(now, top) == [("group.group", "unknown_field")]


def test_a_huge_text_is_refused_by_length(now):
    assert refuse(now, {"line": "长" * 10_000_000}) == [("line", "too_long")]


def test_numbers_that_are_none_are_refused(now):
    for value in (math.nan, math.inf, -math.inf, True, "1", [1]):
        assert refuse(now, {"number": value}) == [("number", "not_a_number")]
    assert refuse(now, {"number": 10**400}) == [("number", "too_large")]


def test_a_pattern_that_explodes_is_stopped(now):
    assert refuse(now, {"line": "a" * 40 + "!"}) == [("line", "pattern")]


def test_half_a_surrogate_pair_is_refused(now):
    assert refuse(now, {"text": "\ud83d"}) == [("text", "forbidden_character")]


def test_errors_are_counted_and_cut(now):
    data = {f"k{n}": 1 for n in range(10_000)}
    found = refuse(now, data)
    assert len(found) == 101
    assert found[-1] == ("", "too_many_errors")


def test_a_huge_list_is_refused_before_its_rows_are_read(now):
    assert refuse(now, {"rows": [{}] * 100_000}) == [("rows", "too_many_items")]


def test_a_huge_unknown_key_is_cut(now):
    ((path, code),) = refuse(now, {"k" * 1_000_000: 1})
    assert code == "unknown_field"
    assert len(path) < 100
