"""Which form belongs to which file of a package."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.comparing import bpmn_node, data_node, dmn_node
from engine.comparing.node import Node
from engine.comparing.xml_node import NotReadable

#: kind of file → how it is taken apart and put together
_FORMS: dict[str, tuple[Callable[[bytes], Node], Callable[[Node], bytes]]] = {
    "diagram": (bpmn_node.read, bpmn_node.write),
    "tables": (dmn_node.read, dmn_node.write),
    "form": (data_node.read_form, data_node.write_form),
    "texts": (data_node.read_texts, data_node.write_texts),
    "facts": (data_node.read_facts, data_node.write_facts),
}


def kind_of(path: str) -> str:
    """What a file of a package is; `text` is anything that is read line by line."""
    if path == "process.toml":
        return "facts"
    if path.endswith(".bpmn"):
        return "diagram"
    if path.endswith(".dmn"):
        return "tables"
    if path.startswith("forms/") and path.endswith(".json"):
        return "form"
    if path.startswith("i18n/") and path.endswith(".json"):
        return "texts"
    return "text"


def taken_apart(path: str, content: bytes) -> Node | None:
    """The file taken apart; None where it is text, or cannot be read as what its name says."""
    form = _FORMS.get(kind_of(path))
    if form is None:
        return None
    try:
        return form[0](content)
    except NotReadable:
        return None


def put_together(path: str, node: Node) -> bytes:
    """The file that says what a node of `taken_apart` says."""
    return _FORMS[kind_of(path)][1](node)


def all_apart(files: Mapping[str, bytes]) -> dict[str, Node | None]:
    """Every file of a package."""
    return {path: taken_apart(path, content) for path, content in files.items()}
