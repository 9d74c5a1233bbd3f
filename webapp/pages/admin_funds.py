"""Funds: administrators open and close them and name who handles them; money is moved by those alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from engine.actors import Actor, role_key
from engine.commands.fund_keeping import (
    close_fund,
    correct,
    rename_fund,
    reopen_fund,
    set_budget,
    set_handlers,
    withdraw,
)
from engine.commands.funds import deposit, open_fund
from engine.commands.payment_rows import handles
from engine.errors import ChangeRefused, EngineError, NotAllowed, NotFound
from engine.queries.funds import FundView, list_funds, movements, years
from engine.store.tables import fund as funds_table
from engine.store.tables import instance
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.admin_units import today_here
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import current_actor, engine, once
from webapp.rights import has_right, place_name, require, role_title
from webapp.roles import roles

PAGE = 50
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_ACCOUNTS = ("available", "reserved", "paid", "source")


def _may_look(actor: Actor, fund: FundView) -> bool:
    return (
        has_right(actor, "administer")
        or has_right(actor, "audit")
        or handles(actor, (), fund.handlers)
    )


@blueprint.get("/admin/funds")
def funds() -> str:
    """The funds one may look at."""
    return _list_page()


def _list_page(problem: str | None = None) -> str:
    actor, house = current_actor(), engine()
    with house.database.read() as connection:
        found = [one for one in list_funds(connection) if _may_look(actor, one)]
        this_year = {
            one.id: years(connection, one.id, house.zone, today_here())[0] for one in found
        }
    administers = has_right(actor, "administer")
    if not found and not administers and not has_right(actor, "audit"):
        raise NotAllowed(right="administer")
    return render_template(
        "admin_funds.html",
        items=[{"fund": one, "year": this_year[one.id]} for one in found],
        administers=administers,
        handlers=_handler_choices(),
        typed=request.form if problem else {},
        problem=problem,
        key=new_key(),
    )


def _handler_choices() -> list[dict[str, str]]:
    """Who may handle payments: roles with that right, at the places that can have them."""
    units = engine().directory.units()  # type: ignore[attr-defined]  # the organisation's own directory
    day = today_here()
    found = [
        {
            "value": role_key(role, one.id),
            "label": f"{role_title(role, language())} · {one.name}",
        }
        for role, facts in roles().items()
        if "pay" in facts.get("rights", ())
        for one in units.values()
        if one.kind == "root" and one.stands_on(day)
    ]
    return sorted(found, key=lambda one: one["label"])


@blueprint.post("/admin/funds")
def fund_open() -> BaseResponse:
    """Open a fund; who handles it puts the money in."""
    require("administer")
    id, name = request.form.get("id", "").strip(), request.form.get("name", "").strip()

    def command(uow: UnitOfWork) -> dict[str, str]:
        if not _ID.fullmatch(id):
            raise ChangeRefused("bad_fund_id")
        open_fund(uow, id, name, handlers=_handlers())
        return {"fund": id}

    try:
        once(request.form.get("idempotency_key", ""), command)
    except EngineError as error:
        page = _list_page(sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    flash(_("The fund is open."), "success")
    return redirect(url_for("pages.fund", id=id))


def _handlers() -> list[str]:
    known = {one["value"] for one in _handler_choices()}
    return [one for one in request.form.getlist("handler") if one in known]


@blueprint.get("/admin/funds/<string:id>")
def fund(id: str) -> str:
    """One fund: what is there, what was paid year by year, and every entry."""
    return _page(id)


def _page(id: str, problem: str | None = None, form: str = "") -> str:
    actor, house = current_actor(), engine()
    after = request.args.get("after") or None
    with house.database.read() as connection:
        found = next((one for one in list_funds(connection) if one.id == id), None)
        if found is None or not _may_look(actor, found):
            raise NotFound(fund=id)
        entries = movements(connection, id, limit=PAGE + 1, after=after)
        by_year = years(connection, id, house.zone, today_here())
        cases = [one.instance_id for one in entries if one.instance_id]
        named = select(instance.c.id, instance.c.number).where(instance.c.id.in_(cases))
        numbers = {row.id: row.number for row in connection.execute(named)}
    shown = entries[:PAGE]
    administers = has_right(actor, "administer")
    choices = _handler_choices()
    known = {one["value"] for one in choices}
    choices += [
        {"value": one, "label": _key_text(one)} for one in found.handlers if one not in known
    ]
    return render_template(
        "admin_fund.html",
        fund=found,
        handler_texts=[_key_text(one) for one in found.handlers],
        years=by_year,
        this_year=today_here().year,
        entries=[
            {
                "id": one.id,
                "debit": _account(one.debit),
                "credit": _account(one.credit),
                "amount_fen": one.amount_fen,
                "case_url": url_for("pages.case", id=one.instance_id) if one.instance_id else None,
                "number": numbers.get(one.instance_id or "") or _("Case"),
                "reason": _reason_text(one.reason),
                "by": house.directory.name(one.actor) if one.actor != "system" else _("The system"),
                "at": one.at,
                "counter": one.corrects is not None,
                "corrected": one.corrected,
                "correctable": one.instance_id is None
                and one.corrects is None
                and not one.corrected
                and handles(actor, (), found.handlers),
            }
            for one in shown
        ],
        more_url=url_for("pages.fund", id=id, after=shown[-1].id) if len(entries) > PAGE else None,
        administers=administers,
        moves=handles(actor, (), found.handlers),
        handlers=choices,
        opens_cases=administers or has_right(actor, "audit"),
        typed={form: request.form.to_dict()} if form else {},
        problem=problem,
        key=new_key(),
    )


def _key_text(key: str) -> str:
    role, _at, place = key.partition("@")
    return f"{role_title(role, language())} · {place_name(place)}"


def _account(name: str) -> str:
    return {
        "source": _("outside"),
        "available": _("available"),
        "reserved": _("reserved"),
        "paid": _("paid"),
    }.get(name, name)


def _reason_text(reason: str) -> str:
    """What the system itself has written as a reason is told in words."""
    return {
        "fund.reserve": _("set aside"),
        "fund.release": _("given back"),
        "payment.pay": _("paid out"),
    }.get(reason, reason)


def _change(
    id: str, form: str, allowed: str, command: Callable[[UnitOfWork], object]
) -> BaseResponse:
    """Run a command on a fund once. `allowed`: administer, or money, which only its handlers move."""
    actor = current_actor()

    def run(uow: UnitOfWork) -> dict[str, str]:
        row = uow.execute(
            select(funds_table.c.handlers).where(funds_table.c.id == id)
        ).one_or_none()
        if row is None:
            raise NotFound(fund=id)
        may = (
            has_right(actor, "administer")
            if allowed == "administer"
            else handles(actor, (), row.handlers)
        )
        if not may:
            raise NotAllowed(fund=id)
        command(uow)
        return {}

    try:
        once(request.form.get("idempotency_key", ""), run)
    except (NotAllowed, NotFound):
        raise
    except EngineError as error:
        page = _page(id, sentence(error.problem, error.parts), form)
        return make_response(page, status_of(error))
    flash(_("Entered."), "success")
    return redirect(url_for("pages.fund", id=id))


def _fen(name: str) -> int:
    text = request.form.get(name, "").strip().replace(",", "").replace("，", "")
    try:
        fen = Decimal(text) * 100
    except InvalidOperation:
        raise ChangeRefused("bad_amount") from None
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= 10**13:
        raise ChangeRefused("bad_amount")
    return int(fen)


def _positive(name: str) -> int:
    fen = _fen(name)
    if fen == 0:
        raise ChangeRefused("bad_amount")
    return fen


def _why() -> str:
    text = " ".join(request.form.get("reason", "").split())
    if not 1 <= len(text) <= 200:
        raise ChangeRefused("reason_missing", longest=200)
    return text


@blueprint.post("/admin/funds/<string:id>/deposit")
def fund_deposit(id: str) -> BaseResponse:
    """Put money in."""
    return _change(
        id, "deposit", "money", lambda uow: deposit(uow, id, _positive("amount"), _why())
    )


@blueprint.post("/admin/funds/<string:id>/withdraw")
def fund_withdraw(id: str) -> BaseResponse:
    """Take money out."""
    return _change(
        id, "withdraw", "money", lambda uow: withdraw(uow, id, _positive("amount"), _why())
    )


@blueprint.post("/admin/funds/<string:id>/entries/<string:entry>/correct")
def fund_correct(id: str, entry: str) -> BaseResponse:
    """Take an entry back by its counter-entry."""
    return _change(id, "correct", "money", lambda uow: correct(uow, id, entry, _why()))


@blueprint.post("/admin/funds/<string:id>/budget")
def fund_budget(id: str) -> BaseResponse:
    """Say what is meant to be spent in a year."""

    def command(uow: UnitOfWork) -> None:
        text: Any = request.form.get("year", "")
        year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
        set_budget(uow, id, year, _fen("amount"))

    return _change(id, "budget", "money", command)


@blueprint.post("/admin/funds/<string:id>/edit")
def fund_edit(id: str) -> BaseResponse:
    """Change the name, and who handles payments from it."""

    def command(uow: UnitOfWork) -> None:
        rename_fund(uow, id, request.form.get("name", ""))
        found = uow.execute(
            select(funds_table.c.handlers).where(funds_table.c.id == id)
        ).scalar_one()
        known = {one["value"] for one in _handler_choices()} | set(found)
        set_handlers(uow, id, [one for one in request.form.getlist("handler") if one in known])

    return _change(id, "edit", "administer", command)


@blueprint.post("/admin/funds/<string:id>/close")
def fund_close(id: str) -> BaseResponse:
    """Close a fund that is empty."""
    return _change(id, "close", "administer", lambda uow: close_fund(uow, id))


@blueprint.post("/admin/funds/<string:id>/reopen")
def fund_reopen(id: str) -> BaseResponse:
    """Let a fund take money again."""
    return _change(id, "reopen", "administer", lambda uow: reopen_fund(uow, id))
