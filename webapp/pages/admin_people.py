"""For administrators: people, their accounts and their roles."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from engine.clock import today
from engine.errors import EngineError, Invalid, NotFound
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.leavers import leave, stay
from webapp.accounts.own_password import drop_password, set_password
from webapp.accounts.passwords import make_password
from webapp.accounts.people import (
    add_person,
    assign_role,
    edit_person,
    end_role,
    not_own,
    open_account,
    set_disabled,
)
from webapp.accounts.posts import describe_post
from webapp.accounts.second_factor import reset_device, standing_of
from webapp.accounts.sessions import revoke
from webapp.accounts.tables import account, role_holding
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.form_days import day_of
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import current_actor, engine, once, sessions, settings
from webapp.rights import require
from webapp.roles import require_role
from webapp.views.organisation import (
    belongings,
    choices,
    find_people,
    one_person,
    person_by,
    role_choices,
)
from webapp.views.own_account import has_password

_UNITS = ("root", "cluster", "unit")


@blueprint.get("/admin/people")
def people() -> str:
    """Find somebody, or add somebody."""
    require("administer")
    return _list_page()


def _list_page(typed: dict[str, str] | None = None, problem: str | None = None) -> str:
    house = engine()
    text, unit = request.args.get("q", "").strip(), request.args.get("unit", "")
    with house.database.read() as connection:
        found, following = find_people(
            connection,
            today(house.clock, house.zone),
            text=text,
            unit=unit,
            after=request.args.get("after", ""),
        )
    units = house.directory.units()  # type: ignore[attr-defined]  # the organisation's own directory
    more = url_for("pages.people", q=text, unit=unit, after=following) if following else None
    return render_template(
        "admin_people.html",
        q=text,
        unit=unit,
        units=choices(units, *_UNITS),
        groups=choices(units, "group"),
        items=found,
        more_url=more,
        form=typed or dict.fromkeys(("name", "member_no", "unit_id", "group_id", "username"), ""),
        problem=problem,
        key=new_key(),
    )


@blueprint.post("/admin/people")
def people_add() -> BaseResponse:
    """Add a person, with an account where a user name is given."""
    actor = require("administer")
    names = ("name", "member_no", "unit_id", "group_id", "username")
    typed = {name: request.form.get(name, "").strip() for name in names}
    password = make_password()
    try:
        if not typed["member_no"]:
            raise Invalid("A person needs a number.")
        with engine().command(actor) as uow:
            made = add_person(
                uow,
                typed["name"],
                member_no=typed["member_no"],
                unit_id=typed["unit_id"],
                group_id=typed["group_id"] or None,
            )
            if typed["username"]:
                open_account(uow, made, typed["username"], password, must_change=True)
            uow.commit()
    except EngineError as error:
        page = _list_page(typed, sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    if typed["username"]:
        return _with_password(made, password)
    flash(_("The person is entered."), "success")
    return redirect(url_for("pages.person", id=made))


@blueprint.get("/admin/people/<string:id>")
def person(id: str) -> str:
    """One person."""
    require("administer")
    return _person_page(id)


def _person_page(
    id: str, problem: str | None = None, password: str | None = None, form: str = ""
) -> str:
    house = engine()
    with house.database.read() as connection:
        found = one_person(connection, today(house.clock, house.zone), id)
        factor = standing_of(connection, id)
        own_password = has_password(connection, id)
        past = belongings(connection, id, today(house.clock, house.zone))
    units = house.directory.units()  # type: ignore[attr-defined]  # the organisation's own directory
    return render_template(
        "admin_person.html",
        person=found,
        past=past,
        typed={form: request.form.to_dict()} if form else {},
        own=id == current_actor().id,
        factor=factor.active,
        own_password=own_password,
        elsewhere=bool(settings().oidc or settings().ldap),
        running=len(sessions().of_person(id)),
        units=choices(units, *_UNITS),
        groups=choices(units, "group"),
        places=choices(units, *_UNITS, "group"),
        roles=role_choices(),
        today=today(house.clock, house.zone),
        problem=problem,
        password=password,
        key=new_key(),
    )


def _with_password(id: str, password: str) -> Response:
    # Shown here and now: a message for the next page would lie in a cookie.
    page = _person_page(id, password=password)
    return make_response(page, 200, {"Cache-Control": "no-store"})


def _change(
    id: str, command: Callable[[UnitOfWork], object], done: str, form: str = ""
) -> BaseResponse:
    """Run a command on a person once, and show the person again, with what was typed if it is refused."""
    require("administer")

    def run(uow: UnitOfWork) -> dict[str, str]:
        command(uow)
        return {"person": id}

    try:
        once(request.form.get("idempotency_key", ""), run)
    except NotFound as error:
        if "person" in error.parts:
            raise
        page = _person_page(id, sentence(error.problem), form=form)
        return make_response(page, status_of(error))
    except EngineError as error:
        page = _person_page(id, sentence(error.problem, error.parts), form=form)
        return make_response(page, status_of(error))
    flash(done, "success")
    return redirect(url_for("pages.person", id=id))


@blueprint.post("/admin/people/<string:id>/edit")
def person_edit(id: str) -> BaseResponse:
    """Correct name, unit and group."""
    return _change(
        id,
        lambda uow: edit_person(
            uow,
            id,
            name=request.form.get("name", "").strip(),
            unit_id=request.form.get("unit_id", ""),
            group_id=request.form.get("group_id") or None,
            on=day_of("on"),
        ),
        _("Saved."),
        "edit",
    )


@blueprint.post("/admin/people/<string:id>/leave")
def person_leave(id: str) -> BaseResponse:
    """Enter, or take back, the day from which the person is gone."""

    def command(uow: UnitOfWork) -> None:
        if request.form.get("stay"):
            stay(uow, id)
            return
        text = request.form.get("successor", "").strip()
        successor = person_by(uow.connection, text) if text else None
        if text and successor is None:
            raise Invalid("There is nobody with this user name or number.")
        leave(uow, id, day_of("on") or uow.today, successor=successor)

    done = _("Entered. What becomes of their open work is in the record.")
    return _change(id, command, done, "leave")


@blueprint.post("/admin/people/<string:id>/disable")
def person_disable(id: str) -> BaseResponse:
    """Shut a person out, or let them in again."""
    disabled = request.form.get("disabled") == "yes"
    done = _("The account is shut.") if disabled else _("The account is open again.")
    return _change(id, lambda uow: set_disabled(uow, id, disabled), done)


@blueprint.post("/admin/people/<string:id>/password")
def person_password(id: str) -> BaseResponse:
    """A new temporary password, shown once; opens an account where there is none."""
    actor = require("administer")
    password = make_password()
    try:
        # No key: a kept answer would hold the password in the clear.
        with engine().command(actor) as uow:
            not_own(uow, id)
            if _has_account(uow, id):
                set_password(uow, id, password, must_change=True)
            else:
                username = request.form.get("username", "").strip()
                open_account(uow, id, username, password, must_change=True)
            uow.commit()
    except EngineError as error:
        page = _person_page(id, sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    return _with_password(id, password)


def _has_account(uow: UnitOfWork, id: str) -> bool:
    one_person(uow.connection, uow.today, id)
    found = select(account.c.person_id).where(account.c.person_id == id)
    return uow.execute(found).first() is not None


@blueprint.post("/admin/people/<string:id>/password/drop")
def person_password_drop(id: str) -> BaseResponse:
    """From now on the directory or the provider says who this is."""

    def command(uow: UnitOfWork) -> None:
        not_own(uow, id)
        drop_password(uow, id)

    return _change(id, command, _("The password here is gone; every sign-in has ended."))


@blueprint.post("/admin/people/<string:id>/sessions/end")
def person_sessions_end(id: str) -> BaseResponse:
    """End every sign-in of a person."""

    def command(uow: UnitOfWork) -> None:
        not_own(uow, id)
        one_person(uow.connection, uow.today, id)
        revoke(uow, id)

    return _change(id, command, _("Every sign-in of this person has ended."))


@blueprint.post("/admin/people/<string:id>/second-factor/reset")
def person_second_factor_reset(id: str) -> BaseResponse:
    """Take a lost device off somebody's account; the reason is on the record."""

    def command(uow: UnitOfWork) -> None:
        not_own(uow, id)
        reset_device(uow, id, request.form.get("reason", ""))

    return _change(id, command, _("The second step is taken off the account."))


@blueprint.post("/admin/people/<string:id>/roles")
def person_role(id: str) -> BaseResponse:
    """Give a role."""

    def command(uow: UnitOfWork) -> None:
        role = require_role(request.form.get("role", ""))
        place = request.form.get("place", "")
        assign_role(
            uow,
            id,
            role,
            place,
            since=day_of("since"),
            until=day_of("until"),
            title=" ".join(request.form.get("title", "").split()),
            basis=" ".join(request.form.get("basis", "").split()),
        )

    return _change(id, command, _("The role is given."), "role")


@blueprint.post("/admin/people/<string:id>/roles/<string:holding>/end")
def person_role_end(id: str, holding: str) -> BaseResponse:
    """Let a role end, today unless another day is given."""

    def command(uow: UnitOfWork) -> None:
        _require_theirs(uow, id, holding)
        end_role(uow, holding, on=day_of("on"))

    return _change(id, command, _("The role ends."), "end")


@blueprint.post("/admin/people/<string:id>/roles/<string:holding>/post")
def person_post(id: str, holding: str) -> BaseResponse:
    """Say what the post is called, and on which paper it rests."""

    def command(uow: UnitOfWork) -> None:
        _require_theirs(uow, id, holding)
        title = " ".join(request.form.get("title", "").split())
        basis = " ".join(request.form.get("basis", "").split())
        describe_post(uow, holding, title=title, basis=basis)

    return _change(id, command, _("Saved."), "post")


def _require_theirs(uow: UnitOfWork, id: str, holding: str) -> None:
    theirs = select(role_holding.c.id).where(
        role_holding.c.id == holding, role_holding.c.person_id == id
    )
    if uow.execute(theirs).first() is None:
        raise NotFound(person=id, role=holding)
