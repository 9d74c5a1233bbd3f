"""For administrators: the organisation's places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.clock import today
from engine.errors import EngineError, NotFound
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.directory_rows import Unit
from webapp.accounts.tables import role_holding
from webapp.accounts.units import add_unit, merge_unit, rename_unit
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import engine, once
from webapp.rights import place_name, require
from webapp.views.organisation import KIND_ORDER, choices, holdings, kind_text, tree


@blueprint.get("/admin/units")
def units() -> str:
    """All places, each below the one above it."""
    require("administer")
    with engine().database.read() as connection:
        standing, merged = tree(connection, _units())
    return render_template("admin_units.html", items=standing, merged=merged)


def _units() -> dict[str, Unit]:
    found: dict[str, Unit] = engine().directory.units()  # type: ignore[attr-defined]  # our own
    return found


@blueprint.get("/admin/units/<string:id>")
def unit(id: str) -> str:
    """One place: who holds what there, and what can be done with it."""
    require("administer")
    return _page(id)


def _page(id: str, problem: str | None = None) -> str:
    house, known = engine(), _units()
    if id not in known:
        raise NotFound(unit=id)
    one = known[id]
    with house.database.read() as connection:
        standing, _merged = tree(connection, known)
        roles = holdings(connection, today(house.clock, house.zone), role_holding.c.unit_id == id)
    mine = next((each for each in standing if each["id"] == id), None)
    below = {each.id for each in known.values() if _is_below(known, each, id)}
    return render_template(
        "admin_unit.html",
        unit={
            "id": id,
            "name": one.name,
            "kind_text": kind_text(one.kind),
            "above": place_name(one.parent_id) if one.parent_id else None,
            "merged_into": one.merged_into,
            "merged_into_name": place_name(one.merged_into) if one.merged_into else None,
            "ended_on": one.ended_on,
            "people": mine["people"] if mine else 0,
        },
        roles=[each for each in roles if not each["over"]],
        kinds=[
            {"value": kind, "label": kind_text(kind)}
            for kind in KIND_ORDER[KIND_ORDER.index(one.kind) + 1 :]
        ],
        targets=[
            each
            for each in choices(known, one.kind)
            if each["value"] != id and each["value"] not in below
        ]
        if one.kind != "root"
        else [],
        problem=problem,
        key=new_key(),
    )


def _is_below(known: dict[str, Unit], one: Unit, id: str) -> bool:
    seen: set[str] = set()
    at: Unit | None = one
    while at is not None and at.parent_id is not None and at.id not in seen:
        if at.parent_id == id:
            return True
        seen.add(at.id)
        at = known.get(at.parent_id)
    return False


def _change(id: str, command: Callable[[UnitOfWork], str], done: str) -> BaseResponse:
    """Run a command once, and show the place it names."""
    require("administer")
    try:
        answer: Any = once(
            request.form.get("idempotency_key", ""), lambda uow: {"unit": command(uow)}
        )[0]
    except EngineError as error:
        page = _page(id, sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    flash(done, "success")
    return redirect(url_for("pages.unit", id=answer["unit"]))


@blueprint.post("/admin/units/<string:id>/add")
def unit_add(id: str) -> BaseResponse:
    """Add a place below this one."""

    def command(uow: UnitOfWork) -> str:
        name, kind = request.form.get("name", "").strip(), request.form.get("kind", "")
        add_unit(uow, name, kind, parent=id)
        return id

    return _change(id, command, _("The place is added."))


@blueprint.post("/admin/units/<string:id>/rename")
def unit_rename(id: str) -> BaseResponse:
    """Give this place another name."""

    def command(uow: UnitOfWork) -> str:
        rename_unit(uow, id, request.form.get("name", "").strip())
        return id

    return _change(id, command, _("Saved."))


@blueprint.post("/admin/units/<string:id>/merge")
def unit_merge(id: str) -> BaseResponse:
    """Merge this place into another."""

    def command(uow: UnitOfWork) -> str:
        into = request.form.get("into", "")
        merge_unit(uow, id, into, carry_roles=request.form.get("carry_roles") == "yes")
        return into

    return _change(
        id, command, _("Merged. What was addressed to the old place reaches the new one.")
    )
