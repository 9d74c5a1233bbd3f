"""Proposing from a draft's page or from a version's, and how a proposal stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response as BaseResponse

from engine.catalog.accepted import reasons_before
from engine.catalog.check import explained
from engine.errors import EngineError
from engine.store.tables import instance, proposal
from engine.store.unit_of_work import UnitOfWork
from engine.studio.proposals import Prepared, prepare_draft, prepare_version, propose
from engine.studio.scenario_runs import run_of
from schemas.finding import ERROR, Finding
from schemas.reason import LONGEST, Reason
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import current_actor, engine, once
from webapp.rights import require
from webapp.studio.coverage import run_shown
from webapp.studio.findings import said, without_address
from webapp.studio.overview import draft_page

#: How a proposal's state is coloured.
_TAGS = {"waiting": "waiting", "deployed": "ok", "refused": "failed", "withdrawn": "off"}


@blueprint.post("/studio/drafts/<string:id>/propose", endpoint="studio_propose")
def propose_draft(id: str) -> BaseResponse:
    """Put the draft, as it is now, before another administrator."""
    require("administer")
    try:
        _propose(prepare_draft(engine(), current_actor(), id))
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        told = sentence(error.problem, error.parts)
        page = draft_page(id, told, typed=dict(request.form.items()))
        return make_response(page, status_of(error))
    return redirect(url_for("pages.studio_draft", id=id))


@blueprint.get("/studio/versions/<string:id>/propose", endpoint="studio_version")
def version(id: str) -> str:
    """A version that was in use before, to be proposed once more."""
    require("administer")
    return _version_page(id)


@blueprint.post("/studio/versions/<string:id>/propose", endpoint="studio_propose_version")
def propose_version(id: str) -> BaseResponse:
    """Put it before another administrator."""
    require("administer")
    try:
        _propose(prepare_version(engine(), current_actor(), id))
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        told = sentence(error.problem, error.parts)
        return make_response(_version_page(id, told, dict(request.form.items())), status_of(error))
    return redirect(url_for("pages.studio"))


def _version_page(id: str, problem: str | None = None, typed: dict[str, str] | None = None) -> str:
    house = engine()
    prepared = prepare_version(house, current_actor(), id)
    compiled = house.catalog.get(id)
    with house.database.read() as connection:
        warnings = warning_lines(
            connection, compiled.key, explained(prepared.findings, prepared.given), typed or {}
        )
        active = house.catalog.active(connection, compiled.key)
        stories = run_shown(prepared.package, run_of(connection, prepared.package))
    return render_template(
        "studio_version.html",
        version={
            "id": id,
            "key": compiled.key,
            "title": compiled.text(compiled.title, language()),
            "number": compiled.version,
            "active": active.id == id,
            "in_use": active.version,
        },
        findings=without_address(list(prepared.findings)),
        errors=sum(one.severity == ERROR for one in prepared.findings),
        warnings=warnings,
        stories=stories,
        why=(typed or {}).get("why", ""),
        problem=problem,
        key=new_key(),
    )


def _propose(prepared: Prepared) -> None:
    why = request.form.get("why", "")
    reasons = reasons_sent(prepared.findings)

    def command(uow: UnitOfWork) -> dict[str, str]:
        return {"proposal": propose(uow, prepared, why=why, reasons=reasons)}

    once(request.form.get("idempotency_key", ""), command)
    flash(_("Proposed. Another administrator finds it among what is to do."), "success")


def reasons_sent(findings: Iterable[Finding]) -> list[Reason]:
    """The reasons of a page's form, one beside each warning."""
    sent = []
    for one in findings:
        why = request.form.get(field_of(one), "").strip()[:LONGEST]
        if one.severity != ERROR and why:
            sent.append(Reason(one.rule, one.element, one.file, why))
    return sent


def field_of(finding: Finding) -> str:
    """The form field for the reason of a warning."""
    return f"why:{finding.rule}:{finding.file}:{finding.element}"


def warning_lines(
    connection: Connection, key: str, findings: Iterable[Finding], typed: dict[str, str]
) -> list[dict[str, Any]]:
    """The warnings that want a reason, each with what was said of it last time."""
    before = {(one.rule, one.file, one.element): one.why for one in reasons_before(connection, key)}
    return [
        {
            "field": field_of(one),
            "said": said(one),
            "where": " · ".join(part for part in (one.file, one.element) if part),
            "why": typed.get(field_of(one), before.get((one.rule, one.file, one.element), "")),
        }
        for one in findings
        if one.severity != ERROR and not one.accepted
    ]


def proposals_of(connection: Connection, draft_id: str) -> list[dict[str, Any]]:
    """What was proposed of a draft, the latest first, and what became of it."""
    return _lines(connection, proposal.c.draft_id == draft_id, 10)


def proposals_of_candidate(connection: Connection, candidate_id: str) -> list[dict[str, Any]]:
    """By whom a candidate was proposed, and what became of it."""
    return _lines(connection, proposal.c.candidate_id == candidate_id, 10)


def _lines(connection: Connection, where: Any, limit: int) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(proposal, instance.c.state.label("case_state"), instance.c.number)
        .join(instance, instance.c.id == proposal.c.instance_id)
        .where(where)
        .order_by(proposal.c.proposed_at.desc(), proposal.c.id.desc())
        .limit(limit)
    )
    name = engine().directory.name
    found = []
    for row in rows:
        state = _state(row.state, row.case_state)
        found.append(
            {
                "id": row.id,
                "candidate": row.candidate_id,
                "candidate_url": url_for("pages.studio_candidate", id=row.candidate_id),
                "case_url": url_for("pages.case", id=row.instance_id),
                "number": row.number,
                "by": name(row.proposed_by),
                "at": row.proposed_at,
                "why": row.why,
                "authors": [name(one) for one in row.editors],
                "warnings": row.warnings,
                "state": _TAGS.get(state, "off"),
                "state_text": state_text(state),
                "open": state == "waiting",
                "decided_by": name(row.decided_by) if row.decided_by else None,
                "decided_at": row.decided_at,
                "base_id": row.base_id,
            }
        )
    return found


def _state(state: str, case_state: str) -> str:
    """What became of a proposal; a case that ended without deploying says how by its own state."""
    if state != "waiting" or case_state == "active":
        return state
    return "withdrawn" if case_state in ("withdrawn", "terminated") else "refused"


def state_text(state: str) -> str:
    """The state of a proposal in a word."""
    return {
        "waiting": _("waits for consent"),
        "deployed": _("in use"),
        "refused": _("not agreed to"),
        "overtaken": _("another version came first"),
        "invalid": _("does not pass the check any more"),
        "withdrawn": _("taken back"),
    }.get(state, state)
