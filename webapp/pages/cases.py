"""Cases: the list of the caller's own, one case, and the verbs on a whole case."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.reveal import reveal
from engine.commands.trail import Trail
from engine.errors import EngineError, NotFound
from engine.queries.case import CaseView, read_case
from engine.queries.verbs import verbs_on
from engine.search import asked
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.admin_verbs import ADMIN_SAID, admin_forms, run_admin
from webapp.pages.blueprint import blueprint
from webapp.pages.case_verbs import CASE_VERBS, own_verbs, why_not_withdraw
from webapp.pages.frame import new_key
from webapp.pages.offers import keep_sent
from webapp.problems import sentence, status_of
from webapp.reading import open_case
from webapp.requests import current_actor, current_session, engine, once, standing_in
from webapp.rights import overseen_places
from webapp.views.attention import attention
from webapp.views.case_export import MOST_EXPORTED, export_cases
from webapp.views.case_list import choices, lines, read_list, total
from webapp.views.catalogue import may_start
from webapp.views.places import choosable
from webapp.views.task_page import shared_parts


@blueprint.get("/cases")
def cases() -> str:
    """Cases the caller started or has acted in; or, for who counts them, all of a place."""
    house, actor = engine(), current_actor()
    listed = read_list(house, actor, request.args)
    after = request.args.get("after") or None
    with house.database.read() as connection:
        owners = standing_in(connection)
        items, following = lines(connection, house, actor, listed, owners=owners, after=after)
        more = listed.url(after=following) if following else None
        if request.headers.get("HX-Request") and after:
            return render_template("partials/case_rows.html", items=items, more_url=more)
        return render_template(
            "cases.html",
            q=listed.text,
            too_short=bool(listed.text) and not listed.overseen and not asked(listed.text),
            overseen=listed.overseen,
            given=listed.given,
            items=items,
            more_url=more,
            hides=not all(one["known"] for one in items),
            total=total(connection, house, listed),
            places=choosable(house, overseen_places(actor)) if listed.overseen else [],
            export_url=listed.url("pages.cases_export"),
            most_exported=MOST_EXPORTED,
            **choices(house, connection, actor, listed),
        )


@blueprint.get("/cases.xlsx")
def cases_export() -> Response:
    """The same list as a file for a spreadsheet."""
    house, actor = engine(), current_actor()
    return export_cases(house, actor, read_list(house, actor, request.args))


@blueprint.get("/cases/<string:id>")
def case(id: str) -> str:
    """One case, for whoever may read it; who has a copy has read it now."""
    return case_page(id)


def case_page(
    id: str, sent: dict[str, Any] | None = None, failed: tuple[str, str] | None = None
) -> str:
    """The page of a case; `sent` is a remark or a copy that did not hold.

    `failed`: an administrator's verb that did not hold, and why; the form comes from the request.
    """
    actor = current_actor()
    with engine().database.read() as connection:
        found = open_case(connection, id)
        parts = shared_parts(engine(), connection, found)
        parts |= attention(engine(), connection, found, actor, sent=sent)
        trail = Trail(connection, found)
        verbs = own_verbs(trail, found, actor)
        own = found.starter_id == actor.id
        why_not = why_not_withdraw(trail, found) if own else None
    parts.pop("files")
    admin = admin_forms(engine(), found, actor)
    if failed is not None:
        keep_sent(admin, failed[0], request.form, failed[1])
    again = _again(found) if own else None
    mine = next(
        (one for one in found.open_tasks if "complete" in verbs_on(found, one, actor)), None
    )
    return render_template(
        "case.html",
        **parts,
        verbs=verbs,
        admin=admin,
        key=new_key(),
        my_task=None
        if mine is None
        else {
            "url": url_for("pages.task", id=mine.id),
            "name": found.definition.text(found.definition.steps[mine.element].name, language()),
        },
        why_not_withdraw=why_not,
        again_url=again,
    )


def _again(case: CaseView) -> str | None:
    """Where the applicant begins another case with the values of this one."""
    with engine().database.read() as connection:
        active = {one.key: one for one in engine().catalog.all_active(connection)}
    one = active.get(case.definition.key)
    if one is None or one.start_form is None or not may_start(current_actor(), one):
        return None
    return url_for("pages.start_form", key=one.key, copy=case.id)


@blueprint.post("/cases/<string:id>/<string:verb>")
def case_verb(id: str, verb: str) -> BaseResponse:
    """Verbs on a whole case."""
    current_session()
    if verb in ADMIN_SAID:
        return _administer(id, verb)
    if verb not in CASE_VERBS:
        raise NotFound(verb=verb)
    run, said = CASE_VERBS[verb]

    def command(uow: UnitOfWork) -> dict[str, str]:
        run(uow, id, request.form)
        return {"case": id}

    once(request.form.get("idempotency_key", ""), command)
    flash(said(), "success")
    return redirect(url_for("pages.case", id=id))


def _administer(id: str, verb: str) -> BaseResponse:
    """One of the administrators' forms; nothing is done before its consequence was ticked."""
    actor = current_actor()
    if not actor.administers:
        raise NotFound(instance=id)
    if not request.form.get("sure"):
        problem = _("Tick that you have read what this does.")
        return make_response(case_page(id, failed=(verb, problem)), 422)

    def command(uow: UnitOfWork) -> dict[str, str]:
        run_admin(uow, id, verb, request.form)
        return {"case": id}

    try:
        once(request.form.get("idempotency_key", ""), command)
    except EngineError as error:
        if status_of(error) not in (409, 422):
            raise
        page = case_page(id, failed=(verb, sentence(error.problem, error.parts)))
        return make_response(page, status_of(error))
    flash(ADMIN_SAID[verb](), "success")
    return redirect(url_for("pages.case", id=id, _anchor="top"))


@blueprint.post("/cases/<string:id>/reveal/<path:field>")
def case_reveal(id: str, field: str) -> BaseResponse:
    """Show a sensitive value; the look is on the record."""
    current_session()
    with engine().command(current_actor()) as uow:
        value = reveal(uow, id, field)
        uow.commit()
    # Shown here and now, scripts or none: a message for the next page would lie in a cookie.
    page = render_template(
        "partials/masked.html", value=value, field=field, case_id=id, revealed=True
    )
    return make_response(page, 200, {"Cache-Control": "no-store"})


@blueprint.get("/cases/<string:id>/status")
def case_status(id: str) -> Response:
    """Whether the system still works on the case; asked by the page every two seconds."""
    with engine().database.read() as connection:
        found = read_case(connection, engine(), current_actor(), id)
    template = "partials/working.html" if found.working else "partials/worked.html"
    return make_response(
        render_template(template, case={"id": id, "url": url_for("pages.case", id=id)})
    )
