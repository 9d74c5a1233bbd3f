"""Whether what a case knows already fits the forms of another version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.catalog.definition import Definition
from engine.forms.field import Bad, Field
from engine.forms.types import TYPES
from engine.migrating.reasons import Reason
from engine.sealing import is_sealed


def misfits(old: Definition, new: Definition, content: Mapping[str, Any]) -> list[Reason]:
    """Values in the case document that a field of the new version could not hold.

    A field that is of the same type as before is not asked: what it holds was taken then.
    """
    before = dict(_fields(old))
    found = []
    for place, field in _fields(new):
        known = before.get(place)
        if known is not None and _type(known) == _type(field):
            continue
        if any(not _fits(field, value) for value in _values(content, place)):
            found.append(Reason("field_type", facts={"field": ".".join(place), "type": field.type}))
    return found


def _type(field: Field) -> tuple[str, bool]:
    return field.type, field.sensitive is not None


def _fields(definition: Definition) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every field with the place its value has in the case document; rows of a list are `name[]`."""
    used = [(definition.start_event, "")]
    used += [
        (step.form, step.into) for step in definition.steps.values() if not step.sign_off.form_each
    ]
    for name, into in used:
        form = definition.forms.get(name)
        for path, field in form.fields() if form else ():
            yield (*([into] if into else []), *path.split(".")), field


def _values(content: Any, place: tuple[str, ...]) -> Iterator[Any]:
    """The values that lie at a place; of several instances or rows, those of each."""
    if isinstance(content, list):
        for row in content:
            yield from _values(row, place)
    elif isinstance(content, Mapping):
        name = place[0].removesuffix("[]")
        below = content.get(name)
        if len(place) > 1:
            yield from _values(below, place[1:])
        elif below is not None:
            # A value that is a list by itself is looked at whole.
            yield below


def _fits(field: Field, value: Any) -> bool:
    if field.sensitive is not None:
        return is_sealed(value)
    if _holds_seal(value):
        return False
    if field.type == "dynamiclist":
        return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)
    if field.type not in TYPES or value in ("", []):
        return True
    try:
        TYPES[field.type].read(field, value)
    except Bad:
        return False
    return True


def _holds_seal(value: Any) -> bool:
    if isinstance(value, list):
        return any(_holds_seal(one) for one in value)
    return is_sealed(value)
