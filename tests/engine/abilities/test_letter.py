from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest
from sqlalchemy import select

from engine.abilities.letter_data import letter_data
from engine.actors import SYSTEM
from engine.store.case import lock
from engine.store.tables import document_file, event, instance
from tests.engine.abilities.workshop import ACCOUNT, ID_CARD, House, Service, User

SOURCE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(font: "Noto Sans CJK SC", lang: "zh")
#data.title #data.case.number #data.case.verification_code
#data.document.id_card_no #data.document.bank_account #data.document.illness
#data.amounts_in_words.amount_fen
#for one in data.opinions [#one.name #one.label #one.opinion #one.by]
"""
NUMBER = Service("number", "numbering.next", {"sequence": '"DB-{number:03}"'})
LETTER = Service("letter", "letter.make", {"letter": '"decision"', "title": '"决定书"'}, "file")
ARCHIVE = Service("archive", "case.archive", into="archive")
FORM: dict[str, Any] = {
    "id_card_no": ID_CARD,
    "bank_account": ACCOUNT,
    "illness": "恶性肿瘤",
    "amount_fen": 300_000,
}


def make(house: House, *nodes: Any) -> str:
    nodes = nodes or (NUMBER, User("check"), LETTER, ARCHIVE, User("wait"))
    house.deploy(*nodes, letters={"decision": SOURCE})
    return house.start(**FORM)


def printed(house: House, case: str) -> str:
    row = house.row(document_file, id=house.document(case)["file"])
    content = house.engine.files.read(row["digest"])
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_a_letter_is_printed_from_the_case_and_kept_among_its_documents(house: House) -> None:
    case = make(house)
    house.complete(case, "check", "clerk", opinion="情况属实")
    row = house.row(document_file, instance_id=case)
    assert house.document(case)["file"] == row["id"]
    assert (row["kind"], row["name"], row["state"]) == ("letter", "决定书-decision.pdf", "valid")
    text = printed(house, case)
    for part in ("决定书", "DB-001", "人民币叁仟元整", "情况属实", "高文员"):
        assert part in text
    assert house.document(case)["archive"] == {"on": "2026-03-02", "documents": 1}


def test_sensitive_values_are_masked_by_their_kind(house: House) -> None:
    case = make(house)
    house.complete(case, "check", "clerk")
    text = printed(house, case)
    assert ID_CARD[-4:] in text
    assert ACCOUNT[-4:] in text
    for secret in (ID_CARD, ACCOUNT, "恶性肿瘤"):
        assert secret not in text
        assert secret not in house.everything()


def test_the_verification_code_is_the_head_of_the_trail_before_the_letter(house: House) -> None:
    case = make(house)
    house.complete(case, "check", "clerk")
    events = house.rows(event, stream=f"instance:{case}")
    made = next(row for row in events if row["type"] == "letter.made")
    before = next(row for row in events if row["seq"] == made["seq"] - 1)
    code = before["hash"].hex()[:16]
    grouped = " ".join(code[start : start + 4] for start in range(0, 16, 4))
    assert grouped.replace(" ", "") in printed(house, case).replace(" ", "")


def test_a_letter_of_a_withdrawn_case_stays_and_is_void(house: House) -> None:
    case = make(house, LETTER, User("wait"))
    # The letter names a number that the case has not got; the data say so with an empty text.
    assert house.problems() == []
    house.withdraw(case)
    assert house.row(document_file, instance_id=case)["state"] == "void"
    assert house.effects(case) == {"letter.make": "void void"}


@pytest.mark.parametrize("name", ["nothing", "../process", "decision.typ"])
def test_a_letter_the_package_does_not_have_is_named_as_a_mistake(house: House, name: str) -> None:
    make(house, Service("letter", "letter.make", {"letter": f'"{name}"', "title": '"x"'}))
    assert "argument=letter" in house.problems()[0]
    assert house.rows(document_file) == []


def test_the_data_of_a_letter_are_what_the_contract_says(house: House) -> None:
    case = make(house, NUMBER, User("check"), User("wait"))
    house.complete(case, "check", "clerk", opinion="同意")
    house.write(case, suggestion={"suggested_fen": 12_345}, members=[{"income_fen": 100}, {}])
    with house.engine.command(SYSTEM) as uow:
        locked = lock(uow, case)
        data = letter_data(uow, locked, "决定书")
        assert uow.execute(select(instance.c.id)).scalar_one() == case
    assert sorted(data) == [
        "amounts_in_words",
        "attachments",
        "case",
        "document",
        "generated_at",
        "opinions",
        "results",
        "signers",
        "title",
    ]
    assert data["case"]["started"] == "2026-03-02"
    assert data["generated_at"] == "2026-03-02T09:00:00+08:00"
    assert data["amounts_in_words"] == {
        "amount_fen": "人民币叁仟元整",
        "suggestion": {"suggested_fen": "人民币壹佰贰拾叁元肆角伍分"},
        "members": [{"income_fen": "人民币壹元整"}, None],
    }
    assert data["opinions"] == [
        {
            "step": "check",
            "name": "check",
            "outcome": "complete",
            "label": "完成",
            "opinion": "同意",
            "by": "高文员",
            "for": "",
            "at": "2026-03-02T09:00:00+08:00",
            "how": "person",
            "how_text": "",
        }
    ]
