"""One vote: whether it is one, how it is kept, and what the votes leave behind once they decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from engine.catalog.steps import Outcome, Step, read_candidates
from engine.commands.access import candidate_keys, key_used
from engine.commands.locate import Located
from engine.commands.task_rows import release_signers
from engine.errors import AlreadyDone, NoLongerAsked, UnknownOutcome
from engine.sign_off import Verdict
from engine.store.tables import signer
from engine.store.unit_of_work import UnitOfWork

#: The kinds of outcomes that are votes.
VOTES = ("positive", "negative", "abstain")
#: Voters of one sign-off that the case remembers by name beside their signer rows.
MOST_NOTED = 200


def not_asked(uow: UnitOfWork, found: Located) -> NoLongerAsked | AlreadyDone:
    """Why the actor has no vote to cast now, own or another's."""
    # As the row is, not as it was before the lock was ours.
    own = select(signer.c.state).where(
        signer.c.task_id == found.id, signer.c.person_id == found.person
    )
    state = uow.execute(own).scalar_one_or_none()
    if state == "removed":
        return NoLongerAsked(task=found.id)
    return AlreadyDone(task=found.id, by=found.person, state=state)


def outcomes_offered(step: Step, *, signing: bool, leads: bool) -> list[Outcome]:
    """The outcomes open to one who signs, or decides alone."""
    if signing and not step.sign_off.several:
        # Who was asked to sign a single decision agrees or refuses; whose decision it is may do more.
        kinds = {"positive", "negative"} | ({"neutral"} if leads else set())
    elif signing:
        kinds = {"positive", "negative"}
        if step.sign_off.abstain != "refused":
            kinds.add("abstain")
    elif step.sign_off.several:
        # Whoever decides alone in place of signers who have all left decides.
        kinds = {"positive", "negative"}
    else:
        return list(step.outcomes)
    return [outcome for outcome in step.outcomes if outcome.kind in kinds]


def check_offered(found: Located, chosen: Outcome) -> None:
    """Raise `UnknownOutcome` for what is no vote here."""
    offered = outcomes_offered(found.step, signing=found.tally is not None, leads=found.leads)
    if chosen not in offered:
        raise UnknownOutcome(task=found.step.id, outcome=chosen.id)


def holds_veto(uow: UnitOfWork, found: Located) -> bool:
    """True when whose vote it is holds a role whose refusal decides alone."""
    veto = found.sign_off.veto
    if not veto:
        return False
    step = replace(found.step, candidates=read_candidates(veto, found.step.id))
    return key_used(found.holder(uow), candidate_keys(uow, found.case, step)) is not None


def record_vote(
    uow: UnitOfWork,
    found: Located,
    chosen: Outcome,
    opinion: str,
    values: dict[str, Any],
    *,
    veto: bool,
) -> None:
    """Chain the vote to the case's events, with the counters after it."""
    tally = found.tally
    assert tally is not None
    found.case.note_signer(found.id, found.person, "voted")
    found.case.record(
        uow,
        "task.voted",
        found.subject(outcome=chosen.id, how=found.how, **tally.counts()),
        {
            **found.names(uow),
            "opinion": opinion,
            "fields": sorted(values),
            **({"veto": True} if veto else {}),
        },
    )


def finish_votes(uow: UnitOfWork, found: Located) -> None:
    """What a decided sign-off leaves behind: the forms, who voted, who was not needed."""
    if found.sign_off.form_each and found.step.into:
        found.case.put(found.step.into, _forms(uow, found))
    _note_voters(uow, found)
    release_signers(uow, [found.id])


def _note_voters(uow: UnitOfWork, found: Located) -> None:
    """`people.<step>` of a decided sign-off, unless so many voted that nobody would list them."""
    assert found.tally is not None
    if found.tally.cast > MOST_NOTED:
        return
    voters = uow.execute(
        select(signer.c.person_id, signer.c.voted_by)
        .where(signer.c.task_id == found.id, signer.c.state == "voted")
        .order_by(signer.c.position)
    )
    for row in voters:
        for person in filter(None, (row.person_id, row.voted_by)):
            found.case.note_actor(found.step.id, person)


def verdict_outcome(found: Located, reached: Verdict) -> Outcome:
    """What a sign-off's verdict is called among the task's outcomes."""
    step = found.step
    if reached is Verdict.NO_QUORUM:
        return (
            step.outcome(step.sign_off.no_quorum)
            if step.sign_off.no_quorum
            else step.first("negative")
        )
    return step.first(reached.value)


def lead_vote(uow: UnitOfWork, found: Located) -> Row[Any] | None:
    """The vote of whoever widened the decision, whose it is."""
    return uow.execute(
        select(
            signer.c.person_id,
            signer.c.voted_by,
            signer.c.decided_how,
            signer.c.outcome,
            signer.c.opinion,
        ).where(signer.c.task_id == found.id, signer.c.lead.is_(True), signer.c.state == "voted")
    ).one_or_none()


def _forms(uow: UnitOfWork, found: Located) -> list[dict[str, Any]]:
    """The signers' own forms, in their order, each with who signed."""
    rows = uow.execute(
        select(
            signer.c.person_id,
            signer.c.voted_by,
            signer.c.outcome,
            signer.c.opinion,
            signer.c.form,
            signer.c.voted_at,
        )
        .where(signer.c.task_id == found.id, signer.c.state == "voted")
        .order_by(signer.c.position)
    )
    return [
        own_form(
            uow,
            row.form or {},
            row.person_id,
            row.outcome,
            row.opinion,
            row.voted_at,
            deputy=row.voted_by,
        )
        for row in rows
    ]


def own_form(
    uow: UnitOfWork,
    values: dict[str, Any],
    person: str,
    outcome: str,
    opinion: str | None,
    at: datetime,
    *,
    deputy: str | None = None,
) -> dict[str, Any]:
    """A signer's form as the document keeps it, with who signed it, or did so in the signer's stead."""
    return {
        **values,
        "signer": person,
        "signer_name": "代".join(uow.engine.directory.name(one) for one in (deputy, person) if one),
        "outcome": outcome,
        "opinion": opinion,
        "signed_on": at.astimezone(uow.engine.zone).date().isoformat(),
    }
