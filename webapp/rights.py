"""Rights that do not hang on a case: who administers, audits, pays, and whose figures somebody sees.

Which role has which right is data of the organisation (`processes/_shared/roles.toml`, the `rights`
of a role), so that no role's name stands in this code.
"""

from __future__ import annotations

from engine.actors import Actor
from engine.clock import today
from engine.errors import NotAllowed
from webapp.language import gettext as _
from webapp.requests import current_actor, engine
from webapp.roles import roles


def role_title(role: str, language: str) -> str:
    """The role's name in the reader's language."""
    return str(roles().get(role, {}).get(language, role))


def place_name(place: str) -> str:
    """A unit's name, or its id where the directory has no names."""
    units = getattr(engine().directory, "units", None)
    known = units() if callable(units) else {}
    if place not in known:
        return place
    # A case keeps the place it began at; whoever reads of it should know that it is no more.
    house = engine()
    stands = getattr(known[place], "stands_on", None)
    gone = callable(stands) and not stands(today(house.clock, house.zone))
    return _("formerly %(name)s", name=known[place].name) if gone else str(known[place].name)


def has_right(actor: Actor, right: str) -> bool:
    """True when one of the actor's roles carries the right."""
    return any(
        right in facts.get("rights", ()) and actor.has_role(role) for role, facts in roles().items()
    )


def starts_something(actor: Actor) -> bool:
    """True when at least one active process may be started by the actor."""
    house = engine()
    with house.database.read() as connection:
        return any(
            actor.has_role(role)
            for one in house.catalog.all_active(connection)
            for role in one.manifest.start_roles
        )


def require(right: str) -> Actor:
    """The actor of this request; raise `NotAllowed` without the right."""
    actor = current_actor()
    if not has_right(actor, right):
        raise NotAllowed(right=right)
    return actor


def oversees(actor: Actor) -> bool:
    """True for who sees figures over cases: heads of theirs, administrators and auditors of all."""
    return any(has_right(actor, right) for right in ("oversee", "administer", "audit"))


def overseen_places(actor: Actor) -> frozenset[str] | None:
    """The places whose cases the actor counts, with those that have merged into them; None: all there are.

    Raise `NotAllowed` for who counts none.
    """
    if not oversees(actor):
        raise NotAllowed(right="oversee")
    if has_right(actor, "administer") or has_right(actor, "audit"):
        return None
    directory = engine().directory
    held = {
        directory_key.partition("@")[2]
        for role, facts in roles().items()
        if "oversee" in facts.get("rights", ())
        for directory_key in actor.keys
        if directory_key.startswith(f"{role}@")
    }
    places = directory.all_places()
    below = [place for place in places if not held.isdisjoint(directory.chain(place))]
    if len(below) == len(places):
        return None
    return frozenset(below).union(*(directory.former(place) for place in below))
