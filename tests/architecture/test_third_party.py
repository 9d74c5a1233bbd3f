"""Whose work is in here is said completely: for every package that is locked and leaves the building."""

from __future__ import annotations

import json
import re

import pytest

from scripts import third_party
from tests.architecture.sources import ROOT
from webapp import assets
from webapp.third_party import everything, normal, python_packages, texts


def locked() -> dict[str, str]:
    """Every Python package of the lock file, with its version."""
    text = (ROOT / "requirements" / "dev.lock").read_text(encoding="utf-8")
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", text, re.M)
    return {normal(name): version for name, version in found}


def rows(text: str) -> set[str]:
    """The lines of a page's tables."""
    return {line for line in text.splitlines() if re.match(r"\| (?!package)[@\w]", line)}


def test_the_page_is_as_the_script_writes_it() -> None:
    """Another Python or platform may need less than the one the page was written on, never more."""
    written = rows(third_party.PAGE.read_text(encoding="utf-8"))
    assert rows(third_party.page()) - written == set(), "run: python -m scripts.third_party"
    known = {*locked().items(), *((one.name, one.version) for one in third_party.npm_packages())}
    stale = {row for row in written if tuple(row[2:].split(" | ")[:2]) not in known}
    assert stale == set(), "run: python -m scripts.third_party"


def test_what_we_require_is_listed_as_it_is_locked() -> None:
    listed = {one.name: one.version for one in python_packages()}
    assert listed.items() <= locked().items()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project[project.index("dependencies = [") : project.index("[project.scripts]")]
    wanted = {normal(name) for name in re.findall(r'^  "([A-Za-z0-9._-]+)', block, re.M)}
    assert wanted <= listed.keys()
    assert {"psycopg-binary", "noto-cjk-sans-otc"} <= listed.keys()
    assert not {"pytest", "playwright", "mypy"} & listed.keys()


def test_every_package_says_its_licence() -> None:
    silent = [one.name for one in python_packages() if one.licence == "see its text"]
    assert [name for name in silent if not texts(name)] == []
    assert [one.name for one in third_party.npm_packages() if "see" in one.licence] == []


@pytest.mark.skipif(not (assets.DIST / "licenses.md").exists(), reason="the front end is not built")
def test_the_page_of_licences_has_the_texts_of_what_is_bundled() -> None:
    text = everything()
    bundled = re.findall(
        r"^## (\S+) - (\S+) \(", (assets.DIST / "licenses.md").read_text("utf-8"), re.M
    )
    known = {(one.name, one.version) for one in third_party.npm_packages()}
    assert len(bundled) > 20
    assert set(bundled) <= known
    assert "the watermark must stay fully visible" in text
    assert "SIL OPEN FONT LICENSE" in text
    lock = json.loads((assets.DIST / "manifest.json").read_text("utf-8"))
    if any("echarts" in str(one).lower() or "dashboard" in name for name, one in lock.items()):
        assert "Apache ECharts" in text
