"""Fields of a form as plain inputs, and what was typed into them: the form's own values come back."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from engine.forms import Form, compile_form
from tests.builders import House
from webapp.studio.inputs import inputs, read_inputs, typed_in

FORM: dict[str, Any] = {
    "schemaVersion": 18,
    "type": "default",
    "id": "f",
    "components": [
        {"type": "textfield", "id": "a", "key": "name", "label": "姓名"},
        {
            "type": "checklist",
            "id": "b",
            "key": "papers",
            "label": "材料",
            "values": [
                {"label": "发票", "value": "bill"},
                {"label": "诊断", "value": "proof, stamped"},
            ],
        },
        {
            "type": "dynamiclist",
            "id": "c",
            "path": "family",
            "label": "家庭成员",
            "components": [
                {"type": "textfield", "id": "d", "key": "who", "label": "姓名"},
                {"type": "number", "id": "e", "key": "age", "label": "年龄"},
            ],
        },
    ],
}
VALUES = {
    "name": "陈静",
    "papers": ["proof, stamped"],
    "family": [{"who": "甲", "age": 8}, {"who": "乙"}],
}


def sent(form: Form, values: dict[str, Any]) -> MultiDict[str, str]:
    """What a browser sends of the inputs as they stand."""
    found: MultiDict[str, str] = MultiDict()

    def add(one: dict[str, Any]) -> None:
        if one["kind"] == "rows":
            for row in one["rows"]:
                for inner in row:
                    add(inner)
        elif one["kind"] == "several":
            for chosen in one["chosen"]:
                found.add(one["name"], chosen)
        else:
            found.add(one["name"], one["value"])

    for one in inputs(form, values, {}, {}):
        add(one)
    return found


def test_lists_and_choices_come_back_as_they_were(small_house: House) -> None:
    form = compile_form(FORM)
    with small_house.app.test_request_context("/"):
        assert read_inputs(form, typed_in(sent(form, VALUES))) == VALUES


def test_a_list_has_a_row_more_than_it_holds_and_keeps_what_was_typed(small_house: House) -> None:
    form = compile_form(FORM)
    with small_house.app.test_request_context("/"):
        family = inputs(form, VALUES, {}, {})[2]
        assert [row[0]["value"] for row in family["rows"]] == ["甲", "乙", ""]
        typed = {"field.family.0.who": "丙", "field.family.2.who": "丁"}
        again = inputs(form, VALUES, {}, typed)[2]
        assert [row[0]["value"] for row in again["rows"]] == ["丙", "", "丁", ""]
        assert read_inputs(form, typed) == {"family": [{"who": "丙"}, {"who": "丁"}]}
