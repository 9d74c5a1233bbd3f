"""What a package says of itself, as a form: who may begin it, who may not do what, how long it is kept."""

from __future__ import annotations

import tomllib
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.catalog.checks.parts import Parts
from engine.catalog.package import Package
from engine.errors import EngineError, InvalidPackage
from engine.studio.reading import content_of, package_of, read_draft
from engine.studio.toml_text import Path, changed
from engine.studio.writing import save_file
from webapp.areas import areas
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.problems import sentence, status_of
from webapp.requests import current_actor, engine
from webapp.rights import require, role_title
from webapp.roles import roles
from webapp.studio.overview import draft_line
from webapp.studio.readable import english_of

_FILE = "process.toml"
#: Form field → where its text lies; empty: not there.
_TEXTS: dict[str, Path] = {
    "title": ("title",),
    "owner": ("owner",),
    "summary": ("summary",),
    "work_point": ("work_point",),
    "case_title": ("case_title",),
    "amount": ("amount",),
    "readers": ("readers",),
    "cc_started": ("cc", "started"),
    "cc_ended": ("cc", "ended"),
    "urge_every": ("urge", "every"),
    "retention_period": ("retention", "period"),
    "retention_from": ("retention", "from"),
    "retention_basis": ("retention", "basis"),
}
#: Form field → where its list lies; written with commas.
_LISTS: dict[str, Path] = {
    "words": ("words",),
    "withdraw_until": ("withdraw", "until"),
    "comparable": ("comparable", "fields"),
    "use_dmn": ("use_dmn",),
}
_REQUIRED = ("title", "owner")


@blueprint.get("/studio/drafts/<string:id>/facts", endpoint="studio_facts")
def facts(id: str) -> BaseResponse:
    """The form; where the text cannot be read, the text."""
    require("administer")
    return _page(id)


@blueprint.post("/studio/drafts/<string:id>/facts", endpoint="studio_facts_save")
def save(id: str) -> BaseResponse:
    """Write what the form holds into the text, and leave the rest of it as it stands."""
    actor = require("administer")
    text = request.form.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 10 else 0
    try:
        with engine().database.read() as connection:
            read_draft(connection, actor, id, edits=True)
            _view, content = content_of(connection, id, _FILE)
        written = changed(content.decode("utf-8"), _values(), {"separation.rule": _rules()})
        with engine().command(current_actor()) as uow:
            save_file(uow, id, _FILE, written.encode("utf-8"), version)
            uow.commit()
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        return _page(id, sentence(error.problem, error.parts), status_of(error))
    flash(_("Saved."), "success")
    return redirect(url_for("pages.studio_facts", id=id))


def _values() -> dict[Path, Any]:
    found: dict[Path, Any] = {}
    for name, path in _TEXTS.items():
        text = request.form.get(name, "").strip()
        found[path] = text if text or name in _REQUIRED else None
    for name, path in _LISTS.items():
        found[path] = _split(request.form.get(name, "")) or None
    found["start", "roles"] = request.form.getlist("start_roles")
    found["separation", "applicant_may"] = request.form.getlist("applicant_may")
    if request.form.get("withdraws") == "yes":
        found["withdraw", "until"] = found["withdraw", "until"] or []
        # Revising is what a package allows unless it says otherwise.
        found["withdraw", "revise"] = None if request.form.get("revise") == "yes" else False
    else:
        found["withdraw", "until"] = found["withdraw", "revise"] = None
    after = request.form.get("stuck_after", "").strip()
    found["stuck", "after"] = int(after) if after.isdecimal() and len(after) < 4 else None
    if found["retention", "period"] is None:
        found["retention", "from"] = found["retention", "basis"] = None
    return found


def _rules() -> list[dict[str, Any]]:
    """The rules of separation: their groups one to a line, steps with commas between them."""
    sent = zip(
        request.form.getlist("rule_id"),
        request.form.getlist("rule_why"),
        request.form.getlist("rule_groups"),
        request.form.getlist("rule_kind"),
        strict=False,
    )
    found: list[dict[str, Any]] = []
    for rule, why, groups, kind in sent:
        lines = [_split(line) for line in groups.splitlines() if _split(line)]
        if not why.strip() and not lines:
            continue
        name = rule.strip() or _free({str(one["id"]) for one in found})
        entry: dict[str, Any] = {"id": name, "why": why.strip()}
        if kind == "different":
            entry["different"] = [step for line in lines for step in line]
        else:
            entry["groups"] = lines
        found.append(entry)
    return found


def _free(taken: set[str]) -> str:
    return next(name for n in range(1, 1000) if (name := f"rule-{n}") not in taken)


def _split(text: str) -> list[str]:
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return [one.strip() for one in parts if one.strip()]


def _page(id: str, problem: str | None = None, status: int = 200) -> BaseResponse:
    actor = require("administer")
    with engine().database.read() as connection:
        draft = read_draft(connection, actor, id)
        view, content = content_of(connection, id, _FILE)
        package = package_of(connection, id)
    source = url_for("pages.studio_source", id=id, path=_FILE)
    try:
        known = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return redirect(source)
    english = english_of(package)
    page = render_template(
        "studio_facts.html",
        draft=draft_line(draft),
        version=view.version,
        read_only=not draft.edits or draft.discarded_at is not None,
        source_url=source,
        form=_typed() if problem else _shown(known),
        rules=_rule_lines(_rules() if problem else _listed(known, "separation", "rule")),
        policies=[_plain(one, english) for one in _listed(known, "policy")],
        accepted=[_plain(one, english) for one in _listed(known, "accepted")],
        roles=[{"id": one, "title": role_title(one, language())} for one in roles()],
        points=[
            {"no": point.id, "title": f"{area.title(language())} · {point.title(language())}"}
            for area in areas()
            for point in area.points
        ],
        steps=_steps(package),
        problem=problem,
    )
    return make_response(page, status)


def _shown(known: dict[str, Any]) -> dict[str, Any]:
    """The facts as the form has them."""
    found: dict[str, Any] = {name: _text(_at(known, path)) for name, path in _TEXTS.items()}
    found |= {name: ", ".join(map(str, _at(known, path) or ())) for name, path in _LISTS.items()}
    withdraw = known.get("withdraw")
    return found | {
        "start_roles": _at(known, ("start", "roles")) or [],
        "applicant_may": _at(known, ("separation", "applicant_may")) or [],
        "withdraws": isinstance(withdraw, dict),
        "revise": isinstance(withdraw, dict) and withdraw.get("revise", True) is True,
        "stuck_after": _text(_at(known, ("stuck", "after"))),
    }


def _typed() -> dict[str, Any]:
    """What was typed, when it could not be saved."""
    sent = request.form
    return {name: sent.get(name, "") for name in (*_TEXTS, *_LISTS, "stuck_after")} | {
        "start_roles": sent.getlist("start_roles"),
        "applicant_may": sent.getlist("applicant_may"),
        "withdraws": sent.get("withdraws") == "yes",
        "revise": sent.get("revise") == "yes",
    }


def _rule_lines(rules: list[dict[str, Any]]) -> list[dict[str, str]]:
    lines = [
        {
            "id": _text(one.get("id")),
            "why": _text(one.get("why")),
            "kind": "different" if "different" in one else "groups",
            "groups": ", ".join(map(str, one["different"]))
            if "different" in one
            else "\n".join(", ".join(map(str, group)) for group in one.get("groups", ())),
        }
        for one in rules
    ]
    return [*lines, {"id": "", "why": "", "kind": "groups", "groups": ""}]


def _plain(entry: dict[str, Any], english: dict[str, str]) -> dict[str, str]:
    """A policy or an accepted warning in a line: what it is for, and what it is called."""
    called = [_text(entry.get(name)) for name in ("id", "rule", "element")]
    why = _text(entry.get("why"))
    return {"why": english.get(why, why), "says": " · ".join(one for one in called if one)}


def _steps(package: Package) -> list[dict[str, str]]:
    """The steps that rules can name, in the order of the diagram."""
    try:
        parts = Parts.read(package, None)
    except InvalidPackage:
        return []
    wanted = ("userTask", "serviceTask", "receiveTask", "startEvent")
    english = english_of(package)
    return [
        {
            "id": one.id,
            "name": english.get(one.name, one.name) or one.id,
            "person": "yes" if one.kind == "userTask" else "",
        }
        for one in parts.diagram.elements.values()
        if one.kind in wanted
    ]


def _listed(known: dict[str, Any], *path: str) -> list[dict[str, Any]]:
    found = _at(known, path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _at(known: dict[str, Any], path: Path) -> Any:
    at: Any = known
    for part in path:
        at = at.get(part) if isinstance(at, dict) else None
    return at


def _text(value: Any) -> str:
    return "" if value is None else str(value)
