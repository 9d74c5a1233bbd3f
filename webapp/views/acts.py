"""Acts of a case in words, where a sentence depends on more than its event's type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.engine import Engine
from engine.how_decided import PROXY, REPEATED
from engine.queries.history import Happening
from webapp.language import gettext as _
from webapp.language import language


def signers_added(
    payload: Mapping[str, Any], subject: Mapping[str, Any], facts: dict[str, str]
) -> str:
    """Who was asked to sign, and when."""
    separator = ", " if language() == "en" else "、"
    who = separator.join(payload.get("names", ()))
    if subject.get("how") == "before":
        return _("%(name)s had %(who)s asked to sign “%(step)s” first", who=who, **facts)
    if subject.get("how") == "after":
        return _("%(name)s had %(who)s asked to sign “%(step)s” afterwards", who=who, **facts)
    return _("%(name)s had %(who)s asked to sign “%(step)s” as well", who=who, **facts)


def signer_retired(payload: Mapping[str, Any], facts: dict[str, str]) -> str:
    """Who signs no more, and what follows."""
    who = payload.get("person_name", "")
    if "keys" in payload:
        return _("%(who)s can sign “%(step)s” no more; one person decides now", who=who, **facts)
    return _("%(who)s can sign “%(step)s” no more", who=who, **facts)


def voted(engine: Engine, one: Happening, facts: dict[str, str]) -> str:
    """Who signed, and for whom."""
    how = one.subject.get("how")
    if how == PROXY:
        owner = engine.directory.name(str(one.subject.get("for") or ""))
        return _("%(name)s signed “%(step)s” for %(owner)s: %(outcome)s", owner=owner, **facts)
    if how == REPEATED:
        return _("“%(step)s” asked %(name)s no second time: %(outcome)s", **facts)
    return _("%(name)s signed “%(step)s”: %(outcome)s", **facts)


def copied(one: Happening, facts: dict[str, str]) -> str:
    """To whom a copy went, and from whom."""
    people = _listed((one.payload or {}).get("names", ()))
    if one.subject.get("automatic"):
        return _("A copy went to %(people)s, as the process says", people=people)
    return _("%(name)s sent a copy to %(people)s", name=facts["name"], people=people)


def urged(one: Happening, facts: dict[str, str]) -> str:
    """Who urged, how often by now, and whether the heads heard of it."""
    if (one.payload or {}).get("heads"):
        return _(
            "%(name)s urged “%(step)s” (%(count)s times by now); the heads were told",
            count=one.subject.get("count"),
            **facts,
        )
    return _("%(name)s urged “%(step)s” (no. %(count)s)", count=one.subject.get("count"), **facts)


def _listed(names: Sequence[str]) -> str:
    separator = ", " if language() == "en" else "、"
    return separator.join(names[:5]) + (" …" if len(names) > 5 else "")
