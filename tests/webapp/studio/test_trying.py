"""Tables and forms are tried with the engine's own words, stories are played, English stands beside its text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders import House
from tests.webapp.studio.drafting import Drafter

ROUTE = (Path(__file__).parents[3] / "processes" / "illness_aid" / "approval_route.dmn").read_text(
    encoding="utf-8"
)


def sent(admin: Drafter, path: str, body: Any) -> dict[str, Any]:
    answer = admin._script("POST", path, body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def decided(admin: Drafter, draft: str, text: str, **inputs: str) -> dict[str, Any]:
    body = {"text": text, "decision": "approval_route", "inputs": inputs}
    return sent(admin, f"/studio/drafts/{draft}/try/approval_route.dmn", body)


def test_a_table_is_tried_as_it_stands_in_the_editor(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()

    asked = decided(admin, draft, ROUTE)
    assert [one["name"] for one in asked["inputs"]] == [
        "proposed_amount_fen",
        "special_case",
        "disease.listed",
    ]
    answers = {"special_case": "false", "disease.listed": "true"}
    large = decided(admin, draft, ROUTE, proposed_amount_fen="2500000", **answers)
    small = decided(admin, draft, ROUTE, proposed_amount_fen="1500000", **answers)
    assert [one["rule"] for one in large["tables"][0]["matched"]] == [1]
    assert [one["rule"] for one in small["tables"][0]["matched"]] == [4]

    # Nothing was saved: the text is the editor's.
    changed = ROUTE.replace("&gt; 2000000", "&gt; 1000000")
    now = decided(admin, draft, changed, proposed_amount_fen="1500000", **answers)
    assert [one["id"] for one in now["tables"][0]["matched"]] == ["approval_route_rule_1"]
    assert admin.read(draft, "approval_route.dmn").status_code == 404


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<x", "not XML"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "not"),
        (ROUTE.replace("FIRST", "LUCKY"), "hit policy"),
        (ROUTE.replace('name="approval_route"', 'name="other"'), "no decision"),
    ],
)
def test_a_table_that_cannot_decide_says_why(house: House, text: str, says: str) -> None:
    admin = Drafter.of(house)
    if "other" in text:
        text = text.replace('id="approval_route"', 'id="other"')
    assert says in decided(admin, admin.begin(), text)["fault"]


def form(*components: dict[str, Any]) -> str:
    schema = {"type": "default", "schemaVersion": 18, "id": "x", "components": list(components)}
    return json.dumps(schema, ensure_ascii=False)


MONEY = {"type": "money", "id": "f", "key": "fee_fen", "label": "费用", "validate": {"max": 100}}
PEOPLE = {
    **{"type": "persons", "id": "p", "key": "who", "label": "谁"},
    "properties": {"candidates": "clerk @ unit"},
}


def test_a_form_is_held_against_what_is_typed_into_it(house: House) -> None:
    admin = Drafter.of(house, language="zh")
    path = f"/studio/drafts/{admin.begin()}/try/forms/x.json"

    good = sent(admin, path, {"text": form(MONEY, PEOPLE), "values": {"fee_fen": 80}})
    assert (good["findings"], good["errors"]) == ([], [])
    assert good["kept"] == [{"name": "费用", "value": "80"}]
    assert len(good["people"]["who"]) == 3
    chosen = {"fee_fen": 500, "who": [good["people"]["who"][0]["id"]]}
    bad = sent(admin, path, {"text": form(MONEY, PEOPLE), "values": chosen})
    assert [one["path"] for one in bad["errors"]] == ["fee_fen"]


def test_a_form_the_server_cannot_use_says_which_field_and_why(house: House) -> None:
    admin = Drafter.of(house, language="zh")
    path = f"/studio/drafts/{admin.begin()}/try/forms/x.json"

    named = sent(admin, path, {"text": form({**MONEY, "key": "fee"}), "values": {}})
    assert [(one["element"], one["severity"]) for one in named["findings"]] == [("fee", "error")]
    assert "_fen" in named["findings"][0]["message"]
    assert sent(admin, path, {"text": "{"})["findings"][0]["element"] == ""


def test_only_who_sees_the_draft_may_try_it(house: House) -> None:
    draft = Drafter.of(house).begin()
    body = {"text": ROUTE, "decision": "approval_route", "inputs": {}}
    for person, status in (("admin_ke", 404), ("clerk_wang", 403)):
        other = Drafter.of(house, person)
        for path in ("try/x.dmn", "tell/ordinary"):
            answer = other._script("POST", f"/studio/drafts/{draft}/{path}", body)
            assert answer.status_code == status
        for page in ("english", "scenarios/ordinary"):
            assert other.browser.get(f"/studio/drafts/{draft}/{page}").status_code == status


def stories(admin: Drafter, draft: str) -> list[str]:
    files = admin._script("GET", f"/studio/drafts/{draft}/files").json["files"]
    return [one["path"] for one in files if one["path"].startswith("scenarios/")]


def test_a_story_is_played_and_told_in_the_readers_language(house: House) -> None:
    admin = Drafter.of(house, language="zh")
    draft = admin.begin()
    path = stories(admin, draft)[0]
    text = admin.read(draft, path).json["text"]
    name = path.removeprefix("scenarios/").removesuffix(".yaml")

    played = sent(admin, f"/studio/drafts/{draft}/tell/{name}", {"text": text, "play": True})

    assert played["remarks"] == []
    assert played["told"]["fault"] == ""
    assert played["told"]["lines"][0]["what"] == "发起办件"
    assert len(played["told"]["lines"]) > 1


def test_a_story_that_goes_wrong_is_told_as_far_as_it_went_and_where_it_stopped(
    house: House,
) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    path = stories(admin, draft)[0]
    lines = admin.read(draft, path).json["text"].rstrip().split("\n")
    name = path.removeprefix("scenarios/").removesuffix(".yaml")
    ends = next((place for place, line in enumerate(lines) if line.startswith("ends:")), len(lines))
    lines[ends:ends] = ["  - {task: nowhere, as: chen_jing}"]
    indent = next(line for line in lines if line.lstrip().startswith("- "))
    lines[ends] = indent[: indent.index("-")] + lines[ends].lstrip()

    told = sent(
        admin, f"/studio/drafts/{draft}/tell/{name}", {"text": "\n".join(lines), "play": True}
    )["told"]

    assert "nowhere" in told["fault"]
    assert told["line"] == ends + 1
    assert told["lines"]


TOLD = "says: x\nat: 2026-03-02T09:00\nstarter: {starter}\nsteps:\n- start: {{}}\n{more}ends: {{state: completed}}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("says: x\nat: [\n", 3),
        (TOLD.format(starter="nobody_here", more=""), 3),
        (TOLD.format(starter="chen_jing", more="- hop: 1\n"), 6),
    ],
)
def test_what_is_wrong_with_a_story_stands_at_its_line(house: House, text: str, line: int) -> None:
    admin = Drafter.of(house)
    path = f"/studio/drafts/{admin.begin()}/tell/x"
    remarks = sent(admin, path, {"text": text, "play": True})["remarks"]
    assert [one["line"] for one in remarks] == [line], remarks


def test_missing_english_comes_first_and_is_saved_without_touching_the_rest(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    kept = admin.read(draft, "i18n/en.json").json
    before = json.loads(kept["text"])
    english = before.pop("用途")
    admin.save(draft, "i18n/en.json", json.dumps(before), kept["version"])
    page = admin.browser.get(f"/studio/drafts/{draft}/english").text
    assert "1 text has no English yet" in page
    assert page.index('name="text-0" value="用途"') < page.index('name="text-1"')

    typed = {
        **{"text-0": "用途", "was-0": "", "english-0": english},
        # What was not changed on the page is left as it is, whatever it is by now.
        **{"text-1": "同意", "was-1": "Agreed", "english-1": "Agreed"},
    }
    assert admin.send(f"/studio/drafts/{draft}/english", typed).status_code == 302

    after = json.loads(admin.read(draft, "i18n/en.json").json["text"])
    assert after == {**before, "用途": english}
    assert "Every text has its English" in admin.browser.get(f"/studio/drafts/{draft}/english").text


def test_a_broken_file_of_english_is_put_right_as_text(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    version = admin.read(draft, "i18n/en.json").json["version"]
    admin.save(draft, "i18n/en.json", "{", version)

    assert "cannot be read" in admin.browser.get(f"/studio/drafts/{draft}/english").text
    typed = {"text-0": "一", "was-0": "", "english-0": "One"}
    assert admin.send(f"/studio/drafts/{draft}/english", typed).status_code == 422
    assert admin.read(draft, "i18n/en.json").json["text"] == "{"
