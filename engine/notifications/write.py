"""What commands told becomes rows: one notification per person, one delivery per channel wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, insert, or_, select

from engine.ids import new_id
from engine.notifications.choices import choices_of, next_digest
from engine.notifications.kinds import APP, DIGEST, KINDS, MAIL, NEVER, NOW, WEBHOOK
from engine.store.tables import delivery, notification, webhook

if TYPE_CHECKING:
    from engine.store.unit_of_work import UnitOfWork

#: Names that one call to the organisation's webhook lists; the others are counted.
_MOST_NAMED = 20
#: People that one statement asks for by id.
_MOST_ASKED = 1_000


@dataclass(slots=True)
class Told:
    """One thing that happened, and whom it concerns."""

    kind: str
    people: list[str]
    instance: str | None = None
    task: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def write(uow: UnitOfWork, told: list[Told]) -> None:
    """Insert the rows, in the transaction of what happened."""
    _Writer(uow, told).write()


class _Writer:
    def __init__(self, uow: UnitOfWork, told: list[Told]) -> None:
        self._uow = uow
        self._told = told
        self._people = {person for one in told for person in one.people}
        self._choices = choices_of(uow.connection, self._people)
        self._notifications: list[dict[str, Any]] = []
        self._deliveries: list[dict[str, Any]] = []
        self._hooks: dict[str | None, list[Any]] = {}

    def write(self) -> None:
        self._read_hooks()
        for one in self._told:
            rows = [self._notification(one, person) for person in one.people]
            before = len(self._deliveries)
            for row in rows:
                self._to_person(row)
            self._to_organisation(one, rows)
            needed = {made["notification_id"] for made in self._deliveries[before:]}
            self._notifications += [row for row in rows if row["shown"] or row["id"] in needed]
        if self._notifications:
            self._uow.execute_many(insert(notification), self._notifications)
        if self._deliveries:
            self._uow.execute_many(insert(delivery), self._deliveries)

    def _read_hooks(self) -> None:
        if WEBHOOK not in self._uow.engine.channels:
            return
        named: ColumnElement[bool] = webhook.c.person_id.in_(self._people)
        if len(self._people) > _MOST_ASKED:
            # So many people are not named one by one: few webhooks are there at all.
            named = webhook.c.person_id.is_not(None)
        concerned = or_(webhook.c.person_id.is_(None), named)
        rows = self._uow.execute(
            select(webhook.c.id, webhook.c.person_id, webhook.c.kinds)
            .where(webhook.c.active.is_(True), concerned)
            .order_by(webhook.c.id)
        )
        for row in rows:
            self._hooks.setdefault(row.person_id, []).append(row)

    def _notification(self, one: Told, person: str) -> dict[str, Any]:
        return {
            "id": new_id(),
            "person_id": person,
            "kind": one.kind,
            "instance_id": one.instance,
            "task_id": one.task,
            "facts": one.facts,
            "at": self._uow.now,
            "shown": self._choices.wanted(person, one.kind, APP) == NOW,
        }

    def _to_person(self, row: dict[str, Any]) -> None:
        person, kind = row["person_id"], row["kind"]
        by_mail = self._choices.wanted(person, kind, MAIL)
        if (
            by_mail != NEVER
            and MAIL in self._uow.engine.channels
            and self._uow.engine.directory.address(person)
        ):
            self._deliver(row, MAIL, digest=by_mail == DIGEST)
        if self._choices.wanted(person, kind, WEBHOOK) == NOW:
            for hook in self._hooks.get(person, ()):
                self._deliver(row, WEBHOOK, hook=hook.id)

    def _to_organisation(self, one: Told, rows: list[dict[str, Any]]) -> None:
        """One call for all who were told at once: a room full of robots' messages is read by nobody."""
        for hook in self._hooks.get(None, ()) if rows and one.kind in KINDS else ():
            if hook.kinds is None or one.kind in hook.kinds:
                people = {"ids": one.people[:_MOST_NAMED], "count": len(one.people)}
                self._deliver(rows[0], WEBHOOK, hook=hook.id, people=people)

    def _deliver(
        self,
        row: dict[str, Any],
        channel: str,
        *,
        digest: bool = False,
        hook: str | None = None,
        people: dict[str, Any] | None = None,
    ) -> None:
        uow = self._uow
        due_at = uow.now
        if digest:
            wanted = self._choices.digest_time(row["person_id"])
            due_at = next_digest(uow.now, wanted, uow.engine.zone, uow.engine.working_days)
        self._deliveries.append(
            {
                "id": new_id(),
                "notification_id": row["id"],
                "channel": channel,
                "webhook_id": hook,
                "state": "collected" if digest else "waiting",
                "due_at": due_at,
                "attempts": 0,
                "people": people,
            }
        )
