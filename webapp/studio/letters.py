"""A letter beside its picture, printed from made-up data."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from flask import Response, request, url_for

from engine.catalog.bpmn import read_diagram
from engine.catalog.package import Package
from engine.errors import InvalidPackage, NotFound
from engine.letters import LetterError, LetterLimit, MissingGlyph, UnknownFont, render
from engine.press import Busy
from engine.previews import Drawn, draw
from engine.previews.drawing import MOST_PAGES
from engine.store.blobs import hash_of
from engine.studio.checking import whole
from engine.studio.examples import example_data
from engine.studio.paths import check_path
from engine.studio.reading import package_of, read_draft
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.problems import sentence
from webapp.requests import engine
from webapp.rights import require
from webapp.studio.editors import editor_page

_PDF = "application/pdf"
_PLACE = re.compile(r"([\w./-]+\.typ):(\d+):(\d+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a letter cannot be printed, and where in its text."""

    text: str
    file: str = ""
    line: int = 0
    #: What stands there.
    excerpt: str = ""


@blueprint.get("/studio/drafts/<string:id>/letters/<string:name>", endpoint="studio_letter")
def letter(id: str, name: str) -> Response:
    """The text, and what it looks like."""
    package = _package(id)
    path = check_path(f"letters/{name}")
    fault, pages = None, 0
    if path in package.files and name.endswith(".typ"):
        try:
            pages = _drawn(package, name, 1).pages
        except LetterError as error:
            fault = _with_line(fault_of(error), package)
        except Busy as error:
            fault = Fault(sentence(error.problem, error.parts))
    return editor_page(
        id,
        path,
        template="studio_letter.html",
        fault=fault,
        pages=[
            {"number": one, "url": url_for("pages.studio_letter_page", id=id, name=name, page=one)}
            for one in range(1, min(pages, 10) + 1)
        ],
        pdf_url=url_for("pages.studio_letter_pdf", id=id, name=name),
    )


@blueprint.get(
    "/studio/drafts/<string:id>/letters/<string:name>/page.jpg", endpoint="studio_letter_page"
)
def picture(id: str, name: str) -> Response:
    """A page of it."""
    text = request.args.get("page", "1")
    page = int(text) if text.isdecimal() and len(text) < 4 else 1
    drawn = _drawn(_package(id), name, min(max(1, page), MOST_PAGES))
    return Response(drawn.picture, mimetype="image/jpeg")


@blueprint.get(
    "/studio/drafts/<string:id>/letters/<string:name>/example.pdf", endpoint="studio_letter_pdf"
)
def pdf(id: str, name: str) -> Response:
    """The whole of it."""
    return Response(_printed(_package(id), name), mimetype=_PDF)


def fault_of(error: LetterError) -> Fault:
    """What is wrong with a letter, in words, with the line where there is one."""
    if isinstance(error, MissingGlyph):
        shown = str(error.parts.get("characters", ""))
        return Fault(_("No font has these characters: %(characters)s", characters=shown))
    if isinstance(error, UnknownFont):
        family = str(error.parts.get("family", ""))
        return Fault(_("The font %(name)s is not here. Name another beside it.", name=family))
    if isinstance(error, LetterLimit):
        return Fault(_("Printing it takes too long or too much memory."))
    where = _PLACE.search(str(error.parts.get("where", "")))
    file, line = (where[1], int(where[2])) if where else ("", 0)
    return Fault(str(error.parts.get("reason", "")), file, line)


def _with_line(fault: Fault, package: Package) -> Fault:
    content = package.files.get(f"letters/{fault.file}", b"")
    lines = content.decode("utf-8", "replace").splitlines()
    return replace(fault, excerpt=lines[fault.line - 1]) if 0 < fault.line <= len(lines) else fault


def _package(id: str) -> Package:
    actor = require("administer")
    with engine().database.read() as connection:
        read_draft(connection, actor, id)
        package = package_of(connection, id)
    return whole(package, engine().shared)


def _printed(package: Package, name: str) -> bytes:
    sources = {
        path.removeprefix("letters/"): content
        for path, content in package.files.items()
        if path.startswith("letters/")
    }
    if name not in sources:
        raise NotFound(letter=name)
    house = engine()
    at = house.clock.now().astimezone(house.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    data = example_data(package, _title(package, name), at)
    return house.press.make(
        f"letter:{_key(package, name)}:{at.date()}",
        lambda: render(sources, name, data, fonts=house.fonts),
    )


def _drawn(package: Package, name: str, page: int) -> Drawn:
    content = _printed(package, name)
    packed = engine().press.make(
        f"letter-page:{hash_of(content)}:{page}", lambda: draw(content, _PDF, page=page).packed()
    )
    return Drawn.unpacked(packed)


def _key(package: Package, name: str) -> str:
    # Whatever file of the package changes may change the made-up data.
    digest = hashlib.sha256(name.encode())
    for path, content in sorted(package.files.items()):
        digest.update(f"{path}\n{hash_of(content)}\n".encode())
    return digest.hexdigest()


def _title(package: Package, name: str) -> str:
    """The title that the diagram gives the letter, where it is written plainly."""
    stem = name.removesuffix(".typ")
    try:
        diagram = read_diagram(package.files.get("process.bpmn", b""))
    except InvalidPackage:
        return stem
    for one in diagram.elements.values():
        if one.properties.get("with.letter", "").strip('" ') == stem:
            return one.properties.get("with.title", stem).strip('" ')
    return stem
