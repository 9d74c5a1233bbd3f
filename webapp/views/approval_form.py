"""The form of approval of a case as paper: what stands on it, in the words of one language.

A package with `letters/approval_form.typ` prints its own; every other gets the general form of
`webapp/printing`, filled from what the pages of the case show. Sensitive values are masked on both,
whoever prints: paper goes from hand to hand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import url_for
from sqlalchemy import Connection

from engine.actors import SYSTEM, Actor
from engine.engine import Engine
from engine.errors import NotFound
from engine.how_decided import REPEATED, TIMEOUT, printed
from engine.letters import MissingGlyph, amount_in_words, render
from engine.queries.case import CaseView, TaskView
from engine.queries.hidden import without
from engine.queries.history import history
from engine.queries.paper import ENTRY, form_facts, general_facts, own_form
from webapp.language import gettext as _
from webapp.language import language, ngettext
from webapp.pages import filters
from webapp.pages.work import state_text
from webapp.requests import settings
from webapp.rights import place_name
from webapp.views import progress
from webapp.views.dossier import dossier

_GENERAL = Path(__file__).parents[1] / "printing" / ENTRY
#: What printers set for a character that no font has.
_GETA = "〓"
#: Each try learns of some missing characters; a case has not more kinds of them than this.
_TRIES = 5
_TIME_LIMIT_S = 20.0


def approval_form(house: Engine, connection: Connection, case: CaseView, actor: Actor) -> Paper:
    """What the form is made from. Raise `NotFound` for who may not open the case's files."""
    if not case.opens_files:
        raise NotFound(instance=case.id)
    title = _title(case)
    # To the minute: whoever prints twice in a row gets the same file, made once.
    at = house.clock.now().replace(second=0, microsecond=0)
    sources = own_form(case.definition)
    if sources is not None:
        data = form_facts(house, connection, actor, case.id, title, at)
        for part in ("document", "amounts_in_words"):
            data[part] = without(data[part], case.hidden)
    else:
        sources = {ENTRY: _GENERAL.read_bytes()}
        data = _general(house, connection, case, actor, title)
    return Paper(house, sources, data, f"{case.number or case.id}-{title}.pdf")


class Paper:
    """A form ready to be printed; nothing of the database is needed any more."""

    def __init__(
        self, house: Engine, sources: Mapping[str, bytes], data: Mapping[str, Any], name: str
    ) -> None:
        self._house, self._sources, self._data = house, sources, data
        self.name = name

    def pdf(self) -> bytes:
        """Print it, in a process of its own and in turn. Raise `Busy`, `LetterError`."""
        text = json.dumps(self._data, ensure_ascii=False, sort_keys=True)
        key = hashlib.sha256(text.encode("utf-8", "replace"))
        for path in sorted(self._sources):
            key.update(path.encode() + self._sources[path])
        return self._house.press.make(f"form:{key.hexdigest()}", lambda: self._print(text))

    def _print(self, text: str) -> bytes:
        for _try in range(_TRIES):
            try:
                return render(
                    self._sources,
                    ENTRY,
                    json.loads(text),
                    fonts=self._house.fonts,
                    timeout_s=_TIME_LIMIT_S,
                )
            except MissingGlyph as missing:
                # A rare character, or a small picture typed on a phone, must not keep the file back.
                lacking = str(missing.parts.get("characters") or "")
                if not lacking.strip() or not any(one in text for one in lacking):
                    raise
                text = text.translate({ord(one): _GETA for one in lacking if one.isprintable()})
        raise MissingGlyph(entry=ENTRY)


def _title(case: CaseView) -> str:
    process = case.definition.text(case.definition.title, language())
    # A process that is called an approval already has the word once.
    return _("Approval form: %(process)s", process=process.removesuffix(_("Approval")))


def _general(
    house: Engine, connection: Connection, case: CaseView, actor: Actor, title: str
) -> dict[str, Any]:
    facts = general_facts(house, connection, actor, case.id)
    person = house.directory.facts(case.starter_id)
    root = case.places.get("root")
    number = case.number or case.id
    return {
        "lang": language(),
        "title": title,
        "organisation": place_name(root) if root else "",
        "number": number,
        "code": facts["verification_code"],
        "started": filters.date(case.started_at),
        "applicant": _laid_out(
            [
                _fact(_("Name"), person.get("name") or house.directory.name(case.starter_id)),
                _fact(_("Unit"), person.get("group_name"), person.get("unit_name")),
                _fact(_("Subject"), case.title, wide=True),
                *([_amount(case.amount_fen)] if case.amount_fen is not None else []),
            ]
        ),
        "sections": _sections(house, case),
        "computed": _computed(house, connection, case),
        "steps": _steps(house, case),
        "attachments": [{**one, "size": filters.size(one["size"])} for one in facts["attachments"]],
        "state": _state(house, case),
        "masked_note": _("Sensitive values are masked; the case on file has them in full."),
        "check_note": _(
            "To check this form: open “%(page)s” at %(address)s and enter the number and the code.",
            page=_("Check a printed form"),
            address=settings().public_url.rstrip("/") + url_for("pages.check_paper")
            if settings().public_url
            else url_for("pages.check_paper", _external=True),
        ),
        "words": _words(),
    }


def _words() -> dict[str, str]:
    return {
        "number": _("No."),
        "started": _("Handed in on"),
        "page": _("page {page} of {pages}"),
        "code": _("Verification code"),
        "applicant": _("Applicant"),
        "in_words": _("in words: "),
        "computed": _("Computed by the system"),
        "computed_note": _("a suggestion; people decide"),
        "decisions": _("Decisions, step by step"),
        "nothing_yet": _("Nobody has decided anything yet."),
        "signed": _("signed: "),
        "result": _("Together: "),
        "attachments": _("Attachments"),
        "none": _("none"),
        "file": _("File"),
        "size": _("Size"),
    }


def _state(house: Engine, case: CaseView) -> str:
    return _(
        "As of %(day)s: %(state)s. %(version)s.",
        day=filters.date(house.clock.now()),
        state=state_text(case.state),
        version=_("Rules of version %(number)s", number=case.definition.version),
    )


def _fact(label: str, *values: object, wide: bool = False) -> dict[str, Any]:
    text = " · ".join(str(one) for one in reversed(values) if one)
    return {"label": label, "value": text, "wide": wide}


def _amount(fen: int) -> dict[str, Any]:
    return {"label": _("Amount"), "value": filters.money(fen), "words": in_words(fen), "wide": True}


def in_words(fen: object) -> str:
    """An amount in capital numerals, where paper in Chinese wants them."""
    if language() != "zh" or not isinstance(fen, int):
        return ""
    try:
        return amount_in_words(fen)
    except ValueError:
        return ""


def _sections(house: Engine, case: CaseView) -> list[dict[str, Any]]:
    """The dossier as the pages show it, each value as text."""
    return [
        {
            "title": section["title"],
            "note": section["note"] or "",
            "facts": _laid_out([_printed(fact) for fact in section["facts"]]),
        }
        for section in dossier(house, case, {})
    ]


def _printed(fact: Mapping[str, Any]) -> dict[str, Any]:
    if "table" in fact:
        return {"label": fact["label"], "table": fact["table"], "wide": True}
    if "files" in fact:
        count = int(fact["count"])
        text = ngettext(
            "%(num)s file, listed at the end", "%(num)s files, listed at the end", count
        )
        return {"label": fact["label"], "value": text, "wide": False}
    words = in_words(fact.get("fen"))
    value = str(fact["value"] or "—")
    wide = bool(fact.get("wide")) or len(value) > 40
    return {"label": fact["label"], "value": value, "words": words, "wide": wide}


def _laid_out(facts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two facts in a row, wide ones alone; a fact that is left over takes the rest of its row."""
    laid: list[dict[str, Any]] = []
    half = False
    for fact in facts:
        wide = fact.pop("wide")
        if wide and half:
            laid[-1]["span"] = 3
            half = False
        laid.append({**fact, "span": 3 if wide else 1})
        half = not wide and not half
    if half:
        laid[-1]["span"] = 3
    return laid


def _computed(house: Engine, connection: Connection, case: CaseView) -> list[dict[str, Any]]:
    """What tables worked out in the case, with their reasons."""
    found = []
    seen: set[str] = set()
    for one in reversed(history(connection, case.id)):
        for made in reversed((one.payload or {}).get("decisions", [])):
            value = case.document.get(made["into"])
            if made["into"] in seen or not isinstance(value, dict):
                continue
            seen.add(made["into"])
            element = case.definition.diagram.elements[made["element"]]
            reasons = [text for table in made["rules"] for text in table.get("because", ())]
            if isinstance(value.get("reason"), str):
                reasons.insert(0, value["reason"])
            fen = value.get("suggested_fen")
            told = [filters.money(fen)] if isinstance(fen, int) else []
            told += [case.definition.text(text, language()) for text in dict.fromkeys(reasons)]
            if told:
                found.append(
                    {
                        "label": case.definition.text(element.name or element.id, language()),
                        "value": "\n".join(told),
                        "words": "",
                        "wide": True,
                    }
                )
    return _laid_out(reversed(found))


def _steps(house: Engine, case: CaseView) -> list[dict[str, Any]]:
    """Each step that people (or nobody, in time) decided: who, how, what, when, and what they said."""
    found = []
    for task in case.tasks:
        acts, result, how = _acts(house, case, task), "", ""
        step = case.definition.steps[task.element]
        votes = [one for one in task.signers if one.state == "voted"]
        if task.state == "completed" and (len(votes) > 1 or (votes and _by_itself(task))):
            result = case.definition.text(
                case.definition.outcome_given(task.element, task.outcome).label, language()
            )
            how = _how(house, task.decided_how, task.completed_by, task.completed_for)
        if acts:
            name = case.definition.text(step.name, language())
            found.append({"name": name, "acts": acts, "result": result, "result_how": how})
    return found


def _by_itself(task: TaskView) -> bool:
    return task.decided_how in (TIMEOUT, REPEATED)


def _acts(house: Engine, case: CaseView, task: TaskView) -> list[dict[str, Any]]:
    step = case.definition.steps[task.element]
    name = house.directory.name
    acts = [
        {
            "who": name(one.voted_by or one.person_id),
            "outcome": case.definition.text(
                case.definition.outcome_given(task.element, one.outcome).label, language()
            ),
            "opinion": one.opinion or "",
            "how": _how(house, one.decided_how, one.voted_by, one.person_id),
            "at": filters.date(one.voted_at),
        }
        for one in task.signers
        if one.state == "voted"
    ]
    if task.state == "completed" and not acts:
        alone = len(step.outcomes) == 1
        by = task.completed_by or ""
        how = _how(house, task.decided_how, by, task.completed_for)
        acts.append(
            {
                "who": "" if by == SYSTEM.id else name(by),
                "outcome": _("done")
                if alone
                else case.definition.text(
                    case.definition.outcome_given(task.element, task.outcome).label, language()
                ),
                "opinion": task.opinion or "",
                "how": " ".join(filter(None, (how, _("sent back since") if task.undone else ""))),
                "at": filters.date(task.closed_at),
            }
        )
    elif task.state == "returned":
        acts.append(
            {
                "who": progress.by(house, task.completed_by or "", task.completed_for),
                "outcome": _("sent back"),
                "opinion": task.opinion or "",
                "how": "",
                "at": filters.date(task.closed_at),
            }
        )
    return acts


def _how(house: Engine, how: str | None, by: str | None, owner: str | None) -> str:
    """How it came about where no person decided for oneself, in paper's own words."""
    if language() == "zh":
        name = house.directory.name
        return printed(how, name(by) if by else "", name(owner) if owner else "")
    return progress.decided_text(house, how, by, owner)
