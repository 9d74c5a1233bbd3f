"""Every FEEL expression of a package: it parses, its names exist, and so do the outcomes it compares with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.catalog.checks.names import FUNCTIONS, known_names
from engine.catalog.checks.parts import BPMN_FILE, FACTS_FILE, Parts, error
from engine.feel import FeelSyntaxError, compile_expression, names_used
from engine.feel import tree as feel
from engine.feel.suggest import did_you_mean
from engine.forms.problems import RESERVED
from schemas.finding import Finding


class Written(NamedTuple):
    """An expression and where it stands."""

    element: str
    file: str
    what: str
    text: str


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the expressions of the diagram and of process.toml."""
    names = known_names(parts)
    for written in expressions(parts):
        special = names or RESERVED
        try:
            node = compile_expression(written.text, names=special).node
        except FeelSyntaxError as reason:
            message = f"{written.what}: {reason}"
            yield error("feel_syntax", written.element, written.file, message)
            continue
        if names is not None:
            yield from _unknown_names(written, names)
        yield from _unknown_outcomes(parts, written, node)


def expressions(parts: Parts) -> Iterator[Written]:
    """Every expression, in the order of the files."""
    if parts.manifest.case_title:
        yield Written("", FACTS_FILE, "case_title", parts.manifest.case_title)
    for flow in parts.diagram.flows.values():
        if flow.condition:
            yield Written(flow.id, BPMN_FILE, "condition", flow.condition)
    for element in parts.diagram.elements.values():
        if element.event is not None and element.event.expression:
            yield Written(element.id, BPMN_FILE, "timer", element.event.expression)
        for name, value in element.properties.items():
            if name.startswith("with."):
                yield Written(element.id, BPMN_FILE, name, value)
    for step in parts.steps.values():
        for what, candidates in (
            ("candidates", step.candidates),
            ("fallback", step.fallback),
            ("cc", step.cc),
        ):
            for candidate in candidates:
                if candidate.expression:
                    yield Written(step.id, BPMN_FILE, what, candidate.expression)
        if step.due:
            yield Written(step.id, BPMN_FILE, "due", step.due)
        if step.sign_off.signers:
            yield Written(step.id, BPMN_FILE, "signers", step.sign_off.signers)


def _unknown_names(written: Written, names: frozenset[str]) -> Iterator[Finding]:
    for name in sorted(names_used(written.text, names=names) - names - FUNCTIONS):
        hint = did_you_mean(name, [*names, *FUNCTIONS])
        message = f'{written.what}: the case has no field "{name}"{hint}'
        yield error("feel_name", written.element, written.file, message)


def _unknown_outcomes(parts: Parts, written: Written, node: feel.Node) -> Iterator[Finding]:
    tasks = [task.id for task in parts.people_tasks()]
    for task in sorted(set(_tasks_named(node)) - set(tasks)):
        message = f"{written.what}: there is no task {task}{did_you_mean(task, tasks)}"
        yield error("unknown_task", written.element, written.file, message)
    for task, outcome in sorted(set(_outcomes_named(node))):
        known = [one.id for one in parts.steps[task].outcomes] if task in parts.steps else None
        if known is not None and outcome not in known:
            message = f"{written.what}: {task} has no outcome {outcome}"
            hint = did_you_mean(outcome, known)
            yield error("unknown_outcome", written.element, written.file, message + hint)


def _walk(node: feel.Node) -> Iterator[feel.Node]:
    yield node
    for child in feel.children(node):
        yield from _walk(child)


def _tasks_named(node: feel.Node) -> Iterator[str]:
    """`outcomes.x`, `opinions.x` and `people.x`: x is a task."""
    for one in _walk(node):
        match one:
            case feel.Path(base=feel.Name(name="outcomes" | "opinions" | "people"), name=task):
                yield task


def _outcomes_named(node: feel.Node) -> Iterator[tuple[str, str]]:
    """Pairs of a task and a text that its outcome is compared with."""
    for one in _walk(node):
        match one:
            case feel.Compare(op="=" | "!=", left=left, right=right):
                for task, other in ((_task(left), right), (_task(right), left)):
                    if task:
                        yield from ((task, text) for text in _texts(other))
            case feel.In(value=value, tests=tests) if task := _task(value):
                for test in tests:
                    yield from ((task, text) for text in _texts(test))


def _task(node: feel.Node) -> str:
    match node:
        case feel.Path(base=feel.Name(name="outcomes"), name=task):
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
