"""Cases to compare with: near ones first, three at most, and no more told than may be known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import event, select

from engine.queries.case import read_case
from engine.queries.comparables import Comparable, comparables
from engine.store.tables import instance
from tests.builders import APPLICATION, House

STEP = "check"


def decided(house: House, value_fen: int, by: str = "chen_jing", clerk: str = "clerk_wang") -> str:
    house.clock.advance(timedelta(minutes=1))
    case = house.start(form={**APPLICATION, "value_fen": value_fen}, by=by)
    answer = house.api(clerk).complete(house.open_task(case), "agree", opinion="已核对")
    assert answer.status_code == 200, answer.text
    return case


def found(house: House, case: str, person: str = "clerk_wang") -> list[Comparable]:
    actor = house.engine.directory.actor(person)
    with house.engine.database.read() as connection:
        seen = read_case(connection, house.engine, actor, case)
        return comparables(connection, house.engine, seen, STEP, actor)


def test_the_latest_come_first_and_no_more_than_three(house: House) -> None:
    cases = [decided(house, 100_000 * number) for number in range(1, 6)]
    case = house.start()
    assert [one.id for one in found(house, case)] == list(reversed(cases))[:3]
    assert all(one.may_open and one.title for one in found(house, case))


def test_the_nearest_in_the_facts_that_the_package_names_come_first(house: House) -> None:
    near, far = decided(house, 150_000), decided(house, 900_000)
    case = house.start()
    actor = house.engine.directory.actor("clerk_wang")
    with house.engine.database.read() as connection:
        seen = read_case(connection, house.engine, actor, case)
        manifest = replace(seen.definition.manifest, comparable=("value_fen",))
        seen = replace(seen, definition=replace(seen.definition, manifest=manifest))
        ids = [one.id for one in comparables(connection, house.engine, seen, STEP, actor)]
    assert ids == [near, far]


def test_the_applicant_sees_none_and_a_stranger_has_no_case_to_ask_from(house: House) -> None:
    decided(house, 100_000)
    case = house.start()
    assert found(house, case, "chen_jing") == []
    assert found(house, case)


def test_of_a_case_that_is_not_hers_to_open_only_unit_and_amount_are_told(house: House) -> None:
    other = decided(house, 100_000, by="tian_ye", clerk="clerk_bai")
    case = house.start()
    (one,) = found(house, case)
    assert (one.id, one.may_open, one.title, one.amount_fen) == (other, False, "", 100_000)
    path = f"/tasks/{house.open_task(case)}"
    page = house.browser("clerk_wang", "zh").get(path).text
    begins = page.index('id="comparables-title"')
    part = page[begins : page.index("</section>", begins)]
    assert "本环节最近办结的" in part
    assert "省文旅厅工会" in part
    assert "¥ 1,000.00" in part
    assert "田野" not in part
    assert other not in part


def test_however_many_there_are_it_takes_the_same_statements(small_house: House) -> None:
    house = small_house
    case = house.start()
    counted: list[str] = []

    def count() -> int:
        counted.clear()
        actor = house.engine.directory.actor("clerk_wang")
        with house.engine.database.read() as connection:
            seen = read_case(connection, house.engine, actor, case)
            event.listen(connection, "before_cursor_execute", note)
            comparables(connection, house.engine, seen, STEP, actor)
            event.remove(connection, "before_cursor_execute", note)
        return len(counted)

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.append(statement)

    decided(house, 100_000)
    few = count()
    for number in range(6):
        decided(house, 100_000 * number + 1)
    assert count() == few <= 3
    assert len(house.rows(select(instance.c.id))) == 8
