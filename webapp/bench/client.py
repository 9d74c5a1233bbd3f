"""Clients: one keep-alive connection each, in a bounded number of threads."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.requests import COOKIE

TIMEOUT = 30.0


class Unexpected(Exception):
    """An answer that the benchmark did not ask for."""


@dataclass
class Client:
    """A person's program at the other end of a connection."""

    port: int
    #: Seconds of every request that was timed.
    seconds: list[float] = field(default_factory=list)
    _connection: http.client.HTTPConnection | None = None

    def post(
        self, path: str, body: Any, token: str, key: str, *, timed: bool = True
    ) -> tuple[int, Any]:
        """Send a request; return the status and the answer."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        content = json.dumps(body).encode()
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        begin = time.perf_counter()
        try:
            self._connection.request("POST", path, content, headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except BaseException:
            self.close()
            raise
        if timed:
            self.seconds.append(time.perf_counter() - begin)
        return answer.status, json.loads(text or b"null")

    def must(self, path: str, body: Any, token: str, key: str, *, timed: bool = True) -> Any:
        """The answer of a request that has to succeed."""
        status, answer = self.post(path, body, token, key, timed=timed)
        if status not in (200, 201):
            raise Unexpected(f"{path}: {status} {json.dumps(answer, ensure_ascii=False)[:500]}")
        return answer

    def page(self, path: str, token: str) -> bytes:
        """A page as a person's browser asks for it; it has to be there."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        self._connection.request("GET", path, headers={"Cookie": f"{COOKIE}={token}"})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise Unexpected(f"{path}: {answer.status}")
        return content

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


Lane = Callable[[Client], None]


def drive(port: int, lanes: Sequence[Lane]) -> list[float]:
    """Run every lane in a thread with a client of its own; return the seconds of all requests."""
    clients = [Client(port) for _ in lanes]
    failures: list[BaseException] = []

    def run(lane: Lane, client: Client) -> None:
        try:
            lane(client)
        except Exception as error:
            failures.append(error)
        finally:
            client.close()

    threads = [
        threading.Thread(target=run, args=pair, daemon=True)
        for pair in zip(lanes, clients, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [one for client in clients for one in client.seconds]


def percentile(seconds: Sequence[float], share: float) -> float:
    """The value that this share of the sample does not exceed."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The middle."""
    return statistics.median(values)
