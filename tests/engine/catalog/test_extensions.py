"""Our nested elements are read as the descriptor says; the editor reads the same file."""

import json

from lxml import etree

from engine.catalog.extensions import DESCRIPTOR, NAMESPACE, Remark, descriptor, read_extensions


def read(inside: str, kind: str = "userTask") -> tuple[dict[str, object], list[Remark]]:
    container = etree.fromstring(f'<x xmlns:gongban="{NAMESPACE}" xmlns:o="urn:o">{inside}</x>')
    return read_extensions(container, kind)


def test_a_sign_off_has_the_documented_defaults() -> None:
    values, remarks = read('<gongban:signOff rule="ratio" threshold="&gt;= 2/3" minimum="3" />')
    assert remarks == []
    assert values["signOff"] == {
        "rule": "ratio",
        "signers": None,
        "minimum": 3,
        "of": "entitled",
        "threshold": ">= 2/3",
        "quorum": None,
        "wait": "early",
        "abstain": "counts",
        "no_quorum": None,
        "form": "shared",
        "votes": "final",
        "veto": None,
        "leavers": "dropped",
    }


def test_outcomes_are_a_list_in_the_order_of_the_file() -> None:
    values, remarks = read(
        '<gongban:outcomes><gongban:outcome id="agree" label="同意" kind="positive" />'
        '<gongban:outcome id="back" label="退回" opinion="required" form="not_validated" />'
        "</gongban:outcomes>"
    )
    assert remarks == []
    assert values["outcomes"] == [
        {"id": "agree", "label": "同意", "kind": "positive", "opinion": "optional",
         "form": "validated"},
        {"id": "back", "label": "退回", "kind": "neutral", "opinion": "required",
         "form": "not_validated"},
    ]  # fmt: skip


def test_elements_of_other_namespaces_are_not_ours_to_judge() -> None:
    assert read("<o:thing />text<!-- note -->") == ({}, [])


def test_a_sign_off_belongs_to_people() -> None:
    values, remarks = read("<gongban:signOff />", kind="serviceTask")
    assert values == {}
    assert remarks == [Remark("unknown_extension", {"name": "signOff"})]


def test_an_unknown_child_is_named_with_its_parent() -> None:
    _, remarks = read("<gongban:outcomes><gongban:result /><o:outcome /></gongban:outcomes>")
    assert [remark.parts["name"] for remark in remarks] == ["outcomes/result", "outcomes/outcome"]


def test_a_wrong_value_is_named_with_what_is_allowed_and_read_as_the_default() -> None:
    values, remarks = read('<gongban:signOff wait="never" minimum="some" />')
    assert [remark.parts["allowed"] for remark in remarks] == ["early | all | deadline", "Integer"]
    sign_off = values["signOff"]
    assert isinstance(sign_off, dict)
    assert (sign_off["wait"], sign_off["minimum"]) == ("early", 1)


def test_the_descriptor_is_consistent() -> None:
    raw = json.loads(DESCRIPTOR.read_text(encoding="utf-8"))
    assert (raw["uri"], raw["prefix"]) == (NAMESPACE, "gongban")
    known = {"String", "Integer", "Boolean", *descriptor().enumerations}
    for found in descriptor().types.values():
        names = {known_property.name for known_property in found.properties}
        assert set(found.required) <= names
        for one in found.properties:
            kinds = known if one.is_attribute else {t.name for t in descriptor().types.values()}
            assert one.type in kinds
            words = descriptor().enumerations.get(one.type)
            # What must be there has no default: an editor would leave it out.
            assert words is None or (one.default in words) != (one.name in found.required)
