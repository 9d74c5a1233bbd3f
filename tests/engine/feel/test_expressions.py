"""What expressions mean, one row each: text, expected value as FEEL."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.feel import (
    FeelSyntaxError,
    ProblemKind,
    compile_expression,
    evaluate,
    evaluate_result,
    names_used,
    to_json,
    unary_test,
)

CONTEXT = {
    "申请金额": 25000,
    "household income": 3000,
    "单位": {"name": "一分会", "member count": 120},
    "a-b": 5,
    "items": [{"price": 3, "kind": "x"}, {"price": 8, "kind": "y"}],
    "terms and conditions": "ok",
    "金额（元）": 7,
    "2024预算": 9,
    "count": 4,
    "类别": "x",
    "空": None,
}

TRUE = [
    # names
    "申请金额 > 20000",
    "household   income = 3000",
    "单位.member count >= 100",
    "a-b = 5",
    'terms and conditions = "ok"',
    "金额（元） + 1 = 8",
    "2024预算 = 9",
    "count + count([1, 2]) = 6",
    "{x y: 1, z: x y + 1}.z = 2",
    '{"a+b": 3}.a+b = 3',
    # arithmetic
    "1 + 2 * 3 - 4 / 2 = 5",
    "-2 ** 2 = 4",
    "2 ** 3 ** 2 = 64",
    "0.1 + 0.2 = 0.3",
    "10 / 3 = 3.333333333333333333333333333333333",
    "1.2e3 = 1200",
    '"ab" + "c" = "abc"',
    "(1 / 0) = null",
    # logic in three values
    "(true and null) = null",
    "(false and null) = false",
    "(true or null) = true",
    '("x" or false) = null',
    # comparisons
    "5 between 1 and 5",
    "not(0 between 1 and 5)",
    "5 in [1..5]",
    "not(5 in [1..5))",
    "not(5 in ]1..5[)",
    "-4 in [-5..-3[",
    "not(5 in [1..2 + 3[)",
    "{l: [9], r: 5 in [1..l[1]]}.r",
    "{l: [5], r: not(5 in [1..l[1][)}.r",
    "5 in (1, > 4)",
    "5 in > 4",
    "5 in (= 5)",
    "5 in (!= 4)",
    "3 in [1, 2, 3]",
    '"b" in ["a".."c"]',
    "(1 < null) = null",
    '(1 = "1") = null',
    "[1, [2]] = [1, [2]]",
    "{a: 1, b: 2} = {b: 2, a: 1}",
    "[1..2] = [1..2]",
    "[1..2] != [1..2)",
    # control
    'if 1 > 0 then true else "no"',
    "(if null then 1 else 2) = 2",
    "(for i in 1..3 return i * i) = [1, 4, 9]",
    "(for i in 3..1 return i) = [3, 2, 1]",
    "(for i in [1, 2], j in [10, 20] return i + j) = [11, 21, 12, 22]",
    "(for i in [1..4) return i) = [1, 2, 3]",
    "(for i in 1..4 return if i = 1 then 1 else i * partial[-1]) = [1, 2, 6, 24]",
    '(for d in @"2024-02-28"..@"2024-03-01" return d.day) = [28, 29, 1]',
    "some i in items satisfies i.price > 5",
    "not(every i in items satisfies i.price > 5)",
    "(some i in [1, null] satisfies i > 3) = null",
    # paths and filters
    "items.price = [3, 8]",
    'items[price > 5].kind = ["y"]',
    "items[-1].price = 8",
    "[1, 2, 3][item >= 2] = [2, 3]",
    "[1, 2][3] = null",
    "5[1] = 5",
    "null[true] = []",
    # functions
    "(function(x, y) x - y)(3, 1) = 2",
    "{f: function(x: number) x + 1, r: f(x: 2)}.r = 3",
    'substring(string: "abc", start position: 2) = "bc"',
    'upper case(["a"]) = "A"',
    "sort([3, 1, 2], function(x, y) x < y) = [1, 2, 3]",
    "({f: function(x: string) x}.f(1)) = null",
    # types
    "1 instance of number",
    "[1, 2] instance of list<number>",
    'not([1, "a"] instance of list<number>)',
    "{a: 1, b: 2} instance of context<a: number>",
    "[1..2] instance of range<number>",
    "(function(x) x) instance of function<number>->number",
    '@"P1D" instance of days and time duration',
    "null instance of Null",
    # dates
    'date("2024-02-29") + @"P1Y" = date("2025-02-28")',
    'date("2024-03-31") - @"P1M" = date("2024-02-29")',
    '@"2024-03-01" - @"2024-02-28" = @"P2D"',
    '@"2024-05-01T10:00:00+08:00" = @"2024-05-01T02:00:00Z"',
    '@"2024-05-01T10:00:00@Asia/Shanghai" = @"2024-05-01T10:00:00+08:00"',
    '@"10:00:00" + @"PT15H" = @"01:00:00"',
    '@"2024-05-01".weekday = 3',
    '@"2024-05-01T10:20:30".minute = 20',
    '@"-P1Y2M".months = -2',
    '@"P1DT2H".hours = 2',
    '@"P1Y" * 1.5 = @"P18M"',
    '@"PT3H" / @"PT2H" = 1.5',
    '@"2024-05-01T10:00:00@Asia/Shanghai".timezone = "Asia/Shanghai"',
    # comments
    "1 /* one */ + 1 // two\n = 2",
    # text
    '"\\u4e2d\\n" = "中\\n"',
    'string([1, "a", null, @"2024-05-01"]) = "[1, \\"a\\", null, 2024-05-01]"',
]


@pytest.mark.parametrize("text", TRUE)
def test_an_expression_that_holds(text: str) -> None:
    assert evaluate(text, CONTEXT) is True


@pytest.mark.parametrize(
    ("cell", "value", "matches"),
    [
        ("-", None, True),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ("< 5, > 10", 7, False),
        ("[1..3]", 3, True),
        ("? > 5 and ? < 8", 7, True),
        ("not(? > 5)", 7, False),
        ("null", None, True),
        ("< 5", None, None),
        ("false", False, True),
        ("limit * 2", 10, True),
        ("limit = 5", "anything", True),
        ("[1, 2]", 2, True),
        ('starts with(?, "a")', "abc", True),
        ("not(false) and true", True, True),
    ],
)
def test_a_cell(cell: str, value: object, matches: bool | None) -> None:
    assert unary_test(cell, value, {"limit": 5}) is matches


@pytest.mark.parametrize(
    ("text", "kind", "column", "words"),
    [
        ("申情金额 > 1", ProblemKind.UNKNOWN_NAME, 1, 'did you mean "申请金额"?'),
        ("1 + 申请金额，", ProblemKind.UNKNOWN_NAME, 5, 'full-width "，"'),
        ("单位.nam", ProblemKind.UNKNOWN_PROPERTY, 3, 'did you mean "name"?'),
        ('1 + "a"', ProblemKind.WRONG_TYPE, 3, "cannot add number and string"),
        ("1 / 0", ProblemKind.INVALID_VALUE, 3, "division by zero"),
        ("类别 and true", ProblemKind.WRONG_TYPE, 1, "is a string, not true or false"),
        ("空.name", ProblemKind.UNKNOWN_PROPERTY, 2, 'no "name" of null'),
        ("true()", ProblemKind.NOT_A_FUNCTION, 1, "is a boolean, not a function"),
        ("abs()", ProblemKind.WRONG_ARGUMENTS, 1, "it is abs(n)"),
        ("date(2024, 13, 1)", ProblemKind.INVALID_VALUE, 1, "there is no day"),
        ('1 < "a"', ProblemKind.WRONG_TYPE, 3, "cannot compare number with string"),
    ],
)
def test_null_comes_with_its_reason_and_place(
    text: str, kind: ProblemKind, column: int, words: str
) -> None:
    result = evaluate_result(text, CONTEXT)

    problem = result.problems[0]
    assert result.value is None
    assert (problem.kind, problem.line, problem.column) == (kind, 1, column)
    assert words in problem.message


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("1 +", 1, 4, "ends too early"),
        ("", 1, 1, "nothing is written"),
        ("(1 + 2", 1, 7, 'expected ")"'),
        ("1 2", 1, 3, "should end before"),
        ("if a then b", 1, 12, 'expected "else"'),
        ('"abc', 1, 1, "no closing quote"),
        ("1 +\n  * 2", 2, 3, "cannot stand here"),
        ("/* open", 1, 1, "no closing */"),
        ("a and or b", 1, 7, '"or" cannot stand here'),
        ("[1..2", 1, 6, "a range ends with"),
        ("#", 1, 1, "cannot stand here"),
        ("a == 1", 1, 4, 'equality is one "="'),
        ("a <> 1", 1, 4, 'inequality is "!="'),
        ("a > 1 && b", 1, 7, 'write "and"'),
        ("a > 1 并且 b", 1, 7, 'write "and"'),
        ("'text'", 1, 1, "double quotes"),
        ("10%", 1, 3, 'write "/ 100"'),
    ],
)
def test_a_syntax_error_has_a_place_and_a_sentence(
    text: str, line: int, column: int, words: str
) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        evaluate(text)

    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in caught.value.message


def test_names_used_are_the_free_ones() -> None:
    text = "for x in 申请 return x.y + household income + max(z, 1) + {k: 1, l: k + w}.l"

    assert names_used(text) == {"申请", "household income", "z", "w"}


def test_names_inside_a_filter_are_told_apart() -> None:
    assert names_used("items[price > limit]") == {"items"}
    assert names_used("items[price > limit]", filters=True) == {"items", "price", "limit"}


def test_today_and_now_come_from_the_given_clock() -> None:
    moment = dt.datetime(2024, 5, 1, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    expression = compile_expression('today() = @"2024-05-01" and now().hour = 23')

    assert expression.evaluate({}, now=lambda: moment).value is True


def test_a_host_function_gets_plain_python_values() -> None:
    def add_working_days(date: dt.date, n: Decimal) -> dt.date:
        return date + dt.timedelta(days=int(n))

    functions = {"add working days": add_working_days}

    assert evaluate('add working days(@"2024-05-01", 2) = @"2024-05-03"', {}, functions=functions)
    assert evaluate(
        'add working days(n: 2, date: @"2024-05-01") = @"2024-05-03"', {}, functions=functions
    )


def test_what_a_host_function_refuses_is_null_with_a_reason() -> None:
    def refuse(n: Decimal) -> None:
        raise ValueError("not in the calendar")

    result = evaluate_result("f(1)", {}, functions={"f": refuse})

    assert result.value is None
    assert "not in the calendar" in result.problems[0].message


def test_a_subtraction_written_with_spaces_is_not_a_name() -> None:
    context = {"a": 3, "b": 1, "a-b": 100}

    assert evaluate("a - b", context) == 2
    assert evaluate("a-b", context) == 100


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("case.2024预算", 7),
        ("case.2024 budget + .5", 8.5),
        ("case.2024预算 in [1..10]", True),
        ("[case][1].2024预算", 7),
        ("if true then.5 else.25", 0.5),
    ],
)
def test_behind_a_dot_a_name_may_begin_with_a_digit(text: str, value: object) -> None:
    case = {"2024预算": 7, "2024 budget": 8}

    assert to_json(evaluate(text, {"case": case})) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("before(1, (> 5))", True),
        ("after(10, (< 5))", True),
        ("meets([1..5], (>= 5))", True),
        ("overlaps((> 5), [1..3])", False),
        ("includes((> 5), 3)", False),
        ("starts(5, (>= 5))", True),
        # The tables compare the missing end with something, and that is null.
        ("includes((> 5), 10)", None),
        ("coincides((> 5), (> 5))", None),
    ],
)
def test_a_range_without_end_is_compared_as_far_as_it_goes(text: str, value: object) -> None:
    assert evaluate(text) is value


def test_a_list_around_null_is_null_where_one_value_is_wanted() -> None:
    result = evaluate_result("ceiling([null])", {})

    assert result.value is None
    assert result.problems[0].message == "ceiling: n is null"


def test_what_fails_in_every_round_is_told_once() -> None:
    result = evaluate_result("for i in 1..500 return nowhere + i", {})

    assert len(result.problems) == 2
