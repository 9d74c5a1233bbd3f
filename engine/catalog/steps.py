"""What the diagram says about each user task: who, how many, which outcomes, which form, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.catalog.bpmn import PEOPLE, Diagram, Element
from engine.errors import InvalidPackage, UnknownOutcome
from engine.sign_off import Rule, SignOff


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


#: In place of a role: whoever heads the place, by whichever role that is.
HEAD = "head"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry of `candidates`: the starter, a role (or `head`) at a place, or FEEL for person ids."""

    role: str = ""
    place: str = ""
    expression: str = ""
    starter: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of a task's ladder: what happens by itself at an instant, while the task is open."""

    #: FEEL; `due` is the task's due instant
    at: str
    #: remind, escalate, hand_over or decide
    do: str
    #: whom; empty: those who may act
    to: tuple[Candidate, ...] = ()
    #: of `decide`
    outcome: str = ""


#: `applicant`, `previous` (the step before), `any` (every step passed); empty: from here it cannot.
SEND_BACK = frozenset({"applicant", "previous", "any"})
_CHOICES = {
    "skip_repeated": ("none", "adjacent", "any"),
    "hand_on": ("role", "unit", "anyone", "none"),
}


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
    #: What happens before and after the due instant, in the order of the diagram.
    ladder: tuple[Rung, ...] = ()
    #: Who is asked when nobody is found; empty: the administrators.
    fallback: tuple[Candidate, ...] = ()
    #: Whether who has just agreed is asked again: none, adjacent (the step before), any (earlier step).
    skip_repeated: str = "none"
    #: Where the case may be sent back to from here.
    send_back: frozenset[str] = SEND_BACK
    #: To whom a task may be handed on or given for advice: role, unit, anyone, none.
    hand_on: str = "role"
    #: Who gets a copy when the step is done.
    cc: tuple[Candidate, ...] = ()
    #: Fields of the case that whoever acts only here is not shown.
    hides: frozenset[str] = frozenset()

    def outcome(self, name: str | None) -> Outcome:
        """The named outcome, or the only one; raise `UnknownOutcome`."""
        if name is None and len(self.outcomes) == 1:
            return self.outcomes[0]
        for outcome in self.outcomes:
            if outcome.id == name:
                return outcome
        raise UnknownOutcome(task=self.id, outcome=name)

    def is_final(self, outcome: Outcome) -> bool:
        """True where what follows this outcome cannot be undone: it is confirmed, and not held."""
        return self.irreversible and outcome.kind == "positive"

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


def read_messages(diagram: Diagram) -> dict[str, Step]:
    """Each element that waits for a message, as a step that its senders do."""
    return {
        element.id: Step(
            id=element.id,
            name=element.name or element.id,
            lane=element.lane,
            candidates=read_candidates(element.properties.get("senders", ""), element.id),
            outcomes=(COMPLETE,),
            sign_off=SignOff(),
            form="",
            into=element.properties.get("into", ""),
            due="",
            irreversible=False,
        )
        for element in diagram.elements.values()
        if element.event is not None and element.event.kind == "message"
    }


def _step(element: Element) -> Step:
    properties = element.properties
    sign_off = SignOff.parse(
        cast("Mapping[str, object]", element.extensions.get("signOff", {})), element.id
    )
    return Step(
        id=element.id,
        name=element.name or element.id,
        lane=element.lane,
        candidates=read_candidates(properties.get("candidates", ""), element.id),
        outcomes=_outcomes(cast("Sequence[Any]", element.extensions.get("outcomes", ()))),
        sign_off=sign_off,
        form=properties.get("form", element.id),
        into=properties.get("into", ""),
        due=properties.get("due", ""),
        irreversible=properties.get("irreversible") == "true",
        ladder=_ladder(element),
        fallback=read_candidates(properties.get("fallback", ""), element.id),
        skip_repeated=_choice(element, "skip_repeated", "none"),
        send_back=_send_back(element, sign_off),
        hand_on=_choice(element, "hand_on", "role"),
        cc=read_candidates(properties.get("cc", ""), element.id),
        hides=read_names(properties.get("hides", "")),
    )


def read_names(text: str) -> frozenset[str]:
    """Names in a property, separated by commas."""
    return frozenset(one.strip() for one in text.split(",") if one.strip())


def application_step(element: Element) -> Step:
    """The start event as a step of the applicant, who hands its form in again."""
    return Step(
        id=element.id,
        name=element.name or element.id,
        lane=element.lane,
        candidates=(Candidate(starter=True),),
        outcomes=(COMPLETE,),
        sign_off=SignOff(),
        form=element.id,
        into="",
        due="",
        irreversible=False,
        send_back=frozenset(),
        hand_on="none",
    )


def _ladder(element: Element) -> tuple[Rung, ...]:
    entries = cast("Sequence[Any]", element.extensions.get("ladder", ()))
    return tuple(
        Rung(
            at=entry["at"],
            # Where the word is none of ours, a finding has said so.
            do=entry["do"] or "remind",
            to=read_candidates(entry["to"] or "", element.id),
            outcome=entry["outcome"] or "",
        )
        for entry in entries
    )


def _choice(element: Element, name: str, default: str) -> str:
    value = element.properties.get(name, default)
    if value not in _CHOICES[name]:
        allowed = ", ".join(_CHOICES[name])
        raise InvalidPackage(f"{element.id}: {name} is {value!r}; it may be {allowed}")
    return value


def _send_back(element: Element, sign_off: SignOff) -> frozenset[str]:
    # One voice among several that are counted cannot send the matter away from the others.
    counted = sign_off.rule in (Rule.ANY, Rule.RATIO)
    text = element.properties.get("send_back", "none" if counted else "applicant, previous, any")
    words = frozenset(filter(None, (word.strip() for word in text.split(","))))
    if words == {"none"}:
        return frozenset()
    if not words <= SEND_BACK:
        raise InvalidPackage(
            f"{element.id}: send_back is {text!r}; it may be none, or applicant, previous, any"
        )
    return words


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
