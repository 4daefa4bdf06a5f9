"""Hypotheses that people forget, written in a claim's own words. Tries none of them.

Bounds on what is free, at the numbers the claim mentions; order between things of one
kind; weights that sum to 1; bounds between the claim's terms. In each family the weak
come before the strong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hms_kernel.backends.sequent import Sequent, free_names, shape_variables, walk
from hms_kernel.statements.rebuild import RESERVED
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Big,
    Fin,
    Logic,
    Num,
    Op,
    Quant,
    Rel,
    Scalar,
    Sort,
    Statement,
    Term,
    Var,
    sort_of,
)

NUMERIC = (Scalar.NAT, Scalar.INT, Scalar.RAT, Scalar.REAL)
FIELDS = (Scalar.RAT, Scalar.REAL)
MAX_NUMBERS = 6  # of the claim's numerals, the smallest
MAX_TERMS = 6  # of the claim's compound terms, the first


@dataclass(frozen=True)
class Strengthening:
    """A hypothesis to add.

    ``relation`` is its body without quantifiers, ``binders`` those quantifiers: with
    ``∀ i, d i ≤ 1`` the relation ``d i ≤ 1`` under ``i``.
    """

    relation: Term
    binders: tuple[Var, ...] = ()
    between: bool = False  # relates terms to one another, not one to a numeral
    rank: int = field(default=0, compare=False)  # how strong among its like, from 0

    @property
    def prop(self) -> Term:
        """The hypothesis as a proposition."""
        prop = self.relation
        for var in reversed(self.binders):
            prop = Quant("∀", var, prop)
        return prop

    @property
    def converse(self) -> Strengthening | None:
        """``c ≤ x`` for ``x ≤ c`` and the other way round; with both, ``x`` can only be ``c``."""
        match self.relation:
            case Rel(op="≤" | "<", left=left, right=right) if not self.between:
                return Strengthening(Rel("≤", right, left), self.binders)
        return None

    def together(self, other: Strengthening) -> Term:
        """Both as one proposition; under one quantifier where they have the same."""
        if self.binders == other.binders:
            both = Logic("∧", (self.relation, other.relation))
            return Strengthening(both, self.binders).prop
        return Logic("∧", (self.prop, other.prop))


@dataclass(frozen=True)
class _Subject:
    """Something a bound can be put on: a variable, or a function's value under binders."""

    term: Term
    sort: Scalar
    binders: tuple[Var, ...] = ()


def bounds(statement: Statement) -> Iterator[Strengthening]:
    """Bounds on variables and on values of functions, then order among them, weak before strong."""
    subjects = _subjects(statement)
    numbers = _numbers(statement)
    shape = {var.name for var in shape_variables(Sequent.of(statement))}
    for subject in subjects:
        # How many terms there are is no place for a repair, but for "at least one".
        counts = isinstance(subject.term, Var) and subject.term.name in shape
        yield from _bounded(subject, (Fraction(0),) if counts else numbers, above=not counts)
    for one in subjects:
        for other in subjects:
            if one is not other and one.sort is other.sort and _compatible(one, other):
                yield from _ordered(one, other)
    yield from _sums(subjects)


def relations(statement: Statement) -> Iterator[Strengthening]:
    """Bounds on the claim's compound terms, by 0, 1 and by variables."""
    subjects = [s for s in _subjects(statement) if not s.binders]
    for term in _compound(statement):
        sort = sort_of(term)
        for other in (s for s in subjects if s.sort is sort and isinstance(sort, Scalar)):
            if other.term not in walk(term):
                yield Strengthening(Rel("≤", term, other.term), between=True)
                yield Strengthening(Rel("≤", other.term, term), between=True)
        assert isinstance(sort, Scalar)
        zero, one = Num(Fraction(0), sort), Num(Fraction(1), sort)
        yield Strengthening(Rel("≠", term, zero), between=True)
        yield Strengthening(Rel("≤", zero, term), between=True)
        yield Strengthening(Rel("≤", term, one), between=True)
        yield Strengthening(Rel("≤", one, term), between=True)


# --- what to bound -------------------------------------------------------------


def _subjects(statement: Statement) -> list[_Subject]:
    """Variables and functions that the conclusion speaks of, directly or through hypotheses."""
    spoken = set(free_names(statement.conclusion))
    taken = {var.name for var in statement.variables}
    found = []
    for var in statement.variables:
        if var.name not in spoken and not _in_a_sort(var, statement):
            continue
        subject = _subject(var, taken)
        if subject is not None:
            found.append(subject)
    return found


def _subject(var: Var, taken: set[str]) -> _Subject | None:
    term: Term = var
    sort: Sort = var.sort
    binders: list[Var] = []
    for name in _fresh(taken):
        if not isinstance(sort, Arrow):
            break
        if not isinstance(sort.domain, Fin) and sort.domain is not Scalar.NAT:
            return None
        index = Var(name, sort.domain)
        binders.append(index)
        term, sort = Apply(term, index, sort.codomain), sort.codomain
    if not isinstance(sort, Scalar) or sort not in NUMERIC:
        return None
    return _Subject(term, sort, tuple(binders))


def _fresh(taken: set[str]) -> Iterator[str]:
    """Names for indices that mean nothing else in the statement."""
    for letter in "ijk":
        if letter not in taken and letter not in RESERVED:
            yield letter
    number = 1
    while True:
        if f"i_{number}" not in taken:
            yield f"i_{number}"
        number += 1


def _in_a_sort(var: Var, statement: Statement) -> bool:
    return any(var.name in _names_in_sort(other.sort) for other in statement.variables)


def _names_in_sort(sort: Sort) -> set[str]:
    match sort:
        case Fin(size=size):
            return set(free_names(size))
        case Arrow(domain=domain, codomain=codomain):
            return _names_in_sort(domain) | _names_in_sort(codomain)
        case _:
            return set()


def _numbers(statement: Statement) -> tuple[Fraction, ...]:
    """0, 1 and the numerals of the claim, with both signs."""
    found = {Fraction(0), Fraction(1)}
    for prop in _props(statement):
        for part in walk(prop):
            if isinstance(part, Num) and isinstance(part.sort, Scalar):
                found.add(abs(part.value))
    few = sorted(found)[:MAX_NUMBERS]
    return tuple(sorted({*few, *(-number for number in few)}))


def _compound(statement: Statement) -> list[Term]:
    """Sums, products and quotients of the conclusion that stand free of its bound variables."""
    bound = {
        part.var.name
        for prop in _props(statement)
        for part in walk(prop)
        if isinstance(part, Big | Quant)
    }
    found: dict[Term, None] = {}
    for part in walk(statement.conclusion):
        match part:
            case Op(op="*" | "/" | "-" | "+" | "^") | Big():
                inside = {v.var.name for v in walk(part) if isinstance(v, Big)}
                free = bound - inside
                if sort_of(part) in NUMERIC and not free.intersection(free_names(part)):
                    found[part] = None
    return list(found)[:MAX_TERMS]


def _props(statement: Statement) -> list[Term]:
    return [*(h.prop for h in statement.hypotheses), statement.conclusion]


# --- how to bound it -------------------------------------------------------------


def _bounded(
    subject: _Subject, numbers: Sequence[Fraction], *, above: bool
) -> Iterator[Strengthening]:
    term, sort, binders = subject.term, subject.sort, subject.binders
    least = Fraction(0) if sort is Scalar.NAT else None
    whole = sort in (Scalar.NAT, Scalar.INT)
    fitting = [
        number
        for number in numbers
        if (least is None or number >= least) and not (whole and number.denominator > 1)
    ]

    def at(number: Fraction) -> Num | Op:
        positive = Num(abs(number), sort)
        return Op("neg", (positive,), sort) if number < 0 else positive

    zero = at(Fraction(0))
    if sort is not Scalar.NAT:
        yield Strengthening(Rel("≠", term, zero), binders)
    for rank, number in enumerate(fitting):
        if number != least:
            yield Strengthening(Rel("≤", at(number), term), binders, rank=rank)
        if number == 0:
            yield Strengthening(Rel("<", zero, term), binders, rank=rank)
    for rank, number in enumerate(reversed(fitting) if above else ()):
        yield Strengthening(Rel("≤", term, at(number)), binders, rank=rank)
        if number == 0 and sort is not Scalar.NAT:
            yield Strengthening(Rel("<", term, zero), binders, rank=rank)


def _compatible(one: _Subject, other: _Subject) -> bool:
    """Whether both can be compared value by value."""
    kinds = [tuple(var.sort for var in subject.binders) for subject in (one, other)]
    return kinds[0] == kinds[1] or not kinds[0] or not kinds[1]


def _ordered(one: _Subject, other: _Subject) -> Iterator[Strengthening]:
    binders = one.binders or other.binders
    terms = [_under(subject, binders) for subject in (one, other)]
    yield Strengthening(Rel("≤", *terms), binders, between=True)
    yield Strengthening(Rel("<", *terms), binders, between=True)
    if repr(terms[0]) < repr(terms[1]):
        yield Strengthening(Rel("≠", *terms), binders, between=True)


def _under(subject: _Subject, binders: tuple[Var, ...]) -> Term:
    """The subject's value with its own index called as in ``binders``."""
    term, arguments = subject.term, []
    while isinstance(term, Apply):
        arguments.append(term)
        term = term.fn
    for apply, index in zip(reversed(arguments), binders, strict=False):
        term = Apply(term, index, apply.sort)
    return term


def _sums(subjects: Sequence[_Subject]) -> Iterator[Strengthening]:
    """``∑ i, w i = 1``."""
    for subject in subjects:
        match subject.binders:
            case (Var(sort=Fin()) as index,) if subject.sort in FIELDS:
                total = Big("∑", index, subject.term, subject.sort)
                yield Strengthening(Rel("=", total, Num(Fraction(1), subject.sort)), between=True)
