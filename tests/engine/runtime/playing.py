"""Plays an execution by element names instead of tokens."""

from __future__ import annotations

import json
from collections.abc import Callable

from engine.runtime import Execution, Run, Specification


def say(**values: object) -> Callable[[str, tuple[Run, ...]], object]:
    """An evaluate callback whose conditions are plain names."""
    return lambda text, _runs: values[text]


def nothing_to_evaluate(text: str, runs: tuple[Run, ...]) -> object:
    raise AssertionError(f"nobody should ask for {text}")


class Play:
    """One case; saved and restored between any two steps, as it is in production."""

    def __init__(
        self,
        specification: Specification,
        evaluate: Callable[[str, tuple[Run, ...]], object] = nothing_to_evaluate,
        decide: Callable[[str, tuple[Run, ...]], None] | None = None,
    ) -> None:
        self.specification, self.evaluate, self.decide = specification, evaluate, decide
        self.execution = Execution.start(specification, evaluate, decide)
        self.way = self._way()

    @property
    def open(self) -> list[str]:
        return [work.element_id for work in self.execution.open_work()]

    @property
    def finished(self) -> bool:
        return self.execution.finished

    def complete(self, *elements: str) -> Play:
        for element in elements:
            self._restore().complete(self.token(element))
            self.way = self._way()
        return self

    def fire(self, element: str) -> Play:
        self._restore().fire(self.token(element))
        self.way = self._way()
        return self

    def receive(self, element: str) -> Play:
        self._restore().receive(self.token(element))
        self.way = self._way()
        return self

    def fail(self, element: str, code: str) -> bool:
        caught = self._restore().fail(self.token(element), code)
        self.way = self._way()
        return caught

    def token(self, element: str) -> str:
        works = self.execution.open_work()
        return next(work.token for work in works if work.element_id == element)

    def _restore(self) -> Execution:
        saved = json.loads(json.dumps(self.execution.snapshot()))
        self.execution = Execution.restore(self.specification, saved, self.evaluate, self.decide)
        return self.execution

    def _way(self) -> list[str]:
        return [passed.id for passed in self.execution.passed()]
