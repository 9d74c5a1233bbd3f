"""A worker is killed while it climbs: each rung is still done exactly once."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from engine.jobs.leases import LEASE
from tests.engine.deadlines.errand import House, at

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_rung_is_climbed_once_though_the_worker_is_killed_at_its_commit(
    house: House, when: str
) -> None:
    house.start()
    now = at("2026-03-05T08:30")
    house.set(now)
    died = subprocess.run(
        [sys.executable, "-m", "tests.engine.deadlines.worker_that_dies", house.url,
         str(house.home), now.isoformat(), when],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert len(house.events("task.reminded")) == (when == "after")
    house.set(now + LEASE + timedelta(seconds=1))
    house.pass_until("2026-03-05T09:00")
    assert sorted(house.told()) == [("carl", "reminder"), ("cleo", "reminder")]
    assert len(house.events("task.reminded")) == 1
    assert house.waiting() == [("rung", "03-06 00:00")]
