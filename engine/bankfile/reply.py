"""The file a bank answers with: read strictly, taken whole or not at all."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from engine.bankfile.lines import (
    CONTROL,
    MAX_CELL,
    VERSION,
    Encoding,
    bare,
    control_hash,
    decode,
    encode,
    guarded,
    yuan,
)
from engine.bankfile.model import BankFileInvalid, Batch, Fault, Reply

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_reply(content: bytes, batch: Batch, *, complete: bool = True) -> list[Reply]:
    """The bank's results for a batch, in the file's order.

    Every order of the batch must be answered exactly once (`complete=False`: at most once), with
    its amount. Raises `BankFileInvalid` with every fault found; a file is taken whole or not.
    """
    lines = decode(content)
    reader = _ReplyReader(batch)
    replies = reader.read(lines)
    if complete and not reader.faults:
        answered = {reply.order for reply in replies}
        for order in batch.orders:
            if order.number not in answered:
                reader.fault(0, "missing_order", order=order.number)
    if reader.faults:
        raise BankFileInvalid(reader.faults)
    return replies


def make_reply(batch: Batch, replies: Iterable[Reply], encoding: Encoding = "utf-8") -> bytes:
    """The file a bank would answer with, for demonstrations and tests; nothing is checked."""
    amounts = {order.number: order.amount_fen for order in batch.orders}
    results = list(replies)
    total = yuan(sum(amounts.get(reply.order, 0) for reply in results))
    days = [reply.paid_on for reply in results if reply.paid_on]
    day = max(days, default=batch.made_on).isoformat()
    lines = [["H", "REPLY", VERSION, batch.number, day, str(len(results)), total]]
    lines += [
        [
            "D",
            reply.order,
            yuan(amounts.get(reply.order, 0)),
            reply.result,
            reply.paid_on.isoformat() if reply.paid_on else "",
            guarded(reply.voucher),
            guarded(reply.reason),
        ]
        for reply in results
    ]
    return encode(lines, [str(len(results)), total], encoding)


class _ReplyReader:
    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._amounts = {order.number: order.amount_fen for order in batch.orders}
        self._total = 0
        self.faults: list[Fault] = []

    def fault(self, line: int, code: str, **params: object) -> None:
        """Note what is wrong; the rest of the file is read all the same."""
        self.faults.append(Fault(line, code, params))

    def read(self, lines: list[list[str]]) -> list[Reply]:
        """The results; worthless if there are faults."""
        head, *rest = lines
        if head[:2] != ["H", "REPLY"] or len(head) != 7:
            self.fault(1, "not_a_reply")
            return []
        if head[2] != VERSION:
            self.fault(1, "version")
            return []
        if head[3] != self._batch.number:
            self.fault(1, "other_batch", expected=self._batch.number)
            return []
        if not rest or rest[-1][0] != "T":
            ends = [number for number, line in enumerate(rest, 2) if line[0] == "T"]
            self.fault(ends[0] + 1 if ends else len(lines), "after_end" if ends else "truncated")
            return []
        replies = [self._order(number, line) for number, line in enumerate(rest[:-1], 2)]
        found = [reply for reply in replies if reply is not None]
        self._sums(1, head[5:7], len(found))
        if _day(head[4]) is None:
            self.fault(1, "number", name="date")
        end = rest[-1]
        if len(end) != 4:
            self.fault(len(lines), "cells")
        else:
            self._sums(len(lines), end[1:3], len(found))
            if end[3] != control_hash(lines[:-1]):
                self.fault(len(lines), "hash")
        return found

    def _sums(self, line: int, cells: list[str], count: int) -> None:
        if cells[0] != str(count):
            self.fault(line, "count", found=cells[0][:20], expected=count)
        if cells[1] != yuan(self._total):
            self.fault(line, "total", found=cells[1][:20], expected=yuan(self._total))

    def _order(self, number: int, line: list[str]) -> Reply | None:
        if line[0] != "D":
            self.fault(number, "line_kind")
            return None
        if len(line) != 7:
            self.fault(number, "cells")
            return None
        if any(len(cell) > MAX_CELL or CONTROL.search(cell) for cell in line):
            self.fault(number, "control")
            return None
        order, amount, result, day, voucher, reason = line[1:]
        # Taken out as it is found, so that a second line about the same order is seen as such.
        expected = self._amounts.pop(order, None)
        if expected is None:
            known = any(one.number == order for one in self._batch.orders)
            self.fault(number, "duplicate_order" if known else "unknown_order", order=order[:40])
            return None
        self._total += expected
        if amount != yuan(expected):
            self.fault(number, "amount", found=amount[:20], expected=yuan(expected))
        return self._result(number, order, result, day, bare(voucher), bare(reason))

    def _result(
        self, number: int, order: str, result: str, day: str, voucher: str, reason: str
    ) -> Reply | None:
        paid_on = _day(day)
        if day and paid_on is None:
            self.fault(number, "number", name="date")
        elif result == "paid":
            if paid_on is None or not voucher.strip():
                self.fault(number, "paid_needs")
            elif paid_on < self._batch.made_on:
                self.fault(number, "too_early")
            return Reply(order, "paid", paid_on, voucher.strip(), reason.strip())
        elif result == "returned":
            if not reason.strip() or day:
                self.fault(number, "returned_needs")
            return Reply(order, "returned", None, voucher.strip(), reason.strip())
        else:
            self.fault(number, "result")
        return None


def _day(text: str) -> datetime.date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
