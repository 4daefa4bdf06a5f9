"""Facts with their proofs: comparisons brought to their sharpest form, conjunctions, alternatives. Reads no terms.

It follows ``certificates.polynomials``: where that says which fact results, this says why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Self, TypeAlias

from hms_kernel.backends.lean.rendering.equations import chained, equal, pushed
from hms_kernel.backends.lean.rendering.meaning import Meaning, embedded
from hms_kernel.backends.lean.rendering.trees import (
    INT,
    NAT,
    Leaf,
    Numeral,
    Tree,
    add,
    identity,
    mul,
    poly_of,
    sub,
    text,
)
from hms_kernel.certificates.polynomials import (
    FALSE,
    TRUE,
    And,
    Compare,
    Formula,
    Or,
    Poly,
    both,
    compare,
    either,
    number,
)

Proved: TypeAlias = "tuple[Formula, str]"
# What a relation, or its negation, says of the difference, and the lemma.
SAYS = {
    ("=", True): ("=", "zero_of_eq"), ("=", False): ("≠", "ne_zero_of_ne"),
    ("≠", True): ("≠", "ne_zero_of_ne"), ("≠", False): ("=", "zero_of_not_ne"),
    ("≤", True): ("≥", "nonneg_of_le"), ("≤", False): (">", "pos_of_not_le"),
    ("<", True): (">", "pos_of_lt"), ("<", False): ("≥", "nonneg_of_not_lt"),
}  # fmt: skip
NAMES = {"≥": "nonneg", ">": "pos", "=": "zero", "≠": "ne"}  # of lemmas about such facts
OF_NATURALS = {"=": "nat_eq", "≠": "nat_ne", "≤": "nat_le", "<": "nat_lt"}


class Facts:
    """Derives facts from facts."""

    def __init__(self, meaning: Meaning, names: Iterator[str]) -> None:
        self.meaning = meaning
        self._names = names

    def fresh(self) -> str:
        """A name that nothing else has."""
        return next(self._names)

    def under(self, meaning: Meaning) -> Self:
        """The same where other names are known."""
        return type(self)(meaning, self._names)

    # --- comparisons ---------------------------------------------------------------

    def relation(self, op: str, left: Tree, right: Tree, ring: str, proof: str, positive: bool = True) -> Proved:  # fmt: skip
        """``left op right``, or its negation, as a fact about their difference."""
        if op in (">", "≥"):
            left, right, op = right, left, {">": "<", "≥": "≤"}[op]
        if ring == NAT:
            left, right = self.cast(left, NAT, INT), self.cast(right, NAT, INT)
            proof = f"(HMS.Steps.{'' if positive else 'not_'}{OF_NATURALS[op]} {proof})"
            ring = INT
        result, lemma = SAYS[op, positive]
        difference = sub(right, left) if positive and op in ("≤", "<") else sub(left, right)
        poly = poly_of(difference)
        reason = equal(difference, self.meaning.tree(poly, ring), self.meaning, ring)
        return self.settled(result, poly, ring, f"(HMS.Steps.{lemma} {proof} {reason})")

    def settled(self, op: str, poly: Poly, ring: str, proof: str) -> Proved:
        """``poly op 0``, proved in a ring, as the checker states it."""
        fact = compare(op, poly)
        if fact == TRUE:
            return fact, "True.intro"
        if fact == Compare(op, poly) and self.meaning.ring(poly) == ring:
            return fact, proof
        if poly.constant is not None:
            tree = self.meaning.tree(poly, ring)
            return fact, self.impossible(op, tree, poly.constant, ring, proof)
        scale = math.lcm(*(c.denominator for c in poly.terms.values()))
        whole = poly.scaled(Fraction(scale))
        if ring != INT:
            proof = f"(HMS.Steps.whole_{NAMES[op]} {scale} rfl {proof} {self._whole(poly, whole, scale, ring)})"  # fmt: skip
        return fact, self._tightened(op, whole, fact, proof)

    def impossible(self, op: str, tree: Tree, value: Fraction, ring: str, proof: str) -> str:
        """A proof of False from ``tree op 0`` where the tree has a value that does not allow it."""
        scaled = mul(Numeral(value.denominator), tree)
        if op == "≠":
            return f"({proof} {identity(tree, Numeral(0), ring)})"
        if op == "=" and value > 0:
            reason = identity(scaled, Numeral(value.numerator), ring)
            return (
                f"(HMS.Steps.not_zero {value.denominator} {value.numerator} rfl {proof} {reason})"
            )
        lemma = {"≥": "not_nonneg", ">": "not_pos", "=": "not_zero'"}[op]
        reason = identity(add(scaled, Numeral(-value.numerator)), Numeral(0), ring)
        return f"(HMS.Steps.{lemma} {value.denominator} {-value.numerator} rfl {proof} {reason})"

    def _whole(self, poly: Poly, whole: Poly, scale: int, ring: str) -> str:
        scaled = mul(Numeral(scale), self.meaning.tree(poly, ring))
        first = identity(scaled, self.meaning.tree(whole, ring), ring)
        return chained([first, f"(Eq.symm {self.pushed(whole, INT, ring)})"])

    def _tightened(self, op: str, poly: Poly, fact: Formula, proof: str) -> str:
        """From ``poly op 0`` in ``Int``, with whole coefficients, to the sharpest form."""
        constant = poly.terms.get((), Fraction(0))
        rest = poly - number(constant)
        divisor = math.gcd(*(int(c) for c in rest.terms.values()))
        tree = self.meaning.tree(poly, INT)
        if fact == FALSE:
            below = rest.scaled(Fraction(1, divisor)) + number(constant // divisor)
            left = int(constant % divisor)
            target = add(mul(Numeral(divisor), self.meaning.tree(below, INT)), Numeral(left))
            return f"(HMS.Steps.indivisible {divisor} {left} rfl rfl {proof} {identity(tree, target, INT)})"  # fmt: skip
        assert isinstance(fact, Compare)
        goal = self.meaning.tree(fact.poly, INT)
        if op in ("=", "≠"):
            if fact.poly == poly:
                return proof
            return f"(HMS.Steps.scaled_{NAMES[op]} {divisor} rfl {proof} {identity(tree, mul(Numeral(divisor), goal), INT)})"  # fmt: skip
        if op == ">":
            tree, poly = sub(tree, Numeral(1)), poly - number(1)
            proof = f"(HMS.Steps.one_le {proof})"
        elif fact.poly == poly:
            return proof
        left = int((poly - fact.poly.scaled(Fraction(divisor))).constant or 0)
        target = add(mul(Numeral(divisor), goal), Numeral(left))
        return f"(HMS.Steps.tightened {divisor} {left} rfl {proof} {identity(tree, target, INT)})"

    # --- numbers of one ring in another ------------------------------------------------

    def cast(self, tree: Tree, own: str, ring: str) -> Tree:
        """A tree of one ring as a number of another."""
        if own == ring:
            return tree
        poly = poly_of(tree)
        written = embedded(text(tree, own), own, ring)
        target = self.meaning.tree(poly, ring)
        if isinstance(target, Leaf) and target.text == written:
            return target
        steps = []
        if (proof := self.canonical(tree, own)) is not None:
            hole = embedded(self.meaning.hole, own, ring)
            steps.append(f"(congrArg (fun ({self.meaning.hole} : {own}) => {hole}) {proof})")
        steps.append(self.pushed(poly, own, ring))
        return Leaf(written, poly, chained(steps))

    def canonical(self, tree: Tree, ring: str) -> str | None:
        """A proof that a tree equals its polynomial as everybody writes it; None if it is written so."""
        target = self.meaning.tree(poly_of(tree), ring)
        if text(tree, ring) == text(target, ring):
            return None
        return equal(tree, target, self.meaning, ring)

    def pushed(self, poly: Poly, own: str, ring: str) -> str:
        """A proof that a polynomial of one ring is, in another, the same polynomial."""
        return pushed(poly, own, ring, self.meaning)

    # --- conjunctions and alternatives ---------------------------------------------------

    def both(self, parts: Sequence[Proved]) -> Proved:
        """All of them at once."""
        fact = both([formula for formula, _ in parts])
        if fact == FALSE:
            return fact, next(proof for formula, proof in parts if formula == FALSE)
        flat: list[str] = []
        for formula, proof in parts:
            if isinstance(formula, And):
                flat += [projection(proof, at, len(formula.parts)) for at in range(len(formula.parts))]  # fmt: skip
            else:
                flat.append(proof)
        if not flat:
            return fact, "True.intro"
        result = flat[-1]
        for proof in reversed(flat[:-1]):
            result = f"(And.intro {proof} {result})"
        return fact, result

    def either(self, proof: str, parts: Sequence[tuple[str, Callable[[str], Proved]]]) -> Proved:
        """From a proof of a disjunction: each part is a proposition, and what follows from it."""
        names = [self.fresh() for _ in parts]
        found = [follows(name) for name, (_, follows) in zip(names, parts, strict=True)]
        fact = either([formula for formula, _ in found])
        if fact == TRUE:
            return fact, "True.intro"
        total = len(fact.parts) if isinstance(fact, Or) and len(fact.parts) != 1 else 1
        cases, at = [], 0
        for name, (given, _), (formula, reason) in zip(names, parts, found, strict=True):
            if formula == FALSE:
                body = f"False.elim {reason}"
            elif isinstance(formula, Or):
                size = len(formula.parts)
                body = self._spread(reason, formula, range(at, at + size), total)
                at += size
            else:
                body = injection(reason, at, total)
                at += 1
            cases.append(f"(fun ({name} : {given}) => {body})")
        return fact, self.eliminated(proof, cases)

    def _spread(self, proof: str, formula: Or, places: range, total: int) -> str:
        cases = []
        for part, at in zip(formula.parts, places, strict=True):
            name = self.fresh()
            cases.append(f"(fun ({name} : {self.meaning.fact(part)}) => {injection(name, at, total)})")  # fmt: skip
        return self.eliminated(proof, cases)

    def eliminated(self, proof: str, cases: Sequence[str]) -> str:
        """Case by case, over a disjunction that nests to the right."""
        if len(cases) == 1:
            return f"({cases[0]} {proof})"
        if len(cases) == 2:
            return f"(Or.elim {proof} {cases[0]} {cases[1]})"
        name = self.fresh()
        rest = self.eliminated(name, cases[1:])
        return f"(Or.elim {proof} {cases[0]} (fun {name} => {rest}))"


def projection(proof: str, at: int, total: int) -> str:
    """One part of a conjunction."""
    result = proof
    for _ in range(at):
        result = f"(And.right {result})"
    return result if at == total - 1 else f"(And.left {result})"


def injection(proof: str, at: int, total: int) -> str:
    """One part as a disjunction."""
    result = proof if at == total - 1 else f"(Or.inl {proof})"
    for _ in range(at):
        result = f"(Or.inr {result})"
    return result
