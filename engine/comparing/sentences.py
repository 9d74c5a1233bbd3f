"""A difference in plain words, one sentence for each thing a person would mention."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.catalog.package import Package
from engine.comparing.bpmn_node import ELEMENTS
from engine.comparing.apart import taken_apart
from engine.comparing.elements import REFERENCES
from engine.comparing.node import Node
from engine.comparing.words import property_word, thing_word, value_word
from schemas.difference import (
    ADDED,
    MOVED,
    REMOVED,
    RENAMED,
    SAME,
    Difference,
    FileChange,
    PropertyChange,
    RuleChange,
    TableChange,
    ThingChange,
)

#: Longer values are not repeated in a sentence.
_LONG = 60
#: More properties of one thing than this are counted, not told.
_MOST = 4
_NUMBERS = re.compile(r"[-\d\s.,<>=()\[\]]*\d[-\d\s.,<>=()\[\]]*")
#: Names of people and places in a text of candidates, made readable by who knows them.
Readable = Callable[[str, str], str]


def as_written(text: str, _language: str) -> str:
    """Nothing is known of roles and places."""
    return text


@dataclass(frozen=True)
class Names:
    """What people call the things of two packages."""

    #: ids of elements → their names; those of the later package count
    elements: Mapping[str, str] = field(default_factory=dict)
    english: Mapping[str, str] = field(default_factory=dict)
    readable: Readable = as_written

    @classmethod
    def of(cls, before: Package, after: Package, readable: Readable = as_written) -> Names:
        """Read the names of both packages."""
        elements: dict[str, str] = {}
        english: dict[str, str] = {}
        for package in (before, after):
            diagram = _apart(package, "process.bpmn")
            for one in diagram.child(ELEMENTS).children.values():
                if name := str(one.values.get("@name", "")).strip():
                    elements[str(one.values.get("@id", ""))] = name
            texts = _apart(package, "i18n/en.json").values
            english.update({_plain(k): v for k, v in texts.items() if isinstance(v, str)})
        return cls(elements, english, readable)

    def text(self, chinese: str, language: str) -> str:
        """A text of the packages in the reader's language."""
        return self.english.get(chinese, chinese) if language == "en" else chinese

    def element(self, name: str, language: str) -> str:
        """What an element is called."""
        return self.text(self.elements.get(name, name), language)

    def value(self, change: PropertyChange, value: str, language: str) -> str:
        """A value of a property as people say it."""
        if change.name in REFERENCES or change.name in ("form", "withdraw.until"):
            return self.element(value, language)
        if change.name in _PEOPLE:
            return self.readable(value, language)
        return self.text(value_word(change.name, value, language), language)


_PEOPLE = ("candidates", "fallback", "senders", "cc", "rung.to", "sign_off.veto", "owner", "readers")


def summary(
    before: Package,
    after: Package,
    difference: Difference,
    language: str,
    readable: Readable = as_written,
) -> list[str]:
    """The difference as sentences, the diagram first; what is only drawn elsewhere is not told."""
    names = Names.of(before, after, readable)
    telling = Telling(names, language)
    found = [line for file in difference.changed for line in telling.file(file)]
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Telling:
    """Tells differences in a language."""

    names: Names
    language: str

    def file(self, file: FileChange) -> Iterator[str]:
        """The sentences about one file."""
        if file.kind == "diagram":
            yield from self._diagram(file)
        elif file.kind == "form" and file.action != REMOVED and file.things:
            yield from self._form(file)
        elif file.kind == "tables" and (file.tables or file.things):
            for table in file.tables:
                yield from self._table(table)
            for thing in file.things:
                yield from self._thing(thing)
        elif file.kind == "facts":
            for thing in file.things:
                yield from self._thing(thing)
        elif file.kind == "texts" and file.things:
            number = len(file.things)
            yield self._say(f"{number} 处译文有改动", f"{number} translations differ")
        elif file.lines:
            yield self._lines(file)
        else:
            yield self._whole(file)

    def thing(self, thing: ThingChange) -> str:
        """One thing of any file."""
        return "；".join(self._thing(thing)) if self.language != "en" else "; ".join(self._thing(thing))

    def change(self, change: PropertyChange, *, money: bool = False) -> str:
        """One property of a thing."""
        word = property_word(change.name, self.language)
        if change.of:
            word = self._say(f"{word}“{self._of(change)}”", f"{word} “{self._of(change)}”")
        before = self._value(change, change.before, money)
        after = self._value(change, change.after, money)
        if change.name == "required":
            needed = change.after == "true"
            return self._say("改为必填" if needed else "改为选填", "is now required" if needed else "is now optional")
        if change.name == "sign_off":
            more = change.after is not None
            return self._say(
                "改为多人共同办理" if more else "不再由多人共同办理",
                "several people decide now" if more else "one person decides now",
            )
        long = max(len(before), len(after)) > _LONG or change.name == "other"
        if change.before is None:
            return self._say(
                f"增加{word}" if long else f"增加{word}：{after}",
                f"{word} is new" if long else f"{word} is new: {after}",
            )
        if change.after is None:
            return self._say(
                f"取消{word}" if long else f"取消{word}（原为{before}）",
                f"{word} is gone" if long else f"{word} is gone (was {before})",
            )
        if long:
            return self._say(f"{word}有改动", f"{word} is changed")
        return self._say(
            f"{word}由“{before}”改为“{after}”", f"{word} changes from “{before}” to “{after}”"
        )

    # -- files ----------------------------------------------------------------------------

    def _diagram(self, file: FileChange) -> Iterator[str]:
        if file.written and not file.things:
            yield self._whole(file)
        ends = {
            self.names.text(one.name or one.id, "zh")
            for one in file.things
            if one.what != "flow" and one.action in (ADDED, REMOVED, MOVED)
        }
        for one in file.things:
            # Flows to and from what is new, gone or elsewhere follow from that.
            if one.what == "flow" and self._follows(one, ends):
                continue
            yield from self._thing(one)

    def _follows(self, flow: ThingChange, ends: set[str]) -> bool:
        touched = bool({*flow.follows, *flow.precedes} & ends)
        told = all(change.name in ("from", "to", "lane") for change in flow.properties)
        if flow.action in (ADDED, REMOVED):
            return touched
        moved = any(change.name in ("from", "to") for change in flow.properties)
        gone = any(
            self.names.elements.get(value or "", value) in ends
            for change in flow.properties
            if change.name in ("from", "to")
            for value in (change.before, change.after)
        )
        return moved and told and (touched or gone)

    def _form(self, file: FileChange) -> Iterator[str]:
        name = self.names.element(file.path.removeprefix("forms/").removesuffix(".json"), self.language)
        form = self._say(f"表单“{name}”", f"Form “{name}”")
        if file.action == ADDED:
            yield self._say(f"增加{form}", f"{form} is new")
            return
        for one in file.things:
            told = self._joined(self._thing(one))
            yield self._say(f"{form}：{told}", f"{form}: {told}")

    def _table(self, table: TableChange) -> Iterator[str]:
        name = self._table_name(table)
        called = self._say(f"规则表“{name}”", f"Table “{name}”")
        if table.action in (ADDED, REMOVED):
            yield self._say(
                f"{'增加' if table.action == ADDED else '删去'}{called}",
                f"{called} is {'new' if table.action == ADDED else 'gone'}",
            )
            return
        for change in table.properties:
            told = self.change(change)
            yield self._say(f"{called}：{told}", f"{called}: {told}")
        for column in table.columns:
            if column.action != SAME:
                label = self._text(column.label)
                details = [self.change(one) for one in column.properties]
                what = self._happened(column.action, self._say(f"列“{label}”", f"column “{label}”"), details)
                yield self._say(f"{called}{what}", f"{called}: {what}")
        for rule in table.rules:
            if rule.action != SAME:
                told = self.rule(table, rule)
                yield self._say(f"{called}{told}", f"{called}, {told}")

    def rule(self, table: TableChange, rule: RuleChange) -> str:
        """What became of a rule of a table."""
        number = rule.number_after if rule.number_after is not None else rule.number_before
        called = self._say(f"第 {number} 条", f"rule {number}")
        details = []
        if rule.action in (ADDED, REMOVED):
            which = 1 if rule.action == ADDED else 0
            cells = [
                f"{self._label(column.label)} {self.cell(pair[which] or '', column.money)}"
                for column, pair in zip(table.columns, rule.cells, strict=True)
                if pair[which] not in (None, "", "-")
            ]
            details = [self._say("，", ", ").join(cells)] if cells else []
            verb = {ADDED: ("为新增", "is new"), REMOVED: ("已删去", "is gone")}[rule.action]
            text = self._say(f"{called}{verb[0]}", f"{called} {verb[1]}")
            return text + (self._say(f"：{details[0]}", f": {details[0]}") if details else "")
        for column, (before, after) in zip(table.columns, rule.cells, strict=True):
            if before != after and before is not None and after is not None:
                old, new = self.cell(before, column.money), self.cell(after, column.money)
                label = self._label(column.label)
                details.append(
                    self._say(f"{label}由 {old} 改为 {new}", f"{label} changes from {old} to {new}")
                )
        if rule.note_before != rule.note_after:
            details.append(self._say("说明有改动", "its note is changed"))
        if rule.action == MOVED:
            details.insert(
                0,
                self._say(
                    f"由第 {rule.number_before} 条移来", f"was rule {rule.number_before}"
                ),
            )
        told = self._joined(details)
        return self._say(f"{called}：{told}", f"{called}: {told}")

    def cell(self, text: str, money: bool) -> str:
        """What stands in a cell; sums in yuan, as people say them."""
        if money and _NUMBERS.fullmatch(text):
            said = re.sub(r"\d+", lambda found: _yuan(int(found.group())), text)
            return self._say(f"{said} 元", f"{said} yuan")
        if len(text) > 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
            return self._say(f"“{text[1:-1]}”", f"“{self._text(text[1:-1])}”")
        return text

    def _lines(self, file: FileChange) -> str:
        new = sum(line.action == ADDED for line in file.lines)
        gone = sum(line.action == REMOVED for line in file.lines)
        name = self._file_name(file.path)
        if file.action != "changed":
            return self._whole(file)
        return self._say(
            f"{name}有改动（增 {new} 行，减 {gone} 行）",
            f"{name} is changed ({new} lines more, {gone} lines less)",
        )

    def _whole(self, file: FileChange) -> str:
        name = self._file_name(file.path)
        if file.action == ADDED:
            return self._say(f"增加{name}", f"{name} is new")
        if file.action == REMOVED:
            return self._say(f"删去{name}", f"{name} is gone")
        return self._say(f"{name}的写法有变，内容相同", f"{name} is written otherwise and says the same")

    def _file_name(self, path: str) -> str:
        stem = path.rpartition("/")[2].partition(".")[0]
        for start, zh, en in (
            ("letters/", "文书", "letter"),
            ("forms/", "表单", "form"),
            ("scenarios/", "情景", "scenario"),
        ):
            if path.startswith(start):
                called = self.names.element(stem, self.language)
                return self._say(f"{zh}“{called}”", f"the {en} “{called}”")
        return self._say(f"文件 {path}", f"the file {path}")

    # -- things ---------------------------------------------------------------------------

    def _thing(self, thing: ThingChange) -> Iterator[str]:
        changes = thing.properties
        if thing.what in ("facts", "form", "file", "process"):
            yield from (self.change(one) for one in changes)
            return
        name = self._called(thing)
        if thing.action in (ADDED, REMOVED):
            yield self._happened(thing.action, self._placed(thing, name), [])
            return
        money = thing.kind == "money"
        told = [self.change(one, money=money) for one in changes if one.name not in ("id",)]
        if thing.was:
            told.insert(0, self._say(f"标识由 {thing.was} 改为 {thing.id}", f"its id {thing.was} is now {thing.id}"))
        if thing.action == MOVED:
            told.insert(0, self._went(thing))
        if len(told) > _MOST:
            more = len(told) - _MOST
            told = [*told[:_MOST], self._say(f"另有 {more} 处改动", f"{more} more")]
        details = self._joined(told)
        yield self._say(f"{name}：{details}", f"{_capital(name)}: {details}")

    def _placed(self, thing: ThingChange, name: str) -> str:
        """A thing with where it stands, to be told as added or removed."""
        if thing.what in ("flow", "lane", "note", "message", "rule", "input", "text", "other"):
            return name
        after, before = (self._names(side) for side in (thing.follows, thing.precedes))
        if before:
            return self._say(f"{before}前的{name}", f"{name} before {before}")
        if after:
            return self._say(f"{after}后的{name}", f"{name} after {after}")
        return name

    def _called(self, thing: ThingChange) -> str:
        word = thing_word(thing.what, self.language)
        if thing.what == "flow":
            ends = [self._names(side) for side in (thing.follows, thing.precedes)]
            if all(ends):
                return self._say(f"{ends[0]}到{ends[1]}的走向", f"the flow from {ends[0]} to {ends[1]}")
        name = self._text(thing.name) or thing.id
        return self._say(f"{word}“{name}”", f"{word} “{name}”")

    def _went(self, thing: ThingChange) -> str:
        after, before = (self._names(side) for side in (thing.follows, thing.precedes))
        if after:
            return self._say(f"移到{after}之后", f"now comes after {after}")
        return self._say(f"移到{before}之前", f"now comes before {before}") if before else self._say("换了位置", "stands elsewhere")

    def _happened(self, action: str, what: str, details: list[str]) -> str:
        if action == ADDED:
            return self._say(f"增加{what}", f"{_capital(what)} is new")
        if action == REMOVED:
            return self._say(f"删去{what}", f"{_capital(what)} is gone")
        if action == MOVED and not details:
            return self._say(f"{what}换了位置", f"{what} stands elsewhere")
        told = self._joined(details)
        return self._say(f"{what}：{told}", f"{what}: {told}")

    # -- words ----------------------------------------------------------------------------

    def _say(self, chinese: str, english: str) -> str:
        return english if self.language == "en" else chinese

    def _joined(self, parts: Iterator[str] | list[str]) -> str:
        return ("; " if self.language == "en" else "；").join(parts)

    def _text(self, chinese: str) -> str:
        return self.names.text(chinese, self.language)

    def _names(self, names: tuple[str, ...]) -> str:
        told = [f"“{self._text(self.names.elements.get(one, one))}”" for one in names[:3]]
        return self._say("、".join(told), ", ".join(told))

    def _of(self, change: PropertyChange) -> str:
        return change.of

    def _value(self, change: PropertyChange, value: str | None, money: bool) -> str:
        if value is None:
            return ""
        if money and change.name in ("min", "max", "default"):
            return self.cell(value, money=True)
        return self.names.value(change, value, self.language)

    def _label(self, label: str) -> str:
        return re.sub(r"\s*[（(](?:分|fen)[）)]\s*$", "", self._text(label))

    def _table_name(self, table: TableChange) -> str:
        return self.names.element(table.name, self.language)


def _apart(package: Package, path: str) -> Node:
    content = package.files.get(path)
    return (taken_apart(path, content) if content is not None else None) or Node("")


def _plain(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}" + (f".{fen % 100:02}" if fen % 100 else "")


__all__ = ["RENAMED", "Names", "Readable", "Telling", "as_written", "summary"]
