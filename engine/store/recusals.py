"""Who is barred from a case because they have declared not to be impartial (回避).

Every command asks, so the question costs no statement of its own: the case's row is read together
with whether anybody is barred at all, and only then are the names read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sqlalchemy import Connection, or_, select

from engine.store.database import Database
from engine.store.tables import instance, recusal

#: How long a declaration made through another process may go unnoticed when a new case opens its first
#: task, in seconds. Whether a person may act is asked of the database every time.
LOOK_AGAIN = 1.0

_standing = recusal.c.revoked_at.is_(None)

#: A column for statements over `instance`: true where somebody is barred from the case.
somebody_is_barred = (
    select(recusal.c.id)
    .where(
        _standing,
        or_(recusal.c.about_id == instance.c.starter_id, recusal.c.instance_id == instance.c.id),
    )
    .correlate(instance)
    .exists()
    .label("somebody_is_barred")
)


def barred_from(connection: Connection, instance_id: str, starter_id: str) -> frozenset[str]:
    """Ids of those who declared a recusal in this case or about its applicant, and stand by it."""
    statement = select(recusal.c.person_id).where(
        _standing, or_(recusal.c.about_id == starter_id, recusal.c.instance_id == instance_id)
    )
    return frozenset(connection.execute(statement).scalars())


class Relatives:
    """Who is barred from every case of a person; remembered, because every new case asks."""

    def __init__(
        self, database: Database, *, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._known: dict[str, frozenset[str]] = {}

    def of(self, applicant: str) -> frozenset[str]:
        """Ids of those who have declared to be related to the applicant."""
        with self._lock:
            if self._elapsed() - self._looked >= LOOK_AGAIN:
                self._known = self._read()
                self._looked = self._elapsed()
            return self._known.get(applicant, frozenset())

    def forget(self) -> None:
        """Read again; called after this process has changed something."""
        with self._lock:
            self._looked = float("-inf")

    def _read(self) -> dict[str, frozenset[str]]:
        statement = select(recusal.c.about_id, recusal.c.person_id).where(
            _standing, recusal.c.about_id.is_not(None)
        )
        found: dict[str, set[str]] = {}
        with self._database.read() as connection:
            for row in connection.execute(statement):
                found.setdefault(row.about_id, set()).add(row.person_id)
        return {about: frozenset(people) for about, people in found.items()}
