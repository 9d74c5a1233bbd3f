"""The numbers that pages ask for by themselves: right, cheap, and no reason to stay signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import event

from tests.builders import House

#: The session, who one stands in for, two boxes, the bell.
MOST_STATEMENTS = 5


def test_the_numbers_follow_what_happens_elsewhere(house: House) -> None:
    clerk = house.browser("clerk_wang")
    before = clerk.get("/live").json
    house.start()
    after = clerk.get("/live").json
    assert int(after["pool"]) == int(before["pool"] or 0) + 1
    assert set(after) == {"todo", "pool", "unread"}


def test_nothing_is_sent_while_nothing_changes(house: House) -> None:
    clerk = house.browser("clerk_wang")
    first = clerk.get("/live")
    asked = {"If-None-Match": first.headers["ETag"]}
    again = clerk.get("/live", **asked)
    assert (again.status_code, again.data) == (304, b"")
    house.start()
    assert clerk.get("/live", **asked).status_code == 200


def test_asking_costs_a_few_statements_and_writes_nothing(house: House) -> None:
    house.start()
    clerk = house.browser("clerk_wang")
    clerk.get("/live")
    statements: list[str] = []

    def executed(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(house.engine.database.engine, "before_cursor_execute", executed)
    clerk.get("/live")
    event.remove(house.engine.database.engine, "before_cursor_execute", executed)
    asked = [one for one in statements if one.split()[0] not in ("BEGIN", "PRAGMA", "SET")]
    assert len(asked) <= MOST_STATEMENTS, "\n".join(statements)
    assert {one.split()[0] for one in asked} <= {"SELECT", "WITH"}


def test_a_page_that_lies_open_does_not_keep_anybody_signed_in(house: House) -> None:
    clerk = house.browser("clerk_wang")
    for _quarter in range(4 * 12):
        house.clock.advance(timedelta(minutes=15))
        answer = clerk.get("/live")
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]
