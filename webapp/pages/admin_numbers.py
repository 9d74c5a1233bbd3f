"""For administrators: which numbers are given, by which pattern, and what comes next."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.numbering import set_next, set_pattern
from engine.errors import ChangeRefused, EngineError
from engine.queries.numbers import Rule, rules, sequences, voids
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.admin_units import today_here
from webapp.pages.blueprint import blueprint
from webapp.pages.form_days import day_of
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import engine, once
from webapp.rights import require


@blueprint.get("/admin/numbers")
def numbers() -> str:
    """Patterns, sequences, and numbers that are void."""
    require("administer")
    return _page()


def _rules() -> list[Rule]:
    house = engine()
    with house.database.read() as connection:
        return rules(connection, house.catalog.all_active(connection), today_here())


def _page(problem: str | None = None, form: str = "") -> str:
    house, found = engine(), _rules()
    with house.database.read() as connection:
        counted = sequences(connection)
        void = voids(connection)
    # What will count next year, or nobody has asked for yet, can be set beforehand.
    counted += [(one.sequence, 0) for one in found if one.sequence not in dict(counted)]
    return render_template(
        "admin_numbers.html",
        rules=[
            {
                "pattern": one.pattern,
                "now": one.now,
                "sequence": one.sequence,
                "next": one.next,
                "changes": [{"from": day, "pattern": new} for day, new in one.changes],
                "uses": list(
                    dict.fromkeys(
                        use.definition.text(use.definition.title, language()) for use in one.uses
                    )
                ),
            }
            for one in found
        ],
        sequences=[{"name": name, "last": last} for name, last in sorted(dict(counted).items())],
        voids=void,
        today=today_here(),
        typed={form: request.form.to_dict()} if form else {},
        problem=problem,
        key=new_key(),
    )


def _change(form: str, command: Callable[[UnitOfWork], object]) -> BaseResponse:
    require("administer")

    def run(uow: UnitOfWork) -> dict[str, str]:
        command(uow)
        return {}

    try:
        once(request.form.get("idempotency_key", ""), run)
    except EngineError as error:
        page = _page(sentence(error.problem, error.parts), form)
        return make_response(page, status_of(error))
    flash(_("Saved."), "success")
    return redirect(url_for("pages.numbers"))


@blueprint.post("/admin/numbers/pattern")
def numbers_pattern() -> BaseResponse:
    """Let another pattern take a pattern's place from a day on."""

    def command(uow: UnitOfWork) -> None:
        known = {one.pattern for one in _rules()}
        pattern = request.form.get("pattern", "")
        if pattern not in known:
            raise ChangeRefused("bad_pattern")
        set_pattern(
            uow,
            pattern,
            request.form.get("new", "").strip(),
            on=day_of("on") or uow.today,
            reason=request.form.get("reason", ""),
            known=known,
        )

    return _change("pattern", command)


@blueprint.post("/admin/numbers/next")
def numbers_next() -> BaseResponse:
    """Let a sequence go on with a higher number."""

    def command(uow: UnitOfWork) -> None:
        text = request.form.get("number", "").strip()
        known = {name for name, _last in sequences(uow.connection)}
        sequence = request.form.get("sequence", "")
        if sequence not in known | {one.sequence for one in _rules()}:
            raise ChangeRefused("bad_pattern")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
        set_next(uow, sequence, number, reason=request.form.get("reason", ""))

    return _change("next", command)
