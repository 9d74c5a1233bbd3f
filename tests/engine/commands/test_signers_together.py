"""Sign-offs under pressure: verbs in any order, several at the same moment, thousands of signers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from engine.actors import SYSTEM
from engine.commands.complete import complete
from engine.commands.fewer_signers import remove_signer, retire_signer
from engine.commands.signers import add_signers, reorder_signers
from engine.commands.withdraw_vote import withdraw_vote
from engine.errors import AlreadyDone, Conflict, EngineError, NoLongerAsked, NotFound
from engine.testing import temporary_engine
from tests.engine.commands.signing import (
    BACK,
    MORNING,
    NO,
    PASS,
    YES,
    House,
    all_at_once,
    directory,
    house,
)

__all__ = ["house"]

SIGNERS = ("ann", "bob", "cai")
ADDED = ("dora", "emil", "fay", "gus")
EVERYBODY = st.sampled_from(SIGNERS + ADDED)
RULES = st.sampled_from(
    [
        "",
        'rule="all" votes="changeable"',
        'rule="all" wait="all" minimum="2" votes="changeable" veto="chair @ applicant.unit"',
        'rule="sequence" votes="changeable"',
        'rule="any" votes="changeable" leavers="counted"',
        'rule="ratio" votes="changeable" quorum="2/3"',
        'rule="ratio" wait="all" votes="changeable" leavers="counted"',
    ]
)
VERBS = st.one_of(
    st.tuples(st.just("vote"), EVERYBODY, st.sampled_from(["yes", "yes", "no", "pass", "back"])),
    st.tuples(
        st.just("add"),
        EVERYBODY,
        st.lists(st.sampled_from(ADDED), min_size=1, max_size=2),
        st.sampled_from(["before", "after", "parallel"]),
    ),
    st.tuples(st.just("remove"), EVERYBODY | st.just("ada"), EVERYBODY),
    st.tuples(st.just("reorder"), EVERYBODY | st.just("ada"), st.randoms(use_true_random=False)),
    st.tuples(st.just("withdraw"), EVERYBODY),
    st.tuples(st.just("leave"), EVERYBODY),
)


def do(house: House, verb: tuple[Any, ...]) -> None:
    """One verb; what the engine refuses has changed nothing."""
    what, who, *rest = verb
    if what == "vote":
        house.vote(who, rest[0])
    elif what == "add":
        house.on(who, add_signers, *rest)
    elif what == "remove":
        house.on(who, remove_signer, rest[0], "why not")
    elif what == "reorder":
        order = [one for one, state in house.states().items() if state == "waiting"]
        rest[0].shuffle(order)
        house.on(who, reorder_signers, order, "why not")
    elif what == "withdraw":
        house.on(who, withdraw_vote)
    else:
        house.act(SYSTEM.id, retire_signer, house.task(), who, "left")


@given(rule=RULES, verbs=st.lists(VERBS, min_size=3, max_size=14))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
def test_whatever_happens_the_task_is_decided_or_somebody_can_sign_it(
    rule: str, verbs: list[tuple[Any, ...]]
) -> None:
    with temporary_engine(directory(), MORNING) as engine:
        house = House(engine)
        house.open(rule, outcomes=YES + NO + (PASS if rule else BACK))
        for verb in verbs:
            with suppress(EngineError):
                do(house, verb)
            house.check()
            if house.the_task().state != "open":
                return
        # And it can be brought to its end by those it waits for.
        for _ in range(12):
            row = house.the_task()
            if row.state != "open":
                return
            if row.tally is None:
                house.vote("ada" if house.asked() == ["admin@root"] else "gus")
            else:
                house.vote(house.asked()[0])
            house.check()
        raise AssertionError("the task never ends")


def test_signers_added_beside_the_vote_that_decides_are_asked_or_refused(house: House) -> None:
    house.open('rule="all"')
    house.vote("ann")
    house.vote("bob")
    house.on("cai", add_signers, ["dora"], "parallel")
    house.vote("cai")
    # Dora's vote decides, unless she has asked Emil before.
    voted, added = all_at_once(
        [
            lambda: house.vote("dora"),
            lambda: house.on("dora", add_signers, ["emil"], "parallel"),
        ]
    )
    house.check()
    if isinstance(added, Exception):
        assert isinstance(added, AlreadyDone)
        assert voted.closes
    else:
        assert not voted.closes
        assert house.vote("emil").closes


def test_who_asks_others_first_has_not_voted_at_the_same_moment(house: House) -> None:
    house.open('rule="all"')
    voted, added = all_at_once(
        [lambda: house.vote("ann"), lambda: house.on("ann", add_signers, ["dora"], "before")]
    )
    house.check()
    assert sorted([isinstance(voted, Exception), isinstance(added, Exception)]) == [False, True]
    refused = voted if isinstance(voted, Exception) else added
    assert isinstance(refused, AlreadyDone)


def test_of_a_vote_and_its_signers_removal_one_happens(house: House) -> None:
    house.open('rule="all"')
    house.on("ann", add_signers, ["dora"], "parallel")
    voted, removed = all_at_once(
        [lambda: house.vote("dora"), lambda: house.on("ann", remove_signer, "dora")]
    )
    house.check()
    if isinstance(voted, Exception):
        assert isinstance(voted, NoLongerAsked)
        assert house.the_task().tally["entitled"] == 3
    else:
        assert isinstance(removed, AlreadyDone)
        assert house.states()["dora"] == "voted"


def test_of_two_votes_of_one_person_one_counts(house: House) -> None:
    house.open('rule="all"')
    answers = all_at_once([lambda: house.vote("ann")] * 4)
    assert sorted(type(one).__name__ for one in answers) == ["Acted", *["AlreadyDone"] * 3]
    assert house.the_task().tally["positive"] == 1


def test_of_two_who_widen_one_decision_one_has_it(house: House) -> None:
    house.open()
    answers = all_at_once(
        [
            lambda: house.on("ann", add_signers, ["dora"], "before"),
            lambda: house.on("bob", add_signers, ["emil"], "before"),
            lambda: house.vote("cai"),
        ]
    )
    house.check()
    refused = [one for one in answers if isinstance(one, Exception)]
    assert len(refused) == 2
    assert all(isinstance(one, Conflict) for one in refused)


def test_of_two_who_take_off_different_signers_the_minimum_stays(house: House) -> None:
    house.open('rule="all" minimum="2"')
    answers = all_at_once(
        [
            lambda: house.on("ada", remove_signer, "ann", "ill"),
            lambda: house.on("ada", remove_signer, "bob", "ill"),
        ]
    )
    house.check()
    assert [isinstance(one, Conflict) for one in answers].count(True) == 1
    assert house.the_task().tally["entitled"] == 2


def test_two_in_turn_who_sign_at_once_lose_nobody(house: House) -> None:
    house.open('rule="sequence"')
    answers = all_at_once([lambda: house.vote("ann"), lambda: house.vote("bob")])
    house.check()
    refused = [one for one in answers if isinstance(one, Exception)]
    assert all(isinstance(one, (AlreadyDone, NotFound)) for one in refused)
    if refused:
        house.vote("bob")
    assert house.vote("cai").closes


@pytest.fixture(params=["all", "sequence"])
def crowds(request: pytest.FixtureRequest, make_database: Any) -> Iterator[list[House]]:
    """Five and five thousand signers of the same task."""
    with (
        temporary_engine(directory(5), MORNING, url=make_database("sqlite")) as few,
        temporary_engine(directory(4997), MORNING, url=make_database("sqlite")) as many,
    ):
        houses = [House(few), House(many)]
        for one in houses:
            one.open(f'rule="{request.param}"', candidates="board @ applicant.unit", signers="")
        yield houses


def test_a_vote_among_five_thousand_costs_what_it_costs_among_five(crowds: list[House]) -> None:
    said = []
    for crowd in crowds:
        statements: list[tuple[str, Any]] = []

        def executed(
            _c: Any,
            _cursor: Any,
            statement: str,
            parameters: Any,
            *_rest: Any,
            to: list[Any] = statements,
        ) -> None:
            to.append((statement, parameters))

        task_id = crowd.task()
        engine = crowd.engine.database.engine
        sqlalchemy_event.listen(engine, "before_cursor_execute", executed)
        crowd.act("ann", complete, task_id, outcome="yes", form={})
        sqlalchemy_event.remove(engine, "before_cursor_execute", executed)
        said.append([statement for statement, _ in statements])
        with engine.connect() as connection:
            for statement, parameters in statements:
                if not statement.startswith(("SELECT", "UPDATE", "DELETE")):
                    continue
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                for step in plan.all():
                    assert "SCAN" not in step[3], (statement, step[3])
                    if "SEARCH signer" in step[3]:
                        # By the whole key of a row, never by the task alone.
                        assert step[3].count("=?") == 2, (statement, step[3])
            connection.execute(text("SELECT 1"))
    assert said[0] == said[1]
