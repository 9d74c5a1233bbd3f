"""A BPMN process as plain data: what the catalog reads and the runtime compiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

PEOPLE = frozenset({"userTask", "manualTask"})
TASKS = PEOPLE | {"serviceTask", "businessRuleTask"}
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway"})
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
    """What an event waits for or does: `none`, `timer`, `error`, `terminate` run; others do not."""

    kind: str
    #: FEEL of a timer
    expression: str = ""
    #: `date` or `duration`, as drawn; the value's type decides
    timer: str = ""
    #: None on an error boundary event catches every error
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node: event, task, gateway or sub-process."""

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
