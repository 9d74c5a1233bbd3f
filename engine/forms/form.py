"""A compiled form: what pages, commands and letters ask of it."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import feel
from engine.forms.dossier import Section, sections
from engine.forms.expression import Moment
from engine.forms.field import NOTHING, Bad, Field, FieldError, KnownValues
from engine.forms.paths import find, nested, put
from engine.forms.shape import Shape
from engine.forms.types import TYPES
from engine.forms.validate import validate

#: What a page shows in place of a sensitive value that is stored: (path, stored value) -> token.
Token = Callable[[str, object], str]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What remains of a form that was handed in.

    `flat` has one entry per field that a command writes (`members` is one field, its rows and
    all); `values` is the same as a tree. With errors present neither may be written.
    """

    values: dict[str, Any]
    flat: dict[str, Any]
    errors: tuple[FieldError, ...]
    #: Fields that were not shown: the document's old values under these paths go.
    hidden: tuple[str, ...]
    #: Fields that were sent but are read-only or computed here.
    ignored: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the form holds."""
        return not self.errors


@dataclass(frozen=True, slots=True)
class Form:
    """A form, ready to validate; made by `compile_form`, never changed."""

    id: str
    components: tuple[Field, ...]
    shape: Shape

    def validate(
        self,
        data: object,
        *,
        context: Mapping[str, Any],
        known: KnownValues,
        now: datetime.datetime,
        functions: Mapping[str, Any] = NOTHING,
        partial: bool = False,
    ) -> Cleaned:
        """Hold what was sent against the form; never raises for what `data` contains.

        `context` is the case document (money in 分, dates as FEEL dates); `now` is aware, in the
        organisation's zone, and decides what "today" is. With `partial` (a draft, a return) only
        malformed values are errors: nothing is required, and only fields that were sent come back.
        """
        moment = Moment(now, functions)
        result = validate(
            self.components, self.shape, data, context, known, moment, partial=partial
        )
        return Cleaned(
            values=nested(result.flat),
            flat=result.flat,
            errors=tuple(result.errors),
            hidden=tuple(result.hidden),
            ignored=tuple(result.ignored),
        )

    def fields(self) -> tuple[tuple[str, Field], ...]:
        """Every field with a value, with its path; columns of a list are `members[].name`."""
        return tuple(_walk(self.components, ""))

    def blank(self) -> dict[str, Any]:
        """The data of an empty form: default values, and as many rows as a list begins with."""
        return _blank(self.components)

    def prefilled(
        self, document: Mapping[str, Any], *, token: Token | None = None
    ) -> dict[str, Any]:
        """The form's fields with the document's values; blank where it has none.

        A stored sensitive value never goes to the page: it becomes `{"keep": token}`, which
        `validate` takes back if `known.may_keep` says so. Without `token` it is left empty.
        """
        data = self.blank()
        _prefill(self.components, document, data, "", token)
        return data

    def given(
        self,
        facts: Mapping[str, Any],
        *,
        now: datetime.datetime,
        functions: Mapping[str, Any] = NOTHING,
    ) -> dict[str, Any]:
        """What a new case's form begins with, by dotted path: facts that are there and fit their field."""
        moment = Moment(now, functions)
        found: dict[str, Any] = {}
        for path, field in self.fields():
            if field.prefill is None:
                continue
            value = feel.to_json(field.prefill.evaluate(facts, moment))
            try:
                read = TYPES[field.type].read(field, value) if value is not None else None
            except Bad:
                continue
            offered = not field.choices or (isinstance(read, bool), read) in field.choices
            if read not in (None, "") and offered:
                found[path] = read
        return found

    def dossier(
        self,
        document: Mapping[str, Any],
        *,
        lang: str = "zh",
        labels: Mapping[str, str] = NOTHING,
    ) -> tuple[Section, ...]:
        """The form as sections of labelled values, for reading; see `Section` and `Row`."""
        return sections(self.components, document, lang, labels)


def _walk(fields: tuple[Field, ...], base: str) -> Iterator[tuple[str, Field]]:
    for field in fields:
        if field.type == "group":
            yield from _walk(field.children, base)
        elif field.path and field.type != "text":
            yield base + field.dotted, field
            yield from _walk(field.children, f"{base}{field.dotted}[].")


def _blank(fields: tuple[Field, ...]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for field in fields:
        if field.type == "group":
            _merge(data, _blank(field.children))
        elif field.type == "dynamiclist":
            put(data, field.path, [_blank(field.children) for _ in range(field.repetitions)])
        elif field.type in TYPES:
            empty = TYPES[field.type].empty
            fresh = list(empty) if isinstance(empty, tuple) else empty
            put(data, field.path, fresh if field.default is None else copy.copy(field.default))
    return data


def _prefill(
    fields: tuple[Field, ...],
    document: Mapping[str, Any],
    data: dict[str, Any],
    base: str,
    token: Token | None,
) -> None:
    for field in fields:
        if field.type == "group":
            _prefill(field.children, document, data, base, token)
            continue
        stored = find(document, field.path) if field.path else None
        if stored is None:
            continue
        path = base + field.dotted
        if field.type == "dynamiclist":
            rows = (
                [row for row in stored if isinstance(row, Mapping)]
                if isinstance(stored, list)
                else []
            )
            put(data, field.path, [_blank(field.children) for _ in rows])
            for number, row in enumerate(rows):
                place = f"{path}[{number}]."
                _prefill(field.children, row, find(data, field.path)[number], place, token)
        elif field.sensitive and stored not in ("", []):
            put(data, field.path, {"keep": token(path, stored)} if token else None)
        else:
            put(data, field.path, copy.deepcopy(stored))


def _merge(data: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(data.get(key), dict):
            _merge(data[key], value)
        else:
            data[key] = value
