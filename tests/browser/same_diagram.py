"""Compares two BPMN files: what is in the one and not in the other.

Order counts everywhere: flows are tried in it, tools draw in it. White space between elements, the
order of attributes, prefixes, and how characters are escaped do not.
"""

from __future__ import annotations

from lxml import etree

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def differences(before: bytes, after: bytes) -> list[str]:
    """One line per difference: where, and what was there and is there now."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False)
    found: list[str] = []
    _compare(etree.fromstring(before, parser), etree.fromstring(after, parser), "", found)
    return found


def _compare(a: etree._Element, b: etree._Element, path: str, found: list[str]) -> None:
    here = f"{path}/{_name(a)}"
    if a.tag != b.tag:
        found.append(f"{here}: is {_name(b)} now")
        return
    if isinstance(a, etree._Comment):
        if a.text != b.text:
            found.append(f"{here}: the comment {a.text!r} is {b.text!r} now")
        return
    old, new = _attributes(a), _attributes(b)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            found.append(f"{here} {name}: {old.get(name)!r} is {new.get(name)!r} now")
    for what in ("text", "tail"):
        was, now = (getattr(one, what) or "" for one in (a, b))
        if was.strip() != now.strip():
            found.append(f"{here}: the text {was.strip()!r} is {now.strip()!r} now")
    _children(a, b, here, found)


def _children(a: etree._Element, b: etree._Element, here: str, found: list[str]) -> None:
    old, new = list(a), list(b)
    names = [[_name(one) for one in each] for each in (old, new)]
    gone, come = list(names[0]), list(names[1])
    for name in names[0]:
        if name in come:
            come.remove(name)
            gone.remove(name)
    found += [f"{here}: {name} is gone" for name in gone]
    found += [f"{here}: {name} has come" for name in come]
    kept = [
        [one for one in each if one not in missing]
        for each, missing in zip(names, (gone, come), strict=True)
    ]
    if kept[0] != kept[1]:
        found.append(f"{here}: the order is another")
    waiting = list(zip(names[1], new, strict=True))
    for name, one in zip(names[0], old, strict=True):
        place = next((at for at, (known, _) in enumerate(waiting) if known == name), None)
        if place is not None:
            _compare(one, waiting.pop(place)[1], here, found)


def _name(node: etree._Element) -> str:
    if isinstance(node, etree._Comment):
        return "comment"
    name = etree.QName(node)
    own = node.get("id") or node.get("name")
    return f"{{{name.namespace}}}{name.localname}" + (f"[{own}]" if own else "")


def _attributes(node: etree._Element) -> dict[str, str]:
    return {
        str(name): _resolved(node, str(value)) if name == _TYPE else str(value)
        for name, value in node.attrib.items()
    }


def _resolved(node: etree._Element, name: str) -> str:
    """A type is a name with a prefix, which may be another one."""
    prefix, colon, local = name.rpartition(":")
    return f"{{{node.nsmap.get(prefix if colon else None)}}}{local}"
