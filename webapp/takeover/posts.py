"""A line of the sheet of posts: known by person, role, unit and first day."""

from __future__ import annotations

from webapp.accounts.people import LONGEST_BASIS, LONGEST_TITLE, assign_role, end_role
from webapp.accounts.posts import describe_post
from webapp.language import gettext as _
from webapp.language import language
from webapp.rights import role_title
from webapp.takeover.cells import Fields
from webapp.takeover.columns import POSTS
from webapp.takeover.known import Known
from webapp.takeover.outcome import CHANGED, CREATED, UNCHANGED, Outcome
from webapp.takeover.people import LONGEST_NUMBER
from webapp.takeover.units import one_place


def take_post(known: Known, fields: Fields, number: int) -> Outcome:
    """Give a role, or let the one held since that day end; an empty cell leaves what is known."""
    member_no = fields.text("member_no", LONGEST_NUMBER, required=True) or ""
    name = fields.name("name", 60)
    role = fields.choice("role", known.roles, required=True) or ""
    text = fields.text("unit", 120, required=True)
    place = one_place(known, fields, "unit", text) if text else None
    since, until = fields.day("since", required=True), fields.day("until")
    title = fields.text("title", LONGEST_TITLE) or ""
    basis = fields.text("basis", LONGEST_BASIS) or ""
    who = known.people.get(member_no)
    shown = (who.name if who else name) or member_no
    fields.what = " · ".join(
        one for one in (shown, role and role_title(role, language()), text) if one
    )
    if member_no and who is None:
        fields.fault("member_no", _("nobody has the number %(number)s", number=member_no))
    if who is not None and name and name != who.name:
        fields.fault("name", _("the number belongs to %(name)s", name=who.name))
    if since and until and until <= since:
        fields.fault("until", _("lies not after the first day"))
    key = f"{member_no}|{role}|{place}|{since}"
    if (first := known.twice(POSTS, key, number)) is not None:
        fields.fault("since", _("stands in row %(row)s already", row=first))
    fields.check()
    assert who is not None  # checked above, as are the place and the day
    assert place is not None
    for held in known.holdings.get(who.id, ()):
        if (held.role, held.unit_id, held.since) == (role, place, since):
            return _change(known, fields, held, until, title, basis)
    assign_role(known.uow, who.id, role, place, since=since, until=until, title=title, basis=basis)
    return Outcome(CREATED, fields.what)


def _change(
    known: Known, fields: Fields, held: object, until: object, title: str, basis: str
) -> Outcome:
    words = []
    before = held.until  # type: ignore[attr-defined]  # a row of role_holding
    id = held.id  # type: ignore[attr-defined]
    if until is not None and until != before:
        end_role(known.uow, id, on=until)  # type: ignore[arg-type]
        words.append(_("ends: %(before)s → %(after)s", before=before or _("open end"), after=until))
    if describe_post(known.uow, id, title=title or None, basis=basis or None):
        words.append(_("post or basis changed"))
    return Outcome(CHANGED if words else UNCHANGED, fields.what, words)
