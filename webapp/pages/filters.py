"""How times, amounts and deadlines are written for people."""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime
from typing import Any

from markupsafe import Markup

from engine.queries.inbox import MOST_COUNTED
from webapp.language import gettext as _
from webapp.language import language, ngettext
from webapp.requests import engine


def money(fen: int | None) -> str:
    """`¥ 12,000.00` from 分."""
    if fen is None:
        return ""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥ {abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def when(instant: datetime | Day | str | None) -> Markup:
    """Today 09:12, 20 November, or with the year; the full time as a title."""
    moment = _local(instant)
    if moment is None:
        return Markup("")
    if not isinstance(moment, datetime):
        return Markup("<time>{}</time>").format(date(moment))
    now = engine().clock.now().astimezone(engine().zone)
    clock = f"{moment:%H:%M}"
    if moment.date() == now.date():
        text = _("today %(time)s", time=clock)
    elif (now.date() - moment.date()).days == 1:
        text = _("yesterday %(time)s", time=clock)
    elif moment.year == now.year:
        text = f"{_day(moment.date(), year=False)} {clock}"
    else:
        text = f"{_day(moment.date(), year=True)} {clock}"
    full = f"{_day(moment.date(), year=True)} {moment:%H:%M:%S}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(timespec="seconds"), full, text
    )


def date(value: datetime | Day | str | None, style: str = "") -> str:
    """20 November 2026; with `full` also the day of the week: before it in English, behind in Chinese."""
    moment = _local(value)
    if moment is None:
        return ""
    day = moment.date() if isinstance(moment, datetime) else moment
    text = _day(day, year=True)
    if style == "full":
        week = _weekday(day)
        return f"{week}, {text}" if language() == "en" else f"{text} {week}"
    return text


def due(value: Any) -> dict[str, str] | None:
    """A deadline as text and state (ok, soon, overdue), counted in working days."""
    provisional = False
    if isinstance(value, dict):
        provisional, value = bool(value.get("provisional")), value.get("at")
    moment = _local(value)
    if moment is None:
        return None
    house = engine()
    now = house.clock.now().astimezone(house.zone)
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, datetime.max.time(), house.zone)
    if moment < now:
        days = house.working_days.between(moment.date(), now.date())
        text = ngettext("%(num)s working day overdue", "%(num)s working days overdue", max(days, 1))
        return {"text": text, "state": "overdue"}
    days = house.working_days.between(now.date(), moment.date())
    # A deadline at the end of a day falls on the next midnight; that day still counts.
    if moment.hour == 0 and moment.minute == 0:
        days = max(0, days - 1)
    if days <= 0 and (moment.hour, moment.minute) != (0, 0) and moment.date() == now.date():
        text, state = _("due today at %(time)s", time=moment.strftime("%H:%M")), "soon"
    elif days <= 0:
        text, state = _("due today"), "soon"
    else:
        text = ngettext("%(num)s working day left", "%(num)s working days left", days)
        state = "soon" if days <= 1 else "ok"
    if provisional:
        text = f"{text} " + _("(provisional)")
    return {"text": text, "state": state}


def count(number: int) -> str:
    """A count, exact to 999; nothing for none."""
    if number > MOST_COUNTED:
        return f"{MOST_COUNTED}+"
    return str(number) if number else ""


def size(count_of_bytes: int) -> str:
    """A file's size."""
    if count_of_bytes < 1024 * 1024:
        return f"{max(1, count_of_bytes // 1024)} KB"
    return f"{count_of_bytes / 1024 / 1024:.1f} MB"


def _local(value: datetime | Day | str | None) -> datetime | Day | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = Day.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    return value.astimezone(engine().zone) if isinstance(value, datetime) else value


def _day(day: Day, *, year: bool) -> str:
    if language() == "en":
        return f"{day.day} {day:%B}" + (f" {day.year}" if year else "")
    return (f"{day.year}年" if year else "") + f"{day.month}月{day.day}日"


def _weekday(day: Day) -> str:
    if language() == "en":
        return f"{day:%A}"
    return "周" + "一二三四五六日"[day.weekday()]


__all__ = ["count", "date", "due", "money", "size", "when"]
