"""What people tell each other about a case, on its pages: remarks, files, copies, urging."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Connection

from engine.actors import Actor
from engine.commands.comments import takes_files
from engine.commands.copies import BY_THE_PACKAGE
from engine.commands.uploads import MAX_SIZE
from engine.engine import Engine
from engine.queries.case import CaseView, TaskView
from engine.queries.comments import Attached, Remark, remarks
from engine.queries.urging import may_urge
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages import filters
from webapp.pages.frame import new_key
from webapp.views.people import person

#: Remarks that a page shows; the API has them all.
_SHOWN = 200
#: So much of a remark stands beside the file it brought; the remark itself is further down.
_MOST_NOTE = 80
_NOTHING_SENT: dict[str, Any] = {
    "text": "",
    "names": "",
    "note": "",
    "error": None,
    "form": "",
    "files": [],
}


def attention(
    house: Engine,
    connection: Connection,
    case: CaseView,
    actor: Actor,
    *,
    task: TaskView | None = None,
    sent: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The parts `talk`, `copies`, `urging` and `attachments` of a task's or a case's page.

    `sent` is what was just sent and did not hold, to be shown again with the reason.
    """
    found, _following = remarks(connection, case.id, limit=_SHOWN)
    of_page = [task] if task is not None else case.open_tasks
    return {
        "talk": {
            "case": case.id,
            "task": task.id if task else None,
            "key": new_key(),
            "remarks": [_remark(house, case, one) for one in reversed(found)],
            "with_files": takes_files(case),
            "max_bytes": MAX_SIZE,
            "may_copy": case.takes_part,
            "people_url": url_for("remarks.People", instance_id=case.id),
            "sent": {**_NOTHING_SENT, **(sent or {})},
        },
        "copies": [
            {
                **person(house, one.person_id),
                "by": None if one.by_id == BY_THE_PACKAGE else house.directory.name(one.by_id),
                "note": one.note,
                "at": one.at,
                "read_at": one.read_at,
            }
            for one in case.copies
        ],
        "urging": [
            {
                "task": one.id,
                "name": case.definition.text(case.definition.steps[one.element].name, language()),
                "count": one.urges,
            }
            for one in of_page
            if may_urge(case, one, actor)
        ],
        "attachments": [
            _attached(house, one, file)
            for one in (reversed(found) if case.opens_files else ())
            for file in one.files
        ],
    }


def _remark(house: Engine, case: CaseView, one: Remark) -> dict[str, Any]:
    author = person(house, one.author_id)
    files = one.files if case.opens_files else ()
    return {
        "id": one.id,
        "by": author["name"],
        "unit": author["unit"],
        "at": one.at,
        "text": one.text,
        "names": [house.directory.name(name) for name in one.mentions],
        "files": [{"name": file.name, "url": _url(file)} for file in files],
    }


def _attached(house: Engine, one: Remark, file: Attached) -> dict[str, Any]:
    return {
        "name": file.name,
        "url": _url(file),
        "size": filters.size(file.size),
        "by": house.directory.name(one.author_id),
        "at": one.at,
        "note": one.text if len(one.text) <= _MOST_NOTE else f"{one.text[:_MOST_NOTE]}…",
        "digest": file.digest,
    }


def _url(file: Attached) -> str:
    return url_for("files.OneFile", file_id=file.id)


def told_text(names: list[str]) -> str:
    """Who was told, as a sentence for after a remark."""
    if not names:
        return _("Your remark is on the case.")
    separator = ", " if language() == "en" else "、"
    return _("Your remark is on the case; %(names)s will be told.", names=separator.join(names))
