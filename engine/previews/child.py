"""Draws one page and ends: runs as a process of its own, with limits, knowing nothing else.

In: one line of JSON on standard input (`kind`, `page`, `side`, `most_pages`, `most_pixels`,
`memory_bytes`, `cpu_seconds`), then the file. Out: one line of JSON (`ok`, `pages`, `width`,
`height`) and, if that says `ok`, a JPEG.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from engine.confined import leave_network, limit

_QUALITY = 82


def main() -> None:
    """Read the order, draw, answer."""
    order = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    # Loaded before the limit on memory: libraries are mapped whole.
    import pypdfium2  # noqa: F401

    limit(order["memory_bytes"], order["cpu_seconds"])
    leave_network()
    try:
        answer, picture = _draw(order, content)
    except Exception as error:
        # Whatever a damaged file makes a library raise, there is no picture of it.
        answer, picture = {"ok": False, "reason": type(error).__name__}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + picture)


def _draw(order: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    pages, image = (_page if order["kind"] == "pdf" else _photo)(order, content)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True)
    width, height = image.size
    return {"ok": True, "pages": pages, "width": width, "height": height}, out.getvalue()


def _page(order: dict[str, Any], content: bytes) -> tuple[int, Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    pages = min(len(document), order["most_pages"])
    page = document[min(order["page"], pages) - 1]
    longest = max(page.get_size()) or 1
    # A page as large as a house is drawn small; its form fields run nothing, so they may be drawn.
    scale = min(order["side"] / longest, 8.0)
    return pages, page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")


def _photo(order: dict[str, Any], content: bytes) -> tuple[int, Any]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = order["most_pixels"]
    side = order["side"]
    image: Any = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    if image.width * image.height > order["most_pixels"]:
        raise ValueError("too many pixels")
    image.draft("RGB", (side, side))
    image.thumbnail((side, side))
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return 1, image.convert("RGB")


if __name__ == "__main__":
    main()
