"""What in a form's schema is not supported; found when a package is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.forms.component import component_faults, has_web_code, mapping
from engine.forms.expression import Parse, is_expression
from engine.forms.feel import parse_feel
from engine.forms.messages import finding_message
from engine.forms.types import TYPES

#: The newest form-js schema this understands (form-js 1.23).
SCHEMA_VERSION = 18
MAX_COMPONENTS, MAX_DEPTH = 300, 8
#: Components without a value of their own.
LAYOUT = frozenset(["group", "text", "separator", "spacer"])
SUPPORTED = frozenset(TYPES) | LAYOUT | {"dynamiclist", "expression"}
#: First names of the case document that a form may show but not write.
RESERVED = frozenset(["applicant", "outcomes", "opinions", "people", "decided", "case"])
#: Findings that do not keep a form from being used.
WARNINGS = frozenset(["form.sensitive_missing"])


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a package's author must (error) or should (warning) change."""

    rule: str
    severity: str
    element: str
    message: str


def problems(schema: object, *, parse: Parse = parse_feel, lang: str = "zh") -> list[Finding]:
    """Everything that keeps a schema from being compiled, and what deserves a second look.

    `element` is the component's key or id, or its place in the form where it has neither.
    """
    return list(_Search(parse, lang).form(schema))


class _Search:
    """Walks a schema once; remembers which paths are taken."""

    def __init__(self, parse: Parse, lang: str) -> None:
        self._parse = parse
        self._lang = lang
        self._count = 0

    def form(self, schema: object) -> Iterator[Finding]:
        """Findings of a whole form."""
        if not isinstance(schema, dict) or schema.get("type") != "default":
            yield self._error("form.not_a_form", "")
            return
        version = schema.get("schemaVersion")
        if type(version) is not int or version > SCHEMA_VERSION:
            yield self._error("form.schema_version", "", supported=SCHEMA_VERSION)
        yield from self._components(schema.get("components"), "", (), {}, 1, rows_grow=False)

    def _components(
        self,
        components: object,
        place: str,
        prefix: tuple[str, ...],
        taken: dict[tuple[str, ...], bool],
        depth: int,
        *,
        rows_grow: bool,
    ) -> Iterator[Finding]:
        if not isinstance(components, list):
            yield self._error("form.component", place)
            return
        if depth > MAX_DEPTH:
            yield self._error("form.too_big", place, max=MAX_COMPONENTS, depth=MAX_DEPTH)
            return
        for number, component in enumerate(components, 1):
            self._count += 1
            if self._count > MAX_COMPONENTS:
                yield self._error("form.too_big", place, max=MAX_COMPONENTS, depth=MAX_DEPTH)
                return
            where = f"{place}#{number}"
            if not isinstance(component, dict) or not isinstance(component.get("type"), str):
                yield self._error("form.component", where)
                continue
            name = component.get("key") or component.get("path") or component.get("id") or where
            yield from self._component(component, str(name)[:100], prefix, taken, depth, rows_grow)

    def _component(
        self,
        component: dict[str, Any],
        name: str,
        prefix: tuple[str, ...],
        taken: dict[tuple[str, ...], bool],
        depth: int,
        rows_grow: bool,
    ) -> Iterator[Finding]:
        kind = component["type"]
        if kind in ("html", "iframe", "script") or has_web_code(component):
            yield self._error("form.active_content", name)
            return
        if kind not in SUPPORTED:
            yield self._error("form.unknown_type", name, type=kind[:40])
            return
        fixed = bool(component.get("disabled")) or component.get("readonly") is True
        path = prefix
        if kind in TYPES or kind in ("expression", "dynamiclist") or component.get("path"):
            written = component.get("path" if kind in ("group", "dynamiclist") else "key")
            path = prefix + tuple(written.split(".")) if isinstance(written, str) else prefix
            yield from self._key(written, path, name, kind, fixed, taken)
        for rule, params in component_faults(component, kind, self._parse):
            yield self._error(rule, name, **params)
        if rows_grow and kind in TYPES and (fixed or is_expression(component.get("readonly"))):
            yield self._error("form.readonly_column", name)
        if kind == "group":
            yield from self._components(
                component.get("components"), name, path, taken, depth + 1, rows_grow=rows_grow
            )
        if kind == "dynamiclist":
            for column in _prefilled_columns(component):
                yield self._error("form.prefill_column", column)
            grows = component.get("allowAddRemove") is not False
            yield from self._components(
                component.get("components"), name, (), {}, depth + 1, rows_grow=grows
            )

    def _key(
        self,
        written: object,
        path: tuple[str, ...],
        name: str,
        kind: str,
        fixed: bool,
        taken: dict[tuple[str, ...], bool],
    ) -> Iterator[Finding]:
        usable = isinstance(written, str) and all(
            part and part == part.strip() and part[0] != "_" and "[" not in part and len(part) <= 64
            for part in path
        )
        if not usable or not path:
            yield self._error("form.key", name, key=str(written)[:100])
            return
        if path[0] in RESERVED and not fixed:
            yield self._error("form.reserved_key", name, key=path[0])
        if kind == "money" and not path[-1].endswith("_fen"):
            yield self._error("form.money_key", name, key=path[-1])
        holds_others = kind == "group"
        clash = any(
            (other == path and not (shared and holds_others))
            or (not shared and other == path[: len(other)])
            or (not holds_others and path == other[: len(path)])
            for other, shared in taken.items()
        )
        if clash:
            yield self._error("form.duplicate_key", name, key=".".join(path))
        taken[path] = holds_others

    def _error(self, rule: str, element: str, **params: object) -> Finding:
        severity = "warning" if rule in WARNINGS else "error"
        return Finding(rule, severity, element, finding_message(rule, params, self._lang))


def _prefilled_columns(component: dict[str, Any]) -> Iterator[str]:
    """Names of the fields inside a list that ask to be prefilled."""
    columns = component.get("components")
    for column in columns if isinstance(columns, list) else ():
        if isinstance(column, dict):
            if "prefill" in mapping(column, "properties"):
                yield str(column.get("key") or column.get("id") or "")[:100]
            if column.get("type") == "group":
                yield from _prefilled_columns(column)
