"""The reader's language: Chinese first, English complete. Msgids are the English sentences."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import g, has_request_context, request

#: Looks a message up and fills in its values.
Gettext = Callable[..., str]

LANGUAGES = ("zh", "en")
COOKIE = "gongban_lang"
_CATALOGUES = Path(__file__).parent / "translations"


def language() -> str:
    """zh or en: the reader's own choice, else what the browser prefers, else Chinese."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        chosen = request.cookies.get(COOKIE)
        if chosen not in LANGUAGES:
            header = request.headers.get("Accept-Language", "")
            chosen = request.accept_languages.best_match(LANGUAGES, "zh") if header else "zh"
        g.language = chosen
    return str(g.language)


def speak(name: str) -> None:
    """The rest of this request in a language, whatever the reader chose: paper has its own."""
    g.language = name if name in LANGUAGES else "zh"


@cache
def translations(name: str) -> NullTranslations:
    """A language's catalogues, read from their .po files: no build step can be forgotten.

    Msgids are English, so English needs none.
    """
    found = NullTranslations()
    if name == "en":
        return found
    for path in sorted((_CATALOGUES / name / "LC_MESSAGES").glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=name))
        compiled.seek(0)
        one = Translations(compiled)
        one.add_fallback(found)
        found = one
    return found


def gettext(message: str, **values: object) -> str:
    """The message in the reader's language."""
    return gettext_in(language())(message, **values)


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """The message for a number, in the reader's language."""
    return ngettext_in(language())(singular, plural, number, **values)


def gettext_in(name: str) -> Gettext:
    """`gettext` in a given language, for what is written while nobody looks (a mail)."""

    def look_up(message: str, **values: object) -> str:
        text = translations(name).gettext(message)
        return text % values if values else text

    return look_up


def ngettext_in(name: str) -> Gettext:
    """`ngettext` in a given language."""

    def look_up(singular: str, plural: str, number: int, **values: object) -> str:
        text = translations(name).ngettext(singular, plural, number)
        return text % {"num": number, **values}

    return look_up
