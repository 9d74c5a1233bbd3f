"""Registers: lines about people and accounts that can be compared and not read.

A line holds keyed hashes of who it is about, made by the keyring's index; the values themselves are
in the case document, sealed.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, or_, select, update

from engine.abilities import arguments
from engine.abilities.base import Answer, Call, Done
from engine.abilities.disclosure import refuse_sealed
from engine.ids import new_id
from engine.sealing import normalise
from engine.store.case import Case
from engine.store.tables import register_entry
from engine.store.unit_of_work import UnitOfWork

_ID_CARD = re.compile(r"\d{17}[\dX]|\d{15}")
_LONGEST_REGISTER = 64
_LONGEST_VALUE = 200


class LookUp:
    """`register.lookup`: what other cases have entered about the same subject or account."""

    sets_aside = False

    def run(self, call: Call) -> Answer:
        """Count the subject's valid lines of the year, and lines of others with the same account."""
        register, subject = _register(call), _subject(call)
        account = _account(call)
        earlier = _earlier(call, register)
        row = call.uow.execute(
            select(
                func.count().label("lines"),
                func.coalesce(func.sum(register_entry.c.amount_fen), 0).label("total"),
            ).where(
                *earlier,
                register_entry.c.subject == subject,
                register_entry.c.year == arguments.year(call),
            )
        ).one()
        latest = call.uow.execute(
            select(func.max(register_entry.c.entered_on)).where(
                *earlier, register_entry.c.subject == subject
            )
        ).scalar_one()
        others = 0
        if account is not None:
            others = call.uow.execute(
                select(func.count(func.distinct(register_entry.c.subject))).where(
                    *earlier,
                    register_entry.c.account == account,
                    register_entry.c.subject != subject,
                )
            ).scalar_one()
        return Done(
            {
                "count": row.lines,
                "total_fen": int(row.total),
                "latest": None if latest is None else latest.isoformat(),
                "same_account_others": others,
            }
        )

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """Looking leaves nothing to undo."""


class Enter:
    """`register.enter`: one line for this case; void when the case ends early."""

    sets_aside = False

    def run(self, call: Call) -> Answer:
        """Write the line; raise `InvalidArgument` for facts that repeat a sealed value."""
        facts = arguments.context(call, "facts")
        refuse_sealed(call, "facts", facts)
        entry = new_id()
        call.uow.execute(
            insert(register_entry).values(
                id=entry,
                register=_register(call),
                instance_id=call.case.id,
                year=arguments.year(call),
                subject=_subject(call),
                account=_account(call),
                amount_fen=arguments.whole(call, "amount_fen", 0, arguments.LARGEST_FEN),
                facts=facts,
                entered_on=call.uow.today,
                state="valid",
            )
        )
        call.leave_effect("register.enter", "void", entry)
        return Done(entry)

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """The line stays and counts no more."""
        uow.execute(
            update(register_entry).where(register_entry.c.id == done.reference).values(state="void")
        )


def _register(call: Call) -> str:
    return arguments.text(call, "register", _LONGEST_REGISTER)


def _subject(call: Call) -> str:
    value = arguments.text(call, "subject", _LONGEST_VALUE)
    # An ID card may be typed with blanks or a small x; the card is the same.
    kind = "id_card" if _ID_CARD.fullmatch(normalise("id_card", value)) else "subject"
    return call.uow.engine.keyring.index(kind, value)


def _account(call: Call) -> str | None:
    value = arguments.optional_text(call, "account", _LONGEST_VALUE)
    return None if value is None else call.uow.engine.keyring.index("bank_account", value)


def _earlier(call: Call, register: str) -> list[ColumnElement[bool]]:
    return [
        register_entry.c.register == register,
        register_entry.c.state == "valid",
        or_(
            register_entry.c.instance_id.is_(None),
            register_entry.c.instance_id != call.case.id,
        ),
    ]
