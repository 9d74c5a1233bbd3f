"""Two who do the same at the same moment: one thing happens, and nobody is told of a crash."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from engine.actors import SYSTEM
from engine.commands.drafts import save_draft
from engine.jobs.run import retry
from engine.store.tables import draft, event, job
from engine.store.unit_of_work import UnitOfWork
from tests.engine.abilities.workshop import House, Service, User, house

__all__ = ["house"]

PAY = Service("pay", "payment.pay", {"fund": '"aid"', "amount_fen": "1"})


def at_once(house: House, who: str, command: Callable[[UnitOfWork], Any], times: int) -> list[Any]:
    """The answers, in no order; an error is an answer, too."""
    gate = threading.Barrier(times)
    answers: list[Any] = []

    def run() -> None:
        actor = SYSTEM if who == SYSTEM.id else house.engine.directory.actor(who)
        gate.wait()
        try:
            with house.engine.command(actor) as uow:
                answer = command(uow)
                uow.commit()
        except Exception as error:
            answer = error
        answers.append(answer)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def test_an_incident_is_retried_once(house: House) -> None:
    house.deploy(PAY, User("after"))
    case = house.start("anna")
    waiting = house.row(job, instance_id=case)["id"]
    with house.engine.command(SYSTEM) as uow:
        uow.execute(job.update().where(job.c.id == waiting).values(state="incident"))
        uow.commit()
    answers = at_once(house, SYSTEM.id, lambda uow: retry(uow, waiting), 8)
    assert sorted(map(str, answers)) == ["False"] * 7 + ["True"]
    assert len(house.rows(event, type="incident.retried")) == 1


def test_a_draft_that_saves_itself_while_it_is_saved_is_one_draft(house: House) -> None:
    answers = at_once(house, "anna", lambda uow: save_draft(uow, "start:x", {"item": "1"}), 8)
    assert answers == [None] * 8
    assert len(house.rows(draft)) == 1
