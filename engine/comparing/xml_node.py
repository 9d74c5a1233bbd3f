"""XML taken apart and put together again; what a child is known by is the format's affair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from engine.catalog.package import secure_xml_parser
from engine.comparing.node import Node, unique

TEXT, TAIL, WHOLE = "#text", "#tail", "#whole"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

#: Says by which key a child is known inside its parent.
KeyOf = Callable[[etree._Element], str]


class NotReadable(ValueError):
    """The file is not XML that can be taken apart."""


def parse(content: bytes) -> etree._Element:
    """The root of a file nobody vouches for; raise `NotReadable`."""
    try:
        root = etree.fromstring(content, secure_xml_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotReadable(str(error)) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # stubs
        raise NotReadable("document types are not read")
    return root


def local(element: etree._Element) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def own_values(element: etree._Element) -> dict[str, Any]:
    """What an element says by itself: attributes and text."""
    values: dict[str, Any] = {}
    for attribute, text in element.attrib.items():
        name = str(attribute)
        values[f"@{name}"] = _type_name(element, str(text)) if name == _XSI_TYPE else str(text)
    if said := (element.text or "").strip():
        values[TEXT] = said
    if tail := (element.tail or "").strip():
        values[TAIL] = tail
    return values


def take_apart(element: etree._Element, key_of: KeyOf) -> Node:
    """An element with everything in it."""
    children: dict[str, Node] = {}
    for child in element.iterchildren("*"):
        children[unique(key_of(child), children)] = take_apart(child, key_of)
    return Node(str(element.tag), own_values(element), children)


def put_together(
    node: Node, parent: etree._Element | None, nsmap: Mapping[str | None, str]
) -> etree._Element:
    """The element a node was taken from."""
    if WHOLE in node.values:
        element = etree.fromstring(node.values[WHOLE], secure_xml_parser())
        if parent is not None:
            parent.append(element)
        return element
    names: Any = dict(nsmap)
    element = (
        etree.Element(node.tag, nsmap=names)
        if parent is None
        else etree.SubElement(parent, node.tag)
    )
    for name, value in node.values.items():
        if name.startswith("@"):
            text = _prefixed(value, nsmap) if name[1:] == _XSI_TYPE else value
            element.set(name[1:], text)
    element.text = node.values.get(TEXT)
    element.tail = node.values.get(TAIL)
    for child in node.children.values():
        put_together(child, element, nsmap)
    return element


def written(root: etree._Element) -> bytes:
    """The file, one element a line."""
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def canonical(element: etree._Element) -> str:
    """An element as one text that says everything in it."""
    copy = etree.fromstring(etree.tostring(element, with_tail=False), secure_xml_parser())
    # The stubs do not know canonical XML 2.0 yet.
    text: bytes = etree.tostring(copy, method="c14n2", strip_text=True)  # type: ignore[call-overload]
    return text.decode("utf-8")


def _type_name(element: etree._Element, text: str) -> str:
    """The value of xsi:type without its prefix, which is the file's own affair."""
    prefix, colon, name = text.partition(":")
    namespace = element.nsmap.get(prefix if colon else None)
    return f"{{{namespace}}}{name if colon else prefix}" if namespace else text


def _prefixed(value: str, nsmap: Mapping[str | None, str]) -> str:
    if not value.startswith("{"):
        return value
    namespace, _, name = value[1:].partition("}")
    prefixes = [prefix for prefix, known in nsmap.items() if known == namespace]
    if not prefixes:
        return name
    return f"{prefixes[0]}:{name}" if prefixes[0] else name
