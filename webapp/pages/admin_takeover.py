"""For administrators: people, posts, units and earlier register lines from a spreadsheet, tried first."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import ChangeRefused, EngineError, NotFound
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.tables import takeover
from webapp.accounts.takeovers import drop, keep_tried, mark_applied, part_place, require_tried
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import current_actor, engine, once
from webapp.rights import require
from webapp.takeover.book import MOST_LINES, from_json, read_book, to_json
from webapp.takeover.columns import KINDS
from webapp.takeover.lines import Line, counts, run
from webapp.takeover.outcome import REFUSED, STATES
from webapp.takeover.package import MOST_BYTES
from webapp.takeover.sheets import make_report, make_template
from webapp.takeover.words import kind_text, remark_text, state_text

PAGE = 200
_SHOWN = 20


@blueprint.get("/admin/takeover")
def takeovers() -> str:
    """The last ones, the template, and where a file is sent."""
    require("administer")
    return _list_page()


def _list_page(problem: str | None = None) -> str:
    with engine().database.read() as connection:
        rows = connection.execute(
            select(
                takeover.c.id,
                takeover.c.by,
                takeover.c.at,
                takeover.c.file_name,
                takeover.c.state,
                takeover.c.counts,
            )
            .order_by(takeover.c.at.desc(), takeover.c.id.desc())
            .limit(_SHOWN)
        ).all()
    return render_template(
        "admin_takeovers.html",
        items=[
            {
                "id": row.id,
                "file": row.file_name,
                "by": engine().directory.name(row.by),
                "at": row.at,
                "state": "ok" if row.state == "applied" else "waiting",
                "state_text": _("taken over") if row.state == "applied" else _("tried"),
                "lines": sum(sum(one.values()) for one in row.counts.values()),
            }
            for row in rows
        ],
        most_lines=MOST_LINES,
        most_mb=MOST_BYTES // (1024 * 1024),
        problem=problem,
    )


@blueprint.get("/admin/takeover/template.xlsx")
def takeover_template() -> Response:
    """An empty spreadsheet with the headings, and a sheet that explains them."""
    require("administer")
    return make_template(engine())


@blueprint.post("/admin/takeover")
def takeover_try() -> BaseResponse:
    """Try a file: every line is done, looked at, and undone again."""
    actor = require("administer")
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise ChangeRefused("no_file")
        # One byte more than is taken tells a file that is too large from one that just fits.
        content = sent.stream.read(MOST_BYTES + 1)
        sent.close()
        book = read_book(content, sent.filename)
        with engine().command(actor) as uow:
            lines = run(uow, book)
            # No commit: nothing of it stays.
        with engine().command(actor) as uow:
            report = {
                "remarks": book.remarks,
                "lines": [asdict(one) for one in lines],
                "language": language(),
            }
            made = keep_tried(uow, sent.filename, to_json(book), report, counts(lines))
            uow.commit()
    except EngineError as error:
        page = _list_page(sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    return redirect(url_for("pages.takeover_one", id=made))


@blueprint.get("/admin/takeover/<string:id>")
def takeover_one(id: str) -> str:
    """What would become, or has become, of each line."""
    require("administer")
    return _page(id)


def _page(id: str, problem: str | None = None) -> str:
    row, report = _report(id)
    lines = [Line(**{**one, "words": tuple(one["words"])}) for one in report["lines"]]
    shown_state = request.args.get("state", "")
    shown_state = shown_state if shown_state in STATES else ""
    chosen = [one for one in lines if not shown_state or one.state == shown_state]
    # What has to be put right comes first.
    chosen.sort(key=lambda one: one.state != REFUSED)
    text = request.args.get("page", "")
    page = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    found = chosen[page * PAGE : (page + 1) * PAGE]
    refused = sum(one.state == REFUSED for one in lines)
    more = len(chosen) > (page + 1) * PAGE
    return render_template(
        "admin_takeover.html",
        takeover={
            "id": id,
            "file": row.file_name,
            "by": engine().directory.name(row.by),
            "at": row.at,
            "applied_at": row.applied_at,
            "waits": row.state == "tried" and row.content is not None,
            "forgotten": row.state == "tried" and row.content is None,
            "refused": refused,
            "to_do": sum(one.state in ("created", "changed") for one in lines),
        },
        table=[
            {"kind": kind_text(kind), "numbers": [row.counts[kind].get(one, 0) for one in STATES]}
            for kind in KINDS
            if kind in row.counts
        ],
        states=[{"id": one, "text": state_text(one)} for one in STATES],
        state=shown_state,
        remarks=[remark_text(code, name) for code, name in report["remarks"]],
        words_lang=report.get("language", "zh"),
        lines=[
            {
                "sheet": one.sheet,
                "row": one.row,
                "what": one.what,
                "words": one.words,
                "state": {"created": "ok", "changed": "now", "refused": "bad"}.get(
                    one.state, "off"
                ),
                "state_text": state_text(one.state),
            }
            for one in found
        ],
        more_url=url_for("pages.takeover_one", id=id, state=shown_state, page=page + 1)
        if more
        else None,
        problem=problem,
        key=new_key(),
    )


def _report(id: str) -> tuple[Any, Any]:
    house = engine()
    with house.database.read() as connection:
        row = connection.execute(select(takeover).where(takeover.c.id == id)).one_or_none()
    if row is None or row.report is None:
        raise NotFound(takeover=id)
    return row, json.loads(house.keyring.open_sealed(row.report, part_place(id, "report")))


@blueprint.post("/admin/takeover/<string:id>/apply")
def takeover_apply(id: str) -> BaseResponse:
    """Take everything over, in one transaction, or nothing."""
    require("administer")

    def command(uow: UnitOfWork) -> dict[str, Any]:
        row, content = require_tried(uow, id)
        book = from_json(content)
        lines = run(uow, book)
        # What was agreed to is what was shown: who changed the organisation since is not overruled.
        shown = [(one["kind"], one["row"], one["state"]) for one in _report(id)[1]["lines"]]
        if [(one.kind, one.row, one.state) for one in lines] != shown:
            raise ChangeRefused("takeover_changed")
        if any(one.state == REFUSED for one in lines):
            raise ChangeRefused("takeover_refused")
        report = {
            "remarks": book.remarks,
            "lines": [asdict(one) for one in lines],
            "language": language(),
        }
        mark_applied(uow, row, report, counts(lines))
        return {"id": id}

    try:
        once(request.form.get("idempotency_key", ""), command)
    except ChangeRefused as error:
        if error.parts.get("why") == "takeover_changed":
            _try_again(id)
        page = _page(id, sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    flash(_("Everything is taken over."), "success")
    return redirect(url_for("pages.takeover_one", id=id))


def _try_again(id: str) -> None:
    """Show how things stand now."""
    actor = current_actor()
    with engine().command(actor) as uow:
        row, content = require_tried(uow, id)
        book = from_json(content)
        lines = run(uow, book)
        file_name, remarks = row.file_name, book.remarks
    with engine().command(actor) as uow:
        drop(uow, id)
        report = {
            "remarks": remarks,
            "lines": [asdict(one) for one in lines],
            "language": language(),
        }
        keep_tried(uow, file_name, content, report, counts(lines), id=id)
        uow.commit()


@blueprint.post("/admin/takeover/<string:id>/drop")
def takeover_drop(id: str) -> BaseResponse:
    """Forget a file that was only tried."""
    actor = require("administer")
    try:
        with engine().command(actor) as uow:
            drop(uow, id)
            uow.commit()
    except ChangeRefused as error:
        return make_response(_page(id, sentence(error.problem, error.parts)), status_of(error))
    flash(_("The file is forgotten; nothing was changed."), "success")
    return redirect(url_for("pages.takeovers"))


@blueprint.get("/admin/takeover/<string:id>/report.xlsx")
def takeover_report(id: str) -> Response:
    """The same list as a spreadsheet, to put the lines right by."""
    require("administer")
    row, report = _report(id)
    return make_report(engine(), row.file_name, report["lines"])
