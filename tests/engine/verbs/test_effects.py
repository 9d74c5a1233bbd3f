"""docs/verbs.md says what each verb makes of what each ability did; each cell of its table is tried here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from engine.actors import SYSTEM
from engine.commands.administer import move_token, terminate
from engine.commands.send_back import send_back
from engine.commands.take_back import take_back
from engine.commands.withdraw import revise, withdraw
from engine.errors import EngineError
from engine.ids import new_id
from engine.store.tables import effect, proposal, task
from engine.studio.beginning import new_package
from engine.studio.candidates import candidate_id, keep_candidate
from tests.engine.abilities import test_letter as letters
from tests.engine.abilities import test_notice as notices
from tests.engine.abilities import test_register as registers
from tests.engine.abilities.workshop import ACCOUNT, ID_CARD, PEOPLE, House, User, house
from tests.engine.commands import test_payments as payments
from tests.engine.verbs.page import table

__all__ = ["house"]

RELEASE = letters.Service("release", "fund.release", {"fund": '"aid"'}, into="released_fen")
#: What `definition.deploy` puts in use.
NEW = new_package("tea_break")
#: What runs between `first` and `second`, by the column of the page.
NODES: dict[str, tuple[Any, ...]] = {
    "numbering.next": (letters.NUMBER,),
    "register.lookup": (registers.LOOK,),
    "register.enter": (registers.ENTER,),
    "fund.reserve": (payments.RESERVE,),
    "fund.release": (payments.RESERVE, RELEASE),
    "notice.publish": (notices.publish(),),
    "notice.close": (notices.publish(), notices.Until("over", "date(notice.ends)"), notices.CLOSE),
    "payment.pay, not sent": (payments.RESERVE, payments.PAY),
    "payment.pay, paid": (payments.RESERVE, payments.PAY),
    "letter.make": (letters.LETTER,),
    "case.archive": (letters.ARCHIVE,),
    "definition.deploy": (
        letters.Service("deploy", "definition.deploy", {"candidate": f'"{candidate_id(NEW)}"'}),
    ),
}
FORM = {
    "id_card_no": ID_CARD,
    "bank_account": ACCOUNT,
    "amount_fen": 300_000,
    "category": "重大疾病",
}


class Done:
    """A case in which `first` was done, an ability has acted, and `second` waits where it can."""

    def __init__(self, house: House, column: str) -> None:
        self.house, self.column = house, column
        house.fund(10_000_000)
        house.deploy(
            User("first"),
            *NODES[column],
            User("second", "reviewer @ root"),
            letters={"decision": letters.SOURCE},
        )
        self.case = house.start(**FORM)
        if column == "definition.deploy":
            self._propose()
        house.complete(self.case, "first", "clerk")
        if column == "notice.close":
            house.clock.advance(timedelta(days=14))
            house.run()
        if column == "payment.pay, paid":
            made = payments.send(house)
            payments.receive(house, made, payments.Bank(house).reply(made))
        assert house.problems() == []

    def _propose(self) -> None:
        """As if the case had begun in the studio, with what somebody else drafted."""
        with self.house.engine.command(SYSTEM) as uow:
            frozen = keep_candidate(uow, NEW)
            values = {"candidate_id": frozen, "instance_id": self.case, "state": "waiting"}
            uow.execute(
                insert(proposal).values(
                    id=new_id(),
                    proposed_by="anna",
                    proposed_at=uow.now,
                    why="new",
                    editors=["anna"],
                    warnings=[],
                    **values,
                )
            )
            uow.commit()

    def task(self, element: str) -> str:
        """The latest task of an element."""
        rows = self.house.rows(task, instance_id=self.case, element_id=element)
        return str(rows[-1]["id"])

    def do(self, person: str, command: Callable[[Any], Any]) -> None:
        """One command, and what follows."""
        with self.house.engine.command(self.house.engine.directory.actor(person)) as uow:
            command(uow)
            uow.commit()
        self.house.run()

    def outcome(self) -> str:
        """What has become of what the ability did."""
        name = self.column.partition(",")[0]
        rows = self.house.rows(effect, instance_id=self.case, ability=name)
        return str(rows[0]["state"]) if rows else "nothing"


VERBS: dict[str, Callable[[Done], None]] = {
    "send back": lambda it: it.do(
        "reviewer", lambda uow: send_back(uow, it.task("second"), "first", reason="again")
    ),
    "send back, straight back": lambda it: it.do(
        "reviewer",
        lambda uow: send_back(uow, it.task("second"), "first", reason="again", then="jump"),
    ),
    "take back": lambda it: it.do("clerk", lambda uow: take_back(uow, it.task("first"))),
    "revise": lambda it: it.do("anna", lambda uow: revise(uow, it.case)),
    "withdraw": lambda it: it.do("anna", lambda uow: withdraw(uow, it.case)),
    "move a token back": lambda it: it.do(
        "keeper", lambda uow: move_token(uow, it.task("second"), "first", reason="a slip")
    ),
    "terminate, effects undone": lambda it: it.do(
        "keeper", lambda uow: terminate(uow, it.case, reason="over")
    ),
    "terminate, effects kept": lambda it: it.do(
        "keeper", lambda uow: terminate(uow, it.case, reason="over", effects="keep")
    ),
}
CELLS = [
    (verb, column, cell)
    for verb, row in table("What becomes of effects").items()
    for column, cell in row.items()
]


@pytest.mark.parametrize(("verb", "column", "cell"), CELLS)
def test_a_verb_makes_of_an_effect_what_the_page_says(
    house: House, verb: str, column: str, cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if cell == "–":
        return
    if column == "definition.deploy":
        # Who agrees to a version has to administer.
        name, unit, roles = PEOPLE["clerk"]
        monkeypatch.setitem(PEOPLE, "clerk", (name, unit, (*roles, ("keeper", "root"))))
    it = Done(house, column)
    before = it.house.balances()
    try:
        VERBS[verb](it)
        found = it.outcome()
    except EngineError as error:
        found = error.problem
        assert it.house.balances() == before
    assert found == cell.strip("`")
    if found == "reversed":
        assert it.house.balances()["reserved"] == 0


def test_every_verb_and_every_ability_has_its_place(house: House) -> None:
    page = table("What becomes of effects")
    assert list(page) == list(VERBS)
    assert {column.partition(",")[0] for column in page["revise"]} == set(house.engine.abilities)
