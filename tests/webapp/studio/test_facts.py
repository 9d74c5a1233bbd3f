"""The facts of a package as a form: what it shows is changed, what it does not know stays letter for letter."""

from __future__ import annotations

import html
import re
import tomllib
from typing import Any

from tests.builders import House
from tests.webapp.studio.drafting import Drafter
from tests.webapp.studio.test_drafts import version_of


def form_of(page: str) -> dict[str, Any]:
    """The fields of the page's form, as a browser would send them."""
    form = page[page.index('<form class="stack"') :]
    form = form[: form.index("</form>")]
    found: dict[str, Any] = {}

    def add(name: str, value: str) -> None:
        found.setdefault(name, []).append(html.unescape(value))

    for tag in re.findall(r"<input [^>]*>", form):
        name, kind = re.search(r'name="([^"]+)"', tag), re.search(r'type="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and (kind is None or kind[1] != "checkbox" or " checked" in tag):
            add(name[1], value[1] if value else "")
    for name, body in re.findall(
        r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S
    ):
        add(name, body)
    for name, body in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        add(name, chosen[1] if chosen else "")
    found.pop("csrf_token")
    return found


def test_saving_the_form_as_it_is_changes_nothing(small_house: House) -> None:
    admin = Drafter.of(small_house)
    for key in ("illness_aid", "approve3", "petition"):
        draft = admin.begin_from(version_of(small_house, key))
        before = admin.read(draft, "process.toml").json
        sent = form_of(admin.browser.get(f"/studio/drafts/{draft}/facts").text)
        assert admin.send(f"/studio/drafts/{draft}/facts", sent).status_code == 302
        assert tomllib.loads(admin.read(draft, "process.toml").json["text"]) == tomllib.loads(
            before["text"]
        )


def test_what_is_changed_in_the_form_is_changed_in_the_text(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin_from(version_of(house, "illness_aid"))
    text = admin.read(draft, "process.toml").json["text"]
    admin.save(draft, "process.toml", "# 我们的说明\n" + text, 1)
    sent = form_of(admin.browser.get(f"/studio/drafts/{draft}/facts").text)
    sent |= {"title": "大病帮扶", "words": "大病，住院、救助", "stuck_after": "8"}
    sent["start_roles"] = ["member", "unit_clerk"]
    sent["rule_id"] += [""]
    sent["rule_why"] += ["付款的人不得受理"]
    sent["rule_groups"] += ["pay\naccept, check_bills"]
    sent["rule_kind"] += ["groups"]
    assert admin.send(f"/studio/drafts/{draft}/facts", sent).status_code == 302
    after = admin.read(draft, "process.toml").json["text"]
    known = tomllib.loads(after)
    assert after.startswith("# 我们的说明\n")
    assert (known["title"], known["words"]) == ("大病帮扶", ["大病", "住院", "救助"])
    assert known["start"]["roles"] == ["member", "unit_clerk"]
    assert known["stuck"] == {"after": 8}
    assert known["separation"]["rule"][-1] == {
        "id": "rule-1",
        "why": "付款的人不得受理",
        "groups": [["pay"], ["accept", "check_bills"]],
    }
    # What the form does not show is there still.
    assert known.get("policy") == tomllib.loads(text).get("policy")


def test_of_two_forms_the_later_loses_nothing(small_house: House) -> None:
    admin = Drafter.of(small_house)
    draft = admin.begin()
    sent = form_of(admin.browser.get(f"/studio/drafts/{draft}/facts").text)
    admin.save(draft, "process.toml", admin.read(draft, "process.toml").json["text"] + "\n#\n", 1)
    late = admin.send(f"/studio/drafts/{draft}/facts", sent | {"title": "我写的名称"})
    assert late.status_code == 409
    assert "我写的名称" in late.text


def test_facts_that_cannot_be_read_are_changed_as_text(small_house: House) -> None:
    admin = Drafter.of(small_house)
    draft = admin.begin()
    admin.save(draft, "process.toml", 'id = "tea_break', 1)
    page = admin.browser.get(f"/studio/drafts/{draft}/facts")
    assert page.status_code == 302
    source = admin.browser.get(page.headers["Location"])
    assert "id = &#34;tea_break" in source.text
    form = {"text": 'id = "tea_break"\r\n', "version": "2"}
    assert admin.send(page.headers["Location"], form).status_code == 302
    assert admin.read(draft, "process.toml").json["text"] == 'id = "tea_break"\n'
    assert admin.browser.get(f"/studio/drafts/{draft}/facts").status_code == 200


def test_who_may_only_read_changes_no_facts(small_house: House) -> None:
    admin, ke = Drafter.of(small_house), Drafter.of(small_house, "admin_ke")
    draft = admin.begin()
    assert ke.browser.get(f"/studio/drafts/{draft}/facts").status_code == 404
    admin.send(f"/studio/drafts/{draft}/share", {"person": "admin_ke"})
    page = ke.browser.get(f"/studio/drafts/{draft}/facts")
    assert "disabled" in page.text
    assert ke.send(f"/studio/drafts/{draft}/facts", form_of(page.text)).status_code == 403
