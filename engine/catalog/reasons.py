"""A warning is no obstacle once somebody has said why: in process.toml, or where the package is deployed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from schemas.finding import WARNING, Finding
from schemas.reason import Reason


def explained(findings: Iterable[Finding], reasons: Iterable[Reason]) -> list[Finding]:
    """The findings, each warning with the reason for which it is accepted, if there is one."""
    known = list(reasons)
    return [
        replace(one, accepted=_why(one, known) or one.accepted) if one.severity == WARNING else one
        for one in findings
    ]


def unexplained(findings: Iterable[Finding], reasons: Iterable[Reason] = ()) -> list[Finding]:
    """The warnings that nobody has given a reason for. Reasons of process.toml count already."""
    return [
        one for one in explained(findings, reasons) if one.severity == WARNING and not one.accepted
    ]


def _why(finding: Finding, reasons: list[Reason]) -> str:
    for one in reasons:
        if (one.rule, one.element) == (finding.rule, finding.element) and one.file in (
            "",
            finding.file,
        ):
            return one.why
    return ""
