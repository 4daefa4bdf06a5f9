"""Statements that change names: assignments, unpacking, inner functions. Follows no branch."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

from hms_kernel.specs.python import lists, mutation
from hms_kernel.specs.python.props import FALSE
from hms_kernel.specs.python.source import Source
from hms_kernel.specs.python.values import Family, Items, Known, Local, Missing, Stream, Value, kind

if TYPE_CHECKING:
    from hms_kernel.specs.python.expressions import Frame


def assign(frame: Frame, node: ast.stmt) -> None:
    """A statement that only changes names."""
    match node:
        case ast.Assign(targets=targets, value=expression):
            value = frame.value(expression)
            for target in targets:
                bind(frame, target, value)
        case ast.AnnAssign(target=target, value=expression):
            if expression is not None:
                bind(frame, target, frame.value(expression))
        case ast.AugAssign(target=target, op=op, value=expression):
            old = frame.value(_loaded(target))
            if isinstance(old, Items | Family) and not old.is_tuple:
                mutation.check_unshared(frame, target, node)
            new = frame.operation(op, old, frame.value(expression), node)
            bind(frame, target, new)
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            pass
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr="append")) as call):
            mutation.append(frame, call)
        case ast.Expr(value=expression):
            frame.value(expression)
        case ast.FunctionDef(name=name):
            frame.env[name] = local_function(frame, node)
        case ast.Import(names=names) if all(a.name == "math" for a in names):
            for alias in names:
                frame.env[alias.asname or alias.name] = Known(math)
        case ast.ImportFrom(module="math", names=names, level=0) if all(
            hasattr(math, a.name) for a in names
        ):
            for alias in names:
                frame.env[alias.asname or alias.name] = frame.host(getattr(math, alias.name))
        case _:
            frame.text.unsupported(node, _REFUSED.get(type(node), "this kind of statement"))


_REFUSED: dict[type[ast.AST], str] = {
    ast.Try: "try; a claim holds only if nothing is raised, so write the condition as an if",
    ast.With: "with; call only functions on numbers",
    ast.Match: "match; write if and elif",
    ast.Global: "global; return the value and let the caller keep it",
    ast.Nonlocal: "nonlocal; return the value and let the caller keep it",
    ast.Delete: "del; leave the name alone",
    ast.Import: "this import; only math is understood inside a function",
    ast.ImportFrom: "this import; only math is understood inside a function",
    ast.ClassDef: "a class; use plain functions on numbers",
    ast.AsyncFor: "async for; claims are about plain functions",
    ast.AsyncWith: "async with; claims are about plain functions",
    ast.AsyncFunctionDef: "an async function; claims are about plain ones",
}


def _loaded(target: ast.expr) -> ast.expr:
    """An assignment's target as an expression with its present value."""
    match target:
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), target)
        case ast.Subscript(value=value, slice=index):
            found = ast.Subscript(value=value, slice=index, ctx=ast.Load())
            return ast.copy_location(found, target)
        case _:
            return target


def bind(frame: Frame, target: ast.expr, value: Value) -> None:
    """Give a target its value; tuples are taken apart."""
    match target:
        case ast.Name(id=name):
            if isinstance(value, Stream):
                frame.text.unsupported(target, "a generator under a name; write a list [...]")
            frame.env[name] = frame.trace.named(name, value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                if isinstance(part, ast.Starred):
                    frame.text.unsupported(part, "a starred target; write the slices")
            if not isinstance(value, Items | Family):
                frame.text.unsupported(target, f"{kind(value)} cannot be taken apart")
            items = lists.expanded(frame, value, target)
            if len(items) != len(parts):
                frame.trace.demand(FALSE, "ValueError", target, frame.text)
                items = (*items, *(Missing("there was no such element") for _ in parts))
            for part, item in zip(parts, items, strict=False):
                bind(frame, part, item)
        case ast.Subscript():
            mutation.store(frame, target, value)
        case _:
            frame.text.unsupported(target, "this target; assign to a name")


def local_function(frame: Frame, node: ast.FunctionDef) -> Local:
    """A function defined inside another, with its defaults."""
    if node.decorator_list:
        frame.text.unsupported(node.decorator_list[0], "a decorator on an inner function")
    return Local(Source(node, frame.text), frame.lookup, frame.defaults(node.args))
