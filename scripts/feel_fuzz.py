"""Throw random and mutated expressions at FEEL: `python -m scripts.feel_fuzz --count 1000000`.

Each text is compiled, evaluated and turned into JSON, and tried as a table's cell. What counts as a
finding: an exception that is not `FeelError`, a Python crash, and more than 100 ms of processor
time, measured again before it is believed. The exit code is 1 if there was one.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.feel import FeelError, compile_unary_tests, evaluate_result, expression, to_json
from engine.feel.builtins import BUILTINS

#: Seconds of processor time that one expression may take, from text to JSON.
SLOW = 0.1
#: Seconds after which an expression is interrupted.
HANGS = 20
BATCH = 5_000

SEEDS = [
    'if 申请金额 > 20000 and kind = "illness" then 申请金额 * 0.8 else null',
    "for i in 1..5, j in [1, 2, i] return i + j * partial[-1]",
    "some x in items satisfies x.price between 1 and 5 or x in (1, > 3, [1..2))",
    '{a b: 1, "c": [1, {d: a b}], f: function(x: number) x ** 2}.f(x: 3)',
    'date("2024-05-01") + @"P1M2D" - duration("PT5H") instance of list<context<a: number>>',
    'replace(string([1, null]), "(a|b)+", "$1") + substring("中文", -1)',
    "sort(items[price > 3].price, function(a, b) a < b)[1]",
    "count(distinct values(flatten([[1], [1, [2]]]))) != -(-2) / 3.5e2",
    'time("10:00:00@Asia/Shanghai").time offset = ]1..5[ // end',
    "every 人 in items satisfies 人.price < 1e3 and not(人.price in [1..5))",
    'context merge([{a: 1}, context put({}, ["b", "c"], 2)]).b.c',
    "string join(for i in 1..3 return string(i), \"、\") = \"1、2、3\"",
    '@"2024-05-01T10:00:00@Europe/Paris" - @"2024-04-01T10:00:00Z" > @"P1D"',
    "overlaps([1..5], (3..8]) or before(1, [2..3]) and 3 in (1..5)",
]  # fmt: skip
PIECES = [
    *"+-*/()[]{},.:<>=\"'@?\\|#；，", "**", "..", "!=", ">=", " and ", " or ", " in ", " of ",
    "not(", "null", "true", " instance of ", "-1", "0", "1e30", '""', '"P1D"', '@"P1Y"',
    "for i in ", " return ", "some ", " satisfies ", "if ", " then ", " else ", "function(a) ",
    "item", "partial", "申请金额", "items", "\n", "/*", "*/", *(f"{name}(" for name in BUILTINS),
]  # fmt: skip
CONTEXT = {
    "申请金额": 1, "kind": "x", "items": [{"price": 2}, None, {"price": "3"}], "t": "text",
    "a-b": 3, "many": list(range(60)), "2024 budget": {"spent": 5, "left": None},
}  # fmt: skip
VALUES = [
    "null", "true", "0", "-1", "2.5", "1e40", "10**6000", '""', '"abc"', '"(a"', '"2024-05-01"',
    "[]", "[1, null]", '["a", "b"]', "[[1], 2]", "{}", "{a: 1}", '@"2024-02-29"', '@"10:00:00Z"',
    '@"2024-05-01T10:00:00"', '@"P1Y"', '@"PT1H"', "[1..5]", "(> 3)", "(!= 1)",
    "function(a) a", "function(a, b) true", "abs", "many", "[1..9]", '@"-999999999-01-01"',
]  # fmt: skip
_OPERATORS = [
    "+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", " and ", " or ", " in ",
]  # fmt: skip
_NAMES = ["x", "y", "item", "items", "many", "申请金额", "t", "a-b", "partial", "price", "?"]

Make = Callable[[random.Random], str]


def mutated(chance: random.Random) -> str:
    """A sensible expression with a few pieces put in, cut out, doubled or exchanged."""
    text = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 5)):
        at, end = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        end = min(end, at + 6)
        match chance.randint(0, 3):
            case 0:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[end:]
            case 2:
                text = text[:at] + text[at:end] * 2 + text[end:]
            case 3:
                other = chance.choice(SEEDS)
                text = text[:at] + other[chance.randint(0, len(other)) :][:20] + text[end:]
    return text


def heap(chance: random.Random) -> str:
    """Tokens in any order."""
    return "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 15)))


def noise(chance: random.Random) -> str:
    """Characters of any kind."""
    points = (chance.choice((0x7F, 0x3FF, 0xFFFF, 0x10FFFF)) for _ in range(chance.randint(0, 20)))
    return "".join(chr(chance.randint(0, point)) for point in points)


def call(chance: random.Random) -> str:
    """A function with arguments of any kind."""
    arguments = ", ".join(
        chance.choice(VALUES) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 4)))
    )
    return f"{chance.choice(_BUILTIN_NAMES)}({arguments})"


def grown(chance: random.Random) -> str:
    """An expression that follows the grammar, whatever it may mean."""
    return _grow(chance, chance.choice((2, 3, 3, 4)))


def _grow(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.15:
        return chance.choice(VALUES) if chance.random() < 0.6 else chance.choice(_NAMES)

    def inner() -> str:
        return _grow(chance, depth - 1)

    name = chance.choice(_NAMES[:3])
    match chance.randint(0, 13):
        case 0 | 1 | 2:
            return f"({inner()}){chance.choice(_OPERATORS)}({inner()})"
        case 3:
            return f"if {inner()} then {inner()} else {inner()}"
        case 4:
            return f"for {name} in {inner()} return {inner()}"
        case 5:
            return f"{chance.choice(('some', 'every'))} {name} in {inner()} satisfies {inner()}"
        case 6:
            return f"({inner()})[{inner()}]"
        case 7:
            return f"({inner()}).{chance.choice(('price', 'year', 'start', 'months', 'x'))}"
        case 8:
            return f"[{inner()}, {inner()}]"
        case 9:
            return f"{{x: {inner()}, y: {inner()}}}"
        case 10:
            return f"(function(x, y) {inner()})({inner()}, {inner()})"
        case 11:
            return f"({inner()}) between {inner()} and {inner()}"
        case 12:
            return f"({inner()}) in ({chance.choice(('', '< ', '>= '))}{inner()}, {inner()})"
    arguments = ", ".join(inner() for _ in range(chance.randint(1, 3)))
    return f"{chance.choice(_BUILTIN_NAMES)}({arguments})"


def repeated(chance: random.Random) -> str:
    """Work inside loops inside loops: what the limits are for."""
    body = _grow(chance, 2)
    source = chance.choice(("many", "1..300", "1..100000", "items", "[1..400]"))
    text = f"for x in {source} return {body}"
    match chance.randint(0, 3):
        case 0:
            return f"for y in 1..300 return {text}"
        case 1:
            return f"{chance.choice(_BUILTIN_NAMES)}({text}, {chance.choice(VALUES)})"
        case 2:
            return f"({text})[{_grow(chance, 2)}]"
    return text


_BUILTIN_NAMES = sorted(BUILTINS)
#: The ways to make a text, and how many of a hundred are made so.
MAKERS: dict[str, tuple[Make, float]] = {
    "mutated": (mutated, 44.8),
    "heap": (heap, 20),
    "noise": (noise, 5),
    "call": (call, 20),
    "grown": (grown, 10),
    "repeated": (repeated, 0.2),
}


def texts(seed: int, count: int) -> Iterator[str]:
    """The same texts for the same seed."""
    chance = random.Random(seed)
    makers = [maker for maker, _ in MAKERS.values()]
    weights = [weight for _, weight in MAKERS.values()]
    for maker in chance.choices(makers, weights, k=count):
        yield maker(chance)


class Hang(BaseException):
    """Raised by the watchdog; no `except Exception` in between swallows it."""


def as_expression(text: str) -> str:
    """From text to JSON; returns how it ended. Raises what is not ours."""
    ending = "value"
    try:
        result = evaluate_result(text, CONTEXT)
        to_json(result.value)
        if result.value is None:
            ending = f"null: {result.problems[-1].kind}" if result.problems else "null"
    except FeelError as error:
        ending = type(error).__name__
    return ending


def as_cell(text: str) -> str:
    """As the cell of a table; returns how it ended. Raises what is not ours."""
    try:
        compile_unary_tests(text).test(5, CONTEXT)
    except FeelError as error:
        return type(error).__name__
    return "cell"


def timed(way: Callable[[str], str], text: str) -> tuple[float, str]:
    """The processor time that one way of using a text takes, and how it ended.

    A collection of garbage, a first use or a neighbour on the machine can fall on anyone; a slow
    text stays slow, with nothing remembered from the time before.
    """
    begin = time.process_time()
    ending = way(text)
    taken = time.process_time() - begin
    for _ in range(3):
        if taken <= SLOW:
            break
        expression.forget()
        begin = time.process_time()
        way(text)
        taken = min(taken, time.process_time() - begin)
    return taken, ending


@dataclass
class Findings:
    """What a run came upon."""

    tried: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str]] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        """Take in what another batch found."""
        self.tried += other.tried
        self.endings += other.endings
        self.failures += other.failures
        self.slowest = sorted(self.slowest + other.slowest, reverse=True)[:5]


def run_batch(job: tuple[int, int]) -> Findings:
    """Try one seed's texts."""
    seed, count = job
    findings = Findings()
    for text in texts(seed, count):
        watched = hasattr(signal, "setitimer")
        if watched:
            signal.signal(signal.SIGALRM, _interrupt)
            signal.setitimer(signal.ITIMER_REAL, HANGS)
        try:
            for way in (as_expression, as_cell):
                taken, ending = timed(way, text)
                if way is as_expression:
                    findings.endings[ending] += 1
                if taken > SLOW:
                    findings.failures.append((f"{taken * 1000:.0f} ms {way.__name__}", text))
                findings.slowest.append((taken, text))
        except Hang:
            findings.failures.append((f"no end within {HANGS} s", text))
        except Exception as error:
            findings.failures.append((f"{type(error).__name__}: {error}", text))
        finally:
            if watched:
                signal.setitimer(signal.ITIMER_REAL, 0)
        findings.tried += 1
    findings.slowest = sorted(findings.slowest, reverse=True)[:5]
    return findings


def _interrupt(*_: Any) -> None:
    raise Hang


def main() -> int:
    """Run batches until the count or the time is reached, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    whole, rest = divmod(options.count, BATCH)
    sizes = [BATCH] * whole + ([rest] if rest else [])
    jobs = [(options.seed * 1_000_003 + at, size) for at, size in enumerate(sizes)]
    begin = time.monotonic()
    findings = Findings()
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for each in pool.imap_unordered(run_batch, jobs):
            for reason, text in each.failures:
                print(f"{reason}: {text!r}", flush=True)
            findings.add(each)
            if sys.stderr.isatty() or findings.tried % 100_000 == 0:
                print(f"{findings.tried} of {options.count}", file=sys.stderr, flush=True)
            if time.monotonic() - begin > options.minutes * 60:
                print(f"stopped after {options.minutes} minutes", file=sys.stderr)
                break
    report = {
        "seed": options.seed,
        "tried": findings.tried,
        "findings": len(findings.failures),
        "seconds": round(time.monotonic() - begin, 1),
        "slowest_ms": [round(taken * 1000, 1) for taken, _ in findings.slowest],
        "slowest": findings.slowest[0][1] if findings.slowest else None,
        "endings": dict(findings.endings.most_common()),
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))
    return 1 if findings.failures else 0


if __name__ == "__main__":
    sys.exit(main())
