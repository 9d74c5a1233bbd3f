"""Standing in: whose work a deputy sees and does, whom it binds, and when it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.commands.claim import claim, release
from engine.commands.complete import complete
from engine.commands.delegate import advise, delegate, recall
from engine.commands.hand_on import transfer
from engine.commands.proxies import end_proxy, set_proxy
from engine.errors import (
    AlreadyDone,
    EngineError,
    Invalid,
    NotAllowed,
    NotAPossiblePerson,
    NotFound,
    ProxyOverlaps,
    ReasonRequired,
    SeparationOfDuties,
)
from engine.queries.case import may_read
from engine.queries.proxies import deputies_of
from engine.store.tables import event, proxy, signer, task
from tests.engine.commands.office import DAY, MONDAY, Office, apart, office, step

__all__ = ["office"]


def stands_in(
    office: Office,
    deputy: str,
    owner: str,
    since: datetime = MONDAY,
    until: datetime | None = MONDAY + 5 * DAY,
    **options: Any,
) -> str:
    return str(office.does(owner, lambda uow: set_proxy(uow, deputy, since, until, **options)))


def reads(office: Office, person: str, case: str) -> bool:
    actor = office.engine.directory.actor(person)
    with office.engine.database.read() as connection:
        return may_read(connection, office.engine, actor, case)


def test_a_deputy_sees_and_decides_what_the_owner_may_and_both_are_on_the_record(
    office: Office,
) -> None:
    office.deploy(step("approve", "chair @ applicant.unit"))
    case = office.start()
    one = office.task(case)
    assert not reads(office, "gus", case)
    stands_in(office, "gus", "fay", reason="出差")
    assert office.told("gus") == ["proxy_set"]
    (line,) = office.box("gus", "pool")
    assert (line.task_id, line.acts_for) == (one, "fay")
    # The owner's own box keeps it.
    assert [(item.task_id, item.acts_for) for item in office.box("fay", "pool")] == [(one, None)]
    assert office.verbs("gus", one) == ["complete", "claim", "transfer", "delegate", "add_signers"]
    office.completes("gus", one)
    row = office.row(task, id=one)
    assert (row["completed_by"], row["completed_for"], row["decided_how"]) == (
        "gus",
        "fay",
        "proxy",
    )
    assert office.case("anna", case).who_acted("approve") == ["gus", "fay"]
    found, said = office.record(case, "task.completed")
    assert (found["actor"], found["subject"]["for"]) == ("gus", "fay")
    assert (said["name"], said["for_name"]) == ("古思", "费怡")
    assert office.case("anna", case).participants["approve"]["name"] == "古思代费怡"
    assert [item.task_id for item in office.box("gus", "done")] == [one]
    assert [item.task_id for item in office.box("fay", "done")] == [one]


def test_the_own_right_comes_first(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    stands_in(office, "dora", "carl")
    assert [item.acts_for for item in office.box("dora", "pool")] == [None]
    office.completes("dora", one)
    row = office.row(task, id=one)
    assert (row["completed_by"], row["completed_for"], row["decided_how"]) == (
        "dora",
        None,
        "person",
    )


def test_what_the_owner_has_claimed_the_deputy_finishes_for_the_owner(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    office.does("carl", lambda uow: claim(uow, one))
    stands_in(office, "dora", "carl")
    assert [item.acts_for for item in office.box("dora")] == ["carl"]
    office.completes("dora", one)
    assert office.row(task, id=one)["completed_for"] == "carl"


def test_a_deputy_claims_and_puts_back_for_the_owner(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    key = stands_in(office, "gus", "carl")
    office.does("gus", lambda uow: claim(uow, one))
    # It is the owner's, so it does not hang in the air when the deputy's time is over.
    assert office.row(task, id=one)["claimed_by"] == "carl"
    assert [item.task_id for item in office.box("carl")] == [one]
    assert [item.acts_for for item in office.box("gus")] == ["carl"]
    office.does("gus", lambda uow: release(uow, one))
    office.does("gus", lambda uow: claim(uow, one))
    office.does("carl", lambda uow: end_proxy(uow, key))
    assert office.box("gus") == []
    with pytest.raises(NotFound):
        office.completes("gus", one)
    office.completes("carl", one)


def test_a_deputy_hands_on_and_asks_for_advice_for_the_owner(office: Office) -> None:
    office.deploy(step("check"))
    case = office.start()
    one = office.task(case)
    stands_in(office, "gus", "carl")
    office.does("gus", lambda uow: delegate(uow, one, "vera", "合适吗？"))
    office.does("carl", lambda uow: recall(uow, one))  # the question was the owner's
    office.does("gus", lambda uow: delegate(uow, one, "vera", "还合适吗？"))
    office.does("vera", lambda uow: advise(uow, one, "合适。"))
    assert "advice_given" in office.told("carl")
    with pytest.raises(NotAPossiblePerson):  # to whom the owner could not hand it on either
        office.does("gus", lambda uow: transfer(uow, one, "fay"))
    office.does("gus", lambda uow: transfer(uow, one, "erik"))
    found, said = office.record(case, "task.transferred")
    assert (found["actor"], found["subject"]["for"], said["from"]) == ("gus", "carl", "carl")


@pytest.mark.parametrize("acted", ["gus", "fay"])
def test_separation_of_duties_binds_the_deputy_and_the_owner(office: Office, acted: str) -> None:
    office.deploy(
        step("check", '= ["gus", "fay"]'),
        step("approve", '= ["fay", "erik"]'),
        separation=apart("check", "approve"),
    )
    case = office.start()
    office.completes(acted, office.task(case))
    one = office.task(case)
    stands_in(office, "gus", "fay")
    assert office.verbs("gus", one) == []
    with pytest.raises(SeparationOfDuties):
        office.completes("gus", one)
    assert office.record(case, "refused")[0]["actor"] == "gus"


@pytest.mark.parametrize("later", ["gus", "fay"])
def test_what_a_deputy_did_binds_both_later(office: Office, later: str) -> None:
    office.deploy(
        step("check", "chair @ applicant.unit"),
        step("approve", '= ["gus", "fay", "dora"]'),
        separation=apart("check", "approve"),
    )
    case = office.start()
    stands_in(office, "gus", "fay")
    office.completes("gus", office.task(case))
    one = office.task(case)
    with pytest.raises(SeparationOfDuties):
        office.completes(later, one)
    office.completes("dora", one)


def test_nobody_stands_in_in_the_owners_or_in_the_own_case(office: Office) -> None:
    office.deploy(step("approve", "chair @ applicant.unit"), step("fill", "starter"))
    stands_in(office, "gus", "fay")
    stands_in(office, "gus", "anna")
    own = office.start("gus")
    with pytest.raises(SeparationOfDuties):
        office.completes("gus", office.task(own))
    assert office.box("gus", "pool") == []
    of_owner = office.start("anna")
    office.completes("fay", office.task(of_owner))
    one = office.task(of_owner)
    with pytest.raises(SeparationOfDuties):  # what the applicant fills in nobody fills in for her
        office.completes("gus", one)
    assert office.box("gus") == []
    assert office.verbs("anna", one) == ["complete", "delegate"]


def test_it_begins_and_ends_by_the_clock(office: Office) -> None:
    office.deploy(step("approve", "chair @ applicant.unit"))
    one = office.task(office.start())
    stands_in(office, "gus", "fay", MONDAY + DAY, MONDAY + 2 * DAY)
    for _moment, passes in enumerate((False, True, False)):
        assert len(office.box("gus", "pool")) == passes
        if not passes:
            with pytest.raises(NotFound):
                office.completes("gus", one)
        office.clock.advance(DAY)
    assert office.row(task, id=one)["state"] == "open"


def test_the_last_instant_is_not_part_of_it(office: Office) -> None:
    office.deploy(step("approve", "chair @ applicant.unit"))
    stands_in(office, "gus", "fay", MONDAY, MONDAY + DAY)
    office.start()
    office.clock.set(MONDAY + DAY - timedelta(seconds=1))
    assert len(office.box("gus", "pool")) == 1
    office.clock.set(MONDAY + DAY)
    assert office.box("gus", "pool") == []


def test_it_holds_for_the_processes_it_names(office: Office) -> None:
    office.deploy(step("approve", "chair @ applicant.unit"))
    office.deploy(step("approve", "chair @ applicant.unit"), key="leave")
    paper, leave = office.task(office.start()), office.task(office.start(key="leave"))
    stands_in(office, "gus", "fay", processes=["leave"])
    assert [item.task_id for item in office.box("gus", "pool")] == [leave]
    with pytest.raises(NotFound):
        office.completes("gus", paper)
    office.completes("gus", leave)


def test_a_deputys_deputy_stands_in_for_the_deputy_only(office: Office) -> None:
    office.deploy(step("approve", "chair @ applicant.unit"))
    one = office.task(office.start())
    stands_in(office, "carl", "fay")
    stands_in(office, "gus", "carl")
    assert office.box("gus", "pool") == []
    with pytest.raises(NotFound):
        office.completes("gus", one)


def test_who_has_left_can_be_stood_in_for_no_longer(office: Office) -> None:
    office.deploy(step("approve", "chair @ applicant.unit"))
    one = office.task(office.start())
    stands_in(office, "gus", "fay")
    office.directory.left.add("fay")
    with pytest.raises(NotFound):
        office.completes("gus", one)


def test_a_vote_cast_for_a_signer_is_the_signers(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="all"'))
    case = office.start()
    one = office.task(case)
    stands_in(office, "gus", "vera")
    assert [item.acts_for for item in office.box("gus")] == ["vera"]
    office.completes("gus", one)
    assert office.box("gus") == office.box("vera") == []
    row = office.row(signer, task_id=one, person_id="vera")
    assert (row["state"], row["voted_by"], row["decided_how"]) == ("voted", "gus", "proxy")
    with pytest.raises(AlreadyDone):
        office.completes("vera", one)
    office.completes("will", one)
    office.completes("xena", one)
    assert office.case("gus", case).who_acted("vote") == ["vera", "gus", "will", "xena"]


def test_of_owner_and_deputy_at_once_one_votes(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="all"'))
    stands_in(office, "gus", "vera")
    for _time in range(5):
        one = office.task(office.start())
        answers = office.at_once(
            ("vera", lambda uow, one=one: complete(uow, one, outcome="agree")),
            ("gus", lambda uow, one=one: complete(uow, one, outcome="refuse")),
        )
        (refused,) = [answer for answer in answers if isinstance(answer, EngineError)]
        assert isinstance(refused, AlreadyDone)
        tally = office.row(task, id=one)["tally"]
        assert tally["positive"] + tally["negative"] == 1


def test_a_person_has_one_voice_in_a_sign_off(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="all"'))
    one = office.task(office.start())
    # Who signs does not sign for another as well …
    stands_in(office, "will", "vera")
    assert [item.acts_for for item in office.box("will")] == [None]
    office.completes("will", one)
    with pytest.raises(AlreadyDone):
        office.completes("will", one)
    assert office.box("will") == []
    # … and nobody signs for two.
    stands_in(office, "gus", "xena")
    office.does("vera", lambda uow: end_proxy(uow, office.row(proxy, deputy_id="will")["id"]))
    stands_in(office, "gus", "vera")
    office.completes("gus", one)
    assert office.verbs("gus", one) == []
    assert office.box("gus") == []
    with pytest.raises(SeparationOfDuties):
        office.completes("gus", one)


def test_of_two_owners_the_one_whose_turn_it_is_is_stood_in_for(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="sequence"'))
    one = office.task(office.start())
    stands_in(office, "gus", "will")
    stands_in(office, "gus", "vera")
    office.completes("gus", one)
    assert office.signers(one) == {"vera": "voted", "will": "open", "xena": "waiting"}


def test_a_task_of_two_owners_is_one_line(office: Office) -> None:
    office.deploy(step("check", "chair @ applicant.unit, clerk @ applicant.unit"))
    office.start()
    stands_in(office, "gus", "fay", processes=["paper"])
    stands_in(office, "gus", "carl")
    stands_in(office, "gus", "dora")
    assert len(office.box("gus", "pool")) == 1


def test_two_deputies_at_one_time_are_refused(office: Office) -> None:
    office.deploy(step("approve"))
    office.deploy(step("approve"), key="leave")
    stands_in(office, "gus", "fay", processes=["paper"])
    with pytest.raises(ProxyOverlaps):
        stands_in(office, "carl", "fay", MONDAY + 4 * DAY, None)
    stands_in(office, "carl", "fay", MONDAY + 4 * DAY, None, processes=["leave"])
    stands_in(office, "dora", "fay", MONDAY + 5 * DAY, None, processes=["paper"])
    with office.engine.database.read() as connection:
        found = [
            deputies_of(connection, ["fay", "carl"], key, MONDAY + days * DAY)
            for key, days in (("paper", 4), ("paper", 5), ("leave", 4))
        ]
    assert found == [{"fay": "gus"}, {"fay": "dora"}, {"fay": "carl"}]


def test_of_two_deputies_named_at_once_one_is(office: Office) -> None:
    answers = office.at_once(
        ("fay", lambda uow: set_proxy(uow, "gus", MONDAY, None)),
        ("fay", lambda uow: set_proxy(uow, "carl", MONDAY, None)),
    )
    assert [isinstance(one, ProxyOverlaps) for one in answers].count(True) == 1
    assert len(office.rows(proxy)) == len(office.rows(event, type="proxy.set")) == 1


def test_what_cannot_be_a_proxy_is_refused(office: Office) -> None:
    office.directory.left.add("erik")
    for deputy in ("fay", "erik", "nobody"):
        with pytest.raises(NotAPossiblePerson):
            stands_in(office, deputy, "fay")
    for since, until in (
        (MONDAY + DAY, MONDAY),
        (MONDAY, MONDAY),
        (MONDAY - 2 * DAY, MONDAY - DAY),
    ):
        with pytest.raises(Invalid):
            stands_in(office, "gus", "fay", since, until)
    with pytest.raises(Invalid):
        stands_in(office, "gus", "fay", processes=["no_such_process"])
    assert office.rows(proxy) == []


def test_it_never_begins_in_the_past(office: Office) -> None:
    stands_in(office, "gus", "fay", MONDAY - DAY)
    assert office.row(proxy)["since"] == MONDAY


def test_an_administrator_names_a_deputy_for_somebody_who_is_ill(office: Office) -> None:
    office.deploy(step("approve", "chair @ applicant.unit"))
    one = office.task(office.start())

    def named(who: str, reason: str) -> Any:
        return office.does(
            who, lambda uow: set_proxy(uow, "gus", MONDAY, None, reason=reason, owner="fay")
        )

    with pytest.raises(NotAllowed):
        named("carl", "病假")
    with pytest.raises(ReasonRequired):
        named("admin", "")
    named("admin", "病假")
    assert (office.told("gus"), office.told("fay")) == (["proxy_set"], ["proxy_set"])
    assert office.row(event, type="proxy.set")["stream"] == "account:fay"
    office.completes("gus", one)


def test_owner_deputy_and_administrator_end_it_and_nobody_else(office: Office) -> None:
    for who in ("fay", "gus", "admin"):
        key = stands_in(office, "gus", "fay")
        with pytest.raises(NotFound):
            office.does("carl", lambda uow, key=key: end_proxy(uow, key))
        for _click in range(2):
            office.does(who, lambda uow, key=key: end_proxy(uow, key))
    assert len(office.rows(event, type="proxy.ended")) == 3
