"""What must last so long is proved from expressions and tables, or what is too short is shown."""

from __future__ import annotations

import json

import pytest

from engine.catalog.package import Package
from tests.engine.proving.policed import broken
from tests.engine.proving.small import (
    decision,
    package,
    plain,
    service,
)


def lasting(days: str, lasts: int = 5) -> Package:
    arguments = {
        "with_title": '"t"',
        "with_scope": '"unit"',
        "with_items": "{}",
        "with_days": days,
        "with_include_start_day": "true",
        "with_phone": '"1"',
        "into": "notice",
    }
    policy = f'id = "p"\nwhy = "w"\nelement = "publish"\nlasts = "at least {lasts} working days"'
    body = decision("period", "period") + service("publish", "notice.publish", **arguments)
    ways = "apply > period\nperiod > publish\npublish > end"
    return package(body + plain("endEvent", "end"), ways, policy)


@pytest.mark.parametrize(
    "days", ["5", "max(5, class)", "max(x, 7)", "if item = null then 5 else 9"]
)
def test_a_length_that_can_be_read_is_proved(days):
    assert broken(lasting(days)) == []


@pytest.mark.parametrize("days", ["4", "min(4, 9)", "if item = null then 5 else 4"])
def test_a_length_that_may_be_too_short_is_an_error(days):
    (found,) = broken(lasting(days))
    assert (found.rule, found.element) == ("policy_too_short", "publish")
    assert "may last 4 working days, not 5" in found.message


@pytest.mark.parametrize("days", ["value_fen", "2 + 3", "period"])
def test_a_length_that_cannot_be_read_is_said_to_be_not_proved(days):
    (found,) = broken(lasting(days))
    assert (found.rule, found.severity) == ("policy_not_proved", "warning")


def test_a_table_that_answers_too_little_is_shown_with_its_cell():
    made = lasting("period")
    table = made.files["class.dmn"].replace(b'"S"', b"6").replace(b'"L"', b"3")
    table = table.replace(b'id="out" typeRef="string"', b'id="out" typeRef="number"')
    (found,) = broken(Package({**made.files, "class.dmn": table}))
    assert (found.rule, found.file, found.element) == ("policy_too_short", "class.dmn", "class")
    assert [(cell.row, cell.column) for cell in found.cells] == [(2, 2)]


def test_a_table_of_which_the_case_asks_only_some_rules_answers_by_those():
    made = lasting("period")
    table = made.files["class.dmn"].replace(b'"S"', b"6").replace(b'"L"', b"3")
    table = table.replace(b'id="out" typeRef="string"', b'id="out" typeRef="number"')
    field = {"type": "expression", "id": "v", "key": "value_fen", "expression": "=500"}
    form = {"schemaVersion": 18, "type": "default", "id": "apply", "components": [field]}
    files = {"class.dmn": table, "forms/apply.json": json.dumps(form).encode()}
    assert broken(Package({**made.files, **files})) == []
