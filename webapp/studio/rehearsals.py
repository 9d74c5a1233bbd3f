"""Trying a version on the cases of the past: asking for it, how far it is, and what came of each case."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response as BaseResponse

from engine.actors import Actor
from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.clock import start_of_day
from engine.errors import EngineError, Invalid, NotFound
from engine.rehearsing.asking import ask, stop
from engine.rehearsing.results import PAGE, Summary, summaries, summary, told_cases
from engine.rehearsing.tried import tried
from engine.rehearsing.verdict import KINDS, SAME
from engine.store.tables import definition
from engine.studio.checking import whole
from engine.studio.reading import drafts_of, package_of, read_draft
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import engine, once
from webapp.rights import require
from webapp.studio.retold import kind_text, line

#: What the title of a rehearsal of a version begins with: each reader reads it in the own language.
_VERSION = "#"
#: The period that is offered: the last so many days.
_OFFERED = timedelta(days=365)


@blueprint.get("/studio/processes/<string:key>/tried", endpoint="studio_tried")
def tried_page(key: str) -> str:
    """What has been tried of a process, and a form to try something."""
    return _page(key)


def _page(key: str, problem: str | None = None) -> str:
    actor, house = require("administer"), engine()
    today = house.clock.now().astimezone(house.zone).date()
    with house.database.read() as connection:
        active = house.catalog.active(connection, key)
        found = [_summed(one) for one in summaries(connection, key)]
        choices = _choices(connection, actor, key)
    return render_template(
        "studio_tried.html",
        process={"key": key, "title": active.text(active.title, language())},
        choices=choices,
        chosen=request.values.get("what", ""),
        since=request.values.get("since") or (today - _OFFERED).isoformat(),
        until=request.values.get("until") or today.isoformat(),
        rehearsals=found,
        problem=problem,
        key=new_key(),
    )


def _choices(connection: Connection, actor: Actor, key: str) -> list[dict[str, str]]:
    """What can be tried: drafts the reader sees, and versions."""
    drafts = [
        {"id": f"draft:{one.id}", "title": _("Draft: %(title)s", title=one.title)}
        for one in drafts_of(connection, actor)
        if one.key == key
    ]
    rows = connection.execute(
        select(definition.c.id, definition.c.version, definition.c.active)
        .where(definition.c.key == key)
        .order_by(definition.c.version.desc())
    )
    return drafts + [
        {
            "id": f"version:{row.id}",
            "title": _("Version %(number)s", number=row.version)
            + (f" · {_('in use')}" if row.active else ""),
        }
        for row in rows
    ]


@blueprint.post("/studio/processes/<string:key>/tried", endpoint="studio_try")
def begin(key: str) -> BaseResponse:
    """Begin to try."""
    actor = require("administer")
    try:
        since, until = _day("since"), _day("until") + timedelta(days=1)
        with engine().database.read() as connection:
            package, title = _chosen(connection, actor, key, request.form.get("what", ""))
        answer, _fresh = once(
            request.form.get("idempotency_key", ""),
            lambda uow: {
                "id": ask(
                    uow,
                    package,
                    title=title,
                    since=start_of_day(since, engine().zone),
                    until=start_of_day(until, engine().zone),
                )
            },
        )
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        return make_response(_page(key, sentence(error.problem, error.parts)), status_of(error))
    return redirect(url_for("pages.studio_rehearsal", id=answer["id"]))


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise Invalid(field=name) from error


def _chosen(connection: Connection, actor: Actor, key: str, what: str) -> tuple[Package, str]:
    """The package that is to be tried, and what it is called; raise `NotFound`."""
    kind, _colon, found = what.partition(":")
    if kind == "draft":
        draft = read_draft(connection, actor, found)
        package = whole(package_of(connection, found), engine().shared)
        if package.manifest.id != key:
            raise NotFound(draft=found)
        return package, draft.title
    row = connection.execute(
        select(definition.c.version).where(definition.c.id == found, definition.c.key == key)
    ).one_or_none()
    if row is None:
        raise NotFound(definition=found)
    return stored_package(connection, found), f"{_VERSION}{row.version}"


@blueprint.get("/studio/rehearsals/<string:id>", endpoint="studio_rehearsal")
def rehearsal(id: str) -> str:
    """How far it is, how many cases of each kind, and the cases."""
    require("administer")
    house = engine()
    kind, after = request.args.get("kind", ""), request.args.get("after", "")
    kind = kind if kind in KINDS else ""
    with house.database.read() as connection:
        found = summary(connection, id)
        rows = told_cases(connection, id, kind, after, PAGE + 1)
        now = tried(connection, found.id, found.package)
    cases = [line(row, house.catalog.get(row.definition_id), now) for row in rows[:PAGE]]
    more = len(rows) > PAGE
    return render_template(
        "studio_rehearsal.html",
        process={"key": found.key, "title": now.text(now.title, language())},
        rehearsal=_summed(found),
        kinds=[
            {
                "kind": one,
                "text": kind_text(one),
                "count": found.counts[one],
                "url": url_for("pages.studio_rehearsal", id=id, kind=one),
                "chosen": one == kind,
                "quiet": one == SAME,
            }
            for one in KINDS
            if found.counts[one]
        ],
        here=request.full_path.rstrip("?"),
        all_url=url_for("pages.studio_rehearsal", id=id),
        kind=kind,
        cases=cases,
        more_url=url_for(
            "pages.studio_rehearsal", id=id, kind=kind or None, after=rows[PAGE - 1].instance_id
        )
        if more
        else None,
        key=new_key(),
    )


@blueprint.post("/studio/rehearsals/<string:id>/stop", endpoint="studio_rehearsal_stop")
def stop_it(id: str) -> BaseResponse:
    """Tell no further cases."""
    require("administer")
    once(request.form.get("idempotency_key", ""), lambda uow: stop(uow, id))
    return redirect(url_for("pages.studio_rehearsal", id=id))


def _summed(one: Summary) -> dict[str, Any]:
    changed = one.done - one.counts[SAME] - one.counts["untold"]
    return {
        "id": one.id,
        "title": _called(one.title),
        "url": url_for("pages.studio_rehearsal", id=one.id),
        "asked_by": engine().directory.name(one.asked_by),
        "asked_at": one.asked_at,
        "since": _local(one.since),
        "until": _local(one.until) - timedelta(days=1),
        "state": one.state,
        "total": one.total,
        "done": one.done,
        "percent": 100 if not one.total else min(100, one.done * 100 // one.total),
        "changed": changed,
        "untold": one.counts["untold"],
        "more_fen": one.more_fen,
        "less_fen": one.less_fen,
    }


def _called(title: str) -> str:
    if title.startswith(_VERSION):
        return _("Version %(number)s", number=title.removeprefix(_VERSION))
    return _("Draft: %(title)s", title=title)


def _local(moment: datetime) -> date:
    return moment.astimezone(engine().zone).date()
