"""The orders a list of open work may have, and the marks that say where a page of it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import Invalid
from engine.queries.paging import instant, written
from engine.store.tables import NO_AMOUNT, NO_DUE

#: Between the order and the place in a mark.
_SIGN = "~"
#: What a database's whole number holds.
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Order:
    """One order: along which column of `task_candidate`, and which way."""

    name: str
    column: str
    newest: bool = False
    #: What stands for "none" where it would come first: those lines are walked last, by themselves.
    none: Any = None

    @property
    def way(self) -> str:
        """For ORDER BY."""
        return "DESC" if self.newest else "ASC"

    @property
    def beyond(self) -> str:
        """What comes after a place in this order."""
        return "<" if self.newest else ">"

    def mark(self, value: Any, identity: str) -> str:
        """The place of a line, fit for an address without being quoted."""
        text = written(value) if isinstance(value, datetime) else str(value)
        return f"{self.name}{_SIGN}{text}|{identity}"

    def place(self, text: str) -> tuple[Any, str]:
        """What `mark` said; raise `Invalid` for anything else, another order's marks too."""
        name, _, rest = text.partition(_SIGN)
        value, _, identity = rest.partition("|")
        try:
            if name != self.name:
                raise ValueError
            return (_amount(value) if self.column == "amount_fen" else instant(value)), identity
        except (OverflowError, ValueError):
            raise Invalid("This does not name the end of a page.") from None


def _amount(text: str) -> int:
    value = int(text)
    if abs(value) > _LARGEST:
        raise OverflowError
    return value


#: By name: how a list is sorted. A minus is the other way round; what has none comes last both ways.
ORDERS = {
    one.name: one
    for one in (
        Order("age", "created_at"),
        Order("-age", "created_at", newest=True),
        Order("due", "due_at"),
        Order("-due", "due_at", newest=True, none=NO_DUE),
        Order("amount", "amount_fen", none=NO_AMOUNT),
        Order("-amount", "amount_fen", newest=True),
    )
}
