"""A process's diagram in the reader's language."""

from __future__ import annotations

from lxml import etree

from engine.catalog.definition import Definition

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_TEXT = "{http://www.omg.org/spec/BPMN/20100524/MODEL}text"


def drawing(definition: Definition, language: str) -> str:
    """The BPMN file, its names and notes as the package translates them."""
    source: bytes = definition.package.files["process.bpmn"]
    if language != "en":
        return source.decode("utf-8")
    root = etree.fromstring(source, _PARSER)
    for element in root.iter(etree.Element):
        name = element.get("name")
        if name:
            element.set("name", definition.text(name, language))
        if element.tag == _TEXT and element.text:
            element.text = definition.text(element.text.strip(), language)
    return etree.tostring(root, encoding="unicode")
