"""Roles and places in what a package says, as people call them."""

from __future__ import annotations

import re

from webapp.language import gettext_in
from webapp.rights import role_title

_AT = re.compile(r"^([a-z_]+) @ ([a-z._]+)$")


def readable(text: str, language: str) -> str:
    """`clerk @ applicant.unit` in words; an expression stays as it is written."""
    if text.lstrip().startswith("="):
        return text
    parts = [_part(one.strip(), language) for one in text.split(",")]
    return (", " if language == "en" else "、").join(parts)


def _part(text: str, language: str) -> str:
    _ = gettext_in(language)
    places = {
        "applicant.unit": _("the applicant's unit"),
        "applicant.group": _("the applicant's group"),
        "applicant.cluster": _("the applicant's cluster"),
        "root": _("the top"),
    }
    if text == "starter":
        return _("whoever started the case")
    found = _AT.match(text)
    if found is None:
        return role_title(text, language)
    role, place = found.groups()
    who = _("the head") if role == "head" else role_title(role, language)
    return _("%(role)s of %(place)s", role=who, place=places.get(place, place))
