"""What an expression of a package can see: the case document and a few functions over the calendar.

One `Scope` serves one command. It notes whether a calendar year that is not published yet had a part
in a result, so that deadlines built on it can be marked provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine import feel
from engine.clock import end_of_day, start_of_day
from engine.errors import EngineError
from engine.organisation import Organisation
from engine.working_days import WorkingDays
from engine.working_hours import add_hours, hours_between

#: What is lent to expressions. A name with a keyword in it (`between`) is one only if it is known.
FUNCTIONS = frozenset(
    {
        "add working days",
        "working days between",
        "add working hours",
        "working hours between",
        "heads",
        "heads up",
        "holders",
    }
)
#: In microseconds.
_ONE_HOUR = 3_600_000_000
_MIDNIGHT = time()


class ExpressionFailed(EngineError):
    """An expression of the process gave no usable value."""

    problem = "expression_failed"


class Scope:
    """Evaluates FEEL over one case's facts at one instant."""

    def __init__(
        self,
        facts: Mapping[str, Any],
        *,
        now: datetime,
        zone: ZoneInfo,
        calendar: WorkingDays,
        organisation: Organisation | None = None,
    ) -> None:
        self.facts = facts
        self._now = now.astimezone(zone)
        self._zone = zone
        self._calendar = calendar
        self.provisional = False
        #: Host functions of expressions, forms included.
        self.functions: Mapping[str, Any] = {
            "add working days": self._add_working_days,
            "working days between": self._working_days_between,
            "add working hours": self._add_working_hours,
            "working hours between": self._working_hours_between,
            **(organisation.functions if organisation else {}),
        }

    def evaluate(self, text: str) -> Any:
        """The value of an expression as Python holds it; problems on the way end in null, as FEEL has it."""
        return feel.to_python(self.result(text).value)

    def result(self, text: str) -> feel.Result:
        """The value with the problems met on the way."""
        return feel.compile_expression(text, names=_names(self.facts)).evaluate(
            self.facts, now=lambda: self._now, functions=self.functions
        )

    def require(self, text: str, element: str) -> Any:
        """The value of an expression that must have one; `ExpressionFailed` says what was null and why."""
        result = self.result(text)
        if result.value is None:
            reasons = "; ".join(str(problem) for problem in result.problems)
            raise ExpressionFailed(element=element, expression=text, reasons=reasons or None)
        return feel.to_python(result.value)

    def instant(self, text: str, element: str) -> datetime:
        """When a timer or a due date falls: a date means the end of that day, a duration counts from now."""
        value = self.require(text, element)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=self._zone)
        if isinstance(value, date):
            return end_of_day(value, self._zone)
        if isinstance(value, timedelta):
            return self._now + value
        # A years-and-months duration: FEEL knows how long its months are.
        moved = feel.to_python(feel.evaluate("now + span", {"now": self._now, "span": value}))
        if isinstance(moved, datetime):
            return moved
        raise ExpressionFailed(
            element=element, expression=text, reasons="this is neither a date nor a duration"
        )

    def _add_working_days(self, start: Any, days: Any) -> date | None:
        day = self._day(start)
        if day is None or not isinstance(days, (int, Decimal)):
            return None
        deadline = self._calendar.add(day, int(days))
        self.provisional |= deadline.provisional
        return deadline.day

    def _working_days_between(self, start: Any, end: Any) -> Decimal | None:
        first, last = self._day(start), self._day(end)
        if first is None or last is None:
            return None
        return Decimal(self._calendar.between(first, last))

    def _add_working_hours(self, start: Any, hours: Any) -> datetime | None:
        begin = self._begin(start)
        if begin is None or not isinstance(hours, (int, Decimal)):
            return None
        span = timedelta(microseconds=int(hours * _ONE_HOUR))
        end = add_hours(self._calendar, begin, span, self._zone)
        self.provisional |= end.provisional
        return end.at.astimezone(self._zone)

    def _working_hours_between(self, start: Any, end: Any) -> Decimal | None:
        begin, finish = self._begin(start), self._begin(end)
        if begin is None or finish is None:
            return None
        passed, provisional = hours_between(self._calendar, begin, finish, self._zone)
        self.provisional |= provisional
        return Decimal(passed // timedelta(microseconds=1)) / _ONE_HOUR

    def _day(self, value: Any) -> date | None:
        """The day of an instant; midnight ends the day before, as it does where a date is a deadline."""
        if isinstance(value, datetime):
            local = value.astimezone(self._zone) if value.tzinfo else value
            return local.date() - timedelta(days=local.time() == _MIDNIGHT)
        return value if isinstance(value, date) else None

    def _begin(self, value: Any) -> datetime | None:
        """The instant of a value; a day begins with its first."""
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=self._zone)
        return start_of_day(value, self._zone) if isinstance(value, date) else None


def _names(facts: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(facts) | FUNCTIONS
