"""People named by what somebody wrote: `@陈静` in a remark, a list of names in a field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sqlalchemy import Connection

from engine.clock import today
from engine.engine import Engine
from engine.queries.case import CaseView
from webapp.accounts.search import find_people
from webapp.views.people import people_of

_MENTION = re.compile(r"@([^\s@,，。；;:：、！!？?()（）]{1,40})")
_SEPARATORS = re.compile(r"[\s,，、;；]+")
#: As many people of one name as it takes to see that it is not clear who is meant.
_ENOUGH = 20


@dataclass(slots=True)
class Named:
    """Whom a text names, and the names that nobody or several people have."""

    people: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def mentioned_in(house: Engine, case: CaseView, text: str) -> list[str]:
    """Ids of the people of the case whose names follow an @; a longer name wins over a shorter one."""
    by_name: dict[str, list[str]] = {}
    for one in people_of(house, case):
        by_name.setdefault(house.directory.name(one), []).append(one)
    found: list[str] = []
    for word in _MENTION.findall(text):
        fitting = [name for name in by_name if word.startswith(name)]
        if fitting:
            found += by_name[max(fitting, key=len)]
    return list(dict.fromkeys(found))


def outsiders_in(
    house: Engine, connection: Connection, text: str, known: list[str]
) -> tuple[list[str], list[str]]:
    """Ids of others whose whole name follows an @, and the words after an @ that name nobody."""
    names = {house.directory.name(one) for one in known}
    words = [
        word
        for word in dict.fromkeys(_MENTION.findall(text))
        if not any(word.startswith(name) for name in names)
    ]
    named = people_named(house, connection, " ".join(words))
    return named.people, [*named.unknown, *named.unclear]


def people_named(house: Engine, connection: Connection, text: str) -> Named:
    """The people behind a list of whole names or member numbers."""
    named = Named()
    for word in dict.fromkeys(filter(None, _SEPARATORS.split(text.replace("@", " ")))):
        day = today(house.clock, house.zone)
        found = find_people(connection, word, day, _ENOUGH)
        exact = [one for one in found if house.directory.name(one) == word] or (
            found if len(found) == 1 else []
        )
        if len(exact) == 1:
            named.people += exact
        else:
            (named.unclear if len(exact) > 1 else named.unknown).append(word)
    return named
