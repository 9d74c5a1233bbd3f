"""Small readings of a BPMN file's XML."""

from __future__ import annotations

from typing import Any

from lxml import etree

from engine.runtime.diagram import Finding
from engine.runtime.supported import finding

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def flag(node: etree._Element, name: str, default: str = "false") -> bool:
    """An attribute that is true or false; BPMN also writes it as a digit."""
    return node.get(name, default).strip() in ("true", "1")


def line_of(node: etree._Element) -> int:
    """The line of the file it stands in, 0 where nobody knows."""
    line: Any = node.sourceline  # the stubs leave its type open
    return line or 0


def text_of(node: etree._Element) -> str:
    """The text inside, without the space around it."""
    return (node.text or "").strip()


def feel_of(node: etree._Element | None) -> str:
    """An expression; editors of FEEL write an equals sign before it."""
    return "" if node is None else text_of(node).removeprefix("=").strip()


def refs(node: etree._Element, tag: str) -> list[str]:
    """The ids named by the children of this tag."""
    return [(ref.text or "").strip() for ref in node.iterchildren(f"{{{BPMN}}}{tag}")]


def foreign(node: etree._Element, name: str, element_id: str) -> Finding:
    """The warning that something of another vendor means nothing here."""
    return finding("foreign_extension", element_id, line_of(node), name=name)
