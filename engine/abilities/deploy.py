"""Deploying what was proposed and agreed to: exactly that, and only while nothing has come in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select, update

from engine.abilities import arguments
from engine.abilities.base import Answer, Call, Done, Failed
from engine.catalog.check import check, refuse_errors
from engine.catalog.package import Package
from engine.catalog.versions import STUDIO, deploy
from engine.errors import Conflict, InvalidPackage
from engine.how_decided import PERSON, PROXY
from engine.store.case import Case
from engine.store.tables import definition, package_draft, proposal
from engine.store.unit_of_work import UnitOfWork
from engine.studio.candidates import candidate_package
from engine.studio.proposals import DEPLOY, reasons_in

#: What a boundary event catches: nothing was deployed, `deploy_problem` says why.
REFUSED = "refused"
#: Another version has been put in use since; the candidate does not pass the check any more.
OVERTAKEN, INVALID, UNKNOWN = "overtaken", "invalid", "unknown"


class NotConsented(Conflict):
    """A case deploys only what was proposed with it, and only after somebody else has agreed."""

    problem = "not_consented"


class Deploy:
    """`definition.deploy`: make the case's candidate the version that new cases begin on."""

    sets_aside = False

    def run(self, call: Call) -> Answer:
        """Deploy the candidate that was proposed with this very case."""
        uow = call.uow
        candidate = arguments.text(call, "candidate", 64)
        row = uow.execute(
            select(proposal)
            .where(
                proposal.c.instance_id == call.case.id,
                proposal.c.candidate_id == candidate,
                proposal.c.state == "waiting",
            )
            .with_for_update()
        ).one_or_none()
        if row is None:
            # Whoever begins such a case by hand deploys nothing with it.
            return Failed(REFUSED, {"deploy_problem": UNKNOWN})
        consenting = self._consenting(uow, call.case, row)
        package = candidate_package(uow.connection, candidate)
        if self._in_use(uow, package) != row.base_id:
            return self._refuse(call, row, OVERTAKEN)
        try:
            refuse_errors(package, check(package, shared=uow.engine.shared))
        except InvalidPackage:
            return self._refuse(call, row, INVALID)
        made, _new = deploy(
            uow,
            package,
            reasons=reasons_in(row.warnings),
            origin=STUDIO,
            base=row.base_id,
            by=consenting[-1],
            consent={
                "proposed_by": row.proposed_by,
                "consented_by": consenting,
                "authors": row.editors,
                "why": row.why,
                "case": call.case.id,
                "candidate": candidate,
            },
        )
        self._settle(uow, row, "deployed", consenting[-1])
        if row.draft_id is not None:
            # The draft goes on from what is in use now.
            uow.execute(
                update(package_draft).where(package_draft.c.id == row.draft_id).values(base_id=made)
            )
            subject = {"proposal": row.id, "candidate": candidate, "case": call.case.id}
            uow.record_in(f"draft:{row.draft_id}", "studio.deployed", subject, {"definition": made})
        call.leave_effect(DEPLOY, "irreversible", made)
        version = uow.execute(
            select(definition.c.version).where(definition.c.id == made)
        ).scalar_one()
        return Done({"definition": made, "version": version})

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """Cases may run on it already: what was before is proposed again, like any change."""

    def _consenting(self, uow: UnitOfWork, case: Case, row: Row[Any]) -> list[str]:
        """Administrators who agreed in this case and had no hand in the draft; raise `NotConsented` without any.

        The process sees to it already; a version of it that does not must not deploy anything.
        """
        directory = uow.engine.directory
        own = {row.proposed_by, *row.editors}
        found = [
            person
            for element, who in case.participants.items()
            if self._agreed(case, element, who)
            for person in who["people"]
            if person not in own and directory.actor(person).administers
        ]
        if not found:
            raise NotConsented(instance=case.id)
        return list(dict.fromkeys(found))

    def _agreed(self, case: Case, element: str, who: Mapping[str, Any]) -> bool:
        step = case.definition.steps.get(element)
        outcome = who.get("outcome")
        return (
            step is not None
            and outcome is not None
            and who.get("how", PERSON) in (PERSON, PROXY)
            and any(one.id == outcome and one.kind == "positive" for one in step.outcomes)
        )

    def _in_use(self, uow: UnitOfWork, package: Package) -> str | None:
        of_key = definition.c.key == package.manifest.id
        found: str | None = uow.execute(
            select(definition.c.id).where(of_key, definition.c.active.is_(True)).with_for_update()
        ).scalar_one_or_none()
        return found

    def _refuse(self, call: Call, row: Row[Any], why: str) -> Failed:
        self._settle(call.uow, row, why, None)
        return Failed(REFUSED, {"deploy_problem": why})

    def _settle(self, uow: UnitOfWork, row: Row[Any], state: str, by: str | None) -> None:
        uow.execute(
            update(proposal)
            .where(proposal.c.id == row.id)
            .values(state=state, decided_by=by, decided_at=uow.now)
        )
