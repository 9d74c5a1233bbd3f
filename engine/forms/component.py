"""What one component of a form's schema may say, whatever stands around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import regex

from engine.forms.expression import NotAnExpression, Parse, is_expression, source
from engine.forms.limits import compile_pattern
from engine.forms.types import TYPES
from engine.forms.values import MAX_ITEMS

#: A finding's rule and the params of its sentence.
Fault = tuple[str, dict[str, object]]

SENSITIVE = frozenset(["id_card", "bank_account", "mobile", "health", "text"])
#: Types that can begin with what is known of the applicant: plain values, each of them one.
PREFILLED = frozenset(["textfield", "textarea", "number", "select", "radio", "datetime"])
#: Types whose values are sensitive by nature.
PERSONAL = frozenset(["idcard", "bankaccount", "mobile"])
CHOICES = frozenset(["select", "radio", "checklist"])
FILE_KINDS = frozenset(["pdf", "jpg", "png", "ofd"])
#: Settings of form-js that change the value's JSON type.
REFUSED_OPTIONS = frozenset(["serializeToString"])
_WEB_CODE = regex.compile(r"<\s*/?\s*(script|iframe|object|embed)\b|javascript\s*:", regex.I)
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "decimalDigits")


def component_faults(component: dict[str, Any], kind: str, parse: Parse) -> Iterator[Fault]:
    """Everything about a component of a supported type that cannot stay."""
    for option in sorted(REFUSED_OPTIONS & component.keys()):
        if component[option]:
            yield "form.option_not_supported", {"option": option}
    if "dataSource" in component or "dataSource" in mapping(component, "properties"):
        yield "form.remote_data", {}
    for name in ("validate", "properties", "conditional"):
        if component.get(name) is not None and not isinstance(component[name], dict):
            yield "form.setting", {"name": name}
    yield from _label(component, kind)
    yield from _expressions(component, kind, parse)
    yield from _rules(component, kind)
    yield from _properties(component, kind)
    if kind in CHOICES:
        yield from _options(component)


def _label(component: dict[str, Any], kind: str) -> Iterator[Fault]:
    if kind not in TYPES and kind not in ("dynamiclist", "expression"):
        return
    label = component.get("dateLabel" if kind == "datetime" else "label")
    label = label or component.get("label")
    if kind == "expression" and label is None:
        return  # a helper value that nobody sees
    if not isinstance(label, str) or not label.strip() or is_expression(label):
        yield "form.label", {}


def _expressions(component: dict[str, Any], kind: str, parse: Parse) -> Iterator[Fault]:
    hide = mapping(component, "conditional").get("hide")
    if hide not in (None, "") and not is_expression(hide):
        yield "form.feel_equals", {}
    for setting in ("expression", "valuesExpression"):
        needed = setting == kind or component.get(setting) is not None
        if needed and not is_expression(component.get(setting)):
            yield "form.feel_equals", {}
    check = mapping(component, "properties").get("check")
    texts = [
        hide,
        component.get("expression"),
        component.get("readonly"),
        component.get("valuesExpression"),
        component.get("text"),
        *mapping(component, "validate").values(),
    ]
    found = [text for text in texts if isinstance(text, str) and is_expression(text)]
    prefill = mapping(component, "properties").get("prefill")
    if isinstance(prefill, str):
        found.append(prefill)
    if isinstance(check, str):
        found.append(check)
    elif check is not None:
        yield "form.feel", {"text": str(check)[:100]}
    for text in found:
        try:
            parse(source(text), ())
        except NotAnExpression as error:
            yield "form.feel", {"text": f"{source(text)[:100]} ({error})"}


def _rules(component: dict[str, Any], kind: str) -> Iterator[Fault]:
    rules = {**mapping(component, "validate")}
    if "decimalDigits" in component:
        rules["decimalDigits"] = component["decimalDigits"]
    for rule in _COUNTS:
        value = rules.get(rule)
        whole = type(value) is int and value >= 0
        if value not in (None, "") and not whole and not is_expression(value):
            yield "form.rule", {"name": rule}
    if not isinstance(rules.get("required", False), bool):
        yield "form.rule", {"name": "required"}
    if type(rules.get("maxItems")) is int and rules["maxItems"] > MAX_ITEMS:
        yield "form.rule", {"name": "maxItems"}
    for rule in ("min", "max"):
        value = rules.get(rule)
        wanted = int if kind == "money" else int | float
        number = isinstance(value, wanted) and not isinstance(value, bool)
        if value not in (None, "") and not number and not is_expression(value):
            yield "form.rule", {"name": rule}
    if rules.get("validationType") not in (None, "", "custom", "email", "phone"):
        yield "form.rule", {"name": "validationType"}
    repetitions = component.get("defaultRepetitions", 0)
    if type(repetitions) is not int or not 0 <= repetitions <= MAX_ITEMS:
        yield "form.rule", {"name": "defaultRepetitions"}
    if kind == "datetime" and component.get("subtype", "date") != "date":
        yield "form.date_only", {}
    if pattern := rules.get("pattern"):
        try:
            compile_pattern(pattern)
        except (regex.error, TypeError, ValueError) as error:
            yield "form.pattern", {"text": str(error)[:100]}


def _properties(component: dict[str, Any], kind: str) -> Iterator[Fault]:
    properties = mapping(component, "properties")
    sensitive = properties.get("sensitive")
    if sensitive is not None and (kind not in TYPES or str(sensitive) not in SENSITIVE):
        rule = "form.sensitive_computed" if kind == "expression" else "form.sensitive"
        yield rule, {"kind": str(sensitive)[:40]}
    if kind in PERSONAL and sensitive is None:
        yield "form.sensitive_missing", {}
    if "prefill" in properties:
        plain = kind in PREFILLED and sensitive is None
        if not plain or not isinstance(properties["prefill"], str):
            yield "form.prefill", {}
    if "check" in properties and not str(properties.get("checkMessage") or "").strip():
        yield "form.check_message", {}
    if kind == "persons" and not str(properties.get("candidates") or "").strip():
        yield "form.candidates", {}
    if kind == "attachments":
        for wanted in split_list(properties.get("kinds")):
            if wanted not in FILE_KINDS:
                yield "form.kinds", {"kind": wanted[:40]}
        if "max_mb" in properties and megabytes(properties["max_mb"]) is None:
            yield "form.max_mb", {}


def _options(component: dict[str, Any]) -> Iterator[Fault]:
    values, key = component.get("values"), component.get("valuesKey")
    if values is None and (component.get("valuesExpression") or (isinstance(key, str) and key)):
        return
    if not isinstance(values, list) or not values:
        yield "form.options", {}
        return
    seen: set[tuple[bool, object]] = set()
    for option in values:
        value = option.get("value") if isinstance(option, dict) else None
        label = option.get("label") if isinstance(option, dict) else None
        right = isinstance(value, str | int | float) and value != ""
        if not right or not isinstance(label, str) or not label.strip():
            yield "form.option_value", {}
            return
        seen.add((isinstance(value, bool), value))
    if len(seen) != len(values):
        yield "form.option_value", {}


def split_list(text: object) -> tuple[str, ...]:
    """The parts of a comma-separated property."""
    if not isinstance(text, str):
        return ()
    return tuple(part.strip() for part in text.split(",") if part.strip())


def megabytes(text: object) -> int | None:
    """A whole number of MB from 1 to 100, written as text or as a number; None for anything else."""
    found = str(text) if isinstance(text, str | int) and not isinstance(text, bool) else ""
    return int(found) if regex.fullmatch(r"[1-9][0-9]?|100", found) else None


def mapping(component: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A component's setting that is an object; empty if it is none."""
    value = component.get(name)
    return value if isinstance(value, dict) else {}


def has_web_code(component: Mapping[str, Any]) -> bool:
    """Whether a text of the component holds what a browser might run."""
    texts = [value for value in component.values() if isinstance(value, str)]
    return any(_WEB_CODE.search(text) for text in texts)
