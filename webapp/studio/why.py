"""Why a case cannot move to another version, and what will be different, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from engine.catalog.definition import Definition
from engine.migrating.reasons import Reason
from webapp.language import gettext as _
from webapp.language import language
from webapp.requests import engine


def sentence_of(one: Reason, old: Definition, new: Definition) -> str:
    """One reason or note as a sentence."""
    facts = {
        "step": name_of(one.element, new, old),
        "field": str(one.facts.get("field", "")),
        "says": str(one.facts.get("says", "")),
        "who": _person(str(one.facts.get("person", ""))),
    }
    told = {**_REASONS, **_NOTES}.get(one.why)
    return told(facts) if told else one.why


def name_of(element: str, *definitions: Definition) -> str:
    """What an element is called, in the first of the versions that has it."""
    for definition in definitions:
        found = definition.diagram.elements.get(element)
        if found is not None:
            return definition.text(found.name or found.id, language())
    return element


def _person(who: str) -> str:
    return engine().directory.name(who) if who else ""


Told = Callable[[dict[str, str]], str]

_REASONS: dict[str, Told] = {
    "not_running": lambda _f: _("The case has ended."),
    "other_version": lambda _f: _("The case is on another version already."),
    "own_case": lambda _f: _(
        "It is your own case, or you have acted in it. Another administrator has to move it."
    ),
    "element_gone": lambda f: _(
        "The case stands at “%(step)s”, and the new version has nothing for it.", **f
    ),
    "other_kind": lambda f: _(
        "The case stands at “%(step)s”, which is another kind of step in the new version.", **f
    ),
    "other_scope": lambda f: _(
        "“%(step)s” lies in another sub-process in the new version than where the case stands.", **f
    ),
    "join_changed": lambda f: _(
        "A branch has arrived at the join “%(step)s” by a way that does not lead there any more.",
        **f,
    ),
    "join_complete": lambda f: _(
        "Everything the join “%(step)s” waits for in the new version has arrived already; it would wait for ever.",
        **f,
    ),
    "awaited_changed": lambda f: _(
        "At “%(step)s” the new version waits for other events than the case does.", **f
    ),
    "loop_changed": lambda f: _(
        "“%(step)s” is being done several times, and the new version counts them otherwise.", **f
    ),
    "nobody_to_ask": lambda f: _("Nobody holds the role that signs “%(step)s” now.", **f),
    "votes_exist": lambda f: _(
        "Votes have been cast at “%(step)s”, and the new version counts them by another rule.", **f
    ),
    "signers_added": lambda f: _(
        "Signers were added at “%(step)s”, and the new version has another rule there.", **f
    ),
    "advice_pending": lambda f: _(
        "“%(step)s” would begin anew while somebody is still asked for advice on it.", **f
    ),
    "decision_held": lambda _f: _(
        "A decision in the case counts in a few seconds. Try again in a minute."
    ),
    "ability_at_work": lambda f: _(
        "“%(step)s” waits for an answer from outside, and does something else in the new version.",
        **f,
    ),
    "field_type": lambda f: _(
        "The case holds a value in “%(field)s” that the new version's form cannot take.", **f
    ),
    "separation": lambda f: _(
        "%(who)s has done both of what a rule of the new version wants done by two people. %(says)s",
        **f,
    ),
    "policy": lambda f: _(
        "A policy of the new version wants something done before that the case has not done. %(says)s",
        **f,
    ),
    "expression": lambda f: _(
        "Something the new version computes at “%(step)s” cannot be computed for this case.", **f
    ),
    "would_move": lambda _f: _("In the new version the case would go on by itself at once."),
    "cannot_end": lambda _f: _(
        "From where it stands, the case could not be shown able to reach an end in the new version."
    ),
    "does_not_fit": lambda _f: _("Where the case stands does not fit the new version."),
    "moved_since": lambda _f: _(
        "Something has happened in the case since, so it was not put back."
    ),
}

_NOTES: dict[str, Told] = {
    "due_moves": lambda f: _(
        "The deadline of “%(step)s” is computed anew, from when the step was opened.", **f
    ),
    "timer_moves": lambda f: _("The timer “%(step)s” is computed anew, from when it was set.", **f),
    "timer_ends": lambda f: _(
        "The timer “%(step)s” ends; the new version does not have it there.", **f
    ),
    "timer_begins": lambda f: _("The timer “%(step)s” begins, and counts from today.", **f),
    "asked_anew": lambda f: _("“%(step)s” goes to those the new version names.", **f),
    "begins_anew": lambda f: _("The sign-off “%(step)s” begins anew; nobody has voted yet.", **f),
    "keeps_holder": lambda f: _("“%(step)s” stays with those who have it now.", **f),
    "walks_back": lambda _f: _(
        "Once handed in again, the case walks the way instead of going straight back."
    ),
    "draft_kept": lambda f: _(
        "Something is typed in at “%(step)s” already; the form is another one.", **f
    ),
}
