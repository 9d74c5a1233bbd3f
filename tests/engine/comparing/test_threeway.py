"""A release and an edited copy brought together: nothing of either is lost, nothing decided that a person must."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.check import check
from engine.catalog.package import Package
from engine.comparing.difference import compare
from engine.comparing.naming import Names
from engine.comparing.sentences import Telling
from engine.comparing.threeway import OURS, THEIRS, Merged, threeway
from tests.engine.comparing.edits import EDITS, RULE, RULES, Edit, base, replaced, step, table

BASE = base()
#: Changes of the same things as those of EDITS, to something else.
OTHERS = [
    ("process.bpmn", 'name="核对库存"', 'name="清点"'),
    ("process.bpmn", 'outcomes.approve = "agree"<', 'outcomes.approve != "refuse"<'),
    ("process.bpmn", 'name="同意领用"', 'name="准予领用"'),
    ("forms/apply.json", '"label": "用品名称"', '"label": "用品"'),
    ("process.toml", 'title = "活动用品领用审批"', 'title = "领用审批"'),
    ("process.toml", 'why = "核对人不得审批"', 'why = "不得自核自批"'),
    ("limits.dmn", ">500000<", ">700000<"),
    ("letters/answer.typ", "第二行", "第贰行"),
    ("i18n/en.json", '"Apply"', '"Request"'),
]
edits = st.lists(st.sampled_from(EDITS), unique_by=repr)


def edited(package: Package, changes: list[Edit]) -> Package:
    for edit in changes:
        package = edit.change(package)
    return package


def otherwise(changes: list[tuple[str, str, str]]) -> Package:
    package = BASE
    for path, old, new in changes:
        package = replaced(package, path, old, new)
    return package


@settings(max_examples=10, deadline=None)
@given(edits)
def test_what_only_one_of_both_changed_is_taken_as_it_is(changes: list[Edit]) -> None:
    changed = edited(BASE, changes)
    assert threeway(BASE, changed, BASE) == Merged(changed, ())
    assert threeway(BASE, BASE, changed) == Merged(changed, ())
    assert threeway(BASE, changed, changed) == Merged(changed, ())


@settings(max_examples=30, deadline=None)
@given(edits, st.data())
def test_changes_of_different_things_come_together(
    changes: list[Edit], data: st.DataObject
) -> None:
    mine = data.draw(st.lists(st.sampled_from(changes), unique_by=repr)) if changes else []
    both = data.draw(st.lists(st.sampled_from(changes), unique_by=repr)) if changes else []
    others = [one for one in changes if one not in mine or one in both]
    merged = threeway(BASE, edited(BASE, mine), edited(BASE, others))
    expected = edited(BASE, changes)
    assert merged.conflicts == ()
    assert compare(expected, merged.package).empty
    assert merged.package.hash == expected.hash


@settings(max_examples=15, deadline=None)
@given(edits, st.lists(st.sampled_from(OTHERS), unique=True))
def test_both_sides_see_the_same_conflicts_and_either_can_be_chosen(
    changes: list[Edit], others: list[tuple[str, str, str]]
) -> None:
    ours, theirs = edited(BASE, changes), otherwise(others)
    here, there = threeway(BASE, ours, theirs), threeway(BASE, theirs, ours)
    names = {one.id for one in here.conflicts}
    assert names == {one.id for one in there.conflicts}
    assert [(one.ours, one.theirs) for one in here.conflicts] == [
        (one.theirs, one.ours) for one in there.conflicts
    ]
    chosen = threeway(BASE, ours, theirs, dict.fromkeys(names, THEIRS))
    assert compare(chosen.package, there.package).empty
    assert all(one.chosen == THEIRS for one in chosen.conflicts)
    telling = Telling(Names.of(ours, theirs), "zh")
    for one in here.conflicts:
        mine, others_ = one.told(telling)
        assert mine
        assert others_
        assert one.ours != one.theirs


@pytest.mark.parametrize(("path", "old", "new"), OTHERS, ids=lambda text: text[:20])
def test_one_thing_changed_in_two_ways_is_one_conflict(path: str, old: str, new: str) -> None:
    mine = replaced(
        BASE, path, old, new.replace('"', '"新', 1) if new.count('"') > 1 else new + "新"
    )
    merged = threeway(BASE, mine, replaced(BASE, path, old, new))
    assert [one.path for one in merged.conflicts] == [path]
    # Until somebody chooses, nothing of ours is lost.
    assert compare(mine, merged.package).empty


def test_a_conflict_is_told_as_what_each_side_did() -> None:
    mine = replaced(BASE, "process.bpmn", 'name="核对库存"', 'name="核对"')
    other = replaced(BASE, "process.bpmn", 'name="核对库存"', 'name="清点"')
    (conflict,) = threeway(BASE, mine, other).conflicts
    assert conflict.told(Telling(Names.of(mine, other), "zh")) == (
        ["环节“核对”：原名“核对库存”"],
        ["环节“清点”：原名“核对库存”"],
    )


def test_what_one_removed_and_the_other_changed_is_asked() -> None:
    gone = Package({**BASE.files, "limits.dmn": table(RULES[1:])})
    other = replaced(BASE, "limits.dmn", ">500000<", ">600000<")
    for ours, theirs in ((gone, other), (other, gone)):
        merged = threeway(BASE, ours, theirs)
        assert len(merged.conflicts) == 1
        assert compare(ours, merged.package).empty
        taken = threeway(BASE, ours, theirs, {merged.conflicts[0].id: THEIRS})
        assert compare(theirs, taken.package).empty


def test_two_rules_put_into_the_same_place_of_a_table_read_from_above_are_asked_in_their_order() -> (
    None
):
    def more(id: str, asks: str) -> Package:
        return Package({**BASE.files, "limits.dmn": table([RULES[0], (id, asks, "1"), *RULES[1:]])})

    ours, theirs = more("mine", "&lt; 110000"), more("other", "&lt; 120000")
    merged = threeway(BASE, ours, theirs)
    assert len(merged.conflicts) == 1
    for choice, order in ((OURS, ("mine", "other")), (THEIRS, ("other", "mine"))):
        found = threeway(BASE, ours, theirs, {merged.conflicts[0].id: choice})
        text = found.package.files["limits.dmn"].decode()
        places = [text.index(f'id="{name}"') for name in ("low", *order, "middle", "high")]
        assert places == sorted(places)


def test_a_new_column_and_a_changed_cell_of_the_same_rule_come_together() -> None:
    wide = BASE.files["limits.dmn"].decode()
    wide = wide.replace(
        '<output id="out_1"',
        '<input id="in_2" label="数量"><inputExpression id="e2"><text>quantity</text>'
        '</inputExpression></input><output id="out_1"',
    )
    wide = wide.replace(
        "</text></inputEntry>", "</text></inputEntry><inputEntry><text>&gt; 5</text></inputEntry>"
    )
    ours = replaced(BASE, "limits.dmn", ">500000<", ">600000<")
    merged = threeway(BASE, ours, Package({**BASE.files, "limits.dmn": wide.encode()}))
    assert merged.conflicts == ()
    told = compare(BASE, merged.package).files[0].tables[0]
    assert told.rules[0].cells == (("< 100000", "< 100000"), (None, "> 5"), ("500000", "600000"))


def test_a_step_of_ours_and_another_of_theirs_in_different_places_make_a_sound_package() -> None:
    ours = step(BASE, "review", "复核", "check", "approve")
    theirs = step(BASE, "confirm", "确认", "approve", "approve_gate")
    merged = threeway(BASE, ours, theirs)
    assert merged.conflicts == ()
    added = {
        one.id
        for file in compare(BASE, merged.package).files
        for one in file.things
        if one.action == "added"
    }
    assert {"review", "confirm"} <= added
    assert [one for one in check(merged.package) if one.severity == "error"] == []


def test_a_file_that_only_one_has_is_kept_and_one_that_both_made_is_asked() -> None:
    here = Package({**BASE.files, "letters/new.typ": b"ours", "letters/mine.typ": b"x"})
    there = Package({**BASE.files, "letters/new.typ": b"theirs"})
    merged = threeway(BASE, here, there)
    assert [one.path for one in merged.conflicts] == ["letters/new.typ"]
    assert merged.package.files["letters/new.typ"] == b"ours"
    assert merged.package.files["letters/mine.typ"] == b"x"


def test_choices_that_fit_nothing_change_nothing() -> None:
    odd = {"": THEIRS, "[1]": THEIRS, '["process.bpmn", "x"]': THEIRS, "{}": THEIRS, RULE: THEIRS}
    assert threeway(BASE, BASE, BASE, odd) == Merged(BASE, ())
