"""What a person may do in a sign-off now: the verbs that the commands would allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.actors import Actor
from engine.catalog.steps import Step
from engine.sign_off import WIDENED, SignOff, Tally, is_certain


class Part(Protocol):
    """One person's part in a sign-off, as the case's readers have it."""

    @property
    def person_id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def voted_at(self) -> datetime | None: ...
    @property
    def after_id(self) -> str | None: ...
    @property
    def added_by(self) -> str | None: ...
    @property
    def lead(self) -> bool: ...


class Signed(Protocol):
    """A task that several sign."""

    @property
    def tally(self) -> Mapping[str, int] | None: ...
    @property
    def signers(self) -> Sequence[Part]: ...


def may_widen(step: Step) -> bool:
    """True where the holder of a single decision may ask others to sign, too."""
    return (
        step.hand_on != "none"
        and not step.sign_off.several
        and any(outcome.kind == "positive" for outcome in step.outcomes)
    )


def ways_to_add(task: Signed, step: Step) -> list[str]:
    """How a signer may add others: before, after, parallel."""
    rules = rules_of(step)
    if step.hand_on == "none" or (
        task.tally is not None and is_certain(rules, Tally(**task.tally))
    ):
        return []
    return ["before", "parallel"] if rules.counted else ["before", "after", "parallel"]


def rules_of(step: Step) -> SignOff:
    """The rules by which a task's votes are read; of a single decision, those it gets when widened."""
    return step.sign_off if step.sign_off.several else WIDENED


def signing_verbs(task: Signed, actor: Actor, step: Step, *, administers: bool) -> list[str]:
    """The verbs of an open sign-off for the actor."""
    own = next((one for one in task.signers if one.person_id == actor.id), None)
    verbs = []
    if own is not None and own.state == "open":
        verbs.append("complete")
        if ways_to_add(task, step):
            verbs.append("add_signers")
    if removable(task, actor, step, administers=administers):
        verbs.append("remove_signer")
    if (administers or (own is not None and own.lead)) and len(waiting(task)) > 1:
        verbs.append("reorder_signers")
    if own is not None and own.state == "voted" and rules_of(step).changeable:
        after = (one for one in task.signers if one.after_id == actor.id)
        if not any(one.state == "voted" for one in after):
            verbs.append("withdraw_vote")
    return verbs


def waiting(task: Signed) -> list[str]:
    """Those whose turn has not come, in their order: whom `reorder_signers` may move."""
    return [one.person_id for one in task.signers if one.state == "waiting"]


def removable(task: Signed, actor: Actor, step: Step, *, administers: bool) -> list[str]:
    """Whom the actor may take off the list of signers."""
    assert task.tally is not None
    if task.tally["entitled"] <= max(1, rules_of(step).minimum):
        return []
    own = next((one for one in task.signers if one.person_id == actor.id), None)
    here = own is not None and own.state != "removed"
    leads = own is not None and own.lead
    return [
        one.person_id
        for one in task.signers
        if one.state in ("open", "waiting")
        and not one.lead
        and (
            administers
            or (here and one.added_by is not None and (leads or one.added_by == actor.id))
        )
    ]
