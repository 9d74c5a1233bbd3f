"""The landing page: numbers that lead to their lists, deadlines, own cases with whom they are, results."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from sqlalchemy import event, update

from engine.queries.inbox import inbox
from engine.queries.views import due_span
from engine.store.tables import task, task_candidate
from tests.builders import House


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def numbers(page: str) -> dict[str, str]:
    found = re.findall(r'data-number="(\w+)".*?<b[^>]*>([^<]+)</b>', page, re.S)
    return dict(found)


def claimed(house: House, count: int) -> list[str]:
    tasks = []
    for _ in range(count):
        tasks.append(house.open_task(house.start()))
        house.api("clerk_wang").post(f"/tasks/{tasks[-1]}/claim")
    return tasks


def due(house: House, task_id: str, days: float) -> None:
    at = house.clock.now() + timedelta(days=days)
    with house.engine.database.write() as connection:
        connection.execute(update(task).where(task.c.id == task_id).values(due_at=at))
        connection.execute(
            update(task_candidate).where(task_candidate.c.task_id == task_id).values(due_at=at)
        )
        connection.commit()


def test_one_lands_at_home_and_a_stranger_at_the_door(small_house: House) -> None:
    assert small_house.browser("chen_jing", "zh").get("/").status_code == 200
    answer = small_house.app.test_client().get("/")
    assert answer.headers["Location"].endswith("/login")
    answer = small_house.browser("chen_jing").get("/login")
    assert answer.headers["Location"] == "/"


def test_every_number_is_the_length_of_its_list(house: House) -> None:
    late, today, week, later = claimed(house, 4)
    for task_id, days in ((late, -1), (today, 0.2), (week, 2), (later, 20)):
        due(house, task_id, days)
    house.start()
    page = house.browser("clerk_wang", "zh").get("/").text
    assert numbers(page) | {"mine": "0", "drafts": "0", "cc": "0"} == numbers(page)
    assert numbers(page)["todo"] == "4"
    assert numbers(page)["pool"] == "1"
    actor = house.engine.directory.actor("clerk_wang")
    with house.engine.database.read() as connection:
        for name, number in (("overdue", 1), ("today", 1), ("week", 2)):
            span = due_span(name, house.clock.now(), house.engine.zone)
            assert len(inbox(connection, actor, "todo", due=span).items) == number, name
            assert numbers(page)[name] == str(number)
            assert f'href="/inbox?box=todo&amp;due={name}"' in page
            shown = house.browser("clerk_wang", "zh").get(f"/inbox?box=todo&due={name}").text
            assert shown.count("<tr data-row") == number, name


def test_the_next_deadlines_come_first_and_lead_to_their_tasks(house: House) -> None:
    one, other, last = claimed(house, 3)
    due(house, one, 3)
    due(house, other, 1)
    due(house, last, 30)
    page = house.browser("clerk_wang", "zh").get("/").text
    section = page[page.index('id="deadlines-title"') : page.index('id="mine-title"')]
    assert re.findall(r"/tasks/(\w+)", section) == [other, one, last]


def test_my_case_says_where_it_is_with_whom_and_that_it_waits_long(house: House) -> None:
    house.start()
    member = house.browser("chen_jing", "zh")
    page = text_of(member.get("/").text)
    assert "核对" in page
    assert "经办人" in page
    assert "今天到达" in page
    assert "停留较久" not in page
    house.clock.advance(timedelta(days=10))
    # Ten days later one signs in again.
    house._tokens.clear()
    member = house.browser("chen_jing", "zh")
    page = text_of(member.get("/").text)
    assert "停留较久" in page
    assert "已停留" in page
    assert numbers(member.get("/").text)["mine"] == "1"


def test_the_last_results_are_there_in_the_processes_own_words(house: House) -> None:
    case = house.start()
    house.api("clerk_wang").complete(house.open_task(case), "agree", {"stock_note": "有"})
    house.api("chair_han").complete(house.open_task(case), "agree", {})
    page = house.browser("chen_jing", "zh").get("/").text
    section = text_of(page[page.index('id="results-title"') :])
    assert "跳绳" in section or "领用" in section
    assert numbers(page)["mine"] == "0"


def test_empty_parts_say_what_to_do(small_house: House) -> None:
    page = text_of(small_house.browser("chen_jing", "zh").get("/").text)
    assert "没有临近的期限" in page
    assert "您没有在办的办件" in page


def test_it_costs_the_same_however_much_there_is(house: House) -> None:
    def cost() -> int:
        seen: list[str] = []
        listen = lambda _c, _cur, statement, *_: seen.append(statement)  # noqa: E731
        engine = house.engine.database.engine
        event.listen(engine, "before_cursor_execute", listen)
        try:
            assert house.browser("clerk_wang").get("/").status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", listen)
        return len(seen)

    claimed(house, 2)
    cost()
    before = cost()
    claimed(house, 3)
    cost()
    assert cost() <= before
