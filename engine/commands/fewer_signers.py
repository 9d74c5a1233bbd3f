"""Fewer people sign: one is taken off the list (减签), or has left; the votes there are may then decide."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from engine.actors import person_key
from engine.commands.access import candidate_keys, check_separation, may_act
from engine.commands.complete import close_if_decided
from engine.commands.locate import Located, locate_for_clock, locate_to_arrange
from engine.commands.signer_places import (
    ask_no_more,
    change_row,
    come_after,
    dissolve,
    keep_tally,
    place_of,
    rows_of,
)
from engine.commands.signers import MOST_SAID
from engine.commands.start import Acted
from engine.commands.task_rows import ask_those_after, drop_question, readdress
from engine.commands.who import administrators, fall_back, somebody
from engine.errors import AlreadyDone, NotAllowed, NotFound, ReasonRequired, TooFewSigners
from engine.sign_off import Tally
from engine.store.case import save
from engine.store.unit_of_work import UnitOfWork


def remove_signer(uow: UnitOfWork, task_id: str, person: str, reason: str = "") -> Acted:
    """Take somebody who has not voted off the list of signers.

    Whoever added them may, the lead of a widened decision, or with a reason an administrator; those whom
    the package names only an administrator. Raise `TooFewSigners` below the package's minimum.
    """
    found, administers = locate_to_arrange(uow, task_id)
    check_separation(found.case, found.step.id, uow.actor.id)
    rows = rows_of(uow, found, [person]) if found.tally is not None else []
    if not rows or rows[0].state == "removed":
        raise NotFound(task=task_id, signer=person)
    row = rows[0]
    reason = reason.strip()[:MOST_SAID]
    if not _may_remove(uow, found, row):
        if not administers or row.lead:
            raise NotAllowed(instance=found.case.id, element=found.step.id, task=task_id)
        if not reason:
            raise ReasonRequired(task=task_id)
    if row.state == "voted":
        raise AlreadyDone(task=task_id, by=person, state=row.state)
    assert found.tally is not None
    if found.tally.entitled <= max(1, found.sign_off.minimum):
        raise TooFewSigners(task=task_id, needed=max(1, found.sign_off.minimum))
    facts = _take_off(uow, found, row, found.tally.leave(counted=False))
    return _settle(uow, found, "task.signer_removed", {**facts, "reason": reason})


def _may_remove(uow: UnitOfWork, found: Located, row: Row[Any]) -> bool:
    """True for who added the signer, and for the lead; administrators are asked for a reason instead."""
    if row.added_by is None or row.lead or found.signing in (None, "removed"):
        return False
    return found.leads or bool(row.added_by == found.person)


def retire_signer(
    uow: UnitOfWork, task_id: str, person: str, why: str, *, heir: str | None = None
) -> Acted | None:
    """Take off somebody who cannot sign any more, e.g. because they have left; `why` is for the record.

    `heir` is who takes their place where one person decides from now on, if no rule forbids it.
    None where there is nothing to do: a vote that was cast stands. The caller has asked who may do this.
    """
    found = locate_for_clock(uow, task_id)
    if found.state != "open":
        return None
    facts = drop_signer(uow, found, person, heir=heir)
    if facts is None:
        return None
    return _settle(uow, found, "task.signer_retired", {**facts, "why": why.strip()[:MOST_SAID]})


def drop_signer(
    uow: UnitOfWork,
    found: Located,
    person: str,
    *,
    heir: str | None = None,
    recused: bool = False,
) -> dict[str, Any] | None:
    """The rows and counters without somebody who has not voted; what changed, for the caller's record.

    Who leaves counts no more, unless the package says so; who is `recused` never does. If a widened
    decision's lead leaves, or the last of all signers, the task is given to one person again: it never
    passes because nobody is left. The caller then asks `close_if_decided`.
    """
    if found.tally is None:
        return None
    rows = [row for row in rows_of(uow, found, [person]) if row.state in ("open", "waiting")]
    if not rows:
        return None
    counted = found.sign_off.leavers_count and not recused
    tally = found.tally.leave(counted=counted)
    if rows[0].lead or (tally.remaining == 0 and tally.cast == 0):
        return _give_back(uow, found, rows[0], heir)
    return _take_off(uow, found, rows[0], tally) | {"counted": counted}


def _settle(uow: UnitOfWork, found: Located, event: str, facts: dict[str, Any]) -> Acted:
    """Record what was changed; then the votes are read, and may decide."""
    counts = {} if found.tally is None else found.tally.counts()
    found.case.record(
        uow,
        event,
        found.subject(**counts),
        {**found.names(uow), **facts},
    )
    closed = close_if_decided(uow, found)
    if closed is not None:
        return closed
    save(uow, found.case)
    return Acted(found.case, task_id=found.id, element=found.step.id, decided=False)


def _take_off(uow: UnitOfWork, found: Located, row: Row[Any], tally: Tally) -> dict[str, Any]:
    """Who waited for this person waits for the one before, or is asked now."""
    person = row.person_id
    concerned = [person, *(one.person_id for one in rows_of(uow, found, after=person))]
    before = place_of(uow, found, concerned)
    change_row(uow, found, person, state="removed")
    if row.state == "open":
        ask_no_more(uow, found, [person])
        ask_those_after(uow, found.case, found.step, found.id, person)
    come_after(uow, found, person, row.after_id)
    keep_tally(uow, found, tally)
    drop_question(uow, found.id, found.advice, person)
    return {
        "person": person,
        "person_name": uow.engine.directory.name(person),
        "before": before,
        "after": place_of(uow, found, concerned),
    }


def _give_back(uow: UnitOfWork, found: Located, row: Row[Any], heir: str | None) -> dict[str, Any]:
    """Give the task to one person again: the heir, else those it belonged to, else the package's fallback, else the
    administrators. Whoever takes it begins anew; what was voted stays on the record."""
    keys = candidate_keys(uow, found.case, found.step) if found.widened else []
    fallback: dict[str, Any] = {}
    directory = uow.engine.directory
    if heir is not None and directory.is_active(heir) and may_act(found.case, found.step.id, heir):
        keys = [person_key(heir)]
        uow.tell("handed_over", [heir], instance=found.case.id, task=found.id, step=found.step.id)
    elif not somebody(uow, found.case, found.step.id, keys, without=row.person_id):
        asked = fall_back(uow, found.case, found.step, keys, without=row.person_id)
        keys, fallback = asked.keys, {"fallback": True, "fell_to": asked.fallback}
        uow.tell(
            "nobody_found",
            administrators(uow),
            instance=found.case.id,
            task=found.id,
            element=found.step.id,
        )
    dissolve(uow, found)
    readdress(uow, found.case, found.id, keys)
    found.keys, found.claimed_by = keys, None
    name = uow.engine.directory.name(row.person_id)
    return {"person": row.person_id, "person_name": name, "keys": keys, **fallback}
