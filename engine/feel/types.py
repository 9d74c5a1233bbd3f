"""Types of FEEL: what `instance of` asks, what parameters and variables demand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.feel import tree
from engine.feel.compare import Budget, Spender
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.values import Function, Range, type_name


@dataclass(frozen=True, slots=True)
class FeelType:
    """The type Any; base of the others."""

    name: str = "Any"

    def accepts(self, value: Any, budget: Spender) -> bool:
        """Whether a value that is not null is of this type."""
        return True


ANY = FeelType()


@dataclass(frozen=True, slots=True)
class SimpleType(FeelType):
    """number, string, date ...: named by the standard, without parts."""

    def accepts(self, value: Any, budget: Spender) -> bool:
        return type_name(value) == self.name


@dataclass(frozen=True, slots=True)
class ListType(FeelType):
    """`list<item>`"""

    name: str = "list"
    item: FeelType = ANY

    def accepts(self, value: Any, budget: Spender) -> bool:
        if not isinstance(value, list):
            return False
        budget.spend(len(value) + 1)
        return all(x is None or self.item.accepts(x, budget) for x in value)


@dataclass(frozen=True, slots=True)
class ContextType(FeelType):
    """`context<a: number>`: at least these entries."""

    name: str = "context"
    fields: Mapping[str, FeelType] = field(default_factory=dict)

    def accepts(self, value: Any, budget: Spender) -> bool:
        if not isinstance(value, dict):
            return False
        budget.spend(len(self.fields) + 1)
        return all(
            name in value and (value[name] is None or part.accepts(value[name], budget))
            for name, part in self.fields.items()
        )


@dataclass(frozen=True, slots=True)
class RangeType(FeelType):
    """`range<number>`"""

    name: str = "range"
    item: FeelType = ANY

    def accepts(self, value: Any, budget: Spender) -> bool:
        return isinstance(value, Range) and all(
            end is None or self.item.accepts(end, budget) for end in (value.start, value.end)
        )


@dataclass(frozen=True, slots=True)
class FunctionType(FeelType):
    """`function<number>->string`; a function fits if it takes as many parameters."""

    name: str = "function"
    parameters: tuple[FeelType, ...] | None = None
    result: FeelType = ANY

    def accepts(self, value: Any, budget: Spender) -> bool:
        if not isinstance(value, Function):
            return False
        if self.parameters is None:
            return True
        return len(value.parameters) == len(self.parameters)


@dataclass(frozen=True, slots=True)
class NullType(FeelType):
    """Only null is of this type."""

    name: str = "Null"

    def accepts(self, value: Any, budget: Spender) -> bool:
        return False


_SIMPLE = (
    "number", "string", "boolean", "date", "time", "date and time",
    "years and months duration", "days and time duration",
)  # fmt: skip

#: Types that every expression knows.
BUILTIN_TYPES: Mapping[str, FeelType] = {
    **{name: SimpleType(name) for name in _SIMPLE},
    # Names that older files and the XML bindings use for the same types.
    "dateTime": SimpleType("date and time"),
    "yearMonthDuration": SimpleType("years and months duration"),
    "dayTimeDuration": SimpleType("days and time duration"),
    # Names that the editor of other engines offers.
    "integer": SimpleType("number"),
    "long": SimpleType("number"),
    "double": SimpleType("number"),
    "Any": ANY,
    "Null": NullType(),
    "list": ListType(),
    "context": ContextType(),
    "range": RangeType(),
    "function": FunctionType(),
}


def build_type(node: tree.TypeNode, known: Mapping[str, FeelType]) -> FeelType | None:
    """The type that was written, or None if a name in it is unknown."""
    if node.name == "context" and node.fields:
        parts = {name: build_type(part, known) for name, part in node.fields}
        fields = {name: part for name, part in parts.items() if part is not None}
        return ContextType(fields=fields) if len(fields) == len(parts) else None
    arguments = [build_type(argument, known) for argument in node.arguments]
    found = [argument for argument in arguments if argument is not None]
    if len(found) < len(arguments):
        return None
    if node.name == "function" and found:
        return FunctionType(parameters=tuple(found[:-1]), result=found[-1])
    if node.name == "list" and found:
        return ListType(item=found[0])
    if node.name == "range" and found:
        return RangeType(item=found[0])
    return known.get(node.name) or BUILTIN_TYPES.get(node.name)


def is_instance(value: Any, wanted: FeelType, budget: Spender | None = None) -> bool:
    """`value instance of wanted`; null is an instance of Null alone."""
    if value is None:
        return isinstance(wanted, NullType)
    return wanted.accepts(value, budget or Budget())


class DoesNotConform(Exception):
    """A value is not of the demanded type and cannot be converted to it."""


def coerce(value: Any, wanted: FeelType, budget: Spender | None = None) -> Any:
    """The value as the demanded type, by the implicit conversions (10.3.2.9.4)."""
    if value is None or wanted is ANY:
        return value
    budget = budget or Budget()
    if wanted.accepts(value, budget):
        return value
    if isinstance(wanted, ListType):
        if not isinstance(value, list) and wanted.item.accepts(value, budget):
            return [value]
    elif isinstance(value, list) and len(value) == 1:
        # One level only: [[1]] does not become 1.
        if value[0] is None or wanted.accepts(value[0], budget):
            return value[0]
    elif isinstance(value, Date) and wanted.name == "date and time":
        return DateTime(value, Time(0, 0, 0, offset=0))
    raise DoesNotConform(f"expected {wanted.name}, got {type_name(value)}")
