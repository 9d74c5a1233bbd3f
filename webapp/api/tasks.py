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
from engine.commands.fewer_signers import remove_signer
from engine.commands.hand_on import transfer
from engine.commands.signers import add_signers, reorder_signers
from engine.commands.urge import Urged, urge_task
from engine.commands.votes import outcomes_offered
from engine.commands.withdraw_vote import withdraw_vote
from engine.engine import Engine
from engine.errors import NotAllowed
from engine.queries.case import CaseView, TaskView, case_of_task, read_case
from engine.queries.case_verbs import task_verbs
from engine.queries.inbox import MOST_COUNTED, counts, inbox
from engine.queries.instances import document_seen, stored_for
from engine.queries.items import InboxItem
from engine.queries.route import preview_task
from engine.queries.signing import removable, ways_to_add
from engine.queries.verbs import arranging_part, whose_part
from engine.queries.views import due_span
from engine.sign_off import Tally
from engine.store.unit_of_work import UnitOfWork
from schemas.attention import UrgeIn, UrgeOut
from schemas.lists import InboxQuery
from schemas.wire import (
    ActedOut,
    BatchIn,
    BatchOut,
    CompleteIn,
    EmptyIn,
    InboxOut,
    PreviewOut,
    PreviewTaskIn,
    TaskOut,
)
from schemas.wire_people import (
    AddSignersIn,
    AdviseIn,
    DelegateIn,
    PeopleOut,
    PeopleQuery,
    RemoveSignerIn,
    ReorderSignersIn,
    TransferIn,
)
from webapp import batch
from webapp.api.present import acted, outcomes, visible_document
from webapp.language import language
from webapp.reading import open_case
from webapp.requests import current_actor, engine, perform, perform_each, standing_in
from webapp.views.people import person
from webapp.views.receivers import receivers
from webapp.views.route import steps

blueprint = Blueprint("tasks", __name__, url_prefix="/api/v1/tasks")


@blueprint.route("")
class Tasks(MethodView):
    """The inbox."""

    @blueprint.arguments(InboxQuery, location="query")
    @blueprint.response(200, InboxOut)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """One page of a box."""
        house, actor = engine(), current_actor()
        with house.database.read() as connection:
            owners = standing_in(connection)
            page = inbox(
                connection,
                actor,
                query["box"],
                limit=query["limit"],
                after=query["after"],
                text=query["q"],
                owners=owners,
                sort=query["sort"],
                process=query["process"],
                due=due_span(query["due"] or "", house.clock.now(), house.zone),
            )
            numbers = counts(connection, actor, owners=owners)
        return {
            "items": [_line(house, one) for one in page.items],
            "next": page.next,
            "counts": {box: said(number) for box, number in numbers.items()},
        }


@blueprint.route("/<string:task_id>")
class OneTask(MethodView):
    """A task."""

    @blueprint.response(200, TaskOut)
    def get(self, task_id: str) -> dict[str, Any]:
        """The task with its form, the data the caller may see, and the verbs open now."""
        with engine().database.read() as connection:
            case = open_case(connection, case_of_task(connection, task_id))
            one = case.task(task_id)
            verbs = task_verbs(connection, case, one, current_actor())
        return _task(engine(), case, one, verbs)


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
        return {"items": [person(house, one) for one in found], "next": None}


@blueprint.route("/<string:task_id>/release")
class Release(MethodView):
    """The verb release."""

    @blueprint.arguments(EmptyIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, _body: dict[str, Any], task_id: str) -> Response:
        """Put the task back into the pool."""
        return perform(lambda uow: release(uow, task_id), acted)


@blueprint.route("/<string:task_id>/add_signers")
class AddSigners(MethodView):
    """The verb add_signers."""

    @blueprint.arguments(AddSignersIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Have further people sign: before the caller, after, or at the same time."""
        return perform(lambda uow: add_signers(uow, task_id, **body), acted)


@blueprint.route("/<string:task_id>/remove_signer")
class RemoveSigner(MethodView):
    """The verb remove_signer."""

    @blueprint.arguments(RemoveSignerIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Take somebody who has not signed off the list; the votes there are may then decide."""
        return perform(lambda uow: remove_signer(uow, task_id, **body), acted)


@blueprint.route("/<string:task_id>/reorder_signers")
class ReorderSigners(MethodView):
    """The verb reorder_signers."""

    @blueprint.arguments(ReorderSignersIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Put those who have not been asked yet into another order."""
        return perform(lambda uow: reorder_signers(uow, task_id, **body), acted)


@blueprint.route("/<string:task_id>/withdraw_vote")
class WithdrawVote(MethodView):
    """The verb withdraw_vote."""

    @blueprint.arguments(EmptyIn)
    @blueprint.alt_response(200, schema=ActedOut)
    def post(self, _body: dict[str, Any], task_id: str) -> Response:
        """Take the own vote back while the matter is open, where votes may change."""
        return perform(lambda uow: withdraw_vote(uow, task_id), acted)


@blueprint.route("/<string:task_id>/urge")
class Urge(MethodView):
    """The verb urge."""

    @blueprint.arguments(UrgeIn)
    @blueprint.alt_response(200, schema=UrgeOut)
    def post(self, body: dict[str, Any], task_id: str) -> Response:
        """Ask those who may act on the task to hurry."""
        return perform(lambda uow: urge_task(uow, task_id, note=body["note"]), _urged)


@blueprint.route("/<string:task_id>/preview")
class Preview(MethodView):
    """What would follow."""

    @blueprint.arguments(PreviewTaskIn)
    @blueprint.response(200, PreviewOut)
    def post(self, body: dict[str, Any], task_id: str) -> dict[str, Any]:
        """Who would be next if the caller finished the task with this outcome; nothing is done."""
        house, actor = engine(), current_actor()
        with house.database.read() as connection:
            ahead = preview_task(house, connection, actor, task_id, body["outcome"], body["form"])
            case = read_case(connection, house, actor, case_of_task(connection, task_id))
            return {"items": steps(house, case.definition, ahead)}


@blueprint.route("/batch")
class Batch(MethodView):
    """Many tasks at once."""

    @blueprint.arguments(BatchIn)
    @blueprint.response(200, BatchOut)
    def post(self, body: dict[str, Any]) -> Response:
        """One transaction per item, in order; 200 if any succeeded, else 422."""
        results, replayed = perform_each(batch.items_of(body), batch.act, batch.refused)
        status = 200 if any(one["status"] == 200 for one in results) else 422
        text = json.dumps({"results": results}, ensure_ascii=False)
        answer = Response(text, status=status, mimetype="application/json")
        if replayed:
            answer.headers["Idempotent-Replay"] = "true"
        return answer


def _urged(_uow: UnitOfWork, result: Urged) -> dict[str, Any]:
    return {
        "task": result.task_id,
        "count": result.count,
        "asked": [person(engine(), one) for one in result.asked[:50]],
        "heads": [person(engine(), one) for one in result.heads],
        "again_at": result.again_at.isoformat(),
    }


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
        "urges": item.urges,
        "unread": item.unread,
        "acts_for": item.acts_for,
        "advice": item.advice,
        "held_by": item.held_by,
    }


def _task(house: Engine, case: CaseView, task: TaskView, verbs: list[str]) -> dict[str, Any]:
    step = case.definition.steps[task.element]
    actor = current_actor()
    whose = whose_part(case, task, actor) or actor
    offered = outcomes_offered(step, signing=task.tally is not None, leads=task.led_by(whose.id))
    may_go: list[str] = []
    if "remove_signer" in verbs:
        own = arranging_part(case, task, actor, administers=actor.administers)
        may_go = removable(task, own, step, administers=actor.administers)
    form = case.definition.form_of(step)
    return {
        "id": task.id,
        "instance": case.id,
        "element": task.element,
        "run": task.run,
        "name": case.definition.text(step.name, language()),
        "title": case.title,
        "state": task.state,
        "rule": task.rule,
        "created_at": task.created_at,
        "due_at": task.due_at,
        "due_provisional": task.due_provisional,
        "claimed_by": task.claimed_by,
        "completed_by": task.completed_by,
        "completed_for": task.completed_for,
        "decided_how": task.decided_how,
        "acts_for": _acts_for(case, task),
        "outcomes": outcomes(case, step, offered),
        "verbs": verbs,
        "form": form_schema(case, step.form),
        "data": form.prefilled(stored_for(case, task)) if form else {},
        "document": document_seen(case, task, visible_document(house, case)),
        "signers": [
            {
                "person": one.person_id,
                "name": house.directory.name(one.person_id),
                "state": one.state,
                "outcome": one.outcome,
                "at": one.voted_at,
                "voted_by": one.voted_by,
                "decided_how": one.decided_how,
                "after": one.after_id if one.state == "waiting" else None,
                "added_by": one.added_by,
                "lead": one.lead,
                "removable": one.person_id in may_go,
            }
            for one in task.signers
        ],
        "tally": task.tally and Tally(**task.tally).counts(),
        "ways_to_add": ways_to_add(task, step) if "add_signers" in verbs else [],
        "urges": task.urges,
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
