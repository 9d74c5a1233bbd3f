"""The processes that run: one that serves pages (and on SQLite does the jobs), others that do jobs."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
from sqlalchemy import select, text
from waitress.server import create_server

from engine.actors import SYSTEM
from engine.audit import records
from engine.clock import today
from engine.commands.drafts import drop_old_drafts
from engine.commands.notifications import drop_old_notifications
from engine.commands.telling_stuck import look, tell_stuck
from engine.engine import Engine
from engine.errors import EngineError
from engine.ids import new_id
from engine.jobs.leases import next_due
from engine.jobs.run import run_due
from engine.store.database import Database
from engine.store.idempotency import forget_old
from engine.store.tables import document_file
from engine.store.upgrade import ENGINE, require_current
from engine.studio.housekeeping import drop_discarded
from webapp.accounts.leavers import due_leavers, put_in_order
from webapp.accounts.migrations import HISTORY as ACCOUNTS
from webapp.accounts.settling import settle
from webapp.accounts.takeovers import forget_takeovers
from webapp.assembly import build_engine, open_database
from webapp.notify.courier import HouseCourier
from webapp.notify.postman import Postman
from webapp.settings import Settings, SettingsError

#: Threads that answer requests. They share one interpreter: more would only wait for each other.
THREADS = 16
#: How late a job may be that another process wrote or that a moved clock made due, in seconds.
LOOK_EVERY = 1.0
CHECKPOINT_EVERY = 600.0
HOUSEKEEPING_EVERY = 3600.0
#: A file is written before the commit that names it; one without a name after this long has none.
_ORPHANS = timedelta(days=1)
#: A picture of a file that nobody has looked at for so long is drawn anew when somebody does.
_UNSEEN = timedelta(days=30)
#: An upload that nobody has gone on with for so long is forgotten.
_UNFINISHED = timedelta(days=1)
_LARGEST_BODY = 26 * 1024 * 1024
#: First half of the advisory locks by which nodes with local files notice each other.
_NODES = 471_623

log = structlog.get_logger()


class Worker:
    """Runs jobs as they fall due, in a thread or in the foreground; no exception ends it."""

    def __init__(self, engine: Engine, every: dict[float, Callable[[], Any]] | None = None) -> None:
        self._engine = engine
        self._owner = f"{socket.gethostname()[:20]}:{os.getpid()}:{new_id()[-8:]}"
        self._stopping = threading.Event()
        self._regular = [_Regular(seconds, action) for seconds, action in (every or {}).items()]
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)

    def start(self) -> None:
        """Run in a thread of this process."""
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """Finish the job at hand and end."""
        self._stopping.set()
        self._engine.wake.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def run(self) -> None:
        """Run until `stop`."""
        while not self._stopping.is_set():
            self._engine.wake.clear()
            wait = LOOK_EVERY
            # The outermost loop: a database that is away for a moment must not end the worker.
            try:
                wait = self._round()
            except Exception as error:
                # Nor may a standard error that nobody reads any more.
                with suppress(OSError, ValueError):
                    log.error("worker", error=type(error).__name__)
            if not self._stopping.is_set():
                self._engine.wake.wait(wait)

    def _round(self) -> float:
        """Do what is due; return how long there is nothing to do."""
        for regular in self._regular:
            regular.run_if_due()
        due = next_due(self._engine)
        now = self._engine.clock.now()
        if due is not None and due <= now:
            # Nothing claimed: they are leased by somebody else.
            return 0.0 if run_due(self._engine, self._owner) else LOOK_EVERY
        if due is None:
            return LOOK_EVERY
        return min(LOOK_EVERY, max(0.0, (due - now).total_seconds()))


class _Regular:
    def __init__(self, seconds: float, action: Callable[[], Any]) -> None:
        self._seconds = seconds
        self._action = action
        # At the start, too: whoever restarts often must not go without.
        self._next = time.monotonic()

    def run_if_due(self) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._seconds
            self._action()


def serve(settings: Settings, *, ready: Callable[[str], None] | None = None) -> None:
    """Serve until a signal says stop. Raises `SettingsError` or `DatabaseVersion` at the start."""
    from webapp import create_app

    settings.require_secret()
    with ExitStack() as cleaning:
        engine = _prepared(settings, cleaning)
        database = engine.database
        cleaning.enter_context(_alone(database, settings))
        # A request that waits a moment for a thread is no news for whoever reads the log.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        app = create_app(settings, engine)
        try:
            server = create_server(
                app,
                host=settings.host,
                port=settings.port,
                threads=THREADS,
                ident=None,
                max_request_body_size=_LARGEST_BODY,
                # The application believes its own proxies' headers and nobody else's.
                clear_untrusted_proxy_headers=not settings.trusted_proxies,
            )
        except OSError as error:
            raise SettingsError(
                f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}."
            ) from error
        worker, postman = make_worker(settings, engine), make_postman(settings, engine)
        if database.is_sqlite:
            # On PostgreSQL `gongban worker` does this, in as many processes as it takes.
            worker.start()
            postman.start()
        cleaning.callback(worker.stop)
        cleaning.callback(postman.stop)
        signal.signal(signal.SIGTERM, _end)
        if ready is not None:
            ready(f"http://{settings.host}:{settings.port}")
        server.run()  # returns after SIGTERM or Ctrl-C, when the requests at hand are answered
        server.close()


def work(settings: Settings, *, ready: Callable[[str], None] | None = None) -> None:
    """Do jobs until a signal says stop: PostgreSQL only, in any number of processes."""
    with ExitStack() as cleaning:
        engine = _prepared(settings, cleaning)
        if engine.database.is_sqlite:
            raise SettingsError(
                "On SQLite the server does the jobs itself; run `gongban serve` only."
            )
        worker, postman = make_worker(settings, engine), make_postman(settings, engine)
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        signal.signal(signal.SIGINT, lambda *_: worker.stop())
        if ready is not None:
            ready("Waiting for jobs.")
        postman.start()
        cleaning.callback(postman.stop)
        worker.run()


def make_worker(settings: Settings, engine: Engine) -> Worker:
    """A worker with what happens regularly beside the jobs."""
    return Worker(
        engine,
        {
            CHECKPOINT_EVERY: lambda: make_checkpoint(settings, engine),
            HOUSEKEEPING_EVERY: lambda: keep_house(engine),
        },
    )


def make_postman(settings: Settings, engine: Engine) -> Postman:
    """What sends notifications, in a thread of its own."""
    return Postman(engine, HouseCourier(engine, settings))


def make_checkpoint(settings: Settings, engine: Engine) -> None:
    """Seal the audit trail if it has moved, and write the seal into the home's `checkpoints`.

    A checkpoint proves something only to whoever keeps a copy of it in another house: have that
    folder mirrored there.
    """
    signer = records.signer_at(settings.home / "signing_key")
    records.checkpoint(engine, signer, records.CheckpointFile(settings.home / "checkpoints"))


def keep_house(engine: Engine) -> None:
    """Drop what is kept for a time only: answers given, drafts left alone, files that nothing names."""
    with engine.command(SYSTEM) as uow:
        forget_old(uow)
        drop_old_drafts(uow)
        drop_old_notifications(uow)
        uow.commit()
    settle_plans(engine)
    with engine.command(SYSTEM) as uow:
        drop_discarded(uow)
        uow.commit()
    put_leavers_in_order(engine)
    engine.files.parts.sweep(_UNFINISHED)
    engine.files.sweep(lambda digest: _is_named(engine, digest), _ORPHANS)
    engine.files.pictures.sweep(engine.files.exists, _UNSEEN)
    tell_of_stuck(engine)


def tell_of_stuck(engine: Engine) -> None:
    """The first round of a day tells administrators what is newly stuck."""
    with engine.database.read() as connection:
        found = look(connection, engine)
    if found is not None:
        with engine.command(SYSTEM) as uow:
            tell_stuck(uow, found)
            uow.commit()


def settle_plans(engine: Engine) -> None:
    """What was planned for today holds today; spreadsheets that were only tried are forgotten."""
    with engine.command(SYSTEM) as uow:
        settle(uow)
        forget_takeovers(uow)
        uow.commit()


def put_leavers_in_order(engine: Engine) -> None:
    """Those whose last day is over hold nothing any more; one transaction each."""
    with engine.database.read() as connection:
        leavers = due_leavers(connection, today(engine.clock, engine.zone))
    for person in leavers:
        try:
            with engine.command(SYSTEM) as uow:
                put_in_order(uow, person)
                uow.commit()
        # One case that cannot go on must not keep the next leaver in.
        except EngineError as error:
            log.error("leaver", person=person, error=str(error))


def _is_named(engine: Engine, digest: str) -> bool:
    with engine.database.read() as connection:
        found = connection.execute(
            select(document_file.c.id).where(document_file.c.digest == digest).limit(1)
        ).first()
    return found is not None


def _prepared(settings: Settings, cleaning: ExitStack) -> Engine:
    database = open_database(settings)
    cleaning.callback(database.close)
    require_current(database, ENGINE, ACCOUNTS)
    return build_engine(settings, database=database)


def _end(_signal: int, _frame: FrameType | None) -> None:
    # In the main thread: waitress takes it for the wish to end and answers what it has begun.
    raise SystemExit(0)


@contextmanager
def _alone(database: Database, settings: Settings) -> Iterator[None]:
    """Refuse to serve where a second server would do harm."""
    if database.is_sqlite:
        with _locked_file(Path(f"{database.url.database}.serving")):
            yield
    elif settings.files_url:
        yield  # whoever names a folder for the files says that all nodes see it
    else:
        with _only_node(database, settings):
            yield


@contextmanager
def _locked_file(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends."""
    import fcntl

    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SettingsError(
                "Another server runs on this SQLite database; one process is all it can have."
            ) from None
        yield


@contextmanager
def _only_node(database: Database, settings: Settings) -> Iterator[None]:
    """Servers on several machines need a file store that all of them see."""
    here = f"{socket.gethostname()}:{settings.files_folder}"
    number = zlib.crc32(here.encode()) & 0x7FFFFFFF
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(
            text("SELECT pg_advisory_lock_shared(:nodes, :node)"), {"nodes": _NODES, "node": number}
        )
        others = connection.execute(
            text(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = :nodes"
                " AND objid <> :node AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            {"nodes": _NODES, "node": number},
        ).scalar_one()
        try:
            if others:
                raise SettingsError(
                    "Another node serves this database, but files lie in a folder of this one: "
                    "set GONGBAN_FILES_URL to a folder that all nodes share."
                )
            yield
        finally:
            connection.execute(
                text("SELECT pg_advisory_unlock_shared(:nodes, :node)"),
                {"nodes": _NODES, "node": number},
            )
