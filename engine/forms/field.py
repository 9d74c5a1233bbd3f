"""What a compiled form consists of, and what a reader is told about its errors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.forms.expression import Expression
from engine.forms.messages import message

#: Nothing about a form changes once it is compiled, so one empty mapping serves all.
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select, radio or checklist."""

    value: str | int | float | bool
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One component of a form.

    `path` leads to the value from the root of the document, or from the row when the field
    stands in a dynamic list; it is empty for what has no value of its own (group, text).
    """

    id: str
    type: str
    label: str
    path: tuple[str, ...] = ()
    #: The path as text.
    dotted: str = ""
    required: bool = False
    #: `min`, `max`, `minLength` … as written; a value may be an `Expression`.
    rules: Mapping[str, Any] = field(default_factory=dict)
    #: Which kind of sensitive value this is (`id_card`, `bank_account` …), or None.
    sensitive: str | None = None
    readonly: bool | Expression = False
    hide: Expression | None = None
    check: Expression | None = None
    check_message: str = ""
    options: tuple[Option, ...] = ()
    #: Where options come from when they are not fixed: an expression, or a path in the document.
    options_from: Expression | tuple[str, ...] | None = None
    #: Kinds of file an attachments field takes; empty: every kind the store takes.
    kinds: tuple[str, ...] = ()
    #: The largest file an attachments field takes, in MB; None: as large as the store takes.
    max_mb: int | None = None
    #: Who may be chosen in a persons field, e.g. `role @ place`.
    candidates: str = ""
    default: object = None
    #: What a new case's form begins with, from what is known of the applicant.
    prefill: Expression | None = None
    expression: Expression | None = None
    children: tuple[Field, ...] = ()
    #: Whether rows may be added to and removed from a dynamic list.
    growing: bool = True
    repetitions: int = 1
    #: Whether something about this field, or one inside, depends on other values.
    dynamic: bool = False
    #: Option values as (is a boolean, value): in Python True equals 1, in JSON it does not.
    choices: frozenset[tuple[bool, object]] = frozenset()

    @property
    def key(self) -> str:
        """The last part of the path; empty for what has no value."""
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """Why one field does not hold. `path` is like `members[0].id_card`; empty: the whole form."""

    path: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: str = "zh", labels: Mapping[str, str] = NOTHING) -> str:
        """The sentence a person reads; `labels` translates texts of the package."""
        return message(self.code, self.params, lang, labels)


class Bad(Exception):
    """A value does not hold; caught where the field is read, never seen outside."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class KnownValues(Protocol):
    """What only the caller can know about values that name other things."""

    def may_choose(self, person: str, candidates: str) -> bool:
        """Whether this person may be chosen under the rule (never the applicant)."""

    def attachment_kind(self, file: str) -> str | None:
        """The kind of an uploaded file (`pdf`, `jpg` …); None if it is not the caller's to use."""

    def attachment_size(self, file: str) -> int:
        """The size in bytes of a file that has a kind."""

    def may_keep(self, path: str, token: str) -> bool:
        """Whether the token stands for a sensitive value stored under this path of the case."""


@dataclass(frozen=True, slots=True)
class Known:
    """`KnownValues` from plain collections; the default knows nothing and so refuses."""

    persons: Collection[str] = ()
    attachments: Mapping[str, str] = field(default_factory=dict)
    tokens: Collection[str] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)

    def may_choose(self, person: str, candidates: str) -> bool:
        """Whether the person is listed; the rule is taken as already applied."""
        return person in self.persons

    def attachment_kind(self, file: str) -> str | None:
        """The kind listed for the file."""
        return self.attachments.get(file)

    def attachment_size(self, file: str) -> int:
        """The size listed for the file."""
        return self.sizes.get(file, 0)

    def may_keep(self, path: str, token: str) -> bool:
        """Whether the token is listed."""
        return token in self.tokens
