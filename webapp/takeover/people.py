"""A line of the sheet of people: known by the membership number."""

from __future__ import annotations

from engine.forms.numbers import bank_account_fault, id_card_fault, mobile_fault
from webapp.accounts.facts import set_facts
from webapp.accounts.people import LONGEST_NAME, add_person, edit_person, open_account
from webapp.language import gettext as _
from webapp.language import gettext_in
from webapp.settings import is_mail_address
from webapp.takeover.cells import Fields
from webapp.takeover.columns import PEOPLE, genders, plain
from webapp.takeover.known import Known, Somebody
from webapp.takeover.outcome import CHANGED, CREATED, UNCHANGED, Outcome
from webapp.takeover.units import one_place

LONGEST_NUMBER = 40


def take_person(known: Known, fields: Fields, number: int) -> Outcome:
    """Add a person, or change what differs; an empty cell leaves what is known."""
    member_no = fields.text("member_no", LONGEST_NUMBER, required=True) or ""
    name = fields.name("name", LONGEST_NAME, required=True) or ""
    fields.what = f"{name} {member_no}".strip()
    if member_no and (first := known.twice(PEOPLE, member_no, number)) is not None:
        fields.fault("member_no", _("stands in row %(row)s already", row=first))
    unit_id, group_id = _where(known, fields)
    facts = _facts(known, fields)
    username = fields.text("username", 60)
    fields.check()
    assert unit_id is not None  # it is required, and checked above
    uow, there = known.uow, known.people.get(member_no)
    if there is None:
        made = add_person(
            uow, name, member_no=member_no, unit_id=unit_id, group_id=group_id, facts=facts
        )
        if username:
            open_account(uow, made, username)
        known.people[member_no] = Somebody(made, name, unit_id, group_id, username)
        return Outcome(CREATED, fields.what)
    words = _edit(known, there, name, unit_id, group_id)
    labels = _labels()
    words += [_("%(fact)s changed", fact=labels[fact]) for fact in set_facts(uow, there.id, facts)]
    if username and there.username is None:
        open_account(uow, there.id, username)
        there.username = username
        words.append(_("account %(name)s opened", name=username))
    elif username and username != there.username:
        fields.fault("username", _("this person signs in as %(name)s already", name=there.username))
        fields.check()
    return Outcome(CHANGED if words else UNCHANGED, fields.what, words)


def _where(known: Known, fields: Fields) -> tuple[str | None, str | None]:
    text = fields.text("unit", 120, required=True)
    unit_id = one_place(known, fields, "unit", text) if text else None
    if unit_id is not None and known.places[unit_id].kind == "group":
        fields.fault("unit", _("is a group; write its unit here and the group beside it"))
        unit_id = None
    text = fields.text("group", 120)
    if not text or unit_id is None:
        return unit_id, None
    group_id = one_place(known, fields, "group", text, below=unit_id)
    if group_id is not None and known.places[group_id].parent_id != unit_id:
        fields.fault("group", _("is no group of this unit"))
    return unit_id, group_id


def _facts(known: Known, fields: Fields) -> dict[str, str]:
    today = known.uow.today
    found: dict[str, str | None] = {"gender": fields.choice("gender", _genders())}
    for key in ("birth_date", "join_date"):
        day = fields.day(key)
        found[key] = day.isoformat() if day else None
    found["mobile"] = fields.checked("mobile", mobile_fault)
    found["id_card_no"] = fields.checked("id_card_no", lambda text: id_card_fault(text, today))
    found["bank_account"] = fields.checked("bank_account", bank_account_fault)
    found["email"] = fields.text("email", 200)
    if found["email"] and not is_mail_address(found["email"]):
        fields.fault("email", _("is no e-mail address"))
    return {key: value for key, value in found.items() if value is not None}


def _edit(
    known: Known, there: Somebody, name: str, unit_id: str, group_id: str | None
) -> list[str]:
    # An empty cell says nothing about the group, unless the unit is another one.
    if group_id is None and unit_id == there.unit_id:
        group_id = there.group_id
    words = []
    if name != there.name:
        words.append(_("name: %(before)s → %(after)s", before=there.name, after=name))
    if (unit_id, group_id) != (there.unit_id, there.group_id):
        before, after = (
            " · ".join(known.places[one].name for one in pair if one)
            for pair in ((there.unit_id, there.group_id), (unit_id, group_id))
        )
        words.append(_("unit: %(before)s → %(after)s", before=before, after=after))
    if words:
        edit_person(known.uow, there.id, name=name, unit_id=unit_id, group_id=group_id)
        there.name, there.unit_id, there.group_id = name, unit_id, group_id
    return words


def _genders() -> dict[str, str]:
    found = {"female": "female", "male": "male"}
    for language in ("en", "zh"):
        found |= {plain(word): gender for word, gender in genders(gettext_in(language)).items()}
    return found


def _labels() -> dict[str, str]:
    return {
        "gender": _("Gender"),
        "birth_date": _("Birth date"),
        "join_date": _("Joined on"),
        "mobile": _("Mobile number"),
        "id_card_no": _("Identity number"),
        "bank_account": _("Account number"),
        "email": _("E-mail address"),
    }
