"""How long something lasts at least, read from the diagram and the decision tables that say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.catalog.checks.parts import BPMN_FILE, FACTS_FILE, error, warning
from engine.catalog.definition import Definition
from engine.feel import FeelSyntaxError, compile_expression
from engine.feel import tree as feel
from engine.feel.dmn.elements import Decision, DecisionTable, HitPolicy
from engine.proving.columns import grid_of
from engine.proving.tables import constant_output, narrowed
from engine.scope import FUNCTIONS
from schemas.finding import Cell, Finding
from schemas.policy import Policy

#: The abilities that last, and the argument that says how many working days.
LASTING = {"notice.publish": "with.days"}
_SINGLE = (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY)


class Unknown(Exception):
    """The length cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Least:
    """A length, and the cell that gives it, where it stands in a table."""

    days: Decimal
    file: str = BPMN_FILE
    owner: str = ""
    cell: Cell | None = None


def lasting(definition: Definition, policy: Policy) -> Iterator[Finding]:
    """Whether an element lasts as long as its policy says, whatever its tables answer."""
    name = definition.diagram.elements[policy.element].name or policy.element
    try:
        least = _of_element(definition, policy.element)
    except Unknown as reason:
        message = f"policy {policy.id}: how long {name} lasts is not proved: {reason}"
        yield warning("policy_not_proved", policy.element, FACTS_FILE, message)
        return
    if least.days >= policy.lasts:
        return
    message = f"policy {policy.id}: {name} may last {least.days:f} working days, not {policy.lasts}"
    found = error("policy_too_short", least.owner or policy.element, least.file, message)
    yield replace(
        found,
        cells=(least.cell,) if least.cell is not None else (),
        parts={
            "policy": policy.id,
            "name": name,
            "days": f"{least.days:f}",
            "least": str(policy.lasts),
        },
    )


def text_of(definition: Definition, element: str) -> str:
    """The expression that says how long an element lasts; empty where none does."""
    found = definition.diagram.elements[element]
    if found.event is not None and found.event.kind == "timer":
        return found.event.expression
    return found.properties.get(LASTING.get(found.properties.get("ability", ""), ""), "")


def _of_element(definition: Definition, element: str) -> Least:
    text = text_of(definition, element)
    if not text:
        raise Unknown("it does not say so")
    try:
        node = compile_expression(text, names=FUNCTIONS).node
    except FeelSyntaxError as reason:
        raise Unknown("its expression is not FEEL") from reason
    if definition.diagram.elements[element].event is None:
        return _least(definition, node)
    match node:
        case feel.Call(
            function=feel.Name(name="add working days"),
            arguments=(feel.Call(function=feel.Name(name="today"), arguments=()), days),
        ):
            return _least(definition, days)
    raise Unknown("it is not add working days(today(), N)")


def _least(definition: Definition, node: feel.Node) -> Least:
    match node:
        case feel.NumberLiteral(value=value):
            return Least(value)
        case feel.Call(function=feel.Name(name="max"), arguments=arguments) if arguments:
            return max(_known(definition, arguments), key=lambda one: one.days)
        case feel.Call(function=feel.Name(name="min"), arguments=arguments) if arguments:
            parts = (_least(definition, one) for one in arguments)
            return min(parts, key=lambda one: one.days)
        case feel.If(then=then, otherwise=otherwise):
            parts = (_least(definition, one) for one in (then, otherwise))
            return min(parts, key=lambda one: one.days)
        case feel.Name(name=field):
            return _of_field(definition, field, "")
        case feel.Path(base=feel.Name(name=field), name=column):
            return _of_field(definition, field, column)
    raise Unknown("it is computed")


def _known(definition: Definition, nodes: tuple[feel.Node, ...]) -> list[Least]:
    """Of several of which the longest counts, those that can be read are enough."""
    found = []
    reasons: list[Unknown] = []
    for node in nodes:
        try:
            found.append(_least(definition, node))
        except Unknown as reason:
            reasons.append(reason)
    if not found:
        raise reasons[0]
    return found


def _of_field(definition: Definition, field: str, column: str) -> Least:
    """The shortest of what the decisions answer that write a field."""
    writers = [
        element
        for element in definition.diagram.elements.values()
        if element.properties.get("into") == field
    ]
    if not writers or any(element.kind != "businessRuleTask" for element in writers):
        raise Unknown(f"{field} is not the answer of a decision alone")
    shortest = [
        _of_decision(definition, element.properties.get("decision", "").strip(), column)
        for element in writers
    ]
    return min(shortest, key=lambda one: one.days)


def _of_decision(definition: Definition, name: str, column: str) -> Least:
    model = definition.decisions.get(name)
    decision = model.element(name) if model is not None else None
    if model is None or not isinstance(decision, Decision):
        raise Unknown(f"there is no decision {name}")
    table = decision.expression
    if not isinstance(table, DecisionTable) or table.hit_policy not in _SINGLE:
        raise Unknown(f"{name} is no table of which one rule answers")
    place = _column(table, column)
    grid = narrowed(grid_of(model, table), definition)
    file = _file(definition, name)
    found = []
    for rule in range(len(table.rules)):
        if not all(mask & space for mask, space in zip(grid.box(rule), grid.space, strict=True)):
            continue  # no case of this process ever asks for it
        found.append(_days(table, rule, place, Least(Decimal(0), file, name, None)))
    default = table.outputs[place].default
    if default:
        raise Unknown(f"{name} has a default answer")
    if not found:
        raise Unknown(f"no rule of {name} answers")
    return min(found, key=lambda one: one.days)


def _days(table: DecisionTable, rule: int, place: int, like: Least) -> Least:
    written = constant_output(table, rule, place)
    if written is None or not isinstance(written[0], Decimal):
        raise Unknown(f"rule {rule + 1} of {like.owner} does not name a number")
    return replace(like, days=written[0], cell=Cell(rule + 1, len(table.inputs) + place + 1))


def _column(table: DecisionTable, name: str) -> int:
    names = [output.name or output.label for output in table.outputs]
    if len(names) == 1 and not name:
        return 0
    if len(names) > 1 and name in names:
        return names.index(name)
    raise Unknown(f"its table has no answer {name or 'by itself'}")


def _file(definition: Definition, decision: str) -> str:
    needle = f'name="{decision}"'.encode()
    for path, content in sorted(definition.package.files.items()):
        if path.endswith(".dmn") and needle in content:
            return path
    return BPMN_FILE
