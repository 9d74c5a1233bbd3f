"""A task for each of a list: who gets which, where each one's form goes, and when the case goes on."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from engine.commands.complete import complete
from engine.commands.reveal import reveal
from engine.engine import Engine
from engine.errors import NotFound
from engine.queries.case import read_case
from engine.queries.instances import document_seen, stored_for
from engine.runtime.errors import LoopFailed
from engine.store.tables import event_payload, job, task
from tests.engine.abilities.workshop import House, house
from tests.engine.commands.drawn import check_drawn, deploy_drawn

__all__ = ["house"]

VISITS = (
    "start s",
    "user visit each=visitors as=visitor",
    "user after",
    "end e",
    "s > visit > after > e",
)
EACH_THEIR_OWN = {
    "visit": {"candidates": "= visitor", "into": "reports"},
    "after": {"candidates": "clerk @ root"},
}
PEOPLE = ["ben", "cora", "payer"]


def open_tasks(house: House, case: str) -> list[tuple[str, int | None, list[str]]]:
    rows = house.rows(task, instance_id=case, state="open")
    return sorted((row["element_id"], row["run"], row["candidate_keys"]) for row in rows)


def finish(engine: Engine, rows: list[Any], who: str, note: str) -> None:
    """Complete the open task that is for this person."""
    mine = next(row["id"] for row in rows if row["candidate_keys"] == [f"person:{who}"])
    with engine.command(engine.directory.actor(who)) as uow:
        complete(uow, mine, form={"note": note})
        uow.commit()


def visit(house: House, case: str, who: str, note: str) -> None:
    finish(house.engine, house.rows(task, instance_id=case, state="open"), who, note)
    house.run()


def test_each_of_a_list_has_a_task_of_their_own(house: House) -> None:
    deploy_drawn(house, *VISITS, says=EACH_THEIR_OWN)
    case = house.start(visitors=PEOPLE)
    assert open_tasks(house, case) == [
        ("visit", 0, ["person:ben"]),
        ("visit", 1, ["person:cora"]),
        ("visit", 2, ["person:payer"]),
    ]
    assert house.document(case)["reports"] == [None, None, None]
    bens = next(row["id"] for row in house.rows(task, run=0))
    with pytest.raises(NotFound), house.engine.command(house.engine.directory.actor("cora")) as uow:
        complete(uow, bens)


def test_each_form_goes_into_its_own_entry(house: House) -> None:
    deploy_drawn(house, *VISITS, says=EACH_THEIR_OWN)
    case = house.start(visitors=PEOPLE)
    visit(house, case, "cora", "second")
    assert house.document(case)["reports"] == [None, {"note": "second"}, None]
    visit(house, case, "ben", "first")
    visit(house, case, "payer", "third")
    assert [one["note"] for one in house.document(case)["reports"]] == ["first", "second", "third"]
    assert open_tasks(house, case) == [("after", None, ["clerk@root"])]


def test_the_record_tells_which_entry_was_written_and_not_the_whole_list(house: House) -> None:
    deploy_drawn(house, *VISITS, says=EACH_THEIR_OWN)
    case = house.start(visitors=PEOPLE)
    visit(house, case, "cora", "second")
    written = [
        text for row in house.rows(event_payload) if (text := row["payload"]) and '"second"' in text
    ]
    assert len(written) == 1
    assert '"reports[1]":{"new":{"note":"second"},"old":null}' in written[0].replace(" ", "")


def test_two_who_finish_at_the_same_moment_lose_nothing(house: House) -> None:
    deploy_drawn(house, *VISITS, says=EACH_THEIR_OWN)
    case = house.start(visitors=PEOPLE)
    rows = house.rows(task, instance_id=case, state="open")
    gate = threading.Barrier(len(PEOPLE))

    def go(who: str) -> None:
        gate.wait()
        finish(house.engine, rows, who, who)

    threads = [threading.Thread(target=go, args=(who,)) for who in PEOPLE]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one["note"] for one in house.document(case)["reports"]] == PEOPLE
    assert open_tasks(house, case) == [("after", None, ["clerk@root"])]


def test_one_after_the_other_is_asked(house: House) -> None:
    in_turn = ("start s", "user visit each=visitors as=visitor in_turn", *VISITS[2:])
    deploy_drawn(house, *in_turn, says=EACH_THEIR_OWN)
    case = house.start(visitors=["ben", "cora"])
    assert open_tasks(house, case) == [("visit", 0, ["person:ben"])]
    visit(house, case, "ben", "first")
    assert open_tasks(house, case) == [("visit", 1, ["person:cora"])]
    visit(house, case, "cora", "second")
    assert [one["note"] for one in house.document(case)["reports"]] == ["first", "second"]


def test_an_empty_list_asks_nobody(house: House) -> None:
    deploy_drawn(house, *VISITS, says=EACH_THEIR_OWN)
    case = house.start(visitors=[])
    assert open_tasks(house, case) == [("after", None, ["clerk@root"])]
    assert house.document(case)["reports"] == []


def test_when_enough_have_answered_the_others_are_not_asked_any_more(house: House) -> None:
    lines = ("start s", "user visit each=visitors as=visitor until=ENOUGH", *VISITS[2:])
    enough = "number of completed instances &gt;= 2 and number of active instances = 1"
    deploy_drawn(house, *lines, says=EACH_THEIR_OWN, swap={"ENOUGH": enough})
    case = house.start(visitors=PEOPLE)
    visit(house, case, "payer", "third")
    assert len(open_tasks(house, case)) == 2
    visit(house, case, "ben", "first")
    assert open_tasks(house, case) == [("after", None, ["clerk@root"])]
    (left,) = house.rows(task, instance_id=case, state="cancelled")
    assert left["run"] == 1
    assert house.document(case)["reports"] == [{"note": "first"}, None, {"note": "third"}]


def test_a_second_round_begins_with_empty_entries(house: House) -> None:
    rounds = (
        "start s", "exclusive m", "user visit each=visitors as=visitor", "user after", "exclusive x", "end e",
        "s > m > visit > after > x", 'x > m : note = "again"', "x > e *",
    )  # fmt: skip
    deploy_drawn(house, *rounds, says=EACH_THEIR_OWN)
    case = house.start(visitors=["ben"])
    visit(house, case, "ben", "first")
    house.complete(case, "after", "clerk", form={"note": "again"})
    assert house.document(case)["reports"] == [None]
    visit(house, case, "ben", "second")
    assert house.document(case)["reports"] == [{"note": "second"}]


def test_a_service_is_called_for_each_and_each_answer_has_its_place(house: House) -> None:
    numbers = (
        "start s",
        "service number times=count",
        "user after",
        "end e",
        "s > number > after > e",
    )
    says = {
        "number": {"ability": "numbering.next", "with.sequence": '"N{number}"', "into": "numbers"},
        "after": {"candidates": "clerk @ root"},
    }
    deploy_drawn(house, *numbers, says=says)
    case = house.start(count=3)
    assert house.problems() == []
    assert sorted(house.document(case)["numbers"]) == ["N1", "N2", "N3"]
    assert len(house.rows(job, instance_id=case, kind="ability", state="done")) == 3


BOXES = (
    "start s", "sub box each=visitors as=visitor", "start s2", "user look", "user think", "exclusive x",
    "user again", "end e2", "s2 > look > think > x", 'x > again : outcomes.look = "bad"', "x > e2 *",
    "again > e2", "close", "user after", "end e", "s > box > after > e",
)  # fmt: skip
OUTCOMES = (
    '<gongban:outcomes><gongban:outcome id="good" label="G"/>'
    '<gongban:outcome id="bad" label="B"/></gongban:outcomes>'
)


def test_a_gateway_inside_reads_the_outcome_of_its_own_instance(house: House) -> None:
    says = {
        "look": {"candidates": "= visitor", "into": "looks"},
        "think": {"candidates": "= visitor", "due": 'duration("P" + string(loop counter) + "D")'},
        "again": {"candidates": "= visitor"},
        "after": {"candidates": "clerk @ root"},
    }
    opening = '<userTask id="look"><extensionElements>'
    deploy_drawn(house, *BOXES, says=says, swap={opening: opening + OUTCOMES})
    case = house.start(visitors=["ben", "cora"])
    rows = {row["run"]: row["id"] for row in house.rows(task, instance_id=case, element_id="look")}
    for run, who, outcome in ((0, "ben", "bad"), (1, "cora", "good")):
        with house.engine.command(house.engine.directory.actor(who)) as uow:
            complete(uow, rows[run], outcome=outcome, form={"note": who})
            uow.commit()
    assert [one["note"] for one in house.document(case)["looks"]] == ["ben", "cora"]
    thinking = house.rows(task, instance_id=case, element_id="think")
    due = {row["run"]: (row["due_at"] - row["created_at"]).days for row in thinking}
    assert due == {0: 1, 1: 2}
    # Cora was the last to look, and found it good; Ben's own outcome sends Ben's instance on.
    visit(house, case, "ben", "done")
    assert open_tasks(house, case) == [
        ("again", 0, ["person:ben"]),
        ("think", 1, ["person:cora"]),
    ]
    visit(house, case, "cora", "done")
    visit(house, case, "ben", "done")
    assert open_tasks(house, case) == [("after", None, ["clerk@root"])]


def test_a_reader_of_a_task_sees_its_item_and_its_entry(house: House) -> None:
    deploy_drawn(house, *VISITS, says=EACH_THEIR_OWN)
    case = house.start(visitors=PEOPLE)
    visit(house, case, "cora", "second")
    with house.engine.database.read() as connection:
        actor = house.engine.directory.actor("payer")
        view = read_case(connection, house.engine, actor, case)
    own = next(one for one in view.open_tasks if one.run == 2)
    seen = document_seen(view, own, view.document)
    assert (seen["visitor"], seen["loop counter"], seen["number of instances"]) == ("payer", 3, 3)
    assert stored_for(view, own) == {}
    done = next(one for one in view.tasks if one.run == 1)
    assert stored_for(view, done) == {"note": "second"}


def test_whoever_has_one_of_the_tasks_may_look_at_a_sensitive_value(house: House) -> None:
    deploy_drawn(house, *VISITS, says=EACH_THEIR_OWN)
    case = house.start("anna", visitors=["ben", "cora"], phone="13900000017")
    for who in ("ben", "cora"):
        with house.engine.command(house.engine.directory.actor(who)) as uow:
            assert reveal(uow, case, "phone") == "13900000017"
            uow.commit()
    with (
        pytest.raises(NotFound),
        house.engine.command(house.engine.directory.actor("payer")) as uow,
    ):
        reveal(uow, case, "phone")


SIGNED = (
    "start s", "sub box each=visitors as=visitor", "start s2", "user agree", "end e2", "s2 > agree > e2",
    "close", "user after", "end e", "s > box > after > e",
)  # fmt: skip


def test_a_sign_off_inside_an_instance_keeps_its_signers_forms_together(house: House) -> None:
    opening = '<userTask id="agree"><extensionElements>'
    sign_off = (
        '<gongban:signOff rule="all" form="each" signers="[visitor, &quot;payer&quot;]" />'
        '<gongban:outcomes><gongban:outcome id="yes" label="同意" kind="positive" />'
        '<gongban:outcome id="no" label="不同意" kind="negative" /></gongban:outcomes>'
    )
    says = {
        "agree": {"candidates": "clerk @ root", "into": "signed"},
        "after": {"candidates": "clerk @ root"},
    }
    deploy_drawn(house, *SIGNED, says=says, swap={opening: opening + sign_off})
    case = house.start("anna", visitors=["ben", "cora"])
    for row in sorted(house.rows(task, instance_id=case), key=lambda row: -row["run"]):
        for who in (["ben", "cora"][row["run"]], "payer"):
            with house.engine.command(house.engine.directory.actor(who)) as uow:
                complete(uow, row["id"], outcome="yes", form={"note": f"{who} {row['run']}"})
                uow.commit()
    house.run()
    signed = house.document(case)["signed"]
    assert [[one["note"] for one in forms] for forms in signed] == [
        ["ben 0", "payer 0"],
        ["cora 1", "payer 1"],
    ]
    assert open_tasks(house, case) == [("after", None, ["clerk@root"])]


def test_a_package_that_uses_all_of_it_has_no_mistakes() -> None:
    assert check_drawn(*VISITS, says=EACH_THEIR_OWN) == []


def test_an_item_is_known_where_it_is_and_nowhere_else() -> None:
    outside = {**EACH_THEIR_OWN, "after": {"candidates": "= visitor"}}
    assert check_drawn(*VISITS, says=outside) == [("feel_name", "after")]
    itself = tuple(line.replace("each=visitors", "each=visitor") for line in VISITS)
    assert check_drawn(*itself, says=EACH_THEIR_OWN) == [("feel_name", "visit")]


def test_an_item_cannot_hide_what_every_case_knows() -> None:
    hiding = tuple(line.replace("as=visitor", "as=outcomes") for line in VISITS)
    says = {"visit": {"candidates": "clerk @ root"}}
    assert check_drawn(*hiding, says=says) == [("reserved_field", "visit")]


def test_a_list_that_is_none_keeps_the_case_from_starting(house: House) -> None:
    a_number = tuple(line.replace("each=visitors", "each=count") for line in VISITS)
    deploy_drawn(house, *a_number, says={"visit": {"candidates": "clerk @ root"}})
    with pytest.raises(LoopFailed):
        house.start(count=3)
