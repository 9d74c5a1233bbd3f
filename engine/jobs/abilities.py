"""Ability calls: what a service task asks for, done inside the job's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from engine.abilities.base import Answer, Call, Done, Failed, Waiting
from engine.commands.advance import Moved, advance
from engine.commands.start import record_end
from engine.errors import EngineError, InvalidPackage
from engine.jobs.leases import finish as close_job
from engine.store.case import Case, save
from engine.store.unit_of_work import UnitOfWork


class UncaughtError(EngineError):
    """An ability answered with an error that no boundary event catches."""

    problem = "uncaught_error"


def run_ability(uow: UnitOfWork, case: Case, row: RowMapping) -> str:
    """Call the ability of the job's element; return the job's new state (done or waiting)."""
    if row["token"] not in case.open:
        return "done"
    element = row["element_id"]
    properties = case.definition.diagram.elements[element].properties
    ability = uow.engine.abilities.get(properties.get("ability", ""))
    if ability is None:
        raise InvalidPackage(f"{element}: there is no ability {properties.get('ability')!r}")
    case.look_from(row["token"])
    call = Call(uow, case, element, row["id"], arguments_of(uow, case, properties), row["token"])
    return settle(uow, case, row["token"], element, row["id"], ability.run(call))


def finish(uow: UnitOfWork, case: Case, row: RowMapping, answer: Answer) -> None:
    """End a waiting ability: the outside world has answered. The caller commits."""
    if row["state"] != "waiting" or row["token"] not in case.open:
        return
    close_job(
        uow.connection,
        row["id"],
        settle(uow, case, row["token"], row["element_id"], row["id"], answer),
    )


def settle(
    uow: UnitOfWork, case: Case, token: str, element: str, job_id: str, answer: Answer
) -> str:
    """Write the answer into the case and move its token; return the job's state."""
    subject = {"job": job_id, "element": element}
    case.look_from(token)
    if isinstance(answer, Waiting):
        case.record(uow, "ability.waiting", subject, {})
        save(uow, case)
        return "waiting"
    if isinstance(answer, Failed):
        moved = _fail(uow, case, token, element, answer)
        subject["error"] = answer.code
    else:
        moved = _complete(uow, case, token, element, answer)
    case.record(
        uow,
        "ability.failed" if isinstance(answer, Failed) else "ability.done",
        subject,
        {"fields": case.document.audit_changes(), **moved.payload()},
    )
    record_end(uow, case)
    save(uow, case)
    moved.insert(uow)
    return "done"


def _complete(uow: UnitOfWork, case: Case, token: str, element: str, answer: Done) -> Moved:
    into = case.definition.diagram.elements[element].properties.get("into", "")
    if into:
        case.put(into, answer.result)
    case.open.pop(token)
    return advance(uow, case, lambda execution: execution.complete(token))


def _fail(uow: UnitOfWork, case: Case, token: str, element: str, answer: Failed) -> Moved:
    case.document.write(dict(answer.facts))
    item = case.open.pop(token)
    caught: list[bool] = []
    moved = advance(uow, case, lambda execution: caught.append(execution.fail(token, answer.code)))
    if not caught[0]:
        case.open[token] = item
        raise UncaughtError(instance=case.id, element=element, error=answer.code)
    return moved


def arguments_of(uow: UnitOfWork, case: Case, properties: Mapping[str, str]) -> dict[str, Any]:
    """What an ability is called with: the `with.` properties, evaluated over the case."""
    scope = case.scope(uow)
    return {
        name.removeprefix("with."): scope.evaluate(text)
        for name, text in properties.items()
        if name.startswith("with.")
    }
