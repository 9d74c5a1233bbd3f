"""What the studio's scripts are answered: JSON, and problems as documents whoever asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, jsonify, make_response, request

from engine.errors import EngineError
from webapp.problems import WebProblem, document, status_of
from webapp.requests import engine

P = ParamSpec("P")


def scripted(view: Callable[P, Any]) -> Callable[P, Response]:
    """A view whose answer is JSON, also where it is refused."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return jsonify(view(*args, **kwargs))
        except EngineError as error:
            if status_of(error) >= 500:
                raise
            told = make_response(jsonify(document(error) | _theirs(error)), status_of(error))
            told.mimetype = "application/problem+json"
            return told

    return answer


def body() -> dict[str, Any]:
    """The JSON object that was sent; raise `malformed`."""
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise WebProblem("malformed", 422)
    return found


def readable(content: bytes | None) -> str | None:
    """A file as text; None for what is none (a picture of a letter)."""
    if content is None:
        return None
    for coding in ("utf-8", _declared(content)):
        with suppress(UnicodeDecodeError, LookupError):
            return content.decode(coding)
    return None


def _declared(content: bytes) -> str:
    """The coding an XML file of another program says it is in."""
    found = re.match(rb"<\?xml[^>]*?encoding=[\"']([\w.-]{1,40})[\"']", content[:200])
    return found.group(1).decode("ascii") if found else "utf-8"


def their_text(error: EngineError) -> dict[str, Any] | None:
    """What somebody else has saved meanwhile, when that is what was wrong."""
    if error.problem != "draft_conflict":
        return None
    by, content = error.parts.get("by"), error.parts.get("content")
    return {
        "version": error.parts.get("version"),
        "text": readable(content if isinstance(content, bytes) else None) or "",
        "by": engine().directory.name(by) if isinstance(by, str) else "",
        "at": error.parts.get("at"),
    }


def _theirs(error: EngineError) -> dict[str, Any]:
    found = their_text(error)
    if found is None:
        return {}
    at = found["at"]
    return {**found, "at": at.isoformat() if isinstance(at, datetime) else None}
