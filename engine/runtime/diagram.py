"""A BPMN process as plain data: what the catalog reads and the runtime compiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

PEOPLE = frozenset({"userTask", "manualTask"})
TASKS = PEOPLE | {"serviceTask", "businessRuleTask", "receiveTask"}
#: what can be a multi-instance activity
REPEATABLE = PEOPLE | {"serviceTask", "subProcess"}
#: what may follow an event-based gateway
AWAITED = frozenset({"intermediateCatchEvent", "receiveTask"})
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
)
CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent"})
SUPPORTED = TASKS | GATEWAYS | EVENTS | {"subProcess"}


class Severity(StrEnum):
    """Whether a finding forbids running the diagram."""

    #: the diagram must not be deployed
    ERROR = "error"
    #: it runs, but somebody should look
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a diagram, and where."""

    rule: str
    severity: Severity
    element: str
    message: str
    line: int = 0
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """What an event waits for or does.

    `none`, `timer`, `message`, `error`, `terminate` run; others do not.
    """

    kind: str
    #: FEEL of a timer
    expression: str = ""
    #: `date` or `duration`, as drawn; the value's type decides
    timer: str = ""
    #: None on an error boundary event catches every error
    error_code: str | None = None
    #: name of the message
    message: str = ""


@dataclass(frozen=True, slots=True)
class Loop:
    """How often a multi-instance activity is done: a number of times, or once for each of a list."""

    sequential: bool = False
    #: FEEL for a whole number
    cardinality: str = ""
    #: FEEL for a list, usually a field of the case document
    collection: str = ""
    #: the name under which an instance sees its item of the list
    item: str = ""
    #: FEEL, asked whenever an instance is done: the others are no longer needed
    until: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node: event, task, gateway or sub-process. A receive task has its message as event."""

    id: str
    kind: str
    name: str = ""
    #: the enclosing sub-process, None at the top
    parent: str | None = None
    lane: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, object] = field(default_factory=dict)
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    event: Event | None = None
    loop: Loop | None = None
    attached_to: str | None = None
    cancel_activity: bool = True
    line: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""
    is_default: bool = False
    parent: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Diagram:
    """One executable process as plain data; elements and flows in the order of the file."""

    process_id: str
    name: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: tuple[str, ...] = ()
    has_di: bool = False
    findings: tuple[Finding, ...] = ()

    def boundary_events(self, element_id: str) -> list[Element]:
        """The events drawn on the edge of an activity."""
        return [e for e in self.elements.values() if e.attached_to == element_id]

    def inside(self, parent: str | None) -> list[Element]:
        """The elements directly inside a sub-process, or at the top."""
        return [e for e in self.elements.values() if e.parent == parent]

    def loops_around(self, element_id: str) -> list[str]:
        """The multi-instance activities an element is in, or is itself, the outermost first."""
        found: list[str] = []
        at: str | None = element_id
        while at is not None and at in self.elements:
            if self.elements[at].loop is not None:
                found.insert(0, at)
            at = self.elements[at].parent
        return found

    def gateway_before(self, element: Element) -> str | None:
        """The event-based gateway at which an event is one of those awaited."""
        for name in element.incoming:
            source = self.elements.get(self.flows[name].source)
            if source is not None and source.kind == "eventBasedGateway":
                return source.id
        return None
