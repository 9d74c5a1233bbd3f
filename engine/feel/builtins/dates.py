"""Functions of dates, times and durations."""

from decimal import ROUND_DOWN, Decimal
from typing import Any

from engine.feel import iso
from engine.feel.builtins.registry import builtin
from engine.feel.convert import to_feel
from engine.feel.errors import FeelFailure
from engine.feel.number import as_integer
from engine.feel.runtime import Run
from engine.feel.temporal import NANO, Date, DateTime, DaysTime, Time, YearsMonths

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _whole(value: Decimal, what: str) -> int:
    whole = as_integer(value)
    if whole is None:
        raise FeelFailure(f"{what} should be a whole number")
    return whole


def _read(reader: Any, text: str) -> Any:
    try:
        return reader(text)
    except ValueError as error:
        raise FeelFailure(str(error)) from error


@builtin("date", "from: string")
def date_from_text(run: Run, text: str) -> Date:
    """`date("2024-05-01")`"""
    found: Date = _read(iso.read_date, text)
    return found


@builtin("date", "from: points")
def date_from_point(run: Run, point: Date | DateTime) -> Date:
    """The date of a date and time."""
    return point.date if isinstance(point, DateTime) else point


@builtin("date", "year: number", "month: number", "day: number")
def date_from_numbers(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Date:
    """`date(2024, 5, 1)`"""
    try:
        return Date(_whole(year, "year"), _whole(month, "month"), _whole(day, "day"))
    except ValueError as error:
        raise FeelFailure(str(error)) from error


@builtin("time", "from: string")
def time_from_text(run: Run, text: str) -> Time:
    """`time("13:00:00")`"""
    found: Time = _read(iso.read_time, text)
    return found


@builtin("time", "from: clock")
def time_from_point(run: Run, point: Date | DateTime | Time) -> Time:
    """The time of a date and time; of a date its midnight in UTC."""
    if isinstance(point, DateTime):
        return point.time
    return point if isinstance(point, Time) else Time(0, 0, 0, offset=0)


@builtin(
    "time",
    "hour: number",
    "minute: number",
    "second: number",
    "offset: days and time duration?=",
)
def time_from_numbers(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None
) -> Time:
    """`time(13, 0, 0)`, `time(13, 0, 0, @"PT8H")`"""
    whole = second.to_integral_value(ROUND_DOWN)
    if not 0 <= second < 60:
        raise FeelFailure("second should be at least 0 and below 60")
    try:
        return Time(
            _whole(hour, "hour"),
            _whole(minute, "minute"),
            int(whole),
            int((second - whole) * NANO),
            None if offset is None else offset.nanos // NANO,
        )
    except ValueError as error:
        raise FeelFailure(str(error)) from error


@builtin("date and time", "from: string")
def moment_from_text(run: Run, text: str) -> DateTime:
    """`date and time("2024-05-01T13:00:00+08:00")`"""
    found: DateTime = _read(iso.read_date_time, text)
    return found


@builtin("date and time", "from: points")
def moment_from_point(run: Run, point: Date | DateTime) -> DateTime:
    """A date's midnight; a date and time as it is."""
    return point if isinstance(point, DateTime) else DateTime(point, Time(0, 0, 0))


@builtin("date and time", "date: points", "time: time")
def moment_from_parts(run: Run, date: Date | DateTime, time: Time) -> DateTime:
    """A date and a time put together."""
    return DateTime(date_from_point(run, date), time)


@builtin("duration", "from: string")
def duration(run: Run, text: str) -> YearsMonths | DaysTime:
    """`duration("P1Y2M")`, `duration("P3DT4H")`"""
    found: YearsMonths | DaysTime = _read(iso.read_duration, text)
    return found


@builtin("duration", "from: years and months duration")
def same_months(run: Run, value: YearsMonths) -> YearsMonths:
    """A duration as it is."""
    return value


@builtin("duration", "from: days and time duration")
def same_days(run: Run, value: DaysTime) -> DaysTime:
    """A duration as it is."""
    return value


@builtin("years and months duration", "from: points", "to: points")
def months_between(run: Run, start: Date | DateTime, end: Date | DateTime) -> YearsMonths:
    """Whole months from one date to another."""
    a, b = date_from_point(run, start), date_from_point(run, end)
    months = (b.year - a.year) * 12 + b.month - a.month
    # The time of day makes no difference, as the standard has it.
    if months > 0 and b.day < a.day:
        months -= 1
    elif months < 0 and b.day > a.day:
        months += 1
    return YearsMonths(months)


@builtin("now")
def now(run: Run) -> DateTime:
    """The moment of the evaluation, by the host's clock."""
    moment: DateTime = to_feel(run.now())
    return moment


@builtin("today")
def today(run: Run) -> Date:
    """The date of the evaluation, by the host's clock."""
    moment: DateTime = to_feel(run.now())
    return moment.date


@builtin("day of year", "date: points")
def day_of_year(run: Run, date: Date | DateTime) -> Decimal:
    """From 1."""
    return Decimal(date_from_point(run, date).day_of_year())


@builtin("day of week", "date: points")
def day_of_week(run: Run, date: Date | DateTime) -> str:
    """ "Monday" to "Sunday"."""
    return _DAYS[date_from_point(run, date).weekday() - 1]


@builtin("month of year", "date: points")
def month_of_year(run: Run, date: Date | DateTime) -> str:
    """ "January" to "December"."""
    return _MONTHS[date_from_point(run, date).month - 1]


@builtin("week of year", "date: points")
def week_of_year(run: Run, date: Date | DateTime) -> Decimal:
    """The week by ISO 8601."""
    return Decimal(date_from_point(run, date).week_of_year())
