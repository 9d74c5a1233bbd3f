"""Functions of text. Positions count characters from 1, or from the end below 0."""

from decimal import Decimal
from typing import Any

from engine.feel import regexes
from engine.feel.builtins.registry import builtin
from engine.feel.errors import FeelFailure, ProblemKind
from engine.feel.number import as_integer
from engine.feel.runtime import Run
from engine.feel.values import type_name


@builtin("substring", "string: string", "start position: number", "length: number?=")
def substring(run: Run, string: str, start: Decimal, length: Decimal | None) -> str:
    """`substring("申请金额", 3)` is "金额"."""
    first = as_integer(start.to_integral_value("ROUND_DOWN"))
    if not first:
        raise FeelFailure("start position should be a whole number other than 0")
    begin = first - 1 if first > 0 else len(string) + first
    if not 0 <= begin < len(string):
        raise FeelFailure("start position lies outside the text")
    if length is None:
        return string[begin:]
    size = as_integer(length.to_integral_value("ROUND_DOWN"))
    if size is None or size < 1:
        raise FeelFailure("length should be at least 1")
    return string[begin : begin + size]


@builtin("string length", "string: string")
def string_length(run: Run, string: str) -> Decimal:
    """Characters, not bytes."""
    return Decimal(len(string))


@builtin("upper case", "string: string")
def upper_case(run: Run, string: str) -> str:
    """`upper case("abc")`"""
    return string.upper()


@builtin("lower case", "string: string")
def lower_case(run: Run, string: str) -> str:
    """`lower case("ABC")`"""
    return string.lower()


@builtin("substring before", "string: string", "match: string")
def substring_before(run: Run, string: str, match: str) -> str:
    """What stands before the first match; empty without one."""
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(run: Run, string: str, match: str) -> str:
    """What stands behind the first match; empty without one."""
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string", "match: string")
def contains(run: Run, string: str, match: str) -> bool:
    """Whether the text holds the match."""
    return match in string


@builtin("starts with", "string: string", "match: string")
def starts_with(run: Run, string: str, match: str) -> bool:
    """Whether the text begins with the match."""
    return string.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(run: Run, string: str, match: str) -> bool:
    """Whether the text ends with the match."""
    return string.endswith(match)


@builtin("matches", "input: string", "pattern: string", "flags: string?=")
def matches(run: Run, text: str, pattern: str, flags: str | None) -> bool:
    """Whether the pattern is found anywhere in the text."""
    return regexes.found(run, text, pattern, flags or "")


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags: string?=")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None) -> str:
    """Every match replaced; `$1` is the first group."""
    return regexes.replaced(run, text, pattern, replacement, flags or "")


@builtin("split", "string: string", "delimiter: string")
def split(run: Run, string: str, delimiter: str) -> list[str]:
    """The parts between the matches of a pattern."""
    return regexes.parts(run, string, delimiter)


@builtin("string join", "list: list", "delimiter: string?=")
def string_join(run: Run, values: list[Any], delimiter: str | None) -> str:
    """Texts one after the other; nulls are left out."""
    run.spend(len(values))
    texts = []
    for value in values:
        if value is None:
            continue
        if not isinstance(value, str):
            raise FeelFailure(
                f"the list should hold texts only, not {type_name(value)}", ProblemKind.WRONG_TYPE
            )
        texts.append(value)
    size = sum(map(len, texts)) + len(delimiter or "") * len(texts)
    if size > run.limits.string_size:
        raise FeelFailure("the text would be too long", ProblemKind.LIMIT)
    return (delimiter or "").join(texts)
