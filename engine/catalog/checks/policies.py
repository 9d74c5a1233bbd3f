"""Policies of a package: what they name is there, a person passes it, and rules of separation go as far as they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.catalog.checks.names import known_names
from engine.catalog.checks.parts import BPMN_FILE, FACTS_FILE, Parts, error, warning
from engine.catalog.steps import Outcome, Step
from engine.feel.suggest import did_you_mean
from engine.runtime.diagram import TASKS, Element
from schemas.finding import Finding
from schemas.manifest import SeparationRule
from schemas.policy import Policy

#: What a token rests at, so that it can be said to have been passed.
_PASSED = TASKS | {"intermediateCatchEvent"}


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the policies in process.toml but whether they hold."""
    if not parts.diagram.elements:
        return
    counts = Counter(policy.id for policy in parts.manifest.policies)
    for name in sorted(name for name, count in counts.items() if count > 1):
        yield error("policy_twice", "", FACTS_FILE, f"there are {counts[name]} policies {name}")
    for policy in parts.manifest.policies:
        yield from _named(parts, policy)
        yield from _outcomes(parts, policy)
        yield from _by_itself(parts, policy)
        yield from _covered(parts, policy)
        if policy.signed:
            yield from _field(parts, policy)


def counts_as_passed(policy: Policy, step: Step, outcome: Outcome) -> bool:
    """Whether a step that ends with this outcome has been passed."""
    wanted = {one.outcome for group in policy.passes for one in group if one.element == step.id}
    return outcome.id in wanted or ("" in wanted and outcome.kind == "positive")


def _named(parts: Parts, policy: Policy) -> Iterator[Finding]:
    known = parts.diagram.elements
    for name in sorted({policy.element, *policy.named}):
        if name not in known:
            hint = did_you_mean(name, list(known))
            message = f"policy {policy.id}: there is no element {name}{hint}"
            yield error("unknown_element", name, FACTS_FILE, message, name=name)
        elif name in policy.named and not _can_be_passed(known[name]):
            message = f"policy {policy.id}: {name} is a {known[name].kind}, where nothing is done"
            yield error("policy_misplaced", name, FACTS_FILE, message)
    if policy.element in policy.named:
        message = f"policy {policy.id}: {policy.element} cannot be passed before itself"
        yield error("policy_misplaced", policy.element, FACTS_FILE, message)


def _can_be_passed(element: Element) -> bool:
    return element.kind in _PASSED


def _outcomes(parts: Parts, policy: Policy) -> Iterator[Finding]:
    """The outcomes named exist, and where none is named there is a positive one."""
    for one in (one for group in policy.passes for one in group):
        step = parts.steps.get(one.element)
        if step is None:
            if one.outcome and one.element in parts.diagram.elements:
                message = f"policy {policy.id}: {one.element} has no outcomes"
                yield error("unknown_outcome", one.element, FACTS_FILE, message, name=one.outcome)
            continue
        known = [outcome.id for outcome in step.outcomes]
        if one.outcome and one.outcome not in known:
            message = f"policy {policy.id}: {step.id} has no outcome {one.outcome}"
            hint = did_you_mean(one.outcome, known)
            yield error("unknown_outcome", step.id, FACTS_FILE, message + hint, name=one.outcome)
        elif not one.outcome and not any(each.kind == "positive" for each in step.outcomes):
            message = f"policy {policy.id}: no outcome of {step.id} is positive; name one"
            yield error("unknown_outcome", step.id, FACTS_FILE, message, name="—")


def _by_itself(parts: Parts, policy: Policy) -> Iterator[Finding]:
    """Nothing that a policy asks for happens because time has passed."""
    for name in sorted(policy.named & parts.steps.keys()):
        step = parts.steps[name]
        known = {outcome.id: outcome for outcome in step.outcomes}
        said = step.irreversible or parts.manifest.separates(name)
        automatic = [
            (f"rung {number}", known.get(rung.outcome))
            for number, rung in enumerate(step.ladder, start=1)
            if rung.do == "decide"
        ]
        if step.sign_off.several:
            automatic.append(("no_quorum", known.get(step.sign_off.no_quorum)))
        for where, outcome in automatic:
            if outcome is None or not counts_as_passed(policy, step, outcome):
                continue
            if said and where != "no_quorum" and outcome.kind == "positive":
                continue  # said where ladders are looked at
            message = f"{where}: {outcome.id} would be decided by itself, but policy {policy.id} asks for a person"
            yield error("automatic_approval", name, BPMN_FILE, message)


def _covered(parts: Parts, policy: Policy) -> Iterator[Finding]:
    """Of steps that stand for one another, a rule of separation names all or none."""
    for group in policy.passes:
        alike = {one.element for one in group if one.element in parts.steps}
        for rule in parts.manifest.separation:
            named = alike & frozenset().union(*rule.groups)
            for name in sorted(alike - named if named else ()):
                if not _is_apart(parts, rule, sorted(named)[0], name):
                    message = (
                        f"separation {rule.id} names {sorted(named)[0]}, but not {name}, which passes "
                        f"for it by policy {policy.id}"
                    )
                    yield warning("separation_uncovered", name, FACTS_FILE, message)


def _is_apart(parts: Parts, rule: SeparationRule, one: str, other: str) -> bool:
    """Whether other rules keep a step from all that this one keeps its like from."""
    wanted = frozenset().union(*(group for group in rule.groups if one not in group))
    found: set[str] = set()
    for each in parts.manifest.separation:
        if any(other in group for group in each.groups):
            found |= frozenset().union(*(group for group in each.groups if other not in group))
    return wanted <= found


def _field(parts: Parts, policy: Policy) -> Iterator[Finding]:
    names = known_names(parts)
    if names is not None and policy.signed not in names:
        hint = did_you_mean(policy.signed, names)
        message = f"policy {policy.id}: the case has no field {policy.signed}{hint}"
        yield error("unknown_field", "", FACTS_FILE, message, name=policy.signed)
