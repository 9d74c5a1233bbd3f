"""From form-js JSON to a `Form`, once, when a package is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from engine.errors import InvalidPackage
from engine.forms.component import CHOICES, megabytes, split_list
from engine.forms.expression import Expression, Parse, is_expression, source
from engine.forms.feel import parse_feel
from engine.forms.field import Field, Option
from engine.forms.form import Form
from engine.forms.limits import compile_pattern
from engine.forms.problems import Finding, problems
from engine.forms.shape import shape_of
from engine.forms.types import TYPES


class UnsupportedForm(InvalidPackage):
    """A form's schema has errors; `findings` says which."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        first = findings[0]
        super().__init__(element=first.element, reason=first.message, count=len(findings))


def compile_form(schema: dict[str, Any], *, parse: Parse = parse_feel) -> Form:
    """Compile a form-js schema; raises `UnsupportedForm` when `problems` finds an error."""
    errors = [finding for finding in problems(schema, parse=parse) if finding.severity == "error"]
    if errors:
        raise UnsupportedForm(errors)
    compiler = _Compiler(parse, sorted(set(_names(schema["components"]))))
    fields = tuple(compiler.fields(schema["components"], ()))
    return Form(str(schema.get("id") or ""), fields, shape_of(fields))


class _Compiler:
    def __init__(self, parse: Parse, names: list[str]) -> None:
        self._parse = parse
        self._names = names

    def fields(self, components: list[dict[str, Any]], prefix: tuple[str, ...]) -> Iterator[Field]:
        """The fields of a list of components; `prefix` is the path of the groups around them."""
        for component in components:
            yield self._field(component, prefix)

    def _field(self, component: dict[str, Any], prefix: tuple[str, ...]) -> Field:
        kind = component["type"]
        properties = component.get("properties") or {}
        within = kind in ("group", "dynamiclist")
        has_value = kind in TYPES or kind in ("expression", "dynamiclist")
        # A separator or text may have a key of the editor's making; it means nothing.
        written = (component.get("path" if within else "key") or "") if has_value or within else ""
        path = prefix + tuple(written.split(".")) if written else prefix
        options = _options(component)
        children = self._children(component, path)
        readonly = bool(component.get("disabled")) or self._readonly(component.get("readonly"))
        hide = self._maybe((component.get("conditional") or {}).get("hide"))
        depends = hide is not None or kind == "expression" or isinstance(readonly, Expression)
        check = properties.get("check")
        return Field(
            id=str(component.get("id") or written),
            type=kind,
            label=_label(component),
            path=path if written else (),
            dotted=".".join(path) if written else "",
            required=bool((component.get("validate") or {}).get("required")),
            rules=self._rules(component),
            sensitive=properties.get("sensitive"),
            readonly=readonly,
            hide=hide,
            check=None if check is None else self._compile(check),
            check_message=str(properties.get("checkMessage") or ""),
            options=options,
            options_from=self._options_from(component),
            kinds=split_list(properties.get("kinds")),
            max_mb=megabytes(properties.get("max_mb")),
            candidates=str(properties.get("candidates") or ""),
            default=component.get("defaultValue"),
            prefill=self._compile(properties["prefill"]) if properties.get("prefill") else None,
            expression=self._maybe(component["expression"]) if kind == "expression" else None,
            children=children,
            dynamic=depends or any(child.dynamic for child in children),
            growing=component.get("allowAddRemove") is not False,
            repetitions=int(component.get("defaultRepetitions") or 0) if within else 1,
            choices=frozenset((isinstance(one.value, bool), one.value) for one in options),
        )

    def _children(self, component: dict[str, Any], path: tuple[str, ...]) -> tuple[Field, ...]:
        if component["type"] == "group":
            return tuple(self.fields(component["components"], path))
        if component["type"] == "dynamiclist":
            return tuple(self.fields(component["components"], ()))
        return ()

    def _rules(self, component: dict[str, Any]) -> dict[str, Any]:
        rules = dict(component.get("validate") or {})
        rules.pop("required", None)
        if "decimalDigits" in component:
            rules["decimalDigits"] = component["decimalDigits"]
        if component.get("disallowPassedDates"):
            rules["disallowPassedDates"] = True
        if pattern := rules.get("pattern"):
            rules["pattern"] = compile_pattern(pattern)
        return {
            name: self._compile(value) if is_expression(value) else value
            for name, value in rules.items()
            if value not in (None, "")
        }

    def _options_from(self, component: dict[str, Any]) -> Expression | tuple[str, ...] | None:
        if component["type"] not in CHOICES or component.get("values") is not None:
            return None
        if text := component.get("valuesExpression"):
            return self._compile(text)
        key = component.get("valuesKey")
        return tuple(key.split(".")) if key else None

    def _readonly(self, value: object) -> bool | Expression:
        return self._compile(value) if is_expression(value) else bool(value)

    def _maybe(self, value: object) -> Expression | None:
        return self._compile(value) if is_expression(value) else None

    def _compile(self, value: object) -> Expression:
        text = source(str(value))
        return Expression(text, self._parse(text, self._names))


def _label(component: dict[str, Any]) -> str:
    label = component.get("label") or ""
    if component["type"] == "datetime":
        label = component.get("dateLabel") or label
    return str(label).strip()


def _options(component: dict[str, Any]) -> tuple[Option, ...]:
    if component["type"] not in CHOICES:
        return ()
    return tuple(Option(one["value"], one["label"]) for one in component.get("values") or ())


def _names(components: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Every name a component gives to a value: an expression may use names with blanks."""
    for component in components:
        for written in (component.get("key"), component.get("path")):
            if isinstance(written, str):
                yield from written.split(".")
        if component["type"] in ("group", "dynamiclist"):
            yield from _names(component["components"])
