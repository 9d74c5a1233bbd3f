"""Every page a demonstration has, found by walking: who sees it, and at which address.

The walk begins at every address without gaps that the blueprint of the pages knows, and follows links. A
page added later is found by itself; one that no link leads to is missed by `addresses_nobody_reaches`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import requests
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from webapp.pages.blueprint import blueprint

#: Who walks: a name for messages, and a person of the demonstration. Each sees what the others do not.
WALKERS = {
    "member": "chenjing",
    "clerk": "wanghaiyan",
    "investigator": "liuguodong",
    "committee": "panyulan",
    "chair": "hanlixin",
    "top clerk": "gaomingyue",
    "deputy chair": "luyuanshan",
    "finance": "qianshoucheng",
    "cashier": "shiyaqin",
    "archivist": "ouyangqing",
    "administrator": "rendingyi",
    "auditor": "yanzhengqing",
}
VISITOR = "visitor"
#: GET addresses of the pages that no link leads to, and why.
UNLINKED = {
    "pages.studio_differences": "linked where there are two versions; test_differences.py looks at its like",
    "pages.studio_release": "linked where files and database differ; the tests of templates look at it",
    "pages.case_status": "asked by a case's own page while the system works on it",
    "pages.studio_add": "a form of the draft's page leads there",
    "pages.studio_file": "asked by the studio's editors",
    "pages.studio_files": "asked by the studio's editors",
    "pages.studio_words": "asked by the studio's editors",
    "pages.studio_letter_page": "a picture on the page of a letter",
    "pages.takeover_one": "an upload leads there, which test_takeover.py makes",
    "pages.takeover_report": "of such an upload",
    "pages.studio_raw": "a picture of a letter, as a file",
    "pages.task_beside": "a part of the list, which test_clearing.py opens beside it",
}
#: How many pages of one kind a walker opens: the boxes and filters of a list, cases and tasks.
#: Of the studio's few: they look the same to everybody who sees them.
_OF_A_LIST, _OF_A_KIND, _OF_THE_STUDIO = 6, 3, 2
#: Parts of an address's query that lead to more of the same.
_MORE = {"after", "next", "lang"}


@dataclass(frozen=True)
class Seen:
    """A page as one person sees it."""

    walker: str
    endpoint: str
    path: str
    html: str

    def __str__(self) -> str:
        return f"{self.walker} {self.path}"


@cache
def rules() -> Map:
    """Where the pages are."""
    app = Flask(__name__)
    app.register_blueprint(blueprint)
    return app.url_map


def gets() -> list[Rule]:
    """The rules of the pages that answer GET."""
    return [
        rule
        for rule in rules().iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith("pages.")
    ]


_ONE_OF_MANY = {rule.endpoint for rule in gets() if rule.arguments}


def endpoint_of(path: str) -> str | None:
    """Which of our pages an address is."""
    try:
        endpoint, _values = rules().bind("localhost").match(urlsplit(path).path, method="GET")
    except HTTPException:
        return None
    return str(endpoint) if str(endpoint).startswith("pages.") else None


class Walk:
    """The pages of every walker, each page that looks like no other once."""

    def __init__(self, address: str, language: str = "zh") -> None:
        self._address = address
        self._language = language
        self._looks: set[tuple[str, ...]] = set()
        self.reached: set[str] = set()
        self.pages: list[Seen] = []
        self.troubles: list[str] = []

    def run(self) -> Walk:
        """Walk as everybody."""
        for walker, username in {VISITOR: "", **WALKERS}.items():
            self._as(walker, username)
        return self

    def _as(self, walker: str, username: str) -> None:
        with requests.Session() as session:
            session.trust_env = False
            session.cookies.set("gongban_lang", self._language)
            if username:
                become(session, self._address, username)
            waiting = [rule.rule for rule in gets() if not rule.arguments]
            waiting += ["/nowhere", "/cases/" + "0" * 26]
            known, kinds = set(waiting), Counter[str]()
            while waiting:
                path = waiting.pop(0)
                endpoint = endpoint_of(path)
                kinds[str(endpoint)] += 1
                most = _OF_A_KIND if endpoint in _ONE_OF_MANY else _OF_A_LIST
                if str(endpoint).startswith("pages.studio_"):
                    most = _OF_THE_STUDIO
                if kinds[str(endpoint)] > most:
                    continue
                html = self._look(session, walker, endpoint, path)
                for link in links(html, path):
                    if link not in known and endpoint_of(link):
                        known.add(link)
                        waiting.append(link)

    def _look(self, session: requests.Session, walker: str, endpoint: str | None, path: str) -> str:
        answer = session.get(f"{self._address}{path}", timeout=60, allow_redirects=False)
        if answer.status_code >= 500:
            self.troubles.append(f"{walker} {path}: {answer.status_code}")
        if answer.status_code < 400 and endpoint:
            self.reached.add(endpoint)
        if not answer.headers.get("Content-Type", "").startswith("text/html") or not answer.content:
            return ""
        html = answer.content.decode()
        kind = endpoint if endpoint and answer.status_code == 200 else f"{answer.status_code}"
        look = (kind, *parts(html))
        if "<main" in html and look not in self._looks:
            self._looks.add(look)
            self.pages.append(Seen(walker, kind, path, html))
        return html

    def addresses_nobody_reaches(self) -> list[str]:
        """Pages that exist and that no walker came to."""
        return sorted({rule.endpoint for rule in gets()} - self.reached - UNLINKED.keys())


def become(session: requests.Session, address: str, username: str) -> None:
    """Sign in as one of the demonstration's people."""
    answer = session.post(f"{address}/demo/switch", data={"username": username}, timeout=30)
    assert answer.status_code == 200, f"{username} cannot sign in"


def become_in(page: Page, username: str) -> None:
    """The same for a browser's window, without looking at the sign-in page."""
    page.request.post("/demo/switch", form={"username": username})


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag == "a" and target:
            self.found.append(target)


def links(html: str, path: str) -> Iterator[str]:
    """Where a page leads inside the house, without the following parts of its lists."""
    reader = _Links()
    reader.feed(html)
    for target in reader.found:
        parts_ = urlsplit(target)
        if parts_.netloc or parts_.scheme or target.startswith("#"):
            continue
        if any(name in _MORE for name, _value in parse_qsl(parts_.query)):
            continue
        query = f"?{parts_.query}" if parts_.query else ""
        yield f"{parts_.path or urlsplit(path).path}{query}"


_CLASSES = re.compile(r'\sclass="([^"]*)"')
_FIELDS = re.compile(r'"type": ?"([a-z]+)"')


def parts(html: str) -> tuple[str, ...]:
    """What a page is made of: its classes, ids and kinds of field, not what stands in them."""
    body = html[html.find("<main") :]
    found = {name for classes in _CLASSES.findall(body) for name in classes.split()}
    found |= {f"#{one}" for one in re.findall(r'\sid="([a-z-]+)"', body)}
    found |= {f"field {one}" for one in _FIELDS.findall(body)}
    # How late a line is, and which tag its state has, is not another page.
    return tuple(sorted(one for one in found if not one.startswith(("due-", "tag-", "step-"))))
