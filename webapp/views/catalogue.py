"""The catalogue of what can be started: by area, found by words, with who may start it and why not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for

from engine.actors import Actor
from engine.catalog.definition import Definition
from engine.commands.drafts import place_of_start
from engine.queries.copying import DECLARATION, FILE, GONE, REFUSED, SENSITIVE, Copied
from engine.queries.own import OwnCase
from webapp.areas import area_of, areas, point
from webapp.language import gettext as _
from webapp.language import language
from webapp.rights import role_title

#: How many of the last cases of one's own stand above the catalogue.
MOST_RECENT = 4


def may_start(actor: Actor, definition: Definition) -> bool:
    """True when one of the actor's roles may start the process."""
    return any(actor.has_role(role) for role in definition.manifest.start_roles)


def groups(definitions: Iterable[Definition], actor: Actor, text: str = "") -> list[dict[str, Any]]:
    """The processes area by area; with a text, those in which all of its words are found."""
    words = text.casefold().split()
    found: dict[str, list[dict[str, Any]]] = {}
    for one in definitions:
        if all(word in _findable(one) for word in words):
            area = area_of(one.manifest.work_point)
            found.setdefault(area.id if area else "", []).append(_process(one, actor))
    titles = {one.id: one.title(language()) for one in areas()} | {"": _("Other matters")}
    return [
        # What she may start comes first in its area.
        {"title": titles[area], "processes": sorted(found[area], key=lambda one: not one["may"])}
        for area in titles
        if area in found
    ]


def _findable(definition: Definition) -> str:
    """Everything somebody may know a process by, in both languages."""
    manifest, english = definition.manifest, definition.english
    texts = [manifest.title, manifest.summary, *manifest.words]
    texts += [english.get(one, "") for one in (manifest.title, manifest.summary)]
    for named in (area_of(manifest.work_point), point(manifest.work_point)):
        texts += named.titles.values() if named else ()
    return "\n".join(texts).casefold()


def _process(definition: Definition, actor: Actor) -> dict[str, Any]:
    may = may_start(actor, definition)
    served = point(definition.manifest.work_point)
    roles = sorted(definition.manifest.start_roles)
    who = (", " if language() == "en" else "、").join(role_title(one, language()) for one in roles)
    return {
        "key": definition.key,
        "title": definition.text(definition.title, language()),
        "summary": definition.text(definition.manifest.summary, language()),
        "point": served.title(language()) if served else None,
        "may": may,
        "who": _("Can be started by: %(roles)s", roles=who),
        "why_not": None if may else _("Not by you: only by %(roles)s.", roles=who),
    }


def start_drafts(
    places: Iterable[tuple[str, datetime]], definitions: Iterable[Definition], actor: Actor
) -> list[dict[str, Any]]:
    """What she has begun and not sent, of what she may still start."""
    by_place = {place_of_start(one.key): one for one in definitions if may_start(actor, one)}
    return [
        {
            "key": by_place[place].key,
            "title": by_place[place].text(by_place[place].title, language()),
            "saved_at": saved_at,
        }
        for place, saved_at in places
        if place in by_place
    ]


def recent_starts(
    cases: Iterable[OwnCase], definitions: Iterable[Definition], actor: Actor
) -> list[dict[str, Any]]:
    """Her last cases, each with the way to begin another like it where she may."""
    active = {one.key: one for one in definitions if may_start(actor, one)}
    return [
        {
            "title": one.title,
            "number": one.number,
            "at": one.started_at,
            "url": url_for("pages.case", id=one.id),
            "again_url": url_for("pages.start_form", key=one.key, copy=one.id)
            if one.key in active and active[one.key].start_form is not None
            else None,
        }
        for one in cases
    ]


def copied_from(definition: Definition, copy: Copied) -> dict[str, Any]:
    """The earlier case a form begins with, and in words what was not taken over from it."""
    said = {
        FILE: _("files"),
        SENSITIVE: _("sensitive, to be typed again"),
        DECLARATION: _("a declaration, made each time"),
        GONE: _("not asked any more"),
        REFUSED: _("not accepted any more"),
    }
    return {
        "title": copy.title,
        "number": copy.number,
        "url": url_for("pages.case", id=copy.id),
        "left_out": [
            {
                "why": said[why],
                "labels": [
                    definition.text(one.label, language())
                    for one in copy.left_out
                    if one.why == why
                ],
            }
            for why in said
            if any(one.why == why for one in copy.left_out)
        ],
    }
