"""A difference in plain words, one sentence for each thing a person would mention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.catalog.package import Package
from engine.comparing.naming import Names, Readable, as_written
from engine.comparing.phrases import Phrases, capital
from schemas.difference import (
    ADDED,
    MOVED,
    REMOVED,
    SAME,
    Difference,
    FileChange,
    RuleChange,
    TableChange,
    ThingChange,
)


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
class Telling(Phrases):
    """Tells whole differences in a language."""

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
                yield from self.told(thing)
        elif file.kind == "facts":
            for thing in file.things:
                yield from self.told(thing)
        elif file.kind == "texts" and file.things:
            number = len(file.things)
            yield self.say(f"{number} 处译文有改动", f"{number} translations differ")
        elif file.lines:
            yield capital(self._lines(file))
        else:
            yield capital(self._whole(file))

    def _diagram(self, file: FileChange) -> Iterator[str]:
        if file.written and not file.things:
            yield capital(self._whole(file))
        ends = {
            self.names.text(one.name or one.id, "zh")
            for one in file.things
            if one.what != "flow" and one.action in (ADDED, REMOVED, MOVED)
        }
        for one in file.things:
            # Flows to and from what is new, gone or elsewhere follow from that.
            if one.what == "flow" and self._follows(one, ends):
                continue
            yield from self.told(one)

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
        name = self.names.element(
            file.path.removeprefix("forms/").removesuffix(".json"), self.language
        )
        form = self.say(f"表单“{name}”", f"Form “{name}”")
        if file.action == ADDED:
            yield self.say(f"增加{form}", f"{form} is new")
            return
        for one in file.things:
            told = self.joined(self.told(one))
            yield self.say(f"{form}：{told}", f"{form}: {told}")

    def _table(self, table: TableChange) -> Iterator[str]:
        name = self.text(table.title)
        called = self.say(f"规则表“{name}”", f"Table “{name}”")
        if table.action in (ADDED, REMOVED):
            yield self.say(
                f"{'增加' if table.action == ADDED else '删去'}{called}",
                f"{called} is {'new' if table.action == ADDED else 'gone'}",
            )
            return
        for change in table.properties:
            told = self.change(change)
            yield self.say(f"{called}：{told}", f"{called}: {told}")
        for column in table.columns:
            if column.action != SAME:
                label = self.text(column.label)
                details = [self.change(one) for one in column.properties]
                what = self.happened(
                    column.action, self.say(f"列“{label}”", f"column “{label}”"), details
                )
                yield self.say(f"{called}{what}", f"{called}: {what}")
        for rule in table.rules:
            if rule.action != SAME:
                told = self.rule(table, rule)
                yield self.say(f"{called}{told}", f"{called}, {told}")

    def rule(self, table: TableChange, rule: RuleChange) -> str:
        """What became of a rule of a table."""
        number = rule.number_after if rule.number_after is not None else rule.number_before
        called = self.say(f"第 {number} 条", f"rule {number}")
        details = []
        if rule.action in (ADDED, REMOVED):
            which = 1 if rule.action == ADDED else 0
            cells = [
                f"{self.label(column.label)} {self.cell(pair[which] or '', column.money)}"
                for column, pair in zip(table.columns, rule.cells, strict=True)
                if pair[which] not in (None, "", "-")
            ]
            details = [self.say("，", ", ").join(cells)] if cells else []
            verb = {ADDED: ("为新增", "is new"), REMOVED: ("已删去", "is gone")}[rule.action]
            text = self.say(f"{called}{verb[0]}", f"{called} {verb[1]}")
            return text + (self.say(f"：{details[0]}", f": {details[0]}") if details else "")
        for column, (before, after) in zip(table.columns, rule.cells, strict=True):
            if before != after and before is not None and after is not None:
                old, new = self.cell(before, column.money), self.cell(after, column.money)
                label = self.label(column.label)
                details.append(
                    self.say(
                        f"{label}由 {old} 改为 {new}".replace("元 改为", "元改为"),
                        f"{label} changes from {old} to {new}",
                    )
                )
        if rule.note_before != rule.note_after:
            details.append(self.say("说明有改动", "its note is changed"))
        if rule.action == MOVED:
            details.insert(
                0,
                self.say(f"由第 {rule.number_before} 条移来", f"was rule {rule.number_before}"),
            )
        told = self.joined(details)
        return self.say(f"{called}：{told}", f"{called}: {told}")

    def _lines(self, file: FileChange) -> str:
        new = sum(line.action == ADDED for line in file.lines)
        gone = sum(line.action == REMOVED for line in file.lines)
        name = self._file_name(file.path)
        if file.action != "changed":
            return capital(self._whole(file))
        return self.say(
            f"{name}有改动（增 {new} 行，减 {gone} 行）",
            f"{name} is changed ({new} lines more, {gone} lines less)",
        )

    def _whole(self, file: FileChange) -> str:
        name = self._file_name(file.path)
        if file.action == ADDED:
            return self.say(f"增加{name}", f"{name} is new")
        if file.action == REMOVED:
            return self.say(f"删去{name}", f"{name} is gone")
        return self.say(
            f"{name}的写法有变，内容相同", f"{name} is written otherwise and says the same"
        )

    def _file_name(self, path: str) -> str:
        stem = path.rpartition("/")[2].partition(".")[0]
        for start, zh, en in (
            ("letters/", "文书", "letter"),
            ("forms/", "表单", "form"),
            ("scenarios/", "情景", "scenario"),
        ):
            if path.startswith(start):
                called = self.names.element(stem, self.language)
                return self.say(f"{zh}“{called}”", f"the {en} “{called}”")
        return self.say(f"文件 {path}", f"the file {path}")
