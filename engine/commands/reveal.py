"""Look at a sensitive value: allowed to those who work on the case now, and on the record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.actors import Actor
from engine.commands.access import candidate_keys, check_separation, check_stand_in, key_used
from engine.errors import NotAllowed, NotFound
from engine.queries.case import read_case
from engine.queries.hidden import without
from engine.queries.proxies import stands_in_for
from engine.queries.readers import has_copy
from engine.sealing import is_sealed
from engine.store.case import Case, lock, save
from engine.store.document import seal_context
from engine.store.tables import signer, task
from engine.store.unit_of_work import UnitOfWork


def reveal(uow: UnitOfWork, instance_id: str, path: str) -> str:
    """The value at `path` (e.g. `bank_account`, `household[0].id_card`) in the clear.

    Raise `NotFound` for a path without a sealed value, `NotAllowed` for who has no open task here.
    The applicant may always look at the own case; who is only asked for advice may not.
    """
    case = lock(uow, instance_id)
    owner = _check(uow, case)
    seen = read_case(uow.connection, uow.engine, uow.actor, instance_id)
    token, key = _find(without(case.document.content, seen.hidden), path)
    if not is_sealed(token):
        raise NotFound(instance=instance_id)
    value = uow.engine.keyring.open_sealed(token, seal_context(case.id, key))
    name = uow.engine.directory.name
    subject, names = {}, {"name": name(uow.actor.id)}
    if owner is not None:
        subject, names["for_name"] = {"for": owner}, name(owner)
    case.record(uow, "field.revealed", subject, {"field": path, **names})
    save(uow, case)
    return value


def _check(uow: UnitOfWork, case: Case) -> str | None:
    """Refuse who may not look; return for whom the actor looks, if not in the actor's own right."""
    if uow.actor.id == case.starter_id:
        return None
    open_tasks = uow.execute(
        select(
            task.c.id, task.c.token, task.c.element_id, task.c.candidate_keys, task.c.tally
        ).where(task.c.instance_id == case.id, task.c.state == "open")
    ).all()
    for row in open_tasks:
        if _takes_part(uow, case, row, uow.actor):
            check_separation(case, row.element_id, uow.actor.id)
            return None
    for one in stands_in_for(
        uow.engine, uow.connection, uow.actor.id, uow.now, case.definition.key
    ):
        for row in open_tasks:
            if _takes_part(uow, case, row, one.owner):
                check_stand_in(case, row.element_id, uow.actor.id, one.owner.id)
                return one.owner.id
    if case.has_part(uow.actor.id) or has_copy(uow.connection, uow.actor.id, case.id):
        raise NotAllowed(instance=case.id)
    raise NotFound(instance=case.id)


def _takes_part(uow: UnitOfWork, case: Case, row: Any, person: Actor) -> bool:
    """True when an open task is, or in a sign-off was, for the person."""
    if row.tally is not None:
        own = select(signer.c.task_id).where(
            signer.c.task_id == row.id,
            signer.c.person_id == person.id,
            signer.c.state != "removed",
        )
        return uow.execute(own).first() is not None
    keys = row.candidate_keys
    if keys is None:
        # Opened by a version that did not keep them.
        case.look_from(row.token)
        keys = candidate_keys(uow, case, case.definition.steps[row.element_id])
    return key_used(person, keys) is not None


def _find(content: Any, path: str) -> tuple[Any, str]:
    found, key = content, ""
    for part in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(found, dict):
            found, key = found.get(part), part
        elif isinstance(found, list) and part in map(str, range(len(found))):
            found = found[int(part)]
        else:
            return None, key
    return found, key
