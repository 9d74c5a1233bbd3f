"""Service tasks: the ability exists, and is given what it needs and nothing it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.catalog.checks.parts import BPMN_FILE, Parts, error, warning
from engine.feel import FeelSyntaxError, compile_expression
from engine.feel.suggest import did_you_mean
from engine.feel.tree import StringLiteral
from engine.runtime.diagram import Element
from schemas.finding import Finding


@dataclass(frozen=True, slots=True)
class Contract:
    """What docs/abilities.md says of one ability."""

    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    #: fields of the case document that it writes besides `into`
    facts: frozenset[str] = frozenset()


def _contract(needs: str = "", may: str = "", errors: str = "", facts: str = "") -> Contract:
    return Contract(*(frozenset(words.split()) for words in (needs, may, errors, facts)))


CONTRACTS: dict[str, Contract] = {
    "numbering.next": _contract("sequence"),
    "register.lookup": _contract("register subject year", "account"),
    "register.enter": _contract("register subject year amount_fen", "account facts"),
    "fund.reserve": _contract("fund amount_fen", errors="insufficient_funds", facts="fund_problem"),
    "fund.release": _contract("fund"),
    "notice.publish": _contract("title scope items days include_start_day phone", "names"),
    "notice.close": _contract(),
    "payment.pay": _contract(
        "fund amount_fen payee bank account purpose",
        "handlers",
        errors="returned",
        facts="payment_problem",
    ),
    "letter.make": _contract("letter title"),
    "case.archive": _contract(),
    "definition.deploy": _contract("candidate", errors="refused", facts="deploy_problem"),
}


def known_abilities() -> frozenset[str]:
    """The abilities that this program has."""
    # Late: abilities know commands, and commands know the catalog.
    from engine.abilities.registry import standard_abilities

    return frozenset(standard_abilities())


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the package's service tasks, and the errors caught from them."""
    abilities = known_abilities()
    for element in parts.of_kind("serviceTask"):
        ability = element.properties.get("ability", "").strip()
        if not ability:
            continue  # said by the diagram's own rules
        if ability not in abilities:
            message = f"there is no ability {ability}{did_you_mean(ability, abilities)}"
            yield error("unknown_ability", element.id, BPMN_FILE, message, name=ability)
        if ability in CONTRACTS:
            yield from _arguments(element, ability, CONTRACTS[ability])
            yield from _caught(parts, element, ability, CONTRACTS[ability])
        if ability == "letter.make":
            yield from _letter(parts, element)


def _arguments(element: Element, ability: str, contract: Contract) -> Iterator[Finding]:
    given = {name[5:] for name in element.properties if name.startswith("with.")}
    for name in sorted(contract.needs - given):
        message = f"{ability} needs with.{name}"
        yield error("argument_missing", element.id, BPMN_FILE, message, name=name)
    known = contract.needs | contract.may
    for name in sorted(given - known):
        message = f"{ability} knows no argument {name}{did_you_mean(name, known)}"
        yield error("unknown_argument", element.id, BPMN_FILE, message, name=name)


def _caught(parts: Parts, element: Element, ability: str, contract: Contract) -> Iterator[Finding]:
    for edge in parts.diagram.boundary_events(element.id):
        code = edge.event.error_code if edge.event and edge.event.kind == "error" else None
        if code and code not in contract.errors:
            message = f"{ability} never gives the error {code}{did_you_mean(code, contract.errors)}"
            yield warning("error_never_given", edge.id, BPMN_FILE, message)


def _letter(parts: Parts, element: Element) -> Iterator[Finding]:
    """A letter named by a plain text must be there; one that is computed shows when it is made."""
    try:
        node = compile_expression(element.properties.get("with.letter", "null")).node
    except FeelSyntaxError:
        return
    letters = parts.package.names("letters", ".typ")
    if isinstance(node, StringLiteral) and node.value not in letters:
        message = f"there is no letters/{node.value}.typ{did_you_mean(node.value, letters)}"
        yield error("unknown_letter", element.id, BPMN_FILE, message, name=node.value)
