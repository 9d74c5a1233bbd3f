"""What the rules of a sign-off let people do to it now; `verbs` says who they are."""

from __future__ import annotations

from engine.catalog.steps import Step
from engine.commands.circle import may_hand_on
from engine.queries.case import SignerView, TaskView
from engine.sign_off import WIDENED, SignOff, Tally, is_certain


def may_widen(step: Step) -> bool:
    """True where the holder of a single decision may ask others to sign, too."""
    return (
        may_hand_on(step)
        and not step.sign_off.several
        and any(outcome.kind == "positive" for outcome in step.outcomes)
    )


def ways_to_add(task: TaskView, step: Step) -> list[str]:
    """How a signer may add others: before, after, parallel."""
    rules = rules_of(step)
    if not may_hand_on(step) or (task.tally is not None and is_certain(rules, Tally(**task.tally))):
        return []
    return ["before", "parallel"] if rules.counted else ["before", "after", "parallel"]


def rules_of(step: Step) -> SignOff:
    """The rules by which a task's votes are read; of a single decision, those it gets when widened."""
    return step.sign_off if step.sign_off.several else WIDENED


def part_of(task: TaskView, person: str) -> SignerView | None:
    """A person's part in a sign-off, unless it was taken off."""
    return next(
        (one for one in task.signers if one.person_id == person and one.state != "removed"), None
    )


def waiting(task: TaskView) -> list[str]:
    """Those whose turn has not come, in their order: whom `reorder_signers` may move."""
    return [one.person_id for one in task.signers if one.state == "waiting"]


def may_withdraw(task: TaskView, part: SignerView, step: Step) -> bool:
    """True for a vote that can be taken back: the rules allow it, and nobody asked after it has voted."""
    if part.state != "voted" or not rules_of(step).changeable:
        return False
    after = (one for one in task.signers if one.after_id == part.person_id)
    return not any(one.state == "voted" for one in after)


def removable(
    task: TaskView, own: SignerView | None, step: Step, *, administers: bool
) -> list[str]:
    """Whom somebody with this part in it (or none) may take off the list of signers."""
    if task.tally is None or task.tally["entitled"] <= max(1, rules_of(step).minimum):
        return []
    return [
        one.person_id
        for one in task.signers
        if one.state in ("open", "waiting")
        and not one.lead
        and (
            administers
            or (
                own is not None
                and one.added_by is not None
                and (own.lead or one.added_by == own.person_id)
            )
        )
    ]
