"""Find people by a part of their name."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, or_, select

from webapp.accounts.tables import account, person


def find_people(connection: Connection, text: str, day: date, limit: int) -> list[str]:
    """Ids of people whose name or member number holds the text and who belong here on that day."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = connection.execute(
        select(person.c.id)
        .select_from(person.outerjoin(account, account.c.person_id == person.c.id))
        .where(
            or_(
                person.c.name.like(f"%{escaped}%", escape="\\"),
                person.c.member_no.like(f"{escaped}%", escape="\\"),
            ),
            or_(person.c.left_on.is_(None), person.c.left_on > day),
            or_(account.c.disabled.is_(None), account.c.disabled.is_(False)),
        )
        .order_by(person.c.name, person.c.id)
        .limit(limit)
    )
    return list(rows.scalars())
