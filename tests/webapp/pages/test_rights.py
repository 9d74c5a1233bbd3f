"""Who may do what to what: role × object × verb, in full.

One aid case has been paid and received, its notice ended; one small case waits for its check. Each line of the table
is an object with a verb, each column a person; what is written there is the answer's status.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.store.tables import document_file, notice, payment_batch
from engine.testing.outside import answer_payments
from tests.builders import House, illness_story, open_house
from tests.webapp.conftest import Prepared
from tests.webapp.test_secrets_at_rest import ACCOUNT, application, go_through

#: The columns: who asks, and as what.
PEOPLE = {
    "applicant": "chen_jing",  # whose case it is
    "candidate": "zhi_clerk_gao",  # acted in the case
    "clerk": "clerk_wang",  # acted in it, and has the small case's task
    "finance": "caiwu_qian",  # checked the payment
    "cashier": "chuna_shi",  # handles the fund's payments
    "archivist": "dangan_ou",  # named as a reader by the package, without a part in the case
    "copied": "signer_00",  # of another unit, with a copy of the case
    "colleague": "sun_li",  # of the applicant's unit
    "stranger": "tian_ye",  # of another unit
    "other_clerk": "clerk_bai",  # the same office in another unit
    "admin": "admin_mu",
    "auditor": "auditor_gu",
    "security": "security_tu",
}
YES, NO, HIDDEN = 200, 403, 404


def only(*names: str, otherwise: int = HIDDEN) -> dict[str, int]:
    """200 for those named, the other status for everybody else."""
    return {name: YES if name in names else otherwise for name in PEOPLE}


#: Those who acted in the case, the readers its package names, and who has a copy.
INVOLVED = ("applicant", "candidate", "clerk", "finance", "archivist", "copied")
OF_THE_UNIT = ("applicant", "clerk", "colleague")

#: Whoever looks after cases sees them as well, without what is sealed and without files (decision 8).
SEEING = (*INVOLVED, "admin")
#: object, verb → who gets which status. The addresses come from the fixture.
READING: dict[str, dict[str, int]] = {
    "case page": only(*SEEING),
    "case over the API": only(*SEEING),
    "history": only(*SEEING),
    "diagram": only(*SEEING),
    "case status": only(*SEEING),
    "remarks over the API": only(*SEEING),
    "people of the case over the API": only(*SEEING),
    "open task page": only("applicant", "clerk", "admin"),
    "open task over the API": only("applicant", "clerk", "admin"),
    "attachment": only(*INVOLVED),
    "letter": only(*INVOLVED),
    "own upload of the applicant": only("applicant"),
    # Only with its batch, where each time is on the record.
    "bank file as a file": only(),
    "notice": only(*OF_THE_UNIT),
    "inbox": only(*PEOPLE),
    "cases": only(*PEOPLE),
    "home": only(*PEOPLE),
    # Heads have them, too: test_dashboard.py.
    "figures": only("admin", "auditor", "security", otherwise=NO),
    "figures as a file": only("admin", "auditor", "security", otherwise=NO),
    "cases that are counted": only("admin", "auditor", "security", otherwise=NO),
    "cases that are counted, as a file": only("admin", "auditor", "security", otherwise=NO),
    "own cases as a file": only(*PEOPLE),
    "notices": only(*PEOPLE),
    "profile": only(*PEOPLE),
    "messages": only(*PEOPLE),
    "what is sent to me": only(*PEOPLE),
    "webhooks": only("admin", otherwise=NO),
    "start": only(*PEOPLE),
    "processes of the administrators": only("admin", otherwise=NO),
    "incidents": only("admin", otherwise=NO),
    "calendar": only("admin", otherwise=NO),
    "what nobody can do": only("admin", otherwise=NO),
    "what nobody can do over the API": only("admin", otherwise=NO),
    "people": only("admin", otherwise=NO),
    "one of the people": only("admin", otherwise=NO),
    "units": only("admin", otherwise=NO),
    "one of the units": only("admin", otherwise=NO),
    "definitions over the API": only("admin", otherwise=NO),
    "audit": only("auditor", "security", otherwise=NO),
    "audit export": only("auditor", "security", otherwise=NO),
    "batch file": only("finance", "cashier"),
}
#: Writes that must be refused to those without the right; who has it is tried in the stories.
WRITING: dict[str, dict[str, int]] = {
    "reveal": {
        **only("applicant"),
        "candidate": NO,
        "clerk": NO,
        "finance": NO,
        "copied": NO,
    },
    "withdraw": {
        **only(),
        "applicant": 409,
        "candidate": NO,
        "clerk": NO,
        "finance": NO,
        "copied": NO,
    },
    "say something about the case": only(*SEEING),
    # The right to read does not spread by itself: only who takes part passes it on.
    "send a copy of the case": {
        **only("applicant", "candidate", "clerk", "finance"),
        "archivist": NO,
        "copied": NO,
        "admin": NO,
    },
    "urge the open task": {**only("applicant"), "clerk": NO, "admin": NO},
    "claim the open task": {**only("clerk"), "applicant": NO},
    "complete the open task": {**only("clerk"), "applicant": NO},
    "object to the notice": {
        **only(),
        "applicant": NO,
        "clerk": 409,
        "colleague": 409,
    },
    "retry an incident": {**only(otherwise=NO), "admin": HIDDEN},
    "add a working day": {**only(otherwise=NO), "admin": 422},
    "add a webhook": {**only(otherwise=NO), "admin": 422},
    "test a webhook": {**only(otherwise=NO), "admin": HIDDEN},
    "remove a webhook": {**only(otherwise=NO), "admin": HIDDEN},
    "send again what was given up": {**only(otherwise=NO), "admin": HIDDEN},
    "add a webhook of one's own": only(otherwise=NO),
    "add a person": {**only(otherwise=NO), "admin": 422},
    "change a person": {**only(otherwise=NO), "admin": 422},
    "enter that somebody leaves": {**only(otherwise=NO), "admin": 422},
    "shut somebody out": only("admin", otherwise=NO),
    "give a password": {**only(otherwise=NO), "admin": HIDDEN},
    "give a role": {**only(otherwise=NO), "admin": 422},
    "end a role": {**only(otherwise=NO), "admin": HIDDEN},
    "add a unit": {**only(otherwise=NO), "admin": 422},
    "rename a unit": {**only(otherwise=NO), "admin": 422},
    "merge a unit": {**only(otherwise=NO), "admin": 422},
    "verify the trail": only("auditor", "security", otherwise=NO),
    "bank's reply": {**only(), "finance": 422, "cashier": 422},
}


@dataclass
class Scene:
    """The house with its cases, and the address of every object."""

    house: House
    addresses: dict[str, str]


@pytest.fixture(scope="module")
def scene(
    sqlite_organisation: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """Built once: the table only looks, or is refused."""
    folder = tmp_path_factory.mktemp("rights")
    database = folder / "rights.db"
    database.write_bytes(Path(sqlite_organisation.template).read_bytes())
    with open_house(f"sqlite:///{database}", folder / "home", sqlite_organisation.keys) as house:
        yield Scene(house, _objects(house))


def _objects(house: House) -> dict[str, str]:
    upload = house.upload("chen_jing", "noch-nicht-verwendet.pdf")
    case = house.start("illness_aid", application(house))
    steps = illness_story()["steps"]
    go_through(house, case, steps[1:], until="finance_check")
    published = house.rows(select(notice.c.id, notice.c.ends_on))[0]
    house.clock.set(house.clock.now().replace(month=3, day=12))
    house.run_jobs()
    house._tokens.clear()
    go_through(house, case, [one for one in steps if one.get("task") == "finance_check"], until="")
    house.run_jobs()
    answer_payments(house.engine, "paid", "")
    go_through(house, case, [one for one in steps if one.get("task") == "confirm_receipt"], "")
    house.run_jobs()
    batch = house.rows(select(payment_batch.c.id, payment_batch.c.file_id))[0]
    files = {
        kind: house.rows(
            select(document_file.c.id).where(
                document_file.c.instance_id == case, document_file.c.kind == kind
            )
        )[0].id
        for kind in ("attachment", "letter")
    }
    given = house.api("chen_jing").post(f"/instances/{case}/copy", {"people": ["signer_00"]})
    assert given.status_code == 200
    waiting = house.start()
    task = house.open_task(waiting)
    return {
        "case page": f"/cases/{case}",
        "case over the API": f"/api/v1/instances/{case}",
        "history": f"/api/v1/instances/{case}/history",
        "diagram": f"/api/v1/instances/{case}/diagram",
        "case status": f"/cases/{case}/status",
        "remarks over the API": f"/api/v1/instances/{case}/comments",
        "people of the case over the API": f"/api/v1/instances/{case}/people",
        "open task page": f"/tasks/{task}",
        "open task over the API": f"/api/v1/tasks/{task}",
        "attachment": f"/api/v1/files/{files['attachment']}",
        "letter": f"/api/v1/files/{files['letter']}",
        "own upload of the applicant": f"/api/v1/files/{upload}",
        "bank file as a file": f"/api/v1/files/{batch.file_id}",
        "notice": f"/notices/{published.id}",
        "inbox": "/inbox",
        "cases": "/cases",
        "home": "/",
        "figures": "/dashboard",
        "figures as a file": "/dashboard.xlsx",
        "cases that are counted": "/cases?scope=all",
        "cases that are counted, as a file": "/cases.xlsx?scope=all",
        "own cases as a file": "/cases.xlsx",
        "notices": "/notices",
        "profile": "/profile",
        "messages": "/notifications",
        "what is sent to me": "/profile/notifications",
        "webhooks": "/admin/webhooks",
        "add a webhook": "/admin/webhooks",
        "test a webhook": f"/admin/webhooks/{'0' * 26}/test",
        "remove a webhook": f"/admin/webhooks/{'0' * 26}/remove",
        "send again what was given up": f"/admin/deliveries/{'0' * 26}/retry",
        "add a webhook of one's own": "/profile/webhooks",
        "start": "/start",
        "processes of the administrators": "/admin/processes",
        "incidents": "/admin/incidents",
        "calendar": "/admin/calendar",
        "what nobody can do": "/admin/stuck",
        "what nobody can do over the API": "/api/v1/tasks/stuck",
        "people": "/admin/people",
        "one of the people": "/admin/people/sun_li",
        "units": "/admin/units",
        "one of the units": "/admin/units/nonglin",
        "add a person": "/admin/people",
        "change a person": "/admin/people/sun_li/edit",
        "enter that somebody leaves": "/admin/people/sun_li/leave",
        "shut somebody out": "/admin/people/sun_li/disable",
        "give a password": "/admin/people/nobody/password",
        "give a role": "/admin/people/sun_li/roles",
        "end a role": f"/admin/people/sun_li/roles/{'0' * 26}/end",
        "add a unit": "/admin/units/nonglin/add",
        "rename a unit": "/admin/units/nonglin/rename",
        "merge a unit": "/admin/units/nonglin/merge",
        "definitions over the API": "/api/v1/definitions",
        "audit": "/audit",
        "audit export": "/audit/export",
        "batch file": f"/payments/{batch.id}/file",
        "reveal": f"/cases/{case}/reveal/bank_account",
        "withdraw": f"/cases/{case}/withdraw",
        "say something about the case": f"/cases/{case}/comment",
        "send a copy of the case": f"/cases/{case}/copy",
        "urge the open task": f"/tasks/{task}/urge",
        "complete the open task": f"/tasks/{task}/complete",
        "claim the open task": f"/tasks/{task}/claim",
        "object to the notice": f"/notices/{published.id}/object",
        "retry an incident": f"/admin/incidents/{'0' * 26}/retry",
        "add a working day": "/admin/calendar",
        "verify the trail": "/audit/verify",
        "bank's reply": f"/payments/{batch.id}/reply",
    }


@pytest.mark.parametrize("what", READING)
def test_reading_is_for_those_in_the_table(scene: Scene, what: str) -> None:
    found = {
        name: scene.house.browser(person).get(scene.addresses[what]).status_code
        for name, person in PEOPLE.items()
    }
    assert found == READING[what]


@pytest.mark.parametrize("what", WRITING)
def test_writing_is_for_those_in_the_table(scene: Scene, what: str) -> None:
    found: dict[str, int] = {}
    # Those who may come last: their success must not decide what the others are told.
    for name in sorted(PEOPLE, key=lambda one: WRITING[what][one] == YES):
        browser = scene.house.browser(PEOPLE[name])
        status = browser.post(scene.addresses[what], _form(what)).status_code
        found[name] = YES if status == 302 else status
    assert found == WRITING[what]


def _form(what: str) -> dict[str, Any]:
    return {
        "enter that somebody leaves": {"on": "no day"},
        "shut somebody out": {"disabled": "no"},
        "complete the open task": {"outcome": "agree"},
        "say something about the case": {"text": "收到"},
        # Who has one already: the table must not change while it is read.
        "send a copy of the case": {"names": "联署00"},
        "object to the notice": {"real_name": "某某", "contact": "1", "content": "有异议的说明"},
        "bank's reply": {"reply": (_file("nonsense"), "reply.csv")},
    }.get(what, {})


def _file(text: str) -> Any:
    from io import BytesIO

    return BytesIO(text.encode())


def test_the_list_of_payments_shows_nothing_to_others(scene: Scene) -> None:
    shown = {
        name
        for name, person in PEOPLE.items()
        if "FB-2026-" in scene.house.browser(person).get("/payments").text
    }
    assert shown == {"finance", "cashier"}


def test_lists_hold_only_what_may_be_opened(scene: Scene) -> None:
    case = scene.addresses["case page"]
    for name, person in PEOPLE.items():
        browser = scene.house.browser(person)
        for page in (
            "/cases",
            "/inbox?box=pool",
            "/inbox?box=todo",
            "/inbox?box=done",
            "/inbox?box=cc",
            "/notices",
        ):
            if case in browser.get(page).text:
                assert READING["case page"][name] == YES, (name, page)


def test_a_look_at_a_sensitive_value_is_on_the_record(scene: Scene) -> None:
    browser = scene.house.browser("chen_jing")
    page = browser.post(scene.addresses["reveal"], **{"HX-Request": "true"})
    assert ACCOUNT in page.text
    assert page.headers["Cache-Control"] == "no-store"
    told = scene.house.api("chen_jing").get(scene.addresses["history"].removeprefix("/api/v1"))
    last = told.json["items"][-1]
    assert (last["type"], last["actor"]) == ("field.revealed", "chen_jing")
    assert last["payload"]["field"] == "bank_account"
    assert ACCOUNT not in told.text
    plain = browser.post(scene.addresses["reveal"])
    assert ACCOUNT in plain.text
    assert "Set-Cookie" not in plain.headers  # a cookie would keep the value in the clear
