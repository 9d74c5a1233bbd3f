"""Item definitions as types: components, collections, allowed values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.feel.compare import Spender
from engine.feel.dmn.elements import ItemDefinition
from engine.feel.types import (
    ANY,
    BUILTIN_TYPES,
    ContextType,
    FeelType,
    FunctionType,
    ListType,
)

#: Whether a value satisfies a text of unary tests.
Test = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class ConstrainedType(FeelType):
    """A type of which only some values are allowed."""

    base: FeelType = ANY
    test: Test | None = None

    def accepts(self, value: Any, budget: Spender) -> bool:
        return self.base.accepts(value, budget) and (self.test is None or self.test(value))


class ItemTypes:
    """Builds the types of one file; a definition may refer to any other, in any order."""

    def __init__(
        self,
        items: tuple[ItemDefinition, ...],
        imported: Sequence[tuple[str, "ItemTypes"]],
        make_test: Callable[[str, str], Test],
    ) -> None:
        self._items = {item.name: item for item in items}
        self._imported = imported
        self._make_test = make_test
        self._built: dict[str, FeelType] = {}
        self._open: set[str] = set()
        self._known: dict[str, FeelType] | None = None

    def get(self, reference: str | None) -> FeelType | None:
        """The type a reference names; Any without one; None if there is no such type."""
        if not reference:
            return ANY
        if reference in self._items:
            return self._named(reference)
        if reference in BUILTIN_TYPES:
            return BUILTIN_TYPES[reference]
        for alias, types in self._imported:
            if alias and reference.startswith(alias + "."):
                return types.get(reference[len(alias) + 1 :])
            if not alias and (found := types.get(reference)) is not None:
                return found
        return None

    def known(self) -> dict[str, FeelType]:
        """Every named type, for `instance of`."""
        if self._known is not None:
            return self._known
        own = {name: self._named(name) for name in self._items}
        for alias, types in self._imported:
            own.update({f"{alias}.{name}" if alias else name: type_
                        for name, type_ in types.known().items()})  # fmt: skip
        self._known = own
        return own

    def _named(self, name: str) -> FeelType:
        if name not in self._built:
            if name in self._open:
                return ANY  # a type that contains itself is not checked below the first level
            self._open.add(name)
            self._built[name] = self._build(self._items[name])
            self._open.discard(name)
        return self._built[name]

    def _build(self, item: ItemDefinition) -> FeelType:
        if item.function is not None:
            parameters, output = item.function
            base: FeelType = FunctionType(
                parameters=tuple(self.get(each.type_ref) or ANY for each in parameters),
                result=self.get(output) or ANY,
            )
        elif item.components:
            base = ContextType(
                name=item.name,
                fields={each.name: self._build(each) for each in item.components},
            )
        else:
            base = self.get(item.type_ref) or ANY
        if item.allowed_values:
            base = self._constrained(base, item, item.allowed_values)
        if item.is_collection:
            base = ListType(item=base)
        if item.type_constraint:
            base = self._constrained(base, item, item.type_constraint)
        return base

    def _constrained(self, base: FeelType, item: ItemDefinition, text: str) -> FeelType:
        test = self._make_test(text, f'allowed values of "{item.name}"')
        if isinstance(base, ListType) and text == item.allowed_values:
            # On a reference to a collection, allowed values speak of its elements.
            inner = ConstrainedType(base.item.name, base.item, test)
            return ListType(item=inner)
        return ConstrainedType(base.name, base, test)
