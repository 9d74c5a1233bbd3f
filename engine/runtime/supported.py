"""What the runtime runs; everything else is refused by name, never run approximately."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from engine.runtime.diagram import (
    AWAITED,
    CHOICES,
    GATEWAYS,
    PEOPLE,
    Diagram,
    Element,
    Event,
    Finding,
    Flow,
    Loop,
    Severity,
)

#: which event definitions each event may carry; "none" is an event without one
EVENT_KINDS = {
    "startEvent": {"none"},
    "endEvent": {"none", "terminate", "error"},
    "intermediateCatchEvent": {"timer", "message"},
    "receiveTask": {"message"},
    "boundaryEvent": {"timer", "error"},
}
#: what each event may sit on; a decision never waits, and people throw no errors
ATTACHABLE = {
    "timer": PEOPLE | {"serviceTask", "subProcess", "receiveTask"},
    "error": {"serviceTask", "subProcess"},
}
#: names that SpiffWorkflow gives to specs of its own; an activity called End ends the process there
RESERVED = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
RESERVED_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
# Ids name files (forms/<id>.json), so they must not be able to leave a folder.
_ID = re.compile(r"[^\W\d][\w.\-]{0,79}")

ERROR, WARNING = Severity.ERROR, Severity.WARNING
#: every rule, with its severity and its sentence; translations go by rule and parts
RULES: dict[str, tuple[Severity, str]] = {
    "unreadable": (ERROR, "the file cannot be read: {why}"),
    "no_process": (ERROR, "the file has no executable process"),
    "several_processes": (ERROR, "more than one executable process: {names}"),
    "not_supported": (ERROR, "{kind} is not supported: {why}"),
    "missing_id": (ERROR, "{kind} has no id"),
    "duplicate_id": (ERROR, "the id is used {count} times"),
    "bad_id": (ERROR, "an id is a letter followed by at most 79 letters, digits, _ . -"),
    "reserved_id": (ERROR, "the id is reserved"),
    "dangling_reference": (ERROR, "{what} refers to {name}, which does not exist"),
    "flow_mismatch": (ERROR, "the element lists {name} as {what}, the flow says otherwise"),
    "flow_crosses_border": (ERROR, "a sequence flow cannot cross the border of a sub-process"),
    "no_start": (ERROR, "there is no start event"),
    "several_starts": (ERROR, "there is more than one start event"),
    "no_end": (ERROR, "there is no end event"),
    "unreachable": (ERROR, "no way leads here from the start event"),
    "no_way_in": (ERROR, "no sequence flow leads here"),
    "no_way_out": (ERROR, "no sequence flow leads on from here"),
    "way_into_start": (ERROR, "a sequence flow leads to an event that begins by itself"),
    "way_out_of_end": (ERROR, "a sequence flow leaves an end event"),
    "implicit_split": (ERROR, "several sequence flows leave; draw a gateway"),
    "condition_missing": (
        ERROR,
        "a flow that is not the default needs a condition",
    ),
    "condition_misplaced": (ERROR, "a condition belongs on a flow out of a choosing gateway"),
    "condition_on_default": (ERROR, "the default flow cannot have a condition"),
    "condition_language": (ERROR, "conditions are FEEL, not {language}"),
    "default_misplaced": (ERROR, "only a choosing gateway has a default flow"),
    "no_default": (
        WARNING,
        "no default flow: the case stops where no condition holds",
    ),
    "no_candidates": (ERROR, "nobody can do this task: it has no candidates"),
    "no_ability": (ERROR, "the service task names no ability"),
    "no_decision": (ERROR, "the business rule task names no decision"),
    "no_timer": (ERROR, "a timer needs exactly one of timeDate and timeDuration"),
    "no_error_code": (ERROR, "the error has no errorCode"),
    "error_not_caught": (ERROR, "no enclosing sub-process catches the error {code}"),
    "no_message": (ERROR, "the message has no name"),
    "no_senders": (ERROR, "nobody can deliver this message: it has no senders"),
    "loop_data": (ERROR, "say how often: exactly one of loopCardinality and loopDataInputRef"),
    "item_without_list": (ERROR, "inputDataItem is an item of a list: name it in loopDataInputRef"),
    "nested_into": (
        ERROR,
        "into inside two multi-instance activities ({names}): entries would overwrite one another",
    ),
    "too_few_events": (ERROR, "an event-based gateway chooses between at least two events"),
    "bad_event_target": (
        ERROR,
        "{name} cannot follow an event-based gateway: only timer and message events and receive tasks",
    ),
    "event_shared": (ERROR, "an event behind an event-based gateway has no other way in"),
    "caught_twice": (ERROR, "two boundary events catch the same error"),
    "bad_attachment": (ERROR, "a {kind} event cannot sit on {name}"),
    "property_twice": (ERROR, "the property {name} is given twice"),
    "bad_property": (ERROR, "a property needs a name and a value"),
    "foreign_extension": (WARNING, "{name} means nothing here and is ignored"),
    "message_flow": (WARNING, "message flows are only a picture"),
    "no_di": (WARNING, "the file has no diagram to show"),
    "unknown_extension": (ERROR, "gongban:{name} is unknown here"),
    "unknown_attribute": (ERROR, "gongban:{name} has no attribute {attribute}"),
    "attribute_missing": (ERROR, "gongban:{name} needs the attribute {attribute}"),
    "bad_value": (ERROR, "gongban:{name} {attribute}={value}: must be {allowed}"),
    "value_twice": (ERROR, "{attribute}={value} is given twice"),
    "extension_twice": (ERROR, "gongban:{name} is given twice"),
}
WHY = {
    "scriptTask": "a diagram runs no code; use a service task or a decision",
    "task": "say who does it: user task, service task or business rule task",
    "complexGateway": "its rule has no common meaning; use the other gateways",
    "transaction": "effects are undone by their abilities, not by the diagram",
    "adHocSubProcess": "its order is not drawn; use gateways",
    "callActivity": "a package is one diagram",
    "sendTask": "use a service task",
    "intermediateThrowEvent": "use a service task",
    "event sub-process": "it would change the process for other cases",
    "compensation": "effects are undone by their abilities, not by the diagram",
    "multiInstanceLoopCharacteristics": "only tasks of people, service tasks and sub-processes repeat",
    "multiInstanceLoopCharacteristics with gongban:signOff": (
        "one asks several people for one decision, the other gives each a task of their own; "
        "put the sign-off inside a multi-instance sub-process"
    ),
    "loopDataOutputRef": "say with the property into where results go",
    "outputDataItem": "say with the property into where results go",
    "complexBehaviorDefinition": "use completionCondition",
    "behavior": "an activity goes on when all its instances are done; use completionCondition",
    "instantiate": "a case is started by somebody",
    "standardLoopCharacteristics": "draw the loop with a gateway",
    "message": "a message can only be waited for, by a catch event in the flow or a receive task",
    "signal": "a diagram exchanges no signals",
    "escalation": "use a boundary timer or an outcome",
    "conditional": "conditions are checked at gateways",
    "link": "draw the sequence flow",
    "cancel": "there are no transactions",
    "multiple": "one event waits for one thing",
    "timeCycle": "a timer fires once",
    "startQuantity": "every token is one visit",
    "completionQuantity": "every token is one visit",
    **dict.fromkeys(
        ("potentialOwner", "humanPerformer", "performer", "resourceRole"),
        "say who may act with the property candidates",
    ),
}


def finding(rule: str, element: str, line: int = 0, **parts: str) -> Finding:
    """A finding with the sentence of its rule."""
    severity, sentence = RULES[rule]
    return Finding(rule, severity, element, sentence.format_map(parts), line, parts)


def refusal(kind: str, element: str, line: int = 0, why: str | None = None) -> Finding:
    """A finding that names something the runtime does not run."""
    reason = why or WHY.get(kind, "it is not among the supported elements")
    return finding("not_supported", element, line, kind=kind, why=reason)


def problems(diagram: Diagram) -> list[Finding]:
    """Everything wrong with the diagram, in the order of the file as far as possible."""
    found = list(diagram.findings)
    if not diagram.process_id:
        return found
    ids = set(diagram.elements)
    for flow in diagram.flows.values():
        found += _flow_problems(diagram, flow)
    for element in diagram.elements.values():
        found += _element_problems(diagram, element)
    for scope in (None, *(e.id for e in diagram.elements.values() if e.kind == "subProcess")):
        found += _scope_problems(diagram, scope)
    for name in (*ids, *diagram.flows, diagram.process_id):
        if name in RESERVED or name.endswith(RESERVED_ENDINGS):
            found.append(finding("reserved_id", name))
        if not _ID.fullmatch(name):
            found.append(finding("bad_id", name))
    if not diagram.has_di:
        found.append(finding("no_di", diagram.process_id))
    return found


def errors(diagram: Diagram) -> list[Finding]:
    """The findings that forbid running the diagram."""
    return [found for found in problems(diagram) if found.severity is ERROR]


def _flow_problems(diagram: Diagram, flow: Flow) -> Iterator[Finding]:
    source, target = diagram.elements.get(flow.source), diagram.elements.get(flow.target)
    for what, name, end in (("sourceRef", flow.source, source), ("targetRef", flow.target, target)):
        if end is None:
            yield finding("dangling_reference", flow.id, flow.line, what=what, name=name)
    if source is None or target is None:
        return
    if source.parent != target.parent or flow.parent != source.parent:
        yield finding("flow_crosses_border", flow.id, flow.line)
    if flow.condition and source.kind not in CHOICES:
        yield finding("condition_misplaced", flow.id, flow.line)
    elif flow.condition and flow.is_default:
        yield finding("condition_on_default", flow.id, flow.line)
    elif not flow.condition and not flow.is_default and _chooses(source):
        yield finding("condition_missing", flow.id, flow.line)


def _chooses(element: Element) -> bool:
    return element.kind in CHOICES and len(element.outgoing) > 1


def _element_problems(diagram: Diagram, element: Element) -> Iterator[Finding]:
    def say(rule: str, **parts: str) -> Finding:
        return finding(rule, element.id, element.line, **parts)

    starts = element.kind in ("startEvent", "boundaryEvent")
    if starts and element.incoming:
        yield say("way_into_start")
    if not starts and not element.incoming:
        yield say("no_way_in")
    if element.kind == "endEvent" and element.outgoing:
        yield say("way_out_of_end")
    if element.kind != "endEvent" and not element.outgoing:
        yield say("no_way_out")
    if len(element.outgoing) > 1 and element.kind not in GATEWAYS | {"endEvent"}:
        yield say("implicit_split")
    if element.default is not None:
        if element.kind not in CHOICES:
            yield say("default_misplaced")
        elif element.default not in element.outgoing:
            yield say("dangling_reference", what="default", name=element.default)
    elif _chooses(element):
        yield say("no_default")
    if element.kind in PEOPLE and not element.properties.get("candidates", "").strip():
        yield say("no_candidates")
    if element.kind == "serviceTask" and not element.properties.get("ability", "").strip():
        yield say("no_ability")
    if element.kind == "businessRuleTask" and not element.properties.get("decision", "").strip():
        yield say("no_decision")
    if element.event is not None:
        yield from _event_problems(diagram, element, element.event)
    if element.loop is not None:
        yield from _loop_problems(element, element.loop)
    around = diagram.loops_around(element.id)
    if len(around) > 1 and element.properties.get("into"):
        yield say("nested_into", names=", ".join(around))
    if element.kind == "eventBasedGateway":
        yield from _awaiting_problems(diagram, element)


def _loop_problems(element: Element, loop: Loop) -> Iterator[Finding]:
    if bool(loop.cardinality) == bool(loop.collection):
        yield finding("loop_data", element.id, element.line)
    if loop.item and not loop.collection:
        yield finding("item_without_list", element.id, element.line)
    if "signOff" in element.extensions:
        name = "multiInstanceLoopCharacteristics with gongban:signOff"
        yield refusal(name, element.id, element.line)


def _awaiting_problems(diagram: Diagram, gateway: Element) -> Iterator[Finding]:
    if len(gateway.outgoing) < 2:
        yield finding("too_few_events", gateway.id, gateway.line)
    for name in gateway.outgoing:
        target = diagram.elements.get(diagram.flows[name].target)
        if target is None:
            continue  # said of the flow
        if target.kind not in AWAITED:
            yield finding("bad_event_target", gateway.id, gateway.line, name=target.id)
        elif len(target.incoming) > 1:
            yield finding("event_shared", target.id, target.line)


def _event_problems(diagram: Diagram, element: Element, event: Event) -> Iterator[Finding]:
    def say(rule: str, **parts: str) -> Finding:
        return finding(rule, element.id, element.line, **parts)

    if event.kind not in EVENT_KINDS.get(element.kind, {event.kind}):
        # However it would begin by itself: a case is started by somebody.
        why = WHY["instantiate"] if element.kind == "startEvent" else WHY.get(event.kind)
        yield refusal(f"{event.kind} {element.kind}", element.id, element.line, why)
    elif event.kind == "timer" and not event.expression:
        yield say("no_timer")
    elif event.kind == "message" and element.kind in AWAITED:
        if not event.message:
            yield say("no_message")
        if not element.properties.get("senders", "").strip():
            yield say("no_senders")
    elif event.kind == "error" and element.kind == "endEvent":
        if not event.error_code:
            yield say("no_error_code")
        elif not _is_caught(diagram, element):
            yield say("error_not_caught", code=event.error_code)
    if element.kind != "boundaryEvent":
        return
    host = diagram.elements.get(element.attached_to or "")
    if host is None or host.parent != element.parent:
        yield say("dangling_reference", what="attachedToRef", name=element.attached_to or "")
    elif event.kind in ATTACHABLE and (
        host.kind not in ATTACHABLE[event.kind] or diagram.gateway_before(host)
    ):
        yield say("bad_attachment", kind=event.kind, name=host.id)
    if event.kind == "error":
        if not element.cancel_activity:
            yield refusal("non-interrupting error event", element.id, element.line)
        others = [e.event for e in diagram.boundary_events(element.attached_to or "") if e.event]
        same = [o for o in others if o.kind == "error" and o.error_code == event.error_code]
        if len(same) > 1:
            yield say("caught_twice")


def _is_caught(diagram: Diagram, element: Element) -> bool:
    code, scope = element.event.error_code if element.event else None, element.parent
    while scope is not None:
        caught = [e.event for e in diagram.boundary_events(scope) if e.event]
        if any(event.kind == "error" and event.error_code in (None, code) for event in caught):
            return True
        scope = diagram.elements[scope].parent
    return False


def _scope_problems(diagram: Diagram, scope: str | None) -> Iterator[Finding]:
    kinds = Counter(element.kind for element in diagram.inside(scope))
    name = scope or diagram.process_id
    if kinds["startEvent"] != 1:
        yield finding("several_starts" if kinds["startEvent"] else "no_start", name)
    if not kinds["endEvent"]:
        yield finding("no_end", name)
    reached = _reached(diagram, scope)
    for element in diagram.inside(scope):
        if element.incoming and element.id not in reached:
            yield finding("unreachable", element.id, element.line)


def _reached(diagram: Diagram, scope: str | None) -> set[str]:
    edges: dict[str | None, list[str]] = {}
    for element in diagram.inside(scope):
        edges.setdefault(element.attached_to, []).append(element.id)
    reached: set[str] = set()
    todo = [e.id for e in diagram.inside(scope) if e.kind == "startEvent"]
    while todo:
        name = todo.pop()
        if name in reached or name not in diagram.elements:
            continue
        reached.add(name)
        todo += [diagram.flows[flow].target for flow in diagram.elements[name].outgoing]
        todo += edges.get(name, [])
    return reached
