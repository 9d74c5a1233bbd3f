"""Work that gave up: by kind, tried again one by one or all at once, and by the command line's functions."""

from __future__ import annotations

import html
from datetime import timedelta

from engine.abilities.base import Answer, Call, Done
from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.start import start
from engine.jobs.incidents import kinds
from engine.jobs.run import run_due
from engine.store.tables import job
from tests.builders import House
from tests.engine.commands.casework import FORM, package

KEEPER = "admin_mu"


class Printer:
    """An ability that is out of paper until somebody brings some."""

    sets_aside = False

    def __init__(self) -> None:
        self.paper = False
        self.printed: list[str] = []

    def run(self, call: Call) -> Answer:
        """Print once."""
        if not self.paper:
            raise OSError("no paper")
        self.printed.append(call.case.id)
        return Done()


def out_of_paper(house: House, count: int) -> tuple[Printer, list[str]]:
    """So many cases whose letters could not be printed."""
    printer = house.engine.abilities["printer"] = Printer()  # type: ignore[assignment]
    drawn = package("start s", "end e", "service p ability=printer", "s > p > e", forms={"s": FORM})
    facts = drawn.files["process.toml"].replace(b'"doer"', b'"unit_clerk"')
    facts = facts.replace(b'"asker"', b'"member"')
    with house.engine.command(SYSTEM) as uow:
        made, _ = deploy(uow, Package({**drawn.files, "process.toml": facts}))
        uow.commit()
    definition = house.engine.catalog.get(made)
    cases = []
    for _ in range(count):
        with house.engine.command(house.engine.directory.actor("chen_jing")) as uow:
            cases.append(start(uow, definition, {"wish": "a letter"}).case.id)
            uow.commit()
    for _ in range(6):
        house.run_jobs()
        house.clock.advance(timedelta(hours=1))
    assert [row.state for row in house.rows(job.select())] == ["incident"] * count
    return printer, cases  # type: ignore[return-value]


def test_all_of_a_kind_are_tried_again_and_each_is_done_once(house: House) -> None:
    printer, cases = out_of_paper(house, 3)
    keeper = house.browser(KEEPER, "zh")
    page = html.unescape(keeper.get("/admin/incidents").text)
    assert page.count("全部 3 件重试") >= 1
    assert "OSError" in page
    assert all(f"/cases/{case}" in page for case in cases)
    with house.engine.database.read() as connection:
        (kind,) = kinds(connection)
    assert (kind.count, kind.work, kind.element) == (3, "ability", "p")
    printer.paper = True
    answer = keeper.post(f"/admin/incidents/kinds/{kind.id}/retry")
    assert answer.status_code == 200, answer.text
    assert 'hx-trigger="every 2s"' in answer.text
    ids = [row.id for row in house.rows(job.select())]
    # A second administrator presses the same button: nothing is left to try.
    again = html.unescape(keeper.post(f"/admin/incidents/kinds/{kind.id}/retry").text)
    assert "没有可重试的" in again
    house.run_jobs()
    page = html.unescape(keeper.post("/admin/incidents/progress", {"job": ids}).text)
    assert "3 件中已办 3 件，再次失败 0 件" in page
    assert "every 2s" not in page
    assert sorted(printer.printed) == sorted(cases)


def test_one_that_fails_again_comes_back_to_the_list(small_house: House) -> None:
    out_of_paper(small_house, 1)
    keeper = small_house.browser(KEEPER, "zh")
    (row,) = small_house.rows(job.select())
    assert keeper.post(f"/admin/incidents/{row.id}/retry").status_code == 302
    run_due(small_house.engine, "test")
    page = html.unescape(keeper.post("/admin/incidents/progress", {"job": [row.id]}).text)
    assert "系统会自动再试" in page


def test_only_administrators_try_again(small_house: House) -> None:
    clerk = small_house.browser("clerk_wang")
    for path in ("/admin/incidents/kinds/x/retry", "/admin/incidents/progress"):
        assert clerk.post(path).status_code in (403, 404)
