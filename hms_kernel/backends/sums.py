"""The ``sum-lemma`` transform: bound each term of a sum, then reason about sums as numbers. Knows no size.

From c · g i ≤ t i for every i follows c · ∑ g ≤ ∑ t. Each such bound is proved for one
generic index from the pointwise facts, so the effort does not grow with the number of
terms, and a sum over ``Fin n`` needs no numeral for n.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from hms_kernel.backends.polynomials import (
    Monomial,
    Polynomial,
    TooLarge,
    plus,
    polynomial,
    product,
    scaled,
    term_of,
    times,
)
from hms_kernel.backends.sequent import Sequent, conjuncts, free_names, rebuild, substitute, walk
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Big,
    Cast,
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
    sort_of,
)

Oblige = Callable[[Sequent], bool]

MAX_OBLIGATIONS = 64
MAX_COEFFICIENTS = 8

NUMERIC = (Scalar.NAT, Scalar.INT, Scalar.RAT, Scalar.REAL)


@dataclass
class Domain:
    """All sums over one index range: their monomials and what each adds up to."""

    index: Var  # a generic index of the range
    low: Term | None
    high: Term | None
    totals: dict[tuple[Monomial, Sort], Var] = field(default_factory=dict)
    bodies: list[tuple[Polynomial, Sort]] = field(default_factory=list)

    def count(self, sort: Sort) -> Term | None:
        """The number of terms as a term of ``sort``; None when the range may be empty backwards."""
        if isinstance(self.index.sort, Fin):
            return _cast(self.index.sort.size, sort)
        if isinstance(self.low, Num) and isinstance(self.high, Num):
            return Num(max(Fraction(0), self.high.value - self.low.value), sort)
        if isinstance(self.low, Num) and self.low.value == 0 and self.high is not None:
            return _cast(self.high, sort) if sort_of(self.high) is Scalar.NAT else None
        return None


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
    proved: set[_Candidate] = set()
    left = MAX_OBLIGATIONS
    for round_ in work.rounds():
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


@dataclass(frozen=True)
class _Candidate:
    """``0 ≤ poly i`` (or ``<``) for every index i of the domain."""

    domain: int
    poly: tuple[tuple[Monomial, Fraction], ...]
    sort: Sort
    strict: bool

    @property
    def negated(self) -> _Candidate:
        """The other direction; a strict bound in one makes it pointless."""
        poly = tuple((monomial, -coefficient) for monomial, coefficient in self.poly)
        return dataclasses.replace(self, poly=poly)


def _candidate(domain: int, poly: Polynomial, sort: Sort, *, strict: bool = False) -> _Candidate:
    return _Candidate(domain, tuple(poly.items()), sort, strict)


def _between(
    domain: int, coefficient: Polynomial, monomial: Monomial, factor: Monomial, sort: Sort
) -> Iterator[_Candidate]:
    """``monomial`` against ``coefficient · factor``, both ways, where the sorts allow it."""
    for atoms, value in coefficient.items():
        if any(sort_of(atom) != sort for atom in atoms) or (sort is Scalar.NAT and value < 0):
            return
        if sort not in (Scalar.RAT, Scalar.REAL) and value.denominator != 1:
            return
    upper = plus(times(coefficient, {factor: Fraction(1)}), {monomial: Fraction(-1)})
    yield _candidate(domain, upper, sort)
    yield _candidate(domain, scaled(upper, Fraction(-1)), sort)


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
        position, domain = self._domain(big)
        body = polynomial(substitute(big.body, {big.var.name: domain.index}))
        domain.bodies.append((body, big.sort))
        total: Polynomial = {}
        for monomial, coefficient in body.items():
            total = plus(total, scaled(self._total(position, monomial, big.sort), coefficient))
        return term_of(total, big.sort)

    def _total(self, position: int, monomial: Monomial, sort: Sort) -> Polynomial:
        """∑ of one monomial: factors without the index come out."""
        domain = self.domains[position]
        name = domain.index.name
        inner = tuple(atom for atom in monomial if name in free_names(atom))
        outer = tuple(atom for atom in monomial if name not in free_names(atom))
        if not inner:
            count = domain.count(sort)
            if count is not None:
                return times({outer: Fraction(1)}, polynomial(count))
        total = domain.totals.setdefault(
            (inner, sort), Var(f"total!{position}!{len(domain.totals)}", sort)
        )
        return {product(outer, (total,)): Fraction(1)}

    def _domain(self, big: Big) -> tuple[int, Domain]:
        for position, domain in enumerate(self.domains):
            if (domain.index.sort, domain.low, domain.high) == (big.var.sort, big.low, big.high):
                return position, domain
        domain = Domain(Var(f"index!{len(self.domains)}", big.var.sort), big.low, big.high)
        self.domains.append(domain)
        return len(self.domains) - 1, domain

    # --- what to try ---------------------------------------------------------

    def rounds(self) -> Iterator[list[_Candidate]]:
        """Candidates by plausibility: signs; multiples of a factor; one sum against another; squares; constants."""
        yield list(self._signs())
        for coefficient in self._coefficients():
            yield list(self._factors(coefficient))
        yield list(self._pairs())
        yield list(self._squares())
        for coefficient in self._coefficients():
            yield list(self._constants(coefficient))

    def _signs(self) -> Iterator[_Candidate]:
        for position, domain in enumerate(self.domains):
            polys = [({m: Fraction(1)}, sort) for m, sort in domain.totals if m]
            polys += [(body, sort) for body, sort in domain.bodies if len(body) > 1]
            for poly, sort in polys:
                for sign in (Fraction(1), Fraction(-1)):
                    if sort is not Scalar.NAT:
                        yield _candidate(position, scaled(poly, sign), sort, strict=True)

    def _factors(self, coefficient: Polynomial) -> Iterator[_Candidate]:
        for position, domain in enumerate(self.domains):
            for monomial, sort in domain.totals:
                for factor, other in domain.totals:
                    part = Counter(factor)
                    if (
                        factor
                        and factor != monomial
                        and other == sort
                        and part <= Counter(monomial)
                    ):
                        yield from _between(position, coefficient, monomial, factor, sort)

    def _pairs(self) -> Iterator[_Candidate]:
        for position, domain in enumerate(self.domains):
            keys = list(domain.totals)
            for one, sort in keys:
                for other, other_sort in keys:
                    if one and other and one != other and sort == other_sort:
                        for sign in (-1, 1) if sort is not Scalar.NAT else (-1,):
                            poly = plus({one: Fraction(1)}, {other: Fraction(sign)})
                            yield _candidate(position, poly, sort)

    def _squares(self) -> Iterator[_Candidate]:
        """(u · ∑v² − v · ∑uv)² ≥ 0: what the Cauchy–Schwarz inequality comes from; v may be 1.

        Where ∑v² is 0 that says nothing, and (u · ∑uv − v · (∑u² + 1))² ≥ 0 says the rest.
        """
        one: Polynomial = {(): Fraction(1)}
        for position, domain in enumerate(self.domains):
            for u, v, sort in list(self._products(domain)):
                uu, uv, vv = (
                    self._total(position, product(*pair), sort) for pair in ((u, u), (u, v), (v, v))
                )
                sides = ((vv, uv), (uv, plus(uu, one)))
                for factor, other in sides:
                    root = plus(
                        times({u: Fraction(1)}, factor),
                        scaled(times({v: Fraction(1)}, other), Fraction(-1)),
                    )
                    yield _candidate(position, times(root, root), sort)

    def _products(self, domain: Domain) -> Iterator[tuple[Monomial, Monomial, Sort]]:
        """Pairs of factors whose product is summed, and squares against 1."""
        for monomial, sort in domain.totals:
            if len(monomial) != 2 or sort not in (Scalar.RAT, Scalar.REAL):
                continue
            u, v = (monomial[0],), (monomial[1],)
            if u != v:
                yield u, v, sort
            elif domain.count(sort) is not None:
                yield u, (), sort

    def _constants(self, coefficient: Polynomial) -> Iterator[_Candidate]:
        for position, domain in enumerate(self.domains):
            for monomial, sort in domain.totals:
                if monomial and domain.count(sort) is not None:
                    yield from _between(position, coefficient, monomial, (), sort)

    def _coefficients(self) -> list[Polynomial]:
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

    def obligation(self, candidate: _Candidate) -> Sequent:
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

    def lemma(self, candidate: _Candidate) -> list[Term]:
        """The proved bound, summed."""
        total: Polynomial = {}
        for monomial, coefficient in candidate.poly:
            part = self._total(candidate.domain, monomial, candidate.sort)
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

    def _members(self, candidate: _Candidate, total: Polynomial) -> Iterator[Term]:
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


def _cast(term: Term, sort: Sort) -> Term:
    if isinstance(term, Num):
        return dataclasses.replace(term, sort=sort)
    return term if sort_of(term) == sort else Cast(term, sort)
