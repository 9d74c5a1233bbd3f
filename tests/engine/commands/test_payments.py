from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import Row, select

from engine.actors import SYSTEM
from engine.bankfile import BankFileInvalid, Batch, Order, Reply, make_reply
from engine.commands.payments import (
    Imported,
    MadeBatch,
    NothingReady,
    PaidInFuture,
    ReplyDiffers,
    fetch_batch_file,
    import_reply,
    make_batch,
)
from engine.commands.withdraw import withdraw
from engine.errors import IrreversibleEffect, NotAllowed, NotFound, SeparationOfDuties
from engine.queries.payments import batches, handled_funds, payments, read_batch
from engine.store.case import lock, save
from engine.store.tables import document_file, effect, event, job, payment_batch, payment_order
from tests.engine.abilities.workshop import ACCOUNT, House, Service, User, house

__all__ = ["house"]

RESERVE = Service("reserve", "fund.reserve", {"fund": '"aid"', "amount_fen": "amount_fen"})
ARGUMENTS = {
    "fund": '"aid"',
    "amount_fen": "amount_fen",
    "payee": "applicant.name",
    "bank": '"工商银行南京分行"',
    "account": "bank_account",
    "purpose": '"帮扶"',
}
HANDLERS = {"handlers": '"payer @ root"'}
PAY = Service("pay", "payment.pay", ARGUMENTS | HANDLERS, "payment", {"returned": "finance"})
RULE = (
    '[[separation.rule]]\nid = "two-people"\nwhy = "不相容岗位分离"\n'
    'groups = [["check"], ["pay"]]\n'
)


@pytest.fixture
def paying(house: House) -> House:
    house.fund(10_000_000)
    house.deploy(RESERVE, PAY, User("received", "starter"))
    return house


def start(house: House, who: str = "anna", amount_fen: int = 300_000) -> str:
    return house.start(who, amount_fen=amount_fen, bank_account=ACCOUNT)


def send(house: House, who: str = "payer", orders: list[str] | None = None) -> MadeBatch:
    with house.engine.command(house.engine.directory.actor(who)) as uow:
        made = make_batch(uow, "aid", orders)
        uow.commit()
        return made


@dataclass(frozen=True)
class Bank:
    """What the bank makes of the orders: returned for the named cases, paid for the others."""

    house: House
    paid_on: date = date(2026, 3, 2)

    def reply(self, made: MadeBatch, returned: tuple[str, ...] = ()) -> bytes:
        rows = self.house.rows(payment_order, batch_id=made.id)
        orders = tuple(Order(row["number"], "", "", "", row["amount_fen"], "") for row in rows)
        replies = [
            Reply(row["number"], "returned", reason="户名不符")
            if row["instance_id"] in returned
            else Reply(row["number"], "paid", self.paid_on, f"V-{row['number']}")
            for row in rows
        ]
        return make_reply(Batch(made.number, date(2026, 3, 2), orders), replies)


def receive(house: House, made: MadeBatch, content: bytes, who: str = "payer") -> Imported:
    with house.engine.command(house.engine.directory.actor(who)) as uow:
        found = import_reply(uow, made.id, content)
        uow.commit()
    house.run()
    return found


def test_a_payment_waits_until_the_bank_has_paid_it(paying: House) -> None:
    case = start(paying)
    order = paying.row(payment_order)
    assert (order["number"], order["state"]) == ("P-2026-00001", "ready")
    assert paying.row(job, element_id="pay")["state"] == "waiting"

    made = send(paying)
    assert (made.number, made.count, made.total_fen) == ("FB-2026-0001", 1, 300_000)
    assert paying.balances()["reserved"] == 300_000

    assert receive(paying, made, Bank(paying).reply(made)) == Imported(made.id, 1, 0)
    assert paying.document(case)["payment"] == {
        "order": "P-2026-00001",
        "paid_on": "2026-03-02",
        "voucher": "V-P-2026-00001",
    }
    balances = paying.balances()
    assert (balances["available"], balances["reserved"], balances["paid"]) == (
        9_700_000,
        0,
        300_000,
    )
    paying.complete(case, "received", "anna")
    assert paying.state(case) == "completed"


def test_a_returned_payment_goes_back_to_finance_and_can_be_paid_again(house: House) -> None:
    house.fund(10_000_000)
    again = Service("again", "payment.pay", ARGUMENTS | HANDLERS, "payment")
    house.deploy(RESERVE, PAY, again, User("received", "starter"))
    case, other = start(house), start(house, "ben")
    made = send(house)
    assert receive(house, made, Bank(house).reply(made, (case,))) == Imported(made.id, 1, 1)
    assert house.document(case)["payment_problem"] == "户名不符"
    assert house.effects(case)["payment.pay"] == "irreversible reversed"
    balances = house.balances()
    assert (balances["reserved"], balances["paid"]) == (300_000, 300_000)
    assert house.row(payment_order, instance_id=case)["state"] == "returned"
    house.complete(case, "finance", "clerk")
    assert house.state(case) == "completed"
    assert house.row(payment_order, instance_id=other, state="paid")["problem"] is None


def test_a_returned_payment_can_be_withdrawn_again(paying: House) -> None:
    case = start(paying)
    made = send(paying)
    receive(paying, made, Bank(paying).reply(made, (case,)))
    paying.withdraw(case)
    assert paying.balances()["available"] == 10_000_000


def test_a_diagram_that_forgot_returns_gets_an_incident_and_the_others_their_money(
    house: House,
) -> None:
    house.fund(10_000_000)
    house.deploy(RESERVE, Service("pay", "payment.pay", ARGUMENTS | HANDLERS, "payment"), User("x"))
    case, other = start(house), start(house, "ben")
    made = send(house)
    receive(house, made, Bank(house).reply(made, (case,)))
    assert house.row(job, instance_id=case, element_id="pay")["state"] == "incident"
    assert "payment" in house.document(other)


def test_a_batch_is_made_once(paying: House) -> None:
    start(paying)
    send(paying)
    with pytest.raises(NothingReady):
        send(paying)
    assert len(paying.rows(payment_batch)) == 1


def test_two_cashiers_at_once_make_one_batch(paying: House) -> None:
    for who in ("anna", "ben", "cora"):
        start(paying, who)

    def attempt(who: str) -> int:
        try:
            return send(paying, who).count
        except NothingReady:
            return 0

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(attempt, ["payer", "other_payer"] * 4))
    assert sorted(counts) == [0] * 7 + [3]
    assert len(paying.rows(payment_batch)) == 1


def test_a_withdrawal_and_a_batch_at_once_never_both_happen(paying: House) -> None:
    case = start(paying)

    def take_back() -> str:
        try:
            paying.withdraw(case)
        except IrreversibleEffect:
            return "sent"
        return "withdrawn"

    def pay() -> str:
        try:
            send(paying)
        except NothingReady:
            return "withdrawn"
        return "sent"

    with ThreadPoolExecutor(2) as pool:
        outcomes = {future.result() for future in (pool.submit(take_back), pool.submit(pay))}
    assert len(outcomes) == 1
    order = paying.row(payment_order)["state"]
    assert order == {"withdrawn": "cancelled", "sent": "batched"}[outcomes.pop()]


def test_before_the_batch_a_withdrawal_cancels_the_order(paying: House) -> None:
    case = start(paying)
    paying.withdraw(case)
    assert paying.row(payment_order)["state"] == "cancelled"
    assert paying.effects(case)["payment.pay"] == "reversed reversed"
    assert paying.balances()["available"] == 10_000_000
    with pytest.raises(NothingReady):
        send(paying)


def test_the_reservation_is_given_back_whichever_effect_is_undone_first(paying: House) -> None:
    case = start(paying)
    rows = {row.ability: row for row in _effects(paying, case)}
    with paying.engine.command(SYSTEM) as uow:
        locked = lock(uow, case)
        for ability in ("fund.reserve", "payment.pay"):
            paying.engine.abilities[ability].undo(uow, locked, rows[ability])
        save(uow, locked)
        uow.commit()
    assert paying.balances()["available"] == 10_000_000
    assert paying.row(payment_order)["state"] == "cancelled"


def _effects(house: House, case: str) -> list[Row[tuple[object, ...]]]:
    with house.engine.database.read() as connection:
        return list(connection.execute(select(effect).where(effect.c.instance_id == case)))


def test_after_the_batch_the_case_can_no_longer_be_withdrawn(paying: House) -> None:
    case = start(paying)
    send(paying)
    assert paying.effects(case)["payment.pay"] == "irreversible standing"
    with (
        pytest.raises(IrreversibleEffect) as refused,
        paying.engine.command(paying.engine.directory.actor("anna")) as uow,
    ):
        withdraw(uow, case)
    assert refused.value.parts["ability"] == "payment.pay"


def test_the_same_reply_twice_changes_nothing_and_another_one_is_refused(paying: House) -> None:
    case = start(paying)
    made = send(paying)
    content = Bank(paying).reply(made)
    receive(paying, made, content)
    events = len(paying.rows(event))
    assert receive(paying, made, content) == Imported(made.id, 1, 0, again=True)
    assert len(paying.rows(event)) == events
    assert paying.balances()["paid"] == 300_000
    with pytest.raises(ReplyDiffers):
        receive(paying, made, Bank(paying).reply(made, (case,)))
    assert paying.row(payment_order)["state"] == "paid"


def test_a_reply_that_arrives_twice_at_once_pays_once(paying: House) -> None:
    start(paying)
    made = send(paying)
    content = Bank(paying).reply(made)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: receive(paying, made, content), range(6)))
    assert sum(not one.again for one in found) == 1
    assert paying.balances()["paid"] == 300_000


def test_a_damaged_reply_and_one_of_another_batch_change_nothing(paying: House) -> None:
    start(paying)
    first = send(paying)
    start(paying, "ben")
    second = send(paying)
    for content in (
        b"",
        b"rubbish",
        Bank(paying).reply(first).replace(b"3000.00", b"9000.00"),
        Bank(paying).reply(second),
    ):
        with pytest.raises(BankFileInvalid):
            receive(paying, first, content)
    assert paying.row(payment_order, batch_id=first.id)["state"] == "batched"
    assert paying.balances()["paid"] == 0


def test_a_payment_on_a_day_to_come_is_refused(paying: House) -> None:
    start(paying)
    made = send(paying)
    tomorrow = date(2026, 3, 2) + timedelta(days=1)
    with pytest.raises(PaidInFuture):
        receive(paying, made, Bank(paying, tomorrow).reply(made))


def test_only_those_the_service_task_names_handle_its_payments(paying: House) -> None:
    start(paying)
    with pytest.raises(NotAllowed):
        send(paying, "clerk")
    made = send(paying)
    with pytest.raises(NotFound):
        receive(paying, made, Bank(paying).reply(made), "clerk")
    with paying.engine.database.read() as connection:
        directory, engine = paying.engine.directory, paying.engine
        assert payments(connection, engine, directory.actor("clerk")) == []
        assert handled_funds(connection, directory.actor("clerk")) == []
        assert handled_funds(connection, directory.actor("payer")) == ["aid"]
        assert batches(connection, directory.actor("clerk"), "aid") == []
        with pytest.raises(NotFound):
            read_batch(connection, engine, directory.actor("clerk"), made.id)


@pytest.mark.parametrize("keys", [("payer@root",), ()], ids=["fund names them", "nobody named"])
def test_without_handlers_on_the_task_the_funds_own_handle_it_or_nobody(
    house: House, keys: tuple[str, ...]
) -> None:
    house.fund(10_000_000, handlers=keys)
    house.deploy(RESERVE, Service("pay", "payment.pay", ARGUMENTS), User("wait"))
    start(house)
    if keys:
        assert send(house).count == 1
        return
    with pytest.raises(NotAllowed):
        send(house)
    with house.engine.command(SYSTEM) as uow:
        assert make_batch(uow, "aid").count == 1


def test_a_cashier_leaves_the_own_payment_to_a_colleague(paying: House) -> None:
    start(paying, "payer")
    start(paying, "anna")
    own = paying.rows(payment_order)[0]
    with pytest.raises(SeparationOfDuties):
        send(paying, "payer", [own["id"]])
    made = send(paying, "payer")
    assert (made.count, made.left_out) == (1, 1)
    colleague = send(paying, "other_payer")
    with pytest.raises(SeparationOfDuties):
        receive(paying, colleague, Bank(paying).reply(colleague), "payer")
    receive(paying, colleague, Bank(paying).reply(colleague), "other_payer")


def test_the_packages_separation_rules_hold_for_payments(house: House) -> None:
    house.fund(10_000_000)
    house.deploy(RESERVE, User("check", "payer @ root"), PAY, User("wait"), separation=RULE)
    case = start(house)
    house.complete(case, "check", "payer")
    with pytest.raises(NothingReady):
        send(house, "payer")
    assert send(house, "other_payer").count == 1


def test_named_orders_are_taken_all_or_none(paying: House) -> None:
    start(paying)
    start(paying, "ben")
    first, second = (row["id"] for row in paying.rows(payment_order))
    with pytest.raises(NotFound):
        send(paying, orders=[first, "no-such-order"])
    assert send(paying, orders=[first]).count == 1
    with pytest.raises(NothingReady):
        send(paying, orders=[first, second])
    assert send(paying, orders=[second]).number == "FB-2026-0002"


def test_a_payment_that_was_not_reserved_becomes_an_incident(house: House) -> None:
    house.fund(10_000_000)
    house.deploy(PAY, User("wait"))
    start(house)
    assert "has not reserved" in house.problems()[0]
    assert house.rows(payment_order) == []


def test_two_orders_cannot_count_on_the_same_reservation(house: House) -> None:
    house.fund(10_000_000)
    second = Service("second", "payment.pay", ARGUMENTS | HANDLERS)
    release = Service("release", "fund.release", {"fund": '"aid"'}, "released_fen")
    house.deploy(RESERVE, PAY, release, second, User("wait"))
    case = start(house)
    made = send(house)
    receive(house, made, Bank(house).reply(made))
    assert house.document(case)["released_fen"] == 0
    assert "has not reserved" in house.problems()[0]


def test_the_account_is_in_the_banks_file_and_nowhere_else(paying: House) -> None:
    start(paying)
    made = send(paying)
    assert ACCOUNT not in paying.everything()
    with paying.engine.command(paying.engine.directory.actor("payer")) as uow:
        name, content = fetch_batch_file(uow, made.id)
        uow.commit()
    assert name == "FB-2026-0001.csv"
    assert ACCOUNT in content.decode("utf-8-sig")
    assert paying.rows(document_file)[0]["kind"] == "bank_file"
    assert "payment.file_fetched" in [row["type"] for row in paying.rows(event)]
    with paying.engine.database.read() as connection:
        actor = paying.engine.directory.actor("payer")
        batch, (order,) = read_batch(connection, paying.engine, actor, made.id)
        assert batch.state == "sent"
        assert order.account == f"**** {ACCOUNT[-4:]}"
        assert [one.number for one in batches(connection, actor, "aid")] == ["FB-2026-0001"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount_fen", "0"),
        ("amount_fen", "-5"),
        ("amount_fen", '"100"'),
        ("account", '"abc"'),
        ("payee", "null"),
        ("handlers", '"starter"'),
        ("handlers", '"payer @ mars"'),
        ("purpose", '"a\\nb"'),
    ],
)
def test_arguments_that_do_not_hold_are_named_and_not_repeated(
    house: House, name: str, value: str
) -> None:
    house.fund(10_000_000)
    pay = Service("pay", "payment.pay", ARGUMENTS | HANDLERS | {name: value})
    house.deploy(RESERVE, pay, User("wait"))
    start(house)
    (problem,) = house.problems()
    assert f"argument={name}" in problem
    assert ACCOUNT not in problem
