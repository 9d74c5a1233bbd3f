"""Who would be next, in the reader's words: names, or a role's title where many hold it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection

from engine.actors import Actor
from engine.catalog.definition import Definition
from engine.commands.votes import outcomes_offered
from engine.engine import Engine
from engine.errors import EngineError
from engine.queries.case import CaseView, TaskView
from engine.queries.route import Ahead, certain_first, preview_start, preview_task
from webapp.language import gettext as _
from webapp.language import language
from webapp.rights import role_title

#: More people than these and the role's title says it better.
_MOST_NAMES = 3
#: A task with more outcomes than these shows what follows the first agreeing one only.
_MOST_OUTCOMES = 4


def who(engine: Engine, keys: tuple[str, ...]) -> list[str]:
    """Names of those who hold the keys today; a role's title where they are many, or none."""
    found: list[str] = []
    for key in keys:
        if key.startswith("person:"):
            found.append(engine.directory.name(key.removeprefix("person:")))
            continue
        role, _at, place = key.partition("@")
        holders = engine.directory.holders(role, place)
        if 0 < len(holders) <= _MOST_NAMES:
            found += [engine.directory.name(one) for one in holders]
        else:
            found.append(role_title(role, language()))
    return list(dict.fromkeys(found))


def steps(engine: Engine, definition: Definition, ahead: list[Ahead]) -> list[dict[str, Any]]:
    """What lies ahead, for programs."""
    return [
        {
            "element": one.element,
            "name": definition.text(one.name, language()),
            "who": who(engine, one.keys),
            "because": [definition.text(text, language()) for text in one.because],
            "certain": one.certain,
            "fallback": one.fallback,
            "repeated": one.repeated,
            "ends": one.ends,
        }
        for one in ahead
    ]


def line_of_start(
    engine: Engine, connection: Connection, actor: Actor, definition: Definition, form: object
) -> str | None:
    """The sentence beside the button that sends an application."""
    ahead = _quietly(partial(preview_start, engine, connection, actor, definition, form))
    text = _text(engine, definition, ahead)
    return _("Next: %(steps)s", steps=text) if text else None


def line_of_task(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    case: CaseView,
    task: TaskView,
    form: object,
) -> str | None:
    """The sentence beside a task's buttons: what each outcome would lead to."""
    step = case.definition.steps[task.element]
    outcomes = outcomes_offered(step, signing=task.tally is not None, leads=task.led_by(actor.id))
    if task.tally is not None or len(outcomes) > _MOST_OUTCOMES:
        outcomes = [one for one in outcomes if one.kind == "positive"][:1]
    told: dict[str, str] = {}
    for outcome in outcomes:
        ahead = _quietly(
            partial(preview_task, engine, connection, actor, task.id, outcome.id, form)
        )
        text = _text(engine, case.definition, ahead)
        if text:
            told[case.definition.text(outcome.label, language())] = text
    if len(step.outcomes) == 1 or len(set(told.values())) == 1:
        # Whatever is decided, it goes on the same way.
        return next((_("Next: %(steps)s", steps=text) for text in told.values()), None)
    separator = "; " if language() == "en" else "；"
    lines = [
        _("after “%(outcome)s”: %(steps)s", outcome=label, steps=text)
        for label, text in told.items()
    ]
    return _("Next, %(steps)s", steps=separator.join(lines)) if lines else None


def _text(engine: Engine, definition: Definition, ahead: list[Ahead]) -> str:
    comma = ", " if language() == "en" else "、"
    parts = []
    for one in certain_first(ahead):
        name = definition.text(one.name, language())
        people = comma.join(who(engine, one.keys)[:5])
        if one.ends:
            parts.append(_("the case ends: %(how)s", how=name))
        elif one.repeated:
            parts.append(_("%(step)s (agreed already)", step=name))
        elif people:
            parts.append(_("%(step)s (%(people)s)", step=name, people=people))
        else:
            parts.append(name)
    return comma.join(parts)


def _quietly(look: Callable[[], list[Ahead]]) -> list[Ahead]:
    """A page is shown even where nothing can be said of what follows."""
    try:
        return look()
    except EngineError:
        return []
