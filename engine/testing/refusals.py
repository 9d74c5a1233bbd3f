"""How a scenario says that the story did not come out as written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.testing.play import Story

#: What can be wrong, in words; `Failure.parts` fill the gaps.
SENTENCES = {
    "case_state": "the case is {found}, not {wanted}; open: {open}",
    "open": "open tasks are {found}, not {wanted}",
    "state": "the case is {found}, not {wanted}",
    "told": "people were told {found}, not {wanted}",
    "end_event": "end event is {found}, not {wanted}",
    "fund": "{account} of fund {fund} is {found}, not {wanted}",
    "notices": "notices are {found}, not {wanted}",
    "letters": "letters are {found}, not {wanted}",
    "field": "{path} is {found}, not {wanted}",
    "sealed": "{path} is still sealed",
    "form": "{fields}",
    "problem": "{problem}: {text}",
    "wrong_refusal": "refused as {problem}, not as {wanted}: {text}",
    "not_refused": "was not refused with {wanted}",
    "no_open_task": "no open task {element}; open: {open}",
    "nobody_finished": "nobody has finished {element}",
    "job_failed": "the job of {element} failed: {text}",
    "no_case": "the story begins no case",
    "unknown_step": "unknown step {word}",
    "cannot_wait": "cannot wait {text}",
    "bank_word": "the bank answers paid or returned, not {found}",
    "no_payment": "no payment is ready for the bank",
    "no_notice": "the case has no open notice",
    "broken_off": "is broken off after {seconds} seconds",
    "no_scenario": "this is no scenario: {text}",
    "internal": "{text}",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a story did not come out: what is wrong, and at which step (0: at its end, or before its first)."""

    kind: str
    parts: Mapping[str, str]
    step: int = 0
    #: The step's element, or its word.
    doing: str = ""

    def __str__(self) -> str:
        """The same in English."""
        said = SENTENCES[self.kind].format(**self.parts)
        return f"step {self.step} {self.doing}: {said}" if self.step else said


class ScenarioFailed(AssertionError):
    """A step or the end of a scenario is not what the file says."""

    #: What had happened until then.
    story: Story | None = None

    def __init__(self, kind: str, **parts: object) -> None:
        self.failure = Failure(kind, {name: str(part) for name, part in parts.items()})
        super().__init__(kind)

    def __str__(self) -> str:
        return str(self.failure)

    def at(self, step: int, doing: str) -> ScenarioFailed:
        """The same, with the step at which it happened."""
        self.failure = replace(self.failure, step=step, doing=doing)
        return self
