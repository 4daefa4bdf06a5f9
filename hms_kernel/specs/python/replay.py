"""A counterexample is tried on the function itself, and shown as the call it is. Believes nothing else.

If the function does not do what its translation says, the verdict is unknown.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec

from hms_kernel.errors import HmsError
from hms_kernel.model import Counterexample, Outcome, Verdict
from hms_kernel.specs.python.exact import Exact
from hms_kernel.specs.python.props import conjunction
from hms_kernel.specs.python.source import Said
from hms_kernel.specs.python.trace import Trace, safe
from hms_kernel.specs.python.translate import (
    Translation,
    call_with,
    claim_frame,
    speaks_of_result,
)
from hms_kernel.specs.python.values import Family, Items, Known, Number, Truth, Value, lifted
from hms_kernel.statements.evaluate import holds
from hms_kernel.statements.printer import decimal
from hms_kernel.statements.terms import Scalar


class _Raised(Exception):
    """The function raised."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class _Unclear(Exception):
    """What the call shows cannot be told."""


@dataclass(frozen=True)
class _Seen:
    """What calling the function showed."""

    breaks: bool
    calls: str  # "score(w=[1], a=[-99]) = -198"
    error: Exception | None = None


def replayed(found: Translation, verdict: Verdict) -> Verdict:
    """The verdict, after its counterexample was tried on the function.

    Args:
        found: the claim that was judged.
        verdict: of any outcome; only a refutation is looked at.

    Returns:
        The refutation with the call, or ``unknown`` if the function disagrees.
    """
    example = verdict.counterexample
    if verdict.outcome is not Outcome.REFUTED or example is None:
        return verdict
    name = found.declared.function.__name__
    exact = found.declared.semantics == "exact"
    try:
        arguments = {
            p.name: _object(example.values.get(p.variable.name, "0"), p.shape.sort, exact)
            for p in found.parameters
        }
        tuples = {p.name for p in found.parameters if p.shape.is_tuple}
        arguments = {n: tuple(v) if n in tuples else v for n, v in arguments.items()}
        seen = _tried(found, arguments, exact)
    except (_Unclear, HmsError, ArithmeticError, ValueError) as error:
        return _unknown(verdict, f"the counterexample could not be tried on {name}: {error}")
    if not seen.breaks:
        return _unknown(
            verdict,
            f"translation and function disagree: {seen.calls}, and the claim holds there; "
            f"the translation says {example.shows}",
        )
    if seen.error is not None and not _foreseen(found, example, seen.error):
        kind = type(seen.error).__name__
        return _unknown(
            verdict,
            f"translation and function disagree: {seen.calls}, and no {kind} was foreseen",
        )
    shows = seen.calls
    if seen.error is None:
        shows += f", and {found.declared.claim.text.content} is false"
    notes = (*verdict.evidence.notes, f"the counterexample was tried on {name} itself")
    if exact and seen.error is None:
        notes += _in_doubles(found, arguments)
    kept = {p.name: example.values[p.variable.name] for p in found.parameters
            if p.variable.name in example.values}  # fmt: skip
    return msgspec.structs.replace(
        verdict,
        reason=shows,
        counterexample=Counterexample(values=kept, shows=shows, call=seen.calls),
        evidence=msgspec.structs.replace(verdict.evidence, notes=notes),
    )


def _unknown(verdict: Verdict, why: str) -> Verdict:
    return msgspec.structs.replace(
        verdict, outcome=Outcome.UNKNOWN, trust=None, reason=why, counterexample=None
    )


def _foreseen(found: Translation, example: Counterexample, error: Exception) -> bool:
    """Whether the translation says that this kind of error is raised here."""
    names = {kind.__name__ for kind in type(error).__mro__}
    env = {var.name: _object(example.values[var.name], Scalar.REAL, True)
           for var in found.statement.variables if var.name in example.values}  # fmt: skip
    for demand in found.demands:
        if demand.error in names:
            try:
                if not holds(demand.prop, env):
                    return True
            except HmsError:
                return True  # it cannot be told, and the call has shown it
    return False


def _in_doubles(found: Translation, arguments: dict[str, Any]) -> tuple[str, ...]:
    """A remark when the same call with floats does not break the claim."""
    doubles = {name: _rounded(value) for name, value in arguments.items()}
    try:
        seen = _tried(found, doubles, exact=False)
    except (_Unclear, HmsError, ArithmeticError, ValueError):
        return ()
    return () if seen.breaks else (f"in doubles {seen.calls}, and the claim holds there",)


def _rounded(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(map(_rounded, value))
    return float(value) if isinstance(value, Fraction) else value


# --- trying -------------------------------------------------------------------------------


def _tried(found: Translation, arguments: dict[str, Any], exact: bool) -> _Seen:
    """The claim with real calls.

    Raises:
        _Unclear: an assumption does not hold, or something cannot be told.
    """
    declared = found.declared
    made: dict[str, None] = {}

    def real(function: types.FunctionType, args: list[Value], keywords: dict[str, Value]) -> Value:
        passed = [_unlifted(arg, exact) for arg in args]
        named = {name: _unlifted(arg, exact) for name, arg in keywords.items()}
        text = _call_text(function, passed, named, found.fixed)
        try:
            result = function(*passed, **named)
        except Exception as error:
            made[f"{text} raises {type(error).__name__}{f': {error}' if str(error) else ''}"] = None
            raise _Raised(error) from error
        made[f"{text} = {shown(result)}"] = None
        return lifted(result) if exact else _given(result)

    env = {name: _given(value) for name, value in arguments.items()}
    env |= {name: lifted(value) for name, value in found.fixed.items()}
    try:
        for said in declared.where:
            if not _true(found, said, env, real, exact):
                raise _Unclear(f"{said.text.content} does not hold of the numbers")
        made.clear()
        if speaks_of_result(declared):
            frame = claim_frame(declared, declared.claim, Trace(exact=exact), {}, real)
            env["result"] = call_with(frame, declared, env)
        breaks = not _true(found, declared.claim, env, real, exact)
    except _Raised as raised:
        return _Seen(True, ", ".join(made), raised.error)
    return _Seen(breaks, ", ".join(made))


def _true(
    found: Translation,
    said: Said,
    env: dict[str, Value],
    real: Callable[..., Value],
    exact: bool,
) -> bool:
    trace = Trace(exact=exact, computes=True)
    prop = claim_frame(found.declared, said, trace, env, real).truth(said.node)
    known = {var.name: None for var, _ in trace.definitions}
    if known:
        raise _Unclear("the claim is too long to be tried")
    return holds(conjunction((safe(trace.demands), prop)), {})


def _given(value: Any) -> Value:
    if isinstance(value, float):
        # A double is itself here, not the decimal that is printed for it.
        return lifted(Fraction(value))
    if isinstance(value, list | tuple):
        return Items(tuple(map(_given, value)), isinstance(value, tuple))
    return lifted(value)


def _unlifted(value: Value, exact: bool) -> Any:
    match value:
        case Number() if value.constant is not None:
            if value.whole:
                return int(value.constant)
            return Exact(value.constant) if exact else float(value.constant)
        case Truth() if value.constant is not None:
            return value.constant
        case Items(items=items, is_tuple=is_tuple):
            parts = [_unlifted(item, exact) for item in items]
            return tuple(parts) if is_tuple else parts
        case Family(length=int(length)):
            parts = [_unlifted(value.element(place), exact) for place in range(length)]
            return tuple(parts) if value.is_tuple else parts
        case Known(value=found):
            return found
    raise _Unclear("an argument that is no rational number")


def _object(text: Any, sort: Scalar, exact: bool) -> Any:
    """A counterexample's value as Python has it."""
    if isinstance(text, list):
        return [_object(part, sort, exact) for part in text]
    if text in ("True", "False"):
        return text == "True"
    if sort is Scalar.PROP:
        return False
    try:
        value = Exact(text)
    except ValueError:
        raise _Unclear(f"{text} is no rational number") from None
    if sort is Scalar.INT:
        return int(value)
    return value if exact else float(value)


def _call_text(
    function: types.FunctionType,
    args: list[Any],
    keywords: dict[str, Any],
    fixed: dict[str, object],
) -> str:
    try:
        bound: dict[str, Any] = inspect.signature(function).bind(*args, **keywords).arguments
    except TypeError:
        bound = {**{str(place): arg for place, arg in enumerate(args)}, **keywords}
    parts = [f"{name}={shown(value)}" for name, value in bound.items() if name not in fixed]
    return f"{function.__name__}({', '.join(parts)})"


def shown(value: Any) -> str:
    """A value as one would type it: 1/2 is 0.5, 1/3 stays."""
    match value:
        case bool():
            return repr(value)
        case Fraction():
            exact = Fraction(value)
            if exact.denominator == 1:
                return str(exact.numerator)
            short = decimal(abs(exact))
            text = short if short and len(short) <= 12 else f"{abs(exact)}"
            return f"-{text}" if exact < 0 else text
        case list():
            return f"[{', '.join(map(shown, value))}]"
        case tuple():
            inner = ", ".join(map(shown, value))
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case _:
            return repr(value)
