"""Bounds on terms over doubles, out of the hypotheses, that prove a claim by themselves. Asks no solver.

What is not understood is simply not bounded. Two rules stand beside the bounds: rounding keeps
order, so ``x ≤ y`` carries over to ``x + z ≤ y + z``; and thanks to subnormals it keeps the sign
of a difference, so ``x - y`` compares with 0 as ``x`` with ``y``.
"""

from __future__ import annotations

import math
from fractions import Fraction

from hms_kernel.backends.floats.indices import instances, known_span
from hms_kernel.backends.floats.intervals import (
    ANY,
    BINARY,
    UNARY,
    Interval,
    add,
    multiply,
    point,
    squared,
)
from hms_kernel.backends.floats.machine import identical, mentions_floats, rounded
from hms_kernel.backends.sequent import Sequent, split, substitute
from hms_kernel.errors import StatementError
from hms_kernel.statements import evaluate
from hms_kernel.statements.terms import (
    Big,
    Cast,
    Ite,
    Logic,
    Num,
    Op,
    Quant,
    Rel,
    Scalar,
    Statement,
    Term,
    sort_of,
)

ROUNDS = 2  # over the hypotheses: a bound may help to read another


def proves(statement: Statement) -> bool:
    """Whether bounds alone show the statement. False says nothing."""
    for piece in split(Sequent.of(statement)):
        bounds = _Bounds(piece)
        if not (bounds.contradictory or bounds.holds(piece.claim)):
            return False
    return True


class _Bounds:
    """What the facts of one sequent say of terms, and what follows."""

    def __init__(self, sequent: Sequent) -> None:
        self._known: dict[Term, Interval] = {}
        self._ordered: set[tuple[Term, Term]] = set()  # pairs that a fact says are in order
        self._strict: set[tuple[Term, Term]] = set()  # and different
        self._shown: dict[tuple[Term, Term], bool] = {}  # whether a pair is in order
        self.contradictory = False
        facts = [part for fact in sequent.facts for part in instances(fact)]
        for _ in range(ROUNDS):
            for fact in facts:
                self._learn(fact)
        self._shown.clear()
        denied = [fact.args[0] for fact in facts if isinstance(fact, Logic) and fact.op == "¬"]
        self.contradictory = self.contradictory or any(map(self.holds, denied))

    def _learn(self, fact: Term) -> None:
        match fact:
            case Rel(op=op, left=left, right=right) if sort_of(left) is Scalar.FLOAT:
                if op in (">", "≥"):
                    left, right, op = right, left, {">": "<", "≥": "≤"}[op]
                if op in ("<", "≤", "==", "="):
                    self._compare(op, left, right)

    def _compare(self, op: str, left: Term, right: Term) -> None:
        self._shown.clear()  # what could not be shown may follow now
        below, above = self.of(left), self.of(right)
        # Comparisons hold of numbers only; identity also of NaN with itself.
        nan = op == "=" and below.nan and above.nan
        strict = op == "<"
        if difference := _difference(left, right):
            self._compare(op if op != "=" else "==", *difference)
        if op in ("==", "="):
            if not nan:
                ends = canonical(left), canonical(right)
                self._ordered |= {ends, ends[::-1]}
            meet = Interval(max(below.low, above.low), min(below.high, above.high), nan)
            self._know(left, meet)
            self._know(right, meet)
            return
        self._ordered.add((canonical(left), canonical(right)))
        if strict:
            self._strict.add((canonical(left), canonical(right)))
        high, low = above.high, below.low
        if strict:
            high, low = math.nextafter(high, -math.inf), math.nextafter(low, math.inf)
        self._know(left, Interval(-math.inf, high, False))
        self._know(right, Interval(low, math.inf, False))

    def _know(self, term: Term, bound: Interval) -> None:
        match term:
            case Num():
                return
            case Op(op="abs", args=(arg,)):
                self._know(arg, Interval(-bound.high, bound.high, bound.nan))
            case Op(op="neg", args=(arg,)):
                self._know(arg, Interval(-bound.high, -bound.low, bound.nan))
        key = canonical(term)
        found = self._known[key] = self.of(term).within(bound)
        if found.low > found.high and not found.nan:
            self.contradictory = True

    # --- values --------------------------------------------------------------

    def of(self, term: Term) -> Interval:
        """Bounds on the value of a term."""
        known = self._known.get(canonical(term), ANY)
        return self._computed(term).within(known)

    def _computed(self, term: Term) -> Interval:
        match term:
            case Num(value=value):
                return point(rounded(value))
            case Op(op="*", args=(left, right)) if canonical(left) == canonical(right):
                return squared(self.of(left))
            case Op(op=op, args=(left, right)) if op in BINARY:
                return BINARY[op](self.of(left), self.of(right))
            case Op(op=op, args=(arg,)) if op in UNARY:
                return UNARY[op](self.of(arg))
            case Cast(arg=arg):
                return _cast(arg)
            case Ite(cond=cond, yes=yes, no=no):
                if self.holds(cond):
                    return self.of(yes)
                if self._fails(cond):
                    return self.of(no)
                return self.of(yes).joined(self.of(no))
            case Big(op=op):
                return self._fold(op, term)
        return ANY

    def _fold(self, op: str, term: Big) -> Interval:
        span = known_span(term)
        if span is None:
            return ANY
        total = point(0.0 if op == "∑" else 1.0)
        for index in span:
            at = {term.var.name: Num(Fraction(index), term.var.sort)}
            value = self.of(substitute(term.body, at))
            total = add(total, value) if op == "∑" else multiply(total, value)
        return total

    # --- propositions --------------------------------------------------------

    def holds(self, prop: Term) -> bool:
        """Whether the bounds show a proposition."""
        match prop:
            case Rel(op=op, left=left, right=right) if sort_of(left) is Scalar.FLOAT:
                if op in (">", "≥"):
                    left, right, op = right, left, {">": "<", "≥": "≤"}[op]
                return self._related(op, left, right)
            case Logic(op="∧", args=args):
                return all(self.holds(arg) for arg in args)
            case Logic(op="∨", args=args):
                return any(self.holds(arg) for arg in args)
            case Logic(op="¬", args=(arg,)):
                return self._fails(arg)
            case Quant(op="∀", var=var, body=body):
                span = known_span(prop)
                if span is not None:
                    return all(
                        self.holds(substitute(body, {var.name: Num(Fraction(index), var.sort)}))
                        for index in span
                    )
        return not mentions_floats(prop) and _exactly(prop)

    def _related(self, op: str, left: Term, right: Term) -> bool:
        below, above = self.of(left), self.of(right)
        same = canonical(left) == canonical(right)
        if op == "=":
            # Zeros of either sign are one in the bounds, so only sameness shows identity.
            return same or _identical_points(left, right)
        if op == "≠":
            apart = below.high < above.low or below.low > above.high
            return apart and not (below.nan and above.nan)
        if below.nan or above.nan:
            return False
        if difference := _difference(left, right):
            return self._related(op, *difference)
        match op:
            case "≤":
                return self._at_most(left, right)
            case "<":
                return below.high < above.low or (canonical(left), canonical(right)) in self._strict
            case "==":
                return self._at_most(left, right) and self._at_most(right, left)
        return False

    def _at_most(self, left: Term, right: Term) -> bool:
        """Whether the bounds, the facts and the monotony of rounding show ``left ≤ right``."""
        below, above = self.of(left), self.of(right)
        if below.nan or above.nan:
            return False
        ends = canonical(left), canonical(right)
        if ends[0] == ends[1] or below.high <= above.low or ends in self._ordered:
            return True
        if ends not in self._shown:
            self._shown[ends] = (
                self._monotone(left, right)
                or self._extreme(left, right)
                or self._absorbed(left, right)
            )
        return self._shown[ends]

    def _monotone(self, left: Term, right: Term) -> bool:
        """The same operation on operands that are in order."""
        match left, right:
            case Op(op="+", args=(a, b)), Op(op="+", args=(c, d)):
                return (self._at_most(a, c) and self._at_most(b, d)) or (
                    self._at_most(a, d) and self._at_most(b, c)
                )
            case Op(op="-", args=(a, b)), Op(op="-", args=(c, d)):
                return self._at_most(a, c) and self._at_most(d, b)
            case Op(op="*", args=(a, b)), Op(op="*", args=(c, d)):
                if any(self.of(arg).low < 0 for arg in (a, b, c, d)):
                    return False
                return (self._at_most(a, c) and self._at_most(b, d)) or (
                    self._at_most(a, d) and self._at_most(b, c)
                )
            case Op(op="/", args=(a, b)), Op(op="/", args=(c, d)):
                if any(self.of(arg).low < 0 for arg in (a, c)) or self.of(d).low <= 0:
                    return False
                return self._at_most(a, c) and self._at_most(d, b)
            case Op(op="sqrt", args=(a,)), Op(op="sqrt", args=(b,)):
                return self._at_most(a, b)
            case Op(op="neg", args=(a,)), Op(op="neg", args=(b,)):
                return self._at_most(b, a)
        return False

    def _extreme(self, left: Term, right: Term) -> bool:
        """``min`` is below its operands and ``max`` above them, where none is NaN."""
        match left:
            case Op(op="min", args=args) if not any(self.of(arg).nan for arg in args):
                return any(self._at_most(arg, right) for arg in args)
            case Op(op="max", args=args) if not any(self.of(arg).nan for arg in args):
                return all(self._at_most(arg, right) for arg in args)
        match right:
            case Op(op="min", args=args) if not any(self.of(arg).nan for arg in args):
                return all(self._at_most(left, arg) for arg in args)
            case Op(op="max", args=args) if not any(self.of(arg).nan for arg in args):
                return any(self._at_most(left, arg) for arg in args)
        return False

    def _absorbed(self, left: Term, right: Term) -> bool:
        """What is not negative makes no sum smaller, a factor up to 1 no product larger, and so on."""
        of = self.of
        match left:
            case Op(op="-", args=(a, b)) if of(b).low >= 0 and self._at_most(a, right):
                return True
            case Op(op="+", args=(a, b)):
                for one, other in ((a, b), (b, a)):
                    if of(other).high <= 0 and self._at_most(one, right):
                        return True
            case Op(op="*", args=(a, b)):
                for one, other in ((a, b), (b, a)):
                    if of(one).low >= 0 and of(other).high <= 1 and self._at_most(one, right):
                        return True
            case Op(op="/", args=(a, b)) if of(a).low >= 0 and of(b).low >= 1:
                if self._at_most(a, right):
                    return True
        match right:
            case Op(op="-", args=(a, b)):
                return of(b).high <= 0 and self._at_most(left, a)
            case Op(op="+", args=(a, b)):
                return any(
                    of(other).low >= 0 and self._at_most(left, one)
                    for one, other in ((a, b), (b, a))
                )
            case Op(op="*", args=(a, b)):
                return any(
                    of(one).low >= 0 and of(other).low >= 1 and self._at_most(left, one)
                    for one, other in ((a, b), (b, a))
                )
        return False

    def _fails(self, prop: Term) -> bool:
        """Whether the bounds show that a proposition is false."""
        match prop:
            case Rel(op=op, left=left, right=right) if sort_of(left) is Scalar.FLOAT:
                if op in (">", "≥"):
                    left, right, op = right, left, {">": "<", "≥": "≤"}[op]
                below, above = self.of(left), self.of(right)
                match op:
                    case "==":
                        return below.high < above.low or below.low > above.high
                    case "≤":
                        return below.low > above.high
                    case "<":
                        return below.low >= above.high
            case Logic(op="¬", args=(arg,)):
                return self.holds(arg)
        return False


def _difference(left: Term, right: Term) -> tuple[Term, Term] | None:
    """``a, b`` of ``a - b`` compared with 0, in the order that compares the same way."""
    zero = Num(Fraction(0), Scalar.FLOAT)
    match left, right:
        case Op(op="-", args=(a, b)), Num() if right == zero:
            return a, b
        case Num(), Op(op="-", args=(a, b)) if left == zero:
            return b, a
    return None


def canonical(term: Term) -> Term:
    """The term with the operands of ``+`` and ``*`` in one order: IEEE says that both commute."""
    match term:
        case Op(op="+" | "*" as op, args=(left, right), sort=Scalar.FLOAT):
            parts = sorted((canonical(left), canonical(right)), key=repr)
            return Op(op, tuple(parts), Scalar.FLOAT)
        case Op(op=op, args=args, sort=Scalar.FLOAT):
            return Op(op, tuple(canonical(arg) for arg in args), Scalar.FLOAT)
    return term


def _exactly(prop: Term) -> bool:
    try:
        return evaluate.holds(prop, {})
    except StatementError:
        return False


def _identical_points(left: Term, right: Term) -> bool:
    return (
        isinstance(left, Num)
        and isinstance(right, Num)
        and identical(rounded(left.value), rounded(right.value))
    )


def _cast(arg: Term) -> Interval:
    """A cast from ℕ or ℤ: exact when the number is known."""
    try:
        return point(rounded(Fraction(evaluate.value_of(arg, {}))))
    except StatementError:
        low = 0.0 if sort_of(arg) is not Scalar.INT else -math.inf
        return Interval(low, math.inf, False)
