"""Looking at one page in many ways: every width and look, with axe, for the mark, for what hangs over."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages_of import Seen, Walk, become_in
from tests.browser.reading import left_english

AXE = Path(__file__).parents[2] / "webapp" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
#: WCAG 2.2 AA: what it demands and what the versions before it demand.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
WIDE, NARROW = 1440, 390
#: A window of 1280 at 90 % and at 200 % has room for so many pixels.
ZOOMED = {"90 %": round(1280 / 0.9), "200 %": 640}

_OVERHANG = """() => {
  const edge = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= edge) return null;
  const out = [...document.querySelectorAll("body *")].filter(
    (one) => one.getBoundingClientRect().right > edge + 1);
  const last = out[out.length - 1];
  return last ? last.tagName + "." + last.getAttribute("class") + ": " + last.textContent.slice(0, 40) : "?";
}"""
#: Where a mark of bpmn.io is covered; with what lies over it.
_COVERED = """async () => {
  const found = [];
  const over = (mark, when) => {
    const box = mark.getBoundingClientRect();
    if (box.width < 10 || box.height < 10) { found.push(when + ": not visible"); return; }
    for (const [x, y] of [[.1, .1], [.9, .1], [.5, .5], [.1, .9], [.9, .9]]) {
      const [left, top] = [box.left + box.width * x, box.top + box.height * y];
      const hit = document.elementFromPoint(left, top);
      if (!hit) { found.push(when + ": outside the window"); return; }
      if (!mark.contains(hit) && !(hit.contains(mark) && hit.closest(".fjs-container, .bjs-container"))) {
        found.push(when + ": under " + hit.tagName + "." + hit.className);
        return;
      }
    }
  };
  const marks = [...document.querySelectorAll(".fjs-powered-by-link, .bjs-powered-by")];
  for (const mark of marks) {
    for (const block of ["end", "center", "start"]) {
      mark.scrollIntoView({ block });
      over(mark, block);
    }
  }
  return { count: marks.length, found };
}"""
#: Islands that are drawn with a library of bpmn.io; those of words are our own.
_DRAWN = "[data-island]:not([data-island='story'], [data-island='english'])"
_SCROLL_TO_END = """() => {
  for (const box of [document.scrollingElement, ...document.querySelectorAll(".page-scroll, .col-side")])
    if (box) box.scrollTop = box.scrollHeight;
}"""


@dataclass
class Findings:
    """What was found, page by page; every list should be empty."""

    axe: list[str] = field(default_factory=list)
    overhanging: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    #: English on a Chinese page, with what scripts have drawn.
    english: list[str] = field(default_factory=list)
    #: Pages on which a diagram or a form was drawn.
    drawn: set[str] = field(default_factory=set)


@cache
def axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def check(page: Page, rules: list[str] | None = None, inside: str | None = None) -> list[str]:
    """What axe finds on the page as it is; `rules` are those to try, else all of WCAG 2.2 AA.

    Where only some rules are tried, a diagram is left out: it is the same in every look, and slow.
    """
    if not page.evaluate("typeof axe === 'object'"):
        # Through the debugger's door: the page's own policy stays as strict as it is.
        page.evaluate(axe_source())
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    exclude = [".djs-container"] if rules else []
    result: dict[str, Any] = page.evaluate(
        """([inside, exclude, only]) => axe.run({ include: [inside || "html"], exclude }, {
          runOnly: only, resultTypes: ["violations"], rules: {"target-size": {enabled: true}}})""",
        [inside, exclude, only],
    )
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]} {_why(node)}"
        for one in result["violations"]
        for node in one["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    data = next((each.get("data") for each in [*node["any"], *node["all"], *node["none"]]), None)
    return str(data.get("contrastRatio", "")) if isinstance(data, dict) else ""


class Looker:
    """One browser for all pages; a page is loaded once and looked at in every way."""

    def __init__(self, browser: Browser, address: str, found: Findings) -> None:
        self._browser, self._address, self._found = browser, address, found
        self._context: BrowserContext | None = None
        self._walker = ""
        self._dialogs_seen: set[str] = set()
        self._page: Page

    def look(self, seen: Seen, username: str) -> None:
        """Look at a page as the person it was found by."""
        if seen.walker != self._walker or self._context is None:
            self._begin(seen.walker, username)
        page = self._page
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.goto(seen.path)
        settle(page)
        self._found.english += [
            f"{seen}: {text}" for text in left_english(page.content(), seen.endpoint)
        ]
        self._as_it_is(seen, "wide, light", None)
        self._marks(seen, WIDE)
        self._dialogs(seen)
        theme(page, "dark")
        self._as_it_is(seen, "wide, dark", ["color-contrast"])
        for name, width in ZOOMED.items():
            self._fits(seen, name, width)
        self._fits(seen, "phone", NARROW)
        # Light and dark are the same colours at every width: narrow and light need no look of its own.
        self._as_it_is(seen, "phone, dark", None)
        theme(page, "light")
        self._marks(seen, NARROW)

    def close(self) -> None:
        """Give the last window back."""
        if self._context is not None:
            self._context.close()

    def _begin(self, walker: str, username: str) -> None:
        self.close()
        self._walker = walker
        self._context = self._browser.new_context(
            base_url=self._address, locale="zh-CN", reduced_motion="reduce"
        )
        self._context.on("weberror", lambda error: self._complain(str(error.error)))
        self._page = self._context.new_page()
        self._page.on(
            "console", lambda one: self._complain(one.text) if one.type == "error" else None
        )
        if username:
            become_in(self._page, username)

    def _complain(self, text: str) -> None:
        if "status of 4" not in text:
            self._found.complaints.append(f"{self._page.url}: {text}")

    def _as_it_is(self, seen: Seen, how: str, rules: list[str] | None) -> None:
        self._found.axe += [f"{seen} ({how}): {one}" for one in check(self._page, rules)]

    def _fits(self, seen: Seen, name: str, width: int) -> None:
        self._page.set_viewport_size({"width": width, "height": 844})
        if over := self._page.evaluate(_OVERHANG):
            self._found.overhanging.append(f"{seen} ({name}): {over}")

    def _dialogs(self, seen: Seen) -> None:
        for name in self._page.evaluate(
            "() => [...document.querySelectorAll('dialog[id]')].map((one) => one.id)"
        ):
            if name in self._dialogs_seen:
                continue
            self._dialogs_seen.add(name)
            self._page.evaluate(f"document.getElementById('{name}').showModal()")
            self._found.axe += [
                f"{seen} (dialog {name}): {one}" for one in check(self._page, inside=f"#{name}")
            ]
            self._page.evaluate(f"document.getElementById('{name}').close()")

    def _marks(self, seen: Seen, width: int) -> None:
        drawn = self._page.locator(_DRAWN).count()
        if not drawn:
            return
        self._found.drawn.add(seen.endpoint)
        result = self._page.evaluate(_COVERED)
        self._page.evaluate(_SCROLL_TO_END)
        problems = list(result["found"])
        if result["count"] < drawn:
            problems.append(f"{drawn} drawn, {result['count']} marks")
        self._found.marks += [f"{seen} at {width}: {one}" for one in problems]


def theme(page: Page, name: str) -> None:
    """Light or dark, as the menu does it."""
    page.evaluate(f"document.documentElement.dataset.bsTheme = '{name}'")


def settle(page: Page) -> None:
    """Everything unfolded and drawn."""
    page.evaluate(
        "document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true; })"
    )
    for island in page.locator("[data-island]").all():
        island.and_(page.locator("[data-ready]")).wait_for(state="attached", timeout=20_000)


def look_at_all(browser: Browser, address: str, walk: Walk, people: dict[str, str]) -> Findings:
    """Look at every page of a walk."""
    found = Findings()
    looker = Looker(browser, address, found)
    for seen in walk.pages:
        looker.look(seen, people.get(seen.walker, ""))
    looker.close()
    return found
