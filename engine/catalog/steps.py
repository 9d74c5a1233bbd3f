"""What the diagram says about each user task: who, how many, which outcomes, which form, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.catalog.bpmn import PEOPLE, Diagram, Element
from engine.errors import InvalidPackage, UnknownOutcome
from engine.sign_off import SignOff


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way a task can end."""

    id: str
    label: str
    #: positive, negative, abstain or neutral
    kind: str
    opinion_required: bool
    #: False: the form is kept as far as it is well-formed, nothing required is asked for.
    validated: bool


COMPLETE = Outcome("complete", "完成", "positive", False, True)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry of `candidates`: the starter, a role at a place, or FEEL for person ids."""

    role: str = ""
    place: str = ""
    expression: str = ""
    starter: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """The facts of one user task."""

    id: str
    name: str
    lane: str
    candidates: tuple[Candidate, ...]
    outcomes: tuple[Outcome, ...]
    sign_off: SignOff
    form: str
    into: str
    due: str
    irreversible: bool

    def outcome(self, name: str | None) -> Outcome:
        """The named outcome, or the only one; raise `UnknownOutcome`."""
        if name is None and len(self.outcomes) == 1:
            return self.outcomes[0]
        for outcome in self.outcomes:
            if outcome.id == name:
                return outcome
        raise UnknownOutcome(task=self.id, outcome=name)

    def first(self, kind: str) -> Outcome:
        """The first outcome of a kind: what a sign-off's verdict is called."""
        for outcome in self.outcomes:
            if outcome.kind == kind:
                return outcome
        raise InvalidPackage(f"{self.id}: no outcome is {kind}, so its sign-off cannot end so")


def read_steps(diagram: Diagram) -> dict[str, Step]:
    """The steps of a diagram by element id; raise `InvalidPackage` naming the element."""
    return {
        element.id: _step(element)
        for element in diagram.elements.values()
        if element.kind in PEOPLE
    }


def _step(element: Element) -> Step:
    properties = element.properties
    attributes = cast("Mapping[str, object]", element.extensions.get("signOff", {}))
    return Step(
        id=element.id,
        name=element.name or element.id,
        lane=element.lane,
        candidates=read_candidates(properties.get("candidates", ""), element.id),
        outcomes=_outcomes(cast("Sequence[Any]", element.extensions.get("outcomes", ()))),
        sign_off=SignOff.parse(attributes, element.id),
        form=properties.get("form", element.id),
        into=properties.get("into", ""),
        due=properties.get("due", ""),
        irreversible=properties.get("irreversible") == "true",
    )


def _outcomes(entries: Sequence[Mapping[str, Any]]) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(
            id=entry["id"],
            label=entry["label"],
            kind=entry["kind"],
            opinion_required=entry["opinion"] == "required",
            validated=entry["form"] != "not_validated",
        )
        for entry in entries
    ) or (COMPLETE,)


def read_candidates(text: str, element: str) -> tuple[Candidate, ...]:
    """Read `starter, role @ place, = FEEL`. FEEL may hold commas, so it takes the rest of the text."""
    text = text.strip()
    if text.startswith("="):
        return (Candidate(expression=text[1:].strip()),)
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if part == "starter":
            found.append(Candidate(starter=True))
            continue
        role, at, place = (piece.strip() for piece in part.partition("@"))
        if not at or not role or not place:
            raise InvalidPackage(
                f"{element}: candidates {part!r} must be 'starter', 'role @ place' or '= FEEL'"
            )
        found.append(Candidate(role=role, place=place))
    return tuple(found)
