"""Complete a task: the form, the opinion, the vote, and when the task is decided the next step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, update

from engine.actors import SYSTEM
from engine.catalog.steps import Outcome
from engine.commands.access import check_separation
from engine.commands.copies import copy_after
from engine.commands.filled import adopt_files, read_form
from engine.commands.locate import Located, locate
from engine.commands.start import Acted, record_end
from engine.commands.straight_back import complete_token
from engine.commands.task_clock import drop_jobs
from engine.commands.task_rows import ask_those_after, drop_advice
from engine.commands.votes import (
    VOTES,
    check_offered,
    finish_votes,
    holds_veto,
    lead_vote,
    not_asked,
    own_form,
    record_vote,
    verdict_outcome,
)
from engine.commands.waiting import waiting_people
from engine.errors import AlreadyClaimed, OpinionRequired
from engine.how_decided import PERSON, TIMEOUT
from engine.sign_off import Rule, Verdict, verdict
from engine.store.case import save
from engine.store.tables import signer, task, task_candidate
from engine.store.unit_of_work import UnitOfWork

#: The longest opinion, in characters.
MAX_OPINION = 2000

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
        check_offered(found, chosen)
        _write(found, _alone(uow, found, chosen, opinion, values), version)
        acted = _close(uow, found, chosen, opinion, how=found.how, stands_for=found.acts_for)
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
        stored = case.stored(step.into) if not step.sign_off.form_each else {}
    return read_form(
        uow,
        case,
        case.definition.form_of(step),
        form,
        case.scope(uow),
        partial=not chosen.validated,
        stored=stored if isinstance(stored, dict) else {},
    )


def _write(found: Located, values: Any, version: int | None) -> None:
    """Put the form's values where the step says."""
    if not values:
        return
    if found.step.into:
        found.case.put(found.step.into, values, seen=version)
    else:
        found.case.document.write(values, seen=version)


def _vote(
    uow: UnitOfWork,
    found: Located,
    chosen: Outcome,
    opinion: str,
    values: dict[str, Any],
    version: int | None,
) -> Acted:
    case, step, sign_off = found.case, found.step, found.sign_off
    assert found.tally is not None
    if found.signing != "open":
        raise not_asked(uow, found)
    check_offered(found, chosen)
    veto = chosen.kind == "negative" and holds_veto(uow, found)
    if chosen.kind in VOTES:
        found.tally = found.tally.vote(chosen.kind, veto=veto)
    cast = uow.execute(
        _CAST,
        {
            "which": found.id,
            "who": found.person,
            "state": "voted",
            "outcome": chosen.id,
            "opinion": opinion or None,
            "form": values if sign_off.form_each else None,
            "veto": veto,
            "voted_at": uow.now,
            "voted_by": None if found.acts_for is None else uow.actor.id,
            "decided_how": found.how,
        },
    )
    if cast.rowcount != 1:
        raise not_asked(uow, found)
    if case.definition.manifest.separates(step.id):
        # Every command reads and writes this list: it grows with each vote only where a rule needs it.
        found.note_actor(uow)
    if not sign_off.form_each:
        _write(found, values, version)
    reached = verdict(sign_off, found.tally) if chosen.kind in VOTES else None
    in_turn = found.tally.chained or sign_off.rule is Rule.SEQUENCE
    if chosen.kind in VOTES and reached is None and in_turn:
        ask_those_after(uow, case, step, found.id, found.person)
    record_vote(uow, found, chosen, opinion, values, veto=veto)
    if chosen.kind not in VOTES:
        # The lead of a widened decision sends the matter elsewhere: the others are not needed.
        finish_votes(uow, found)
        return _close(uow, found, chosen, opinion, how=found.how, stands_for=found.acts_for)
    if reached is None:
        return _wait_for_others(uow, found)
    return _conclude(uow, found, reached, opinion)


def _wait_for_others(uow: UnitOfWork, found: Located) -> Acted:
    """The vote counts, the matter stays open."""
    case, step, tally = found.case, found.step, found.tally
    assert tally is not None
    uow.execute(_FORGET_CANDIDATE, {"which": found.id, "who": found.key})
    uow.execute(_CHANGE, {"which": found.id, "tally": tally.as_dict()})
    save(uow, case)
    return Acted(case, task_id=found.id, element=step.id, decided=False)


def _conclude(
    uow: UnitOfWork, found: Located, reached: Verdict, opinion: str, *, by: str | None = None
) -> Acted:
    """The votes decide: close the task with what they amount to."""
    finish_votes(uow, found)
    if found.widened and (lead := lead_vote(uow, found)) is not None:
        own = found.step.outcome(lead.outcome)
        if own.kind == reached.value:
            return _close(
                uow,
                found,
                own,
                lead.opinion or "",
                how=lead.decided_how or PERSON,
                by=lead.voted_by or lead.person_id,
                stands_for=lead.person_id if lead.voted_by else None,
            )
    return _close(uow, found, verdict_outcome(found, reached), opinion, by=by)


def close_if_decided(uow: UnitOfWork, found: Located) -> Acted | None:
    """Close the task when its votes decide now, by nobody's vote of this moment; None while it is open.

    Whatever changes who signs asks here, so that no task stays open with nobody left to vote.
    """
    if found.tally is None or found.state != "open":
        return None
    reached = verdict(found.sign_off, found.tally)
    return None if reached is None else _conclude(uow, found, reached, "", by=SYSTEM.id)


def _alone(
    uow: UnitOfWork, found: Located, chosen: Outcome, opinion: str, values: dict[str, Any]
) -> Any:
    """The form of one who decides alone; where each signer has a form, the only one of a list."""
    if not (found.step.sign_off.several and found.step.sign_off.form_each and found.step.into):
        return values
    deputy = None if found.acts_for is None else uow.actor.id
    said = (chosen.id, opinion or None, uow.now)
    return [own_form(uow, values, found.person, *said, deputy=deputy)]


def _close(
    uow: UnitOfWork,
    found: Located,
    chosen: Outcome,
    opinion: str,
    *,
    how: str = PERSON,
    by: str | None = None,
    stands_for: str | None = None,
) -> Acted:
    """The task is decided: close it, move its token, open what follows.

    `how` is one of `how_decided.WAYS`; `by` is whose decision it is, where it is not the actor's;
    `stands_for` is whom a proxy stood in for.
    """
    case, step = found.case, found.step
    automatic = how == TIMEOUT
    actor = SYSTEM.id if automatic else by or uow.actor.id
    names = {"name": "" if actor == SYSTEM.id else uow.engine.directory.name(actor)}
    if stands_for is not None:
        names["for_name"] = uow.engine.directory.name(stands_for)
    if not automatic and found.tally is None:
        found.note_actor(uow)
    # What a form or a letter prints: nobody reads a deputy's opinion as the owner's own.
    said_by = "代".join(names.values())
    case.note_outcome(
        step.id, chosen.id, opinion, actor, said_by, uow.now, how=how, stands_for=stands_for
    )
    uow.execute(
        _CHANGE,
        {
            "which": found.id,
            "state": "completed",
            "closed_at": uow.now,
            "completed_by": actor,
            "completed_for": stands_for,
            "decided_how": how,
            "outcome": chosen.id,
            "opinion": opinion or None,
            "tally": None if found.tally is None else found.tally.as_dict(),
        },
    )
    uow.execute(_FORGET_CANDIDATES, {"which": found.id})
    case.note_task(found.id, state="completed")
    drop_jobs(uow, case, {found.token: step.id})
    drop_advice(uow, [found.id] if found.advice else [])
    case.open.pop(found.token)
    moved = complete_token(uow, case, found.token)
    case.record(
        uow,
        "task.completed",
        {
            "task": found.id,
            "element": step.id,
            "outcome": chosen.id,
            "automatic": automatic,
            "how": how,
            **({"for": stands_for} if stands_for else {}),
        },
        {
            **names,
            "as": found.key,
            "opinion": opinion,
            "fields": case.document.audit_changes(),
            **moved.payload(),
        },
    )
    copy_after(uow, case, step)
    record_end(uow, case)
    save(uow, case)
    moved.insert(uow)
    return Acted(case, moved, task_id=found.id, element=step.id, closes=True)


def close_at_deadline(uow: UnitOfWork, found: Located) -> Acted | None:
    """Decide a sign-off whose time has passed, with the votes there are; None if it is decided already."""
    if found.tally is None or found.state != "open":
        return None
    reached = verdict(found.sign_off, found.tally, deadline=True)
    return None if reached is None else close_by_clock(uow, found, verdict_outcome(found, reached))


def close_by_clock(uow: UnitOfWork, found: Located, outcome: Outcome) -> Acted:
    """Decide a task because its time is over: nobody's act, and named as that. Votes given stay."""
    people = [*waiting_people(uow, found), found.case.starter_id]
    facts = {"step": found.step.id, "outcome": outcome.id}
    uow.tell("decided_by_timeout", people, instance=found.case.id, task=found.id, **facts)
    if found.tally is not None:
        finish_votes(uow, found)
    return _close(uow, found, outcome, "", how=TIMEOUT)
