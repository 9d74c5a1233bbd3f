"""Can the people there are do what a package asks? Looked at for every place that cases come from.

Each step needs somebody who may do it, and the rules of separation need different people for steps of
one case. What only a case can say (an expression, a choice in a form) is taken as possible, and so is
whatever needs too long a search: nothing is said that does not hold.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from engine.actors import Directory
from engine.catalog.checks.parts import BPMN_FILE, FACTS_FILE, warning
from engine.catalog.definition import Definition
from engine.catalog.steps import HEAD, Candidate, Step
from engine.runtime.diagram import Diagram
from engine.sign_off import Rule
from schemas.finding import Finding

#: A search longer than this is given up.
_MOST_TRIES = 20_000
#: No more people than these are looked at for one step: more make it only easier.
_MOST_PEOPLE = 60
#: More names than these are counted.
_FEW = 3
#: Somebody who does not exist yet.
_NEWCOMER = "(one more)"
_FORKS = ("parallelGateway", "inclusiveGateway")


@dataclass(frozen=True, slots=True)
class _Need:
    """One step in cases from one place: who may do it, and how many it takes."""

    step: Step
    people: tuple[str, ...]
    count: int


def people_problems(definition: Definition, directory: Directory) -> Iterator[Finding]:
    """What the people of the organisation cannot do, once for each place where they cannot."""
    apart = _apart(definition)
    said: set[tuple[str, str, str]] = set()
    for places, applicants in _origins(definition, directory):
        found = _best(definition, directory, places, applicants, apart)
        for rule, step, message in found:
            if (rule, step, message) in said:
                continue
            said.add((rule, step, message))
            if rule == "nobody_for_step":
                yield warning("nobody_for_step", step, BPMN_FILE, message)
            else:
                yield warning("separation_unsatisfiable", step, FACTS_FILE, message)


def vacancies(definition: Definition, directory: Directory) -> dict[tuple[str, str], list[str]]:
    """(role, place) that steps of the process ask for and nobody active holds → those steps.

    Asked for every place that its cases can come from; a step that others may do as well counts too.
    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    held: dict[tuple[str, str], bool] = {}
    for places, _applicants in _origins(definition, directory):
        for step in definition.steps.values():
            for one in (*step.candidates, *step.fallback):
                if not one.role or one.role == HEAD or one.place not in places:
                    continue
                key = (one.role, places[one.place])
                if key not in held:
                    held[key] = any(map(directory.is_active, directory.holders(*key)))
                if not held[key]:
                    found.setdefault(key, {})[step.id] = None
    return {key: list(steps) for key, steps in found.items()}


def _origins(
    definition: Definition, directory: Directory
) -> list[tuple[dict[str, str], list[str]]]:
    """The places that cases of this process can have, as far as its steps ask, with who may start there."""
    asked = {
        one.place
        for step in definition.steps.values()
        for one in (*step.candidates, *step.fallback)
        if one.place
    }
    found: dict[tuple[tuple[str, str], ...], tuple[dict[str, str], list[str]]] = {}
    for place in directory.all_places():
        for role in sorted(definition.manifest.start_roles):
            for person in directory.holders(role, place):
                places = directory.places(person)
                key = tuple(sorted((name, at) for name, at in places.items() if name in asked))
                found.setdefault(key, (places, []))[1].append(person)
    return [(places, list(dict.fromkeys(people))) for places, people in found.values()]


def _best(
    definition: Definition,
    directory: Directory,
    places: Mapping[str, str],
    applicants: list[str],
    apart: Mapping[str, frozenset[str]],
) -> list[tuple[str, str, str]]:
    """The problems of the applicant who has the fewest: an officer's own case may well need others."""
    best: list[tuple[str, str, str]] | None = None
    holders = {
        step.id: _people(directory, places, step.candidates) for step in definition.steps.values()
    }
    officers = {person for people in holders.values() for person in people or ()}
    # Who holds nothing comes first; one applicant without problems settles it.
    for applicant in sorted(applicants, key=lambda one: one in officers)[:_MOST_PEOPLE]:
        found = _problems(definition, directory, places, holders, applicant, apart)
        if not found:
            return []
        if best is None or len(found) < len(best):
            best = found
    return best or []


def _problems(
    definition: Definition,
    directory: Directory,
    places: Mapping[str, str],
    holders: Mapping[str, tuple[str, ...] | None],
    applicant: str,
    apart: Mapping[str, frozenset[str]],
) -> list[tuple[str, str, str]]:
    where = directory.facts(applicant).get("unit_name") or places.get("applicant.unit", "")
    problems, needs = [], []
    for step in _in_order(definition):
        people = holders[step.id]
        if people is None:
            continue
        own = step.id in definition.manifest.applicant_may or any(
            one.starter for one in step.candidates
        )
        people = tuple(one for one in people if own or one != applicant)
        if any(one.starter for one in step.candidates):
            people = (*people, applicant)
        count = max(1, step.sign_off.minimum) if step.sign_off.several else 1
        if len(people) < count:
            fallback = _people(directory, places, step.fallback)
            if fallback is None or any(one != applicant for one in fallback):
                continue
            names = _named(step.candidates)
            message = f"{where}: {len(people)} of {count} needed may do it ({names})"
            message += _for_policies(definition, step)
            problems.append(("nobody_for_step", step.id, message))
            continue
        needs.append(_Need(step, people, count))
    blocked = _unsatisfiable(needs, apart)
    if blocked:
        told = ", ".join(_who(directory, need) for need in needs if need.step.id in blocked)
        message = f"{where}: too few people for what must be done by different ones: {told}"
        message += _missing(needs, apart, blocked)
        problems.append(("separation_unsatisfiable", blocked[0], message))
    return problems


def _for_policies(definition: Definition, step: Step) -> str:
    """What a step without people keeps cases from."""
    for policy in definition.manifest.policies:
        if any({one.element for one in group} == {step.id} for group in policy.passes):
            name = definition.diagram.elements[policy.element].name or policy.element
            return f"; without it no case comes to {name} (policy {policy.id})"
    return ""


def _who(directory: Directory, need: _Need) -> str:
    """A step with those who may do it, as far as they are few."""
    names = [directory.name(person) for person in need.people[:_FEW]]
    more = f" and {len(need.people) - _FEW} more" if len(need.people) > _FEW else ""
    return f"{need.step.id} ({', '.join(names)}{more})"


def _missing(needs: list[_Need], apart: Mapping[str, frozenset[str]], blocked: list[str]) -> str:
    """Whose coming would be enough: one more person for one of the steps."""
    for place, need in enumerate(needs):
        if need.step.id not in blocked:
            continue
        more = replace(need, people=(*need.people, _NEWCOMER))
        if not _unsatisfiable([*needs[:place], more, *needs[place + 1 :]], apart):
            names = _named(need.step.candidates) or need.step.id
            return f"; one more person would be enough for {need.step.id} ({names})"
    return "; one more person is not enough"


def _people(
    directory: Directory, places: Mapping[str, str], candidates: tuple[Candidate, ...]
) -> tuple[str, ...] | None:
    """Who holds the candidates' roles; None where only a case can say."""
    found: list[str] = []
    for one in candidates:
        if one.expression:
            return None
        if one.starter or one.place not in places:
            continue
        at = places[one.place]
        found += directory.heads(at) if one.role == HEAD else directory.holders(one.role, at)
    return tuple(one for one in dict.fromkeys(found) if directory.is_active(one))


def _unsatisfiable(needs: list[_Need], apart: Mapping[str, frozenset[str]]) -> list[str]:
    """The steps for which no choice of different people exists; empty where one does."""
    bound = [need for need in needs if any(other.step.id in apart[need.step.id] for other in needs)]
    chosen: dict[str, tuple[str, ...]] = {}
    tries = 0

    def place(number: int) -> bool:
        nonlocal tries
        if number == len(bound):
            return True
        need = bound[number]
        taken = {one for other in apart[need.step.id] for one in chosen.get(other, ())}
        free = [one for one in need.people if one not in taken]
        if len(free) < need.count:
            return False
        free = _rarest(free, bound[number + 1 :], apart[need.step.id])
        # Everybody who may sign is asked to; where one decides, any one will do.
        everybody = need.step.sign_off.rule in (Rule.ALL, Rule.SEQUENCE)
        for group in [tuple(free)] if everybody else combinations(free, need.count):
            tries += 1
            if tries > _MOST_TRIES:
                return True
            chosen[need.step.id] = group
            if place(number + 1):
                return True
        chosen.pop(need.step.id, None)
        return False

    return [] if place(0) else [need.step.id for need in bound]


def _rarest(free: list[str], rest: list[_Need], apart: frozenset[str]) -> list[str]:
    """Those whom the fewest of the other steps want come first."""
    wanted = [need.people for need in rest if need.step.id in apart]
    ordered = sorted(free, key=lambda one: sum(one in people for people in wanted))
    return ordered[:_MOST_PEOPLE]


def _apart(definition: Definition) -> dict[str, frozenset[str]]:
    """Step → the steps that need another person in the same case."""
    found: dict[str, set[str]] = {step: set() for step in definition.steps}
    for rule in definition.manifest.separation:
        for group in rule.groups:
            for other in rule.groups:
                if other is group:
                    continue
                for step in group & found.keys():
                    found[step] |= {
                        one for one in other & found.keys() if _meet(definition.diagram, step, one)
                    }
    return {step: frozenset(others) for step, others in found.items()}


def _meet(diagram: Diagram, one: str, other: str) -> bool:
    """True when one case can come to both: one leads to the other, or they lie side by side."""
    if other in _reached(diagram, one) or one in _reached(diagram, other):
        return True
    return any(
        {one, other} <= _reached(diagram, fork.id).keys()
        for fork in diagram.elements.values()
        if fork.kind in _FORKS and len(fork.outgoing) > 1
    )


def _reached(diagram: Diagram, start: str) -> dict[str, None]:
    """The elements a way leads to from an element, nearest first; sub-processes are entered and left."""
    found: dict[str, None] = {}
    ahead = deque([start])
    while ahead:
        at = ahead.popleft()
        for one in _onward(diagram, at):
            if one not in found:
                found[one] = None
                ahead.append(one)
    return found


def _onward(diagram: Diagram, at: str) -> Iterator[str]:
    element = diagram.elements[at]
    yield from (diagram.flows[flow].target for flow in element.outgoing)
    for one in diagram.elements.values():
        if one.attached_to == at or (one.parent == at and one.kind == "startEvent"):
            yield one.id
    if element.kind == "endEvent" and element.parent is not None:
        yield from _onward(diagram, element.parent)


def _in_order(definition: Definition) -> list[Step]:
    """The steps as a case comes to them, the nearest first."""
    start = definition.start_event
    order = [start, *_reached(definition.diagram, start)]
    return sorted(definition.steps.values(), key=lambda step: order.index(step.id))


def _named(candidates: tuple[Candidate, ...]) -> str:
    return ", ".join(f"{one.role} @ {one.place}" for one in candidates if one.role)
