"""What somebody was sending when their sign-in had ended: kept, sealed, and sent on by the same person only.

The fields travel through the sign-in pages as one sealed value; nothing is stored. The token that the
form was sent with says for whom the form was made (`sessions.made_for`): only that person is shown it
again, so neither the next person at the machine nor a foreign page has anything sent in their name.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import flash, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from engine.sealing import SealingError
from webapp.accounts.sessions import made_for
from webapp.language import gettext as _
from webapp.requests import current_session, engine, session_or_none

#: How long what was typed can still be sent.
KEPT = timedelta(hours=2)
#: More than this is not kept: the sign-in page has to send it back to us within a form.
_MOST = 1_400_000
_CONTEXT = "kept"
_OWN = frozenset({"csrf_token", "kept"})
#: Fields in which people write sentences; shown before they are sent.
_WRITTEN = ("opinion", "text", "remark", "note", "reason", "question", "answer")


@dataclass(frozen=True, slots=True)
class Kept:
    """A form on its way: where to, with what, and the token it was sent with."""

    path: str
    fields: list[list[str]]
    #: Fields with files, and the files' names: those have to be chosen once more.
    files: list[list[str]]
    csrf: str
    at: str


def keep_posted() -> str:
    """The form of this request, sealed; empty where there is none or too much."""
    if request.method != "POST" or request.is_json or is_from_a_script():
        return ""
    kept = Kept(
        path=request.full_path.rstrip("?"),
        fields=[
            [name, value]
            for name, values in request.form.lists()
            if name not in _OWN
            for value in values
        ],
        files=[
            [name, one.filename or ""]
            for name, several in request.files.lists()
            for one in several
            if one.filename
        ],
        csrf=request.form.get("csrf_token", ""),
        at=engine().clock.now().isoformat(),
    )
    packed = zlib.compress(json.dumps(asdict(kept), ensure_ascii=False).encode())
    sealed = engine().keyring.seal(base64.b85encode(packed), _CONTEXT)
    return sealed if len(sealed) <= _MOST else ""


def open_kept(sealed: str) -> Kept | None:
    """What was kept, or None: nothing, too old, or not ours."""
    if not sealed:
        return None
    try:
        packed = base64.b85decode(engine().keyring.open_sealed(sealed, _CONTEXT))
        kept = Kept(**json.loads(zlib.decompress(packed)))
    except (SealingError, ValueError, TypeError, zlib.error):
        return None
    too_old = datetime.fromisoformat(kept.at) + KEPT < engine().clock.now()
    return None if too_old else kept


def is_for(kept: Kept, person_id: str) -> bool:
    """Whether this form was made for this person."""
    return made_for(engine().keyring, kept.csrf, person_id)


def is_from_a_script() -> bool:
    """Whether a script of ours asks: it wants an answer it can read, not a page."""
    return bool(
        request.headers.get("HX-Request") or request.headers.get("X-CSRFToken") or request.is_json
    )


def resend_page(kept: Kept, status: int = 200) -> BaseResponse:
    """The form once more, to be sent by whoever is signed in now, with one press."""
    found = current_session_unchecked()
    written = [value for name, value in kept.fields if name in _WRITTEN and value.strip()]
    page = render_template(
        "resend.html",
        name=found.name,
        target=kept.path,
        fields=kept.fields,
        files=_by_field(kept.files),
        written=written,
    )
    return make_response(page, status)


def say_it_was_not_sent() -> None:
    """Somebody else has signed in: what the first person typed stays theirs."""
    flash(_("What had been typed here before is somebody else's, so it was not sent."), "warn")


def stale_form() -> Kept | None:
    """The form of this request, if it was made for the signed-in person in an earlier sign-in."""
    found = session_or_none()
    if found is None or request.method != "POST" or is_from_a_script():
        return None
    kept = open_kept(keep_posted())
    return kept if kept is not None and is_for(kept, found.actor.id) else None


def current_session_unchecked() -> Any:
    """Whose page this is; the token of the form that came is not asked for."""
    found = session_or_none()
    return found if found is not None else current_session()


def _by_field(files: list[list[str]]) -> list[dict[str, Any]]:
    found: dict[str, list[str]] = {}
    for name, file in files:
        found.setdefault(name, []).append(file)
    return [{"field": name, "names": names} for name, names in found.items()]
