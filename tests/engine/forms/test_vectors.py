"""The vectors that the browser's tests read too."""

import datetime
import json
from pathlib import Path

import pytest

from engine.forms import Known, compile_form

FILE = json.loads(
    (Path(__file__).parents[3] / "schemas" / "form-vectors.json").read_text(encoding="utf-8")
)
NOW = datetime.datetime.fromisoformat(FILE["now"])
KNOWN = Known(
    persons=FILE["known"]["persons"],
    attachments=FILE["known"]["attachments"],
    sizes=FILE["known"]["sizes"],
)


@pytest.mark.parametrize("vector", FILE["vectors"], ids=lambda vector: vector["says"])
def test_a_field_takes_and_refuses_what_the_vectors_say(vector):
    component = vector["component"]
    form = compile_form({"type": "default", "schemaVersion": 18, "components": [component]})
    data = {component["key"]: vector["value"]} if "value" in vector else {}
    cleaned = form.validate(data, context={}, known=KNOWN, now=NOW)
    assert [error.code for error in cleaned.errors] == ([] if vector["ok"] else [vector["code"]])
    if vector["ok"]:
        expected = vector.get("cleaned", vector.get("value"))
        assert cleaned.flat == {component["key"]: expected}


def test_every_vector_says_something_of_its_own():
    says = [vector["says"] for vector in FILE["vectors"]]
    assert len(says) == len(set(says))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_error_of_the_vectors_has_a_sentence(lang):
    for vector in FILE["vectors"]:
        if vector["ok"]:
            continue
        component = vector["component"]
        form = compile_form({"type": "default", "schemaVersion": 18, "components": [component]})
        data = {component["key"]: vector["value"]} if "value" in vector else {}
        (error,) = form.validate(data, context={}, known=KNOWN, now=NOW).errors
        sentence = error.message(lang)
        assert sentence
        assert sentence != error.code
        assert "…" not in sentence, "a param is missing"
