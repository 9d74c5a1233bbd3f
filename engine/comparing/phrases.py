"""What became of one thing, in plain words: the parts of which sentences are made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.comparing.naming import Names
from engine.comparing.words import property_word, thing_word
from schemas.difference import ADDED, MOVED, REMOVED, PropertyChange, ThingChange

#: Longer values are not repeated in a sentence.
_LONG = 60
#: More properties of one thing than this are counted, not told.
_MOST = 4
_NUMBERS = re.compile(r"[-\d\s.,<>=()\[\]]*\d[-\d\s.,<>=()\[\]]*")


@dataclass(frozen=True)
class Phrases:
    """Tells single changes in a language."""

    names: Names
    language: str

    def thing(self, thing: ThingChange) -> str:
        """One thing of any file."""
        return self.joined(self.told(thing))

    def word(self, change: PropertyChange) -> str:
        """What a property is called, with what inside the thing it is about."""
        word = property_word(change.name, self.language)
        if change.of and change.name != "timer":
            word = self.say(f"{word}“{change.of}”", f"{word} “{change.of}”")
        return word

    def change(self, change: PropertyChange, *, money: bool = False) -> str:
        """One property of a thing."""
        word = self.word(change)
        if change.name == "name" and change.before and change.after:
            was = self.text(change.before)
            return self.say(f"原名“{was}”", f"was called “{was}”")
        before = self.value(change, change.before, money)
        after = self.value(change, change.after, money)
        if change.name == "required":
            needed = change.after == "true"
            return self.say(
                "改为必填" if needed else "改为选填",
                "is now required" if needed else "is now optional",
            )
        if change.name == "sign_off":
            more = change.after is not None
            return self.say(
                "改为多人共同办理" if more else "不再由多人共同办理",
                "several people decide now" if more else "one person decides now",
            )
        long = max(len(before), len(after)) > _LONG or change.name == "other"
        if change.before is None:
            return self.say(
                f"增加{word}" if long else f"增加{word}：{after}",
                f"{word} is new" if long else f"{word} is new: {after}",
            )
        if change.after is None:
            return self.say(
                f"取消{word}" if long else f"取消{word}（原为{before}）",
                f"{word} is gone" if long else f"{word} is gone (was {before})",
            )
        if long:
            return self.say(f"{word}有改动", f"{word} is changed")
        return self.say(
            f"{word}由“{before}”改为“{after}”", f"{word} changes from “{before}” to “{after}”"
        )

    def cell(self, text: str, money: bool) -> str:
        """What stands in a cell; sums in yuan, as people say them."""
        if money and _NUMBERS.fullmatch(text):
            said = re.sub(r"\d+", lambda found: _yuan(int(found.group())), text)
            return self.say(f"{said} 元", f"{said} yuan")
        if len(text) > 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
            return self.say(f"“{text[1:-1]}”", f"“{self.text(text[1:-1])}”")
        return text

    def told(self, thing: ThingChange) -> Iterator[str]:
        changes = thing.properties
        if thing.what in ("facts", "form", "file", "process"):
            yield from (capital(self.change(one)) for one in changes)
            return
        name = self.called(thing)
        if thing.action in (ADDED, REMOVED):
            yield self._placed(thing, name)
            return
        money = thing.kind == "money"
        told = [self.change(one, money=money) for one in changes if one.name not in ("id",)]
        if thing.was:
            told.insert(
                0,
                self.say(
                    f"标识由 {thing.was} 改为 {thing.id}", f"its id {thing.was} is now {thing.id}"
                ),
            )
        if thing.action == MOVED:
            told.insert(0, self._went(thing))
        if len(told) > _MOST:
            more = len(told) - _MOST
            told = [*told[:_MOST], self.say(f"另有 {more} 处改动", f"{more} more")]
        details = self.joined(told)
        yield self.say(f"{name}：{details}", f"{capital(name)}: {details}")

    def _placed(self, thing: ThingChange, name: str) -> str:
        """That something is new or gone, and where."""
        new = thing.action == ADDED
        verb = self.say("增加" if new else "删去", "is new" if new else "is gone")
        where = ("", "")
        if thing.what in ("task", "gateway", "event", "subprocess", "field"):
            after, before = (self._names(side) for side in (thing.follows, thing.precedes))
            if before:
                where = (f"在{before}前", f" before {before}")
            elif after:
                where = (f"在{after}后", f" after {after}")
        if not new and where[0]:
            # What is gone stood there: it is not put away there.
            return self.say(f"{verb}{name}（原{where[0]}）", f"{capital(name)}{where[1]} {verb}")
        return self.say(f"{where[0]}{verb}{name}", f"{capital(name)}{where[1]} {verb}")

    def called(self, thing: ThingChange) -> str:
        """A thing by its kind and its name."""
        word = thing_word(thing.what, self.language)
        if thing.what == "flow":
            ends = [self._names(side) for side in (thing.follows, thing.precedes)]
            if all(ends):
                return self.say(
                    f"{ends[0]}到{ends[1]}的走向", f"the flow from {ends[0]} to {ends[1]}"
                )
        name = self.text(thing.name) or thing.id
        return self.say(f"{word}“{name}”", f"{word} “{name}”")

    def _went(self, thing: ThingChange) -> str:
        after, before = (self._names(side) for side in (thing.follows, thing.precedes))
        if after:
            return self.say(f"移到{after}之后", f"now comes after {after}")
        return (
            self.say(f"移到{before}之前", f"now comes before {before}")
            if before
            else self.say("换了位置", "stands elsewhere")
        )

    def happened(self, action: str, what: str, details: list[str]) -> str:
        if action == ADDED:
            return self.say(f"增加{what}", f"{capital(what)} is new")
        if action == REMOVED:
            return self.say(f"删去{what}", f"{capital(what)} is gone")
        if action == MOVED and not details:
            return self.say(f"{what}换了位置", f"{what} stands elsewhere")
        told = self.joined(details)
        return self.say(f"{what}：{told}", f"{what}: {told}")

    def say(self, chinese: str, english: str) -> str:
        return english if self.language == "en" else chinese

    def joined(self, parts: Iterable[str]) -> str:
        return ("; " if self.language == "en" else "；").join(parts)

    def text(self, chinese: str) -> str:
        return self.names.text(chinese, self.language)

    def _names(self, names: tuple[str, ...]) -> str:
        told = [f"“{self.text(self.names.elements.get(one, one))}”" for one in names[:3]]
        return self.say("、".join(told), ", ".join(told))

    def value(self, change: PropertyChange, value: str | None, money: bool = False) -> str:
        """A value as people say it."""
        if value is None:
            return ""
        if money and change.name in ("min", "max", "default"):
            return self.cell(value, money=True)
        return self.names.value(change, value, self.language)

    def label(self, label: str) -> str:
        return re.sub(r"\s*[（(](?:分|fen)[）)]\s*$", "", self.text(label))


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}" + (f".{fen % 100:02}" if fen % 100 else "")
