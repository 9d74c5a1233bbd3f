"""What people do about their own account: the password, the second step, the running sign-ins."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import EngineError, NotFound
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.own_password import prepare, set_password
from webapp.accounts.second_factor import (
    begin_device,
    check_code,
    confirm_device,
    new_recovery_codes,
    remove_device,
)
from webapp.accounts.sessions import Session, revoke
from webapp.accounts.tables import second_factor
from webapp.accounts.throttle import MOST_BY_CODE, begin_attempt, end_attempt
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.profile import asks_password, profile_page
from webapp.problems import sentence, status_of
from webapp.requests import current_actor, current_session, engine, sessions, visitor
from webapp.views.own_account import has_password


@blueprint.post("/profile/password")
def password() -> BaseResponse:
    """Change the own password: the present one is asked for, and other sign-ins end."""
    found = current_session()
    old, new = request.form.get("current", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return make_response(profile_page({"again": _("The two new passwords differ.")}), 422)
    try:
        sessions().check_password(found.username, old, visitor())
    except EngineError as error:
        return make_response(profile_page({"current": _wrong(error)}), 422)
    try:
        prepared = prepare(engine(), found.actor.id, new)
    except EngineError as error:
        problem = sentence(error.problem, error.parts)
        return make_response(profile_page({"new": problem}), status_of(error))
    with engine().command(found.actor) as uow:
        set_password(uow, found.actor.id, prepared, keep=found.id)
        uow.commit()
    flash(_("Your password is changed. Other sign-ins have ended."), "success")
    return _back("password")


@blueprint.post("/profile/second-factor")
def second_factor_begin() -> BaseResponse:
    """Show the QR code of a new device."""
    current_session()
    _run(lambda uow: begin_device(uow, uow.actor.id))
    return _back("second-factor")


@blueprint.post("/profile/second-factor/confirm")
def second_factor_confirm() -> BaseResponse:
    """The new device shows a code: from now on it is asked for."""
    found = current_session()
    refused = _refused_password(found)
    if refused is not None:
        return refused
    try:
        attempt = begin_attempt(
            engine(), found.actor.id, visitor().address, kind="code", most=MOST_BY_CODE
        )
        codes: list[str] = []

        def command(uow: UnitOfWork) -> None:
            codes.extend(confirm_device(uow, uow.actor.id, request.form.get("code", "")))
            end_attempt(uow, attempt)
            # Whoever was signed in by the password alone elsewhere shows a code there, too.
            revoke(uow, uow.actor.id, but=found.id)

        _run(command)
    except EngineError as error:
        return _again("factor_code", error)
    return _codes(codes)


@blueprint.post("/profile/second-factor/cancel")
def second_factor_cancel() -> BaseResponse:
    """The device is not set up after all."""
    current_session()

    def command(uow: UnitOfWork) -> None:
        uow.execute(
            second_factor.delete().where(
                second_factor.c.person_id == uow.actor.id, second_factor.c.confirmed_at.is_(None)
            )
        )

    _run(command)
    return _back("second-factor")


@blueprint.post("/profile/second-factor/<string:verb>")
def second_factor_change(verb: str) -> BaseResponse:
    """New recovery codes, or no second step any more: for password and code."""
    found = current_session()
    if verb not in ("codes", "remove"):
        raise NotFound(verb=verb)
    if verb == "remove" and sessions().needs_device(found.actor.id):
        problem = _("Your role asks for the second step, so it cannot be taken away.")
        return make_response(profile_page({"factor_code": problem}), 422)
    refused = _refused_password(found)
    if refused is not None:
        return refused
    try:
        check_code(
            engine(), found.actor.id, request.form.get("code", ""), address=visitor().address
        )
    except EngineError as error:
        return _again("factor_code", error)
    if verb == "codes":
        made: list[str] = []
        _run(lambda uow: made.extend(new_recovery_codes(uow, uow.actor.id)))
        return _codes(made)
    _run(lambda uow: remove_device(uow, uow.actor.id))
    flash(_("The second step is taken away. Signing in asks for the password alone."), "success")
    return _back("second-factor")


@blueprint.post("/profile/sessions/end-others")
def sessions_end_others() -> BaseResponse:
    """End every sign-in but this one."""
    found = current_session()
    _run(lambda uow: revoke(uow, uow.actor.id, but=found.id))
    flash(_("All other sign-ins have ended."), "success")
    return _back("sessions")


@blueprint.post("/profile/sessions/<string:id>/end")
def session_end(id: str) -> BaseResponse:
    """End one sign-in; this one by signing out."""
    current_session()
    _run(lambda uow: revoke(uow, uow.actor.id, session_id=id))
    flash(_("That sign-in has ended."), "success")
    return _back("sessions")


def _run(command: Callable[[UnitOfWork], object]) -> None:
    with engine().command(current_actor()) as uow:
        command(uow)
        uow.commit()


def _back(section: str) -> BaseResponse:
    return redirect(f"{url_for('pages.profile')}#{section}")


def _codes(codes: list[str]) -> BaseResponse:
    page = render_template(
        "recovery_codes.html",
        codes=codes,
        onward=f"{url_for('pages.profile')}#second-factor",
        inside=True,
        kept="",
    )
    return make_response(page)


def _refused_password(found: Session) -> BaseResponse | None:
    """The page again where the password is wrong; those of the provider may have none to show."""
    with engine().database.read() as connection:
        own_password = has_password(connection, found.actor.id)
    if not asks_password(found, own_password=own_password):
        return None
    try:
        sessions().check_password(found.username, request.form.get("password", ""), visitor())
    except EngineError as error:
        return make_response(profile_page({"factor_password": _wrong(error)}), 422)
    return None


def _again(name: str, error: EngineError) -> BaseResponse:
    problem = sentence(error.problem, error.parts)
    return make_response(profile_page({name: problem}), status_of(error))


def _wrong(error: EngineError) -> str:
    """Who is signed in knows the user name: it is the password that is wrong."""
    if error.problem == "login_refused":
        return _("This is not your present password.")
    return sentence(error.problem, error.parts)
