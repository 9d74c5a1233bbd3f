"""Versions at the studio: what differs, files beside the version in use, and both brought together."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import STUDIO, deploy, stored_package
from engine.comparing.difference import compare
from engine.comparing.standing import Standing, release_behind, standing
from engine.ids import new_id
from engine.store.tables import (
    candidate,
    definition,
    event,
    event_payload,
    instance,
    package_draft_file,
    package_merge,
    proposal,
)
from engine.studio.reading import package_of
from tests.builders import PROCESSES, House
from tests.webapp.studio.drafting import Drafter, draft_of

KEY = "approve3"
BASE = Package.from_folder(PROCESSES / KEY)
NAME = 'id="check" name="核对库存"'


def changed(package: Package, path: str, old: str, new: str) -> Package:
    text = package.files[path].decode()
    assert old in text
    return Package({**package.files, path: text.replace(old, new, 1).encode()}, package.companions)


#: What the union drew in its studio, and two releases of the files.
OURS = changed(BASE, "process.bpmn", NAME, 'id="check" name="清点"')
OURS = changed(OURS, "forms/apply.json", '"label": "用途"', '"label": "作何用"')
OTHER_FIELD = changed(BASE, "forms/apply.json", '"label": "使用地点"', '"label": "地点"')
SAME_STEP = changed(OTHER_FIELD, "process.bpmn", NAME, 'id="check" name="核对"')


def draw(house: House, package: Package, base: Package = BASE) -> str:
    """Deploy a package as the studio does."""
    with house.engine.command(SYSTEM) as uow:
        made, _ = deploy(uow, package, origin=STUDIO, base=base.hash)
        uow.commit()
    return made


def stands(house: House, package: Package) -> Any:
    with house.engine.database.read() as connection:
        return standing(connection, package)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of packages beside the program, as it was shipped."""
    made = tmp_path / "packages"
    shutil.copytree(PROCESSES / "_shared", made / "_shared")
    write(made, BASE)
    return made


def write(folder: Path, package: Package) -> None:
    for path, content in package.files.items():
        target = folder / KEY / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def beside(house: House, folder: Path) -> None:
    house.app.extensions["gongban_settings"] = replace(house.settings, processes=folder)


def test_files_are_the_same_older_newer_edited_or_both(house: House) -> None:
    assert stands(house, BASE).standing == Standing.SAME
    assert stands(house, OTHER_FIELD).standing == Standing.FILES
    drawn = draw(house, OURS)
    assert stands(house, OURS).standing == Standing.SAME
    assert stands(house, BASE).standing == Standing.STUDIO
    both = stands(house, OTHER_FIELD)
    assert (both.standing, both.release.id, both.active.id) == (Standing.BOTH, BASE.hash, drawn)
    assert not both.deployable
    # Files that hold what was drawn, and more, may be deployed: nothing would be lost.
    more = changed(OURS, "process.toml", "单位工会自定", "单位自定")
    assert stands(house, more).standing == Standing.FILES
    with house.engine.command(SYSTEM) as uow:
        deploy(uow, more)
        uow.commit()
    assert stands(house, BASE).standing == Standing.OLDER
    unknown = changed(BASE, "process.toml", 'id = "approve3"', 'id = "unknown_one"')
    assert stands(house, unknown).standing == Standing.NEW


def test_the_record_of_a_deployment_tells_what_changed(house: House) -> None:
    draw(house, OURS)
    rows = house.rows(
        select(event_payload.c.payload)
        .join(
            event, (event.c.stream == event_payload.c.stream) & (event.c.seq == event_payload.c.seq)
        )
        .where(event.c.stream == f"definition:{KEY}")
        .order_by(event.c.seq)
    )
    first, last = json.loads(rows[0].payload), json.loads(rows[-1].payload)
    assert "changes" not in first
    assert last["over"] == BASE.hash
    assert last["changes"]["zh"] == [
        "环节“清点”：原名“核对库存”",
        "表单“提出申请”：字段“作何用”：标签由“用途”改为“作何用”",
    ]
    assert last["changes"]["en"][0] == "Step “清点”: was called “Check the stock”"


def test_a_release_and_an_edited_copy_become_a_draft_and_nothing_is_deployed(
    house: House, folder: Path
) -> None:
    drawn = draw(house, OURS)
    write(folder, OTHER_FIELD)
    beside(house, folder)
    admin = Drafter.of(house)
    page = admin.browser.get(f"/studio/processes/{KEY}/release").text
    assert "Nothing was changed on both sides" in page
    answer = admin.send(f"/studio/processes/{KEY}/release", {"over": drawn})
    draft = draft_of(answer)
    with house.engine.database.read() as connection:
        package = package_of(connection, draft)
    assert compare(changed(OURS, "forms/apply.json", "使用地点", "地点"), package).empty
    rows = house.rows(select(definition.c.id, definition.c.active, definition.c.origin))
    assert [row.id for row in rows if row.active and row.id in (BASE.hash, drawn)] == [drawn]
    # The release is kept to compare the next one with, and is not in use.
    assert (OTHER_FIELD.hash, False, "files") in [tuple(row) for row in rows]
    kinds = house.rows(select(event.c.type).where(event.c.stream == f"draft:{draft}"))
    assert ("studio.merged",) in [tuple(row) for row in kinds]


def test_what_both_changed_needs_somebody_to_choose(house: House, folder: Path) -> None:
    drawn = draw(house, OURS)
    write(folder, SAME_STEP)
    beside(house, folder)
    admin = Drafter.of(house)
    address = f"/studio/processes/{KEY}/release"
    conflict = stands(house, SAME_STEP).merged.conflicts[0].id
    page = admin.browser.get(address).text
    assert "核对" in page
    assert "清点" in page
    undecided = admin.send(address, {"over": drawn, "conflict": conflict})
    assert undecided.status_code == 422
    assert "Please choose" in undecided.text
    assert house.rows(select(package_merge)) == []
    for side, name in (("theirs", "核对"), ("ours", "清点")):
        form = {"over": drawn, "conflict": conflict, "side-0": side}
        draft = draft_of(admin.send(address, form))
        with house.engine.database.read() as connection:
            assert f'name="{name}"' in package_of(connection, draft).files["process.bpmn"].decode()


def test_a_choice_made_over_a_version_that_is_not_in_use_any_more_counts_for_nothing(
    house: House, folder: Path
) -> None:
    drawn = draw(house, OURS)
    write(folder, OTHER_FIELD)
    beside(house, folder)
    draw(house, changed(OURS, "process.toml", "单位工会自定", "自定"), OURS)
    answer = Drafter.of(house).send(f"/studio/processes/{KEY}/release", {"over": drawn})
    assert answer.status_code == 409
    assert house.rows(select(package_draft_file)) == []


def test_the_next_release_is_compared_with_the_one_that_was_brought_in(
    house: House, folder: Path
) -> None:
    drawn = draw(house, OURS)
    write(folder, SAME_STEP)
    beside(house, folder)
    admin = Drafter.of(house)
    conflict = stands(house, SAME_STEP).merged.conflicts[0].id
    form = {"over": drawn, "conflict": conflict, "side-0": "ours"}
    draft = draft_of(admin.send(f"/studio/processes/{KEY}/release", form))
    with house.engine.database.read() as connection:
        package = package_of(connection, draft)
    made = draw(house, package, OURS)
    _agreed(house, draft, made)
    with house.engine.database.read() as connection:
        behind = release_behind(connection, made)
    assert behind is not None
    assert behind.id == SAME_STEP.hash
    # What was decided once is not asked again: the release after it changes something else.
    later = changed(SAME_STEP, "process.toml", "单位工会自定", "自定")
    assert stands(house, later).merged.conflicts == ()


def _agreed(house: House, draft: str, made: str) -> None:
    """That a draft was proposed and deployed, as its consent leaves it behind."""
    house.start()
    case = house.rows(select(instance.c.id))[0].id
    with house.engine.command(SYSTEM) as uow:
        now = uow.now
        uow.execute(
            insert(candidate).values(
                id="c" * 64, definition_id=made, key=KEY, title="x", made_at=now
            )
        )
        uow.execute(
            insert(proposal).values(
                id=new_id(),
                draft_id=draft,
                candidate_id="c" * 64,
                base_id=OURS.hash,
                instance_id=case,
                proposed_by="admin_mu",
                proposed_at=now,
                why="x",
                editors=["admin_mu"],
                warnings=[],
                state="deployed",
                decided_by="admin_ke",
                decided_at=now,
            )
        )
        uow.commit()


def test_the_page_of_a_process_tells_its_versions_and_who_agreed(
    house: House, folder: Path
) -> None:
    beside(house, folder)
    admin = Drafter.of(house)
    made = draw(house, OURS)
    draft = admin.begin_from(made)
    _agreed(house, draft, made)
    page = admin.browser.get(f"/studio/processes/{KEY}").text
    for said in ("Version 2", "Version 1", "drawn in the studio", "from files", "穆清源", "柯以宁"):
        assert said in page, said
    assert "Version 2 was drawn here; the files are still version 1." in page
    differences = admin.browser.get(f"/studio/processes/{KEY}/differences").text
    assert "was called “Check the stock”" in differences
    assert 'data-island="differences"' in differences
    back = admin.browser.get(f"/studio/processes/{KEY}/differences?from=2&to=1").text
    assert "was called “清点”" in back
    same = admin.browser.get(f"/studio/processes/{KEY}/differences?from=2&to=2").text
    assert "Both say the same." in same
    for odd in ("from=9", "to=x", "from=99999999999", "from=-1"):
        assert admin.browser.get(f"/studio/processes/{KEY}/differences?{odd}").status_code == 404
    assert admin.browser.get("/studio/processes/nothing").status_code == 404
    assert admin.browser.get("/studio/processes/nothing/release").status_code == 404


def test_a_draft_shows_what_it_changes_however_broken_it_is(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin_from(BASE.hash)
    assert "Both say the same." in admin.browser.get(f"/studio/drafts/{draft}/changes").text
    admin.save(draft, "process.bpmn", "<broken", 1)
    admin.save(draft, "forms/apply.json", "[1", 1)
    admin.save(draft, "process.toml", 'id = "x', 1)
    page = admin.browser.get(f"/studio/drafts/{draft}/changes")
    assert page.status_code == 200
    assert "&lt;broken" in page.text
    other = Drafter.of(house, "admin_ke").browser.get(f"/studio/drafts/{draft}/changes")
    assert other.status_code == 404


def test_nobody_but_administrators_sees_any_of_it(small_house: House) -> None:
    member = small_house.browser("chen_jing")
    for address in ("", "/differences", "/release"):
        assert member.get(f"/studio/processes/{KEY}{address}").status_code == 403
    assert member.post(f"/studio/processes/{KEY}/release", {"over": BASE.hash}).status_code == 403


def test_what_was_exported_is_the_version_it_was(small_house: House) -> None:
    with small_house.engine.database.read() as connection:
        stored = stored_package(connection, BASE.hash)
    assert stored.hash == BASE.hash
    assert stored.companions == BASE.companions
