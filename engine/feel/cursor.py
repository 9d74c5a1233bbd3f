"""Where a parser stands among the tokens, and the names and types it finds there."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from engine.feel import tree
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import NAME_SYMBOLS, STOP_WORDS, Token, tokenize
from engine.feel.names import BUILTIN_NAMES, NameIndex

#: Deeper nesting is refused; it also keeps the evaluator within Python's own stack.
MAX_DEPTH = 64

#: Chains such as `a.b.c` deepen a tree too, without nesting in the text.
MAX_TREE_DEPTH = 150

#: What people write who come from other languages, and what FEEL says instead.
_HINTS = {
    "==": 'equality is one "="',
    "<>": 'inequality is "!="',
    "&": 'write "and"',
    "|": 'write "or"',
    "!": 'write "not(...)" or "!="',
    "%": 'write "/ 100"',
    "'": 'texts stand between double quotes: "..."',
    "并且": 'write "and"',
    "或者": 'write "or"',
    "；": 'write ","',
}


class Cursor:
    """One text, cut into tokens, and a position in it."""

    def __init__(
        self, text: str, names: Iterable[str] = (), properties: Iterable[str] = ()
    ) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0
        self.depth = 0
        self.ends_range = False
        known = list(names)
        self.scopes = [NameIndex(BUILTIN_NAMES), NameIndex(known)]
        # Behind a dot, and inside a filter, entries of any context may be meant.
        self.properties = NameIndex([*known, *properties])

    # -- tokens ---------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def is_op(self, *ops: str) -> bool:
        token = self.tokens[self.at]
        return token.kind == "op" and token.text in ops

    def is_word(self, word: str) -> bool:
        token = self.tokens[self.at]
        return token.kind == "word" and token.text == word

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def expect(self, text: str, why: str = "") -> Token:
        if self.token.text != text or self.token.kind in ("str", "end"):
            raise self.error(f'expected "{text}"{why} but found {self.describe()}')
        return self.take()

    def expect_end(self) -> None:
        if self.token.kind != "end":
            raise self.error(f"the expression should end before {self.describe()}")

    def describe(self) -> str:
        token = self.token
        if token.kind == "end":
            return "the end of the text"
        hint = _HINTS.get(token.text, "")
        if self.at and token.text in ("=", ">") and not token.spaced:
            hint = _HINTS.get(self.tokens[self.at - 1].text + token.text, "")
        return f'"{token.text[:30]}"' + (f" ({hint})" if hint else "")

    def error(self, message: str, at: Token | None = None) -> FeelSyntaxError:
        return FeelSyntaxError(message, self.text, (at or self.token).start)

    def deeper(self) -> None:
        """One level down; whoever calls this takes it back, unless an error ends the parse."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels")

    @contextmanager
    def bracketed(self) -> Iterator[None]:
        """Inside brackets, "[" filters again even if a range is about to end outside."""
        before, self.ends_range = self.ends_range, False
        yield
        self.ends_range = before

    @contextmanager
    def scope(self) -> Iterator[NameIndex]:
        index = NameIndex()
        self.scopes.append(index)
        yield index
        self.scopes.pop()

    # -- names ----------------------------------------------------------------------------

    def known_name(self) -> tuple[str, int] | None:
        found = [match for scope in self.scopes if (match := scope.match(self.tokens, self.at))]
        return max(found, key=lambda match: match[1], default=None)

    def name(self, *, after_dot: bool = False) -> str:
        """A name in scope, else as many words as follow each other."""
        start = self.at
        match = self.properties.match(self.tokens, start) if after_dot else self.known_name()
        if match:
            name, self.at = match
            if not self._word_follows():
                return name
        else:
            if self.token.kind != "word" and not (after_dot and self.token.kind == "num"):
                raise self.error(f"expected a name but found {self.describe()}")
            self.at += 1
        while self._word_follows():
            self.at += 1
        return self._spelling(start, self.at)

    def _word_follows(self) -> bool:
        token = self.token
        if token.kind == "num":
            return token.text[0] != "."
        return token.kind == "word" and token.text not in STOP_WORDS

    def _spelling(self, start: int, end: int) -> str:
        parts = [self.tokens[start].text]
        for token in self.tokens[start + 1 : end]:
            parts.append(" " + token.text if token.spaced else token.text)
        return "".join(parts)

    def declared_name(self, *enders: str) -> str:
        """A name that is being introduced: everything up to one of the enders."""
        start = self.at
        while self.token.text not in enders:
            is_first = self.at == start
            ordinary = self.token.kind == "word" or (self.token.kind == "num" and not is_first)
            symbol = self.token.text in NAME_SYMBOLS and not is_first
            if not (ordinary or symbol):
                break
            self.at += 1
        if self.at == start:
            raise self.error(f"expected a name but found {self.describe()}")
        return self._spelling(start, self.at)

    # -- types ----------------------------------------------------------------------------

    def type(self) -> tree.TypeNode:
        self.deeper()
        found = self._type()
        self.depth -= 1
        return found

    def _type(self) -> tree.TypeNode:
        head = self.token.text
        if head in ("list", "range", "context", "function") and self._opens_angle():
            self.at += 2
            if head == "context":
                return self._context_type()
            if head == "function":
                return self._function_type()
            argument = self.type()
            self.expect(">", f" to end {head}<...>")
            return tree.TypeNode(head, (argument,))
        name = self.name()
        while self.is_op("."):
            self.at += 1
            name += "." + self.name(after_dot=True)
        return tree.TypeNode(name)

    def _opens_angle(self) -> bool:
        return self.tokens[self.at + 1].text == "<"

    def _context_type(self) -> tree.TypeNode:
        fields: list[tuple[str, tree.TypeNode]] = []
        while not self.is_op(">"):
            if fields:
                self.expect(",")
            name = self.declared_name(":")
            self.expect(":")
            fields.append((name, self.type()))
        self.at += 1
        return tree.TypeNode("context", (), tuple(fields))

    def _function_type(self) -> tree.TypeNode:
        arguments: list[tree.TypeNode] = []
        while not self.is_op(">"):
            if arguments:
                self.expect(",")
            arguments.append(self.type())
        self.at += 1
        self.expect("->", " in a function's type")
        return tree.TypeNode("function", (*arguments, self.type()))
