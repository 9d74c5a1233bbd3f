"""What goes to the bank and comes back, as plain data; and what can be wrong with it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.errors import Invalid

Outcome = Literal["paid", "returned"]

#: code -> (Chinese, English); names in braces are the fault's params.
MESSAGES: dict[str, tuple[str, str]] = {
    "too_big": ("文件过大", "The file is too large."),
    "encoding": ("文件编码应为 UTF-8 或 GB18030", "The file must be UTF-8 or GB18030."),
    "not_csv": ("不是有效的 CSV", "This is not valid CSV."),
    "empty": ("文件是空的", "The file is empty."),
    "not_a_reply": ("不是银行回盘文件", "This is not a bank's reply."),
    "version": ("不支持的格式版本", "This version of the format is not supported."),
    "other_batch": ("批次号不符, 应为 {expected}", "Another batch; expected {expected}."),
    "truncated": ("文件不完整, 缺少结尾行", "The file is cut off; its last line is missing."),
    "after_end": ("结尾行之后还有内容", "There are lines after the end."),
    "cells": ("此行的列数不对", "The line has the wrong number of cells."),
    "line_kind": ("无法识别的行", "This kind of line is not known."),
    "control": ("含有控制字符或过长", "Has control characters or is too long."),
    "number": ("{name} 格式不正确", "{name} has the wrong form."),
    "count": ("笔数不符: {found}, 应为 {expected}", "Count {found}, expected {expected}."),
    "total": ("总金额不符: {found}, 应为 {expected}", "Total {found}, expected {expected}."),
    "hash": ("校验值不符, 文件被改动过", "The hash does not fit; the file was changed."),
    "unknown_order": ("批次中没有支付单 {order}", "The batch has no order {order}."),
    "duplicate_order": ("支付单 {order} 出现两次", "Order {order} occurs twice."),
    "missing_order": ("缺少支付单 {order} 的结果", "There is no result for order {order}."),
    "amount": ("金额不符: {found}, 应为 {expected}", "Amount {found}, expected {expected}."),
    "result": ("结果应为 paid 或 returned", "The result must be paid or returned."),
    "paid_needs": ("成功的支付应有日期和凭证号", "A payment that was made has a date and voucher."),
    "returned_needs": ("退回应有原因, 没有日期", "A returned payment has a reason and no date."),
    "too_early": ("支付日期早于批次日期", "Paid before the batch was made."),
    "no_orders": ("批次中没有支付单", "The batch has no orders."),
    "not_positive": ("金额应大于零", "The amount must be more than zero."),
}


@dataclass(frozen=True, slots=True)
class Order:
    """One payment: `amount_fen` in 分, the account as digits."""

    number: str
    payee: str
    account: str
    bank: str
    amount_fen: int
    purpose: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The payments that go to the bank in one file."""

    number: str
    made_on: datetime.date
    orders: tuple[Order, ...]

    @property
    def total_fen(self) -> int:
        """The sum of the orders, in 分."""
        return sum(order.amount_fen for order in self.orders)


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one order. Paid: a date and a voucher; returned: the bank's reason."""

    order: str
    result: Outcome
    paid_on: datetime.date | None = None
    voucher: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one line, counted from 1; line 0 is the file as a whole."""

    line: int
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: str = "zh") -> str:
        """The sentence a person reads, in `zh` or `en`."""
        return MESSAGES[self.code][1 if lang == "en" else 0].format_map(self.params)


class BankFileInvalid(Invalid):
    """A bank file does not hold; `faults` says where. Nothing of it may be used."""

    problem = "bank_file"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(line=first.line, code=first.code, count=len(self.faults))
