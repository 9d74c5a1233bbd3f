"""What a scenario needs of the studio: a draft that was proposed, and a version that came in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.check import unexplained
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.engine import Engine
from engine.store.tables import proposal
from engine.studio.beginning import begin_new, new_package
from engine.studio.drafts import share_draft
from engine.studio.proposals import prepare_draft, propose
from engine.studio.writing import save_file
from schemas.reason import Reason


def propose_new(engine: Engine, person: str, facts: Mapping[str, Any]) -> str:
    """Draft a small new process, let others write in it, propose it; return the case that asks for consent."""
    actor = engine.directory.actor(person)
    with engine.command(actor) as uow:
        draft = begin_new(uow, facts["name"])
        for other in facts.get("edited_by") or ():
            share_draft(uow, draft, other, edits=True)
        uow.commit()
    for number, other in enumerate(facts.get("edited_by") or (), start=1):
        with engine.command(engine.directory.actor(other)) as uow:
            save_file(uow, draft, "README.md", other.encode(), number)
            uow.commit()
    prepared = prepare_draft(engine, actor, draft)
    # A scenario is of the consent, not of what the small process is warned about.
    reasons = [
        Reason(one.rule, one.element, one.file, "-") for one in unexplained(prepared.findings)
    ]
    with engine.command(actor) as uow:
        made = propose(uow, prepared, why=facts["why"], reasons=reasons)
        uow.commit()
    with engine.database.read() as connection:
        found: str = connection.execute(
            select(proposal.c.instance_id).where(proposal.c.id == made)
        ).scalar_one()
    return found


def deploy_another(engine: Engine, name: str, title: str) -> None:
    """Deploy the small process under another title, as an operator does from a folder."""
    package = new_package(name)
    facts = package.files["process.toml"].decode()
    line = next(one for one in facts.splitlines() if one.startswith("title = "))
    changed = facts.replace(line, f'title = "{title}"').encode()
    with engine.command(SYSTEM) as uow:
        deploy(uow, Package({**package.files, "process.toml": changed}))
        uow.commit()
