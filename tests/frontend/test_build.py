"""The front end's packages are pinned and come from wherever the builder's registry is."""

import gzip
import json
import re

import pytest

from tests.frontend.rendering import WEBAPP
from webapp import assets

FRONTEND = WEBAPP / "frontend"
BUILT = (assets.DIST / "manifest.json").exists()


def test_lock_file_has_no_addresses() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))

    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or package.get("integrity") or package.get("link"), name


def test_versions_are_exact() -> None:
    package = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))

    for name, version in (package["dependencies"] | package["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name


def test_no_package_may_run_scripts() -> None:
    lines = (FRONTEND / ".npmrc").read_text(encoding="utf-8").split()

    assert {
        "ignore-scripts=true",
        "audit=false",
        "fund=false",
        "omit-lockfile-registry-resolved=true",
    } <= set(lines)


@pytest.mark.skipif(not BUILT, reason="the front end is not built")
def test_first_page_stays_small() -> None:
    size = sum(
        len(gzip.compress((assets.DIST / path).read_bytes())) for _, path in assets.needs("app")
    )

    assert size <= 90 * 1024


@pytest.mark.skipif(not BUILT, reason="the front end is not built")
@pytest.mark.parametrize("entry", ["app", "form", "viewer"])
def test_styles_carry_no_data_fonts_and_scripts_no_inline_workers(entry: str) -> None:
    for kind, path in assets.needs(entry):
        text = (assets.DIST / path).read_text(encoding="utf-8")
        assert kind != "style" or "data:font" not in text
        assert "new Worker(" not in text
