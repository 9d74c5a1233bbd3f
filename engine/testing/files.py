"""Files in scenarios: a story names them, and a small real file of that kind is uploaded."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from engine.actors import Actor
from engine.commands.uploads import upload
from engine.engine import Engine
from engine.forms import Field, Form


def upload_named_files(engine: Engine, actor: Actor, form: Form | None, values: Any) -> Any:
    """A copy of a form's values in which every file's name has become the id of an uploaded file."""
    if form is None or not isinstance(values, dict):
        return values
    return _replace(engine, actor, form.components, values)


def _replace(
    engine: Engine, actor: Actor, fields: tuple[Field, ...], values: dict[str, Any]
) -> dict[str, Any]:
    found = dict(values)
    for field in fields:
        if field.type == "group":
            found = _replace(engine, actor, field.children, found)
        elif field.type == "dynamiclist" and isinstance(found.get(field.key), list):
            rows = found[field.key]
            found[field.key] = [_replace(engine, actor, field.children, row) for row in rows]
        elif field.type == "attachments" and isinstance(found.get(field.key), list):
            found[field.key] = [_upload(engine, actor, str(name)) for name in found[field.key]]
    return found


def _upload(engine: Engine, actor: Actor, name: str) -> str:
    content = _png(name) if name.lower().endswith(".png") else small_pdf(name)
    with engine.command(actor) as uow:
        taken = upload(uow, name, content)
        uow.commit()
    return taken.id


def small_pdf(text: str) -> bytes:
    """The smallest PDF that a reader opens; its content is as unique as `text`."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    body += b"startxref\n%d\n%%%%EOF\n" % start
    return body + b"% " + text.encode("utf-8").hex().encode() + b"\n"


def _png(text: str) -> bytes:
    shade = zlib.crc32(text.encode()) & 0xFF

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checked)

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes([0, shade])))
        + chunk(b"IEND", b"")
    )
