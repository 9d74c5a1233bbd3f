"""Look at a sensitive value: allowed to those who work on the case now, and on the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, select

from engine.actors import person_key
from engine.commands.access import candidate_keys, check_separation, key_used
from engine.errors import NotAllowed, NotFound
from engine.sealing import is_sealed
from engine.store.case import Case, lock, save
from engine.store.document import seal_context
from engine.store.tables import signer, task
from engine.store.unit_of_work import UnitOfWork


def reveal(uow: UnitOfWork, instance_id: str, path: str) -> str:
    """The value at `path` (e.g. `bank_account`, `household[0].id_card`) in the clear.

    Raise `NotFound` for a path without a sealed value, `NotAllowed` for who has no open task here.
    The applicant may always look at the own case.
    """
    case = lock(uow, instance_id)
    _check(uow, case)
    token, key = _find(case.document.content, path)
    if not is_sealed(token):
        raise NotFound(instance=instance_id)
    value = uow.engine.keyring.open_sealed(token, seal_context(case.id, key))
    case.record(
        uow, "field.revealed", {}, {"field": path, "name": uow.engine.directory.name(uow.actor.id)}
    )
    save(uow, case)
    return value


def _check(uow: UnitOfWork, case: Case) -> None:
    if uow.actor.id == case.starter_id:
        return
    for element, keys in _open_tasks(uow, case):
        if key_used(uow.actor, keys):
            check_separation(case, element, uow.actor.id)
            return
    if any(uow.actor.id in case.who_acted(element) for element in case.participants):
        raise NotAllowed(instance=case.id)
    raise NotFound(instance=case.id)


def _open_tasks(uow: UnitOfWork, case: Case) -> Iterator[tuple[str, list[str]]]:
    """Each open task and whom it is for now: handed on, or fallen to others, included."""
    rows = uow.execute(
        select(task.c.token, task.c.element_id, task.c.candidate_keys, signer.c.state)
        .outerjoin(signer, and_(signer.c.task_id == task.c.id, signer.c.person_id == uow.actor.id))
        .where(task.c.instance_id == case.id, task.c.state == "open")
    ).all()
    for row in rows:
        keys = row.candidate_keys
        if keys is None:
            case.look_from(row.token)
            # A sign-off, or opened by a version that did not keep them.
            keys = candidate_keys(uow, case, case.definition.steps[row.element_id])
        if row.state in ("open", "waiting", "voted"):
            keys = [*keys, person_key(uow.actor.id)]
        yield row.element_id, keys


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
