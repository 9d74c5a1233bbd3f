"""A line of the sheet of earlier lines: into a register that packages read for caps and duplicates."""

from __future__ import annotations

from engine.commands.registers import enter_earlier
from engine.forms.numbers import bank_account_fault, id_card_fault
from engine.masking import mask
from webapp.language import gettext as _
from webapp.takeover.cells import Fields
from webapp.takeover.columns import EARLIER
from webapp.takeover.known import Known
from webapp.takeover.outcome import Outcome


def take_earlier(known: Known, fields: Fields, number: int) -> Outcome:
    """Enter the line, or correct the one with its reference."""
    today = known.uow.today
    register = fields.choice("register", known.registers, required=True) or ""
    subject = fields.checked("subject", lambda text: id_card_fault(text, today))
    if subject is None and not fields.faulty("subject"):
        fields.fault("subject", _("is missing"))
    year = fields.whole("year", 1990, today.year)
    amount = fields.money("amount")
    entered = fields.day("entered_on", required=True)
    account = fields.checked("account", bank_account_fault)
    reference = fields.text("reference", 60) or ""
    note = fields.text("note", 200) or ""
    yuan = f"{amount // 100:,}.{amount % 100:02}"
    fields.what = f"{mask('id_card', subject)} · {year} · {yuan}"
    if entered and entered > today:
        fields.fault("entered_on", _("lies in the future"))
    key = reference or f"{subject}|{year}|{amount}|{entered}"
    if (first := known.twice(EARLIER, f"{register}|{key}", number)) is not None:
        if reference:
            fields.fault("reference", _("stands in row %(row)s already", row=first))
        else:
            fields.fault(
                "reference",
                _("row %(row)s says the same; give both a reference if they are two", row=first),
            )
    fields.check()
    assert subject is not None  # checked above, as is the day
    assert entered is not None
    state = enter_earlier(
        known.uow,
        register,
        subject=subject,
        year=year,
        amount_fen=amount,
        entered_on=entered,
        account=account,
        reference=reference,
        note=note,
    )
    return Outcome(state, fields.what)
