"""Tasks: boxes, one task, and the verbs."""

from __future__ import annotations

import json
from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from engine.commands.circle import MOST_SHOWN
from engine.commands.claim import claim, release
from engine.commands.complete import complete
from engine.commands.delegate import advise, delegate, recall
from engine.commands.hand_on import transfer
from engine.engine import Engine
from engine.errors import EngineError, NotAllowed
from engine.queries.case import CaseView, TaskView, case_of_task, read_case
from engine.queries.inbox import MOST_COUNTED, InboxItem, counts, inbox
from engine.queries.verbs import verbs_on, whose_part
from engine.store.unit_of_work import UnitOfWork
from schemas.wire import (
    ActedOut,
    AdviseIn,
    BatchIn,
    BatchOut,
    CompleteIn,
    DelegateIn,
    EmptyIn,
    InboxOut,
    InboxQuery,
    PeopleOut,
    PeopleQuery,
    TaskOut,
    TransferIn,
)
from webapp.api.present import acted, outcomes, visible_document
from webapp.language import language
from webapp.problems import document as problem_document
from webapp.problems import status_of
from webapp.requests import current_actor, engine, perform, perform_each, standing_in
from webapp.views.people import person_facts, receivers

blueprint = Blueprint("tasks", __name__, url_prefix="/api/v1/tasks")


@blueprint.route("")
class Tasks(MethodView):
    """The inbox."""

    @blueprint.arguments(InboxQuery, location="query")
    @blueprint.response(200, InboxOut)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """One page of a box."""
        actor = current_actor()
        with engine().database.read() as connection:
            owners = standing_in(connection)
            page = inbox(
                connection,
                actor,
                query["box"],
                limit=query["limit"],
                after=query["after"],
                owners=owners,
            )
            numbers = counts(connection, actor, owners=owners)
        return {
            "items": [_line(engine(), one) for one in page.items],
            "next": page.next,
            "counts": {box: said(number) for box, number in numbers.items()},
        }


@blueprint.route("/<string:task_id>")
class OneTask(MethodView):
    """A task."""

    @blueprint.response(200, TaskOut)
    def get(self, task_id: str) -> dict[str, Any]:
        """The task with its form, the data the caller may see, and the verbs open now."""
        actor = current_actor()
        with engine().database.read() as connection:
            case = read_case(connection, engine(), actor, case_of_task(connection, task_id))
        return _task(engine(), case, case.task(task_id))


@blueprint.route("/<string:task_id>/complete")
class Complete(MethodView):
    """The verb complete."""

    # An instance: of a class one would be made for every request.
    @blueprint.arguments(CompleteIn())
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Finish the caller's part of the task with an outcome."""
        return perform(lambda uow: complete(uow, task_id, **body), acted)


@blueprint.route("/<string:task_id>/claim")
class Claim(MethodView):
    """The verb claim."""

    @blueprint.arguments(EmptyIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, _body: dict[str, Any], task_id: str) -> Response:
        """Take the task from the pool."""
        return perform(lambda uow: claim(uow, task_id), acted)


@blueprint.route("/<string:task_id>/transfer")
class Transfer(MethodView):
    """The verb transfer."""

    @blueprint.arguments(TransferIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Hand the caller's part on to somebody else."""
        return perform(lambda uow: transfer(uow, task_id, body["to"], body["reason"]), acted)


@blueprint.route("/<string:task_id>/delegate")
class Delegate(MethodView):
    """The verb delegate."""

    @blueprint.arguments(DelegateIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Ask somebody for advice; the task stays the caller's."""
        return perform(lambda uow: delegate(uow, task_id, body["to"], body["question"]), acted)


@blueprint.route("/<string:task_id>/advise")
class Advise(MethodView):
    """The verb advise."""

    @blueprint.arguments(AdviseIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Answer what the caller was asked."""
        return perform(lambda uow: advise(uow, task_id, body["advice"]), acted)


@blueprint.route("/<string:task_id>/recall")
class Recall(MethodView):
    """The verb recall."""

    @blueprint.arguments(EmptyIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, _body: dict[str, Any], task_id: str) -> Response:
        """Take the question back."""
        return perform(lambda uow: recall(uow, task_id), acted)


@blueprint.route("/<string:task_id>/people")
class People(MethodView):
    """Who may be chosen on a task."""

    @blueprint.arguments(PeopleQuery, location="query")
    @blueprint.response(200, PeopleOut)
    def get(self, query: dict[str, Any], task_id: str) -> dict[str, Any]:
        """The first people whose name holds `q`, for one of the verbs; names and units only."""
        actor, house = current_actor(), engine()
        with house.database.read() as connection:
            case = read_case(connection, house, actor, case_of_task(connection, task_id))
        task = case.task(task_id)
        if whose_part(case, task, actor) is None or task.state != "open":
            raise NotAllowed(instance=case.id, element=task.element, task=task.id)
        found = receivers(
            house, case, task, actor, query["q"], purpose=query["purpose"], most=MOST_SHOWN
        )
        return {"items": [person_facts(house, one) for one in found], "next": None}


@blueprint.route("/<string:task_id>/release")
class Release(MethodView):
    """The verb release."""

    @blueprint.arguments(EmptyIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, _body: dict[str, Any], task_id: str) -> Response:
        """Put the task back into the pool."""
        return perform(lambda uow: release(uow, task_id), acted)


_VERBS = {
    "claim": lambda uow, item: claim(uow, item["id"]),
    "release": lambda uow, item: release(uow, item["id"]),
    "complete": lambda uow, item: complete(
        uow,
        item["id"],
        outcome=item["outcome"],
        form=item["form"],
        opinion=item["opinion"],
        version=item["version"],
    ),
}


@blueprint.route("/batch")
class Batch(MethodView):
    """Many tasks at once."""

    @blueprint.arguments(BatchIn)
    @blueprint.response(200, BatchOut)
    def post(self, body: dict[str, Any]) -> Response:
        """One transaction per item, in order; 200 if any succeeded, else 422."""
        results, replayed = perform_each(body["items"], _act, _refused)
        status = 200 if any(one["status"] == 200 for one in results) else 422
        text = json.dumps({"results": results}, ensure_ascii=False)
        answer = Response(text, status=status, mimetype="application/json")
        if replayed:
            answer.headers["Idempotent-Replay"] = "true"
        return answer


def _act(uow: UnitOfWork, item: dict[str, Any]) -> dict[str, Any]:
    _VERBS[item["verb"]](uow, item)
    return {"id": item["id"], "status": 200, "problem": None}


def _refused(item: dict[str, Any], error: EngineError) -> dict[str, Any]:
    return {"id": item["id"], "status": status_of(error), "problem": problem_document(error)}


def said(number: int) -> str:
    """A count, exact to 999."""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def _line(house: Engine, item: InboxItem) -> dict[str, Any]:
    definition = house.catalog.get(item.definition_id)
    name = None
    if item.element is not None:
        name = definition.text(definition.steps[item.element].name, language())
    return {
        "id": item.task_id,
        "instance": item.instance_id,
        "process": definition.key,
        "name": name,
        "title": item.title,
        "number": item.number,
        "amount_fen": item.amount_fen,
        "state": item.state,
        "outcome": item.outcome,
        "at": item.at,
        "due_at": item.due_at,
        "claimed_by": item.claimed_by,
        "acts_for": item.acts_for,
        "advice": item.advice,
    }


def _task(house: Engine, case: CaseView, task: TaskView) -> dict[str, Any]:
    step = case.definition.steps[task.element]
    form = case.definition.form_of(step)
    stored = case.document.get(step.into, {}) if step.into else case.document
    return {
        "id": task.id,
        "instance": case.id,
        "element": task.element,
        "name": case.definition.text(step.name, language()),
        "title": case.title,
        "state": task.state,
        "rule": task.rule,
        "created_at": task.created_at,
        "due_at": task.due_at,
        "due_provisional": task.due_provisional,
        "claimed_by": task.claimed_by,
        "outcomes": outcomes(case, step),
        "acts_for": _acts_for(case, task),
        "verbs": verbs_on(case, task, current_actor()),
        "form": form_schema(case, step.form),
        "data": form.prefilled(stored if isinstance(stored, dict) else {}) if form else {},
        "document": visible_document(house, case),
        "signers": [
            {
                "person": one.person_id,
                "name": house.directory.name(one.person_id),
                "state": one.state,
                "outcome": one.outcome,
                "at": one.voted_at,
                "voted_by": one.voted_by,
            }
            for one in task.signers
        ],
        "advice": [
            {
                "owner": one.owner_id,
                "adviser": one.adviser_id,
                "adviser_name": house.directory.name(one.adviser_id),
                "question": one.question,
                "state": one.state,
                "advice": one.advice,
                "asked_at": one.asked_at,
                "closed_at": one.closed_at,
            }
            for one in task.advice
        ],
        "version": case.document_version,
    }


def _acts_for(case: CaseView, task: TaskView) -> str | None:
    """The owner, where the caller's verbs are those of somebody the caller stands in for."""
    actor = current_actor()
    whose = whose_part(case, task, actor) if task.state == "open" else None
    return None if whose is None or whose.id == actor.id else whose.id


def form_schema(case: CaseView, name: str) -> dict[str, Any] | None:
    """The form as form-js reads it, as the case's own version has it."""
    content = case.definition.package.files.get(f"forms/{name}.json")
    if content is None:
        return None
    schema: dict[str, Any] = json.loads(content)
    return schema


__all__ = ["blueprint", "form_schema", "said"]
