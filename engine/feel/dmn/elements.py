"""What a DMN file says, as plain data: for evaluation, for checks and for documentation."""

from dataclasses import dataclass
from enum import StrEnum


class HitPolicy(StrEnum):
    """How the rules of a table work together."""

    #: at most one rule may match
    UNIQUE = "UNIQUE"
    #: several may match if they say the same
    ANY = "ANY"
    #: the match whose output stands first among the output values
    PRIORITY = "PRIORITY"
    #: the first match from above
    FIRST = "FIRST"
    #: all matches, in the order of the rules
    RULE_ORDER = "RULE ORDER"
    #: all matches, in the order of the output values
    OUTPUT_ORDER = "OUTPUT ORDER"
    #: all matches, or what an aggregation makes of them
    COLLECT = "COLLECT"


class Aggregation(StrEnum):
    """What COLLECT does with the matches."""

    LIST = "LIST"
    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class Boxed:
    """A boxed expression of any kind."""

    id: str = ""
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Literal(Boxed):
    """A text of FEEL."""

    text: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a boxed context; without a name it is the result."""

    name: str | None
    type_ref: str | None
    value: Boxed


@dataclass(frozen=True, slots=True)
class BoxedContext(Boxed):
    """Names and values, each seeing those above it."""

    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class BoxedList(Boxed):
    """Values below each other."""

    items: tuple[Boxed, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation(Boxed):
    """A list of contexts with the same names."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Boxed, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Formal:
    """A formal parameter."""

    name: str
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class BoxedFunction(Boxed):
    """Parameters and a body; `kind` is FEEL, Java or PMML."""

    parameters: tuple[Formal, ...] = ()
    body: Boxed | None = None
    kind: str = "FEEL"


@dataclass(frozen=True, slots=True)
class Invocation(Boxed):
    """A call with a value for each parameter."""

    function: Boxed | None = None
    bindings: tuple[tuple[str, Boxed | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Conditional(Boxed):
    """If, then, else."""

    condition: Boxed | None = None
    then: Boxed | None = None
    otherwise: Boxed | None = None


@dataclass(frozen=True, slots=True)
class BoxedFilter(Boxed):
    """A list and what its elements must satisfy."""

    source: Boxed | None = None
    match: Boxed | None = None


@dataclass(frozen=True, slots=True)
class BoxedIterator(Boxed):
    """`kind` is for, some or every."""

    kind: str = "for"
    variable: str = ""
    source: Boxed | None = None
    body: Boxed | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """An input column."""

    id: str
    label: str
    expression: str
    type_ref: str | None = None
    values: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """An output column; `name` is empty if it is the only one."""

    id: str
    label: str
    name: str
    type_ref: str | None = None
    values: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: its tests, outputs and annotations as texts."""

    id: str
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable(Boxed):
    """Columns and rows."""

    hit_policy: HitPolicy = HitPolicy.UNIQUE
    aggregation: Aggregation = Aggregation.LIST
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    annotations: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    description: str = ""
    output_label: str = ""


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A named type."""

    name: str
    type_ref: str | None = None
    is_collection: bool = False
    allowed_values: str = ""
    type_constraint: str = ""
    components: tuple["ItemDefinition", ...] = ()
    function: tuple[tuple[Formal, ...], str | None] | None = None


@dataclass(frozen=True, slots=True)
class InputData:
    """Something a decision is told."""

    id: str
    name: str
    type_ref: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision and what it requires, by reference (`#id` or `namespace#id`)."""

    id: str
    name: str
    type_ref: str | None
    expression: Boxed | None
    required: tuple[str, ...] = ()
    description: str = ""
    question: str = ""
    allowed_answers: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions share."""

    id: str
    name: str
    type_ref: str | None
    function: BoxedFunction | None
    required: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: some decisions as one function."""

    id: str
    name: str
    type_ref: str | None
    outputs: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """Another file, under a name."""

    name: str
    namespace: str
    location: str = ""


Element = InputData | Decision | Knowledge | Service


@dataclass(frozen=True, slots=True)
class Definitions:
    """A whole file."""

    id: str
    name: str
    namespace: str
    description: str = ""
    imports: tuple[Import, ...] = ()
    items: tuple[ItemDefinition, ...] = ()
    inputs: tuple[InputData, ...] = ()
    decisions: tuple[Decision, ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    services: tuple[Service, ...] = ()

    def elements(self) -> tuple[Element, ...]:
        """Everything that has an id and can be required."""
        return (*self.inputs, *self.decisions, *self.knowledge, *self.services)
