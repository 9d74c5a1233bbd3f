"""Lines of a register from before this installation: entered once, known again, corrected in the open.

They count like lines of cases (`engine/abilities/register.py`): for caps, duplicates and shared accounts.
"""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import insert, select, update

from engine.errors import ChangeRefused
from engine.store.tables import register_entry
from engine.store.unit_of_work import UnitOfWork

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"
#: What looks like an identity or account number does not belong into what can be read.
_SENSITIVE = re.compile(r"\d{13,}|\d{17}[Xx]")


def enter_earlier(
    uow: UnitOfWork,
    register: str,
    *,
    subject: str,
    year: int,
    amount_fen: int,
    entered_on: date,
    account: str | None = None,
    reference: str = "",
    note: str = "",
) -> str:
    """Enter a line that no case stands behind; return created, changed or unchanged. The caller commits.

    With a `reference` the line is known again by it, else by everything else; so nothing is entered twice.
    Only keyed hashes of `subject` (an identity number) and `account` are kept. Raise `ChangeRefused`.
    """
    for text in (reference, note):
        if _SENSITIVE.search(re.sub(r"[\s-]", "", text)):
            raise ChangeRefused("note_sensitive")
    keyring = uow.engine.keyring
    who = keyring.index("id_card", subject)
    where = keyring.index("bank_account", account) if account else None
    # What a line is known by is hashed with the key too: amounts of a known person could be guessed.
    same = f"reference|{reference}" if reference else f"{who}|{year}|{amount_fen}|{entered_on}"
    entry = keyring.index("register_line", f"{register}|{same}")
    values = {
        "year": year,
        "subject": who,
        "account": where,
        "amount_fen": amount_fen,
        "facts": {name: text for name, text in (("reference", reference), ("note", note)) if text},
        "entered_on": entered_on,
    }
    row = uow.execute(select(register_entry).where(register_entry.c.id == entry)).one_or_none()
    stream = f"register:{register}"
    if row is None:
        uow.execute(
            insert(register_entry).values(
                id=entry, register=register, instance_id=None, state="valid", **values
            )
        )
        uow.record_in(stream, "register.taken_over", {"entry": entry}, _readable(values))
        return CREATED
    if row.state != "valid":
        raise ChangeRefused("line_void")
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return UNCHANGED
    uow.execute(update(register_entry).where(register_entry.c.id == entry).values(changed))
    before = {name: getattr(row, name) for name in changed}
    payload = {
        "from": _readable(before),
        "to": _readable(changed),
        "fields": sorted(changed),
    }
    uow.record_in(stream, "register.corrected", {"entry": entry}, payload)
    return CHANGED


def _readable(values: dict[str, object]) -> dict[str, object]:
    """For the record: no hash of a person or an account."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if name not in ("subject", "account")
    }
