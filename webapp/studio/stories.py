"""The stories of a draft: written as text, told what is wrong at the line, and played."""

from __future__ import annotations

import re
import threading
from typing import Any

import yaml
from flask import Response, url_for

from engine.catalog.package import MAX_FILE, Package
from engine.errors import EngineError
from engine.studio.checking import check_draft, whole
from engine.studio.paths import check_path
from engine.studio.reading import package_of, read_draft
from engine.testing import ScenarioFailed, Story, telling
from schemas.finding import ERROR
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.problems import WebProblem, sentence
from webapp.requests import engine, is_text
from webapp.rights import require
from webapp.studio.acts import line_of
from webapp.studio.answers import body, scripted
from webapp.studio.editors import editor_page
from webapp.studio.failures import failure_said
from webapp.studio.findings import said

#: A story runs through a house of its own: one at a time is enough work for a server.
_ONE = threading.Lock()
_PATIENCE = 20


@blueprint.get("/studio/drafts/<string:id>/scenarios/<string:name>", endpoint="studio_story")
def story(id: str, name: str) -> Response:
    """A story in its editor."""
    return editor_page(id, f"scenarios/{name}.yaml", island="story", entry="studio-texts")


@blueprint.post("/studio/drafts/<string:id>/tell/<string:name>", endpoint="studio_play_story")
@scripted
def play(id: str, name: str) -> dict[str, Any]:
    """What is wrong with a story, and with `play`, what happens in it; the text is the editor's."""
    actor, house = require("administer"), engine()
    path = check_path(f"scenarios/{name}.yaml")
    sent = body()
    text = sent.get("text")
    if not isinstance(text, str) or not is_text(sent) or len(text) > MAX_FILE:
        raise WebProblem("malformed", 422)
    with house.database.read() as connection:
        read_draft(connection, actor, id)
        draft = package_of(connection, id)
    package = Package(draft.files, {path: text.encode()})
    found = check_draft(package, house.shared)
    remarks = [
        _remark(one.message, said(one), one.severity, text) for one in found if one.file == path
    ]
    answer = {"remarks": remarks, "told": None}
    if not sent.get("play") or remarks:
        return answer
    if any(one.severity == ERROR for one in found):
        why = _("The package has errors. Put them right first; a story needs a process that runs.")
        return answer | {"told": {"says": "", "lines": [], "fault": why, "url": _overview(id)}}
    return answer | {"told": _told(whole(package, house.shared), name, text)}


def _overview(id: str) -> str:
    return url_for("pages.studio_draft", id=id)


def _told(package: Package, name: str, text: str) -> dict[str, Any]:
    shared = engine().shared
    cast = None if shared is None else shared / "cast.yaml"
    if cast is None or not cast.is_file():
        return {"says": "", "lines": [], "fault": _("There is no cast of people to play with.")}
    if not _ONE.acquire(timeout=_PATIENCE):
        return {"says": "", "lines": [], "fault": _("Another story is being played. Try again.")}
    try:
        with telling(package, name, text.encode(), cast) as (_engine, _case, played):
            return _shown(played) | {"fault": ""}
    except ScenarioFailed as error:
        failure = error.failure
        line = _line_of(text, ["steps", str(failure.step - 1)]) if failure.step else 1
        return _shown(error.story) | {"fault": failure_said(failure), "line": line}
    except EngineError as error:
        told = sentence(error.problem, error.parts)
        return {"says": "", "lines": [], "fault": told}
    finally:
        _ONE.release()


def _shown(story: Story | None) -> dict[str, Any]:
    if story is None:
        return {"says": "", "lines": []}
    return {"says": story.says, "lines": [line_of(one) for one in story.acts]}


def _remark(message: str, shown: str, severity: str, text: str) -> dict[str, Any]:
    return {"line": _line(message, text), "text": shown, "severity": severity}


def _line(message: str, text: str) -> int:
    """The line that a remark is about: where YAML stops, the step it names, the name it does not know."""
    if found := re.search(r"line (\d+), column", message):
        return int(found[1])
    place = re.match(r"([A-Za-z_][\w.]*): ", message)
    if place:
        return _line_of(text, place[1].split("."))
    if named := re.search(r"(?:is called|no task|unknown) ([\w-]+)", message):
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(rf"(?<![\w-]){re.escape(named[1])}(?![\w-])", line):
                return number
    return 1


def _line_of(text: str, place: list[str]) -> int:
    """The line of a value by its keys and places: `steps.2.as`."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return 1
    line = 1
    for part in place:
        inner = _inner(node, part)
        if inner is None:
            break
        key, node = inner
        line = key.start_mark.line + 1
    return line


def _inner(node: Any, part: str) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and part.isdecimal() and int(part) < len(node.value):
        found = node.value[int(part)]
        return found, found
    return None
