"""Changing a few values of a TOML file and leaving every other letter of it as it stands.

The result is read again and compared with what was wanted: where this writer does not understand a file it
refuses, and the text is changed by hand.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Invalid

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=")
#: A key, in the top table or in one below it.
Path = tuple[str, ...]


class NotEditable(Invalid):
    """This file is written in a way that can only be changed as text."""

    problem = "facts_as_text"


@dataclass
class _Statement:
    """A key with its value, or a comment, or an empty line."""

    text: str
    key: str | None = None


@dataclass
class _Section:
    """What stands below one header; the first has none."""

    header: str = ""
    name: str = ""
    repeated: bool = False
    statements: list[_Statement] = field(default_factory=list)

    def find(self, key: str) -> int | None:
        found = (place for place, one in enumerate(self.statements) if one.key == key)
        return next(found, None)

    @property
    def empty(self) -> bool:
        return all(one.key is None for one in self.statements)


def changed(
    text: str,
    values: Mapping[Path, Any],
    repeated: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> str:
    """The text with these values; None takes one out. `repeated`: all entries of an array of tables.

    Raise `NotEditable` where the text is no TOML, or written in a way this does not follow.
    """
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotEditable(why=str(error)) from error
    wanted = _wanted(before, values, repeated or {})
    sections = _read(text)
    for path, value in values.items():
        if _get(before, path) != value:
            _set(sections, path, value)
    for name, entries in (repeated or {}).items():
        if (_get(before, tuple(name.split("."))) or []) != list(entries):
            _set_entries(sections, name, entries)
    written = "".join(
        one.header + "".join(part.text for part in one.statements) for one in sections
    )
    try:
        if tomllib.loads(written) != wanted:
            raise NotEditable
    except tomllib.TOMLDecodeError as error:
        raise NotEditable from error
    return written


def _wanted(
    before: dict[str, Any],
    values: Mapping[Path, Any],
    repeated: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    found = copy.deepcopy(before)
    for name, entries in repeated.items():
        _put(found, tuple(name.split(".")), [dict(one) for one in entries] or None)
    for path, value in values.items():
        _put(found, path, value)
    return found


def _put(facts: dict[str, Any], path: Path, value: Any) -> None:
    at = facts
    for part in path[:-1]:
        if value is None and part not in at:
            return
        at = at.setdefault(part, {})
    if value is not None:
        at[path[-1]] = value
        return
    at.pop(path[-1], None)
    if len(path) > 1 and not at:
        facts.pop(path[0], None)


def _get(facts: Mapping[str, Any], path: Path) -> Any:
    at: Any = facts
    for part in path:
        at = at.get(part) if isinstance(at, Mapping) else None
    return at


def _read(text: str) -> list[_Section]:
    sections = [_Section()]
    lines = text.splitlines(keepends=True)
    place = 0
    while place < len(lines):
        line = lines[place]
        header = _HEADER.match(line)
        if header:
            sections.append(_Section(line, header[2], header[1] == "[["))
            place += 1
            continue
        key = _KEY.match(line)
        if key is None:
            if line.strip() and not line.lstrip().startswith("#"):
                raise NotEditable(line=line.strip()[:80])
            sections[-1].statements.append(_Statement(line))
            place += 1
            continue
        until = _end(lines, place)
        sections[-1].statements.append(_Statement("".join(lines[place:until]), key[1]))
        place = until
    return sections


def _end(lines: list[str], start: int) -> int:
    """Behind the last line of a statement that may go over several."""
    for until in range(start + 1, len(lines) + 1):
        try:
            tomllib.loads("".join(lines[start:until]))
        except tomllib.TOMLDecodeError:
            continue
        return until
    raise NotEditable(line=lines[start].strip()[:80])


def _set(sections: list[_Section], path: Path, value: Any) -> None:
    name, key = ".".join(path[:-1]), path[-1]
    section = next((one for one in sections if one.name == name and not one.repeated), None)
    if section is None:
        if value is None:
            return
        section = _Section(f"[{name}]\n", name)
        _apart(sections[-1])
        sections.append(section)
    place = section.find(key)
    if value is None:
        if place is not None:
            del section.statements[place]
        if section.name and section.empty and not _below(sections, section.name):
            sections.remove(section)
        return
    if place is None:
        _insert(section, _Statement(f"{key} = {_value(value)}\n", key))
    else:
        comment = _comment(section.statements[place].text)
        section.statements[place] = _Statement(f"{key} = {_value(value)}{comment}\n", key)


def _below(sections: list[_Section], name: str) -> bool:
    return any(one.name.startswith(f"{name}.") for one in sections)


def _insert(section: _Section, statement: _Statement) -> None:
    """Behind the last key: comments and empty lines at the end belong to what follows."""
    last = max((n for n, one in enumerate(section.statements) if one.key is not None), default=-1)
    if last >= 0 and not section.statements[last].text.endswith("\n"):
        section.statements[last].text += "\n"
    section.statements.insert(last + 1, statement)


def _apart(section: _Section) -> None:
    """An empty line before what comes next."""
    text = section.header + "".join(one.text for one in section.statements)
    if text and not text.endswith("\n"):
        section.statements.append(_Statement("\n"))
    if text and not text.endswith("\n\n"):
        section.statements.append(_Statement("\n"))


def _set_entries(sections: list[_Section], name: str, entries: Sequence[Mapping[str, Any]]) -> None:
    """Entries that stay keep their section with its comments; they are known by their id."""
    old = [one for one in sections if one.name == name and one.repeated]
    known = {_id(one): one for one in old}
    at = sections.index(old[-1]) + 1 if old else len(sections)
    made: list[_Section] = []
    for entry in entries:
        section = known.get(str(entry.get("id", "")))
        if section is None:
            section = _Section(f"[[{name}]]\n", name, True)
        for key in {one.key for one in section.statements if one.key} - set(entry):
            place = section.find(key)
            if place is not None:
                del section.statements[place]
        _fill(section, entry)
        made.append(section)
    before = [one for one in sections[:at] if one not in old]
    after = sections[at:]
    for section in made:
        if before:
            _apart_unless_comment(before[-1])
        before.append(section)
    sections[:] = before + after
    if made and after:
        _apart(made[-1])


def _apart_unless_comment(section: _Section) -> None:
    # A comment above an entry stays with it.
    if not section.statements or not section.statements[-1].text.lstrip().startswith("#"):
        _apart(section)


def _fill(section: _Section, entry: Mapping[str, Any]) -> None:
    for key, value in entry.items():
        place = section.find(key)
        if place is None:
            _insert(section, _Statement(f"{key} = {_value(value)}\n", key))
        elif tomllib.loads(section.statements[place].text)[key] != value:
            comment = _comment(section.statements[place].text)
            section.statements[place] = _Statement(f"{key} = {_value(value)}{comment}\n", key)


def _id(section: _Section) -> str:
    place = section.find("id")
    if place is None:
        return ""
    return str(tomllib.loads(section.statements[place].text).get("id", ""))


def _comment(statement: str) -> str:
    """The comment at the end of a statement, with the blanks before it."""
    line = statement.rstrip("\n")
    whole = tomllib.loads(statement)
    for found in re.finditer(r"\s*#", line):
        if "\n" in line[found.start() :].strip():
            continue
        try:
            if tomllib.loads(line[: found.start()]) == whole:
                return line[found.start() :]
        except tomllib.TOMLDecodeError:
            continue
    return ""


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        # TOML's basic strings escape as JSON does, and DEL besides.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    raise NotEditable(kind=type(value).__name__)
