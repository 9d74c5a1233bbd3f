"""Moving one case to another version, and putting it back while nothing has moved in it.

The tokens keep their numbers and stay where they are; only what they stand at is called otherwise. Deadlines
and timers whose expression is the same stay as promised; others are computed anew from the instant they
counted from, so that nobody loses or gains by the day of the migration; what is new counts from now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from engine.catalog.steps import Step
from engine.commands.advance import Moved, advance
from engine.commands.recount import started
from engine.commands.task_clock import ALIVE, Timed, jobs_of, ladder_scope, rung_job
from engine.commands.task_rows import readdress, withdraw_tasks
from engine.commands.trail import MIGRATED, PUT_BACK
from engine.errors import CannotMigrate
from engine.migrating.plan import Plan
from engine.migrating.reasons import Reason
from engine.migrating.rows import difference, packed, put_back, rows_of, unpacked
from engine.migrating.standing import Standing
from engine.store.candidates import move_due
from engine.store.case import SUSPENDED, Case, OpenItem, save
from engine.store.tables import draft, instance, job, task
from engine.store.tables.jobs import OF_A_TASK
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Why:
    """Who moves a case, and why."""

    migration: str
    reason: str


def carry(uow: UnitOfWork, case: Case, standing: Standing, plan: Plan, why: Why) -> bytes:
    """Move the case as planned, record and save it; return what putting it back needs.

    Raise `CannotMigrate`, or what the new version cannot compute; then nothing may be committed.
    """
    before = rows_of(uow, case.id)
    kept = _state_of(case)
    source = case.definition
    old_tokens = {entry[0]: entry for entry in (case.tokens or {})["tokens"]}
    facts = _rename(uow, case, plan)
    _begin_anew(uow, case, standing, plan)
    for task_id, keys in plan.asked.items():
        row = standing.tasks[task_id]
        readdress(uow, case, task_id, keys, claimed_by=row.claimed_by)
    moved = advance(uow, case, lambda execution: execution.move((), ()))
    if moved.way or moved.decisions:
        raise CannotMigrate(instance=case.id, reasons=[Reason("would_move")])
    _compare(case, old_tokens, moved)
    deadlines, jobs = _count_anew(uow, case, standing, plan)
    payload = moved.payload()
    if plan.anew:
        payload["cancelled"] = [*plan.anew, *payload.get("cancelled", ())]
    if jobs:
        payload["jobs"] = [*payload.get("jobs", ()), *jobs]
    if deadlines:
        payload["deadlines"] = deadlines
    uow.execute(
        update(instance).where(instance.c.id == case.id).values(definition_id=plan.target.id)
    )
    case.record(
        uow,
        MIGRATED,
        {"from": source.id, "to": plan.target.id, "migration": why.migration},
        {
            "name": uow.engine.directory.name(uow.actor.id),
            "reason": why.reason,
            "from_version": source.version,
            "to_version": plan.target.version,
            **facts,
            "notes": [one.as_dict() for one in plan.notes],
            **payload,
        },
    )
    save(uow, case)
    moved.insert(uow)
    _move_drafts(uow, moved, standing, plan)
    changes = difference(before, rows_of(uow, case.id))
    return packed({"case": kept, "from": source.id, "rows": changes})


def put_case_back(uow: UnitOfWork, case: Case, content: bytes, migration: str) -> None:
    """Undo `carry`, nothing having moved since; record and save."""
    kept = unpacked(content)
    gone = case.definition
    put_back(uow, kept["rows"])
    case.definition = uow.engine.catalog.get(kept["from"])
    state = kept["case"]
    case.tokens, case.entered, case.returns = state["tokens"], state["entered"], state["returns"]
    case.open = {token: OpenItem(*item) for token, item in state["open"].items()}
    case.participants = state["participants"]
    uow.execute(update(instance).where(instance.c.id == case.id).values(definition_id=kept["from"]))
    case.record(
        uow,
        PUT_BACK,
        {"from": gone.id, "to": kept["from"], "migration": migration},
        {"name": uow.engine.directory.name(uow.actor.id)},
    )
    save(uow, case)
    uow.after_commit(uow.engine.wake.set)


def _state_of(case: Case) -> dict[str, Any]:
    return {
        "tokens": case.tokens,
        "entered": list(case.entered),
        "returns": dict(case.returns),
        "open": {token: [one.kind, one.row, one.element] for token, one in case.open.items()},
        "participants": dict(case.participants),
    }


def _rename(uow: UnitOfWork, case: Case, plan: Plan) -> dict[str, Any]:
    """Tokens, rows and what is known of elements under their new names; what the event says of names."""
    assert plan.carried is not None
    renamed = plan.names.renamed()
    case.definition = plan.target
    case.tokens = plan.carried.tokens
    case.entered = list(
        dict.fromkeys(
            name for one in case.entered if (name := plan.names.elements.get(one, one)) is not None
        )
    )
    case.participants = {renamed.get(key, key): who for key, who in case.participants.items()}
    for item in case.open.values():
        item.element = renamed.get(item.element, item.element)
    if plan.walks_back:
        case.returns = {}
    elements = {old: new for old, new in renamed.items() if old in plan.names.elements}
    for old, new in elements.items():
        mine = task.c.instance_id == case.id, task.c.element_id == old
        for task_id in uow.execute(select(task.c.id).where(*mine)).scalars().all():
            case.note_task(task_id, element=new)
        uow.execute(update(task).where(*mine).values(element_id=new))
        uow.execute(
            update(job)
            .where(job.c.instance_id == case.id, job.c.element_id == old, job.c.state.in_(ALIVE))
            .values(element_id=new)
        )
    for item in case.open.values():
        if item.kind == "job":
            _rename_message(uow, case, item)
    gone = [old for old, new in plan.names.elements.items() if new is None]
    return {"renamed": renamed, "gone": gone}


def _rename_message(uow: UnitOfWork, case: Case, item: OpenItem) -> None:
    event = case.definition.diagram.elements[item.element].event
    if event is not None and event.kind == "message":
        values = {"payload": {"message": event.message}}
        uow.execute(update(job).where(job.c.id == item.row, job.c.kind == "message").values(values))


def _begin_anew(uow: UnitOfWork, case: Case, standing: Standing, plan: Plan) -> None:
    """Tasks of sign-offs by another rule close; the tokens without a task get a new one."""
    if not plan.anew:
        return
    tokens = [standing.tasks[one].token for one in plan.anew]
    withdraw_tasks(uow, plan.anew)
    _drop_clock(uow, case, tokens)
    for token in tokens:
        case.open.pop(token)


def _compare(case: Case, before: dict[str, list[Any]], moved: Moved) -> None:
    """What the event says of tokens: against those before the migration, not against the renamed ones."""
    assert case.tokens is not None
    now = {entry[0]: entry for entry in case.tokens["tokens"]}
    moved.placed = [entry for token, entry in now.items() if before.get(token) != entry]
    moved.lifted = sorted(before.keys() - now.keys(), key=int)


def _move_drafts(uow: UnitOfWork, moved: Moved, standing: Standing, plan: Plan) -> None:
    """What somebody has typed for a task that begins anew is there when they open the new one."""
    new = {one.token: one.id for one in moved.opened}
    for old in plan.anew:
        if old in standing.drafts:
            uow.execute(
                update(draft)
                .where(draft.c.place == f"task:{old}")
                .values(place=f"task:{new[standing.tasks[old].token]}")
            )


# --- time -------------------------------------------------------------------------------------------


def _count_anew(
    uow: UnitOfWork, case: Case, standing: Standing, plan: Plan
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Deadlines and timers that are counted anew; and the jobs written for it, as events tell them."""
    deadlines: list[dict[str, Any]] = []
    made: list[dict[str, Any]] = []
    for task_id, due in plan.recounted.items():
        row = standing.tasks[task_id]
        case.look_from(row.token)
        step = case.definition.steps[plan.names.elements[row.element_id] or ""]
        if (told := _task_anew(uow, case, row, step, made, due=due)) is not None:
            deadlines.append(told)
    for job_id in plan.timers:
        row = standing.jobs[job_id]
        case.look_from(row.token)
        if (told := _timer_anew(uow, case, row)) is not None:
            deadlines.append(told)
    case.runs = ()
    if made:
        uow.execute(insert(job), made)
    events = [
        {
            "job": row["id"],
            "kind": row["kind"],
            "token": row["token"],
            "due": row["due_at"].isoformat(),
        }
        for row in made
    ]
    return deadlines, events


def _task_anew(
    uow: UnitOfWork,
    case: Case,
    row: Row[Any],
    step: Step,
    made: list[dict[str, Any]],
    *,
    due: bool,
) -> dict[str, Any] | None:
    """A task's due instant and ladder by the new version; what moved, for the record."""
    counts_from = row.counts_from or row.created_at
    due_at, provisional = row.due_at, row.due_provisional
    if due:
        due_at, provisional = None, False
        if step.due:
            scope = case.scope_over(uow, case.facts(uow), now=counts_from)
            due_at, provisional = scope.instant(step.due, step.id), scope.provisional
        uow.execute(
            update(task)
            .where(task.c.id == row.id)
            .values(due_at=due_at, due_provisional=provisional, counts_from=counts_from)
        )
        if due_at != row.due_at:
            move_due(uow, row.id, due_at)
    _drop_clock(uow, case, [row.token])
    made += _clock_anew(uow, case, Timed(row.id, row.token, step, due_at, counts_from))
    if due_at == row.due_at:
        return None
    return {
        "task": row.id,
        "element": step.id,
        "counts_from": counts_from.isoformat(),
        "from": None if row.due_at is None else row.due_at.isoformat(),
        "to": None if due_at is None else due_at.isoformat(),
    }


def _clock_anew(uow: UnitOfWork, case: Case, timed: Timed) -> list[dict[str, Any]]:
    """The jobs of a task's clock; rungs whose time is past are left out, so that nothing is done late."""
    past = [
        index
        for index, rung in enumerate(timed.step.ladder)
        if ladder_scope(uow, case, timed).instant(rung.at, timed.step.id) <= uow.now
    ]
    rows = [one for one in jobs_of(uow, case, timed) if one["kind"] == "deadline"]
    if (rung := rung_job(uow, case, timed, past)) is not None:
        rows.append(rung)
    return [one | {"state": "parked"} for one in rows] if case.state == SUSPENDED else rows


def _timer_anew(uow: UnitOfWork, case: Case, row: Row[Any]) -> dict[str, Any] | None:
    """A timer by the new version's expression, from the instant it has counted from so far."""
    element = case.open[row.token].element
    event = case.definition.diagram.elements[element].event
    assert event is not None
    scope = case.scope_over(uow, case.facts(uow), now=started(row))
    due_at = scope.instant(event.expression, element)
    values: dict[str, Any] = {
        "due_at": due_at,
        "provisional": scope.provisional,
        "payload": {**row.payload, "expression": event.expression},
    }
    uow.execute(update(job).where(job.c.id == row.id).values(**values))
    if due_at == row.due_at:
        return None
    return {
        "job": row.id,
        "token": row.token,
        "element": element,
        "from": row.due_at.isoformat(),
        "to": due_at.isoformat(),
    }


def _drop_clock(uow: UnitOfWork, case: Case, tokens: list[str]) -> None:
    uow.execute(
        update(job)
        .where(
            job.c.instance_id == case.id,
            job.c.token.in_(tokens),
            job.c.kind.in_(OF_A_TASK),
            job.c.state.in_(ALIVE),
        )
        .values(state="cancelled", lease_owner=None, lease_until=None)
    )
