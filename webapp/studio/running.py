"""Running cases to another version: which elements become which, what would happen, go, progress, back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Connection, func, select
from werkzeug.wrappers import Response as BaseResponse

from engine.catalog.definition import Definition
from engine.errors import Invalid, NotFound, ReasonRequired
from engine.migrating.batch import RUNNING, begin_migration, stop_migration, undo_migration
from engine.migrating.looking import (
    Batch,
    Preview,
    batches_of,
    cases_of,
    preview,
    read_batch,
)
from engine.migrating.mapping import Mapped, alike, complete, suggest
from engine.store.tables import definition, instance
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence
from webapp.requests import engine
from webapp.rights import require
from webapp.studio.why import name_of, sentence_of

#: How many cases of a preview, or of a batch, one page shows.
_SHOWN = 200


@blueprint.get("/studio/processes/<string:key>/cases")
def migration_new(key: str) -> str:
    """Choose two versions, look at the mapping and at what would become of each case."""
    actor = require("administer")
    house = engine()
    with house.database.read() as connection:
        versions = versions_of(connection, key)
        old, new = _chosen_versions(versions)
        shown: dict[str, Any] = {}
        if old is not None and new is not None and old.id != new.id:
            shown = _foreseen(connection, actor, old, new)
        batches = [_line(one) for one in batches_of(connection, key)]
    title = house.catalog.get(versions[0]["id"])
    return render_template(
        "studio_migration.html",
        process={"key": key, "title": title.text(title.title, language())},
        versions=versions,
        old=old and old.version,
        new=new and new.version,
        batches=batches,
        key=new_key(),
        reason=request.args.get("reason", ""),
        problem=None,
        **shown,
    )


def versions_of(connection: Connection, key: str) -> list[dict[str, Any]]:
    """The versions of a process, the latest first, with how many cases run on each."""
    rows = connection.execute(
        select(definition).where(definition.c.key == key).order_by(definition.c.version.desc())
    ).all()
    if not rows:
        raise NotFound(process=key)
    counted = connection.execute(
        select(instance.c.definition_id, func.count())
        .where(instance.c.definition_id.in_([row.id for row in rows]))
        .where(instance.c.state.in_(RUNNING))
        .group_by(instance.c.definition_id)
    ).all()
    running = {row[0]: row[1] for row in counted}
    return [
        {
            "id": row.id,
            "number": row.version,
            "active": row.active,
            "running": running.get(row.id, 0),
        }
        for row in rows
    ]


def _chosen_versions(
    versions: list[dict[str, Any]],
) -> tuple[Definition | None, Definition | None]:
    """The two versions that the address names; by itself from the fullest old one to the active one."""
    by_number = {str(one["number"]): one for one in versions}
    active = next((one for one in versions if one["active"]), versions[0])
    others = [one for one in versions if one["running"] and one is not active]
    old = by_number.get(request.values.get("from", ""))
    new = by_number.get(request.values.get("to", ""))
    if old is None and "from" not in request.values:
        old = max(others, key=lambda one: int(one["running"]), default=None)
    if new is None and "to" not in request.values:
        new = active
    catalog = engine().catalog
    return (
        catalog.get(old["id"]) if old else None,
        catalog.get(new["id"]) if new else None,
    )


def _mapping(old: Definition) -> dict[str, str | None]:
    """What the administrator chose: fields `map.<element>`; empty: nothing fits."""
    return {
        name: request.values[f"map.{name}"] or None
        for name in old.diagram.elements
        if f"map.{name}" in request.values
    }


def _foreseen(
    connection: Connection, actor: Any, old: Definition, new: Definition
) -> dict[str, Any]:
    try:
        mapped = complete(old.diagram, new.diagram, _mapping(old))
        found = preview(engine(), connection, actor, old, new, _mapping(old))
    except Invalid as error:
        names: Any = error.parts.get("fields", ())
        wrong = "、".join(name_of(one, old) for one in names)
        return {
            "mapping": _mapping_rows(old, new, suggest(old.diagram, new.diagram)),
            "mapping_problem": _("These cannot become what was chosen: %(names)s", names=wrong),
        }
    return {"mapping": _mapping_rows(old, new, mapped), **_preview(found, old, new)}


def _mapping_rows(old: Definition, new: Definition, mapped: list[Mapped]) -> list[dict[str, Any]]:
    """What is not simply the same, first; each with what it could become."""
    rows = []
    for one in mapped:
        if one.how == "same":
            continue
        element = old.diagram.elements[one.old]
        fitting = [each for each in new.diagram.elements.values() if alike(element, each)]
        rows.append(
            {
                "id": one.old,
                "name": name_of(one.old, old),
                "kind": element.kind,
                "how": one.how,
                "how_text": {
                    "alike": _("suggested"),
                    "chosen": _("chosen"),
                    "gone": _("nothing fits"),
                }[one.how],
                "new": one.new or "",
                "choices": [
                    {"value": each.id, "label": f"{name_of(each.id, new)} ({each.id})"}
                    for each in fitting
                ],
            }
        )
    return rows


def _preview(found: Preview, old: Definition, new: Definition) -> dict[str, Any]:
    first: dict[tuple[str, str], str] = {}
    for line in found.lines:
        for one in line.reasons:
            first.setdefault((one.why, one.element), sentence_of(one, old, new))
    return {
        "total": len(found.lines),
        "possible": found.possible,
        "groups": [{"text": first[key], "count": count} for key, count in found.by_reason],
        "lines": [
            {
                "id": line.id,
                "title": line.title,
                "number": line.number,
                "url": url_for("pages.case", id=line.id),
                "possible": not line.reasons,
                "reasons": [sentence_of(one, old, new) for one in line.reasons],
                "notes": [sentence_of(one, old, new) for one in line.notes],
            }
            # Those that cannot are what has to be looked at.
            for line in sorted(found.lines, key=lambda one: (not one.reasons, one.id))[:_SHOWN]
        ],
        "hidden": max(0, len(found.lines) - _SHOWN),
    }


@blueprint.post("/studio/processes/<string:key>/cases")
def migration_begin(key: str) -> BaseResponse:
    """Go: a job for each case."""
    actor = require("administer")
    with engine().database.read() as connection:
        old, new = _chosen_versions(versions_of(connection, key))
    if old is None or new is None:
        raise NotFound(process=key)
    mapping = _mapping(old)
    again = {"from": str(old.version), "to": str(new.version)}
    again |= {f"map.{name}": target or "" for name, target in mapping.items()}
    cases = request.form.getlist("case") if request.form.get("which") == "ticked" else None
    try:
        with engine().command(actor) as uow:
            batch = begin_migration(
                uow,
                old,
                new,
                chosen=mapping,
                reason=request.form.get("reason", ""),
                cases=cases,
            )
            uow.commit()
    except (Invalid, ReasonRequired) as error:
        text = sentence(error.problem)
        if not isinstance(error, ReasonRequired):
            text = _("There is no case to move. Tick at least one.")
        flash(text, "danger")
        again["reason"] = request.form.get("reason", "")
        address = url_for("pages.migration_new", key=key)
        return redirect(f"{address}?{urlencode(again)}")
    return redirect(url_for("pages.migration", key=key, id=batch))


@blueprint.get("/studio/processes/<string:key>/cases/<string:id>")
def migration(key: str, id: str) -> str:
    """How far a batch is; the page asks again while it runs."""
    require("administer")
    house = engine()
    with house.database.read() as connection:
        batch = read_batch(connection, id)
        if batch.key != key:
            raise NotFound(migration=id)
        state = request.args.get("state", "")
        lines = list(
            cases_of(connection, id, state, request.args.get("after", ""), limit=_SHOWN + 1)
        )
    old, new = house.catalog.get(batch.from_id), house.catalog.get(batch.to_id)
    more = lines[_SHOWN - 1].id if len(lines) > _SHOWN else None
    shown = {
        "process": {"key": key, "title": new.text(new.title, language())},
        "batch": _line(batch),
        "state": state,
        "key": new_key(),
        "more_url": more
        and url_for("pages.migration", key=key, id=id, state=state or None, after=more),
        "lines": [
            {
                "id": one.id,
                "title": one.title,
                "number": one.number,
                "url": url_for("pages.case", id=one.id),
                "state": one.state,
                "state_text": _states()[one.state],
                "reasons": [sentence_of(why, old, new) for why in one.reasons],
            }
            for one in lines[:_SHOWN]
        ],
    }
    return render_template("studio_migration_batch.html", **shown)


@blueprint.post("/studio/processes/<string:key>/cases/<string:id>/<string:act>")
def migration_act(key: str, id: str, act: str) -> BaseResponse:
    """Stop it, or put back what has not moved since."""
    actor = require("administer")
    acts = {"stop": stop_migration, "undo": undo_migration}
    if act not in acts:
        raise NotFound(act=act)
    with engine().command(actor) as uow:
        acts[act](uow, id)
        uow.commit()
    return redirect(url_for("pages.migration", key=key, id=id))


def _states() -> dict[str, str]:
    """State of a case in a batch, in words."""
    return {
        "waiting": _("waits for its turn"),
        "done": _("moved"),
        "refused": _("stays"),
        "skipped": _("left out"),
        "stopped": _("stopped before"),
        "undoing": _("is being put back"),
        "undone": _("put back"),
        "kept": _("not put back"),
    }


def _line(batch: Batch) -> dict[str, Any]:
    house = engine()
    done = batch.total - batch.counts.get("waiting", 0) - batch.counts.get("undoing", 0)
    return {
        "id": batch.id,
        "url": url_for("pages.migration", key=batch.key, id=batch.id),
        "from": house.catalog.get(batch.from_id).version,
        "to": house.catalog.get(batch.to_id).version,
        "by": house.directory.name(batch.by) if batch.by != "system" else _("by itself"),
        "at": batch.at,
        "reason": batch.reason,
        "running": batch.running,
        "total": batch.total,
        "done": done,
        "can_stop": bool(batch.counts.get("waiting")),
        "can_undo": bool(batch.counts.get("done")),
        "counts": [
            {"state": state, "text": text, "count": batch.counts[state]}
            for state, text in _states().items()
            if batch.counts.get(state)
        ],
    }
