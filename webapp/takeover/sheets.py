"""The template, and the list of what became of each line, as spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response

from engine.engine import Engine
from webapp.language import gettext as _
from webapp.takeover.columns import KINDS, columns, sheet_title
from webapp.takeover.words import kind_text, state_text
from webapp.xlsx import NUMBER, Book, Column


def make_template(engine: Engine) -> Response:
    """A sheet for each kind with its headings alone, and one that says what stands in each column."""
    book = Book(engine.zone)
    explained = book.sheet(
        _("How to fill in"),
        [
            Column(_("Sheet"), width=16),
            Column(_("Column"), width=18),
            Column(_("Needed"), width=8),
            Column(_("What stands there"), width=60),
            Column(_("Example"), width=20),
        ],
    )
    for kind in KINDS:
        for one in columns(kind, _):
            needed = _("yes") if one.required else ""
            explained.add([sheet_title(kind, _), one.title, needed, one.help, one.example])
    for rule in _rules():
        explained.add(["", "", "", rule, ""])
    for kind in KINDS:
        book.sheet(sheet_title(kind, _), [Column(one.title) for one in columns(kind, _)])
    return book.answer(f"{_('Template for taking over')}.xlsx")


def _rules() -> list[str]:
    return [
        _("Sheets that are not needed may be left empty or deleted. Other sheets are left out."),
        _(
            "A line that is there already and says the same changes nothing; an empty cell leaves what is known."
        ),
        _("No formulas and no merged cells; numbers with many digits in cells of type text."),
        _("Nothing happens until the list of what would happen was looked at and agreed to."),
    ]


def make_report(engine: Engine, file_name: str, lines: Iterable[dict[str, Any]]) -> Response:
    """One row for each line: where it stands, what becomes of it, and why."""
    book = Book(engine.zone)
    sheet = book.sheet(
        _("Lines"),
        [
            Column(_("Kind"), width=16),
            Column(_("Sheet"), width=16),
            Column(_("Row"), NUMBER, width=8),
            Column(_("Result"), width=10),
            Column(_("What"), width=36),
            Column(_("Why, or what changed"), width=70),
        ],
    )
    for one in lines:
        words = "; ".join(one["words"])
        sheet.add(
            [
                kind_text(one["kind"]),
                one["sheet"],
                one["row"],
                state_text(one["state"]),
                one["what"],
                words,
            ]
        )
    stem = file_name.rpartition(".")[0] or file_name
    return book.answer(f"{stem}-{_('Result')}.xlsx")
