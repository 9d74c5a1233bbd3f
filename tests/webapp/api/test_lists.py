"""Lists of work over HTTP: orders, search by two characters, lists under a name, a page's cost."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlalchemy import update

from engine.store.tables import instance
from tests.builders import APPLICATION, House
from tests.engine.lists import check_lists
from tests.webapp.api.test_statements import counted

_ONCE_A_SECOND = re.compile("directory_version|UPDATE session")


def started(house: House, item: str, fen: int, **facts: Any) -> str:
    return house.start(form={**APPLICATION, "item": item, "value_fen": fen, **facts})


def items(house: House, who: str, query: str) -> list[str]:
    answer = house.api(who).get(f"/tasks?{query}")
    assert answer.status_code == 200, answer.text
    return [one["instance"] for one in answer.json["items"]]


def test_the_list_of_a_role_is_sorted_by_amount_and_age(house: House) -> None:
    small, large, middle = (started(house, "球拍", fen) for fen in (100, 90_000, 500))
    pool = "box=pool"
    assert items(house, "clerk_wang", pool) == [small, large, middle]
    assert items(house, "clerk_wang", f"{pool}&sort=-age") == [middle, large, small]
    assert items(house, "clerk_wang", f"{pool}&sort=amount") == [small, middle, large]
    first = house.api("clerk_wang").get(f"/tasks?{pool}&sort=-amount&limit=2").json
    assert [one["instance"] for one in first["items"]] == [large, middle]
    rest = f"{pool}&sort=-amount&limit=2&after={first['next']}"
    assert items(house, "clerk_wang", rest) == [small]
    house.api("clerk_wang").post(f"/tasks/{house.open_task(large)}/claim")
    assert items(house, "clerk_wang", pool) == [small, middle]
    assert items(house, "clerk_wang", "box=todo&sort=-amount") == [large]
    check_lists(house.engine)


def test_what_makes_no_sense_together_is_refused(house: House) -> None:
    clerk = house.api("clerk_wang")
    for query in (
        "sort=size", "box=done&sort=due", "box=done&due=overdue", "due=soon",
        "due=overdue&sort=amount", "box=cc&sort=amount", "sort=-age&after=age~2026-03-02T00:00:00Z|x",
    ):  # fmt: skip
        assert clerk.get(f"/tasks?{query}").status_code == 422, query


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("陈静", True), ("农林", True), ("羽毛", True), ("毛球拍", True), ("陈静 羽毛", True),
        ("ＤＶ", True), ("dv", True), ("陈静 帐篷", False), ("球羽", False), ("张三", False),
        ("%25%25", False), ("_静", False),
    ],
)  # fmt: skip
def test_any_two_characters_find_a_case(house: House, text: str, found: bool) -> None:
    case = started(house, "羽毛球拍和DV机", 100)
    started(house, "帐篷", 100, contact="13900000018")
    for box in ("pool", "todo"):
        if box == "todo":
            house.api("clerk_wang").post(f"/tasks/{house.open_task(case)}/claim")
        assert (case in items(house, "clerk_wang", f"box={box}&q={text}")) is found
    assert (case in items(house, "chen_jing", f"box=started&q={text}")) is found


def test_a_number_finds_its_case_from_when_it_has_one(house: House) -> None:
    case, other = started(house, "球拍", 1), started(house, "球拍", 1)
    with house.engine.database.write() as connection:
        # As two processes with one sequence would leave them.
        connection.execute(
            update(instance).where(instance.c.id == case).values(number="JY-2026-07")
        )
        connection.commit()
    clerk = house.api("clerk_wang")
    clerk.complete(house.open_task(case), "agree", {"stock_note": "有"}, key="k")
    check_lists(house.engine)
    for text in ("JY-2026-07", "jy-2026-07", "2026-0", "07"):
        assert items(house, "chair_han", f"box=pool&q={text}") == [case], text
        assert items(house, "clerk_wang", f"box=done&q={text}") == [case], text
        assert other not in items(house, "clerk_wang", f"box=pool&q={text}")


def test_nobody_finds_what_is_not_for_them_to_see(house: House) -> None:
    started(house, "羽毛球拍", 100)
    assert items(house, "tian_ye", "box=pool&q=羽毛") == []
    assert items(house, "chen_jing", "box=pool&q=羽毛") == []


def test_a_single_character_finds_nothing_less(house: House) -> None:
    case, other = started(house, "羽毛球拍", 100), started(house, "帐篷", 100)
    assert items(house, "clerk_wang", "box=pool&q=羽") == [case, other]
    page = house.browser("clerk_wang").get("/inbox?box=pool&q=羽").text
    assert "type at least two" in page


def test_a_sensitive_value_is_not_found(house: House) -> None:
    case = started(house, "球拍", 100, contact="13911112222")
    assert items(house, "clerk_wang", "box=pool&q=13911112222") == []
    assert items(house, "clerk_wang", "box=pool&q=球拍") == [case]


@pytest.mark.parametrize("query", ["", "&sort=-amount", "&q=球拍", "&process=approve3"])
def test_a_list_takes_the_same_statements_however_long_it_is(house: House, query: str) -> None:
    clerk, page = house.api("clerk_wang"), house.browser("clerk_wang")
    costs = []
    for more in (2, 12):
        for _ in range(more):
            started(house, "球拍", 100)
        for path, ask in ((f"/tasks?box=pool{query}", clerk), (f"/inbox?box=pool{query}", page)):
            ask.get(path)
            with counted(house) as cost:
                assert ask.get(path).status_code == 200
            # Once a second somebody looks whether the organisation has changed, and who is here.
            costs.append(sum(not _ONCE_A_SECOND.search(one) for one in cost.statements))
    assert costs[:2] == costs[2:], costs


VIEW = {"box": "pool", "sort": "-amount", "process": "approve3"}


def names(house: House, who: str) -> list[tuple[str, bool]]:
    return [(one["name"], one["mine"]) for one in house.api(who).get("/filters").json["items"]]


def test_a_list_under_a_name_is_seen_by_who_holds_the_role_and_changed_by_its_owner(
    house: House,
) -> None:
    clerk = house.api("clerk_wang")
    made = clerk.post("/filters", {"name": "  大额  ", "view": VIEW, "role": "unit_clerk"}, key="k")
    assert made.status_code == 201, made.text
    assert (
        clerk.post(
            "/filters", {"name": "  大额  ", "view": VIEW, "role": "unit_clerk"}, key="k"
        ).json
        == made.json
    )
    id = made.json["id"]
    [seen] = clerk.get("/filters").json["items"]
    assert (seen["name"], seen["view"], seen["mine"]) == ("大额", VIEW, True)
    # She holds the role in another unit.
    other = house.api("clerk_bai")
    assert names(house, "clerk_bai") == [("大额", False)]
    assert other.post(f"/filters/{id}", {"name": "x"}).status_code == 403
    assert other.post(f"/filters/{id}/remove").status_code == 403
    outsider = house.api("chen_jing")
    assert names(house, "chen_jing") == []
    assert outsider.post(f"/filters/{id}", {"name": "x"}).status_code == 404
    assert clerk.post(f"/filters/{id}", {"name": "大额件", "role": None}).status_code == 200
    assert names(house, "clerk_wang") == [("大额件", True)]
    assert names(house, "clerk_bai") == []
    assert clerk.post(f"/filters/{id}/remove").status_code == 200
    assert names(house, "clerk_wang") == []


def test_a_list_is_shared_only_with_a_role_one_holds_and_names_are_ones_own(house: House) -> None:
    clerk = house.api("clerk_wang")
    refused = clerk.post("/filters", {"name": "x", "view": VIEW, "role": "sys_admin"})
    assert refused.status_code == 403
    assert clerk.post("/filters", {"name": "x", "view": VIEW}).status_code == 201
    assert clerk.post("/filters", {"name": "x", "view": {"box": "todo"}}).status_code == 409
    assert house.api("chair_han").post("/filters", {"name": "x", "view": VIEW}).status_code == 201
    for view in ({"box": "drafts"}, {"box": "done", "due": "today"}, {"sort": "x"}, {"a": "b"}):
        assert clerk.post("/filters", {"name": "y", "view": view}).status_code == 422
    assert clerk.post("/filters", {"name": "   ", "view": VIEW}).status_code == 422
    for number in range(29):
        answer = clerk.post("/filters", {"name": f"n{number}", "view": VIEW})
        assert answer.status_code == 201
    full = clerk.post("/filters", {"name": "n29", "view": VIEW})
    assert (full.status_code, full.json["type"]) == (409, "urn:gongban:problem:too_many_filters")


def test_the_page_of_cases_finds_what_one_may_read_and_nothing_else(house: House) -> None:
    case = started(house, "羽毛球拍", 100)
    readers = {"chen_jing": True, "clerk_wang": True, "clerk_bai": False, "tian_ye": False}
    readers["admin_mu"] = house.engine.directory.actor("admin_mu").administers
    for who, finds in readers.items():
        for text in ("羽毛", "陈静", "球拍 陈静"):
            page = house.browser(who).get(f"/cases?q={text}").text
            assert (f"/cases/{case}" in page) is finds, (who, text)
        may = house.browser(who).get(f"/cases/{case}").status_code == 200
        assert may is finds, who
    # It is still found when it is over, by who was in it.
    house.api("clerk_wang").complete(house.open_task(case), "agree", {"stock_note": "有"}, key="a")
    house.api("chair_han").complete(house.open_task(case), "agree", key="b")
    for who in ("chen_jing", "clerk_wang", "chair_han"):
        assert f"/cases/{case}" in house.browser(who).get("/cases?q=羽毛").text
        assert f"/cases/{case}" not in house.browser(who).get("/cases?q=羽毛&state=active").text


def test_the_page_of_cases_goes_on_where_it_ended(house: House) -> None:
    cases = [started(house, "羽毛球拍", 100) for _ in range(65)]
    shown: list[str] = []
    path = "/cases?q=羽毛"
    for _ in range(3):
        page = house.browser("chen_jing").get(path).text
        shown += re.findall(r'class="what" href="/cases/(\w+)"', page)
        more = re.search(r'href="(/cases\?[^"]*after=[^"]*)"', page)
        path = html.unescape(more[1]) if more else ""
    assert path == ""
    assert shown == sorted(cases, reverse=True)
