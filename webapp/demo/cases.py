"""Brings a few cases under way, and some to their end, through the same commands people use."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.clock import FakeClock
from engine.commands.complete import complete
from engine.commands.start import start
from engine.commands.uploads import upload
from engine.engine import Engine
from engine.errors import EngineError, NotFound
from engine.feel import to_json
from engine.ids import new_id
from engine.jobs.leases import next_due
from engine.jobs.run import run_due
from engine.scope import Scope
from engine.store.document import Document
from engine.store.tables import case_document, payment_order, signer, task, task_candidate
from engine.store.unit_of_work import UnitOfWork
from engine.testing.outside import answer_payments

if TYPE_CHECKING:
    from webapp.demo.organisation import Cast

_DATA = Path(__file__).parent / "data" / "cases.toml"
#: How long a person lets a task lie.
_PAUSE = timedelta(hours=5)
#: The `until` of a case that is played to its end.
END = "end"
#: A case that does not come to its end in so many steps never will.
_MOST_STEPS = 90


def play_cases(
    engine: Engine, cast: Cast, *, report: Callable[[str], None] = lambda _: None
) -> int:
    """Start the cases of the data file; return how many. One that fails is reported and left."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    now, clock = engine.clock.now(), engine.clock
    count = 0
    for one in data["cases"]:
        engine.clock = FakeClock(now - timedelta(days=one["days_ago"]))
        try:
            _Play(engine, cast, data, one, now).run()
            count += 1
        except EngineError as error:
            report(f"A case of {one['unit']} does not reach {one['until']}: {error}")
        finally:
            engine.clock = clock
    return count


@dataclass
class _Play:
    engine: Engine
    cast: Cast
    data: Mapping[str, Any]
    one: Mapping[str, Any]
    now: datetime

    def run(self) -> None:
        applicant = self.cast.by_unit[self.one["unit"]][-self.one["member"]]
        self.applicant = applicant
        with self.engine.command(self.engine.directory.actor(applicant)) as uow:
            definition = self.engine.catalog.active(uow.connection, self.data["process"])
            form = {**self.data["form"], **self.one.get("form", {})}
            started = start(uow, definition, self._filled(uow, form, {}))
            uow.commit()
        self.case = started.case.id
        for _ in range(_MOST_STEPS):
            self._run_jobs()
            waiting = self._open_task()
            if waiting is None:
                if self.one["until"] != END or not self._let_time_pass():
                    return
            elif waiting.element_id == self.one["until"]:
                return
            else:
                self._act(waiting.id, waiting.element_id)

    def _run_jobs(self) -> None:
        while run_due(self.engine, "init"):
            pass
        clock = self.engine.clock
        assert isinstance(clock, FakeClock)
        # Never past the present: what is done here was done before the demonstration began.
        clock.set(min(clock.now() + _PAUSE, self.now))

    def _let_time_pass(self) -> bool:
        """The bank answers, or what is due next comes; False when nothing will happen any more."""
        ready = select(payment_order.c.id).where(payment_order.c.state == "ready").limit(1)
        with self.engine.database.read() as connection:
            to_be_paid = connection.execute(ready).one_or_none() is not None
        if to_be_paid:
            answer_payments(self.engine, "paid", "")
            return True
        due, clock = next_due(self.engine), self.engine.clock
        if due is None or due > self.now:
            return False
        assert isinstance(clock, FakeClock)
        clock.set(max(due, clock.now()))
        return True

    def _open_task(self) -> Any:
        """The task to be done next: the one to stop at, if it is there."""
        statement = (
            select(task.c.id, task.c.element_id)
            .where(task.c.instance_id == self.case, task.c.state == "open")
            .order_by(task.c.element_id != self.one["until"], task.c.created_at, task.c.id)
            .limit(1)
        )
        with self.engine.database.read() as connection:
            return connection.execute(statement).one_or_none()

    def _act(self, task_id: str, element: str) -> None:
        does = {**self.data["tasks"], **self.one.get("tasks", {})}.get(element)
        if does is None:
            raise NotFound(f"The demonstration does not say what happens at {element}.")
        actor = self.engine.directory.actor(self._who(task_id))
        with self.engine.command(actor) as uow:
            complete(
                uow,
                task_id,
                outcome=does["outcome"],
                opinion=does.get("opinion", ""),
                form=self._filled(uow, does.get("form", {}), self._document(uow)),
            )
            uow.commit()

    def _who(self, task_id: str) -> str:
        """Somebody who may: a signer who has not signed yet, or a holder of the task's roles."""
        with self.engine.database.read() as connection:
            signers = connection.execute(
                select(signer.c.person_id)
                .where(signer.c.task_id == task_id, signer.c.state == "open")
                .order_by(signer.c.position)
            ).scalars()
            people: list[str] = list(signers)
            keys = connection.execute(
                select(task_candidate.c.key).where(task_candidate.c.task_id == task_id)
            ).scalars()
            for key in keys:
                role, _, place = key.partition("@")
                if key.startswith("person:"):
                    people.append(key.removeprefix("person:"))
                else:
                    people += self.engine.directory.holders(role, place)
        for person in people:
            if person != self.applicant or len(people) == 1:
                return person
        raise NotFound("Nobody may do this task.", task=task_id)

    def _document(self, uow: UnitOfWork) -> dict[str, Any]:
        content = uow.execute(
            select(case_document.c.content).where(case_document.c.instance_id == self.case)
        ).scalar_one()
        return Document(self.case, content).context(self.engine.keyring)

    def _filled(
        self, uow: UnitOfWork, form: Mapping[str, Any], document: Mapping[str, Any]
    ) -> dict[str, Any]:
        drawn = self.cast.drawn[self.applicant]
        facts = {
            **document,
            "applicant": self.engine.directory.facts(self.applicant),
            "today": uow.today,
            "id_card": drawn.identity,
            "bank_account": drawn.account,
            "mobile": drawn.facts["mobile"],
        }
        scope = Scope(facts, now=uow.now, zone=self.engine.zone, calendar=self.engine.working_days)
        return {name: self._value(uow, scope, value) for name, value in form.items()}

    def _value(self, uow: UnitOfWork, scope: Scope, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(uow, scope, each) for each in value]
        if isinstance(value, dict):
            return {name: self._value(uow, scope, each) for name, each in value.items()}
        if not isinstance(value, str):
            return value
        if value.startswith("="):
            return to_json(scope.require(value[1:], "demo"))
        if value.startswith("file:"):
            name = value.removeprefix("file:")
            return upload(uow, name, sample_pdf(new_id())).id
        if value.startswith("holders:"):
            return self._holders(value.removeprefix("holders:"))
        return value

    def _holders(self, text: str) -> list[str]:
        key, _, count = text.rpartition(":")
        role, _, place = key.partition("@")
        where = self.engine.directory.places(self.applicant)[place]
        people = self.engine.directory.holders(role, where)
        return [person for person in people if person != self.applicant][: int(count)]


def sample_pdf(mark: str) -> bytes:
    """The smallest PDF that any reader opens: one page, and a line that says it is a sample."""
    text = f"Sample document of a demonstration: {mark}"
    drawn = f"BT /F1 14 Tf 72 720 Td ({text}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1,
        table,
    )
    return bytes(out)
