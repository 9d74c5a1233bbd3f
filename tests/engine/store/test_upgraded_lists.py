"""Work that was open, and cases that were there, before lists had orders are in them after the upgrade."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from engine.store.database import Database
from engine.store.tables import NO_AMOUNT, NO_DUE, case_gram, instance, task_candidate
from engine.store.upgrade import ENGINE, History, upgrade
from tests.engine.store.test_upgraded_sign_offs import put

DUE = datetime(2026, 5, 4, 3, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database as the release before made it."""
    server = None
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    else:
        server = request.getfixturevalue("postgresql_server")
        database = Database(server.create("lists_before"))
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("r0001_first_tables.py", "r0002_verbs.py"):
        shutil.copy(ENGINE.folder / "versions" / name, folder / "versions")
    upgrade(database, History(ENGINE.name, folder, ENGINE.metadata, ENGINE.version_table))
    yield database
    database.close()
    if server is not None:
        server.drop("lists_before")


def test_what_was_there_is_sorted_and_found(before: Database) -> None:
    with before.write() as connection:
        put(connection, "definition", id="d", key="d")
        for id, amount in (("i", 1200), ("j", None)):
            facts = {"starter_id": "ann", "number": "DB-2026-1", "amount_fen": amount}
            put(
                connection, "instance", id=id, definition_id="d", key="aid", title="Ａ帮扶", **facts
            )
        applicant = '{"applicant": {"name": "陈静", "unit_name": "农林厅"}}'
        put(connection, "case_document", instance_id="i", content="{}", versions="{}")
        put(connection, "task", id="t", instance_id="i", state="open", due_at=DUE)
        put(connection, "task", id="u", instance_id="j", state="open", claimed_by="bob")
        for id, keys in (("t", ["clerk@a"]), ("u", ["clerk@b", "clerk@a"])):
            for key in keys:
                put(connection, "task_candidate", task_id=id, key=key, open=id == "t")
        # `put` writes JSON columns as text: this one has to be read again.
        connection.execute(text("UPDATE case_document SET content = :c"), {"c": applicant})
        connection.commit()
    assert upgrade(before) == ["0003"]
    with before.read() as connection:
        rows = {(row.task_id, row.key): row for row in connection.execute(select(task_candidate))}
        words = dict(map(tuple, connection.execute(select(instance.c.id, instance.c.words))))
        grams = set(connection.execute(select(case_gram.c.gram)).scalars())
    one = rows["t", "clerk@a"]
    assert (one.lies_with, one.instance_id, one.process) == ("clerk@a", "i", "aid")
    assert (one.starter_id, one.due_at, one.amount_fen) == ("ann", DUE, 1200)
    assert rows["u", "clerk@a"].lies_with == "person:bob"
    assert rows["u", "clerk@b"].lies_with == ""
    assert (rows["u", "clerk@a"].due_at, rows["u", "clerk@a"].amount_fen) == (NO_DUE, NO_AMOUNT)
    assert words["i"] == "陈静\n农林厅\ndb-2026-1\na帮扶"
    assert {"陈静", "农林", "林厅", "帮扶", "a帮", "db", "-1"} <= grams
