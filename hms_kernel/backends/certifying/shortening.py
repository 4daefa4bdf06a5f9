"""What a proof makes use of, and the proof without the rest. Finds nothing and checks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

import msgspec

from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.definitions import definition
from hms_kernel.certificates.language import (
    Combination,
    Define,
    Divide,
    Each,
    Instance,
    Polynomial,
    Proof,
    Sign,
    Split,
)
from hms_kernel.certificates.polynomials import ZERO, Formula, Poly, compare


class Mentions:
    """Names of facts and numbers in proofs, each proof looked through once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Proof, frozenset[str]]] = {}

    def of(self, proof: Proof) -> frozenset[str]:
        """Names that a proof makes use of."""
        known = self._known.get(id(proof))
        if known is None:
            known = self._known[id(proof)] = proof, frozenset(_names(proof, self.of))
        return known[1]


def _names(proof: Proof, inner: Callable[[Proof], Iterable[str]]) -> Iterator[str]:
    """Names in a step, and in what follows it."""

    def numbers(poly: Polynomial) -> Iterator[str]:
        for _, names in poly:
            yield from names

    match proof:
        case Combination(products=products, multiples=multiples):
            for product in products:
                for fact in product.facts:
                    yield fact
                    yield fact.removesuffix(" ≥ 0")
                for base in product.squares:
                    yield from numbers(base)
            for multiple in multiples:
                yield multiple.fact
                yield from numbers(multiple.by)
        case Split(fact=fact, branches=branches):
            yield fact
            for branch in branches:
                yield from inner(branch)
        case Sign(term=term, negative=negative, otherwise=otherwise):
            yield from numbers(term)
            yield from inner(negative)
            yield from inner(otherwise)
        case Instance(fact=fact, at=at, then=then):
            yield fact
            yield from numbers(at)
            yield from inner(then)
        case Define(atom=atom, then=then):
            yield atom
            yield from inner(then)
        case Divide(term=term, then=then):
            yield from numbers(term)
            yield from inner(then)
        case Each(over=over, term=term, proof=lemma, then=then):
            yield over
            yield from numbers(term)
            yield from inner(lemma)
            yield from inner(then)


def failing(term: Poly, relation: str) -> Formula:
    """That ``term relation 0`` does not hold."""
    match relation:
        case "≥":
            return compare(">", ZERO - term)
        case ">":
            return compare("≥", ZERO - term)
    return compare("≠", term)


def shortened(context: Context, proof: Proof) -> Proof:
    """The proof without definitions, instances and lemmas of which it makes no use.

    Raises:
        Rejected: it is none.
    """
    return _Shortening().of(context, proof)


class _Shortening:
    """Goes through a proof as the checker does, and drops steps on the way back."""

    def __init__(self) -> None:
        self._mentions = Mentions()

    def of(self, context: Context, proof: Proof) -> Proof:
        before = {*context.facts, *context.atoms, *context.domains}
        match proof:
            case Define(atom=atom):
                context.add(definition(context.atom(atom)))
                return self._kept(context, proof, before)
            case Instance(fact=fact, at=at):
                context.instance(fact, context.polynomial(at))
                return self._kept(context, proof, before)
            case Divide(term=term, by=by):
                context.divide(context.polynomial(term), Fraction(by))
                return self._kept(context, proof, before)
            case Each(index=index, over=over, term=term, relation=relation):
                domain = context.domains[over]
                generic, variable = context.generic(index, domain)
                poly = generic.polynomial(term)
                generic.add(failing(poly, relation))
                inner = self.of(generic, proof.proof)
                context.summed(domain, poly, variable, relation)
                return self._kept(context, msgspec.structs.replace(proof, proof=inner), before)
            case Split(fact=fact, branches=branches):
                alternatives = context.alternatives(fact)
                shorter = (
                    self._under(context, alternative, branch)
                    for alternative, branch in zip(alternatives, branches, strict=True)
                )
                return Split(fact, tuple(shorter))
            case Sign(term=term, negative=negative, otherwise=otherwise):
                poly = context.polynomial(term)
                below = self._under(context, compare(">", ZERO - poly), negative)
                above = self._under(context, compare("≥", poly), otherwise)
                return Sign(term, below, above)
        return proof

    def _kept(
        self, context: Context, proof: Define | Divide | Instance | Each, before: set[str]
    ) -> Proof:
        """The step, if what follows mentions anything it brings."""
        brought = {*context.facts, *context.atoms, *context.domains} - before
        then = self.of(context, proof.then)
        if brought.isdisjoint(self._mentions.of(then)):
            return then
        return msgspec.structs.replace(proof, then=then)

    def _under(self, context: Context, fact: Formula, proof: Proof) -> Proof:
        branch = context.copy()
        branch.add(fact)
        return self.of(branch, proof)
