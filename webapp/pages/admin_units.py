"""For administrators: the organisation's places."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.clock import today
from engine.errors import ChangeRefused, EngineError, NotFound
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.directory_rows import Unit
from webapp.accounts.past import units_on
from webapp.accounts.tables import role_holding
from webapp.accounts.units import (
    add_unit,
    end_unit,
    found_unit,
    merge_unit,
    move_unit,
    rename_unit,
    reopen_unit,
)
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.form_days import day_asked, day_of
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import engine, once
from webapp.rights import place_name, require
from webapp.views.organisation import (
    KIND_ORDER,
    choices,
    holdings,
    kind_text,
    people_by_place,
)
from webapp.views.units_tree import gone, spells, tree

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def today_here() -> date:
    """The organisation's day."""
    house = engine()
    return today(house.clock, house.zone)


@blueprint.get("/admin/units")
def units() -> str:
    """All places, each below the one above it; on another day as they stood then."""
    require("administer")
    day, on = today_here(), day_asked("on")
    text = request.args.get("q", "").strip()
    now = on is None or on == day
    with engine().database.read() as connection:
        known = units_on(connection, on or day)
        people = people_by_place(connection, day) if now else None
    nodes, count = tree(known, people=people, text=text, today=day)
    return render_template(
        "admin_units.html",
        nodes=nodes,
        count=count,
        q=text,
        on=None if now else on,
        today=day,
        gone=gone(_units(), day) if now and not text else [],
    )


def _units() -> dict[str, Unit]:
    found: dict[str, Unit] = engine().directory.units()  # type: ignore[attr-defined]  # our own
    return found


@blueprint.get("/admin/units/<string:id>")
def unit(id: str) -> str:
    """One place: who holds what there, and what can be done with it."""
    require("administer")
    return _page(id)


def _page(id: str, problem: str | None = None, form: str = "") -> str:
    day, known = today_here(), _units()
    if id not in known:
        raise NotFound(unit=id)
    one = known[id]
    with engine().database.read() as connection:
        people = people_by_place(connection, day)
        roles = holdings(connection, day, role_holding.c.unit_id == id)
        past = spells(connection, id, day)
    below = {each.id for each in known.values() if _is_below(known, each, id)} | {id}
    return render_template(
        "admin_unit.html",
        unit={
            "id": id,
            "name": one.name,
            "kind": one.kind,
            "kind_text": kind_text(one.kind),
            "above": place_name(one.parent_id) if one.parent_id else None,
            "above_id": one.parent_id,
            "merged_into": one.merged_into,
            "merged_into_name": place_name(one.merged_into) if one.merged_into else None,
            "founded_on": one.founded_on,
            "ended_on": one.ended_on,
            "over": not one.stands_on(day),
            "people": people.get(id, 0),
        },
        spells=past,
        roles=[each for each in roles if not each["over"]],
        kinds=[
            {"value": kind, "label": kind_text(kind)}
            for kind in KIND_ORDER[KIND_ORDER.index(one.kind) + 1 :]
        ],
        targets=_others(known, below, one.kind) if one.kind != "root" else [],
        parents=_others(known, below, *KIND_ORDER[: KIND_ORDER.index(one.kind)])
        if one.kind != "root"
        else [],
        typed={form: request.form.to_dict()} if form else {},
        today=day,
        problem=problem,
        key=new_key(),
    )


def _others(known: dict[str, Unit], but: set[str], *kinds: str) -> list[dict[str, str]]:
    return [each for each in choices(known, *kinds) if each["value"] not in but]


def _is_below(known: dict[str, Unit], one: Unit, id: str) -> bool:
    seen: set[str] = set()
    at: Unit | None = one
    while at is not None and at.parent_id is not None and at.id not in seen:
        if at.parent_id == id:
            return True
        seen.add(at.id)
        at = known.get(at.parent_id)
    return False


def _change(id: str, form: str, command: Callable[[UnitOfWork], str], done: str) -> BaseResponse:
    """Run a command once, and show the place it names; what was typed stays where it is refused."""
    require("administer")
    try:
        answer: Any = once(
            request.form.get("idempotency_key", ""), lambda uow: {"unit": command(uow)}
        )[0]
    except EngineError as error:
        page = _page(id, sentence(error.problem, error.parts), form)
        return make_response(page, status_of(error))
    flash(done, "success")
    return redirect(url_for("pages.unit", id=answer["unit"]))


@blueprint.post("/admin/units/<string:id>/add")
def unit_add(id: str) -> BaseResponse:
    """Add a place below this one."""

    def command(uow: UnitOfWork) -> str:
        name, kind = request.form.get("name", "").strip(), request.form.get("kind", "")
        code = request.form.get("code", "").strip()
        if code and not CODE.fullmatch(code):
            raise ChangeRefused("bad_code")
        add_unit(uow, name, kind, parent=id, id=code or None, founded_on=day_of("founded_on"))
        return id

    return _change(id, "add", command, _("The place is added."))


@blueprint.post("/admin/units/<string:id>/rename")
def unit_rename(id: str) -> BaseResponse:
    """Give this place another name from a day on."""

    def command(uow: UnitOfWork) -> str:
        rename_unit(uow, id, request.form.get("name", "").strip(), day_of("on"))
        return id

    return _change(id, "rename", command, _("Saved."))


@blueprint.post("/admin/units/<string:id>/move")
def unit_move(id: str) -> BaseResponse:
    """Put this place under another from a day on."""

    def command(uow: UnitOfWork) -> str:
        move_unit(uow, id, request.form.get("parent", ""), day_of("on"))
        return id

    return _change(id, "move", command, _("Saved."))


@blueprint.post("/admin/units/<string:id>/found")
def unit_found(id: str) -> BaseResponse:
    """Say which was its first day."""

    def command(uow: UnitOfWork) -> str:
        found_unit(uow, id, day_of("on"))
        return id

    return _change(id, "found", command, _("Saved."))


@blueprint.post("/admin/units/<string:id>/end")
def unit_end(id: str) -> BaseResponse:
    """Let this place end."""

    def command(uow: UnitOfWork) -> str:
        end_unit(uow, id, day_of("on"))
        return id

    return _change(id, "end", command, _("Entered."))


@blueprint.post("/admin/units/<string:id>/reopen")
def unit_reopen(id: str) -> BaseResponse:
    """Let this place go on after all."""

    def command(uow: UnitOfWork) -> str:
        reopen_unit(uow, id)
        return id

    return _change(id, "reopen", command, _("Saved."))


@blueprint.post("/admin/units/<string:id>/merge")
def unit_merge(id: str) -> BaseResponse:
    """Merge this place into another."""

    def command(uow: UnitOfWork) -> str:
        into = request.form.get("into", "")
        merge_unit(uow, id, into, carry_roles=request.form.get("carry_roles") == "yes")
        return into

    done = _("Merged. What was addressed to the old place reaches the new one.")
    return _change(id, "merge", command, done)
