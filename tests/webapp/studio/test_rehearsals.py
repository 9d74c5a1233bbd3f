"""An administrator tries a draft on past cases, sees how many would have gone otherwise, and opens them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from engine.store.tables import definition, rehearsed_case
from tests.builders import House
from tests.webapp.studio.drafting import Drafter

DAYS = {"since": "2025-03-02", "until": "2026-03-31"}


def finish(house: House, outcome: str = "agree") -> str:
    """A case of approve3 that has ended."""
    case = house.start()
    api = house.api
    api("clerk_wang").complete(house.open_task(case), outcome="agree", form={"stock_note": "有"})
    api("chair_han").complete(house.open_task(case), outcome=outcome, form={}, opinion="好")
    return case


def draft_that_refuses(house: House, admin: Drafter) -> str:
    """A draft of approve3 in which agreement refuses and refusal agrees."""
    (row,) = house.rows(select(definition.c.id).where(definition.c.key == "approve3"))
    draft = admin.begin_from(str(row.id))
    seen = admin.read(draft, "process.bpmn").json
    text = seen["text"].replace('outcomes.approve = "agree"', 'outcomes.approve = "refuse"')
    assert text != seen["text"]
    assert admin.save(draft, "process.bpmn", text, seen["version"]).status_code == 200
    return draft


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_what_a_draft_would_have_changed_is_shown_case_by_case(house: House) -> None:
    agreed, refused = finish(house), finish(house, "refuse")
    admin = Drafter.of(house)
    draft = draft_that_refuses(house, admin)
    assert "/studio/processes/approve3/tried" in admin.page(draft)
    form = {"what": f"draft:{draft}", **DAYS}
    sent = admin.send("/studio/processes/approve3/tried", form)
    assert sent.status_code == 302
    address = sent.headers["Location"]
    assert "0 of 2 told" in text_of(admin.browser.get(address).text)
    house.run_jobs()
    page = admin.browser.get(address).text
    assert "2 of 2 cases would have gone otherwise." in text_of(page)
    assert f"/cases/{agreed}" in page
    only = admin.browser.get(f"{address}?kind=refused").text
    assert f"/cases/{agreed}" in only
    assert f"/cases/{refused}" not in only
    assert "It would end with" in text_of(only)
    assert "草稿" in text_of(Drafter.of(house, "admin_ke", "zh").browser.get(address).text)


def test_trying_the_version_in_use_changes_nothing(house: House) -> None:
    finish(house)
    admin = Drafter.of(house)
    (row,) = house.rows(select(definition.c.id).where(definition.c.key == "approve3"))
    form = {"what": f"version:{row.id}", **DAYS}
    address = admin.send("/studio/processes/approve3/tried", form).headers["Location"]
    house.run_jobs()
    assert "No case would have gone otherwise." in text_of(admin.browser.get(address).text)
    assert "Version 1" in text_of(admin.browser.get("/studio/processes/approve3/tried").text)


def test_it_can_be_stopped(small_house: House) -> None:
    finish(small_house)
    admin = Drafter.of(small_house)
    draft = draft_that_refuses(small_house, admin)
    form = {"what": f"draft:{draft}", **DAYS}
    address = admin.send("/studio/processes/approve3/tried", form).headers["Location"]
    assert admin.send(f"{address}/stop").status_code == 302
    small_house.run_jobs()
    assert "stopped after 0 of 1" in text_of(admin.browser.get(address).text)


def test_one_that_cannot_go_on_says_so_and_does_not_wait_for_ever(house: House) -> None:
    case = finish(house)
    admin = Drafter.of(house)
    draft = draft_that_refuses(house, admin)
    form = {"what": f"draft:{draft}", **DAYS}
    address = admin.send("/studio/processes/approve3/tried", form).headers["Location"]
    with house.engine.database.write() as connection:
        # What is already there cannot be written: the database refuses every slice.
        there = {"rehearsal_id": address.rsplit("/", 1)[1], "instance_id": case}
        facts = {"kinds": " same ", "cost_fen": 0, "seconds": 0, "facts": {}}
        connection.execute(insert(rehearsed_case).values(**there, **facts))
        connection.commit()
    for _attempt in range(6):
        house.run_jobs()
        house.clock.advance(timedelta(hours=1))
    page = text_of(admin.browser.get(address).text)
    assert "stopped after 0 of 1" in page
    assert "It gave up" in page
    tried = text_of(admin.browser.get("/studio/processes/approve3/tried").text)
    assert "gave up" in tried


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"what": "draft:nothing", **DAYS}, 404),
        ({"what": "version:nothing", **DAYS}, 404),
        ({"what": "x", **DAYS}, 404),
        ({"since": "2026-03-02", "until": "2026-02-01"}, 422),
        ({"since": "yesterday", "until": "2026-02-01"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    small_house: House, form: dict[str, str], status: int
) -> None:
    admin = Drafter.of(small_house)
    (row,) = small_house.rows(select(definition.c.id).where(definition.c.key == "approve3"))
    sent = admin.send("/studio/processes/approve3/tried", {"what": f"version:{row.id}", **form})
    assert sent.status_code == status


def test_it_is_an_administrators_affair(small_house: House) -> None:
    finish(small_house)
    admin, clerk = Drafter.of(small_house), Drafter.of(small_house, "clerk_wang")
    draft = draft_that_refuses(small_house, admin)
    form = {"what": f"draft:{draft}", **DAYS}
    # Another administrator's draft is not there for who does not see it.
    other = Drafter.of(small_house, "admin_ke")
    assert other.send("/studio/processes/approve3/tried", form).status_code == 404
    address = admin.send("/studio/processes/approve3/tried", form).headers["Location"]
    assert clerk.browser.get(address).status_code in (403, 404)
    assert clerk.browser.get("/studio/processes/approve3/tried").status_code in (403, 404)
    assert clerk.send("/studio/processes/approve3/tried", form).status_code in (403, 404)
    assert clerk.send(f"{address}/stop").status_code in (403, 404)
