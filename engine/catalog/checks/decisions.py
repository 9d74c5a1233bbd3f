"""Decision tables: those named exist, compute, are told what they need, and say where their numbers come from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.catalog.checks.names import known_names, local_names
from engine.catalog.checks.parts import BPMN_FILE, Parts, error, warning
from engine.feel import DmnModel
from engine.feel.dmn import elements as dmn
from engine.feel.suggest import did_you_mean
from schemas.finding import Finding

_YEAR = re.compile(r"年度|(?<!\d)(19|20)\d\d(?!\d)|\byear\b", re.I)
_SOURCE = re.compile(r"来源|依据|《|\bsource\b", re.I)


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the package's decisions."""
    for path, model in parts.models.items():
        for problem in model.problems:
            yield error("dmn_problem", "", path, str(problem))
        yield from _documentation(path, model)
    unreadable = any(path.endswith(".dmn") for path in parts.package.files.keys() - parts.models)
    known = {
        decision.name: (path, model)
        for path, model in parts.models.items()
        for decision in model.decisions
    }
    for element in parts.of_kind("businessRuleTask"):
        name = element.properties.get("decision", "").strip()
        if not element.properties.get("into", "").strip():
            message = "say with `into` which field takes the result"
            yield error("no_into", element.id, BPMN_FILE, message)
        if name in known:
            yield from _inputs(parts, element.id, name, *known[name])
        elif name and not unreadable:
            message = f"there is no decision {name}{did_you_mean(name, known)}"
            yield error("unknown_decision", element.id, BPMN_FILE, message, name=name)


def _inputs(
    parts: Parts, element: str, decision: str, path: str, model: DmnModel
) -> Iterator[Finding]:
    names = known_names(parts)
    if names is None:
        return
    names |= local_names(parts.diagram, element)
    for needed in sorted(inputs_of(model, decision)):
        if needed not in names:
            message = f"{decision} needs {needed}, which the case never has"
            hint = did_you_mean(needed, names)
            yield error("unknown_input", element, path, message + hint, name=needed)


def inputs_of(model: DmnModel, decision: str) -> set[str]:
    """Names of the input data that a decision, and all it requires, is told."""
    found: set[str] = set()
    waiting: list[tuple[DmnModel, dmn.Element]] = [(model, model.element(decision))]
    seen: set[tuple[int, str]] = set()
    while waiting:
        owner, element = waiting.pop()
        key = (id(owner), element.id or element.name)
        if key in seen:
            continue
        seen.add(key)
        if isinstance(element, dmn.InputData):
            found.add(element.name)
        for reference in getattr(element, "required", ()):
            if resolved := owner.resolve(reference):
                waiting.append((resolved[0], resolved[2]))
    return found


def _documentation(path: str, model: DmnModel) -> Iterator[Finding]:
    described = {decision.name: decision.description for decision in model.decisions}
    for use in model.tables:
        text = f"{described.get(use.owner, '')} {use.table.description}"
        missing = [
            what
            for what, wanted in (("year", _YEAR), ("source", _SOURCE))
            if not wanted.search(text)
        ]
        if missing:
            message = f"{use.owner}: the documentation names no {' and no '.join(missing)}"
            yield warning("numbers_without_source", use.owner, path, message)
