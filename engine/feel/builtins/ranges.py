"""The relations between points and ranges (Allen's interval algebra, 10.3.4.9), and `range`."""

from collections.abc import Callable
from typing import Any

from engine.feel import tree
from engine.feel.builtins.registry import BUILTINS, builtin
from engine.feel.compare import in_range, order
from engine.feel.errors import FeelFailure, FeelSyntaxError, ProblemKind
from engine.feel.iso import read_temporal
from engine.feel.parser import parse
from engine.feel.runtime import Run
from engine.feel.values import Range, type_name


def _order(a: Any, b: Any) -> int:
    position = order(a, b)
    if position is None:
        raise FeelFailure(
            f"cannot compare {type_name(a)} with {type_name(b)}", ProblemKind.WRONG_TYPE
        )
    return position


def _bounded(value: Any) -> Any:
    if isinstance(value, Range) and (value.start is None or value.end is None):
        raise FeelFailure("the range has no end on one side")
    return value


def _ends_before(a_end: Any, a_in: bool, b_start: Any, b_in: bool) -> bool:
    """Whether everything up to one end lies before everything from one start on."""
    position = _order(a_end, b_start)
    return position < 0 or (position == 0 and not (a_in and b_in))


def _span(value: Any) -> Range:
    return _bounded(value) if isinstance(value, Range) else Range(value, value)


def _before(a: Any, b: Any) -> bool:
    left, right = _span(a), _span(b)
    return _ends_before(left.end, left.end_included, right.start, right.start_included)


def _after(a: Any, b: Any) -> bool:
    return _before(b, a)


def _meets(a: Range, b: Range) -> bool:
    return a.end_included and b.start_included and _order(a.end, b.start) == 0


def _overlaps(a: Range, b: Range) -> bool:
    return not _before(a, b) and not _before(b, a)


def _starts_first(a: Range, b: Range) -> bool:
    position = _order(a.start, b.start)
    return position < 0 or (position == 0 and a.start_included and not b.start_included)


def _ends_first(a: Range, b: Range) -> bool:
    position = _order(a.end, b.end)
    return position < 0 or (position == 0 and not a.end_included and b.end_included)


def _overlaps_before(a: Range, b: Range) -> bool:
    return _starts_first(a, b) and not _ends_first(b, a) and _overlaps(a, b)


def _same_start(a: Range, b: Range) -> bool:
    return _order(a.start, b.start) == 0 and a.start_included == b.start_included


def _same_end(a: Range, b: Range) -> bool:
    return _order(a.end, b.end) == 0 and a.end_included == b.end_included


def _finishes(a: Any, b: Range) -> bool:
    if not isinstance(a, Range):
        return b.end_included and _order(a, b.end) == 0
    return _same_end(a, b) and not _starts_first(a, b)


def _starts(a: Any, b: Range) -> bool:
    if not isinstance(a, Range):
        return b.start_included and _order(a, b.start) == 0
    return _same_start(a, b) and not _ends_first(b, a)


def _includes(a: Range, b: Any) -> bool:
    if isinstance(b, Range):
        return not _starts_first(b, a) and not _ends_first(a, b)
    result = in_range(b, a)
    if result is None:
        raise FeelFailure(f"cannot compare {type_name(b)} with the range", ProblemKind.WRONG_TYPE)
    return result


def _coincides(a: Any, b: Any) -> bool:
    if isinstance(a, Range) and isinstance(b, Range):
        return _same_start(a, b) and _same_end(a, b)
    return _order(a, b) == 0


def _flip(relation: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda a, b: relation(b, a)


#: Which kinds each relation takes: p is a point, r a range; the names are the parameters'.
_POINT_1, _POINT_2, _RANGE_1, _RANGE_2 = "point1", "point2", "range1", "range2"
_POINT, _RANGE = "point", "range"
_RELATIONS: dict[str, tuple[Callable[[Any, Any], bool], tuple[tuple[str, str], ...]]] = {
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


def _register(name: str, relation: Callable[[Any, Any], bool], first: str, second: str) -> None:
    def body(run: Run, a: Any, b: Any) -> bool:
        run.spend(2)
        return relation(_bounded(a), _bounded(b))

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
    if start is None or end is None or _order(start, end) > 0:
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
