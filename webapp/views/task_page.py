"""Everything the page of a task or a case shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Connection

from engine.actors import Actor
from engine.catalog.steps import Outcome, Step
from engine.commands.drafts import Draft
from engine.commands.votes import outcomes_offered
from engine.engine import Engine
from engine.forms import FieldError
from engine.queries.case import CaseView, SignerView, TaskView
from engine.queries.explain import owner_of
from engine.queries.history import Happening, history
from engine.queries.instances import document_seen, stored_for
from engine.queries.masked import masked
from engine.queries.verbs import verbs_on, whose_part
from engine.sign_off import Rule
from webapp.language import gettext as _
from webapp.language import language, ngettext
from webapp.pages.frame import new_key
from webapp.pages.offers import Offer
from webapp.pages.verbs import dialogs
from webapp.pages.work import state_text
from webapp.views import progress
from webapp.views.attention import attention
from webapp.views.comparables import compared
from webapp.views.dossier import documents, dossier, files_of
from webapp.views.explained import explained
from webapp.views.island import island, only_words
from webapp.views.opinions import opinions
from webapp.views.phrases import phrases_of
from webapp.views.route import line_of_task


def case_frame(engine: Engine, case: CaseView) -> dict[str, Any]:
    """The head of a case: who, where, how much, since when."""
    facts = engine.directory.facts(case.starter_id)
    end = case.definition.diagram.elements.get(case.end_event or "")
    end_text = case.definition.text(end.name, language()) if end and end.name else None
    return {
        "id": case.id,
        "title": case.title,
        "number": case.number,
        "url": url_for("pages.case", id=case.id),
        "person": engine.directory.name(case.starter_id),
        "unit": str(facts.get("unit_name", "")),
        "process": case.definition.text(case.definition.title, language()),
        "version_text": _("Rules of version %(number)s", number=case.definition.version),
        "amount_fen": case.amount_fen,
        "amount_label": _("Amount"),
        "started_at": case.started_at,
        "state": case.state,
        "state_text": state_text(case.state),
        "ended_at": case.ended_at,
        "end_text": end_text or state_text(case.state),
        "version": None,
    }


def shared_parts(
    engine: Engine, connection: Connection, case: CaseView, skip: str = ""
) -> dict[str, Any]:
    """Dossier, steps, timeline, diagram and documents: the same on both pages."""
    files = files_of(connection, case.id) if case.opens_files else {}
    happenings = history(connection, case.id)
    return {
        "case": case_frame(engine, case),
        "sections": dossier(engine, case, files, skip),
        "opinions": opinions(engine, case, happenings),
        "steps": progress.steps(engine, case, happenings),
        "timeline": progress.timeline(engine, case, happenings),
        "documents": documents(files),
        "approval_form_url": url_for(
            "approval_form.ApprovalForm", instance_id=case.id, lang=language()
        )
        if case.opens_files
        else None,
        "diagram": progress.diagram(case, happenings),
        "working": case.working,
        "warnings": [*_stands_still(case, happenings), *_warnings(case)],
        "suggestion": _suggestion(case, happenings),
        "explained": explained(engine, case, happenings),
        "files": files,
    }


def task_page(
    engine: Engine,
    connection: Connection,
    case: CaseView,
    task: TaskView,
    actor: Actor,
    *,
    draft: Draft | None = None,
    sent: Mapping[str, Any] | None = None,
    errors: tuple[FieldError, ...] = (),
    opinion: str | None = None,
    opinion_error: str | None = None,
    may_act: bool = True,
) -> dict[str, Any]:
    """The variables of task.html."""
    step = case.definition.steps[task.element]
    parts = shared_parts(engine, connection, case, skip=task.element)
    parts |= attention(engine, connection, case, actor, task=task)
    parts["comparables"] = compared(engine, connection, case, task, actor)
    files = parts.pop("files")
    verbs = verbs_on(case, task, actor, administers=actor.administers)
    if "complete" in verbs or "recall" in verbs:
        # Where the case can go back to is looked for when the dialog is made.
        verbs += ["send_back", "recuse"] if "complete" in verbs else ["recuse"]
    person = whose_part(case, task, actor)
    if person is not None and person.id != actor.id:
        parts["warnings"] = [_stands_in(engine, person), *parts["warnings"]]
    mine = "complete" in verbs and may_act
    has_form = case.definition.form_of(step) is not None
    words = only_words(case.definition, step.form) if has_form else None
    form = None
    if mine and has_form and words is None:
        shown = masked(case.document, case.definition, engine.keyring, case.id)
        form = island(
            engine,
            case.definition,
            step.form,
            places=case.places,
            applicant=case.starter_id,
            stored={} if step.sign_off.form_each else stored_for(case, task),
            context=document_seen(case, task, shown),
            files=files,
            draft_url=url_for("pages.task_draft", id=task.id),
            sent=sent if sent is not None else (draft.form if draft else None),
            errors=errors,
        )
    return {
        **parts,
        "task": {
            "id": task.id,
            "name": case.definition.text(step.name, language()),
            "version": case.document_version,
            "key": new_key(),
            "is_mine": mine,
            "can_claim": False,
            "can_release": "release" in verbs,
            "due": {"at": task.due_at, "provisional": task.due_provisional}
            if task.due_at
            else None,
            "urges": task.urges,
            "irreversible": step.irreversible,
            "irreversible_text": _("What follows cannot be taken back."),
            "form_waiting": False,
            "words": words or [],
            "outcomes": [
                _outcome(case, step, one)
                for one in outcomes_offered(
                    step, signing=task.tally is not None, leads=task.led_by(actor.id)
                )
            ],
            "next_line": line_of_task(
                engine, connection, actor, case, task, sent if sent is not None else _typed(draft)
            )
            if mine
            else None,
            "opinion": opinion if opinion is not None else (draft.opinion if draft else ""),
            "opinion_error": opinion_error,
            "phrases": phrases_of(engine, connection, actor),
            "sign_off": _sign_off(engine, case, task, step),
            "why_not": _recused(case, actor)
            or _why_not(engine, case, task, actor, person or actor, may_act=may_act),
            "verbs": dialogs(Offer(engine, connection, case, task, actor), verbs),
        },
        "form": form,
        "form_title": None,
        "errors": len(errors),
    }


def _typed(draft: Draft | None) -> Mapping[str, Any]:
    return draft.form if draft else {}


def _outcome(case: CaseView, step: Step, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "label": case.definition.text(outcome.label, language())
        if len(step.outcomes) > 1 or outcome.id != "complete"
        else _("Finish"),
        "kind": outcome.kind,
        "opinion": "required" if outcome.opinion_required else "optional",
        "validate": "all" if outcome.validated else "none",
        "final": step.is_final(outcome),
        "confirm": None,
    }


def _sign_off(engine: Engine, case: CaseView, task: TaskView, step: Step) -> dict[str, Any] | None:
    if task.tally is None:
        return None
    texts = {
        Rule.ALL: _("Everyone must agree."),
        Rule.ANY: _("One agreement is enough."),
        Rule.RATIO: _("Decided by vote."),
        Rule.SEQUENCE: _("One after the other; everyone must agree."),
    }
    cast = sum(task.tally[one] for one in ("positive", "negative", "abstain"))
    states = {"voted": "signed", "not_needed": "not_needed", "waiting": "waiting"}
    return {
        "rule_text": _("Asked by whoever decides this; everyone must agree.")
        if not step.sign_off.several
        else texts.get(step.sign_off.rule, ""),
        "veto_text": _("A refusal by some decides alone.") if step.sign_off.veto else None,
        "progress_text": ngettext(
            "%(cast)s of %(num)s has signed",
            "%(cast)s of %(num)s have signed",
            task.tally["entitled"],
            cast=cast,
        ),
        "signers": [
            {
                "name": engine.directory.name(one.person_id),
                "unit": str(engine.directory.facts(one.person_id).get("unit_name", "")),
                "state": states.get(one.state, "open"),
                "outcome": case.definition.text(
                    case.definition.outcome_given(task.element, one.outcome).label, language()
                )
                if one.outcome
                else None,
                "kind": case.definition.outcome_given(task.element, one.outcome).kind
                if one.outcome
                else None,
                "at": one.voted_at,
                "note": _signer_note(engine, one),
            }
            for one in task.signers
            if one.state != "removed"
        ],
    }


def _signer_note(engine: Engine, one: SignerView) -> str | None:
    """After whom a signer comes, who asked for the signature, and how it came about."""
    notes = []
    if decided := progress.decided_text(engine, one.decided_how, one.voted_by, one.person_id):
        notes.append(decided)
    if one.state == "waiting" and one.after_id is not None:
        notes.append(_("after %(name)s", name=engine.directory.name(one.after_id)))
    if one.added_by is not None:
        notes.append(_("asked by %(name)s", name=engine.directory.name(one.added_by)))
    return " · ".join(notes) or None


def _recused(case: CaseView, actor: Actor) -> str | None:
    if case.is_recused(actor.id):
        return _("You have declared that you are not impartial here, so others decide.")
    return None


def _why_not(
    engine: Engine,
    case: CaseView,
    task: TaskView,
    actor: Actor,
    person: Actor,
    *,
    may_act: bool,
) -> str | None:
    if task.state != "open":
        return _("This step is finished.")
    if case.state == "suspended":
        return _("The case stands still; nobody can act on it now.")
    question = task.question_to(actor.id)
    if question is not None:
        asker = engine.directory.name(question.owner_id)
        return _("%(name)s asks for your advice: %(text)s", name=asker, text=question.question)
    held_by = task.decided_by(person.id)
    if held_by == actor.id:
        return _("You have decided this; the decision counts in a few seconds.")
    if held_by is not None:
        name = engine.directory.name(held_by)
        return _("%(name)s is deciding this right now.", name=name)
    if not may_act:
        return _("You have acted elsewhere in this case; the rules want somebody else here.")
    waiting = task.asked(person.id)
    if waiting is not None:
        asked = engine.directory.name(waiting.adviser_id)
        return _("%(name)s was asked for advice, which has not come back yet.", name=asked)
    if task.claimed_by not in (None, actor.id):
        name = engine.directory.name(task.claimed_by or "")
        return _("%(name)s has taken this on.", name=name)
    own = next((one for one in task.signers if one.person_id == actor.id), None)
    if own is not None and own.state == "voted":
        return _("You have signed; others still have to.")
    if own is not None and own.state == "waiting" and own.after_id is not None:
        name = engine.directory.name(own.after_id)
        return _("It is your turn once %(name)s has signed.", name=name)
    return None


def _stands_in(engine: Engine, owner: Actor) -> dict[str, Any]:
    name = engine.directory.name(owner.id)
    text = _("You do this for %(name)s, for whom you stand in.", name=name)
    return {"text": text, "detail": None, "severity": "info"}


def _stands_still(case: CaseView, happenings: list[Happening]) -> list[dict[str, Any]]:
    """That nobody can act now, and the reason the administrator gave."""
    if case.state != "suspended":
        return []
    since = [one for one in happenings if one.type == "instance.suspended"]
    reason = ((since[-1].payload or {}).get("reason") if since else None) or None
    text = _("This case stands still: nobody can act on it until it is let go on.")
    return [{"text": text, "detail": reason, "severity": "warn"}]


def _warnings(case: CaseView) -> list[dict[str, Any]]:
    """Texts that the package's tables put into a `warnings` output."""
    found = []
    for value in case.document.values():
        if not isinstance(value, dict):
            continue
        texts = value.get("warnings")
        for text in texts if isinstance(texts, list) else [texts]:
            if isinstance(text, str) and text:
                shown = case.definition.text(text, language())
                found.append({"text": shown, "detail": None, "severity": "warn"})
    return found


def _suggestion(case: CaseView, happenings: list[Happening]) -> dict[str, Any] | None:
    """The latest decision that suggests an amount, with the rule's reason."""
    for one in reversed(happenings):
        for made in reversed((one.payload or {}).get("decisions", [])):
            value = case.document.get(made["into"])
            if not isinstance(value, dict) or "suggested_fen" not in value:
                continue
            element = case.definition.diagram.elements[made["element"]]
            because = [text for table in made["rules"] for text in table.get("because", ())]
            if isinstance(value.get("reason"), str):
                because.insert(0, value["reason"])
            return {
                "title": case.definition.text(element.name or element.id, language()),
                "amount_fen": value["suggested_fen"],
                "text": "",
                "because": [
                    case.definition.text(text, language()) for text in dict.fromkeys(because)
                ],
                "source": str(value.get("source") or ""),
                "table": _table_name(case, made),
            }
    return None


def _table_name(case: CaseView, made: Mapping[str, Any]) -> str:
    """What a table answers, in its author's words."""
    model = case.definition.decisions.get(made["decision"])
    name = owner_of(made["rules"][0]["table"]) if made["rules"] else made["decision"]
    known = {one.name: one for one in model.decisions} if model else {}
    question = known[name].question if name in known else ""
    return case.definition.text(question or name, language())
