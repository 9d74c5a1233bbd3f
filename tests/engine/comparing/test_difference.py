"""Two packages compared: nothing is told that does not differ, and everything that does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.package import Package
from engine.comparing.apart import put_together, taken_apart
from engine.comparing.difference import compare
from engine.comparing.node import same
from engine.comparing.sentences import summary
from schemas.difference import SAME, Difference, DifferenceSchema, dumped
from tests.engine.comparing.edits import EDITS, PROCESSES, RULES, Edit, base, replaced, table

BASE = base()
MODELS = sorted((Path(__file__).parents[4] / "shared" / "corpora" / "bpmn-miwg").rglob("*.bpmn"))


def told(difference: Difference) -> set[tuple[str, str, str, tuple[str, ...]]]:
    """What a difference says, in the form in which edits say what they expect."""
    found = set()
    for file in difference.files:
        for thing in file.things:
            names = tuple(sorted({one.name for one in thing.properties}))
            found.add((file.path, thing.id, thing.action, names))
        for table_ in file.tables:
            if table_.properties:
                names = tuple(sorted(one.name for one in table_.properties))
                found.add((file.path, table_.id, table_.action, names))
            for rule in table_.rules:
                if rule.action != SAME:
                    texts = {t for a, b in rule.cells if a != b for t in (a, b) if t is not None}
                    found.add((file.path, rule.id, rule.action, tuple(sorted(texts))))
        if file.lines:
            texts = {line.text for line in file.lines if line.action in ("added", "removed")}
            found.add((file.path, "", file.action, tuple(sorted(texts))))
    return found


def edited(edits: list[Edit]) -> Package:
    package = BASE
    for edit in edits:
        package = edit.change(package)
    return package


@pytest.mark.parametrize("name", ["approve3", "illness_aid"])
def test_a_package_does_not_differ_from_itself(name: str) -> None:
    package = Package.from_folder(PROCESSES / name)
    assert compare(package, package).files == ()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(EDITS), unique_by=repr))
def test_exactly_what_was_edited_is_told(edits: list[Edit]) -> None:
    package = edited(edits)
    difference = compare(BASE, package)
    assert told(difference) == {one for edit in edits for one in edit.told}
    # What is only drawn elsewhere is the same version; everything else is another.
    assert difference.empty == (package.hash == BASE.hash)
    assert not any(one.written for one in difference.files)
    assert DifferenceSchema().validate(json.loads(json.dumps(dumped(difference)))) == {}
    back = compare(package, BASE)
    swapped = {"added": "removed", "removed": "added"}
    assert {(path, id) for path, id, _, _ in told(back)} == {
        (path, id) for path, id, _, _ in told(difference)
    }
    assert {(id, swapped.get(action, action)) for _, id, action, _ in told(back)} == {
        (id, action) for _, id, action, _ in told(difference)
    }
    for language in ("zh", "en"):
        lines = summary(BASE, package, difference, language)
        assert bool(lines) == (not difference.empty)


def test_a_step_with_another_id_in_the_same_place_is_told_as_renamed_and_as_a_guess() -> None:
    text = BASE.files["process.bpmn"].decode()
    package = Package({**BASE.files, "process.bpmn": text.replace("check", "verify").encode()})
    found = {one.id: one for file in compare(BASE, package).files for one in file.things}
    assert found["verify"].action == "renamed"
    assert found["verify"].was == "check"
    assert found["verify"].guessed
    # The flows to it have other ids and lead where they led.
    assert set(found) == {"verify"}


def test_two_steps_that_changed_places_are_told_as_moved() -> None:
    package = BASE
    for old, new in (
        (
            'id="apply__check" sourceRef="apply" targetRef="check"',
            'id="apply__check" sourceRef="apply" targetRef="approve"',
        ),
        (
            'id="check__approve" sourceRef="check" targetRef="approve"',
            'id="check__approve" sourceRef="approve" targetRef="check"',
        ),
        (
            'sourceRef="approve" targetRef="approve_gate"',
            'sourceRef="check" targetRef="approve_gate"',
        ),
    ):
        package = replaced(package, "process.bpmn", old, new)
    things = compare(BASE, package).files[0].things
    assert {one.id for one in things if one.action == "moved"} == {"check", "approve"}
    said = summary(BASE, package, compare(BASE, package), "zh")
    assert "环节“核对库存”：移到“主席审批”之后" in said


def test_rules_with_new_ids_are_matched_by_what_they_ask() -> None:
    renamed = [(f"{id}_x", asks, says) for id, asks, says in RULES]
    renamed[0] = ("other", RULES[0][1], "700000")
    package = Package({**BASE.files, "limits.dmn": table(renamed)})
    rules = compare(BASE, package).files[0].tables[0].rules
    assert [rule.action for rule in rules] == ["changed", "same", "same"]
    assert rules[0].cells[1] == ("500000", "700000")


def test_a_rule_that_went_up_is_one_rule_that_moved() -> None:
    package = Package({**BASE.files, "limits.dmn": table([RULES[1], RULES[0], RULES[2]])})
    rules = compare(BASE, package).files[0].tables[0].rules
    assert [rule.action for rule in rules].count("moved") == 1


def test_a_column_that_is_gone_shifts_no_cell() -> None:
    wide = BASE.files["limits.dmn"].decode()
    wide = wide.replace(
        '<output id="out_1"',
        '<input id="in_2" label="数量"><inputExpression id="e2"><text>quantity</text>'
        '</inputExpression></input><output id="out_1"',
    )
    wide = wide.replace(
        "</text></inputEntry>", "</text></inputEntry><inputEntry><text>&gt; 5</text></inputEntry>"
    )
    package = Package({**BASE.files, "limits.dmn": wide.encode()})
    found = compare(package, BASE).files[0].tables[0]
    assert [(one.id, one.action) for one in found.columns] == [
        ("in_1", "same"),
        ("in_2", "removed"),
        ("out_1", "same"),
    ]
    assert found.rules[0].cells == (("< 100000", "< 100000"), ("> 5", None), ("500000", "500000"))


def test_a_sum_is_told_in_yuan_and_a_step_by_what_comes_after_it() -> None:
    by_name = {edit.name: edit for edit in EDITS}
    package = edited([by_name["a cell"], by_name["insert a step"], by_name["label"]])
    difference = compare(BASE, package)
    assert summary(BASE, package, difference, "zh") == [
        "在“主席审批”前增加环节“复核”",
        "规则表“限额表”第 1 条：上限由 5,000 元改为 6,000 元",
        "表单“提出申请”：字段“名称”：标签由“用品名称”改为“名称”",
    ]
    assert summary(BASE, package, difference, "en")[:2] == [
        "Step “复核” before “Chair's approval” is new",
        "Table “限额表”, rule 1: 上限 changes from 5,000 yuan to 6,000 yuan",
    ]


def test_a_file_written_otherwise_is_said_to_say_the_same() -> None:
    text = (
        BASE.files["process.bpmn"]
        .decode()
        .replace("spiffworkflow:", "s:")
        .replace("xmlns:spiffworkflow", "xmlns:s")
    )
    difference = compare(BASE, Package({**BASE.files, "process.bpmn": text.encode()}))
    assert [(one.path, one.written, one.things) for one in difference.files] == [
        ("process.bpmn", True, ())
    ]


def test_a_file_that_cannot_be_read_is_compared_line_by_line() -> None:
    package = replaced(BASE, "forms/apply.json", '"schemaVersion": 18,', '"schemaVersion" 18,')
    file = compare(BASE, package).files[0]
    assert [line.text.strip() for line in file.lines if line.action == "added"] == [
        '"schemaVersion" 18,'
    ]


def test_texts_of_many_lines_are_compared_without_making_anybody_wait() -> None:
    long = Package(
        {**BASE.files, "letters/answer.typ": b"\n".join(b"%d" % n for n in range(60_000))}
    )
    other = Package(
        {**BASE.files, "letters/answer.typ": b"\n".join(b"%d" % (n * 7) for n in range(60_000))}
    )
    assert compare(long, other).files[0].lines


@pytest.mark.skipif(not MODELS, reason="the reference models are not at hand")
def test_reference_models_lose_nothing_when_taken_apart() -> None:
    for path in MODELS:
        node = taken_apart("process.bpmn", path.read_bytes())
        assert node is not None, path
        again = taken_apart("process.bpmn", put_together("process.bpmn", node))
        assert again is not None, path
        assert same(node, again), path
