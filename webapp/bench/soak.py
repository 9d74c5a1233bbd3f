"""Kills servers again and again while people work; then nothing acknowledged may be lost or doubled.

Every request carries an Idempotency-Key and is sent again, unchanged, until it is answered. Whatever
was answered with success is noted and looked up in the database at the end.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.engine import Engine
from engine.ids import new_id
from webapp.assembly import build_engine
from webapp.bench.approvals import APPROVE, CHECK, FORM
from webapp.bench.children import Child, ChildFailed, free_port
from webapp.bench.client import Client
from webapp.bench.homes import Home, Place
from webapp.bench.organisation import PROCESSES, People, Team, deploy_folders
from webapp.bench.soak_check import Acknowledged, check

LANES = 6
TEAMS = 12
#: Seconds between two kills.
PAUSE = (0.2, 2.5)
#: No single request may take longer, however often the server dies.
PATIENCE = 90.0
_AGAIN = (http.client.HTTPException, OSError)


@dataclass
class Soak:
    """What came of it."""

    kills: int = 0
    cases: int = 0
    repeated: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """One line."""
        verdict = (
            f"{len(self.findings)} findings" if self.findings else "nothing lost, nothing twice"
        )
        return (
            f"{self.cases} cases through {self.kills} kills,"
            f" {self.repeated} requests sent again: {verdict}"
        )


def soak(place: Place, seconds: float) -> Soak:
    """Work and kill for so long, then look whether everything acknowledged is there, once."""
    with ExitStack() as cleaning:
        home = place.home("soak")
        home.prepare()
        engine = build_engine(home.settings)
        cleaning.callback(engine.database.close)
        people = People()
        people.unit("root", "root", None)
        teams = [people.team(number) for number in range(TEAMS)]
        people.write(engine)
        deploy_folders(engine, PROCESSES / "approve3")
        return _Run(engine, home, teams, people.tokens).for_(seconds)


class _Run:
    def __init__(
        self, engine: Engine, home: Home, teams: list[Team], tokens: Mapping[str, str]
    ) -> None:
        self._engine, self._home, self._teams, self._tokens = engine, home, teams, tokens
        self._port = free_port()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._acknowledged = Acknowledged()
        self._result = Soak()

    def for_(self, seconds: float) -> Soak:
        lanes = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(LANES)
        ]
        end = time.monotonic() + seconds
        server = self._started()
        try:
            for lane in lanes:
                lane.start()
            while time.monotonic() < end:
                time.sleep(random.uniform(*PAUSE))
                if self._result.kills % 3 == 2 and self._kill_backend():
                    continue
                server.kill()
                self._result.kills += 1
                server = self._started()
            self._over.set()
            for lane in lanes:
                lane.join(PATIENCE)
        finally:
            self._over.set()
            server.stop()
        # Some of our own connections may have died with their backends.
        self._engine.database.close()
        self._result.cases = len(self._acknowledged.starts)
        self._result.findings += check(self._engine, self._acknowledged)
        return self._result

    def _started(self) -> Child:
        """A server; started again, as a supervisor would, while the database recovers."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return Child("gongban", self._home, port=self._port)
            except ChildFailed:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)

    def _kill_backend(self) -> bool:
        """On PostgreSQL: end one of its own processes without warning."""
        if self._home.server_pid is None:
            return False
        query = text(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() AND datname = current_database() LIMIT 1"
        )
        try:
            with self._engine.database.read() as connection:
                victim = connection.execute(query).scalar()
            if victim is None:
                return False
            os.kill(int(victim), signal.SIGKILL)
        except (DBAPIError, OSError):
            return False
        self._result.kills += 1
        return True

    def _work(self, number: int) -> None:
        client = Client(self._port)
        teams = self._teams[number::LANES]
        try:
            while not self._over.is_set():
                self._case(client, random.choice(teams))
        except Exception as error:
            with self._lock:
                self._result.findings.append(f"lane {number}: {error}")
        finally:
            client.close()

    def _case(self, client: Client, team: Team) -> None:
        key = new_id()
        answer = self._answered(
            client, "/api/v1/processes/approve3/instances", {"form": FORM}, team.member, key
        )
        case = answer["instance"]["id"]
        with self._lock:
            self._acknowledged.starts[key] = case
        for who, body in ((team.clerk, CHECK), (team.chair, APPROVE)):
            task = answer["next"][0]["task"]
            path = f"/api/v1/tasks/{task}/complete"
            answer = self._answered(client, path, body, who, new_id())
            with self._lock:
                self._acknowledged.completions[task] = (case, who)
        if random.random() < 0.2:
            # A retry that comes late: the same key again, when all is done.
            again = self._answered(
                client, "/api/v1/processes/approve3/instances", {"form": FORM}, team.member, key
            )
            if again["instance"]["id"] != case:
                raise AssertionError(f"key {key} started {case} and {again['instance']['id']}")

    def _answered(self, client: Client, path: str, body: Any, who: str, key: str) -> Any:
        """Send until it is answered with success."""
        end = time.monotonic() + PATIENCE
        while True:
            said: object
            try:
                status, said = client.post(path, body, self._tokens[who], key, timed=False)
            except _AGAIN as error:
                status, said = 0, error
            if status in (200, 201):
                return said
            in_flight = status == 409 and "in_flight" in str(said)
            if (status and status < 500 and not in_flight) or time.monotonic() > end:
                raise AssertionError(f"{path}: {status} {said}")
            with self._lock:
                self._result.repeated += 1
            time.sleep(random.uniform(0.02, 0.2))
