"""Reads our own nested elements in a diagram, as `schemas/gongban-moddle.json` describes them.

The editor in the browser reads the same file, so an element it can write is one we understand and
nothing else is. A value is a dictionary by attribute name, defaults filled in; a type whose only
property is a list (`gongban:outcomes`) is that list.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

DESCRIPTOR = Path(__file__).resolve().parents[2] / "schemas" / "gongban-moddle.json"
NAMESPACE = "urn:gongban:bpmn:1"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in our namespace that the descriptor does not allow."""

    rule: str
    parts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Property:
    """An attribute, or the type of the children."""

    name: str
    type: str
    is_attribute: bool
    default: object


@dataclass(frozen=True, slots=True)
class Type:
    """One element of our namespace."""

    name: str
    properties: tuple[Property, ...]
    allowed_in: frozenset[str]
    required: tuple[str, ...]
    unique: str

    def attribute(self, name: str) -> Property | None:
        return next((p for p in self.properties if p.is_attribute and p.name == name), None)

    @property
    def children(self) -> dict[str, Property]:
        return {_tag(p.type): p for p in self.properties if not p.is_attribute}


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The whole namespace: types by XML tag, and the words each enumeration allows."""

    types: dict[str, Type]
    enumerations: dict[str, tuple[str, ...]]


@cache
def descriptor() -> Descriptor:
    """The descriptor file, read once."""
    raw = json.loads(DESCRIPTOR.read_text(encoding="utf-8"))
    return Descriptor(
        types={_tag(entry["name"]): _type(entry) for entry in raw["types"]},
        enumerations={
            entry["name"]: tuple(value["name"] for value in entry["literalValues"])
            for entry in raw["enumerations"]
        },
    )


def read_extensions(container: etree._Element, kind: str) -> tuple[dict[str, object], list[Remark]]:
    """What stands in our namespace inside one `bpmn:extensionElements` of an element of `kind`."""
    values: dict[str, object] = {}
    remarks: list[Remark] = []
    for node in container.iterchildren(f"{{{NAMESPACE}}}*"):
        tag = etree.QName(node).localname
        found = descriptor().types.get(tag)
        if found is None or (found.allowed_in and kind not in found.allowed_in):
            remarks.append(Remark("unknown_extension", {"name": tag}))
        elif tag in values:
            remarks.append(Remark("extension_twice", {"name": tag}))
        else:
            values[tag] = _read(node, found, remarks)
    return values, remarks


def _read(node: etree._Element, of: Type, remarks: list[Remark]) -> Any:
    value: dict[str, object] = {p.name: p.default for p in of.properties if p.is_attribute}
    tag = etree.QName(node).localname
    for name, text in node.attrib.items():
        if not (known := of.attribute(str(name))):
            remarks.append(Remark("unknown_attribute", {"name": tag, "attribute": str(name)}))
        else:
            value[known.name] = _coerced(tag, known, str(text), remarks)
    for name in of.required:
        if value.get(name) in (None, ""):
            remarks.append(Remark("attribute_missing", {"name": tag, "attribute": name}))
    lists: dict[str, list[Any]] = {p.name: [] for p in of.children.values()}
    for child in node.iterchildren("*"):
        child_tag = etree.QName(child)
        known = of.children.get(child_tag.localname)
        if known is None or child_tag.namespace != NAMESPACE:
            remarks.append(Remark("unknown_extension", {"name": f"{tag}/{child_tag.localname}"}))
        else:
            lists[known.name].append(_read(child, descriptor().types[_tag(known.type)], remarks))
    for known in of.children.values():
        _check_unique(descriptor().types[_tag(known.type)], lists[known.name], remarks)
    if len(lists) == 1 and not value:
        return next(iter(lists.values()))
    return value | lists


def _check_unique(of: Type, values: list[Any], remarks: list[Remark]) -> None:
    seen: set[object] = set()
    for value in values if of.unique else []:
        key = value[of.unique]
        if key in seen:
            remarks.append(Remark("value_twice", {"attribute": of.unique, "value": str(key)}))
        seen.add(key)


def _coerced(tag: str, known: Property, text: str, remarks: list[Remark]) -> object:
    words = descriptor().enumerations.get(known.type)
    if known.type == "Integer" and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    if known.type == "Boolean" and text in ("true", "false"):
        return text == "true"
    if known.type == "String" or (words is not None and text in words):
        return text
    allowed = " | ".join(words) if words else known.type
    parts = {"name": tag, "attribute": known.name, "value": text, "allowed": allowed}
    remarks.append(Remark("bad_value", parts))
    return known.default


def _type(entry: dict[str, Any]) -> Type:
    meta = entry.get("meta", {})
    return Type(
        name=entry["name"],
        properties=tuple(
            Property(p["name"], p["type"], p.get("isAttr", False), p.get("default"))
            for p in entry["properties"]
        ),
        # The file says bpmn:UserTask, as editors want it; diagrams say userTask.
        allowed_in=frozenset(_tag(name.partition(":")[2]) for name in meta.get("allowedIn", [])),
        required=tuple(meta.get("required", ())),
        unique=meta.get("unique", ""),
    )


def _tag(name: str) -> str:
    return name[:1].lower() + name[1:]
