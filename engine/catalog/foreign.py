"""Models of others: a package made of a BPMN file from anywhere, and what it lacks, in words.

The file stays as it is, byte for byte, but for one attribute: which of its processes is executable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from lxml import etree

from engine.catalog.bpmn import UnreadableDiagram, read_root
from engine.catalog.check import check
from engine.catalog.package import Package
from engine.catalog.xml import BPMN, flag
from engine.runtime.diagram import SUPPORTED
from schemas.finding import WARNING, Finding

#: elements named in the sentence of a finding that stands for several
MOST_NAMED = 6
_TAG = re.compile(
    rb"<(?:[\w.-]+:)?process(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>", re.ASCII
)
_EXECUTABLE = re.compile(rb"(\sisExecutable\s*=\s*)(\"[^\"]*\"|'[^']*')", re.ASCII)
_HIDDEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)


class Adopted(NamedTuple):
    """A package, and everything that has to be done before it can be deployed."""

    package: Package
    findings: list[Finding]


def adopt(
    xml: bytes,
    key: str,
    title: str = "",
    *,
    owner: str = "administrator",
    starters: Sequence[str] = ("member",),
) -> Adopted:
    """Make a package of a file; raise `UnreadableDiagram` where it is no BPMN at all."""
    root = read_root(xml)
    processes = list(root.iterchildren(f"{{{BPMN}}}process"))
    chosen = _chosen(processes)
    said = list(_said(root, processes, chosen))
    if chosen is not None:
        xml = _executable(xml, len(processes), processes.index(chosen))
    title = title.strip() or _title(root, chosen) or key
    files = {"process.bpmn": xml, "process.toml": _facts(key, title, owner, starters)}
    package = Package(files)
    names = {node.get("id", ""): node.get("name", "") for node in root.iter(f"{{{BPMN}}}*")}
    return Adopted(package, [*said, *gathered(check(package), names)])


def _chosen(processes: list[etree._Element]) -> etree._Element | None:
    """The executable process; else the first in which something is drawn, one with a start before others."""
    drawn = [one for one in processes if any(_kind(child) in _DRAWN for child in one)]
    ranks = (
        [one for one in drawn if flag(one, "isExecutable")],
        [one for one in drawn if one.find(f"{{{BPMN}}}startEvent") is not None],
        drawn,
    )
    return next((rank[0] for rank in ranks if rank), None)


_DRAWN = SUPPORTED | {"task", "scriptTask", "sendTask", "callActivity", "transaction"}


def _kind(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _said(
    root: etree._Element, processes: list[etree._Element], chosen: etree._Element | None
) -> Iterator[Finding]:
    """Which process was taken, where the file leaves it open."""
    if chosen is None:
        return
    name = _title(root, chosen) or chosen.get("id", "")
    others = [_title(root, one) or one.get("id", "") for one in processes if one is not chosen]
    if others:
        parts = {"name": name, "others": ", ".join(others)}
        message = (
            "of several processes {name} was taken; these stay in the file as a picture: {others}"
        )
        yield _warning("process_chosen", chosen, message, parts)
    if not flag(chosen, "isExecutable"):
        message = "no process says that it can be run; {name} was made executable"
        parts = {"name": name}
        if not any(flag(one, "isExecutable") for one in processes):
            yield _warning("made_executable", chosen, message, parts)


def _warning(rule: str, node: etree._Element, message: str, parts: dict[str, str]) -> Finding:
    text = message.format_map(parts)
    return Finding(rule, WARNING, node.get("id", ""), "process.bpmn", text, parts=parts)


def _executable(xml: bytes, count: int, index: int) -> bytes:
    """The file with one of its processes executable and no other; nothing else is touched."""
    text, coding = xml, ""
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if xml.startswith(mark):
            text, coding = xml.decode(name).encode("utf-8"), name
    # What is hidden keeps its length, so that places stay where they are.
    plain = _HIDDEN.sub(lambda found: b" " * len(found[0]), text)
    tags = list(_TAG.finditer(plain))
    if len(tags) != count:
        raise UnreadableDiagram("The processes in the file cannot be told apart.")
    for number in reversed(range(count)):
        start, end = tags[number].span()
        text = text[:start] + _tag(text[start:end], wanted=number == index) + text[end:]
    return text.decode("utf-8").encode(coding) if coding else text


def _tag(tag: bytes, *, wanted: bool) -> bytes:
    given = _EXECUTABLE.search(tag)
    value = b'"true"' if wanted else b'"false"'
    if given is not None:
        if (given[2][1:-1].strip() in (b"true", b"1")) is wanted:
            return tag
        return tag[: given.start(2)] + value + tag[given.end(2) :]
    end = -2 if tag.endswith(b"/>") else -1
    return tag[:end] + b" isExecutable=" + value + tag[end:]


def _title(root: etree._Element, chosen: etree._Element | None) -> str:
    if chosen is None:
        return ""
    pools = root.iter(f"{{{BPMN}}}participant")
    pool = next((one for one in pools if one.get("processRef") == chosen.get("id")), None)
    names = [chosen.get("name"), None if pool is None else pool.get("name")]
    return next((" ".join(name.split()) for name in names if name and name.strip()), "")


def _facts(key: str, title: str, owner: str, starters: Sequence[str]) -> bytes:
    """process.toml; JSON's texts and lists are TOML's."""
    roles = json.dumps(list(starters), ensure_ascii=False)
    lines = [
        f"id = {json.dumps(key)}",
        f"title = {json.dumps(title, ensure_ascii=False)}",
        f"owner = {json.dumps(owner)}",
        "",
        "[start]",
        f"roles = {roles}",
        "",
    ]
    return "\n".join(lines).encode()


def gathered(findings: Iterable[Finding], names: Mapping[str, str] | None = None) -> list[Finding]:
    """What is said of many elements in the same words is said once, with how many and which they are.

    `names`: what people call an element.
    """
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in findings:
        file = one.file if one.rule not in _SUBJECTS else ""
        groups.setdefault((one.rule, file, _subject(one)), []).append(one)
    return [_together(subject, same, names or {}) for (_, _, subject), same in groups.items()]


#: what is said of all elements with such a finding, instead of what is said of each
_SUBJECTS = {
    "no_form": "tasks have no form: forms/<task id>.json",
    "feel_syntax": "expressions are not FEEL",
    "no_english": "texts have no English in i18n/en.json",
}


def _subject(finding: Finding) -> str:
    """The words that findings are gathered by: of another vendor's additions, whose they are."""
    if finding.rule == "foreign_extension":
        vendor = finding.parts.get("name", "").split(" ")[0]
        return f"what {vendor} adds means nothing here and is ignored"
    return _SUBJECTS.get(finding.rule, finding.message)


def _together(subject: str, same: list[Finding], names: Mapping[str, str]) -> Finding:
    first = same[0]
    if len(same) == 1:
        return first
    ids = tuple(dict.fromkeys(one.element for one in same if one.element))
    called = [" ".join((names.get(one) or one).split()) for one in ids]
    shown = ", ".join(called[:MOST_NAMED]) + (", …" if len(ids) > MOST_NAMED else "")
    message = f"{subject} ({len(same)} times{f': {shown}' if shown else ''})"
    parts = {**first.parts, "count": str(len(same))}
    return replace(first, message=message, trace=ids, parts=parts)
