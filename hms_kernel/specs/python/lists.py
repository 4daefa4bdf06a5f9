"""Lists and tuples: elements, indices, sums, quantifiers. Calls no function, changes no list.

A list of symbolic elements is a ``Family``; what treats all elements alike keeps it one, so
that a sum stays ``∑`` and a condition ``∀``, for any length. The rest is written out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from hms_kernel.errors import UnsupportedStatement
from hms_kernel.specs.python.numeric import number
from hms_kernel.specs.python.props import FALSE, conjunction, disjunction, implication
from hms_kernel.specs.python.trace import exists, for_all
from hms_kernel.specs.python.values import (
    Family,
    Items,
    Kept,
    Known,
    Local,
    Number,
    Sequence,
    Stream,
    Truth,
    Value,
    choose,
    integer,
    kind,
)
from hms_kernel.statements.terms import Big, Cast, Fin, Num, Scalar, Term, Var

if TYPE_CHECKING:
    from hms_kernel.specs.python.expressions import Frame

MOST_ITEMS = 2000


# --- elements ------------------------------------------------------------------------


def expanded(frame: Frame, value: Value, node: ast.AST) -> tuple[Value, ...]:
    """The elements one by one.

    Raises:
        NeedsSize: their number is not known.
    """
    match value:
        case Items(items=items):
            return items
        case Family(length=int(length)):
            if length > MOST_ITEMS:
                frame.text.unsupported(node, f"more than {MOST_ITEMS} elements one by one")
            return tuple(value.element(position) for position in range(length))
        case Family():
            frame.text.needs_size(
                node, "this goes through the elements one by one, so say how many: sizes=3"
            )
        case Kept():
            frame.text.unsupported(node, "a filtered list; its length depends on the arguments")
    frame.text.unsupported(node, f"{kind(value)} where a list should be")


def each(frame: Frame, over: Sequence, at: Callable[[Value], Value], node: ast.AST) -> Sequence:
    """A function of every element, all at once where the elements are alike."""

    def checked(item: Value) -> Value:
        result = at(item)
        if _has_function(result):
            # They would all see the last element, as Python has it.
            frame.text.unsupported(node, "a list of functions; write them out")
        if isinstance(result, Stream):
            frame.text.unsupported(node, "a list of generators; write lists [...]")
        return result

    if isinstance(over, Items):
        return Items(tuple(map(checked, over.items)))
    var = Var(frame.trace.fresh("i"), Fin(over.size))
    try:
        with frame.trace.trial(), frame.trace.each(var):
            return Family(over.size, var, checked(over.at(var)))
    except UnsupportedStatement:
        if over.length is None:
            raise
        return Items(tuple(map(checked, expanded(frame, over, node))))


def _has_function(value: Value) -> bool:
    match value:
        case Local():
            return True
        case Items(items=items):
            return any(map(_has_function, items))
        case Family(body=body):
            return _has_function(body)
        case _:
            return False


def searched(frame: Frame, value: Value, node: ast.AST) -> Sequence | Kept:
    """A list that one goes through no further than the answer is known."""
    if isinstance(value, Stream) and value.may_raise and frame.trace.supposing:
        # To ask that no element raises would assume more than Python does.
        frame.text.unsupported(
            node, "a search through elements that may raise, in an assumption; write a list [...]"
        )
    return frame.sequence(value, node)


# --- what consumes a list ----------------------------------------------------------------


def total(frame: Frame, over: Sequence | Kept, start: Number, node: ast.AST) -> Number:
    """``sum(over, start)``."""
    if not frame.trace.exact:
        frame.text.unsupported(
            node,
            "sum with semantics='float64', which rounds differently in each Python; add one by one",
        )
    if isinstance(over, Kept):
        pairs = over.pairs
        if isinstance(pairs, Items):
            over = Items(tuple(_addend(frame, pair, node) for pair in pairs.items))
        else:
            over = Family(pairs.size, pairs.var, _addend(frame, pairs.body, node))
    if isinstance(over, Family):
        body = number(over.body, node, frame.text, "an element").term
        if over.length == 0:
            return start
        term = Big("∑", over.var, body, body.sort)  # type: ignore[union-attr]
        return frame.numeric.binary("+", start, Number(term), node, frame.text)
    result = start
    for item in over.items:
        addend = number(item, node, frame.text, "an element")
        result = frame.numeric.binary("+", result, addend, node, frame.text)
        named = frame.trace.named("total", result)
        assert isinstance(named, Number)
        result = named
    return result


def _addend(frame: Frame, pair: Value, node: ast.AST) -> Number:
    assert isinstance(pair, Items)
    condition, value = pair.items
    assert isinstance(condition, Truth)
    chosen = choose(condition.prop, number(value, node, frame.text, "an element"), integer(0))
    assert isinstance(chosen, Number)
    return chosen


def every(frame: Frame, over: Sequence | Kept, node: ast.AST) -> Term:
    """``all(over)``."""
    return _quantified(frame, over, node, all_of=True)


def some(frame: Frame, over: Sequence | Kept, node: ast.AST) -> Term:
    """``any(over)``."""
    return _quantified(frame, over, node, all_of=False)


def _quantified(frame: Frame, over: Sequence | Kept, node: ast.AST, *, all_of: bool) -> Term:
    def prop(item: Value) -> Term:
        if not isinstance(over, Kept):
            return frame.numeric.truth(item, node, frame.text)
        assert isinstance(item, Items)
        kept, value = item.items
        assert isinstance(kept, Truth)
        truth = frame.numeric.truth(value, node, frame.text)
        return implication((kept.prop,), truth) if all_of else conjunction((kept.prop, truth))

    elements = over.pairs if isinstance(over, Kept) else over
    if isinstance(elements, Family):
        body = prop(elements.body)
        return for_all(elements.var, body) if all_of else exists(elements.var, body)
    props = [prop(item) for item in elements.items]
    return conjunction(props) if all_of else disjunction(props)


def length(frame: Frame, over: Value, node: ast.AST) -> Number:
    """``len(over)``."""
    match over:
        case Items(items=items):
            return integer(len(items))
        case Family(length=int(known)):
            return integer(known)
        case Family(size=size):
            return Number(Cast(size, Scalar.INT))
        case Kept(pairs=Family(size=size, var=var, body=body, is_tuple=_)):
            assert isinstance(body, Items)
            one = Family(size, var, Items((body.items[0], integer(1))))
            return total(frame, Kept(one), integer(0), node)
        case Kept(pairs=Items(items=pairs)):
            ones = [Items((pair.items[0], integer(1))) for pair in pairs if isinstance(pair, Items)]
            return total(frame, Kept(Items(tuple(ones))), integer(0), node)
        case Known(value=dict() | str() as found):
            return integer(len(found))
    frame.text.unsupported(node, f"len of {kind(over)}")


def is_length(term: Term) -> Term | None:
    """The size n, when a term is ``len`` of a list of n elements."""
    match term:
        case Cast(arg=Var(sort=Scalar.NAT) as size):
            return size
        case Num(value=value) if value.denominator == 1:
            return Num(max(value, Fraction(0)), Scalar.NAT)
        case _:
            return None


def counted(frame: Frame, size: Term) -> Family:
    """``range(size)``."""
    var = Var(frame.trace.fresh("i"), Fin(size))
    return Family(size, var, Number(Cast(Cast(var, Scalar.NAT), Scalar.INT), index=var))


def zipped(frame: Frame, parts: list[Value], node: ast.AST, *, strict: bool) -> Sequence:
    """``zip(*parts)``: as long as the shortest."""
    families = [part for part in parts if isinstance(part, Family)]
    if len(families) == len(parts) and len({repr(f.size) for f in families}) == 1:
        var = Var(frame.trace.fresh("i"), Fin(families[0].size))
        return Family(var.sort.size, var, Items(tuple(f.at(var) for f in families), True))  # type: ignore[union-attr]
    columns = [expanded(frame, part, node) for part in parts]
    if strict and len(set(map(len, columns))) > 1:
        frame.trace.demand(FALSE, "ValueError", node, frame.text)
    return Items(tuple(Items(row, True) for row in zip(*columns, strict=False)))


# --- indices -----------------------------------------------------------------------------


def element(frame: Frame, over: Sequence, index: Value, node: ast.AST) -> Value:
    """``over[index]``."""
    position = number(index, node, frame.text, "the index")
    if not position.whole:
        frame.text.unsupported(node, "an index that is no int; annotate it int")
    if isinstance(over, Family):
        own = position.index
        if isinstance(own, Var) and isinstance(own.sort, Fin) and own.sort.size == over.size:
            return over.at(own)
    items = expanded(frame, over, node)
    if (known := position.constant) is not None:
        if -len(items) <= known < len(items):
            return items[int(known)]
        frame.trace.demand(FALSE, "IndexError", node, frame.text)
        return integer(0)
    low = frame.numeric.relation("≤", integer(-len(items)), position)
    high = frame.numeric.relation("<", position, integer(len(items)))
    frame.trace.demand(conjunction((low, high)), "IndexError", node, frame.text)
    if not items:
        return integer(0)
    chosen = items[-1]
    for place in reversed(range(len(items) - 1)):
        here = [
            frame.numeric.relation("=", position, integer(place)),
            frame.numeric.relation("=", position, integer(place - len(items))),
        ]
        chosen = choose(disjunction(here), items[place], chosen)
    return chosen


def piece(frame: Frame, over: Sequence, bounds: ast.Slice) -> Items:
    """``over[a:b:c]`` with bounds known now."""

    def bound(node: ast.expr | None) -> int | None:
        if node is None:
            return None
        known = number(frame.value(node), node, frame.text, "the bound").constant
        if known is None or known.denominator != 1:
            frame.text.unsupported(node, "a bound that depends on the arguments")
        return int(known)

    step = bound(bounds.step)
    if step == 0:
        frame.text.unsupported(bounds, "a step of zero")
    part = slice(bound(bounds.lower), bound(bounds.upper), step)
    return Items(expanded(frame, over, bounds)[part], over.is_tuple)
