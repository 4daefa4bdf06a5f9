"""What names mean around a function, and which are its own. Evaluates nothing."""

from __future__ import annotations

import ast
import builtins
import reprlib
import types
from collections.abc import Callable, Iterator

from hms_kernel.specs.python.source import Definition
from hms_kernel.specs.python.trace import Trace
from hms_kernel.specs.python.values import Items, Known, Missing, Number, Value, lifted

Lookup = Callable[[str, ast.AST], Value]


def noted(trace: Trace, name: str, found: object) -> Value:
    """A value of the running program; a number's is said in the evidence, since it may change."""
    value = lifted(found)
    if isinstance(value, Number | Items) or isinstance(found, dict):
        now = reprlib.repr(found)
        trace.notes[f"{name} is read as {now}, its value when the claim was made a goal"] = None
    if isinstance(value, Known) and isinstance(found, float):
        return Missing(f"{name} is {found!r}, which is no real number")
    return value


def surroundings(function: types.FunctionType, trace: Trace) -> Lookup:
    """Names around a function of the program: its closure, its module, the builtins."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    known = function.__globals__

    def lookup(name: str, node: ast.AST) -> Value:
        if name in cells:
            try:
                return noted(trace, name, cells[name].cell_contents)
            except ValueError:
                return Missing("it has no value yet")
        if name in known:
            return noted(trace, name, known[name])
        if hasattr(builtins, name):
            return Known(getattr(builtins, name))
        return Missing("there is no such name")

    return lookup


def assigned(function: Definition) -> Iterator[str]:
    """The names that are local to a function; those of inner functions and comprehensions are not."""
    pending: list[ast.AST] = list(function.body) if isinstance(function.body, list) else []
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        yield argument.arg
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef(name=name):
                yield name
                continue
            case ast.Lambda() | ast.ListComp() | ast.GeneratorExp() | ast.ClassDef():
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name for alias in names)
        pending += ast.iter_child_nodes(node)
