"""The caller's own page, and the licences of what the pages are made of."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.recusals import declare, revoke
from engine.errors import EngineError
from engine.queries.recusals import RecusalView, recusals_of
from webapp.accounts.people import person_with
from webapp.accounts.sessions import Session
from webapp.accounts.sign_in import PROVIDER
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.pages.preferences_page import clearing_section
from webapp.problems import sentence
from webapp.requests import current_actor, current_session, engine, sessions, settings
from webapp.rights import place_name, role_title
from webapp.third_party import everything
from webapp.views.own_account import factor_view, has_password, session_lines
from webapp.views.proxies import proxy_section


@blueprint.get("/profile")
def profile() -> str:
    """Who am I here."""
    return profile_page({}, who=request.args.get("who", "").strip()[:60])


def profile_page(
    errors: dict[str, str],
    *,
    who: str = "",
    error: str | None = None,
    sent: dict[str, Any] | None = None,
) -> str:
    """The page; `error` and `sent` are of the form that names a deputy."""
    found = current_session()
    house = engine()
    facts = house.directory.facts(found.actor.id)
    with house.database.read() as connection:
        recusals = recusals_of(connection, found.actor.id)
        clearing = clearing_section(house, connection, found.actor)
        proxies = proxy_section(house, connection, found.actor, who=who, error=error, sent=sent)
        factor = factor_view(
            house,
            connection,
            found.actor.id,
            found.username,
            wanted=sessions().needs_device(found.actor.id),
        )
        own_password = has_password(connection, found.actor.id)
    held = sorted(key.split("@") for key in found.actor.keys if "@" in key)
    return render_template(
        "profile.html",
        person={
            "name": found.name,
            "username": found.username,
            "unit": facts.get("unit_name", ""),
            "group": facts.get("group_name"),
            "member_no": facts.get("member_no"),
            "email": house.directory.address(found.actor.id),
            "roles": [
                {"name": role_title(role, language()), "place": place_name(place), "since": None}
                for role, place in held
            ],
        },
        errors=errors,
        proxies=proxies,
        clearing=clearing,
        key=new_key(),
        own_password=own_password,
        asks_password=asks_password(found, own_password=own_password),
        factor=factor,
        running=session_lines(sessions().of_person(found.actor.id), found.id),
        recusals=[_recusal(one) for one in recusals],
    )


def asks_password(found: Session, *, own_password: bool) -> bool:
    """Whether there is a password that the person can show again; the provider's we never see."""
    return own_password or (settings().ldap is not None and found.how != PROVIDER)


def _recusal(one: RecusalView) -> dict[str, object]:
    about = engine().directory.name(one.about_id) if one.about_id else None
    return {
        "id": one.id,
        "about": about or one.title,
        "is_case": one.instance_id is not None,
        "reason": one.reason,
        "at": one.declared_at,
        "revoked_at": one.revoked_at,
    }


@blueprint.post("/profile/recusals")
def recusal_declare() -> BaseResponse:
    """Declare to be related to a person; number and name must both be theirs."""
    number, name = request.form.get("member_no", ""), request.form.get("relative", "")
    house, actor = engine(), current_actor()
    with house.database.read() as connection:
        about = person_with(connection, number.strip(), name.strip())
    if about is None:
        errors = {"member_no": _("There is nobody with this name and member number.")}
        return make_response(profile_page(errors), 422)
    try:
        with house.command(actor) as uow:
            declare(uow, about=about, reason=request.form.get("reason", ""))
            uow.commit()
    except EngineError as error:
        return make_response(profile_page({"member_no": sentence(error.problem)}), 422)
    flash(_("Declared. You will not act in this person's cases."), "success")
    return redirect(url_for("pages.profile"))


@blueprint.post("/profile/recusals/<string:id>/revoke")
def recusal_revoke(id: str) -> BaseResponse:
    """Take an own declaration back."""
    with engine().command(current_actor()) as uow:
        revoke(uow, id)
        uow.commit()
    flash(_("The declaration is taken back."), "success")
    return redirect(url_for("pages.profile"))


@blueprint.get("/licenses")
def licenses() -> Response:
    """Whose work is in here, with the texts of their licences."""
    text = everything()
    return Response(text, mimetype="text/plain; charset=utf-8")
