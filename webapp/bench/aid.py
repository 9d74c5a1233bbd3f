"""`illness_aid`: its longest ordinary story, from application to follow-up, played over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import yaml
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.definition import Definition
from engine.commands.funds import deposit, open_fund
from engine.engine import Engine
from engine.ids import new_id
from engine.jobs.run import run_due
from engine.store.tables import instance, job, task
from engine.testing.files import upload_named_files
from engine.testing.outside import answer_payments
from webapp.bench.client import Client
from webapp.bench.organisation import PROCESSES, People
from webapp.demo.clock import LOOK_AGAIN, mark_as_demo, move_clock
from webapp.demo.numbers import account_number, identity_number

STORY = PROCESSES / "illness_aid" / "scenarios" / "granted.yaml"
FUND = "aid"
#: No task of the story waits longer for a job.
PATIENCE = 60.0


class NoProgress(Exception):
    """The story does not come to its next task."""


def cast(people: People, copies: int) -> None:
    """The people of the scenarios, once per copy and each copy under a root of its own."""
    content = yaml.safe_load((PROCESSES / "_shared" / "cast.yaml").read_text(encoding="utf-8"))
    for copy in range(copies):
        for one in content["units"]:
            above = one["parent"] and _of(copy, one["parent"])
            people.unit(_of(copy, one["id"]), one["kind"], above, one["name"])
        for one in content["people"]:
            roles = [(held["role"], _of(copy, held["at"])) for held in one["roles"]]
            facts = {
                name: str(one[name])
                for name in ("gender", "birth_date", "join_date", "employment_type")
            }
            group = one.get("group") and _of(copy, one["group"])
            at = _of(copy, one["unit"])
            people.person(_of(copy, one["id"]), at, *roles, name=one["name"], group=group, **facts)


def prepare(engine: Engine) -> None:
    """A fund with money, and a clock that can be moved on."""
    with engine.command(SYSTEM) as uow:
        mark_as_demo(uow)
        open_fund(uow, FUND, FUND)
        deposit(uow, FUND, 50_000_000, "benchmark")
        uow.commit()


@dataclass
class Story:
    """One case of one copy of the people."""

    engine: Engine
    definition: Definition
    tokens: Mapping[str, str]
    copy: int
    #: Whether jobs are done here, because no server does them.
    does_jobs: bool
    #: All stories come to rest before one of them moves the clock or answers for the bank.
    together: threading.Barrier
    case: str = ""

    def play(self, client: Client) -> None:
        """From the application to the end; completions are timed."""
        try:
            self._play(client)
        except BaseException:
            self.together.abort()
            raise

    def _play(self, client: Client) -> None:
        content = yaml.safe_load(STORY.read_text(encoding="utf-8"))
        for step in content["steps"]:
            if "start" in step:
                self._start(client, _of(self.copy, content["starter"]), step["start"])
            elif "task" in step:
                self._complete(client, step)
            elif "wait" in step or "bank" in step:
                self._outside(step)
        self._until(lambda: self._state() == "completed", "the end")

    def _start(self, client: Client, who: str, form: Mapping[str, Any]) -> None:
        own = {
            "id_card_no": identity_number(date(1981, 4, 12), 10 + self.copy, female=True),
            "bank_account": account_number(1000 + self.copy),
        }
        files = self.definition.start_form
        actor = self.engine.directory.actor(who)
        values = upload_named_files(self.engine, actor, files, {**form, **own})
        path = "/api/v1/processes/illness_aid/instances"
        answer = client.must(path, {"form": values}, self.tokens[who], new_id(), timed=False)
        self.case = answer["instance"]["id"]

    def _complete(self, client: Client, step: Mapping[str, Any]) -> None:
        who = _of(self.copy, step["as"])
        self._until(lambda: self._task(step["task"]) is not None, step["task"])
        form = self.definition.form_of(self.definition.steps[step["task"]])
        given = self._own_people(dict(step.get("form") or {}))
        values = upload_named_files(self.engine, self.engine.directory.actor(who), form, given)
        body = {"outcome": step.get("outcome"), "form": values}
        body["opinion"] = step.get("opinion") or ""
        path = f"/api/v1/tasks/{self._task(step['task'])}/complete"
        client.must(path, body, self.tokens[who], new_id())

    def _own_people(self, form: dict[str, Any]) -> dict[str, Any]:
        if "investigators" in form:
            form["investigators"] = [_of(self.copy, one) for one in form["investigators"]]
        return {
            # The clock is today's: what happened in the story happened now.
            name: self._today() if name.endswith("_on") else value
            for name, value in form.items()
        }

    def _outside(self, step: Mapping[str, Any]) -> None:
        self._until(self._rests, "rest")
        if self.together.wait(PATIENCE) == 0:
            if "bank" in step:
                answer_payments(self.engine, "paid", "")
            else:
                self._move_clock(str(step["wait"]))
        self.together.wait(PATIENCE)
        if "wait" in step:
            # Every process looks at the clock's offset once in a while; nobody may be ahead.
            time.sleep(LOOK_AGAIN + 0.2)

    def _move_clock(self, span: str) -> None:
        number = int("".join(filter(str.isdigit, span)))
        # Working days among holidays take longer than days.
        by = timedelta(days=number + 1 if span.startswith("P") else 3 * number + 6)
        with self.engine.command(SYSTEM) as uow:
            move_clock(uow, by)
            uow.commit()

    def _rests(self) -> bool:
        """No job of the case is due now."""
        due = (job.c.instance_id == self.case, job.c.state == "due")
        now = self.engine.clock.now()
        with self.engine.database.read() as connection:
            statement = select(job.c.id).where(*due, job.c.due_at <= now)
            return connection.execute(statement).first() is None

    def _state(self) -> str:
        with self.engine.database.read() as connection:
            statement = select(instance.c.state).where(instance.c.id == self.case)
            return str(connection.execute(statement).scalar_one())

    def _task(self, element: str) -> str | None:
        statement = select(task.c.id).where(
            task.c.instance_id == self.case, task.c.element_id == element, task.c.state == "open"
        )
        with self.engine.database.read() as connection:
            found: str | None = connection.execute(statement).scalars().first()
        return found

    def _today(self) -> str:
        now = self.engine.clock.now().astimezone(self.engine.zone)
        return now.date().isoformat()

    def _until(self, reached: Any, what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not reached():
            if time.monotonic() > end:
                raise NoProgress(f"case {self.case} does not come to {what}")
            if not (self.does_jobs and run_due(self.engine, f"bench-{self.copy}", limit=1)):
                time.sleep(0.05)


def _of(copy: int, name: str) -> str:
    return f"{name}_{copy}"
