"""Finds the longest known name at a position among the tokens.

FEEL names may contain spaces, keywords and operators; which tokens form a name depends on what
is in scope. Names of plain words need no scope: two words side by side are never anything else.
"""

from collections.abc import Iterable
from functools import lru_cache

from engine.feel.lexer import Token, is_plain, pieces_of, quote

is_plain_name = lru_cache(maxsize=8192)(is_plain)
_pieces = lru_cache(maxsize=4096)(pieces_of)

#: Built-in names and types whose words include a keyword.
BUILTIN_NAMES = (
    "date and time",
    "years and months duration",
    "days and time duration",
)


def key_text(name: str) -> str:
    """A name as a context's key: bare where it reads back as the same name, else a string."""
    words = [piece.text for piece in _pieces(name)]
    return name if is_plain_name(name) and words and " ".join(words) == name else quote(name)


class NameIndex:
    """A set of names that only scope can tell from an expression."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[tuple[Token, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known; plain ones need no entry."""
        if is_plain_name(name):
            return
        pieces = _pieces(name)
        entries = self._by_first.setdefault(pieces[0].text, [])
        if any(known == name for _, known in entries):
            return
        entries.append((pieces, name))
        entries.sort(key=lambda entry: -len(entry[0]))

    def match(self, tokens: list[Token], at: int) -> tuple[str, int] | None:
        """The longest name that starts at a token, and the token behind it."""
        for pieces, name in self._by_first.get(tokens[at].text, ()):
            if _fits(pieces, tokens, at):
                return name, at + len(pieces)
        return None


def _fits(pieces: tuple[Token, ...], tokens: list[Token], at: int) -> bool:
    # `a-b` and `a - b` differ: someone who writes the spaces means a subtraction.
    if at + len(pieces) >= len(tokens):
        return False
    for index, piece in enumerate(pieces):
        token = tokens[at + index]
        if token.text != piece.text or (index and token.spaced != piece.spaced):
            return False
    return True


def special_names(names: Iterable[str]) -> frozenset[str]:
    """Those names that a parser must be told of."""
    return frozenset(name for name in names if not is_plain_name(name))
