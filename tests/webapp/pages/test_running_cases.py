"""Running cases moved to another version by the pages, the API and the command line's own functions."""

from __future__ import annotations

import html
import re

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.definition import Definition
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.store.tables import instance, migration
from tests.builders import PROCESSES, House

KEEPER = "admin_mu"
WHY = "新增复核环节"


def new_version(house: House, **names: str) -> Definition:
    """Another version, in which the check is called otherwise."""
    files = dict(Package.from_folder(PROCESSES / "approve3").files)
    for path in ("process.bpmn", "process.toml"):
        text = files[path].decode().replace('"check"', f'"{names["id"]}"')
        text = text.replace('"check:', f'"{names["id"]}:')
        if "name" in names:
            # What is another step now has not been done by those who have passed the former one.
            text = re.sub(r"\[\[policy\]\][^\[]*passes = .*\n", "", text)
        text = text.replace("核对库存", names.get("name", "核对库存"))
        files[path] = text.encode()
    files[f"forms/{names['id']}.json"] = files.pop("forms/check.json")
    with house.engine.command(SYSTEM) as uow:
        made, _ = deploy(uow, Package(files))
        uow.commit()
    return house.engine.catalog.get(made)


def shown(house: House, path: str, language: str = "zh") -> str:
    answer = house.browser(KEEPER, language).get(path)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def version_of(house: House, case: str) -> str:
    return str(house.rows(select(instance.c.definition_id).where(instance.c.id == case))[0][0])


def test_an_administrator_moves_the_running_cases_and_puts_them_back(house: House) -> None:
    checked, waits = house.start(), house.start()
    done = house.open_task(checked, "check")
    house.api("clerk_wang").complete(done, "agree", {"stock_note": "库存充足"})
    old = version_of(house, waits)
    new = new_version(house, id="check_stock")
    page = shown(house, "/studio/processes/approve3/cases")
    assert "2 件中有 2 件可以转" in page
    assert "建议" in page
    assert "核对库存 (check_stock)" in page
    keeper = house.browser(KEEPER, "zh")
    sent = {"from": "1", "to": "2", "which": "all", "reason": WHY, "map.check": "check_stock"}
    answer = keeper.post("/studio/processes/approve3/cases", sent)
    assert answer.status_code == 302, answer.text
    batch = answer.location
    assert 'hx-trigger="every 2s"' in shown(house, batch)
    house.run_jobs()
    page = shown(house, batch)
    assert "已转 2" in page
    assert "hx-trigger" not in page
    assert {version_of(house, checked), version_of(house, waits)} == {new.id}
    # What was done under the old version is told by the new one's name for it.
    page = shown(house, f"/cases/{checked}")
    assert "核对库存" in page
    assert "把办件从流程第 1 版转到第 2 版" in page
    assert WHY in page
    moved = house.open_task(waits, "check_stock")
    house.api("clerk_wang").complete(moved, "agree", {"stock_note": "库存充足"})
    assert keeper.post(f"{batch}/undo").status_code == 302
    house.run_jobs()
    page = shown(house, batch)
    assert "已退回 1" in page
    assert "未退回 1" in page
    assert "其间已有变动" in page
    assert (version_of(house, checked), version_of(house, waits)) == (old, new.id)
    assert "退回到原来的版本" in shown(house, f"/cases/{checked}")


def test_a_step_that_is_gone_is_still_told_of_a_case_that_has_passed_it(small_house: House) -> None:
    case = small_house.start()
    task = small_house.open_task(case, "check")
    small_house.api("clerk_wang").complete(task, "agree", {"stock_note": "库存充足"})
    new_version(small_house, id="another", name="另一件事")
    body = {"to": _active(small_house), "mapping": {"check": None}, "reason": WHY}
    answer = small_house.api(KEEPER).post(f"/instances/{case}/migrate", body)
    assert answer.status_code == 200, answer.text
    page = shown(small_house, f"/cases/{case}")
    assert "核对库存" in page
    assert "库存充足" in page
    approve = small_house.open_task(case, "approve")
    page = html.unescape(small_house.browser("chair_han", "zh").get(f"/tasks/{approve}").text)
    assert "核对库存" in page
    for part in ("history", "diagram"):
        answer = small_house.api("chair_han").get(f"/instances/{case}/{part}")
        assert answer.status_code == 200, answer.text
    small_house.api("chair_han").complete(approve, "agree", {})
    assert small_house.browser("chair_han").get(f"/cases/{case}").status_code == 200


def test_what_cannot_move_is_grouped_by_its_reason(small_house: House) -> None:
    for _ in range(2):
        small_house.start()
    new_version(small_house, id="another", name="另一件事")
    page = shown(small_house, "/studio/processes/approve3/cases?from=1&to=2&map.check=")
    assert "2 件中有 0 件可以转" in page
    assert "办件正在“核对库存”，新版中没有对应的环节。" in page
    page = shown(small_house, "/studio/processes/approve3/cases?from=1&to=2&map.check=ended_agreed")
    assert "以下环节不能对应到所选的环节：核对库存" in page
    assert "请选择两个不同的版本" in shown(
        small_house, "/studio/processes/approve3/cases?from=2&to=2"
    )
    sent = {"from": "1", "to": "2", "which": "ticked", "reason": WHY}
    keeper = small_house.browser(KEEPER, "zh")
    answer = keeper.post("/studio/processes/approve3/cases", sent)
    assert answer.status_code == 302
    assert "没有要转的办件" in html.unescape(keeper.get(answer.location).text)
    assert not small_house.rows(select(migration))


def test_programs_look_begin_stop_and_put_back(house: House) -> None:
    cases = [house.start() for _ in range(3)]
    old = version_of(house, cases[0])
    new = new_version(house, id="check_stock")
    api = house.api(KEEPER)
    seen = api.post(f"/definitions/{old}/migrations/preview", {"to": new.id}).json
    assert (seen["total"], seen["possible"]) == (3, 3)
    assert {"old": "check", "new": "check_stock", "how": "alike"} in seen["mapping"]
    answer = api.post(
        f"/definitions/{old}/migrations",
        {"to": new.id, "reason": WHY, "instances": cases[:2]},
        key="once",
    )
    assert answer.status_code == 202, answer.text
    batch = answer.json["id"]
    stopped = api.post(f"/migrations/{batch}/stop")
    assert stopped.json["counts"] == {"stopped": 2}
    moved = api.post(f"/instances/{cases[2]}/migrate", {"to": new.id, "reason": WHY})
    assert moved.json["counts"] == {"done": 1}
    again = api.post(f"/instances/{cases[2]}/migrate", {"to": new.id, "reason": WHY})
    assert again.status_code == 409
    assert again.json["reasons"] == [{"why": "other_version"}]
    assert api.post(f"/migrations/{moved.json['id']}/undo").status_code == 202
    house.run_jobs()
    found = api.get(f"/migrations/{moved.json['id']}").json
    assert (found["counts"], found["running"]) == ({"undone": 1}, False)
    assert version_of(house, cases[2]) == old


def test_only_administrators_see_any_of_it(small_house: House) -> None:
    case = small_house.start()
    new = new_version(small_house, id="check_stock")
    clerk, page = small_house.api("clerk_wang"), small_house.browser("clerk_wang")
    assert clerk.post(f"/instances/{case}/migrate", {"to": new.id, "reason": "x"}).status_code in (
        403,
        404,
    )
    assert page.get("/studio/processes/approve3/cases").status_code in (403, 404)
    assert page.post("/studio/processes/approve3/cases", {}).status_code in (403, 404)


def _active(house: House) -> str:
    with house.engine.database.read() as connection:
        return house.engine.catalog.active(connection, "approve3").id
