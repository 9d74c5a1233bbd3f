"""Templates rendered without the application: the globals and filters they may count on, in small."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from tests.frontend import samples

WEBAPP = Path(__file__).parents[2] / "webapp"
TEMPLATES = WEBAPP / "templates"
CATALOGUE = WEBAPP / "translations" / "zh" / "LC_MESSAGES" / "messages.po"


@cache
def chinese() -> dict[Any, Any]:
    with CATALOGUE.open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale="zh") if message.id}


class Chinese:
    """The Chinese catalogue, read from its source."""

    def text(self, message: str, **values: object) -> str:
        found = str(chinese().get(message) or message)
        return found % values if values else found

    def count(self, singular: str, plural: str, number: int, **values: object) -> str:
        found = chinese().get((singular, plural)) or (singular,)
        return str(found[0]) % {"num": number, **values}


class English:
    def text(self, message: str, **values: object) -> str:
        return message % values if values else message

    def count(self, singular: str, plural: str, number: int, **values: object) -> str:
        return (singular if number == 1 else plural) % {"num": number, **values}


def render(template: str, model: dict[str, Any], lang: str = "zh", **further: Any) -> str:
    """The page of a view model; further globals such as `me` or `nav_active` by keyword."""
    return environment(lang).get_template(template).render({**further, **model})


@cache
def environment(lang: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(),
    )
    words: Chinese | English = English() if lang == "en" else Chinese()
    environment.globals |= {
        "_": words.text,
        "ngettext": words.count,
        "lang": lang,
        "theme": "light",
        "csrf_token": lambda: "csrf",
        "url_for": url_for,
        "asset_tags": lambda entry: Markup(""),
        "get_flashed_messages": lambda with_categories=False: [],
        "me": samples.ME,
        "demo": samples.DEMO,
        "nav_active": "",
    }
    filters: dict[str, Callable[..., Any]] = {
        "money": money,
        "when": when(lang),
        "date": day(lang),
        "due": due(lang),
    }
    environment.filters |= filters
    return environment


def url_for(endpoint: str, **values: object) -> str:
    tail = "&".join(f"{name}={value}" for name, value in values.items())
    return f"/{endpoint}" + (f"?{tail}" if tail else "")


def money(fen: int) -> str:
    return f"¥ {fen / 100:,.2f}"


def when(lang: str) -> Callable[[datetime], Markup]:
    def filter_(value: datetime) -> Markup:
        if value.date() == samples.NOW.date():
            short = f"{'Today' if lang == 'en' else '今天'} {value:%H:%M}"
        else:
            short = f"{value:%b} {value.day}" if lang == "en" else f"{value.month}月{value.day}日"
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            value.isoformat(), f"{value:%Y-%m-%d %H:%M}", short
        )

    return filter_


def day(lang: str) -> Callable[..., str]:
    def filter_(value: date, style: str = "short") -> str:
        if lang == "en":
            return f"{value:%B} {value.day}" + (f", {value.year}" if style == "full" else "")
        return (f"{value.year}年" if style == "full" else "") + f"{value.month}月{value.day}日"

    return filter_


def due(lang: str) -> Callable[[datetime | None], dict[str, str] | None]:
    def filter_(value: datetime | None) -> dict[str, str] | None:
        if value is None:
            return None
        days = (value.date() - samples.NOW.date()).days
        if lang == "en":
            text = (
                f"{-days} days overdue"
                if days < 0
                else "due today"
                if days == 0
                else f"{days} days left"
            )
        else:
            text = (
                f"逾期 {-days} 个工作日"
                if days < 0
                else "今天到期"
                if days == 0
                else f"剩 {days} 个工作日"
            )
        return {"text": text, "state": "overdue" if days < 0 else "soon" if days <= 1 else "ok"}

    return filter_
