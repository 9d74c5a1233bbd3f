"""Messages that a case waits for: who may deliver one, what it brings, and two who come at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.commands.deliver import deliver
from engine.errors import (
    InvalidForm,
    MessageNotAwaited,
    NotAllowed,
    NotFound,
    SeparationOfDuties,
)
from engine.sealing import is_sealed
from engine.store.tables import event, event_payload, job, task
from tests.engine.abilities.workshop import House, house
from tests.engine.commands.drawn import check_drawn, deploy_drawn
from tests.engine.commands.test_at_once import at_once

__all__ = ["house"]

WAITS = ("start s", "message m", "user after", "end e", "s > m > after > e")
SAYS = {"m": {"senders": "clerk @ root", "into": "reply"}, "after": {"candidates": "clerk @ root"}}
RACE = (
    "start s", "user before", "events g", "message m", "timer t", "user after", "user late", "end e",
    "end f", "s > before > g", "g > m > after > e", "g > t > late > f",
)  # fmt: skip
RACE_SAYS = {
    **SAYS,
    **{name: {"candidates": "clerk @ root"} for name in ("before", "after", "late")},
}
IN_DAYS = {"due_t": 'duration("P3D")'}


def send(house: House, case: str, who: str, fields: Any = None, message: str = "m_m") -> None:
    with house.engine.command(house.engine.directory.actor(who)) as uow:
        deliver(uow, case, message, fields)
        uow.commit()
    house.run()


def open_elements(house: House, case: str) -> list[str]:
    return sorted(row["element_id"] for row in house.rows(task, instance_id=case, state="open"))


def test_a_message_is_waited_for_without_anything_for_a_worker_to_do(house: House) -> None:
    deploy_drawn(house, *WAITS, says=SAYS)
    case = house.start()
    waiting = house.row(job, instance_id=case)
    assert (waiting["kind"], waiting["state"], waiting["payload"]) == (
        "message",
        "waiting",
        {"message": "m_m"},
    )
    assert open_elements(house, case) == []


def test_a_message_is_delivered_by_its_senders_only(house: House) -> None:
    deploy_drawn(house, *WAITS, says=SAYS)
    case = house.start("anna")
    # Who has no part in the case does not learn of it; the applicant knows it.
    with pytest.raises(NotFound):
        send(house, case, "cora")
    with pytest.raises(NotAllowed):
        send(house, case, "anna")
    send(house, case, "clerk")
    assert open_elements(house, case) == ["after"]
    assert house.row(job, instance_id=case)["state"] == "done"


def test_what_a_message_brings_lies_where_its_element_says(house: House) -> None:
    deploy_drawn(house, *WAITS, says=SAYS)
    case = house.start()
    brought = {"number": "调 7", "copies": 2, "complete": True, "note": None}
    send(house, case, "clerk", brought)
    assert house.document(case)["reply"] == brought


def test_the_record_says_who_delivered_what(house: House) -> None:
    deploy_drawn(house, *WAITS, says=SAYS)
    case = house.start()
    send(house, case, "clerk", {"number": "7"})
    told = house.row(event, type="message.received")
    assert (told["actor"], told["subject"]["element"], told["subject"]["message"]) == (
        "clerk",
        "m",
        "m_m",
    )
    payloads = "".join(row["payload"] for row in house.rows(event_payload))
    assert "高文员" in payloads
    assert "clerk@root" in payloads


@pytest.mark.parametrize(
    "fields",
    [
        {"list": [1]},
        {"inside": {"more": 1}},
        {"long": "x" * 2001},
        {"x" * 101: 1},
        {"": 1},
        {f"n{number}": 1 for number in range(101)},
    ],
    ids=["list", "object", "long", "name", "nameless", "many"],
)
def test_a_message_brings_few_short_and_plain_values(house: House, fields: Any) -> None:
    deploy_drawn(house, *WAITS, says=SAYS)
    case = house.start()
    with pytest.raises(InvalidForm):
        send(house, case, "clerk", fields)
    assert "reply" not in house.document(case)
    assert house.row(job, instance_id=case)["state"] == "waiting"


def test_a_message_cannot_bring_what_looks_like_a_sealed_value(house: House) -> None:
    deploy_drawn(house, *WAITS, says=SAYS)
    case = house.start()
    sealed = house.engine.keyring.seal("secret", "elsewhere/x")
    assert is_sealed(sealed)
    with pytest.raises(InvalidForm):
        send(house, case, "clerk", {"x": sealed})


def test_a_message_without_a_place_for_values_brings_none(house: House) -> None:
    deploy_drawn(house, *WAITS, says={**SAYS, "m": {"senders": "clerk @ root"}})
    case = house.start()
    with pytest.raises(InvalidForm):
        send(house, case, "clerk", {"number": "7"})
    send(house, case, "clerk")
    assert open_elements(house, case) == ["after"]


def test_a_message_that_nobody_waits_for_changes_nothing(house: House) -> None:
    deploy_drawn(house, *RACE, says=RACE_SAYS, swap=IN_DAYS)
    case = house.start()
    with pytest.raises(MessageNotAwaited):
        send(house, case, "clerk")
    with pytest.raises(NotFound):
        send(house, case, "clerk", message="no such")
    house.complete(case, "before", "clerk")
    send(house, case, "clerk")
    with pytest.raises(MessageNotAwaited):
        send(house, case, "clerk")
    assert open_elements(house, case) == ["after"]


def test_two_who_deliver_one_message_at_once_deliver_it_once(house: House) -> None:
    deploy_drawn(house, *WAITS, says=SAYS)
    case = house.start()
    answers = at_once(house, "clerk", lambda uow: deliver(uow, case, "m_m", {"n": 1}), 6)
    lost = [one for one in answers if isinstance(one, MessageNotAwaited)]
    assert (len(lost), len(answers)) == (5, 6)
    assert open_elements(house, case) == ["after"]
    assert len(house.rows(event, type="message.received")) == 1


def test_a_delivered_message_ends_the_waiting_for_its_time(house: House) -> None:
    deploy_drawn(house, *RACE, says=RACE_SAYS, swap=IN_DAYS)
    case = house.start()
    house.complete(case, "before", "clerk")
    assert {row["kind"]: row["state"] for row in house.rows(job)} == {
        "message": "waiting",
        "timer": "due",
    }
    send(house, case, "clerk")
    assert {row["kind"]: row["state"] for row in house.rows(job)} == {
        "message": "done",
        "timer": "cancelled",
    }
    house.clock.advance(timedelta(days=4))
    house.run()
    assert open_elements(house, case) == ["after"]


def test_when_its_time_comes_a_message_is_waited_for_no_more(house: House) -> None:
    deploy_drawn(house, *RACE, says=RACE_SAYS, swap=IN_DAYS)
    case = house.start()
    house.complete(case, "before", "clerk")
    house.clock.advance(timedelta(days=4))
    house.run()
    assert open_elements(house, case) == ["late"]
    assert house.row(job, kind="message")["state"] == "cancelled"
    with pytest.raises(MessageNotAwaited):
        send(house, case, "clerk")


def test_a_separation_rule_holds_against_whoever_delivers(house: House) -> None:
    rule = (
        '[[separation.rule]]\nid = "r"\nwhy = "经办人不得自行答复"\ngroups = [["before"], ["m"]]\n'
    )
    says = {**RACE_SAYS, "m": {"senders": "clerk @ root, reviewer @ root"}}
    deploy_drawn(house, *RACE, says=says, swap=IN_DAYS, extra=rule)
    case = house.start()
    house.complete(case, "before", "clerk")
    with pytest.raises(SeparationOfDuties):
        send(house, case, "clerk")
    send(house, case, "reviewer")
    assert open_elements(house, case) == ["after"]


def test_nobody_answers_their_own_case_unless_it_says_so(house: House) -> None:
    own = {**SAYS, "m": {"senders": "member @ applicant.unit"}}
    deploy_drawn(house, *WAITS, says=own)
    case = house.start("anna")
    with pytest.raises(SeparationOfDuties):
        send(house, case, "anna")
    send(house, case, "ben")
    deploy_drawn(house, *WAITS, says={**SAYS, "m": {"senders": "starter"}})
    case = house.start("anna")
    send(house, case, "anna")
    assert open_elements(house, case) == ["after"]


EACH = (
    "start s", "sub box each=visitors as=visitor", "start s2", "message m", "end e2", "s2 > m > e2",
    "close", "user after", "end e", "s > box > after > e",
)  # fmt: skip


def test_of_several_waiting_instances_the_senders_own_is_served(house: House) -> None:
    says = {**SAYS, "m": {"senders": "= visitor", "into": "replies"}}
    deploy_drawn(house, *EACH, says=says)
    case = house.start(visitors=["ben", "cora"])
    send(house, case, "cora", {"n": 2})
    assert house.document(case)["replies"] == [None, {"n": 2}]
    with pytest.raises(NotAllowed):
        send(house, case, "cora", {"n": 3})
    send(house, case, "ben", {"n": 1})
    assert house.document(case)["replies"] == [{"n": 1}, {"n": 2}]
    assert open_elements(house, case) == ["after"]


def test_withdrawing_ends_the_waiting(house: House) -> None:
    deploy_drawn(house, *WAITS, says=SAYS, extra="[withdraw]\nuntil = []\n")
    case = house.start()
    house.withdraw(case)
    assert house.row(job, instance_id=case)["state"] == "cancelled"
    with pytest.raises(MessageNotAwaited):
        send(house, case, "clerk")


def test_senders_are_checked_like_candidates() -> None:
    assert check_drawn(*WAITS, says=SAYS) == []
    nowhere = {**SAYS, "m": {"senders": "clerk @ nowhere"}}
    assert check_drawn(*WAITS, says=nowhere) == [("unknown_place", "m")]
    unknown = {**SAYS, "m": {"senders": "= nobody"}}
    assert check_drawn(*WAITS, says=unknown) == [("feel_name", "m")]
    malformed = {**SAYS, "m": {"senders": "clerk"}}
    assert check_drawn(*WAITS, says=malformed) == [("bad_candidates", "m")]
