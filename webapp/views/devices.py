"""With what somebody is signed in, in words: the browser and the machine, as far as they say."""

from __future__ import annotations

import re

from webapp.language import gettext as _

#: First match wins: many a browser also names the one it was made from.
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("wxwork", "WeCom"),
    ("Lark|Feishu", "Feishu"),
    ("QQBrowser", "QQ"),
    ("QIHU|360SE|360EE|QHBrowser", "360"),
    ("Edg(?:e|A|iOS)?/", "Edge"),
    ("OPR/|Opera", "Opera"),
    ("HuaweiBrowser", "Huawei"),
    ("MiuiBrowser", "Xiaomi"),
    ("UCBrowser", "UC"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS|Chromium", "Chrome"),
    ("Version/.*Safari", "Safari"),
)
_MACHINES = (
    ("HarmonyOS|OpenHarmony", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X|Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux|X11", "Linux"),
)


def device(agent: str) -> str:
    """`Chrome on Windows`; a program where no browser speaks."""
    browser, machine = _first(_BROWSERS, agent), _first(_MACHINES, agent)
    if "Mozilla/" not in agent and browser is None:
        return _("a program") if agent else _("an unknown device")
    names = {"WeChat": _("WeChat"), "DingTalk": _("DingTalk"), "WeCom": _("WeCom")} | {
        "Feishu": _("Feishu"),
        "Huawei": _("the Huawei browser"),
        "Xiaomi": _("the Xiaomi browser"),
        "QQ": _("the QQ browser"),
        "UC": _("the UC browser"),
        "360": _("the 360 browser"),
    }
    said = names.get(browser or "", browser or _("a browser"))
    return _("%(browser)s on %(machine)s", browser=said, machine=machine) if machine else said


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str | None:
    return next((name for pattern, name in table if re.search(pattern, agent, re.IGNORECASE)), None)
