"""Loops: unrolled when their rounds are known, a sum when that is all they do. Assigns nothing itself."""

from __future__ import annotations

import ast
from collections.abc import Callable
from collections.abc import Sequence as Listing
from typing import TYPE_CHECKING

from hms_kernel.specs.python import lists, mutation
from hms_kernel.specs.python.assignments import bind
from hms_kernel.specs.python.comprehensions import mapped
from hms_kernel.specs.python.numeric import number
from hms_kernel.specs.python.paths import Exits, State, meet
from hms_kernel.specs.python.props import FALSE, TRUE
from hms_kernel.specs.python.values import Family, Kept, Number, Truth, Value

if TYPE_CHECKING:
    from hms_kernel.specs.python.expressions import Frame

Block = Callable[["Frame", Listing[ast.stmt], State], Exits]

MOST_ROUNDS = 2000  # of one loop
MOST_EXITS = 64  # conditions to leave a while loop, before it counts as endless


def for_loop(frame: Frame, node: ast.For, block: Block) -> Exits:
    """How a ``for`` can be left; ``block`` follows its body."""
    over = frame.iterated(node.iter)
    if isinstance(over, Kept):
        frame.text.unsupported(node.iter, "a loop over a filtered list; put an if into the loop")
    state = State(frame.env, frame.trace.path)
    if isinstance(over, Family) and (summed := _sum(frame, node, over)):
        frame.env[summed[0]] = summed[1]
        return _finally(frame, block, Exits(), State(frame.env, state.path), None, node.orelse)
    exits, broken = Exits(), None
    here: State | None = state
    for item in lists.expanded(frame, over, node.iter):
        if here is None:
            break
        frame.env, frame.trace.path = dict(here.env), here.path
        frame.trace.step(node, frame.text)
        bind(frame, node.target, item)
        found = block(frame, node.body, State(frame.env, here.path))
        exits.returns += found.returns
        broken = meet(frame, broken, found.broken)
        here = meet(frame, found.continued, found.onward)
    return _finally(frame, block, exits, here, broken, node.orelse)


def _sum(frame: Frame, node: ast.For, over: Family) -> tuple[str, Value] | None:
    """``for x in w: total += e(x)`` as a sum: the name and its value afterwards, or None if it is another loop."""
    match node.body:
        case [ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=term)]:
            pass
        case _:
            return None
    names = {
        n.id for part in (term, node.target) for n in ast.walk(part) if isinstance(n, ast.Name)
    }
    start = frame.env.get(name)
    if name in names or not frame.trace.exact or not isinstance(start, Number):
        return None
    loose = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
    if loose & mutation.names_loaded(frame.function, besides=node):
        return None  # the loop's variable is used afterwards
    terms = mapped(frame, over, node.target, lambda inner: inner.value(term), node)
    items = [terms.body] if isinstance(terms, Family) else list(terms.items)
    if not all(isinstance(item, Number | Truth) for item in items):
        return None
    return name, lists.total(frame, terms, number(start, node, frame.text), node)


def while_loop(frame: Frame, node: ast.While, state: State, block: Block) -> Exits:
    """How a ``while`` can be left: its condition must be known in every round."""
    exits, broken = Exits(), None
    here: State | None = state
    left: State | None = None
    for _ in range(MOST_ROUNDS):
        if here is None:
            break
        frame.env, frame.trace.path = dict(here.env), here.path
        frame.trace.step(node, frame.text)
        condition = frame.truth(node.test)
        if condition == FALSE:
            left, here = here, None
            break
        if condition != TRUE or len(here.path) > len(state.path) + MOST_EXITS:
            frame.text.unsupported(
                node.test,
                "a while loop whose end depends on the arguments; "
                "write `for _ in range(k)` with a number k and a break",
            )
        found = block(frame, node.body, here)
        exits.returns += found.returns
        broken = meet(frame, broken, found.broken)
        here = meet(frame, found.continued, found.onward)
    if here is not None:
        frame.text.unsupported(node, f"a loop of more than {MOST_ROUNDS} rounds")
    return _finally(frame, block, exits, left, broken, node.orelse)


def _finally(
    frame: Frame,
    block: Block,
    exits: Exits,
    ended: State | None,
    broken: State | None,
    orelse: Listing[ast.stmt],
) -> Exits:
    """After a loop: its ``else`` runs unless it was broken off."""
    if ended is not None and orelse:
        after = block(frame, orelse, ended)
        exits.returns += after.returns
        exits.broken, exits.continued, ended = after.broken, after.continued, after.onward
    exits.onward = meet(frame, broken, ended)
    return exits
