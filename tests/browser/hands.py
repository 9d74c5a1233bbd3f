"""What a person does on a page: sign in, fill in a form by its labels, decide, let time pass."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from engine.testing.files import small_pdf


class Hands:
    """A person at the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def become(self, username: str) -> None:
        """Sign in as one of the demonstration's people, from the list on the sign-in page."""
        self.page.context.clear_cookies()
        self.page.goto("/login")
        row = self.page.locator("ol.story li", has=self.page.locator(f"input[value={username}]"))
        row.get_by_role("button").click()
        expect(self.page.locator("h1")).to_have_text("今天")

    def open_work(self, title: str, box: str = "pool") -> None:
        """Open the case of this title from a list."""
        link = self.page.get_by_role("link", name=title).first
        # The system's own steps take a moment; a person would look again.
        self.look_again(f"/inbox?box={box}", link)
        # On a page of its own; beside the list it opens by a click.
        self.page.goto(str(link.get_attribute("href")))
        expect(self.page.locator("h1")).to_contain_text(title)
        if self.page.locator("[data-island=form]").count():
            expect(self.page.locator("[data-island=form][data-ready=yes]")).to_be_visible()

    def open_step(self, step: str, box: str = "pool") -> None:
        """Open the first case that stands at a step."""
        row = self.page.locator("tr[data-row]").filter(has_text=step).first
        self.look_again(f"/inbox?box={box}", row)
        self.page.goto(str(row.locator("a.what").get_attribute("href")))
        expect(self.page.locator("[data-island=form][data-ready=yes]")).to_be_visible()

    def look_again(self, url: str, wanted: Locator) -> None:
        """Open a page, and again, until something is on it."""
        for _ in range(20):
            self.page.goto(url)
            if wanted.count():
                break
            self.page.wait_for_timeout(500)
        expect(wanted).to_be_visible()

    def fill(self, values: dict[str, Any]) -> None:
        """Fill in fields by their labels: text, True for a tick, a list of names for people."""
        for label, value in values.items():
            self._fill(label, value)

    def _field(self, label: str) -> Locator:
        exact = re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")
        return (
            self.page.locator(".fjs-form-field")
            .filter(
                has=self.page.locator("label, legend, .fjs-form-field-label").filter(has_text=exact)
            )
            .last
        )

    def _fill(self, label: str, value: Any) -> None:
        field = self._field(label)
        if value is True:
            field.locator("input[type=checkbox]").check()
        elif isinstance(value, list):
            self._choose(field, value)
        elif field.locator("input[type=radio]").count():
            field.get_by_label(value, exact=True).check()
        elif field.locator(".fjs-select-arrow").count():
            item = self.page.locator(".fjs-dropdownlist-item").get_by_text(value, exact=True)
            if not item.is_visible():
                field.locator(".fjs-input-group").click()
            if not item.is_visible():
                # It was open already, because the keyboard had come here: the click closed it.
                field.locator(".fjs-input-group").click()
            item.click()
        else:
            place = field.locator("input:visible, textarea:visible").first
            place.fill(value)
            place.press("Tab")

    def _choose(self, field: Locator, names: list[str]) -> None:
        for name in names:
            field.get_by_text(name).first.click()

    def attach(self, label: str, name: str) -> None:
        """Attach a small PDF, and wait until it is there."""
        field = self._field(label)
        with self.page.expect_response(lambda answer: answer.url.endswith("/uploads")) as answer:
            field.locator("input[type=file]").set_input_files(
                {"name": name, "mimeType": "application/pdf", "buffer": small_pdf(name)}
            )
        assert answer.value.status == 201
        expect(
            field.get_by_role("link", name=name).or_(field.get_by_text(name)).first
        ).to_be_visible()

    def decide(self, outcome: str, opinion: str = "") -> None:
        """Press one of the outcomes, confirming where that is asked."""
        if opinion:
            self.page.locator("#opinion").fill(opinion)
        self.decide_without_leaving(outcome)
        dialog = self.page.locator("dialog[open]")
        if dialog.count():
            dialog.get_by_role("button").last.click()
        expect(self.page.locator("h1")).to_have_text("我的工作")

    def decide_without_leaving(self, outcome: str) -> None:
        """Press an outcome, whatever the page makes of it."""
        self.page.get_by_role("button", name=outcome, exact=True).locator(
            "visible=true"
        ).first.click()

    def let_pass(self, move: str) -> None:
        """Move the demonstration's clock."""
        self.page.locator("#demo-move").select_option(move)
        self.page.get_by_role("button", name="推进时间").click()
        self.page.wait_for_load_state()
