"""What a notification says: one sentence per kind, made when it is shown or sent, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from engine.actors import SYSTEM
from engine.engine import Engine
from engine.notifications.parcels import Line
from engine.queries.notifications import MOST_COUNTED
from webapp.language import Gettext
from webapp.notify.wording import fill, wording_of

#: What a kind is called in a list of choices, and its sentence.
Words = tuple[str, str]
#: Numbers that a sentence may name.
COUNTS = ("unable", "lying", "new")


def words(_: Gettext) -> dict[str, Words]:
    """Kind → its name and its sentence; `who` and `case` are filled in."""
    return {
        "task_opened": (_("A new task"), _("“%(case)s” waits for you")),
        "returned": (_("A case is sent back"), _("%(who)s sent “%(case)s” back")),
        "taken_back": (
            _("A decision is taken back"),
            _("%(who)s took “%(case)s” back to decide again"),
        ),
        "handed_to_you": (_("A task is handed to you"), _("%(who)s handed “%(case)s” to you")),
        "handed_over": (
            _("A task is handed over"),
            _("“%(case)s” was handed over to you"),
        ),
        "advice_asked": (_("Your advice is asked"), _("%(who)s asks your advice on “%(case)s”")),
        "advice_given": (
            _("Your request for advice is answered"),
            _("%(who)s gave advice on “%(case)s”"),
        ),
        "signer_added": (
            _("You are added as a signer"),
            _("%(who)s added you to those who sign “%(case)s”"),
        ),
        "copied": (_("A case is copied to you"), _("%(who)s copied “%(case)s” to you")),
        "mentioned": (_("You are mentioned"), _("%(who)s mentioned you in “%(case)s”")),
        "commented": (_("A new remark"), _("%(who)s left a remark on “%(case)s”")),
        "attached": (_("New files"), _("%(who)s added files to “%(case)s”")),
        "urged": (_("You are urged"), _("%(who)s urges you to deal with “%(case)s”")),
        "urge_escalated": (
            _("Urging without effect"),
            _("“%(case)s” has been urged several times and still waits"),
        ),
        "reminder": (_("A deadline reminder"), _("Reminder: “%(case)s” still waits for you")),
        "escalated": (
            _("An overdue task is passed up"),
            _("“%(case)s” was not dealt with in time and has come to you"),
        ),
        "decided_by_timeout": (
            _("A decision because time ran out"),
            _("The time for “%(case)s” was over: it was decided automatically"),
        ),
        "decision_dropped": (
            _("A decision could not count"),
            _("Your decision on “%(case)s” does not count: %(why)s. What you wrote is kept"),
        ),
        "case_ended": (_("Your case has ended"), _("“%(case)s” has ended")),
        "suspended": (_("A case is suspended"), _("%(who)s suspended “%(case)s”")),
        "resumed": (_("A case is resumed"), _("%(who)s resumed “%(case)s”")),
        "terminated": (_("A case is ended early"), _("%(who)s ended “%(case)s” early")),
        "corrected": (_("Data have been corrected"), _("%(who)s corrected data of “%(case)s”")),
        "proxy_set": (_("A new proxy"), _("%(who)s set up a proxy that concerns you")),
        "proxy_ended": (_("A proxy has ended"), _("A proxy that concerns you has ended")),
        "advice_recalled": (
            _("A request for advice is withdrawn"),
            _("Advice on “%(case)s” is no longer waited for"),
        ),
        "applicant_left": (
            _("An applicant has left"),
            _("The applicant of “%(case)s” has left; somebody else acts for them"),
        ),
        "nobody_found": (_("Nobody can act"), _("Nobody can do the next step of “%(case)s”")),
        "found_stuck": (
            _("Cases are stuck"),
            _(
                "Nobody can do: %(unable)s; lie too long: %(lying)s; "
                "new since the look before: %(new)s"
            ),
        ),
        "test": (_("A test"), _("This is a test: the webhook works")),
    }


@dataclass(frozen=True, slots=True)
class Said:
    """A notification in words."""

    text: str
    step: str
    #: The page to open, below the house's address; empty where there is none.
    path: str


def say(engine: Engine, line: Line, language: str, _: Gettext, *, discreet: bool = False) -> Said:
    """The sentence of a notification.

    `discreet`: the case is named by its process and number. A title names the applicant, and what
    a robot writes is read by a room.
    """
    by = line.facts.get("by")
    by_person = isinstance(by, str) and by != SYSTEM.id
    who = engine.directory.name(str(by)) if by_person else _("The system")
    definition = engine.catalog.get(line.definition_id) if line.definition_id else None
    case = line.title or ""
    if definition is not None and discreet:
        case = definition.text(definition.title, language)
    named = f"{case} {line.number}" if line.number else case
    own = wording_of(engine, line.kind, language)
    sentence = words(_).get(line.kind, ("", _("Something happened in “%(case)s”")))[1]
    element = line.element or line.facts.get("step")
    step = ""
    if definition is not None and isinstance(element, str) and element in definition.steps:
        step = definition.text(definition.steps[element].name, language)
    why = _why_dropped(_, str(line.facts.get("why"))) if line.kind == "decision_dropped" else ""
    values = {"who": one_line(who), "case": one_line(named), "why": why}
    values |= {name: str(line.facts.get(name, 0)) for name in COUNTS}
    text = fill(own, values) if own is not None else sentence % values
    return Said(text, one_line(step), path_of(line))


def _why_dropped(_: Gettext, problem: str) -> str:
    """Why a decision that was held could not count, as a part of a sentence."""
    known = {
        "suspended": _("the case stands still"),
        "already_done": _("the step was finished in the meantime"),
        "field_conflict": _("somebody changed what you had filled in"),
        "invalid_form": _("the form no longer holds"),
        **dict.fromkeys(
            ("not_found", "not_allowed", "no_longer_asked", "separation_of_duties"),
            _("it is no longer yours to decide"),
        ),
    }
    return known.get(problem) or _("the case had changed")


def path_of(line: Line) -> str:
    """The page of what it is about: the task while it is open, else the case, or a list of many."""
    if line.kind == "found_stuck":
        return "/admin/stuck"
    if line.task_id and line.task_state == "open":
        return f"/tasks/{line.task_id}"
    return f"/cases/{line.instance_id}" if line.instance_id else ""


def one_line(text: str) -> str:
    """A text without line breaks: it goes into headers and into lines of lists."""
    return " ".join(text.split())


def bell(number: int) -> str:
    """A count of unread notifications, exact to 99; nothing for none."""
    if number > MOST_COUNTED:
        return f"{MOST_COUNTED}+"
    return str(number) if number else ""


def label(_: Gettext, kind: str) -> str:
    """What a kind is called."""
    return words(_).get(kind, (kind, ""))[0]
