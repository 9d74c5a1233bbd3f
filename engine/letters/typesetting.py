"""From a package's Typst files and a case's data to a PDF/A-2b file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from engine.confined import environment
from engine.letters import child
from engine.letters.errors import LetterLimit, LetterSource, MissingGlyph, UnknownFont
from engine.letters.fonts import Fonts

#: Address space of the child. Typst maps the fonts (20 MB and up) and needs some 300 MB itself.
MEMORY_BYTES = 2 * 1024**3
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_UNKNOWN_FONT = re.compile(r"unknown font family: (.+)")
# `datetime.today` would print the child's fixed day; packages would come from the network.
_FORBIDDEN = re.compile(r"datetime\s*\.\s*today|\"@(?:preview|local)/")


def render(
    source_dir: Mapping[str, bytes],
    entry: str,
    data: Mapping[str, Any],
    *,
    fonts: Fonts,
    timeout_s: float = 20,
) -> bytes:
    """A letter as PDF/A-2b; the same input gives the same bytes.

    `source_dir` holds the package's letter files by relative path and is all that Typst can read.
    `data` reaches the source as `json(bytes(sys.inputs.data))`, never as source. A date comes
    from the data: the letter knows no today.

    Raises `LetterSource`, `UnknownFont` (named, when no listed family is there), `MissingGlyph`
    (the character named) or `LetterLimit`.
    """
    if entry not in source_dir:
        raise LetterSource(reason="there is no such file", entry=entry)
    for name, content in source_dir.items():
        if name.endswith(".typ") and (
            found := _FORBIDDEN.search(content.decode("utf-8", "replace"))
        ):
            raise LetterSource(reason=f"{found.group()} cannot be used in a letter", entry=name)
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise LetterSource(reason=f"the data are not JSON: {error}", entry=entry) from error
    with tempfile.TemporaryDirectory(prefix="letter-") as folder:
        root = Path(folder).resolve()
        for name, content in source_dir.items():
            _place(root, name, content)
        order = {
            "root": str(root),
            "entry": entry,
            "data": text,
            "fonts": [str(one) for one in fonts.folders],
            "memory_bytes": MEMORY_BYTES,
            "cpu_seconds": int(timeout_s) + 1,
        }
        answer, pdf = _compile(order, timeout_s)
    if not answer["ok"]:
        raise _refusal(answer, entry)
    for family in _missing_families(answer, source_dir):
        raise UnknownFont(family=family, entry=entry)
    return pdf


def _place(root: Path, name: str, content: bytes) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or "\\" in name or ":" in name:
        raise LetterSource(reason="a file of a letter has a path of its own", entry=name)
    target = root.joinpath(*path.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _compile(order: dict[str, Any], timeout_s: float) -> tuple[dict[str, Any], bytes]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", child.__file__],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=timeout_s,
            env=environment(),
            cwd=order["root"],
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LetterLimit(entry=order["entry"], seconds=timeout_s) from error
    head, _, pdf = done.stdout.partition(b"\n")
    try:
        answer = json.loads(head)
    except ValueError as error:
        # Killed by a limit, or the memory ran out in the middle: there is no answer then.
        raise LetterLimit(entry=order["entry"], exit=done.returncode) from error
    return answer, pdf


def _refusal(answer: dict[str, Any], entry: str) -> LetterSource | MissingGlyph:
    missing = _MISSING.findall(answer["where"])
    if missing:
        characters = "".join(dict.fromkeys("".join(missing)))
        codes = " ".join(f"U+{ord(one):04X}" for one in characters)
        return MissingGlyph(characters=characters, codes=codes, entry=entry)
    where = answer["where"]
    where = where[max(0, where.find("error:")) :].strip()  # warnings may stand before it
    return LetterSource(reason=answer["message"], where=where, entry=entry)


def _missing_families(answer: dict[str, Any], sources: Mapping[str, bytes]) -> Iterator[str]:
    """The unknown families that stand alone.

    `("FangSong", "Noto Sans CJK SC")` is a wish with a second choice; `"FangSong"` alone would
    silently become whatever font there is.
    """
    known = {family.lower() for family in answer["families"]}
    texts = [
        content.decode("utf-8", "replace")
        for name, content in sources.items()
        if name.endswith(".typ")
    ]
    for warning in answer["warnings"]:
        if found := _UNKNOWN_FONT.fullmatch(warning):
            family = found.group(1)
            lists = [one for text in texts for one in _lists_with(text, family)]
            if not lists or not all(known & _strings(one) for one in lists):
                yield family


def _lists_with(text: str, family: str) -> Iterator[str]:
    """For each place that names the family: the list around it, or only the name."""
    for found in re.finditer(rf'"{re.escape(family)}"', text, re.IGNORECASE):
        start, end = found.span()
        while (opening := _opening(text, start)) is not None:
            # A parenthesis right after a word is a call's, not a list's.
            if re.search(r"[\w\]]$", text[:opening]):
                break
            start, end = opening, _closing(text, end)
        yield text[start:end]


def _opening(text: str, before: int) -> int | None:
    depth = 0
    for index in range(before - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[index], 0)
        if depth < 0:
            return index
    return None


def _closing(text: str, after: int) -> int:
    depth = 0
    for index in range(after, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth < 0:
            return index + 1
    return len(text)


def _strings(text: str) -> set[str]:
    return {one.lower() for one in re.findall(r'"([^"]*)"', text)}
