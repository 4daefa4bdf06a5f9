"""Comprehensions and generators: all elements at once where they are alike. Consumes none."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from hms_kernel.specs.python import lists
from hms_kernel.specs.python.assignments import bind
from hms_kernel.specs.python.props import FALSE, TRUE, conjunction
from hms_kernel.specs.python.values import Family, Items, Kept, Sequence, Truth, Value, integer
from hms_kernel.statements.terms import Term

if TYPE_CHECKING:
    from hms_kernel.specs.python.expressions import Frame


def mapped(
    frame: Frame,
    over: Sequence,
    target: ast.expr,
    body: Callable[[Frame], Value],
    node: ast.AST,
) -> Sequence:
    """``body`` at every element, all at once where the elements are alike."""

    def at(item: Value) -> Value:
        inner = frame.within()
        bind(inner, target, item)
        return body(inner)

    return lists.each(frame, over, at, node)


def comprehension(
    frame: Frame, element: ast.expr, generators: list[ast.comprehension], node: ast.AST
) -> Sequence | Kept:
    """A list comprehension or a generator."""
    first, *rest = generators
    if first.is_async:
        frame.text.unsupported(node, "an async comprehension")
    over = frame.iterated(first.iter)
    if isinstance(over, Kept):
        frame.text.unsupported(first.iter, "a comprehension over a filtered list")
    if rest:
        return _flat(frame, element, first, rest, over, node)
    if not first.ifs:
        return mapped(frame, over, first.target, lambda inner: inner.value(element), node)

    def kept(inner: Frame) -> Value:
        conditions: list[Term] = []
        for test in first.ifs:
            with inner.trace.assuming(*conditions):
                conditions.append(inner.truth(test))
        with inner.trace.assuming(*conditions):
            condition = conjunction(conditions)
            skipped = condition == FALSE
            return Items((Truth(condition), integer(0) if skipped else inner.value(element)))

    return _sifted(mapped(frame, over, first.target, kept, node))


def _sifted(pairs: Sequence) -> Sequence | Kept:
    """What is decided already is taken or left."""
    if isinstance(pairs, Family):
        return Kept(pairs)
    left = [
        pair for pair in pairs.items if isinstance(pair, Items) and pair.items[0] != Truth(FALSE)
    ]
    if all(pair.items[0] == Truth(TRUE) for pair in left):
        return Items(tuple(pair.items[1] for pair in left))
    return Kept(Items(tuple(left)))


def _flat(
    frame: Frame,
    element: ast.expr,
    first: ast.comprehension,
    rest: list[ast.comprehension],
    over: Sequence,
    node: ast.AST,
) -> Items:
    found: list[Value] = []
    for item in lists.expanded(frame, over, first.iter):
        inner = frame.within()
        bind(inner, first.target, item)
        condition = conjunction([inner.truth(test) for test in first.ifs])
        if condition == FALSE:
            continue
        if condition != TRUE:
            frame.text.unsupported(node, "a condition in front of a second for")
        found += lists.expanded(inner, comprehension(inner, element, rest, node), node)
    return Items(tuple(found))
