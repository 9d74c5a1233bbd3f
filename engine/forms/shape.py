"""Which keys a form has at all: everything else in a request is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.forms.field import Field

#: Characters of an unknown key that an error repeats.
_SHOWN = 40


@dataclass(slots=True)
class Shape:
    """The keys of one object; a key's own shape is None where a value ends."""

    keys: dict[str, Shape | None] = field(default_factory=dict)
    #: Keys whose value is a list of such objects.
    lists: set[str] = field(default_factory=set)


def shape_of(fields: tuple[Field, ...], shape: Shape | None = None) -> Shape:
    """The shape of the data that some fields make."""
    shape = Shape() if shape is None else shape
    for one in fields:
        if one.type == "group":
            shape_of(one.children, shape)
            continue
        if not one.path or one.type == "text":
            continue
        inner = shape
        for part in one.path[:-1]:
            below = inner.keys.get(part)
            if below is None:
                below = inner.keys[part] = Shape()
            inner = below
        is_list = one.type == "dynamiclist"
        inner.keys[one.key] = shape_of(one.children) if is_list else None
        if is_list:
            inner.lists.add(one.key)
    return shape


def strangers(shape: Shape, data: Mapping[Any, Any], base: str = "") -> Iterator[tuple[str, str]]:
    """Path and code of every key that the form does not have, and of every misplaced object.

    It goes no deeper than the form itself, however deep the data are.
    """
    for key, value in data.items():
        path = base + str(key)[:_SHOWN]
        if key not in shape.keys:
            yield path, "unknown_field"
            continue
        inner = shape.keys[key]
        if inner is None or value is None:
            continue
        if key in shape.lists:
            if isinstance(value, list):
                for number, row in enumerate(value[:1000]):
                    if isinstance(row, dict):
                        yield from strangers(inner, row, f"{path}[{number}].")
        elif isinstance(value, dict):
            yield from strangers(inner, value, path + ".")
        else:
            yield path, "wrong_type"
