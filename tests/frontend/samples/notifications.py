"""What people are told, by which channel, and webhooks."""

from typing import Any

from tests.frontend.samples.frame import Pages, ago


def choices(channels: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Kinds of notifications with what is wanted of each channel."""
    options = [
        {"value": "now", "label": "立即发送"},
        {"value": "digest", "label": "汇总发送"},
        {"value": "never", "label": "不发送"},
    ]
    return [
        {
            "id": kind,
            "name": name,
            "channels": {
                one["id"]: {
                    "value": None if (kind, one["id"]) == ("task_opened", "app") else "now",
                    "options": options,
                }
                for one in channels
            },
        }
        for kind, name in (("task_opened", "新任务"), ("returned", "办件被退回"))
    ]


CHANNELS = [{"id": "app", "name": "页面消息"}, {"id": "mail", "name": "邮件"}]
FORMATS = [{"value": "plain", "label": "程序"}, {"value": "wecom", "label": "企业微信群机器人"}]

HOOKS = [
    {
        "id": "w1",
        "name": "经办群",
        "host": "10.1.2.3:8080",
        "format": "企业微信群机器人",
        "kinds": ["新任务", "催办"],
    },
    {"id": "w2", "name": "台账", "host": "10.1.2.4", "format": "程序", "kinds": None},
]

NO_HOOK = {"name": "", "url": "", "format": "plain", "secret": ""}

PAGES: Pages = {
    "notifications": (
        "notifications.html",
        {
            "items": [
                {
                    "id": "n1",
                    "text": "韩立新退回了“重大疾病帮扶 · 陈静”",
                    "step": "受理审查",
                    "kind": "办件被退回",
                    "at": ago(hours=1),
                    "unread": True,
                    "url": "/cases/c1",
                },
                {
                    "id": "n2",
                    "text": "系统设置了与您有关的代理",
                    "step": "",
                    "kind": "代理",
                    "at": ago(days=2),
                    "unread": False,
                    "url": "",
                },
            ],
            "more_url": "/notifications?after=x",
            "later": False,
        },
        {"nav_active": "notifications"},
    ),
    "notifications_empty": (
        "notifications.html",
        {"items": [], "more_url": None, "later": False},
        {"demo": None},
    ),
    "notification_choices": (
        "notification_choices.html",
        {
            "address": None,
            "mail_works": True,
            "channels": CHANNELS,
            "kinds": choices(CHANNELS),
            "digest": "08:30",
            "digests": [{"value": "08:30", "label": "每个工作日 08:30"}],
            "language": "zh",
            "may_have_webhooks": True,
            "webhooks": HOOKS,
            "formats": FORMATS,
            "form": NO_HOOK,
            "errors": {"url": "推送接口的地址须为公网地址。"},
            "key": "k9",
        },
        {},
    ),
    "admin_webhooks": (
        "admin_webhooks.html",
        {
            "webhooks": HOOKS,
            "formats": FORMATS,
            "kinds": [
                {"id": "task_opened", "name": "新任务", "chosen": True},
                {"id": "urged", "name": "催办", "chosen": False},
            ],
            "form": NO_HOOK,
            "errors": {},
            "people_may": True,
            "mail_works": False,
            "failures": [
                {
                    "id": "d1",
                    "what": "新任务",
                    "who": "王海燕",
                    "where": "邮件",
                    "attempts": 7,
                    "error": "550",
                    "since": ago(days=1),
                }
            ],
            "key": "k10",
        },
        {"nav_active": "webhooks"},
    ),
    "admin_webhooks_empty": (
        "admin_webhooks.html",
        {
            "webhooks": [],
            "formats": FORMATS,
            "kinds": [],
            "form": NO_HOOK,
            "errors": {"kinds": "请至少选择一项。"},
            "people_may": False,
            "mail_works": True,
            "failures": [],
            "key": "k11",
        },
        {},
    ),
    "webhook_secret": (
        "webhook_secret.html",
        {"secret": "0123456789", "back": "pages.webhooks"},
        {},
    ),
}
