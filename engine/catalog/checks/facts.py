"""process.toml against the rest of the package: what it names must exist, and its rules must be able to hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from engine.catalog.checks.candidates import candidate_problems
from engine.catalog.checks.names import known_names
from engine.catalog.checks.parts import FACTS_FILE, Parts, error
from engine.feel.suggest import did_you_mean
from engine.store.participants import OBJECTORS
from schemas.finding import Finding
from schemas.manifest import SeparationRule


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the package's own facts."""
    manifest = parts.manifest
    if parts.folder is not None and parts.folder.name != manifest.id:
        message = f"the id is {manifest.id}, the folder {parts.folder.name}"
        yield error("folder_name", "", FACTS_FILE, message)
    if parts.roles is not None:
        for role in (manifest.owner, *sorted(manifest.start_roles)):
            if role not in parts.roles:
                hint = did_you_mean(role, parts.roles)
                yield error(
                    "unknown_role", "", FACTS_FILE, f"there is no role {role}{hint}", name=role
                )
    if manifest.work_point and parts.points is not None and manifest.work_point not in parts.points:
        message = f"no area has a work point {manifest.work_point}"
        yield error("unknown_work_point", "", FACTS_FILE, message)
    for named in (manifest.cc_started, manifest.cc_ended):
        yield from candidate_problems(parts, named, "", FACTS_FILE)
    if manifest.readers:
        yield from candidate_problems(parts, manifest.readers, "", FACTS_FILE, heads=False)
    if not parts.diagram.elements:
        return
    names = known_names(parts)
    if manifest.amount and names is not None and manifest.amount not in names:
        hint = did_you_mean(manifest.amount, names)
        message = f"amount: the case has no field {manifest.amount}{hint}"
        yield error("unknown_field", "", FACTS_FILE, message, name=manifest.amount)
    for fact in manifest.comparable:
        field = fact.partition(".")[0]
        if names is not None and field not in names:
            hint = did_you_mean(field, names)
            message = f"comparable: the case has no field {field}{hint}"
            yield error("unknown_field", "", FACTS_FILE, message, name=manifest.amount)
    tasks = [*(task.id for task in parts.people_tasks()), *parts.messages]
    yield from _unknown(manifest.withdraw_until or (), list(parts.diagram.elements), "withdraw")
    yield from _unknown(manifest.applicant_may, tasks, "applicant_may")
    # Whoever sends a payment acts at its service task, so rules may name any element.
    actors = [*parts.diagram.elements, OBJECTORS]
    for rule in manifest.separation:
        yield from _separation(rule, actors)


def _separation(rule: SeparationRule, known: list[str]) -> Iterator[Finding]:
    counts = Counter(name for group in rule.groups for name in group)
    yield from _unknown(counts, known, f"separation {rule.id}")
    for name in sorted(name for name, count in counts.items() if count > 1):
        message = f"separation {rule.id}: {name} is in two groups, so nobody could do it"
        yield error("separation_unsatisfiable", name, FACTS_FILE, message)


def _unknown(names: Iterable[str], known: list[str], where: str) -> Iterator[Finding]:
    for name in sorted(set(names) - set(known)):
        message = f"{where}: there is no element {name} that fits{did_you_mean(name, known)}"
        yield error("unknown_element", name, FACTS_FILE, message, name=name)
