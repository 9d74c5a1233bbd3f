"""A form that was handed in: validated on the server, its sensitive values sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.commands.access import choices
from engine.errors import InvalidForm
from engine.forms import Field, Form
from engine.scope import Scope
from engine.sealing import is_sealed
from engine.store.case import Case
from engine.store.document import seal_context
from engine.store.tables import document_file
from engine.store.unit_of_work import UnitOfWork


def keep_token(stored: object) -> str:
    """What stands on a page for one stored sensitive value that may stay as it is.

    It names the value, not its place: when a row of a list is deleted, the rows below keep their own.
    """
    return hashlib.sha256(str(stored).encode()).hexdigest()[:32]


def _kept(stored: Any, key: str = "") -> dict[tuple[str, str], Any]:
    """Stored sensitive values by the field's key and their token."""
    if is_sealed(stored):
        return {(key, keep_token(stored)): stored}
    found: dict[tuple[str, str], Any] = {}
    if isinstance(stored, Mapping):
        for name, value in stored.items():
            found |= _kept(value, name)
    elif isinstance(stored, list):
        if stored and all(is_sealed(one) for one in stored):
            found[(key, keep_token(stored))] = stored
        for value in stored:
            found |= _kept(value, key)
    return found


class _Known:
    """What the form cannot know by itself: people, files, and values that stay as they are."""

    def __init__(self, uow: UnitOfWork, case: Case, stored: Mapping[str, Any]) -> None:
        self._uow, self._case = uow, case
        self.kept = _kept(stored)
        self._sizes: dict[str, int] = {}

    def may_choose(self, person: str, candidates: str) -> bool:
        if person == self._case.starter_id:
            return False
        return person in choices(self._uow, self._case.places, candidates)

    def attachment_kind(self, file: str) -> str | None:
        row = self._uow.execute(
            select(
                document_file.c.instance_id,
                document_file.c.created_by,
                document_file.c.media_type,
                document_file.c.size,
            ).where(document_file.c.id == file, document_file.c.kind == "attachment")
        ).one_or_none()
        if row is None:
            return None
        own = row.instance_id is None and row.created_by == self._uow.actor.id
        if not own and row.instance_id != self._case.id:
            return None
        self._sizes[file] = row.size
        kind: str = row.media_type.rsplit("/", 1)[-1]
        return {"jpeg": "jpg"}.get(kind, kind)

    def attachment_size(self, file: str) -> int:
        return self._sizes.get(file, 0)

    def may_keep(self, path: str, token: str) -> bool:
        return (path.rpartition(".")[2], token) in self.kept


def read_form(
    uow: UnitOfWork,
    case: Case,
    form: Form | None,
    data: object,
    scope: Scope,
    *,
    partial: bool,
    stored: Mapping[str, Any],
) -> dict[str, Any]:
    """The values to write, by field. Raise `InvalidForm` with an error for each field that does not hold.

    `stored` is what the document holds where this form's fields go, for values that stay.
    """
    if form is None:
        if data:
            raise InvalidForm(errors=[], instance=case.id)
        return {}
    known = _Known(uow, case, stored)
    cleaned = form.validate(
        data or {},
        context=scope.facts,
        known=known,
        now=uow.now.astimezone(uow.engine.zone),
        functions=scope.functions,
        partial=partial,
    )
    if not cleaned.ok:
        raise InvalidForm(errors=cleaned.errors, instance=case.id)
    values = _seal(uow, case, form.components, cleaned.values, known.kept)
    for path in cleaned.hidden:
        _clear(values, stored, path)
    return values


def typed_so_far(
    uow: UnitOfWork,
    case: Case,
    form: Form | None,
    data: object,
    scope: Scope,
    stored: Mapping[str, Any],
) -> dict[str, Any]:
    """What a form that is not finished would write: what does not hold yet is left out. For previews only."""
    if form is None or not isinstance(data, Mapping):
        return {}
    cleaned = form.validate(
        dict(data),
        context=scope.facts,
        known=_Known(uow, case, stored),
        now=uow.now.astimezone(uow.engine.zone),
        functions=scope.functions,
        partial=True,
    )
    wrong = {error.path.partition(".")[0].partition("[")[0] for error in cleaned.errors}
    return {name: value for name, value in cleaned.values.items() if name not in wrong}


def _clear(values: dict[str, Any], stored: Mapping[str, Any], path: str) -> None:
    """A field that was not shown loses the value it had; rows of a list come whole anyway."""
    if "[" in path or _at(stored, path) is None:
        return
    holder = values
    *parents, key = path.split(".")
    for name in parents:
        holder = holder.setdefault(name, {})
    holder[key] = None


def adopt_files(uow: UnitOfWork, case: Case, form: Form | None, values: Mapping[str, Any]) -> None:
    """The files a form names now belong to the case."""
    if form is None:
        return
    ids = list(_attachments(form.components, values))
    if ids:
        uow.execute(
            document_file.update()
            .where(document_file.c.id.in_(ids), document_file.c.instance_id.is_(None))
            .values(instance_id=case.id)
        )


def _attachments(fields: tuple[Field, ...], values: Mapping[str, Any]) -> Any:
    for field in fields:
        if field.type == "group":
            yield from _attachments(field.children, values)
        elif field.type == "attachments":
            yield from _at(values, field.dotted) or ()
        elif field.type == "dynamiclist":
            for row in _at(values, field.dotted) or ():
                yield from _attachments(field.children, row)


def _seal(
    uow: UnitOfWork,
    case: Case,
    fields: tuple[Field, ...],
    values: dict[str, Any],
    kept: Mapping[tuple[str, str], Any],
) -> dict[str, Any]:
    for field in fields:
        if field.type == "group":
            _seal(uow, case, field.children, values, kept)
            continue
        if field.type == "dynamiclist":
            for row in _at(values, field.dotted) or ():
                _seal(uow, case, field.children, row, kept)
            continue
        if not field.sensitive:
            continue
        holder = _holder(values, field.path)
        if holder is None or holder.get(field.key) in (None, "", []):
            continue
        value = holder[field.key]
        if isinstance(value, dict) and "keep" in value:
            holder[field.key] = kept[field.key, value["keep"]]
            continue
        context = seal_context(case.id, field.key)
        seal = uow.engine.keyring.seal
        holder[field.key] = (
            [seal(str(part), context) for part in value]
            if isinstance(value, list)
            else seal(str(value), context)
        )
    return values


def _holder(values: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any] | None:
    holder: Any = values
    for part in path[:-1]:
        holder = holder.get(part) if isinstance(holder, dict) else None
    return holder if isinstance(holder, dict) else None


def _at(values: Mapping[str, Any], path: str) -> Any:
    """The value at `members[0].id_card`, or None."""
    found: Any = values
    for part in path.replace("]", "").split("."):
        name, *numbers = part.split("[")
        found = found.get(name) if isinstance(found, Mapping) else None
        for number in numbers:
            index = int(number)
            found = found[index] if isinstance(found, list) and index < len(found) else None
    return found
