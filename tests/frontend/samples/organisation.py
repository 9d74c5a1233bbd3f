"""People and units, as administrators see them."""

from datetime import date
from typing import Any

from tests.frontend.samples.frame import NOW, Pages

UNIT_CHOICES = [
    {"value": "nonglin", "label": "省农林厅工会"},
    {"value": "root", "label": "省直机关工会"},
]


def node(id: str, name: str, kind: str, below: list[dict[str, Any]]) -> dict[str, Any]:
    """A place in the units' tree."""
    return {
        "id": id,
        "name": name,
        "kind_text": kind,
        "people": 12,
        "note": "",
        "open": True,
        "hit": id == "nonglin",
        "below": below,
    }


def person_page(**further: Any) -> dict[str, Any]:
    """An administrator's page of one person."""
    role = {
        "id": "h1",
        "person_id": "p1",
        "name": "王海燕",
        "role": "单位工会经办人",
        "place": "省农林厅工会",
        "title": "第三届委员会经办人",
        "basis": "农林工〔2020〕1号",
        "given_by": "任定一",
        "given_at": NOW,
        "since": date(2020, 1, 1),
        "until": None,
        "over": False,
        "state": "ok",
        "state_text": "任职中",
    }
    ended = {**role, "id": "h2", "until": date(2026, 1, 1), "over": True, "state": "closed"}
    person = {
        "id": "p1",
        "name": "王海燕",
        "member_no": "NL-00020",
        "username": "clerk_wang",
        "where": "省农林厅工会",
        "state": "ok",
        "state_text": "在岗",
        "unit_id": "nonglin",
        "group_id": None,
        "left_on": None,
        "has_left": False,
        "successor": None,
        "has_account": True,
        "disabled": False,
        "roles": [role, ended],
        **further.pop("person", {}),
    }
    return {
        "person": person,
        "past": [
            {"since": date(2024, 3, 1), "until": None, "where": "省农林厅工会", "now": True},
            {"since": None, "until": date(2024, 3, 1), "where": "省文旅厅工会", "now": False},
        ],
        "typed": {},
        "own": False,
        "units": UNIT_CHOICES,
        "groups": [],
        "places": UNIT_CHOICES,
        "roles": [{"value": "unit_clerk", "label": "单位工会经办人"}],
        "today": NOW.date(),
        "problem": None,
        "factor": True,
        "own_password": True,
        "elsewhere": True,
        "running": 2,
        "password": None,
        "key": "k8",
        **further,
    }


PAGES: Pages = {
    "people": (
        "admin_people.html",
        {
            "q": "",
            "unit": "nonglin",
            "units": UNIT_CHOICES,
            "groups": [{"value": "g1", "label": "省农林厅工会 · 办公室工会小组"}],
            "items": [
                {
                    "id": "p1",
                    "name": "王海燕",
                    "member_no": "NL-00020",
                    "username": "clerk_wang",
                    "where": "省农林厅工会 · 办公室工会小组",
                    "state": "ok",
                    "state_text": "在岗",
                },
                {
                    "id": "p2",
                    "name": "何志远",
                    "member_no": "NL-00009",
                    "username": None,
                    "where": "省农林厅工会",
                    "state": "closed",
                    "state_text": "未开通账号",
                },
            ],
            "more_url": "/admin/people?after=x",
            "form": dict.fromkeys(("name", "member_no", "unit_id", "group_id", "username"), ""),
            "problem": "已有同名或同号的条目。",
            "key": "k8",
        },
        {"nav_active": "people"},
    ),
    "people_none": (
        "admin_people.html",
        {
            "q": "无",
            "unit": "",
            "units": UNIT_CHOICES,
            "groups": [],
            "items": [],
            "more_url": None,
            "form": dict.fromkeys(("name", "member_no", "unit_id", "group_id", "username"), ""),
            "problem": None,
            "key": "k8",
        },
        {"nav_active": "people"},
    ),
    "person": ("admin_person.html", person_page(), {"nav_active": "people"}),
    "person_left": (
        "admin_person.html",
        person_page(
            person={"left_on": date(2026, 11, 1), "has_left": True, "successor": "高明月"},
            password="Ab3dEf6hIj9k",
        ),
        {"nav_active": "people"},
    ),
    "person_own": ("admin_person.html", person_page(own=True), {"nav_active": "people"}),
    "person_without_account": (
        "admin_person.html",
        person_page(person={"has_account": False, "username": None, "roles": []}),
        {"nav_active": "people"},
    ),
    "units": (
        "admin_units.html",
        {
            "nodes": [
                node(
                    "root",
                    "省直机关工会",
                    "最上级工会",
                    [node("nonglin", "省农林厅工会", "单位", [])],
                )
            ],
            "count": 2,
            "q": "",
            "on": None,
            "today": NOW.date(),
            "gone": [
                {
                    "id": "wenlv",
                    "name": "省文旅厅工会",
                    "merged_into": "省农林厅工会",
                    "ended_on": date(2026, 7, 1),
                }
            ],
        },
        {"nav_active": "units"},
    ),
    "units_then": (
        "admin_units.html",
        {
            "nodes": [],
            "count": 0,
            "q": "无",
            "on": date(2020, 1, 1),
            "today": NOW.date(),
            "gone": [],
        },
        {"nav_active": "units"},
    ),
    "unit": (
        "admin_unit.html",
        {
            "unit": {
                "id": "u1",
                "name": "省农林厅工会",
                "kind": "unit",
                "kind_text": "单位",
                "above": "第一活动片",
                "above_id": "pian1",
                "merged_into": None,
                "merged_into_name": None,
                "founded_on": date(2001, 5, 1),
                "ended_on": None,
                "over": False,
                "people": 18,
            },
            "roles": person_page()["person"]["roles"],
            "spells": [
                {
                    "since": date(2024, 3, 1),
                    "until": None,
                    "name": "省农林厅工会",
                    "above": "第一活动片",
                    "now": True,
                },
                {
                    "since": None,
                    "until": date(2024, 3, 1),
                    "name": "省农业厅工会",
                    "above": None,
                    "now": False,
                },
            ],
            "kinds": [{"value": "group", "label": "小组"}],
            "targets": UNIT_CHOICES,
            "parents": UNIT_CHOICES,
            "typed": {"rename": {"name": "新名称", "on": "2026-12-01"}},
            "today": NOW.date(),
            "problem": None,
            "key": "k9",
        },
        {"nav_active": "units"},
    ),
    "unit_merged": (
        "admin_unit.html",
        {
            "unit": {
                "id": "u2",
                "name": "省文旅厅工会",
                "kind": "unit",
                "kind_text": "单位",
                "above": "第一活动片",
                "above_id": "pian1",
                "merged_into": "nonglin",
                "merged_into_name": "省农林厅工会",
                "founded_on": None,
                "ended_on": date(2026, 7, 1),
                "over": True,
                "people": 0,
            },
            "roles": [],
            "spells": [],
            "kinds": [],
            "targets": [],
            "parents": [],
            "typed": {},
            "today": NOW.date(),
            "problem": "没有这个单位。",
            "key": "k9",
        },
        {"nav_active": "units"},
    ),
}
