"""Letters: what they take from the case document is a field that the case has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.catalog.checks.names import known_names
from engine.catalog.checks.parts import Parts, error
from engine.feel.suggest import did_you_mean
from schemas.finding import Finding

#: `#let doc = data.document`
_DOCUMENT = re.compile(r"#let\s+([\w-]+)\s*=\s*data\.document\b")
#: `#let text_of(key, …) = …`, up to the next one
_FUNCTION = re.compile(r"#let\s+([\w-]+)\(([\w-]+)[^)]*\)\s*=(.*?)(?=\n#let\s|\n\n|\Z)", re.S)
_COMMENT = re.compile(r"(?<!:)//.*")


def problems(parts: Parts) -> Iterator[Finding]:
    """Names in the letters that nothing writes."""
    known = known_names(parts)
    if known is None:
        return
    for name, content in parts.package.names("letters", ".typ").items():
        file = f"letters/{name}.typ"
        try:
            text = _COMMENT.sub("", content.decode("utf-8"))
        except UnicodeDecodeError as reason:
            yield error("letter_unreadable", "", file, f"this is not UTF-8: {reason}")
            continue
        for path in dict.fromkeys(_taken(text)):
            field = path.partition(".")[0]
            if field not in known:
                message = f'the case has no field "{field}"{did_you_mean(field, known)}'
                yield error("letter_name", path, file, message)


def _taken(text: str) -> Iterator[str]:
    """The fields of the case document that a letter takes, as far as they are written out."""
    documents = [*_DOCUMENT.findall(text), "data.document"]
    for document in documents:
        written = re.escape(document)
        yield from re.findall(rf'\b{written}\.at\(\s*"([^"]+)"', text)
        yield from re.findall(rf'[\w-]+\(\s*{written}\s*,\s*"([^"]+)"', text)
        direct = re.findall(rf"(?<![\w.-]){written}\.([A-Za-z_]\w*)\b(?!\s*\()", text)
        yield from (one for one in direct if one != "document")
    for name in _takers(text, documents):
        yield from re.findall(rf'(?<![\w-]){re.escape(name)}\(\s*"([^"]+)"', text)


def _takers(text: str, documents: list[str]) -> Iterator[str]:
    """The letter's own functions that are handed the name of a field."""
    for name, parameter, body in _FUNCTION.findall(text):
        for document in [*documents, "amounts_in_words"]:
            if re.search(rf"{re.escape(document)}\W[^\n]*\b{re.escape(parameter)}\b", body):
                yield name
                break
