"""Draws small diagrams as text, so that a test shows the process it is about.

    draw("start s", "user a", "end e", "s > a > e")
    draw("start s", "exclusive x", "user a", "end e",
         "s > x", "x > a : big", "x > e *", "a > e")

A line without `>` is an element: its kind, its id, then options (`on HOST`, `code=C`, `stays` for a
boundary event that does not interrupt, `NAME=TEXT` for a property, `out=yes/no` for outcomes of which
the first agrees and the others do not, `sign=RULE` for a sign-off). `sub ID` opens a sub-process,
`close` ends it. Tasks and sub-processes may be `times=N` (or `each=LIST`, with `as=NAME`)
multi-instance activities, `in_turn` or not, `until=CONDITION`. `message ID` is an intermediate message
event, `receive ID` a receive task; both wait for the message called `m_ID`. A line with `>` is a chain
of flows; the last may have a condition after `:`, or `*` if it is the default.
Flows are named `source__target`, a second one between the same two `source__target__2`.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from xml.sax.saxutils import quoteattr

from engine.catalog.bpmn import read_diagram
from engine.runtime import Specification, compile_process

_TASKS = {
    "user": ("userTask", "candidates", "starter"),
    "manual": ("manualTask", "candidates", "starter"),
    "service": ("serviceTask", "ability", "numbering.next"),
    "decide": ("businessRuleTask", "decision", "table"),
}
_GATEWAYS = {
    "events": "eventBasedGateway",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "inclusive": "inclusiveGateway",
}
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
_TIMER = "<timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition>"
_ERROR = '<errorEventDefinition errorRef="error_{}" />'
_PROPERTY = (
    "<extensionElements><spiffworkflow:properties>"
    '<spiffworkflow:property name="{}" value="{}" />'
    "</spiffworkflow:properties></extensionElements>"
)
_SENDERS = _PROPERTY.format("senders", "starter")
_OPENING = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:gongban="urn:gongban:bpmn:1" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI">'
)
_CLOSING = "<bpmndi:BPMNDiagram /></definitions>"


def draw(*lines: str) -> bytes:
    """The BPMN file of a drawing."""
    defaults = {
        flow_id.split("__")[0]: flow_id
        for line in lines
        if line.endswith("*")
        for flow_id, *_ in _flows(line, Counter())
    }
    body, named, codes, messages = [], Counter[str](), set[str](), list[str]()
    for line in lines:
        words = line.split()
        codes |= {word.removeprefix("code=") for word in words if word.startswith("code=")}
        if ">" in line:
            body += [_flow(*flow) for flow in _flows(line, named)]
        elif words[0] == "sub":
            body.append(f'<subProcess id="{words[1]}">{_loop(words[2:])}')
        elif words[0] == "close":
            body.append("</subProcess>")
        else:
            messages += [words[1]] if words[0] in ("message", "receive") else []
            body.append(_element(words, defaults.get(words[1])))
    errors = "".join(f'<error id="error_{code}" errorCode="{code}" />' for code in sorted(codes))
    errors += "".join(f'<message id="msg_{name}" name="m_{name}" />' for name in messages)
    process = f'<process id="drawn" isExecutable="true">{"".join(body)}</process>'
    return wrap(errors + process)


def wrap(content: str) -> bytes:
    """A BPMN file around its contents."""
    return f"{_OPENING}\n{content}\n{_CLOSING}".encode()


def compiled(*lines: str) -> Specification:
    """The specification of a drawing."""
    return compile_process(read_diagram(draw(*lines)))


def _flows(line: str, named: Counter[str]) -> list[tuple[str, str, str, str]]:
    chain, _, condition = line.removesuffix("*").partition(":")
    names = [name.strip() for name in chain.split(">")]
    flows = []
    for source, target in pairwise(names):
        named[f"{source}__{target}"] += 1
        count = named[f"{source}__{target}"]
        flow_id = f"{source}__{target}" + (f"__{count}" if count > 1 else "")
        flows.append((flow_id, source, target, condition.strip()))
    return flows


def _flow(flow_id: str, source: str, target: str, condition: str) -> str:
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    ends = f'id="{flow_id}" sourceRef="{source}" targetRef="{target}"'
    return f"<sequenceFlow {ends}>{inside}</sequenceFlow>"


def _loop(options: list[str]) -> str:
    given = dict(option.split("=", 1) for option in options if "=" in option)
    if not given.keys() & {"times", "each"}:
        return ""
    data = {
        "times": "<loopCardinality>{}</loopCardinality>",
        "each": "<loopDataInputRef>{}</loopDataInputRef>",
        "as": '<inputDataItem name="{}" />',
        "until": "<completionCondition>{}</completionCondition>",
    }
    inside = "".join(data[name].format(value) for name, value in given.items() if name in data)
    in_turn = ' isSequential="true"' if "in_turn" in options else ""
    loop = "multiInstanceLoopCharacteristics"
    return f"<{loop}{in_turn}>{inside}</{loop}>"


def _element(words: list[str], default: str | None) -> str:
    kind, element_id, *options = words
    code = next((o.removeprefix("code=") for o in options if o.startswith("code=")), "")
    if kind in _TASKS:
        tag, name, value = _TASKS[kind]
        properties = {name: value} | dict(
            one.split("=", 1)
            for one in options
            if "=" in one and not one.startswith(("times=", "each=", "as=", "until=", "code="))
        )
        more = _outcomes(properties.pop("out", "")) + _sign_off(properties.pop("sign", ""))
        inside = "".join(
            f"<spiffworkflow:property name={quoteattr(key)} value={quoteattr(text)} />"
            for key, text in properties.items()
        )
        inside = f"<spiffworkflow:properties>{inside}</spiffworkflow:properties>{more}"
        inside = f"<extensionElements>{inside}</extensionElements>{_loop(options)}"
        return f'<{tag} id="{element_id}">{inside}</{tag}>'
    if kind in ("message", "receive"):
        ref = f'messageRef="msg_{element_id}"'
        if kind == "receive":
            return f'<receiveTask id="{element_id}" {ref}>{_SENDERS}</receiveTask>'
        event = f"{_SENDERS}<messageEventDefinition {ref} />"
        return f'<intermediateCatchEvent id="{element_id}">{event}</intermediateCatchEvent>'
    if kind in _GATEWAYS:
        attribute = f' default="{default}"' if default else ""
        return f'<{_GATEWAYS[kind]} id="{element_id}"{attribute} />'
    if "on" in options:
        host = options[options.index("on") + 1]
        ends = f'id="{element_id}" attachedToRef="{host}"'
        ends += ' cancelActivity="false"' if "stays" in options else ""
        inside = _ERROR.format(code) if code else "<errorEventDefinition />"
        inside = inside if kind == "error" else _TIMER.format(f"due_{element_id}")
        return f"<boundaryEvent {ends}>{inside}</boundaryEvent>"
    inside, tag = {
        "start": ("", "startEvent"),
        "end": (_ERROR.format(code) if code else "", "endEvent"),
        "terminate": ("<terminateEventDefinition />", "endEvent"),
        "timer": (_TIMER.format(f"due_{element_id}"), "intermediateCatchEvent"),
    }[kind]
    return f'<{tag} id="{element_id}">{inside}</{tag}>'


def _outcomes(names: str) -> str:
    if not names:
        return ""
    kinds = ["positive", *["negative"] * names.count("/")]
    inside = "".join(
        f'<gongban:outcome id="{name}" label="{name}" kind="{kind}" />'
        for name, kind in zip(names.split("/"), kinds, strict=True)
    )
    return f"<gongban:outcomes>{inside}</gongban:outcomes>"


def _sign_off(rule: str) -> str:
    return f'<gongban:signOff rule="{rule}" />' if rule else ""
