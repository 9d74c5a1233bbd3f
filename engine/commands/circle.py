"""To whom a task may be handed on, and whom one may ask for advice: the circle a step names.

`role` is the default: those who could have had the task where it stands, and whoever holds the same
role anywhere. Nobody is in the circle whom a separation rule bars from the step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from engine.actors import Actor, Directory
from engine.catalog.steps import HEAD, Step
from engine.commands.access import Separable, check_separation, may_act
from engine.errors import NotAPossiblePerson

if TYPE_CHECKING:
    from engine.engine import Engine

#: As many people a picker shows at once.
MOST_SHOWN = 20


class Placed(Separable, Protocol):
    """A case as far as a circle asks; commands and readers both have it."""

    @property
    def places(self) -> Mapping[str, str]: ...


def may_hand_on(step: Step) -> bool:
    """True when the step has a circle at all; the starter's own step is nobody else's."""
    if step.hand_on == "role":
        return any(not one.starter for one in step.candidates)
    return step.hand_on != "none"


def check_receiver(
    directory: Directory,
    case: Placed,
    step: Step,
    giver: Actor,
    receiver: str,
    *,
    keys: Collection[str] = (),
    advice: bool = False,
) -> None:
    """Raise what forbids giving the task, or with `advice` a question about it, to somebody.

    Advice may be asked of anybody active, unless the step is not handed on at all; but whom a rule
    bars from deciding is not asked either: advice sways the decision.
    """
    if not (step.hand_on != "none" if advice else may_hand_on(step)):
        raise NotAPossiblePerson(element=step.id, person=receiver, why="closed")
    if receiver == giver.id:
        raise NotAPossiblePerson(element=step.id, person=receiver, why="yourself")
    if not directory.is_active(receiver):
        raise NotAPossiblePerson(element=step.id, person=receiver, why="not_active")
    if not advice and not _holds(directory, case, step, giver, receiver, keys):
        raise NotAPossiblePerson(element=step.id, person=receiver, why="not_in_circle")
    check_separation(case, step.id, receiver)


def possible_receivers(
    house: Engine,
    case: Placed,
    step: Step,
    giver: Actor,
    text: str = "",
    *,
    keys: Collection[str] = (),
    without: Collection[str] = (),
    advice: bool = False,
    most: int = MOST_SHOWN,
) -> list[str]:
    """Ids of those who could receive the task (or a question about it), the nearest first.

    `keys` are the task's own, `without` those who have a part in it already, `text` a part of the name.
    """
    directory = house.directory
    if not (step.hand_on != "none" if advice else may_hand_on(step)):
        return []
    near = _everybody if advice or step.hand_on == "anyone" else _UNITS_OR_ROLES[step.hand_on]
    found: dict[str, None] = {}
    for person in near(directory, case, step, giver, keys, text):
        if person == giver.id or person in without or person in found:
            continue
        if text and text.casefold() not in directory.name(person).casefold():
            continue
        if directory.is_active(person) and may_act(case, step.id, person):
            found[person] = None
        if len(found) >= most:
            break
    return list(found)


def _holds(
    directory: Directory,
    case: Placed,
    step: Step,
    giver: Actor,
    person: str,
    keys: Collection[str],
) -> bool:
    if step.hand_on == "anyone":
        return True
    if step.hand_on == "unit":
        return any(
            person in directory.people_at(place) for place in _units(case, step, giver, keys)
        )
    actor = directory.actor(person)
    return any(actor.has_role(role) for role in _roles(step, keys)) or person in _named(
        directory, case, step, keys
    )


def _everybody(
    directory: Directory,
    _case: Placed,
    _step: Step,
    giver: Actor,
    _keys: Collection[str],
    text: str,
) -> Iterator[str]:
    if giver.unit is not None:
        yield from directory.people_at(giver.unit)
    yield from directory.find_people(text)


def _of_units(
    directory: Directory,
    case: Placed,
    step: Step,
    giver: Actor,
    keys: Collection[str],
    _text: str,
) -> Iterator[str]:
    for place in _units(case, step, giver, keys):
        yield from directory.people_at(place)


def _of_roles(
    directory: Directory,
    case: Placed,
    step: Step,
    _giver: Actor,
    keys: Collection[str],
    text: str,
) -> Iterator[str]:
    yield from _named(directory, case, step, keys)
    roles = _roles(step, keys)
    for place in _places(case, step, keys):
        for role in roles:
            yield from directory.holders(role, place)
    for role in roles:
        yield from directory.find_people(text, role)


_UNITS_OR_ROLES = {"unit": _of_units, "role": _of_roles}


def _units(case: Placed, step: Step, giver: Actor, keys: Iterable[str]) -> list[str]:
    """The giver's own unit and the places the task is for."""
    own = [giver.unit] if giver.unit is not None else []
    return list(dict.fromkeys([*own, *_places(case, step, keys)]))


def _places(case: Placed, step: Step, keys: Iterable[str]) -> list[str]:
    named = [case.places[one.place] for one in step.candidates if one.place in case.places]
    held = [key.partition("@")[2] for key in keys if not key.startswith("person:")]
    return list(dict.fromkeys([*named, *held]))


def _roles(step: Step, keys: Iterable[str]) -> list[str]:
    named = [one.role for one in step.candidates if one.role and one.role != HEAD]
    held = [key.partition("@")[0] for key in keys if not key.startswith("person:")]
    return list(dict.fromkeys([*named, *held]))


def _named(directory: Directory, case: Placed, step: Step, keys: Iterable[str]) -> list[str]:
    """Those the task names as persons, and where it is for a head, the heads up to the top."""
    people = [key.removeprefix("person:") for key in keys if key.startswith("person:")]
    for one in step.candidates:
        if one.role == HEAD and one.place in case.places:
            for place in directory.chain(case.places[one.place]):
                people += directory.heads(place)
    return list(dict.fromkeys(people))
