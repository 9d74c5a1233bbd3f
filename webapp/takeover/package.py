"""An .xlsx is a zip of XML files, and strangers make zips: looked at before anything reads it.

Counted by what really comes out, not by what the zip says of itself; no document type and no entity may
stand in it (they are how a few bytes become gigabytes, or files of this machine), and no encoding but
UTF-8, in which they could hide.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from engine.errors import ChangeRefused

#: The largest file that is taken, packed and unpacked, in bytes; and how many parts it may have.
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 500
_PIECE = 64 * 1024
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_XML = (".xml", ".rels", ".vml")
_FORBIDDEN = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_PLAIN = (b"utf-8", b"utf8", b"us-ascii", b"ascii")


def inspect(content: bytes) -> bool:
    """True for a zip that may be read as a spreadsheet, False for what is no zip. Raise `ChangeRefused`."""
    if len(content) > MOST_BYTES:
        raise ChangeRefused("book_too_large", most=MOST_BYTES // (1024 * 1024))
    if content.startswith(_OLD):
        raise ChangeRefused("book_old")
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            _look_through(package)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise ChangeRefused("book_unreadable") from None
    except zipfile.LargeZipFile:
        raise ChangeRefused("book_too_large", most=MOST_BYTES // (1024 * 1024)) from None
    return True


def _look_through(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MOST_PARTS:
        raise ChangeRefused("book_bomb")
    if "xl/workbook.xml" not in {one.filename for one in parts}:
        raise ChangeRefused("book_unreadable")
    total = 0
    for one in parts:
        xml = one.filename.lower().endswith(_XML)
        with package.open(one) as stream:
            before = b""
            while piece := stream.read(_PIECE):
                total += len(piece)
                if total > MOST_UNPACKED:
                    raise ChangeRefused("book_bomb")
                if xml:
                    _check(before[-64:] + piece, first=not before)
                    before = piece


def _check(text: bytes, *, first: bool) -> None:
    if _FORBIDDEN.search(text) or b"\x00" in text:
        raise ChangeRefused("book_hostile")
    if first:
        found = _ENCODING.search(text[:400])
        if found is not None and found[1].lower() not in _PLAIN:
            raise ChangeRefused("book_hostile")
