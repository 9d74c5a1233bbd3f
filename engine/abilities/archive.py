"""The end of a case's paperwork: what was archived, and when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from engine.abilities.base import Answer, Call, Done
from engine.store.case import Case
from engine.store.tables import document_file
from engine.store.unit_of_work import UnitOfWork


class Archive:
    """`case.archive`: the day and the number of the case's valid documents."""

    sets_aside = False

    def run(self, call: Call) -> Answer:
        """Count what the case holds; the retention period is the package's."""
        count = call.uow.execute(
            select(func.count()).where(
                document_file.c.instance_id == call.case.id, document_file.c.state == "valid"
            )
        ).scalar_one()
        return Done({"on": call.uow.today.isoformat(), "documents": count})

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """Nothing was done outside the case."""
