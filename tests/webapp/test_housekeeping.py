"""What is kept for a time only goes by itself."""

from __future__ import annotations

from datetime import timedelta

from engine.commands.drafts import KEPT, drafts_of, place_of_start, save_draft
from tests.builders import House
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
