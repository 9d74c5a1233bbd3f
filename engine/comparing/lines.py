"""What differs between two texts, line by line."""

from __future__ import annotations

from difflib import SequenceMatcher

from schemas.difference import ADDED, REMOVED, SAME, LineChange

#: Lines that stay, shown before and after those that do not.
_CONTEXT = 2
#: Beyond this many comparisons of lines the middle is told as replaced: looking for more would take minutes.
_MOST = 4_000_000
_GAP = LineChange("gap", "")


def compare_lines(before: bytes, after: bytes) -> tuple[LineChange, ...]:
    """Lines that are gone and new, with those around them; empty where nothing differs but line ends."""
    old, new = _lines(before), _lines(after)
    if old == new:
        return ()
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    steps = [("equal", 0, start, 0, start)]
    steps += _steps(old[start : len(old) - end], new[start : len(new) - end], start)
    steps += [("equal", len(old) - end, len(old), len(new) - end, len(new))]
    found: list[LineChange] = []
    shown = [step for step in steps if step[1] < step[2] or step[3] < step[4]]
    for number, (tag, a, b, c, d) in enumerate(shown):
        if tag == "equal":
            lines = [LineChange(SAME, old[a + i], a + i + 1, c + i + 1) for i in range(b - a)]
            found += _short(lines, first=number == 0, last=number == len(shown) - 1)
        else:
            found += [LineChange(REMOVED, old[i], i + 1, None) for i in range(a, b)]
            found += [LineChange(ADDED, new[i], None, i + 1) for i in range(c, d)]
    return tuple(found)


def _steps(old: list[str], new: list[str], start: int) -> list[tuple[str, int, int, int, int]]:
    if len(old) * len(new) > _MOST:
        return [("replace", start, start + len(old), start, start + len(new))]
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(tag, a + start, b + start, c + start, d + start) for tag, a, b, c, d in found]


def _short(lines: list[LineChange], *, first: bool, last: bool) -> list[LineChange]:
    before = 0 if first else _CONTEXT
    after = 0 if last else _CONTEXT
    if len(lines) <= before + after + 1:
        return lines
    return [*lines[:before], _GAP, *lines[len(lines) - after :]]


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
