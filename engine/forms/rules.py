"""What a value that could be read must satisfy besides."""

from __future__ import annotations

from typing import Any

from engine.forms.expression import Expression
from engine.forms.field import Bad, Field
from engine.forms.limits import Surroundings, obey_count
from engine.forms.node import Node
from engine.forms.paths import find

_LISTS = frozenset(["checklist", "persons", "attachments", "dynamiclist"])


def obey(node: Node, around: Surroundings, *, partial: bool) -> None:
    """Raise `Bad` for the first rule that does not hold.

    What names something else (an option, a person, a file) is held even in a draft: a draft may be
    unfinished, but it may not reach for what is not on offer.
    """
    field, value = node.field, node.value
    if field.type == "expression":
        _whole_fen(field, value)
        return
    if not field.path:
        return
    if not partial and field.required and (node.empty or value is False):
        raise Bad("must_be_ticked" if field.type == "checkbox" else "required")
    if node.kept:
        return
    if not node.empty:
        _on_offer(field, value, around)
    if partial:
        return
    if field.type == "dynamiclist":
        _count_rows(node, around)
    elif node.type is not None and (not node.empty or field.type in _LISTS):
        node.type.obey(field, value, around)


def _on_offer(field: Field, value: Any, around: Surroundings) -> None:
    if field.type in ("select", "radio"):
        _among_options(field, [value], around)
    elif field.type == "checklist":
        _among_options(field, value, around)
    elif field.type == "persons":
        if not all(around.known.may_choose(person, field.candidates) for person in value):
            raise Bad("person_not_allowed")
    elif field.type == "attachments":
        for file in value:
            kind = around.known.attachment_kind(file)
            if kind is None:
                raise Bad("unknown_attachment")
            if field.kinds and kind not in field.kinds:
                raise Bad("attachment_kind", kinds=", ".join(field.kinds))
            most = field.max_mb
            if most is not None and around.known.attachment_size(file) > most * 1024 * 1024:
                raise Bad("attachment_too_big", max_mb=most)


def _among_options(field: Field, chosen: list[Any], around: Surroundings) -> None:
    choices = field.choices if field.options_from is None else _current_choices(field, around)
    for value in chosen:
        if (isinstance(value, bool), value) not in choices:
            raise Bad("not_an_option")


def _current_choices(field: Field, around: Surroundings) -> frozenset[tuple[bool, object]]:
    """Options that the document or an expression gives: values, or objects with a `value`."""
    if isinstance(field.options_from, Expression):
        offered = around.value_of(field.options_from)
    else:
        offered = find(around.scope, field.options_from or ())
    if not isinstance(offered, list):
        return frozenset()
    values = [one.get("value") if isinstance(one, dict) else one for one in offered]
    return frozenset((isinstance(value, bool), value) for value in values if _is_scalar(value))


def _is_scalar(value: object) -> bool:
    return value is not None and not isinstance(value, list | dict)


def _count_rows(node: Node, around: Surroundings) -> None:
    count = len(node.rows)
    if node.fixed_count is not None and count != node.fixed_count:
        raise Bad("fixed_items", count=node.fixed_count)
    obey_count(node.field, node.rows, around)


def _whole_fen(field: Field, value: Any) -> None:
    """A computed amount goes into the books like any other: whole 分."""
    if field.key.endswith("_fen") and value is not None and type(value) is not int:
        raise Bad("computed_not_whole_fen")
