"""What a scenario expects of a case, now and at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from engine.engine import Engine
from engine.sealing import is_sealed
from engine.store.document import Document
from engine.store.tables import (
    case_document,
    document_file,
    fund_account,
    instance,
    notice,
    notification,
    task,
)
from engine.testing.refusals import ScenarioFailed


def check_state(engine: Engine, instance_id: str, expected: Mapping[str, Any]) -> None:
    """Compare open tasks, fields of the document and what people were told with what the step expects."""
    _require(instance_id)
    with engine.database.read() as connection:
        if "open" in expected:
            _compare("open", sorted(_open(connection, instance_id)), sorted(expected["open"]))
        if "state" in expected:
            state = connection.execute(
                select(instance.c.state).where(instance.c.id == instance_id)
            ).scalar_one()
            _compare("state", state, expected["state"])
        if "told" in expected:
            _compare("told", _told(connection, instance_id), expected["told"])
        _check_document(engine, connection, instance_id, expected.get("document") or {})


def check_end(engine: Engine, instance_id: str, expected: Mapping[str, Any]) -> None:
    """Compare the end of the case, its funds, letters and notices."""
    _require(instance_id)
    with engine.database.read() as connection:
        row = connection.execute(
            select(instance.c.state, instance.c.end_event).where(instance.c.id == instance_id)
        ).one()
        if "state" in expected and row.state != expected["state"]:
            open_now = _open(connection, instance_id)
            raise ScenarioFailed(
                "case_state", found=row.state, wanted=expected["state"], open=open_now
            )
        if "at" in expected:
            _compare("end_event", row.end_event, expected["at"])
        _check_document(engine, connection, instance_id, expected.get("document") or {})
        for fund, accounts in (expected.get("funds") or {}).items():
            found = {
                account.name: account.balance_fen
                for account in connection.execute(
                    select(fund_account).where(fund_account.c.fund_id == fund)
                )
            }
            for name, amount in accounts.items():
                _compare("fund", found.get(name, 0), amount, fund=fund, account=name)
        if "letters" in expected:
            names = connection.execute(
                select(document_file.c.name)
                .where(document_file.c.instance_id == instance_id, document_file.c.kind == "letter")
                .order_by(document_file.c.created_at)
            ).scalars()
            _compare_letters(list(names), expected["letters"])
        if "notices" in expected:
            states = connection.execute(
                select(notice.c.state)
                .where(notice.c.instance_id == instance_id)
                .order_by(notice.c.id)
            ).scalars()
            _compare("notices", list(states), expected["notices"])


def _require(instance_id: str) -> None:
    if not instance_id:
        raise ScenarioFailed("no_case")


def _told(connection: Connection, instance_id: str) -> dict[str, list[str]]:
    """What a ladder has told people about the case."""
    rows = connection.execute(
        select(notification.c.person_id, notification.c.kind)
        .where(
            notification.c.instance_id == instance_id,
            notification.c.kind.in_(("reminder", "escalated", "handed_over")),
        )
        .order_by(notification.c.at, notification.c.id)
    )
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(row.person_id, []).append(row.kind)
    return told


def _open(connection: Connection, instance_id: str) -> list[str]:
    return list(
        connection.execute(
            select(task.c.element_id).where(
                task.c.instance_id == instance_id, task.c.state == "open"
            )
        ).scalars()
    )


def _check_document(
    engine: Engine, connection: Connection, instance_id: str, expected: Mapping[str, Any]
) -> None:
    if not expected:
        return
    content = connection.execute(
        select(case_document.c.content).where(case_document.c.instance_id == instance_id)
    ).scalar_one()
    opened = Document(instance_id, content).context(engine.keyring)
    for path, wanted in expected.items():
        found: Any = opened
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if is_sealed(found):
            raise ScenarioFailed("sealed", path=path)
        same = str(found) if isinstance(wanted, str) else found
        _compare("field", same, wanted, path=path)


def _compare_letters(names: list[str], expected: list[str]) -> None:
    missing = [letter for letter in expected if not any(letter in name for name in names)]
    if missing or len(names) != len(expected):
        raise ScenarioFailed("letters", found=names, wanted=expected)


def _compare(kind: str, found: Any, wanted: Any, **parts: str) -> None:
    if found != wanted:
        raise ScenarioFailed(kind, found=repr(found), wanted=repr(wanted), **parts)
