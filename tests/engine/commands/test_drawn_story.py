"""A scenario delivers messages and finishes the tasks of each instance."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from engine.catalog.check import check
from engine.testing import ScenarioFailed, play
from tests.engine.commands.drawn import package

CAST = Path(__file__).parents[3] / "processes" / "_shared"
LINES = (
    "start s", "events g", "message m", "timer t", "sub box each=visitors as=visitor", "start s2",
    "user visit", "end e2", "s2 > visit > e2", "close", "user late", "end e", "end f", "s > g",
    "g > m > box > e", "g > t > late > f",
)  # fmt: skip
SAYS = {
    "m": {"senders": "unit_clerk @ applicant.unit", "into": "reply"},
    "visit": {"candidates": "unit_clerk @ applicant.unit", "into": "reports"},
    "late": {"candidates": "unit_clerk @ applicant.unit"},
}
DELIVER = {"deliver": {"message": "m_m", "as": "clerk_wang", "fields": {"as": "nobody", "n": 7}}}
STORY = {
    "says": "来函后逐一走访",
    "at": "2026-03-02T09:00",
    "starter": "chen_jing",
    "steps": [
        {"start": {"visitors": ["ben", "cora"]}},
        {"refused": {"deliver": {"message": "m_m", "as": "chen_jing"}, "problem": "not_allowed"}},
        DELIVER,
        {"task": "visit", "as": "clerk_wang", "run": 1, "form": {"note": "二"}},
        {"expect": {"document": {"reports": [None, {"note": "二"}]}}},
        {"task": "visit", "as": "clerk_wang", "form": {"note": "一"}},
    ],
    "ends": {
        "state": "completed",
        "at": "e",
        "document": {
            "reply": {"as": "nobody", "n": 7},
            "reports": [{"note": "一"}, {"note": "二"}],
        },
    },
}


def folder(tmp_path: Path, story: dict[str, object]) -> Path:
    """The drawn package as it would lie among the processes."""
    shutil.copytree(CAST, tmp_path / "_shared")
    home = tmp_path / "drawn"
    swap = {"due_t": 'duration("P3D")'}
    for name, content in package(*LINES, says=SAYS, swap=swap).files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (home / "scenarios").mkdir()
    (home / "scenarios" / "story.yaml").write_text(
        yaml.safe_dump(story, allow_unicode=True), encoding="utf-8"
    )
    return home


def test_a_story_with_messages_and_instances_comes_out_as_written(tmp_path: Path) -> None:
    home = folder(tmp_path, STORY)
    told = play(home, home / "scenarios" / "story.yaml")
    assert {"g__m", "visit__e2"} <= told.flows
    assert "g__t" not in told.flows
    assert any("delivers m_m" in line for line in told.lines)


def test_the_shape_of_such_a_story_is_checked(tmp_path: Path) -> None:
    home = folder(tmp_path, STORY)
    errors = [one for one in check(home) if one.severity == "error"]
    assert [(one.rule, one.message) for one in errors if one.rule != "unknown_role"] == []


def test_a_message_that_is_not_awaited_fails_the_story(tmp_path: Path) -> None:
    late = [STORY["steps"][0], {"wait": "4 days"}, DELIVER]  # type: ignore[index]
    home = folder(tmp_path, STORY | {"steps": late})
    with pytest.raises(ScenarioFailed, match="message_not_awaited"):
        play(home, home / "scenarios" / "story.yaml")
