from __future__ import annotations

from typing import Any

from engine.store.tables import register_entry
from tests.engine.abilities.workshop import ACCOUNT, ID_CARD, House, Service, User

WHO = {"register": '"aid"', "subject": "id_card_no", "account": "bank_account", "year": "2026"}
LOOK = Service("look", "register.lookup", WHO, into="history")
ENTER = Service(
    "enter",
    "register.enter",
    {**WHO, "amount_fen": "amount_fen", "facts": '{"类别": category}'},
    into="entry",
)
OTHER_ID = "110105198001010016"


def start(house: House, who: str = "anna", **form: Any) -> str:
    facts = {
        "id_card_no": ID_CARD,
        "bank_account": ACCOUNT,
        "amount_fen": 300_000,
        "category": "帮扶",
    }
    return house.start(who, **(facts | form))


def test_a_case_finds_what_earlier_cases_entered_and_not_its_own(house: House) -> None:
    house.deploy(LOOK, ENTER, User("wait"))
    first = start(house)
    assert house.document(first)["history"] == {
        "count": 0,
        "total_fen": 0,
        "latest": None,
        "same_account_others": 0,
    }
    second = start(house)
    assert house.document(second)["history"] == {
        "count": 1,
        "total_fen": 300_000,
        "latest": "2026-03-02",
        "same_account_others": 0,
    }


def test_the_own_line_is_not_an_earlier_one(house: House) -> None:
    house.deploy(ENTER, LOOK, User("wait"))
    assert house.document(start(house))["history"]["count"] == 0


def test_another_person_with_the_same_account_is_counted(house: House) -> None:
    house.deploy(LOOK, ENTER, User("wait"))
    start(house)
    found = house.document(start(house, "ben", id_card_no=OTHER_ID))["history"]
    assert (found["count"], found["same_account_others"]) == (0, 1)


def test_another_register_and_another_year_are_left_out(house: House) -> None:
    elsewhere = Service("elsewhere", "register.enter", {**ENTER.arguments, "register": '"other"'})
    last_year = Service("last_year", "register.enter", {**ENTER.arguments, "year": "2025"})
    house.deploy(LOOK, elsewhere, last_year, User("wait"))
    start(house)
    found = house.document(start(house))["history"]
    assert (found["count"], found["total_fen"], found["latest"]) == (0, 0, "2026-03-02")


def test_the_year_may_be_given_as_a_date(house: House) -> None:
    dated = Service("dated", "register.enter", {**ENTER.arguments, "year": 'date("2024-05-06")'})
    house.deploy(dated, User("wait"))
    start(house)
    assert house.row(register_entry)["year"] == 2024


def test_a_line_of_a_withdrawn_case_is_void_and_counts_no_more(house: House) -> None:
    house.deploy(LOOK, ENTER, User("wait"))
    first = start(house)
    house.withdraw(first)
    assert house.row(register_entry)["state"] == "void"
    assert house.effects(first) == {"register.enter": "void void"}
    assert house.document(start(house))["history"]["count"] == 0


def test_neither_the_id_card_nor_the_account_is_stored_in_the_clear(house: House) -> None:
    house.deploy(LOOK, ENTER, User("wait"))
    start(house)
    everything = house.everything()
    assert ID_CARD not in everything
    assert ACCOUNT not in everything
    assert len(house.row(register_entry)["subject"]) == 64


def test_facts_that_repeat_a_sealed_value_are_refused_without_naming_it(house: House) -> None:
    leak = Service("leak", "register.enter", {**ENTER.arguments, "facts": '{"病种": illness}'})
    house.deploy(leak, User("wait"))
    start(house, illness="恶性肿瘤")
    (problem,) = house.problems()
    assert "argument=facts" in problem
    assert "恶性肿瘤" not in house.everything()
    assert house.rows(register_entry) == []
