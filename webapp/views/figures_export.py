"""The dashboard as a file for a spreadsheet: a sheet for each of its tables."""

from __future__ import annotations

from flask import Response

from engine.clock import today
from engine.engine import Engine
from webapp.language import gettext as _
from webapp.views.dashboard import Figures, Row
from webapp.xlsx import HOURS, NUMBER, Book, Column


def export_figures(house: Engine, found: Figures) -> Response:
    """Every table with all of its rows."""
    book = Book(house.zone)
    flow = book.sheet(
        _("Over time"),
        [Column(_("Span of time"), width=26), *_numbers(_("Started"), _("Ended"))],
    )
    for row in found.flow:
        flow.add([row.note, row.started, row.ended])
    _four(
        book,
        _("By matter"),
        [Column(_("Matter"), width=30), Column(_("Area"), width=24)],
        found.processes,
        noted=True,
    )
    _four(book, _("By unit"), [Column(_("Unit"), width=36)], found.units, noted=False)
    results = book.sheet(
        _("Results"),
        [Column(_("Matter"), width=30), Column(_("Result"), width=24), *_numbers(_("Cases"))],
    )
    for one in found.results:
        results.add([one["process"], one["label"], one["number"]])
    loads = book.sheet(
        _("Open steps"),
        [
            Column(_("Matter"), width=30),
            Column(_("Step"), width=28),
            *_numbers(_("In progress"), _("Overdue")),
        ],
    )
    for one in found.loads:
        loads.add([one["process"], one["label"], one["cases"], one["overdue"]])
    times = book.sheet(
        _("Time per step"),
        [
            Column(_("Matter"), width=30),
            Column(_("Step"), width=28),
            *_numbers(_("Cases")),
            Column(_("Half within (hours of work)"), HOURS, 26),
            Column(_("9 of 10 within (hours of work)"), HOURS, 28),
        ],
    )
    for one in found.times:
        times.add([one["process"], one["label"], one["cases"], one["median"], one["p90"]])
    day = today(house.clock, house.zone)
    return book.answer(f"{_('Figures')}-{day:%Y%m%d}.xlsx")


def _numbers(*titles: str) -> list[Column]:
    return [Column(title, NUMBER, 12) for title in titles]


def _four(book: Book, name: str, first: list[Column], rows: list[Row], *, noted: bool) -> None:
    titles = (_("Started"), _("Ended"), _("In progress"), _("Overdue"))
    sheet = book.sheet(name, [*first, *_numbers(*titles)])
    for row in rows:
        label = [row.label, row.note] if noted else [row.label]
        sheet.add([*label, row.started, row.ended, row.open, row.overdue])
