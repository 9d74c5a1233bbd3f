"""What a package says, as its reader understands it: roles and places in words, Chinese in English."""

from __future__ import annotations

import json
import re

from engine.catalog.package import Package
from webapp.language import gettext_in, language
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


def english_of(package: Package) -> dict[str, str]:
    """The English texts of a package, as far as they can be read, for who reads English; else none."""
    if language() != "en":
        return {}
    try:
        found = json.loads(package.files.get("i18n/en.json", b"{}"))
    except ValueError:
        return {}
    return {str(key): str(text) for key, text in found.items()} if isinstance(found, dict) else {}
