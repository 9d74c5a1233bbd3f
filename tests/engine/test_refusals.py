"""What commands refuse, on both databases: forged, late, forbidden, twice at once; and what they leave."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.audit.records import verify
from engine.catalog.definition import Definition, compile_definition
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.claim import claim, release
from engine.commands.complete import complete
from engine.commands.start import start
from engine.commands.withdraw import withdraw
from engine.engine import Engine
from engine.errors import (
    AlreadyClaimed,
    AlreadyDone,
    EngineError,
    FieldConflict,
    InvalidForm,
    NotAllowed,
    NotFound,
    OpinionRequired,
    SeparationOfDuties,
    TooLate,
    UnknownOutcome,
)
from engine.runtime import Execution
from engine.store.case import stream_of
from engine.store.tables import case_document, event, event_payload, instance, signer, task
from engine.testing import CastDirectory, temporary_engine
from engine.testing.house import ZONE

PROCESSES = Path(__file__).resolve().parents[2] / "processes"
SOUND = Path(__file__).parent / "catalog" / "broken" / "_sound"
MORNING = datetime(2026, 3, 2, 9, tzinfo=ZONE)
FORM = {
    "item": "羽毛球拍",
    "quantity": 8,
    "purpose": "春季职工羽毛球赛",
    "needed_on": "2026-03-20",
    "return_on": "2026-03-23",
    "place": "厅机关活动室",
    "value_fen": 160000,
    "contact": "13900000017",
}
VOTERS = [f"voter{number}" for number in range(30)]
#: Two tasks side by side that write one field.
BRANCHES = """
    <bpmn:startEvent id="apply" />
    <bpmn:parallelGateway id="fork" />
    <bpmn:userTask id="left"><bpmn:extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="candidates" value="clerk @ applicant.unit" />
      <spiffworkflow:property name="form" value="review" />
    </spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>
    <bpmn:userTask id="right"><bpmn:extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="candidates" value="clerk @ applicant.unit" />
      <spiffworkflow:property name="form" value="review" />
    </spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>
    <bpmn:parallelGateway id="join" />
    <bpmn:endEvent id="done" />
    <bpmn:sequenceFlow id="a" sourceRef="apply" targetRef="fork" />
    <bpmn:sequenceFlow id="b" sourceRef="fork" targetRef="left" />
    <bpmn:sequenceFlow id="c" sourceRef="fork" targetRef="right" />
    <bpmn:sequenceFlow id="d" sourceRef="left" targetRef="join" />
    <bpmn:sequenceFlow id="e" sourceRef="right" targetRef="join" />
    <bpmn:sequenceFlow id="f" sourceRef="join" targetRef="done" />
"""


# --- the house ------------------------------------------------------------------------------------


def sample(sign_off: str = "") -> Package:
    """The small package of the checks, with another sign-off for its vote."""
    files = dict(Package.from_folder(SOUND).files)
    if sign_off:
        drawn = files["process.bpmn"].decode()
        start_at = drawn.index("<gongban:signOff")
        end_at = drawn.index("/>", start_at)
        drawn = drawn[:start_at] + f"<gongban:signOff {sign_off}" + drawn[end_at:]
        files["process.bpmn"] = drawn.encode()
    return Package(files)


def branching() -> Package:
    files = dict(Package.from_folder(SOUND).files)
    drawn = files["process.bpmn"].decode()
    body = drawn[drawn.index('isExecutable="true">') + 20 : drawn.index("</bpmn:process>")]
    files["process.bpmn"] = drawn.replace(body, BRANCHES).encode()
    files["process.toml"] = (
        b'id = "sample"\ntitle = "Two"\nowner = "clerk"\n[start]\nroles = ["member"]\n'
    )
    return Package(files)


def people() -> CastDirectory:
    """The cast of the scenarios, with two clerks, a jack of all trades, and thirty who vote."""
    cast = CastDirectory.load(PROCESSES / "_shared" / "cast.yaml")
    more = {
        "anna": ["member"],
        "carl": ["member", "clerk", "unit_clerk"],
        "cleo": ["clerk", "unit_clerk"],
        "jack": ["member", "unit_clerk", "unit_chair", "clerk", "board"],
        **{voter: ["board"] for voter in VOTERS},
    }
    added = [
        {
            "id": name,
            "name": name.title(),
            "unit": "nonglin",
            "group": None,
            "roles": [{"role": role, "at": "nonglin"} for role in roles],
        }
        for name, roles in more.items()
    ]
    return CastDirectory(list(cast.units.values()), [*cast.people.values(), *added])


@dataclass
class House:
    engine: Engine

    def act(self, person: str, verb: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        with self.engine.command(self.engine.directory.actor(person)) as uow:
            acted = verb(uow, *args, **facts)
            uow.commit()
        return acted

    def deploy(self, package: Package) -> Definition:
        with self.engine.command(SYSTEM) as uow:
            made, _ = deploy(uow, package)
            uow.commit()
        return self.engine.catalog.get(made)

    def begin(self, package: Package | None = None, form: Any = None, by: str = "anna") -> str:
        definition = self.deploy(package or Package.from_folder(PROCESSES / "approve3"))
        handed_in = FORM if package is None else form or {"item": "a ball", "value_fen": 500}
        return str(self.act(by, start, definition, handed_in).case.id)

    def one(self, statement: Any) -> Any:
        return self.all(statement)[0]

    def all(self, statement: Any) -> list[Any]:
        with self.engine.database.read() as connection:
            return list(connection.execute(statement).scalars())

    def open_task(self, case: str, element: str) -> str:
        found = select(task.c.id).where(
            task.c.instance_id == case, task.c.element_id == element, task.c.state == "open"
        )
        return str(self.one(found))

    def document(self, case: str) -> dict[str, Any]:
        return dict(
            self.one(select(case_document.c.content).where(case_document.c.instance_id == case))
        )

    def version(self, case: str) -> int:
        return int(
            self.one(select(case_document.c.version).where(case_document.c.instance_id == case))
        )

    def events(self, case: str) -> list[tuple[str, str | None, dict[str, Any]]]:
        with self.engine.database.read() as connection:
            query = select(event.c.type, event.c.actor, event.c.subject)
            query = query.where(event.c.stream == stream_of(case)).order_by(event.c.seq)
            return [tuple(row) for row in connection.execute(query)]

    def together(self, *acts: Callable[[], Any]) -> list[Any]:
        """Do these at the same moment; each answer, or the error it got."""
        ready = threading.Barrier(len(acts))
        answers: list[Any] = [None] * len(acts)

        def work(number: int, act: Callable[[], Any]) -> None:
            ready.wait()
            try:
                answers[number] = act()
            except Exception as error:
                answers[number] = error

        threads = [threading.Thread(target=work, args=one) for one in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers


@pytest.fixture
def house(database_url) -> Iterator[House]:
    with temporary_engine(people(), MORNING, url=database_url) as engine:
        yield House(engine)


@pytest.fixture(scope="module")
def quiet_house() -> Iterator[House]:
    """For what never gets as far as changing anything."""
    with temporary_engine(people(), MORNING) as engine:
        yield House(engine)


# --- who may know, and who may act ----------------------------------------------------------------


def test_a_forged_task_id_is_not_found(house):
    house.begin()
    for forged in ("01hzforged", "", "x" * 64, "' OR 1=1 --", "任务"):
        for verb in (claim, release, complete):
            with pytest.raises(NotFound):
                house.act("carl", verb, forged)


def test_a_task_of_another_unit_is_not_known_to_exist(house):
    case = house.begin()
    before = house.events(case)
    for verb in (claim, complete):
        with pytest.raises(NotFound):
            house.act("clerk_bai", verb, house.open_task(case, "check"))
    assert house.events(case) == before


def test_a_case_of_somebody_else_cannot_be_withdrawn(house):
    case = house.begin()
    with pytest.raises(NotFound):
        house.act("zhao_min", withdraw, case)
    with pytest.raises(NotFound):
        house.act("anna", withdraw, "01hzforged")


def test_what_the_package_does_not_allow_its_applicant_cannot_withdraw(house):
    with pytest.raises(TooLate):
        house.act("anna", withdraw, house.begin())


def test_somebody_without_the_role_cannot_start(house):
    definition = house.deploy(Package.from_folder(PROCESSES / "approve3"))
    with pytest.raises(NotAllowed):
        house.act("cleo", start, definition, FORM)
    assert house.all(select(instance.c.id)) == []


def test_a_claimed_task_is_nobody_elses(house):
    opened = house.open_task(house.begin(), "check")
    house.act("carl", claim, opened)
    for verb in (claim, release, complete):
        with pytest.raises(AlreadyClaimed):
            house.act("cleo", verb, opened)
    house.act("carl", release, opened)
    house.act("cleo", claim, opened)


# --- separation of duties -------------------------------------------------------------------------


def test_nobody_acts_on_their_own_case_and_the_attempt_is_on_the_record(house):
    case = house.begin(by="jack")
    opened = house.open_task(case, "check")
    for verb in (claim, complete):
        with pytest.raises(SeparationOfDuties):
            house.act("jack", verb, opened)
    refused = [one for one in house.events(case) if one[0] == "refused"]
    assert [(actor, said["problem"], said["rule"]) for _, actor, said in refused] == [
        ("jack", "separation_of_duties", "own_case")
    ] * 2
    assert verify(house.engine).findings == []


def test_who_checked_does_not_approve_and_the_attempt_is_on_the_record(house):
    case = house.begin()
    house.act("jack", complete, house.open_task(case, "check"), outcome="agree", form={})
    document, version = house.document(case), house.version(case)
    with pytest.raises(SeparationOfDuties):
        house.act("jack", complete, house.open_task(case, "approve"), outcome="agree", form={})
    type_, actor, said = house.events(case)[-1]
    assert (type_, actor) == ("refused", "jack")
    assert (said["rule"], said["element"], said["other"]) == (
        "who-checks-does-not-approve",
        "approve",
        "check",
    )
    why = select(event_payload.c.payload).where(event_payload.c.stream == stream_of(case))
    last = json.loads(house.all(why.order_by(event_payload.c.seq))[-1])
    assert last == {"name": "Jack", "why": "核对人不得审批"}
    # Apart from that the refused command left nothing.
    assert (house.document(case), house.version(case)) == (document, version)
    house.act("chair_han", complete, house.open_task(case, "approve"), outcome="agree", form={})
    assert verify(house.engine).findings == []


def test_who_reviewed_is_not_asked_to_vote(house):
    case = house.begin(sample('rule="all" form="each"'))
    house.act("jack", complete, house.open_task(case, "review"), outcome="agree", form={})
    vote = house.open_task(case, "vote")
    asked = house.all(select(signer.c.person_id).where(signer.c.task_id == vote))
    assert sorted(asked) == sorted(VOTERS)
    with pytest.raises(SeparationOfDuties):
        house.act("jack", complete, vote, outcome="yes", form={})


# --- what is handed in ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"colour": "red"}, "colour", "unknown"),
        ({"applicant": {"id": "boss"}}, "applicant", "unknown"),
        ({"outcomes": {}}, "outcomes", "unknown"),
        ({"item": None}, "item", "required"),
        ({"quantity": "eight"}, "quantity", ""),
        ({"quantity": True}, "quantity", ""),
        ({"value_fen": -1}, "value_fen", ""),
        ({"value_fen": 1.5}, "value_fen", ""),
        ({"needed_on": "2026-02-30"}, "needed_on", ""),
    ],
)
def test_a_start_form_with_an_unknown_missing_or_wrong_field_starts_nothing(
    quiet_house, change, path, code
):
    definition = quiet_house.deploy(Package.from_folder(PROCESSES / "approve3"))
    with pytest.raises(InvalidForm) as refused:
        quiet_house.act("anna", start, definition, {**FORM, **change})
    found = refused.value.parts["errors"]
    assert [one.path for one in found] == [path]
    assert code in found[0].code
    assert quiet_house.all(select(instance.c.id)) == []


@pytest.mark.parametrize("form", [None, {}, [], "item", 7, {"item": {"deep": [1]}}])
def test_a_form_that_is_no_form_starts_nothing(quiet_house, form):
    definition = quiet_house.deploy(Package.from_folder(PROCESSES / "approve3"))
    with pytest.raises(InvalidForm):
        quiet_house.act("anna", start, definition, form)
    assert quiet_house.all(select(instance.c.id)) == []


def test_an_unknown_or_missing_outcome_is_refused(house):
    opened = house.open_task(house.begin(), "check")
    for outcome in ("approve", "", None):
        with pytest.raises(UnknownOutcome):
            house.act("carl", complete, opened, outcome=outcome, form={})


def test_an_outcome_that_needs_an_opinion_is_refused_without_one(house):
    opened = house.open_task(house.begin(), "check")
    for opinion in ("", "   ", "\n\t"):
        with pytest.raises(OpinionRequired):
            house.act("carl", complete, opened, outcome="refuse", opinion=opinion, form={})
    house.act("carl", complete, opened, outcome="refuse", opinion="没有库存", form={})


def test_a_task_that_is_done_is_done(house):
    case = house.begin()
    opened = house.open_task(case, "check")
    house.act("carl", complete, opened, outcome="agree", form={})
    for person in ("carl", "cleo"):
        for verb in (claim, complete):
            with pytest.raises(AlreadyDone):
                house.act(person, verb, opened)
    assert [one[0] for one in house.events(case)].count("task.completed") == 1


# --- at the same moment ---------------------------------------------------------------------------


def test_of_two_who_complete_at_once_one_is_told_that_it_is_done(house):
    case = house.begin()
    opened = house.open_task(case, "check")

    def finish(person: str) -> Callable[[], Any]:
        return lambda: house.act(
            person, complete, opened, outcome="agree", form={"stock_note": person}
        )

    answers = house.together(finish("carl"), finish("cleo"))
    refused = [one for one in answers if isinstance(one, EngineError)]
    assert [type(one) for one in refused] == [AlreadyDone]
    winner = "cleo" if isinstance(answers[0], AlreadyDone) else "carl"
    assert refused[0].parts["by"] == winner
    assert house.document(case)["stock_note"] == winner
    assert [one[0] for one in house.events(case)].count("task.completed") == 1
    assert len(house.all(select(task.c.id).where(task.c.element_id == "approve"))) == 1
    assert verify(house.engine).findings == []


def test_of_two_who_claim_at_once_one_is_told_who_was_first(house):
    opened = house.open_task(house.begin(), "check")
    answers = house.together(
        lambda: house.act("carl", claim, opened), lambda: house.act("cleo", claim, opened)
    )
    refused = [one for one in answers if isinstance(one, EngineError)]
    assert [type(one) for one in refused] == [AlreadyClaimed]
    assert house.all(select(task.c.claimed_by).where(task.c.id == opened)) == [
        refused[0].parts["by"]
    ]


def test_thirty_who_sign_at_once_are_all_answered_and_all_counted(house):
    case = house.begin(sample('rule="all" form="each"'))
    house.act("carl", complete, house.open_task(case, "review"), outcome="agree", form={})
    # jack is on the board, too, but has nothing to do with this case so far.
    house.act("jack", complete, house.open_task(case, "vote"), outcome="yes", form={})
    vote = house.open_task(case, "vote")

    def sign(person: str) -> Callable[[], Any]:
        return lambda: house.act(person, complete, vote, outcome="yes", form={"reason": person})

    answers = house.together(*(sign(voter) for voter in VOTERS))
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert Counter(one.decided for one in answers) == {False: 29, True: 1}
    assert house.all(select(task.c.tally).where(task.c.id == vote)) == [
        {"entitled": 31, "positive": 31, "negative": 0, "abstain": 0}
    ]
    assert set(house.all(select(signer.c.state).where(signer.c.task_id == vote))) == {"voted"}
    forms = house.document(case)["votes"]
    assert sorted(one["signer"] for one in forms) == sorted([*VOTERS, "jack"])
    assert [one[0] for one in house.events(case)].count("task.voted") == 31
    assert verify(house.engine).findings == []


def test_nobody_votes_twice_not_even_at_once(house, request):
    case = house.begin(sample('rule="all" form="each"'))
    house.act("carl", complete, house.open_task(case, "review"), outcome="agree", form={})
    vote = house.open_task(case, "vote")
    twice = [lambda: house.act("voter0", complete, vote, outcome="yes", form={})] * 4
    answers = house.together(*twice)
    assert Counter(type(one) for one in answers if isinstance(one, Exception)) == {AlreadyDone: 3}
    assert house.one(select(task.c.tally).where(task.c.id == vote))["positive"] == 1


def test_of_two_branches_that_write_one_field_the_later_gets_both_values(house):
    case = house.begin(branching())
    seen = house.version(case)
    tasks = {name: house.open_task(case, name) for name in ("left", "right")}

    def write(person: str, name: str) -> Callable[[], Any]:
        return lambda: house.act(person, complete, tasks[name], form={"note": name}, version=seen)

    answers = house.together(write("carl", "left"), write("cleo", "right"))
    refused = [one for one in answers if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [FieldConflict]
    late = "left" if isinstance(answers[0], FieldConflict) else "right"
    early = "right" if late == "left" else "left"
    assert refused[0].parts["fields"] == {"note": {"yours": late, "theirs": early}}
    assert house.document(case)["note"] == early
    # Whoever has read the other's value may still decide for their own.
    person = "carl" if late == "left" else "cleo"
    house.act(person, complete, tasks[late], form={"note": late}, version=house.version(case))
    assert house.document(case)["note"] == late
    assert house.one(select(instance.c.state)) == "completed"


def test_two_branches_that_write_the_same_value_do_not_disturb_each_other(house):
    case = house.begin(branching())
    seen = house.version(case)
    for person, name in (("carl", "left"), ("cleo", "right")):
        opened = house.open_task(case, name)
        house.act(person, complete, opened, form={"note": "same"}, version=seen)
    assert house.one(select(instance.c.state)) == "completed"


def test_a_form_opened_before_somebody_changed_its_field_is_refused(house):
    case = house.begin(sample('rule="all" form="shared"'))
    house.act("carl", complete, house.open_task(case, "review"), outcome="agree", form={})
    vote, old = house.open_task(case, "vote"), house.version(case)
    house.act("voter0", complete, vote, outcome="yes", form={"reason": "good"}, version=old)
    with pytest.raises(FieldConflict) as refused:
        house.act("voter1", complete, vote, outcome="yes", form={"reason": "bad"}, version=old)
    assert refused.value.parts["fields"]["votes"] == {
        "yours": {"reason": "bad"},
        "theirs": {"reason": "good"},
    }
    assert house.one(select(task.c.tally).where(task.c.id == vote))["positive"] == 1


# --- what running never changes ---------------------------------------------------------------------


def pictured(value: Any, seen: frozenset[int] = frozenset()) -> Any:
    """Everything inside an object as plain data, however deep; circles are cut."""
    if isinstance(value, (str, int, float, bool, bytes, type(None))):
        return value
    if id(value) in seen:
        return "…"
    seen |= {id(value)}
    if isinstance(value, dict):
        return {str(key): pictured(item, seen) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [pictured(item, seen) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(pictured(item, seen)) for item in value)
    if hasattr(value, "__dict__"):
        return {"": type(value).__name__, **pictured(vars(value), seen)}
    slots = getattr(type(value), "__slots__", ())
    return {"": type(value).__name__, **{n: pictured(getattr(value, n), seen) for n in slots}}


@pytest.mark.parametrize("outcome", ["agree", "refuse"])
def test_a_definition_is_the_same_after_a_case_as_before(house, outcome):
    definition = house.deploy(Package.from_folder(PROCESSES / "approve3"))
    before = pictured(definition.specification.nodes)
    case = house.begin()
    said = {"outcome": outcome, "opinion": "意见", "form": {}}
    house.act("carl", complete, house.open_task(case, "check"), **said)
    house.act("chair_han", complete, house.open_task(case, "approve"), **said)
    assert house.engine.catalog.get(definition.id) is definition
    assert pictured(definition.specification.nodes) == before


def test_going_on_from_a_snapshot_leaves_the_snapshot_as_it_was():
    definition = compile_definition(branching())
    execution = Execution.start(definition.specification, lambda *_: True)
    snapshot = execution.snapshot()
    before = json.dumps(snapshot, sort_keys=True)
    for number in (0, 1):
        again = Execution.restore(definition.specification, snapshot, lambda *_: True)
        work = sorted(again.open_work(), key=lambda item: item.element_id)
        again.complete(work[number].token)
        assert json.dumps(snapshot, sort_keys=True) == before
