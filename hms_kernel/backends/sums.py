"""The ``sum-lemma`` transform: bound each term of a sum, then reason about sums as numbers. Knows no size.

From c · g i ≤ t i for every i follows c · ∑ g ≤ ∑ t. Each such bound is proved for one
generic index from the pointwise facts, so the effort does not grow with the number of
terms, and a sum over ``Fin n`` needs no numeral for n.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from fractions import Fraction

from hms_kernel.backends import sum_bounds
from hms_kernel.backends.polynomials import (
    Monomial,
    Polynomial,
    TooLarge,
    plus,
    polynomial,
    scaled,
    term_of,
)
from hms_kernel.backends.sequent import Sequent, conjuncts, rebuild, substitute, walk
from hms_kernel.backends.sum_bounds import Candidate, Domain
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Big,
    Fin,
    Logic,
    Num,
    Quant,
    Rel,
    Scalar,
    Sort,
    Term,
    Var,
    children,
)

Oblige = Callable[[Sequent], bool]

MAX_OBLIGATIONS = 64
MAX_COEFFICIENTS = 8

NUMERIC = (Scalar.NAT, Scalar.INT, Scalar.RAT, Scalar.REAL)


def sum_lemma(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """The sequent with sums as opaque numbers, plus proved facts about them.

    Returns the sequent itself when it has no sums, and nothing when it was proved
    on the way. Sound: facts are only dropped, or added after ``oblige`` proved the
    bound of every term.
    """
    work = _Work(sequent)
    try:
        found = work.collect()
    except TooLarge:
        found = False
    if not found:
        return [sequent]
    lemmas: list[Term] = []
    proved: set[Candidate] = set()
    left = MAX_OBLIGATIONS
    for round_ in sum_bounds.rounds(work.domains, work.coefficients()):
        before = len(lemmas)
        for candidate in round_:
            if left == 0 or candidate.negated in proved:
                continue
            left -= 1
            for attempt in dict.fromkeys((candidate, dataclasses.replace(candidate, strict=False))):
                if oblige(work.obligation(attempt)):
                    lemmas.extend(work.lemma(attempt))
                    proved.add(attempt)
                    break
        if len(lemmas) > before and oblige(work.final(lemmas)):
            return []
    return [work.final(lemmas)]


class _Work:
    def __init__(self, sequent: Sequent) -> None:
        self.variables = sequent.variables
        self.facts = [part for fact in sequent.facts for part in conjuncts(fact)]
        self.claim = sequent.claim
        self.domains: list[Domain] = []
        self._sums: dict[Big, Term] = {}  # each sum as a combination of totals
        self._scalars: dict[Term, Var] = {}  # applications, as opaque numbers
        self._written: list[list[tuple[tuple[Monomial, Sort], Var]]] = []  # totals in the text

    # --- reading the sums ----------------------------------------------------

    def collect(self) -> bool:
        for prop in (*self.facts, self.claim):
            for big in _closed_sums(prop):
                if big not in self._sums:
                    self._sums[big] = self._totalled(big)
        self._written = [list(domain.totals.items()) for domain in self.domains]
        return bool(self._sums)

    def _totalled(self, big: Big) -> Term:
        domain = self._domain(big)
        body = polynomial(substitute(big.body, {big.var.name: domain.index}))
        domain.bodies.append((body, big.sort))
        total: Polynomial = {}
        for monomial, coefficient in body.items():
            total = plus(total, scaled(domain.total(monomial, big.sort), coefficient))
        return term_of(total, big.sort)

    def _domain(self, big: Big) -> Domain:
        for domain in self.domains:
            if (domain.index.sort, domain.low, domain.high) == (big.var.sort, big.low, big.high):
                return domain
        number = len(self.domains)
        domain = Domain(number, Var(f"index!{number}", big.var.sort), big.low, big.high)
        self.domains.append(domain)
        return domain

    def coefficients(self) -> list[Polynomial]:
        """The numerals of the statement, the claim's first, and 1, with both signs; its scalar variables."""
        numerals: dict[Fraction, None] = {}
        for prop in (self.claim, *self.facts):
            for part in walk(prop):
                if isinstance(part, Num) and part.value:
                    numerals[abs(part.value)] = None
        chosen = dict.fromkeys((*list(numerals)[:MAX_COEFFICIENTS], Fraction(1)))
        found: list[Polynomial] = [{(): sign * value} for value in chosen for sign in (1, -1)]
        scalars = [var for var in self.variables if var.sort in NUMERIC]
        found += [{(var,): Fraction(1)} for var in scalars[:MAX_COEFFICIENTS]]
        return found

    # --- obligations and lemmas ----------------------------------------------

    def obligation(self, candidate: Candidate) -> Sequent:
        """That the candidate holds at a generic index."""
        domain = self.domains[candidate.domain]
        index = domain.index
        facts = [*_range_facts(domain)]
        for fact in self.facts:
            if isinstance(fact, Quant) and fact.op == "∀" and fact.var.sort == index.sort:
                fact = substitute(fact.body, {fact.var.name: index})
            facts.extend(conjuncts(fact))
        positive = {m: c for m, c in candidate.poly if c > 0}
        negative = {m: -c for m, c in candidate.poly if c < 0}
        sort = candidate.sort
        claim = Rel(
            "<" if candidate.strict else "≤", term_of(negative, sort), term_of(positive, sort)
        )
        return self._scalar_sequent(facts, claim, index)

    def lemma(self, candidate: Candidate) -> list[Term]:
        """The proved bound, summed."""
        total: Polynomial = {}
        for monomial, coefficient in candidate.poly:
            part = self.domains[candidate.domain].total(monomial, candidate.sort)
            total = plus(total, scaled(part, coefficient))
        positive = {m: c for m, c in total.items() if c > 0}
        negative = {m: -c for m, c in total.items() if c < 0}
        sort = candidate.sort
        sides = term_of(negative, sort), term_of(positive, sort)
        weak = [Rel("≤", *sides), *self._members(candidate, total)]
        count = self.domains[candidate.domain].count(Scalar.NAT)
        if not candidate.strict or count is None:
            return weak
        # An empty sum is 0 whatever its terms would have been.
        some = Rel("≤", Num(Fraction(1), Scalar.NAT), count)
        return [*weak, Logic("→", (some, Rel("<", *sides)))]

    def _members(self, candidate: Candidate, total: Polynomial) -> Iterator[Term]:
        """No term of a sum of nonnegative terms exceeds it; said of the indices in sight."""
        index, sort = self.domains[candidate.domain].index, candidate.sort
        for var in self._indices(index):
            inside = term_of(dict(candidate.poly), sort)
            term = substitute(inside, {index.name: var})
            yield Rel("≤", term, term_of(total, sort))

    def _indices(self, index: Var) -> list[Var]:
        """Variables of the sequent that range over the same ``Fin``."""
        fin = isinstance(index.sort, Fin)
        return [var for var in self.variables if fin and var.sort == index.sort]

    def _instances(self) -> Iterator[Term]:
        """What the pointwise facts say of the indices in sight, and that empty sums are 0."""
        for fact in self.facts:
            if isinstance(fact, Quant) and fact.op == "∀":
                for var in self._indices(fact.var):
                    yield from conjuncts(substitute(fact.body, {fact.var.name: var}))
        for domain, written in zip(self.domains, self._written, strict=True):
            count = domain.count(Scalar.NAT)
            if count is None or isinstance(count, Num):
                continue
            empty = Rel("=", count, Num(Fraction(0), Scalar.NAT))
            for (monomial, _), total in written:
                if monomial:
                    yield Logic("→", (empty, Rel("=", total, Num(Fraction(0), total.sort))))

    def final(self, lemmas: list[Term]) -> Sequent:
        """The sequent itself, sums replaced by their totals."""

        def change(part: Term) -> Term | None:
            return self._sums.get(part) if isinstance(part, Big) else None

        facts = [rebuild(fact, change) for fact in self.facts]
        return self._scalar_sequent(
            [*lemmas, *self._instances(), *facts], rebuild(self.claim, change), None
        )

    def _scalar_sequent(self, facts: list[Term], claim: Term, index: Var | None) -> Sequent:
        """Without functions: applications become variables, facts that need more are dropped."""
        kept = [scalar for fact in facts if _scalar_only(scalar := self._opened(fact, index))]
        claim = self._opened(claim, index)
        variables: dict[str, Var] = {}
        for prop in (*kept, claim):
            for part in walk(prop):
                if isinstance(part, Var) and not _is_bound(part, prop):
                    variables.setdefault(part.name, part)
        return Sequent(tuple(variables.values()), tuple(kept), claim)

    def _opened(self, term: Term, index: Var | None) -> Term:
        def change(part: Term) -> Term | None:
            if isinstance(part, Quant | Big):
                return part
            if isinstance(part, Apply) and not isinstance(part.sort, Arrow):
                return self._scalars.setdefault(part, Var(f"value!{len(self._scalars)}", part.sort))
            if index is not None and part == index and isinstance(index.sort, Fin):
                return Var(index.name, Scalar.NAT)
            return None

        return rebuild(term, change)


def _closed_sums(term: Term) -> Iterator[Big]:
    """Sums outside every quantifier and every other sum."""
    if isinstance(term, Big):
        if term.op == "∑" and not any(isinstance(p, Big | Quant) for p in walk(term.body)):
            yield term
        return
    if isinstance(term, Quant):
        return
    for child in children(term):
        yield from _closed_sums(child)


def _range_facts(domain: Domain) -> list[Term]:
    """That the generic index is in its range."""
    index = domain.index
    if isinstance(index.sort, Fin):
        return [Rel("<", Var(index.name, Scalar.NAT), index.sort.size)]
    facts: list[Term] = []
    if domain.low is not None:
        facts.append(Rel("≤", domain.low, index))
    if domain.high is not None:
        facts.append(Rel("<", index, domain.high))
    return facts


def _scalar_only(term: Term) -> bool:
    return not any(
        isinstance(part, Quant | Big | Apply)
        or (isinstance(part, Var) and isinstance(part.sort, Arrow))
        for part in walk(term)
    )


def _is_bound(var: Var, prop: Term) -> bool:
    return any(isinstance(part, Quant | Big) and part.var.name == var.name for part in walk(prop))
