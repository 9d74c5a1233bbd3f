"""Letters compile to PDF/A with the fonts that every installation has, from full and from empty data."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import pypdf
import pytest
import typst

from engine.how_decided import PERSON, PROXY, REPEATED, TIMEOUT, printed

PROCESSES = Path(__file__).parents[2] / "processes"
LETTERS = sorted(PROCESSES.glob("*/letters/*.typ"))
FONTS = [str(Path(noto_cjk_sans_otc.__file__).parent)]
VISIT = {
    "visited_on": "2026-03-02",
    "method": "home",
    "place": "申请人家中",
    "findings": "到申请人家中走访，情况与申请所述一致。" * 6,
}
DOCUMENT: dict[str, Any] = {
    "applicant": {
        "id": "chen_jing",
        "name": "陈静",
        "unit": "nonglin",
        "unit_name": "省农林厅工会",
        "member_no": "NL-00017",
        "gender": "female",
        "birth_date": "1981-04-12",
        "join_date": "2006-07-01",
        "employment_type": "civil_servant",
    },
    "applied_on": "2026-03-02",
    "id_card_no": "**************5026",
    "mobile": "139****0017",
    "disease_name": "***",
    "hospital": "省人民医院",
    "diagnosed_on": "2025-12-10",
    "first_diagnosis": "yes",
    "cost_from": "2026-01-05",
    "cost_to": "2026-02-20",
    "total_cost_fen": 9800000,
    "insurance_paid_fen": 5500000,
    "other_paid_fen": 800000,
    "self_paid_fen": 3500000,
    "verified_self_paid_fen": 3500000,
    "prior_aid_fen": 0,
    "household_size": 3,
    "household_income_fen": 18000000,
    "housing_count": 1,
    "household_members": [
        {"relation": "配偶", "name": "周明", "job": "职工", "income_fen": 7200000}
    ],
    "disease": {"listed": True, "list_id": "S5-12", "reason": "在重大疾病目录内"},
    "verification": [VISIT, VISIT, VISIT],
    "verification_again": [VISIT, VISIT, VISIT],
    "suggestion": {"suggested_fen": 300000, "cap_fen": 3500000, "reason": "按档测算"},
    "proposed_amount_fen": 350000,
    "amount_reason": "家庭有在读子女，适当提高",
    "approved_amount_fen": 123456789,
    "notice": {"starts": "2026-03-02", "ends": "2026-03-06", "provisional": False},
    "notice_result": {"objections": 0, "upheld": 0, "result": "无异议"},
    "payment": {"order": "1", "paid_on": "2026-03-09", "voucher": "PZ-0001"},
    "bank_account": "***************2340",
    "received_on": "2026-03-09",
    "eligibility": {"eligible": False, "reasons": ["申请时入会未满 3 个月"]},
    "refusal_reason": "入会未满三个月，按照帮扶办法暂不能申请。",
    "refusal_contact": "025-00000010",
}


def opinion(step: str, outcome: str, by: str, text: str = "情况属实") -> dict[str, str]:
    """One entry of the opinions a letter is given."""
    at = "2026-03-02T10:00:00+08:00"
    return {"step": step, "name": step, "outcome": outcome, "opinion": text, "by": by, "at": at}


OPINIONS = [
    *(opinion("investigate", "consistent", name) for name in ("刘国栋", "周小梅", "徐文斌")),
    *(opinion("unit_vote", "agree", name) for name in ("郭永强", "罗春生", "邓志刚")),
    opinion("unit_vote", "refuse", "谢慧敏"),
    opinion("unit_chair_sign", "agree", "韩立新"),
    opinion("party_sign", "agree", "沈红霞"),
    opinion("propose_amount", "propose", "高明月"),
    *(opinion("zh_vote", "agree", name) for name in ("蒋文涛", "曹玉兰", "彭振华")),
    opinion("finance_check", "approve", "钱守成"),
    opinion("root_refusal", "sign", "陆远山"),
]


def compiled(
    path: Path,
    document: dict[str, Any],
    opinions: list[dict[str, str]],
    results: list[dict[str, str]] | None = None,
) -> bytes:
    """The letter as PDF/A-2b."""
    data = {
        "title": "重大疾病帮扶",
        "document": document,
        "opinions": opinions,
        "results": results or [],
        "case": {
            "number": "DB-2026-00001",
            "process": "illness_aid",
            "started": "2026-03-02T09:00:00+08:00",
            "verification_code": "7F3K-29QD",
        },
        "signers": [],
        "amounts_in_words": {"approved_amount_fen": "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"},
        "generated_at": "2026-03-09T10:00:00+08:00",
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    found: bytes = typst.compile(
        path, root=path.parent, sys_inputs=inputs, font_paths=FONTS, pdf_standards="a-2b"
    )
    return found


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_letter_compiles(path: Path) -> None:
    assert compiled(path, DOCUMENT, OPINIONS).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_letter_compiles_when_little_is_known(path: Path) -> None:
    assert compiled(path, {"applicant": {"name": "陈静"}}, []).startswith(b"%PDF")


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_data_is_never_read_as_markup(path: Path) -> None:
    hostile = {**DOCUMENT, "refusal_reason": '#panic("read") $x$ *a', "hospital": "#panic()"}
    assert compiled(path, hostile, OPINIONS).startswith(b"%PDF")


def test_every_way_that_is_not_ordinary_is_printed() -> None:
    said = [
        {**opinion("unit_chair_sign", "refuse", "", ""), "how_text": printed(TIMEOUT)},
        {
            **opinion("party_sign", "agree", "韩立新"),
            "how_text": printed(PROXY, "韩立新", "沈红霞"),
        },
        {**opinion("finance_check", "approve", "钱守成"), "how_text": printed(REPEATED)},
        {**opinion("propose_amount", "propose", "高明月"), "how_text": printed(PERSON)},
    ]
    result = {**opinion("unit_vote", "refuse", ""), "label": "不同意", "how_text": printed(TIMEOUT)}
    path = PROCESSES / "illness_aid" / "letters" / "approval_form.typ"
    content = compiled(path, DOCUMENT, said, [result])
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    assert text.count("超时自动") == 2
    assert "结果：不同意超时自动" in text
    assert "签名：韩立新代理（韩立新代沈红霞）" in text
    assert "签名：钱守成去重跳过" in text
    assert "签名：高明月2026" in text
