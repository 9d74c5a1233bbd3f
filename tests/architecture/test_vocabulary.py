"""The code knows no union: what a union knows is data.

Forbidden as an identifier or in a string of `engine/`, `schemas/` and `webapp/*.py`: ids of processes,
names of their forms and steps that are not everyday English, ids of roles that are not, and the
union's own Chinese words. Not looked at: comments and docstrings (they explain by example), sentences
for people (arguments of `_` and `ngettext`), templates and translations, the demonstration's data and
the benchmark, which has to name the process it measures.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, called, files, name, tree

PROCESSES = ROOT / "processes"
EXEMPT = ("webapp/demo/", "webapp/bench/", "engine/testing/")
#: Words of every office, that happen to be names in a package or of a role.
EVERYDAY = {
    "accept",
    "apply",
    "approve",
    "auditor",
    "check",
    "consent",
    "follow_up",
    "judge",
    "member",
    "propose",
    "supplement",
    "supervisor",
}
CHINESE = re.compile("工会|帮扶|会员|职工|经审|劳模|慰问|重大疾病|省直|职代会|女工|党组织")


def union_words() -> set[str]:
    words = {path.parent.name for path in PROCESSES.glob("*/process.toml")}
    words |= {path.stem for path in PROCESSES.glob("*/forms/*.json")}
    words |= {path.stem for path in PROCESSES.glob("*/*.dmn")}
    words |= set(tomllib.loads((PROCESSES / "_shared" / "roles.toml").read_text("utf-8")))
    return words - EVERYDAY


def spoken(path: Path) -> Iterator[tuple[int, str]]:
    """Identifiers and strings of a file, with their lines."""
    skipped = set(_skipped(tree(path)))
    for node in ast.walk(tree(path)):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def _skipped(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            yield id(body[0].value)
        if isinstance(node, ast.Call) and called(node).rpartition(".")[2] in (
            "_",
            "gettext",
            "ngettext",
        ):
            yield from (id(one) for one in ast.walk(node) if isinstance(one, ast.Constant))


@pytest.mark.parametrize("folder", ["engine", "schemas", "webapp"])
def test_no_union_word_stands_in_the_code(folder: str) -> None:
    words = union_words()
    assert "illness_aid" in words
    assert "unit_clerk" in words
    found = [
        f"{name(path)}:{line} {text[:60]!r}"
        for path in files(folder)
        if not name(path).startswith(EXEMPT)
        for line, text in spoken(path)
        if CHINESE.search(text) or words & set(re.findall(r"[a-z][a-z0-9_]*", text))
    ]
    assert found == []


def test_a_planted_word_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(
        '"""illness_aid may stand here."""\nx = _("工会")\nif x == "illness_aid": y = 1\n'
    )
    said = [text for _line, text in spoken(planted)]
    assert "illness_aid" in said
    assert "工会" not in said
