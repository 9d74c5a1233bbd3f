"""From a file's bytes to a picture of one of its pages, drawn by a child process."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from engine.confined import environment
from engine.errors import Invalid
from engine.files import KINDS as FILE_KINDS
from engine.files import UploadLimits
from engine.previews import child

#: Media types that have pictures.
KINDS = {media: kind for media, kind in FILE_KINDS.items() if kind in ("pdf", "jpg", "png")}
#: Pages of a PDF that are shown; who wants more opens the file.
MOST_PAGES = 200
#: Longest sides: in a list, and to be read.
SIDES = {"thumb": 320, "page": 1800}
MEMORY_BYTES = 1536 * 1024**2
_SECONDS = 15.0


class NoPreview(Invalid):
    """There is no picture of this file; it can still be saved and opened."""

    problem = "no_preview"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One page as a JPEG, and how many there are."""

    pages: int
    width: int
    height: int
    picture: bytes

    def packed(self) -> bytes:
        """As it is kept."""
        facts = {"pages": self.pages, "width": self.width, "height": self.height}
        return json.dumps(facts).encode() + b"\n" + self.picture

    @classmethod
    def unpacked(cls, kept: bytes) -> Drawn:
        """What was kept."""
        facts, _line, picture = kept.partition(b"\n")
        return cls(**json.loads(facts), picture=picture)


def draw(content: bytes, media_type: str, *, page: int = 1, size: str = "page") -> Drawn:
    """A picture of a page, counted from 1; the last one for a number beyond. Raise `NoPreview`."""
    order = {
        "kind": KINDS[media_type],
        "page": max(1, page),
        "side": SIDES[size],
        "most_pages": MOST_PAGES,
        "most_pixels": UploadLimits().max_pixels,
        "memory_bytes": MEMORY_BYTES,
        "cpu_seconds": int(_SECONDS),
    }
    answer, picture = _ask(order, content)
    if not answer.get("ok"):
        raise NoPreview(reason=str(answer.get("reason", "")))
    return Drawn(answer["pages"], answer["width"], answer["height"], picture)


def _ask(order: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", child.__file__],
            input=json.dumps(order).encode() + b"\n" + content,
            capture_output=True,
            timeout=_SECONDS,
            env=environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NoPreview(reason="time") from error
    head, _line, picture = done.stdout.partition(b"\n")
    try:
        answer: dict[str, Any] = json.loads(head)
    except ValueError as error:
        # Killed by a limit in the middle: there is no answer then.
        raise NoPreview(reason="limit") from error
    return answer, picture
