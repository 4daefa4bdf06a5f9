"""Products and multiples of facts added up to what cannot be: one Lean proof by lemmas and one identity."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from hms_kernel.backends.lean.rendering.context import Known
from hms_kernel.backends.lean.rendering.facts import NAMES
from hms_kernel.backends.lean.rendering.trees import (
    INT,
    NAT,
    NotRendered,
    Numeral,
    Tree,
    add,
    mul,
    poly_of,
    text,
)
from hms_kernel.certificates import polynomials
from hms_kernel.certificates.checker import fraction
from hms_kernel.certificates.language import Combination, Product
from hms_kernel.certificates.polynomials import Compare, Poly, of


@dataclass(frozen=True)
class Signed:
    """A number that is positive, or at least not negative, and the proof."""

    tree: Tree
    proof: str
    strict: bool

    def weaker(self) -> str:
        """A proof that it is not negative."""
        return f"(le_of_lt {self.proof})" if self.strict else self.proof


def contradiction(known: Known, combination: Combination) -> str:
    """A proof of False."""
    return _Combining(known, combination).proof()


class _Combining:
    def __init__(self, known: Known, combination: Combination) -> None:
        self.known = known
        self.reader = known.reader
        self.combination = combination
        self.ring = self._ring()

    def proof(self) -> str:
        scale = Fraction(self._scale())
        sum_: Signed | None = None
        for product in self.combination.products:
            part = self._product(product, scale)
            sum_ = part if sum_ is None else self._plus(sum_, part)
        if sum_ is None:
            sum_ = Signed(Numeral(0), "(le_refl _)", False)
        meaning = self.reader.meaning
        for multiple in self.combination.multiples:
            fact, proof = self._fact(multiple.fact)
            factor = meaning.tree(self.known.polynomial(multiple.by).scaled(scale), self.ring)
            tree = meaning.tree(fact.poly, self.ring)
            lemma = "pos_add_zero" if sum_.strict else "nonneg_add_zero"
            proof = f"(HMS.Steps.{lemma} {text(factor, self.ring)} {sum_.proof} {proof})"
            sum_ = Signed(add(sum_.tree, mul(factor, tree)), proof, sum_.strict)
        value = poly_of(sum_.tree).constant
        if value is None:
            raise NotRendered("a combination that is no number")
        return self.reader.impossible(">" if sum_.strict else "≥", sum_.tree, value, self.ring, sum_.proof)  # fmt: skip

    def _polynomials(self) -> Iterator[Poly]:
        for product in self.combination.products:
            yield from map(self.known.polynomial, product.squares)
            for name in product.facts:
                yield self._poly(name)
        for multiple in self.combination.multiples:
            yield self._poly(multiple.fact)
            yield self.known.polynomial(multiple.by)

    def _poly(self, name: str) -> Poly:
        fact = self.known.facts.get(name)
        if isinstance(fact, Compare):
            return fact.poly
        return of(self.known.atom(name.removesuffix(" ≥ 0")))

    def _ring(self) -> str:
        if all(poly.over_integers for poly in self._polynomials()):
            return INT
        return self.reader.meaning.ring_of(polynomials.FIELD)

    def _scale(self) -> int:
        """By what everything is multiplied so that no fraction is left in what we choose."""
        numbers = []
        for product in self.combination.products:
            numbers.append(fraction(product.times) / self._shrunk(product))
        for multiple in self.combination.multiples:
            numbers += self.known.polynomial(multiple.by).terms.values()
        return math.lcm(*(value.denominator for value in numbers))

    def _shrunk(self, product: Product) -> Fraction:
        """By what the squares of a product become larger when their fractions go."""
        return Fraction(
            math.prod(_denominator(self.known.polynomial(base)) ** 2 for base in product.squares)
        )

    def _product(self, product: Product, scale: Fraction) -> Signed:
        times = int(scale * fraction(product.times) / self._shrunk(product))
        parts = [self._signed(name) for name in product.facts]
        for written in product.squares:
            base = self.known.polynomial(written)
            tree = self.reader.meaning.tree(base.scaled(Fraction(_denominator(base))), self.ring)
            proof = f"(HMS.Steps.sq_nonneg {text(tree, self.ring)})"
            parts.append(Signed(mul(tree, tree), proof, False))
        if times != 1 or not parts:
            proof = f"(HMS.Steps.num_pos {times} rfl : (0 : {self.ring}) < ({times} : {self.ring}))"
            parts.insert(0, Signed(Numeral(times), proof, True))
        result = parts[0]
        for part in parts[1:]:
            strict = result.strict and part.strict
            if strict:
                proof = f"(mul_pos {result.proof} {part.proof})"
            else:
                proof = f"(mul_nonneg {result.weaker()} {part.weaker()})"
            result = Signed(mul(result.tree, part.tree), proof, strict)
        return result

    def _plus(self, one: Signed, two: Signed) -> Signed:
        lemma = {
            (False, False): "add_nonneg", (True, True): "add_pos",
            (True, False): "add_pos_of_pos_of_nonneg", (False, True): "HMS.Steps.add_pos_of_nonneg_of_pos",
        }[one.strict, two.strict]  # fmt: skip
        proof = f"({lemma} {one.proof} {two.proof})"
        return Signed(add(one.tree, two.tree), proof, one.strict or two.strict)

    def _signed(self, name: str) -> Signed:
        fact, proof = self._fact(name)
        return Signed(self.reader.meaning.tree(fact.poly, self.ring), proof, fact.op == ">")

    def _fact(self, name: str) -> tuple[Compare, str]:
        """A fact in the ring of this combination."""
        fact = self.known.facts.get(name)
        meaning = self.reader.meaning
        if isinstance(fact, Compare):
            proof, own = self.known.proof(name), meaning.ring(fact.poly)
        else:
            atom = self.known.atom(name.removesuffix(" ≥ 0"))
            fact, own = Compare("≥", of(atom)), INT
            proof = f"(HMS.Steps.nat_nonneg {text(meaning.leaf(atom, NAT), NAT)})"
        if own != self.ring:
            kind = NAMES[fact.op]
            proof = f"(HMS.Steps.rational_{kind} {proof} {self.reader.pushed(fact.poly, INT, self.ring)})"  # fmt: skip
        return fact, proof


def _denominator(poly: Poly) -> int:
    return math.lcm(*(c.denominator for c in poly.terms.values()))
