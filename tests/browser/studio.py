"""An administrator at the studio's editor of diagrams."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.hands import Hands

ADMINISTRATOR = "rendingyi"


@dataclass
class Drawing:
    """A draft's diagram, open in the editor."""

    page: Page
    draft: str
    #: bodies of what was saved, in order
    saved: list[dict[str, Any]] = field(default_factory=list)
    #: its text when it was begun
    begun: str = ""

    @classmethod
    def begin(cls, page: Page, name: str, person: str = ADMINISTRATOR, title: str = "") -> Drawing:
        """A draft of a new process, open in the editor."""
        Hands(page).become(person)
        page.goto("/studio")
        page.locator("form[action='/studio/new'] input[name=name]").fill(name)
        page.locator("form[action='/studio/new'] input[name=title]").fill(title)
        page.locator("form[action='/studio/new'] button[type=submit]").click()
        made = cls.of(page)
        made.open()
        block = page.locator("[data-island=modeler] script").text_content() or "{}"
        made.begun = json.loads(block)["text"]
        return made

    @classmethod
    def of(cls, page: Page) -> Drawing:
        """The draft whose page opens now."""
        page.wait_for_url("**/studio/drafts/*")
        made = cls(page, page.url.rsplit("/", 1)[1])
        page.on("request", made._hear)
        return made

    def _hear(self, request: Request) -> None:
        if request.method == "PUT" and "/files/" in request.url:
            self.saved.append(json.loads(request.post_data or "{}"))

    def open(self, element: str = "") -> None:
        """Open the editor, at an element."""
        self.page.goto(f"/studio/drafts/{self.draft}/diagram" + (f"#{element}" if element else ""))
        expect(self.page.locator("[data-island=modeler]")).to_have_attribute(
            "data-ready", "editing"
        )

    def select(self, element: str) -> None:
        """Click an element of the drawing."""
        self.page.locator(f".djs-element[data-element-id='{element}']").first.click(force=True)

    def read_file(self, name: str, content: bytes) -> None:
        """Open a file in place of the diagram, as one does who brings it along."""
        before = len(self.saved)
        self.page.locator(".modeler-bar input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/xml", "buffer": content}
        )
        expect(self.page.locator(".saving-recovered")).to_contain_text(name)
        self.until_saved(before)

    def explain(self, text: str, *, saved: bool = True) -> None:
        """Say something about what is selected, and save at once."""
        before = len(self.saved)
        self.page.locator("[data-entry-id^=documentation] textarea").fill(text)
        self.page.keyboard.press("Control+s")
        if saved:
            self.until_saved(before)

    def save(self) -> None:
        """Save at once what was changed."""
        before = len(self.saved)
        self.page.keyboard.press("Control+s")
        self.page.wait_for_timeout(80)
        if len(self.saved) == before:
            expect(self.page.locator(".saving-line")).to_contain_text("已于")
        else:
            self.until_saved(before)

    def unfold(self) -> None:
        """Open every part of the panel."""
        expect(self.field("candidates")).to_be_visible()
        heads = self.page.locator(".bio-properties-panel-group-header")
        for number in range(heads.count()):
            if "open" not in (heads.nth(number).get_attribute("class") or "").split():
                heads.nth(number).locator(".bio-properties-panel-group-header-title").click()

    def field(self, name: str) -> Locator:
        """A field of the panel."""
        number = f"substring-after(@data-entry-id, '{name}-')"
        named = f"starts-with(@data-entry-id, '{name}-') and not(contains({number}, '-'))"
        return self.page.locator(f"xpath=//*[{named}]").first

    def feel(self, name: str, text: str, *, clear: bool = False) -> None:
        """Write FEEL into a field, as one piece: completion is not asked."""
        content = self.field(name).locator(".cm-content")
        content.click()
        if clear:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Escape")
        content.evaluate("one => one.blur()")

    def value(self, name: str) -> str:
        """What stands in a FEEL field."""
        return self.field(name).locator(".cm-content").inner_text()

    def add(self, part: str) -> None:
        """Add an entry to a list of the panel; its first field is where one goes on."""
        group = self.page.locator(f"[data-group-id=group-{part}]")
        group.locator(".bio-properties-panel-add-entry").first.click()
        expect(group.locator("input:focus, select:focus, textarea:focus")).to_have_count(1)

    def until_saved(self, before: int) -> None:
        """Wait for the save after the first `before`."""
        for _ in range(100):
            if len(self.saved) > before:
                break
            self.page.wait_for_timeout(20)
        assert len(self.saved) > before, "nothing was saved"
        expect(self.page.locator(".saving-line")).to_contain_text("已于")

    @property
    def text(self) -> str:
        """What was saved last."""
        return str(self.saved[-1]["text"])
