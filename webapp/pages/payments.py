"""Payments, for those who handle them: the bank file out, the bank's reply in."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response as BaseResponse

from engine.actors import SYSTEM, Actor
from engine.bankfile import BankFileInvalid
from engine.commands.payment_reply import import_reply
from engine.commands.payments import fetch_batch_file, make_batch
from engine.queries.funds import list_funds
from engine.queries.payments import (
    BatchView,
    PaymentView,
    batches,
    handled_funds,
    payments,
    read_batch,
)
from engine.store.tables import document_file
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import WebProblem
from webapp.requests import current_actor, current_session, engine, once

_SHOWN = 20


@blueprint.get("/payments", endpoint="payments")
def payments_page() -> str:
    """Orders that are ready, and the batches already sent."""
    return _page()


def _page(reply_error: tuple[str, str] | None = None) -> str:
    actor, house = current_actor(), engine()
    with house.database.read() as connection:
        funds = handled_funds(connection, actor)
        ready = payments(connection, house, actor, state="ready", limit=500)
        sent = [
            _batch(connection, actor, one.id, reply_error)
            for fund in funds
            for one in batches(connection, actor, fund, limit=_SHOWN)
        ]
        views = [one for one in list_funds(connection) if one.id in funds]
    return render_template(
        "payments.html",
        ready=[_ready(one) for one in ready if not one.own],
        ready_total_fen=sum(one.amount_fen for one in ready if not one.own),
        key=new_key(),
        batches=sent,
        funds=views,
    )


def _ready(order: PaymentView) -> dict[str, Any]:
    return {
        "id": order.id,
        "case_url": url_for("pages.case", id=order.instance_id),
        "payee": order.payee,
        "purpose": order.purpose,
        "bank": order.bank,
        "account": order.account,
        "amount_fen": order.amount_fen,
        "at": order.created_at,
        "selectable": True,
    }


def _batch(
    connection: Connection, actor: Actor, batch_id: str, reply_error: tuple[str, str] | None
) -> dict[str, Any]:
    batch, orders = read_batch(connection, engine(), actor, batch_id)
    digest = connection.execute(
        select(document_file.c.digest).where(document_file.c.id == batch.file_id)
    ).scalar_one()
    returned = sum(one.state == "returned" for one in orders)
    return {
        "id": batch.id,
        "number": batch.number,
        "made_at": batch.created_at,
        "made_by": _("The system")
        if batch.created_by == SYSTEM.id
        else engine().directory.name(batch.created_by),
        "count": batch.count,
        "total_fen": batch.total_fen,
        "sha256": digest,
        "download_url": url_for("pages.payments_file", id=batch.id),
        "state": "sent" if batch.state == "sent" else "done",
        "state_text": _batch_text(batch),
        "paid": sum(one.state == "paid" for one in orders),
        "returned": returned,
        "open": batch.state == "sent",
        "orders": [_order(one) for one in orders],
        "reply_error": reply_error[1] if reply_error and reply_error[0] == batch.id else None,
    }


def _batch_text(batch: BatchView) -> str:
    return _("sent to the bank") if batch.state == "sent" else _("answered by the bank")


def _order(order: PaymentView) -> dict[str, Any]:
    texts = {
        "batched": _("sent"),
        "paid": _("paid"),
        "returned": _("returned"),
        "cancelled": _("taken back"),
    }
    return {
        "payee": order.payee,
        "amount_fen": order.amount_fen,
        "case_url": url_for("pages.case", id=order.instance_id),
        "state": {"batched": "sent"}.get(order.state, order.state),
        "state_text": texts.get(order.state, order.state),
        "reason": order.problem,
    }


@blueprint.post("/payments/batch")
def payments_batch() -> BaseResponse:
    """Make the bank file of the chosen orders."""
    current_session()
    chosen = set(request.form.getlist("order"))
    if not chosen:
        flash(_("Choose at least one payment."), "warn")
        return redirect(url_for("pages.payments"))

    def command(uow: UnitOfWork) -> dict[str, Any]:
        made = [make_batch(uow, fund, ids) for fund, ids in sorted(_by_fund(uow, chosen).items())]
        return {"numbers": [one.number for one in made]}

    result, _fresh = once(request.form.get("idempotency_key", ""), command)
    flash(_("Made: %(numbers)s", numbers=", ".join(result["numbers"])), "success")
    return redirect(url_for("pages.payments"))


def _by_fund(uow: UnitOfWork, chosen: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    orders = payments(uow.connection, uow.engine, uow.actor, state="ready", limit=500)
    for order in orders:
        if order.id in chosen:
            found.setdefault(order.fund_id, set()).add(order.id)
    return found


@blueprint.get("/payments/<string:id>/file")
def payments_file(id: str) -> Response:
    """The bank file; fetching it is on the record, because it shows accounts in the clear."""
    with engine().command(current_actor()) as uow:
        name, content = fetch_batch_file(uow, id)
        uow.commit()
    return Response(
        content,
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


@blueprint.post("/payments/<string:id>/reply")
def payments_reply(id: str) -> BaseResponse:
    """Take in what the bank answered."""
    current_session()
    file = request.files.get("reply")
    if file is None or not file.filename:
        raise WebProblem("malformed", 422)
    content = file.stream.read()
    try:
        with engine().command(current_actor()) as uow:
            result = import_reply(uow, id, content)
            uow.commit()
    except BankFileInvalid as error:
        faults = " ".join(one.message(language()) for one in error.faults[:5])
        return make_response(_page((id, faults)), 422)
    text = _("%(paid)s paid, %(returned)s returned.", paid=result.paid, returned=result.returned)
    flash(text, "success")
    return redirect(url_for("pages.payments"))
