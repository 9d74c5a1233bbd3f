"""A form tried in the studio: whether the server can use it, and what it would say to what was typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.errors import InvalidPackage
from engine.feel import to_json
from engine.forms import compile_form, problems
from engine.forms.field import Field
from engine.forms.form import Form
from webapp.language import gettext as _
from webapp.language import language

#: Longer answers would only hide what is wrong.
_MOST = 100


class _MadeUp:
    """`KnownValues` of a form that is tried: people and files are made up."""

    def __init__(self, form: Form) -> None:
        kinds = [kind for _path, field in form.fields() for kind in field.kinds]
        self._kind = kinds[0] if kinds else "pdf"

    def may_choose(self, person: str, candidates: str) -> bool:
        """Whoever is on offer."""
        return person.startswith("tried-")

    def attachment_kind(self, file: str) -> str | None:
        """A kind that the form takes."""
        return self._kind if file.startswith("tried-") else None

    def attachment_size(self, file: str) -> int:
        """None that is too large."""
        return 0

    def may_keep(self, path: str, token: str) -> bool:
        """There is no earlier value."""
        return False


def tried(body: Mapping[str, Any], functions: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What keeps the form of `body["text"]` from being used, and how it takes `body["values"]`."""
    lang = language()
    answer: dict[str, Any] = {"findings": [], "errors": [], "kept": [], "people": {}}
    try:
        schema = json.loads(str(body.get("text") or ""))
    except ValueError as error:
        answer["findings"] = [_fault(_("This is not JSON: %(reason)s", reason=str(error)))]
        return answer
    found = problems(schema, lang=lang)[:_MOST]
    answer["findings"] = [
        {"element": one.element, "severity": one.severity, "message": one.message} for one in found
    ]
    try:
        form = compile_form(schema)
    except InvalidPackage:
        return answer
    answer["people"] = {
        field.key: _people() for _path, field in form.fields() if field.type == "persons"
    }
    if isinstance(body.get("values"), dict):
        answer |= _taken(form, body["values"], _context(body), functions, now, lang)
    return answer


def _fault(message: str) -> dict[str, str]:
    return {"element": "", "severity": "error", "message": message}


def _context(body: Mapping[str, Any]) -> dict[str, Any]:
    try:
        context = json.loads(str(body.get("context") or "{}"))
    except ValueError:
        return {}
    return context if isinstance(context, dict) else {}


def _taken(
    form: Form,
    values: dict[str, Any],
    context: dict[str, Any],
    functions: Mapping[str, Any],
    now: datetime,
    lang: str,
) -> dict[str, Any]:
    cleaned = form.validate(
        values, context=context, known=_MadeUp(form), now=now, functions=functions
    )
    labels: dict[str, Field] = dict(form.fields())
    kept = [
        {"name": labels[path].label or path if path in labels else path, "value": _shown(value)}
        for path, value in cleaned.flat.items()
        if value not in (None, "", [])
    ]
    errors = [{"path": one.path, "message": one.message(lang)} for one in cleaned.errors[:_MOST]]
    return {"errors": errors, "kept": kept}


def _shown(value: Any) -> str:
    plain = to_json(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _people() -> list[dict[str, str]]:
    names = (_("First person"), _("Second person"), _("Third person"))
    return [{"id": f"tried-{place}", "name": name} for place, name in enumerate(names, 1)]
