"""The patterns of `matches`, `replace` and `split`: XPath's syntax on the `regex` engine.

XPath and Python differ in what `$`, `.` and classes mean, and Python knows constructs XPath has
not (look-around, named groups). Patterns are checked and translated; sizes are bounded and each
search has a time limit, since no syntax check finds every pattern that explodes.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from time import thread_time_ns
from typing import Any

import regex

from engine.feel.errors import FeelFailure, FeelLimitError, ProblemKind
from engine.feel.runtime import Run

MAX_PATTERN = 500
MAX_INPUT = 100_000
SECONDS = 0.05
STEPS_PER_CHARACTER = 20
_MAX_REPEAT = 1000

_BRACES = re.compile(r"\{([0-9]{1,9})(,([0-9]{0,9}))?\}")
_BLOCK = re.compile(r"\\([pP])\{Is([A-Za-z0-9-]+)\}")
_PROPERTY = re.compile(r"\\[pP]\{[A-Za-z]{1,2}\}")
_CLASSES = {
    "i": r"[\p{L}_:]",
    "I": r"[^\p{L}_:]",
    "c": r"[\p{L}\p{M}\p{Nd}_:.\-\u00b7]",
    "C": r"[^\p{L}\p{M}\p{Nd}_:.\-\u00b7]",
    "w": r"[^\p{P}\p{Z}\p{C}]",
    "W": r"[\p{P}\p{Z}\p{C}]",
    "s": r"[ \t\n\r]",
    "S": r"[^ \t\n\r]",
}
_FLAGS = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE, "x": 0, "q": 0}


def found(run: Run, text: str, pattern: str, flags: str) -> bool:
    """Whether the pattern occurs."""
    compiled = _ready(run, pattern, flags)
    with _watched(run, text):
        return compiled.search(text, timeout=SECONDS) is not None


def replaced(run: Run, text: str, pattern: str, replacement: str, flags: str) -> str:
    """Every occurrence replaced."""
    compiled = _ready(run, pattern, flags)
    parts = [replacement] if "q" in flags else _replacement(replacement, compiled.groups)
    out: list[str] = []
    size = at = 0
    with _watched(run, text):
        _refuse_empty(compiled)
        for match in compiled.finditer(text, timeout=SECONDS):
            run.spend(1)
            piece = "".join(
                part if isinstance(part, str) else (match.group(part) or "") for part in parts
            )
            size += len(piece) + match.start() - at
            if size > run.limits.string_size:
                raise FeelLimitError(f"a text of more than {run.limits.string_size} characters")
            out.append(text[at : match.start()])
            out.append(piece)
            at = match.end()
    return "".join(out) + text[at:]


def parts(run: Run, text: str, pattern: str) -> list[str]:
    """What stands between the occurrences."""
    compiled = _ready(run, pattern, "")
    pieces: list[str] = []
    at = 0
    with _watched(run, text):
        _refuse_empty(compiled)
        for match in compiled.finditer(text, timeout=SECONDS):
            run.spend(1)
            pieces.append(text[at : match.start()])
            at = match.end()
    return [*pieces, text[at:]]


def _refuse_empty(compiled: Any) -> None:
    if compiled.search("", timeout=SECONDS):
        raise FeelFailure("the pattern matches the empty text")


@contextmanager
def _watched(run: Run, text: str) -> Iterator[None]:
    """Bound one search, and make slow ones pay, lest a loop repeat them a thousand times."""
    if len(text) > MAX_INPUT:
        raise FeelFailure("the text is too long for a pattern", ProblemKind.LIMIT)
    begin = thread_time_ns()
    try:
        yield
    except TimeoutError as error:
        raise FeelLimitError("a pattern takes too long") from error
    microseconds = (thread_time_ns() - begin) // 1000
    if microseconds > 20:
        run.spend(microseconds)


def _ready(run: Run, pattern: str, flags: str) -> Any:
    """The compiled pattern; an evaluation pays for each once, and each time for one that fails."""
    known = run.patterns.get((pattern, flags))
    if known is None:
        run.spend(min(len(pattern), MAX_PATTERN) * STEPS_PER_CHARACTER)
        known = run.patterns[pattern, flags] = _compiled(pattern, flags)
    return known


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> Any:
    if len(pattern) > MAX_PATTERN:
        raise FeelFailure(f"the pattern is longer than {MAX_PATTERN}", ProblemKind.LIMIT)
    options = regex.VERSION1
    for flag in flags:
        if flag not in _FLAGS:
            raise FeelFailure(f'there is no flag "{flag}"; flags are s, m, i, x and q')
        options |= _FLAGS[flag]
    text = regex.escape(pattern) if "q" in flags else _Translator(pattern, flags).translate()
    try:
        return regex.compile(text, options)
    except (regex.error, OverflowError, RecursionError) as error:
        raise FeelFailure(f'"{pattern[:40]}" is not a pattern: {error}') from error


def _replacement(text: str, groups: int) -> list[str | int]:
    result: list[str | int] = []
    at = 0
    while at < len(text):
        char, following = text[at], text[at + 1 : at + 2]
        if char == "\\":
            if following not in ("\\", "$") or not following:
                raise FeelFailure('in a replacement "\\" stands before "\\" or "$" only')
            result.append(following)
            at += 2
        elif char == "$":
            if not following.isdecimal() or not following.isascii():
                raise FeelFailure('in a replacement a digit follows "$"')
            number, at = int(following), at + 2
            # As many digits belong to the number as there are groups for.
            while at < len(text) and text[at] in "0123456789" and number * 10 <= groups:
                if number * 10 + int(text[at]) > groups:
                    break
                number, at = number * 10 + int(text[at]), at + 1
            result.append(number if number <= groups else "")
        else:
            result.append(char)
            at += 1
    return result


def _without_space(pattern: str) -> str:
    """The flag x: white space means nothing, except inside a class."""
    out = []
    depth = 0
    escaped = False
    for char in pattern:
        if char in " \t\r\n" and not depth:
            continue
        if not escaped and char in "[]":
            depth = max(0, depth + (1 if char == "[" else -1))
        escaped = char == "\\" and not escaped
        out.append(char)
    return "".join(out)


class _Translator:
    """Walks an XPath pattern once and writes it for the `regex` engine."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = _without_space(pattern) if "x" in flags else pattern
        self.at = 0
        self.multiline = "m" in flags
        self.dot_all = "s" in flags
        self.repeat_product = 1

    def translate(self) -> str:
        out: list[str] = []
        while self.at < len(self.pattern):
            out.append(self._piece())
        return "".join(out)

    def _fail(self, why: str) -> FeelFailure:
        return FeelFailure(f'"{self.pattern[:40]}" is not a pattern: {why}')

    def _piece(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        match char:
            case "\\":
                return self._escape(inside_class=False)
            case "[":
                return self._class()
            case "(":
                if self.pattern.startswith("?", self.at) and not self.pattern.startswith(
                    "?:", self.at
                ):
                    raise self._fail('only "(?:" may follow an opening parenthesis')
                return "("
            case "{":
                return self._braces()
            case "*" | "+" | "?":
                # Possessive quantifiers are Python's, not XPath's.
                if self.pattern.startswith("+", self.at):
                    raise self._fail('"+" follows a quantifier')
                return char
            case "$":
                return r"(?=\n|\Z)" if self.multiline else r"\Z"
            case ".":
                return "." if self.dot_all else r"[^\n\r]"
            case "}" | "]":
                raise self._fail(f'"{char}" closes nothing')
            case "#" | " ":
                return "\\" + char
        return char

    def _braces(self) -> str:
        match = _BRACES.match(self.pattern, self.at - 1)
        if not match:
            raise self._fail('"{" stands alone')
        most = int(match[3] or match[1])
        self.repeat_product *= max(most, 1)
        if most > _MAX_REPEAT or self.repeat_product > _MAX_REPEAT * 10:
            raise FeelFailure("the pattern repeats too often", ProblemKind.LIMIT)
        self.at = match.end()
        if self.pattern.startswith("+", self.at):
            raise self._fail('"+" follows a quantifier')
        return match.group()

    def _escape(self, *, inside_class: bool) -> str:
        if self.at >= len(self.pattern):
            raise self._fail('it ends with "\\"')
        block = _BLOCK.match(self.pattern, self.at - 1)
        if block:
            self.at = block.end()
            return rf"\{block[1]}{{Block={block[2]}}}"
        kind = _PROPERTY.match(self.pattern, self.at - 1)
        if kind:
            self.at = kind.end()
            return kind.group()
        char = self.pattern[self.at]
        self.at += 1
        if char in "nrt\\|.?*+(){}[]^$-":
            return "\\" + char
        if char in "dD":
            return rf"\{'p' if char == 'd' else 'P'}{{Nd}}"
        if char in _CLASSES:
            return _CLASSES[char]
        if char.isdecimal() and char.isascii() and char != "0" and not inside_class:
            return "\\" + char
        raise self._fail(f'"\\{char}" means nothing')

    def _class(self) -> str:
        out = ["["]
        if self.pattern.startswith("^", self.at):
            out.append("^")
            self.at += 1
        first = True
        while True:
            if self.at >= len(self.pattern):
                raise self._fail('"[" is not closed')
            char = self.pattern[self.at]
            self.at += 1
            if char == "]" and not first:
                return "".join(out) + "]"
            if char == "-" and self.pattern.startswith("[", self.at):
                self.at += 1
                out.append("--" + self._class())
            elif char == "[":
                raise self._fail('"[" inside a class')
            elif char == "\\":
                out.append(self._escape(inside_class=True))
            elif char == "-" and (first or self.pattern.startswith("]", self.at)):
                out.append(r"\-")
            elif char in "&~|#":
                out.append("\\" + char)
            else:
                out.append(char)
            first = False
