"""The studio's editors without the application: a page, its policy, and a place that keeps one file."""

from __future__ import annotations

import json
import mimetypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from markupsafe import Markup, escape

from webapp import assets

#: The only pages whose styles may be written into them: CodeMirror does so.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)
_PAGE = """<!doctype html><html lang="{lang}" data-bs-theme="light"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="csrf-token" content="csrf">
<meta name="signed-in" content="admin"><title>editor</title>{tags}</head><body><main class="page-scroll">
<div class="page page-wide"><div data-island="{island}"><script type="application/json">{facts}</script></div></div>
</main></body></html>"""


class Editing:
    """What the page shows next, and what it has sent."""

    def __init__(self) -> None:
        self.island = "dmn-editor"
        self.entry = "dmn"
        self.lang = "zh-CN"
        self.path = "table.dmn"
        self.text = ""
        self.version = 1
        self.more: dict[str, Any] = {}
        self.findings: list[dict[str, Any]] = []
        self.saved: list[str] = []
        self.tried: Callable[[dict[str, Any]], dict[str, Any]] = lambda body: {}
        self.address = ""

    def page(self) -> bytes:
        facts = {
            "draft": "draft-1",
            "path": self.path,
            "text": self.text,
            "version": self.version,
            "read_only": False,
            "urls": {"file": "/file", "check": "/check", "words": "/words", "try": "/try"},
            **self.more,
        }
        found = json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")
        tags = Markup("").join(
            assets._TAGS[kind].format(f"/static/dist/{path}")
            for entry in ("app", self.entry)
            for kind, path in assets.needs(entry)
        )
        return _PAGE.format(
            lang=self.lang, tags=tags, island=escape(self.island), facts=found
        ).encode()


def _handler(editing: Editing) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path.startswith("/static/dist/"):
                file = assets.DIST / path.removeprefix("/static/dist/")
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                self.answer(file.read_bytes() if file.is_file() else b"", kind)
            elif path == "/words":
                self.say({"names": [{"name": "amount_fen", "type": "number", "from": "金额"}]})
            else:
                self.answer(editing.page(), "text/html; charset=utf-8")

        def do_PUT(self) -> None:
            body = self.body()
            if body["version"] != editing.version:
                other = {"text": editing.text, "version": editing.version, "by": "别人"}
                self.say({**other, "at": "2026-11-20T01:00:00Z"}, 409)
                return
            editing.text = body["text"]
            editing.version += 1
            editing.saved.append(body["text"])
            self.say({"version": editing.version, "saved_at": "2026-11-20T01:00:00Z"})

        def do_POST(self) -> None:
            body = self.body()
            if self.path == "/check":
                self.say({"findings": editing.findings, "took_ms": 1, "proved": True})
            else:
                self.say(editing.tried(body))

        def body(self) -> dict[str, Any]:
            found: dict[str, Any] = json.loads(
                self.rfile.read(int(self.headers["Content-Length"] or 0))
            )
            return found

        def say(self, facts: dict[str, Any], status: int = 200) -> None:
            self.answer(json.dumps(facts).encode(), "application/json", status)

        def answer(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def serving() -> Iterator[Editing]:
    """A server of one editor's page."""
    editing = Editing()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(editing))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    editing.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield editing
    server.shutdown()
    server.server_close()
    thread.join()
