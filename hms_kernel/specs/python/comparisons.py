"""Comparisons: chains, equality of what is alike, membership. Orders nothing but numbers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from hms_kernel.specs.python import lists
from hms_kernel.specs.python.numeric import number
from hms_kernel.specs.python.props import FALSE, TRUE, conjunction, negation
from hms_kernel.specs.python.values import Family, Items, Kept, Known, Number, Truth, Value, kind
from hms_kernel.statements.terms import Logic, Term

if TYPE_CHECKING:
    from hms_kernel.specs.python.expressions import Frame

_RELATIONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠",
}  # fmt: skip


def chain(frame: Frame, node: ast.Compare) -> Term:
    """``a < b < c``: each part once, and no further than the first that fails."""
    links: list[Term] = []
    left, before = frame.value(node.left), frame.trace.path
    try:
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            right = frame.value(right_node)
            link = _link(frame, op, left, right, node)
            links.append(link)
            if link == FALSE:
                break
            if link != TRUE:
                frame.trace.path = (*frame.trace.path, link)
            left = right
    finally:
        frame.trace.path = before
    return conjunction(links)


def _link(frame: Frame, op: ast.cmpop, left: Value, right: Value, node: ast.AST) -> Term:
    match op:
        case ast.Is() | ast.IsNot():
            if Known(None) not in (left, right):
                frame.text.unsupported(node, "is between numbers; use ==")
            return TRUE if (left == right) is isinstance(op, ast.Is) else FALSE
        case ast.In():
            return _member(frame, left, right, node)
        case ast.NotIn():
            return negation(_member(frame, left, right, node))
        case ast.Eq():
            return _equal(frame, left, right, node)
        case ast.NotEq():
            if isinstance(left, Number | Truth) and isinstance(right, Number | Truth):
                if isinstance(left, Truth) and isinstance(right, Truth):
                    return negation(_equal(frame, left, right, node))
                one, other = number(left, node, frame.text), number(right, node, frame.text)
                return frame.numeric.relation("≠", one, other)
            return negation(_equal(frame, left, right, node))
        case _:
            one, other = number(left, node, frame.text), number(right, node, frame.text)
            return frame.numeric.relation(_RELATIONS[type(op)], one, other)


def _equal(frame: Frame, left: Value, right: Value, node: ast.AST) -> Term:
    match left, right:
        case Truth(prop=one), Truth(prop=other):
            if one in (TRUE, FALSE):
                return other if one == TRUE else negation(other)
            if other in (TRUE, FALSE):
                return one if other == TRUE else negation(one)
            return Logic("↔", (one, other))
        case ((Number() | Truth()), (Number() | Truth())):
            one_, other_ = number(left, node, frame.text), number(right, node, frame.text)
            return frame.numeric.relation("=", one_, other_)
        case ((Items() | Family()), (Items() | Family())):
            if left.is_tuple is not right.is_tuple:
                return FALSE
            pairs = (lists.expanded(frame, left, node), lists.expanded(frame, right, node))
            if len(pairs[0]) != len(pairs[1]):
                return FALSE
            return conjunction([_equal(frame, a, b, node) for a, b in zip(*pairs, strict=True)])
        case Known(value=one), Known(value=other) if all(
            found is None or isinstance(found, str) for found in (one, other)
        ):
            return TRUE if one == other else FALSE
        case (Known(value=(None | str())), _) | (_, Known(value=(None | str()))):
            return FALSE
    frame.text.unsupported(node, f"{kind(left)} compared with {kind(right)}")


def _member(frame: Frame, item: Value, over: Value, node: ast.AST) -> Term:
    if isinstance(over, Known) and isinstance(over.value, str | dict):
        if isinstance(item, Known) and isinstance(item.value, str):
            return TRUE if item.value in over.value else FALSE
        frame.text.unsupported(node, f"membership in {kind(over)}")
    found = lists.searched(frame, over, node)
    if isinstance(found, Kept):
        frame.text.unsupported(node, "membership in a filtered list")
    equal = lists.each(frame, found, lambda other: Truth(_equal(frame, item, other, node)), node)
    return lists.some(frame, equal, node)
