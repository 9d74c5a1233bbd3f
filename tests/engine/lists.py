"""What lists are sorted by and cases are found by says what the tasks and cases say."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from engine.engine import Engine
from engine.search import grams
from engine.store.tables import (
    NO_AMOUNT,
    NO_DUE,
    case_document,
    case_gram,
    instance,
    task,
    task_candidate,
)
from engine.store.words import words_of_case


def check_lists(engine: Engine) -> None:
    """Every candidate row, every case's words and every gram."""
    with engine.database.read() as connection:
        rows = connection.execute(
            select(
                task_candidate,
                task.c.due_at.label("due"),
                task.c.claimed_by,
                instance.c.id.label("case"),
                instance.c.key.label("process_key"),
                instance.c.starter_id.label("starter"),
                instance.c.amount_fen.label("amount"),
            ).select_from(
                task_candidate.join(task, task.c.id == task_candidate.c.task_id).join(
                    instance, instance.c.id == task.c.instance_id
                )
            )
        ).all()
        cases = connection.execute(
            select(
                instance.c.id,
                instance.c.number,
                instance.c.title,
                instance.c.words,
                case_document.c.content,
            ).join(case_document, case_document.c.instance_id == instance.c.id)
        ).all()
        filed = defaultdict(set)
        for row in connection.execute(select(case_gram)):
            filed[row.instance_id].add(row.gram)
    claimed: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        assert (row.instance_id, row.process, row.starter_id) == (
            row.case,
            row.process_key,
            row.starter,
        )
        assert row.due_at == (row.due or NO_DUE), "the deadline"
        assert row.amount_fen == (NO_AMOUNT if row.amount is None else row.amount), "the amount"
        assert row.open == (row.claimed_by is None)
        if row.open:
            assert row.lies_with == row.key
        elif row.lies_with:
            claimed[row.task_id].append(row.lies_with)
            assert row.lies_with == f"person:{row.claimed_by}"
    assert all(len(found) == 1 for found in claimed.values())
    assert set(claimed) == {row.task_id for row in rows if not row.open}
    for case in cases:
        assert case.words == words_of_case(case.content.get("applicant"), case.number, case.title)
        assert filed[case.id] == grams(case.words)
