"""A process in the studio: all its versions, and what differs between two of them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import Connection, Row, func, select

from engine.catalog.versions import stored_package
from engine.errors import NotFound
from engine.store.tables import accepted_warning, candidate, definition, instance, proposal
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.requests import engine
from webapp.rights import require, role_title
from webapp.studio.differing import difference_view
from webapp.studio.files_beside import standing_line


@blueprint.get("/studio/processes/<string:key>", endpoint="studio_process")
def process(key: str) -> str:
    """Every version: who made it, when, how, who agreed, how many cases go by it."""
    require("administer")
    with engine().database.read() as connection:
        rows = versions_of(connection, key)
        compiled = engine().catalog.get(rows[0].id)
        return render_template(
            "studio_process.html",
            process={
                "key": key,
                "title": compiled.text(compiled.title, language()),
                "owner": role_title(compiled.manifest.owner, language()),
                "summary": compiled.text(compiled.manifest.summary, language()),
            },
            versions=_versions(connection, rows),
            files=standing_line(connection, key),
            key=new_key(),
        )


def versions_of(connection: Connection, key: str) -> list[Row[Any]]:
    """The rows of all versions, the one in use first, then the newest; raise `NotFound` where there is none."""
    rows = connection.execute(
        select(definition)
        .where(definition.c.key == key)
        .order_by(definition.c.active.desc(), definition.c.version.desc())
    ).all()
    if not rows:
        raise NotFound(process=key)
    return list(rows)


def _versions(connection: Connection, rows: list[Row[Any]]) -> list[dict[str, Any]]:
    house = engine()
    ids = [row.id for row in rows]
    counts = _counts(connection, ids)
    reasons = _reasons(connection, ids)
    agreed = _agreed(connection, ids)
    numbers = {row.id: row.version for row in rows}
    ever = {row.definition_id for row in _used(connection, ids)}
    ordered = sorted(rows, key=lambda row: -row.version)
    found = []
    for place, row in enumerate(ordered):
        earlier = numbers.get(row.base_id) or (
            ordered[place + 1].version if place + 1 < len(ordered) else None
        )
        active, ended = counts.get(row.id, (0, 0))
        found.append(
            {
                "id": row.id,
                "number": row.version,
                "hash": row.id,
                "at": row.deployed_at,
                "by": house.directory.name(row.deployed_by)
                if row.deployed_by != "system"
                else _("by itself"),
                "origin": row.origin,
                "origin_text": _("drawn in the studio")
                if row.origin == "studio"
                else _("from files"),
                "active": row.active,
                "state": "active" if row.active else "closed",
                "state_text": _("in use")
                if row.active
                else _("replaced")
                if row.id in ever or row.version < max(numbers.values())
                else _("not in use"),
                "running": active,
                "finished": ended,
                "reasons": reasons.get(row.id, []),
                "consent": agreed.get(row.id),
                "earlier": earlier,
                "zip_url": url_for("pages.studio_version_zip", id=row.id),
            }
        )
    return found


def _counts(connection: Connection, ids: list[str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    statement = (
        select(instance.c.definition_id, instance.c.state, func.count())
        .where(instance.c.definition_id.in_(ids))
        .group_by(instance.c.definition_id, instance.c.state)
    )
    for id, state, number in connection.execute(statement):
        active, ended = found.get(id, (0, 0))
        found[id] = (active + number, ended) if state == "active" else (active, ended + number)
    return found


def _used(connection: Connection, ids: list[str]) -> list[Row[Any]]:
    statement = select(instance.c.definition_id).where(instance.c.definition_id.in_(ids)).distinct()
    return list(connection.execute(statement).all())


def _reasons(connection: Connection, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Warnings a version was deployed with, and why."""
    found: dict[str, list[dict[str, Any]]] = {}
    rows = connection.execute(
        select(accepted_warning)
        .where(accepted_warning.c.definition_id.in_(ids))
        .order_by(accepted_warning.c.rule, accepted_warning.c.element)
    )
    for row in rows:
        found.setdefault(row.definition_id, []).append(
            {
                "rule": row.rule,
                "element": row.element,
                "why": row.why,
                "by": engine().directory.name(row.by) if row.by != "system" else "",
            }
        )
    return found


def _agreed(connection: Connection, ids: list[str]) -> dict[str, dict[str, Any]]:
    """The case in which a version was agreed to."""
    rows = connection.execute(
        select(candidate.c.definition_id, proposal)
        .join(candidate, candidate.c.id == proposal.c.candidate_id)
        .where(candidate.c.definition_id.in_(ids), proposal.c.state == "deployed")
        .order_by(proposal.c.decided_at)
    )
    name = engine().directory.name
    return {
        row.definition_id: {
            "url": url_for("pages.case", id=row.instance_id),
            "proposed_by": name(row.proposed_by),
            "agreed_by": name(row.decided_by) if row.decided_by else "",
            "why": row.why,
        }
        for row in rows
    }


@blueprint.get("/studio/processes/<string:key>/differences", endpoint="studio_differences")
def differences(key: str) -> str:
    """What differs between two versions; without saying which, between the latest and the one before."""
    require("administer")
    with engine().database.read() as connection:
        rows = sorted(versions_of(connection, key), key=lambda row: row.version)
        numbers = {row.version: row for row in rows}
        late = _chosen("to", numbers, rows[-1].version)
        early = _chosen("from", numbers, max((n for n in numbers if n < late), default=late))
        before, after = (stored_package(connection, numbers[n].id) for n in (early, late))
    compiled = engine().catalog.get(numbers[late].id)
    return render_template(
        "studio_differences.html",
        title=compiled.text(compiled.title, language()),
        lead=None,
        back={
            "url": url_for("pages.studio_process", key=key),
            "text": compiled.text(compiled.title, language()),
        },
        before=_("Version %(number)s", number=early),
        after=_("Version %(number)s", number=late),
        choice={
            "numbers": list(numbers),
            "from": early,
            "to": late,
            "active": next((row.version for row in rows if row.active), None),
        },
        found=difference_view(before, after),
    )


def _chosen(name: str, numbers: dict[int, Any], otherwise: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return otherwise
    number = int(text) if text.isdecimal() and len(text) < 10 else -1
    if number not in numbers:
        raise NotFound(version=text)
    return number
