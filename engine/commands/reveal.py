"""Look at a sensitive value: allowed to those who work on the case now, and on the record."""

from __future__ import annotations

from typing import Any

from engine.commands.access import candidate_keys, check_separation, key_used
from engine.errors import NotAllowed, NotFound
from engine.queries.readers import has_copy
from engine.sealing import is_sealed
from engine.store.case import Case, lock, save
from engine.store.document import seal_context
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
    for token, item in case.open.items():
        if item.kind != "task":
            continue
        step = case.definition.steps[item.element]
        case.look_from(token)
        if key_used(uow.actor, candidate_keys(uow, case, step)):
            check_separation(case, step.id, uow.actor.id)
            return
    acted = any(uow.actor.id in case.who_acted(element) for element in case.participants)
    if acted or has_copy(uow.connection, uow.actor.id, case.id):
        raise NotAllowed(instance=case.id)
    raise NotFound(instance=case.id)


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
