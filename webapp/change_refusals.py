"""Why a change of the organisation, its calendar, numbers, texts or funds is refused, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from webapp.language import gettext as _
from webapp.language import ngettext


def refusal(why: str, parts: Mapping[str, object]) -> str:
    """The sentence; what the change would break, with its numbers and days."""
    if why == "unit_in_use":
        return _in_use(parts)
    known = _sentences()
    text = known.get(why) or _("This change would break something. Nothing was changed.")
    values = {name: _shown(value) for name, value in parts.items()}
    return text % values if "%(" in text else text


def _shown(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return _("open end") if value is None else str(value)


def _in_use(parts: Mapping[str, object]) -> str:
    def count(name: str) -> int:
        found = parts.get(name, 0)
        return found if isinstance(found, int) else 0

    said = []
    if count("people"):
        said.append(ngettext("%(num)s person", "%(num)s people", count("people")))
    if count("roles"):
        said.append(ngettext("%(num)s role held", "%(num)s roles held", count("roles")))
    if count("below"):
        said.append(ngettext("%(num)s unit below it", "%(num)s units below it", count("below")))
    if count("cases"):
        said.append(ngettext("%(num)s running case", "%(num)s running cases", count("cases")))
    return _(
        "The unit cannot end yet, there is still: %(what)s. Move or end these first, or merge the unit.",
        what=_(", ").join(said),
    )


def _sentences() -> dict[str, str]:
    return {
        "overlaps": _(
            "This person already holds the role there from %(since)s to %(until)s. "
            "Two periods of one role may not overlap."
        ),
        "ends_already": _("This role already ends on %(until)s. An end is moved forward only."),
        "last_administrator": _(
            "Then nobody could administer any more. Give the role to somebody else first."
        ),
        "no_day": _("This is not a day. Write it as 2024-03-01."),
        "bad_code": _("A code has letters, digits, dots and strokes, at most 64."),
        "book_too_large": _("The file is too large: at most %(most)s MB."),
        "book_old": _(
            "This is an old .xls file, or one locked with a password. "
            "Open it, save it as .xlsx without a password, and send that."
        ),
        "book_unreadable": _(
            "This file cannot be read as a spreadsheet. Send an .xlsx file, or a CSV."
        ),
        "book_bomb": _(
            "Unpacked, this file would be far larger than a list can be. It was not read."
        ),
        "book_hostile": _(
            "This file holds instructions that no spreadsheet needs. It was not read; "
            "copy the cells into a new file if you trust where it comes from."
        ),
        "book_empty": _("The file is empty."),
        "book_nothing": _(
            "Nothing in this file is known here: no sheet has the headings of the template. "
            "Download the template and copy your lines into it."
        ),
        "book_too_long": _("At most %(most)s lines are taken over at once. Split the file."),
        "bad_pattern": _(
            "A pattern is text with {number} or {number:05} once, and {year} if it begins anew yearly; "
            "at most 64 characters."
        ),
        "past_day": _("Numbers that were given stay as they are. Choose today or a later day."),
        "same_pattern": _("This pattern counts already."),
        "pattern_collides": _(
            "With this pattern a number could come out that “%(other)s” gives or has given. "
            "Begin it with other letters."
        ),
        "bad_number": _("A number lies between 1 and %(most)s."),
        "number_given": _("Numbers up to %(last)s have been given. The next one must be higher."),
        "reason_missing": _(
            "Say why, in at most %(longest)s characters; the reason goes into the record."
        ),
        "year_before_missing": _("The notice of %(year)s has to be entered first."),
        "notice_empty": _("Paste the days of the notice, and say which notice it is."),
        "notice_other_year": _(
            "A notice holds days of its year, and of the last December before it; here some are not of %(year)s."
        ),
        "notice_after_it": _(
            "The notice of %(year)s has been entered after it. Take that one back first."
        ),
        "notice_unclear": _("This part of the notice is not clear: “%(text)s”."),
        "bad_fund_id": _("An id has small letters, digits and strokes, at most 64."),
        "fund_closed": _("The fund is closed. Open it again first."),
        "fund_not_empty": _(
            "The fund still holds %(yuan)s yuan or has payments under way (%(orders)s). "
            "Take the money out first."
        ),
        "too_little": _("There is too little for this: %(yuan)s yuan are available."),
        "entry_of_case": _(
            "Entries of cases, and counter-entries, are not taken back here: the case itself does it."
        ),
        "entry_corrected": _("This entry has been taken back already."),
        "bad_amount": _("Please give an amount in yuan above zero with at most two decimals."),
        "text_empty": _("The text is empty."),
        "text_too_long": _("The text is too long: at most %(longest)s characters, on one line."),
        "text_gap": _("There is no gap called {%(gap)s} here. Possible are: %(known)s."),
        "no_file": _("Choose a file first."),
        "takeover_refused": _("Some lines cannot be taken over, so nothing was."),
        "takeover_done": _("This file has been taken over already. Nothing was changed."),
        "takeover_late": _(
            "It was tried more than an hour ago, and forgotten. Send the file again."
        ),
        "takeover_changed": _(
            "The organisation has changed since this file was tried. Nothing was taken over; "
            "look through the list again."
        ),
        "note_sensitive": _(
            "Reference and note can be read: no identity or account numbers there."
        ),
        "line_void": _("This line was entered before and is void. It is not entered again."),
        "too_long": _("This text is too long: at most %(longest)s characters."),
        "unit_over": _("%(name)s has ended. Choose another unit, or open it again."),
        "root_stays": _("The top of the organisation stays where it is."),
        "wrong_order": _("A unit stands below one of its own or a higher kind."),
        "below_itself": _("A unit cannot stand below itself."),
        "ends_before": _("A unit cannot end before its first day."),
        "before_founded": _("The unit does not stand on that day."),
        "not_ended": _("Only a unit that has ended without merging can be opened again."),
    }
