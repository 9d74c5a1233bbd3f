"""What a password may be. Length is what protects; no composition is prescribed.

Forced capitals, digits and marks make people write `Password1!`. What is refused instead is what those
who guess try first: short ones, the person's own name or number, common words with a year behind them,
runs of the keyboard, and the passwords the person had before.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from webapp.accounts.errors import WeakPassword

LEAST_LENGTH = 10
#: Longer ones cost time and protect nothing more.
MOST_LENGTH = 200
#: How many characters beside the own name make a password of it that is not just that name.
BESIDE_A_NAME = 6
#: How many of the last passwords do not come back, the present one among them.
REMEMBERED = 5

_COMMON = Path(__file__).parent / "data" / "common_passwords.txt"
_RUNS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
#: Signs people write instead of letters.
_INSTEAD = str.maketrans("@$013457", "asoleast")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def check_policy(password: str, *known: str) -> None:
    """Raise `WeakPassword` (with `why`) for what the policy does not allow.

    `known`: what others know of the person: user name, name, number.
    """
    why = weakness(password, *known)
    if why is not None:
        raise WeakPassword(why=why, least=LEAST_LENGTH)


def weakness(password: str, *known: str) -> str | None:
    """short, long, known or common; None for one that will do."""
    if len(password) < LEAST_LENGTH:
        return "short"
    if len(password) > MOST_LENGTH:
        return "long"
    folded = password.casefold()
    for one in known:
        name = one.strip().casefold()
        if len(name) > 1 and name in folded and len(folded) - len(name) < BESIDE_A_NAME:
            return "known"
    return "common" if _is_common(folded) else None


def _is_common(folded: str) -> bool:
    if len(set(folded)) < 5 or _is_run(folded):
        return True
    word = _AROUND.sub("", folded)
    beside = len(folded) - len(word)
    # A common word with a birthday behind it is as common; one within a sentence is not.
    return beside <= 9 and (word in _common() or word.translate(_INSTEAD) in _common())


def _is_run(folded: str) -> bool:
    """A block said again and again, or little beside a run of the keyboard or the alphabet."""
    if any(folded == (folded[:size] * len(folded))[: len(folded)] for size in range(1, 6)):
        return True
    longest = max(
        (_common_length(folded, run) for each in _RUNS for run in (each, each[::-1])), default=0
    )
    return longest >= 5 and len(folded) - longest < BESIDE_A_NAME


def _common_length(text: str, run: str) -> int:
    """How many characters of the text are pieces of the run, each of at least four."""
    covered = at = 0
    while at < len(text):
        size = 0
        while at + size < len(text) and text[at : at + size + 1] in run:
            size += 1
        covered += size if size >= 4 else 0
        at += max(size, 1)
    return covered


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
