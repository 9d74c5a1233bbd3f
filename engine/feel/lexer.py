"""Cuts FEEL text into tokens; knows nothing of scope or grammar."""

import re
from typing import NamedTuple

from engine.feel.errors import FeelSyntaxError

#: Longer texts are refused; a rule of this size belongs in a table.
MAX_TEXT = 65_536
MAX_TOKENS = 4_000

# The character classes of the standard's grammar rules 28-30 and 61.
_SPACE = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d"
    "\u180f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf"
    "\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"

_TOKEN = re.compile(
    rf"""
      (?P<space> [{_SPACE}]+ | //[^\n]* | /\*.*?\*/ )
    | (?P<num>   (?: [0-9]+ (?:\.[0-9]+)? | \.[0-9]+ ) (?:[eE][+-]?[0-9]+)? )
    | (?P<str>   "(?:[^"\\]|\\.)*" )
    | (?P<word>  \? | [{_START}][{_PART}]* )
    | (?P<op>    \*\* | \.\. | <= | >= | != | -> | [-+*/<>=()\[\]{{}},:.@'] )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}

#: Characters that may stand inside a name although they are operators elsewhere.
NAME_SYMBOLS = frozenset([".", "-", "+", "*", "/", "'", "**"])

#: Words that end a name which no scope knows.
STOP_WORDS = frozenset(
    ["and", "or", "in", "between", "instance", "then", "else", "return", "satisfies"]
)


class Token(NamedTuple):
    """A piece of text: kind is num, str, word, op, other or end."""

    kind: str
    text: str
    start: int
    end: int
    spaced: bool  # white space or a comment stands before it


def tokenize(text: str) -> list[Token]:
    """Cut an expression; the last token has kind `end`."""
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError(f"the text is longer than {MAX_TEXT} characters", text, 0)
    tokens: list[Token] = []
    spaced = False
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "space":
            spaced = True
            continue
        if kind == "other" and match.group() == '"':
            raise FeelSyntaxError("this string has no closing quote", text, match.start())
        if kind == "op" and text.startswith("/*", match.start()):
            raise FeelSyntaxError("this comment has no closing */", text, match.start())
        start = match.start()
        if kind == "num" and text[start] == "." and not spaced and _ends_operand(tokens):
            # `case.2024 budget`: behind an operand the dot leads to a name, however it begins.
            tokens.append(Token("op", ".", start, start + 1, False))
            start += 1
        tokens.append(Token(kind, text[start : match.end()], start, match.end(), spaced))
        spaced = False
        if len(tokens) > MAX_TOKENS:
            message = f"the text has more than {MAX_TOKENS} words and signs"
            raise FeelSyntaxError(message, text, match.start())
    tokens.append(Token("end", "", len(text), len(text), spaced))
    return tokens


def _ends_operand(tokens: list[Token]) -> bool:
    if not tokens:
        return False
    last = tokens[-1]
    if last.kind == "word":
        return last.text not in STOP_WORDS and last.text not in RESERVED
    return last.text in (")", "]", "}")


def pieces_of(name: str) -> tuple[Token, ...]:
    """The tokens a name consists of; empty when it cannot be written in FEEL."""
    try:
        return tuple(tokenize(name.strip())[:-1])
    except FeelSyntaxError:
        return ()


def is_plain(name: str) -> bool:
    """Whether a name needs no scope to be recognised: words only, no keyword inside."""
    pieces = pieces_of(name)
    if not pieces or pieces[0].kind != "word":
        return not pieces
    return all(
        piece.kind in ("word", "num") and piece.text not in STOP_WORDS for piece in pieces
    ) and (len(pieces) == 1 or pieces[0].text not in RESERVED)


#: Words that begin an expression of their own.
RESERVED = frozenset(["true", "false", "null", "if", "for", "some", "every", "function"])


def unquote(literal: str) -> str:
    """The value of a string literal. An unknown escape stays as written (`\\d`)."""
    body = literal[1:-1]
    if "\\" not in body:
        return body
    value = _ESCAPE.sub(_unescape, body)
    # A pair of \\u escapes may spell one character beyond the basic plane.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "uU" and len(code) > 1:
        point = int(code[1:], 16)
        return chr(point) if point <= 0x10FFFF else match.group()
    return _PLAIN_ESCAPES.get(code, match.group())


def quote(value: str) -> str:
    """A string literal whose value is `value`."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    for char, code in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(char, code)
    return f'"{escaped}"'
