"""After a soak: what was acknowledged is in the database, once, and the audit trail verifies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from engine.audit import records
from engine.engine import Engine
from engine.store.case import stream_of
from engine.store.tables import event, instance, task


@dataclass
class Acknowledged:
    """What servers have answered with success."""

    #: Idempotency-Key → case.
    starts: dict[str, str] = field(default_factory=dict)
    #: Task → its case and who completed it.
    completions: dict[str, tuple[str, str]] = field(default_factory=dict)


def check(engine: Engine, acknowledged: Acknowledged) -> list[str]:
    """What is wrong, one sentence each."""
    with engine.database.read() as connection:
        found = [
            *_cases(connection, acknowledged),
            *_tasks(connection, acknowledged),
            *_events(connection, acknowledged),
        ]
    report = records.verify(engine)
    found += [f"audit trail: {finding}" for finding in report.findings]
    return found


def _cases(connection: Connection, acknowledged: Acknowledged) -> list[str]:
    there = set(connection.execute(select(instance.c.id)).scalars())
    cases = Counter(acknowledged.starts.values())
    found = [
        f"case {case} was acknowledged and is not there" for case in cases if case not in there
    ]
    found += [f"case {case} belongs to {n} keys" for case, n in cases.items() if n > 1]
    # Each lane's last request may have been carried out without its answer arriving.
    found += [f"case {case} was started twice" for case in there - set(cases)]
    return found


def _tasks(connection: Connection, acknowledged: Acknowledged) -> list[str]:
    columns = (task.c.id, task.c.state, task.c.completed_by)
    rows = {row.id: row for row in connection.execute(select(*columns))}
    found = []
    for one, (_, who) in acknowledged.completions.items():
        row = rows.get(one)
        if row is None or row.state != "completed" or row.completed_by != who:
            found.append(f"task {one} was acknowledged to {who} and is not completed so")
    per_case = connection.execute(
        select(task.c.instance_id, func.count())
        .group_by(task.c.instance_id)
        .having(func.count() > 2)
    )
    found += [f"case {case} has {count} tasks" for case, count in per_case]
    return found


def _events(connection: Connection, acknowledged: Acknowledged) -> list[str]:
    done = Counter(
        connection.execute(select(event.c.stream).where(event.c.type == "task.completed")).scalars()
    )
    wanted = Counter(stream_of(case) for case, _ in acknowledged.completions.values())
    return [
        f"{stream}: {count} completions acknowledged, {done[stream]} on the record"
        for stream, count in wanted.items()
        if done[stream] != count
    ]
