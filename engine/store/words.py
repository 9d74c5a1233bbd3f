"""Keeping what a case is found by in step with the case: its words, and the grams that lead to it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import bindparam, delete, text

from engine.search import grams, words_of
from engine.store.tables import case_gram
from engine.store.unit_of_work import UnitOfWork

# One statement for all grams of a case: a list of rows would be sent row by row.
_ADD = {
    True: text(
        "INSERT INTO case_gram (gram, instance_id) SELECT value, :which FROM json_each(:grams)"
    ),
    False: text(
        "INSERT INTO case_gram (gram, instance_id)"
        " SELECT value, :which FROM json_array_elements_text(CAST(:grams AS json))"
    ),
}
_REMOVE = delete(case_gram).where(
    case_gram.c.instance_id == bindparam("which"),
    case_gram.c.gram.in_(bindparam("gone", expanding=True)),
)


def words_of_case(applicant: Any, number: str | None, title: str) -> str:
    """What a case is found by: who applied and from which unit, as it was then, its number and title."""
    facts = applicant if isinstance(applicant, dict) else {}
    known = [facts.get(name) for name in ("name", "unit_name")]
    return words_of(*(one for one in known if isinstance(one, str)), number, title)


def keep_grams(uow: UnitOfWork, instance_id: str, before: str, after: str) -> None:
    """The case had these words and has those; nothing is written where they are the same."""
    if before == after:
        return
    old, new = grams(before), grams(after)
    if old - new:
        uow.execute(_REMOVE, {"which": instance_id, "gone": sorted(old - new)})
    if new - old:
        added = json.dumps(sorted(new - old), ensure_ascii=False)
        uow.execute(_ADD[uow.engine.database.is_sqlite], {"which": instance_id, "grams": added})
