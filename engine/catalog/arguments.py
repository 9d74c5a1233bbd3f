"""What packages name in the arguments of their service tasks, where it is written out and not computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.catalog.definition import Definition
from engine.feel import FeelSyntaxError, compile_expression
from engine.feel.tree import StringLiteral


@dataclass(frozen=True, slots=True)
class Use:
    """One service task that names something."""

    definition: Definition
    element: str


def named_in(
    definitions: Iterable[Definition], ability: str, argument: str
) -> dict[str, list[Use]]:
    """The texts given as an argument to an ability (or, with a dot at its end, a family of them) → where."""
    found: dict[str, list[Use]] = {}
    for one in definitions:
        for element in one.diagram.elements.values():
            name = element.properties.get("ability", "").strip()
            if name == ability or (ability.endswith(".") and name.startswith(ability)):
                value = _literal(element.properties.get(f"with.{argument}", ""))
                if value:
                    found.setdefault(value, []).append(Use(one, element.id))
    return found


def _literal(expression: str) -> str:
    try:
        node = compile_expression(expression).node
    except FeelSyntaxError:
        return ""
    return node.value if isinstance(node, StringLiteral) else ""
