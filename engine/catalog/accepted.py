"""Why the warnings of a version were accepted, kept with it and offered to the next one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from engine.store.tables import accepted_warning, definition
from schemas.reason import Reason, ReasonSchema

if TYPE_CHECKING:
    from engine.store.unit_of_work import UnitOfWork


def store_reasons(uow: UnitOfWork, definition_id: str, reasons: Iterable[Reason]) -> None:
    """Keep with a version why its warnings were accepted; the caller records it."""
    latest = {(one.rule, one.file, one.element): one for one in reasons}
    table = accepted_warning
    for rule, file, element in latest:
        uow.execute(
            delete(table).where(
                table.c.definition_id == definition_id,
                table.c.rule == rule,
                table.c.file == file,
                table.c.element == element,
            )
        )
    if latest:
        facts = {"definition_id": definition_id, "by": uow.actor.id, "at": uow.now}
        uow.execute(
            insert(table), [{**facts, **ReasonSchema().dump(one)} for one in latest.values()]
        )


def reasons_of(connection: Connection, definition_id: str) -> list[Reason]:
    """Why the warnings of a version were accepted."""
    table = accepted_warning
    rows = connection.execute(
        select(table.c.rule, table.c.element, table.c.file, table.c.why)
        .where(table.c.definition_id == definition_id)
        .order_by(table.c.rule, table.c.file, table.c.element)
    )
    return [Reason(*row) for row in rows]


def reasons_before(connection: Connection, key: str) -> list[Reason]:
    """What was said of any version of a process, the latest word of each: offered with the next one."""
    table = accepted_warning
    rows = connection.execute(
        select(table.c.rule, table.c.element, table.c.file, table.c.why)
        .join(definition, definition.c.id == table.c.definition_id)
        .where(definition.c.key == key)
        .order_by(table.c.at, definition.c.version)
    )
    latest = {(row.rule, row.file, row.element): Reason(*row) for row in rows}
    return list(latest.values())
