"""A rung of a task's ladder, when its time has come: remind, escalate, hand over, or decide.

Each is the system's act, in a transaction of its own, together with the job of the rung after it: a
worker that is killed between the two has done neither.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, insert

from engine.actors import person_key
from engine.catalog.steps import Candidate, Rung
from engine.commands.access import candidate_keys, may_act, people_behind
from engine.commands.complete import close_by_clock
from engine.commands.locate import Located
from engine.commands.signer_places import dissolve
from engine.commands.task_clock import Timed, rung_job
from engine.commands.task_rows import readdress
from engine.commands.waiting import waiting_people
from engine.commands.who import administrators, fall_back
from engine.store.case import save
from engine.store.tables import job
from engine.store.unit_of_work import UnitOfWork


def climb(uow: UnitOfWork, found: Located, row: RowMapping) -> None:
    """Do the rung of a job, and write the job of the next. A closed task is left alone."""
    if found.state != "open":
        return
    index = row["payload"]["rung"]
    rung = found.step.ladder[index]
    if rung.do == "decide":
        close_by_clock(uow, found, found.step.outcome(rung.outcome))
        return
    done = [*row["payload"].get("done", ()), index]
    verb = {"remind": _remind, "escalate": _escalate, "hand_over": _hand_over}[rung.do]
    event, facts = verb(uow, found, rung)
    timed = Timed(found.id, found.token, found.step, found.due_at, found.counts_from)
    following = rung_job(uow, found.case, timed, done)
    if following is not None:
        facts["jobs"] = [
            {
                "job": following["id"],
                "kind": "rung",
                "token": found.token,
                "due": following["due_at"].isoformat(),
            }
        ]
    subject = {"task": found.id, "element": found.step.id, "rung": index, "job": row["id"]}
    found.case.record(uow, event, subject, facts)
    save(uow, found.case)
    if following is not None:
        uow.execute(insert(job), following)
        if following["due_at"] <= uow.now:
            uow.after_commit(uow.engine.wake.set)


def _remind(uow: UnitOfWork, found: Located, _rung: Rung) -> tuple[str, dict[str, Any]]:
    people = waiting_people(uow, found)
    _tell(uow, found, "reminder", people)
    return "task.reminded", {"people": people}


def _escalate(uow: UnitOfWork, found: Located, rung: Rung) -> tuple[str, dict[str, Any]]:
    people = people_behind(uow, _keys(uow, found, rung.to)) if rung.to else _heads(uow, found)
    waiting = waiting_people(uow, found)
    _tell(uow, found, "escalated", people, waits_for=waiting)
    return "task.escalated", {"people": people, "waits_for": waiting}


def _hand_over(uow: UnitOfWork, found: Located, rung: Rung) -> tuple[str, dict[str, Any]]:
    before = waiting_people(uow, found)
    keys, left_out = _possible(uow, found, rung.to)
    facts: dict[str, Any] = {"left_out": left_out}
    if not keys:
        # Nobody of those named may act: the step's fallback, else whoever looks after cases.
        asked = fall_back(uow, found.case, found.step, ())
        keys = asked.keys
        facts |= {"fallback": True, "fell_to": asked.fallback}
    if found.tally is not None:
        # The decision was widened by signers; whoever gets it begins anew.
        dissolve(uow, found)
    readdress(uow, found.case, found.id, keys)
    found.keys, found.claimed_by = keys, None
    _tell(uow, found, "handed_over", waiting_people(uow, found))
    return "task.handed_over", {**facts, "keys": keys, "from": before}


def _possible(
    uow: UnitOfWork, found: Located, candidates: tuple[Candidate, ...]
) -> tuple[list[str], list[str]]:
    """Keys of those named who may act, and who was left out; a role all of whose holders may stays one."""
    keys: list[str] = []
    left_out: list[str] = []
    for key in _keys(uow, found, candidates):
        holders = people_behind(uow, [key])
        able = [person for person in holders if may_act(found.case, found.step.id, person)]
        left_out += [person for person in holders if person not in able]
        keys += [key] if able == holders and holders else [person_key(one) for one in able]
    return list(dict.fromkeys(keys)), list(dict.fromkeys(left_out))


def _keys(uow: UnitOfWork, found: Located, candidates: tuple[Candidate, ...]) -> list[str]:
    return candidate_keys(uow, found.case, replace(found.step, candidates=candidates))


def _heads(uow: UnitOfWork, found: Located) -> list[str]:
    """The heads of the place the task waits at; one place further up where only they are waited for."""
    directory = uow.engine.directory
    waiting = waiting_people(uow, found)
    places = [key.partition("@")[2] for key in found.keys if not key.startswith("person:")]
    place = next(iter(places), found.case.places.get("applicant.unit", ""))
    for one in directory.chain(place):
        heads = [person for person in directory.heads(one) if person not in waiting]
        if heads:
            return heads
    return administrators(uow)


def _tell(uow: UnitOfWork, found: Located, kind: str, people: list[str], **facts: Any) -> None:
    due = None if found.due_at is None else found.due_at.isoformat()
    uow.tell(
        kind, people, instance=found.case.id, task=found.id, step=found.step.id, due=due, **facts
    )
