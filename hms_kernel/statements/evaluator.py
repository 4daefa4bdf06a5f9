"""The exact evaluator: Lean's semantics, one work limit per evaluation. Shares no code with any prover.

``Undecided`` is raised rather than a guess made: a quantifier without bounds, a root
that does not simplify, or more work than a replay should be.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from hms_kernel.statements import surds
from hms_kernel.statements.arithmetic import arithmetic, compare, decided, is_prime
from hms_kernel.statements.doubt import Exhausted, Undecided
from hms_kernel.statements.intervals import order
from hms_kernel.statements.ranges import candidates
from hms_kernel.statements.surds import Mixed, Number, Surd
from hms_kernel.statements.tables import Table, call
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Big,
    Cast,
    Fin,
    Ite,
    Logic,
    Num,
    Op,
    Pred,
    Quant,
    Rel,
    Scalar,
    Sort,
    Term,
    Var,
)

MAX_WORK = 400_000  # steps of one evaluation; a step on large numbers counts for more
MAX_BITS = 65_536  # of any number on the way


Function = Callable[[Any], Any] | Sequence[Any] | Table
Env = Mapping[str, Any]


class Evaluator:
    """One evaluation with its work limit."""

    def __init__(self, work: int = MAX_WORK) -> None:
        self._work = work

    def spend(self, cost: int = 1) -> None:
        """Count work.

        Raises:
            Exhausted: the limit is reached.
        """
        self._work -= cost
        if self._work < 0:
            raise Exhausted("the evaluation takes too many steps")

    def admit(self, var: Var, env: Env) -> None:
        """Check that a variable's value belongs to its sort, as far as a function can be checked.

        Raises:
            Undecided: it does not.
        """
        value, sort = env[var.name], var.sort
        if sort is Scalar.PROP:
            if not isinstance(value, bool):
                raise Undecided(f"{value!r} where a truth value should be")
        elif isinstance(sort, Arrow):
            self._admit_function(value, sort, env)
        else:
            self._measured(value, sort, env)

    def _admit_function(self, value: Any, sort: Arrow, env: Env) -> None:
        if isinstance(value, str) or not (callable(value) or isinstance(value, Sequence | Table)):
            raise Undecided(f"{value!r} where a function should be")
        if not isinstance(value, Sequence):
            return
        if isinstance(sort.domain, Fin) and len(value) != self.integer(sort.domain.size, env):
            raise Undecided(f"{len(value)} values for a function on another Fin")
        for entry in value:
            if isinstance(sort.codomain, Arrow):
                self._admit_function(entry, sort.codomain, env)
            elif sort.codomain is not Scalar.PROP:
                self._measured(entry, sort.codomain, env)

    # --- numbers ---------------------------------------------------------------

    def number(self, term: Term, env: Env) -> Number:
        """The value of a numeric term, possibly a surd."""
        self.spend()
        if getattr(term, "sort", None) is Scalar.FLOAT:
            raise Undecided("a Float where an exact number should be")
        match term:
            case Num(value=value):
                return value
            case Var() | Apply():
                return self._measured(self._value(term, env), term.sort, env)
            case Cast(arg=arg):
                return self.number(arg, env)
            case Op():
                return self._operation(term, env)
            case Ite(cond=cond, yes=yes, no=no):
                return self.number(yes if self.truth(cond, env) else no, env)
            case Big():
                return self._big(term, env)
            case _:
                raise Undecided("a proposition where a number should be")

    def rational(self, term: Term, env: Env) -> Fraction:
        """The value of a term that must be rational."""
        value = self.number(term, env)
        if isinstance(value, Surd):
            raise Undecided(f"the irrational {value} in a place where it cannot be used")
        return value

    def integer(self, term: Term, env: Env) -> int:
        """The value of a term of an integer sort."""
        value = self.rational(term, env)
        if value.denominator != 1:
            raise Undecided(f"{value} where an integer should be")
        return value.numerator

    def _value(self, term: Term, env: Env) -> Any:
        """A variable or an application: a number, a truth value or a function."""
        if isinstance(term, Var):
            if term.name not in env:
                raise Undecided(f"no value for '{term.name}'")
            return env[term.name]
        if isinstance(term, Apply):
            self.spend()
            fn = self._value(term.fn, env)
            if isinstance(term.arg, Var | Apply) and isinstance(term.arg.sort, Arrow):
                return call(fn, self._value(term.arg, env))
            if getattr(term.arg, "sort", Scalar.PROP) is Scalar.PROP:
                return call(fn, self.truth(term.arg, env))
            return call(fn, self.rational(term.arg, env))
        raise Undecided("a function that is no variable")

    def _measured(self, value: Any, sort: Sort, env: Env) -> Number:
        """A value from outside, checked against the sort it claims."""
        if sort is Scalar.FLOAT:
            raise Undecided("a Float where an exact number should be")
        if isinstance(value, bool) or not isinstance(value, int | Fraction | Surd):
            raise Undecided(f"{value!r} where a number should be")
        if isinstance(value, Surd):
            if sort is not Scalar.REAL:
                raise Undecided(f"{value} is not in {getattr(sort, 'value', 'Fin')}")
            return value
        exact = Fraction(value)
        if sort in (Scalar.REAL, Scalar.RAT):
            return exact
        if exact.denominator != 1 or (exact < 0 and sort is not Scalar.INT):
            raise Undecided(
                f"{exact} is not in {sort.value if isinstance(sort, Scalar) else 'Fin'}"
            )
        if isinstance(sort, Fin) and exact >= self.integer(sort.size, env):
            raise Undecided(f"{exact} is not in this Fin")
        return exact

    def _operation(self, term: Op, env: Env) -> Number:
        op, sort = term.op, term.sort
        match op:
            case "sqrt":
                return self._root(self.number(term.args[0], env))
            case "floor" | "nat_floor" | "ceil" | "nat_ceil":
                value = self.number(term.args[0], env)
                whole = -surds.floor(surds.negate(value)) if "ceil" in op else surds.floor(value)
                return Fraction(max(0, whole) if op.startswith("nat") else whole)
            case "^":
                return self._power(self.number(term.args[0], env), self.integer(term.args[1], env))
            case "natAbs" | "toNat" | "gcd" | "lcm" | "factorial" | "nat_sqrt":
                return Fraction(self._integral(op, [self.integer(arg, env) for arg in term.args]))
        values = [self.number(arg, env) for arg in term.args]
        try:
            return self._small(arithmetic(op, values, sort))
        except Mixed:
            raise Undecided("different square roots in one expression") from None

    def _small(self, value: Number) -> Number:
        parts = (value.a, value.b) if isinstance(value, Surd) else (value,)
        bits = sum(p.numerator.bit_length() + p.denominator.bit_length() for p in parts)
        self.spend(bits // 256)
        if bits > MAX_BITS:
            raise Exhausted("a number grows too large")
        return value

    def _root(self, value: Number) -> Number:
        if isinstance(value, Surd):
            if surds.sign(value) < 0:
                return Fraction(0)
            raise Undecided("a square root of an irrational number")
        return surds.root(value)

    def _power(self, base: Number, exponent: int) -> Number:
        if exponent < 0:
            base, exponent = surds.invert(base), -exponent
        if base in (0, 1) and exponent > 0:
            return base
        if base == -1:
            return Fraction(-1 if exponent % 2 else 1)
        parts = (base.a, base.b) if isinstance(base, Surd) else (base,)
        bits = sum(p.numerator.bit_length() + p.denominator.bit_length() for p in parts)
        if exponent * bits > MAX_BITS:
            raise Exhausted("a power is too large to compute")
        if isinstance(base, Fraction):
            return self._small(base**exponent)
        result: Number = Fraction(1)
        for _ in range(exponent):
            result = self._small(surds.multiply(result, base))
        return result

    def _integral(self, op: str, args: list[int]) -> int:
        match op:
            case "natAbs":
                return abs(args[0])
            case "toNat":
                return max(0, args[0])
            case "gcd":
                return math.gcd(*args)
            case "lcm":
                return math.lcm(*args)
            case "nat_sqrt":
                return math.isqrt(args[0])
            case _:
                if args[0] > 3000:
                    raise Exhausted("a factorial is too large to compute")
                self.spend(args[0])
                return math.factorial(args[0])

    def _big(self, term: Big, env: Env) -> Number:
        total: Number = Fraction(0 if term.op == "∑" else 1)
        combine = surds.add if term.op == "∑" else surds.multiply
        for index in self.indices(term, env):
            self.spend()
            value = self.number(term.body, {**env, term.var.name: Fraction(index)})
            try:
                total = self._small(combine(total, value))
            except Mixed:
                raise Undecided("different square roots in one expression") from None
        return total

    def indices(self, term: Big, env: Env) -> range:
        """What a sum or product runs over.

        Raises:
            Exhausted: more than this evaluation can still afford.
        """
        if term.low is not None and term.high is not None:
            found = range(self.integer(term.low, env), self.integer(term.high, env))
        elif isinstance(term.var.sort, Fin):
            found = range(self.integer(term.var.sort.size, env))
        else:
            raise Undecided("a sum without ends")
        if found.stop - found.start > self._work:
            raise Exhausted("a sum of too many terms to compute")
        return found

    # --- propositions ------------------------------------------------------------

    def truth(self, prop: Term, env: Env) -> bool:
        """Whether a proposition holds; undecided parts matter only if they must."""
        self.spend()
        match prop:
            case Rel():
                return self._relation(prop, env)
            case Logic():
                return self._logic(prop, env)
            case Quant():
                return self._quantifier(prop, env)
            case Pred(name=name, args=(arg,)):
                return self._predicate(name, self.integer(arg, env))
            case Var() | Apply():
                value = self._value(prop, env)
                if not isinstance(value, bool):
                    raise Undecided(f"{value!r} where a truth value should be")
                return value
            case Ite(cond=cond, yes=yes, no=no):
                return self.truth(yes if self.truth(cond, env) else no, env)
            case _:
                raise Undecided("a term that is no proposition")

    def _relation(self, rel: Rel, env: Env) -> bool:
        if rel.op == "∣":
            divisor, number = self.integer(rel.left, env), self.integer(rel.right, env)
            return number % divisor == 0 if divisor else number == 0
        try:
            sign = compare(self.number(rel.left, env), self.number(rel.right, env))
        except Exhausted:
            raise
        except Undecided:
            sign = order(self, rel.left, rel.right, env)
        return decided(rel.op, sign)

    def _logic(self, prop: Logic, env: Env) -> bool:
        match prop.op, prop.args:
            case "True", _:
                return True
            case "False", _:
                return False
            case "¬", (arg,):
                return not self.truth(arg, env)
            case "↔", (left, right):
                return self.truth(left, env) == self.truth(right, env)
        # Flattened by a loop: conjunctions of a hundred parts are common.
        doubt: Undecided | None = None
        for part, negated in _parts(prop):
            try:
                value = self.truth(part, env) != negated
            except Exhausted:
                raise
            except Undecided as reason:
                doubt = doubt or reason
                continue
            if prop.op == "∧" and not value:
                return False
            if prop.op != "∧" and value:
                return True
        if doubt is not None:
            raise doubt
        return prop.op == "∧"

    def _predicate(self, name: str, number: int) -> bool:
        match name:
            case "Even":
                return number % 2 == 0
            case "Odd":
                return number % 2 == 1
            case "Nat.Prime":
                return is_prime(number)
        raise Undecided(f"the predicate {name}")

    def _quantifier(self, prop: Quant, env: Env) -> bool:
        wanted = prop.op == "∃"
        return wanted if self.deciding(prop, env) is not None else not wanted

    def deciding(self, prop: Quant, env: Env) -> Any:
        """The value that settles a quantifier early: a witness of ``∃``, a breach of ``∀``; else None.

        Raises:
            Undecided: no such value was found, and not all could be tried.
        """
        wanted = prop.op == "∃"
        tries, complete = candidates(self, prop, env)
        doubt: Undecided | None = None
        for value in tries:
            self.spend()
            try:
                if self.truth(prop.body, {**env, prop.var.name: value}) == wanted:
                    return value
            except Exhausted:
                raise
            except Undecided as reason:
                doubt = doubt or reason
        if doubt is not None:
            raise doubt
        if not complete:
            raise Undecided(f"'{prop.op} {prop.var.name}' runs over more values than can be tried")
        return None


def _parts(prop: Logic) -> Iterator[tuple[Term, bool]]:
    """Operands of a chain of one connective; premises of ``→`` come negated, as in ``¬p ∨ q``."""
    term: Term = prop
    while isinstance(term, Logic) and term.op == prop.op:
        yield term.args[0], prop.op == "→"
        term = term.args[1]
    yield term, False
