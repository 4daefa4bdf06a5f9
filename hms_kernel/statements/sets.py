"""Sets that can be spelled out: intervals, ranges, filters, lists. A set is never a term of the core.

Membership becomes a proposition, a sum over a set becomes a sum over an interval with a
condition inside. Sets as variables stay outside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from hms_kernel.statements import complexes
from hms_kernel.statements.inference import (
    COMPLEX,
    Env,
    Local,
    Ty,
    Typed,
    Value,
    complex_number,
    ensure,
    rank,
    resolve,
    unify,
    variable,
)
from hms_kernel.statements.operators import compare, logic, numeral, successor
from hms_kernel.statements.records import composite
from hms_kernel.statements.terms import Big, Fin, Ite, Logic, Num, Scalar, Sort, Term
from hms_kernel.statements.tokens import Token

Predicate = Callable[[Typed], Typed]


@dataclass(frozen=True, eq=False)
class Collection:
    """Elements ``x`` of ``element`` with all ``bounds`` and all ``conditions``."""

    element: Ty
    at: Token
    finite: bool  # a Finset, not a Set
    bounds: tuple[
        tuple[str, Typed], ...
    ] = ()  # ("≤", low) low ≤ x; ("<", low); (">", high) x < high; ("≥", high)
    conditions: tuple[Predicate, ...] = ()
    items: tuple[Typed, ...] | None = None

    def where(self, condition: Predicate) -> Collection:
        """The subset satisfying a condition."""
        return replace(self, conditions=(*self.conditions, condition))

    def has(self, element: Typed) -> Typed:
        """The proposition ``element ∈ self``."""
        at = element.at
        if not unify(element.ty, self.element):
            if rank(element.ty) >= 0 and rank(self.element) >= 0:
                at.unsupported("membership that needs a cast; write the cast")
            ensure(element, self.element)
        parts: list[Typed] = []
        if self.items is not None:
            parts.append(_joined("∨", [compare("=", element, i, at) for i in self.items], at))
        for op, bound in self.bounds:
            parts.append(
                compare(op, bound, element, at)
                if op in ("≤", "<")
                else compare({">": "<", "≥": "≤"}[op], element, bound, at)
            )
        parts += [condition(element) for condition in self.conditions]
        if not parts:
            return Typed(Scalar.PROP, at, lambda env: Logic("True", span=at.span))
        return _joined("∧", parts, at)

    def fold(self, op: str, local: Local, body: Typed, at: Token) -> Typed:
        """``∑``/``∏`` of ``body`` over the elements, bound to ``local``.

        Raises:
            UnsupportedStatement: when built, if the elements cannot be counted through.
        """
        if not self.finite:
            at.unsupported("a sum over a Set (only a Finset is finite)")
        if self.items is not None:
            at.unsupported("a sum over a listed set {a, b, …}")
        test = None
        if self.conditions:
            tests = [condition(variable(local, at)) for condition in self.conditions]
            test = _joined("∧", tests, at)
        low = high = None
        for kind, bound in self.bounds:
            match kind:
                case "≤":
                    low = bound
                case "<":
                    low = successor(bound)
                case ">":
                    high = bound
                case "≥":
                    high = successor(bound)
        if low is None and high is not None and resolve(self.element) is Scalar.NAT:
            low = numeral(0, Scalar.NAT, at)

        def build(env: Env) -> Value:
            sort = None if composite(self.element) else env.sort(self.element, self.at)
            if isinstance(sort, Fin):
                if self.bounds:
                    self.at.unsupported("intervals in Fin")
            elif sort not in (Scalar.NAT, Scalar.INT):
                self.at.unsupported(
                    "a finite interval outside ℕ and ℤ; type its end, as in (1 : ℕ)"
                )
            elif low is None or high is None:
                self.at.invalid("this set of indices is not finite")
            floor = low.term(env) if low else None
            ceiling = high.term(env) if high else None

            def total(part: Callable[[Env], Term], result: Sort) -> Term:
                var, inner = env.introduce(local, at)
                value = part(inner)
                if test is not None:
                    neutral = Num(Fraction(0 if op == "∑" else 1), result, span=at.span)
                    value = Ite(test.term(inner), value, neutral, result, span=at.span)
                return Big(op, var, value, result, floor, ceiling, span=at.span)

            if resolve(body.ty) is COMPLEX and op == "∑":
                parts = (total(_part(body, index), Scalar.REAL) for index in (0, 1))
                return complex_number(*parts)
            result = env.sort(body.ty, at)
            if result not in (Scalar.NAT, Scalar.INT, Scalar.RAT, Scalar.REAL):
                body.at.unsupported("a sum of something that is no number")
            return total(body.term, result)

        return Typed(body.ty, at, build)


def _part(body: Typed, index: int) -> Callable[[Env], Term]:
    return lambda env: complexes.pair(body.build(env))[index]


def _joined(op: str, parts: list[Typed], at: Token) -> Typed:
    result = parts[-1]
    for part in reversed(parts[:-1]):
        result = logic(op, part, result, at=at)
    return result


def below(size: Typed, at: Token) -> Collection:
    """``Finset.range size``."""
    return Collection(Scalar.NAT, at, True, ((">", size),))


def cardinality(collection: Collection, at: Token) -> Typed:
    """``Finset.card``: a sum of ones."""
    local = Local("x", collection.element)
    one = Typed(Scalar.NAT, at, lambda env: Num(Fraction(1), Scalar.NAT, span=at.span))
    return collection.fold("∑", local, one, at)
