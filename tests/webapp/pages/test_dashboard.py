"""Figures for heads: who sees which, that every number is the length of its list, what a list hides, the files."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from engine.queries.figures import WorkClock
from engine.queries.proxies import stands_in_for
from engine.queries.readers import known_of, may_know
from engine.store.tables import instance, task
from engine.working_hours import hours_between
from tests.builders import House, illness_story, open_house, story_form
from tests.webapp.conftest import Prepared

HEADS = ("chair_han", "admin_mu", "auditor_gu")


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture(params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest, make_database: Any, tmp_path: Path) -> Iterator[House]:
    """Cases of two units: agreed to, refused, withdrawn, open, overdue; an aid case."""
    prepared: Prepared = request.getfixturevalue(f"{request.param}_organisation")
    url = make_database(request.param, prepared.template)
    with open_house(url, tmp_path / "home", prepared.keys) as house:
        agreed, refused, left = house.start(), house.start(by="sun_li"), house.start()
        house.start(by="tian_ye")
        for case, last in ((agreed, "agree"), (refused, "refuse")):
            house.api("clerk_wang").complete(house.open_task(case), "agree", {"stock_note": "有"})
            answer = house.api("chair_han").complete(
                house.open_task(case), last, {}, opinion="看过了"
            )
            assert answer.status_code == 200, answer.text
        form = story_form(house, "chen_jing", illness_story()["steps"][0]["start"])
        house.start("illness_aid", form)
        house.run_jobs()
        with house.engine.database.write() as connection:
            connection.execute(
                update(task)
                .where(task.c.instance_id == left, task.c.state == "open")
                .values(due_at=house.clock.now() - timedelta(hours=1))
            )
            connection.commit()
        yield house


def every_link(page: str) -> list[tuple[str, str]]:
    """(number, address) of every figure that leads to a list."""
    found = re.findall(r'<a href="(/cases\?[^"]+)"[^>]*>(?:<b[^>]*>)?(\d+)<', page)
    return [(number, html.unescape(url)) for url, number in found]


def length(house: House, person: str, url: str) -> int:
    """How long a list is, walked to its end."""
    count, following = 0, url
    while following:
        page = house.browser(person, "zh").get(following)
        assert page.status_code == 200, following
        count += page.text.count('data-case="')
        more = re.search(r'list-more"><a[^>]* href="([^"]+)"', page.text)
        following = html.unescape(more[1]) if more else ""
    return count


@pytest.mark.parametrize("person", HEADS)
@pytest.mark.parametrize("query", ["", "&process=approve3", "&area=care", "&place=nonglin"])
def test_every_number_is_the_length_of_the_list_it_leads_to(
    busy: House, person: str, query: str
) -> None:
    page = busy.browser(person, "zh").get(f"/dashboard?period=months{query}")
    assert page.status_code == 200
    links = every_link(page.text)
    assert len(links) > 12
    known: dict[str, int] = {}
    for number, url in links:
        if url not in known:
            known[url] = length(busy, person, url)
        assert known[url] == int(number), url


def test_the_marks_of_a_chart_are_the_numbers_of_its_table(busy: House) -> None:
    page = busy.browser("admin_mu", "zh").get("/dashboard?period=months").text
    assert page.count('data-chart="') == 4
    for name in ("flow", "loads"):
        part = page[page.index(f'data-chart="{name}"') :]
        block, table = part.split("</script>", 1)
        values = re.findall(r'"value": ?(\d+)', html.unescape(block))
        cells = [number for number, _url in every_link(table[: table.index("</table>")])]
        # The block lists series by series, the table row by row.
        assert sorted(values) == sorted(cells), name


def test_a_head_sees_the_own_unit_and_below_administrators_and_auditors_all(busy: House) -> None:
    def total(person: str) -> str:
        page = busy.browser(person, "zh").get("/dashboard?period=months").text
        found = re.search(r'data-number="started".*?<b[^>]*>(\d+)<', page, re.S)
        assert found
        return found[1]

    assert total("admin_mu") == total("auditor_gu") == "5"
    assert total("chair_han") == "4"


def test_who_heads_nothing_sees_no_figures_and_no_list_of_others(busy: House) -> None:
    for person in ("chen_jing", "clerk_wang", "tian_ye"):
        for path in ("/dashboard", "/dashboard.xlsx", "/cases?scope=all", "/cases.xlsx?scope=all"):
            assert busy.browser(person).get(path).status_code == 403, path
        assert "/dashboard" not in busy.browser(person).get("/").text


def test_an_address_made_up_shows_no_other_unit(busy: House) -> None:
    [other] = [
        row.place
        for row in busy.rows(select(instance.c.place).where(instance.c.starter_id == "tian_ye"))
    ]
    assert length(busy, "admin_mu", f"/cases?scope=all&place={other}") == 1
    for more in ("", "&only=1"):
        assert length(busy, "chair_han", f"/cases?scope=all&place={other}{more}") == 0
    page = busy.browser("chair_han").get(f"/dashboard?period=months&place={other}").text
    assert "There is nothing to count yet" in page


def test_of_a_case_without_a_part_a_head_sees_where_it_stands_and_not_what_it_says(
    busy: House,
) -> None:
    # The aid case waits for the clerk: the chair of the unit has no part in it yet.
    page = busy.browser("chair_han", "zh").get("/cases?scope=all&process=illness_aid")
    said = text_of(page.text)
    assert "受理" in said
    assert "重大疾病帮扶" in said
    assert "陈静" not in said
    [row] = busy.rows(select(instance).where(instance.c.key == "illness_aid"))
    assert f"/cases/{row.id}" not in page.text
    assert busy.browser("chair_han").get(f"/cases/{row.id}").status_code == 404
    # Nor is she told by looking for the name.
    found = busy.browser("chair_han", "zh").get("/cases?scope=all&q=陈静").text
    assert 'data-case="' not in found
    if row.number:
        assert (
            'data-case="' in busy.browser("chair_han").get(f"/cases?scope=all&q={row.number}").text
        )


def test_where_she_has_a_part_she_sees_all_of_it(busy: House) -> None:
    page = busy.browser("chair_han", "zh").get("/cases?scope=all&process=approve3&state=completed")
    assert "陈静" in text_of(page.text)
    assert re.search(r'<a class="what" href="/cases/\w+"', page.text)


def test_lists_and_cases_ask_one_question(busy: House) -> None:
    house = busy.engine
    people = ["chen_jing", "sun_li", "clerk_wang", "chair_han", "tian_ye", "admin_mu", "dangan_ou"]
    people += ["auditor_gu", "investigator_li", "zhi_clerk_gao", "security_tu"]
    with house.database.read() as connection:
        rows = connection.execute(select(instance)).all()
        for person in people:
            try:
                actor = house.directory.actor(person)
            except Exception:  # the cast is the scenarios' to change
                continue
            owners = stands_in_for(house, connection, person, house.clock.now())
            one_by_one = {
                row.id
                for row in rows
                if may_know(connection, house.catalog.get(row.definition_id), actor, row, owners)
            }
            assert known_of(connection, house, actor, rows, owners) == one_by_one, person


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("&state=open", 1),
        ("&state=completed", 1),
        ("&mine=1", 2),
        ("&overdue=1", 1),
        ("&from=2030-01-01", 0),
        ("&step=check", 1),
        ("&step=approve", 0),
    ],
)
def test_the_list_of_own_cases_is_narrowed_too(busy: House, query: str, count: int) -> None:
    assert length(busy, "chen_jing", f"/cases?process=approve3{query}") == count


@pytest.mark.parametrize("query", ["from=gestern", "state=odd", "ended_to=99999-01-01"])
def test_what_is_no_filter_is_refused_in_words(busy: House, query: str) -> None:
    assert busy.browser("admin_mu").get(f"/cases?scope=all&{query}").status_code == 422


# --- files --------------------------------------------------------------------------------------------


def book_of(house: House, person: str, path: str) -> Any:
    answer = house.browser(person, "zh").get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    return load_workbook(BytesIO(answer.data))


def test_the_list_as_a_file_holds_the_lines_of_the_page_by_their_types(busy: House) -> None:
    sheet = book_of(busy, "admin_mu", "/cases.xlsx?scope=all").active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 1 + length(busy, "admin_mu", "/cases?scope=all")
    heads = rows[0]
    assert sheet.freeze_panes == "A2"
    one = dict(zip(heads, rows[1], strict=False))
    assert one["发起"].year == busy.clock.now().year
    amounts = [row[heads.index("金额（元）")] for row in rows[1:]]
    assert all(isinstance(each, int | float) for each in amounts if each is not None)
    assert any(amounts)


def test_the_file_hides_what_the_page_hides_and_holds_nothing_sealed(busy: House) -> None:
    start = illness_story()["steps"][0]["start"]
    for person in ("chair_han", "admin_mu"):
        sheet = book_of(busy, person, "/cases.xlsx?scope=all&process=illness_aid").active
        cells = [str(cell) for row in sheet.iter_rows(min_row=2, values_only=True) for cell in row]
        assert ("陈静" in " ".join(cells)) == (person == "admin_mu")
        for name in ("id_card_no", "bank_account", "mobile", "disease_name"):
            assert str(start[name]) not in " ".join(cells)


@pytest.mark.parametrize("attack", ["=1+1", '=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "@x"])
def test_a_title_is_never_a_formula(busy: House, attack: str) -> None:
    with busy.engine.database.write() as connection:
        connection.execute(
            update(instance).where(instance.c.key == "approve3").values(title=attack)
        )
        connection.commit()
    sheet = book_of(busy, "admin_mu", "/cases.xlsx?scope=all&process=approve3").active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value == attack]
    assert len(cells) == 4
    assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}


def test_a_long_file_stops_and_says_so(busy: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.views.case_export.MOST_EXPORTED", 2)
    sheet = book_of(busy, "admin_mu", "/cases.xlsx?scope=all").active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 3
    assert any("最多 2 行" in str(cell) for cell in rows[0])


def test_the_figures_as_a_file_are_those_of_the_page(busy: House) -> None:
    book = book_of(busy, "admin_mu", "/dashboard.xlsx?period=months")
    assert book.sheetnames == ["按时间", "按事项", "按单位", "结果", "在办环节", "环节用时"]
    matters = {row[0]: row[2:] for row in book["按事项"].iter_rows(min_row=2, values_only=True)}
    assert matters["活动用品领用审批"] == (4, 2, 2, 1)
    assert matters["重大疾病帮扶"] == (1, 0, 1, 0)
    assert sum(row[1] for row in book["按时间"].iter_rows(min_row=2, values_only=True)) == 5


# --- how long steps take ------------------------------------------------------------------------------


def test_hours_of_work_are_those_of_the_calendar_however_they_are_counted(
    small_house: House,
) -> None:
    house = small_house.engine
    now = house.clock.now()
    clock = WorkClock(house.working_days, house.zone, now - timedelta(days=60), now)
    for start, length_ in ((40.3, 12.6), (59.9, 0.1), (5, 0.3), (30, 29.9), (100, 20), (3, 3)):
        begin = now - timedelta(days=start)
        end = begin + timedelta(days=length_)
        slowly, _ = hours_between(house.working_days, begin, end, house.zone)
        assert clock.hours(begin, end) == pytest.approx(slowly / timedelta(hours=1))
