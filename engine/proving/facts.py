"""What conditions may say in the course of a case: free, but not against what is known.

Known are the outcomes of tasks, and that what one field said once it says again until somebody writes
it. A *group* is a set of atoms that read the same fields; it remembers which of them came out true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.feel import FeelError, tree
from engine.forms.problems import RESERVED
from engine.proving.atoms import (
    Atom,
    Condition,
    Field,
    atoms_of,
    candidates,
    constants_of,
    field_of,
    overlap,
    read_condition,
)
from engine.runs import LOOP_NAMES
from engine.runtime.diagram import PEOPLE, Diagram, Element
from engine.scope import FUNCTIONS

#: functions whose answer changes while nobody writes anything
RESTLESS = FUNCTIONS | {"today", "now"}
#: what a case is told when it begins and nobody writes
CONSTANT = frozenset({"applicant", "case"})
#: what is known of a task, written by doing it
OF_TASKS = frozenset({"outcomes", "opinions", "people", "decided"})
#: atoms of one group whose combinations are tried
MOST_ATOMS = 12
#: set once two conditions were decided that may hang together in a way that is not understood
DOUBT = "?"


@dataclass(slots=True)
class Group:
    """Atoms that read the same fields."""

    key: str
    atoms: list[Atom]
    fields: frozenset[Field]
    #: truth of each atom, for each value the field may have; None where that cannot be told.
    #: Empty: any combination is taken as possible.
    vectors: tuple[tuple[bool | None, ...], ...] = ()

    @property
    def is_understood(self) -> bool:
        """Whether no combination is taken as possible that is not."""
        return len(self.atoms) == 1 or bool(self.vectors)

    def options(self, known: tuple[bool | None, ...], index: int) -> list[bool]:
        """How an atom may come out, after others have."""
        if known[index] is not None:
            return [bool(known[index])]
        if not self.vectors:
            return [False, True]
        found = {
            vector[index]
            for vector in self.vectors
            if all(k is None or k == v for k, v in zip(known, vector, strict=True))
        }
        return sorted(bool(one) for one in found if one is not None) or [False, True]


@dataclass(slots=True)
class Reading:
    """How one atom is answered at one place."""

    atom: Atom
    #: the tasks whose outcomes decide it; None: not decided by outcomes alone
    tasks: tuple[str, ...] | None = None
    #: the multi-instance activity in whose instance those outcomes are kept
    loops: tuple[str, ...] = ()
    group: Group | None = None
    index: int = 0


class Facts:
    """The conditions of a diagram."""

    def __init__(
        self, diagram: Diagram, writes: Mapping[str, frozenset[str] | None] | None = None
    ) -> None:
        """`writes`: by element the top-level fields it writes; None, or absent: it may write any."""
        self.diagram = diagram
        self.writes = writes or {}
        elements = diagram.elements.values()
        items = {one.loop.item for one in elements if one.loop is not None and one.loop.item}
        self._local = LOOP_NAMES | items
        names = frozenset(diagram.elements) | RESERVED | FUNCTIONS | self._local
        for written in self.writes.values():
            names |= written or frozenset()
        self.conditions = {
            flow.id: read_condition(flow.condition, names)
            for flow in diagram.flows.values()
            if flow.condition
        }
        #: (atom, where it is read) → how it is answered
        self.readings: dict[tuple[Atom, str | None], Reading] = {}
        self._truths: dict[tuple[Atom, tuple[Any, ...]], bool | None] = {}
        for name, condition in self.conditions.items():
            scope = diagram.flows[name].parent
            for atom in atoms_of(condition):
                self.readings[atom, scope] = self._reading(atom, scope)
        self.groups = self._grouped()
        self.classes = {one.id: self._classes(one) for one in elements if one.kind in PEOPLE}
        #: element → what is known no longer when it is done
        self.forgets = {one.id: self._forgets(one) for one in elements}
        self.live = self._living()

    def truth(self, atom: Atom, outcomes: Sequence[tuple[str, Any]]) -> bool | None:
        """An atom decided by outcomes alone; None where it is neither true nor false."""
        key = (atom, tuple(outcomes))
        if key not in self._truths:
            value = _evaluated(atom, {"outcomes": dict(outcomes)})
            self._truths[key] = value
        return self._truths[key]

    def _reading(self, atom: Atom, scope: str | None) -> Reading:
        tasks = _tasks(atom)
        if tasks is None:
            return Reading(atom)
        around = self.diagram.loops_around(scope or "")
        loops: list[str] = []
        for task in tasks:
            element = self.diagram.elements.get(task)
            own = self.diagram.loops_around(task)
            # Outside of its activity the latest result of any instance counts: anything may be it.
            seen = own == around[: len(own)] and element is not None and element.loop is None
            if element is None or element.kind not in PEOPLE or not seen:
                return Reading(atom)
            loops.append(own[-1] if own else "")
        return Reading(atom, tuple(tasks), tuple(loops))

    def _grouped(self) -> list[Group]:
        """Atoms that are remembered, by the fields they share."""
        groups: list[Group] = []
        for reading in self.readings.values():
            atom = reading.atom
            if reading.tasks is not None or self._is_restless(atom):
                continue
            same = [g for g in groups if any(overlap(a, b) for a in g.fields for b in atom.fields)]
            atoms = [one for group in same for one in group.atoms]
            fields = atom.fields.union(*(group.fields for group in same))
            groups = [group for group in groups if group not in same]
            atoms += [] if atom in atoms else [atom]
            groups.append(Group(f"g{len(self.readings)}.{len(groups)}", atoms, fields))
        for number, group in enumerate(groups):
            group.key = f"g{number}"
            group.vectors = _vectors(group)
        for reading in self.readings.values():
            for group in groups:
                if reading.tasks is None and reading.atom in group.atoms:
                    reading.group, reading.index = group, group.atoms.index(reading.atom)
        return groups

    def _is_restless(self, atom: Atom) -> bool:
        return not atom.fields or bool(atom.names & (RESTLESS | self._local))

    def _classes(self, task: Element) -> list[str]:
        """Outcomes of a task of which each decides some condition differently; none: no matter."""
        readers = {
            r.atom: r.tasks for r in self.readings.values() if r.tasks and task.id in r.tasks
        }
        possible = possible_outcomes(task)
        if not readers:
            return []
        if any(len(tasks or ()) > 1 for tasks in readers.values()):
            return possible
        found: dict[tuple[bool | None, ...], str] = {}
        for outcome in possible:
            vector = tuple(self.truth(atom, [(task.id, outcome)]) for atom in readers)
            found.setdefault(vector, outcome)
        return list(found.values())

    def _forgets(self, element: Element) -> frozenset[str]:
        writes = self.writes.get(element.id)
        return frozenset(g.key for g in self.groups if _may_write(element, writes, g.fields))

    def _living(self) -> dict[str, frozenset[str]]:
        """By element: what a token there may still ask for before it is written anew."""
        readers: dict[str, set[str]] = {}
        for (_, _), reading in self.readings.items():
            keys = [reading.group.key] if reading.group is not None else []
            keys += [f"o:{task}" for task in reading.tasks or ()]
            for name, condition in self.conditions.items():
                if reading.atom in atoms_of(condition):
                    for key in keys:
                        readers.setdefault(key, set()).add(self.diagram.flows[name].source)
        live: dict[str, set[str]] = {}
        for key, gateways in readers.items():
            for element in self._leading_to(gateways, key):
                live.setdefault(element, set()).add(key)
        return {element: frozenset(keys) for element, keys in live.items()}

    def _leading_to(self, gateways: set[str], key: str) -> set[str]:
        found: set[str] = set()
        todo = list(gateways)
        elements, flows = self.diagram.elements, self.diagram.flows
        while todo:
            name = todo.pop()
            if name in found:
                continue
            found.add(name)
            element = elements[name]
            for flow in element.incoming:
                source = flows[flow].source
                if key != f"o:{source}" and key not in self.forgets[source]:
                    todo.append(source)
            # By its edge an activity is left undone, with nothing written.
            if element.attached_to is not None:
                todo.append(element.attached_to)
            if element.kind == "startEvent" and element.parent is not None:
                todo.append(element.parent)
        return found


def possible_outcomes(task: Element) -> list[str]:
    """The outcomes a task of people may end with."""
    given = cast("Sequence[Mapping[str, Any]]", task.extensions.get("outcomes", ()))
    sign_off = cast("Mapping[str, Any]", task.extensions.get("signOff", {}))
    # What several have decided is a verdict: an abstention is a vote and no result.
    several = sign_off.get("rule", "single") != "single"
    ids = [
        str(one["id"])
        for one in given
        if not several
        or one.get("kind") in ("positive", "negative")
        or one["id"] == sign_off.get("no_quorum")
    ]
    return ids or ["complete"]


def _tasks(atom: Atom) -> list[str] | None:
    """The tasks whose outcomes an atom reads, if it reads nothing else."""
    if atom.node is None or atom.names != {"outcomes"}:
        return None
    if any(len(one) != 2 for one in atom.fields):
        return None
    whole = sum(1 for one in _walk(atom.node) if isinstance(one, tree.Name))
    pairs = sum(1 for one in _walk(atom.node) if len(field_of(one) or ()) == 2)
    # `outcomes` by itself, or inside a function, is more than the fields of it that are written out.
    calls = any(isinstance(one, (tree.Call, tree.NamedCall)) for one in _walk(atom.node))
    return None if calls or whole != pairs else sorted(one[1] for one in atom.fields)


def _walk(node: tree.Node) -> list[tree.Node]:
    return [node, *(below for child in tree.children(node) for below in _walk(child))]


def _may_write(element: Element, writes: frozenset[str] | None, fields: frozenset[Field]) -> bool:
    """Whether doing an element may change one of these fields."""
    kinds = PEOPLE | {"serviceTask", "businessRuleTask"}
    is_message = element.event is not None and element.event.kind == "message"
    if element.kind not in kinds and not is_message:
        return False
    for field in fields:
        if field[0] in OF_TASKS:
            if len(field) == 1 or field[1] == element.id:
                return True
        elif field[0] not in CONSTANT and (writes is None or field[0] in writes):
            return True
    return False


def _vectors(group: Group) -> tuple[tuple[bool | None, ...], ...]:
    """How the atoms of a group may come out together, where they compare one field with constants."""
    constants: list[Any] = []
    for atom in group.atoms:
        found = constants_of(atom)
        if found is None or len(group.fields) != 1 or len(group.atoms) > MOST_ATOMS:
            return ()
        constants += found
    (field,) = group.fields
    vectors = []
    for value in candidates(constants):
        case: Any = value
        for name in reversed(field):
            case = {name: case}
        vectors.append(tuple(_evaluated(atom, case) for atom in group.atoms))
    return tuple(dict.fromkeys(one for one in vectors if any(truth is not None for truth in one)))


def _evaluated(atom: Atom, case: Mapping[str, object]) -> bool | None:
    try:
        value = atom.expression.evaluate(case).value
    except FeelError:
        return None
    return value if isinstance(value, bool) else None


def reads(condition: Condition) -> set[Field]:
    """The fields a condition reads."""
    return {field for atom in atoms_of(condition) for field in atom.fields}
