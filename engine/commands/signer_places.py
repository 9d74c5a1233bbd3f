"""The rows of a sign-off as its verbs rearrange them: who signs, in which place, after whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from engine.actors import person_key
from engine.commands.locate import Located
from engine.sign_off import Tally
from engine.store.candidates import candidate_rows, insert_candidates
from engine.store.tables import signer, task, task_candidate
from engine.store.unit_of_work import UnitOfWork

#: States of those who have no part in an open sign-off any more, and may be asked anew.
PAST = ("removed", "not_needed")
#: What the record keeps of a signer whose place changes.
_KEPT = (signer.c.person_id, signer.c.position, signer.c.state, signer.c.after_id)


def rows_of(
    uow: UnitOfWork,
    found: Located,
    people: Iterable[str] = (),
    *,
    after: str | None = None,
    waiting: bool = False,
) -> list[Row[Any]]:
    """Rows in order, as they are under the lock: of these people, of those after one, or of all who wait."""
    statement = select(signer).where(signer.c.task_id == found.id).order_by(signer.c.position)
    if after is not None:
        statement = statement.where(signer.c.after_id == after, signer.c.state.not_in(PAST))
    elif waiting:
        statement = statement.where(signer.c.state == "waiting")
    else:
        statement = statement.where(signer.c.person_id.in_(list(people)))
    return list(uow.execute(statement).all())


def place_of(uow: UnitOfWork, found: Located, people: Iterable[str]) -> list[dict[str, Any]]:
    """State, place and predecessor of these people, for the record."""
    rows = uow.execute(
        select(*_KEPT)
        .where(signer.c.task_id == found.id, signer.c.person_id.in_(list(people)))
        .order_by(signer.c.position)
    )
    return [
        {"person": row.person_id, "state": row.state}
        | ({"after": row.after_id} if row.state == "waiting" else {})
        for row in rows
    ]


def make_room(uow: UnitOfWork, found: Located, position: int, places: int) -> None:
    """Move everyone from a position on back by so many places."""
    own = signer.c.task_id == found.id
    # Two steps: a place may not even for a moment belong to two.
    uow.execute(
        update(signer)
        .where(own, signer.c.position >= position)
        .values(position=-(signer.c.position + places))
    )
    uow.execute(
        update(signer).where(own, signer.c.position < 0).values(position=-signer.c.position)
    )


def next_place(uow: UnitOfWork, found: Located) -> int:
    """The position behind everybody who is, or was, a signer."""
    last = select(signer.c.position).where(signer.c.task_id == found.id)
    position = uow.execute(last.order_by(signer.c.position.desc()).limit(1)).scalar_one_or_none()
    return 0 if position is None else int(position) + 1


def insert_rows(uow: UnitOfWork, found: Located, rows: list[dict[str, Any]]) -> None:
    """Write new signers; who was removed before comes back as if for the first time."""
    people = [row["person_id"] for row in rows]
    uow.execute(
        delete(signer).where(
            signer.c.task_id == found.id,
            signer.c.person_id.in_(people),
            signer.c.state.in_(PAST),
        )
    )
    uow.execute_many(insert(signer), [{"task_id": found.id, **row} for row in rows])
    for row in rows:
        found.case.note_signer(found.id, row["person_id"], row["state"])
    ask(uow, found, [row["person_id"] for row in rows if row["state"] == "open"])


def change_row(uow: UnitOfWork, found: Located, person: str, **values: Any) -> None:
    """Change one signer's row."""
    if "state" in values:
        found.case.note_signer(found.id, person, values["state"])
    uow.execute(
        update(signer)
        .where(signer.c.task_id == found.id, signer.c.person_id == person)
        .values(**values)
    )


def come_after(uow: UnitOfWork, found: Located, before: str, instead: str | None) -> None:
    """Who came after one person comes after another."""
    uow.execute(
        update(signer)
        .where(signer.c.task_id == found.id, signer.c.after_id == before)
        .values(after_id=instead)
    )


def rearrange(uow: UnitOfWork, found: Located, places: list[dict[str, Any]]) -> None:
    """Give people the `position` and the predecessor that each of `places` names."""
    own = signer.c.task_id == found.id
    moved = [row["who"] for row in places]
    uow.execute(
        update(signer)
        .where(own, signer.c.person_id.in_(moved))
        .values(position=-(signer.c.position + 1))
    )
    uow.execute_many(
        update(signer)
        .where(own, signer.c.person_id == bindparam("who"))
        .values(position=bindparam("place"), after_id=bindparam("before")),
        places,
    )


def ask(uow: UnitOfWork, found: Located, people: list[str]) -> None:
    """The matter is in these people's list from now on."""
    if people:
        keys = [person_key(person) for person in people]
        insert_candidates(uow, candidate_rows(uow, found.id, keys))


def ask_no_more(uow: UnitOfWork, found: Located, people: list[str]) -> None:
    """The matter leaves these people's list."""
    keys = [person_key(person) for person in people]
    uow.execute(
        delete(task_candidate).where(
            task_candidate.c.task_id == found.id, task_candidate.c.key.in_(keys)
        )
    )


def keep_tally(uow: UnitOfWork, found: Located, tally: Tally, **values: Any) -> None:
    """The counters after the change, on the task and for what follows in this command."""
    found.tally = tally
    if "candidate_keys" in values:
        found.case.note_task(
            found.id, keys=values["candidate_keys"], claimed_by=values.get("claimed_by")
        )
    uow.execute(update(task).where(task.c.id == found.id).values(tally=tally.as_dict(), **values))


def dissolve(uow: UnitOfWork, found: Located) -> None:
    """Nobody signs it any more, one person decides: who, is the caller's affair. Votes stay on the record."""
    own = signer.c.task_id == found.id
    uow.execute(update(signer).where(own, signer.c.state == "voted").values(state="not_needed"))
    asked = signer.c.state.in_(("open", "waiting"))
    uow.execute(update(signer).where(own, asked).values(state="removed"))
    uow.execute(update(signer).where(own, signer.c.lead.is_(True)).values(lead=False))
    for row in uow.execute(select(signer.c.person_id, signer.c.state).where(own)):
        found.case.note_signer(found.id, row.person_id, row.state)
    uow.execute(delete(task_candidate).where(task_candidate.c.task_id == found.id))
    uow.execute(update(task).where(task.c.id == found.id).values(rule="single", tally=None))
    found.tally, found.leads = None, False
