"""Scenarios tell of people, tasks and outcomes that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

STATES = {"completed", "withdrawn", "terminated", "active"}
BACK = {"send_back", "take_back", "revise"}
VERBS = BACK | {
    "propose",
    "deployed",
    "start",
    "task",
    "refused",
    "wait",
    "until",
    "bank",
    "object",
    "withdraw",
    "expect",
}


def steps(package: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step of every scenario, with the scenario's name."""
    for name, story in package.scenarios.items():
        for step in story["steps"]:
            yield name, step


def test_there_are_scenarios(package: Any) -> None:
    assert package.scenarios
    assert len({story["says"] for story in package.scenarios.values()}) == len(package.scenarios)


def test_steps_are_known(package: Any) -> None:
    for name, step in steps(package):
        assert len(VERBS & step.keys()) == 1, (name, step)


def test_people_are_in_the_cast_and_may_act(package: Any, cast: dict[str, Any]) -> None:
    for name, story in package.scenarios.items():
        assert story["starter"] in cast, name
    for name, step in steps(package):
        for facts in (step, *(value for value in step.values() if isinstance(value, dict))):
            assert facts.get("as", "chen_jing") in cast, (name, step)


def test_tasks_and_outcomes_exist(package: Any) -> None:
    # A case that went back to its beginning waits there for the applicant.
    tasks = {*package.of_kind("userTask"), *package.of_kind("startEvent")}
    for name, step in steps(package):
        back = step.get("send_back") or step.get("take_back") or {}
        refused = step.get("refused", {})
        for task in (
            step.get("task"),
            refused.get("task"),
            back.get("task"),
            *step.get("expect", {}).get("open", ()),
        ):
            assert task is None or task in tasks, (name, step)
        if "task" in step and "outcome" in step:
            outcomes = package.outcomes(step["task"])
            assert step["outcome"] in outcomes, (name, step)
            outcome = outcomes[step["outcome"]]
            if outcome is not None and outcome.get("opinion") == "required":
                assert step.get("opinion"), (name, step)


def test_every_task_and_outcome_is_played(package: Any) -> None:
    played = {
        (step["task"], step.get("outcome") or next(iter(package.outcomes(step["task"]))))
        for _, step in steps(package)
        if "task" in step
    }
    wanted = {
        (task, outcome)
        for task in package.of_kind("userTask")
        for outcome in package.outcomes(task)
    }
    # A committee's abstention is played once; it is the same rule in every vote.
    missing = {(task, outcome) for task, outcome in wanted - played if outcome != "abstain"}
    assert missing == set()


def test_endings_exist(package: Any) -> None:
    ends = package.of_kind("endEvent")
    reached = set()
    for name, story in package.scenarios.items():
        ending = story["ends"]
        assert ending["state"] in STATES, name
        if ending["state"] == "completed":
            assert ending["at"] in ends, name
            reached.add(ending["at"])
    assert reached == set(ends)
