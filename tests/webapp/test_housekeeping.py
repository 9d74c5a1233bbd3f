"""What is kept for a time only goes by itself."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.commands.drafts import KEPT, drafts_of, place_of_start, save_draft
from engine.store.tables import event, notification, task
from tests.builders import House
from webapp.accounts.leavers import leave
from webapp.server import keep_house


def test_a_draft_left_alone_for_a_month_goes_and_a_newer_one_stays(house: House) -> None:
    engine = house.engine
    _begin(house, "approve3")
    house.clock.advance(KEPT - timedelta(days=1))
    keep_house(engine)
    _begin(house, "illness_aid")
    house.clock.advance(timedelta(days=2))
    keep_house(engine)
    with engine.database.read() as connection:
        left = [place for place, _ in drafts_of(connection, "chen_jing")]
    assert left == [place_of_start("illness_aid")]


def _begin(house: House, process: str) -> None:
    with house.engine.command(house.engine.directory.actor("chen_jing")) as uow:
        save_draft(uow, place_of_start(process), {"purpose": "x"})
        uow.commit()


def test_the_last_day_of_a_leaver_is_kept_by_the_housekeeping(house: House) -> None:
    case = house.start()
    opened = house.open_task(case)
    house.api("clerk_wang").post(f"/tasks/{opened}/claim")
    with house.engine.command(SYSTEM) as uow:
        leave(uow, "clerk_wang", uow.today + timedelta(days=1), successor="clerk_bai")
        uow.commit()
    keep_house(house.engine)
    assert _claimed_by(house, opened) == "clerk_wang"
    house.clock.advance(timedelta(days=1))
    keep_house(house.engine)
    assert _claimed_by(house, opened) == "clerk_bai"
    # The next round finds nothing left to do.
    seen = house.rows(select(event.c.hash).where(event.c.stream == "account:clerk_wang"))
    keep_house(house.engine)
    again = house.rows(select(event.c.hash).where(event.c.stream == "account:clerk_wang"))
    assert len(again) == len(seen)


def _claimed_by(house: House, task_id: str) -> str | None:
    found: str | None = house.rows(select(task.c.claimed_by).where(task.c.id == task_id))[0][0]
    return found


def test_the_first_housekeeping_of_a_day_tells_administrators_of_what_is_stuck(
    house: House,
) -> None:
    case = house.start()
    keep_house(house.engine)
    house.clock.advance(timedelta(days=14))
    for _ in range(2):
        keep_house(house.engine)
    admin = house.browser("admin_mu")
    told = select(notification).where(notification.c.kind == "found_stuck")
    [mine] = [row for row in house.rows(told) if row.person_id == "admin_mu"]
    assert "Nobody can do: 0; lie too long: 1; new since the look before: 1" in (
        admin.get("/notifications").text
    )
    opened = admin.post(f"/notifications/{mine.id}/open")
    assert opened.headers["Location"] == "/admin/stuck"
    page = admin.get("/admin/stuck").text
    assert "What lies too long" in page
    assert "at most 5 are allowed for one step" in page
    assert f'href="/cases/{case}#admin"' in page
