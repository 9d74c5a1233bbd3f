"""FEEL inside forms, through a door narrow enough to be replaced in a test."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class NotAnExpression(ValueError):
    """The text is not FEEL; the message says where."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What an expression may know besides the data: the time and the caller's functions."""

    now: datetime.datetime
    functions: Mapping[str, Any] = field(default_factory=dict)

    def clock(self) -> datetime.datetime:
        """The time, for a language that asks."""
        return self.now


#: Evaluates over a context to a FEEL value; a failing expression gives None, as FEEL has it.
Evaluate = Callable[[Mapping[str, Any], Moment], object]
#: Turns text into something that evaluates; `names` are the names the text may use.
#: Raises `NotAnExpression`.
Parse = Callable[[str, Iterable[str]], Evaluate]


@dataclass(frozen=True, slots=True)
class Expression:
    """A FEEL expression and its text; two with the same text are the same."""

    text: str
    evaluate: Evaluate = field(compare=False, repr=False)


def is_expression(value: object) -> bool:
    """Whether form-js would evaluate this value: text that begins with an equals sign."""
    return isinstance(value, str) and value.lstrip().startswith("=")


def source(text: str) -> str:
    """The FEEL of a text, without form-js's leading equals sign."""
    return text.strip().removeprefix("=").strip()
