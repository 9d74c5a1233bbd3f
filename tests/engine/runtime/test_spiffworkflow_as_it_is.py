"""Why specs are built here and joins are ours: what the pinned SpiffWorkflow does by itself.

Each test shows SpiffWorkflow's own parser and workflow departing from BPMN, beside the runtime on
the same drawing. If a new version makes one of them fail, that part of the runtime may have become
unnecessary; see docs/supported-elements.md.
"""

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.util.task import TaskState

from tests.engine.runtime.drawing import compiled, draw
from tests.engine.runtime.playing import Play, say


class Stock:
    """A case as SpiffWorkflow runs it by itself."""

    def __init__(self, bpmn: bytes) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(bpmn)
        self.workflow = BpmnWorkflow(parser.get_spec("drawn"))
        self.workflow.do_engine_steps()

    @property
    def open(self) -> list[str]:
        ready = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return [task.task_spec.name for task in ready]

    def complete(self, *elements: str) -> None:
        for element in elements:
            ready = self.workflow.get_tasks(state=TaskState.READY, spec_name=element)
            ready[0].run()
            self.workflow.do_engine_steps()


def test_an_excess_token_at_a_join_is_lost_and_the_case_ends() -> None:
    drawing = (
        "start s", "parallel p", "exclusive m", "user a", "user b", "parallel j", "end e",
        "s > p", "p > m", "p > m", "p > b", "m > a > j > e", "b > j",
    )  # fmt: skip
    stock, ours = Stock(draw(*drawing)), Play(compiled(*drawing))
    stock.complete("a", "a", "b")
    ours.complete("a", "a", "b")
    assert stock.workflow.completed
    assert not ours.finished


def test_a_split_reached_twice_splits_once() -> None:
    drawing = (
        "start s", "parallel p", "exclusive m", "parallel q", "user a", "user b", "end e", "end f",
        "s > p", "p > m", "p > m", "m > q", "q > a > e", "q > b > f",
    )  # fmt: skip
    assert sorted(Stock(draw(*drawing)).open) == ["a", "b"]
    assert sorted(Play(compiled(*drawing)).open) == ["a", "a", "b", "b"]


def test_moving_a_shape_in_the_picture_changes_the_way_taken() -> None:
    drawing = (
        "start s", "exclusive x", "user a", "user b", "end e", "s > x", "x > a : 1 == 1",
        "x > b : 2 == 2", "a > e", "b > e",
    )  # fmt: skip

    def pictured(height_of_a: int, height_of_b: int) -> bytes:
        shapes = "".join(
            f'<bpmndi:BPMNShape bpmnElement="{name}"><dc:Bounds y="{height}" '
            'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" /></bpmndi:BPMNShape>'
            for name, height in (("a", height_of_a), ("b", height_of_b))
        )
        picture = f"<bpmndi:BPMNDiagram>{shapes}</bpmndi:BPMNDiagram>"
        return draw(*drawing).replace(b"<bpmndi:BPMNDiagram />", picture.encode())

    assert Stock(pictured(1, 2)).open == ["a"]
    assert Stock(pictured(2, 1)).open == ["b"]
    assert Play(compiled(*drawing), say(**{"1 == 1": True, "2 == 2": True})).open == ["a"]


def test_a_condition_without_an_answer_counts_as_false() -> None:
    drawing = (
        "start s", "exclusive x", "user a", "user b", "end e", "s > x", "x > a : None", "x > b *",
        "a > e", "b > e",
    )  # fmt: skip
    assert Stock(draw(*drawing)).open == ["b"]


def test_an_activity_called_end_empties_the_process() -> None:
    stock = Stock(draw("start s", "user End", "end e", "s > End > e"))
    assert stock.open == []
    assert stock.workflow.completed


def test_a_process_of_five_hundred_tasks_in_a_row_cannot_be_parsed() -> None:
    names = [f"u{number}" for number in range(500)]
    drawing = (
        "start s", *(f"user {name}" for name in names), "end e", " > ".join(["s", *names, "e"]),
    )  # fmt: skip
    with pytest.raises(ValidationException, match="RecursionError"):
        Stock(draw(*drawing))
    assert Play(compiled(*drawing)).open == ["u0"]
