"""Places that are renamed, moved and ended from a day on, and people who change their unit."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests.builders import Browser, House
from webapp.accounts.sessions import Sessions
from webapp.accounts.tables import person, unit
from webapp.server import settle_plans

ADMIN = "admin_mu"


def name_of(house: House, id: str) -> str:
    return str(house.rows(select(unit.c.name).where(unit.c.id == id))[0].name)


def signed_in_anew(house: House) -> Browser:
    """The administrator after some days, whose earlier sign-in has ended."""
    opened = Sessions(house.engine).open_for(ADMIN)
    return Browser(house, opened.token, opened.csrf, "en")


def test_a_unit_is_called_by_its_new_name_from_the_day_on_and_by_the_old_before(
    house: House,
) -> None:
    admin = house.browser(ADMIN)
    form = {"name": "省农业农村厅工会", "on": "2026-04-01"}
    assert admin.post("/admin/units/nonglin/rename", form).status_code == 302
    assert name_of(house, "nonglin") == "省农林厅工会"
    assert "省农业农村厅工会" in admin.get("/admin/units?on=2026-04-01").text
    assert "省农业农村厅工会" not in admin.get("/admin/units?on=2026-03-31").text
    house.clock.advance(timedelta(days=30))
    settle_plans(house.engine)
    assert name_of(house, "nonglin") == "省农业农村厅工会"
    admin = signed_in_anew(house)
    page = admin.get("/admin/units/nonglin").text
    assert "省农林厅工会" in page
    assert "What it was called and where it stood" in page
    told = admin.get("/admin/changes?about=nonglin").text
    assert "Unit renamed: 省农林厅工会 → 省农业农村厅工会, from 2026-04-01" in told


def test_what_is_planned_follows_what_is_changed_before_it(house: House) -> None:
    admin = house.browser(ADMIN)
    admin.post("/admin/units/nonglin/move", {"parent": "root", "on": "2026-05-01"})
    admin.post("/admin/units/nonglin/rename", {"name": "新名", "on": "2026-04-01"})
    house.clock.advance(timedelta(days=90))
    settle_plans(house.engine)
    row = house.rows(select(unit).where(unit.c.id == "nonglin"))[0]
    assert (row.name, row.parent_id) == ("新名", "root")


def test_a_move_that_would_tie_a_knot_is_refused_and_what_was_typed_stays(house: House) -> None:
    admin = house.browser(ADMIN)
    admin.post("/admin/units/root/add", {"name": "甲片", "kind": "cluster", "code": "jia"})
    admin.post("/admin/units/jia/add", {"name": "乙", "kind": "unit", "code": "yi"})
    answer = admin.post("/admin/units/yi/move", {"parent": "yi", "on": "2026-03-09"})
    assert answer.status_code == 422
    assert "cannot stand below itself" in answer.text
    assert 'value="2026-03-09"' in answer.text
    assert admin.post("/admin/units/jia/move", {"parent": "yi"}).status_code == 422
    assert admin.post("/admin/units/root/move", {"parent": "jia"}).status_code == 422


def test_a_unit_ends_only_when_nothing_stands_there_any_more(house: House) -> None:
    admin = house.browser(ADMIN)
    answer = admin.post("/admin/units/nonglin/end", {"on": "2026-03-02"})
    assert answer.status_code == 422
    for words in ("people", "roles held", "below it"):
        assert words in answer.text
    form = {"name": "空单位", "kind": "unit", "code": "kong", "founded_on": "2020-01-01"}
    admin.post("/admin/units/root/add", form)
    assert admin.post("/admin/units/kong/end", {"on": "2019-01-01"}).status_code == 422
    assert admin.post("/admin/units/kong/end", {"on": "2026-03-02"}).status_code == 302
    assert "kong" not in house.engine.directory.all_places()
    given = {"role": "judge", "place": "kong"}
    refused = admin.post("/admin/people/sun_li/roles", given)
    assert "has ended" in refused.text
    assert "空单位" not in admin.get("/admin/units?on=2019-12-31").text
    assert "空单位" in admin.get("/admin/units?on=2026-03-01").text
    assert admin.post("/admin/units/kong/reopen").status_code == 302
    assert "kong" in house.engine.directory.all_places()


def test_a_unit_is_found_in_the_tree_with_the_way_to_it(small_house: House) -> None:
    page = small_house.browser(ADMIN).get("/admin/units?q=农林").text
    assert 'class="what unit-hit" href="/admin/units/nonglin"' in page
    assert "/admin/units/root" in page
    assert "/admin/units/wenlv" not in page
    assert "Nothing found" in small_house.browser(ADMIN).get("/admin/units?q=zzz").text


def test_a_person_changes_the_unit_on_the_day_that_was_said(house: House) -> None:
    admin = house.browser(ADMIN)
    form = {"name": "孙丽", "unit_id": "wenlv", "on": "2026-03-10"}
    assert admin.post("/admin/people/sun_li/edit", form).status_code == 302
    where = select(person.c.unit_id).where(person.c.id == "sun_li")
    before = house.rows(where)[0].unit_id
    assert before != "wenlv"
    house.clock.advance(timedelta(days=8))
    settle_plans(house.engine)
    assert house.rows(where)[0].unit_id == "wenlv"
    page = signed_in_anew(house).get("/admin/people/sun_li").text
    assert "Belongs to" in page
    assert house.engine.directory.people_at("wenlv").count("sun_li") == 1


def test_nobody_but_administrators_opens_these_pages(small_house: House) -> None:
    member = small_house.browser("chen_jing")
    for path in (
        "units",
        "units/nonglin",
        "posts",
        "posts.xlsx",
        "posts/vacant",
        "takeover",
        "numbers",
        "texts",
        "texts/returned",
        "funds",
        "changes",
        "calendar/2027/notice",
    ):
        assert member.get(f"/admin/{path}").status_code == 403, path
    assert member.get("/admin/funds/aid").status_code == 404
    for path in (
        "units/nonglin/rename",
        "units/nonglin/move",
        "units/nonglin/found",
        "units/nonglin/end",
        "units/nonglin/reopen",
        "numbers/pattern",
        "numbers/next",
        "texts/returned",
        "funds",
        "calendar/2027/notice",
        "calendar/2027/notice/back",
    ):
        assert member.post(f"/admin/{path}").status_code == 403, path
    assert small_house.browser("security_tu").get("/admin/changes").status_code == 200
