"""A process package as files: read from a folder, or from the database it was deployed into."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from lxml import etree
from marshmallow import ValidationError

from engine.errors import InvalidPackage
from schemas.manifest import Manifest, ManifestSchema

#: What a version consists of.
PATTERNS = ("process.toml", "process.bpmn", "*.dmn", "forms/*.json", "letters/*", "i18n/*.json")
#: What goes with a version without being part of what it says.
COMPANIONS = ("README.md", "scenarios/*.yaml")
MAX_FILE = 5 * 1024 * 1024
#: Where things are drawn is not what the process says.
_DRAWING = {
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "https://www.omg.org/spec/DMN/20230324/DMNDI/",
}


@dataclass(frozen=True)
class Package:
    """Files by their path inside the package. Shared files lie at `_shared/<name>`."""

    files: Mapping[str, bytes]
    #: README and scenarios: the version's hash does not know them.
    companions: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def from_folder(cls, folder: Path) -> Package:
        """Read a folder of `processes/`; raise `InvalidPackage` for what cannot be a package."""
        if not (folder / "process.toml").is_file():
            raise InvalidPackage(f"{folder} has no process.toml, so it is not a process package")
        files = _read(folder, PATTERNS)
        for name in cls(files).manifest.use_dmn:
            shared = folder.parent / "_shared" / f"{name}.dmn"
            if not shared.is_file():
                raise InvalidPackage(f"use_dmn names {name}, but _shared/{name}.dmn does not exist")
            files[f"_shared/{name}.dmn"] = shared.read_bytes()
        return cls(files, _read(folder, COMPANIONS))

    @cached_property
    def manifest(self) -> Manifest:
        """The facts of process.toml; raise `InvalidPackage` saying which line or field is wrong."""
        try:
            facts = tomllib.loads(self.files["process.toml"].decode("utf-8"))
        except (KeyError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InvalidPackage(f"process.toml cannot be read: {error}") from error
        try:
            manifest: Manifest = ManifestSchema().load(facts)
        except ValidationError as error:
            raise InvalidPackage(
                f"process.toml: {json.dumps(error.messages, ensure_ascii=False)}"
            ) from error
        return manifest

    @cached_property
    def hash(self) -> str:
        """The version's id: SHA-256 over what the process says, blind to line ends and drawing."""
        digest = hashlib.sha256(b"gongban-package-1\n")
        for path in sorted(self.files):
            content = hashlib.sha256(canonical(path, self.files[path])).hexdigest()
            digest.update(f"{path}\n{content}\n".encode())
        return digest.hexdigest()

    def names(self, folder: str, ending: str) -> dict[str, bytes]:
        """Files of one folder by their name without the ending."""
        return {
            path[len(folder) + 1 : -len(ending)]: content
            for path, content in self.files.items()
            if path.startswith(f"{folder}/") and path.endswith(ending)
        }


def secure_xml_parser() -> etree.XMLParser:
    """A parser that resolves nothing and fetches nothing."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_blank_text=True,
    )


def _read(folder: Path, patterns: tuple[str, ...]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                if path.stat().st_size > MAX_FILE:
                    raise InvalidPackage(f"{path.name} is larger than 5 MB")
                files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def canonical(path: str, content: bytes) -> bytes:
    """What a file says, in one way of writing it: what a version's id is made of."""
    try:
        if path.endswith(".json"):
            facts = json.loads(content)
            return json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()
        if path.endswith(".toml"):
            facts = tomllib.loads(content.decode("utf-8"))
            return json.dumps(facts, sort_keys=True, ensure_ascii=False, default=str).encode()
        if path.endswith((".bpmn", ".dmn")):
            return _canonical_xml(content)
    except (ValueError, etree.XMLSyntaxError):
        # A broken file still has a hash; checking it says what is wrong.
        pass
    return content.replace(b"\r\n", b"\n")


def _canonical_xml(content: bytes) -> bytes:
    root = etree.fromstring(content, secure_xml_parser())
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # stubs
        raise ValueError("document types are not read")
    for element in list(root):
        if etree.QName(element).namespace in _DRAWING:
            root.remove(element)
    # The stubs do not know canonical XML 2.0 yet.
    text: bytes = etree.tostring(root, method="c14n2", strip_text=True)  # type: ignore[call-overload]
    return text
