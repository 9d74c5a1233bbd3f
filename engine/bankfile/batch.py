"""The file that tells a bank what to pay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bankfile.lines import CONTROL, MAX_CELL, VERSION, Encoding, encode, guarded, yuan
from engine.bankfile.model import BankFileInvalid, Batch, Fault

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,39}")
_ACCOUNT = re.compile(r"[0-9]{5,32}")


def write(batch: Batch, encoding: Encoding = "utf-8") -> bytes:
    """The batch's file; the same batch gives the same bytes. Raises `BankFileInvalid`.

    Accounts are digits without quotes or marks, as banks read them; a spreadsheet shows long ones
    rounded, so the file is for the bank and not for editing.
    """
    faults = list(_batch_faults(batch))
    if faults:
        raise BankFileInvalid(faults)
    lines = [["H", "PAY", VERSION, batch.number, *_sums(batch)]]
    lines += [
        [
            "D",
            order.number,
            guarded(order.payee),
            order.account,
            guarded(order.bank),
            yuan(order.amount_fen),
            guarded(order.purpose),
        ]
        for order in batch.orders
    ]
    return encode(lines, _sums(batch)[1:], encoding)


def _batch_faults(batch: Batch) -> Iterator[Fault]:
    if not batch.orders:
        yield Fault(0, "no_orders")
    if not _NUMBER.fullmatch(batch.number):
        yield Fault(1, "number", {"name": "batch"})
    seen: set[str] = set()
    for line, order in enumerate(batch.orders, 2):
        texts = (order.payee, order.bank, order.purpose)
        if not _NUMBER.fullmatch(order.number):
            yield Fault(line, "number", {"name": "order"})
        if order.number in seen:
            yield Fault(line, "duplicate_order", {"order": order.number})
        seen.add(order.number)
        if not _ACCOUNT.fullmatch(order.account):
            yield Fault(line, "number", {"name": "account"})
        if order.amount_fen <= 0:
            yield Fault(line, "not_positive")
        if not order.payee.strip() or any(
            len(text) >= MAX_CELL or CONTROL.search(text) for text in texts
        ):
            yield Fault(line, "control")


def _sums(batch: Batch) -> list[str]:
    return [batch.made_on.isoformat(), str(len(batch.orders)), yuan(batch.total_fen)]
