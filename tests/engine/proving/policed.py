"""Small packages with a policy, and what is found wrong with them."""

from __future__ import annotations

from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.proving.policies import problems
from schemas.finding import Finding
from tests.engine.proving.small import plain, service

GATE = plain("exclusiveGateway", "gate")
ENDS = service("pay") + plain("endEvent", "end")


def broken(made: Package) -> list[Finding]:
    """What breaks a package's policies."""
    return list(problems(compile_definition(made)))


def told(found: list[Finding]) -> list[str]:
    """The acts of the only finding, in words."""
    (one,) = found
    return [step.text.partition(";")[0] for step in one.steps]
