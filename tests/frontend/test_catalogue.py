"""One Chinese catalogue for templates and islands: complete, without leftovers, in the union's words."""

import json
import re
from io import BytesIO

from babel.messages.extract import extract, extract_from_dir
from babel.messages.pofile import read_po

from tests.frontend.rendering import CATALOGUE, TEMPLATES, WEBAPP

FRONTEND = WEBAPP / "frontend"


def template_messages() -> set[object]:
    keywords = {"_": None, "ngettext": (1, 2)}
    found = extract_from_dir(TEMPLATES, [("**.html", "jinja2")], keywords=keywords)
    return {message for _, _, message, _, _ in found}


def island_messages() -> set[object]:
    literal = r"(\"(?:[^\"\\]|\\.)*\")"
    sources = [path.read_text(encoding="utf-8") for path in (FRONTEND / "src").rglob("*.ts*")]
    found = {
        json.loads(text) for source in sources for text in re.findall(rf"\bt\(\s*{literal}", source)
    }
    labels = (FRONTEND / "build" / "form-js-labels.ts").read_text(encoding="utf-8")
    return found | {
        json.loads(text) for text in re.findall(rf"(?:label|attribute)\({literal}", labels)
    }


def catalogue() -> dict[object, object]:
    with CATALOGUE.open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale="zh") if message.id}


def test_every_message_has_chinese() -> None:
    known = catalogue()
    missing = {
        message
        for message in template_messages() | island_messages()
        if not _text(known.get(message))
    }

    assert not missing


def test_placeholders_survive_translation() -> None:
    for message, translation in catalogue().items():
        source = message[1] if isinstance(message, tuple) else message
        assert set(re.findall(r"%\(\w+\)s|\{\w+\}", str(source))) == set(
            re.findall(r"%\(\w+\)s|\{\w+\}", _text(translation))
        ), source


def test_the_words_are_the_unions() -> None:
    forbidden = re.compile("实例|令牌|流转|节点|驳回")
    assert not [text for text in map(_text, catalogue().values()) if forbidden.search(text)]


def test_extraction_finds_what_templates_say() -> None:
    found = [
        message
        for _, message, _, _ in extract(
            "jinja2", BytesIO(b'{{ _("Sign in") }}'), keywords={"_": None}
        )
    ]

    assert found == ["Sign in"]
    assert "Sign in" in template_messages()


def _text(translation: object) -> str:
    if isinstance(translation, tuple | list):
        return str(translation[0])
    return str(translation or "")
