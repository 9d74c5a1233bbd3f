"""The shapes that receivers expect, each signed in its own way.

plain is ours; wecom, dingtalk and feishu are the group robots of those three. `docs/notifications.md` says
how a receiver verifies each.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from engine.notifications.parcels import NotDelivered

#: Signs of Markdown and of mentions, as signs that mean nothing to a robot.
_HARMLESS = str.maketrans("<>[]`*", "＜＞［］'＊")


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be said, without any shape."""

    id: str
    text: str
    step: str
    url: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP POST: what is added to the address, the headers and the body."""

    query: str
    headers: dict[str, str]
    body: bytes


def shape(format: str, message: Message, secret: str, now: datetime) -> Call:
    """The call for a receiver of this format."""
    return _SHAPES[format](message, secret, now)


def check(format: str, body: bytes) -> None:
    """Robots say no with a 200: read what they say; raise `NotDelivered`."""
    if format == "plain":
        return
    try:
        said = json.loads(body)
        code = next(said[name] for name in ("errcode", "code", "StatusCode") if name in said)
    except (ValueError, StopIteration, TypeError):
        raise NotDelivered("robot: no answer to read") from None
    if code != 0:
        raise NotDelivered(f"robot {code}" if isinstance(code, int) else "robot")


def sign_plain(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over `timestamp.body`, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _plain(message: Message, secret: str, now: datetime) -> Call:
    body = _json({"id": message.id, "text": message.text, "url": message.url, **message.facts})
    timestamp = str(int(now.timestamp()))
    headers = {
        "X-Gongban-Id": message.id,
        "X-Gongban-Timestamp": timestamp,
        "X-Gongban-Signature": f"sha256={sign_plain(secret, timestamp, body)}",
    }
    return _call(message, body, headers)


def _wecom(message: Message, _secret: str, _now: datetime) -> Call:
    lines = [message.text.translate(_HARMLESS)]
    if message.step:
        lines.append(f"> {message.step.translate(_HARMLESS)}")
    if message.url:
        lines.append(f"[{message.url}]({message.url})")
    return _call(message, _json({"msgtype": "markdown", "markdown": {"content": "\n".join(lines)}}))


def _dingtalk(message: Message, secret: str, now: datetime) -> Call:
    body = _json({"msgtype": "text", "text": {"content": _text(message)}})
    if not secret:
        return _call(message, body)
    timestamp = str(int(now.timestamp() * 1000))
    made = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    sign = base64.b64encode(made).decode()
    return _call(message, body, query=urlencode({"timestamp": timestamp, "sign": sign}))


def _feishu(message: Message, secret: str, now: datetime) -> Call:
    content: dict[str, Any] = {"msg_type": "text", "content": {"text": _text(message)}}
    if secret:
        timestamp = str(int(now.timestamp()))
        made = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
        content = {"timestamp": timestamp, "sign": base64.b64encode(made).decode(), **content}
    return _call(message, _json(content))


def _text(message: Message) -> str:
    return "\n".join(one for one in (message.text, message.step, message.url) if one)


def _call(
    message: Message, body: bytes, headers: dict[str, str] | None = None, query: str = ""
) -> Call:
    own = {"Content-Type": "application/json; charset=utf-8", "X-Gongban-Id": message.id}
    return Call(query, {**own, **(headers or {})}, body)


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


_SHAPES: dict[str, Callable[[Message, str, datetime], Call]] = {
    "plain": _plain,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
}
