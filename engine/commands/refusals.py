"""A refusal is itself on the record, in a transaction of its own: the refused command left nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.actors import Actor
from engine.errors import EngineError
from engine.store.case import lock, save
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine


def record_refusal(engine: Engine, actor: Actor, error: EngineError) -> None:
    """Write that the actor tried something a rule forbids, if the error names a case or a stream."""
    instance_id = error.parts.get("instance")
    stream = error.parts.get("stream")
    if isinstance(stream, str):
        _record_in(engine, actor, error, stream)
    if not isinstance(instance_id, str):
        return
    with engine.database.write() as connection:
        uow = UnitOfWork(engine, connection, actor)
        case = lock(uow, instance_id)
        subject = {
            name: value
            for name in ("element", "rule", "task", "other")
            if isinstance(value := error.parts.get(name), str)
        }
        case.record(
            uow,
            "refused",
            {"problem": error.problem, **subject},
            {"name": engine.directory.name(actor.id), "why": error.parts.get("why")},
        )
        save(uow, case)
        uow.commit()


def _record_in(engine: Engine, actor: Actor, error: EngineError, stream: str) -> None:
    with engine.database.write() as connection:
        uow = UnitOfWork(engine, connection, actor)
        name = engine.directory.name(actor.id)
        uow.record_in(stream, "refused", {"problem": error.problem}, {"name": name})
        uow.commit()
