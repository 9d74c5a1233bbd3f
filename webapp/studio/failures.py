"""Why a story did not come out, in the reader's language."""

from __future__ import annotations

from engine.testing.refusals import Failure
from schemas.finding import Finding
from webapp.language import gettext as _
from webapp.language import language
from webapp.problems import sentence


def failure_said(failure: Failure) -> str:
    """What is wrong, and at which step."""
    if language() == "en":
        return str(failure)
    said = _sentences()[failure.kind].format(**_spoken(failure))
    if not failure.step:
        return said
    return _(
        "Step %(number)s (%(doing)s): %(said)s", number=failure.step, doing=failure.doing, said=said
    )


def failure_of(finding: Finding) -> Failure | None:
    """The failure that a finding of a played story tells of."""
    parts = dict(finding.parts)
    if finding.rule != "scenario_failed" or "kind" not in parts:
        return None
    kind, step, doing = parts.pop("kind"), parts.pop("step"), parts.pop("doing")
    return Failure(kind, parts, int(step), doing)


def _spoken(failure: Failure) -> dict[str, str]:
    parts = dict(failure.parts)
    if "fields_zh" in parts:
        parts["fields"] = parts["fields_zh"]
    for name in ("problem", "wanted"):
        if name in parts and failure.kind in ("problem", "wrong_refusal", "not_refused"):
            parts[name] = _problem(parts[name])
    states = {
        "active": _("under way"),
        "completed": _("completed"),
        "withdrawn": _("withdrawn"),
        "terminated": _("terminated"),
    }
    if failure.kind in ("case_state", "state"):
        parts |= {
            name: states.get(parts[name].strip("'"), parts[name]) for name in ("found", "wanted")
        }
    return parts


def _problem(code: str) -> str:
    """A problem in words; a story may name one there is not."""
    said = sentence(code)
    return code if said == sentence("internal") else said


def _sentences() -> dict[str, str]:
    return {
        "case_state": _("the case is {found}, not {wanted}; open: {open}"),
        "open": _("open tasks are {found}, not {wanted}"),
        "state": _("the case is {found}, not {wanted}"),
        "told": _("people were told {found}, not {wanted}"),
        "end_event": _("end event is {found}, not {wanted}"),
        "fund": _("{account} of fund {fund} is {found}, not {wanted}"),
        "notices": _("notices are {found}, not {wanted}"),
        "letters": _("letters are {found}, not {wanted}"),
        "field": _("{path} is {found}, not {wanted}"),
        "sealed": _("{path} is still sealed"),
        "form": "{fields}",
        "problem": "{problem}",
        "wrong_refusal": _("it is refused, but for another reason: {problem} (expected: {wanted})"),
        "not_refused": _("it is not refused as expected: {wanted}"),
        "no_open_task": _("no open task {element}; open: {open}"),
        "nobody_finished": _("nobody has finished {element}"),
        "job_failed": _("the work of {element} failed: {text}"),
        "no_case": _("the story begins no case"),
        "unknown_step": _("unknown step {word}"),
        "cannot_wait": _("cannot wait {text}"),
        "bank_word": _("the bank answers paid or returned, not {found}"),
        "no_payment": _("no payment is ready for the bank"),
        "no_notice": _("the case has no open notice"),
        "broken_off": _("is broken off after {seconds} seconds"),
        "no_scenario": _("this is no story: {text}"),
        "internal": _("it could not be played: {text}"),
    }
