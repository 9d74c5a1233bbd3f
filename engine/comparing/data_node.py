"""Forms, texts and facts taken apart: JSON and TOML."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from engine.comparing.node import INSIDE, Node, flattened, nested, unique
from engine.comparing.toml_text import toml_text
from engine.comparing.xml_node import NotReadable


def read_form(content: bytes) -> Node:
    """A form: its fields side by side, each saying which group it is in."""
    schema = _object(content)
    fields: dict[str, Node] = {}
    _fields(schema.pop("components", None), "", fields)
    return Node("form", dict(flattened(schema)), fields)


def write_form(node: Node) -> bytes:
    """The form that says what the node says."""
    inside: dict[str, list[str]] = {}
    for key, one in node.children.items():
        place = one.values.get(INSIDE, "")
        inside.setdefault(place if place in node.children else "", []).append(key)

    def components(place: str, above: frozenset[str]) -> list[dict[str, Any]]:
        found = []
        for key in inside.get(place, ()):
            values = {n: v for n, v in node.children[key].values.items() if n != INSIDE}
            field = nested(values)
            if key in inside and key not in above:
                field["components"] = components(key, above | {key})
            found.append(field)
        return found

    return _json(nested(node.values) | {"components": components("", frozenset())})


def read_texts(content: bytes) -> Node:
    """A flat file of texts, or any JSON object."""
    return Node("texts", dict(flattened(_object(content))))


def write_texts(node: Node) -> bytes:
    """The file of texts that says what the node says."""
    return _json(nested(node.values))


def read_facts(content: bytes) -> Node:
    """The facts of a package; each table of a list of tables is known by its id."""
    try:
        facts = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NotReadable(str(error)) from error
    values: dict[str, Any] = {}
    children: dict[str, Node] = {}
    for path, value in flattened(facts):
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            for one in value:
                name = str(one["id"]) if "id" in one else path
                children[unique(f"{path}#{name}", children)] = Node(path, dict(flattened(one)))
        else:
            values[path] = value
    return Node("facts", values, children)


def write_facts(node: Node) -> bytes:
    """The process.toml that says what the node says."""
    values = dict(node.values)
    for one in node.children.values():
        values.setdefault(one.tag, [])
        values[one.tag] = [*values[one.tag], nested(one.values)]
    return toml_text(nested(values)).encode("utf-8")


def _fields(components: Any, place: str, found: dict[str, Node]) -> None:
    for one in components if isinstance(components, list) else ():
        if not isinstance(one, dict):
            raise NotReadable("a component of a form is an object")
        inner = one.get("components")
        rest = {name: value for name, value in one.items() if name != "components"}
        name = one.get("id") or one.get("key") or one.get("type")
        key = unique(f"#{name}", found)
        found[key] = Node(str(one.get("type", "")), {**dict(_flat(rest)), INSIDE: place})
        if inner is not None:
            _fields(inner, key, found)


def _flat(rest: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return flattened(dict(rest)) if rest else iter(())


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotReadable(str(error)) from error
    if not isinstance(found, dict):
        raise NotReadable("the file is not an object")
    return found


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
