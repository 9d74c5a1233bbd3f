"""Whatever is recorded of a case has a sentence: none is left out, none is empty, in either language."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.abilities.registry import standard_abilities
from engine.queries.case import read_case
from engine.queries.history import Happening
from tests.architecture.sources import files, tree
from tests.builders import House

#: What a case's stream holds; other streams have no timeline.
_OF_A_CASE = (
    "ability|case|decision|field|incident|instance|letter|message|notice|payment|person|recusal"
    "|task|timer|token"
)
_KIND = re.compile(rf"(?:{_OF_A_CASE})\.[a-z_]+")
#: Of the same shape, and no event: abilities, and what the record of other streams says.
_OTHERS = {
    "notice.toml",
    "payment.batch_made",
    "payment.file_fetched",
    "payment.reply_imported",
}
SUBJECT = {
    "element": "check",
    "outcome": "agree",
    "end_event": "done",
    "count": 2,
    "target": "check",
}
PAYLOAD: dict[str, Any] = {
    "name": "王海燕",
    "names": ["陈静"],
    "title": "决定书",
    "keys": ["person:chen_jing"],
    "to": "chen_jing",
    "to_name": "陈静",
    "people": ["chen_jing"],
    "signers": [],
    "added": ["chen_jing"],
    "where": "before",
    "opinion": "同意",
}


def kinds() -> list[str]:
    folders = ("engine/commands", "engine/jobs", "engine/abilities")
    found = {
        node.value
        for path in files(*folders)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _KIND.fullmatch(node.value)
    }
    return sorted(found - set(standard_abilities()) - _OTHERS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_event_has_a_sentence(small_house: House, language: str) -> None:
    from webapp.views import progress

    house = small_house
    case = house.start()
    actor = house.engine.directory.actor("clerk_wang")
    with house.engine.database.read() as connection:
        seen = read_case(connection, house.engine, actor, case)
    assert len(kinds()) > 40
    silent, odd = [], []
    with house.app.test_request_context(headers={"Accept-Language": language}):
        for kind in kinds():
            at = datetime(2026, 3, 2, tzinfo=UTC)
            happening = Happening(2, at, kind, "clerk_wang", SUBJECT, PAYLOAD, "")
            text = progress._sentence(house.engine, seen, happening)
            if not text:
                silent.append(kind)
            if "None" in text or "“”" in text or "%(" in text:
                odd.append((kind, text))
    assert ", ".join(silent) == ""
    assert str(odd) == "[]"
