"""What moving one case to another version would do, and everything that forbids it; nothing is written."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.catalog.definition import Definition
from engine.catalog.steps import Step
from engine.commands.access import candidate_keys, key_used, may_act
from engine.commands.who import ask
from engine.errors import EngineError, NobodyFound
from engine.migrating.documents import misfits
from engine.migrating.mapping import Names
from engine.migrating.past import broken_policies
from engine.migrating.reasons import Reason
from engine.migrating.standing import Standing
from engine.migrating.tokens import Carried, carried
from engine.runtime.ending import can_end, imagine, shape_of
from engine.store.case import ACTIVE, SUSPENDED, Case
from engine.store.unit_of_work import UnitOfWork

#: What was found out of markings and pasts, by key: the cases of a batch stand at few different places.
Ends = dict[Any, Any]


@dataclass
class Plan:
    """How one case moves; with `reasons` it does not."""

    target: Definition
    names: Names
    reasons: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    carried: Carried | None = None
    #: Tasks that begin anew, and those that get other people: their keys.
    anew: list[str] = field(default_factory=list)
    asked: dict[str, list[str]] = field(default_factory=dict)
    #: Tasks whose ladder is counted anew, and whether their due instant is, too.
    recounted: dict[str, bool] = field(default_factory=dict)
    #: Jobs of timers that are counted anew.
    timers: list[str] = field(default_factory=list)
    #: False where the way straight back is known to the new version as well.
    walks_back: bool = False

    @property
    def possible(self) -> bool:
        """True where nothing forbids it."""
        return not self.reasons


def plan_for(
    uow: UnitOfWork,
    case: Case,
    standing: Standing,
    target: Definition,
    names: Names,
    ends: Ends | None = None,
) -> Plan:
    """The plan for a case that stands on the version the names are of."""
    plan = Plan(target, names)
    if case.state not in (ACTIVE, SUSPENDED) or case.tokens is None:
        plan.reasons.append(Reason("not_running"))
        return plan
    me = uow.actor.id
    if me == case.starter_id or case.has_part(me) or case.is_recused(me):
        plan.reasons.append(Reason("own_case"))
    if standing.held:
        plan.reasons.append(Reason("decision_held"))
    moved = carried(case.definition.specification, target.specification, names, case.tokens)
    plan.carried = moved
    plan.reasons += moved.reasons
    plan.notes += moved.notes
    plan.reasons += misfits(case.definition, target, case.document.content)
    plan.reasons += _separated(case, target, names)
    _jobs(case, standing, plan)
    if not moved.reasons:
        seen = in_new_names(case, plan)
        _tasks(uow, case, seen, standing, plan)
        _timers(uow, case, seen, standing, plan)
        known = {} if ends is None else ends
        there = _standing_there(target, moved.tokens, known)
        plan.reasons += there or broken_policies(seen, target, known)
        plan.walks_back = bool(case.returns) and not _is_known(case, target, names)
        if plan.walks_back:
            plan.notes.append(Reason("walks_back"))
    plan.reasons = _each_once(plan.reasons)
    plan.notes = _each_once(plan.notes)
    return plan


def in_new_names(case: Case, plan: Plan) -> Case:
    """A copy of the case that speaks of the new version; the case itself is not touched."""
    assert plan.carried is not None
    seen = copy.copy(case)
    seen.definition = plan.target
    seen.tokens = plan.carried.tokens
    renamed = plan.names.renamed()
    seen.participants = {renamed.get(key, key): who for key, who in case.participants.items()}
    seen.entered = [renamed.get(one, one) for one in case.entered]
    return seen


def _each_once(found: list[Reason]) -> list[Reason]:
    return list({str(one.as_dict()): one for one in found}.values())


def _separated(case: Case, target: Definition, names: Names) -> list[Reason]:
    """Rules of the new version that somebody has broken already by acting under the old one."""
    found = []
    old_rules = {rule.groups for rule in case.definition.manifest.separation}
    renamed = names.renamed()
    acted: dict[str, set[str]] = {}
    for element in case.participants:
        people = {*case.who_acted(element), *case.who_advised(element)}
        acted.setdefault(renamed.get(element, element), set()).update(people)
    for rule in target.manifest.separation:
        if rule.groups in old_rules and not renamed:
            continue
        groups = [set[str]().union(*(acted.get(one, ()) for one in group)) for group in rule.groups]
        twice = [
            one & other
            for at, one in enumerate(groups)
            for other in groups[at + 1 :]
            if one & other
        ]
        if twice:
            facts = {"rule": rule.id, "says": rule.why, "person": min(min(twice))}
            found.append(Reason("separation", facts=facts))
    return found


def _jobs(case: Case, standing: Standing, plan: Plan) -> None:
    """What the outside world is at work on has to stay what it is."""
    for row in standing.jobs.values():
        if row.kind != "ability" or row.state != "waiting":
            continue
        element = plan.names.elements.get(row.element_id)
        if element is None:
            continue
        old = case.definition.diagram.elements[row.element_id].properties
        new = plan.target.diagram.elements[element].properties
        if (old.get("ability"), old.get("into")) != (new.get("ability"), new.get("into")):
            plan.reasons.append(Reason("ability_at_work", element))


# --- tasks ------------------------------------------------------------------------------------------


def _tasks(uow: UnitOfWork, case: Case, seen: Case, standing: Standing, plan: Plan) -> None:
    for row in standing.tasks.values():
        old = case.definition.steps[row.element_id]
        name = plan.names.elements[row.element_id]
        new = plan.target.steps.get(name or "")
        if new is None:
            # The start of the process is a step only where it has a form to be handed in again.
            plan.reasons.append(Reason("other_kind", name or "", {"was": row.element_id}))
            continue
        seen.look_from(row.token)
        case.look_from(row.token)
        try:
            _task(uow, case, seen, standing, plan, row, old, new)
        except EngineError:
            plan.reasons.append(Reason("expression", new.id))
    seen.runs = case.runs = ()


def _task(
    uow: UnitOfWork,
    case: Case,
    seen: Case,
    standing: Standing,
    plan: Plan,
    row: Any,
    old: Step,
    new: Step,
) -> None:
    if row.id in standing.drafts and _form(case.definition, old) != _form(plan.target, new):
        plan.notes.append(Reason("draft_kept", new.id))
    others = (old.candidates, old.fallback) != (new.candidates, new.fallback)
    several = old.sign_off.several or new.sign_off.several
    if old.sign_off != new.sign_off or (several and others) or not _same_votes(row, old, new):
        _other_rule(uow, seen, standing, plan, row, new)
        if row.id in plan.anew:
            return
    elif others:
        _other_people(uow, case, seen, standing, plan, row, old, new)
    if old.due != new.due or old.ladder != new.ladder:
        plan.recounted[row.id] = old.due != new.due
        if old.due != new.due:
            plan.notes.append(Reason("due_moves", new.id))
        _check_due(uow, seen, row, new)


def _form(definition: Definition, step: Step) -> bytes | None:
    return definition.package.files.get(f"forms/{step.form}.json")


def _same_votes(row: Any, old: Step, new: Step) -> bool:
    """Whether what votes are counted as is still there; asked of sign-offs only."""
    if row.tally is None:
        return True
    kinds = {one.id: one.kind for one in new.outcomes}
    return all(kinds.get(one.id) == one.kind for one in old.outcomes)


def _other_rule(
    uow: UnitOfWork, seen: Case, standing: Standing, plan: Plan, row: Any, new: Step
) -> None:
    """A sign-off by another rule begins anew, if nobody has done anything in it yet."""
    rows = standing.signers.get(row.id, [])
    if any(one.state == "voted" for one in rows):
        plan.reasons.append(Reason("votes_exist", new.id))
    elif any(one.added_by for one in rows):
        plan.reasons.append(Reason("signers_added", new.id))
    elif row.id in standing.advised:
        plan.reasons.append(Reason("advice_pending", new.id))
    else:
        try:
            ask(uow, seen, new)
        except NobodyFound:
            plan.reasons.append(Reason("nobody_to_ask", new.id))
            return
        plan.anew.append(row.id)
        plan.notes.append(Reason("begins_anew", new.id))


def _other_people(
    uow: UnitOfWork,
    case: Case,
    seen: Case,
    standing: Standing,
    plan: Plan,
    row: Any,
    old: Step,
    new: Step,
) -> None:
    """Other people may take the task; who has taken it on, or was given it by somebody, keeps it."""
    given = row.candidate_keys != candidate_keys(uow, case, old)
    keys = ask(uow, seen, new).keys
    holder = row.claimed_by
    may_keep = holder is None or (
        may_act(seen, new.id, holder)
        and key_used(uow.engine.directory.actor(holder), keys) is not None
    )
    if given or row.tally is not None or row.id in standing.advised or (holder and not may_keep):
        plan.notes.append(Reason("keeps_holder", new.id))
    elif keys != row.candidate_keys:
        plan.asked[row.id] = keys
        plan.notes.append(Reason("asked_anew", new.id))


def _check_due(uow: UnitOfWork, seen: Case, row: Any, step: Step) -> None:
    """Raise `ExpressionFailed` where the new version's deadline cannot be computed."""
    if step.due:
        counts_from = row.counts_from or row.created_at
        seen.scope_over(uow, seen.facts(uow), now=counts_from).instant(step.due, step.id)


# --- timers -----------------------------------------------------------------------------------------


def _timers(uow: UnitOfWork, case: Case, seen: Case, standing: Standing, plan: Plan) -> None:
    assert plan.carried is not None
    elements = plan.target.diagram.elements
    entries = {entry[0]: entry[1] for entry in plan.carried.tokens["tokens"]}
    asked = []
    for row in standing.jobs.values():
        if row.kind != "timer" or row.token not in entries:
            continue
        event = elements[entries[row.token]].event
        if event is not None and event.expression != row.payload.get("expression"):
            plan.timers.append(row.id)
            plan.notes.append(Reason("timer_moves", entries[row.token]))
            asked.append((row.token, event.expression))
    for token in plan.carried.begun:
        event = elements[entries[token]].event
        if event is not None:
            asked.append((token, event.expression))
    for token, expression in asked:
        seen.look_from(token)
        try:
            seen.scope(uow).instant(expression, entries[token])
        except EngineError:
            plan.reasons.append(Reason("expression", entries[token]))
    seen.runs = ()


def _standing_there(target: Definition, tokens: dict[str, Any], ends: Ends) -> list[Reason]:
    """Whether the marking is one of the new version, rests there, and can be shown able to end."""
    key = (target.id, shape_of(tokens))
    if key not in ends:
        ends[key] = _why_not_there(target, tokens)
    return [Reason(ends[key])] if ends[key] else []


def _why_not_there(target: Definition, tokens: dict[str, Any]) -> str:
    try:
        execution = imagine(target.specification, tokens)
    except EngineError:
        return "does_not_fit"
    try:
        execution.move((), ())
    except EngineError:
        return "would_move"
    if execution.passed():
        return "would_move"
    return "" if can_end(target.specification, tokens) else "cannot_end"


def _is_known(case: Case, target: Definition, names: Names) -> bool:
    """Whether all that the way straight back names is there under the same name."""

    def elements(entries: Collection[Mapping[str, Any]]) -> set[str]:
        return {one["element_id"] for one in entries}.union(
            *(elements(one["inside"] or ()) for one in entries), set()
        )

    asked: set[str] = set()
    flows: set[str] = set()
    for way in case.returns.values():
        asked |= elements(way["entries"]) | {name for name, _ in way["way"]} | {*way["lost"]}
        flows |= {flow for _, left in way["way"] for flow in left}
        flows |= {one["flow"] for one in way["entries"] if one["flow"]}
    return all(names.elements.get(one) == one for one in asked) and all(
        names.flows.get(one) == one for one in flows
    )
