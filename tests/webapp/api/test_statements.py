"""What a completion costs: statements and commits, counted at the database's own door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.builders import House

MOST_STATEMENTS = 12


class Counted:
    """Statements and commits on an engine."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.commits = 0


@contextmanager
def counted(house: House) -> Iterator[Counted]:
    found = Counted()
    engine = house.engine.database.engine

    def executed(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.statements.append(" ".join(statement.split())[:100])

    def committed(_connection: Any) -> None:
        found.commits += 1

    event.listen(engine, "before_cursor_execute", executed)
    event.listen(engine, "commit", committed)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", executed)
        event.remove(engine, "commit", committed)


def test_a_completion_takes_few_statements_and_one_commit(house: House) -> None:
    # What is remembered between requests is remembered now: definitions, names, the organisation.
    warm = house.start()
    house.api("clerk_wang").complete(house.open_task(warm), "agree", key="warm-1")
    house.api("chair_han").complete(house.open_task(warm), "agree", key="warm-2")
    case = house.start()
    for person, form in (("clerk_wang", {"stock_note": "库存十二副"}), ("chair_han", {})):
        caller = house.api(person)
        task = house.open_task(case)
        with counted(house) as cost:
            answer = caller.complete(task, "agree", form, key=f"key-{person}")
        assert answer.status_code == 200
        print(f"{person}: {len(cost.statements)} statements, {cost.commits} commit")
        assert cost.commits == 1
        assert len(cost.statements) <= MOST_STATEMENTS, "\n".join(cost.statements)


def test_a_vote_takes_few_statements_and_one_commit(house: House) -> None:
    case = house.start("petition", by="tian_ye")
    task = house.open_task(case, "sign")
    house.api("signer_00").complete(task, "agree", None, key="warm")
    caller = house.api("signer_01")
    with counted(house) as cost:
        answer = caller.complete(task, "agree", None, key="k")
    assert answer.status_code == 200, answer.text
    assert cost.commits == 1
    assert len(cost.statements) <= MOST_STATEMENTS, "\n".join(cost.statements)


def test_a_refused_completion_changes_nothing_and_is_on_the_record(house: House) -> None:
    case = house.start()
    task = house.open_task(case)
    caller = house.api("chen_jing")
    with counted(house) as cost:
        answer = caller.complete(task, "agree", key="k")
    assert answer.status_code == 403
    # One transaction of its own, for the refusal.
    assert cost.commits == 1
    told = house.api("clerk_wang").get(f"/instances/{case}/history").json["items"]
    assert [one["type"] for one in told] == ["instance.started", "refused"]


def test_reading_commits_nothing(house: House) -> None:
    case = house.start()
    task = house.open_task(case)
    clerk = house.api("clerk_wang")
    with counted(house) as cost:
        for path in (
            "/processes",
            "/tasks?box=pool",
            f"/tasks/{task}",
            f"/instances/{case}",
            f"/instances/{case}/history",
            f"/instances/{case}/diagram",
        ):
            assert clerk.get(path).status_code == 200
    assert cost.commits == 0
    assert not [one for one in cost.statements if not one.startswith(("SELECT", "WITH"))]


def test_nothing_is_asked_twice_to_show_a_task_or_its_case(house: House) -> None:
    case = house.start()
    task = house.open_task(case)
    clerk = house.api("clerk_wang")
    for path in (f"/tasks/{task}", f"/instances/{case}"):
        with counted(house) as cost:
            assert clerk.get(path).status_code == 200
        assert len(set(cost.statements)) == len(cost.statements), "\n".join(cost.statements)


def test_going_back_reads_the_cases_record_once(house: House) -> None:
    case = house.start()
    house.api("clerk_wang").complete(house.open_task(case), "agree", {"stock_note": "有"}, key="a")
    task, chair = house.open_task(case), house.api("chair_han")
    with counted(house) as cost:
        body = {"target": "previous", "reason": "库存"}
        answer = chair.post(f"/tasks/{task}/send_back", body, key="k")
    assert answer.status_code == 200, answer.text
    read = [
        one for one in cost.statements if one.startswith("SELECT event.type, event_payload.payload")
    ]
    assert len(read) == 1, "\n".join(cost.statements)
