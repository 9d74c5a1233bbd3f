"""The audit trail over a live database: sealed, verified, exported, and spoiled by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from engine.actors import SYSTEM
from engine.audit import verify_export
from engine.audit.outside import CheckpointFile, signer_at
from engine.audit.records import checkpoint, erase_payload, export, resend, verify
from engine.audit.verify import Report
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.complete import complete
from engine.commands.start import start
from engine.engine import Engine
from engine.errors import AlreadyDone, NotFound
from engine.store.case import stream_of
from engine.store.tables import checkpoint as checkpoint_table
from engine.store.tables import event, event_payload, instance, task
from engine.testing import CastDirectory, temporary_engine
from engine.testing.house import ZONE

PROCESSES = Path(__file__).resolve().parents[3] / "processes"
MORNING = datetime(2026, 3, 2, 9, tzinfo=ZONE)
FORM = {
    "item": "羽毛球拍",
    "quantity": 8,
    "purpose": "春季职工羽毛球赛",
    "needed_on": "2026-03-20",
    "return_on": "2026-03-23",
    "place": "厅机关活动室",
    "value_fen": 160000,
    "contact": "13900000017",
}


@pytest.fixture
def engine(database_url) -> Iterator[Engine]:
    directory = CastDirectory.load(PROCESSES / "_shared" / "cast.yaml")
    with temporary_engine(directory, MORNING, url=database_url) as made:
        with made.command(SYSTEM) as uow:
            deploy(uow, Package.from_folder(PROCESSES / "approve3"))
            uow.commit()
        yield made


@pytest.fixture
def signer(tmp_path):
    return signer_at(tmp_path / "home" / "audit-key")


def act(engine: Engine, person: str, verb, *args: Any, **facts: Any) -> Any:
    with engine.command(engine.directory.actor(person)) as uow:
        acted = verb(uow, *args, **facts)
        uow.commit()
    return acted


def begin(engine: Engine, person: str = "chen_jing") -> str:
    """A case of this person; returns its id."""
    with engine.database.read() as connection:
        definition = engine.catalog.active(connection, "approve3")
    return act(engine, person, start, definition, FORM).case.id


def finish(engine: Engine, case: str) -> None:
    for person, form in (("clerk_wang", {"stock_note": "库存十二副"}), ("chair_han", {})):
        with engine.database.read() as connection:
            query = select(task.c.id).where(task.c.instance_id == case, task.c.state == "open")
            opened = connection.execute(query).scalar_one()
        act(engine, person, complete, opened, outcome="agree", form=form)


def kinds(report: Report) -> set[str]:
    return {found.kind for found in report.findings}


def execute(engine: Engine, statement: Any, parameters: Any = None) -> Any:
    with engine.database.write() as connection:
        result = connection.execute(
            text(statement) if isinstance(statement, str) else statement, parameters
        )
        connection.commit()
    return result


@contextmanager
def without_triggers(engine: Engine) -> Iterator[Connection]:
    """What somebody who owns the database can do; commits at the end."""
    if engine.database.is_sqlite:
        # A connection of one's own: nothing of ours is set on it, foreign keys included.
        other = create_engine(engine.database.url)
        with other.begin() as connection:
            found = connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
            for name in list(found.scalars()):
                connection.execute(text(f"DROP TRIGGER {name}"))
            yield connection
        other.dispose()
    else:
        with engine.database.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection


def tamper(engine: Engine, statement: str) -> None:
    with without_triggers(engine) as connection:
        connection.exec_driver_sql(statement)


# --- sealing --------------------------------------------------------------------------------------


def test_a_trail_that_nobody_touched_is_in_order_and_sealed(engine, signer):
    first, second = begin(engine), begin(engine, "zhao_min")
    finish(engine, first)
    made = checkpoint(engine, signer)
    finish(engine, second)
    report = verify(engine, held=[made], trusted_keys=[made.key])
    assert report.findings == []
    assert (report.streams, report.checkpoints) == (3, 1)
    assert report.held_checkpoint == 1
    assert report.unsealed_events > 0


def test_a_checkpoint_keeps_only_the_heads_that_moved_but_seals_all(engine, signer):
    begin(engine)
    assert checkpoint(engine, signer).count == 2
    second = begin(engine, "zhao_min")
    assert checkpoint(engine, signer).count == 3
    with engine.database.read() as connection:
        query = select(checkpoint_table.c.heads).order_by(checkpoint_table.c.number)
        stored = list(connection.execute(query).scalars())
    assert [len(heads) for heads in stored] == [2, 1]
    assert stored[1][0][0] == stream_of(second)


def test_no_checkpoint_is_made_when_nothing_has_moved(engine, signer):
    begin(engine)
    assert checkpoint(engine, signer) is not None
    engine.clock.advance(timedelta(hours=1))
    assert checkpoint(engine, signer) is None
    assert verify(engine).ok


def test_an_empty_trail_needs_no_checkpoint(signer):
    directory = CastDirectory.load(PROCESSES / "_shared" / "cast.yaml")
    with temporary_engine(directory, MORNING) as empty:
        assert checkpoint(empty, signer) is None
        assert verify(empty).ok


def test_the_signing_key_is_made_once_and_then_read(tmp_path):
    first, second = signer_at(tmp_path / "audit-key"), signer_at(tmp_path / "audit-key")
    assert first.public_key == second.public_key
    assert (tmp_path / "audit-key").stat().st_mode & 0o777 == 0o600


def test_a_checkpoint_leaves_the_house_once_it_is_committed(engine, signer, tmp_path):
    sink = CheckpointFile(tmp_path / "outside")
    begin(engine)
    checkpoint(engine, signer, sink)
    begin(engine, "zhao_min")
    checkpoint(engine, signer, sink)
    lines = [json.loads(line) for line in sink.path.read_text().splitlines()]
    assert [line["number"] for line in lines] == [1, 2]
    assert "public" not in lines[0]
    assert (sink.last, resend(engine, sink, after=1)) == (2, 1)
    assert len(sink.path.read_text().splitlines()) == 2


def test_a_checkpoint_whose_sink_failed_stands_and_is_sent_again(engine, signer, tmp_path):
    def broken(_made):
        raise OSError("the outside is away")

    begin(engine)
    with pytest.raises(OSError, match="away"):
        checkpoint(engine, signer, broken)
    sink = CheckpointFile(tmp_path)
    # Half a line, from a machine that went down while writing it.
    sink.path.write_text('{"algorithm":"Ed2')
    assert resend(engine, sink, after=sink.last) == 1
    assert sink.last == 1


def test_two_checkpoints_at_once_get_two_numbers_or_one_of_them_is_not_needed(engine, signer):
    begin(engine)
    made = []
    threads = [
        threading.Thread(target=lambda: made.append(checkpoint(engine, signer))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.number for one in made if one) == [1]
    assert len(made) == 4


def test_commands_that_go_on_while_checkpoints_are_made_lose_no_stream(engine, signer):
    done = threading.Event()
    failures: list[BaseException] = []

    def work(person: str) -> None:
        try:
            for _ in range(3):
                finish(engine, begin(engine, person))
        except BaseException as error:  # reported below: a thread's exception is lost otherwise
            failures.append(error)

    def seal() -> None:
        while not done.is_set():
            checkpoint(engine, signer)

    workers = [threading.Thread(target=work, args=[one]) for one in ("chen_jing", "zhao_min")]
    sealing = threading.Thread(target=seal)
    for thread in (sealing, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    done.set()
    sealing.join()
    checkpoint(engine, signer)
    assert failures == []
    report = verify(engine)
    assert report.findings == []
    assert report.streams == 7
    assert report.unsealed_events == 0


def test_a_slow_transaction_is_sealed_by_the_checkpoint_after_it(engine, signer):
    if engine.database.is_sqlite:
        pytest.skip("SQLite has one writer: a checkpoint waits for the slow transaction")
    with engine.database.read() as connection:
        definition = engine.catalog.active(connection, "approve3")
    with engine.command(engine.directory.actor("chen_jing")) as slow:
        case = start(slow, definition, FORM).case.id
        slow.flush_events()
        begin(engine, "zhao_min")
        before = checkpoint(engine, signer)
        slow.commit()
    after = checkpoint(engine, signer)
    assert (before.count, after.count) == (2, 3)
    assert verify(engine).unsealed_events == 0
    with engine.database.read() as connection:
        newest = select(checkpoint_table.c.heads).where(checkpoint_table.c.number == after.number)
        assert [head[0] for head in connection.execute(newest).scalar_one()] == [stream_of(case)]


# --- what triggers refuse -------------------------------------------------------------------------

REFUSED = [
    "UPDATE event SET type = 'nothing'",
    "UPDATE event SET hash = hash WHERE seq = 1",
    "UPDATE checkpoint SET heads = '[]'",
    "UPDATE event_payload SET payload = '{}'",
    "UPDATE event_payload SET payload = NULL",
    "DELETE FROM event_payload",
    "DELETE FROM event",
    "DELETE FROM checkpoint",
]
REFUSED_ON = {
    "sqlite": [
        "INSERT OR REPLACE INTO event SELECT * FROM event",
        "REPLACE INTO checkpoint SELECT * FROM checkpoint",
        "INSERT OR REPLACE INTO event_payload SELECT stream, seq, NULL, NULL FROM event_payload",
        "INSERT INTO event SELECT * FROM event WHERE true "
        "ON CONFLICT (stream, seq) DO UPDATE SET type = 'nothing'",
        "UPDATE OR REPLACE event SET seq = seq + 1",
    ],
    "postgresql": [
        "TRUNCATE event CASCADE",
        "TRUNCATE event_payload",
        "TRUNCATE checkpoint",
        "INSERT INTO event SELECT * FROM event "
        "ON CONFLICT (stream, seq) DO UPDATE SET type = 'nothing'",
        "INSERT INTO checkpoint SELECT * FROM checkpoint "
        "ON CONFLICT (number) DO UPDATE SET heads = '[]'",
        "INSERT INTO event_payload SELECT * FROM event_payload "
        "ON CONFLICT (stream, seq) DO UPDATE SET payload = '{}'",
    ],
}


def test_the_record_cannot_be_changed_deleted_truncated_or_replaced(engine, signer):
    begin(engine)
    checkpoint(engine, signer)
    kind = "sqlite" if engine.database.is_sqlite else "postgresql"
    for statement in [*REFUSED, *REFUSED_ON[kind]]:
        with pytest.raises(DBAPIError, match="rows are kept as they were written"):
            execute(engine, statement)
    assert verify(engine).ok


# --- what verifying finds when somebody owns the database -----------------------------------------

TAMPERING = {
    "UPDATE event SET actor = 'somebody' WHERE seq = 2": "changed_event",
    "UPDATE event SET subject = 'no json' WHERE seq = 2": "changed_event",
    "UPDATE event SET at = '1999-01-01 00:00:00' WHERE seq = 2": "changed_event",
    "DELETE FROM event WHERE seq = 2": "missing_event",
    "DELETE FROM event WHERE seq = 4": "truncated_stream",
    "DELETE FROM event WHERE stream <> 'definition:approve3'": "missing_stream",
    'UPDATE event_payload SET payload = \'{"opinion":"forged"}\' WHERE seq = 2': "changed_payload",
    "UPDATE event_payload SET payload = NULL, salt = NULL WHERE seq = 2": "unrecorded_erasure",
    "DELETE FROM event_payload WHERE seq = 2": "missing_payload",
    "UPDATE instance SET audit_length = 1": "head_mismatch",
    "UPDATE checkpoint SET heads = '[]'": "merkle_root",
    "UPDATE checkpoint SET heads = 'no json'": "merkle_root",
    "UPDATE checkpoint SET record = '{}'": "malformed_checkpoint",
    "UPDATE checkpoint SET record = replace(record, '\"count\":2', '\"count\":1')": "forged_signature",
    "DELETE FROM checkpoint": "rolled_back",
}


def test_whoever_owns_the_database_is_found_out(engine, signer):
    finish(engine, begin(engine))
    held = checkpoint(engine, signer)
    tables = (event, event_payload, checkpoint_table)
    with engine.database.read() as connection:
        kept = {table: connection.execute(select(table)).mappings().all() for table in tables}
        length = connection.execute(select(instance.c.audit_length)).scalar_one()
    for statement, finding in TAMPERING.items():
        tamper(engine, statement)
        assert finding in kinds(verify(engine, held=[held])), statement
        with without_triggers(engine) as connection:
            for table, rows in kept.items():
                connection.execute(delete(table))
                connection.execute(insert(table), [dict(row) for row in rows])
            connection.execute(update(instance).values(audit_length=length))
    assert verify(engine, held=[held]).ok


def test_a_time_that_cannot_be_read_is_a_finding_and_no_crash(signer):
    directory = CastDirectory.load(PROCESSES / "_shared" / "cast.yaml")
    with temporary_engine(directory, MORNING) as made:
        with made.command(SYSTEM) as uow:
            deploy(uow, Package.from_folder(PROCESSES / "approve3"))
            uow.commit()
        finish(made, begin(made))
        tamper(made, "UPDATE event SET at = 'never' WHERE seq = 2")
        assert kinds(verify(made)) >= {"changed_event"}


def test_a_history_made_anew_is_not_the_one_an_outsider_holds(engine, signer, tmp_path):
    begin(engine)
    held = checkpoint(engine, signer)
    other = signer_at(tmp_path / "another-key")
    tamper(engine, "DELETE FROM checkpoint")
    checkpoint(engine, other)
    assert verify(engine).ok
    assert kinds(verify(engine, held=[held])) == {"other_checkpoint"}
    assert kinds(verify(engine, trusted_keys=[held.key])) == {"missing_key", "untrusted_key"}


def test_an_inserted_event_does_not_fit_its_stream(engine, signer):
    case = begin(engine)
    with engine.database.read() as connection:
        row = connection.execute(select(event).where(event.c.stream == stream_of(case))).one()
    execute(engine, insert(event).values({**row._mapping, "seq": row.seq + 1}))
    found = kinds(verify(engine))
    assert {"changed_event", "broken_chain", "head_mismatch"} <= found


# --- erasing --------------------------------------------------------------------------------------


def test_a_lawful_erasure_leaves_the_chain_whole_and_says_who_and_why(engine, signer):
    case = begin(engine)
    checkpoint(engine, signer)
    act(engine, "dangan_ou", erase_payload, stream_of(case), 1, "保管期满")
    report = verify(engine)
    assert report.findings == []
    assert report.erased == 1
    with engine.database.read() as connection:
        left = connection.execute(
            select(event_payload).where(event_payload.c.stream == stream_of(case))
        ).one()
        said = connection.execute(
            select(event_payload.c.payload).where(event_payload.c.stream == "system")
        ).scalar_one()
    assert (left.salt, left.payload) == (None, None)
    assert json.loads(said) == {"name": "欧阳清", "reason": "保管期满"}


def test_nothing_is_erased_twice_and_nothing_that_is_not_there(engine):
    case = begin(engine)
    act(engine, "dangan_ou", erase_payload, stream_of(case), 1, "保管期满")
    with pytest.raises(AlreadyDone):
        act(engine, "dangan_ou", erase_payload, stream_of(case), 1, "保管期满")
    with pytest.raises(NotFound):
        act(engine, "dangan_ou", erase_payload, "instance:none", 1, "保管期满")
    assert verify(engine).erased == 1


# --- exporting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["export", "export.zip"])
def test_an_export_is_verified_without_the_database(engine, signer, tmp_path, name):
    finish(engine, begin(engine))
    held = checkpoint(engine, signer)
    begin(engine, "zhao_min")
    manifest = export(engine, tmp_path / name)
    assert manifest["files"]["checkpoints.jsonl"]["rows"] == 1
    report = verify_export(tmp_path / name, trusted_keys=[held.key])
    assert report.findings == []
    assert report.events == verify(engine).events


def test_streams_come_in_the_order_of_code_points_whatever_the_database_sorts_by(engine, signer):
    for name in ("setting:B", "setting:a", "setting:_", "setting:é", "setting:通"):
        with engine.command(SYSTEM) as uow:
            uow.record_in(name, "happened", {}, {})
            uow.commit()
    checkpoint(engine, signer)
    assert verify(engine).findings == []
