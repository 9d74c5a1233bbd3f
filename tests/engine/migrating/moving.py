"""A case of a drawn process, a second version of it, and an administrator who moves the one to the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.definition import Definition
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.errors import CannotMigrate
from engine.migrating.batch import begin_migration, migrate, undo_migration
from engine.migrating.looking import preview
from engine.migrating.reasons import Reason
from engine.store.tables import delegation, draft, instance, job, signer, task, task_candidate
from engine.store.tables.jobs import MIGRATE
from tests.engine.commands.casework import Office, office
from tests.engine.verbs.checks import check_chain, check_replay


def deploy_version(at: Office, package: Package) -> Definition:
    """Another version of the office's process; the office's cases stay where they are."""
    with at.engine.command(SYSTEM) as uow:
        made, _ = deploy(uow, package)
        uow.commit()
    return at.engine.catalog.get(made)


class Moving:
    """The office and its two versions."""

    def __init__(self, at: Office, new: Package) -> None:
        self.at = at
        self.old = at.definition
        self.new = deploy_version(at, new)

    def look(self, chosen: dict[str, str | None] | None = None) -> tuple[list[str], list[str]]:
        """Reasons and notes of the case's preview."""
        with self.at.engine.database.read() as connection:
            keeper = self.at.engine.directory.actor("keeper")
            found = preview(
                self.at.engine, connection, keeper, self.old, self.new, chosen or {}, [self.at.case]
            )
        (line,) = found.lines
        return [_said(one) for one in line.reasons], [_said(one) for one in line.notes]

    def move(self, chosen: dict[str, str | None] | None = None) -> str:
        """Move the case, as the preview says it can be; the record tells it as the tables do."""
        assert self.look(chosen)[0] == []
        batch: str = self.at.do(
            "keeper",
            lambda uow: migrate(uow, self.at.case, self.new, chosen=chosen or {}, reason="better"),
        )
        self.at.definition = self.new
        self.check()
        return batch

    def refused(self, chosen: dict[str, str | None] | None = None) -> list[str]:
        """Why it cannot move: the preview's reasons, which the command gives, too, changing nothing."""
        before = state_of(self.at)
        reasons, _ = self.look(chosen)
        with pytest.raises(CannotMigrate) as refused:
            self.at.do(
                "keeper",
                lambda uow: migrate(uow, self.at.case, self.new, chosen=chosen or {}, reason="x"),
            )
        told: Any = refused.value.parts["reasons"]
        assert [_said(one) for one in told] == reasons
        assert state_of(self.at) == before
        return reasons

    def begin(self, cases: list[str] | None = None) -> str:
        """Begin a batch."""
        batch: str = self.at.do(
            "keeper",
            lambda uow: begin_migration(
                uow, self.old, self.new, chosen={}, reason="better", cases=cases
            ),
        )
        return batch

    def undo(self, batch: str) -> int:
        """Put a batch back."""
        count: int = self.at.do("keeper", lambda uow: undo_migration(uow, batch))
        self.at.work()
        self.at.definition = self.old
        return count

    def check(self) -> None:
        """The record verifies and tells the case as the tables do."""
        check_chain(self.at.engine, self.at.case)
        check_replay(self.at.engine, self.at)


def _said(one: Reason) -> str:
    return f"{one.why} {one.element}".strip()


def state_of(at: Office) -> dict[str, Any]:
    """Everything of a case that moves it: its tokens as they are stored, its rows, byte by byte."""
    of_task = select(task.c.id).where(task.c.instance_id == at.case)
    where = {
        task: task.c.instance_id == at.case,
        signer: signer.c.task_id.in_(of_task),
        task_candidate: task_candidate.c.task_id.in_(of_task),
        delegation: delegation.c.task_id.in_(of_task),
        job: (job.c.instance_id == at.case) & (job.c.kind != MIGRATE),
    }
    found: dict[str, Any] = {
        table.name: sorted(map(repr, at.rows(select(table).where(condition))))
        for table, condition in where.items()
    }
    found["draft"] = sorted(map(repr, at.rows(select(draft))))
    row = at.rows(select(instance).where(instance.c.id == at.case))[0]
    left_out = ("version", "audit_length", "audit_hash")
    found["instance"] = {
        name: value for name, value in row._mapping.items() if name not in left_out
    }
    return found


@contextmanager
def moving(old: Package, new: Package, url: str | None = None) -> Iterator[Moving]:
    """A fresh office with both versions."""
    with office(old, url) as at:
        yield Moving(at, new)
