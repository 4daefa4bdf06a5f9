"""Polynomials, atoms and facts of a certificate as the Lean terms they stand for. Proves nothing.

One text for each: a fact is a proposition about a polynomial, and equal polynomials are equal
texts, so that a proof of a fact can be used wherever a certificate names the fact. Facts about
integers alone are stated in ``Int``, all others in the ordered field; a natural number enters
both by its embedding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from hms_kernel.backends.lean.functions import FUNCTIONS
from hms_kernel.backends.lean.rendering.trees import (
    INT,
    Leaf,
    Node,
    NotRendered,
    Numeral,
    Tree,
    add,
    mul,
    sub,
    text,
)
from hms_kernel.backends.lean.rendering.trees import NAT as NATURALS
from hms_kernel.backends.lean.statements import bracketed, fin_numeral, summed
from hms_kernel.certificates import polynomials
from hms_kernel.certificates.polynomials import (
    FIELD,
    And,
    Atom,
    Compare,
    Domain,
    Formula,
    Monomial,
    Or,
    Poly,
    Quantified,
)
from hms_kernel.statements.terms import Arrow, Fin, Scalar, Sort

RELATIONS = {"≥": "(0 : {ring}) ≤ {poly}", ">": "(0 : {ring}) < {poly}",
             "=": "{poly} = (0 : {ring})", "≠": "{poly} ≠ (0 : {ring})"}  # fmt: skip
RINGS = {Scalar.NAT: NATURALS, Scalar.INT: INT, Scalar.RAT: "ℚ", Scalar.REAL: "ℝ"}


@dataclass(frozen=True, eq=False)
class Stated(Quantified):
    """A quantified fact that knows the proposition it was read from."""

    lean: str = ""


@dataclass(frozen=True)
class Named:
    """A number with a name: Lean text of its type, or of an element of ``Fin`` that counts as one."""

    text: str
    fin: bool = False
    above: str = ""  # the number from which the element counts, if not 0

    @property
    def number(self) -> str:
        """The number as such."""
        if not self.fin:
            return self.text
        value = f"(Fin.val {bracketed(self.text) if ' ' in self.text else self.text})"
        return f"({self.above} + {value})" if self.above else value


@dataclass(frozen=True)
class Meaning:
    """What the names of a certificate stand for."""

    real: str  # the ordered field, ``ℝ`` or ``ℚ``; empty where there is none
    functions: Mapping[str, tuple[tuple[Sort | int, ...], str]]  # sorts of arguments, text
    index: str  # what names of indices start with, and no other name does
    numbers: Mapping[Atom, Named] = field(default_factory=dict)  # variables and indices

    def without(self, atom: Atom) -> Meaning:
        """The same, and one number less."""
        return replace(self, numbers={a: n for a, n in self.numbers.items() if a != atom})

    def knowing(self, atom: Atom, named: Named) -> Meaning:
        """The same, and one number more."""
        return replace(self, numbers={**self.numbers, atom: named})

    def ring_of(self, kind: str) -> str:
        """In which ring atoms of a kind are at home."""
        if kind == FIELD:
            if not self.real:
                raise NotRendered("a fraction where there is no field")
            return self.real
        return NATURALS if kind == polynomials.NAT else INT

    def ring(self, poly: Poly) -> str:
        """In which ring facts about a polynomial are stated."""
        return INT if poly.over_integers else self.ring_of(FIELD)

    # --- polynomials ---------------------------------------------------------------

    def text(self, poly: Poly, ring: str) -> str:
        """A polynomial as a Lean term of a ring that can stand anywhere."""
        return text(self.tree(poly, ring), ring)

    def tree(self, poly: Poly, ring: str) -> Tree:
        """A polynomial as a tree: its monomials in the order in which it is printed."""
        if ring == NATURALS and not poly.natural and poly.terms:
            raise NotRendered(f"{poly} as a natural number")
        result: Tree | None = None
        for monomial, coefficient in sorted(poly.terms.items(), key=_order):
            part = self._monomial(monomial, abs(coefficient), ring)
            if result is None:
                result = part if coefficient > 0 else Node("neg", (part,))
            else:
                result = add(result, part) if coefficient > 0 else sub(result, part)
        return Numeral(0) if result is None else result

    def _monomial(self, monomial: Monomial, coefficient: Fraction, ring: str) -> Tree:
        factors: list[Tree] = [self.leaf(atom, ring) for atom in monomial]
        if coefficient.numerator != 1 or not factors:
            factors.insert(0, Numeral(coefficient.numerator))
        result = factors[0]
        for factor in factors[1:]:
            result = mul(result, factor)
        if coefficient.denominator != 1:
            if ring in (NATURALS, INT):
                raise NotRendered("a fraction among integers")
            result = Node("/", (result,), coefficient.denominator)
        return result

    def leaf(self, atom: Atom, ring: str) -> Leaf:
        """An atom as a number of a ring."""
        return Leaf(embedded(self.atom(atom), self.ring_of(atom.kind), ring), polynomials.of(atom))

    # --- atoms -----------------------------------------------------------------------

    def atom(self, atom: Atom) -> str:
        """An atom as a term of the ring in which it is at home."""
        ring = self.ring_of(atom.kind)
        match atom.head, atom.args:
            case (("variable" | "index"), _):
                return self.named(atom).number
            case "apply", (str() as name, *args):
                sorts, head = self.functions[name]
                parts = [self.argument(arg, sort) for arg, sort in zip(args, sorts, strict=True)]
                return " ".join([head, *parts])
            case "sum", (Domain() as domain, Poly() as body, Atom() as own):
                index = self.fresh
                inner = self.knowing(own, self.element_of(domain, index))
                return summed(index, self.range(domain), inner.text(body, ring))
            case "minus", (Poly() as a, Poly() as b):
                return f"({self.text(a, ring)} - {self.text(b, ring)})"
            case ("quotient" | "remainder") as head, (Poly() as a, Poly() as b):
                op = "/" if head == "quotient" else "%"
                return f"({self.text(a, ring)} {op} {self.text(b, ring)})"
            case "abs", (Poly() as a,) if ring == NATURALS:
                return f"Int.natAbs {self.text(a, INT)}"
            case ("abs" | "max" | "min" | "sqrt") as head, args if ring != NATURALS:
                return " ".join([head, *(self.text(arg, ring) for arg in args)])
            case "ite", (cond, _, Poly() as yes, Poly() as no):
                return (
                    f"if {self.fact(cond)} then {self.text(yes, ring)} else {self.text(no, ring)}"
                )
            case "floor", (Poly() as a,):
                return f"{FUNCTIONS['floor'].name} {self.text(a, self.real)}"
            case "inverse", (Poly() as a,):
                return f"{self.text(a, ring)}⁻¹"
        raise NotRendered(f"{atom.head} as a number")

    def named(self, atom: Atom) -> Named:
        """The name of a variable or an index."""
        if atom not in self.numbers:
            raise NotRendered(f"{atom} has no name here")
        return self.numbers[atom]

    @property
    def hole(self) -> str:
        """A name for what an equation is put into."""
        return f"{self.index}_"

    @property
    def fresh(self) -> str:
        """What the index of a sum is called: by how deep it is, so that equal sums are equal texts."""
        return f"{self.index}{sum(atom.head == 'index' for atom in self.numbers)}"

    def range(self, domain: Domain) -> str:
        """The type that a sum runs over."""
        return f"Fin {self.size(domain)}"

    def size(self, domain: Domain) -> str:
        """How many elements a range has, as Lean text."""
        if domain.kind != polynomials.NAT:
            raise NotRendered("a sum over integers")
        high = self.text(domain.high, NATURALS)
        return f"({high} - {self.text(domain.low, NATURALS)})" if domain.low.terms else high

    def element_of(self, domain: Domain, name: str) -> Named:
        """An element of the type that a sum runs over, as the number that it counts for."""
        return Named(name, True, self.text(domain.low, NATURALS) if domain.low.terms else "")

    def argument(self, poly: Poly, sort: Sort | int) -> str:
        """A polynomial as the argument of a function; an int is the size of a ``Fin``."""
        if isinstance(sort, int):
            known = poly.constant
            if known is not None:
                return fin_numeral(int(known), sort)
            return self.element(poly)
        if isinstance(sort, Fin):
            return self.element(poly)
        if isinstance(sort, Arrow) or sort not in RINGS:
            raise NotRendered("a function of functions or propositions")
        return self.text(poly, RINGS[sort])

    def element(self, poly: Poly) -> str:
        """A polynomial that is an element of some ``Fin``, as such."""
        for atom in poly.atoms():
            if poly == polynomials.of(atom) and self.named(atom).fin:
                return self.named(atom).text
        raise NotRendered(f"{poly} as an element of Fin")

    # --- facts -----------------------------------------------------------------------

    def fact(self, fact: Formula) -> str:
        """A fact as a proposition."""
        match fact:
            case Compare(op=op, poly=poly):
                ring = self.ring(poly)
                return RELATIONS[op].format(ring=ring, poly=self.text(poly, ring))
            case And(parts=parts):
                return " ∧ ".join(f"({self.fact(part)})" for part in parts) or "True"
            case Or(parts=parts):
                return " ∨ ".join(f"({self.fact(part)})" for part in parts) or "False"
            case Stated(lean=lean):
                return lean
        raise NotRendered("a fact that was not read here")


def embedded(written: str, own: str, ring: str) -> str:
    """A term of one ring as a number of another."""
    if own == ring:
        return written
    inside = bracketed(written) if " " in written else written
    if own == NATURALS:
        return f"(Int.ofNat {inside})" if ring == INT else f"(Nat.cast {inside} : {ring})"
    if own == INT and ring != NATURALS:
        return f"(Int.cast {inside} : {ring})"
    raise NotRendered(f"a number of {own} in {ring}")


def _order(item: tuple[Monomial, Fraction]) -> tuple[int, tuple[str, ...]]:
    return -len(item[0]), tuple(atom.label for atom in item[0])
