"""The form of approval on paper: what it says, who gets it, and checking one that somebody brings."""

from __future__ import annotations

import io
import re
import threading

import pypdf
from sqlalchemy import select, update

from engine.press import Press
from engine.store.tables import event, instance, task
from tests.builders import House
from tests.webapp.test_secrets_at_rest import start_illness_case


def form_of(house: House, case: str, person: str = "clerk_wang", lang: str = "zh") -> str:
    answer = house.browser(person, lang).get(f"/api/v1/instances/{case}/approval-form?lang={lang}")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    assert b"pdfaid:part" in answer.data  # PDF/A says so of itself
    pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    size = pages[0].mediabox
    assert (round(float(size.width)), round(float(size.height))) == (595, 842)
    return "\n".join(page.extract_text() for page in pages)


def checked(house: House) -> str:
    """A case whose first step is done."""
    case = house.start()
    opinion = "库存充足 \U0001f600"
    house.api("clerk_wang").complete(house.open_task(case), "agree", opinion=opinion)
    return case


def code_on(text: str) -> str:
    found = re.search(r"[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}", text)
    assert found is not None
    return found[0]


def test_any_process_has_a_form_with_all_that_is_filed(house: House) -> None:
    case = checked(house)
    file = house.upload("chen_jing", "清单.pdf")
    house.api("chen_jing").post(f"/instances/{case}/attach", {"files": [file]})
    text = form_of(house, case)
    for part in (
        "省直机关工会",
        "活动用品领用审批表",
        "陈静",
        "用品名称",
        "羽毛球拍",
        "¥ 1,600.00",
        "人民币壹仟陆佰元整",
        "核对库存",
        "库存充足",
        "签名：王海燕",
        "清单.pdf",
        "第 1 页，共 1 页",
        case,
    ):
        assert part in text, part
    digest = house.api("chen_jing").get(f"/instances/{case}/comments").json["items"][0]
    assert digest["files"][0]["digest"] in text
    # What no font has is printed as a stop-gap, and nothing is left out.
    assert "〓" in text


def test_the_form_is_there_in_english_too(small_house: House) -> None:
    text = form_of(small_house, checked(small_house), lang="en")
    assert "page 1 of 1" in text
    assert "signed: 王海燕" in text


def test_what_nobody_decided_says_so_on_paper(small_house: House) -> None:
    house, cases = small_house, []
    for how, owner in (("timeout", None), ("proxy", "chair_han"), ("repeated", None)):
        case = checked(house)
        with house.engine.database.write() as connection:
            values = {"decided_how": how, "completed_for": owner}
            connection.execute(
                update(task)
                .where(task.c.instance_id == case, task.c.state == "completed")
                .values(values)
            )
            connection.commit()
        cases.append(case)
    assert "超时自动" in form_of(house, cases[0])
    assert "代理（王海燕代" in form_of(house, cases[1])
    assert "去重跳过" in form_of(house, cases[2])


def test_a_package_prints_its_own_form_and_masks_what_is_sensitive(small_house: House) -> None:
    case = start_illness_case(small_house)
    small_house.run_jobs()
    text = form_of(small_house, case)
    assert "重大疾病帮扶审批表" in text
    assert "一、申请人" in text
    assert "九、附件" in text
    assert "bill_1.pdf" in text
    assert not re.search(r"\d{17}[\dX]", text)


def test_the_form_is_for_those_who_may_open_the_files(small_house: House) -> None:
    case = checked(small_house)
    path = f"/api/v1/instances/{case}/approval-form"
    for person in ("tian_ye", "admin_mu"):
        assert small_house.browser(person).get(path).status_code == 404, person
    for person in ("chen_jing", "clerk_wang", "chair_han"):
        assert small_house.browser(person).get(path).status_code == 200, person
    assert path in small_house.browser("clerk_wang").get(f"/cases/{case}").text
    assert path not in small_house.browser("admin_mu").get(f"/cases/{case}").text


def test_printing_is_bounded(small_house: House) -> None:
    house = small_house
    case = checked(house)
    house.engine.press = Press(places=1, most_waiting=0, wait_s=0.1)
    inside, leave = threading.Event(), threading.Event()

    def hold() -> bytes:
        inside.set()
        assert leave.wait(20)
        return b""

    holding = threading.Thread(target=house.engine.press.make, args=("other", hold))
    holding.start()
    assert inside.wait(20)
    answer = house.browser("clerk_wang").get(f"/api/v1/instances/{case}/approval-form")
    leave.set()
    holding.join(20)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.json["type"] == "urn:gongban:problem:busy"


def test_a_printed_form_is_checked_by_number_and_code_without_signing_in(house: House) -> None:
    case = checked(house)
    code = code_on(form_of(house, case))
    visitor = house.app.test_client()

    def answer(number: str, code: str) -> str:
        query = {"number": number, "code": code}
        return visitor.get("/check", query_string=query, headers={"Accept-Language": "zh"}).text

    page = answer(case, code.upper().replace(" ", ""))
    assert "这份审批表是真的" in page
    assert "¥ 1,600.00" in page
    assert "陈**" in page
    assert "陈静" not in page
    assert "是最新的" in page
    house.browser("chen_jing").post(f"/cases/{case}/comment", {"text": "补充一句"})
    assert "此后又有1条记录" in answer(case, code)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    for number, tried in ((case, wrong), ("no-such-number", code), (case, "%"), (case, "")):
        page = answer(number, tried)
        assert "没有找到" in page
        assert "¥ 1,600.00" not in page
    heads = {row.hash.hex()[:16] for row in house.rows(select(event.c.hash))}
    assert code.replace(" ", "") in heads
    assert house.rows(select(instance.c.audit_length).where(instance.c.id == case))[0][0] > 1
