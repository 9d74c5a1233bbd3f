"""Plays a counterexample in the runtime, which knows nothing of the prover."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engine.catalog.bpmn import Diagram
from engine.errors import EngineError
from engine.runtime import Execution, Run, compile_process
from engine.runtime.execution import Held
from schemas.finding import Finding, PlayedStep

COUNTS = (2, 1, 0)


class Way:
    """Conditions come out as a step took its flows; loops run as often as is tried."""

    def __init__(self, diagram: Diagram, step: PlayedStep, count: int, *, enough: bool) -> None:
        flows = diagram.flows.values()
        self.said = {one.condition: False for one in flows if one.condition}
        self.said |= {
            one.condition: True for one in flows if one.condition and one.id in step.flows
        }
        loops = [one.loop for one in diagram.elements.values() if one.loop is not None]
        self.lists = {one.collection for one in loops}
        self.numbers = {one.cardinality for one in loops}
        self.count, self.enough = count, enough

    def __call__(self, text: str, _runs: tuple[Run, ...]) -> object:
        if text in self.lists:
            return ["item"] * self.count
        if text in self.numbers:
            return int(text) if text.isdigit() else self.count
        return self.said.get(text, self.enough)


class Replay:
    """One finding, played step by step; `stopped` is what the runtime says where it cannot go on."""

    def __init__(self, diagram: Diagram, finding: Finding) -> None:
        self.diagram, self.specification = diagram, compile_process(diagram)
        self.snapshot: dict[str, Any] | None = None
        self.before: list[Held] = []
        self.stopped: EngineError | None = None
        self.finished = False
        self.tokens: list[Held] = []
        for number, step in enumerate(finding.steps):
            self.before = self.tokens
            last = number == len(finding.steps) - 1
            stops = last and finding.rule in ("no_choice", "never_rests")
            assert self._step(step, stops=stops), f"the runtime does not go this way: {step}"

    def _step(self, step: PlayedStep, *, stops: bool) -> bool:
        """Whether the runtime can do this, take these flows and rest at these places."""
        for count in COUNTS:
            for enough in (False, True):
                way = Way(self.diagram, step, count, enough=enough)
                for token in self._tokens(step):
                    try:
                        execution = self._acted(step, way, token)
                    except EngineError as reason:
                        self.stopped = reason
                        if stops:
                            return True
                        continue
                    flows = [one.id for one in execution.passed() if one.kind == "flow"]
                    same = Counter(flows) == Counter(step.flows)
                    if same and Counter(self._places(execution)) == Counter(step.tokens):
                        self.snapshot, self.tokens = execution.snapshot(), execution.tokens()
                        self.finished = execution.finished
                        return True
        return False

    def _tokens(self, step: PlayedStep) -> list[str]:
        """The tokens the step may be about."""
        if step.act == "start" or self.snapshot is None:
            return [""]
        works = Execution.restore(self.specification, self.snapshot, lambda *_: False).open_work()
        return [work.token for work in works if work.element_id == step.element]

    def _acted(self, step: PlayedStep, way: Way, token: str) -> Execution:
        if self.snapshot is None:
            return Execution.start(self.specification, way, lambda *_: None)
        execution = Execution.restore(self.specification, self.snapshot, way, lambda *_: None)
        if step.act == "fail":
            assert execution.fail(token, step.parts["code"])
        else:
            verb = "complete" if step.act == "decide" else step.act
            getattr(execution, verb)(token)
        return execution

    def _places(self, execution: Execution) -> list[str]:
        held = execution.tokens()
        instances = {one.token for one in held if one.run is not None}
        edges = {one.token for one in held if one.attached_to is not None}
        return [
            one.flow if one.kind == "join" else one.element_id
            for one in held
            if one.token not in instances | edges
        ]
