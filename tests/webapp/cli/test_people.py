"""People and units from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.webapp.cli.conftest import one_line

PROCESSES = Path(__file__).parents[3] / "processes"


def test_a_user_is_added_with_a_role_and_a_password(ready: Path, gongban: Any) -> None:
    first = gongban("user", "add", "anna", "--name", "Anna", "--root", "The house", "--json")
    assert first.code == 0, first.err
    made = json.loads(first.out)
    assert len(made["password"]) >= 10
    second = gongban("user", "add", "ben", "--name", "Ben", "--role", "sys_admin", "--json")
    assert json.loads(second.out)["unit"] == made["unit"]
    again = gongban("user", "add", "ben", "--name", "Ben")
    assert again.code == 1
    assert one_line(again.err)


def test_a_person_has_an_address_for_mail_as_long_as_they_want(ready: Path, gongban: Any) -> None:
    wrong = gongban("user", "add", "eva", "--name", "E", "--root", "The house", "--email", "eva")
    assert wrong.code == 1
    assert one_line(wrong.err)
    added = gongban(
        "user", "add", "eva", "--name", "E", "--root", "The house", "--email", "eva@union.example"
    )
    assert added.code == 0
    assert gongban("user", "email", "eva", "eva@elsewhere.example").code == 0
    assert gongban("user", "email", "eva").code == 0
    assert gongban("user", "email", "nobody", "a@b.example").code == 1


def test_an_unknown_role_or_unit_is_refused_in_words(ready: Path, gongban: Any) -> None:
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house")
    for wrong, word in (
        (("--role", "king"), "king"),
        (("--role", "sys_admin@nowhere"), "nowhere"),
        (("--unit", "nowhere"), "nowhere"),
    ):
        answer = gongban("user", "add", "ben", "--name", "Ben", *wrong)
        assert answer.code == 1
        assert word in answer.err
        assert one_line(answer.err)
    # Nothing of a refused one was kept.
    assert gongban("user", "add", "ben", "--name", "Ben").code == 0


def test_units_are_added_listed_renamed_and_merged(ready: Path, gongban: Any) -> None:
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house")
    root = json.loads(gongban("unit", "list", "--json").out)[0]["id"]
    for name in ("north", "south"):
        made = gongban("unit", "add", name.title(), "--below", root, "--id", name, "--json")
        assert json.loads(made.out)["id"] == name, made.err
    gongban("user", "add", "ben", "--name", "Ben", "--unit", "north", "--role", "judge")
    assert gongban("unit", "rename", "south", "The South").code == 0
    merged = gongban("unit", "merge", "north", "--into", "south", "--json")
    assert json.loads(merged.out) == {"unit": "north", "into": "south", "people": 1}
    again = gongban("unit", "merge", "north", "--into", "south")
    assert again.code == 1
    assert one_line(again.err)
    listed = {one["id"]: one for one in json.loads(gongban("unit", "list", "--json").out)}
    assert listed["north"]["merged_into"] == "south"
    assert listed["south"]["name"] == "The South"
    assert "The South" in gongban("unit", "list").out
    assert gongban("unit", "merge", "south", "--into", root, "--on", "tomorrow").code == 2


def test_roles_leaving_and_accounts_are_kept_from_the_command_line(
    ready: Path, gongban: Any
) -> None:
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house")
    gongban("user", "add", "ben", "--name", "Ben")
    assert gongban("user", "role", "add", "ben", "judge", "--until", "2100-01-01").code == 0
    assert gongban("user", "role", "end", "ben", "judge").code == 0
    ended = gongban("user", "role", "end", "ben", "judge")
    assert ended.code == 1
    assert "does not hold" in ended.err
    assert gongban("user", "role", "add", "ben", "king").code == 1
    for verb in ("disable", "enable"):
        assert json.loads(gongban("user", verb, "ben", "--json").out)["username"] == "ben"
    assert gongban("user", "leave", "ben", "--on", "2100-01-01", "--successor", "anna").code == 0
    assert gongban("user", "leave", "ben", "--take-back").code == 0
    assert gongban("user", "leave", "ben").code == 0
    assert gongban("user", "leave", "nobody").code == 1
    assert gongban("user", "leave", "anna", "--on", "soon").code == 2
    assert gongban("audit", "verify").code == 0


def test_whoever_runs_the_machine_helps_somebody_who_is_locked_out(
    ready: Path, gongban: Any
) -> None:
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house")
    said = gongban("user", "password", "anna").out
    assert re.search(r"^Password: \S{10,}$", said, re.MULTILINE)
    none = gongban("user", "second-factor", "anna", "--reset", "--reason", "phone lost")
    assert none.code == 1
    assert one_line(none.err)
    assert gongban("user", "password", "anna", "--none").code == 0
    answer = gongban("user", "add", "ben", "--name", "Ben", "--no-password", "--json")
    assert "password" not in json.loads(answer.out)
