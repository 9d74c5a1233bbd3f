"""What is written in one place and promised in another: tests, abilities, events, problems."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re

import engine
import webapp
from engine.abilities.registry import standard_abilities
from engine.errors import EngineError
from tests.architecture.sources import ROOT, called, calls, files, name, tree
from webapp import problems
from webapp.application import _HTTP_PROBLEMS

#: Events that the timeline of a case leaves out, and why.
UNTOLD = {
    "definition.deployed": "of a process, not of a case",
    "definition.kept": "of a process, not of a case",
    "calendar.": "of the installation",
    "numbering.": "of the installation; the page of changes tells it",
    "texts.": "of the installation; the page of changes tells it",
    "takeover.": "of the organisation; the page of changes tells it",
    "register.": "of a register; the page of changes tells it",
    "fund.": "of a fund; the step that moved the money is told",
    "letter.made": "the letter itself stands among the documents",
    "notice.moved": "the notice shows its days",
    "payment.batch_made": "of the fund; the case tells that it was sent",
    "payment.file_fetched": "of the fund",
    "payment.reply_imported": "of the fund; the case tells what the bank answered",
    "webhook.added": "of the installation",
    "webhook.removed": "of the installation",
    "webhook.people_may": "of the installation",
    "delivery.retried": "of the installation",
    "demo.clock_moved": "of a demonstration",
    "account.": "of an account",
    "person.": "of an account",
    "role.": "of an account",
    "unit.": "of the organisation",
    "keys.rotated": "of the installation",
    "proxy.": "of an account",
    "studio.": "of a draft",
    "migration.": "of a process, not of a case",
    "rehearsal.": "of a process, not of a case",
    "payload_erased": "of the system, by law",
}
_RECORDING = ("record", "record_in", "_record")
_EVENT = re.compile(r"[a-z_]+\.[a-z_]+|refused|incident")


def test_every_test_is_collected() -> None:
    forgotten = []
    for path in files("tests"):
        collected = path.name.startswith("test_")
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.FunctionDef):
                continue
            if node.name.startswith("test") and not (collected and node.name.startswith("test_")):
                forgotten.append(f"{name(path)}:{node.lineno} {node.name}")
        names = [one.name for one in tree(path).body if isinstance(one, ast.FunctionDef)]
        twice = {one for one in names if one.startswith("test_") and names.count(one) > 1}
        forgotten += [f"{name(path)} {one} stands twice" for one in twice]
    assert forgotten == []


def test_every_test_file_holds_a_test() -> None:
    empty = [
        name(path)
        for path in files("tests")
        if path.name.startswith("test_")
        and not any(
            isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            for node in ast.walk(tree(path))
        )
    ]
    assert empty == []


def test_every_ability_is_documented() -> None:
    text = (ROOT / "docs" / "abilities.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", text, re.MULTILINE))
    assert documented == set(standard_abilities())


def recorded_events() -> set[str]:
    """The types of events that the code records, as far as they are written out."""
    found = set()
    for path in files("engine", "webapp"):
        if name(path).startswith(("engine/audit/", "webapp/bench/")):
            continue
        for call in calls(path):
            if called(call).rpartition(".")[2] not in _RECORDING:
                continue
            texts = [
                node.value
                for argument in call.args[:3]
                for node in ast.walk(argument)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            found |= {text for text in texts if _EVENT.fullmatch(text)}
    return found


def test_every_event_of_a_case_has_a_sentence() -> None:
    source = (ROOT / "webapp" / "views" / "progress.py").read_text(encoding="utf-8")
    told = set(re.findall(r'^        "([a-z_.]+)": lambda', source, re.MULTILINE))
    known = recorded_events()
    assert len(known) > 25
    untold = {
        one
        for one in known - told
        if one not in UNTOLD and not one.startswith(tuple(u for u in UNTOLD if u.endswith(".")))
    }
    assert untold == set()
    assert {"instance.started", "task.completed", "field.revealed"} <= told & known


def problem_names() -> dict[str, str]:
    """Every problem the code can name, and where."""
    for package in (engine, webapp):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__") and ".migrations.versions" not in module.name:
                importlib.import_module(module.name)
    found: dict[str, str] = {}
    waiting = [EngineError]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one is not problems.WebProblem and one.__module__.startswith(("engine", "webapp")):
            found[one.problem] = inspect.getmodule(one).__name__  # type: ignore[union-attr]
    for path in files("webapp"):
        for call in calls(path):
            if called(call) == "WebProblem" and isinstance(call.args[0], ast.Constant):
                found[str(call.args[0].value)] = name(path)
    return found | dict.fromkeys(_HTTP_PROBLEMS.values(), "webapp.application")


#: Trouble of our own. People are told that it is ours; the log says which.
OURS = {
    "backup",
    "bad_snapshot",
    "broken_execution",
    "database_version",
    "engine",
    "file_damaged",
    "internal",
    "keyring_broken",
    "not_canonical",
    "not_sealed",
    "nothing_to_index",
    "sealing",
    "signing_key_broken",
    "tampered",
    "unknown_sealing_key",
}


def test_every_problem_has_a_status_and_a_sentence() -> None:
    known = set(problem_names())
    sentences = set(problems._sentences())
    assert known - sentences - OURS == set()
    assert sentences - known == set(), "sentences that nobody says"
    by_the_web = {"unauthenticated", "csrf", "malformed", "too_large", "method_not_allowed"}
    assert known - set(problems.STATUS) - OURS == by_the_web
    assert set(problems.STATUS) - known == set()


def test_every_problem_is_documented_with_its_status() -> None:
    text = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    documented = {
        row[0]: int(row[1])
        for row in re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", text, re.MULTILINE)
    }
    assert set(documented) == set(problem_names()) - (OURS - {"internal"})
    assert {one: documented[one] for one in problems.STATUS} == problems.STATUS
