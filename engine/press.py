"""Work for child processes, bounded: so many at once, so many waiting, the same work done once.

Printing a form or drawing a page of a PDF takes a processor for a while. However many people ask at
the same moment, the server's own threads stay free for everything else: who comes too late is told so.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong

from engine.errors import EngineError

#: Child processes at the same time, those who wait for one, and how long they do.
PLACES, MOST_WAITING, WAIT_S = 2, 4, 25.0
#: What was made lately is kept so far, in bytes of memory.
KEEP_BYTES = 24 * 1024 * 1024


class Busy(EngineError):
    """Too many want something printed or drawn at this moment; nothing was done."""

    problem = "busy"


class Press:
    """A few places for work, each result kept under its key for as long as there is room."""

    def __init__(
        self,
        *,
        places: int = PLACES,
        most_waiting: int = MOST_WAITING,
        wait_s: float = WAIT_S,
        keep_bytes: int = KEEP_BYTES,
    ) -> None:
        self._places = threading.Semaphore(places)
        self._most = places + most_waiting
        self._wait_s = wait_s
        self._room = keep_bytes
        self._lock = threading.Lock()
        self._inside = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._running: dict[str, Future[bytes]] = {}

    def make(self, key: str, work: Callable[[], bytes]) -> bytes:
        """The result of `work`; equal keys mean equal work. Raise `Busy` where there is no place."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            if self._inside >= self._most:
                raise Busy
            self._inside += 1
            running = self._running.get(key)
            mine: Future[bytes] | None = None
            if running is None:
                mine = self._running[key] = Future()
        try:
            if mine is None:
                assert running is not None
                return self._follow(running)
            return self._lead(key, work, mine)
        finally:
            with self._lock:
                self._inside -= 1

    def _follow(self, running: Future[bytes]) -> bytes:
        try:
            return running.result(timeout=self._wait_s)
        except TookTooLong:
            raise Busy from None

    def _lead(self, key: str, work: Callable[[], bytes], mine: Future[bytes]) -> bytes:
        try:
            if not self._places.acquire(timeout=self._wait_s):
                raise Busy
            try:
                made = work()
            finally:
                self._places.release()
            self._keep(key, made)
            mine.set_result(made)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._running[key]
        return made

    def _keep(self, key: str, made: bytes) -> None:
        with self._lock:
            self._kept[key] = made
            while sum(map(len, self._kept.values())) > self._room:
                self._kept.popitem(last=False)
