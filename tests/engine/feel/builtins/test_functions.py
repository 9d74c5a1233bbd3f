"""Every built-in function by example; null where the standard says so."""

import pytest

from engine.feel import evaluate
from engine.feel.builtins import BUILTINS

EXAMPLES = {
    "abs": ["abs(-1) = 1", 'abs(@"-P1D") = @"P1D"', "abs(null) = null"],
    "after": ["after(10, 5)", "not(after(10, [1..10]))", "after([11..20], [1..10])"],
    "all": ["all([true, true])", "not(all(true, false))", "all([true, null]) = null", "all([])"],
    "any": ["any([false, true])", "any([false, null]) = null", "any([]) = false"],
    "append": ["append([1], 2, 3) = [1, 2, 3]", "append(1, 2) = [1, 2]"],
    "before": ["before(1, 10)", "before([1..10), [10..20])", "not(before([1..10], [10..20]))"],
    "ceiling": ["ceiling(1.5) = 2", "ceiling(-1.56, 1) = -1.5"],
    "coincides": ["coincides(5, 5)", "not(coincides([1..5], [1..5)))"],
    "concatenate": ["concatenate([1], [2, 3]) = [1, 2, 3]", "concatenate([1], null) = null"],
    "contains": ['contains("foobar", "ob")'],
    "context": ['context([{key: "a", value: 1}]) = {a: 1}', "context([{key: 1}]) = null"],
    "context merge": ["context merge([{a: 1}, {a: 2, b: 3}]) = {a: 2, b: 3}"],
    "context put": [
        'context put({a: 1}, "b", 2) = {a: 1, b: 2}',
        'context put({a: {b: 1}}, ["a", "b"], 2) = {a: {b: 2}}',
        'context put({}, ["a", "b"], 2) = null',
    ],
    "count": ["count([1, null]) = 2", "count([]) = 0", "count(null) = null", "count(1, 2, 3) = 3"],
    "date": [
        'date("2024-05-01").day = 1',
        'date(date and time("2024-05-01T10:00:00")) = @"2024-05-01"',
        'date(2024, 2, 30) = null',
        'date("2024-5-1") = null',
        'date("-0044-03-15").year = -44',
    ],
    "date and time": [
        'date and time(@"2024-05-01", @"10:00:00Z") = @"2024-05-01T10:00:00Z"',
        'date and time("2024-05-01") = @"2024-05-01T00:00:00"',
        'date and time("2024-05-01T24:00:00") = null',
    ],
    "day of week": ['day of week(@"2024-05-01") = "Wednesday"'],
    "day of year": ['day of year(@"2024-12-31") = 366'],
    "decimal": ["decimal(2.5, 0) = 2", "decimal(1.115, 2) = 1.12", "decimal(1, 7000) = null"],
    "distinct values": ["distinct values([1, 2, 1, null, null]) = [1, 2, null]"],
    "duration": ['duration("P1Y").years = 1', 'duration("P1Y1D") = null', 'duration("PT") = null'],
    "during": ["during(5, [1..10])", "not(during(10, [1..10)))", "during([2..3], [1..10])"],
    "ends with": ['ends with("foobar", "bar")'],
    "even": ["even(4)", "not(even(-3))", "even(0.5) = null"],
    "exp": ["decimal(exp(1), 5) = 2.71828"],
    "finished by": ["finished by([1..10], 10)", "finished by([1..10], [5..10])"],
    "finishes": ["finishes(10, [1..10])", "not(finishes(10, [1..10)))"],
    "flatten": ["flatten([[1, [2]], 3]) = [1, 2, 3]"],
    "floor": ["floor(-1.5) = -2", "floor(1.56, 1) = 1.5"],
    "get entries": ['get entries({a: 1}) = [{key: "a", value: 1}]'],
    "get value": ['get value({a: 1}, "a") = 1', 'get value({a: 1}, "b") = null'],
    "includes": ["includes([1..10], 5)", "includes([1..10], [1..10))"],
    "index of": ["index of([1, 2, 1], 1) = [1, 3]", "index of([null], null) = [1]"],
    "insert before": ["insert before([1, 3], 2, 2) = [1, 2, 3]", "insert before([], 1, 1) = null"],
    "is": ['is(@"10:00:00", @"10:00:00")', 'not(is(@"10:00:00Z", @"10:00:00"))', "not(is(1, \"1\"))"],
    "list contains": ["list contains([1, null], null)", "not(list contains([1], 2))"],
    "list replace": [
        "list replace([1, 2, 3], 2, 4) = [1, 4, 3]",
        "list replace([2, 7], function(item, new) item < new, 5) = [5, 7]",
    ],
    "log": ["decimal(log(10), 4) = 2.3026", "log(0) = null"],
    "lower case": ['lower case("ABC") = "abc"'],
    "matches": [
        'matches("foobar", "^fo*b")', 'matches("FOO", "foo", "i")', 'matches("a", "[") = null',
        'matches("中文", "^\\\\p{L}+$")', 'matches("a\\nb", "a.b", "s")', 'matches("a", "(?=a)") = null',
        'matches("b", "[a-z-[aeiou]]")', 'not(matches("a", "[a-z-[aeiou]]"))',
        'matches("a", "a", "z") = null', 'matches("a\\n", "a$") = false',
    ],
    "max": ["max(1, 3, 2) = 3", 'max(["a", "b"]) = "b"', "max([]) = null", 'max(1, "a") = null'],
    "mean": ["mean([1, 2, 3]) = 2", 'mean([@"P1D", @"P3D"]) = @"P2D"'],
    "median": ["median(8, 2, 5, 3, 4) = 4", "median([6, 1, 2, 3]) = 2.5", "median([]) = null"],
    "meets": ["meets([1..5], [5..10])", "not(meets([1..5), [5..10]))"],
    "met by": ["met by([5..10], [1..5])"],
    "min": ['min(@"2024-05-01", @"2024-04-01") = @"2024-04-01"'],
    "mode": ["mode([6, 3, 9, 6, 6]) = [6]", "mode([2, 1, 2, 1]) = [1, 2]", "mode([]) = []"],
    "modulo": ["modulo(-12, 5) = 3", "modulo(10.1, -4.5) = -3.4", "modulo(1, 0) = null"],
    "month of year": ['month of year(@"2024-05-01") = "May"'],
    "not": ["not(false)", "not(null) = null", "not(1) = null"],
    "now": ["now() = now()", "now() instance of date and time"],
    "number": [
        'number("1 000,5", " ", ",") = 1000.5', 'number("1.000,50", ".", ",") = 1000.5',
        'number("abc") = null', 'number("1", ",", ",") = null',
    ],
    "odd": ["odd(5)", "not(odd(2))"],
    "overlaps": ["overlaps([1..5], [3..8])", "not(overlaps([1..5), [5..8]))"],
    "overlaps after": ["overlaps after([3..8], [1..5])", "not(overlaps after([6..8], [1..5]))"],
    "overlaps before": ["overlaps before([1..5], [3..8])", "overlaps before([1..5), (1..5])"],
    "product": ["product(2, 3, 4) = 24", "product([]) = null"],
    "range": ['range("[1..3)") = [1..3)', 'range("[3..1]") = null', 'range("[1..x]") = null'],
    "remove": ["remove([1, 2, 3], -1) = [1, 2]", "remove([1], 2) = null"],
    "replace": [
        'replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") = "[1=ab][2=]cd"',
        'replace("banana", "a", "o") = "bonono"', 'replace("a", "a*", "b") = null',
        'replace("a.b", ".", "-", "q") = "a-b"', 'replace("a", "a", "$") = null',
        'replace("a", "a", "\\\\$") = "$"',
    ],
    "reverse": ["reverse([1, 2]) = [2, 1]"],
    "round down": ["round down(5.5, 0) = 5", "round down(-1.126, 2) = -1.12"],
    "round half down": ["round half down(5.5, 0) = 5", "round half down(-5.51, 0) = -6"],
    "round half up": ["round half up(5.5, 0) = 6", "round half up(-5.5, 0) = -6"],
    "round up": ["round up(5.1, 0) = 6", "round up(-5.1, 0) = -6", "round up(0.0001, 1) = 0.1"],
    "sort": ["sort([3, 1], function(x, y) x < y) = [1, 3]"],
    "split": ['split("a;b;;", ";") = ["a", "b", "", ""]', 'split("a b", "\\\\s") = ["a", "b"]'],
    "sqrt": ["sqrt(16) = 4", "sqrt(-1) = null"],
    "started by": ["started by([1..10], 1)", "started by([1..10], [1..5])"],
    "starts": ["starts(1, [1..10])", "not(starts(1, (1..10]))", "starts([1..10), [1..10])"],
    "starts with": ['starts with("foobar", "foo")'],
    "stddev": ["decimal(stddev(2, 4, 7, 5), 4) = 2.0817", "stddev([1]) = null"],
    "string": ["string(1.10) = \"1.1\"", 'string(null) = null', 'string({a: "b"}) = "{a: \\"b\\"}"'],
    "string join": ['string join(["a", null, "b"], "-") = "a-b"', "string join([1]) = null"],
    "string length": ['string length("中文𠀀") = 3'],
    "sublist": ["sublist([1, 2, 3], -2) = [2, 3]", "sublist([1], 1, 2) = null"],
    "substring": [
        'substring("foobar", 3, 3) = "oba"', 'substring("𠀀bc", 2) = "bc"',
        'substring("foobar", -2, 1) = "a"', 'substring("foobar", 0) = null',
    ],
    "substring after": ['substring after("foobar", "ob") = "ar"', 'substring after("a", "x") = ""'],
    "substring before": ['substring before("foobar", "bar") = "foo"'],
    "sum": ["sum([1, 2, 3]) = 6", 'sum([@"P1D", @"PT1H"]) = @"P1DT1H"', "sum([]) = null"],
    "time": [
        'time(10, 30, 0) = @"10:30:00"', 'time(@"2024-05-01T10:30:00Z") = @"10:30:00Z"',
        'time(10, 0, 0, @"PT8H") = @"10:00:00+08:00"', 'time("25:00:00") = null',
        'time("10:00:00@No/Where") = null',
    ],
    "today": ["today() instance of date"],
    "union": ["union([1, 2], [2, 3]) = [1, 2, 3]"],
    "upper case": ['upper case("abc") = "ABC"'],
    "week of year": ['week of year(@"2005-01-01") = 53', 'week of year(@"2024-01-01") = 1'],
    "years and months duration": [
        'years and months duration(@"2011-12-22", @"2013-08-24") = @"P1Y8M"',
        'years and months duration(@"2024-03-31", @"2024-02-29") = @"-P1M"',
    ],
}  # fmt: skip


def test_every_function_has_an_example() -> None:
    assert EXAMPLES.keys() == BUILTINS.keys()


@pytest.mark.parametrize("text", [text for texts in EXAMPLES.values() for text in texts])
def test_the_example_holds(text: str) -> None:
    assert evaluate(text) is True


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_a_wrong_number_of_arguments_is_null(name: str) -> None:
    many = ", ".join("1" for _ in range(9))
    variadic = any(signature.variadic for signature in BUILTINS[name].signatures)

    assert variadic or evaluate(f"{name}({many})") is None
    assert evaluate(f"{name}(no such parameter: 1)") is None
