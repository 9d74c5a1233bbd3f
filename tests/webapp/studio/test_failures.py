"""Why a story did not come out is said in the reader's language, whatever the reason."""

from __future__ import annotations

from string import Formatter

import pytest

from engine.testing.refusals import SENTENCES, Failure
from tests.builders import House
from tests.webapp.studio.drafting import Drafter
from tests.webapp.studio.test_coverage import let_agree
from webapp.studio.failures import failure_said


def gaps(kind: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(SENTENCES[kind]) if name}


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_every_reason_has_a_sentence(small_house: House, kind: str) -> None:
    parts = {name: "already_done" if name == "problem" else "x1" for name in gaps(kind)}
    failure = Failure(kind, parts, 3, "check")
    with small_house.app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
        said = failure_said(failure)
    assert said.startswith("第 3 步（check）：")
    assert "{" not in said
    assert all(part in said for name, part in parts.items() if part == "x1" and name != "text")
    with small_house.app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert failure_said(failure) == str(failure)


def test_an_administrator_reads_in_chinese_what_is_wrong_with_a_story(small_house: House) -> None:
    admin = Drafter.of(small_house, language="zh")
    draft = admin.begin()
    let_agree(admin, draft)
    page = admin.play(draft)
    assert "情景的结果与所写不符：结束事件是 &#39;ended_agreed&#39;" in page
