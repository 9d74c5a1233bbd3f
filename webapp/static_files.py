"""Scripts and style sheets: compressed as the build left them, where the browser takes that."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Response, current_app, request, send_from_directory
from werkzeug.security import safe_join

#: The build's compressed twins, the smallest first: what a browser calls them, and how they end.
_TWINS = (("br", ".br"), ("gzip", ".gz"))


def send_static(filename: str) -> Response:
    """One file of `static`; a compressed twin stands in for it."""
    folder = current_app.static_folder
    assert folder is not None
    for encoding, ending in _TWINS:
        if request.accept_encodings[encoding] <= 0 or not _is_there(folder, filename + ending):
            continue
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        answer = send_from_directory(folder, filename + ending, mimetype=kind)
        answer.headers["Content-Encoding"] = encoding
        answer.vary.add("Accept-Encoding")
        return answer
    answer = send_from_directory(folder, filename)
    answer.vary.add("Accept-Encoding")
    return answer


def _is_there(folder: str, filename: str) -> bool:
    path = safe_join(folder, filename)
    return path is not None and Path(path).is_file()
