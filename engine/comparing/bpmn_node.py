"""A diagram taken apart: its elements and flows side by side, wherever they are nested, its drawing apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from engine.catalog.xml import BPMN
from engine.comparing.node import INSIDE, Node, unique
from engine.comparing.xml_node import (
    WHOLE,
    canonical,
    local,
    own_values,
    parse,
    put_together,
    take_apart,
    written,
)

FRAME, ELEMENTS, DRAWING = "frame", "elements", "drawing"
LANES = "^lanes"
_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_CONTAINERS = frozenset({"process", "subProcess", "transaction", "adHocSubProcess"})
#: Children of a process or sub-process that are no elements of its flow.
_NOT_IN_FLOW = frozenset(
    {
        *("documentation", "extensionElements", "laneSet", "incoming", "outgoing", "auditing"),
        *("monitoring", "ioSpecification", "property", "resourceRole", "supports"),
        *(
            "multiInstanceLoopCharacteristics",
            "standardLoopCharacteristics",
            "correlationSubscription",
        ),
        *("completionCondition", "performer", "potentialOwner", "humanPerformer"),
        *("dataInputAssociation", "dataOutputAssociation"),
    }
)
#: What one element holds one of: editors give it an id anew, which is nobody's affair.
_SINGLE = ("EventDefinition", "LoopCharacteristics", "Expression")
_SINGLES = frozenset(
    {
        *("documentation", "extensionElements", "laneSet", "childLaneSet", "timeDate", "timeCycle"),
        *("timeDuration", "loopCardinality", "loopDataInputRef", "completionCondition"),
        *("inputDataItem", "ioSpecification", "BPMNDiagram", "BPMNPlane", "script", "text"),
    }
)
_NAMED = ("property", "header", "parameter")


def key_of(element: etree._Element) -> str:
    """By what an element is known inside its parent."""
    name = local(element)
    if name.endswith(_SINGLE) or name in _SINGLES:
        return name
    if drawn := element.get("bpmnElement"):
        return f"{name}:{drawn}"
    if found := element.get("id"):
        return f"#{found}"
    if name in _NAMED and (called := element.get("name")):
        return f"{name}:{called}"
    if len(element) == 0 and name.endswith(("Ref", "incoming", "outgoing")):
        return f"{name}:{(element.text or '').strip()}"
    return name


def read(content: bytes) -> Node:
    """Take a diagram apart; raise `NotReadable`."""
    root = parse(content)
    lanes = _lanes(root)
    elements: dict[str, Node] = {}
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        _flow(process, key_of(process), lanes, elements)
    drawing: dict[str, Node] = {}
    for plane in root.iter(f"{{{_DI}}}BPMNPlane"):
        for shape in list(plane.iterchildren("*")):
            key = unique(key_of(shape), drawing)
            values = {WHOLE: canonical(shape), INSIDE: plane.get("bpmnElement", "")}
            drawing[key] = Node(str(shape.tag), values)
            plane.remove(shape)
    frame = take_apart(root, key_of)
    return Node(
        "bpmn",
        children={
            FRAME: frame,
            ELEMENTS: Node(ELEMENTS, children=elements),
            DRAWING: Node(DRAWING, children=drawing),
        },
        hints={"nsmap": dict(root.nsmap)},
    )


def write(node: Node) -> bytes:
    """The diagram that says what the node says."""
    nsmap: Mapping[str | None, str] = node.hints["nsmap"]
    root = put_together(node.child(FRAME), None, nsmap)
    places: dict[str, etree._Element] = {}
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        places[key_of(process)] = process
    elements = node.child(ELEMENTS).children
    joined = _joined(elements)
    for key in _outermost_first(elements):
        one = elements[key]
        place = places.get(one.values.get(INSIDE, ""))
        if place is None:
            place = next(iter(places.values()), root)
        bare = replace(one, values={n: v for n, v in one.values.items() if not n.startswith("^")})
        made = put_together(bare, place, nsmap)
        _name_flows(made, joined.get(made.get("id", ""), ({}, {})), one.hints)
        places[key] = made
    _fill_lanes(root, elements)
    planes = list(root.iter(f"{{{_DI}}}BPMNPlane"))
    for shape in node.child(DRAWING).children.values():
        of = shape.values.get(INSIDE, "")
        plane = next(
            (p for p in planes if p.get("bpmnElement", "") == of), planes[0] if planes else None
        )
        if plane is not None:
            put_together(shape, plane, nsmap)
    etree.cleanup_namespaces(root, keep_ns_prefixes=[prefix for prefix in nsmap if prefix])
    return written(root)


def _flow(
    scope: etree._Element, place: str, lanes: Mapping[str, str], found: dict[str, Node]
) -> None:
    """The elements directly inside, and those below them."""
    for child in list(scope.iterchildren("*")):
        name = etree.QName(child)
        if name.namespace != BPMN or name.localname in _NOT_IN_FLOW:
            continue
        if name.localname.endswith(_SINGLE):
            continue
        scope.remove(child)
        key = unique(key_of(child), found)
        inner: dict[str, Node] = {}
        # The place is kept before what is inside, so that the order of the file is kept.
        found[key] = Node("")
        if name.localname in _CONTAINERS:
            _flow(child, key, lanes, found)
        hints: dict[str, list[str]] = {"incoming": [], "outgoing": []}
        for part in child.iterchildren("*"):
            if (which := local(part)) in hints and etree.QName(part).namespace == BPMN:
                hints[which].append((part.text or "").strip())
            else:
                inner[unique(key_of(part), inner)] = take_apart(part, key_of)
        values = own_values(child) | {INSIDE: place}
        if own := lanes.get(child.get("id", "")):
            values[LANES] = own
        found[key] = Node(str(child.tag), values, inner, hints)


def _lanes(root: etree._Element) -> dict[str, str]:
    """The lanes of each element, as one text; they are taken out of the lanes."""
    found: dict[str, list[str]] = {}
    for lane in root.iter(f"{{{BPMN}}}lane"):
        for ref in list(lane.iterchildren(f"{{{BPMN}}}flowNodeRef")):
            found.setdefault((ref.text or "").strip(), []).append(lane.get("id") or "")
            lane.remove(ref)
    return {key: " ".join(names) for key, names in found.items()}


def _fill_lanes(root: etree._Element, elements: Mapping[str, Node]) -> None:
    by_id = {lane.get("id"): lane for lane in root.iter(f"{{{BPMN}}}lane")}
    counts: dict[str | None, int] = {}
    for one in elements.values():
        for name in str(one.values.get(LANES, "")).split():
            lane = by_id.get(name)
            if lane is not None:
                ref = etree.Element(f"{{{BPMN}}}flowNodeRef")
                ref.text = one.values.get("@id", "")
                # Lanes inside a lane come after what stands in it.
                before = sum(local(part) in ("documentation", "extensionElements") for part in lane)
                lane.insert(before + counts.get(name, 0), ref)
                counts[name] = counts.get(name, 0) + 1


def _joined(elements: Mapping[str, Node]) -> dict[str, tuple[dict[str, None], dict[str, None]]]:
    """The flows into and out of each element, by its id."""
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for one in elements.values():
        if one.tag == f"{{{BPMN}}}sequenceFlow":
            name = one.values.get("@id", "")
            for index, end in ((1, "@sourceRef"), (0, "@targetRef")):
                found.setdefault(one.values.get(end, ""), ({}, {}))[index][name] = None
    return found


def _name_flows(
    made: etree._Element, joined: tuple[dict[str, None], dict[str, None]], hints: Mapping[str, Any]
) -> None:
    """Write down at an element the flows that meet it, as BPMN asks for, in the order it had them."""
    at = sum(
        local(part) in ("documentation", "extensionElements", "auditing", "monitoring")
        for part in made
    )
    for which, flows in zip(("incoming", "outgoing"), joined, strict=True):
        listed = [name for name in hints.get(which, ()) if name in flows]
        for name in [*listed, *(name for name in flows if name not in listed)]:
            ref = etree.Element(f"{{{BPMN}}}{which}")
            ref.text = name
            made.insert(at, ref)
            at += 1


def _outermost_first(elements: Mapping[str, Node]) -> Iterator[str]:
    """Keys so that what contains comes before what is inside; a circle of places ends somewhere."""
    done: set[str] = set()

    def visit(key: str) -> Iterator[str]:
        if key in done:
            return
        done.add(key)
        inside = elements[key].values.get(INSIDE, "")
        if inside in elements:
            yield from visit(inside)
        yield key

    for key in elements:
        yield from visit(key)
