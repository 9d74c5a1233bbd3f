"""Sending back, taking back, changing who signs and repairing a case, by the plain forms of the pages."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from engine.store.tables import case_document, instance, recusal, task
from tests.builders import House
from tests.webapp.test_secrets_at_rest import ID_CARD, start_illness_case

WHY = {"reason": "缺少盖章"}


def at_the_chair(house: House) -> tuple[str, str]:
    """A case that the clerk has agreed to, and the chair's task."""
    case = house.start()
    checked = house.open_task(case, "check")
    answer = house.api("clerk_wang").complete(checked, "agree", {"stock_note": "库存充足"})
    assert answer.status_code == 200, answer.text
    return case, house.open_task(case, "approve")


def state(house: House, case: str) -> str:
    return str(house.rows(select(instance.c.state).where(instance.c.id == case))[0].state)


def shown(house: House, person: str, path: str) -> str:
    answer = house.browser(person, "zh").get(path)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


# --- sending back ---------------------------------------------------------------------------------


def test_the_chair_sends_back_to_the_clerk_and_everybody_reads_why(house: House) -> None:
    case, approve = at_the_chair(house)
    page = shown(house, "chair_han", f"/tasks/{approve}")
    assert 'value="check"' in page
    assert "王海燕" in page
    assert "申请人" in page
    sent = {"target": "check", "then": "jump", **WHY}
    answer = house.browser("chair_han", "zh").post(f"/tasks/{approve}/send_back", sent)
    assert answer.status_code == 302, answer.text
    again = house.open_task(case, "check")
    page = shown(house, "clerk_wang", f"/tasks/{again}")
    assert "退回到“核对库存”" in page
    assert "缺少盖章" in page
    assert "已退回重办" in page
    house.api("clerk_wang").complete(again, "agree", {"stock_note": "已补盖章"})
    assert house.open_task(case, "approve")


def test_no_reason_or_no_such_place_sends_nothing_back(small_house: House) -> None:
    _case, approve = at_the_chair(small_house)
    chair = small_house.browser("chair_han", "zh")
    assert chair.post(f"/tasks/{approve}/send_back", {"target": "check"}).status_code == 422
    sent = {"target": "approve", **WHY}
    assert chair.post(f"/tasks/{approve}/send_back", sent).status_code == 409


@pytest.mark.parametrize(("person", "status"), [("clerk_wang", 403), ("tian_ye", 404)])
def test_who_does_not_decide_sends_nothing_back(
    small_house: House, person: str, status: int
) -> None:
    _case, approve = at_the_chair(small_house)
    sent = {"target": "check", **WHY}
    answer = small_house.browser(person).post(f"/tasks/{approve}/send_back", sent)
    assert answer.status_code == status
    if status == 403:
        page = shown(small_house, person, f"/tasks/{approve}")
        assert f"/tasks/{approve}/send_back" not in page


# --- taking back ----------------------------------------------------------------------------------


def test_the_clerk_takes_back_until_the_chair_has_it(house: House) -> None:
    case, approve = at_the_chair(house)
    done = house.rows(select(task.c.id).where(task.c.element_id == "check"))[0].id
    assert f"/tasks/{done}/take_back" in shown(house, "clerk_wang", f"/cases/{case}")
    assert f"/tasks/{done}/take_back" not in shown(house, "chen_jing", f"/cases/{case}")
    assert house.browser("tian_ye").post(f"/tasks/{done}/take_back").status_code == 404
    answer = house.browser("clerk_wang", "zh").post(f"/tasks/{done}/take_back")
    assert answer.headers["Location"] == f"/cases/{case}"
    again = house.open_task(case, "check")
    house.api("clerk_wang").complete(again, "agree", {"stock_note": "库存"})
    approve = house.open_task(case, "approve")
    house.browser("chair_han").post(f"/tasks/{approve}/claim")
    assert "/take_back" not in shown(house, "clerk_wang", f"/cases/{case}")
    answer = house.browser("clerk_wang").post(f"/tasks/{again}/take_back")
    assert answer.status_code == 409


def test_the_applicant_takes_the_case_back_to_change_it(house: House) -> None:
    case = start_illness_case(house)
    house.run_jobs()
    assert f"/cases/{case}/revise" in shown(house, "chen_jing", f"/cases/{case}")
    assert f"/cases/{case}/revise" not in shown(house, "clerk_wang", f"/cases/{case}")
    assert house.browser("clerk_wang").post(f"/cases/{case}/revise").status_code in (403, 404)
    assert house.browser("tian_ye").post(f"/cases/{case}/revise").status_code == 404
    answer = house.browser("chen_jing", "zh").post(f"/cases/{case}/revise", {"reason": "改数量"})
    assert answer.status_code == 302, answer.text
    mine = house.open_task(case)
    page = shown(house, "chen_jing", f"/cases/{case}")
    assert f"/tasks/{mine}" in page
    assert "陈静撤回" in page


# --- who signs ------------------------------------------------------------------------------------


def test_a_signer_is_added_and_taken_off_again(house: House) -> None:
    case = house.start()
    checked = house.open_task(case, "check")
    page = shown(house, "clerk_wang", f"/tasks/{checked}")
    offered = re.findall(r'name="people" value="(\w+)"', page)
    assert offered
    clerk = house.browser("clerk_wang", "zh")
    sent = {"people": offered[0], "how": "parallel", "note": "请一并核对"}
    answer = clerk.post(f"/tasks/{checked}/add_signers", sent)
    assert answer.headers["Location"] == f"/tasks/{checked}"
    page = shown(house, "clerk_wang", f"/tasks/{checked}")
    assert "由王海燕" in page
    assert f'<option value="{offered[0]}"' in page
    assert f"/tasks/{checked}/remove_signer" not in shown(house, offered[0], f"/tasks/{checked}")
    answer = clerk.post(f"/tasks/{checked}/remove_signer", {"person": offered[0], **WHY})
    assert answer.status_code == 302, answer.text
    assert f"/tasks/{checked}/remove_signer" not in shown(house, "clerk_wang", f"/tasks/{checked}")


def test_those_who_wait_change_places_by_the_page(house: House) -> None:
    signing = house.open_task(house.start("petition", by="tian_ye"), "edit_two")
    holder = house.browser("signer_00", "zh")
    people = [f"signer_0{number}" for number in (1, 2, 3)]
    holder.post(f"/tasks/{signing}/add_signers", {"people": people, "how": "before"})
    page = shown(house, "signer_00", f"/tasks/{signing}")
    # The first has been asked; the others and the holder wait, each place with who stands there.
    dialog = page[page.index('id="verb-reorder_signers"') :]
    dialog = dialog[: dialog.index("</dialog>")]
    places = re.findall(r'<option value="(\w+)" selected>', dialog)
    assert places == ["signer_02", "signer_03", "signer_00"]
    order = {"order": ["signer_03", "signer_02", "signer_00"], "reason": "后者更熟悉"}
    answer = holder.post(f"/tasks/{signing}/reorder_signers", order)
    assert answer.status_code == 302, answer.text
    form = {"wording": "一致的说法"}
    for person in ("signer_01", "signer_03", "signer_02", "signer_00"):
        answer = house.api(person).complete(signing, form=form)
        assert answer.status_code == 200, (person, answer.text)


def test_who_is_not_impartial_steps_aside_from_the_tasks_page(house: House) -> None:
    case = house.start()
    checked = house.open_task(case, "check")
    clerk = house.browser("clerk_wang", "zh")
    assert f"/tasks/{checked}/recuse" in shown(house, "clerk_wang", f"/tasks/{checked}")
    answer = clerk.post(f"/tasks/{checked}/recuse", {"reason": "亲属"})
    assert answer.headers["Location"] == "/inbox"
    (row,) = house.rows(select(recusal.c.person_id, recusal.c.instance_id))
    assert (row.person_id, row.instance_id) == ("clerk_wang", case)
    assert house.browser("tian_ye").post(f"/tasks/{checked}/recuse").status_code == 404


# --- administrators -------------------------------------------------------------------------------


def administer(house: House, case: str, verb: str, **sent: str) -> int:
    form = {"sure": "yes", **WHY, **sent}
    return house.browser("admin_mu", "zh").post(f"/cases/{case}/{verb}", form).status_code


def test_a_case_stands_still_and_goes_on(house: House) -> None:
    case, approve = at_the_chair(house)
    assert administer(house, case, "suspend") == 302
    assert state(house, case) == "suspended"
    for person, path in (("chair_han", f"/tasks/{approve}"), ("chen_jing", f"/cases/{case}")):
        page = shown(house, person, path)
        assert "本件已暂停" in page
        assert "缺少盖章" in page
        assert 'id="admin"' not in page
    assert f"/tasks/{approve}/send_back" not in shown(house, "chair_han", f"/tasks/{approve}")
    assert "/suspend" not in shown(house, "admin_mu", f"/cases/{case}")
    assert administer(house, case, "resume") == 302
    assert state(house, case) == "active"


def test_a_value_is_corrected_in_the_units_people_write(house: House) -> None:
    case, _approve = at_the_chair(house)
    page = shown(house, "admin_mu", f"/cases/{case}")
    assert 'id="admin"' in page
    assert "¥ 1,600.00" in page
    found = re.search(
        rf'action="/cases/{case}/correct#admin".*?name="version" value="(\d+)"', page, re.S
    )
    assert found
    version = found.group(1)
    sent = {"field": "value_fen", "value": "1,234.5", "version": version}
    assert administer(house, case, "correct", **sent) == 302
    statement = select(case_document.c.content).where(case_document.c.instance_id == case)
    assert house.rows(statement)[0].content["value_fen"] == 123450
    # Somebody else has corrected it since this page was opened.
    assert administer(house, case, "correct", **{**sent, "value": "9"}) == 409
    for field, value in (("value_fen", "viel"), ("nothing", "1"), ("applicant", "x")):
        sent = {"field": field, "value": value, "version": str(int(version) + 1)}
        assert administer(house, case, "correct", **sent) == 422


def test_a_task_is_moved_and_given_to_somebody_else(house: House) -> None:
    case, approve = at_the_chair(house)
    assert administer(house, case, "move", task=approve, target="check") == 302
    checked = house.open_task(case, "check")
    assert administer(house, case, "reassign", part=checked, to="没有这人") == 422
    form = {"sure": "yes", **WHY, "part": checked, "to": "没有这人"}
    again = house.browser("admin_mu", "zh").post(f"/cases/{case}/reassign", form).text
    assert 'value="没有这人"' in again
    assert WHY["reason"] in again
    assert '<details class="act no-print" open>' in again
    assert administer(house, case, "reassign", part=checked, to="韩立新") == 302
    assert "韩立新" in shown(house, "chen_jing", f"/cases/{case}")
    other = house.open_task(house.start(by="tian_ye"))
    assert administer(house, case, "reassign", part=other, to="韩立新") == 404


def test_a_case_is_ended_only_with_the_tick_and_a_reason(house: House) -> None:
    case, _approve = at_the_chair(house)
    assert administer(house, case, "terminate", sure="", effects="undo") == 422
    assert state(house, case) == "active"
    assert administer(house, case, "terminate", reason=" ", effects="undo") == 422
    assert administer(house, case, "terminate", effects="undo") == 302
    assert state(house, case) == "terminated"
    assert 'id="admin"' not in shown(house, "admin_mu", f"/cases/{case}")


@pytest.mark.parametrize("verb", ["suspend", "resume", "terminate", "move", "reassign", "correct"])
def test_nobody_else_administers_a_case(small_house: House, verb: str) -> None:
    case, _approve = at_the_chair(small_house)
    for person in ("chen_jing", "clerk_wang", "chair_han", "tian_ye"):
        answer = small_house.browser(person).post(f"/cases/{case}/{verb}", {"sure": "yes", **WHY})
        assert answer.status_code == 404


def test_administrators_see_a_case_without_what_is_sealed_in_it(small_house: House) -> None:
    case = start_illness_case(small_house)
    page = shown(small_house, "admin_mu", f"/cases/{case}")
    assert ID_CARD not in page
    assert '<option value="id_card_no"' not in page
    assert '<option value="hospital"' in page
    assert "diagnosis.pdf" not in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    sent = {"field": "id_card_no", "value": "1", "version": version.group(1)}
    assert administer(small_house, case, "correct", **sent) == 422
    answer = small_house.browser("admin_mu").post(f"/cases/{case}/reveal/id_card_no")
    assert answer.status_code in (403, 404)
