"""Diagrams as the files beside this draw them, and what the prover says of them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from engine.catalog.bpmn import Diagram, errors, read_diagram
from engine.proving import Facts, Net, explore, told
from engine.runtime.diagram import PEOPLE
from schemas.finding import Finding
from tests.engine.runtime.drawing import draw

HERE = Path(__file__).parent


def read(folder: str, name: str) -> dict[str, Any]:
    """One file: its diagram as lines, and what it says."""
    return tomllib.loads((HERE / folder / f"{name}.toml").read_text(encoding="utf-8"))


def names(folder: str) -> list[str]:
    """The files of a folder."""
    return sorted(path.stem for path in (HERE / folder).glob("*.toml"))


def drawn(lines: list[str]) -> Diagram:
    """The diagram of a drawing, which must have no errors of structure."""
    diagram = read_diagram(draw(*(_safe(line) for line in lines)))
    assert errors(diagram) == []
    return diagram


def _safe(line: str) -> str:
    chain, mark, condition = line.partition(" : ")
    return chain + mark + escape(condition)


def proved(lines: list[str]) -> list[Finding]:
    """What is found; tasks of people that say `writes=FIELD` write that field and no other."""
    diagram = drawn(lines)
    writes: dict[str, frozenset[str] | None] = {
        one.id: frozenset(one.properties["writes"].split(","))
        for one in diagram.elements.values()
        if one.kind in PEOPLE and "writes" in one.properties
    }
    return told(explore(Net(diagram), Facts(diagram, writes)))


def way_of(finding: Finding) -> list[str]:
    """A counterexample in short: `start`, `complete a`, `decide a yes`, `fail s returned`."""
    way = []
    for step in finding.steps:
        more = step.parts.get("outcome") or step.parts.get("code") or ""
        who = "" if step.act == "start" else step.element
        way.append(" ".join(part for part in (step.act, who, more) if part))
    return way
