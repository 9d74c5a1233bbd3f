"""Reads how often a multi-instance activity is to be done."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.catalog.xml import BPMN, feel_of, flag, foreign, line_of
from engine.runtime.diagram import Finding, Loop
from engine.runtime.supported import finding, refusal

MULTI = "multiInstanceLoopCharacteristics"
#: what is read of it
_DATA = frozenset({"loopCardinality", "loopDataInputRef", "inputDataItem", "completionCondition"})


def read_loop(node: etree._Element, element_id: str) -> tuple[Loop, list[Finding]]:
    """The loop of one activity, and what in it is not known."""
    given: dict[str, etree._Element] = {}
    found: list[Finding] = list(_attributes(node, element_id))
    for child in node.iterchildren("*"):
        name = etree.QName(child)
        if name.namespace != BPMN:
            found.append(foreign(child, f"{name.namespace} {name.localname}", element_id))
        elif name.localname in _DATA and name.localname not in given:
            given[name.localname] = child
            language = child.get("language", "")
            if language and "feel" not in language.lower():
                line = line_of(child)
                found.append(finding("condition_language", element_id, line, language=language))
        elif name.localname == "extensionElements":
            for inner in child.iterchildren("*"):
                what = etree.QName(inner)
                found.append(foreign(inner, f"{what.namespace} {what.localname}", element_id))
        elif name.localname != "documentation":
            found.append(refusal(name.localname, element_id, line_of(child)))
    item = given.get("inputDataItem")
    loop = Loop(
        sequential=flag(node, "isSequential"),
        cardinality=feel_of(given.get("loopCardinality")),
        collection=feel_of(given.get("loopDataInputRef")),
        item="" if item is None else (item.get("name") or item.get("id") or "").strip(),
        until=feel_of(given.get("completionCondition")),
    )
    return loop, found


def _attributes(node: etree._Element, element_id: str) -> Iterator[Finding]:
    for attribute, value in node.attrib.items():
        name = etree.QName(str(attribute))
        if name.namespace:
            yield foreign(node, f"{name.namespace} {name.localname}", element_id)
        elif name.localname == "behavior" and value != "All":
            yield refusal("behavior", element_id, line_of(node))
