"""What must not leave the case in the clear: its sealed values, and what looks like one.

A notice or a register line is written by a package; a field named by mistake must not publish an
ID card. So values are compared with the case's own sealed ones, and long runs of digits refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from engine.abilities.arguments import refuse
from engine.abilities.base import Call
from engine.sealing import is_sealed
from engine.store.document import seal_context

#: ID cards have 15 or 18 characters, mobiles 11, accounts 12 to 32; no amount or year has so many.
LONGEST_DIGITS = 10
_SEPARATORS = re.compile(r"(?<=\d)[\s_·-]+(?=\d)")
_DIGITS = re.compile(rf"\d{{{LONGEST_DIGITS + 1},}}")
#: A shorter sealed value ("无", "25") would be found in innocent texts.
_SHORTEST = 2
_SHORTEST_DIGITS = 6


def refuse_sealed(call: Call, name: str, value: Any) -> None:
    """Raise `InvalidArgument` when a text inside `value` repeats a sealed value of the case."""
    texts = [_plain(text) for text in _texts(value)]
    for secret in _secrets(call):
        if any(secret in text for text in texts):
            raise refuse(call, name, "nothing that the case keeps sealed")


def looks_sensitive(text: str) -> bool:
    """True when a text holds a run of digits as long as an ID card's, a mobile's or an account's."""
    return _DIGITS.search(_SEPARATORS.sub("", _plain(text))) is not None


def _plain(text: str) -> str:
    """Without full-width forms and invisible characters, which hide a number from a search."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(one for one in normal if unicodedata.category(one) != "Cf").casefold()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _secrets(call: Call) -> Iterator[str]:
    for name, token in _sealed(call.case.document.content, ""):
        opened = call.uow.engine.keyring.open_sealed(token, seal_context(call.case.id, name))
        secret = _plain(opened.strip())
        shortest = _SHORTEST_DIGITS if secret.isdigit() else _SHORTEST
        if len(secret) >= shortest:
            yield secret


def _sealed(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if is_sealed(value):
        yield name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _sealed(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _sealed(item, name)
