"""What a case is found by: its words, and every two consecutive characters (a *gram*) of them.

Names have two characters, so a search must find two: full-text indexes that cut words, or need three
characters, find no Chinese name. A gram is a row; both databases look rows up.
"""

from __future__ import annotations

import unicodedata

#: What somebody looks for is cut here: nobody types more, and each gram costs a look.
LONGEST = 100
#: How much of a title, name or number is made findable.
_PART = 300


def plain(text: str) -> str:
    """The text as it is compared: no matter how wide or large its letters are."""
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(*parts: str | None) -> str:
    """What a case is found by, a line each; empty parts and repeated ones are left out."""
    lines = (" ".join(plain(part[:_PART]).split()) for part in parts if part)
    return "\n".join(dict.fromkeys(line for line in lines if line))


def grams(words: str) -> set[str]:
    """Every two consecutive characters; none of them reaches over a blank."""
    return {word[start : start + 2] for word in words.split() for start in range(len(word) - 1)}


def asked(text: str) -> list[str]:
    """What somebody looks for, as words all of which a case must have.

    Empty where no word has two characters: one character finds too much to be of use.
    """
    words = list(dict.fromkeys(plain(text[:LONGEST]).split()))
    return words if any(len(word) > 1 for word in words) else []
