"""Compiles one letter and ends: runs as a process of its own, with limits, knowing nothing else.

Run by path, so that nothing of the engine is imported here but what holds it. In: one JSON document on standard
input (`root`, `entry`, `data`, `fonts`, `memory_bytes`, `cpu_seconds`). Out: one line of JSON and,
if that says `ok`, the PDF.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from engine.confined import leave_network, limit

#: A letter's own clock stands still: the same input gives the same bytes (2000-01-01 UTC).
TIMESTAMP = 946_684_800


def main() -> None:
    """Read the order, compile, answer."""
    order = json.load(sys.stdin.buffer)
    limit(order["memory_bytes"], order["cpu_seconds"])
    leave_network()
    answer, pdf = compile_letter(order)
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + pdf)


def compile_letter(order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Typst's answer as plain data, and the PDF."""
    import typst

    folders = order["fonts"]
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
    )
    compiler = typst.Compiler(
        root=order["root"],
        font_paths=fonts,
        ignore_system_fonts=True,
        package_path=order["root"],
        package_cache_path=order["root"],
    )
    families = fonts.families()
    try:
        pdf, warnings = compiler.compile_with_warnings(
            input=f"{order['root']}/{order['entry']}",
            format="pdf",
            sys_inputs={"data": order["data"]},
            pdf_standards="a-2b",
            timestamp=TIMESTAMP,
        )
    except typst.TypstError as error:
        return {"ok": False, "message": error.message, "where": error.diagnostic}, b""
    assert isinstance(pdf, bytes), "one file was asked for"
    said = [warning.message for warning in warnings]
    return {"ok": True, "warnings": said, "families": families}, pdf


if __name__ == "__main__":
    main()
