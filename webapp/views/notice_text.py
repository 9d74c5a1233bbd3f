"""A yearly notice about days off, read from the text that somebody pasted.

Understood is what the State Council's notices say (“1月1日（周四）至3日（周六）放假。1月4日（周日）上班。”)
and plain lines (“2027-01-01 off”). Days come before the word that says what they are.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from engine.errors import ChangeRefused

MOST_TEXT = 8_000
_MOST_DAYS = 31
_DAY = r"(?:(?P<y{n}>\d{{4}})\s*[年/.-]\s*)?(?P<m{n}>\d{{1,2}})\s*[月/.-]\s*(?P<d{n}>\d{{1,2}})日?"
_REMARK = r"(?:\s*[（(][^）)]{0,20}[）)])?"
_TO = r"\s*(?:至|到|~|～|—+|－|–|\s-\s|to)\s*"
_TOKEN = re.compile(
    _DAY.format(n=1)
    + _REMARK
    + rf"(?:{_TO}(?:{_DAY.format(n=2)}|(?P<only>\d{{1,2}})日){_REMARK})?"
    + r"|(?P<work>上班|补班|工作日|\bwork\w*)|(?P<off>放假|休息|\boff\b|holiday)"
    + r"|(?P<stop>[。；;\n])"
)


def read_notice(text: str, year: int) -> dict[date, bool]:
    """Day → is it worked. Raise `ChangeRefused` for what is not clear."""
    if len(text) > MOST_TEXT:
        raise ChangeRefused("too_long", longest=MOST_TEXT)
    found: dict[date, bool] = {}
    waiting: list[date] = []
    begun = 0
    for match in _TOKEN.finditer(text.replace("\r", "")):
        if match["work"] or match["off"]:
            for day in waiting:
                if found.setdefault(day, bool(match["work"])) != bool(match["work"]):
                    raise ChangeRefused("notice_unclear", text=day.isoformat())
            waiting = []
        elif match["stop"]:
            if waiting:
                raise ChangeRefused("notice_unclear", text=text[begun : match.end()].strip()[:60])
            begun = match.end()
        else:
            waiting += _days(match, year)
    if waiting:
        raise ChangeRefused("notice_unclear", text=text[begun:].strip()[:60])
    return dict(sorted(found.items()))


def _days(match: re.Match[str], year: int) -> list[date]:
    try:
        first = date(int(match["y1"] or year), int(match["m1"]), int(match["d1"]))
        last = first
        if match["only"]:
            last = date(first.year, first.month, int(match["only"]))
        elif match["m2"]:
            last = date(int(match["y2"] or first.year), int(match["m2"]), int(match["d2"]))
    except ValueError:
        raise ChangeRefused("notice_unclear", text=match[0]) from None
    count = (last - first).days + 1
    if not 1 <= count <= _MOST_DAYS:
        raise ChangeRefused("notice_unclear", text=match[0])
    return [first + timedelta(days=number) for number in range(count)]
