"""Further people sign (加签), before, after or beside the one who asks them; those who wait change places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import delete

from engine.commands.access import check_separation
from engine.commands.circle import check_receiver
from engine.commands.locate import Located, locate, locate_to_arrange
from engine.commands.signer_places import (
    PAST,
    ask_no_more,
    change_row,
    come_after,
    insert_rows,
    keep_tally,
    make_room,
    next_place,
    place_of,
    rearrange,
    rows_of,
)
from engine.commands.start import Acted
from engine.commands.votes import not_asked
from engine.errors import (
    AlreadyClaimed,
    AlreadySigns,
    Invalid,
    NotAllowed,
    NotAPossiblePerson,
    ReasonRequired,
    VotesAreCounted,
)
from engine.sign_off import Tally, is_certain
from engine.store.case import save
from engine.store.tables import task_candidate
from engine.store.unit_of_work import UnitOfWork

#: When those who are added sign, seen from who adds them.
HOW = ("before", "after", "parallel")
#: The most people added at once.
MOST_ADDED = 50
#: The longest note or reason, in characters.
MOST_SAID = 500


def add_signers(
    uow: UnitOfWork, task_id: str, people: list[str], how: str = "after", note: str = ""
) -> Acted:
    """Have further people sign a task on which the actor has a vote to cast.

    `before`: the actor waits for them; `after`: they are asked once the actor has signed, and nothing
    is decided until then; both one after the other, as named. `parallel`: all are asked now. A task
    that one person decides becomes a sign-off of all whose result keeps that person's outcome.
    """
    found = locate(uow, task_id)
    people = list(dict.fromkeys(people))
    if how not in HOW or not 0 < len(people) <= MOST_ADDED:
        raise Invalid(task=task_id, how=how, people=len(people))
    check_separation(found.case, found.step.id, uow.actor.id)
    _check_may_add(uow, found, how)
    _check_added(uow, found, people)
    if found.tally is None:
        _widen(uow, found)
    before, after = _insert(uow, found, people, how)
    assert found.tally is not None
    tally = found.tally
    widened_by = replace(
        tally,
        entitled=tally.entitled + len(people),
        chained=tally.chained or int(how != "parallel"),
    )
    keep_tally(uow, found, widened_by)
    directory = uow.engine.directory
    found.case.record(
        uow,
        "task.signers_added",
        found.subject(how=how, **widened_by.counts()),
        {
            **found.names(uow),
            "people": people,
            "names": [directory.name(one) for one in people],
            "note": note.strip()[:MOST_SAID],
            "before": before,
            "after": after,
        },
    )
    asked = {"parallel": people, "before": people[:1], "after": []}[how]
    facts = {"instance": found.case.id, "task": found.id, "step": found.step.id}
    uow.tell("signer_added", asked, **facts)
    save(uow, found.case)
    return Acted(found.case, task_id=found.id, element=found.step.id, decided=False)


def _check_may_add(uow: UnitOfWork, found: Located, how: str) -> None:
    found.check_no_advice()
    if found.tally is None:
        if found.claimed_by not in (None, found.person):
            raise AlreadyClaimed(task=found.id, by=found.claimed_by)
        # Without an agreement among the outcomes nobody who is added could say yes; and who decides in
        # place of a sign-off that everybody has left decides alone.
        if found.step.sign_off.several or all(o.kind != "positive" for o in found.step.outcomes):
            raise NotAllowed(instance=found.case.id, element=found.step.id, task=found.id)
        return
    own = rows_of(uow, found, [found.person])
    if not own or own[0].state != "open":
        raise not_asked(uow, found)
    if found.sign_off.counted and how == "after":
        # The count may be over with the actor's own vote, so there is no "after" to promise.
        raise VotesAreCounted(task=found.id)
    if is_certain(found.sign_off, found.tally):
        raise VotesAreCounted(task=found.id)


def _check_added(uow: UnitOfWork, found: Located, people: list[str]) -> None:
    there = rows_of(uow, found, people) if found.tally is not None else []
    signs = next((row.person_id for row in there if row.state not in PAST), None)
    if signs is not None or found.person in people:
        raise AlreadySigns(task=found.id, person=signs or found.person)
    if uow.actor.id in people:
        # One person has one voice: who signs for somebody does not sign besides.
        raise NotAPossiblePerson(task=found.id, person=uow.actor.id, why="yourself")
    for person in people:
        check_receiver(
            uow.engine.directory,
            found.case,
            found.step,
            found.holder(uow),
            person,
            keys=found.keys,
        )


def _widen(uow: UnitOfWork, found: Located) -> None:
    """What one person decides becomes a sign-off, led by that person."""
    uow.execute(delete(task_candidate).where(task_candidate.c.task_id == found.id))
    lead = {
        "person_id": found.person,
        "position": next_place(uow, found),
        "state": "open",
        "lead": True,
    }
    insert_rows(uow, found, [lead])
    found.claimed_by, found.leads, found.signing = None, True, "open"
    keep_tally(uow, found, Tally(1), rule="all", candidate_keys=None, claimed_by=None)


def _insert(
    uow: UnitOfWork, found: Located, people: list[str], how: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Put the people into their places; return how those concerned stood before and stand after."""
    actor = found.person
    (own,) = rows_of(uow, found, [actor])
    behind = (
        [] if how == "parallel" else [row.person_id for row in rows_of(uow, found, after=actor)]
    )
    concerned = [actor, *behind, *people]
    before = place_of(uow, found, [actor, *behind])
    chain = [actor if how == "after" else own.after_id, *people]
    place = own.position if how == "before" else own.position + 1
    # Room is made first, and who was removed lately keeps a place of the past.
    make_room(uow, found, place, len(people))
    if how == "after":
        come_after(uow, found, actor, people[-1])
    rows = []
    for number, person in enumerate(people):
        asked = how == "parallel" or (how == "before" and number == 0)
        rows.append(
            {
                "person_id": person,
                "position": place + number,
                "state": "open" if asked else "waiting",
                "after_id": None if how == "parallel" else chain[number],
                "added_by": actor,
            }
        )
    insert_rows(uow, found, rows)
    if how == "before":
        change_row(uow, found, actor, state="waiting", after_id=people[-1])
        ask_no_more(uow, found, [actor])
    return before, place_of(uow, found, concerned)


def reorder_signers(uow: UnitOfWork, task_id: str, order: list[str], reason: str = "") -> Acted:
    """Put those who have not been asked yet into another order: all of them, each once.

    An administrator may, with a reason; where a single decision was widened, also the one whose it is.
    """
    found, administers = locate_to_arrange(uow, task_id)
    check_separation(found.case, found.step.id, uow.actor.id)
    if found.tally is None or not (administers or found.leads):
        raise NotAllowed(instance=found.case.id, element=found.step.id, task=found.id)
    reason = reason.strip()[:MOST_SAID]
    if not (reason or found.leads):
        raise ReasonRequired(task=found.id)
    rows = rows_of(uow, found, waiting=True)
    waiting = [row.person_id for row in rows]
    if sorted(order) != sorted(waiting) or not order:
        raise Invalid(task=found.id, order=order)
    # The places stay as they are; who waited behind a place waits for whoever stands there now.
    now_at = dict(zip(waiting, order, strict=True))
    rearrange(
        uow,
        found,
        [
            {
                "who": person,
                "place": row.position,
                "before": now_at.get(row.after_id, row.after_id),
            }
            for person, row in zip(order, rows, strict=True)
        ],
    )
    found.case.record(
        uow,
        "task.signers_reordered",
        found.subject(),
        {
            **found.names(uow),
            "reason": reason,
            "before": waiting,
            "after": order,
        },
    )
    save(uow, found.case)
    return Acted(found.case, task_id=found.id, element=found.step.id, decided=False)
