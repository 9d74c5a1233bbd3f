"""What happened in a story that was played, in the reader's language."""

from __future__ import annotations

from engine.testing import Act
from webapp.language import gettext as _
from webapp.requests import engine


def line_of(act: Act) -> dict[str, str]:
    """When, who (empty: by itself) and what."""
    return {
        "at": act.at.astimezone(engine().zone).strftime("%Y-%m-%d %H:%M"),
        "who": act.who,
        "what": _what(act),
    }


def _what(act: Act) -> str:
    sentences = {
        "start": _("starts the case"),
        "propose": _("proposes {name}"),
        "deploy": _("deploys another version of {name}"),
        "complete": "{task} · {label}" if act.parts.get("label") else "{task}",
        "sign": _("{task} · {label} (others still to sign)"),
        "refused": _("is refused: {problem}"),
        "time": _("time passes"),
        "bank": _("the bank answers: {answer}"),
        "object": _("objects to the notice"),
        "withdraw": _("withdraws the case"),
        "send_back": _("sends the case back from {task} to {target}"),
        "take_back": _("takes {task} back"),
        "revise": _("takes the case back to change it"),
        "deliver": _("delivers {message}"),
    }
    return sentences[act.kind].format(**act.parts).strip()
