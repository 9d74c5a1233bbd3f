"""A worker in a process of its own that is killed at its first commit: before it, or right after."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from engine.clock import FakeClock
from engine.jobs.run import run_due
from engine.store.unit_of_work import UnitOfWork
from tests.engine.deadlines.errand import build

_url, _home, _now, _when = sys.argv[1:]
_commit = UnitOfWork.commit


def _die(self: UnitOfWork) -> None:
    if _when == "after":
        _commit(self)
    else:
        self.flush_events()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    UnitOfWork.commit = _die  # type: ignore[method-assign]
    run_due(build(_url, Path(_home), FakeClock(datetime.fromisoformat(_now))), "dies", limit=1)
