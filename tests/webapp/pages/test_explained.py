"""What tables worked out, told in plain words, and nothing sensitive with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.queries.case import read_case
from engine.queries.explain import explain
from engine.queries.history import Happening
from engine.sealing import Keyring
from tests.builders import PROCESSES, House
from tests.webapp.test_secrets_at_rest import MARKERS, start_illness_case

AID = compile_definition(Package.from_folder(PROCESSES / "illness_aid"))
NOW = datetime(2026, 3, 2, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "verified_self_paid_fen": 3_500_000,
    "cost_to": "2026-02-20",
    "register_history": [],
    "prior_aid_fen": 0,
    "disease": {"listed": True},
}


def made(rule: str) -> dict[str, Any]:
    rules = [{"table": 'decision "aid_ladder"', "rules": [rule], "because": []}]
    return {"decision": "aid_amount", "into": "suggestion", "rules": rules}


def told(rule: str, keyring: Keyring) -> Any:
    (one,) = explain(AID, keyring, "c1", made(rule), FACTS, NOW)
    return one


def test_the_rule_that_held_what_went_in_and_why_not_the_others(small_house: House) -> None:
    one = told("aid_ladder_rule_4", small_house.engine.keyring)
    assert one.inputs == (3_500_000,)
    (held,) = one.matched
    assert (held.number, held.rule.description) == (4, "3 万元以上至 4 万元")
    assert list(held.outputs.values()) == [600_000]
    assert [miss.number for miss in one.missed] == [1, 2, 3, 5, 6, 7, 8]
    assert all(miss.failed == (0,) for miss in one.missed)
    assert "S98" in one.decision.description


def test_where_the_case_has_gone_on_only_the_record_is_told(small_house: House) -> None:
    one = told("aid_ladder_rule_6", small_house.engine.keyring)
    assert one.inputs == ()
    assert [held.number for held in one.matched] == [6]
    assert one.missed == ()


def test_cells_of_a_table_are_read_out(small_house: House) -> None:
    from webapp.views.explained import _test  # the pages, which the house has loaded, come first

    with small_house.app.test_request_context(headers={"Accept-Language": "zh"}):
        assert _test("< 1000000", True) == "不满¥ 10,000.00"
        assert _test("(2000000..3000000]", True) == "¥ 20,000.00以上至¥ 30,000.00"
        assert _test(">= 2011", False) == "不少于2011"
        assert _test('"yes", "no"', False) == "yes或no"
        assert _test("true", False) == "是"
        assert _test("not(null)", False) == "not(null)"


def test_it_is_told_in_plain_words_and_nothing_sensitive_with_it(small_house: House) -> None:
    from webapp.views.explained import explained

    house = small_house
    case = start_illness_case(house)
    house.run_jobs()
    actor = house.engine.directory.actor("clerk_wang")
    with house.engine.database.read() as connection:
        seen = read_case(connection, house.engine, actor, case)
    document = {**seen.document, **FACTS, "suggestion": {"reason": "按分档测算"}}
    decision = {**made("aid_ladder_rule_4"), "element": "suggest_amount"}
    seen = replace(seen, document=document)
    happening = Happening(9, NOW, "task.completed", "x", {}, {"decisions": [decision]}, "")
    with house.app.test_request_context(headers={"Accept-Language": "zh"}):
        (one,) = explained(house.engine, seen, [happening])
    (table,) = one["tables"]
    assert one["lines"] == ["按分档测算"]
    assert table["question"] == "按自付金额属于哪一档？"
    assert table["inputs"] == ["核定自付 ¥ 35,000.00"]
    assert table["matched"][0]["gives"] == ["档额 ¥ 6,000.00"]
    assert table["missed"][3]["why"] == [
        "核定自付为¥ 35,000.00，该规则要求¥ 40,000.00以上至¥ 50,000.00"
    ]
    assert not [marker for marker in MARKERS if marker in str(one)]


def test_a_choice_is_told_in_the_words_of_its_form(small_house: House) -> None:
    from webapp.views.explained import _given, _tested

    house = small_house
    case = start_illness_case(house)
    house.run_jobs()
    actor = house.engine.directory.actor("clerk_wang")
    with house.engine.database.read() as connection:
        seen = read_case(connection, house.engine, actor, case)
    columns = [
        column
        for model in seen.definition.decisions.values()
        for decision in model.decisions
        for column in getattr(decision.expression, "inputs", ())
    ]
    column = next(one for one in columns if one.expression == "runs_business")
    with house.app.test_request_context(headers={"Accept-Language": "zh"}):
        assert _given(seen, column, "no") == "否"
        assert _tested(seen, column, '"yes"') == "是"
        assert _given(seen, column, "neither of them") == "neither of them"
