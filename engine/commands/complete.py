"""Complete a task: the form, the opinion, the vote, and when the task is decided the next step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from engine.actors import SYSTEM
from engine.catalog.steps import Outcome
from engine.commands.access import check_separation
from engine.commands.advance import Moved, advance
from engine.commands.filled import adopt_files, read_form
from engine.commands.locate import Located, locate
from engine.commands.start import Acted, record_end
from engine.commands.task_rows import ask_next_signer, drop_advice, release_signers
from engine.errors import AlreadyClaimed, AlreadyDone, OpinionRequired, UnknownOutcome
from engine.sign_off import Rule, Verdict, verdict
from engine.store.case import save
from engine.store.tables import signer, task, task_candidate
from engine.store.unit_of_work import UnitOfWork

#: The longest opinion, in characters.
MAX_OPINION = 2000
#: Voters of one sign-off that the case remembers by name beside their signer rows.
MOST_NOTED = 200

# Built once: building a statement costs more than running it.
_CHANGE = update(task).where(task.c.id == bindparam("which"))
_CAST = update(signer).where(
    signer.c.task_id == bindparam("which"),
    signer.c.person_id == bindparam("who"),
    # The row was read before the lock was ours: who has voted meanwhile votes no second time.
    signer.c.state == "open",
)
_FORGET_CANDIDATES = delete(task_candidate).where(task_candidate.c.task_id == bindparam("which"))
_FORGET_CANDIDATE = _FORGET_CANDIDATES.where(task_candidate.c.key == bindparam("who"))


def complete(
    uow: UnitOfWork,
    task_id: str,
    *,
    outcome: str | None = None,
    form: Mapping[str, Any] | None = None,
    opinion: str = "",
    version: int | None = None,
) -> Acted:
    """Finish the actor's part of a task with an outcome.

    `version` is the document version the form was opened at: a field changed since by somebody else
    is a `FieldConflict`. For a sign-off this is one vote; the task closes when the votes decide.
    """
    found = locate(uow, task_id)
    case, step = found.case, found.step
    check_separation(case, step.id, uow.actor.id)
    if found.claimed_by not in (None, found.person):
        raise AlreadyClaimed(task=task_id, by=found.claimed_by)
    found.check_no_advice()
    chosen = step.outcome(outcome)
    opinion = opinion.strip()[:MAX_OPINION]
    if chosen.opinion_required and not opinion:
        raise OpinionRequired(task=task_id, outcome=chosen.id)
    values = _read(uow, found, chosen, form)
    if found.tally is None:
        _write(found, values, version)
        acted = _close(uow, found, chosen, opinion)
    else:
        acted = _vote(uow, found, chosen, opinion, values, version)
    adopt_files(uow, case, case.definition.form_of(step), values)
    return acted


def _read(
    uow: UnitOfWork, found: Located, chosen: Outcome, form: Mapping[str, Any] | None
) -> dict[str, Any]:
    case, step = found.case, found.step
    stored: Any = case.document.content
    if step.into:
        stored = stored.get(step.into) if not step.sign_off.form_each else {}
    return read_form(
        uow,
        case,
        case.definition.form_of(step),
        form,
        case.scope(uow),
        partial=not chosen.validated,
        stored=stored if isinstance(stored, dict) else {},
    )


def _write(found: Located, values: dict[str, Any], version: int | None) -> None:
    """Put the form's values where the step says."""
    if not values:
        return
    if found.step.into:
        values = {found.step.into: values}
    found.case.document.write(values, seen=version)


def _vote(
    uow: UnitOfWork,
    found: Located,
    chosen: Outcome,
    opinion: str,
    values: dict[str, Any],
    version: int | None,
) -> Acted:
    case, step, tally = found.case, found.step, found.tally
    assert tally is not None
    assert found.signing is not None
    state, position = found.signing
    if state != "open":
        raise AlreadyDone(task=found.id, by=uow.actor.id, state=state)
    if chosen.kind not in ("positive", "negative", "abstain") or (
        chosen.kind == "abstain" and step.sign_off.abstain == "refused"
    ):
        raise UnknownOutcome(task=step.id, outcome=chosen.id)
    tally = found.tally = tally.vote(chosen.kind)
    cast = uow.execute(
        _CAST,
        {
            "which": found.id,
            "who": found.person,
            "state": "voted",
            "outcome": chosen.id,
            "opinion": opinion or None,
            "form": values if step.sign_off.form_each else None,
            "voted_at": uow.now,
            "voted_by": None if found.acts_for is None else uow.actor.id,
            "decided_how": found.how,
        },
    )
    if cast.rowcount != 1:
        raise AlreadyDone(task=found.id, by=uow.actor.id, state="voted")
    if case.definition.manifest.separates(step.id):
        # Every command reads and writes this list: it grows with each vote only where a rule needs it.
        _note_actor(uow, found)
    if not step.sign_off.form_each:
        _write(found, values, version)
    reached = verdict(step.sign_off, tally)
    if reached is None:
        return _wait_for_others(uow, found, chosen, opinion, position, values)
    return _decide(uow, found, reached, chosen, opinion, values)


def _wait_for_others(
    uow: UnitOfWork,
    found: Located,
    chosen: Outcome,
    opinion: str,
    position: int,
    values: dict[str, Any],
) -> Acted:
    """The vote counts, the matter stays open; in a sequence the next signer is asked."""
    case, step, tally = found.case, found.step, found.tally
    assert tally is not None
    uow.execute(_CHANGE, {"which": found.id, "tally": tally.as_dict()})
    uow.execute(_FORGET_CANDIDATE, {"which": found.id, "who": found.key})
    if step.sign_off.rule is Rule.SEQUENCE:
        following = uow.execute(
            select(signer.c.person_id, signer.c.position)
            .where(signer.c.task_id == found.id, signer.c.position > position)
            .order_by(signer.c.position)
            .limit(1)
        ).one()
        ask_next_signer(uow, found.id, following.position, following.person_id)
    _record_vote(uow, found, chosen, opinion, values)
    save(uow, case)
    return Acted(case, task_id=found.id, element=step.id, decided=False)


def _decide(
    uow: UnitOfWork,
    found: Located,
    reached: Verdict,
    chosen: Outcome,
    opinion: str,
    values: dict[str, Any],
) -> Acted:
    step = found.step
    _record_vote(uow, found, chosen, opinion, values)
    if step.sign_off.form_each and step.into:
        found.case.document.write({step.into: _forms(uow, found)})
    _note_voters(uow, found)
    release_signers(uow, [found.id])
    return _close(uow, found, verdict_outcome(found, reached), opinion)


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


def _note_actor(uow: UnitOfWork, found: Located) -> None:
    """Whoever acted is bound by it later, and so is whom they stood in for."""
    found.case.note_actor(found.step.id, uow.actor.id)
    if found.acts_for is not None:
        found.case.note_actor(found.step.id, found.acts_for)


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
        {
            **(row.form or {}),
            "signer": row.person_id,
            "signer_name": "代".join(
                uow.engine.directory.name(one) for one in (row.voted_by, row.person_id) if one
            ),
            "outcome": row.outcome,
            "opinion": row.opinion,
            "signed_on": row.voted_at.astimezone(uow.engine.zone).date().isoformat(),
        }
        for row in rows
    ]


def _record_vote(
    uow: UnitOfWork, found: Located, chosen: Outcome, opinion: str, values: dict[str, Any]
) -> None:
    tally = found.tally
    assert tally is not None
    found.case.record(
        uow,
        "task.voted",
        found.subject(outcome=chosen.id, **tally.as_dict()),
        {
            **found.names(uow),
            "opinion": opinion,
            "fields": sorted(values),
        },
    )


def _close(
    uow: UnitOfWork, found: Located, chosen: Outcome, opinion: str, *, automatic: bool = False
) -> Acted:
    """The task is decided: close it, move its token, open what follows."""
    case, step = found.case, found.step
    actor = SYSTEM.id if automatic else uow.actor.id
    names = {"name": ""} if automatic else found.names(uow)
    if not automatic and found.tally is None:
        _note_actor(uow, found)
    # What a form or a letter prints: nobody reads a deputy's opinion as the owner's own.
    said_by = "代".join(names.values())
    case.note_outcome(step.id, chosen.id, opinion, actor, said_by, uow.now)
    uow.execute(
        _CHANGE,
        {
            "which": found.id,
            "state": "completed",
            "closed_at": uow.now,
            "completed_by": actor,
            "completed_for": found.acts_for,
            "decided_how": "timeout" if automatic else found.how,
            "outcome": chosen.id,
            "opinion": opinion or None,
            "tally": None if found.tally is None else found.tally.as_dict(),
        },
    )
    uow.execute(_FORGET_CANDIDATES, {"which": found.id})
    drop_advice(uow, [found.id] if found.advice else [])
    case.open.pop(found.token)
    moved: Moved = advance(uow, case, lambda execution: execution.complete(found.token))
    case.record(
        uow,
        "task.completed",
        found.subject(outcome=chosen.id, automatic=automatic),
        {
            **names,
            "as": found.key,
            "opinion": opinion,
            "fields": case.document.audit_changes(),
            **moved.payload(),
        },
    )
    record_end(uow, case)
    save(uow, case)
    moved.insert(uow)
    return Acted(case, moved, task_id=found.id, element=step.id, closes=True)


def close_at_deadline(uow: UnitOfWork, found: Located) -> Acted | None:
    """Decide a sign-off whose time has passed, with the votes there are; None if it is decided already."""
    if found.tally is None or found.state != "open":
        return None
    step = found.step
    reached = verdict(step.sign_off, found.tally, deadline=True)
    if reached is None:
        return None
    if step.sign_off.form_each and step.into:
        found.case.document.write({step.into: _forms(uow, found)})
    _note_voters(uow, found)
    release_signers(uow, [found.id])
    return _close(uow, found, verdict_outcome(found, reached), "", automatic=True)
