"""The list of cases as a file: the columns of the page, and nothing that the page hides."""

from __future__ import annotations

from flask import Response

from engine.actors import Actor
from engine.clock import today
from engine.engine import Engine
from engine.queries.proxies import stands_in_for
from webapp.language import gettext as _
from webapp.views.case_list import Listed, lines
from webapp.xlsx import MONEY, TIME, Book, Column

#: The longest file, in rows: a list beyond that is narrowed first.
MOST_EXPORTED = 50_000
_AT_ONCE = 500


def export_cases(house: Engine, actor: Actor, listed: Listed) -> Response:
    """Every line of the list, newest first, up to the limit; a file that was cut says so."""
    book = Book(house.zone)
    columns = [
        Column(_("Number"), width=20),
        Column(_("Case"), width=40),
        Column(_("Matter"), width=24),
        Column(_("Applicant"), width=12),
        Column(_("Unit"), width=28),
        Column(_("Amount (yuan)"), MONEY, 14),
        Column(_("State"), width=16),
        Column(_("Step"), width=24),
        Column(_("With whom"), width=32),
        Column(_("There since"), TIME),
        Column(_("Due"), TIME),
        Column(_("Started"), TIME),
        Column(_("Ended"), TIME),
    ]
    note = _("At most %(most)s rows; narrow the list to get the rest.", most=f"{MOST_EXPORTED:,}")
    sheet = book.sheet(_("Cases"), columns, note)
    with house.database.read() as connection:
        owners = stands_in_for(house, connection, actor.id, house.clock.now())
        after: str | None = None
        while sheet.rows < MOST_EXPORTED:
            size = min(_AT_ONCE, MOST_EXPORTED - sheet.rows)
            items, after = lines(
                connection, house, actor, listed, owners=owners, after=after, limit=size
            )
            for item in items:
                at = item["places"][0] if item["places"] else None
                sheet.add(
                    [
                        item["number"],
                        item["what"] if item["known"] else None,
                        item["process"],
                        item["who"],
                        item["where"],
                        item["amount_fen"],
                        item["state_text"],
                        "；".join(one["step"] for one in item["places"]),
                        "；".join(one["who"] for one in item["places"]),
                        at["since"] if at else None,
                        at["due"]["at"] if at and at["due"] else None,
                        item["started_at"],
                        item["ended_at"],
                    ]
                )
            if after is None:
                break
    day = today(house.clock, house.zone)
    return book.answer(f"{_('Cases')}-{day:%Y%m%d}.xlsx")
