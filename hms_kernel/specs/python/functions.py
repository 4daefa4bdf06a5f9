"""The builtins and functions of math that are understood, by object and not by name. Follows into nothing."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hms_kernel.specs.python import lists
from hms_kernel.specs.python.numeric import number
from hms_kernel.specs.python.props import FALSE, to_real
from hms_kernel.specs.python.values import (
    Family,
    Items,
    Kept,
    Known,
    Number,
    Stream,
    Truth,
    Value,
    integer,
    real,
)

if TYPE_CHECKING:
    from hms_kernel.specs.python.expressions import Frame

Handler = Callable[["Frame", ast.Call, list[Value], dict[str, Value]], Value]
HANDLERS: dict[Any, Handler] = {}


def _handles(*functions: object) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        for function in functions:
            HANDLERS[function] = handler
        return handler

    return register


def _only(
    frame: Frame, node: ast.Call, args: list[Value], keywords: dict[str, Value], *counts: int
) -> None:
    if len(args) not in counts or keywords:
        frame.text.unsupported(node, f"{ast.unparse(node.func)} with these arguments")


def _of_one(apply: Callable[[Frame, Number, ast.Call], Value]) -> Handler:
    def handler(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
        _only(frame, node, args, kw, 1)
        return apply(frame, number(args[0], node.args[0], frame.text), node)

    return handler


HANDLERS[abs] = _of_one(lambda f, x, n: f.numeric.absolute(x))
HANDLERS[math.fabs] = _of_one(lambda f, x, n: f.numeric.absolute(Number(to_real(x.term))))
HANDLERS[math.sqrt] = _of_one(lambda f, x, n: f.numeric.square_root(x, n, f.text))
HANDLERS[math.floor] = _of_one(lambda f, x, n: f.numeric.floor(x, n, f.text))
HANDLERS[math.ceil] = _of_one(lambda f, x, n: f.numeric.ceiling(x, n, f.text))
HANDLERS[math.trunc] = _of_one(lambda f, x, n: f.numeric.truncated(x, n, f.text))
HANDLERS[int] = _of_one(lambda f, x, n: f.numeric.truncated(x, n, f.text))
HANDLERS[float] = _of_one(lambda f, x, n: Number(to_real(x.term)))


@_handles(bool)
def _bool(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 1)
    return Truth(frame.numeric.truth(args[0], node, frame.text))


@_handles(round)
def _round(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    if "ndigits" in kw:
        args = [*args, kw.pop("ndigits")]
    _only(frame, node, args, kw, 1, 2)
    digits: int | None = None
    if len(args) == 2 and args[1] != Known(None):
        known = number(args[1], node, frame.text).constant
        if known is None or known.denominator != 1 or abs(known) > 100:
            frame.text.unsupported(
                node, "round to a number of digits that depends on the arguments"
            )
        digits = int(known)
    return frame.numeric.rounded(number(args[0], node, frame.text), digits, node, frame.text)


@_handles(pow)
def _pow(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 2)
    base, exponent = (number(arg, node, frame.text) for arg in args)
    return frame.numeric.power(base, exponent, node, frame.text)


@_handles(math.pow)
def _math_pow(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    return _as_float(frame, node, _pow(frame, node, args, kw))


def _as_float(frame: Frame, node: ast.Call, value: Value) -> Number:
    """What a function of math returns is a float even where it is whole, so no index and no count."""
    return Number(to_real(number(value, node, frame.text).term))


@_handles(divmod)
def _divmod(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 2)
    a, b = (number(arg, node, frame.text) for arg in args)
    both = (frame.numeric.binary(op, a, b, node, frame.text) for op in ("//", "%"))
    return Items(tuple(both), True)


@_handles(Fraction)
def _fraction(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 1, 2)
    parts = [number(arg, node, frame.text) for arg in args]
    if len(parts) == 1:
        return Number(to_real(parts[0].term))
    return frame.numeric.binary("/", parts[0], parts[1], node, frame.text)


@_handles(math.hypot)
def _hypot(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    squares = real(Fraction(0))
    for arg in args:
        part = number(arg, node, frame.text)
        square = frame.numeric.binary("*", part, part, node, frame.text)
        squares = frame.numeric.binary("+", squares, square, node, frame.text)
    return frame.numeric.square_root(squares, node, frame.text)


# By the function that is called: the call in the text may be one of map.
@_handles(min)
def _min(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    return _extremum("min", frame, node, args, kw)


@_handles(max)
def _max(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    return _extremum("max", frame, node, args, kw)


def _extremum(
    name: str, frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]
) -> Value:
    if "key" in kw:
        frame.text.unsupported(node, f"{name} with a key")
    default = kw.get("default")
    if len(args) == 1:
        over = frame.sequence(args[0], node)
        items = lists.expanded(frame, over, node)
    else:
        items = tuple(args)
    if not items:
        if default is not None:
            return default
        frame.trace.demand(FALSE, "ValueError", node, frame.text)
        return integer(0)
    result = number(items[0], node, frame.text)
    for item in items[1:]:
        result = frame.numeric.extremum(name, result, number(item, node, frame.text))
        named = frame.trace.named(name, result)
        assert isinstance(named, Number)
        result = named
    return result


@_handles(math.fsum)
def _fsum(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 1)
    return _as_float(frame, node, _sum(frame, node, args, kw))


@_handles(sum)
def _sum(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    start = args[1] if len(args) == 2 else kw.pop("start", integer(0))
    _only(frame, node, args[:1], kw, 1)
    over = frame.sequence(args[0], node)
    return lists.total(frame, over, number(start, node, frame.text), node)


@_handles(math.prod)
def _prod(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 1)
    result = integer(1)
    for item in lists.expanded(frame, frame.sequence(args[0], node), node):
        factor = number(item, node, frame.text)
        result = frame.numeric.binary("*", result, factor, node, frame.text)
    return result


@_handles(all)
def _all(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 1)
    return Truth(lists.every(frame, lists.searched(frame, args[0], node), node))


@_handles(any)
def _any(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 1)
    return Truth(lists.some(frame, lists.searched(frame, args[0], node), node))


@_handles(len)
def _len(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 1)
    return lists.length(frame, args[0], node)


@_handles(range)
def _range(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 1, 2, 3)
    bounds = [number(arg, node, frame.text) for arg in args]
    if not all(bound.whole for bound in bounds):
        frame.text.unsupported(node, "range of something that is no int")
    if len(bounds) == 1 and (size := lists.is_length(bounds[0].term)) is not None:
        return lists.counted(frame, size)
    known = [bound.constant for bound in bounds]
    if any(value is None for value in known):
        if any(lists.is_length(b.term) is not None for b in bounds if b.constant is None):
            frame.text.needs_size(node, "this range needs a length, so say how many: sizes=3")
        frame.text.unsupported(node, "a range that depends on the arguments; use a number")
    numbers = [int(value) for value in known if value is not None]
    if len(numbers) == 3 and numbers[2] == 0:
        frame.trace.demand(FALSE, "ValueError", node, frame.text)
        return Items(())
    found = range(*numbers)
    if len(found) > lists.MOST_ITEMS:
        frame.text.unsupported(node, f"a range of more than {lists.MOST_ITEMS} numbers")
    return Items(tuple(map(integer, found)))


@_handles(zip)
def _zip(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    strict = kw.pop("strict", Truth(FALSE))
    _only(frame, node, [], kw, 0)
    parts: list[Value] = [_whole(frame, arg, node) for arg in args]
    known = isinstance(strict, Truth) and bool(strict.constant)
    return Stream(lists.zipped(frame, parts, node, strict=known)) if parts else Stream(Items(()))


@_handles(enumerate)
def _enumerate(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    start = args[1] if len(args) == 2 else kw.pop("start", integer(0))
    _only(frame, node, args[:1], kw, 1)
    over = _whole(frame, args[0], node)
    first = number(start, node, frame.text)
    size = lists.length(frame, over, node)
    counted = lists.counted(frame, _size(over) or lists.is_length(size.term))  # type: ignore[arg-type]

    def shifted(place: Value) -> Value:
        assert isinstance(place, Number)
        return (
            place
            if first.constant == 0
            else frame.numeric.binary("+", place, first, node, frame.text)
        )

    numbers = Family(counted.size, counted.var, shifted(counted.body))
    return Stream(lists.zipped(frame, [numbers, over], node, strict=False))


def _size(over: Items | Family) -> Any:
    return over.size if isinstance(over, Family) else None


def _whole(frame: Frame, value: Value, node: ast.AST) -> Items | Family:
    over = frame.sequence(value, node)
    if isinstance(over, Kept):
        frame.text.unsupported(node, "a filtered list here; its length depends on the arguments")
    return over


@_handles(map)
def _map(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 2)
    from hms_kernel.specs.python.calls import invoke

    function, over = args[0], _whole(frame, args[1], node)
    return Stream(
        lists.each(frame, over, lambda item: invoke(frame, function, [item], {}, node), node)
    )


@_handles(reversed)
def _reversed(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    _only(frame, node, args, kw, 1)
    return Stream(Items(lists.expanded(frame, args[0], node)[::-1]))


@_handles(list)
def _list(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    return _listed(False, frame, node, args, kw)


@_handles(tuple)
def _tuple(frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]) -> Value:
    return _listed(True, frame, node, args, kw)


def _listed(
    is_tuple: bool, frame: Frame, node: ast.Call, args: list[Value], kw: dict[str, Value]
) -> Value:
    _only(frame, node, args, kw, 0, 1)
    if not args:
        return Items((), is_tuple)
    match frame.sequence(args[0], node):
        case Items(items=items):
            return Items(items, is_tuple)
        case Family(size=size, var=var, body=body):
            return Family(size, var, body, is_tuple)
        case Kept() as kept:
            return kept
