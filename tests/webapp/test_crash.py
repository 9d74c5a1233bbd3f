"""The server is killed where it hurts: nothing acknowledged is lost, nothing is done twice.

A child process serves; the test talks to it as any program would and knows nothing of its inside.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from engine.audit.records import verify
from engine.clock import SystemClock
from engine.jobs.leases import claim_due
from engine.store.tables import event, instance, job, signer, task
from tests.builders import (
    APPLICATION,
    House,
    open_house,
)
from tests.conftest import DATABASES, MakeUrl

SECRET = "s" * 40


class Server:
    """A server in a process of its own, killed without a word and started again."""

    def __init__(self, url: str, home: Path, **settings: str) -> None:
        self.home = home
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GONGBAN")},
            "GONGBAN_DATABASE_URL": url,
            "GONGBAN_HOME": str(home),
            "GONGBAN_SECRET_KEY": SECRET,
            "GONGBAN_PORT": str(self.port),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    def start(self, *, worker: bool = False) -> None:
        """Serve, and wait until it answers."""
        self._process = self._run("serve")
        if worker:
            self._worker = self._run("worker")
        for _try in range(600):
            try:
                if self.request("GET", "/health/live")[0] == 200:
                    return
            except OSError:
                assert self._process.poll() is None, "the server ended by itself"
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def _run(self, command: str) -> subprocess.Popen[bytes]:
        with (self.home / "stderr.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "webapp.cli", command],
                env=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def kill(self) -> None:
        """Kill -9: no goodbye."""
        self.strike()
        for process in (self._process, self._worker):
            if process is not None:
                process.wait()
        self._process = self._worker = None

    def strike(self) -> None:
        """Kill -9, and do not wait for the end."""
        for process in (self._process, self._worker):
            if process is not None:
                process.kill()

    def request(
        self, method: str, path: str, body: Any = None, *, token: str = "", key: str = ""
    ) -> tuple[int, Any, float]:
        """Status, JSON and seconds."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        began = time.monotonic()
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        seconds = time.monotonic() - began
        return answer.status, json.loads(text) if text[:1] in (b"{", b"[") else None, seconds

    def post(self, path: str, body: Any, token: str, key: str = "") -> tuple[int, Any, float]:
        """POST below `/api/v1`."""
        return self.request("POST", f"/api/v1{path}", body, token=token, key=key)


@pytest.fixture(params=DATABASES)
def installation(
    request: pytest.FixtureRequest, make_database: MakeUrl, tmp_path: Path
) -> Iterator[tuple[Server, House]]:
    """A server that is not running yet, and an engine of the test's own beside it."""
    prepared = request.getfixturevalue(f"{request.param}_organisation")
    url = make_database(request.param, prepared.template)
    home = tmp_path / "home"
    home.mkdir()
    (home / "keys").symlink_to(prepared.keys)
    with open_house(url, home, prepared.keys, clock=SystemClock()) as house:
        server = Server(url, home)
        try:
            yield server, house
        finally:
            server.kill()


def tokens(house: House, *people: str) -> list[str]:
    return [house.api(person).headers["Authorization"].removeprefix("Bearer ") for person in people]


def completions(house: House, case: str) -> int:
    statement = select(func.count()).where(
        event.c.stream == f"instance:{case}", event.c.type == "task.completed"
    )
    return int(house.rows(statement)[0][0])


def test_a_case_goes_on_after_the_server_was_killed_between_two_steps(
    installation: tuple[Server, House],
) -> None:
    server, house = installation
    member, clerk, chair = tokens(house, "chen_jing", "clerk_wang", "chair_han")
    server.start()
    started = server.post("/processes/approve3/instances", {"form": APPLICATION}, member, "k1")[1]
    server.kill()
    server.start()
    again = server.post("/processes/approve3/instances", {"form": APPLICATION}, member, "k1")[1]
    assert again == started
    check = started["next"][0]["task"]
    body = {"outcome": "agree", "form": {"stock_note": "有"}}
    status, checked, _s = server.post(f"/tasks/{check}/complete", body, clerk, "k2")
    assert status == 200
    server.kill()
    server.start()
    repeated = server.post(f"/tasks/{check}/complete", body, clerk, "k2")
    assert repeated[:2] == (200, checked)
    approve = checked["next"][0]["task"]
    ended = server.post(f"/tasks/{approve}/complete", {"outcome": "agree"}, chair, "k3")[1]
    assert ended["instance"]["state"] == "completed"
    assert house.rows(select(func.count()).select_from(instance))[0][0] == 1
    assert completions(house, started["instance"]["id"]) == 2
    assert verify(house.engine).ok


def test_a_burst_cut_off_by_a_kill_is_finished_by_its_retries(
    installation: tuple[Server, House],
) -> None:
    server, house = installation
    clerk = tokens(house, "clerk_wang")[0]
    cases = [house.start() for _one in range(24)]
    work = {case: house.open_task(case) for case in cases}
    acknowledged: dict[str, Any] = {}
    server.start()

    def send(some: list[str]) -> None:
        for case in some:
            try:
                status, body, _seconds = server.post(
                    f"/tasks/{work[case]}/complete", {"outcome": "agree"}, clerk, f"key-{case}"
                )
            except (OSError, ValueError, HTTPException):
                return
            if status == 200:
                acknowledged[case] = body

    threads = [threading.Thread(target=send, args=(cases[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 5:
        time.sleep(0.002)
    server.kill()
    for thread in threads:
        thread.join()
    assert len(acknowledged) < len(cases), "the kill came too late to prove anything"
    for case in acknowledged:
        assert completions(house, case) == 1, "acknowledged and lost"
    server.start()
    for case in cases:
        status, body, _seconds = server.post(
            f"/tasks/{work[case]}/complete", {"outcome": "agree"}, clerk, f"key-{case}"
        )
        assert status == 200, body
        assert body == acknowledged.get(case, body)
    assert [completions(house, case) for case in cases] == [1] * len(cases)
    assert verify(house.engine).ok


def test_a_job_whose_worker_died_is_taken_over_when_the_lease_runs_out(house: House) -> None:
    from tests.webapp.test_secrets_at_rest import start_illness_case

    case = start_illness_case(house)
    waiting = select(job.c.state, job.c.element_id).where(
        job.c.instance_id == case, job.c.kind == "ability", job.c.state == "due"
    )
    assert house.rows(waiting), "an ability runs by itself after the application"
    # A worker takes the jobs and is killed with them in its hands.
    assert claim_due(house.engine, "killed")
    house.run_jobs()
    assert house.rows(waiting)
    house.clock.advance(timedelta(minutes=2, seconds=1))
    house.run_jobs()
    assert not house.rows(waiting)
    assert house.open_task(case, "accept")
    done = select(func.count()).where(
        event.c.stream == f"instance:{case}", event.c.type == "ability.done"
    )
    assert house.rows(done)[0][0] == 1


def test_a_killed_server_leaves_its_jobs_to_the_next(installation: tuple[Server, House]) -> None:
    from tests.webapp.test_secrets_at_rest import start_illness_case

    server, house = installation
    case = start_illness_case(house)
    with house.engine.database.write() as connection:
        # As a worker leaves them that was killed three minutes ago.
        connection.execute(
            update(job)
            .where(job.c.instance_id == case, job.c.state == "due", job.c.kind == "ability")
            .values(lease_owner="killed", lease_until=datetime.now(UTC) - timedelta(minutes=1))
        )
        connection.commit()
    server.start(worker=not house.engine.database.is_sqlite)
    opened = select(task.c.id).where(task.c.instance_id == case, task.c.element_id == "accept")
    for _try in range(400):
        if house.rows(opened):
            break
        time.sleep(0.05)
    assert len(house.rows(opened)) == 1
    assert verify(house.engine).ok


def test_thirty_people_sign_one_task_at_once(installation: tuple[Server, House]) -> None:
    server, house = installation
    case = house.start("petition", by="tian_ye")
    task_id = house.open_task(case, "sign")
    people = tokens(house, *(f"signer_{number:02}" for number in range(30)))
    server.start()
    for token in people[:3]:
        server.request("GET", f"/api/v1/tasks/{task_id}", token=token)
    answers: list[tuple[int, Any, float]] = [(0, None, 0.0)] * 30
    ready = threading.Barrier(30)

    def sign(number: int) -> None:
        ready.wait()
        answers[number] = server.post(
            f"/tasks/{task_id}/complete", {"outcome": "agree"}, people[number], "k"
        )

    threads = [threading.Thread(target=sign, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slowest = max(seconds for _status, _body, seconds in answers)
    print(f"slowest of thirty: {slowest:.3f} s")
    assert [status for status, _body, _seconds in answers] == [200] * 30
    voted = select(func.count()).where(signer.c.task_id == task_id, signer.c.state == "voted")
    assert house.rows(voted)[0][0] == 30
    assert verify(house.engine).ok
