"""Problems that say why: one sentence for each reason, in the reader's language."""

from __future__ import annotations

from webapp.language import gettext as _


def not_possible() -> dict[str, str]:
    """Why somebody cannot be given a task, a question or a proxy."""
    return {
        "closed": _("This step is not handed on: those who were asked do it themselves."),
        "yourself": _("You cannot choose yourself."),
        "not_active": _("This person has left or cannot sign in. Choose somebody else."),
        "not_in_circle": _("This step goes only to people of certain roles. Choose one of them."),
        "has_it": _("This person has it already."),
        "signs_already": _("This person signs already."),
        "asked_already": _("This person has been asked already."),
    }


def weak() -> dict[str, str]:
    """Why a password cannot be taken, and what would do."""
    return {
        "short": _("This password is too short. Take at least 10 characters; a few words do well."),
        "long": _("This password is too long. 200 characters are enough."),
        "known": _(
            "This password is little more than the name, user name or number. Take something nobody knows of you."
        ),
        "common": _(
            "Passwords like this one are guessed first: common words, runs of keys, repetitions. "
            "Take a few words that do not belong together."
        ),
        "former": _("This is one of the last passwords. Take a new one."),
    }


def not_by_the_provider() -> dict[str, str]:
    """Why signing in elsewhere came to nothing."""
    return {
        "away": _(
            "The unified sign-in does not answer. Try again in a while, or sign in with a password."
        ),
        "unknown": _(
            "You are signed in there, but nobody here has this user name. Ask your union's office to open an account."
        ),
        "disabled": _("Your account here is shut. Ask your union's office."),
        "ended": _("The unified sign-in was broken off. Nothing has happened; begin again."),
        "late": _("Signing in took too long, or was begun in another window. Begin again."),
        "untrusted": _(
            "What the unified sign-in sent does not hold, so you were not signed in. "
            "Begin again; tell an administrator if it stays so."
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
