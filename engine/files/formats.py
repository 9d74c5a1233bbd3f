"""Looking into PDF, JPEG, PNG and ZIP just far enough to refuse what is not what it says.

Nothing is rendered or unpacked without a bound.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Compressed parts of a PDF that are looked into, and how far each is unpacked.
_MAX_STREAMS, _MAX_STREAM_BYTES = 500, 8 * 1024 * 1024
_MAX_ENTRIES = 2_000

# Every action that runs something says so by one of these names (ISO 32000-1, 12.6.4).
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|RichMedia|EmbeddedFiles?)(?![A-Za-z0-9])")
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# "ObjStm", each letter as it is or as an escape; then the rest of its dictionary.
_LETTERS = b"".join(b"(?:%c|#%02x|#%02X)" % (c, c, c) for c in b"ObjStm")
_OBJECT_STREAM = re.compile(b"/" + _LETTERS + rb"[^>]{0,400}(?:>[^>]{1,400})?>>\s*stream\r?\n")
#: Markers of a JPEG frame that carry its size (ISO/IEC 10918-1, table B.1): SOF0–SOF15 without
#: DHT, JPG and DAC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def pdf_faults(content: bytes) -> Iterator[str]:
    """`damaged`, `encrypted`, `active_content`: as far as can be told without a PDF reader.

    Names may be written with escapes (`/J#61vaScript`) and may lie in compressed object streams;
    both are undone first.
    """
    if b"%%EOF" not in content[-2048:] or b"startxref" not in content[-4096:]:
        yield "damaged"
        return
    plain = _unescaped(content)
    if _ENCRYPTED.search(plain):
        yield "encrypted"
        return
    streams = (_unescaped(stream) for stream in _object_streams(content))
    if _ACTIVE.search(plain) or any(_ACTIVE.search(stream) for stream in streams):
        yield "active_content"


def _unescaped(content: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found.group(1), 16)]), content)


def _object_streams(content: bytes) -> Iterator[bytes]:
    for number, found in enumerate(_OBJECT_STREAM.finditer(content)):
        if number >= _MAX_STREAMS:
            return
        try:
            yield zlib.decompressobj().decompress(content[found.end() :], _MAX_STREAM_BYTES)
        except zlib.error:
            continue


def png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None if the chunks do not hold together (ISO/IEC 15948)."""
    size = None
    position = len(PNG_SIGNATURE)
    while position + 12 <= len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        name = content[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(content):
            return None
        body = content[position + 4 : end - 4]
        if zlib.crc32(body) != int.from_bytes(content[end - 4 : end], "big"):
            return None
        if size is None:
            if name != b"IHDR" or length != 13:
                return None
            size = (int.from_bytes(body[4:8], "big"), int.from_bytes(body[8:12], "big"))
        if name == b"IEND":
            return size
        position = end
    return None


def jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None if no picture follows the header (ISO/IEC 10918-1)."""
    size = None
    position = 2
    while position + 4 <= len(content):
        if content[position] != 0xFF:
            return None
        marker = content[position + 1]
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        length = int.from_bytes(content[position + 2 : position + 4], "big")
        if marker in (0x00, 0xD8, 0xD9) or length < 2:
            return None
        if marker in _FRAMES:
            frame = content[position + 4 : position + 2 + length]
            if len(frame) < 6 or size is not None:
                return None
            size = (int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big"))
        if marker == 0xDA:
            has_end = content.find(b"\xff\xd9", position) > 0
            return size if has_end else None
        position += 2 + length
    return None


def zip_names(content: bytes) -> frozenset[str]:
    """The names in a ZIP's directory; empty if it cannot be read."""
    return frozenset(entry.filename for entry in _entries(content) or ())


def zip_faults(content: bytes, max_unpacked_bytes: int) -> Iterator[str]:
    """`damaged`, `encrypted` or `unpacks_too_big`, by the ZIP's directory."""
    entries = _entries(content)
    if entries is None or len(entries) > _MAX_ENTRIES:
        yield "damaged"
        return
    if any(entry.flag_bits & 1 for entry in entries):
        yield "encrypted"
    if any(_leaves(entry.filename) for entry in entries):
        yield "damaged"
    if sum(entry.file_size for entry in entries) > max_unpacked_bytes:
        yield "unpacks_too_big"


def _entries(content: bytes) -> list[zipfile.ZipInfo] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, struct.error):
        return None


def _leaves(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name
