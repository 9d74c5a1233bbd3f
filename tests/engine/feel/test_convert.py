"""Values on their way between JSON, Python and FEEL."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.feel import (
    FeelLimitError,
    NotAFeelValue,
    ProblemKind,
    evaluate,
    evaluate_result,
    to_feel,
    to_json,
    to_python,
)

_SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("100"), 100),
        (Decimal("1E+3"), 1000),
        (Decimal("0.5"), 0.5),
        (Decimal("0.1"), 0.1),
        # A float would print other digits, so the exact text goes out.
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (evaluate("1 / 3"), "0.3333333333333333333333333333333333"),
        (evaluate('@"2024-05-01"'), "2024-05-01"),
        (evaluate('@"2024-05-01T10:00:00@Asia/Shanghai"'), "2024-05-01T10:00:00@Asia/Shanghai"),
        (evaluate('[@"P1Y2M", @"PT1.5S", @"-P1DT2H"]'), ["P1Y2M", "PT1.5S", "-P1DT2H"]),
        (evaluate("[1..5)"), "[1..5)"),
        (evaluate("(> 3)"), "> 3"),
        (evaluate("{a: [true, null]}"), {"a": [True, None]}),
    ],
)
def test_feel_to_json_loses_no_digit(value: object, expected: object) -> None:
    found = to_json(value)

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "value",
    [
        dt.date(2024, 5, 1),
        dt.datetime(2024, 5, 1, 10, 0, 0, 123456),
        dt.datetime(2024, 5, 1, 10, tzinfo=_SHANGHAI),
        dt.datetime(2024, 5, 1, 10, tzinfo=dt.UTC),
        dt.time(10, 30),
        dt.timedelta(days=-1, seconds=5),
        [dt.date(2024, 5, 1), {"a": Decimal("1.5")}],
    ],
)
def test_python_values_come_back(value: object) -> None:
    assert to_python(to_feel(value)) == value


def test_what_python_cannot_hold_stays_a_feel_value() -> None:
    far = evaluate('@"20000-01-01"')

    assert to_python(far) is far
    assert to_python(evaluate('@"P1Y"')) == evaluate('@"P1Y"')


def test_a_tagged_date_in_json_is_a_date() -> None:
    assert evaluate("d.year = 2024", {"d": {"@": "2024-05-01"}}) is True
    with pytest.raises(NotAFeelValue):
        to_feel({"@": "soon"})


@pytest.mark.parametrize("value", [object(), 1j, b"bytes"])
def test_a_foreign_value_is_refused_where_it_is_used(value: object) -> None:
    result = evaluate_result("x", {"x": value, "y": 1})

    assert result.problems[0].kind is ProblemKind.WRONG_TYPE
    assert evaluate("y", {"x": value, "y": 1}) == 1


def test_a_value_that_would_print_without_end_is_refused() -> None:
    value: object = [1, 1]
    for _ in range(30):
        value = [value, value]

    with pytest.raises(FeelLimitError):
        to_json(value)
