"""A process's diagram in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.catalog.definition import Definition

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_TEXT = "{http://www.omg.org/spec/BPMN/20100524/MODEL}text"


def drawing(definition: Definition, language: str) -> str:
    """The BPMN file, its names and notes as the package translates them."""
    source: bytes = definition.package.files["process.bpmn"]
    return drawn(source, definition.english if language == "en" else None)


def drawn(source: bytes, english: Mapping[str, str] | None) -> str:
    """A BPMN file with its names and notes in English, as far as there is any."""
    if english is None:
        return source.decode("utf-8")
    root = etree.fromstring(source, _PARSER)
    for element in root.iter(etree.Element):
        name = element.get("name")
        if name:
            element.set("name", english.get(name, name))
        if element.tag == _TEXT and element.text:
            element.text = english.get(element.text.strip(), element.text)
    return etree.tostring(root, encoding="unicode")
