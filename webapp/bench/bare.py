"""The yardstick: Flask and SQLAlchemy Core doing nothing but the SQL no completion can do without.

Look up the session, insert the idempotency key, read the instance, update it with a version check,
close a task, open the next, write one audit row, commit. Same server, same kind of database, same
durability; no rules, no forms, no process.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    create_engine,
    insert,
    select,
    update,
)
from waitress.server import create_server

from engine.ids import new_id
from engine.store.database import Database
from webapp.server import THREADS

metadata = MetaData()
session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("expires_at", String(32), nullable=False),
)
idempotency = Table(
    "idempotency",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("response", Text),
)
instance = Table(
    "instance",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("snapshot", LargeBinary, nullable=False),
    Column("document", Text, nullable=False),
)
task = Table(
    "task",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("instance_id", String(64), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("completed_by", String(64)),
    Column("outcome", String(64)),
)
audit = Table(
    "audit",
    metadata,
    Column("stream", String(80), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False),
    Column("payload", Text, nullable=False),
)

_SESSION = select(session.c.person_id).where(
    session.c.token_hash == bindparam("token"), session.c.expires_at > bindparam("now")
)
_INSTANCE = select(instance).where(instance.c.id == bindparam("instance")).with_for_update()
_MOVE = (
    update(instance)
    .where(instance.c.id == bindparam("which"), instance.c.version == bindparam("seen"))
    .values(version=bindparam("next"), snapshot=bindparam("state"), document=bindparam("content"))
)
_CLOSE = (
    update(task)
    .where(task.c.id == bindparam("which"), task.c.state == "open")
    .values(state="completed", completed_by=bindparam("who"), outcome=bindparam("said"))
)


def open_database(url: str) -> Database:
    """The same door to SQLite; to PostgreSQL a plain pool."""
    database = Database(url)
    if not database.is_sqlite:
        database.engine.dispose()
        database.engine = create_engine(database.url, pool_size=20, max_overflow=20)
    return database


def build(database: Database) -> Flask:
    """The application: one route."""
    app = Flask(__name__)

    @app.post("/cases/<instance_id>/tasks/<task_id>/complete")
    def complete(instance_id: str, task_id: str) -> Response:
        answer = _complete(database, instance_id, task_id, json.loads(request.get_data()))
        return Response(answer, mimetype="application/json")

    return app


def _complete(database: Database, instance_id: str, task_id: str, body: dict[str, Any]) -> str:
    token = request.headers["Authorization"].removeprefix("Bearer ")
    key = request.headers["Idempotency-Key"]
    now = datetime.now(UTC).isoformat()
    following = new_id()
    answer = json.dumps({"task": {"id": task_id}, "next": [{"task": following}]})
    with database.write() as connection:
        who = connection.execute(_SESSION, {"token": _hash(token), "now": now}).scalar_one()
        taken = {"id": _hash(f"{who}{key}"), "request": _hash(str(body)), "response": answer}
        connection.execute(insert(idempotency), taken)
        row = connection.execute(_INSTANCE, {"instance": instance_id}).one()
        document = {**json.loads(row.document), "last": body["form"]}
        moved = {"which": instance_id, "seen": row.version, "next": row.version + 1}
        moved |= {"state": row.snapshot, "content": json.dumps(document, ensure_ascii=False)}
        if connection.execute(_MOVE, moved).rowcount != 1:
            raise RuntimeError("somebody else was faster")
        closed = {"which": task_id, "who": who, "said": body["outcome"]}
        connection.execute(_CLOSE, closed)
        connection.execute(
            insert(task), {"id": following, "instance_id": instance_id, "state": "open"}
        )
        payload = json.dumps({"at": now, "who": who, "form": body["form"]}, ensure_ascii=False)
        link = hashlib.sha256(payload.encode()).digest()
        entry = {"stream": instance_id, "seq": row.version + 1, "hash": link, "payload": payload}
        connection.execute(insert(audit), entry)
        connection.commit()
    return answer


def prepare(url: str, people: list[str], cases: int) -> tuple[dict[str, str], dict[str, str]]:
    """Tables, sessions and cases of a size as theirs; return tokens by person and task by case."""
    database = open_database(url)
    tokens = {who: f"token-of-{who}" for who in people}
    tasks = {f"case-{number}": new_id() for number in range(cases)}
    document = json.dumps({f"field_{number}": "申请内容 " * 4 for number in range(10)})
    with database.write() as connection:
        metadata.create_all(connection)
        rows: Any = [
            {"token_hash": _hash(token), "person_id": who, "expires_at": "9999"}
            for who, token in tokens.items()
        ]
        connection.execute(insert(session), rows)
        rows = [
            {"id": case, "version": 0, "snapshot": b"x" * 200, "document": document}
            for case in tasks
        ]
        connection.execute(insert(instance), rows)
        rows = [{"id": tasks[case], "instance_id": case, "state": "open"} for case in tasks]
        connection.execute(insert(task), rows)
        connection.commit()
    database.close()
    return tokens, tasks


def serve(ready: Callable[[str], None]) -> None:
    """Serve the bare endpoint as `gongban serve` serves its own."""
    database = open_database(os.environ["GONGBAN_DATABASE_URL"])
    port = int(os.environ["GONGBAN_PORT"])
    server = create_server(
        build(database), host="127.0.0.1", port=port, threads=THREADS, ident=None
    )
    ready(f"http://127.0.0.1:{port}")
    server.run()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
