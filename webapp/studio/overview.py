"""The studio's first page, and one draft as a whole."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from sqlalchemy import Connection, select

from engine.actors import Actor
from engine.catalog.bpmn import read_diagram
from engine.catalog.package import Package
from engine.errors import InvalidPackage
from engine.store.tables import definition
from engine.studio.authors import authors_of
from engine.studio.checking import whole
from engine.studio.drafts import KEPT
from engine.studio.proposals import (
    NobodyToConsent,
    NoConsentProcess,
    check_all,
    consent_process,
    may_consent,
)
from engine.studio.reading import (
    DraftView,
    FileView,
    drafts_of,
    files_of,
    left_drafts,
    package_of,
    read_draft,
    saves_of,
    shares_of,
)
from engine.studio.scenario_runs import run_of
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence
from webapp.requests import engine
from webapp.rights import require
from webapp.studio.coverage import run_shown
from webapp.studio.files_beside import all_standing
from webapp.studio.findings import editor_of, shown
from webapp.studio.readable import english_of


@blueprint.get("/studio", endpoint="studio")
def studio() -> str:
    """Processes and their drafts."""
    return studio_page()


def studio_page(problem: str | None = None, typed: dict[str, str] | None = None) -> str:
    """The first page, with what was wrong when something was begun."""
    actor = require("administer")
    with engine().database.read() as connection:
        drafts = drafts_of(connection, actor)
        return render_template(
            "studio.html",
            processes=_processes(connection),
            files=[one for one in all_standing(connection) if one["standing"] != "same"],
            own=[draft_line(one) for one in drafts if one.owns],
            shared=[draft_line(one) for one in drafts if not one.owns],
            discarded=_discarded(connection, actor),
            left=[draft_line(one) for one in left_drafts(connection, actor, engine().directory)],
            problem=problem,
            typed=typed or {},
            key=new_key(),
        )


def draft_line(draft: DraftView) -> dict[str, Any]:
    """A draft in a list."""
    name = engine().directory.name
    return {
        "id": draft.id,
        "title": draft.title,
        "key": draft.key,
        "url": url_for("pages.studio_draft", id=draft.id),
        "owner": name(draft.owner_id),
        "updated_at": draft.updated_at,
        "updated_by": name(draft.updated_by),
        "edits": draft.edits,
    }


def _processes(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(definition).order_by(definition.c.key, definition.c.version.desc())
    ).all()
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.key not in found:
            compiled = engine().catalog.get(row.id)
            found[row.key] = {
                "key": row.key,
                "title": compiled.text(compiled.title, language()),
                "versions": [],
            }
        found[row.key]["versions"].append(
            {
                "id": row.id,
                "number": row.version,
                "active": row.active,
                "at": row.deployed_at,
                "origin": row.origin,
            }
        )
    return list(found.values())


def _discarded(connection: Connection, actor: Actor) -> list[dict[str, Any]]:
    now = engine().clock.now()
    return [
        {**draft_line(one), "until": one.discarded_at + KEPT}
        for one in drafts_of(connection, actor, discarded=True)
        if one.owns and one.discarded_at is not None and one.discarded_at + KEPT >= now
    ]


@blueprint.get("/studio/drafts/<string:id>", endpoint="studio_draft")
def overview(id: str) -> str:
    """What is in a draft, what is wrong with it, who works on it, how it was."""
    return draft_page(id)


def draft_page(id: str, problem: str | None = None, *, typed: dict[str, str] | None = None) -> str:
    """The page of a draft, with what was wrong when something was done to it."""
    # Late: what is proposed comes back to this page.
    from webapp.studio.proposing import proposals_of, warning_lines

    actor, house = require("administer"), engine()
    with house.database.read() as connection:
        draft = read_draft(connection, actor, id)
        package = package_of(connection, id)
        complete = whole(package, house.shared)
        run = run_of(connection, complete)
        files = files_of(connection, id)
        saves = saves_of(connection, id, limit=30)
        shares = shares_of(connection, id)
        base = _base(connection, draft)
        active = _active(connection, draft.key)
        proposals = proposals_of(connection, id)
    found = list(check_all(house, complete, run))
    with house.database.read() as connection:
        warnings = warning_lines(connection, draft.key, found, typed or {})
        no_consent = _no_consent(connection, id, actor)
    findings = shown(id, found)
    names = names_in(package)
    return render_template(
        "studio_draft.html",
        draft=draft_line(draft) | {"owns": draft.owns, "discarded_at": draft.discarded_at},
        base=base,
        files=[_file(id, one, names) for one in sorted(files, key=_order)],
        findings=findings,
        errors=sum(one["severity"] == "error" for one in findings),
        stories=run_shown(complete, run),
        saves=[
            {
                "number": one.number,
                "paths": one.paths,
                "by": house.directory.name(one.by),
                "at": one.at,
                "now": one.number == draft.saves,
            }
            for one in saves
        ],
        shares=[
            {
                "id": one.person_id,
                "name": house.directory.name(one.person_id),
                "edits": one.edits,
                "me": one.person_id == actor.id,
            }
            for one in shares
        ],
        proposals=proposals,
        may_propose=draft.edits
        and draft.discarded_at is None
        and not any(one["open"] for one in proposals),
        behind=draft.base_id != active,
        no_consent=no_consent,
        warnings=warnings,
        why=(typed or {}).get("why", ""),
        colleagues=_colleagues(actor, {one.person_id for one in shares} | {draft.owner_id}),
        problem=problem,
        key=new_key(),
    )


def _active(connection: Connection, key: str) -> str | None:
    found: str | None = connection.execute(
        select(definition.c.id).where(definition.c.key == key, definition.c.active.is_(True))
    ).scalar_one_or_none()
    return found


def _no_consent(connection: Connection, draft_id: str, actor: Actor) -> str | None:
    """Why nobody could agree to this draft, before somebody writes a proposal in vain."""
    try:
        consent_process(engine(), connection)
    except NoConsentProcess as error:
        return sentence(error.problem, error.parts)
    if may_consent(engine(), authors_of(connection, draft_id) | {actor.id}):
        return None
    return sentence(NobodyToConsent.problem)


def _base(connection: Connection, draft: DraftView) -> dict[str, Any] | None:
    row = connection.execute(
        select(definition.c.version, definition.c.active, definition.c.key).where(
            definition.c.id == draft.base_id
        )
    ).one_or_none()
    return None if row is None else {"number": row.version, "active": row.active, "key": row.key}


#: In which order the files of a draft are listed.
_ORDER = ("process.bpmn", "process.toml", "*.dmn", "forms/", "letters/", "i18n/", "README.md")


def _order(file: FileView) -> tuple[int, str]:
    """The diagram first, stories last."""
    for place, one in enumerate(_ORDER):
        if file.path == one or (one.endswith("/") and file.path.startswith(one)):
            return place, file.path
        if one == "*.dmn" and file.path.endswith(".dmn"):
            return place, file.path
    return len(_ORDER), file.path


def names_in(package: Package) -> dict[str, str]:
    """What the steps are called to which the forms belong, where the diagram can be read."""
    try:
        diagram = read_diagram(package.files.get("process.bpmn", b""))
    except InvalidPackage:
        return {}
    english = english_of(package)
    return {
        f"forms/{one.id}.json": english.get(one.name, one.name)
        for one in diagram.elements.values()
        if one.name
    }


def _file(draft: str, file: FileView, names: dict[str, str]) -> dict[str, Any]:
    stem = file.path.rpartition("/")[2].rpartition(".")[0]
    return {
        "path": file.path,
        "name": names.get(file.path) or own_name(file.path) or stem,
        "story": file.path.startswith("scenarios/"),
        "kind": kind_of(file.path),
        "url": editor_of(draft, file.path),
        "source_url": url_for("pages.studio_source", id=draft, path=file.path),
        "raw_url": url_for("pages.studio_raw", id=draft, path=file.path),
        "version": file.version,
        "size": file.size,
        "updated_at": file.updated_at,
        "updated_by": engine().directory.name(file.updated_by),
        "shared": file.path.startswith("_shared/"),
    }


def own_name(path: str) -> str:
    """What a file that every package has one of is called."""
    names = {
        "process.bpmn": _("Diagram"),
        "process.toml": _("Facts"),
        "i18n/en.json": _("English of the process"),
    }
    return names.get(path, "")


def kind_of(path: str) -> str:
    """What a file is, in a word."""
    kinds = {
        "process.toml": _("facts"),
        "process.bpmn": _("diagram"),
        "README.md": _("notes"),
        "forms": _("form"),
        "letters": _("letter"),
        "i18n": _("English texts"),
        "scenarios": _("story"),
    }
    if path.endswith(".dmn"):
        return _("decision table")
    return kinds.get(path.partition("/")[0], "")


def _colleagues(actor: Actor, known: set[str]) -> list[dict[str, str]]:
    """Other administrators a draft can be shared with."""
    directory = engine().directory
    able = directory.able(directory.administrator_keys())
    people = {one for several in able.values() for one in several} - known - {actor.id}
    named = [{"id": one, "name": directory.name(one)} for one in people]
    return sorted(named, key=lambda one: one["name"])
