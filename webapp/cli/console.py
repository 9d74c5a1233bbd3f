"""How the command line speaks: answers on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TypeVar

_T = TypeVar("_T")

SUCCESS = 0
#: A finding, or a request that was refused.
FINDING = 1
WRONG_USAGE = 2


class Refused(Exception):
    """The command cannot be done; the message is one line for whoever typed it."""

    exit_code = FINDING


class WrongUsage(Refused):
    """The command was typed wrongly."""

    exit_code = WRONG_USAGE


def say(text: str = "") -> None:
    """A line of the answer."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """A line beside the answer."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def say_json(value: Any) -> None:
    """The answer for a program."""
    say(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def progress(items: Iterable[_T], what: str, total: int | None = None) -> Iterator[_T]:
    """Count along on a terminal; silent where nobody watches."""
    if not sys.stderr.isatty():
        yield from items
        return
    shown, count = 0.0, 0
    for count, item in enumerate(items, start=1):
        if time.monotonic() - shown > 0.1:
            shown = time.monotonic()
            sys.stderr.write(f"\r{what}: {count}{f' of {total}' if total else ''} ")
            sys.stderr.flush()
        yield item
    sys.stderr.write(f"\r{what}: {count}{f' of {total}' if total else ''}, done\n")


def table(rows: list[list[str]]) -> None:
    """Rows in columns; the first row is the heading."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ]
        say("  ".join(cells).rstrip())


def read_json(text: str, what: str) -> Any:
    """JSON from the command line, or from a file named as @file; numbers are decimal."""
    if text.startswith("@"):
        text = read_text(Path(text[1:]))
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except ValueError as error:
        raise WrongUsage(f"{what} is not JSON: {error}") from None


def read_text(path: Path) -> str:
    """A text file the user named."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f"Cannot read {path}: {getattr(error, 'strerror', error)}") from None


def day(text: str) -> date:
    """A day the user typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"{text} is not a day; write it as YYYY-MM-DD.") from None


def folder(text: str) -> Path:
    """A folder the user named."""
    path = Path(text)
    if not path.is_dir():
        raise WrongUsage(f"There is no folder {text}.")
    return path


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
