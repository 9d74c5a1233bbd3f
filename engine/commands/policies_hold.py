"""Policies hold in living cases, too: whoever leaves the drawn way is asked whether one could fail from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import PolicyBroken
from engine.proving.monitors import monitor_of
from engine.proving.policies import first_broken
from engine.proving.standing import Record, standing
from engine.proving.walking import Markings, TooMany
from schemas.policy import Policy

#: Markings looked at before it counts as not shown.
MOST_MARKINGS = 3_000


def first_failing(
    record: Record,
    outcomes: Mapping[str, str],
    snapshot: dict[str, Any],
    entered: Iterable[str],
) -> tuple[Policy, list[str]] | None:
    """The first policy that could fail from a marking, and what would be missing; None where none could.

    `entered` are the elements that tokens have just come to. What cannot be shown within the bound counts
    as failing: nobody is let past a policy on trust.
    """
    definition = record.definition
    reached = set(entered)
    markings = Markings(definition.specification, MOST_MARKINGS)
    for policy in definition.manifest.policies:
        if policy.lasts:
            continue
        state = standing(record, policy)
        missing = monitor_of(policy, definition).missing(state)
        if missing and policy.element in reached:
            return policy, missing
        try:
            at = markings.number(snapshot)
            broken = first_broken(
                definition, markings, policy, at=at, outcomes=outcomes, state=state
            )
        except TooMany:
            return policy, missing
        if broken is not None:
            return policy, list(broken.missing)
    return None


def refuse_failing(
    case: str,
    record: Record,
    outcomes: Mapping[str, str],
    snapshot: dict[str, Any],
    entered: Iterable[str],
) -> None:
    """Raise `PolicyBroken` where a policy could fail from a marking of this case."""
    found = first_failing(record, outcomes, snapshot, entered)
    if found is not None:
        raise _broken(case, *found)


def refuse_signed(case: str, policies: Iterable[Policy], fields: Iterable[str]) -> None:
    """Raise `PolicyBroken` for a field that somebody has to sign: nobody else's value goes under it."""
    changed = set(fields)
    for policy in policies:
        if policy.signed in changed:
            raise _broken(case, policy, [])


def _broken(case: str, policy: Policy, missing: list[str]) -> PolicyBroken:
    return PolicyBroken(
        instance=case, policy=policy.id, why=policy.why, element=policy.element, missing=missing
    )
