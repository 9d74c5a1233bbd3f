"""Cases: one case, its history and diagram, and the verbs on a whole case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.deliver import deliver
from engine.commands.reveal import reveal
from engine.commands.withdraw import withdraw
from engine.queries.case import CaseView, read_case
from engine.queries.case_verbs import case_verbs
from engine.queries.history import Happening, history, way_taken
from schemas.wire import (
    ActedOut,
    DeliverIn,
    InstanceOut,
    RevealIn,
    RevealOut,
    WithdrawIn,
)
from schemas.wire_record import DiagramOut, HistoryOut
from webapp.api.present import acted, visible_document
from webapp.reading import open_case
from webapp.requests import current_actor, engine, perform
from webapp.views.people import person

blueprint = Blueprint("instances", __name__, url_prefix="/api/v1/instances")


@blueprint.route("/<string:instance_id>")
class Instance(MethodView):
    """A case."""

    @blueprint.response(200, InstanceOut)
    def get(self, instance_id: str) -> dict[str, Any]:
        """The case as the caller may see it; who has a copy has read it now."""
        with engine().database.read() as connection:
            case = open_case(connection, instance_id)
            verbs = case_verbs(connection, case, current_actor())
        return _instance(case, verbs)


@blueprint.route("/<string:instance_id>/history")
class History(MethodView):
    """The record of a case."""

    @blueprint.response(200, HistoryOut)
    def get(self, instance_id: str) -> dict[str, Any]:
        """Its events, in order, as they are chained."""
        hidden = _read(instance_id).hidden
        with engine().database.read() as connection:
            items = history(connection, instance_id)
        return {"items": [_shown(one, hidden) for one in items], "next": None}


@blueprint.route("/<string:instance_id>/diagram")
class Diagram(MethodView):
    """The diagram of a case."""

    @blueprint.response(200, DiagramOut)
    def get(self, instance_id: str) -> dict[str, Any]:
        """BPMN of the case's own version, the way it took, and where it stands."""
        case = _read(instance_id)
        with engine().database.read() as connection:
            flows, done = way_taken(case.definition.diagram, history(connection, instance_id))
        current = current_elements(case)
        return {
            "xml": case.definition.package.files["process.bpmn"].decode("utf-8"),
            "flows": flows,
            "done": [one for one in done if one not in current],
            "current": current,
        }


@blueprint.route("/<string:instance_id>/withdraw")
class Withdraw(MethodView):
    """The verb withdraw."""

    @blueprint.arguments(WithdrawIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """The applicant takes the case back."""
        return perform(lambda uow: withdraw(uow, instance_id, reason=body["reason"]), acted)


@blueprint.route("/<string:instance_id>/deliver")
class Deliver(MethodView):
    """The verb deliver."""

    @blueprint.arguments(DeliverIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """Hand the case a message it waits for."""
        return perform(
            lambda uow: deliver(uow, instance_id, body["message"], body["values"]), acted
        )


@blueprint.route("/<string:instance_id>/reveal")
class Reveal(MethodView):
    """The verb reveal."""

    @blueprint.arguments(RevealIn)
    @blueprint.alt_response(200, schema=RevealOut)
    def post(self, body: dict[str, Any], instance_id: str) -> Response:
        """Look at a sensitive value; the look is on the record."""
        # No Idempotency-Key is honoured here: a kept answer would hold the value in the clear.
        with engine().command(current_actor()) as uow:
            value = reveal(uow, instance_id, body["field"])
            uow.commit()
        return Response(
            RevealOut().dumps({"value": value}),
            mimetype="application/json",
            headers={"Cache-Control": "no-store"},
        )


def _read(instance_id: str) -> CaseView:
    with engine().database.read() as connection:
        return read_case(connection, engine(), current_actor(), instance_id)


def _shown(one: Happening, hidden: frozenset[str]) -> Happening:
    """An event without the values of fields that are not for the reader; its hash stays what it is."""
    changed = (one.payload or {}).get("fields")
    if not hidden or not isinstance(changed, dict):
        return one
    # A change of one entry of a list is named `field[0]`.
    kept = {name: new for name, new in changed.items() if name.partition("[")[0] not in hidden}
    return replace(one, payload={**(one.payload or {}), "fields": kept})


def current_elements(case: CaseView) -> list[str]:
    """Where the case stands now: elements with open work, boundary timers left out."""
    waiting = [one.element for one in case.open_tasks]
    elements = case.definition.diagram.elements
    waiting += [
        one.element
        for one in case.jobs
        if one.element and elements[one.element].kind != "boundaryEvent"
    ]
    return list(dict.fromkeys(waiting))


def _instance(case: CaseView, verbs: list[str]) -> dict[str, Any]:
    return {
        "id": case.id,
        "process": case.definition.key,
        "definition": case.definition.id,
        "version": case.definition.version,
        "title": case.title,
        "number": case.number,
        "amount_fen": case.amount_fen,
        "state": case.state,
        "starter": case.starter_id,
        "started_at": case.started_at,
        "ended_at": case.ended_at,
        "end_event": case.end_event,
        "document": visible_document(engine(), case),
        "tasks": [
            {
                "id": one.id,
                "element": one.element,
                "state": one.state,
                "outcome": one.outcome,
                "opinion": one.opinion,
                "completed_by": one.completed_by,
                "completed_for": one.completed_for,
                "decided_how": one.decided_how,
                "closed_at": one.closed_at.isoformat() if one.closed_at else None,
            }
            for one in case.tasks
        ],
        "jobs": [
            {
                "id": one.id,
                "kind": one.kind,
                "element": one.element,
                "state": one.state,
                "due_at": one.due_at.isoformat(),
                "provisional": one.provisional,
            }
            for one in case.jobs
        ],
        "copies": [
            {
                "person": person(engine(), one.person_id),
                "by": one.by_id,
                "note": one.note,
                "at": one.at,
                "read_at": one.read_at,
            }
            for one in case.copies
        ],
        "verbs": verbs,
    }
