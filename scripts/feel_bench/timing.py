"""Microseconds per call: the best of several rounds, since a neighbour can only slow one down."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import perf_counter

ROUNDS = 7
SECONDS_PER_ROUND = 0.05


def microseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = perf_counter()
    work()
    once = max(perf_counter() - begin, 1e-7)
    count = max(1, int(SECONDS_PER_ROUND / once))
    gc.disable()
    try:
        best = min(_round(work, count) for _ in range(ROUNDS))
    finally:
        gc.enable()
    return best * 1e6


def _round(work: Callable[[], object], count: int) -> float:
    begin = perf_counter()
    for _ in range(count):
        work()
    return (perf_counter() - begin) / count
