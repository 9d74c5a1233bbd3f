"""The forms of a real package, as the page hands them to the island that shows them."""

import json
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[3] / "processes" / "illness_aid"


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (PACKAGE / "forms" / f"{name}.json").read_text(encoding="utf-8")
    )
    return found


def island(form: str, **values: Any) -> dict[str, Any]:
    return {
        "schema": schema(form),
        "data": {},
        "context": {"applicant": {"name": "陈静"}},
        "readonly": False,
        "persons": {},
        "files": [],
        "upload_url": "/files",
        "max_bytes": 10 * 1024 * 1024,
        "kinds": {"pdf": ".pdf", "jpg": ".jpg,.jpeg", "png": ".png", "ofd": ".ofd"},
        "draft_url": "/tasks/t1/draft",
        "errors": [],
        **values,
    }


PEOPLE = [
    {"id": "diaocha_liu", "name": "刘国栋", "unit": "办公室工会小组", "role": "调查核实人"},
    {"id": "diaocha_zhou", "name": "周小梅", "unit": "种植业处工会小组", "role": "调查核实人"},
    {"id": "diaocha_xu", "name": "徐文斌", "unit": "办公室工会小组", "role": "调查核实人"},
    {"id": "diaocha_ma", "name": "马兰花", "unit": "种植业处工会小组", "role": "调查核实人"},
    {"id": "shuang_ren", "name": "任双全", "unit": "办公室工会小组", "role": "委员、调查核实人"},
]
