"""Lines and cells: CSV in two encodings, the control hash, cells that cannot be formulas."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from typing import Literal

from engine.bankfile.model import BankFileInvalid, Fault

Encoding = Literal["utf-8", "gb18030"]

VERSION = "1"
#: A file larger than this is not from a bank.
MAX_BYTES = 10 * 1024 * 1024
#: Characters of a cell.
MAX_CELL = 300
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BOM = b"\xef\xbb\xbf"
# The wide forms, too: spreadsheets in East Asian settings take them for the narrow ones.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def encode(lines: list[list[str]], sums: list[str], encoding: Encoding) -> bytes:
    """The lines and the closing line as a file."""
    text = _csv([*lines, ["T", *sums, control_hash(lines)]])
    return text.encode("gb18030") if encoding == "gb18030" else _BOM + text.encode()


def decode(content: bytes) -> list[list[str]]:
    """The lines of a file in either encoding; raises `BankFileInvalid`."""
    if len(content) > MAX_BYTES:
        raise BankFileInvalid([Fault(0, "too_big")])
    try:
        text = content.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise BankFileInvalid([Fault(0, "encoding")]) from None
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise BankFileInvalid([Fault(0, "not_csv")]) from None
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise BankFileInvalid([Fault(0, "empty")])
    return [line or [""] for line in lines]


def _csv(lines: list[list[str]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows(lines)
    return stream.getvalue()


def control_hash(lines: list[list[str]]) -> str:
    """SHA-256 of lines as UTF-8 with CR LF, in hex; however a program quoted them."""
    return hashlib.sha256(_csv(lines).encode(errors="surrogatepass")).hexdigest()


def guarded(text: str) -> str:
    """Text that no spreadsheet computes. Apostrophes of its own stay, so nothing is lost."""
    return "'" + text if text.lstrip(" '").startswith(_FORMULA) else text


def bare(text: str) -> str:
    """The text behind a guard."""
    return text[1:] if text[:1] == "'" and text.lstrip(" '").startswith(_FORMULA) else text


def yuan(fen: int) -> str:
    """An amount in 分 as 元 with two decimals: 150000 -> 1500.00."""
    return f"{fen // 100}.{fen % 100:02}"
