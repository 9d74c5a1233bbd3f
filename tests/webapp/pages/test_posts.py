"""Who holds what and since when: posts, their terms, what nobody holds, and the last administrator."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.errors import ChangeRefused
from tests.builders import House
from webapp.accounts.leavers import leave
from webapp.accounts.people import assign_role, end_role, set_disabled
from webapp.accounts.tables import role_holding

ADMIN = "admin_mu"


def test_a_post_with_its_term_is_given_and_the_list_says_by_whom(house: House) -> None:
    admin = house.browser(ADMIN)
    given = {
        "role": "unit_committee",
        "place": "nonglin",
        "since": "2026-06-01",
        "until": "2031-06-01",
        "title": "第四届委员会委员",
        "basis": "农林工〔2026〕3号",
    }
    assert admin.post("/admin/people/sun_li/roles", given).status_code == 302
    page = admin.get("/admin/people/sun_li").text
    for words in ("第四届委员会委员", "农林工〔2026〕3号", "given by 穆清源", "begins later"):
        assert words in page
    assert "第四届委员会委员" not in admin.get("/admin/posts?q=孙丽").text
    assert "第四届委员会委员" in admin.get("/admin/posts?on=2026-06-01&role=unit_committee").text
    assert "第四届委员会委员" not in admin.get("/admin/posts?on=2031-06-01").text
    found = admin.get("/admin/posts.xlsx?history=yes&place=nonglin&role=unit_committee")
    sheet = load_workbook(BytesIO(found.data)).active
    assert sheet is not None
    assert ("第四届委员会委员", "2026-06-01") in {(row[1].value, row[5].value) for row in sheet}


def test_two_terms_of_one_role_do_not_overlap_and_what_was_typed_stays(house: House) -> None:
    admin = house.browser(ADMIN)
    path = "/admin/people/sun_li/roles"
    first = {"role": "judge", "place": "nonglin", "since": "2026-03-02", "until": "2026-09-01"}
    assert admin.post(path, first).status_code == 302
    again = {**first, "since": "2026-08-31", "until": "", "title": "评委组长"}
    answer = admin.post(path, again)
    assert answer.status_code == 422
    assert "already holds the role there from 2026-03-02 to 2026-09-01" in answer.text
    assert 'value="评委组长"' in answer.text
    assert 'value="2026-08-31"' in answer.text
    assert admin.post(path, {**again, "since": "2026-09-01"}).status_code == 302


def test_a_role_ends_on_a_day_and_an_end_is_only_moved_forward(house: House) -> None:
    admin = house.browser(ADMIN)
    path = "/admin/people/sun_li/roles"
    admin.post(path, {"role": "judge", "place": "nonglin", "until": "2026-09-01"})
    held = house.rows(
        select(role_holding.c.id).where(
            role_holding.c.person_id == "sun_li", role_holding.c.role == "judge"
        )
    )[0].id
    late = admin.post(f"{path}/{held}/end", {"on": "2026-10-01"})
    assert late.status_code == 422
    assert "already ends on 2026-09-01" in late.text
    assert admin.post(f"{path}/{held}/end", {"on": "2026-05-01"}).status_code == 302
    assert admin.post(f"{path}/{held}/post", {"title": "评委", "basis": ""}).status_code == 302
    told = admin.get("/admin/changes?about=sun_li&kind=role.").text
    assert "Role ends: Judge · 省农林厅工会, 2026-09-01 → 2026-05-01" in told
    assert "Post or basis changed" in told


def test_the_last_administrator_stays(house: House) -> None:
    def attempt(command: object) -> None:
        with house.engine.command(SYSTEM) as uow:
            command(uow)  # type: ignore[operator]
            uow.commit()

    every = select(role_holding).where(role_holding.c.role == "sys_admin")
    for row in house.rows(every):
        if row.person_id != ADMIN:
            attempt(lambda uow, id=row.id: end_role(uow, id))
    held = house.rows(every.where(role_holding.c.person_id == ADMIN))[0].id
    for command in (
        lambda uow: end_role(uow, held),
        lambda uow: set_disabled(uow, ADMIN, True),
        lambda uow: leave(uow, ADMIN, uow.today),
    ):
        with pytest.raises(ChangeRefused) as refused:
            attempt(command)
        assert refused.value.parts["why"] == "last_administrator"
    attempt(lambda uow: assign_role(uow, "sun_li", "sys_admin", "root"))
    attempt(lambda uow: end_role(uow, held))


def test_what_nobody_holds_is_listed_with_what_asks_for_it(small_house: House) -> None:
    admin = small_house.browser(ADMIN)
    before = admin.get("/admin/posts/vacant").text
    admin.post("/admin/people/clerk_wang/disable", {"disabled": "yes"})
    after = admin.get("/admin/posts/vacant").text
    line = "/admin/posts?role=unit_clerk&amp;place=nonglin"
    assert line not in before
    assert line in after
