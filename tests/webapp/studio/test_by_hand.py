"""A case of a draft is played by hand, step by step; what was played is a story that plays again."""

from __future__ import annotations

import re

import yaml
from sqlalchemy import select

from engine.store.tables import definition
from tests.builders import APPLICATION, House
from tests.webapp.studio.drafting import Drafter


def begun(house: House, name: str = "by_hand") -> tuple[Drafter, str, str]:
    """An administrator, a draft of approve3, and the address of a story that has just begun."""
    admin = Drafter.of(house)
    (row,) = house.rows(select(definition.c.id).where(definition.c.key == "approve3"))
    draft = admin.begin_from(str(row.id))
    form = {"name": name, "starter": "chen_jing", "day": "2026-03-02", "says": "试一试"}
    sent = admin.send(f"/studio/drafts/{draft}/play", form)
    assert sent.status_code == 302, sent.text
    return admin, draft, sent.headers["Location"]


def applied() -> dict[str, str]:
    fields = {f"field.{name}": str(value) for name, value in APPLICATION.items()}
    return {"act": "start", **fields, "field.value_fen": "1600.00"}


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def test_a_case_is_played_to_its_end_and_kept_as_a_story(house: House) -> None:
    admin, draft, address = begun(house)
    page = admin.browser.get(address).text
    assert (
        "春季职工羽毛球赛" in page
    )  # a field begins with what a story of the package writes there
    steps = [
        applied(),
        {
            "act": "task",
            "task": "check",
            "person": "clerk_wang",
            "outcome": "agree",
            "field.stock_note": "有",
        },
        {"act": "task", "task": "approve", "person": "chair_han", "outcome": "agree"},
    ]
    for step in steps:
        page = admin.browser.get(address).text
        sent = admin.send(address, {**step, "version": version_in(page)})
        assert sent.status_code == 302, text_of(sent.text)
    assert "has ended" in text_of(admin.browser.get(address).text)
    kept = yaml.safe_load(admin.read(draft, "scenarios/by_hand.yaml").json["text"])
    assert kept["ends"] == {"state": "completed", "at": "ended_agreed"}
    assert kept["steps"][0]["start"]["value_fen"] == 160000
    assert [one for one in admin.check(draft) if one["file"] == "scenarios/by_hand.yaml"] == []


def test_the_last_step_can_be_taken_away(small_house: House) -> None:
    admin, draft, address = begun(small_house)
    admin.send(address, {**applied(), "version": "1"})
    assert "核对库存" in admin.browser.get(address).text
    version = version_in(admin.browser.get(address).text)
    assert admin.send(address, {"act": "undo", "version": version}).status_code == 302
    assert yaml.safe_load(admin.read(draft, "scenarios/by_hand.yaml").json["text"])["steps"] == []


def test_what_the_form_refuses_is_said_and_what_was_typed_stays(small_house: House) -> None:
    admin, draft, address = begun(small_house)
    sent = admin.send(address, {**applied(), "field.quantity": "-3", "version": "1"})
    assert sent.status_code == 422
    assert 'value="-3"' in sent.text
    assert yaml.safe_load(admin.read(draft, "scenarios/by_hand.yaml").json["text"])["steps"] == []


def test_who_may_not_do_a_task_is_refused_as_in_a_real_case(small_house: House) -> None:
    admin, _draft, address = begun(small_house)
    admin.send(address, {**applied(), "version": "1"})
    step = {"act": "task", "task": "check", "person": "tian_ye", "outcome": "agree", "version": "2"}
    sent = admin.send(address, {**step, "field.stock_note": "有"})
    assert sent.status_code == 422
    assert 'role="alert"' in sent.text


def test_a_story_that_expects_something_is_copied_before_one_goes_on(small_house: House) -> None:
    admin, draft, _address = begun(small_house)
    address = f"/studio/drafts/{draft}/play/agreed"
    before = admin.read(draft, "scenarios/agreed.yaml").json["text"]
    assert admin.send(address, {"act": "undo", "version": "1"}).status_code == 422
    assert admin.read(draft, "scenarios/agreed.yaml").json["text"] == before
    sent = admin.send(f"/studio/drafts/{draft}/play", {"like": "agreed", "name": "agreed_2"})
    assert sent.status_code == 302
    copied = yaml.safe_load(admin.read(draft, "scenarios/agreed_2.yaml").json["text"])
    assert copied["ends"] == {"state": "completed", "at": "ended_agreed"}


def test_no_story_is_written_over_and_no_stranger_plays(small_house: House) -> None:
    admin, draft, address = begun(small_house)
    form = {"name": "by_hand", "starter": "chen_jing", "day": "2026-03-03"}
    assert admin.send(f"/studio/drafts/{draft}/play", form).status_code == 409
    bad = {**form, "name": "../../etc"}
    assert admin.send(f"/studio/drafts/{draft}/play", bad).status_code == 422
    for person, statuses in (("admin_ke", (404,)), ("clerk_wang", (403, 404))):
        other = Drafter.of(small_house, person)
        assert other.browser.get(address).status_code in statuses
        assert other.send(address, {**applied(), "version": "1"}).status_code in statuses


def test_a_story_that_is_none_leads_back_with_words(small_house: House) -> None:
    admin, draft, _address = begun(small_house)
    for text in ("- [", "says: only words\n", "steps: 7\n"):
        seen = admin.read(draft, "scenarios/agreed.yaml").json
        assert admin.save(draft, "scenarios/agreed.yaml", text, seen["version"]).status_code == 200
        answer = admin.browser.get(f"/studio/drafts/{draft}/play/agreed")
        assert answer.status_code == 422
        assert "cannot be read" in text_of(answer.text)
