"""Polynomials over atoms with rational coefficients, and facts about them. Reads no terms and proves nothing.

An atom is a number that is not taken apart: a variable, the value of a function, a sum,
an absolute value. Equal atoms are equal numbers; nothing else is known of one, except
through its definition.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

MAX_MONOMIALS = 20_000
MAX_BITS = 100_000  # of a numerator or denominator

NAT, INT, FIELD = "ℕ", "ℤ", "ℝ"  # what kind of number an atom is; a rational is of ``FIELD`` too


class Rejected(Exception):
    """This is no proof; says what is wrong."""


@dataclass(frozen=True)
class Atom:
    """A number that is not taken apart: ``head`` says what it is, ``args`` of what."""

    head: str
    args: tuple[Any, ...] = ()  # polynomials, formulas, texts
    kind: str = FIELD

    @cached_property
    def label(self) -> str:
        """How people and certificates call it."""
        match self.head, self.args:
            case (("variable" | "index"), (name,)):
                return str(name)
            case "apply", (name, *args):
                return f"{name}({', '.join(map(str, args))})"
            case "sum", (Domain() as domain, body, Atom()):
                return f"∑({domain}, {body})"
            case head, args:
                return f"{head}({', '.join(map(str, args))})"

    @cached_property
    def _hash(self) -> int:
        return hash((self.head, self.args, self.kind))

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return self.label


Monomial: TypeAlias = "tuple[Atom, ...]"  # sorted, repeated for powers; the empty one is 1


class Poly:
    """An immutable polynomial: a dict from monomial to nonzero coefficient."""

    __slots__ = ("_hash", "_text", "terms")

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        self.terms = {m: c for m, c in terms.items() if c}
        if len(self.terms) > MAX_MONOMIALS:
            raise Rejected(f"a polynomial of more than {MAX_MONOMIALS} monomials")
        self._hash: int | None = None
        self._text: str | None = None

    @property
    def constant(self) -> Fraction | None:
        """Its value, where it has no atoms."""
        if not self.terms:
            return Fraction(0)
        return self.terms.get(()) if len(self.terms) == 1 else None

    @property
    def whole(self) -> bool:
        """Whether it is an integer for all values of its atoms."""
        return all(c.denominator == 1 for c in self.terms.values()) and self.over_integers

    @property
    def over_integers(self) -> bool:
        """Whether all its atoms are integers."""
        return all(atom.kind != FIELD for atom in self.atoms())

    @property
    def natural(self) -> bool:
        """Whether it plainly is a natural number."""
        return self.whole and all(
            c > 0 and all(atom.kind == NAT for atom in m) for m, c in self.terms.items()
        )

    def atoms(self) -> Iterator[Atom]:
        """Its atoms, as often as they occur."""
        for monomial in self.terms:
            yield from monomial

    def __add__(self, other: Poly) -> Poly:
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + coefficient
        return Poly(terms)

    def __sub__(self, other: Poly) -> Poly:
        return self + other.scaled(Fraction(-1))

    def __mul__(self, other: Poly) -> Poly:
        if len(self.terms) * len(other.terms) > MAX_MONOMIALS:
            raise Rejected("a product of too many monomials")
        terms: dict[Monomial, Fraction] = {}
        for one, a in self.terms.items():
            for two, b in other.terms.items():
                monomial = tuple(sorted((*one, *two), key=_label))
                product = a * b
                _check_size(product)
                terms[monomial] = terms.get(monomial, Fraction(0)) + product
        return Poly(terms)

    def scaled(self, factor: Fraction) -> Poly:
        """The polynomial times a number."""
        return Poly({m: c * factor for m, c in self.terms.items()})

    def power(self, exponent: int) -> Poly:
        """The polynomial multiplied by itself; a number may be raised higher than a polynomial."""
        value = self.constant
        if value is not None:
            size = value.numerator.bit_length() + value.denominator.bit_length()
            if exponent * size > MAX_BITS:
                raise Rejected("a power too large to compute")
            return number(value**exponent)
        if exponent > 64:
            raise Rejected("an exponent larger than 64")
        result = ONE
        for _ in range(exponent):
            result = result * self
        return result

    def replaced(self, change: Callable[[Atom], Poly | None]) -> Poly:
        """The polynomial with every atom for which ``change`` gives something replaced by it."""
        total = ZERO
        for monomial, coefficient in self.terms.items():
            product = number(coefficient)
            for atom in monomial:
                new = change(atom)
                product = product * (of(atom) if new is None else new)
            total = total + product
        return total

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __str__(self) -> str:
        if self._text is None:
            self._text = self._written()
        return self._text

    def _written(self) -> str:
        parts: list[str] = []
        for monomial, c in sorted(self.terms.items(), key=lambda item: _order(item[0])):
            powers = [
                f"{name}^{k}" if (k := monomial.count(name)) > 1 else str(name)
                for name in dict.fromkeys(monomial)
            ]
            size = "" if abs(c) == 1 and monomial else str(abs(c))
            text = "*".join(filter(None, [size, *powers]))
            sign = ("-" if c < 0 else "") if not parts else (" - " if c < 0 else " + ")
            parts.append(sign + text)
        return "".join(parts) or "0"

    __repr__ = __str__


def _label(atom: Atom) -> str:
    return atom.label


def _order(monomial: Monomial) -> tuple[int, tuple[str, ...]]:
    return -len(monomial), tuple(atom.label for atom in monomial)


def _check_size(value: Fraction) -> None:
    if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
        raise Rejected("a number too large to compute with")


def number(value: Fraction | int) -> Poly:
    """A constant."""
    return Poly({(): Fraction(value)})


def of(atom: Atom) -> Poly:
    """An atom by itself."""
    return Poly({(atom,): Fraction(1)})


ZERO, ONE = number(0), number(1)


@dataclass(frozen=True)
class Domain:
    """The integers low ≤ i < high that a sum runs over; ``fin`` when they are the elements of ``Fin high``."""

    low: Poly
    high: Poly
    fin: bool
    kind: str  # of the index

    @property
    def ends(self) -> tuple[int, int] | None:
        """Both ends, where they are known."""
        low, high = self.low.constant, self.high.constant
        return None if low is None or high is None else (int(low), int(high))

    def __str__(self) -> str:
        return f"Fin {self.high}" if self.fin else f"{self.low}..{self.high}"


# --- formulas ------------------------------------------------------------------


@dataclass(frozen=True)
class Compare:
    """``poly op 0``; op is one of ``≥ > = ≠``."""

    op: str
    poly: Poly

    def __str__(self) -> str:
        return f"{self.poly} {self.op} 0"


@dataclass(frozen=True)
class And:
    """All of them; of nothing: true."""

    parts: tuple[Formula, ...] = ()

    def __str__(self) -> str:
        return f"({' ∧ '.join(map(str, self.parts))})" if self.parts else "true"


@dataclass(frozen=True)
class Or:
    """One of them; of nothing: false."""

    parts: tuple[Formula, ...] = ()

    def __str__(self) -> str:
        return f"({' ∨ '.join(map(str, self.parts))})" if self.parts else "false"


@dataclass(frozen=True, eq=False)
class Quantified:
    """A quantifier whose body is read once its variable has a value; ``text`` names it."""

    every: bool
    domain: Domain | None  # of ``Fin``; None for a scalar sort
    kind: str
    rational: bool  # ranges over ℚ
    name: str  # of the variable
    body: Callable[[Poly], Formula]
    text: str

    def __str__(self) -> str:
        return self.text


Formula: TypeAlias = "Compare | And | Or | Quantified"
TRUE, FALSE = And(), Or()


def compare(op: str, poly: Poly) -> Formula:
    """``poly op 0`` in its sharpest form: decided where it can be, tightened over the integers."""
    value = poly.constant
    if value is not None:
        holds = {"≥": value >= 0, ">": value > 0, "=": value == 0, "≠": value != 0}[op]
        return TRUE if holds else FALSE
    if not poly.over_integers:
        return Compare(op, poly)
    parts = [c for m, c in poly.terms.items() if m]
    denominator = math.lcm(*(c.denominator for c in parts))
    divisor = math.gcd(*(int(c * denominator) for c in parts))
    poly = poly.scaled(Fraction(denominator, divisor))
    c = poly.terms.get((), Fraction(0))
    rest = poly - number(c)
    match op:
        case ">":
            return Compare("≥", rest + number(math.ceil(c) - 1))
        case "≥":
            return Compare("≥", rest + number(math.floor(c)))
        case "=" if c.denominator != 1:
            return FALSE
        case "≠" if c.denominator != 1:
            return TRUE
    return Compare(op, poly)


def both(parts: list[Formula]) -> Formula:
    """A conjunction without nested and decided parts."""
    return _joined(parts, And, Or)


def either(parts: list[Formula]) -> Formula:
    """A disjunction without nested and decided parts."""
    return _joined(parts, Or, And)


def _joined(parts: list[Formula], join: type[And] | type[Or], other: type[And] | type[Or]) -> Formula:  # fmt: skip
    kept: list[Formula] = []
    for part in parts:
        if isinstance(part, other) and not part.parts:
            return part
        kept.extend(part.parts if isinstance(part, join) else [part])
    return kept[0] if len(kept) == 1 else join(tuple(kept))
