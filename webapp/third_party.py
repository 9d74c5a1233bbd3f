"""Whose work is in here: packages that run with us, what they are licensed under, and their texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from webapp.assets import DIST

#: The distribution whose requirements are ours.
_OURS = "gongban"
_NAME = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[([\w,-]+)\])?")
_TEXTS = re.compile(r"(?:licen[cs]e|copying|notice)[^/]*(?:\.(?:txt|md|rst))?$", re.IGNORECASE)
#: A package that brings the texts of what it was built from has more of them than anybody reads on a page.
_MOST_TEXTS = 12


@dataclass(frozen=True)
class Package:
    """One installed package."""

    name: str
    version: str
    licence: str


@cache
def python_packages() -> tuple[Package, ...]:
    """What is installed because we need it, and what that needs, by name."""
    found: dict[str, Package] = {}
    waiting = [(_OURS, frozenset[str]())]
    while waiting:
        name, extras = waiting.pop()
        try:
            facts = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            # Of another platform, or of another Python.
            continue
        key = normal(name)
        if key in found and not extras:
            continue
        found[key] = Package(key, facts.version, _licence(facts))
        waiting += _needs(facts, extras)
    found.pop(_OURS)
    return tuple(found[name] for name in sorted(found))


def normal(name: str) -> str:
    """A package's name as lock files spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _needs(
    facts: metadata.Distribution, extras: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    for line in facts.requires or ():
        wanted, _, marker = line.partition(";")
        asked = re.search(r"""extra\s*==\s*['"]([\w-]+)['"]""", marker)
        match = _NAME.match(wanted)
        if match is None or (asked is not None and asked[1] not in extras):
            continue
        yield match[1], frozenset(one for one in (match[2] or "").split(",") if one)


def _licence(facts: metadata.Distribution) -> str:
    named = facts.metadata.get("License-Expression")
    if named:
        return str(named)
    short = str(facts.metadata.get("License") or "").strip()
    if short and len(short) < 80 and "\n" not in short:
        return short
    classes = facts.metadata.get_all("Classifier") or []
    said = [one.rpartition(" :: ")[2] for one in classes if one.startswith("License")]
    return "; ".join(said) or "see its text"


def texts(name: str) -> list[str]:
    """The licences and notices a package brings."""
    files = metadata.distribution(name).files or []
    paths = [one for one in files if ".dist-info/" in str(one) and _TEXTS.search(str(one))]
    found = [one.locate().read_text(encoding="utf-8", errors="replace") for one in paths]  # type: ignore[attr-defined]
    return found[:_MOST_TEXTS]


@cache
def everything() -> str:
    """One page: what runs on the server with its texts, then what the pages are made of with theirs."""
    parts = ["# What runs on the server\n"]
    for one in python_packages():
        parts.append(f"## {one.name} - {one.version} ({one.licence})\n")
        parts += [text.strip() + "\n" for text in texts(one.name)]
    for name in ("licenses.md", "notices.md"):
        file = DIST / name
        if file.is_file():
            parts.append(file.read_text(encoding="utf-8"))
    return "\n".join(parts)
