"""What of a page is in which language: the interface's words apart from what people have written."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ONLY = re.compile(r"[\u4e00-\u9fff]+")
_RUN = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff，。、；0-9A-Za-z]*")
#: Attributes that people read or hear.
_SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-confirm", "data-confirm-detail")
_ROOT = Path(__file__).parents[2]
#: Where what the demonstration's people have written comes from.
_WRITTEN = (
    "webapp/demo/data/organisation.toml",
    "webapp/demo/data/cases.toml",
    "tests/browser/states.py",
    "tests/browser/test_attention.py",
)
#: A case's title is made once, in the words of its process, and kept; a language is named in itself;
#: an amount in capitals is there to be compared with the form on paper.
_KEPT = re.compile(
    r"重大疾病帮扶(公示|审批表|决定书)?|启用 活动用品领用审批|中文|[壹贰叁肆伍陆柒捌玖拾佰仟万亿零元角分整]{3,}"
)
#: English that stands in Chinese pages: names, formats, what people type to a machine.
_SAME = re.compile(
    r"gongban\S*|English|SHA-256|[A-Z]{2}-[\w-]+|PDF|JPE?G|PNG|OFD|MB|KB|JavaScript"
    r"|Linux|Windows|Android|Chrome|Chromium|Edge|Firefox|Safari"
    r"|Powered by bpmn.io|Webhook|HMAC|JSON|BPMN|\b[0-9a-z…]{20,}\b|\b(?=[0-9a-f…]*\d)[0-9a-f…]{6,}\b|\w+@\S+|\S*\.(pdf|csv|xlsx|toml|bpmn)\b|\{\w+(?::\d+)?\}|https?://\S*"
)
_WORD = re.compile(r"[A-Za-z_]+")
#: Words that follow each other: what no package says is not a package's own.
_SENTENCE = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+")
_ENGLISH = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,}|\b[A-Za-z]{4,}\b")


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # What stands in a text area is a document in its own language.
        self._silent += tag in ("script", "style", "textarea")
        self.found += [text for name, text in attrs if name in _SPOKEN and text]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "textarea")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(" ".join(data.split()))


def texts(html: str) -> list[str]:
    """What a page says, piece by piece; without notices, which are documents in their own language."""
    reader = _Texts()
    html = re.sub(r"<article\b.*?</article>", "", html, flags=re.S)
    # What says of itself that it is in a language, or (zxx) in none, may be in that one.
    html = re.sub(r"<(?!html)(\w+)\b[^>]*\slang=\"[^\"]+\"[^>]*>[^<]*</\1>", "", html)
    reader.feed(html)
    return reader.found


#: Where packages are worked on, their own words stand as they are written; and the texts of messages.
WORKSHOP = ("pages.studio", "pages.text")


def left_chinese(html: str, endpoint: str = "") -> list[str]:
    """Chinese on an English page that nobody has written."""
    if endpoint.startswith(WORKSHOP):
        said = _packages() + _sources()
        return [text for text in texts(html) if any(one not in said for one in _ONLY.findall(text))]
    found = []
    for text in texts(html):
        rest = _names().sub("", _KEPT.sub("", text))
        for one in _written():
            rest = rest.replace(one, "")
        if _CHINESE.search(rest) and len(text) > 1:
            found.append(text)
    return found


def left_english(html: str, endpoint: str = "") -> list[str]:
    """English sentences and words on a Chinese page."""
    if endpoint.startswith(WORKSHOP):
        found = [(text, _ids().sub("", _SAME.sub("", text))) for text in texts(html)]
        return [
            text
            for text, rest in found
            if _ENGLISH.search(" ".join(set(_WORD.findall(rest)) - _words_of_packages()))
            or any(one not in _packages() for one in _SENTENCE.findall(rest))
        ]
    return [text for text in texts(html) if _ENGLISH.search(_ids().sub("", _SAME.sub("", text)))]


@cache
def _written() -> tuple[str, ...]:
    runs = {run for run in _RUN.findall(_sources()) if len(run) > 1}
    return tuple(sorted(runs, key=len, reverse=True))


@cache
def _sources() -> str:
    return "".join((_ROOT / path).read_text(encoding="utf-8") for path in _WRITTEN)


@cache
def _packages() -> str:
    """All that the packages say, the cast of their stories, and the sentences of messages."""
    paths = [one for one in (_ROOT / "processes").rglob("*") if one.is_file()]
    paths += (_ROOT / "webapp" / "translations").rglob("server.po")
    names = " ".join(str(path.relative_to(_ROOT)) for path in paths)
    return names + "".join(path.read_text(encoding="utf-8") for path in paths)


@cache
def _words_of_packages() -> frozenset[str]:
    return frozenset(_WORD.findall(_packages())) | _rules()


def _rules() -> set[str]:
    text = (_ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    return set(re.findall(r"`([a-z_]+)`", text))


@cache
def _organisation() -> dict[str, object]:
    path = _ROOT / _WRITTEN[0]
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _names() -> re.Pattern[str]:
    lists = _organisation()["names"]
    assert isinstance(lists, dict)
    given = [one for some in lists.values() if isinstance(some, list) for one in some]
    return re.compile(f"(?:{'|'.join(lists['surnames'])})(?:{'|'.join(given)})")


@cache
def _ids() -> re.Pattern[str]:
    """Ids that people see and type: of users, units, roles and processes."""
    text = (_ROOT / _WRITTEN[0]).read_text(encoding="utf-8")
    ids = set(re.findall(r'"([a-z0-9_]{3,})"', text)) | set(re.findall(r"^([a-z_]+) =", text, re.M))
    ids |= {path.name for path in (_ROOT / "processes").iterdir()}
    return re.compile(rf"\b(?:{'|'.join(sorted(ids, key=len, reverse=True))})(?:_g\d)?\b")
