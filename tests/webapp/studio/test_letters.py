"""A letter is written beside its picture; a mistake in it is told with its line."""

from __future__ import annotations

from tests.builders import House
from tests.webapp.studio.drafting import Drafter
from tests.webapp.studio.test_drafts import version_of


def test_a_letter_is_seen_as_it_will_be_printed(small_house: House) -> None:
    admin = Drafter.of(small_house)
    draft = admin.begin_from(version_of(small_house, "illness_aid"))
    address = f"/studio/drafts/{draft}/letters/decision_letter.typ"
    page = admin.browser.get(address)
    assert page.status_code == 200
    assert f"{address}/page.jpg?page=1" in page.text
    picture = admin.browser.get(f"{address}/page.jpg?page=1")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert admin.browser.get(f"{address}/example.pdf").get_data().startswith(b"%PDF")
    assert admin.browser.get(f"/studio/drafts/{draft}/letters/none.typ/page.jpg").status_code == 404
    ke = Drafter.of(small_house, "admin_ke")
    assert ke.browser.get(f"{address}/page.jpg").status_code == 404

    text = admin.read(draft, "letters/decision_letter.typ").json["text"]
    broken = text.replace("#set par(", "#set par(width: 3, ", 1)
    line = broken[: broken.index("#set par(width")].count("\n") + 1
    sent = admin.send(
        f"/studio/drafts/{draft}/source/letters/decision_letter.typ",
        {"text": broken, "version": "1"},
    )
    assert sent.headers["Location"] == address
    page = admin.browser.get(address)
    assert f"Line {line}" in page.text
    assert "unexpected argument" in page.text
    assert "#set par(width" in page.text


def test_a_new_letter_begins_empty(small_house: House) -> None:
    admin = Drafter.of(small_house)
    draft = admin.begin()
    added = admin.browser.get(f"/studio/drafts/{draft}/add?kind=letter&name=invitation")
    assert added.headers["Location"] == f"/studio/drafts/{draft}/letters/invitation.typ"
    assert admin.browser.get(added.headers["Location"]).status_code == 200
    wrong = admin.browser.get(f"/studio/drafts/{draft}/add?kind=letter&name=../x")
    assert wrong.status_code == 422
