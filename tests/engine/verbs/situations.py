"""Every verb in every situation: how the case stands, what is done, and what has to be so afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.administer import correct, move_token, reassign, resume, suspend, terminate
from engine.commands.claim import claim, release
from engine.commands.comments import add_comment
from engine.commands.complete import complete
from engine.commands.copies import copy_to
from engine.commands.delegate import advise, delegate, recall
from engine.commands.fewer_signers import remove_signer
from engine.commands.hand_on import transfer
from engine.commands.hold import hold, undo
from engine.commands.proxies import set_proxy
from engine.commands.recusals import declare
from engine.commands.send_back import send_back
from engine.commands.signers import add_signers, reorder_signers
from engine.commands.take_back import take_back
from engine.commands.urge import urge_task
from engine.commands.withdraw import revise, withdraw
from engine.errors import EngineError
from engine.migrating.batch import migrate, undo_migration
from tests.engine.commands.casework import APPLICANT, DOER, DOERS, FORM, Office, office, package
from tests.engine.verbs.checks import check_chain, check_replay

#: How `a` and `b`, which follow each other, lie in the process; `z` comes after.
DRAWINGS: dict[str, tuple[str, ...]] = {
    "plain": ("s > a > b > z > e",),
    "parallel branch": (
        "parallel fork", f"user c {DOER}", "parallel join",
        "s > fork > a > b > join > z > e", "fork > c > join",
    ),
    "sub-process": (
        "sub box", "start s2", "end e2", "s2 > a > b > e2", "close", "s > box > z > e",
    ),
    "multi-instance": (
        "sub box times=2", "start s2", "end e2", "s2 > a > b > e2", "close", "s > box > z > e",
    ),
    "loop": (
        "exclusive again", "exclusive x",
        "s > again > a > b > x", 'x > again : outcomes.b = "round"', "x > z *", "z > e",
    ),
}  # fmt: skip


def drawing(situation: str) -> Package:
    """The process of a situation."""
    lines = DRAWINGS.get(situation, DRAWINGS["plain"])
    people = (f"user a {DOER}", f"user b {DOER} out=on/round/off", f"user z {DOER}")
    if "close" in lines:
        place = lines.index("start s2")
        inside = (*lines[:place], *people[:2], *lines[place:])
        lines = (*inside, people[2])
    else:
        lines = (*people, *lines)
    return package("start s", "end e", *lines, forms={"s": FORM})


class Situation:
    """An office whose case stands at `b`, `a` having been done."""

    def __init__(self, at: Office, name: str) -> None:
        self.at, self.name = at, name
        at.start({"wish": "a desk", "amount_fen": 100})
        if name == "after a proxy":
            until = at.clock.now() + timedelta(days=30)
            at.do("ann", lambda uow: set_proxy(uow, "outsider", at.clock.now(), until))
            at.clock.advance(timedelta(minutes=1))
        for task in [row for row in at.tasks() if row.element_id == "a"]:
            by = "outsider" if name == "after a proxy" else "ann"
            at.do(by, lambda uow, task=task: complete(uow, task.id))
        if name == "loop":
            at.do("ben", lambda uow: complete(uow, at.task("b"), outcome="round"))
            at.do("ann", lambda uow: complete(uow, at.task("a")))
        self.b = next(row.id for row in at.tasks() if row.element_id == "b" and row.state == "open")
        done = [row for row in at.tasks() if row.element_id == "a"]
        # Of two instances, the first: its own `a` led to its own `b`.
        self.a = str((done[0] if name == "multi-instance" else done[-1]).id)
        if name == "suspended":
            at.do("keeper", lambda uow: suspend(uow, at.case, reason="a question"))
        if name == "ended":
            self.finish()

    def finish(self) -> None:
        """Bring the case to its end, whoever has to do it."""
        for turn in range(60):
            rows = [row for row in self.at.tasks() if row.state == "open"]
            if not rows:
                break
            row = rows[turn % len(rows)]
            for person in self._who(row):
                try:
                    outcome = "on" if row.element_id == "b" else None
                    form = {"wish": "a desk"} if row.element_id == "s" else None
                    self.at.do(
                        person,
                        lambda uow, row=row, outcome=outcome, form=form: complete(
                            uow, row.id, outcome=outcome, form=form
                        ),
                    )
                    break
                except EngineError:
                    continue

    def _who(self, row: Any) -> list[str]:
        people = [one.person_id for one in self.at.signers(row.id) if one.state == "open"]
        return [*people, *([row.claimed_by] if row.claimed_by else []), *DOERS, APPLICANT]

    def check(self) -> None:
        """The record tells the case as the tables do, and verifies."""
        check_chain(self.at.engine, self.at.case)
        check_replay(self.at.engine, self.at)


Verb = Callable[[Situation], Any]


def _by(person: str, command: Callable[[Any, Situation], Any]) -> Verb:
    return lambda it: it.at.do(person, lambda uow: command(uow, it))


def _then(*verbs: Verb) -> Verb:
    def act(it: Situation) -> Any:
        return [verb(it) for verb in verbs][-1]

    return act


_CLAIM = _by("ben", lambda uow, it: claim(uow, it.b))
_ASK = _by("ben", lambda uow, it: delegate(uow, it.b, "cai", "what do you think?"))
_ADD = _by("ben", lambda uow, it: add_signers(uow, it.b, ["cai", "dee"], "after"))

_HOLD = _by("ben", lambda uow, it: hold(uow, it.b, outcome="on"))


def _migrate(it: Situation) -> str:
    """The case moves to a version that says the same."""
    drawn = it.at.definition.package
    facts = drawn.files["process.toml"].replace("画出来的流程".encode(), "又一版".encode())
    with it.at.engine.command(SYSTEM) as uow:
        made, _ = deploy(uow, Package({**drawn.files, "process.toml": facts}))
        uow.commit()
    new = it.at.engine.catalog.get(made)
    batch: str = it.at.do(
        "keeper", lambda uow: migrate(uow, it.at.case, new, chosen={}, reason="a better one")
    )
    return batch


def _put_back(it: Situation) -> None:
    batch = _migrate(it)
    it.at.do("keeper", lambda uow: undo_migration(uow, batch))
    it.at.work()


VERBS: dict[str, Verb] = {
    "complete": _by("ben", lambda uow, it: complete(uow, it.b, outcome="on")),
    "hold": _then(_HOLD, lambda it: it.at.wait(timedelta(seconds=8))),
    "hold, then undo": _then(_HOLD, _by("ben", lambda uow, it: undo(uow, it.b))),
    "undo what counts already": _by("ann", lambda uow, it: undo(uow, it.a)),
    "send back a step": _by("ben", lambda uow, it: send_back(uow, it.b, "a", reason="again")),
    "send back, straight back": _by(
        "ben", lambda uow, it: send_back(uow, it.b, "a", reason="again", then="jump")
    ),
    "send back to the applicant": _by(
        "ben", lambda uow, it: send_back(uow, it.b, "applicant", reason="again")
    ),
    "take back": _by("ann", lambda uow, it: take_back(uow, it.a)),
    "take back as the deputy": _by("outsider", lambda uow, it: take_back(uow, it.a)),
    "revise": _by(APPLICANT, lambda uow, it: revise(uow, it.at.case)),
    "withdraw": _by(APPLICANT, lambda uow, it: withdraw(uow, it.at.case)),
    "claim": _CLAIM,
    "release": _then(_CLAIM, _by("ben", lambda uow, it: release(uow, it.b))),
    "transfer": _by("ben", lambda uow, it: transfer(uow, it.b, "cai")),
    "delegate": _ASK,
    "advise": _then(_ASK, _by("cai", lambda uow, it: advise(uow, it.b, "yes"))),
    "recall advice": _then(_ASK, _by("ben", lambda uow, it: recall(uow, it.b))),
    "add signers before": _by("ben", lambda uow, it: add_signers(uow, it.b, ["cai"], "before")),
    "add signers after": _ADD,
    "add signers in parallel": _by(
        "ben", lambda uow, it: add_signers(uow, it.b, ["cai"], "parallel")
    ),
    "remove a signer": _then(_ADD, _by("ben", lambda uow, it: remove_signer(uow, it.b, "dee"))),
    "reorder signers": _then(
        _ADD, _by("ben", lambda uow, it: reorder_signers(uow, it.b, ["dee", "cai"]))
    ),
    "recuse": _by("dee", lambda uow, it: declare(uow, instance_id=it.at.case, reason="kin")),
    "copy": _by(APPLICANT, lambda uow, it: copy_to(uow, it.at.case, ["boss"])),
    "urge": _by(APPLICANT, lambda uow, it: urge_task(uow, it.b)),
    "comment": _by(
        APPLICANT, lambda uow, it: add_comment(uow, it.at.case, "soon?", mentions=[], files=[])
    ),
    "suspend": _by("keeper", lambda uow, it: suspend(uow, it.at.case, reason="a question")),
    "resume": _by("keeper", lambda uow, it: resume(uow, it.at.case, reason="answered")),
    "terminate": _by("keeper", lambda uow, it: terminate(uow, it.at.case, reason="a duplicate")),
    "move a token back": _by("keeper", lambda uow, it: move_token(uow, it.b, "a", reason="slip")),
    "move a token on": _by("keeper", lambda uow, it: move_token(uow, it.b, "z", reason="done")),
    "reassign": _by("keeper", lambda uow, it: reassign(uow, it.b, "cai", reason="ill")),
    "correct": _by(
        "keeper",
        lambda uow, it: correct(uow, it.at.case, {"amount_fen": 90}, reason="a typo", version=99),
    ),
    "migrate": _migrate,
    "migrate, then put back": _put_back,
}
#: Verbs after which the case is over, and what it then is.
ENDS = {"withdraw": "withdrawn", "terminate": "terminated"}
#: Verbs after which somebody else has to act before the case can be brought to its end.
LEAVES_OPEN = {"delegate", "suspend"}


@contextmanager
def situation(name: str) -> Iterator[Situation]:
    """A case in a situation, in a throw-away office."""
    with office(drawing(name)) as at:
        yield Situation(at, name)
