"""Who signs, over HTTP and on the task's page: what is offered is what is allowed."""

from __future__ import annotations

from typing import Any

from tests.builders import House

#: What whoever holds a task may do with it beside deciding.
MORE = ["transfer", "delegate", "add_signers"]
FORM = {"wording": "一致的说法"}


def standing(house: House, person: str, task: str) -> dict[str, Any]:
    """The task as a person sees it: the signers by id."""
    found: dict[str, Any] = house.api(person).get(f"/tasks/{task}").json
    found["signers"] = {one["person"]: one for one in found["signers"]}
    return found


def test_a_decision_is_signed_by_others_first_and_stays_its_holders(house: House) -> None:
    task = house.open_task(house.start("petition", by="tian_ye"), "edit_two")
    holder, other = house.api("signer_00"), house.api("signer_01")
    assert standing(house, "signer_00", task)["verbs"] == ["complete", "claim", *MORE]
    body = {"people": ["signer_01", "signer_02"], "how": "before", "note": "请先看"}
    added = holder.post(f"/tasks/{task}/add_signers", body)
    assert added.status_code == 200, added.text
    assert added.json["task"] == {"id": task, "state": "open"}
    seen = standing(house, "signer_00", task)
    assert seen["rule"] == "all"
    assert seen["verbs"] == ["transfer", "remove_signer", "reorder_signers", "urge"]
    assert seen["tally"] == {"entitled": 3, "positive": 0, "negative": 0, "abstain": 0}
    first, second = seen["signers"]["signer_01"], seen["signers"]["signer_02"]
    assert (first["state"], first["added_by"], first["removable"]) == ("open", "signer_00", True)
    assert (second["state"], second["after"]) == ("waiting", "signer_01")
    assert seen["signers"]["signer_00"]["lead"]
    assert holder.complete(task, form=FORM).status_code == 409
    order = {"order": ["signer_00", "signer_02"]}
    assert holder.post(f"/tasks/{task}/reorder_signers", order).status_code == 200
    assert other.post(f"/tasks/{task}/remove_signer", {"person": "signer_02"}).status_code == 403
    assert holder.post(f"/tasks/{task}/remove_signer", {"person": "signer_02"}).status_code == 200
    gone = house.api("signer_02").complete(task, form=FORM)
    assert gone.json["type"] == "urn:gongban:problem:no_longer_asked"
    assert other.complete(task, form=FORM).json["task"]["state"] == "open"
    assert standing(house, "signer_00", task)["verbs"] == ["complete", *MORE]
    assert holder.complete(task, form=FORM).json["task"]["state"] == "completed"


def test_a_final_vote_is_not_offered_to_be_taken_back(house: House) -> None:
    task = house.open_task(house.start("petition", by="tian_ye"), "sign")
    caller = house.api("signer_00")
    seen = standing(house, "signer_00", task)
    assert seen["verbs"] == ["complete", *MORE]
    assert seen["ways_to_add"] == ["before", "after", "parallel"]
    assert caller.complete(task, "agree", None).status_code == 200
    assert standing(house, "signer_00", task)["verbs"] == ["urge"]
    refused = caller.post(f"/tasks/{task}/withdraw_vote")
    assert refused.json["type"] == "urn:gongban:problem:vote_is_final"
    assert refused.status_code == 409


def test_the_page_tells_who_asked_whom_and_whose_turn_it_is(house: House) -> None:
    case = house.start("petition", by="tian_ye")
    task = house.open_task(case, "edit_two")
    body = {"people": ["signer_01", "signer_02"], "how": "before"}
    assert house.api("signer_00").post(f"/tasks/{task}/add_signers", body).status_code == 200
    page = house.browser("signer_02", language="zh").get(f"/tasks/{task}").text
    assert "联署01之后" in page.replace(" ", "")
    assert "由联署00加签" in page
    assert "尚未轮到" in page
    assert "待联署01签署后轮到您办理" in page
    told = house.browser("tian_ye", language="zh").get(f"/cases/{case}").text
    assert "联署00请联署01、联署02先行签署“修改文本之二”（前加签）" in told
