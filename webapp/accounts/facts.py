"""A person's facts, changed one by one: what is sensitive is sealed, and the record does not repeat it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update

from engine.errors import Invalid, NotFound
from engine.sealing import is_sealed
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.people import SEALED_FACTS, announce, record, seal_facts, sealing_place
from webapp.accounts.tables import person
from webapp.settings import is_mail_address


def set_facts(uow: UnitOfWork, person_id: str, facts: Mapping[str, str]) -> list[str]:
    """Set the given facts and leave the others; return the names of those that changed."""
    known = uow.execute(select(person.c.facts).where(person.c.id == person_id)).scalar_one_or_none()
    if known is None:
        raise NotFound(person=person_id)
    if facts.get("email") and not is_mail_address(facts["email"]):
        raise Invalid("This is no e-mail address.")
    changed = {
        name: value
        for name, value in facts.items()
        if _open(uow, person_id, name, known.get(name)) != value
    }
    if changed:
        sealed = seal_facts(uow, person_id, changed)
        kept = {**known, **sealed}
        uow.execute(update(person).where(person.c.id == person_id).values(facts=kept))
        plain = {
            name: None if name in SEALED_FACTS else {"from": known.get(name), "to": value}
            for name, value in changed.items()
        }
        payload = {"facts": sorted(changed), "changes": plain}
        record(uow, person_id, "person.facts_set", {}, payload)
        announce(uow)
    return sorted(changed)


def _open(uow: UnitOfWork, person_id: str, name: str, value: object) -> object:
    # Compared and dropped: nobody is shown it, so this is no look that goes on the record.
    if isinstance(value, str) and is_sealed(value):
        return uow.engine.keyring.open_sealed(value, sealing_place(person_id, name))
    return value
