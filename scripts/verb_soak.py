"""Thousands of random sequences of verbs on random processes, each judged by the written token game.

    python -m scripts.verb_soak --sequences 10000 --jobs 2

Every sequence that fails is printed with the steps that led there; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from tempfile import gettempdir

#: Sequences that share an engine; a fresh one begins with an empty database.
CHUNK = 100
#: The largest number of steps in a sequence.
STEPS = 25


def play(seed: int, count: int) -> str:
    """Play so many sequences; return what failed, or nothing."""
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis import seed as seeded
    from hypothesis.stateful import run_state_machine_as_test

    from engine.testing.house import temporary_engine
    from tests.engine.commands.casework import MONDAY, directory
    from tests.engine.verbs.machine import Verbs

    with temporary_engine(directory(), MONDAY) as engine:
        machine = seeded(seed)(type("Soak", (Verbs,), {"engine": engine}))
        try:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=count,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    phases=(Phase.generate,),
                    suppress_health_check=list(HealthCheck),
                ),
            )
        except Exception as error:
            notes = "\n".join(getattr(error, "__notes__", ()))
            return f"seed {seed}: {type(error).__name__}: {error}\n{notes}"
    return ""


def main() -> int:
    """Play them all; say how far it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if os.path.isdir("/dev/shm"):
        # What a soak writes need not survive a power cut; in memory it takes half the time.
        os.environ["TMPDIR"] = "/dev/shm"
    print(f"{options.sequences} sequences in {gettempdir()}", flush=True)
    begun, done, failed = time.monotonic(), 0, 0
    chunks = -(-options.sequences // CHUNK)
    with ProcessPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(play, options.seed + number, CHUNK) for number in range(chunks)]
        for one in as_completed(waiting):
            done += CHUNK
            if text := one.result():
                failed += 1
                print(text, flush=True)
            print(
                f"{done} sequences, {time.monotonic() - begun:.0f} s, {failed} failed", flush=True
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
