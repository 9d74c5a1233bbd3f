"""What a person reads of the device they are signed in with."""

from __future__ import annotations

import pytest

from tests.builders import House
from webapp.views.devices import device

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
PHONE = "Mozilla/5.0 (Linux; Android 12; NOH-AN00) AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{WINDOWS} Chrome/98.0.4758.102 Safari/537.36", "Windows 上的 Chrome"),
        (f"{WINDOWS} Chrome/120.0 Safari/537.36 Edg/120.0", "Windows 上的 Edge"),
        (f"{WINDOWS} Chrome/98.0 Safari/537.36 QIHU 360SE", "Windows 上的 360 浏览器"),
        (f"{PHONE} Version/4.0 Chrome/98 Mobile MicroMessenger/8.0", "Android 上的 微信"),
        (f"{APPLE} Mobile AliApp(DingTalk/7.0)", "iPhone 上的 钉钉"),
        (f"{APPLE} Version/17.0 Mobile/15E148 Safari/604.1", "iPhone 上的 Safari"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
            "Linux 上的 Firefox",
        ),
        ("Mozilla/5.0 something new", "浏览器"),
        ("python-requests/2.34", "程序"),
        ("", "未知设备"),
    ],
)
def test_a_device_is_named_in_words(small_house: House, agent: str, words: str) -> None:
    with small_house.app.test_request_context(headers={"Accept-Language": "zh"}):
        assert device(agent) == words
