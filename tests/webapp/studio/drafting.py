"""An administrator at the studio, as the editors' scripts and the pages' forms speak for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.builders import Browser, House


@dataclass
class Drafter:
    """Somebody at the studio."""

    browser: Browser
    house: House

    @classmethod
    def of(cls, house: House, person: str = "admin_mu", language: str = "en") -> Drafter:
        return cls(house.browser(person, language), house)

    def send(self, path: str, form: dict[str, Any] | None = None) -> TestResponse:
        """A form of a page."""
        return self.browser.post(path, form)

    def begin(self, name: str = "tea_break", **form: Any) -> str:
        """A draft of a new process; its id."""
        return draft_of(self.send("/studio/new", {"name": name, **form}))

    def begin_from(self, version: str) -> str:
        """A draft of a version."""
        return draft_of(self.send("/studio/begin", {"version": version}))

    def read(self, draft: str, path: str) -> TestResponse:
        """A file, as a script asks for it."""
        return self._script("GET", f"/studio/drafts/{draft}/files/{path}")

    def save(self, draft: str, path: str, text: Any, version: Any) -> TestResponse:
        """Save a file as a script does."""
        body = {"text": text, "version": version}
        return self._script("PUT", f"/studio/drafts/{draft}/files/{path}", body)

    def delete(self, draft: str, path: str, version: int) -> TestResponse:
        """Take a file out."""
        return self._script("DELETE", f"/studio/drafts/{draft}/files/{path}?version={version}")

    def play(self, draft: str) -> str:
        """Have the stories played, and wait for it; the draft's page then."""
        assert self.send(f"/studio/drafts/{draft}/stories").status_code == 302
        self.house.run_jobs()
        return self.page(draft)

    def check(self, draft: str) -> list[dict[str, Any]]:
        """What is wrong with a draft."""
        found: list[dict[str, Any]] = self._script("POST", f"/studio/drafts/{draft}/check").json[
            "findings"
        ]
        return found

    def words(self, draft: str) -> dict[str, Any]:
        """What can be named in it."""
        found: dict[str, Any] = self._script("GET", f"/studio/drafts/{draft}/words").json
        return found

    def page(self, draft: str) -> str:
        """The draft's page."""
        return self.browser.get(f"/studio/drafts/{draft}").text

    def _script(self, method: str, path: str, body: Any = None) -> TestResponse:
        headers = {**self.browser.headers, "X-CSRFToken": self.browser.csrf}
        client = self.browser._client
        if body is None:
            return client.open(path, method=method, headers=headers)
        return client.open(path, method=method, headers=headers, json=body)


def draft_of(answer: TestResponse) -> str:
    """The draft a form led to."""
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.text)
    return answer.headers["Location"].rsplit("/", 1)[1]
