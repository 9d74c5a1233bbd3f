"""One timed block of requests, and what the server and its database spent on it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.bench.children import Child, family_cpu
from webapp.bench.client import Lane, drive, median, percentile


@dataclass(frozen=True)
class Sample:
    """What a block of requests cost."""

    seconds: Sequence[float]
    wall: float
    server_cpu: float
    #: None where the database is no process of its own, or nobody can tell.
    database_cpu: float | None

    @property
    def count(self) -> int:
        """How many requests there were."""
        return len(self.seconds)

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds of the server per request."""
        return 1000 * self.server_cpu / self.count

    @property
    def database_ms(self) -> float | None:
        """Processor milliseconds of the database server per request."""
        return None if self.database_cpu is None else 1000 * self.database_cpu / self.count

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.count / self.wall


def measured(server: Child, lanes: Sequence[Lane], database_pid: int | None) -> Sample:
    """Drive the lanes at the server and say what it cost."""
    database = family_cpu(database_pid)
    cpu, begin = server.cpu(), time.perf_counter()
    seconds = drive(server.port, lanes)
    wall, spent = time.perf_counter() - begin, server.cpu() - cpu
    after = family_cpu(database_pid)
    both = None if database is None or after is None else after - database
    return Sample(seconds, wall, spent, both)


@dataclass(frozen=True)
class Blocks:
    """The same measurement repeated; the middle of the blocks stands for all."""

    samples: Sequence[Sample]

    @property
    def p50_ms(self) -> float:
        """Median answer time."""
        return 1000 * percentile(self._seconds, 0.5)

    @property
    def p95_ms(self) -> float:
        """Answer time that one request in twenty exceeds."""
        return 1000 * percentile(self._seconds, 0.95)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return median([one.rate for one in self.samples])

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds of the server per request."""
        return median([one.cpu_ms for one in self.samples])

    @property
    def database_ms(self) -> float | None:
        """Processor milliseconds of the database server per request."""
        known = [one.database_ms for one in self.samples if one.database_ms is not None]
        return median(known) if known else None

    @property
    def _seconds(self) -> list[float]:
        return [one for sample in self.samples for one in sample.seconds]


def ratio(ours: Blocks, bare: Blocks) -> float:
    """How many times the bare endpoint's processor time ours takes, block against block."""
    pairs = zip(ours.samples, bare.samples, strict=True)
    return median([one.cpu_ms / other.cpu_ms for one, other in pairs])
