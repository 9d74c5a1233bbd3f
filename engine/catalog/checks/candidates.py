"""`role @ place`: the role must exist, and the place must be one that every case knows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalog.checks.parts import Parts, error
from engine.catalog.steps import HEAD, read_candidates
from engine.errors import InvalidPackage
from engine.feel.suggest import did_you_mean
from schemas.finding import Finding

#: The places of a case, fixed when it starts (docs/package-format.md).
PLACES = ("applicant.unit", "applicant.group", "applicant.cluster", "root")


def candidate_problems(
    parts: Parts, text: str, element: str, file: str, *, heads: bool = True
) -> Iterator[Finding]:
    """What is wrong with a list of candidates; FEEL in it is looked at elsewhere."""
    try:
        candidates = read_candidates(text, element)
    except InvalidPackage as reason:
        yield error("bad_candidates", element, file, str(reason))
        return
    for candidate in candidates:
        if candidate.starter or candidate.expression:
            continue
        if candidate.place not in PLACES:
            message = f"a case knows no place {candidate.place}"
            hint = did_you_mean(candidate.place, PLACES)
            yield error("unknown_place", element, file, message + hint, name=candidate.place)
        if candidate.role == HEAD and heads:
            continue
        if parts.roles is not None and candidate.role not in parts.roles:
            hint = did_you_mean(candidate.role, parts.roles)
            message = f"there is no role {candidate.role}{hint}"
            yield error("unknown_role", element, file, message, name=candidate.role)
