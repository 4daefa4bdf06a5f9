"""Arithmetic as Lean text and as code for the core's normaliser, from one tree. Proves nothing by itself.

A tree stands for a Lean term of one ring. Its leaves are numbers that the normaliser does not
take apart; a leaf knows which polynomial it is, and, where its text is not the one by which
everybody calls that polynomial, a proof that both are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from hms_kernel.backends.lean.statements import bracketed
from hms_kernel.certificates.polynomials import Poly, number


class NotRendered(Exception):
    """This certificate cannot be shown to the kernel; says what stands in the way."""


@dataclass(frozen=True)
class Leaf:
    """A Lean term that is not taken apart."""

    text: str
    poly: Poly
    proof: str | None = None  # that it equals the polynomial as written; None where it is that text


@dataclass(frozen=True)
class Numeral:
    """A natural number."""

    value: int


@dataclass(frozen=True)
class Node:
    """``+ - *`` of two trees, ``neg`` of one, ``^`` by ``number``, ``/`` by a positive ``number``."""

    op: str
    args: tuple[Tree, ...]
    number: int = 0


Tree: TypeAlias = "Leaf | Numeral | Node"

NAT, INT = "Nat", "Int"  # rings by their Lean names; any other is an ordered field
LEMMAS = {NAT: ("HMS.Steps.natural_same", "rfl rfl rfl"), INT: ("Ring.identity", "rfl")}
CODES = {"+": "add", "-": "sub", "*": "mul", "neg": "neg", "^": "pow", "/": "div"}


def text(tree: Tree, ring: str) -> str:
    """A tree as a Lean term that can stand anywhere."""
    match tree:
        case Leaf(text=written):
            return bracketed(written) if " " in written else written
        case Numeral(value=value):
            return f"({value} : {ring})"
        case Node(op="neg", args=(arg,)):
            return f"(-{text(arg, ring)})"
        case Node(op="^", args=(arg,), number=number):
            return f"({text(arg, ring)} ^ ({number} : Nat))"
        case Node(op="/", args=(arg,), number=number):
            return f"({text(arg, ring)} / ({number} : {ring}))"
        case Node(op=op, args=(left, right)):
            return f"({text(left, ring)} {op} {text(right, ring)})"
    raise NotRendered(f"the operation {tree.op}")


def poly_of(tree: Tree) -> Poly:
    """The polynomial that a tree stands for."""
    match tree:
        case Leaf(poly=poly):
            return poly
        case Numeral(value=value):
            return number(value)
        case Node(op="^", args=(arg,), number=power):
            return poly_of(arg).power(power)
        case Node(op="/", args=(arg,), number=by):
            return poly_of(arg).scaled(Fraction(1, by))
        case Node(op="neg", args=(arg,)):
            return poly_of(arg).scaled(Fraction(-1))
        case Node(op=op, args=(left, right)):
            one, two = poly_of(left), poly_of(right)
            return one + two if op == "+" else one - two if op == "-" else one * two
    raise NotRendered(f"the operation {tree.op}")


def leaves(tree: Tree) -> Iterator[Leaf]:
    """The leaves, as often as they occur."""
    match tree:
        case Leaf():
            yield tree
        case Node(args=args):
            for arg in args:
                yield from leaves(arg)


def code(tree: Tree, atoms: dict[str, int]) -> str:
    """A tree in the normaliser's language; ``atoms`` numbers the leaves, and grows."""
    match tree:
        case Leaf():
            return f"(.atom {atoms.setdefault(text(tree, INT), len(atoms))})"
        case Numeral(value=value):
            return f"(.num {value})"
        case Node(op=op, args=args, number=number):
            parts = [code(arg, atoms) for arg in args]
            if op in ("^", "/"):  # the core counts what stands below from 1
                parts.append(str(number if op == "^" else number - 1))
            return f"(.{CODES[op]} {' '.join(parts)})"
    raise NotRendered("no tree")


def listed(atoms: Iterable[str]) -> str:
    """The atoms of an identity as a Lean list."""
    return f"[{', '.join(atoms)}]"


def replaced(tree: Tree, old: Leaf, new: Tree) -> Tree:
    """The tree with a tree in place of every occurrence of one leaf."""
    match tree:
        case Node(op=op, args=args, number=number):
            return Node(op, tuple(replaced(arg, old, new) for arg in args), number)
    return new if tree == old else tree


def add(left: Tree, right: Tree) -> Tree:
    """Their sum."""
    return Node("+", (left, right))


def sub(left: Tree, right: Tree) -> Tree:
    """Their difference."""
    return Node("-", (left, right))


def mul(left: Tree, right: Tree) -> Tree:
    """Their product."""
    return Node("*", (left, right))


def identity(left: Tree, right: Tree, ring: str) -> str:
    """A proof of ``left = right`` where both are the same polynomial in their leaves, by computation."""
    one, two = text(left, ring), text(right, ring)
    if one == two:
        return "rfl"
    atoms: dict[str, int] = {}
    codes = f"{code(left, atoms)} {code(right, atoms)}"
    lemma, checked = LEMMAS.get(ring, ("HMS.Steps.rational", "rfl"))
    return f"({lemma} {listed(atoms)} {codes} {checked} : {one} = {two})"
