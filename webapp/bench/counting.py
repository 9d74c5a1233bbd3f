"""Counts what each request does to the database and how long its thread computes.

Only a pass of its own is counted: the listeners themselves take time.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from flask import g, has_request_context, request, request_finished, request_started
from sqlalchemy import Engine, event

_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Counter:
    """Sums by endpoint. Statements of other threads (jobs) belong to no request and are left out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: dict[str, dict[str, float]] = {}

    @classmethod
    def installed(cls) -> Counter:
        """A counter that listens to every request and every statement of this process."""
        counter = cls()
        request_started.connect(counter._started, weak=False)
        request_finished.connect(counter._finished, weak=False)
        event.listen(Engine, "before_cursor_execute", _statement)
        event.listen(Engine, "commit", _commit)
        return counter

    def take(self) -> dict[str, dict[str, float]]:
        """The sums since the last time."""
        with self._lock:
            sums, self._sums = self._sums, {}
        return sums

    def _started(self, _app: Any, **_: Any) -> None:
        g.bench = {"statements": 0, "commits": 0}
        g.bench_from = time.thread_time()

    def _finished(self, _app: Any, **_: Any) -> None:
        spent = time.thread_time() - g.bench_from
        endpoint = request.endpoint or "unknown"
        with self._lock:
            into = self._sums.setdefault(
                endpoint,
                {"requests": 0, "statements": 0, "commits": 0, "cpu": 0.0, "most_statements": 0},
            )
            into["requests"] += 1
            into["cpu"] += spent
            into["statements"] += g.bench["statements"]
            into["commits"] += g.bench["commits"]
            into["most_statements"] = max(into["most_statements"], g.bench["statements"])


def _statement(
    _connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    if has_request_context() and "bench" in g and not statement.startswith(_TRANSACTION):
        g.bench["statements"] += 1


def _commit(_connection: Any) -> None:
    if has_request_context() and "bench" in g:
        g.bench["commits"] += 1
