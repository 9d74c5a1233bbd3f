"""Check a package: everything that is wrong with it, before a case meets it.

`gongban process check` prints the findings; deploying asks `refuse_errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from engine.catalog.checks import (
    decisions,
    expressions,
    facts,
    form_files,
    form_names,
    ladders,
    letters,
    policies,
    scenarios,
    services,
    tasks,
    texts,
)
from engine.catalog.checks.parts import FACTS_FILE, Parts, error
from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.catalog.reasons import explained, unexplained
from engine.errors import InvalidPackage, UnexplainedWarnings
from engine.feel import FeelError
from engine.proving import behaviour, tables
from engine.proving import policies as holding
from schemas.finding import ERROR, Finding, FindingSchema
from schemas.reason import Reason

__all__ = [
    "Finding",
    "FindingSchema",
    "Reason",
    "check",
    "explained",
    "refuse_errors",
    "refuse_unexplained",
    "unexplained",
]

_SUBJECTS: tuple[Callable[[Parts], Iterator[Finding]], ...] = (
    facts.problems,
    policies.problems,
    tasks.problems,
    ladders.problems,
    form_files.problems,
    form_names.problems,
    expressions.problems,
    decisions.problems,
    tables.problems,
    services.problems,
    letters.problems,
    texts.problems,
    scenarios.problems,
)


def check(
    source: Path | Package, *, play: bool = False, shared: Path | None = None
) -> list[Finding]:
    """All findings of a package folder, or of a package already read.

    `shared` is where the organisation's roles, areas and cast lie; a folder has it beside itself. With `play`,
    a package without errors has the scenarios that lie with it played, too: `ValueError` where nobody says
    who the people in them are.
    """
    folder = source.resolve() if isinstance(source, Path) else None
    if play and folder is None and shared is None:
        raise ValueError("a folder, or `shared`, has the cast of the scenarios")
    try:
        package = Package.from_folder(folder) if folder else source
        assert isinstance(package, Package)
        parts = Parts.read(package, folder, shared)
    except InvalidPackage as reason:
        return [error("unreadable_package", "", FACTS_FILE, str(reason))]
    found = [*parts.findings, *(one for subject in _SUBJECTS for one in subject(parts))]
    if not _errors(found):
        # What a case would do is asked only where every element means something.
        proved = list(_proved(package, parts))
        if not _errors(proved) and not behaviour.leaves_open(proved):
            # That a condition always holds is known now; that it may not would be among the errors.
            found = [one for one in found if one.rule != "no_default"]
        found += proved
    if play and not _errors(found):
        found += scenarios.played(parts)
    return explained(found, parts.manifest.accepted)


def refuse_errors(package: Package, findings: Iterable[Finding] | None = None) -> None:
    """The gate of deployment: raise `InvalidPackage` when a finding forbids it.

    `findings` are those of a check that has been made already.
    """
    errors = _errors(check(package) if findings is None else list(findings))
    if errors:
        first = errors[0]
        raise InvalidPackage(
            first=f"{first.file} {first.element}: {first.message}",
            count=len(errors),
            findings=[FindingSchema().dump(one) for one in errors],
        )


def refuse_unexplained(
    package: Package, reasons: Iterable[Reason] = (), findings: Iterable[Finding] | None = None
) -> None:
    """The gate for warnings, too: raise `UnexplainedWarnings` when nobody has said why one may stand.

    `findings` are what was found with more at hand than the package, such as its folder and the people.
    """
    found = check(package) if findings is None else list(findings)
    refuse_errors(package, found)
    left = unexplained(found, reasons)
    if left:
        raise UnexplainedWarnings(
            first=f"{left[0].rule} in {left[0].file} {left[0].element}: {left[0].message}",
            count=len(left),
            findings=[FindingSchema().dump(one) for one in left],
        )


def _errors(found: list[Finding]) -> list[Finding]:
    return [one for one in found if one.severity == ERROR]


def _proved(package: Package, parts: Parts) -> Iterator[Finding]:
    """What shows only in a package that can run, or keeps it from it without a rule of its own."""
    try:
        definition = compile_definition(package)
    except (InvalidPackage, FeelError) as reason:
        yield error("does_not_compile", "", FACTS_FILE, str(reason))
        return
    yield from behaviour.problems(parts)
    yield from holding.problems(definition)
