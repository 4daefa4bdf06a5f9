"""The changes to a list that are safe to follow: made here, and nobody else holds it. Refuses all others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hms_kernel.specs.python.numeric import number
from hms_kernel.specs.python.props import FALSE
from hms_kernel.specs.python.values import Items, Value, kind

if TYPE_CHECKING:
    from hms_kernel.specs.python.expressions import Frame


_READS = (
    "len",
    "sum",
    "min",
    "max",
    "all",
    "any",
    "zip",
    "enumerate",
    "tuple",
    "sorted",
    "reversed",
)


def append(frame: Frame, call: ast.Call) -> None:
    """``name.append(value)`` on a list made here that nobody else holds."""
    assert isinstance(call.func, ast.Attribute)
    target = call.func.value
    assert isinstance(target, ast.Name)
    old = frame.value(ast.copy_location(ast.Name(id=target.id, ctx=ast.Load()), target))
    if not isinstance(old, Items) or old.is_tuple or len(call.args) != 1 or call.keywords:
        frame.text.unsupported(call, f"append to {kind(old)}")
    check_unshared(frame, target, call)
    frame.env[target.id] = Items((*old.items, frame.value(call.args[0])))


def store(frame: Frame, target: ast.Subscript, value: Value) -> None:
    """``name[i] = value`` on a list made here that nobody else holds."""
    if not isinstance(target.value, ast.Name) or isinstance(target.slice, ast.Slice):
        frame.text.unsupported(target, "this target; assign to a name or to name[i]")
    name = target.value.id
    old = frame.value(ast.copy_location(ast.Name(id=name, ctx=ast.Load()), target))
    if not isinstance(old, Items) or old.is_tuple:
        frame.text.unsupported(target, f"an assignment into {kind(old)}; make a new list")
    check_unshared(frame, target.value, target)
    place = number(frame.value(target.slice), target.slice, frame.text, "the index").constant
    if place is None:
        frame.text.unsupported(
            target.slice, "an assignment at an index that depends on the arguments"
        )
    items = list(old.items)
    if -len(items) <= place < len(items):
        items[int(place)] = value
    else:
        frame.trace.demand(FALSE, "IndexError", target, frame.text)
    frame.env[name] = Items(tuple(items))


def check_unshared(frame: Frame, target: ast.expr, node: ast.AST) -> None:
    """Refuse to change a list that may have a second name.

    Raises:
        UnsupportedStatement: it does not come from ``[...]`` in this function, or it is handed on.
    """
    function = frame.function
    if not isinstance(target, ast.Name) or function is None:
        frame.text.unsupported(node, "a change to a list; make a new one")
    name = target.id
    if name not in frame.env:
        # It would outlast the call: the next one would begin with what this one left.
        frame.text.unsupported(node, f"a change to {name}, which lives outside the function")
    parents = {child: p for p in ast.walk(function) for child in ast.iter_child_nodes(p)}
    for found in ast.walk(function):
        if isinstance(found, ast.arg) and found.arg == name:
            frame.text.unsupported(
                node, f"a change to {name}, which belongs to the caller; copy it"
            )
        if not isinstance(found, ast.Name) or found.id != name:
            continue
        parent = parents[found]
        if any(_goes_through(loop, found, parent) for loop in _around(node, parents)):
            frame.text.unsupported(node, f"a change to {name} inside a loop over it")
        nested = parent
        while nested is not function:
            if isinstance(nested, ast.FunctionDef | ast.Lambda):
                frame.text.unsupported(node, f"a change to {name}, which an inner function sees")
            nested = parents[nested]
        if not _harmless(found, parent):
            frame.text.unsupported(
                node,
                f"a change to {name}, which has a second name (line {found.lineno}); make a new list",
            )


def _around(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.For]:
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, ast.For):
            yield parent
        node = parent


def _goes_through(loop: ast.For, name: ast.Name, parent: ast.AST) -> bool:
    """Whether a loop takes its elements from a list while it runs; ``range(len(a))`` looks only once."""
    measured = isinstance(parent, ast.Call) and ast.unparse(parent.func) == "len"
    return not measured and any(node is name for node in ast.walk(loop.iter))


def _harmless(name: ast.Name, parent: ast.AST) -> bool:
    match parent:
        case ast.Assign(targets=[ast.Name() as target], value=value) if target is name:
            return isinstance(value, ast.List | ast.ListComp | ast.BinOp)
        case ast.AnnAssign(value=ast.List() | ast.ListComp()) | ast.Return():
            return True
        case ast.AugAssign(target=target, value=value):
            return target is name and isinstance(value, ast.List | ast.ListComp)
        case ast.Subscript(value=value) | ast.Attribute(value=value, attr="append"):
            return value is name
        case ast.For(iter=over) | ast.comprehension(iter=over):
            return over is name
        case ast.Call(func=ast.Name(id=called)):
            return called in _READS
        case ast.Compare():
            return True
        case _:
            return False


def names_loaded(function: ast.AST | None, *, besides: ast.AST) -> set[str]:
    """The names that a function reads outside one of its parts."""
    if function is None:
        return set()
    inside = set(map(id, ast.walk(besides)))
    return {
        n.id
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and id(n) not in inside
    }
