"""Calls: functions of the program are followed into, the builtins of arithmetic are known. Translates no operator."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hms_kernel.errors import StatementError, UsageError
from hms_kernel.specs.python import flow, functions, lists
from hms_kernel.specs.python.names import Lookup, surroundings
from hms_kernel.specs.python.props import FALSE, disjunction, negation
from hms_kernel.specs.python.source import Source, source_of
from hms_kernel.specs.python.trace import MOST_CALLS
from hms_kernel.specs.python.values import (
    Items,
    Known,
    Local,
    Missing,
    Stream,
    Truth,
    Value,
    integer,
    lifted,
)

if TYPE_CHECKING:
    from hms_kernel.specs.python.expressions import Frame


def implies(premise: object, conclusion: object) -> bool:
    """For claims: the conclusion holds where the premise does."""
    return not premise or bool(conclusion)


def call(frame: Frame, node: ast.Call) -> Value:
    """What a call returns."""
    if isinstance(node.func, ast.Attribute) and (found := _method(frame, node, node.func)):
        return found
    callee = frame.value(node.func)
    if isinstance(callee, Known) and callee.value is implies:
        return _implies(frame, node)
    args: list[Value] = []
    for part in node.args:
        if isinstance(part, ast.Starred):
            args += lists.expanded(frame, frame.iterated(part.value), part)
        else:
            args.append(frame.value(part))
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            frame.text.unsupported(keyword.value, "**; name the arguments")
        keywords[keyword.arg] = frame.value(keyword.value)
    return invoke(frame, callee, args, keywords, node)


def invoke(
    frame: Frame, callee: Value, args: list[Value], keywords: dict[str, Value], node: ast.Call
) -> Value:
    """Call a value."""
    match callee:
        case Known(value=types.FunctionType() as function):
            if frame.real is not None:
                return frame.real(function, args, keywords)
            return _follow(frame, function, args, keywords, node)
        case Local(source=source, scope=scope, defaults=defaults):
            bound = _bound(frame, source, defaults, args, keywords, node)
            return _entered(frame, source, bound, scope, node)
        case Known(value=found):
            try:
                handler = functions.HANDLERS.get(found)
            except TypeError:
                handler = None
            if handler is not None:
                return handler(frame, node, args, keywords)
    name = ast.unparse(node.func)
    hint = _HINTS.get(name.rpartition(".")[2], "")
    frame.text.unsupported(node, f"a call of {name}{hint}")


_HINTS = {
    "print": "; a claim is about what is returned, so leave it out",
    "sorted": "; use min and max",
    "isinstance": "; the annotations say the types",
}


def _follow(
    frame: Frame,
    function: types.FunctionType,
    args: list[Value],
    keywords: dict[str, Value],
    node: ast.Call,
) -> Value:
    source = plain_source(function, lambda why: frame.text.unsupported(node, why))
    arguments = source.node.args
    kw_defaults = function.__kwdefaults__ or {}
    names = [a.arg for a in arguments.kwonlyargs if a.arg in kw_defaults]
    defaults = [*(function.__defaults__ or ()), *(kw_defaults[name] for name in names)]
    bound = _bound(frame, source, tuple(map(lifted, defaults)), args, keywords, node)
    return _entered(frame, source, bound, surroundings(function, frame.trace), node)


def plain_source(function: types.FunctionType, refuse: Callable[[str], Any]) -> Source:
    """The syntax of a function of the program, unless its body is not what a call of it does."""
    if hasattr(function, "__wrapped__"):
        refuse(
            f"{function.__name__} is wrapped by another decorator; only plain functions are followed"
        )
    flags = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    if function.__code__.co_flags & flags:
        refuse(f"{function.__name__} is a generator or async; return a list")
    try:
        return source_of(function)
    except StatementError:
        raise
    except UsageError as error:
        refuse(str(error))
        raise


def _entered(
    frame: Frame, source: Source, bound: dict[str, Value], outer: Lookup, node: ast.Call
) -> Value:
    from hms_kernel.specs.python.expressions import Frame

    if frame.trace.depth >= MOST_CALLS:
        frame.text.unsupported(node, f"calls more than {MOST_CALLS} deep; a recursion must end")
    inner = Frame(source.text, frame.trace, bound, outer, source.node, frame.real)
    path = frame.trace.path
    frame.trace.depth += 1
    try:
        if isinstance(source.node, ast.Lambda):
            return inner.value(source.node.body)
        result = flow.run(inner, source.node.body)
    finally:
        frame.trace.depth -= 1
        frame.trace.path = path
    if isinstance(result, Missing):
        if "raises on every path" in result.why:
            return integer(0)  # a demand that cannot be met is recorded already
        source.text.unsupported(source.node, f"what {source.node.name} returns: {result.why}")
    return result


def _bound(
    frame: Frame,
    source: Source,
    defaults: tuple[Value, ...],
    args: list[Value],
    keywords: dict[str, Value],
    node: ast.Call,
) -> dict[str, Value]:
    """Parameters with their arguments, as Python binds them."""
    arguments = source.node.args
    if any(isinstance(value, Stream) for value in (*args, *keywords.values())):
        frame.text.unsupported(node, "a generator as an argument; write a list [...]")
    if arguments.kwarg is not None:
        source.text.unsupported(arguments.kwarg, "**; name the parameters")
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    by_name = [a.arg for a in (*arguments.args, *arguments.kwonlyargs)]
    count = len(arguments.defaults)
    fallback = dict(zip(positional[len(positional) - count :], defaults[:count], strict=True))
    later = [
        a.arg
        for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    ]
    fallback |= dict(zip(later, defaults[count:], strict=True))
    bound = dict(zip(positional, args, strict=False))
    if arguments.vararg is not None:
        bound[arguments.vararg.arg] = Items(tuple(args[len(positional) :]), True)
    elif len(args) > len(positional):
        frame.text.invalid(node, f"{len(args)} arguments, and {len(positional)} are taken")
    for name, value in keywords.items():
        if name not in by_name or name in bound:
            frame.text.invalid(node, f"the argument {name} is unknown or given twice")
        bound[name] = value
    for name in (*positional, *(a.arg for a in arguments.kwonlyargs)):
        if name not in bound:
            if name not in fallback:
                frame.text.invalid(node, f"the argument {name} is missing")
            bound[name] = fallback[name]
    return bound


def _implies(frame: Frame, node: ast.Call) -> Value:
    if len(node.args) != 2 or node.keywords:
        frame.text.invalid(node, "implies takes two conditions")
    premise = frame.truth(node.args[0])
    if premise == FALSE:
        return lifted(True)
    with frame.trace.assuming(premise):
        conclusion = frame.truth(node.args[1])
    return Truth(disjunction((negation(premise), conclusion)))


def _method(frame: Frame, node: ast.Call, func: ast.Attribute) -> Value | None:
    """The methods of a constant dict; None for anything else."""
    if func.attr not in ("values", "items", "keys", "get") or node.keywords:
        return None
    of = frame.value(func.value)
    if not isinstance(of, Known) or not isinstance(of.value, dict):
        return None
    found = of.value
    if func.attr == "get":
        key, *rest = [frame.value(part) for part in node.args]
        name = key.value if isinstance(key, Known) else getattr(key, "constant", None)
        if name is None:
            frame.text.unsupported(node, "a key that depends on the arguments")
        return lifted(found[name]) if name in found else (rest[0] if rest else Known(None))
    if func.attr == "items":
        return Items(tuple(Items((lifted(k), lifted(v)), True) for k, v in found.items()))
    return Items(tuple(map(lifted, getattr(found, func.attr)())))
