"""What can go wrong in FEEL and DMN, and where it went wrong."""

from dataclasses import dataclass, field
from enum import StrEnum


class FeelError(Exception):
    """Base of every exception this package raises."""


class FeelSyntaxError(FeelError):
    """The text is not FEEL; says where and what was expected."""

    def __init__(self, message: str, text: str, offset: int) -> None:
        self.message = message
        self.text = text
        self.offset = min(offset, len(text))
        self.line, self.column = line_and_column(text, self.offset)
        super().__init__(f"line {self.line}, column {self.column}: {message}")


class FeelLimitError(FeelError):
    """An evaluation asked for more steps, depth or memory than it may have."""


class DmnError(FeelError):
    """A DMN file cannot be read, or a decision was asked for that is not in it."""


class FeelFailure(FeelError):
    """Raised by a function for "null, because ..."; always caught at the call."""

    def __init__(self, message: str, kind: "ProblemKind | None" = None) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind or ProblemKind.INVALID_VALUE


class ProblemKind(StrEnum):
    """Why a part of an expression is null."""

    #: a name that nothing in scope has
    UNKNOWN_NAME = "unknown_name"
    #: a context, date or range has no entry of that name
    UNKNOWN_PROPERTY = "unknown_property"
    #: an operator or function met a type it does not work on
    WRONG_TYPE = "wrong_type"
    #: too few, too many or wrongly named arguments
    WRONG_ARGUMENTS = "wrong_arguments"
    #: the type is right but the value is not (month 13, position 0, a bad pattern)
    INVALID_VALUE = "invalid_value"
    #: something other than a function was called
    NOT_A_FUNCTION = "not_a_function"
    #: steps, depth, list or string size ran out
    LIMIT = "limit"
    #: the text is not FEEL (only where a file is evaluated in spite of it)
    SYNTAX = "syntax"
    #: a hit policy was violated, or a value is not among the allowed ones
    TABLE = "table"
    #: the file uses something this engine does not do
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a text; `source` names the text when there are several."""

    text: str = ""
    offset: int = 0
    source: str = ""


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a value is null, with its position in the text."""

    kind: ProblemKind
    message: str
    place: Place = field(default=NOWHERE, repr=False)

    @property
    def offset(self) -> int:
        """Characters before the place."""
        return self.place.offset

    @property
    def line(self) -> int:
        """Line of the place, from 1."""
        return line_and_column(self.place.text, self.place.offset)[0]

    @property
    def column(self) -> int:
        """Column of the place, from 1."""
        return line_and_column(self.place.text, self.place.offset)[1]

    @property
    def source(self) -> str:
        """Which text the position is in; empty when there is only one."""
        return self.place.source

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}" if self.place.text else ""
        head = ", ".join(part for part in (self.place.source, where) if part)
        return f"{head}: {self.message}" if head else self.message


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Count lines and columns from 1, as editors do."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
