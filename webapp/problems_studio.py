"""Sentences for what the studio refuses, where one problem has several."""

from __future__ import annotations

from webapp.language import gettext as _


def merging() -> dict[str, str]:
    """Why files and the version in use do not come together."""
    return {
        "undecided_merge": _(
            "Both sides changed the same things. Please choose for each of them; nothing was lost."
        ),
        "nothing_to_merge": _(
            "Another version is in use by now, or the files have nothing new. Please look again."
        ),
    }


def bad_archive(parts: dict[str, object]) -> dict[str, str]:
    """Why a zip cannot be taken in."""
    file = str(parts.get("name", ""))
    return {
        "no_zip": _("This is no zip file."),
        "no_package": _("There is no process.toml in this zip file, so it holds no process."),
        "several": _("This zip file holds several processes. Send one at a time."),
        "too_many": _("There are too many files in this zip file; a process has at most 300."),
        "encrypted": _("This zip file is protected by a password. Make one without."),
        "link": _(
            "%(file)s is a link to another file. Put the file itself into the zip.", file=file
        ),
        "outside": _("%(file)s leads out of its folder.", file=file),
        "twice": _("%(file)s is in the zip file twice.", file=file),
        "wrong_name": _("A process has no file like %(file)s.", file=file),
        "damaged": _("%(file)s is damaged. Make the zip file anew.", file=file),
        "too_large": _(
            "%(file)s is too large: a file has at most 5 MB, a process 20 MB.", file=file
        ),
    }
