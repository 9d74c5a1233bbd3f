"""The administrators' own wording of notifications, by kind and language, with named gaps in braces.

What a process remembers of it is looked up again after a second, so that a change holds everywhere.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, insert, select, update

from engine.engine import Engine
from engine.errors import ChangeRefused
from engine.store.database import Database
from engine.store.tables import setting
from engine.store.unit_of_work import UnitOfWork
from webapp.language import LANGUAGES, gettext_in

#: The setting that holds them: kind → language → text.
TEXTS = "notification_texts"
LONGEST = 200
LOOK_AGAIN = 1.0
_GAP = re.compile(r"\{(\w*)\}")
_OURS = re.compile(r"%\((\w+)\)s")
_Texts = dict[str, dict[str, str]]
_known: WeakKeyDictionary[Database, tuple[float, _Texts]] = WeakKeyDictionary()


def usual(kind: str, language: str) -> str:
    """The usual sentence of a kind, with its gaps in braces."""
    # Late: the sentences ask this module.
    from webapp.notify.sentences import words

    return _OURS.sub(r"{\1}", words(gettext_in(language))[kind][1])


def gaps(kind: str) -> list[str]:
    """The gaps that a text of this kind may have."""
    return sorted({gap for one in LANGUAGES for gap in _GAP.findall(usual(kind, one))})


def read_texts(connection: Connection) -> _Texts:
    """All own texts."""
    found: _Texts | None = connection.execute(
        select(setting.c.value).where(setting.c.name == TEXTS)
    ).scalar_one_or_none()
    return found or {}


def wording_of(engine: Engine, kind: str, language: str) -> str | None:
    """The own text of a kind in a language, or None."""
    now = time.monotonic()
    kept = _known.get(engine.database)
    if kept is None or now - kept[0] >= LOOK_AGAIN:
        with engine.database.glance() as connection:
            kept = _known[engine.database] = (now, read_texts(connection))
    return kept[1].get(kind, {}).get(language)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its gaps filled in; what is filled in is never looked through for gaps."""
    return _GAP.sub(lambda found: values.get(found[1], found[0]), text)


def check_text(kind: str, text: str) -> str:
    """The text as it is kept; raise `ChangeRefused`."""
    text = text.strip()
    if not text:
        raise ChangeRefused("text_empty")
    if len(text) > LONGEST or not text.isprintable():
        raise ChangeRefused("text_too_long", longest=LONGEST)
    known = gaps(kind)
    rest = _GAP.sub("", text)
    unknown = [gap for gap in _GAP.findall(text) if gap not in known]
    if unknown or "{" in rest or "}" in rest:
        names = ", ".join(f"{{{one}}}" for one in known) or "–"
        raise ChangeRefused("text_gap", gap=unknown[0] if unknown else "", known=names)
    return text


def set_text(uow: UnitOfWork, kind: str, language: str, text: str | None) -> None:
    """Give a kind an own text in a language, or (None) the usual one back. The caller commits."""
    text = None if text is None else check_text(kind, text)
    statement = select(setting.c.value).where(setting.c.name == TEXTS).with_for_update()
    row = uow.execute(statement).one_or_none()
    texts: _Texts = {name: dict(one) for name, one in (row.value if row else {}).items()}
    before = texts.get(kind, {}).get(language)
    # The usual text is not kept: it may be put better some day.
    if text == usual(kind, language):
        text = None
    if before == text:
        return
    own = texts.setdefault(kind, {})
    own.pop(language, None)
    if text is not None:
        own[language] = text
    texts = {name: one for name, one in texts.items() if one}
    if row is None:
        uow.execute(insert(setting).values(name=TEXTS, value=texts))
    else:
        uow.execute(update(setting).where(setting.c.name == TEXTS).values(value=texts))
    subject = {"kind": kind, "language": language}
    uow.record_in("system", "texts.set", subject, {"from": before, "to": text})
    engine = uow.engine
    uow.after_commit(lambda: forget(engine))


def forget(engine: Engine) -> None:
    """Look them up again."""
    _known.pop(engine.database, None)
