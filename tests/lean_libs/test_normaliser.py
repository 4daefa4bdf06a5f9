"""``Ring.identity`` through the real kernel: right identities are accepted, wrong ones are not.

The expected answers come from a second implementation, polynomials as dictionaries.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import NamedTuple

import pytest
from lean_core import check, needs_kernel

pytestmark = needs_kernel

SIGNS = {"add": "+", "sub": "-", "mul": "*"}

Polynomial = dict[tuple[int, ...], int]  # exponents of the atoms: coefficient


class Expression(NamedTuple):
    """An expression: its head as in ``Ring.Expr``, and what it is made of."""

    head: str
    parts: tuple[Expression | int, ...]

    def term(self) -> str:
        """As a value of ``Ring.Expr``."""
        words = (part.term() if isinstance(part, Expression) else str(part) for part in self.parts)
        return f"(.{self.head} {' '.join(words)})"

    def written(self) -> str:
        """As one writes it in a ring ``R`` with the atoms ``x0``, ``x1``, …"""
        match self.head, self.parts:
            case "atom", (i,):
                return f"x{i}"
            case "num", (n,):
                return f"({n} : R)"
            case "neg", (Expression() as a,):
                return f"(-{a.written()})"
            case "pow", (Expression() as a, n):
                return f"({a.written()} ^ ({n} : Nat))"
            case head, (Expression() as a, Expression() as b):
                return f"({a.written()} {SIGNS[head]} {b.written()})"
        raise AssertionError(self)

    def polynomial(self, atoms: int) -> Polynomial:
        """Multiplied out."""
        match self.head, self.parts:
            case "atom", (int(i),):
                return {tuple(int(i == j) for j in range(atoms)): 1}
            case "num", (int(n),):
                return times({(0,) * atoms: 1}, {(0,) * atoms: n})
            case "neg", (Expression() as a,):
                return times({(0,) * atoms: -1}, a.polynomial(atoms))
            case "pow", (Expression() as a, int(n)):
                return reduce(times, [a.polynomial(atoms)] * n, {(0,) * atoms: 1})
            case "mul", (Expression() as a, Expression() as b):
                return times(a.polynomial(atoms), b.polynomial(atoms))
            case head, (Expression() as a, Expression() as b):
                sign = {"add": 1, "sub": -1}[head]
                total = Counter(a.polynomial(atoms))
                for monomial, value in b.polynomial(atoms).items():
                    total[monomial] += sign * value
                return {monomial: value for monomial, value in total.items() if value}
        raise AssertionError(self)


def times(a: Polynomial, b: Polynomial) -> Polynomial:
    product: Counter[tuple[int, ...]] = Counter()
    for left, p in a.items():
        for right, q in b.items():
            product[tuple(i + j for i, j in zip(left, right, strict=True))] += p * q
    return {monomial: value for monomial, value in product.items() if value}


def atom(i: int) -> Expression:
    return Expression("atom", (i,))


def num(n: int) -> Expression:
    return Expression("num", (n,)) if n >= 0 else Expression("neg", (Expression("num", (-n,)),))


def add(a: Expression, b: Expression) -> Expression:
    return Expression("add", (a, b))


def some_expression(rng: random.Random, atoms: int, depth: int) -> Expression:
    if depth == 0:
        return rng.choice((atom(rng.randrange(atoms)), num(rng.randint(-9, 9))))
    head = rng.choice(("add", "add", "sub", "mul", "mul", "neg", "pow"))
    a = some_expression(rng, atoms, depth - 1)
    if head == "neg":
        return Expression(head, (a,))
    if head == "pow":
        return Expression(head, (a, rng.randint(0, 3 if depth < 3 else 2)))
    return Expression(head, (a, some_expression(rng, atoms, depth - 1)))


def some_polynomial(
    rng: random.Random, atoms: int, terms: int, degree: int, digits: int
) -> Polynomial:
    polynomial: Polynomial = {}
    while len(polynomial) < terms:
        places = Counter(rng.randrange(atoms) for _ in range(rng.randint(0, degree)))
        monomial = tuple(places[i] for i in range(atoms))
        polynomial[monomial] = rng.choice((-1, 1)) * rng.randint(1, 10**digits)
    return polynomial


def multiplied_out(polynomial: Polynomial, rng: random.Random) -> Expression:
    """The polynomial as a sum of monomials in any order."""
    terms = []
    for monomial, value in polynomial.items():
        powers = [Expression("pow", (atom(i), e)) for i, e in enumerate(monomial) if e]
        terms.append(reduce(lambda a, b: Expression("mul", (a, b)), powers, num(value)))
    rng.shuffle(terms)
    return reduce(add, terms) if terms else num(0)


def wrong(polynomial: Polynomial, rng: random.Random) -> Polynomial:
    """Another polynomial, as near as it gets: one coefficient or one exponent differs by one."""
    atoms = len(next(iter(polynomial)))
    monomial = rng.choice(list(polynomial))
    changed = dict(polynomial)
    if rng.random() < 0.5:
        changed[monomial] += rng.choice((-1, 1))
    else:
        i = rng.randrange(atoms)
        other = tuple(e + (i == j) for j, e in enumerate(monomial))
        changed[other] = changed.get(other, 0) + changed.pop(monomial)
    return {monomial: value for monomial, value in changed.items() if value}


def theorem(name: str, left: Expression, right: Expression, atoms: int) -> str:
    letters = [f"x{i}" for i in range(atoms)]
    return (
        f"theorem {name} {{R : Type}} [CommRing R] ({' '.join(letters)} : R) :"
        f" {left.written()} = {right.written()} :="
        f" Ring.identity [{', '.join(letters)}] {left.term()} {right.term()} rfl"
    )


def some_identities(seed: int, n: int) -> Iterator[tuple[Expression, Expression, Expression]]:
    """A random expression, what it is multiplied out, and something that it is not."""
    rng = random.Random(seed)
    while n:
        left = some_expression(rng, ATOMS, depth=rng.randint(2, 4))
        if polynomial := left.polynomial(ATOMS):
            other = multiplied_out(wrong(polynomial, rng), rng)
            yield left, multiplied_out(polynomial, rng), other
            n -= 1


ATOMS = 4


def test_identities_are_accepted_and_rest_on_no_axiom(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    names = [f"right{i}" for i in range(40)]
    stated = [
        theorem(name, left, right, ATOMS)
        for name, (left, right, _) in zip(names, some_identities(1, len(names)), strict=True)
    ]
    audit = [f"#print axioms {name}" for name in names]
    option = "set_option linter.unusedVariables false\nset_option maxRecDepth 10000"

    said = check("\n".join([option, *stated, *audit]), tmp_path, compiled[0])

    assert [entry["data"] for entry in said] == [
        f"'{name}' does not depend on any axioms" for name in names
    ]


def test_identities_with_one_coefficient_or_exponent_changed_are_refused(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    stated = [
        theorem(f"wrong{i}", left, other, ATOMS)
        for i, (left, _, other) in enumerate(some_identities(2, 40))
    ]
    option = "set_option maxRecDepth 10000"  # a longer file of errors would be cut off

    said = check("\n".join([option, *stated]), tmp_path, compiled[0])

    refused = {
        entry["pos"]["line"]
        for entry in said
        if entry["severity"] == "error" and "Ring.equal" in entry["data"]
    }
    first = min(refused)
    assert refused == set(range(first, first + len(stated)))


def test_hundreds_of_monomials_with_fifty_digits_and_degree_twenty_are_one_computation(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    rng = random.Random(3)
    a, b = (some_polynomial(rng, atoms=5, terms=18, degree=10, digits=25) for _ in range(2))
    product = times(a, b)
    assert len(product) > 250
    left = Expression("mul", (multiplied_out(a, rng), multiplied_out(b, rng)))
    right = multiplied_out(product, rng)

    said = check(
        "set_option maxRecDepth 100000\n"
        f"example : Ring.equal {left.term()} {right.term()} = true := by decide +kernel",
        tmp_path,
        compiled[0],
    )

    assert said == []


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        # the code of x0 ^ (2 ^ 32) would be that of x1
        (".pow (.atom 0) 4294967296", ".atom 1", "false"),
        (".mul (.pow (.atom 0) 4294967295) (.atom 0)", ".atom 1", "false"),
        (".pow (.atom 0) 0", ".num 1", "true"),
        (".pow (.num 0) 0", ".num 1", "true"),
        (".pow (.sub (.atom 0) (.atom 0)) 5", ".num 0", "true"),
        (".sub (.atom 3) (.atom 3)", ".num 0", "true"),
        (".neg (.num 0)", ".num 0", "true"),
        (".num 0", ".num 1", "false"),
        (".atom 0", ".num 0", "false"),
    ],
)
def test_edges(
    left: str,
    right: str,
    same: str,
    compiled: tuple[Path, dict[str, list[str]]],
    tmp_path: Path,
) -> None:
    assert (
        check(f"example : Ring.equal ({left}) ({right}) = {same} := rfl", tmp_path, compiled[0])
        == []
    )


def test_an_inequality_follows_from_an_identity_for_its_difference(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    said = check(
        "example {R : Type} [OrderedField R] (x y : R) : (2 : R) * (x * y) ≤ x ^ (2 : Nat) + y ^ (2 : Nat) :=\n"
        "  Ring.le_of_difference [x, y] (.mul (.num 2) (.mul (.atom 0) (.atom 1)))\n"
        "    (.add (.pow (.atom 0) 2) (.pow (.atom 1) 2))\n"
        "    (.mul (.sub (.atom 0) (.atom 1)) (.sub (.atom 0) (.atom 1))) rfl (mul_self_nonneg (x - y))",
        tmp_path,
        compiled[0],
    )

    assert said == []


def test_an_equation_enters_as_a_multiple_of_its_difference(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    said = check(
        "example {R : Type} [OrderedField R] (x : R) :\n"
        "    x / (5 : R) + x * ((4 : R) / (5 : R)) = x :=\n"
        "  Ring.eq_of_difference [x, (5 : R)⁻¹]\n"
        "    (.add (.mul (.atom 0) (.atom 1)) (.mul (.atom 0) (.mul (.num 4) (.atom 1)))) (.atom 0)\n"
        "    (.mul (.atom 0) (.sub (.mul (.atom 1) (.num 5)) (.num 1))) rfl (by\n"
        "      have inverse : (5 : R)⁻¹ * (5 : R) = 1 :=\n"
        "        inv_mul_cancel (ne_of_gt (natCast_pos (by decide)))\n"
        "      show x * ((5 : R)⁻¹ * (5 : R) - 1) = 0\n"
        "      rw [inverse, sub_self, mul_zero])",
        tmp_path,
        compiled[0],
    )

    assert said == []


def test_a_rendered_proof_over_the_integers_is_the_same(
    compiled: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    said = check(
        "example (x y : Int) : (x - y) * (x + y) = x ^ (2 : Nat) - y ^ (2 : Nat) :=\n"
        "  Ring.identity [x, y] (.mul (.sub (.atom 0) (.atom 1)) (.add (.atom 0) (.atom 1)))\n"
        "    (.sub (.pow (.atom 0) 2) (.pow (.atom 1) 2)) rfl",
        tmp_path,
        compiled[0],
    )

    assert said == []
