"""What nobody can do is on one list, with the reason; what somebody can do is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, event, insert, update

from engine.commands.claim import claim
from engine.queries.stuck import tasks_nobody_can_do
from engine.store.tables import job, recusal, task, task_candidate
from tests.engine.commands.leaving_house import Union, open_union, package, work

CLERK = "clerk @ applicant.unit"
CHAIR = "chair @ applicant.unit"
SEPARATED = """
[[separation.rule]]
id = "two"
why = "who checks does not approve"
groups = [["check"], ["approve"]]
"""


@pytest.fixture
def union(database_url: str) -> Iterator[Union]:
    with open_union(database_url) as opened:
        yield opened


def reasons(union: Union) -> dict[str, str]:
    return {one.instance_id: one.why for one in union.stuck()}


def test_what_somebody_can_do_is_not_listed(union: Union) -> None:
    union.begin(package(work("check", CLERK)))
    union.begin(package(work("vote", "board @ applicant.unit", sign_off='rule="all"')))
    union.begin(package(work("confirm", "starter")))
    assert union.stuck() == []


def test_a_role_that_nobody_holds_any_more_is_named(union: Union) -> None:
    case = union.begin(package(work("approve", CHAIR)))
    union.cast.left.add("hilda")
    [found] = union.stuck()
    assert (found.why, found.instance_id, found.element) == ("nobody_holds_it", case, "approve")
    assert found.keys == ("chair@north",)
    assert found.task_id == union.open_task(case).id


def test_a_task_whose_last_holder_is_shut_out_is_listed_until_they_are_back(union: Union) -> None:
    case = union.begin(package(work("check", CLERK)))
    union.cast.disabled |= {"carl"}
    assert union.stuck() == []
    union.cast.disabled |= {"cleo"}
    assert reasons(union) == {case: "nobody_holds_it"}
    union.cast.disabled.clear()
    assert union.stuck() == []


def test_a_task_whose_every_holder_is_forbidden_it_from_the_start_is_not_stuck(
    union: Union,
) -> None:
    own = union.begin(package(work("approve", CHAIR)), by="hilda")
    assert union.keys(union.open_task(own).id) == ["admin@root"]
    assert union.stuck() == []


def test_whoever_did_the_step_before_leaves_the_next_to_the_administrators(union: Union) -> None:
    made = package(work("check", CHAIR), work("approve", CHAIR), separation=SEPARATED)
    case = union.begin(made)
    union.complete("hilda", case)
    assert union.keys(union.open_task(case).id) == ["admin@root"]
    assert union.stuck() == []


def test_who_has_recused_themselves_cannot_do_it(union: Union) -> None:
    case = union.begin(package(work("approve", CHAIR)))
    with union.engine.database.write() as connection:
        connection.execute(
            insert(recusal).values(
                id="r1",
                person_id="hilda",
                about_id="anna",
                reason="sister",
                declared_at=union.engine.clock.now(),
            )
        )
        connection.commit()
    assert reasons(union) == {case: "all_barred"}


def test_one_holder_who_may_is_enough(union: Union) -> None:
    # carl is the applicant of a case that carl and cleo could check.
    union.begin(package(work("check", CLERK)), by="carl")
    assert union.stuck() == []


def test_a_sign_off_whose_open_signers_are_all_gone_is_listed(union: Union) -> None:
    case = union.begin(package(work("vote", "board @ applicant.unit", sign_off='rule="all"')))
    union.cast.disabled |= {"bert", "bodo"}
    assert union.stuck() == []
    union.cast.disabled |= {"bea"}
    assert reasons(union) == {case: "no_signer"}


def test_a_sign_off_that_asks_nobody_is_listed(union: Union) -> None:
    case = union.begin(package(work("vote", "board @ applicant.unit", sign_off='rule="all"')))
    with union.engine.database.write() as connection:
        connection.execute(delete(task_candidate))
        connection.commit()
    assert reasons(union) == {case: "no_signer"}


def test_a_task_claimed_by_somebody_who_is_gone_is_listed(union: Union) -> None:
    case = union.begin(package(work("check", CLERK)))
    union.act("carl", claim, union.open_task(case).id)
    union.cast.left.add("carl")
    [found] = union.stuck()
    assert (found.why, found.keys) == ("holder_gone", ("person:carl",))


def test_work_that_gave_up_is_listed(union: Union) -> None:
    case = union.begin(package(work("check", CLERK)))
    with union.engine.database.write() as connection:
        now = union.engine.clock.now()
        connection.execute(
            insert(job).values(
                id="j1",
                kind="ability",
                instance_id=case,
                element_id="check",
                due_at=now,
                provisional=False,
                state="incident",
                attempts=6,
                payload={},
                created_at=now,
            )
        )
        connection.commit()
    assert reasons(union) == {case: "incident"}


def test_a_running_case_that_waits_for_nothing_raises_the_alarm(union: Union) -> None:
    case = union.begin(package(work("check", CLERK)))
    with union.engine.database.write() as connection:
        connection.execute(update(task).values(state="cancelled"))
        connection.execute(delete(task_candidate))
        connection.commit()
    assert reasons(union) == {case: "nothing_open"}


def test_the_list_has_pages_and_a_count(union: Union) -> None:
    made = package(work("approve", CHAIR))
    cases = [union.begin(made) for _ in range(5)]
    union.cast.left.add("hilda")
    seen, after = [], None
    with union.engine.database.read() as connection:
        for _ in range(3):
            page = tasks_nobody_can_do(connection, union.engine, limit=2, after=after)
            assert page.count == 5
            seen += [one.instance_id for one in page.items]
            after = page.next
    assert after is None
    assert sorted(seen) == sorted(cases)


def test_many_tasks_of_few_keys_cost_few_statements(union: Union) -> None:
    made = package(work("check", CLERK))
    for _ in range(20):
        union.begin(made)
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(union.engine.database.engine, "before_cursor_execute", count)
    assert union.stuck() == []
    assert len(statements) <= 10, statements
