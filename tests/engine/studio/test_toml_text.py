"""A few values of a TOML file change; every other letter stays as somebody wrote it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.studio.toml_text import NotEditable, changed

PROCESSES = Path(__file__).parents[3] / "processes"
TEXT = """\
# What this is.
id = "tea"
title = "Tea"   # shown above the list
words = [
  "tea",  # the drink
  "cup",
]

# Who begins it.
[start]
roles = ["member"]

[separation]
applicant_may = []
# The first rule.
[[separation.rule]]
id = "one"
why = "because"  # indeed
groups = [["a"], ["b"]]

[[separation.rule]]
id = "two"
why = "so"
different = ["a", "c"]

[retention]
period = "P3Y"
from = "end"
"""


def test_nothing_changed_is_the_same_text() -> None:
    for path in PROCESSES.glob("*/process.toml"):
        text = path.read_text(encoding="utf-8")
        facts = tomllib.loads(text)
        same = {("title",): facts["title"], ("start", "roles"): facts["start"]["roles"]}
        rules = facts.get("separation", {}).get("rule", [])
        assert changed(text, same, {"separation.rule": rules}) == text


def test_comments_and_order_stay() -> None:
    found = changed(
        TEXT,
        {
            ("title",): 'Tea "and" cake',
            ("start", "roles"): ["member", "clerk"],
            ("amount",): "cost_fen",
            ("withdraw", "until"): ["pay"],
            ("withdraw", "revise"): False,
        },
    )
    assert '# What this is.\nid = "tea"\n' in found
    assert 'title = "Tea \\"and\\" cake"   # shown above the list\n' in found
    assert '  "tea",  # the drink\n' in found
    assert '# Who begins it.\n[start]\nroles = ["member", "clerk"]\n' in found
    assert '\namount = "cost_fen"\n' in found.partition("[start]")[0]
    assert found.endswith('[withdraw]\nuntil = ["pay"]\nrevise = false\n')


def test_what_is_taken_out_takes_its_empty_table_along() -> None:
    without = changed(TEXT, {("retention", "period"): None, ("retention", "from"): None})
    assert "retention" not in tomllib.loads(without)
    assert "[retention]" not in without
    assert changed(without, {("retention", "period"): None}) == without


def test_rules_are_known_by_their_id() -> None:
    rules: list[dict[str, Any]] = tomllib.loads(TEXT)["separation"]["rule"]
    rules[0] = {**rules[0], "groups": [["a"], ["b", "d"]]}
    rules[1] = {"id": "three", "why": "new", "groups": [["c"], ["d"]]}
    found = changed(TEXT, {}, {"separation.rule": rules})
    assert 'why = "because"  # indeed\n' in found
    assert "# The first rule.\n[[separation.rule]]" in found
    assert tomllib.loads(found)["separation"]["rule"] == rules
    none = changed(TEXT, {}, {"separation.rule": []})
    assert tomllib.loads(none)["separation"] == {"applicant_may": []}


@pytest.mark.parametrize(
    "text",
    [
        'id = "broken',
        'start.roles = ["member"]\ntitle = "x"\n',
        'title = "x"\n"quoted key" = 1\n',
        'title = "x"\nstart = { roles = ["a"] }\n',
    ],
)
def test_what_is_written_in_another_way_is_left_to_its_writer(text: str) -> None:
    with pytest.raises(NotEditable):
        changed(text, {("title",): "y", ("start", "roles"): ["b"]})


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_comes_back_as_it_was_given(title: str, words: list[str]) -> None:
    # Files hold no half of a surrogate pair, and TOML no bare carriage return.
    for one in (title, *words):
        if any("\ud800" <= char <= "\udfff" for char in one):
            return
    found = tomllib.loads(changed(TEXT, {("title",): title, ("words",): words}))
    assert (found["title"], found["words"]) == (title, words)
