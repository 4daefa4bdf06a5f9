"""The ``induction`` transform: base case and step for a natural number that decides the shape. Guesses no lemma.

Sums up to n, powers with n in the exponent and factorials of n are followed from n to
n + 1 by their recurrences and are opaque numbers otherwise, which only forgets.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hms_kernel.backends.sequent import (
    Sequent,
    free_names,
    rebuild,
    shape_variables,
    substitute,
    walk,
)
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
    Term,
    Var,
    sort_of,
)

Oblige = Callable[[Sequent], bool]

NAT = Scalar.NAT
MAX_SHIFT = 4
STARTS = 5  # small values of n at which opaque numbers are known


def induction(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """Base and step in the one variable that decides the shape.

    Returns the sequent itself where there is not exactly one, or where it sizes a type.
    """
    shape = shape_variables(sequent)
    if len(shape) != 1 or _sizes_a_type(sequent, shape[0]):
        return [sequent]
    n = shape[0]
    others = tuple(var for var in sequent.variables if var != n)
    about = tuple(fact for fact in sequent.facts if n.name in free_names(fact))
    rest = tuple(fact for fact in sequent.facts if n.name not in free_names(fact))
    zero = {n.name: _nat(0)}
    base = Sequent(
        others,
        (*rest, *(substitute(fact, zero) for fact in about)),
        substitute(sequent.claim, zero),
    )
    following = {n.name: Op("+", (n, _nat(1)), NAT)}
    hypothesis = Logic("→", (*about, sequent.claim)) if about else sequent.claim
    step = Sequent(
        sequent.variables,
        (*rest, hypothesis, *(substitute(fact, following) for fact in about)),
        substitute(sequent.claim, following),
    )
    return [base, _Unwinding(n, sequent.variables).sequent(step)]


def _sizes_a_type(sequent: Sequent, n: Var) -> bool:
    """Whether other variables or quantifiers depend on n through their sort."""
    bare = Sequent(sequent.variables, (), Logic("True"))
    if n in shape_variables(bare):
        return True
    return any(
        isinstance(part, Quant | Big)
        and n in shape_variables(Sequent((n, part.var), (), Logic("True")))
        for prop in (*sequent.facts, sequent.claim)
        for part in walk(prop)
    )


class _Unwinding:
    """Replaces what n decides by recurrences down to n, and by opaque numbers there."""

    def __init__(self, n: Var, variables: tuple[Var, ...]) -> None:
        self.n = n
        self.names = {var.name for var in variables}
        self.opaque: dict[Term, Var] = {}
        self.facts: list[Term] = []

    def sequent(self, step: Sequent) -> Sequent:
        changed = step.mapped(lambda prop: rebuild(prop, self.change))
        variables = (*changed.variables, *self.opaque.values())
        return Sequent(variables, (*changed.facts, *self.facts), changed.claim)

    def change(self, part: Term) -> Term | None:
        match part:
            case Big(op=op, var=var, body=body, sort=sort, low=low, high=high) if (
                low is not None and high is not None and self._closed(part)
            ):
                shift = self._shift(high)
                if shift is None or self.n.name in free_names(low):
                    return None
                return self._unwound(op, var, body, sort, low, shift)
            case Op(op="^", args=(base, exponent), sort=sort) if self._closed(part):
                linear = self._linear(exponent)
                if (
                    linear is None
                    or self.n.name in free_names(base)
                    or sort_of(exponent) is not NAT
                ):
                    return None
                return self._power(rebuild(base, self.change), *linear, sort)
            case Op(op="factorial", args=(inner,)) if self._closed(part):
                shift = self._shift(inner)
                if shift is None or shift < 0:
                    return None
                total: Term = self._number(Op("factorial", (self.n,), NAT), NAT)
                self._note(Rel("≤", _nat(1), total))
                self._note_starts(total, lambda k: Op("factorial", (_nat(k),), NAT))
                for k in range(1, shift + 1):
                    total = Op("*", (Op("+", (self.n, _nat(k)), NAT), total), NAT)
                return total
        return None

    def _closed(self, part: Term) -> bool:
        """Whether n is in it, and no variable that is bound further out: that has no one value."""
        bound = {inner.var.name for inner in walk(part) if isinstance(inner, Big | Quant)}
        free = set(free_names(part)) - bound
        return self.n.name in free and free <= self.names

    def _unwound(
        self, op: str, var: Var, body: Term, sort: object, low: Term, shift: int
    ) -> Term | None:
        """∑ over low ≤ var < n + shift, from the one over low ≤ var < n."""
        if not 0 <= shift <= MAX_SHIFT or var.sort not in (NAT, Scalar.INT):
            return None
        if any(name != self.n.name for name in free_names(low)):
            return None
        if self.n.name in free_names(body):
            return None  # the terms change with n as well
        assert isinstance(sort, Scalar)
        whole = Big(op, var, body, sort, low, self._index(var, 0))
        total: Term = self._number(whole, sort)
        join, neutral = ("+", 0) if op == "∑" else ("*", 1)
        self._note(
            Logic(
                "→",
                (
                    Rel("≤", self._index(var, 0), low),
                    Rel("=", total, Num(Fraction(neutral), sort)),
                ),
            )
        )
        for k in range(shift):
            index = self._index(var, k)
            last = rebuild(substitute(body, {var.name: index}), self.change)
            total = Ite(Rel("≤", low, index), Op(join, (total, last), sort), total, sort)
        return total

    def _index(self, var: Var, shift: int) -> Term:
        """n + shift as an index."""
        index: Term = Op("+", (self.n, _nat(shift)), NAT) if shift else self.n
        return index if var.sort is NAT else Cast(index, var.sort)

    def _power(self, base: Term, factor: int, shift: int, sort: object) -> Term:
        """base ^ (factor · n + shift) as an opaque power times a known one."""
        assert isinstance(sort, Scalar)
        part: Term = self._number(Op("^", (base, self.n), sort), sort)
        if isinstance(base, Num) and base.value >= 1:
            self._note(Rel("≤", Num(Fraction(1), sort), part))
        self._note_starts(part, lambda k: Op("^", (base, _nat(k)), sort))
        result: Term = Num(Fraction(1), sort)
        for _ in range(factor):
            result = Op("*", (result, part), sort)
        return Op("*", (result, Op("^", (base, _nat(shift)), sort)), sort)

    def _number(self, term: Term, sort: Scalar) -> Var:
        return self.opaque.setdefault(term, Var(f"opaque!{len(self.opaque)}", sort))

    def _note_starts(self, opaque: Term, value: Callable[[int], Term]) -> None:
        """What it is should n be small here: a claim may begin to hold only later."""
        for k in range(STARTS):
            known = Rel("=", opaque, value(k))
            self._note(Logic("→", (Rel("=", self.n, _nat(k)), known)))

    def _note(self, fact: Term) -> None:
        if fact not in self.facts:
            self.facts.append(fact)

    def _shift(self, term: Term) -> int | None:
        """c of ``n + c``."""
        linear = self._linear(term)
        return linear[1] if linear is not None and linear[0] == 1 else None

    def _linear(self, term: Term) -> tuple[int, int] | None:
        """(a, c) of ``a * n + c`` with small naturals."""
        match term:
            case Num(value=value) if value.denominator == 1 and 0 <= value <= 64:
                return 0, int(value)
            case Var(name=name) if name == self.n.name:
                return 1, 0
            case Cast(arg=arg):
                return self._linear(arg)
            case Op(op="+", args=(left, right)):
                one, other = self._linear(left), self._linear(right)
                return None if not one or not other else (one[0] + other[0], one[1] + other[1])
            case Op(op="*", args=(left, right)):
                one, other = self._linear(left), self._linear(right)
                if not one or not other or (one[0] and other[0]):
                    return None
                constant, inner = (one[1], other) if not one[0] else (other[1], one)
                return (
                    (constant * inner[0], constant * inner[1])
                    if constant <= MAX_SHIFT * 4
                    else None
                )
        return None


def _nat(value: int) -> Num:
    return Num(Fraction(value), NAT)
