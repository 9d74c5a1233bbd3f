"""The postman: a thread beside the worker's, so that a slow mail server holds up no deadline."""

from __future__ import annotations

import threading
from contextlib import suppress

import structlog

from engine.engine import Engine
from engine.notifications.announce import announce
from engine.notifications.deliver import deliver_due
from engine.notifications.parcels import Courier

#: How late a message may leave, in seconds.
LOOK_EVERY = 1.0

log = structlog.get_logger()


class Postman:
    """Announces and delivers what is due; no exception ends it."""

    def __init__(self, engine: Engine, courier: Courier) -> None:
        self._engine = engine
        self._courier = courier
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name="postman", daemon=True)

    def start(self) -> None:
        """Run in a thread of this process."""
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """Finish the message at hand and end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def run(self) -> None:
        """Run until `stop`."""
        while not self._stopping.is_set():
            busy = False
            # The outermost loop: a database that is away for a moment must not end the postman.
            try:
                busy = self.round() > 0
            except Exception as error:
                with suppress(OSError, ValueError):
                    log.error("postman", error=type(error).__name__)
            if not busy:
                self._stopping.wait(LOOK_EVERY)

    def round(self) -> int:
        """Do what is due now; return how much that was."""
        return announce(self._engine) + deliver_due(self._engine, self._courier)
