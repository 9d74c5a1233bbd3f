"""Sensitive values typed into a case stand nowhere in the clear: not in the database, not in files, not in logs."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, select

from engine.store.tables import draft
from tests.builders import House, illness_story, story_form

#: Values that stand nowhere else, not even in a package's stories; each right by its own check digit.
ID_CARD = "329900198104125085"
MOBILE = "13987654329"
ACCOUNT = "6299999900000098760"
MARKER = "标记甲乙丙丁赵钱孙李"
MARKERS = [ID_CARD, MOBILE, ACCOUNT, MARKER]


def application(house: House, by: str = "chen_jing") -> dict[str, Any]:
    """The form of the story with the marked values in its sensitive fields."""
    form = story_form(house, by, illness_story()["steps"][0]["start"])
    return {
        **form,
        "id_card_no": ID_CARD,
        "mobile": MOBILE,
        "bank_account": ACCOUNT,
        "hardship_text": f"{form['hardship_text']}{MARKER}",
    }


def start_illness_case(house: House) -> str:
    """An application with marked values, handed in over HTTP."""
    return house.start("illness_aid", application(house))


def everything_stored(house: House) -> dict[str, bytes]:
    """Every byte at rest: all rows of all tables, the database's own files, the files folder."""
    found: dict[str, bytes] = {}
    database = house.engine.database
    tables = MetaData()
    tables.reflect(database.engine)
    assert len(tables.tables) > 20
    with database.read() as connection:
        for name, table in tables.tables.items():
            rows = [tuple(row) for row in connection.execute(select(table))]
            found[f"table {name}"] = b"\n".join(_bytes(value) for row in rows for value in row)
    if database.is_sqlite:
        path = Path(str(database.url.database))
        for one in path.parent.glob(f"{path.name}*"):
            found[f"file {one.name}"] = one.read_bytes()
    for one in house.settings.home.rglob("*"):
        if one.is_file():
            found[f"file {one.relative_to(house.settings.home)}"] = one.read_bytes()
    return found


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        raw = bytes(value)
        try:
            import zlib

            return raw + zlib.decompress(raw)
        except zlib.error:
            return raw
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).encode()
    return str(value).encode()


def places_of(markers: list[str], stored: dict[str, bytes]) -> list[tuple[str, str]]:
    """Where a marker stands in the clear, also with its characters escaped."""
    spelled = {
        marker: {
            marker.encode(),
            json.dumps(marker).strip('"').encode(),
            marker.encode("utf-16-le"),
        }
        for marker in markers
    }
    return [
        (marker, place)
        for place, content in stored.items()
        for marker, ways in spelled.items()
        if any(way in content for way in ways)
    ]


def test_marked_values_stand_nowhere_in_the_clear(
    house: House, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    member = house.browser("chen_jing")
    half = {"id_card_no": ID_CARD, "bank_account": ACCOUNT, "hardship_text": MARKER}
    kept = member._client.post(
        "/start/illness_aid/draft",
        json={"form": half},
        headers={"X-CSRFToken": member.csrf},
    )
    assert kept.status_code == 204, kept.text
    assert house.rows(select(draft.c.sealed))

    # Refused first, for the errors' sake: what is wrong is told, the values are not repeated.
    api = house.api("chen_jing")
    wrong = {**application(house), "mobile": f"{MOBILE}9", "household_size": -1}
    refused = api.post("/processes/illness_aid/instances", {"form": wrong}, key="wrong")
    assert refused.status_code == 422
    answer = api.post("/processes/illness_aid/instances", {"form": application(house)}, key="right")
    case = answer.json["instance"]["id"]
    again = api.post("/processes/illness_aid/instances", {"form": application(house)}, key="right")
    assert again.status_code == 422, "other files, so another body"
    assert places_of(MARKERS, {"refused": refused.data, "answer": answer.data}) == []

    go_through(house, case, illness_story()["steps"][1:], until="zh_approve")
    shown = {
        f"{person} {path}": house.browser(person).get(path).data
        + house.api(person).get(f"/instances/{case}").data
        + house.api(person).get(f"/instances/{case}/history").data
        for person in (
            "clerk_wang",
            "sun_li",
            "clerk_bai",
            "zhi_clerk_gao",
            "admin_mu",
            "auditor_gu",
        )
        for path in (f"/cases/{case}", "/inbox", "/inbox?box=pool", "/notices")
    }
    # Free text may be read by those who work on the case; what identifies a person is masked for all.
    strangers = {place: text for place, text in shown.items() if "clerk_wang" not in place}
    strangers = {place: text for place, text in strangers.items() if "gao" not in place}
    assert places_of(MARKERS, strangers) == []
    assert places_of([ID_CARD, ACCOUNT, MOBILE], shown) == []

    assert places_of(MARKERS, everything_stored(house)) == []
    written = capsys.readouterr()
    logged = {"stdout": written.out.encode(), "stderr": written.err.encode()}
    logged["log"] = caplog.text.encode()
    assert places_of(MARKERS, logged) == []


def test_the_search_for_markers_finds_what_is_there(house: House) -> None:
    case = house.start(form=None)
    assert case
    # Not sensitive, so it lies in the clear: the net has the right mesh.
    assert places_of(["厅机关活动室"], everything_stored(house))


def go_through(house: House, case: str, steps: list[dict[str, Any]], until: str) -> None:
    """Play a scenario's steps over HTTP up to a task."""
    for step in steps:
        house.run_jobs()
        if step.get("task") == until:
            return
        if "task" not in step:
            continue
        task_id = house.open_task(case, step["task"])
        form = story_form(house, step["as"], step.get("form") or {})
        body = {"outcome": step.get("outcome"), "form": form, "opinion": step.get("opinion", "")}
        answer = house.api(step["as"]).post(f"/tasks/{task_id}/complete", body)
        assert answer.status_code == 200, (step["task"], answer.text)
