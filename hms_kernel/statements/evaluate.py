"""What terms are worth and whether propositions hold, exactly; counterexamples replayed. Proves nothing.

Asked of values that a prover found, so nothing here may share code with a prover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from hms_kernel.statements import surds
from hms_kernel.statements.doubt import Exhausted, Undecided
from hms_kernel.statements.evaluator import Env, Evaluator
from hms_kernel.statements.printer import decimal, show
from hms_kernel.statements.rebuild import plain_names
from hms_kernel.statements.surds import Surd
from hms_kernel.statements.tables import Table
from hms_kernel.statements.terms import (
    Cast,
    Logic,
    Num,
    Op,
    Pred,
    Quant,
    Rel,
    Statement,
    Term,
)

T = TypeVar("T")

_FLIP = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "=", "≠": "≠"}
_LONG = 110  # characters of a term that a sentence can bear


def value_of(term: Term, env: Env) -> Fraction:
    """The value of a numeric term.

    Args:
        term: closed but for the variables in ``env``.
        env: ``Fraction`` or int, bool for a proposition, and for functions a callable, a
            sequence indexed from 0, or a ``Table``.

    Raises:
        Undecided: it is irrational, too expensive, or depends on something unknown.
    """
    value = _bounded(lambda: Evaluator().number(term, env))
    if isinstance(value, Surd):
        raise Undecided(f"the value {value} is irrational")
    return value


def holds(prop: Term, env: Env) -> bool:
    """Whether a proposition is true.

    Raises:
        Undecided: it cannot be told.
    """
    return _bounded(lambda: Evaluator().truth(prop, env))


def _bounded(work: Callable[[], T]) -> T:
    try:
        return work()
    except RecursionError:
        raise Undecided("a term nested too deeply") from None


@dataclass(frozen=True)
class Replay:
    """What the values do to a statement."""

    hypotheses_hold: bool
    conclusion_holds: bool
    shows: (
        str  # the failing hypothesis, or else the broken part of the conclusion, with its numbers
    )

    @property
    def refutes(self) -> bool:
        """Whether the values are a counterexample."""
        return self.hypotheses_hold and not self.conclusion_holds


def replay(statement: Statement, env: Env) -> Replay:
    """Evaluate a statement exactly at one point.

    Args:
        statement: of any kind.
        env: a value for every variable, as ``value_of`` takes them.

    Raises:
        Undecided: some part of it cannot be told, or a value is not of its variable's sort.
    """
    return _bounded(lambda: _replayed(statement, env))


def _replayed(statement: Statement, env: Env) -> Replay:
    for var in statement.variables:
        if var.name not in env:
            raise Undecided(f"no value for '{var.name}'")
        Evaluator().admit(var, env)
    broken = ""
    for hypothesis in statement.hypotheses:
        if not Evaluator().truth(hypothesis.prop, env):
            label = f" {hypothesis.name}" if hypothesis.name else ""
            said = "; ".join(_broken(hypothesis.prop, env))
            broken = f"the hypothesis{label} fails: {said}"
            break
    conclusion = Evaluator().truth(statement.conclusion, env)
    if not broken and not conclusion:
        return Replay(True, False, "; ".join(_broken(statement.conclusion, env)))
    return Replay(not broken, conclusion, broken)


def _broken(prop: Term, env: Env) -> Iterator[str]:
    """Sentences that show why a false proposition is false."""
    match prop:
        case Logic(op="∧", args=(left, right)):
            yield from _broken(left if _false(left, env) else right, env)
        case Logic(op="∨", args=(left, right)):
            yield from _broken(left, env)
            yield from _broken(right, env)
        case Logic(op="→", args=(_, right)):
            yield from _broken(right, env)
        case Logic(op="¬", args=(Logic(op="¬", args=(arg,)),)):
            yield from _broken(arg, env)
        case Logic(op="¬", args=(arg,)):
            yield f"{_short(arg)} holds{_sides(arg, env)}, but the claim says it does not"
        case Logic(op="↔", args=(left, right)):
            true, false = (right, left) if _false(left, env) else (left, right)
            yield f"{_short(true)} holds{_sides(true, env)}, but {_short(false)} does not{_sides(false, env)}"
        case Quant(op="∀", var=var, body=body):
            value = Evaluator().deciding(prop, env)
            if value is None:
                return
            for sentence in _broken(body, {**env, var.name: value}):
                yield f"at {var.name} = {_number(value)}: {sentence}"
        case Quant(op="∃"):
            yield f"no value makes it true: {_short(prop)}"
        case Rel():
            yield _relation(prop, env)
        case Pred(args=(arg,)):
            worth = "" if is_literal(arg) else f": {_equation(arg, env)}"
            yield f"{_short(prop)} is false{worth}"
        case _:
            yield f"{_short(prop)} is false"


def _false(prop: Term, env: Env) -> bool:
    try:
        return not Evaluator().truth(prop, env)
    except Undecided:
        return False


def _relation(rel: Rel, env: Env) -> str:
    left, right, op = rel.left, rel.right, rel.op
    if op in _FLIP and is_literal(left) and not is_literal(right):
        left, right, op = right, left, _FLIP[op]
    if is_literal(left) and is_literal(right):
        return f"{_short(rel)} is false"
    if is_literal(right) and op != "∣":
        return f"{_equation(left, env)}, but the claim says {op} {_short(right)}"
    sides = [_equation(side, env) for side in (left, right) if not is_literal(side)]
    return f"{' and '.join(sides)}, but the claim says {_short(rel)}"


def _sides(prop: Term, env: Env) -> str:
    if not isinstance(prop, Rel):
        return ""
    sides = [_equation(side, env) for side in (prop.left, prop.right) if not is_literal(side)]
    return f" ({' and '.join(sides)})" if sides else ""


def is_literal(term: Term) -> bool:
    """Whether a term is one written number, possibly negative or cast."""
    match term:
        case Num():
            return True
        case Cast(arg=arg) | Op(op="neg", args=(arg,)):
            return is_literal(arg)
    return False


def _short(term: Term) -> str:
    text = show(plain_names(term))
    if is_literal(term):
        # A lone numeral is printed with its type, which a sentence does not need.
        text = text.removeprefix("(").rpartition(" : ")[0] or text
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


def _equation(term: Term, env: Env) -> str:
    """``term = value``, or ``≈``."""
    try:
        worth = _number(Evaluator().number(term, env))
    except Undecided:
        worth = "?"
    return f"{_short(term)} {worth if worth.startswith('≈') else f'= {worth}'}"


def _number(value: Any) -> str:
    """A number for a sentence: exact while it is short."""
    if isinstance(value, Surd):
        return str(value)
    if isinstance(value, Fraction):
        size = value.numerator.bit_length() + value.denominator.bit_length()
        if size > 200:
            return f"≈ {surds.approximate(value)}"
        short = decimal(abs(value)) if value.denominator > 1 else ""
        if short and len(short) <= 12:
            return f"-{short}" if value < 0 else short
    return str(value)


__all__ = [
    "Exhausted", "Replay", "Table", "Undecided", "holds", "is_literal", "replay", "value_of",
]  # fmt: skip
