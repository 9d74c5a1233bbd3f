"""Drafts at the studio: begun, saved as one writes, shared, never over somebody else's words."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.versions import stored_package
from engine.store.blobs import hash_of
from engine.store.tables import blob, definition, event, package_draft
from engine.studio.authors import authors_of
from tests.builders import House
from tests.webapp.studio.drafting import Drafter, draft_of
from webapp.accounts.leavers import leave
from webapp.server import keep_house


def version_of(house: House, key: str) -> str:
    rows = house.rows(select(definition.c.id).where(definition.c.key == key, definition.c.active))
    return str(rows[0].id)


def test_a_new_process_begins_as_one_that_runs(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin("tea_break", title="茶歇申请")
    assert [one["rule"] for one in admin.check(draft) if one["severity"] == "error"] == []
    assert "茶歇申请" in admin.browser.get("/studio").text
    assert 'id = "tea_break"' in admin.read(draft, "process.toml").json["text"]


def test_a_file_is_saved_over_the_version_that_was_seen(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    seen = admin.read(draft, "README.md").json
    saved = admin.save(draft, "README.md", "第一行\n", seen["version"])
    assert saved.status_code == 200
    assert saved.json["version"] == seen["version"] + 1
    assert admin.read(draft, "README.md").json["text"] == "第一行\n"
    # Its answer got lost and it is sent again: nothing is saved twice.
    again = admin.save(draft, "README.md", "第一行\n", seen["version"])
    assert (again.status_code, again.json["version"]) == (200, saved.json["version"])


def test_of_two_who_save_at_once_the_later_is_shown_what_the_other_wrote(house: House) -> None:
    mu, ke = Drafter.of(house), Drafter.of(house, "admin_ke")
    draft = mu.begin()
    mu.send(f"/studio/drafts/{draft}/share", {"person": "admin_ke", "edits": "yes"})
    version = ke.read(draft, "README.md").json["version"]
    assert mu.save(draft, "README.md", "mu was here", version).status_code == 200
    late = ke.save(draft, "README.md", "ke was here", version)
    assert late.status_code == 409
    assert late.json["type"] == "urn:gongban:problem:draft_conflict"
    assert (late.json["text"], late.json["by"]) == ("mu was here", "穆清源")
    assert ke.save(draft, "README.md", "both", late.json["version"]).status_code == 200


def test_a_broken_file_is_kept_as_it_was_typed_and_found_by_the_check(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    version = admin.read(draft, "process.bpmn").json["version"]
    hostile = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;'
    assert admin.save(draft, "process.bpmn", hostile, version).status_code == 200
    assert admin.read(draft, "process.bpmn").json["text"] == hostile
    assert next(one["file"] for one in admin.check(draft)) == "process.bpmn"
    assert "passwd" not in str(admin.check(draft))
    broken = admin.save(draft, "process.toml", 'id = "tea', 1)
    assert broken.status_code == 200
    assert [one["rule"] for one in admin.check(draft)] == ["unreadable_package"]
    assert admin.page(draft)


def test_what_no_package_has_is_no_file(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    for path in ("../etc/passwd", "forms/../x.json", "x.py", "forms/a/b.json", "_shared/x.dmn"):
        assert admin.save(draft, path, "x", 0).status_code in (404, 422), path
    for body in ("", None, 5, ["x"]):
        assert admin.save(draft, "README.md", body, 1).status_code in (200, 422)
    assert admin.save(draft, "README.md", "x", "1").status_code == 422
    assert admin.save(draft, "README.md", "x", True).status_code == 422
    huge = admin.save(draft, "README.md", "x" * (5 * 1024 * 1024 + 1), 1)
    assert huge.status_code == 422
    assert huge.json["type"] == "urn:gongban:problem:draft_too_large"


def test_a_draft_is_nobodys_but_its_owners_until_it_is_shared(house: House) -> None:
    mu, ke = Drafter.of(house), Drafter.of(house, "admin_ke")
    draft = mu.begin()
    assert ke.browser.get(f"/studio/drafts/{draft}").status_code == 404
    assert ke.read(draft, "README.md").status_code == 404
    assert ke.save(draft, "README.md", "x", 1).status_code == 404
    assert draft not in ke.browser.get("/studio").text
    mu.send(f"/studio/drafts/{draft}/share", {"person": "admin_ke"})
    assert ke.read(draft, "README.md").status_code == 200
    assert ke.save(draft, "README.md", "x", 1).status_code == 403
    assert ke.send(f"/studio/drafts/{draft}/discard").status_code == 403
    assert ke.send(f"/studio/drafts/{draft}/share", {"person": "admin_lu"}).status_code == 403
    mu.send(f"/studio/drafts/{draft}/unshare", {"person": "admin_ke"})
    assert ke.read(draft, "README.md").status_code == 404


def test_the_studio_is_the_administrators(house: House) -> None:
    draft = Drafter.of(house).begin()
    for person in ("clerk_wang", "auditor_gu", "security_tu"):
        stranger = Drafter.of(house, person)
        assert stranger.browser.get("/studio").status_code == 403
        assert stranger.read(draft, "README.md").status_code == 403
        assert stranger.save(draft, "README.md", "x", 1).status_code == 403
        assert stranger.send("/studio/new", {"name": "mine"}).status_code == 403
    mu = Drafter.of(house)
    shared = mu.send(f"/studio/drafts/{draft}/share", {"person": "clerk_wang"})
    assert shared.status_code == 422


def test_one_goes_back_to_an_earlier_save_and_forward_again(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    admin.save(draft, "README.md", "one", 1)
    admin.save(draft, "forms/extra.json", "{}", 0)
    admin.delete(draft, "forms/apply.json", 1)
    admin.send(f"/studio/drafts/{draft}/go-back", {"save": "2"})
    assert admin.read(draft, "README.md").json["text"] == "one"
    assert admin.read(draft, "forms/apply.json").status_code == 200
    assert admin.read(draft, "forms/extra.json").status_code == 404
    admin.send(f"/studio/drafts/{draft}/go-back", {"save": "4"})
    assert admin.read(draft, "forms/extra.json").status_code == 200
    assert admin.read(draft, "forms/apply.json").status_code == 404
    assert admin.send(f"/studio/drafts/{draft}/go-back", {"save": "99"}).status_code == 404


def test_a_discarded_draft_comes_back_within_thirty_days(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    admin.send(f"/studio/drafts/{draft}/discard")
    assert admin.save(draft, "README.md", "x", 1).status_code == 403
    assert "Bring back" in admin.browser.get("/studio").text
    admin.send(f"/studio/drafts/{draft}/bring-back")
    assert admin.save(draft, "README.md", "x", 1).status_code == 200
    admin.send(f"/studio/drafts/{draft}/discard")
    house.clock.advance(timedelta(days=31))
    house._tokens.clear()
    admin = Drafter.of(house)
    assert admin.send(f"/studio/drafts/{draft}/bring-back").status_code == 409
    assert "Bring back" not in admin.browser.get("/studio").text


def test_a_draft_of_a_version_holds_its_stories_and_the_same_content(house: House) -> None:
    admin = Drafter.of(house)
    version = version_of(house, "illness_aid")
    draft = admin.begin_from(version)
    assert admin.read(draft, "scenarios/granted.yaml").status_code == 200
    assert admin.read(draft, "_shared/publicity_period.dmn").status_code == 200
    rows = house.rows(select(package_draft).where(package_draft.c.id == draft))
    assert (rows[0].base_id, rows[0].key) == (version, "illness_aid")
    assert [one for one in admin.check(draft) if one["severity"] == "error"] == []


def test_the_record_knows_each_save_but_no_content(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    admin.save(draft, "README.md", "a secret of ours", 1)
    found = house.rows(select(event.c.type).where(event.c.stream == f"draft:{draft}"))
    assert [row.type for row in found] == ["studio.begun", "studio.saved", "studio.saved"]


def test_an_expression_is_completed_from_the_drafts_forms(house: House) -> None:
    words = Drafter.of(house).words(Drafter.of(house).begin())
    names = {one["name"]: one for one in words["names"]}
    assert names["value_fen"]["type"] == "number"
    assert names["value_fen"]["from"] == "forms/apply.json"
    assert names["outcomes.approve"]["from"] == "process.bpmn"
    assert [one["id"] for one in words["outcomes"]["approve"]] == ["agree", "refuse"]
    assert {"id": "unit_chair", "title": "Unit chair"} in words["roles"]
    assert "root" in words["places"]


def test_a_zip_goes_out_and_comes_in_as_the_same(house: House) -> None:
    admin = Drafter.of(house)
    version = version_of(house, "illness_aid")
    packed = admin.browser.get(f"/studio/versions/{version}/package.zip").get_data()
    draft = draft_of(admin.send("/studio/import", {"package": (BytesIO(packed), "aid.zip")}))
    again = admin.browser.get(f"/studio/drafts/{draft}/package.zip").get_data()
    assert again == packed
    rows = house.rows(select(package_draft.c.base_id).where(package_draft.c.id == draft))
    assert rows[0].base_id == version
    for content, told in ((b"no zip", "no zip file"), (b"", "no zip file")):
        refused = admin.send("/studio/import", {"package": (BytesIO(content), "x.zip")})
        assert (refused.status_code, told in refused.text) == (422, True)


def test_a_discarded_draft_is_gone_after_its_time_with_what_only_it_held(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    admin.save(draft, "README.md", "only here", 1)
    admin.send(f"/studio/drafts/{draft}/discard")
    content = select(blob.c.hash).where(blob.c.hash == hash_of(b"only here"))
    house.clock.advance(timedelta(days=29))
    keep_house(house.engine)
    assert house.rows(content)
    house.clock.advance(timedelta(days=2))
    keep_house(house.engine)
    assert not house.rows(content)
    assert not house.rows(select(package_draft).where(package_draft.c.id == draft))
    # What is deployed stays.
    assert stored(house, version_of(house, "illness_aid"))


def stored(house: House, version: str) -> bool:
    with house.engine.database.read() as connection:
        return bool(stored_package(connection, version).companions)


def test_saves_at_once_are_told_apart(house: House) -> None:
    admin = Drafter.of(house)
    draft = admin.begin()
    start = threading.Barrier(4)

    def save(number: int) -> int:
        start.wait()
        mine = Drafter.of(house)
        return mine.save(draft, "README.md", f"text {number}", 1).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(save, range(4)))
    assert answers == [200, 409, 409, 409]
    assert admin.read(draft, "README.md").json["version"] == 2


def test_a_diagram_from_elsewhere_becomes_a_draft_that_says_what_it_lacks(house: House) -> None:
    admin = Drafter.of(house)
    xml = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">'
        b'<process id="p" name="Leave"><startEvent id="s"/><task id="t" name="Ask"/>'
        b'<sequenceFlow id="f" sourceRef="s" targetRef="t"/></process></definitions>'
    )

    def sent(content: bytes, name: str) -> dict[str, object]:
        return {"diagram": (BytesIO(content), "leave.bpmn"), "name": name}

    draft = draft_of(admin.send("/studio/diagram", sent(xml, "leave_days")))
    assert {one["rule"] for one in admin.check(draft)} >= {"not_supported", "no_end"}
    text = admin.read(draft, "process.bpmn").json["text"].encode()
    assert text.replace(b' isExecutable="true"', b"") == xml
    assert admin.send("/studio/diagram", sent(b"no xml", "other")).status_code == 422
    assert admin.send("/studio/diagram", sent(xml, "Not A Name")).status_code == 422
    taken = admin.send("/studio/diagram", sent(xml, "illness_aid"))
    assert "There is a process of this name already" in taken.text
    assert (
        Drafter.of(house, "clerk_wang").send("/studio/diagram", sent(xml, "z")).status_code == 403
    )


def test_a_draft_left_behind_is_taken_over_by_another_administrator(house: House) -> None:
    mu, ke = Drafter.of(house), Drafter.of(house, "admin_ke")
    draft = mu.begin()
    assert ke.send(f"/studio/drafts/{draft}/take-over").status_code == 404
    assert "Left behind" not in ke.browser.get("/studio").text

    with house.engine.command(SYSTEM) as uow:
        leave(uow, "admin_mu", uow.today)
        uow.commit()

    assert "Left behind" in ke.browser.get("/studio").text
    assert ke.browser.get(f"/studio/drafts/{draft}").status_code == 404
    chen = Drafter.of(house, "chen_jing")
    assert chen.send(f"/studio/drafts/{draft}/take-over").status_code == 403
    assert ke.send(f"/studio/drafts/{draft}/take-over").status_code == 302
    assert "The draft is yours now" in ke.page(draft)
    assert (
        Drafter.of(house, "admin_lu").send(f"/studio/drafts/{draft}/take-over").status_code == 404
    )
    with house.engine.database.read() as connection:
        # Whoever left has written in it, and cannot consent should they come back.
        assert "admin_mu" in authors_of(connection, draft)
