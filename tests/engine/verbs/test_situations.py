"""docs/verbs.md says what each verb does in each situation; each cell of its table is tried here."""

from __future__ import annotations

import pytest

from engine.errors import EngineError
from tests.engine.verbs.page import table
from tests.engine.verbs.situations import ENDS, LEAVES_OPEN, VERBS, situation

CELLS = [
    (verb, name, cell)
    for verb, row in table("In which situations").items()
    for name, cell in row.items()
]


@pytest.mark.parametrize(("verb", "name", "cell"), CELLS)
def test_a_verb_in_a_situation_does_what_the_page_says(verb: str, name: str, cell: str) -> None:
    if cell == "–":
        return
    with situation(name) as it:
        problem = "yes"
        try:
            VERBS[verb](it)
        except EngineError as error:
            problem = error.problem
        assert problem == cell.strip("`")
        it.check()
        if problem == "yes" and verb in ENDS:
            assert it.at.read().state == ENDS[verb]
        elif name != "suspended" and verb not in LEAVES_OPEN:
            it.finish()
            assert it.at.read().state == "completed"
            it.check()


def test_every_verb_has_a_row() -> None:
    assert list(table("In which situations")) == list(VERBS)
