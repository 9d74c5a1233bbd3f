"""Running cases looked after from the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.commands.start import start
from engine.store.tables import instance
from webapp.accounts.tables import person
from webapp.cli.opening import opened_engine

PROCESSES = Path(__file__).parents[3] / "processes"
#: What the start form asks for.
FORM = {
    "item": "羽毛球拍",
    "quantity": 8,
    "purpose": "春季职工羽毛球赛",
    "needed_on": "2099-03-20",
    "return_on": "2099-03-23",
    "place": "厅机关活动室",
    "value_fen": 160000,
    "contact": "13900000017",
}
#: One person is alone in this house.
ALONE = [
    part
    for step in ("check", "approve")
    for part in ("--reason", f"nobody_for_step:{step}=one person for all")
]


@pytest.fixture
def case(home: Path, gongban: Any) -> str:
    """A case that somebody has begun."""
    assert gongban("init").code == 0
    added = gongban(
        "user",
        "add",
        "anna",
        "--name",
        "Anna",
        "--root",
        "The house",
        "--role",
        "member",
        "--role",
        "unit_clerk",
    )
    assert added.code == 0, added.err
    assert gongban("process", "deploy", PROCESSES / "approve3", *ALONE).code == 0
    with opened_engine() as engine, engine.database.read() as connection:
        definition = engine.catalog.active(connection, "approve3")
    with opened_engine() as engine:
        with engine.database.read() as connection:
            found = connection.execute(select(person.c.id)).scalar_one()
        with engine.command(engine.directory.actor(found)) as uow:
            made = start(uow, definition, FORM).case.id
            uow.commit()
    return made


def test_cases_move_after_a_look_and_with_a_reason(
    home: Path, gongban: Any, case: str, tmp_path: Path
) -> None:
    folder = tmp_path / "approve3"
    shutil.copytree(PROCESSES / "approve3", folder)
    facts = folder / "process.toml"
    facts.write_text(facts.read_text().replace('work_point = "14"', 'work_point = "15"'))
    assert gongban("process", "deploy", folder, *ALONE).code == 0
    move = ("process", "migrate", "approve3", "--to", 2)
    seen = gongban(*move, "--dry-run")
    assert (seen.code, "1 of 1 can move" in seen.out) == (0, True), seen.out + seen.err
    told = json.loads(gongban(*move, "--from", 1, "--dry-run", "--json").out)
    assert [one["instance"] for one in told["items"]] == [case]
    assert gongban(*move).code == 2
    done = gongban(*move, "--reason", "a clearer name")
    assert (done.code, "1 done" in done.out) == (0, True), done.out + done.err
    with opened_engine() as engine, engine.database.read() as connection:
        row = connection.execute(select(instance).where(instance.c.id == case)).one()
        assert engine.catalog.get(row.definition_id).version == 2
    assert "No case runs" in gongban(*move, "--from", 1, "--reason", "again").out
    assert gongban("process", "migrate", "approve3", "--to", 7, "--dry-run").code == 1
