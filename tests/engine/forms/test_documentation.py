"""The examples of docs/forms.md do what the page says, and its table names every type."""

import datetime
import json
import re
from pathlib import Path

import pytest

from engine.forms import Known, compile_form
from engine.forms.messages import MESSAGES
from engine.forms.problems import SUPPORTED

PAGE = (Path(__file__).parents[3] / "docs" / "forms.md").read_text(encoding="utf-8")
BLOCKS = [
    (kind, json.loads(text)) for kind, text in re.findall(r"```json (\w+)\n(.*?)```", PAGE, re.S)
]
NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)


def examples():
    """(form, what was sent, kind of what the page says of it, that) for each example."""
    form = sent = None
    for kind, content in BLOCKS:
        if kind == "form":
            form = compile_form(content)
        elif kind in ("holds", "refused"):
            sent = content
            yield form, sent, kind, content
        else:
            yield form, sent, kind, content


@pytest.mark.parametrize(("form", "sent", "kind", "said"), list(examples()))
def test_an_example_does_what_the_page_says(form, sent, kind, said):
    cleaned = form.validate(sent, context={}, known=Known(), now=NOW)
    if kind == "holds":
        assert cleaned.ok
    elif kind == "becomes":
        assert cleaned.values == said
    elif kind == "refused":
        assert not cleaned.ok
    else:
        assert kind == "errors"
        assert {error.path: error.code for error in cleaned.errors} == said


def test_the_page_names_every_type_and_no_other():
    table = PAGE.partition("## Field types")[2].partition("Not supported")[0]
    first_cells = "".join(
        line.split("|")[1] for line in table.splitlines() if line.startswith("| `")
    )
    assert set(re.findall(r"`(\w+)`", first_cells)) == SUPPORTED


def test_every_code_that_is_raised_has_a_sentence():
    sources = Path(__file__).parents[3].joinpath("engine", "forms").glob("*.py")
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    raised = set(re.findall(r'Bad\("(\w+)"', text)) | set(
        re.findall(r'refuse\([^)]*?"(\w+)"', text)
    )
    assert raised
    assert raised <= MESSAGES.keys()
