"""Pictures of every page, as everybody sees it: at 1440 and 390 pixels, in Chinese and in English.

    python -m scripts.screenshots FOLDER [PART OF AN ENDPOINT]

They are to be looked at, not kept: what is compared from one change to the next are the approved outlines in
tests/browser/approved (docs/decisions/0010-outlines-not-pictures.md).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.looking import NARROW, WIDE, settle
from tests.browser.pages_of import WALKERS, Walk, become_in
from tests.browser.serving import served
from tests.browser.states import arrange


def main() -> int:
    """Make a demonstration, walk through it and take the pictures."""
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder, part = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    folder.mkdir(parents=True, exist_ok=True)
    found = find_chromium()
    if found is None:
        print("There is no Chromium on this machine.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as address:
        arrange(address)
        walk = Walk(address).run()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
            for language in ("zh", "en"):
                for width in (WIDE, NARROW):
                    _take(browser, address, walk, folder, language, width, part)
            browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    return 0


def _take(
    browser: Browser, address: str, walk: Walk, folder: Path, language: str, width: int, part: str
) -> None:
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "gongban_lang", "value": language, "url": address}])
    page, walker = context.new_page(), ""
    for number, seen in enumerate(walk.pages):
        if part not in seen.endpoint:
            continue
        if seen.walker != walker and seen.walker in WALKERS:
            become_in(page, WALKERS[seen.walker])
        walker = seen.walker
        page.goto(seen.path)
        settle(page)
        name = f"{number:03}-{seen.endpoint.removeprefix('pages.')}-{walker}-{width}-{language}.png"
        page.screenshot(path=folder / name.replace(" ", "_"), full_page=True)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
