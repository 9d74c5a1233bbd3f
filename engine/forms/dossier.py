"""A form for reading: sections of labels and values, ready for a template or a letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from engine.forms.field import Field
from engine.forms.paths import find
from engine.forms.types import TYPES

_NOTHING_GIVEN: tuple[object, ...] = (None, "", [], ())


class Row(NamedTuple):
    """One labelled value.

    `kind` is one of text, long_text, number, money (分), option, options, boolean, date
    (`YYYY-MM-DD`), id_card, bank_account, mobile, persons (ids), attachments (file ids), computed,
    or table, whose `value` is a tuple of rows, each a tuple of `Row`. `shown` has the labels
    of chosen options. A `sensitive` value is what the document stores: the caller masks it.
    """

    label: str
    kind: str
    value: Any
    sensitive: str | None
    key: str
    shown: str | None = None


class Section(NamedTuple):
    """Rows under a title; the title of fields outside any group is empty."""

    title: str
    rows: tuple[Row, ...]


def sections(
    fields: tuple[Field, ...], document: Mapping[str, Any], lang: str, labels: Mapping[str, str]
) -> tuple[Section, ...]:
    """The sections of a form in its order.

    A field with a condition and without a value is left out, so that reading a case years later
    does not depend on the day: what was hidden then was dropped then.
    """
    reader = _Reader(lang, labels)
    found: list[Section] = []
    loose: list[Row] = []

    def close() -> None:
        if loose:
            found.append(Section("", tuple(loose)))
            loose.clear()

    for field in fields:
        if field.type == "group":
            close()
            rows = tuple(reader.rows(field.children, document, ""))
            if rows:
                found.append(Section(reader.text(field.label), rows))
        else:
            loose.extend(reader.rows((field,), document, ""))
    close()
    return tuple(found)


class _Reader:
    def __init__(self, lang: str, labels: Mapping[str, str]) -> None:
        self._labels = labels if lang == "en" else {}

    def text(self, label: str) -> str:
        """A text of the package in the reader's language."""
        return self._labels.get(label, label)

    def rows(
        self, fields: tuple[Field, ...], document: Mapping[str, Any], base: str
    ) -> Iterator[Row]:
        """The rows of some fields; groups inside are dissolved."""
        for field in fields:
            if field.type == "group":
                yield from self.rows(field.children, document, base)
                continue
            if not field.path or not field.label:
                continue
            value = find(document, field.path)
            if field.hide is not None and value in _NOTHING_GIVEN:
                continue
            yield self._row(field, value, base + field.dotted)

    def _row(self, field: Field, value: Any, key: str) -> Row:
        if field.type == "dynamiclist":
            listed = value if isinstance(value, list) else []
            table = tuple(
                tuple(self.rows(field.children, row, f"{key}[{number}]."))
                for number, row in enumerate(listed)
                if isinstance(row, Mapping)
            )
            return Row(self.text(field.label), "table", table, None, key)
        kind = TYPES[field.type].kind if field.type in TYPES else _computed_kind(field)
        shown = self._shown(field, value) if kind in ("option", "options") else None
        return Row(self.text(field.label), kind, value, field.sensitive, key, shown)

    def _shown(self, field: Field, value: Any) -> str | None:
        if value in _NOTHING_GIVEN:
            return None
        chosen = value if isinstance(value, list) else [value]
        names = {(isinstance(one.value, bool), one.value): one.label for one in field.options}
        separator = ", " if self._labels else "、"
        return separator.join(
            self.text(names.get((isinstance(one, bool), one), str(one)))
            for one in chosen
            if isinstance(one, str | int | float)
        )


def _computed_kind(field: Field) -> str:
    return "money" if field.key.endswith("_fen") else "computed"
