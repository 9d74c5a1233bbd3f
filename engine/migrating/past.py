"""Whether a case whose past another version has shaped can still keep the policies of the new one."""

from __future__ import annotations

from typing import Any

from engine.catalog.definition import Definition
from engine.migrating.reasons import Reason
from engine.proving.monitors import NOT, PASSED, Monitor, Passing, State, monitor_of
from engine.proving.policies import first_broken
from engine.proving.signing import parts_in
from engine.proving.walking import Markings, TooMany
from engine.runtime.ending import shape_of
from engine.store.case import Case

#: Markings looked at before saying that nothing was shown; then the policy does not keep the case.
_MOST = 5_000


def broken_policies(seen: Case, target: Definition, known: dict[Any, Any]) -> list[Reason]:
    """The policies that the case, in the new version's names, breaks or could break from where it stands.

    `known` keeps what was found for cases that stand alike.
    """
    found = []
    assert seen.tokens is not None
    for policy in target.manifest.policies:
        if policy.lasts:
            continue
        monitor = monitor_of(policy, target)
        state = _reached(monitor, seen, target)
        outcomes = {
            element: result for element, result in seen.outcomes.items() if element in target.steps
        }
        key = (target.id, policy.id, state, tuple(sorted(outcomes.items())), shape_of(seen.tokens))
        if key not in known:
            known[key] = _breaks(seen, target, monitor, outcomes, state, known)
        if known[key]:
            facts = {"rule": policy.id, "says": policy.why}
            found.append(Reason("policy", policy.element, facts))
    return found


def _breaks(
    seen: Case,
    target: Definition,
    monitor: Monitor,
    outcomes: dict[str, str],
    state: State,
    known: dict[Any, Any],
) -> bool:
    assert seen.tokens is not None
    stands = {entry[1] for entry in seen.tokens["tokens"]}
    if monitor.policy.element in stands:
        # It has come here already, by a way that only the former version allowed.
        return bool(monitor.missing(state))
    markings = known.get(("markings", target.id))
    if markings is None:
        markings = known["markings", target.id] = Markings(target.specification, _MOST)
    try:
        at = markings.number(seen.tokens)
        broken = first_broken(
            target, markings, monitor.policy, at=at, outcomes=outcomes, state=state
        )
    except TooMany:
        return False
    return broken is not None


def _reached(monitor: Monitor, seen: Case, target: Definition) -> State:
    """What the monitor would remember of the case's past: the results that stand, and what was passed."""
    if isinstance(monitor, Passing):
        return tuple(
            PASSED if _passed(monitor, seen, target, element) else NOT
            for element in monitor.elements
        )
    signs = [one for one, part in parts_in(target, monitor.policy.signed).items() if part.signs]
    return (PASSED if any(_kind(seen, target, one) == "positive" for one in signs) else NOT,)


def _passed(monitor: Passing, seen: Case, target: Definition, element: str) -> bool:
    if element not in target.steps:
        standing = {entry[1] for entry in (seen.tokens or {"tokens": ()})["tokens"]}
        return element in seen.entered and element not in standing
    wanted = {
        one.outcome for group in monitor.policy.passes for one in group if one.element == element
    }
    outcome = seen.outcomes.get(element)
    return outcome is not None and (
        outcome in wanted or ("" in wanted and _kind(seen, target, element) == "positive")
    )


def _kind(seen: Case, target: Definition, element: str) -> str:
    """The kind of an element's standing result; a former version's result counts as it did there."""
    outcome = seen.outcomes.get(element)
    if outcome is None or element not in target.steps:
        return ""
    return target.outcome_given(element, outcome).kind
