"""What in a form's schema is not supported; found when a package is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import regex  # type: ignore[import-untyped]  # the package ships no types

from engine.forms.expression import NotAnExpression, Parse, is_expression, source
from engine.forms.feel import parse_feel
from engine.forms.messages import finding_message
from engine.forms.types import MAX_ITEMS, TYPES, compile_pattern

#: The newest form-js schema this understands (form-js 1.23).
SCHEMA_VERSION = 18
MAX_COMPONENTS, MAX_DEPTH = 300, 8
#: Components without a value of their own.
LAYOUT = frozenset(["group", "text", "separator", "spacer"])
SUPPORTED = frozenset(TYPES) | LAYOUT | {"dynamiclist", "expression"}
SENSITIVE = frozenset(["id_card", "bank_account", "mobile", "health", "text"])
#: Types whose values are sensitive by nature.
PERSONAL = frozenset(["idcard", "bankaccount", "mobile"])
FILE_KINDS = frozenset(["pdf", "jpg", "png", "ofd"])
#: First names of the case document that a form may show but not write.
RESERVED = frozenset(["applicant", "outcomes", "opinions", "case"])
#: Settings of form-js that change the value's JSON type.
REFUSED_OPTIONS = frozenset(["serializeToString"])
_WEB_CODE = regex.compile(r"<\s*/?\s*(script|iframe|object|embed)\b|javascript\s*:", regex.I)
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "decimalDigits")


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
        if kind in ("html", "iframe", "script") or _has_web_code(component):
            yield self._error("form.active_content", name)
            return
        if "dataSource" in component or "dataSource" in _mapping(component, "properties"):
            yield self._error("form.remote_data", name)
        if kind not in SUPPORTED:
            yield self._error("form.unknown_type", name, type=kind[:40])
            return
        for option in sorted(REFUSED_OPTIONS & component.keys()):
            if component[option]:
                yield self._error("form.option_not_supported", name, option=option)
        fixed = bool(component.get("disabled")) or component.get("readonly") is True
        path = prefix
        if kind in TYPES or kind in ("expression", "dynamiclist") or component.get("path"):
            written = component.get("path" if kind in ("group", "dynamiclist") else "key")
            path = prefix + tuple(written.split(".")) if isinstance(written, str) else prefix
            yield from self._key(written, path, name, kind, fixed, taken)
        yield from self._label(component, kind, name)
        yield from self._expressions(component, kind, name)
        yield from self._rules(component, kind, name)
        yield from self._properties(component, kind, name)
        if rows_grow and kind in TYPES and (fixed or is_expression(component.get("readonly"))):
            yield self._error("form.readonly_column", name)
        if kind in ("select", "radio", "checklist"):
            yield from self._options(component, name)
        if kind == "group":
            yield from self._components(
                component.get("components"), name, path, taken, depth + 1, rows_grow=rows_grow
            )
        if kind == "dynamiclist":
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

    def _label(self, component: dict[str, Any], kind: str, name: str) -> Iterator[Finding]:
        if kind not in TYPES and kind not in ("dynamiclist", "expression"):
            return
        label = component.get("dateLabel" if kind == "datetime" else "label")
        label = label or component.get("label")
        if kind == "expression" and label is None:
            return  # a helper value that nobody sees
        if not isinstance(label, str) or not label.strip() or is_expression(label):
            yield self._error("form.label", name)

    def _expressions(self, component: dict[str, Any], kind: str, name: str) -> Iterator[Finding]:
        hide = _mapping(component, "conditional").get("hide")
        if hide is not None and not is_expression(hide):
            yield self._error("form.feel_equals", name)
        if kind == "expression" and not is_expression(component.get("expression")):
            yield self._error("form.feel_equals", name)
        check = _mapping(component, "properties").get("check")
        texts = [
            hide,
            component.get("expression"),
            component.get("readonly"),
            component.get("valuesExpression"),
            component.get("text"),
            *_mapping(component, "validate").values(),
        ]
        found = [text for text in texts if isinstance(text, str) and is_expression(text)]
        if isinstance(check, str):
            found.append(check)
        elif check is not None:
            yield self._error("form.feel", name, text=str(check)[:100])
        for text in found:
            try:
                self._parse(source(text), ())
            except NotAnExpression as error:
                yield self._error("form.feel", name, text=f"{source(text)[:100]} ({error})")

    def _rules(self, component: dict[str, Any], kind: str, name: str) -> Iterator[Finding]:
        rules = {**_mapping(component, "validate")}
        if "decimalDigits" in component:
            rules["decimalDigits"] = component["decimalDigits"]
        for rule in _COUNTS:
            value = rules.get(rule)
            whole = type(value) is int and value >= 0
            if value is not None and not whole and not is_expression(value):
                yield self._error("form.rule", name, name=rule)
        if type(rules.get("maxItems")) is int and rules["maxItems"] > MAX_ITEMS:
            yield self._error("form.rule", name, name="maxItems")
        for rule in ("min", "max"):
            value = rules.get(rule)
            wanted = int if kind == "money" else int | float
            number = isinstance(value, wanted) and not isinstance(value, bool)
            if value not in (None, "") and not number and not is_expression(value):
                yield self._error("form.rule", name, name=rule)
        if rules.get("validationType") not in (None, "", "custom", "email", "phone"):
            yield self._error("form.rule", name, name="validationType")
        if kind == "datetime" and component.get("subtype", "date") != "date":
            yield self._error("form.date_only", name)
        if pattern := rules.get("pattern"):
            try:
                compile_pattern(pattern)
            except (regex.error, TypeError, ValueError) as error:
                yield self._error("form.pattern", name, text=str(error)[:100])

    def _properties(self, component: dict[str, Any], kind: str, name: str) -> Iterator[Finding]:
        properties = _mapping(component, "properties")
        sensitive = properties.get("sensitive")
        if sensitive is not None and (kind not in TYPES or sensitive not in SENSITIVE):
            rule = "form.sensitive_computed" if kind == "expression" else "form.sensitive"
            yield self._error(rule, name, kind=str(sensitive)[:40])
        if kind in PERSONAL and sensitive is None:
            yield self._finding("form.sensitive_missing", "warning", name)
        if "check" in properties and not str(properties.get("checkMessage") or "").strip():
            yield self._error("form.check_message", name)
        if kind == "persons" and not str(properties.get("candidates") or "").strip():
            yield self._error("form.candidates", name)
        if kind == "attachments":
            for wanted in split_list(properties.get("kinds")):
                if wanted not in FILE_KINDS:
                    yield self._error("form.kinds", name, kind=wanted[:40])

    def _options(self, component: dict[str, Any], name: str) -> Iterator[Finding]:
        values = component.get("values")
        if values is None and (component.get("valuesKey") or component.get("valuesExpression")):
            return
        if not isinstance(values, list) or not values:
            yield self._error("form.options", name)
            return
        seen: set[tuple[bool, object]] = set()
        for option in values:
            value = option.get("value") if isinstance(option, dict) else None
            label = option.get("label") if isinstance(option, dict) else None
            right = isinstance(value, str | int | float) and value != ""
            if not right or not isinstance(label, str) or not label.strip():
                yield self._error("form.option_value", name)
                return
            seen.add((isinstance(value, bool), value))
        if len(seen) != len(values):
            yield self._error("form.option_value", name)

    def _error(self, rule: str, element: str, **params: object) -> Finding:
        return self._finding(rule, "error", element, **params)

    def _finding(self, rule: str, severity: str, element: str, **params: object) -> Finding:
        return Finding(rule, severity, element, finding_message(rule, params, self._lang))


def split_list(text: object) -> tuple[str, ...]:
    """The parts of a comma-separated property."""
    if not isinstance(text, str):
        return ()
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _mapping(component: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = component.get(name)
    return value if isinstance(value, dict) else {}


def _has_web_code(component: Mapping[str, Any]) -> bool:
    texts = [value for value in component.values() if isinstance(value, str)]
    return any(_WEB_CODE.search(text) for text in texts)
