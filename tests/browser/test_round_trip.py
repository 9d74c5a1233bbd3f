"""Opening and saving a diagram loses nothing: our packages', and the reference models of other programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.same_diagram import differences
from tests.browser.studio import Drawing

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
MODELS = ROOT.parent / "shared" / "corpora" / "bpmn-miwg"
_DECLARED = re.compile(rb"^<\?xml[^>]*?encoding=[\"']([\w.-]+)[\"']")


def in_utf8(content: bytes) -> str:
    """A file's text as it is kept here: in UTF-8, which its first line says."""
    found = _DECLARED.match(content)
    coding = found.group(1).decode() if found else "utf-8"
    text = content.decode(coding)
    return text if coding.lower() == "utf-8" else text.replace(coding, "UTF-8", 1)


def files(folder: Path, pattern: str) -> list[Path]:
    if not folder.exists():
        pytest.skip(f"the reference models are not here: {folder.name}")
    found = sorted(folder.glob(pattern))
    assert found
    return found


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [(ROOT / "processes", "*/process.bpmn"), (MODELS, "*.bpmn")],
    ids=["ours", "others"],
)
def test_what_is_not_touched_is_saved_letter_for_letter(
    page: Page, folder: Path, pattern: str
) -> None:
    drawing = Drawing.begin(page, "round_trip")
    lost = {}
    for path in files(folder, pattern):
        before = in_utf8(path.read_bytes())
        drawing.read_file(path.name, path.read_bytes())
        if drawing.text != before:
            lost[path.name] = ["opening it changed it"]
            continue
        drawing.explain("第一句")
        told = [
            one
            for one in differences(before.encode(), drawing.text.encode())
            if "documentation" not in one
        ]
        if told or "第一句" not in drawing.text:
            lost[path.name] = told or ["the change is not there"]
    assert lost == {}, lost
