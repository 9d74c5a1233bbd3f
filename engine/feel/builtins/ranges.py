"""The relations between points and ranges (Allen's interval algebra, 10.3.4.9), and `range`."""

from collections.abc import Callable
from typing import Any

from engine.feel import tree
from engine.feel.builtins.registry import BUILTINS, builtin
from engine.feel.compare import order
from engine.feel.errors import FeelFailure, FeelSyntaxError, ProblemKind
from engine.feel.iso import read_temporal
from engine.feel.parser import parse
from engine.feel.runtime import Run
from engine.feel.values import Range, type_name

#: True, false, or None for "cannot be told": a missing end compares with nothing.
Truth = bool | None
Relation = Callable[[Any, Any], Truth]


def _order(a: Any, b: Any) -> int | None:
    """-1, 0 or 1; None where a range has no end to compare with."""
    if a is None or b is None:
        return None
    position = order(a, b)
    if position is None:
        raise FeelFailure(
            f"cannot compare {type_name(a)} with {type_name(b)}", ProblemKind.WRONG_TYPE
        )
    return position


def _same(a: Any, b: Any) -> Truth:
    position = _order(a, b)
    return None if position is None else position == 0


def _all(*parts: Truth) -> Truth:
    """`and` of three values: false decides, null leaves it open."""
    return False if False in parts else None if None in parts else True


def _not(part: Truth) -> Truth:
    return None if part is None else not part


def _ends_before(a_end: Any, a_in: bool, b_start: Any, b_in: bool) -> Truth:
    """Whether everything up to one end lies before everything from one start on."""
    position = _order(a_end, b_start)
    if position is None:
        return None
    return position < 0 or (position == 0 and not (a_in and b_in))


def _span(value: Any) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _before(a: Any, b: Any) -> Truth:
    left, right = _span(a), _span(b)
    return _ends_before(left.end, left.end_included, right.start, right.start_included)


def _after(a: Any, b: Any) -> Truth:
    return _before(b, a)


def _meets(a: Range, b: Range) -> Truth:
    return _all(a.end_included, b.start_included, _same(a.end, b.start))


def _overlaps(a: Range, b: Range) -> Truth:
    return _all(_not(_before(a, b)), _not(_before(b, a)))


def _starts_first(a: Range, b: Range) -> Truth:
    position = _order(a.start, b.start)
    if position is None:
        return None
    return position < 0 or (position == 0 and a.start_included and not b.start_included)


def _ends_first(a: Range, b: Range) -> Truth:
    position = _order(a.end, b.end)
    if position is None:
        return None
    return position < 0 or (position == 0 and not a.end_included and b.end_included)


def _overlaps_before(a: Range, b: Range) -> Truth:
    return _all(_starts_first(a, b), _not(_ends_first(b, a)), _overlaps(a, b))


def _same_start(a: Range, b: Range) -> Truth:
    return _all(a.start_included == b.start_included, _same(a.start, b.start))


def _same_end(a: Range, b: Range) -> Truth:
    return _all(a.end_included == b.end_included, _same(a.end, b.end))


def _finishes(a: Any, b: Range) -> Truth:
    if not isinstance(a, Range):
        return _all(b.end_included, _same(a, b.end))
    return _all(_same_end(a, b), _not(_starts_first(a, b)))


def _starts(a: Any, b: Range) -> Truth:
    if not isinstance(a, Range):
        return _all(b.start_included, _same(a, b.start))
    return _all(_same_start(a, b), _not(_ends_first(b, a)))


def _includes(a: Range, b: Any) -> Truth:
    if isinstance(b, Range):
        return _all(_not(_starts_first(b, a)), _not(_ends_first(a, b)))
    return _all(_not(_before(a, b)), _not(_before(b, a)))


def _coincides(a: Any, b: Any) -> Truth:
    if isinstance(a, Range) and isinstance(b, Range):
        return _all(_same_start(a, b), _same_end(a, b))
    return _same(a, b)


def _flip(relation: Relation) -> Relation:
    return lambda a, b: relation(b, a)


#: Which kinds each relation takes: p is a point, r a range; the names are the parameters'.
_POINT_1, _POINT_2, _RANGE_1, _RANGE_2 = "point1", "point2", "range1", "range2"
_POINT, _RANGE = "point", "range"
_RELATIONS: dict[str, tuple[Relation, tuple[tuple[str, str], ...]]] = {
    "before": (_before, ((_POINT_1, _POINT_2), (_POINT, _RANGE), (_RANGE, _POINT),
                         (_RANGE_1, _RANGE_2))),
    "after": (_after, ((_POINT_1, _POINT_2), (_POINT, _RANGE), (_RANGE, _POINT),
                       (_RANGE_1, _RANGE_2))),
    "meets": (_meets, ((_RANGE_1, _RANGE_2),)),
    "met by": (_flip(_meets), ((_RANGE_1, _RANGE_2),)),
    "overlaps": (_overlaps, ((_RANGE_1, _RANGE_2),)),
    "overlaps before": (_overlaps_before, ((_RANGE_1, _RANGE_2),)),
    "overlaps after": (_flip(_overlaps_before), ((_RANGE_1, _RANGE_2),)),
    "finishes": (_finishes, ((_POINT, _RANGE), (_RANGE_1, _RANGE_2))),
    "finished by": (_flip(_finishes), ((_RANGE, _POINT), (_RANGE_1, _RANGE_2))),
    "includes": (_includes, ((_RANGE, _POINT), (_RANGE_1, _RANGE_2))),
    "during": (_flip(_includes), ((_POINT, _RANGE), (_RANGE_1, _RANGE_2))),
    "starts": (_starts, ((_POINT, _RANGE), (_RANGE_1, _RANGE_2))),
    "started by": (_flip(_starts), ((_RANGE, _POINT), (_RANGE_1, _RANGE_2))),
    "coincides": (_coincides, ((_POINT_1, _POINT_2), (_RANGE_1, _RANGE_2))),
}  # fmt: skip


def _register(name: str, relation: Relation, first: str, second: str) -> None:
    def body(run: Run, a: Any, b: Any) -> bool:
        run.spend(2)
        result = relation(a, b)
        if result is None:
            raise FeelFailure("the range has no end on that side")
        return result

    def kind(parameter: str) -> str:
        return "range" if parameter.startswith(_RANGE) else "scalar"

    builtin(name, f"{first}: {kind(first)}", f"{second}: {kind(second)}")(body)


for _name, (_relation, _kinds) in _RELATIONS.items():
    for _first, _second in _kinds:
        _register(_name, _relation, _first, _second)


@builtin("range", "from: string")
def range_from_text(run: Run, text: str) -> Range:
    """`range("[1..3]")`: both ends must be literals."""
    try:
        node = parse(text)
    except FeelSyntaxError as error:
        raise FeelFailure(f'"{text[:40]}" is not a range') from error
    if not isinstance(node, tree.RangeLiteral):
        raise FeelFailure(f'"{text[:40]}" is not a range')
    start, end = _literal(run, node.start), _literal(run, node.end)
    position = _order(start, end)
    if position is None or position > 0:
        raise FeelFailure("the ends of the range are not in order")
    return Range(start, end, node.start_included, node.end_included)


def _literal(run: Run, node: tree.Node) -> Any:
    match node:
        case tree.NumberLiteral(value=value) | tree.StringLiteral(value=value):
            return value
        case tree.Negation(operand=tree.NumberLiteral(value=number)):
            return number.copy_negate()
        case tree.AtLiteral(text=text):
            return _read(text)
        case tree.Call(
            function=tree.Name(name="date" | "time" | "date and time" | "duration" as name),
            arguments=(tree.StringLiteral(value=text),),
        ):
            return BUILTINS[name].call(run, [text])
    raise FeelFailure("the ends of the range should be literals")


def _read(text: str) -> Any:
    try:
        return read_temporal(text)
    except ValueError as error:
        raise FeelFailure(str(error)) from error
