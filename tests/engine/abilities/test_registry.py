from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.abilities.notice_rules import NoticeRules
from engine.abilities.registry import standard_abilities

DOCUMENT = Path(__file__).parents[3] / "docs" / "abilities.md"


def test_the_documented_abilities_are_those_there_are() -> None:
    named = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(standard_abilities())


def test_the_documented_whitelist_and_results_are_those_of_the_file() -> None:
    text, rules = DOCUMENT.read_text("utf-8"), NoticeRules.load()
    assert " ".join(rules.items) in text
    for result in (rules.none, rules.under_review, rules.upheld, rules.dismissed):
        assert f"`{result}`" in text


def test_an_installation_may_bring_its_own_whitelist(tmp_path: Path) -> None:
    file = tmp_path / "notice.toml"
    file.write_text(
        '[items]\n"姓名" = "name"\n[results]\nnone = "a"\nunder_review = "b"\n'
        'upheld = "c"\ndismissed = "d"\n',
        encoding="utf-8",
    )
    assert list(NoticeRules.load(file).items) == ["姓名"]
    assert "notice.publish" in standard_abilities(notice_file=file)


def test_a_whitelist_with_an_unknown_way_of_showing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notice.toml"
    file.write_text(
        '[items]\n"姓名" = "nmae"\n[results]\nnone = "a"\nunder_review = "b"\n'
        'upheld = "c"\ndismissed = "d"\n',
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="nmae"):
        NoticeRules.load(file)
