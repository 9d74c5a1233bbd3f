from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from engine.abilities.ledger import AVAILABLE, PAID, RESERVED, SOURCE, move
from engine.actors import SYSTEM
from engine.commands.funds import FundExists, deposit, open_fund
from engine.errors import Invalid, NotFound
from engine.queries.funds import list_funds, movements
from engine.store.tables import fund_account, fund_entry
from tests.engine.abilities.workshop import House, Service, User

RESERVE = Service(
    "reserve",
    "fund.reserve",
    {"fund": '"aid"', "amount_fen": "amount_fen"},
    into="reservation",
    errors={"insufficient_funds": "short"},
)
RELEASE = Service("release", "fund.release", {"fund": '"aid"'}, into="released_fen")


def in_order(house: House) -> None:
    """The balances add up to nothing, and each is what its entries say."""
    balances = house.balances()
    assert sum(balances.values()) == 0
    for account, balance in balances.items():
        entries = house.rows(fund_entry)
        entered = sum(row["amount_fen"] for row in entries if row["credit"] == account)
        left = sum(row["amount_fen"] for row in entries if row["debit"] == account)
        assert balance == entered - left


def test_a_reservation_moves_money_from_available_to_reserved(house: House) -> None:
    house.fund(1_000_000)
    house.deploy(RESERVE, User("wait"))
    case = house.start(amount_fen=300_000)
    assert house.balances() == {
        SOURCE: -1_000_000,
        AVAILABLE: 700_000,
        RESERVED: 300_000,
        PAID: 0,
    }
    assert house.document(case)["reservation"]["available_fen"] == 700_000
    in_order(house)


def test_a_fund_with_less_answers_with_an_error_that_the_diagram_catches(house: House) -> None:
    house.fund(299_999)
    house.deploy(RESERVE, User("wait"))
    case = house.start(amount_fen=300_000)
    assert house.document(case)["fund_problem"] == {
        "fund": "aid",
        "amount_fen": 300_000,
        "available_fen": 299_999,
    }
    assert house.balances()[RESERVED] == 0
    assert house.effects(case) == {}
    house.complete(case, "short", "clerk")
    in_order(house)


def test_the_last_fen_can_be_reserved(house: House) -> None:
    house.fund(300_000)
    house.deploy(RESERVE, User("wait"))
    house.start(amount_fen=300_000)
    assert house.balances()[AVAILABLE] == 0


def test_an_unknown_fund_becomes_an_incident_that_names_it(house: House) -> None:
    house.deploy(RESERVE, User("wait"))
    house.start(amount_fen=300_000)
    assert house.problems() == ["There is no such fund. (fund=aid)"]


def test_twenty_reservations_at_once_never_overdraw_the_fund(house: House) -> None:
    house.fund(1_000_000)
    house.deploy(RESERVE, User("wait"))
    cases = [house.start(run=False, amount_fen=100_000) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: house.run(), range(20)))
    house.run()
    assert house.problems() == []
    assert house.balances() == {
        SOURCE: -1_000_000,
        AVAILABLE: 0,
        RESERVED: 1_000_000,
        PAID: 0,
    }
    short = [case for case in cases if "fund_problem" in house.document(case)]
    assert len(short) == 10
    in_order(house)


def test_movements_in_opposite_directions_do_not_wait_for_each_other(house: House) -> None:
    house.fund(1_000)

    def back_and_forth(number: int) -> None:
        there = (AVAILABLE, RESERVED) if number % 2 else (RESERVED, AVAILABLE)
        with house.engine.command(SYSTEM) as uow:
            move(uow, "aid", *there, 1, reason="test")
            uow.commit()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(back_and_forth, range(40)))
    in_order(house)


def test_a_movement_that_is_not_covered_changes_nothing(house: House) -> None:
    house.fund(100)
    with house.engine.command(SYSTEM) as uow:
        assert move(uow, "aid", AVAILABLE, RESERVED, 101, reason="test") is None
        uow.commit()
    assert house.balances()[AVAILABLE] == 100
    assert len(house.rows(fund_entry)) == 1


def test_the_database_itself_refuses_a_balance_below_zero(house: House) -> None:
    house.fund(100)
    below = update(fund_account).where(fund_account.c.name == AVAILABLE).values(balance_fen=-1)
    with (
        pytest.raises(IntegrityError, match="never_below_zero"),
        house.engine.command(SYSTEM) as uow,
    ):
        uow.execute(below)


def test_withdrawing_gives_the_reservation_back(house: House) -> None:
    house.fund(1_000_000)
    house.deploy(RESERVE, User("wait"))
    case = house.start(amount_fen=300_000)
    house.withdraw(case)
    assert house.balances()[AVAILABLE] == 1_000_000
    assert house.effects(case) == {"fund.reserve": "reversed reversed"}
    in_order(house)


def test_a_released_reservation_is_not_given_back_twice(house: House) -> None:
    house.fund(1_000_000)
    house.deploy(RESERVE, RELEASE, User("wait"))
    case = house.start(amount_fen=300_000)
    assert house.document(case)["released_fen"] == 300_000
    assert house.effects(case) == {
        "fund.reserve": "reversed released",
        "fund.release": "reversed standing",
    }
    house.withdraw(case)
    assert house.balances()[AVAILABLE] == 1_000_000
    in_order(house)


def test_releasing_without_a_reservation_releases_nothing(house: House) -> None:
    house.fund(1_000_000)
    house.deploy(RELEASE, User("wait"))
    assert house.document(house.start())["released_fen"] == 0


def test_one_case_never_gives_back_what_another_reserved(house: House) -> None:
    house.fund(1_000_000)
    house.deploy(RESERVE, User("wait"))
    first, second = house.start(amount_fen=300_000), house.start("ben", amount_fen=200_000)
    house.withdraw(first)
    assert house.balances()[RESERVED] == 200_000
    assert house.effects(second) == {"fund.reserve": "reversed standing"}


def test_money_comes_in_with_a_reason(house: House) -> None:
    house.fund(500)
    with house.engine.command(SYSTEM) as uow:
        deposit(uow, "aid", 300, "追加")
        uow.commit()
    with house.engine.database.read() as connection:
        assert [one.available_fen for one in list_funds(connection) if one.id == "aid"] == [800]
        assert [one.id for one in list_funds(connection)] == ["aid"]
        assert [one.reason for one in movements(connection, "aid")] == ["追加", "年初拨入"]


@pytest.mark.parametrize("amount", [0, -5, True])
def test_only_an_amount_above_zero_comes_in(house: House, amount: int) -> None:
    house.fund(0)
    with pytest.raises(Invalid), house.engine.command(SYSTEM) as uow:
        deposit(uow, "aid", amount, "追加")


def test_a_fund_is_opened_once(house: House) -> None:
    house.fund(0)
    with pytest.raises(FundExists), house.engine.command(SYSTEM) as uow:
        open_fund(uow, "aid", "again")
    with pytest.raises(NotFound), house.engine.command(SYSTEM) as uow:
        deposit(uow, "other", 5, "追加")
