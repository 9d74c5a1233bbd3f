"""Whether a form of another version would have taken what was handed in then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.forms import Form
from engine.scope import Scope
from engine.sealing import is_sealed

#: What depends on who asks, or on a file's place, and says nothing about the form.
_NOT_SAID = frozenset(
    {"unknown_field", "too_many_errors", "person_not_allowed", "unknown_attachment"}
)


class _EverythingIsKnown:
    """People, files and sealed values were looked at then."""

    def may_choose(self, person: str, candidates: str) -> bool:
        return True

    def attachment_kind(self, file: str) -> str | None:
        return "pdf"

    def attachment_size(self, file: str) -> int:
        return 1

    def may_keep(self, path: str, token: str) -> bool:
        return True


def form_errors(
    form: Form, given: Any, scope: Scope, now: datetime
) -> Iterator[tuple[str, str, str]]:
    """What the form would have refused: label of the field, code of the reason, its parameters as JSON."""
    fields = dict(form.fields())
    names = {path.partition(".")[0].partition("[")[0] for path in fields}
    values = {
        name: _as_sent(value)
        for name, value in (given if isinstance(given, Mapping) else {}).items()
        if name in names
    }
    cleaned = form.validate(
        values,
        context=scope.facts,
        known=_EverythingIsKnown(),
        now=now,
        functions=scope.functions,
    )
    for error in cleaned.errors:
        one = fields.get(error.path.partition("[")[0])
        if error.code in _NOT_SAID or (one is not None and one.type == "attachments" and values):
            continue
        params = json.dumps(dict(error.params), ensure_ascii=False, sort_keys=True, default=str)
        yield (one.label if one is not None else error.path), error.code, params


def _as_sent(value: Any) -> Any:
    """Stored values as a form is sent: a sealed one is named by a token."""
    if is_sealed(value) or value == {"sealed": True}:
        return {"keep": "then"}
    if isinstance(value, dict):
        return {key: _as_sent(item) for key, item in value.items()}
    if isinstance(value, list):
        if value and all(is_sealed(one) or one == {"sealed": True} for one in value):
            return {"keep": "then"}
        return [_as_sent(item) for item in value]
    return value
