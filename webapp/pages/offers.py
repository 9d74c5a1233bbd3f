"""What the verbs of the pages are made from: an offer to one reader, the row of a verb, the fields of a dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from engine.actors import Actor
from engine.catalog.steps import Step
from engine.commands.delegate import MAX_TEXT
from engine.engine import Engine
from engine.queries.case import CaseView, TaskView
from engine.store.unit_of_work import UnitOfWork
from webapp.views.people import person


@dataclass(frozen=True, slots=True)
class Offer:
    """What a dialog is made from: a task as one reader sees it."""

    house: Engine
    connection: Connection
    case: CaseView
    task: TaskView
    actor: Actor

    @property
    def step(self) -> Step:
        """The task's step."""
        return self.case.definition.steps[self.task.element]


Fields = list[dict[str, Any]]
Sent = MultiDict[str, str]


def no_fields(_offer: Offer) -> Fields:
    """A dialog that only asks whether it is meant."""
    return []


def silent() -> str:
    """Nothing to say: the page shows it."""
    return ""


@dataclass(frozen=True, slots=True)
class PageVerb:
    """One verb: its button, its dialog, its command and what is said afterwards."""

    label: Callable[[], str]
    #: Runs the engine's command with what the dialog sent.
    run: Callable[[UnitOfWork, str, Sent], object]
    #: What the page says when it is done; nothing where the page shows it anyway.
    said: Callable[[], str] = silent
    fields: Callable[[Offer], Fields] = no_fields
    help: Callable[[], str] = silent
    danger: bool = False
    #: True: the task's page comes back; False: the list, because the task is no longer the caller's.
    stays: bool = False
    #: False for verbs that have a button of their own in the template.
    dialog: bool = True


def person_field(house: Engine, label: str, people: Iterable[str], name: str = "to") -> Any:
    """One person out of a list."""
    return {
        "name": name,
        "label": label,
        "type": "person",
        "required": True,
        "options": person_options(house, people),
    }


def person_options(house: Engine, people: Iterable[str]) -> list[dict[str, str]]:
    """People as options: name and unit."""
    facts = [person(house, one) for one in people]
    return [{"value": one["id"], "label": one["name"], "note": one["unit"]} for one in facts]


def text_field(name: str, label: str, *, required: bool = True, most: int = MAX_TEXT) -> Any:
    """Some lines of text."""
    return {"name": name, "label": label, "type": "textarea", "required": required, "max": most}


def choice_field(
    name: str, label: str, options: list[dict[str, Any]], *, help: str = "", select: bool = False
) -> Any:
    """One of a few; the first is chosen, unless it is a list to unfold with more than that."""
    only = {"value": options[0]["value"]} if select and len(options) == 1 else {}
    return {
        **only,
        "name": name,
        "label": label,
        "type": "select" if select else "choice",
        "required": True,
        "options": options,
        "help": help,
    }


def keep_sent(forms: Iterable[dict[str, Any]], verb: str, sent: Sent, problem: str) -> None:
    """Unfold the form that did not hold, with what is wrong and everything that was typed."""
    for form in forms:
        if form["id"] != verb:
            continue
        form["problem"] = problem
        for field in form["fields"]:
            # Read again each time: the tick stands for what the page says now.
            if field["name"] != "sure":
                field["sent"] = sent.getlist(field["name"])
