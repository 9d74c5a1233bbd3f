"""Play a scenario: a story in YAML, on a fake clock, through the same commands that people use."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.definition import Definition
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.clock import FakeClock
from engine.commands.complete import complete
from engine.commands.deliver import deliver
from engine.commands.funds import deposit, open_fund
from engine.commands.send_back import send_back
from engine.commands.sending_back import PREVIOUS
from engine.commands.start import start
from engine.commands.take_back import take_back
from engine.commands.withdraw import revise, withdraw
from engine.engine import Engine
from engine.errors import EngineError, InvalidForm
from engine.jobs.leases import next_due
from engine.jobs.run import run_due
from engine.store.case import stream_of
from engine.store.tables import event_payload, job, task
from engine.testing.directory import CastDirectory
from engine.testing.expectations import check_end, check_state
from engine.testing.files import upload_named_files
from engine.testing.house import ZONE, temporary_engine
from engine.testing.outside import answer_payments, hand_in_objection
from engine.testing.proposing import deploy_another, propose_new
from engine.testing.refusals import ScenarioFailed
from engine.testing.times import after, instant_of
from engine.yaml_text import read_yaml

#: A story that takes longer than this many seconds is broken off: one may wait for ever.
PATIENCE_S = 20.0

#: What happens in a story, in words; `Act.parts` fills the gaps.
SENTENCES = {
    "start": "starts the case",
    "propose": "proposes {name}",
    "deploy": "deploys another version of {name}",
    "complete": "{task} {outcome}",
    "sign": "{task} {outcome} (others still to sign)",
    "refused": "is refused: {problem}",
    "time": "time passes",
    "bank": "{answer}",
    "object": "objects to the notice",
    "withdraw": "withdraws the case",
    "send_back": "sends the case back from {task} to {target}",
    "take_back": "takes {task} back",
    "revise": "takes the case back to change it",
    "deliver": "delivers {message}",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happened: when, by whom (empty: by itself), and what."""

    at: datetime
    who: str
    kind: str
    parts: dict[str, str]


@dataclass
class Story:
    """What a scenario did: who did what when, and which flows it took."""

    name: str
    says: str
    acts: list[Act] = field(default_factory=list)
    flows: set[str] = field(default_factory=set)
    #: How often each element was come to and each flow taken, what was undone later included.
    times: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """The story, a sentence for each act."""
        return [
            "  ".join(filter(None, (_when(one.at), one.who, _sentence(one)))) for one in self.acts
        ]


def scenarios_of(folder: Path) -> list[Path]:
    """The scenario files of a package, by name."""
    return sorted((folder / "scenarios").glob("*.yaml"))


def play(folder: Path, scenario: Path, *, url: str | None = None) -> Story:
    """Play one scenario of a package folder; raise `ScenarioFailed` where it does not come out as written."""
    with told(folder, scenario, url=url) as (_engine, _case, story):
        return story


@contextmanager
def told(
    folder: Path, scenario: Path, *, url: str | None = None
) -> Iterator[tuple[Engine, str, Story]]:
    """Play a scenario and hand over the house it was played in, the case, and the story."""
    cast = folder.parent / "_shared" / "cast.yaml"
    package = Package.from_folder(folder)
    with telling(package, scenario.stem, scenario.read_bytes(), cast, url=url) as told_so:
        yield told_so


@contextmanager
def telling(
    package: Package, name: str, text: bytes, cast: Path, *, url: str | None = None
) -> Iterator[tuple[Engine, str, Story]]:
    """Play a scenario of a package that lies in no folder; otherwise as `told`."""
    content = read_yaml(text)
    at = instant_of(content["at"])
    with temporary_engine(CastDirectory.load(cast), at, url=url) as engine:
        player = Player(engine, package, content, Story(name, content.get("says", "")))
        try:
            player.run()
        except ScenarioFailed as error:
            error.story = player.story
            raise
        yield engine, player.instance_id, player.story


class Player:
    """A throw-away house in which the steps of a story are done, one after another."""

    def __init__(
        self, engine: Engine, package: Package, content: dict[str, Any], story: Story
    ) -> None:
        self.engine = engine
        self.content = content
        self.story = story
        self.clock = engine.clock
        self.starter: str = content["starter"]
        self.instance_id = ""
        self.definition = self._deploy(package)
        self._ends = time.monotonic() + PATIENCE_S

    def _deploy(self, package: Package) -> Definition:
        with self.engine.command(SYSTEM) as uow:
            definition_id, _ = deploy(uow, package)
            for fund, amount in (self.content.get("setup") or {}).get("funds", {}).items():
                open_fund(uow, fund, fund)
                if amount:
                    deposit(uow, fund, amount, "scenario")
            uow.commit()
        return self.engine.catalog.get(definition_id)

    def run(self) -> None:
        for number, step in enumerate(self.content["steps"], start=1):
            try:
                self.do(step)
            except ScenarioFailed as error:
                raise error.at(number, _kind(step)) from None
            except InvalidForm as error:
                wrong = error.parts.get("errors", [])
                said = {
                    name: "; ".join(f"{one.path}: {one.message(language)}" for one in wrong)  # type: ignore[attr-defined]
                    for name, language in (("fields", "en"), ("fields_zh", "zh"))
                }
                raise ScenarioFailed("form", **said).at(number, _kind(step)) from error
            except EngineError as error:
                refused = ScenarioFailed("problem", problem=error.problem, text=error)
                raise refused.at(number, _kind(step)) from error
        check_end(self.engine, self.instance_id, self.content.get("ends") or {})
        self.story.times = self.passed()
        self.story.flows = self.story.times.keys() & self.definition.diagram.flows.keys()

    def do(self, step: dict[str, Any]) -> None:
        """Do one step, and the work that is due after it; raise what refuses it."""
        self._step(step)
        self.run_jobs()

    def _step(self, step: dict[str, Any]) -> None:
        verbs: dict[str, Callable[[dict[str, Any]], None]] = {
            "start": self._start,
            "propose": self._propose,
            "deployed": self._deployed,
            "task": self._complete,
            "refused": self._refused,
            "wait": self._wait,
            "until": self._wait,
            "bank": self._bank,
            "object": self._object,
            "withdraw": self._withdraw,
            "send_back": self._send_back,
            "take_back": self._take_back,
            "revise": self._revise,
            "deliver": self._deliver,
            "expect": self._expect,
        }
        for word, verb in verbs.items():
            if word in step:
                verb(step)
                return
        raise ScenarioFailed("unknown_step", word=sorted(step))

    def _start(self, step: dict[str, Any]) -> None:
        actor = self.engine.directory.actor(self.starter)
        form = self.definition.start_form
        values = upload_named_files(self.engine, actor, form, _json(step["start"]))
        with self.engine.command(actor) as uow:
            acted = start(uow, self.definition, values)
            uow.commit()
        self.instance_id = acted.case.id
        self._tell(self.starter, "start")

    def _propose(self, step: dict[str, Any]) -> None:
        self.instance_id = propose_new(self.engine, self.starter, step["propose"])
        self._tell(self.starter, "propose", name=step["propose"]["name"])

    def _deployed(self, step: dict[str, Any]) -> None:
        facts = step["deployed"]
        deploy_another(self.engine, facts["name"], facts["title"])
        self._tell("operator", "deploy", name=facts["name"])

    def _complete(self, step: dict[str, Any]) -> None:
        person, element = step["as"], step["task"]
        task_id = self._open_task(element, step.get("run"))
        actor = self.engine.directory.actor(person)
        form = self.definition.form_of(self.definition.steps[element])
        values = upload_named_files(self.engine, actor, form, _json(step.get("form")))
        with self.engine.command(actor) as uow:
            acted = complete(
                uow,
                task_id,
                outcome=step.get("outcome") or self.definition.steps[element].outcomes[0].id,
                form=values,
                opinion=step.get("opinion") or "",
            )
            uow.commit()
        name = self.definition.steps[element].name
        kind, outcome = "complete" if acted.decided else "sign", step.get("outcome") or ""
        named = {one.id: one.label for one in self.definition.steps[element].outcomes}
        self._tell(person, kind, task=name, outcome=outcome, label=named.get(outcome, outcome))

    def _refused(self, step: dict[str, Any]) -> None:
        wanted = step["refused"]
        attempt = {key: value for key, value in wanted.items() if key != "problem"}
        try:
            self._step(attempt)
        except EngineError as error:
            if error.problem != wanted["problem"]:
                raise ScenarioFailed(
                    "wrong_refusal", problem=error.problem, wanted=wanted["problem"], text=error
                ) from error
            self._tell(_who(attempt) or self.starter, "refused", problem=error.problem)
            return
        raise ScenarioFailed("not_refused", wanted=wanted["problem"])

    def _wait(self, step: dict[str, Any]) -> None:
        target = (
            instant_of(step["until"])
            if "until" in step
            else after(self.engine, self.clock.now(), str(step["wait"]))
        )
        # Timers fire in their order on the way, not all at the end.
        while (due := next_due(self.engine)) is not None and due <= target:
            if due > self.clock.now():
                self._set(due)
            if not self.run_jobs():
                break
        self._set(target)
        self.story.acts.append(Act(target, "", "time", {}))

    def _bank(self, step: dict[str, Any]) -> None:
        answer_payments(self.engine, step["bank"], step.get("reason", ""))
        self._tell("bank", "bank", answer=str(step["bank"]))

    def _object(self, step: dict[str, Any]) -> None:
        facts = step["object"]
        hand_in_objection(self.engine, self.instance_id, facts)
        self._tell(facts["as"], "object")

    def _withdraw(self, step: dict[str, Any]) -> None:
        facts = step["withdraw"]
        person = facts.get("as", self.starter)
        with self.engine.command(self.engine.directory.actor(person)) as uow:
            withdraw(uow, self.instance_id, reason=facts.get("reason", ""))
            uow.commit()
        self._tell(person, "withdraw")

    def _send_back(self, step: dict[str, Any]) -> None:
        facts = step["send_back"]
        person, target = facts["as"], facts.get("target", PREVIOUS)
        task_id = self._open_task(facts["task"], facts.get("run"))
        with self.engine.command(self.engine.directory.actor(person)) as uow:
            send_back(
                uow,
                task_id,
                target,
                reason=facts["reason"],
                then=facts.get("then", "walk"),
                whole_block=facts.get("whole_block", False),
            )
            uow.commit()
        self._tell(person, "send_back", task=facts["task"], target=target)

    def _take_back(self, step: dict[str, Any]) -> None:
        facts = step["take_back"]
        person = facts["as"]
        task_id = self._done_task(facts["task"], person)
        with self.engine.command(self.engine.directory.actor(person)) as uow:
            take_back(uow, task_id, reason=facts.get("reason", ""))
            uow.commit()
        self._tell(person, "take_back", task=facts["task"])

    def _revise(self, step: dict[str, Any]) -> None:
        facts = step["revise"]
        person = facts.get("as", self.starter)
        with self.engine.command(self.engine.directory.actor(person)) as uow:
            revise(uow, self.instance_id, reason=facts.get("reason", ""))
            uow.commit()
        self._tell(person, "revise")

    def _deliver(self, step: dict[str, Any]) -> None:
        facts = step["deliver"]
        with self.engine.command(self.engine.directory.actor(facts["as"])) as uow:
            deliver(uow, self.instance_id, facts["message"], _json(facts.get("fields")))
            uow.commit()
        self._tell(facts["as"], "deliver", message=facts["message"])

    def _expect(self, step: dict[str, Any]) -> None:
        check_state(self.engine, self.instance_id, step["expect"])

    def run_jobs(self) -> int:
        """Run what is due now, and what that makes due; raise when a job failed."""
        done = 0
        while True:
            if time.monotonic() > self._ends:
                raise ScenarioFailed("broken_off", seconds=round(PATIENCE_S))
            count = run_due(self.engine, "scenario", limit=1)
            self._check_failures()
            if not count:
                return done
            done += count

    def _check_failures(self) -> None:
        with self.engine.database.read() as connection:
            row = connection.execute(
                select(job.c.element_id, job.c.error).where(job.c.error.is_not(None))
            ).first()
        if row is not None:
            raise ScenarioFailed("job_failed", element=row.element_id, text=row.error)

    def _open_task(self, element: str, run: int | None) -> str:
        with self.engine.database.read() as connection:
            rows = connection.execute(
                select(task.c.id, task.c.element_id, task.c.run)
                .where(task.c.instance_id == self.instance_id, task.c.state == "open")
                .order_by(task.c.created_at, task.c.run)
            ).all()
        for row in rows:
            if row.element_id == element and run in (None, row.run):
                return str(row.id)
        raise ScenarioFailed("no_open_task", element=element, open=[row.element_id for row in rows])

    def _done_task(self, element: str, person: str) -> str:
        """The task of an element that the person finished last; else the last anybody did."""
        with self.engine.database.read() as connection:
            rows = connection.execute(
                select(task.c.id, task.c.token, task.c.completed_by).where(
                    task.c.instance_id == self.instance_id,
                    task.c.element_id == element,
                    task.c.state == "completed",
                )
            ).all()
        if not rows:
            raise ScenarioFailed("nobody_finished", element=element)
        # A story's clock stands still between its steps; tokens are numbered as they come.
        last = max(rows, key=lambda row: (row.completed_by == person, int(row.token)))
        return str(last.id)

    def passed(self) -> dict[str, int]:
        """How often the case came to each element and took each flow."""
        own = event_payload.c.stream == stream_of(self.instance_id)
        with self.engine.database.read() as connection:
            rows = connection.execute(select(event_payload.c.payload).where(own)).scalars()
            passed = [
                entry[0] for text in rows if text for entry in json.loads(text).get("way", ())
            ]
        return dict(Counter(passed))

    def _tell(self, person: str, kind: str, **parts: str) -> None:
        name = self.engine.directory.name(person)
        self.story.acts.append(Act(self.clock.now(), name, kind, parts))

    def _set(self, instant: datetime) -> None:
        assert isinstance(self.clock, FakeClock)
        self.clock.set(instant)


def _json(value: Any) -> Any:
    """YAML reads dates; a form gets them as text, as it would over the wire."""
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _who(step: dict[str, Any]) -> str | None:
    """Who does a step, said beside its word or below it."""
    below = [one["as"] for one in step.values() if isinstance(one, dict) and "as" in one]
    return str(step["as"]) if "as" in step else next(iter(below), None)


def _kind(step: dict[str, Any]) -> str:
    return str(step.get("task") or next(iter(step), ""))


def _sentence(act: Act) -> str:
    return SENTENCES[act.kind].format(**act.parts)


def _when(instant: datetime) -> str:
    return instant.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
