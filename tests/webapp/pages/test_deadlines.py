"""What people see of deadlines: office hours that administrators change, and decisions that nobody took."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.store.tables import signer, task
from tests.builders import PROCESSES, ZONE, House


def with_ladder(house: House) -> None:
    """approve3, whose first step is refused by itself when nobody decides in time."""
    files = dict(Package.from_folder(PROCESSES / "approve3").files)
    drawn = files["process.bpmn"].decode()
    end = drawn.index("</gongban:outcomes>") + len("</gongban:outcomes>")
    ladder = (
        '<gongban:ladder><gongban:rung at="due" do="escalate" />'
        '<gongban:rung at="add working hours(due, 1)" do="decide" outcome="refuse" /></gongban:ladder>'
    )
    files["process.bpmn"] = (drawn[:end] + ladder + drawn[end:]).encode()
    with house.engine.command(SYSTEM) as uow:
        deploy(uow, Package(files))
        uow.commit()


def decided_by_time(house: House) -> str:
    with_ladder(house)
    case = house.start()
    house.clock.set(datetime(2026, 3, 20, 9, tzinfo=ZONE))
    house.run_jobs()
    # Sessions have run out by now.
    house._tokens.clear()
    return case


def test_a_decision_by_time_is_named_on_the_page_and_in_the_api(house: House) -> None:
    case = decided_by_time(house)
    told = house.api("chen_jing").get(f"/instances/{case}").json
    one = told["tasks"][0]
    assert (one["decided_how"], one["completed_by"], one["completed_for"]) == (
        "timeout",
        "system",
        None,
    )
    assert house.api("chen_jing").get(f"/tasks/{one['id']}").json["decided_how"] == "timeout"
    page = house.browser("chen_jing", "zh").get(f"/cases/{case}").text
    assert page.count("超时自动") >= 2  # among the steps and among the opinions
    assert ">system<" not in page
    english = house.browser("chen_jing", "en").get(f"/cases/{case}").text
    assert "automatic: the time was over" in english
    assert "waits too long" in english


def test_an_ordinary_decision_carries_no_word(house: House) -> None:
    case = house.start()
    house.api("clerk_wang").complete(house.open_task(case), "agree")
    told = house.api("chen_jing").get(f"/instances/{case}").json
    assert [one["decided_how"] for one in told["tasks"]] == ["person", None]
    page = house.browser("chen_jing", "zh").get(f"/cases/{case}").text
    for word in ("超时自动", "代理", "去重跳过"):
        assert word not in page


def test_a_proxys_and_a_repeated_decision_are_named_on_the_page(house: House) -> None:
    case = house.start()
    first = house.open_task(case)
    house.api("clerk_wang").complete(first, "agree")
    with house.engine.command(SYSTEM) as uow:
        uow.execute(
            update(task)
            .where(task.c.id == first)
            .values(decided_how="proxy", completed_for="chair_han")
        )
        uow.commit()
    assert "代理（王海燕代韩立新）" in house.browser("chen_jing", "zh").get(f"/cases/{case}").text
    with house.engine.command(SYSTEM) as uow:
        uow.execute(update(task).where(task.c.id == first).values(decided_how="repeated"))
        uow.commit()
    assert "去重跳过" in house.browser("chen_jing", "zh").get(f"/cases/{case}").text


def test_a_vote_by_proxy_is_named_beside_the_signer(house: House) -> None:
    case = house.start("petition", by="tian_ye")
    task_id = house.open_task(case, "sign")
    house.api("signer_00").complete(task_id, "agree")
    with house.engine.command(SYSTEM) as uow:
        uow.execute(
            update(signer)
            .where(signer.c.task_id == task_id, signer.c.person_id == "signer_00")
            .values(decided_how="proxy", voted_by="clerk_bai")
        )
        uow.commit()
    told = house.api("signer_01").get(f"/tasks/{task_id}").json["signers"][0]
    assert (told["voted_by"], told["decided_how"]) == ("clerk_bai", "proxy")
    assert (
        "代理（白晓芸代联署00）" in house.browser("signer_01", "zh").get(f"/tasks/{task_id}").text
    )


def test_administrators_say_when_the_office_is_open(house: House) -> None:
    admin = house.browser("admin_mu", "en")
    assert "08:30-12:00, 13:30-17:30" in admin.get("/admin/calendar").text
    answer = admin.post(
        "/admin/calendar/hours", {"ordinary": "9:00-12:00, 14:00-18:00", "4": "9:00-12:00"}
    )
    assert answer.status_code == 302
    page = admin.get("/admin/calendar").text
    assert "09:00-12:00, 14:00-18:00" in page
    assert 'name="4" value="09:00-12:00"' in page


def test_hours_that_are_none_are_shown_again_with_what_is_wrong(house: House) -> None:
    admin = house.browser("admin_mu", "en")
    answer = admin.post("/admin/calendar/hours", {"ordinary": "in the morning"})
    assert answer.status_code == 422
    assert "in the morning" in answer.text
    assert "Please write hours as" in answer.text
    assert house.browser("clerk_wang").post("/admin/calendar/hours", {}).status_code in (403, 404)
