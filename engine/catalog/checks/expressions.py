"""Every FEEL expression of a package: it parses, its names exist, and so do the outcomes it compares with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.catalog.checks import ladders
from engine.catalog.checks.names import FUNCTIONS, known_names, local_names
from engine.catalog.checks.parts import BPMN_FILE, FACTS_FILE, Parts, error
from engine.feel import FeelSyntaxError, compile_expression, names_used
from engine.feel import tree as feel
from engine.feel.suggest import did_you_mean
from engine.forms.problems import RESERVED
from engine.how_decided import WAYS
from engine.runtime.diagram import Element
from schemas.finding import Finding


class Written(NamedTuple):
    """An expression and where it stands."""

    element: str
    file: str
    what: str
    text: str
    #: names that only this place knows
    local: frozenset[str] = frozenset()


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the expressions of the diagram and of process.toml."""
    names = known_names(parts)
    for written in expressions(parts):
        special = (names or RESERVED) | written.local | FUNCTIONS
        try:
            node = compile_expression(written.text, names=special).node
        except FeelSyntaxError as reason:
            message = f"{written.what}: {reason}"
            yield error("feel_syntax", written.element, written.file, message, name=written.text)
            continue
        if names is not None:
            yield from _unknown_names(written, names | written.local)
        yield from _unknown_outcomes(parts, written, node)
        yield from _unknown_ways(written, node)


def expressions(parts: Parts) -> Iterator[Written]:
    """Every expression, in the order of the files."""
    if parts.manifest.case_title:
        yield Written("", FACTS_FILE, "case_title", parts.manifest.case_title)
    diagram = parts.diagram
    for flow in diagram.flows.values():
        if flow.condition:
            local = local_names(diagram, flow.parent)
            yield Written(flow.id, BPMN_FILE, "condition", flow.condition, local)
    for element in diagram.elements.values():
        local = local_names(diagram, element.id)
        for what, text in _of_element(element):
            yield Written(element.id, BPMN_FILE, what, text, local)
        if element.loop is not None:
            text = element.loop.collection or element.loop.cardinality
            if text:
                # Its items are what it says, so it cannot name them.
                around = local_names(diagram, element.parent)
                yield Written(element.id, BPMN_FILE, "how often", text, around)
    for step in parts.steps.values():
        local = local_names(diagram, step.id)
        for what, candidates in (
            ("candidates", step.candidates),
            ("fallback", step.fallback),
            ("cc", step.cc),
        ):
            for candidate in candidates:
                if candidate.expression:
                    yield Written(step.id, BPMN_FILE, what, candidate.expression, local)
        if step.due:
            yield Written(step.id, BPMN_FILE, "due", step.due, local)
        if step.sign_off.signers:
            yield Written(step.id, BPMN_FILE, "signers", step.sign_off.signers, local)
        for number, rung in enumerate(step.ladder, start=1):
            what = f"rung {number}"
            yield Written(step.id, BPMN_FILE, what, rung.at, local | ladders.NAMES)
            for candidate in rung.to:
                if candidate.expression:
                    yield Written(step.id, BPMN_FILE, what, candidate.expression, local)
    for step in parts.messages.values():
        for candidate in step.candidates:
            if candidate.expression:
                local = local_names(diagram, step.id)
                yield Written(step.id, BPMN_FILE, "senders", candidate.expression, local)


def _of_element(element: Element) -> Iterator[tuple[str, str]]:
    """The expressions of any element, with the names they go by."""
    if element.event is not None and element.event.expression:
        yield "timer", element.event.expression
    if element.loop is not None and element.loop.until:
        yield "completionCondition", element.loop.until
    for name, value in element.properties.items():
        if name.startswith("with."):
            yield name, value


def _unknown_names(written: Written, names: frozenset[str]) -> Iterator[Finding]:
    for name in sorted(names_used(written.text, names=names | FUNCTIONS) - names - FUNCTIONS):
        hint = did_you_mean(name, [*names, *FUNCTIONS])
        message = f'{written.what}: the case has no field "{name}"{hint}'
        yield error("feel_name", written.element, written.file, message, name=name)


def _unknown_outcomes(parts: Parts, written: Written, node: feel.Node) -> Iterator[Finding]:
    tasks = [*(task.id for task in parts.people_tasks()), *parts.messages]
    for task in sorted(set(_tasks_named(node)) - set(tasks)):
        message = f"{written.what}: there is no task {task}{did_you_mean(task, tasks)}"
        yield error("unknown_task", written.element, written.file, message, name=task)
    for task, outcome in sorted(set(_outcomes_named(node))):
        known = [one.id for one in parts.steps[task].outcomes] if task in parts.steps else None
        if known is not None and outcome not in known:
            message = f"{written.what}: {task} has no outcome {outcome}"
            hint = did_you_mean(outcome, known)
            yield error(
                "unknown_outcome", written.element, written.file, message + hint, name=outcome
            )


def _unknown_ways(written: Written, node: feel.Node) -> Iterator[Finding]:
    """`decided.x` is one of a few words."""
    for way in sorted({text for _, text in _compared(node, "decided")} - set(WAYS)):
        message = f"{written.what}: nothing is decided by {way}{did_you_mean(way, WAYS)}"
        yield error("unknown_way", written.element, written.file, message)


def _walk(node: feel.Node) -> Iterator[feel.Node]:
    yield node
    for child in feel.children(node):
        yield from _walk(child)


def _tasks_named(node: feel.Node) -> Iterator[str]:
    """`outcomes.x`, `opinions.x`, `decided.x` and `people.x`: x is a task."""
    for one in _walk(node):
        match one:
            case feel.Path(
                base=feel.Name(name="outcomes" | "opinions" | "decided" | "people"), name=task
            ):
                yield task


def _outcomes_named(node: feel.Node) -> Iterator[tuple[str, str]]:
    """Pairs of a task and a text that its outcome is compared with."""
    return _compared(node, "outcomes")


def _compared(node: feel.Node, facts: str) -> Iterator[tuple[str, str]]:
    """Pairs of a task and a text that one of its facts is compared with."""
    for one in _walk(node):
        match one:
            case feel.Compare(op="=" | "!=", left=left, right=right):
                for task, other in ((_task(left, facts), right), (_task(right, facts), left)):
                    if task:
                        yield from ((task, text) for text in _texts(other))
            case feel.In(value=value, tests=tests) if task := _task(value, facts):
                for test in tests:
                    yield from ((task, text) for text in _texts(test))


def _task(node: feel.Node, facts: str) -> str:
    match node:
        case feel.Path(base=feel.Name(name=base), name=task) if base == facts:
            return task
    return ""


def _texts(node: feel.Node) -> Iterator[str]:
    match node:
        case feel.StringLiteral(value=value):
            yield value
        case feel.ListLiteral(items=items):
            for item in items:
                yield from _texts(item)
        case feel.UnaryCompare(op="=" | "!=", operand=operand):
            yield from _texts(operand)
