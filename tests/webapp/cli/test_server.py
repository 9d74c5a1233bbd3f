"""The running processes: jobs on time, whatever happens, and a clean end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from webapp import server
from webapp.server import Worker
from webapp.settings import read_settings


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


class Desk:
    """Stands in for the engine and its jobs: instants at which jobs fall due."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.due: list[datetime] = []
        self.done: list[datetime] = []
        self.broken = False
        self.wake = threading.Event()
        self.clock = SimpleNamespace(now=lambda: datetime.now(UTC))
        monkeypatch.setattr(server, "next_due", self.next_due)
        monkeypatch.setattr(server, "run_due", self.run_due)

    def next_due(self, _engine: Any) -> datetime | None:
        if self.broken:
            raise ConnectionError("the database is away")
        return min(self.due, default=None)

    def run_due(self, _engine: Any, _owner: str) -> int:
        now = self.clock.now()
        ready = [one for one in self.due if one <= now]
        self.due = [one for one in self.due if one > now]
        self.done += [now] * len(ready)
        return len(ready)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


@pytest.fixture
def worker(desk: Desk) -> Iterator[Worker]:
    made: Any = Worker(desk)  # type: ignore[arg-type]
    made.start()
    yield made
    made.stop()


def test_a_woken_worker_begins_at_once(desk: Desk, worker: Worker) -> None:
    time.sleep(0.1)
    desk.due.append(datetime.now(UTC))
    desk.wake.set()
    assert until(lambda: bool(desk.done), 0.9)


def test_a_job_is_done_when_it_falls_due(desk: Desk, worker: Worker) -> None:
    at = datetime.now(UTC) + timedelta(seconds=0.4)
    desk.due.append(at)
    desk.wake.set()
    assert until(lambda: bool(desk.done), 5)
    assert timedelta() <= desk.done[0] - at < timedelta(seconds=0.9)


def test_a_job_written_elsewhere_is_a_second_late_at_most(desk: Desk, worker: Worker) -> None:
    time.sleep(0.1)
    desk.due.append(datetime.now(UTC))
    assert until(lambda: bool(desk.done), 3)


def test_an_exception_does_not_end_the_worker(
    desk: Desk, worker: Worker, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.broken = True
    desk.wake.set()
    time.sleep(0.1)
    desk.broken = False
    desk.due.append(datetime.now(UTC))
    desk.wake.set()
    assert until(lambda: bool(desk.done), 5)


def test_what_happens_regularly_happens_beside_the_jobs(desk: Desk) -> None:
    count: list[int] = []
    made: Any = Worker(desk, {0.05: lambda: count.append(1)})  # type: ignore[arg-type]
    made.start()
    for _ in range(20):
        desk.wake.set()
        time.sleep(0.02)
    made.stop()
    assert len(count) >= 3


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(*command: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "webapp.cli", *command],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


def test_a_server_serves_until_it_is_told_to_end(home: Path, gongban: Any) -> None:
    gongban("init")
    port = str(free_port())
    first = start("serve", GONGBAN_PORT=port)
    assert first.stdout is not None
    assert port in first.stdout.readline()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live") as answer:
        assert answer.status == 200
    if read_settings().database_url.startswith("sqlite"):
        second = start("serve", GONGBAN_PORT=str(free_port()))
        said = second.communicate(timeout=30)[1]
        assert second.returncode == 1
        assert "Another server" in said
    else:
        # Files in a folder of this machine cannot be seen from another.
        second = start("serve", GONGBAN_PORT=str(free_port()), GONGBAN_HOME=str(home.parent / "b"))
        said = second.communicate(timeout=30)[1]
        assert second.returncode == 1
        worker = start("worker")
        assert worker.stdout is not None
        assert worker.stdout.readline() == "Waiting for jobs.\n"
        worker.send_signal(signal.SIGTERM)
        assert worker.communicate(timeout=30) == ("", "")
        assert worker.returncode == 0
    first.send_signal(signal.SIGTERM)
    _, said = first.communicate(timeout=30)
    assert (first.returncode, said) == (0, "")


def test_a_server_refuses_a_database_that_is_not_its_own(home: Path, gongban: Any) -> None:
    answer = gongban("serve")
    assert answer.code == 1
    assert "gongban init" in answer.err
