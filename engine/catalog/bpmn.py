"""Reads a BPMN file into plain data, naming what it does not know so that it can be refused.

What the runtime makes of the data is said in `engine.runtime.supported`; both are offered here,
where a package is checked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from lxml import etree

from engine.catalog.extensions import NAMESPACE as GONGBAN
from engine.catalog.extensions import read_extensions
from engine.catalog.loops import MULTI, read_loop
from engine.catalog.xml import BPMN, feel_of, flag, foreign, line_of, refs, text_of
from engine.errors import InvalidPackage
from engine.runtime.diagram import (
    EVENTS,
    PEOPLE,
    REPEATABLE,
    SUPPORTED,
    Diagram,
    Element,
    Event,
    Finding,
    Flow,
    Loop,
    Severity,
)
from engine.runtime.supported import WHY, errors, finding, problems, refusal

__all__ = [
    "PEOPLE",
    "Diagram",
    "Element",
    "Event",
    "Finding",
    "Flow",
    "Loop",
    "Severity",
    "UnreadableDiagram",
    "check",
    "errors",
    "problems",
    "read_diagram",
    "read_root",
]

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
LARGEST_FILE = 5 * 1024 * 1024
DEEPEST = 64
MOST_ELEMENTS = 2_000
#: pictures and paperwork: they move no token
IGNORED = {
    *("documentation", "extensionElements", "incoming", "outgoing", "laneSet", "textAnnotation"),
    *("association", "group", "dataObject", "dataObjectReference", "dataStoreReference"),
    *("dataInputAssociation", "dataOutputAssociation", "ioSpecification", "property"),
    *("auditing", "monitoring", "dataInput", "dataOutput", "inputSet", "outputSet"),
}
LOOPS = (MULTI, "standardLoopCharacteristics")
CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})

# A document type brings entities: other files (XXE) or endless expansion (billion laughs).
_DOCTYPE = "The file declares a document type; document types and their entities are refused."


class UnreadableDiagram(InvalidPackage):
    """The file is not a BPMN diagram that can be read."""

    problem = "unreadable_diagram"


def read_diagram(bpmn: bytes) -> Diagram:
    """Parse a file nobody vouches for. Raises UnreadableDiagram where there is nothing to check."""
    root = read_root(bpmn)
    reader = _Reader(root)
    process = reader.executable_process()
    if process is None:
        return Diagram("", "", {}, {}, findings=tuple(reader.findings))
    reader.read_lanes(process)
    reader.read_scope(process, None)
    reader.check_ids(root)
    if len(reader.elements) > MOST_ELEMENTS:
        raise UnreadableDiagram("The process has too many elements.", limit=MOST_ELEMENTS)
    return Diagram(
        process_id=process.get("id", ""),
        name=process.get("name", ""),
        elements=reader.joined_elements(),
        flows=reader.flows,
        lanes=tuple(dict.fromkeys(reader.lanes.values())),
        has_di=root.find(f"{{{BPMNDI}}}BPMNDiagram") is not None,
        findings=tuple(reader.findings),
    )


def check(bpmn: bytes) -> list[Finding]:
    """All findings of a file, one that cannot be read at all included."""
    try:
        return problems(read_diagram(bpmn))
    except UnreadableDiagram as error:
        line = error.parts.get("line")
        found = finding("unreadable", "", line if isinstance(line, int) else 0, why=str(error))
        return [found]


def read_root(bpmn: bytes) -> etree._Element:
    """The root of a file nobody vouches for. Raises UnreadableDiagram where it is no BPMN."""
    if len(bpmn) > LARGEST_FILE:
        raise UnreadableDiagram("The file is too large.", limit=LARGEST_FILE)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(bpmn, parser)
    except etree.XMLSyntaxError as error:
        if any(
            "<!DOCTYPE".encode(coding) in bpmn for coding in ("ascii", "utf-16-le", "utf-16-be")
        ):
            raise UnreadableDiagram(_DOCTYPE, line=error.lineno) from error
        raise UnreadableDiagram(
            "The file is not well-formed XML.", line=error.lineno, reason=error.msg
        ) from error
    except ValueError as error:
        raise UnreadableDiagram("The file is not XML.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableDiagram(_DOCTYPE, line=1)
    if root.tag != f"{{{BPMN}}}definitions":
        raise UnreadableDiagram("The file is not BPMN 2.0.", root=str(root.tag))
    depth = 0
    for action, node in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if action == "start" else -1
        if depth > DEEPEST:
            raise UnreadableDiagram("The file is nested too deeply.", line=node.sourceline)
    return root


class _Reader:
    """Collects elements, flows and findings while walking the process."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, Flow] = {}
        self.findings: list[Finding] = []
        self.lanes: dict[str, str] = {}
        self.listed: dict[str, tuple[list[str], list[str]]] = {}
        self.errors = {
            node.get("id"): node.get("errorCode") for node in root.iterchildren(f"{{{BPMN}}}error")
        }
        self.messages = {
            node.get("id"): node.get("name") for node in root.iterchildren(f"{{{BPMN}}}message")
        }

    def executable_process(self) -> etree._Element | None:
        """The one process to run, or None with a finding."""
        processes = list(self.root.iterchildren(f"{{{BPMN}}}process"))
        executable = [p for p in processes if flag(p, "isExecutable", "true")]
        if len(executable) > 1:
            names = ", ".join(p.get("id", "?") for p in executable)
            self.findings.append(finding("several_processes", "", names=names))
        for flow in self.root.iter(f"{{{BPMN}}}messageFlow"):
            self.findings.append(finding("message_flow", flow.get("id", ""), line_of(flow)))
        if not executable:
            self.findings.append(finding("no_process", ""))
            return None
        if not executable[0].get("id"):
            found = finding("missing_id", "", line_of(executable[0]), kind="process")
            self.findings.append(found)
        return executable[0]

    def read_lanes(self, process: etree._Element) -> None:
        """Lane names by element id; in nested lanes the innermost counts."""
        for lane in process.iter(f"{{{BPMN}}}lane"):
            for element_id in refs(lane, "flowNodeRef"):
                self.lanes[element_id] = lane.get("name") or lane.get("id") or ""

    def read_scope(self, scope: etree._Element, parent: str | None) -> None:
        """The elements and flows directly inside a process or sub-process, and those below."""
        for node in scope.iterchildren("*"):
            name = etree.QName(node)
            kind = name.localname
            if name.namespace != BPMN or kind in IGNORED or kind.endswith("EventDefinition"):
                continue
            if kind in LOOPS:
                continue  # named by read_element, with the element they belong to
            if not node.get("id"):
                self.findings.append(finding("missing_id", "", line_of(node), kind=kind))
            elif kind == "sequenceFlow":
                self.read_flow(node, parent)
            else:
                self.read_element(node, kind, parent)

    def read_flow(self, node: etree._Element, parent: str | None) -> None:
        line, flow_id = line_of(node), node.get("id", "")
        condition = node.find(f"{{{BPMN}}}conditionExpression")
        text = feel_of(condition)
        language = "" if condition is None else condition.get("language", "")
        if language and "feel" not in language.lower():
            found = finding("condition_language", flow_id, line, language=language)
            self.findings.append(found)
        self.flows[flow_id] = Flow(
            flow_id,
            node.get("sourceRef", ""),
            node.get("targetRef", ""),
            name=node.get("name", ""),
            condition=text,
            parent=parent,
            line=line,
        )

    def read_element(self, node: etree._Element, kind: str, parent: str | None) -> None:
        line, element_id = line_of(node), node.get("id", "")
        event_node = kind == "subProcess" and flag(node, "triggeredByEvent")
        if event_node:
            self.findings.append(refusal("event sub-process", element_id, line))
        elif kind not in SUPPORTED:
            self.findings.append(refusal(kind, element_id, line))
        elif flag(node, "instantiate") or node.get("eventGatewayType") == "Parallel":
            # A case is started by somebody, with a form.
            found = refusal(f"instantiating {kind}", element_id, line, WHY["instantiate"])
            self.findings.append(found)
        if flag(node, "isForCompensation"):
            self.findings.append(refusal("compensation", element_id, line))
        for name in ("startQuantity", "completionQuantity"):
            if node.get(name, "1") != "1":
                self.findings.append(refusal(name, element_id, line))
        properties, extensions = self.read_extension_elements(node, kind)
        self.listed[element_id] = (refs(node, "incoming"), refs(node, "outgoing"))
        self.elements[element_id] = Element(
            element_id,
            kind,
            name=node.get("name", ""),
            parent=parent,
            lane=self.lanes.get(element_id, self.elements[parent].lane if parent else ""),
            properties=properties,
            extensions=extensions,
            default=node.get("default"),
            event=self.read_event(node, kind),
            loop=self.read_loop(node, kind, element_id),
            attached_to=node.get("attachedToRef"),
            cancel_activity=flag(node, "cancelActivity", "true"),
            line=line,
        )
        self.read_inside(node, kind, element_id)

    def read_inside(self, node: etree._Element, kind: str, element_id: str) -> None:
        """What an element contains beyond the common children; unknown things are named."""
        if kind in CONTAINERS:
            self.read_scope(node, element_id)
        for child in node.iterchildren("*"):
            name = etree.QName(child)
            if name.namespace != BPMN:
                self.warn_foreign(child, f"{name.namespace} {name.localname}", element_id)
            elif name.localname == MULTI and kind in REPEATABLE:
                continue  # read by read_loop
            elif name.localname in LOOPS or not _is_known_child(kind, name.localname):
                self.findings.append(refusal(name.localname, element_id, line_of(child)))
        for attribute in node.attrib:
            name = etree.QName(str(attribute))
            if name.namespace:
                self.warn_foreign(node, f"{name.namespace} {name.localname}", element_id)

    def warn_foreign(self, node: etree._Element, name: str, element_id: str) -> None:
        self.findings.append(foreign(node, name, element_id))

    def read_event(self, node: etree._Element, kind: str) -> Event | None:
        """The event definition of an event, a receive task's message; None for anything else."""
        if kind == "receiveTask":
            return self.read_message(node, node)
        if kind not in EVENTS and kind != "intermediateThrowEvent":
            return None
        children = list(node.iterchildren("*"))
        definitions = [c for c in children if str(c.tag).endswith("EventDefinition")]
        if len(definitions) > 1 or any(str(c.tag).endswith("DefinitionRef") for c in children):
            return Event("multiple")
        if not definitions:
            return Event("none")
        event_kind = etree.QName(definitions[0]).localname.removesuffix("EventDefinition")
        if event_kind == "compensate":
            return Event("compensation")
        if event_kind == "timer":
            return self.read_timer(node, definitions[0])
        if event_kind == "error":
            return self.read_error(node, definitions[0])
        if event_kind == "message":
            return self.read_message(node, definitions[0])
        return Event(event_kind)

    def read_message(self, node: etree._Element, holder: etree._Element) -> Event:
        ref = holder.get("messageRef")
        if ref is not None and ref not in self.messages:
            parts = {"what": "messageRef", "name": ref}
            found = finding("dangling_reference", node.get("id", ""), line_of(node), **parts)
            self.findings.append(found)
        return Event("message", message=(self.messages.get(ref) or "").strip())

    def read_loop(self, node: etree._Element, kind: str, element_id: str) -> Loop | None:
        """How often a multi-instance activity is done; None for anything else."""
        drawn = node.find(f"{{{BPMN}}}{MULTI}")
        if drawn is None or kind not in REPEATABLE:
            return None
        loop, found = read_loop(drawn, element_id)
        self.findings += found
        return loop

    def read_timer(self, node: etree._Element, definition: etree._Element) -> Event:
        times = {
            etree.QName(child).localname: text_of(child) for child in definition.iterchildren("*")
        }
        if "timeCycle" in times:
            found = refusal("timeCycle", node.get("id", ""), line_of(node))
            self.findings.append(found)
            return Event("timer", expression=times["timeCycle"], timer="cycle")
        drawn = [name for name in ("timeDate", "timeDuration") if times.get(name)]
        if len(drawn) != 1:
            return Event("timer")
        return Event("timer", times[drawn[0]], drawn[0].removeprefix("time").lower())

    def read_error(self, node: etree._Element, definition: etree._Element) -> Event:
        ref = definition.get("errorRef")
        if ref is None:
            return Event("error")
        if ref not in self.errors:
            parts = {"what": "errorRef", "name": ref}
            found = finding("dangling_reference", node.get("id", ""), line_of(node), **parts)
            self.findings.append(found)
        elif not self.errors[ref]:
            found = finding("no_error_code", node.get("id", ""), line_of(node))
            self.findings.append(found)
        return Event("error", error_code=self.errors.get(ref) or "")

    def read_extension_elements(
        self, node: etree._Element, kind: str
    ) -> tuple[dict[str, str], dict[str, object]]:
        """The simple properties and our nested elements; what else stands there is named."""
        container = node.find(f"{{{BPMN}}}extensionElements")
        if container is None:
            return {}, {}
        element_id, properties = node.get("id", ""), dict[str, str]()
        for child in container.iterchildren("*"):
            name, line = etree.QName(child), line_of(child)
            if name.namespace == SPIFF and name.localname == "properties":
                self.read_properties(child, element_id, properties)
            elif name.namespace == SPIFF:
                found = refusal(f"spiffworkflow:{name.localname}", element_id, line)
                self.findings.append(found)
            elif name.namespace != GONGBAN:
                self.warn_foreign(child, f"{name.namespace} {name.localname}", element_id)
        extensions, remarks = read_extensions(container, kind)
        for remark in remarks:
            found = finding(remark.rule, element_id, line_of(container), **remark.parts)
            self.findings.append(found)
        return properties, extensions

    def read_properties(
        self, node: etree._Element, element_id: str, properties: dict[str, str]
    ) -> None:
        for child in node.iterchildren(f"{{{SPIFF}}}property"):
            name, value = child.get("name"), child.get("value")
            line = line_of(child)
            if not name or value is None:
                self.findings.append(finding("bad_property", element_id, line))
            elif name in properties:
                self.findings.append(finding("property_twice", element_id, line, name=name))
            else:
                properties[name] = value

    def check_ids(self, root: etree._Element) -> None:
        """Ids must be unique; the first of two elements of one id would vanish."""
        nodes = [node for node in root.iter(f"{{{BPMN}}}*") if node.get("id")]
        counts = Counter(str(node.get("id")) for node in nodes)
        for name, count in counts.items():
            if count > 1:
                self.findings.append(finding("duplicate_id", name, count=str(count)))

    def joined_elements(self) -> dict[str, Element]:
        """The elements with their flows, which BPMN writes down twice; the flow's word counts."""
        sources: dict[str, list[str]] = {}
        targets: dict[str, list[str]] = {}
        for flow in self.flows.values():
            sources.setdefault(flow.source, []).append(flow.id)
            targets.setdefault(flow.target, []).append(flow.id)
        joined: dict[str, Element] = {}
        for element in self.elements.values():
            incoming = tuple(targets.get(element.id, ()))
            outgoing = tuple(sources.get(element.id, ()))
            joined[element.id] = replace(element, incoming=incoming, outgoing=outgoing)
            for what, names, true in zip(
                ("incoming", "outgoing"), self.listed[element.id], (incoming, outgoing), strict=True
            ):
                self.check_listed(element, what, names, true)
            if element.default is not None and element.default in outgoing:
                self.flows[element.default] = replace(self.flows[element.default], is_default=True)
        return joined

    def check_listed(
        self, element: Element, what: str, names: list[str], true: tuple[str, ...]
    ) -> None:
        for name in names:
            rule = "flow_mismatch" if name in self.flows else "dangling_reference"
            if name not in true:
                self.findings.append(finding(rule, element.id, element.line, what=what, name=name))


def _is_known_child(kind: str, tag: str) -> bool:
    # What stands inside a sub-process is judged on its own; what is refused is refused once.
    inside_matters = kind in SUPPORTED - CONTAINERS
    return not inside_matters or tag in IGNORED or tag.endswith(("Definition", "DefinitionRef"))
