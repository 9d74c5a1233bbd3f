"""Playing a case of a draft by hand: each step is added to a story, which is saved as one goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import yaml
from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.catalog.definition import Definition, compile_definition
from engine.catalog.package import Package
from engine.errors import EngineError, Invalid, NotFound
from engine.forms import Form
from engine.rehearsing.by_hand import Standing, stand, start_values, starters
from engine.studio.checking import whole
from engine.studio.reading import DraftView, content_of, package_of, read_draft
from engine.studio.writing import save_file
from engine.testing.refusals import Failure
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.problems import sentence, status_of
from webapp.requests import current_actor, engine
from webapp.rights import require
from webapp.studio.acts import line_of
from webapp.studio.failures import failure_said
from webapp.studio.inputs import inputs, read_inputs, reasons, typed_in
from webapp.studio.overview import draft_line

_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
#: What a story has that was written to be held to; going on by hand would let it go.
_EXPECTATIONS = ("expect", "refused")


class _Story(NamedTuple):
    draft: DraftView
    package: Package
    definition: Definition
    name: str
    content: dict[str, Any]
    version: int

    @property
    def cast(self) -> Any:
        return _cast()

    @property
    def by_hand(self) -> bool:
        """True where nothing is expected of it that going on would let go."""
        ends = self.content.get("ends") or {}
        return set(ends) <= {"state", "at"} and not any(
            word in step for step in self.content["steps"] for word in _EXPECTATIONS
        )


def _cast() -> Any:
    shared = engine().shared
    if shared is None or not (shared / "cast.yaml").is_file():
        raise NotFound(cast="cast.yaml")
    return shared / "cast.yaml"


@blueprint.get("/studio/drafts/<string:id>/play", endpoint="studio_play")
def stories(id: str) -> str:
    """The stories of a draft, and beginning another."""
    return _stories(id)


def _stories(id: str, problem: str | None = None) -> str:
    actor = require("administer")
    with engine().database.read() as connection:
        draft = read_draft(connection, actor, id)
        package = package_of(connection, id)
    names = sorted(
        path[len("scenarios/") : -len(".yaml")]
        for path in package.companions
        if path.startswith("scenarios/") and path.endswith(".yaml")
    )
    try:
        people = starters(whole(package, engine().shared), _cast())
    except EngineError as error:
        people, problem = [], problem or sentence(error.problem, error.parts)
    return render_template(
        "studio_play.html",
        draft=draft_line(draft),
        names=names,
        people=[{"id": one, "name": name} for one, name in people],
        today=engine().clock.now().astimezone(engine().zone).date().isoformat(),
        typed=request.values,
        problem=problem,
    )


@blueprint.get("/studio/drafts/<string:id>/play/<string:name>", endpoint="studio_played")
def played(id: str, name: str) -> BaseResponse:
    """Where the case stands, and what can be done next."""
    return _show(id, name)


def _show(
    id: str, name: str, problems: list[str] | None = None, typed: Mapping[str, str] | None = None
) -> BaseResponse:
    try:
        story = _story(id, name)
        standing = stand(story.package, story.content, story.cast)
    except (yaml.YAMLError, KeyError, TypeError, ValueError):
        return make_response(_stories(id, _("The story cannot be read. Look at it as text.")), 422)
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        return make_response(_stories(id, sentence(error.problem, error.parts)), status_of(error))
    return make_response(
        _page(story, standing, problems or [], typed or {}), 422 if problems else 200
    )


def _page(story: _Story, standing: Standing, problems: list[str], typed: Mapping[str, str]) -> str:
    definition = story.definition
    end = definition.diagram.elements.get(standing.end_event)
    begun = bool(story.content["steps"])
    return render_template(
        "studio_played.html",
        draft=draft_line(story.draft),
        name=story.name,
        source_url=url_for(
            "pages.studio_source", id=story.draft.id, path=f"scenarios/{story.name}.yaml"
        ),
        lines=[line_of(one) for one in standing.acts],
        at=standing.at,
        title=standing.title or definition.text(definition.title, language()),
        ended=definition.text(end.name, language()) if end is not None and end.name else "",
        state=standing.state,
        begun=begun,
        may_go_on=story.draft.edits and (story.by_hand or not begun),
        edits=story.draft.edits,
        start=None if begun else _start_form(story, typed),
        tasks=[
            {
                "element": one.element,
                "name": definition.text(one.name, language()),
                "run": one.run,
                "people": [{"id": who, "name": called} for who, called in one.people],
                "outcomes": [
                    {"id": way.id, "label": definition.text(way.label, language())}
                    for way in one.outcomes
                ],
                "inputs": inputs(
                    one.form,
                    one.values,
                    definition.english,
                    typed if typed.get("task") == one.element else {},
                ),
            }
            for one in standing.open
        ],
        due=standing.due,
        to_be_paid=standing.to_be_paid,
        problems=problems or _why(story, standing),
        diagram={
            "xml": story.package.files["process.bpmn"].decode("utf-8", "replace"),
            "done": standing.passed,
            "flows": [],
            "current": [one.element for one in standing.open],
            "labels": {"title": _("Where the case stands")},
        },
        version=story.version,
    )


def _start_form(story: _Story, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    form = story.definition.start_form
    values = start_values(story.package, form, story.content, story.cast)
    return inputs(form, values, story.definition.english, typed)


def _why(story: _Story, standing: Standing) -> list[str]:
    """Why the story does not go on where it stops."""
    if not standing.problem:
        return []
    number = standing.done + 1
    said = _said(story, story.content["steps"][standing.done], standing)
    return [_("Step %(number)s is refused: %(why)s", number=number, why=why) for why in said]


def _said(story: _Story, step: Mapping[str, Any], standing: Standing) -> list[str]:
    if errors := standing.parts.get("errors"):
        return reasons(_form_of(story.definition, step), errors, story.definition.english)
    if standing.problem == "story_failed":
        return [failure_said(cast("Failure", standing.parts["failure"]))]
    return [sentence(standing.problem, standing.parts)]


def _form_of(definition: Definition, step: Mapping[str, Any]) -> Form | None:
    if "start" in step:
        return definition.start_form
    found = definition.steps.get(str(step.get("task")))
    return definition.form_of(found) if found is not None else None


@blueprint.post("/studio/drafts/<string:id>/play", endpoint="studio_play_new")
def begin(id: str) -> BaseResponse:
    """A new story, or a copy of one; its first page asks for the application."""
    require("administer")
    name, like = request.form.get("name", "").strip(), request.form.get("like", "")
    try:
        if not _NAME.fullmatch(name):
            raise Invalid(_("A story is named in small letters, digits and _."), field="name")
        content = _story(id, like).content if like else _empty(request.form)
        if like:
            content = _without_expectations(content)
        with engine().command(current_actor()) as uow:
            # Version 0: a story of that name that is there already is not written over.
            save_file(uow, id, f"scenarios/{name}.yaml", _text(content), 0)
            uow.commit()
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        told = str(error) if isinstance(error, Invalid) and error.args else ""
        page = _stories(id, told or sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    return redirect(url_for("pages.studio_played", id=id, name=name))


def _empty(form: Mapping[str, str]) -> dict[str, Any]:
    day = form.get("day", "")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day) or not form.get("starter"):
        raise Invalid(_("Say who applies, and on which day."), field="starter")
    says = form.get("says", "").strip() or _("Played by hand")
    return {
        "says": says[:500],
        "at": f"{day}T09:00",
        "starter": form["starter"],
        "setup": {"funds": _funds(form)},
        "steps": [],
        "ends": {"state": "active"},
    }


def _funds(form: Mapping[str, str]) -> dict[str, int]:
    """A fund is filled for the story, so that payments find money."""
    name = form.get("fund", "").strip()
    return {name: 50_000_000} if name else {}


def _without_expectations(content: Mapping[str, Any]) -> dict[str, Any]:
    steps = [one for one in content["steps"] if not any(word in one for word in _EXPECTATIONS)]
    ends = {key: value for key, value in content["ends"].items() if key in ("state", "at")}
    return {**content, "steps": steps, "ends": ends}


@blueprint.post("/studio/drafts/<string:id>/play/<string:name>", endpoint="studio_play_on")
def go_on(id: str, name: str) -> BaseResponse:
    """One step more, or the last one less."""
    require("administer")
    story = _story(id, name)
    content = dict(story.content)
    if not story.by_hand and content["steps"]:
        return _show(id, name, [_("This story expects something. Go on with a copy of it.")])
    if request.form.get("act") == "undo":
        content["steps"] = content["steps"][:-1]
        said = _("The last step is taken away.")
    else:
        step = _step(story, typed_in(request.form))
        content["steps"] = [*content["steps"], step]
        said = ""
    standing = stand(story.package, content, story.cast)
    if standing.problem and request.form.get("act") != "undo":
        typed = typed_in(request.form)
        return _show(id, name, _said(story, content["steps"][-1], standing), typed)
    content["ends"] = {"state": standing.state or "active"}
    if standing.end_event:
        content["ends"]["at"] = standing.end_event
    version = request.form.get("version", "")
    try:
        with engine().command(current_actor()) as uow:
            number = int(version) if version.isdecimal() and len(version) < 10 else 0
            save_file(uow, id, f"scenarios/{name}.yaml", _text(content), number)
            uow.commit()
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        return _show(id, name, [sentence(error.problem, error.parts)], typed_in(request.form))
    if said:
        flash(said, "success")
    return redirect(url_for("pages.studio_played", id=id, name=name))


def _step(story: _Story, form: Mapping[str, str]) -> dict[str, Any]:
    act = form.get("act", "")
    if act == "start":
        return {"start": read_inputs(story.definition.start_form, form)}
    if act == "wait":
        return {"wait": form.get("wait", "") or "1 working days"}
    if act == "bank":
        return {"bank": form.get("bank", "paid")}
    element = form.get("task", "")
    found = story.definition.steps.get(element)
    if found is None:
        raise NotFound(task=element)
    step: dict[str, Any] = {"task": element, "as": form.get("person", "")}
    if (run := form.get("run", "")).isdecimal():
        step["run"] = int(run)
    step["outcome"] = form.get("outcome", "")
    if opinion := form.get("opinion", "").strip():
        step["opinion"] = opinion
    step["form"] = read_inputs(story.definition.form_of(found), form)
    return step


def _story(id: str, name: str) -> _Story:
    """A story of a draft that the reader sees; raise `NotFound`, `InvalidPackage`."""
    actor = require("administer")
    if not re.fullmatch(r"[\w.\-]{1,80}", name):
        raise NotFound(story=name)
    with engine().database.read() as connection:
        draft = read_draft(connection, actor, id)
        file, text = content_of(connection, id, f"scenarios/{name}.yaml")
        package = whole(package_of(connection, id), engine().shared)
    content = yaml.safe_load(text)
    if not isinstance(content, dict) or not isinstance(content.get("steps"), list):
        raise ValueError("this is no story")
    content.setdefault("ends", {})
    return _Story(draft, package, compile_definition(package), name, content, file.version)


def _text(content: Mapping[str, Any]) -> bytes:
    text: str = yaml.safe_dump(
        dict(content), allow_unicode=True, sort_keys=False, default_flow_style=None, width=110
    )
    return text.encode()
