"""The dossier: what others have filled in, as labelled values for reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import Connection, select

from engine.actors import SYSTEM
from engine.engine import Engine
from engine.forms import Form
from engine.forms.dossier import Row
from engine.queries.case import CaseView
from engine.queries.masked import masked
from engine.store.tables import document_file
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages import filters
from webapp.views import progress

Files = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class _Reader:
    """What rows need to be written out."""

    engine: Engine
    case: CaseView
    files: Files

    def fact(self, row: Row, base: str) -> dict[str, Any] | None:
        """One labelled value as the template wants it; None for what was left empty."""
        if row.kind == "table":
            return self._table(row)
        if row.value in (None, "", [], ()):
            return None
        fact: dict[str, Any] = {"label": row.label, "value": self.text(row)}
        if row.kind == "attachments":
            fact["files"] = [self.files[one] for one in row.value if one in self.files]
            fact["count"] = len(row.value)
        if row.kind == "long_text":
            fact["wide"] = True
        if row.kind == "money":
            fact["fen"] = row.value
        if row.sensitive:
            fact["masked"] = {"field": f"{base}{row.key}"}
        return fact

    def text(self, row: Row) -> str:
        """A value as people write it; sensitive values come here masked already."""
        value = row.value
        if value is None:
            return ""
        if row.shown is not None and not row.sensitive:
            return row.shown
        if row.kind == "money" and isinstance(value, int):
            return filters.money(value)
        if row.kind == "boolean":
            return _("yes") if value else _("no")
        if row.kind == "date":
            return filters.date(str(value))
        if row.kind == "persons":
            separator = ", " if language() == "en" else "、"
            return separator.join(self.engine.directory.name(str(one)) for one in value)
        if isinstance(value, list):
            return ", ".join(str(one) for one in value)
        return str(value)

    def _table(self, row: Row) -> dict[str, Any] | None:
        if not row.value:
            return None
        head = [cell.label for cell in row.value[0]]
        rows = [[self.text(cell) for cell in line] for line in row.value]
        return {"label": row.label, "value": "", "table": {"head": head, "rows": rows}}


def dossier(engine: Engine, case: CaseView, files: Files, skip: str = "") -> list[dict[str, Any]]:
    """Sections in the order of the process: the start form, then each step that has been done."""
    reader = _Reader(engine, case, files)
    shown = masked(case.document, case.definition, engine.keyring, case.id)
    sections: list[dict[str, Any]] = []
    start = case.definition.start_form
    if start is not None:
        sections += _form(reader, start, shown, "", _("Application"), None)
    seen: set[str] = set()
    for task in case.tasks:
        step = case.definition.steps[task.element]
        if task.state != "completed" or task.element == skip or task.element in seen:
            continue
        if task.completed_by == SYSTEM.id and task.rule == "single":
            # Nobody filled it in.
            continue
        seen.add(task.element)
        form = case.definition.form_of(step)
        if form is None:
            continue
        title = case.definition.text(step.name, language())
        values = shown.get(step.into) if step.into else shown
        if isinstance(values, list):
            did = {
                one.run: one.completed_by
                for one in case.tasks
                if one.element == task.element and one.state == "completed"
            }
            for place, one in _each(values):
                note = str(one.get("signer_name", ""))
                note = note or engine.directory.name(did.get(place[0]) or "")
                base = step.into + "".join(f"[{number}]" for number in place) + "."
                sections += _form(reader, form, one, base, title, note)
        elif isinstance(values, dict):
            note = progress.filled_by(engine, task)
            base = f"{step.into}." if step.into else ""
            sections += _form(reader, form, values, base, title, note)
    return sections


def _each(values: list[Any], *around: int) -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    """The forms in a list, of signers or of instances (or of the signers in an instance), with their place."""
    for number, one in enumerate(values):
        if isinstance(one, list):
            yield from _each(one, *around, number)
        elif isinstance(one, dict):
            yield (*around, number), one


def _form(
    reader: _Reader,
    form: Form,
    values: Any,
    base: str,
    title: str,
    note: str | None,
) -> list[dict[str, Any]]:
    if not isinstance(values, dict):
        return []
    english = reader.case.definition.english
    found = []
    for section in form.dossier(values, lang=language(), labels=english):
        facts = [fact for row in section.rows if (fact := reader.fact(row, base))]
        if facts:
            found.append({"title": section.title or title, "note": note, "facts": facts})
    return found


def files_of(connection: Connection, instance_id: str) -> dict[str, dict[str, Any]]:
    """The case's attachments and letters as links."""
    rows = connection.execute(
        select(document_file)
        .where(document_file.c.instance_id == instance_id)
        .order_by(document_file.c.created_at)
    )
    return {row.id: _file(row) for row in rows}


def _file(row: Any) -> dict[str, Any]:
    url = url_for("files.OneFile", file_id=row.id)
    kind = row.name.rpartition(".")[2] or "file"
    image = row.media_type in ("image/png", "image/jpeg")
    return {
        "id": row.id,
        "of": row.kind,
        "name": row.name,
        "url": url,
        "size": filters.size(row.size),
        "kind": kind,
        "thumb_url": url if image else None,
        "note": None,
        "at": row.created_at,
        "state": row.state,
    }


def documents(files: Files) -> list[dict[str, Any]]:
    """Letters and printed forms, for the list of documents."""
    return [
        {
            "name": one["name"],
            "at": one["at"],
            "url": one["url"],
            "size": one["size"],
            "state": "closed" if one["state"] == "void" else None,
            "state_text": _("void"),
        }
        for one in files.values()
        if one["of"] == "letter"
    ]
