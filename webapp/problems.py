"""What went wrong, told to programs and people: RFC 9457 problem documents and error pages.

One table says which HTTP status each of the engine's problems has. Sentences come from the message
catalogue; `type` is stable and never renamed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.errors import EngineError
from webapp.change_refusals import refusal
from webapp.language import gettext as _
from webapp.language import language
from webapp.problem_reasons import bad_archive, merging, not_by_the_provider, not_possible, weak

STATUS = {
    # Nothing there, or not for the caller.
    "not_found": 404,
    "file_missing": 404,
    "login_refused": 401,
    "second_factor_required": 401,
    "code_refused": 401,
    "sign_in_over": 401,
    "provider_refused": 401,
    "directory_away": 503,
    "second_factor_missing": 403,
    "new_password_required": 403,
    "own_account": 403,
    "not_allowed": 403,
    "separation_of_duties": 403,
    "policy_broken": 403,
    # Somebody was first, or the case has gone on.
    "conflict": 409,
    "draft_conflict": 409,
    "undecided_merge": 422,
    "nothing_to_merge": 409,
    "draft_gone": 409,
    "already_proposed": 409,
    "scenarios_not_played": 409,
    "stories_given_up": 409,
    "draft_behind": 409,
    "draft_changed": 409,
    "no_consent_process": 409,
    "nobody_to_consent": 409,
    "not_consented": 409,
    "nothing_changed": 409,
    "already_done": 409,
    "already_claimed": 409,
    "being_decided": 409,
    "nothing_to_undo": 409,
    "already_objected": 409,
    "already_signs": 409,
    "field_conflict": 409,
    "fund_exists": 409,
    "in_flight": 409,
    "irreversible_effect": 409,
    "message_not_awaited": 409,
    "name_taken": 409,
    "too_many_filters": 409,
    "nobody_found": 409,
    "notice_over": 409,
    "no_longer_asked": 409,
    "nothing_ready": 409,
    "offset_differs": 409,
    "old_version": 409,
    "reply_differs": 409,
    "second_factor_there": 409,
    "no_list": 409,
    "no_such_target": 409,
    "cannot_migrate": 409,
    "proxy_overlaps": 409,
    "somebody_acted": 409,
    "suspended": 409,
    "too_few_signers": 409,
    "too_late": 409,
    "vote_is_final": 409,
    "votes_are_counted": 409,
    "waits_for_advice": 409,
    # The process itself cannot go on; sending again will not help.
    "bad_pattern": 409,
    "condition_failed": 409,
    "expression_failed": 409,
    "impossible_move": 409,
    "invalid_argument": 409,
    "letter": 409,
    "loop_failed": 409,
    "never_rests": 409,
    "no_such_work": 409,
    "no_way_out": 409,
    "not_reserved": 409,
    "notice_still_open": 409,
    "uncaught_error": 409,
    # What was sent does not hold.
    "bad_upload": 422,
    "change_refused": 422,
    "bad_archive": 422,
    "facts_as_text": 422,
    "why_required": 422,
    "bad_path": 422,
    "bad_process_name": 422,
    "cannot_share": 422,
    "draft_too_large": 422,
    "no_preview": 422,
    "not_whole": 422,
    "too_many_uploads": 422,
    "bank_file": 422,
    "file_too_large": 413,
    "host_refused": 422,
    "idempotency_key_reused": 422,
    "invalid": 422,
    "invalid_form": 422,
    "invalid_objection": 422,
    "invalid_package": 422,
    "unexplained_warnings": 422,
    "merge_refused": 422,
    "not_a_possible_person": 422,
    "not_supported": 422,
    "opinion_required": 422,
    "paid_in_future": 422,
    "reason_required": 422,
    "unit_ended": 422,
    "unknown_outcome": 422,
    "unknown_role": 422,
    "unknown_unit": 422,
    "unreadable_diagram": 422,
    "weak_password": 422,
    "may_not_read": 422,
    "nothing_said": 422,
    "unknown_person": 422,
    "confirmation_required": 422,
    # Not yet: `Retry-After` says when.
    "too_many_attempts": 429,
    "too_soon": 429,
    # Too much at once: again in a moment.
    "busy": 503,
}
#: What is not in the table is our own trouble: a broken key, a damaged file, a foreign database.
_OURS = 500


#: Problems of the process rather than of what was sent: one sentence tells them all.
_STUCK = (
    "bad_pattern",
    "condition_failed",
    "expression_failed",
    "impossible_move",
    "invalid_argument",
    "letter",
    "loop_failed",
    "never_rests",
    "no_such_work",
    "no_way_out",
    "not_reserved",
    "notice_still_open",
    "uncaught_error",
)


class WebProblem(EngineError):
    """A problem of the web's own: sessions, CSRF, throttling, malformed requests."""

    def __init__(self, problem: str, status: int, **parts: object) -> None:
        super().__init__(None, **parts)
        self.problem = problem
        self.status = status


def status_of(error: EngineError) -> int:
    """The HTTP status of an engine error."""
    if isinstance(error, WebProblem):
        return error.status
    return STATUS.get(error.problem, _OURS)


def sentence(problem: str, parts: dict[str, object] | None = None) -> str:
    """What happened and what to do, in the reader's language."""
    known = _sentences()
    text = known.get(problem) or known["internal"]
    why = (parts or {}).get("why")
    if problem == "not_a_possible_person":
        return not_possible().get(str(why), text)
    if problem == "change_refused":
        return refusal(str(why), parts or {})
    if problem == "weak_password":
        return weak().get(str(why), text)
    if problem == "bad_archive":
        return bad_archive(parts or {}).get(str(why), text)
    if problem == "bad_process_name" and (parts or {}).get("taken"):
        return _(
            "There is a process of this name already. Begin a draft from it, or take another name."
        )
    if problem == "provider_refused":
        return not_by_the_provider().get(str(why), text)
    return f"{text} {why}" if isinstance(why, str) and problem == "separation_of_duties" else text


def document(error: EngineError) -> dict[str, Any]:
    """The problem document. Parts that may hold case data stay out of it."""
    body: dict[str, Any] = {
        "type": f"urn:gongban:problem:{error.problem}",
        "title": sentence(error.problem, error.parts),
        "status": status_of(error),
    }
    errors = error.parts.get("errors")
    if isinstance(errors, (list, tuple)):
        body["errors"] = [
            {"path": one.path, "code": one.code, "message": one.message(language())}
            for one in errors
        ]
    faults = error.parts.get("faults")
    if isinstance(faults, (list, tuple)):
        body["errors"] = [
            {"path": "", "code": one.code, "message": one.message(language())} for one in faults
        ]
    if error.problem in ("offset_differs", "not_whole"):
        body["offset"] = error.parts.get("offset")
    reasons = error.parts.get("reasons")
    if error.problem == "cannot_migrate" and isinstance(reasons, list):
        body["reasons"] = [one.as_dict() for one in reasons]
    if error.problem == "field_conflict":
        body["fields"] = error.parts.get("fields")
    again_at = error.parts.get("again_at")
    if isinstance(again_at, datetime):
        body["again_at"] = again_at.isoformat()
    people = error.parts.get("people")
    if error.problem == "may_not_read" and isinstance(people, list):
        body["people"] = people
    for name in ("element", "rule", "outcome", "state"):
        if isinstance(error.parts.get(name), str):
            body[name] = error.parts[name]
    return body


def _sentences() -> dict[str, str]:
    return {
        "not_found": _("There is nothing here, or it is not for you to see."),
        "not_allowed": _("You may not do this."),
        "change_refused": _("This change would break something. Nothing was changed."),
        "separation_of_duties": _("The same person may not do both. Somebody else has to do this."),
        "conflict": _("Somebody else was first. Load the page again to see how things stand."),
        **merging(),
        "draft_conflict": _(
            "Somebody else has saved this file meanwhile. Nothing you wrote is lost; see what they wrote."
        ),
        "draft_gone": _(
            "This draft was discarded more than 30 days ago. It cannot be brought back."
        ),
        "already_proposed": _(
            "This draft waits for consent already. Wait for it, or take the case back."
        ),
        "draft_behind": _(
            "Another version has been put in use since this draft began. Take over what it changed, then propose."
        ),
        "draft_changed": _("The draft was saved again just now. Look at it and propose once more."),
        "scenarios_not_played": _(
            "The stories have not been played for what the draft holds now. Play them, then propose."
        ),
        "stories_given_up": _(
            "The stories could not be played, several times. The draft's page lets it be tried again."
        ),
        "no_consent_process": _(
            "No process is deployed that asks for consent, so nothing can be proposed. An operator has to deploy it."
        ),
        "nobody_to_consent": _(
            "Every administrator has worked on this draft, so nobody can consent. Another has to be named."
        ),
        "not_consented": _("Nobody has agreed who had no hand in it, so nothing was put in use."),
        "nothing_changed": _("This is in use already, to the last letter."),
        "facts_as_text": _(
            "These facts are written in a way that only their text can be changed. Nothing was changed."
        ),
        "why_required": _("Please say what changes and why, in at most 2000 characters."),
        "bad_archive": _("This zip file cannot be taken in."),
        "bad_path": _("A process has no file of this name."),
        "bad_process_name": _(
            "A process is named in small letters, digits and _, with 3 to 40 characters, a letter first."
        ),
        "cannot_share": _("A draft is shared with other administrators who are active."),
        "draft_too_large": _(
            "This is too much: a file has at most 5 MB, a draft at most 300 files and 20 MB."
        ),
        "busy": _("Many people are printing or looking at files just now. Try again in a moment."),
        "offset_differs": _("This piece of the file does not follow what has arrived."),
        "no_preview": _("There is no picture of this file. Save it and open it on your device."),
        "not_whole": _("The file did not arrive whole. Send it again; nothing else was lost."),
        "too_many_uploads": _(
            "Too many files are on their way. Wait for some of them, or cancel them."
        ),
        "already_done": _("This has already been done. Nothing was changed."),
        "already_claimed": _("Somebody else has taken this task."),
        "field_conflict": _(
            "Somebody else changed a field since you opened the form. Compare both values and send again."
        ),
        "old_version": _("The case has changed since you opened the page. Load it again."),
        "in_flight": _("The same request is still being worked on. Wait a moment."),
        "too_late": _("The case has gone too far for this."),
        "irreversible_effect": _("Something in this case can no longer be undone."),
        "nobody_found": _(
            "Too few people hold the role that comes next. An administrator has to fill it first."
        ),
        **dict.fromkeys(
            _STUCK,
            _(
                "The process could not work out how to go on. "
                "Nothing was changed; tell an administrator."
            ),
        ),
        "message_not_awaited": _("The case does not wait for this message now."),
        "suspended": _("The case stands still until an administrator lets it go on."),
        "reason_required": _("Say why; the reason goes into the record."),
        "no_such_target": _(
            "The case cannot be sent there from here. Load the page again to see where it can go."
        ),
        "cannot_migrate": _(
            "The case cannot move to this version. Look at the preview to see why."
        ),
        "somebody_acted": _(
            "Somebody has acted on the case since, so it cannot be taken back any more."
        ),
        "not_a_possible_person": _("This person cannot be given the task. Choose somebody else."),
        "waits_for_advice": _(
            "You have asked somebody for advice on this. Wait for it, or take the question back."
        ),
        "no_list": _("This was given to you alone; there is no list to put it back into."),
        "proxy_overlaps": _(
            "Somebody already stands in at that time. End that first, or choose other days."
        ),
        "being_decided": _(
            "This has just been decided. The decision counts in a few seconds unless it is taken back."
        ),
        "nothing_to_undo": _("There is nothing to take back: the decision counts already."),
        "too_soon": _("This has been done a short while ago. Wait a little before doing it again."),
        "already_signs": _("This person is among the signers already."),
        "no_longer_asked": _("You are no longer asked to sign this. Nothing was changed."),
        "votes_are_counted": _(
            "Votes are counted here: nobody can be asked after you, and nobody added once the result is certain."
        ),
        "vote_is_final": _("A vote that has been cast stands; it cannot be taken back here."),
        "too_few_signers": _("Too few people would be left to sign this."),
        "may_not_read": _(
            "Somebody named here may not read this case. Send a copy as well, or leave the name out."
        ),
        "nothing_said": _(
            "Write between 1 and 2000 characters, or choose between 1 and 10 files. Nothing was sent."
        ),
        "unknown_person": _(
            "Name between 1 and 50 people who belong to the organisation today, other than yourself."
        ),
        "confirmation_required": _(
            "What follows this step cannot be taken back, so it has to be confirmed by itself."
        ),
        "invalid": _("What was sent does not hold."),
        "invalid_form": _("Some fields need another look. Nothing was changed."),
        **dict.fromkeys(
            ("invalid_package", "not_supported", "unreadable_diagram"),
            _("The process package has mistakes and was not accepted."),
        ),
        "policy_broken": _(
            "A policy of the process asks for more before this. Send the case back, so that it goes the whole way."
        ),
        "unexplained_warnings": _(
            "The process package has warnings. Say of each why it may stand, then send once more."
        ),
        "already_objected": _("You have already objected to this notice."),
        "notice_over": _("Objections are taken only from the first to the last day of a notice."),
        "invalid_objection": _(
            "An objection needs your name, a way to reach you, and what you object to."
        ),
        "nothing_ready": _("There is nothing to send, or somebody else has just sent it."),
        "bank_file": _("The bank's file could not be read."),
        "reply_differs": _(
            "The bank's reply to this batch was taken in before, with other results."
        ),
        "paid_in_future": _("The reply names a day of payment that has not come yet."),
        "fund_exists": _("There is already one with this name or number."),
        "file_missing": _("There is nothing here, or it is not for you to see."),
        "unknown_outcome": _("This task does not offer that outcome."),
        "opinion_required": _("Please give your opinion; it is required for this decision."),
        "idempotency_key_reused": _("The same key was sent with another request."),
        "unauthenticated": _("Please sign in first."),
        "csrf": _("The page was open for too long. Load it again and send once more."),
        "too_many_attempts": _("Too many attempts. Wait a while and try again."),
        "login_refused": _("User name or password is wrong."),
        "weak_password": _("This password cannot be taken."),
        "second_factor_required": _(
            "This account also asks for the six digits that your phone shows, or for a recovery code."
        ),
        "code_refused": _(
            "This code is wrong, or has been used. Wait for the next one and type it in."
        ),
        "second_factor_missing": _(
            "Your role asks for a second step at sign-in. Sign in on the pages and set it up there."
        ),
        "second_factor_there": _("The second step is set up already."),
        "new_password_required": _(
            "This password has to be changed first. Sign in on the pages and choose another."
        ),
        "sign_in_over": _("This sign-in took too long. Begin again."),
        "directory_away": _(
            "The directory that checks your password does not answer. Try again in a while."
        ),
        "provider_refused": _("The unified sign-in came to nothing. Begin again."),
        "own_account": _("Nobody changes their own roles or account. Ask another administrator."),
        "unknown_role": _("There is no such role."),
        "unknown_unit": _("There is no such unit."),
        "unit_ended": _("This unit has merged into another one. Choose that one."),
        "merge_refused": _(
            "A unit can merge only into another of its kind that does not stand below it, "
            "and not on a day to come."
        ),
        "name_taken": _("There is already one with this name or number."),
        "too_many_filters": _("You keep 30 lists already. Remove one you no longer need."),
        "malformed": _("The request could not be read."),
        "too_large": _("The file is too large."),
        "file_too_large": _("The file is too large."),
        "bad_upload": _("This file cannot be accepted."),
        "method_not_allowed": _("This cannot be done here."),
        "host_refused": _(
            "A webhook may be at a public address by https, or at a host that the installation lists."
        ),
        "internal": _("Something went wrong on our side. Nothing was changed."),
    }
