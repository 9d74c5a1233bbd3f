"""The Chinese catalogues: complete, without leftovers, in the union's words, every gap filled in."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract, extract_from_dir
from babel.messages.pofile import read_po

from tests.architecture.sources import called, calls, files, name
from tests.frontend.rendering import CATALOGUE, TEMPLATES, WEBAPP

FRONTEND = WEBAPP / "frontend"
#: What looks a message up, and where its one or two texts stand.
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
_LITERAL = r"(\"(?:[^\"\\]|\\.)*\")"
_GAP = re.compile(r"%\(\w+\)s|\{\w+\}|%[sd]")

#: A message, or the singular and plural of one.
Words = str | tuple[str, ...]


@cache
def template_messages() -> frozenset[Words]:
    """What the templates say."""
    found = extract_from_dir(TEMPLATES, [("**.html", "jinja2")], keywords=KEYWORDS)
    return frozenset(message for _, _, message, _, _ in found)


@cache
def server_messages() -> frozenset[Words]:
    """What Python says: read from its syntax tree, because babel does not look into f-strings."""
    found: set[Words] = set()
    for path in files("webapp"):
        for call in calls(path):
            if called(call) in KEYWORDS and name(path) != "webapp/language.py":
                texts = _literals(call)
                found.add(texts if called(call) == "ngettext" else texts[0])
    return frozenset(found)


def _literals(call: ast.Call) -> tuple[str, ...]:
    count = 2 if called(call) == "ngettext" else 1
    return tuple(
        one.value
        for one in call.args[:count]
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ) or ("",)


@cache
def island_messages() -> frozenset[Words]:
    """What TypeScript says, and what a library says through the build's replacements."""
    found = {
        json.loads(text)
        for path in scripts()
        for text in re.findall(rf"\bt\(\s*{_LITERAL}", path.read_text(encoding="utf-8"))
    }
    labels = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((FRONTEND / "build").glob("*-labels.ts"))
    )
    return frozenset(
        found
        | {json.loads(text) for text in re.findall(rf"(?:label|attribute)\({_LITERAL}", labels)}
    )


def scripts() -> list[Path]:
    """Our TypeScript."""
    return sorted((FRONTEND / "src").rglob("*.ts*"))


@cache
def catalogues() -> dict[str, dict[Words, Message]]:
    """File name → its messages."""
    found = {}
    for path in sorted(CATALOGUE.parent.glob("*.po")):
        with path.open("rb") as file:
            found[path.name] = {one.id: one for one in read_po(file, locale="zh") if one.id}
    return found


def chinese() -> dict[Words, Message]:
    """All catalogues together, as the server looks things up."""
    return {words: message for one in catalogues().values() for words, message in one.items()}


def _text(translation: object) -> str:
    if isinstance(translation, tuple | list):
        return str(translation[0])
    return str(translation or "")


def test_every_message_has_chinese() -> None:
    known = chinese()
    said = template_messages() | server_messages() | island_messages()
    missing = [one for one in said if one not in known or not _text(known[one].string)]
    assert sorted(map(str, missing)) == []


def test_islands_find_their_words_in_their_own_catalogue() -> None:
    # The build takes the islands' words from messages.po and nothing else.
    assert island_messages() - catalogues()[CATALOGUE.name].keys() == set()


def test_no_message_is_left_over() -> None:
    said = template_messages() | server_messages() | island_messages()
    assert sorted(map(str, chinese().keys() - said)) == []


def test_no_translation_is_in_doubt() -> None:
    doubtful = [
        f"{name}: {message.id}"
        for name, one in catalogues().items()
        for message in one.values()
        if message.fuzzy or not _text(message.string).strip()
    ]
    assert doubtful == []


def test_a_message_is_translated_once() -> None:
    # The reader of a catalogue takes the last of several without a word.
    seen: dict[str, str] = {}
    twice = []
    for path in sorted(CATALOGUE.parent.glob("*.po")):
        text = re.sub(r'"\n"', "", path.read_text(encoding="utf-8"))
        for words in re.findall(r'^msgid "(.+)"$', text, re.MULTILINE):
            if words in seen:
                twice.append(f"{words}: in {seen[words]} and {path.name}")
            seen[words] = path.name
    assert twice == []


def test_every_gap_survives_translation() -> None:
    for words, message in chinese().items():
        source = words[1] if isinstance(words, tuple) else words
        found = _text(message.string)
        assert sorted(_GAP.findall(source)) == sorted(_GAP.findall(found)), source


def test_a_translation_is_chinese_and_a_message_is_english() -> None:
    known = re.compile(r"[\u4e00-\u9fff（）：，。]")
    # Names of formats and what has no letters are the same in both.
    same = re.compile(r"[\W\d_]*|(?:%\(\w+\)s|[\W\d_])*|[A-Z]{2,5}|BPMN.*|SHA-256.*")
    for words, message in chinese().items():
        source = _text(words)
        assert not known.search(source), source
        found = _text(message.string)
        assert known.search(found) or same.fullmatch(_GAP.sub("", found)), found


def test_the_words_are_the_unions() -> None:
    forbidden = re.compile("实例|令牌|流转|节点|驳回")
    texts = [_text(message.string) for message in chinese().values()]
    assert not [text for text in texts if forbidden.search(text)]


def test_what_is_looked_up_is_written_out() -> None:
    """A name, an f-string or a sum instead of a text would be found by no extraction."""
    hidden = [
        f"{name(path)}:{call.lineno}"
        for path in files("webapp")
        for call in calls(path)
        if called(call) in KEYWORDS and name(path) != "webapp/language.py"
        if "" in _literals(call) or len(_literals(call)) < (called(call) == "ngettext") + 1
    ]
    hidden += [
        f"{path.name}: {found}"
        for path in scripts()
        if path.name != "i18n.ts"
        for found in re.findall(r"(?<![\w.])t\(\s*[^\s\"][^)\n]*", path.read_text(encoding="utf-8"))
    ]
    assert hidden == []


def test_extraction_finds_what_templates_say() -> None:
    found = [
        message
        for _, message, _, _ in extract(
            "jinja2", BytesIO(b'{{ _("Sign in") }}'), keywords={"_": None}
        )
    ]

    assert found == ["Sign in"]
    assert "Sign in" in template_messages()
