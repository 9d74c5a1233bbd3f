"""Who signs, while it is signed: every row of the last table of docs/sign-off.md."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from engine.actors import SYSTEM
from engine.commands.complete import complete
from engine.commands.fewer_signers import remove_signer, retire_signer
from engine.commands.signers import MOST_ADDED, add_signers, reorder_signers
from engine.commands.withdraw_vote import withdraw_vote
from engine.errors import (
    AlreadyClaimed,
    AlreadyDone,
    AlreadySigns,
    Invalid,
    NoLongerAsked,
    NotAllowed,
    NotAPossiblePerson,
    NotFound,
    ReasonRequired,
    SeparationOfDuties,
    SomebodyActed,
    TooFewSigners,
    UnknownOutcome,
    VoteIsFinal,
    VotesAreCounted,
)
from engine.ids import new_id
from engine.jobs.run import run_due
from engine.queries.case import may_read
from engine.store.tables import recusal
from tests.engine.commands.signing import (
    BACK,
    DOCUMENT,
    GLADLY,
    MORNING,
    NEVER,
    NO,
    PASS,
    YES,
    House,
    house,
)

__all__ = ["house"]


def test_every_row_has_a_test() -> None:
    rows = set(re.findall(r"^\| (J\d+) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
    tested = {name.split("_")[1].upper() for name in globals() if re.match(r"test_j\d+_", name)}
    assert tested == rows


def test_j1_who_asks_others_to_sign_first_waits_for_them(house: House) -> None:
    house.open('rule="all"')
    house.on("bob", add_signers, ["dora", "emil"], "before", "please look first")
    assert house.states() == {
        "ann": "open",
        "dora": "open",
        "emil": "waiting",
        "bob": "waiting",
        "cai": "open",
    }
    assert house.told("signer_added") == ["dora"]
    with pytest.raises(AlreadyDone):
        house.vote("bob")
    house.vote("dora")
    assert house.asked() == ["ann", "cai", "emil"]
    house.vote("emil")
    assert house.told("signer_added") == ["dora", "emil"]
    assert house.told("task_opened") == ["bob"]
    house.vote("ann")
    house.vote("cai")
    assert house.vote("bob").closes
    ((subject, said),) = house.events("task.signers_added")
    assert (subject["how"], subject["entitled"]) == ("before", 5)
    assert (said["name"], said["people"]) == ("Bob", ["dora", "emil"])
    assert said["note"] == "please look first"
    assert said["before"] == [{"person": "bob", "state": "open"}]
    assert said["after"] == [
        {"person": "dora", "state": "open"},
        {"person": "emil", "state": "waiting", "after": "dora"},
        {"person": "bob", "state": "waiting", "after": "emil"},
    ]


def test_j2_those_asked_afterwards_follow_and_nothing_is_decided_before(house: House) -> None:
    house.open('rule="sequence"')
    house.on("ann", add_signers, ["dora", "emil"], "after")
    assert list(house.states()) == ["ann", "dora", "emil", "bob", "cai"]
    assert house.told("signer_added") == []
    for person, following in (("ann", "dora"), ("dora", "emil"), ("emil", "bob"), ("bob", "cai")):
        assert house.asked() == [person]
        assert not house.vote(person).closes
        assert house.asked() == [following]
        house.check()
    house.on("cai", add_signers, ["fay"], "after")
    assert not house.vote("cai").closes
    assert house.vote("fay").closes
    assert house.outcome() == ("yes", "fay")


def test_j3_those_asked_in_parallel_are_asked_at_once(house: House) -> None:
    house.open('rule="sequence"')
    house.on("ann", add_signers, ["dora", "emil"], "parallel")
    assert house.asked() == ["ann", "dora", "emil"]
    assert list(house.states()) == ["ann", "dora", "emil", "bob", "cai"]
    for person in ("emil", "ann", "bob", "dora"):
        assert not house.vote(person).closes
        house.check()
    assert house.vote("cai").closes


@pytest.mark.parametrize("rule", ["any", "ratio"])
def test_j4_where_votes_are_counted_one_who_is_added_is_one_more(house: House, rule: str) -> None:
    house.open(f'rule="{rule}"')
    with pytest.raises(VotesAreCounted):
        house.on("ann", add_signers, ["dora"], "after")
    house.on("ann", add_signers, ["dora", "emil"], "parallel")
    house.on("bob", add_signers, ["fay"], "before")
    assert house.the_task().tally["entitled"] == 6
    if rule == "ratio":
        # Two of three would have been enough.
        assert not house.vote("ann").closes
        assert not house.vote("cai").closes
        assert not house.vote("dora").closes
        assert house.vote("fay").closes
    else:
        for person in ("ann", "cai", "dora", "emil", "fay"):
            assert not house.vote(person, "no").closes
        assert house.vote("bob", "no").closes
        assert house.outcome()[0] == "no"


def test_j5_nobody_is_added_once_the_votes_make_the_result_certain(house: House) -> None:
    house.open('rule="ratio" wait="all"')
    house.vote("ann")
    house.on("cai", add_signers, ["dora"], "parallel")
    house.vote("bob")
    house.vote("dora")
    with pytest.raises(VotesAreCounted):
        house.on("cai", add_signers, ["emil"], "parallel")
    assert house.vote("cai", "no").closes
    assert house.outcome()[0] == "yes"


def test_j6_only_who_has_a_vote_to_cast_now_adds_signers(house: House) -> None:
    house.open('rule="sequence"')
    with pytest.raises(AlreadyDone):
        house.on("bob", add_signers, ["dora"], "before")
    house.vote("ann")
    with pytest.raises(AlreadyDone):
        house.on("ann", add_signers, ["dora"], "parallel")
    with pytest.raises(NotFound):
        house.on("emil", add_signers, ["dora"], "parallel")
    with pytest.raises(NotAllowed):
        house.on("anna", add_signers, ["dora"], "parallel")
    assert list(house.states()) == ["ann", "bob", "cai"]


def test_j7_only_people_of_the_circle_are_added_each_once(house: House) -> None:
    house.open('rule="all"')
    with pytest.raises(NotAPossiblePerson):
        house.on("ann", add_signers, ["hal"], "after")
    with pytest.raises(NotAPossiblePerson):
        house.on("ann", add_signers, ["nobody"], "after")
    house.engine.directory.left.add("gus")
    with pytest.raises(NotAPossiblePerson):
        house.on("ann", add_signers, ["gus"], "after")
    for people in (["bob"], ["dora", "ann"]):
        with pytest.raises(AlreadySigns):
            house.on("ann", add_signers, people, "after")
    for people, how in (([], "after"), (["dora"], "beside"), (["x"] * (MOST_ADDED + 1), "after")):
        with pytest.raises(Invalid):
            house.on("ann", add_signers, [f"{p}{n}" for n, p in enumerate(people)], how)
    house.engine.directory.people["anna"]["roles"].append({"role": "helper", "at": "north"})
    with pytest.raises(SeparationOfDuties):
        house.on("ann", add_signers, ["anna"], "after")
    facts = {"id": new_id(), "person_id": "emil", "about_id": "anna", "instance_id": None}
    house.act(
        "emil",
        lambda uow: uow.execute(
            recusal.insert().values(**facts, reason="sister", declared_at=MORNING)
        ),
    )
    with pytest.raises(SeparationOfDuties):
        house.on("ann", add_signers, ["dora", "emil"], "after")
    assert list(house.states()) == ["ann", "bob", "cai"]
    assert [one["rule"] for one, _ in house.events("refused")] == ["own_case", "recusal"]
    house.on("ann", add_signers, ["dora", "dora"], "after")
    assert list(house.states()) == ["ann", "dora", "bob", "cai"]


@pytest.mark.parametrize(
    ("hand_on", "refused"),
    [("none", ["dora", "hal", "trip"]), ("unit", ["trip"]), ("anyone", [])],
)
def test_how_far_the_circle_reaches_is_the_packages_affair(
    house: House, hand_on: str, refused: list[str]
) -> None:
    house.open('rule="all"', hand_on=hand_on)
    for person in ("dora", "hal", "trip"):
        if person in refused:
            with pytest.raises(NotAPossiblePerson):
                house.on("ann", add_signers, [person], "parallel")
        else:
            house.on("ann", add_signers, [person], "parallel")


def test_j8_a_decision_of_one_becomes_a_sign_off_that_keeps_their_outcome(house: House) -> None:
    house.open(outcomes=YES + GLADLY + NO)
    house.on("bob", add_signers, ["dora"], "before")
    house.on("dora", add_signers, ["emil"], "parallel")
    assert house.states() == {"dora": "open", "emil": "open", "bob": "waiting"}
    assert house.the_task().rule == "all"
    with pytest.raises(AlreadyClaimed):
        house.vote("ann")
    house.vote("dora")
    house.on("bob", add_signers, ["fay"], "after")
    house.vote("bob", "gladly", opinion="Well done")
    house.vote("emil")
    assert house.vote("fay").closes
    assert house.outcome() == ("gladly", "bob")
    assert house.the_task().opinion == "Well done"


def test_j9_a_return_by_the_holder_decides_at_once(house: House) -> None:
    house.open(outcomes=YES + NO + PASS + BACK)
    house.on("bob", add_signers, ["dora"], "parallel")
    for outcome in ("back", "pass"):
        with pytest.raises(UnknownOutcome):
            house.vote("dora", outcome)
    assert house.vote("bob", "back").closes
    assert house.outcome() == ("back", "bob")
    assert house.states() == {"bob": "voted", "dora": "not_needed"}
    with pytest.raises(AlreadyDone):
        house.vote("dora")


def test_j10_a_refusal_by_one_who_was_added_decides_against(house: House) -> None:
    house.open(outcomes=YES + NO + NEVER)
    house.on("bob", add_signers, ["dora", "emil"], "parallel")
    house.vote("bob")
    assert house.vote("dora", "never", opinion="It is too dear").closes
    assert house.outcome() == ("no", "dora")
    assert house.states()["emil"] == "not_needed"


def test_j11_who_is_added_fills_in_the_same_form(house: House) -> None:
    house.open()
    house.on("bob", add_signers, ["dora"], "before")
    house.vote("dora", form={"remark": "checked"})
    assert house.document()["remark"] == "checked"
    house.vote("bob", form={"remark": "checked and agreed"})
    assert house.document()["remark"] == "checked and agreed"


def test_j12_who_may_take_a_signer_off_the_list(house: House) -> None:
    house.open('rule="all"')
    house.on("ann", add_signers, ["dora", "emil"], "parallel")
    for person, whom in (("ann", "bob"), ("bob", "dora"), ("dora", "emil")):
        with pytest.raises(NotAllowed):
            house.on(person, remove_signer, whom)
    with pytest.raises(NotFound):
        house.on("gus", remove_signer, "dora")
    with pytest.raises(NotFound):
        house.on("ann", remove_signer, "gus")
    house.vote("ann")
    house.on("ann", remove_signer, "dora")
    with pytest.raises(ReasonRequired):
        house.on("ada", remove_signer, "bob")
    house.on("ada", remove_signer, "bob", "on a long journey")
    assert list(house.states()) == ["ann", "emil", "cai"]
    (_, first), (_, second) = house.events("task.signer_removed")
    assert (first["name"], first["person"]) == ("Ann", "dora")
    assert (second["name"], second["reason"]) == ("Ada", "on a long journey")
    assert second["before"] == [{"person": "bob", "state": "open"}]
    assert second["after"] == [{"person": "bob", "state": "removed"}]
    house.check()


def test_the_lead_takes_off_whom_others_added(house: House) -> None:
    house.open()
    house.on("bob", add_signers, ["dora"], "parallel")
    house.on("dora", add_signers, ["emil"], "after")
    house.on("bob", remove_signer, "emil")
    assert list(house.states()) == ["bob", "dora"]


def test_an_administrator_does_not_arrange_the_own_case(house: House) -> None:
    house.engine.directory.people["anna"]["roles"].append({"role": "admin", "at": "root"})
    house.open('rule="all"')
    with pytest.raises(SeparationOfDuties):
        house.on("anna", remove_signer, "bob", "he would refuse")


def test_j13_too_few_signers_are_not_left_and_no_vote_is_lost(house: House) -> None:
    house.open('rule="all" minimum="3"')
    with pytest.raises(TooFewSigners):
        house.on("ada", remove_signer, "bob", "ill")
    house.on("ann", add_signers, ["dora"], "parallel")
    house.vote("dora")
    with pytest.raises(AlreadyDone):
        house.on("ann", remove_signer, "dora")
    house.on("ada", remove_signer, "bob", "ill")
    assert list(house.states()) == ["ann", "dora", "cai"]


def test_j13_the_lead_is_not_taken_off(house: House) -> None:
    house.open()
    house.on("bob", add_signers, ["dora"], "parallel")
    with pytest.raises(NotAllowed):
        house.on("ada", remove_signer, "bob", "ill")


def test_j14_who_waited_for_the_one_removed_waits_for_the_one_before(house: House) -> None:
    house.open('rule="sequence"')
    house.on("ann", add_signers, ["dora", "emil"], "after")
    house.on("ann", remove_signer, "dora")
    house.check()
    house.vote("ann")
    assert house.asked() == ["emil"]
    house.on("ann", remove_signer, "emil")
    assert house.asked() == ["bob"]
    house.on("bob", add_signers, ["fay"], "before")
    assert house.asked() == ["fay"]
    house.on("bob", remove_signer, "fay")
    assert house.asked() == ["bob"]
    house.check()


def test_j15_removing_the_last_who_has_not_voted_decides(house: House) -> None:
    house.open('rule="all"')
    house.vote("ann")
    house.vote("cai")
    acted = house.on("ada", remove_signer, "bob", "has moved away")
    assert acted.closes
    assert house.outcome() == ("yes", SYSTEM.id)
    ((subject, _),) = house.events("task.completed")
    assert subject["automatic"] is False


def test_j16_who_was_removed_is_told_so_and_may_be_asked_again(house: House) -> None:
    house.open('rule="all"')
    house.on("ann", add_signers, ["dora"], "parallel")
    engine = house.engine
    dora = engine.directory.actor("dora")

    def sees() -> bool:
        with engine.database.read() as connection:
            return may_read(connection, engine, dora, house.case)

    assert sees()
    house.on("ann", remove_signer, "dora")
    assert not sees()
    with pytest.raises(NoLongerAsked):
        house.vote("dora")
    house.on("bob", add_signers, ["dora"], "before")
    assert house.asked() == ["ann", "cai", "dora"]
    house.vote("dora")
    assert house.asked() == ["ann", "bob", "cai"]
    house.check()


def test_j17_those_not_asked_yet_are_put_into_another_order(house: House) -> None:
    house.open('rule="sequence"')
    house.on("ann", add_signers, ["dora", "emil"], "after")
    with pytest.raises(NotAllowed):
        house.on("ann", reorder_signers, ["bob", "cai", "dora", "emil"])
    with pytest.raises(ReasonRequired):
        house.on("ada", reorder_signers, ["bob", "cai", "dora", "emil"])
    for order in (["bob", "cai"], ["ann", "bob", "cai", "dora", "emil"], ["bob"] * 4, []):
        with pytest.raises(Invalid):
            house.on("ada", reorder_signers, order, "as agreed")
    house.on("ada", reorder_signers, ["cai", "emil", "bob", "dora"], "as agreed")
    house.check()
    for person in ("ann", "cai", "emil", "bob"):
        assert house.asked() == [person]
        house.vote(person)
    assert house.vote("dora").closes
    ((_, said),) = house.events("task.signers_reordered")
    assert said["before"] == ["dora", "emil", "bob", "cai"]
    assert said["after"] == ["cai", "emil", "bob", "dora"]


def test_j17_the_lead_puts_those_who_were_added_into_order(house: House) -> None:
    house.open()
    house.on("bob", add_signers, ["dora", "emil", "fay"], "before")
    house.on("bob", reorder_signers, ["fay", "bob", "emil"])
    for person in ("dora", "fay", "bob"):
        assert house.asked() == [person]
        house.vote(person)
        house.check()
    assert house.vote("emil").closes
    assert house.outcome() == ("yes", "bob")


def test_j18_a_vote_is_taken_back_and_cast_anew(house: House) -> None:
    house.open('rule="ratio" wait="all" votes="changeable" veto="chair @ applicant.unit"')
    house.vote("cai", "no", opinion="Too early")
    assert house.the_task().tally["vetoes"] == 1
    with pytest.raises(AlreadyDone):
        house.vote("cai")
    house.on("cai", withdraw_vote)
    assert house.states()["cai"] == "open"
    assert house.asked() == ["ann", "bob", "cai"]
    house.check()
    with pytest.raises(AlreadyDone):
        house.on("cai", withdraw_vote)
    for person in ("ann", "bob", "cai"):
        house.vote(person)
    assert house.outcome()[0] == "yes"
    ((subject, said),) = house.events("task.vote_withdrawn")
    assert (subject["outcome"], subject["negative"], said["name"]) == ("no", 0, "Cai")
    with pytest.raises(AlreadyDone):
        house.on("cai", withdraw_vote)


def test_j18_where_votes_are_final_none_is_taken_back(house: House) -> None:
    house.open('rule="all"')
    house.vote("ann")
    with pytest.raises(VoteIsFinal):
        house.on("ann", withdraw_vote)


def test_j19_a_vote_stays_once_somebody_asked_after_it_has_voted(house: House) -> None:
    house.open('rule="sequence" votes="changeable"')
    house.vote("ann")
    house.on("ann", withdraw_vote)
    assert house.states() == {"ann": "open", "bob": "waiting", "cai": "waiting"}
    assert house.asked() == ["ann"]
    house.vote("ann")
    house.vote("bob")
    with pytest.raises(SomebodyActed):
        house.on("ann", withdraw_vote)
    house.on("bob", withdraw_vote)
    house.on("ann", withdraw_vote)
    assert house.asked() == ["ann"]
    house.check()


def test_j19_holds_for_those_who_came_after_somebody_removed(house: House) -> None:
    house.open('rule="sequence" votes="changeable"')
    house.vote("ann")
    house.on("ada", remove_signer, "bob", "ill")
    assert house.asked() == ["cai"]
    house.on("ann", withdraw_vote)
    assert house.asked() == ["ann"]
    house.check()


def test_j20_a_veto_is_held_by_role_when_voting_and_said_so(house: House) -> None:
    house.open('rule="ratio" veto="chair @ applicant.unit"')
    house.engine.directory.people["cai"]["roles"] = [{"role": "board", "at": "north"}]
    house.engine.directory.people["bob"]["roles"].append({"role": "chair", "at": "north"})
    assert not house.vote("cai", "no").closes
    assert house.vote("bob", "no").closes
    (_, first), (subject, second) = house.events("task.voted")
    assert ("veto" in first, second["veto"], subject["vetoes"]) == (False, True, 1)


def test_j21_who_leaves_is_taken_off_and_the_next_is_asked(house: House) -> None:
    house.open('rule="sequence"')
    house.vote("ann")
    task_id = house.task()
    house.act(SYSTEM.id, retire_signer, task_id, "bob", "left")
    assert house.asked() == ["cai"]
    assert house.act(SYSTEM.id, retire_signer, task_id, "ann", "left") is None
    assert house.act(SYSTEM.id, retire_signer, task_id, "hal", "left") is None
    house.check()
    acted = house.act(SYSTEM.id, retire_signer, task_id, "cai", "left")
    assert acted.closes
    assert house.outcome() == ("yes", SYSTEM.id)
    assert [said["why"] for _, said in house.events("task.signer_retired")] == ["left", "left"]
    assert house.act(SYSTEM.id, retire_signer, task_id, "cai", "left") is None


def test_j21_who_leaves_may_count_as_staying_away(house: House) -> None:
    house.open('rule="ratio" leavers="counted"')
    house.act(SYSTEM.id, retire_signer, house.task(), "bob", "left")
    house.check()
    assert not house.vote("ann").closes
    assert house.vote("cai").closes
    assert house.outcome()[0] == "yes"


@pytest.mark.parametrize("fallback", ["", "helper @ applicant.unit"])
def test_j22_if_nobody_is_left_somebody_else_decides_alone(house: House, fallback: str) -> None:
    more = {"fallback": fallback} if fallback else {}
    house.open('rule="all" form="each"', outcomes=YES + NO + PASS, into="votes", **more)
    for person in ("ann", "bob", "cai"):
        house.act(SYSTEM.id, retire_signer, house.task(), person, "left")
    assert house.outcome() == (None, None)
    house.check()
    assert house.asked() == (["helper@north"] if fallback else ["admin@root"])
    who = "dora" if fallback else "ada"
    with pytest.raises(UnknownOutcome):
        house.vote(who, "pass")
    with pytest.raises(NotAllowed):
        house.on(who, add_signers, ["emil"], "after")
    assert house.vote(who, form={"remark": "in their stead"}).closes
    assert house.outcome() == ("yes", who)
    (own,) = house.document()["votes"]
    assert (own["signer"], own["remark"]) == (who, "in their stead")


def test_j23_if_the_lead_leaves_the_decision_goes_back_to_the_role(house: House) -> None:
    house.open()
    house.on("bob", add_signers, ["dora", "emil"], "parallel")
    house.vote("dora")
    house.engine.directory.left.add("bob")
    house.act(SYSTEM.id, retire_signer, house.task(), "bob", "left")
    assert house.asked() == ["board@north", "helper@north"]
    house.check()
    assert house.states() == {"dora": "not_needed"}
    # Who had signed is asked anew by whoever takes it.
    house.on("ann", add_signers, ["dora"], "after")
    assert house.the_task().tally == {
        "entitled": 2, "positive": 0, "negative": 0, "abstain": 0, "chained": 1
    }  # fmt: skip
    house.vote("ann")
    assert house.vote("dora").closes
    assert house.outcome() == ("yes", "ann")


def test_of_a_completion_nothing_is_left_to_arrange(house: House) -> None:
    house.open('rule="all"')
    for person in ("ann", "bob", "cai"):
        house.vote(person)
    for verb, args in (
        (add_signers, (["dora"], "after")),
        (withdraw_vote, ()),
        (complete, ()),
    ):
        with pytest.raises(AlreadyDone):
            house.on("ann", verb, *args)
    for verb, args in ((remove_signer, ("bob", "why")), (reorder_signers, (["bob"], "why"))):
        with pytest.raises(AlreadyDone):
            house.on("ada", verb, *args)


def test_a_widened_decision_that_is_handed_over_is_one_persons_again(house: House) -> None:
    house.open(
        due="duration(&quot;P2D&quot;)",
        ladder='<gongban:rung at="due" do="hand_over" to="chair @ applicant.unit" />',
    )
    house.on("bob", add_signers, ["dora"], "parallel")
    house.vote("dora")
    house.engine.clock.advance(timedelta(days=2, minutes=1))
    while run_due(house.engine, "worker"):
        pass
    assert house.asked() == ["chair@north"]
    house.check()
    assert house.vote("cai").closes
    assert house.outcome() == ("yes", "cai")
