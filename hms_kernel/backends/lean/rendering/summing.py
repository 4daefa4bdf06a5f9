"""Sums by linearity, with proofs: what does not depend on the index comes out. Follows ``sums.total``."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hms_kernel.backends.lean.rendering.equations import chained, equal, pushed
from hms_kernel.backends.lean.rendering.meaning import Meaning, embedded
from hms_kernel.backends.lean.rendering.trees import (
    NAT,
    Leaf,
    Numeral,
    Tree,
    add,
    mul,
    poly_of,
    text,
)
from hms_kernel.backends.lean.statements import summed
from hms_kernel.certificates import sums
from hms_kernel.certificates.polynomials import ONE, Atom, Domain, Poly

LEMMAS = {
    "zero": "sum_zero", "mul": "HMS.Steps.sum_mul", "add": "HMS.Steps.sum_add", "congr": "sum_congr",
}  # fmt: skip
NATURAL = {name: f"HMS.Steps.nat_sum_{name}" for name in LEMMAS}


@dataclass(frozen=True)
class Piece:
    """``outer · ∑ part``: one monomial of what is summed."""

    outer: Poly
    part: Poly  # over the index ``own``
    own: Atom
    sum: Poly  # ∑ part, as the checker writes it


def pieces(domain: Domain, body: Poly, index: Atom) -> list[Piece]:
    """The monomials of a sum, each with what comes out of it."""
    found = []
    for monomial, coefficient in body.terms.items():
        inner = tuple(atom for atom in monomial if sums.depends(atom, index))
        outer = tuple(atom for atom in monomial if not sums.depends(atom, index))
        alone = sums.total(domain, Poly({inner: Fraction(1)}), index)
        own, part = index, ONE
        for atom in alone.atoms():
            if inner or atom.head == "sum":
                _, part, own = atom.args
        found.append(Piece(Poly({outer: coefficient}), part, own, alone))
    return found


def total(
    meaning: Meaning, domain: Domain, body: Tree, index: Atom, ring: str, written: str
) -> Leaf:
    """A sum as the checker reads it.

    Args:
        meaning: in which the index has a name.
        domain: what is summed over.
        body: what is summed, of the ring.
        index: of the sum.
        ring: of the sum.
        written: the sum as Lean text.
    """
    result = sums.total(domain, poly_of(body), index)
    outside = meaning.without(index)
    if outside.text(result, ring) in (written, f"({written})"):
        return Leaf(written, result)
    name = meaning.numbers[index].text
    parts = pieces(domain, poly_of(body), index)
    inside: Tree = Numeral(0)
    summed_up: Tree = Numeral(0)
    lemmas = NATURAL if ring == NAT else LEMMAS
    lemma = lemmas["zero"]
    for piece in reversed(parts):
        under = outside.knowing(piece.own, outside.element_of(domain, name)).tree(piece.part, ring)
        outer = outside.tree(piece.outer, ring)
        sum_ = _sum(outside, domain, piece, ring)
        if piece is parts[-1]:
            inside, summed_up, lemma = mul(outer, under), mul(outer, sum_), f"({lemmas['mul']} _ _)"
        else:
            inside = add(mul(outer, under), inside)
            summed_up = add(mul(outer, sum_), summed_up)
            lemma = f"({lemmas['add']} {lemma})"
    each = equal(body, inside, meaning, ring)
    over = outside.range(domain)
    here, there = (summed(name, over, text(tree, ring)) for tree in (body, inside))
    steps = [
        f"({lemmas['congr']} (fun ({name} : {over}) => {each}) : ({here}) = ({there}))",
        f"({lemma} : ({there}) = {text(summed_up, ring)})",
        equal(summed_up, outside.tree(result, ring), outside, ring),
    ]
    return Leaf(written, result, chained(steps))


def _sum(meaning: Meaning, domain: Domain, piece: Piece, ring: str) -> Leaf:
    index = meaning.fresh
    inner = meaning.knowing(piece.own, meaning.element_of(domain, index))
    written = summed(index, meaning.range(domain), inner.text(piece.part, ring))
    canonical = meaning.text(piece.sum, ring)
    if canonical == f"({written})":
        return Leaf(written, piece.sum)
    if piece.part == ONE:
        known = "HMS.Steps.nat_sum_ones" if ring == NAT else "HMS.Steps.sum_ones"
        return Leaf(written, piece.sum, f"({known} : ({written}) = {canonical})")
    # The sum is at home among integers: every term is one, embedded.
    (atom,) = dict.fromkeys(piece.sum.atoms())
    own = meaning.ring_of(atom.kind)
    home = summed(index, meaning.range(domain), inner.text(piece.part, own))
    inside = summed(index, meaning.range(domain), embedded(inner.text(piece.part, own), own, ring))
    each = f"(fun {index} => Eq.symm {pushed(piece.part, own, ring, inner)})"
    lemma = "sum_natural" if own == NAT else "sum_whole"
    steps = [
        f"(sum_congr {each} : ({written}) = ({inside}))",
        f"(Eq.symm (HMS.Steps.{lemma} _) : ({inside}) = {embedded(home, own, ring)})",
    ]
    return Leaf(written, piece.sum, chained(steps))
