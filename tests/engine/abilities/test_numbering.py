from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from engine.abilities.numbering import BadPattern, take_number
from engine.actors import SYSTEM
from engine.store.tables import instance, number_sequence
from tests.engine.abilities.workshop import ZONE, House, Service, User

PATTERN = "DB-{year}-{number:05}"
NUMBER = Service("number", "numbering.next", {"sequence": f'"{PATTERN}"'}, into="no")


def take(house: House, pattern: str = PATTERN, *, commit: bool = True) -> str:
    with house.engine.command(SYSTEM) as uow:
        number = take_number(uow, pattern)
        if commit:
            uow.commit()
        return number


def test_a_case_gets_the_next_number_of_the_year(house: House) -> None:
    house.deploy(NUMBER, User("wait"))
    first, second = house.start(), house.start("ben")
    assert house.document(first)["no"] == "DB-2026-00001"
    assert house.row(instance, id=second)["number"] == "DB-2026-00002"


def test_numbers_begin_again_with_the_organisations_year(house: House) -> None:
    house.clock.set(datetime(2026, 12, 31, 23, 59, tzinfo=ZONE))
    assert take(house) == "DB-2026-00001"
    house.clock.set(datetime(2027, 1, 1, 0, 0, tzinfo=ZONE))
    assert take(house) == "DB-2027-00001"


def test_a_pattern_without_a_year_goes_on_for_ever(house: House) -> None:
    assert take(house, "A{number}") == "A1"
    house.clock.set(datetime(2027, 5, 1, 9, 0, tzinfo=ZONE))
    assert take(house, "A{number}") == "A2"


def test_a_number_whose_transaction_failed_goes_to_the_next(house: House) -> None:
    assert take(house) == "DB-2026-00001"
    assert take(house, commit=False) == "DB-2026-00002"
    assert take(house) == "DB-2026-00002"


def test_numbers_taken_at_once_have_no_gap_and_no_double(house: House) -> None:
    with ThreadPoolExecutor(12) as pool:
        numbers = list(pool.map(lambda _: take(house), range(40)))
    assert sorted(numbers) == [f"DB-2026-{number:05}" for number in range(1, 41)]


def test_a_number_of_an_ended_case_stays_used_and_is_marked_void(house: House) -> None:
    house.deploy(NUMBER, User("wait"))
    first = house.start()
    house.withdraw(first)
    assert house.effects(first) == {"numbering.next": "void void"}
    assert house.row(instance, id=first)["number"] == "DB-2026-00001"
    assert house.document(house.start())["no"] == "DB-2026-00002"


def test_a_second_number_does_not_rename_the_case(house: House) -> None:
    other = Service("other", "numbering.next", {"sequence": '"V-{number}"'}, into="voucher_no")
    house.deploy(NUMBER, other, User("wait"))
    case = house.start()
    assert house.document(case)["voucher_no"] == "V-1"
    assert house.row(instance, id=case)["number"] == "DB-2026-00001"


@pytest.mark.parametrize(
    "pattern",
    [
        "DB-{year}",
        "{number.__class__}",
        "{number}{number}",
        "{number:99999999}",
        "{0}{number}",
        "{year:04}{number}",
        "{number!r}",
        "x" * 60 + "{number}",
    ],
)
def test_a_pattern_that_is_not_one_is_refused(house: House, pattern: str) -> None:
    with pytest.raises(BadPattern), house.engine.command(SYSTEM) as uow:
        take_number(uow, pattern)
    assert house.rows(number_sequence) == []
