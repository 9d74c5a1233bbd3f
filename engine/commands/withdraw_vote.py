"""Take the own vote back while the matter is open, where the package lets votes change."""

from __future__ import annotations

from engine.commands.access import check_separation
from engine.commands.locate import locate
from engine.commands.signer_places import (
    ask,
    ask_no_more,
    change_row,
    keep_tally,
    rows_of,
)
from engine.commands.start import Acted
from engine.commands.votes import not_asked
from engine.errors import NotAllowed, SomebodyActed, VoteIsFinal
from engine.store.case import save
from engine.store.unit_of_work import UnitOfWork


def withdraw_vote(uow: UnitOfWork, task_id: str) -> Acted:
    """The vote of the actor, or of whom the actor stands in for, counts no more, and can be cast again.

    Raise `VoteIsFinal` where the package does not let votes change, `SomebodyActed` when somebody who
    was asked after the actor has voted. Who was asked since and has not voted waits again.
    """
    found = locate(uow, task_id, signed=True)
    case, step, person = found.case, found.step, found.person
    check_separation(case, step.id, uow.actor.id)
    if found.tally is None:
        raise NotAllowed(instance=case.id, element=step.id, task=task_id)
    rows = rows_of(uow, found, [person])
    if not rows or rows[0].state != "voted":
        raise not_asked(uow, found)
    if not found.sign_off.changeable:
        raise VoteIsFinal(task=task_id)
    (own,) = rows
    after = rows_of(uow, found, after=person)
    if any(row.state == "voted" for row in after):
        raise SomebodyActed(task=task_id)
    asked = [row.person_id for row in after if row.state == "open"]
    for one in asked:
        change_row(uow, found, one, state="waiting")
    if asked:
        ask_no_more(uow, found, asked)
    change_row(
        uow, found, person,
        state="open", outcome=None, opinion=None, form=None, voted_at=None, veto=False,
        voted_by=None, decided_how=None,
    )  # fmt: skip
    ask(uow, found, [person])
    kind = step.outcome(own.outcome).kind
    tally = found.tally.vote(kind, veto=own.veto, times=-1)
    keep_tally(uow, found, tally)
    case.record(
        uow,
        "task.vote_withdrawn",
        found.subject(outcome=own.outcome, **tally.counts()),
        {**found.names(uow), "waiting": asked},
    )
    save(uow, case)
    return Acted(case, task_id=found.id, element=step.id, decided=False)
