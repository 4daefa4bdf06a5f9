"""What breaks, in doubles: the sides of a failed relation with the values that they round to. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hms_kernel.backends.floats import machine
from hms_kernel.backends.floats.machine import Env
from hms_kernel.statements import show
from hms_kernel.statements.evaluate import is_literal
from hms_kernel.statements.rebuild import plain_names
from hms_kernel.statements.terms import Fin, Logic, Quant, Rel, Scalar, Term, sort_of

_FLIP = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "=", "≠": "≠", "==": "=="}
_TYPE = " : Float)"
_LONG = 110  # characters of a term that a sentence can bear


def written(value: Any) -> Any:
    """A value of a point as text: the shortest decimal that reads back as the same double."""
    if isinstance(value, list):
        return [written(item) for item in value]
    if isinstance(value, bool):
        return "True" if value else "False"
    return repr(value) if isinstance(value, float) else str(value)


def broken(prop: Term, env: Env) -> str:
    """Why a proposition is false at a point."""
    return "; ".join(_broken(prop, env))


def _broken(prop: Term, env: Env) -> Iterator[str]:
    match prop:
        case Logic(op="∧", args=args):
            yield from _broken(next(arg for arg in args if not machine.truth(arg)(env)), env)
        case Logic(op="∨", args=args):
            for arg in args:
                yield from _broken(arg, env)
        case Logic(op="→", args=(*_, last)):
            yield from _broken(last, env)
        case Logic(op="¬", args=(Logic(op="¬", args=(arg,)),)):
            yield from _broken(arg, env)
        case Logic(op="¬", args=(arg,)):
            yield f"{_short(arg)} holds{_sides(arg, env)}, but the claim says it does not"
        case Logic(op="↔", args=(left, right)):
            yes, no = (left, right) if machine.truth(left)(env) else (right, left)
            yield (
                f"{_short(yes)} holds{_sides(yes, env)}, but {_short(no)} does not{_sides(no, env)}"
            )
        case Quant(op="∀", var=var, body=body) if isinstance(var.sort, Fin):
            test = machine.truth(body)
            for index in machine.indices(prop)(env):
                inner = {**env, var.name: index}
                if not test(inner):
                    for sentence in _broken(body, inner):
                        yield f"at {var.name} = {index}: {sentence}"
                    return
        case Rel(left=left) if sort_of(left) is Scalar.FLOAT:
            yield _relation(prop, env)
        case _:
            yield f"{_short(prop)} is false"


def _relation(rel: Rel, env: Env) -> str:
    left, right, op = rel.left, rel.right, rel.op
    if is_literal(left) and not is_literal(right):
        left, right, op = right, left, _FLIP[op]
    if is_literal(left) and is_literal(right):
        return f"{_short(rel)} is false"
    if is_literal(right):
        return f"{_equation(left, env)}, but the claim says {op} {_short(right)}"
    sides = [_equation(side, env) for side in (left, right) if not is_literal(side)]
    return f"{' and '.join(sides)}, but the claim says {_short(rel)}"


def _sides(prop: Term, env: Env) -> str:
    if not isinstance(prop, Rel) or sort_of(prop.left) is not Scalar.FLOAT:
        return ""
    sides = [_equation(side, env) for side in (prop.left, prop.right) if not is_literal(side)]
    return f" ({' and '.join(sides)})" if sides else ""


def _short(term: Term) -> str:
    text = show(plain_names(term))
    inner = text.removeprefix("(").removesuffix(_TYPE)
    # What has no variable is printed with its type, which a sentence does not need.
    if text == f"({inner}{_TYPE}" and _balanced(inner):
        text = inner
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def _equation(term: Term, env: Env) -> str:
    return f"{_short(term)} = {machine.number(term)(env)!r}"
