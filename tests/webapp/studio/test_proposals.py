"""What was drafted is put in use by two: whoever proposes it, and another who had no hand in it."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.store.tables import candidate, definition, event, event_payload, instance, proposal
from engine.store.tables import task as task_table
from tests.builders import PROCESSES, House
from tests.webapp.studio.drafting import Drafter
from tests.webapp.studio.test_drafts import version_of


def changed_draft(admin: Drafter, house: House, title: str = "活动用品领用（新）") -> str:
    """A draft of approve3 with another title."""
    draft = admin.begin_from(version_of(house, "approve3"))
    facts = admin.read(draft, "process.toml").json
    text = facts["text"].replace('title = "活动用品领用审批"', f'title = "{title}"')
    assert admin.save(draft, "process.toml", text, facts["version"]).status_code == 200
    english = admin.read(draft, "i18n/en.json").json
    texts = {**json.loads(english["text"]), title: "Use of activity equipment (new)"}
    admin.save(draft, "i18n/en.json", json.dumps(texts, ensure_ascii=False), english["version"])
    return draft


def propose(admin: Drafter, draft: str, **form: str) -> int:
    """Press the button; the answer's status."""
    sent = filled(admin.play(draft), **form)
    return admin.send(f"/studio/drafts/{draft}/propose", sent).status_code


def filled(page: str, **form: str) -> dict[str, str]:
    """A proposal's form, with a reason for each warning: there are few people in the tests."""
    wanted = re.findall(r'name="(why:[^"]+)"', page)
    return dict.fromkeys(wanted, "in this small organisation") | {"why": "新的名称"} | form


def case_of(house: House, draft: str) -> str:
    rows = house.rows(
        select(proposal.c.instance_id)
        .where(proposal.c.draft_id == draft)
        .order_by(proposal.c.id.desc())
    )
    return str(rows[0].instance_id)


def consent(house: House, case: str, person: str, outcome: str = "agree") -> int:
    """Decide, and let the jobs run."""
    house.run_jobs()
    task = house.open_task(case, "consent")
    form = {"looked_at": True} if outcome == "agree" else {}
    answer = house.api(person).complete(task, outcome, form, opinion="见意见")
    house.run_jobs()
    return answer.status_code


def title_in_use(house: House) -> str:
    rows = house.rows(
        select(definition.c.title).where(definition.c.key == "approve3", definition.c.active)
    )
    return str(rows[0].title)


def test_two_administrators_put_a_draft_in_use(consenting_house: House) -> None:
    house = consenting_house
    mu = Drafter.of(house)
    draft = changed_draft(mu, house)
    before = version_of(house, "approve3")
    assert propose(mu, draft) == 302
    assert "waits for consent" in mu.page(draft)
    case = case_of(house, draft)
    assert title_in_use(house) == "活动用品领用审批"
    assert consent(house, case, "admin_ke") == 200
    assert title_in_use(house) == "活动用品领用（新）"
    row = house.rows(select(definition).where(definition.c.key == "approve3", definition.c.active))[
        0
    ]
    assert (row.origin, row.base_id, row.deployed_by, row.version) == (
        "studio",
        before,
        "admin_ke",
        2,
    )
    record = house.rows(
        select(event_payload.c.payload)
        .where(event_payload.c.stream == "definition:approve3")
        .order_by(event_payload.c.seq.desc())
    )
    told = json.loads(record[0].payload)
    assert (told["proposed_by"], told["consented_by"]) == ("admin_mu", ["admin_ke"])
    assert told["why"] == "新的名称"
    assert told["candidate"] == house.rows(select(candidate.c.id))[0].id
    ended = house.rows(select(instance.c.end_event).where(instance.c.id == case))[0]
    assert ended.end_event == "ended_deployed"
    # The draft goes on from what is in use now.
    assert "from version 2" in mu.page(draft)


def test_nobody_consents_to_their_own_work_by_any_road(consenting_house: House) -> None:
    house = consenting_house
    mu, ke = Drafter.of(house), Drafter.of(house, "admin_ke")
    draft = changed_draft(mu, house)
    mu.send(f"/studio/drafts/{draft}/share", {"person": "admin_ke", "edits": "yes"})
    assert ke.save(draft, "README.md", "ke worked on it", 1).status_code == 200
    propose(mu, draft)
    case = case_of(house, draft)
    house.run_jobs()
    task = house.open_task(case, "consent")
    for person in ("admin_mu", "admin_ke"):
        api = house.api(person)
        answer = api.complete(task, "agree", {"looked_at": True})
        assert (answer.status_code, answer.json["type"]) == (
            403,
            "urn:gongban:problem:separation_of_duties",
        )
        assert api.post(f"/tasks/{task}/claim").status_code == 403
        together = api.post("/tasks/batch", {"action": "claim", "items": [{"task": task}]})
        assert together.status_code == 422
        page = house.browser(person).post(
            "/inbox/batch/done", {"action": "claim", "item": task, "idempotency_key": person}
        )
        assert page.status_code == 200
        assert house.rows(select(task_table.c.claimed_by).where(task_table.c.id == task)) == [
            (None,)
        ]
    lu = house.api("admin_lu")
    assert lu.post(f"/tasks/{task}/claim").status_code == 200
    handed = lu.post(f"/tasks/{task}/transfer", {"to": "admin_ke"})
    given = lu.post(f"/tasks/{task}/reassign", {"to": "admin_ke", "reason": "请您来"})
    assert handed.json["type"] == "urn:gongban:problem:separation_of_duties", handed.text
    assert given.json["type"] == "urn:gongban:problem:separation_of_duties", given.text
    # The proposer looks after cases, too: neither moving the case on nor writing in it leads past the consent.
    mu_api = house.api("admin_mu")
    moved = mu_api.post(f"/tasks/{task}/move", {"to": "deploy", "reason": "赶时间"})
    assert moved.status_code in (403, 409, 422), moved.text
    house.run_jobs()
    assert title_in_use(house) == "活动用品领用审批"
    lu.post(f"/tasks/{task}/release")
    assert consent(house, case, "admin_lu") == 200
    assert title_in_use(house) == "活动用品领用（新）"


def test_a_deputy_does_not_consent_for_who_worked_on_it(consenting_house: House) -> None:
    house = consenting_house
    draft = changed_draft(Drafter.of(house), house)
    # Mu, whose draft it is, lets a clerk stand in: neither may act, whoever's task it looks like.
    stand_in = {
        "deputy": "clerk_wang",
        "since": "2026-03-02",
        "until": "2026-03-20",
        "reason": "出差",
    }
    house.api("admin_mu").post("/proxies", stand_in)
    propose(Drafter.of(house), draft)
    case = case_of(house, draft)
    house.run_jobs()
    task = house.open_task(case, "consent")
    answer = house.api("clerk_wang").complete(task, "agree", {"looked_at": True})
    assert answer.status_code in (403, 404)


def test_what_came_in_between_is_not_undone(consenting_house: House) -> None:
    house = consenting_house
    mu = Drafter.of(house)
    draft = changed_draft(mu, house)
    propose(mu, draft)
    files = dict(Package.from_folder(PROCESSES / "approve3").files)
    files["process.toml"] = files["process.toml"].replace("活动用品领用审批".encode(), b"Other")
    with house.engine.command(SYSTEM) as uow:
        deploy(uow, Package(files))
        uow.commit()
    case = case_of(house, draft)
    assert consent(house, case, "admin_ke") == 200
    assert title_in_use(house) == "Other"
    assert "another version came first" in mu.page(draft)
    assert house.open_task(case, "read_refused")
    assert propose(mu, draft) == 409
    mu.send(f"/studio/drafts/{draft}/rebase")
    assert propose(mu, draft) == 409, "the first case still waits for its proposer"
    house.api("admin_mu").complete(house.open_task(case, "read_refused"))
    assert propose(mu, draft) == 302


@pytest.mark.parametrize(
    ("outcome", "said"), [("refuse", "not agreed to"), ("rework", "not agreed")]
)
def test_a_draft_that_was_not_agreed_to_can_be_proposed_again(
    consenting_house: House, outcome: str, said: str
) -> None:
    house = consenting_house
    mu = Drafter.of(house)
    draft = changed_draft(mu, house)
    propose(mu, draft)
    assert consent(house, case_of(house, draft), "admin_ke", outcome) == 200
    assert title_in_use(house) == "活动用品领用审批"
    assert said in mu.page(draft)
    assert propose(mu, draft) == 302


def test_what_is_not_sound_or_not_explained_is_not_proposed(consenting_house: House) -> None:
    house = consenting_house
    mu = Drafter.of(house)
    draft = changed_draft(mu, house)
    assert propose(mu, draft, why="") == 422
    english = mu.read(draft, "i18n/en.json").json
    texts = json.loads(english["text"])
    del texts["核对库存"]
    mu.save(draft, "i18n/en.json", json.dumps(texts, ensure_ascii=False), english["version"])
    mu.play(draft)
    unexplained = mu.send(f"/studio/drafts/{draft}/propose", {"why": "x"})
    assert unexplained.status_code == 422
    assert propose(mu, draft) == 302
    warnings = house.rows(select(proposal.c.warnings).where(proposal.c.draft_id == draft))[0][0]
    assert all(one["why"] == "in this small organisation" for one in warnings)
    other = changed_draft(mu, house, "另一个")
    facts = mu.read(other, "process.toml").json
    mu.save(other, "process.toml", facts["text"].replace("unit_clerk", "nobody"), facts["version"])
    assert propose(mu, other) == 422
    assert house.rows(select(proposal).where(proposal.c.draft_id == other)) == []


def test_what_is_in_use_already_is_not_proposed(consenting_house: House) -> None:
    mu = Drafter.of(consenting_house)
    assert propose(mu, mu.begin_from(version_of(consenting_house, "approve3"))) == 409


def test_a_second_click_proposes_once(consenting_house: House) -> None:
    house = consenting_house
    mu = Drafter.of(house)
    draft = changed_draft(mu, house)
    assert propose(mu, draft, idempotency_key="once") == 302
    # The page is the same page, and so is its key.
    assert propose(mu, draft, idempotency_key="once") == 302
    assert propose(mu, draft, idempotency_key="twice") == 409
    assert len(house.rows(select(proposal).where(proposal.c.draft_id == draft))) == 1


def test_the_version_before_is_proposed_again(consenting_house: House) -> None:
    house = consenting_house
    mu = Drafter.of(house)
    before = version_of(house, "approve3")
    draft = changed_draft(mu, house)
    propose(mu, draft)
    consent(house, case_of(house, draft), "admin_ke")
    assert mu.send(f"/studio/versions/{before}/propose", {"why": "改回来"}).status_code == 409
    assert mu.send(f"/studio/versions/{before}/stories").status_code == 302
    house.run_jobs()
    page = mu.browser.get(f"/studio/versions/{before}/propose").text
    assert mu.send(f"/studio/versions/{before}/propose", filled(page, why="")).status_code == 422
    back = mu.send(f"/studio/versions/{before}/propose", filled(page, why="改回来"))
    assert back.status_code == 302
    case = house.rows(select(proposal.c.instance_id).where(proposal.c.draft_id.is_(None)))[0][0]
    assert consent(house, case, "admin_lu") == 200
    assert version_of(house, "approve3") == before


def test_where_no_process_asks_for_consent_nothing_is_proposed(house: House) -> None:
    mu = Drafter.of(house)
    draft = changed_draft(mu, house)
    assert "No process is deployed that asks for consent" in mu.page(draft)
    assert propose(mu, draft) == 409


def test_whoever_consents_sees_what_was_proposed(consenting_house: House) -> None:
    house = consenting_house
    mu, ke = Drafter.of(house), Drafter.of(house, "admin_ke")
    draft = changed_draft(mu, house)
    propose(mu, draft)
    frozen = house.rows(select(candidate.c.id))[0].id
    # What is saved afterwards is not what was proposed.
    facts = mu.read(draft, "process.toml").json
    mu.save(draft, "process.toml", facts["text"] + "\n# later\n", facts["version"])
    page = ke.browser.get(f"/studio/candidates/{frozen}")
    assert page.status_code == 200
    assert "新的名称" in page.text
    assert house.browser("clerk_wang").get(f"/studio/candidates/{frozen}").status_code == 403
    assert ke.browser.get("/studio/candidates/" + "0" * 64).status_code == 404
    house.run_jobs()
    task_page = ke.browser.get(f"/tasks/{house.open_task(case_of(house, draft), 'consent')}")
    assert f"/studio/candidates/{frozen}" in task_page.text or "{candidate}" in task_page.text
    streams = {row.stream for row in house.rows(select(event.c.stream))}
    assert f"draft:{draft}" in streams
