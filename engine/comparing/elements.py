"""What an element of a diagram says, in the words of whoever draws it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.catalog.extensions import NAMESPACE as GONGBAN
from engine.catalog.extensions import descriptor
from engine.catalog.xml import BPMN
from engine.comparing.bpmn_node import LANES
from engine.comparing.node import INSIDE, Node
from engine.comparing.xml_node import TEXT

#: kind of element → what it is
_WHAT = {
    "sequenceFlow": "flow",
    "exclusiveGateway": "gateway",
    "parallelGateway": "gateway",
    "inclusiveGateway": "gateway",
    "eventBasedGateway": "gateway",
    "complexGateway": "gateway",
    "subProcess": "subprocess",
    "transaction": "subprocess",
    "adHocSubProcess": "subprocess",
    "callActivity": "task",
}
_ATTRIBUTES = {
    "@name": "name",
    "@default": "otherwise",
    "@sourceRef": "from",
    "@targetRef": "to",
    "@attachedToRef": "attached_to",
    "@cancelActivity": "interrupting",
    INSIDE: "inside",
    LANES: "lane",
}
#: what is said where nothing is written
_DEFAULTS = {"interrupting": "true"}
_LOOP = {
    "loopCardinality": "loop.times",
    "loopDataInputRef": "loop.each_of",
    "completionCondition": "loop.until",
}
_TIMES = {"timeDate": "timer", "timeDuration": "timer", "timeCycle": "timer"}
#: Values that hold ids of other elements.
REFERENCES = frozenset({"otherwise", "from", "to", "attached_to", "inside"})


def what(node: Node) -> str:
    """task, gateway, event, subprocess, flow or note."""
    name = kind(node)
    if name.endswith("Event"):
        return "event"
    if name.lower().endswith("task"):
        return "task"
    return _WHAT.get(name, "note")


def kind(node: Node) -> str:
    """The tag without its namespace."""
    return node.tag.rpartition("}")[2]


def said(node: Node) -> dict[tuple[str, str], Any]:
    """Everything an element says, by name and by what inside it."""
    found: dict[tuple[str, str], Any] = {("kind", ""): kind(node)}
    for name, value in node.values.items():
        if name in _ATTRIBUTES:
            word = _ATTRIBUTES[name]
            # The process itself is no place anybody would name.
            if word == "inside":
                value = value.removeprefix("#")
            if value != _DEFAULTS.get(word):
                found[(word, "")] = value
        elif name != "@id":
            found[("other", name.lstrip("@"))] = value
    for key, child in node.children.items():
        found.update(_child(key, child))
    return found


def _child(key: str, node: Node) -> Iterator[tuple[tuple[str, str], Any]]:
    name = kind(node)
    if name == "extensionElements":
        for inner, child in node.children.items():
            yield from _extension(inner, child)
    elif name == "documentation":
        yield ("documentation", ""), node.values.get(TEXT, "")
    elif name == "conditionExpression":
        yield ("condition", ""), node.values.get(TEXT, "")
        yield from _more(node, "condition", {"@id", TEXT, _xsi("type")})
    elif name == "text":
        yield ("text", ""), node.values.get(TEXT, "")
    elif name.endswith("LoopCharacteristics"):
        yield from _loop(node)
    elif name.endswith("EventDefinition"):
        yield from _event(node)
    else:
        yield from _rest(node, key)


def _extension(key: str, node: Node) -> Iterator[tuple[tuple[str, str], Any]]:
    name = kind(node)
    if name == "properties":
        for inner, one in node.children.items():
            called = str(one.values.get("@name", inner))
            value = one.values.get("@value", "")
            if called.startswith("with."):
                yield ("argument", called.removeprefix("with.")), value
            else:
                yield (called, ""), value
            yield from _more(one, called, {"@name", "@value", "@id"})
    elif node.tag.startswith(f"{{{GONGBAN}}}") and name in descriptor().types:
        yield from _ours(node)
    else:
        yield from _rest(node, key)


def _ours(node: Node) -> Iterator[tuple[tuple[str, str], Any]]:
    """Our own elements; what is written as it would be anyway says nothing."""
    name = {"signOff": "sign_off"}.get(kind(node), kind(node))
    known = descriptor().types[kind(node)]
    if known.children:
        for number, child in enumerate(node.children.values(), start=1):
            of = str(child.values.get("@id") or number)
            for (inner, _), value in _ours(child):
                yield (inner, of), value
        return
    yield from _attributes(node, name)


def _attributes(node: Node, name: str) -> Iterator[tuple[tuple[str, str], Any]]:
    known = descriptor().types[kind(node)]
    for attribute, value in node.values.items():
        property_ = known.attribute(attribute.lstrip("@"))
        default = None if property_ is None or property_.default is None else property_.default
        if (
            property_ is not None
            and str(default) == str(value)
            and attribute[1:] not in known.required
        ):
            continue
        if attribute != "@id":
            yield (f"{name}.{attribute.lstrip('@')}", ""), value
    if name == "sign_off":
        # That there is a sign-off at all is worth a word where everything is as usual.
        yield ("sign_off", ""), "true"


def _loop(node: Node) -> Iterator[tuple[tuple[str, str], Any]]:
    sequential = node.values.get("@isSequential", "false") in ("true", "1")
    yield ("loop", ""), "sequential" if sequential else "parallel"
    if kind(node) != "multiInstanceLoopCharacteristics":
        yield ("loop", ""), "standard"
    for key, child in node.children.items():
        name = kind(child)
        if name in _LOOP:
            yield (_LOOP[name], ""), child.values.get(TEXT, "")
            yield from _more(child, _LOOP[name], {"@id", TEXT, _xsi("type")})
        elif name == "inputDataItem":
            yield ("loop.item", ""), child.values.get("@name") or child.values.get("@id", "")
            yield from _more(child, "loop.item", {"@id", "@name"})
        else:
            yield from _rest(child, key)
    yield from _more(node, "loop", {"@id", "@isSequential"})


def _event(node: Node) -> Iterator[tuple[tuple[str, str], Any]]:
    name = kind(node).removesuffix("EventDefinition")
    yield ("event", ""), name
    for key, child in node.children.items():
        if kind(child) in _TIMES:
            yield ("timer", kind(child)), child.values.get(TEXT, "")
            yield from _more(child, "timer", {"@id", TEXT, _xsi("type")})
        else:
            yield from _rest(child, key)
    for attribute, value in node.values.items():
        if attribute.endswith("Ref"):
            yield (name, ""), value
        elif attribute != "@id":
            yield ("other", attribute.lstrip("@")), value


def _more(node: Node, path: str, told: set[str]) -> Iterator[tuple[tuple[str, str], Any]]:
    """What an element says beyond what its name promises."""
    for name, value in node.values.items():
        if name not in told:
            yield ("other", f"{path} {name.lstrip('@')}"), value
    for key, child in node.children.items():
        if kind(node) not in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
            yield from _rest(child, f"{path} {key}")


def _rest(node: Node, path: str) -> Iterator[tuple[tuple[str, str], Any]]:
    """Anything else, so that nothing goes unseen."""
    yield ("other", path), ""
    for name, value in node.values.items():
        yield ("other", f"{path} {name.lstrip('@')}"), value
    for key, child in node.children.items():
        yield from _rest(child, f"{path} {key}")


def _xsi(name: str) -> str:
    return f"@{{http://www.w3.org/2001/XMLSchema-instance}}{name}"


def is_flow(node: Node) -> bool:
    """Whether it is a sequence flow."""
    return node.tag == f"{{{BPMN}}}sequenceFlow"


def referring(
    said_: Mapping[tuple[str, str], Any], names: Mapping[str, str]
) -> dict[tuple[str, str], Any]:
    """The same with the ids of other elements as they are called now."""
    return {
        key: names.get(value, value) if key[0] in REFERENCES else value
        for key, value in said_.items()
    }
