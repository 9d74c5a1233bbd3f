"""Triggers that keep the record as it was written, for both databases.

Refused: UPDATE, DELETE, TRUNCATE and REPLACE of events and checkpoints. A payload may be emptied by a
lawful erasure, never rewritten.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event

from engine.store.metadata import metadata

#: Table → the condition that says "this row is already there" (SQLite's REPLACE).
_KEPT = {
    "event": "stream = NEW.stream AND seq = NEW.seq",
    "checkpoint": "number = NEW.number",
    "event_payload": "stream = NEW.stream AND seq = NEW.seq",
}
_ERASED = (
    "NEW.payload IS NULL AND NEW.salt IS NULL AND NEW.stream = OLD.stream AND NEW.seq = OLD.seq"
)


def _sqlite() -> list[str]:
    statements = []
    for table, same in _KEPT.items():
        changed = f"WHEN NOT ({_ERASED})" if table == "event_payload" else ""
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} rows are kept as they were written'); END"
        statements += [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {changed} {refuse}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}",
        ]
    return statements


def _postgresql() -> list[str]:
    statements = [
        "CREATE FUNCTION gongban_keep() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || "
        "' rows are kept as they were written'; END $$",
        "CREATE FUNCTION gongban_only_erase() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {_ERASED} THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION 'event_payload rows are kept as they were written'; END $$",
    ]
    for table in _KEPT:
        update = "gongban_only_erase" if table == "event_payload" else "gongban_keep"
        statements += [
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {update}()",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION gongban_keep()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "EXECUTE FUNCTION gongban_keep()",
        ]
    return statements


def create_triggers(connection: Connection) -> None:
    """Create the triggers; called once per database."""
    for statement in _sqlite() if connection.dialect.name == "sqlite" else _postgresql():
        connection.exec_driver_sql(statement)


@event.listens_for(metadata, "after_create")
def _after_create(_target: Any, connection: Connection, tables: Any = None, **_: Any) -> None:
    if tables is None or any(table.name == "event" for table in tables):
        create_triggers(connection)
