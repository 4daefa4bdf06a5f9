"""Statements: every path is followed, and where paths meet their values become one. Evaluates no expression.

A loop over a known number of elements is unrolled. Paths carry the conditions under which
they are taken; a value that differs between two becomes ``if``.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence as Listing
from typing import TYPE_CHECKING

from hms_kernel.specs.python.assignments import assign
from hms_kernel.specs.python.loops import for_loop, while_loop
from hms_kernel.specs.python.paths import Exits, State, meet
from hms_kernel.specs.python.props import FALSE, conjunction, negation
from hms_kernel.specs.python.values import Known, Missing, Number, Truth, Value, choose
from hms_kernel.statements.terms import Term

if TYPE_CHECKING:
    from hms_kernel.specs.python.expressions import Frame


def run(frame: Frame, body: Listing[ast.stmt]) -> Value:
    """What a function body returns from the frame's present state."""
    start = State(frame.env, frame.trace.path)
    exits = _block(frame, body, start)
    returns = exits.returns
    if exits.onward is not None:
        returns.append((exits.onward.path, Known(None)))
    frame.trace.path = start.path
    if not returns:
        return Missing("the function raises on every path")
    # A function that returns a number on some paths and None on others raises where the
    # number is used; the path to None must then not be taken.
    numbers = [pair for pair in returns if isinstance(pair[1], Number | Truth)]
    if numbers and len(numbers) < len(returns):
        for path, value in returns:
            if value == Known(None):
                frame.trace.path = path
                frame.trace.demand(FALSE, "TypeError", body[-1], frame.text)
        frame.trace.path = start.path
        returns = [pair for pair in returns if pair[1] != Known(None)]
    known: list[Term] = []
    choices: list[tuple[Term, Value]] = []
    for path, value in returns:
        own = [c for c in path[len(start.path) :] if c not in known]
        choices.append((conjunction(own), value))
        if len(own) == 1:
            known.append(negation(own[0]))
    result = choices[-1][1]
    for condition, value in reversed(choices[:-1]):
        result = choose(condition, value, result)
    return result


def _block(frame: Frame, body: Listing[ast.stmt], state: State) -> Exits:
    exits = Exits()
    here: State | None = state
    for statement in body:
        if here is None:
            break
        frame.env, frame.trace.path = dict(here.env), here.path
        frame.trace.step(statement, frame.text)
        found = _statement(frame, statement, here)
        exits.returns += found.returns
        exits.broken = meet(frame, exits.broken, found.broken)
        exits.continued = meet(frame, exits.continued, found.continued)
        here = found.onward
    exits.onward = here
    return exits


def _statement(frame: Frame, node: ast.stmt, state: State) -> Exits:
    match node:
        case ast.Return(value=value):
            result = Known(None) if value is None else frame.value(value)
            return Exits(returns=[(frame.trace.path, frame.trace.named("value", result))])
        case ast.If(test=test, body=body, orelse=orelse):
            return _branch(frame, frame.truth(test), body, orelse, state)
        case ast.For():
            return for_loop(frame, node, _block)
        case ast.While():
            return while_loop(frame, node, state, _block)
        case ast.Break():
            return Exits(broken=state)
        case ast.Continue():
            return Exits(continued=state)
        case ast.Assert(test=test):
            condition = frame.truth(test)
            frame.trace.demand(condition, "AssertionError", node, frame.text)
            return Exits(onward=state.where(condition))
        case ast.Raise(exc=raised):
            frame.trace.demand(FALSE, _raised(raised), node, frame.text)
            return Exits()
        case _:
            assign(frame, node)
            return Exits(onward=State(frame.env, state.path))


def _raised(node: ast.expr | None) -> str:
    match node:
        case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)):
            return name
        case _:
            return "Exception"


def _branch(
    frame: Frame, condition: Term, body: Listing[ast.stmt], orelse: Listing[ast.stmt], state: State
) -> Exits:
    yes, no = state.where(condition), state.where(negation(condition))
    one = _block(frame, body, yes) if yes is not None else Exits()
    other = _block(frame, orelse, no) if no is not None else Exits()
    return Exits(
        onward=meet(frame, one.onward, other.onward),
        broken=meet(frame, one.broken, other.broken),
        continued=meet(frame, one.continued, other.continued),
        returns=one.returns + other.returns,
    )
