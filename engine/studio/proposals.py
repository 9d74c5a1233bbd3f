"""Proposing what a draft holds: frozen, checked once more, and put before another administrator.

Which process asks for the consent is data: the active one whose diagram calls the ability that deploys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from engine.actors import Actor
from engine.catalog.accepted import reasons_of
from engine.catalog.check import explained, refuse_errors, refuse_unexplained
from engine.catalog.checks.people import people_problems
from engine.catalog.definition import Definition, compile_definition
from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.commands.start import start
from engine.engine import Engine
from engine.errors import Conflict, EngineError, Invalid, NotFound
from engine.ids import new_id
from engine.store.tables import definition, instance, package_draft, proposal
from engine.store.unit_of_work import UnitOfWork
from engine.studio.authors import authors_of
from engine.studio.candidates import candidate_id, keep_candidate
from engine.studio.checking import check_draft, whole
from engine.studio.reading import package_of, read_draft, require_studio
from engine.studio.scenario_runs import ScenarioRun, findings_of, must_be_played, run_of
from engine.studio.writing import lock_draft
from schemas.finding import ERROR, Finding
from schemas.reason import Reason, ReasonSchema

#: The ability by which a process deploys what was proposed.
DEPLOY = "definition.deploy"
LONGEST_WHY = 2000


class DraftChanged(Conflict):
    """The draft was saved again after it had been checked."""

    problem = "draft_changed"


class AlreadyProposed(Conflict):
    """The draft has been proposed, and that has not been decided yet."""

    problem = "already_proposed"


class NothingChanged(Conflict):
    """The draft holds, to the byte, what is in use."""

    problem = "nothing_changed"


class DraftBehind(Conflict):
    """Another version has been put in use since the draft began."""

    problem = "draft_behind"


class ScenariosNotPlayed(Conflict):
    """The scenarios have not been played for what is proposed."""

    problem = "scenarios_not_played"


class NobodyToConsent(EngineError):
    """There is no administrator who has not worked on the draft."""

    problem = "nobody_to_consent"


class NoConsentProcess(EngineError):
    """No process is deployed that asks for consent."""

    problem = "no_consent_process"


class WhyRequired(Invalid):
    """A proposal says why."""

    problem = "why_required"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A package that was checked outside any transaction, and which saves of its draft are in it."""

    package: Package
    findings: tuple[Finding, ...]
    draft_id: str | None = None
    saves: int = 0
    #: Reasons that were given when this content was deployed before.
    given: tuple[Reason, ...] = ()
    #: False as long as there are scenarios that have not been played for this content.
    played: bool = True


def prepare_draft(engine: Engine, actor: Actor, draft_id: str) -> Prepared:
    """Read and check a draft. Checking takes its time; nobody waits for a lock meanwhile."""
    with engine.database.read() as connection:
        draft = read_draft(connection, actor, draft_id, edits=True)
        package = whole(package_of(connection, draft_id), engine.shared)
        run = run_of(connection, package)
    found = check_all(engine, package, run)
    return Prepared(package, found, draft_id, draft.saves, played=_played(engine, package, run))


def prepare_version(engine: Engine, actor: Actor, definition_id: str) -> Prepared:
    """The same for a version that was deployed before, to be proposed again."""
    require_studio(actor)
    with engine.database.read() as connection:
        package = stored_package(connection, definition_id)
        given = reasons_of(connection, definition_id)
        run = run_of(connection, package)
    found = check_all(engine, package, run)
    return Prepared(package, found, given=tuple(given), played=_played(engine, package, run))


def check_all(
    engine: Engine, package: Package, run: ScenarioRun | None = None
) -> tuple[Finding, ...]:
    """Everything a package is checked for, whether the people there are can do it, and what a run of its
    scenarios says."""
    found = check_draft(package, engine.shared)
    if any(one.severity == ERROR for one in found):
        return tuple(found)
    told = explained(findings_of(engine, package, run), package.manifest.accepted)
    return (*found, *told, *people_problems(compile_definition(package), engine.directory))


def _played(engine: Engine, package: Package, run: ScenarioRun | None) -> bool:
    return (run is not None and run.is_over) or not must_be_played(engine, package)


def propose(
    uow: UnitOfWork, prepared: Prepared, *, why: str, reasons: Sequence[Reason] = ()
) -> str:
    """Put a package before another administrator; return the proposal's id.

    Raise `InvalidPackage` and `UnexplainedWarnings` for findings, `DraftChanged`, `AlreadyProposed`,
    `NothingChanged`, `DraftBehind`, `NobodyToConsent`, `NoConsentProcess`, `WhyRequired`, and
    `ScenariosNotPlayed` where nobody has let them be played.
    """
    require_studio(uow.actor)
    why = why.strip()
    if not 0 < len(why) <= LONGEST_WHY:
        raise WhyRequired
    package = prepared.package
    refuse_errors(package, prepared.findings)
    if not prepared.played:
        raise ScenariosNotPlayed(process=package.manifest.id)
    base = _base(uow, prepared)
    authors = _authors(uow, prepared)
    asks = consent_process(uow.engine, uow.connection)
    if not may_consent(uow.engine, authors):
        raise NobodyToConsent(process=package.manifest.id)
    said = [*prepared.given, *reasons]
    refuse_unexplained(package, said, prepared.findings)
    frozen = keep_candidate(uow, package)
    warnings = _warnings(prepared.findings, said)
    facts = _facts(uow, prepared, frozen, base, why, warnings)
    # Separation rules see them as having acted where the case begins, by whatever road one of them comes.
    acted = start(uow, asks, _asked(asks, facts), with_part=authors)
    proposal_id = new_id()
    uow.execute(
        insert(proposal).values(
            id=proposal_id,
            draft_id=prepared.draft_id,
            candidate_id=frozen,
            base_id=base,
            instance_id=acted.case.id,
            proposed_by=uow.actor.id,
            proposed_at=uow.now,
            why=why,
            editors=authors,
            warnings=warnings,
            state="waiting",
        )
    )
    of_draft = f"draft:{prepared.draft_id}"
    uow.record_in(
        of_draft if prepared.draft_id else f"definition:{package.manifest.id}",
        "studio.proposed",
        {"proposal": proposal_id, "candidate": frozen, "case": acted.case.id},
        {"base": base, "definition": package.hash, "authors": authors},
    )
    return proposal_id


def consent_process(engine: Engine, connection: Connection) -> Definition:
    """The active process that asks for consent; raise `NoConsentProcess`."""
    for one in engine.catalog.all_active(connection):
        for element in one.diagram.elements.values():
            if element.properties.get("ability") == DEPLOY:
                return one
    raise NoConsentProcess


def may_consent(engine: Engine, authors: Iterable[str]) -> list[str]:
    """Ids of the active administrators who have not worked on what is proposed."""
    directory = engine.directory
    able = directory.able(directory.administrator_keys())
    return sorted({one for several in able.values() for one in several} - set(authors))


def _base(uow: UnitOfWork, prepared: Prepared) -> str | None:
    """The version in use, which the proposal would replace."""
    package = prepared.package
    active = uow.execute(
        select(definition.c.id).where(
            definition.c.key == package.manifest.id, definition.c.active.is_(True)
        )
    ).scalar_one_or_none()
    if active == package.hash and candidate_id(package) == candidate_id(
        stored_package(uow.connection, active)
    ):
        raise NothingChanged(definition=active)
    if prepared.draft_id is not None:
        draft = lock_draft(uow, prepared.draft_id)
        if draft.saves != prepared.saves:
            raise DraftChanged(draft=draft.id)
        _refuse_second(uow, draft.id)
        if draft.base_id != active:
            raise DraftBehind(draft=draft.id, base=draft.base_id, active=active)
    return active


def _refuse_second(uow: UnitOfWork, draft_id: str) -> None:
    waiting = uow.execute(
        select(proposal.c.id)
        .join(instance, instance.c.id == proposal.c.instance_id)
        .where(proposal.c.draft_id == draft_id, instance.c.state == "active")
    ).first()
    if waiting is not None:
        raise AlreadyProposed(draft=draft_id)


def _authors(uow: UnitOfWork, prepared: Prepared) -> list[str]:
    found = {uow.actor.id}
    if prepared.draft_id is not None:
        found |= authors_of(uow.connection, prepared.draft_id)
    return sorted(found)


def _warnings(findings: Iterable[Finding], said: Sequence[Reason]) -> list[dict[str, str]]:
    """Each warning with the reason it is proposed with."""
    why = {(one.rule, one.element, one.file): one.why for one in said}
    anywhere = {(one.rule, one.element): one.why for one in said if not one.file}
    return [
        {
            "rule": one.rule,
            "element": one.element,
            "file": one.file,
            "message": one.message,
            "why": why.get((one.rule, one.element, one.file))
            or anywhere.get((one.rule, one.element))
            or one.accepted,
        }
        for one in findings
        if one.severity != ERROR
    ]


def _facts(
    uow: UnitOfWork,
    prepared: Prepared,
    frozen: str,
    base: str | None,
    why: str,
    warnings: list[dict[str, str]],
) -> dict[str, Any]:
    """What can be told of a proposal to the process that asks for consent."""
    package = prepared.package
    number = uow.execute(select(definition.c.version).where(definition.c.id == base)).scalar()
    title = package.manifest.title
    if prepared.draft_id is not None:
        draft = package_draft.c.id == prepared.draft_id
        title = uow.execute(select(package_draft.c.title).where(draft)).scalar_one()
    return {
        "candidate": frozen,
        "change_key": package.manifest.id,
        "change_title": package.manifest.title,
        "draft_title": title,
        "version_before": number or 0,
        "change_why": why,
        "warning_count": len(warnings),
        "warnings": [
            {"warning_of": _place(one), "warning_why": one["why"]} for one in warnings[:100]
        ],
    }


def _place(warning: dict[str, str]) -> str:
    where = " ".join(part for part in (warning["file"], warning["element"]) if part)
    return f"{warning['rule']} · {where}"[:200]


def _asked(asks: Definition, facts: dict[str, Any]) -> dict[str, Any]:
    """Of the facts those that the process's start form has a field for."""
    form = asks.start_form
    known = (
        {path.partition("[")[0].partition(".")[0] for path, _ in form.fields()} if form else set()
    )
    return {name: value for name, value in facts.items() if name in known}


def reasons_in(warnings: Iterable[dict[str, str]]) -> list[Reason]:
    """The reasons a proposal was made with."""
    schema = ReasonSchema(only=("rule", "element", "file", "why"))
    return [
        schema.load({name: one[name] for name in ("rule", "element", "file", "why")})
        for one in warnings
        if one["why"]
    ]


def proposal_of(connection: Connection, proposal_id: str) -> Any:
    """A proposal's row; raise `NotFound`."""
    row = connection.execute(select(proposal).where(proposal.c.id == proposal_id)).one_or_none()
    if row is None:
        raise NotFound(proposal=proposal_id)
    return row
