"""What people have chosen of the channels, and when their digests come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine.notifications.kinds import APP, KINDS, TASK_OPENED, kind_of
from engine.store.tables import notification_choice
from engine.working_days import WorkingDays

#: The kind under which stands what belongs to no kind.
GENERAL = "*"
DIGEST_TIME, LANGUAGE = "digest", "language"
HOURLY = "hourly"
#: When a digest comes unless somebody wants it at another time: once a working day.
MORNING = "08:30"
LANGUAGES = ("zh", "en")
#: SQLite and PostgreSQL both take this many values in one statement.
_AT_ONCE = 1_000


@dataclass(slots=True)
class Choices:
    """What some people want; what they have not chosen is the table's default."""

    _chosen: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def wanted(self, person: str, kind: str, channel: str) -> str:
        """now, digest or never."""
        chosen = self._chosen.get((person, kind, channel))
        return chosen or kind_of(kind).default(channel)

    def digest_time(self, person: str) -> str:
        """`hourly`, or the time of day at which the digest comes."""
        return self._chosen.get((person, GENERAL, DIGEST_TIME), MORNING)

    def language(self, person: str) -> str:
        """The language of what is sent to the person."""
        return self._chosen.get((person, GENERAL, LANGUAGE), LANGUAGES[0])


def choices_of(connection: Connection, people: Iterable[str]) -> Choices:
    """What these people have chosen."""
    found = Choices()
    everybody = list(dict.fromkeys(people))
    for start in range(0, len(everybody), _AT_ONCE):
        some = everybody[start : start + _AT_ONCE]
        rows = connection.execute(
            select(notification_choice).where(notification_choice.c.person_id.in_(some))
        )
        for row in rows:
            found._chosen[row.person_id, row.kind, row.channel] = row.wanted
    return found


def next_digest(now: datetime, wanted: str, zone: ZoneInfo, calendar: WorkingDays) -> datetime:
    """When the next digest comes: at the full hour, or at a time of day of the next working day."""
    here = now.astimezone(zone)
    if wanted == HOURLY:
        return here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    moment = datetime.combine(here.date(), time.fromisoformat(wanted), zone)
    while moment <= here or not calendar.is_working(moment.date()).working:
        moment = datetime.combine(
            moment.date() + timedelta(days=1), time.fromisoformat(wanted), zone
        )
    return moment


def as_dict(found: Choices, person: str, channels: Iterable[str]) -> dict[str, dict[str, str]]:
    """What a person wants of every kind: kind → channel → now, digest or never."""
    names = list(channels)
    return {
        kind: {
            channel: found.wanted(person, kind, channel)
            for channel in names
            if (kind, channel) != (TASK_OPENED, APP)
        }
        for kind in KINDS
    }
