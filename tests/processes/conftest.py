"""What the tests of process packages share: the packages, and their files already read."""

from __future__ import annotations

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

PROCESSES = Path(__file__).parents[2] / "processes"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DD = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
GONGBAN = "{urn:gongban:bpmn:1}"
NODES = ("Event", "Task", "Gateway")

Box = tuple[float, float, float, float]


class Folder:
    """One package as its files say it, without the engine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def facts(self) -> dict[str, Any]:
        """process.toml."""
        return tomllib.loads((self.path / "process.toml").read_text(encoding="utf-8"))

    @cached_property
    def bpmn(self) -> Any:
        """The root of process.bpmn."""
        return etree.parse(self.path / "process.bpmn").getroot()

    @cached_property
    def nodes(self) -> dict[str, Any]:
        """Tasks, events and gateways by id."""
        process = self.bpmn.find(f"{BPMN}process")
        return {
            element.get("id"): element
            for element in process
            if etree.QName(element).localname.endswith(NODES)
        }

    @cached_property
    def flows(self) -> dict[str, Any]:
        """Sequence flows by id."""
        return {flow.get("id"): flow for flow in self.bpmn.iter(f"{BPMN}sequenceFlow")}

    def of_kind(self, kind: str) -> dict[str, Any]:
        """The nodes of one BPMN kind."""
        return {name: node for name, node in self.nodes.items() if node.tag == BPMN + kind}

    def properties(self, element: str) -> dict[str, str]:
        """The properties of an element."""
        found = self.nodes[element].iter(f"{SPIFF}property")
        return {entry.get("name"): entry.get("value") for entry in found}

    def outcomes(self, element: str) -> dict[str, Any]:
        """The outcomes of a user task by id."""
        found = {entry.get("id"): entry for entry in self.nodes[element].iter(f"{GONGBAN}outcome")}
        return found or {"complete": None}

    @cached_property
    def boxes(self) -> dict[str, Box]:
        """Where each shape is drawn: left, top, width, height."""
        found = {}
        for shape in self.bpmn.iter(f"{DI}BPMNShape"):
            bounds = shape.find(f"{DD}Bounds")
            found[shape.get("bpmnElement")] = tuple(
                float(bounds.get(name)) for name in ("x", "y", "width", "height")
            )
        return found

    @cached_property
    def waypoints(self) -> dict[str, list[tuple[float, float]]]:
        """The corners of each edge."""
        return {
            edge.get("bpmnElement"): [
                (float(point.get("x")), float(point.get("y"))) for point in edge.iter(WAYPOINT)
            ]
            for edge in self.bpmn.iter(f"{DI}BPMNEdge")
        }

    @cached_property
    def scenarios(self) -> dict[str, dict[str, Any]]:
        """The scenarios by name."""
        return {
            path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
            for path in sorted((self.path / "scenarios").glob("*.yaml"))
        }


PACKAGES = [Folder(path.parent) for path in sorted(PROCESSES.glob("*/process.toml"))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that asks for a `package` runs for each folder of `processes/`."""
    if "package" in metafunc.fixturenames:
        metafunc.parametrize("package", PACKAGES, ids=lambda package: package.path.name)


@pytest.fixture(scope="session")
def roles() -> dict[str, Any]:
    """The roles that packages may name."""
    return tomllib.loads((PROCESSES / "_shared" / "roles.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def cast() -> dict[str, Any]:
    """The people of the scenarios by id."""
    content = yaml.safe_load((PROCESSES / "_shared" / "cast.yaml").read_text(encoding="utf-8"))
    return {person["id"]: person for person in content["people"]}
