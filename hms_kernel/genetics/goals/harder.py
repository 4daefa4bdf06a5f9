"""Families on which it matters how a goal is attempted: true by a certificate, or false by numbers. Asks no prover."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction
from random import Random
from typing import Any, TypeAlias

Breaks = dict[str, Any]
Made = tuple[str, Breaks | None]  # Lean text, and what breaks it if it is false

NAMES = "abcdefgh"

Polynomial: TypeAlias = "dict[tuple[str, ...], Fraction]"  # names in order, repeated for powers


def cauchy(rng: Random, size: int, holds: bool) -> Made:
    """Cauchy and Schwarz with weights: the difference is a sum of squares of 2 × 2 determinants."""
    weights = [rng.randint(1, 9) for _ in range(size)]
    xs, ys = [f"x{i}" for i in range(size)], [f"y{i}" for i in range(size)]
    mixed = _sum(f"{w} * {x} * {y}" for w, x, y in zip(weights, xs, ys, strict=True))
    first = _sum(f"{w} * {x} ^ 2" for w, x in zip(weights, xs, strict=True))
    second = _sum(f"{w} * {y} ^ 2" for w, y in zip(weights, ys, strict=True))
    more = "" if holds else f" + {xs[-1]} ^ 2 * {ys[-1]} ^ 2"
    text = f"∀ {' '.join(xs + ys)} : ℝ, ({mixed}) ^ 2{more} ≤ ({first}) * ({second})"
    return text, None if holds else dict.fromkeys(xs + ys, "1")


def rearranged(rng: Random, size: int, holds: bool) -> Made:
    """Chebyshev's sum inequality with weights: what is ordered alike is more together."""
    weights = [rng.randint(1, 9) for _ in range(size)]
    xs, ys = [f"x{i}" for i in range(size)], [f"y{i}" for i in range(size)]
    ordered = " → ".join(f"{z[i]} ≤ {z[i + 1]}" for z in (xs, ys) for i in range(size - 1))
    first = _sum(f"{w} * {x}" for w, x in zip(weights, xs, strict=True))
    second = _sum(f"{w} * {y}" for w, y in zip(weights, ys, strict=True))
    mixed = _sum(f"{w} * {x} * {y}" for w, x, y in zip(weights, xs, ys, strict=True))
    total = sum(weights) - (0 if holds else 1)
    text = f"∀ {' '.join(xs + ys)} : ℝ, {ordered} → ({first}) * ({second}) ≤ {total} * ({mixed})"
    return text, None if holds else dict.fromkeys(xs + ys, "1")


def quotients(rng: Random, size: int, holds: bool) -> Made:
    """Squares over parts are at least the square of the sum over the total (Sedrakyan)."""
    n = max(2, size // 2 + 1)
    factors = [rng.randint(1, 9) for _ in range(n)]
    xs, ys = [f"x{i}" for i in range(n)], [f"y{i}" for i in range(n)]
    positive = " → ".join(f"0 < {y}" for y in ys)
    top = _sum(f"{f} * {x}" for f, x in zip(factors, xs, strict=True))
    parts = _sum(f"({f} * {x}) ^ 2 / {y}" for f, x, y in zip(factors, xs, ys, strict=True))
    more = "" if holds else " + 1"
    text = f"∀ {' '.join(xs + ys)} : ℝ, {positive} → (({top}) ^ 2{more}) / ({' + '.join(ys)}) ≤ {parts}"
    breaks = {x: f"1/{f}" for x, f in zip(xs, factors, strict=True)} | dict.fromkeys(ys, "1")
    return text, None if holds else breaks


def brackets(rng: Random, size: int, holds: bool) -> Made:
    """A progressive tax: its slope is at most the highest rate, and what is between is taxed no more."""
    ends = sorted(rng.sample(range(1, 100), size - 1))
    rates = sorted(rng.sample(range(1, 60), size))

    def tax(x: str) -> str:
        paid, start, text = 0, 0, ""
        for end, rate in zip(ends, rates, strict=False):
            text += f"if {x} ≤ {end} then {paid} + {rate} * ({x} - {start}) else "
            paid, start = paid + rate * (end - start), end
        return f"({text}{paid} + {rates[-1]} * ({x} - {start}))"

    if size % 2 and holds:
        text = (
            f"∀ x y m : ℝ, 0 ≤ x → x ≤ y → 2 * m = x + y → 2 * {tax('m')} ≤ {tax('x')} + {tax('y')}"
        )
        return text, None
    most = rates[-1] if holds else rates[-2]
    text = f"∀ x y : ℝ, 0 ≤ x → x ≤ y → {tax('y')} - {tax('x')} ≤ {most} * (y - x)"
    return text, None if holds else {"x": str(ends[-1]), "y": str(ends[-1] + 1)}


def boxes(rng: Random, size: int, holds: bool) -> Made:
    """A sum of products of bounds and of squares of differences, multiplied out."""
    names = [*NAMES[: size + 1]]
    one = _constant(1)
    terms: list[Polynomial] = []
    for x, y in itertools.permutations(names, 2):
        if rng.random() < 0.6:
            product = _times(_var(x), _total([one, _scaled(_var(y), -1)]))
            terms.append(_scaled(product, rng.randint(1, 5)))
    for x, y in itertools.combinations(names, 2):
        if rng.random() < 0.4:
            apart = _total([_var(x), _scaled(_var(y), -1)])
            terms.append(_scaled(_times(apart, apart), rng.randint(1, 5)))
    total = _total(terms) if holds else _total([*terms, _constant(Fraction(-1, 4))])
    inside = " → ".join(f"0 ≤ {name} → {name} ≤ 1" for name in names)
    text = f"∀ {' '.join(names)} : ℝ, {inside} → 0 ≤ {_written(total)}"
    return text, None if holds else dict.fromkeys(names, "0")


def cubics(rng: Random, size: int, holds: bool) -> Made:
    """Positive numbers times squares of differences, multiplied out."""
    names = [*NAMES[: max(3, size)]]
    terms: list[Polynomial] = []
    for x, (y, z) in itertools.product(names, itertools.combinations(names, 2)):
        if not terms or rng.random() < 3 / size:
            apart = _total([_var(y), _scaled(_var(z), -1)])
            square = _times(apart, apart)
            terms.append(_scaled(_times(_var(x), square), rng.randint(1, 5)))
    total = _total(terms)
    if not holds:
        product = _times(_var(names[0]), _times(_var(names[1]), _var(names[2])))
        total = _total([total, _scaled(product, -1)])
    positive = " → ".join(f"0 ≤ {name}" for name in names)
    text = f"∀ {' '.join(names)} : ℝ, {positive} → 0 ≤ {_written(total)}"
    return text, None if holds else dict.fromkeys(names, "1")


def growth(rng: Random, size: int, holds: bool) -> Made:
    """A power of the base outgrows a multiple of a power of n."""
    while True:
        base, power, factor = rng.randint(2, 2 + size), rng.randint(1, 3), rng.randint(1, 5 * size)
        # Beyond 8, (1 + 1/n) ^ power is below 3/2, so what holds there goes on holding.
        late = [n for n in range(40) if factor * n**power >= base**n]
        if late and 1 < late[-1] < 30:
            break
    start = late[-1] + (1 if holds else 0)
    text = f"∀ n : ℕ, {start} ≤ n → {factor} * n ^ {power} < {base} ^ n"
    return text, None if holds else {"n": str(start)}


def circles(rng: Random, size: int, holds: bool) -> Made:
    """All ways to write a number as a form of two squares."""
    while True:
        k, n = rng.randint(1, 4), rng.randint(20 * size, 60 * size)
        ways = [(a, b) for a in range(n) for b in range(n) if a * a + k * b * b == n and a <= b]
        if len(ways) >= (1 if holds else 2):
            break
    told = ways if holds else ways[1:]
    cases = " ∨ ".join(f"(a = {a} ∧ b = {b})" for a, b in told)
    text = f"∀ a b : ℕ, a ^ 2 + {k} * b ^ 2 = {n} → a ≤ b → {cases}"
    return text, None if holds else dict(zip("ab", map(str, ways[0]), strict=True))


def means(rng: Random, size: int, holds: bool) -> Made:
    """The square of a mean of bounded numbers, and of a mean of their squares."""
    n, most = size + 1, rng.randint(2, 30)
    bound = most**2 - (0 if holds else 1)
    mean = "(∑ i, w i * a i) ^ 2" if size % 2 or not holds else "∑ i, w i * a i ^ 2"
    text = f"∀ w a : Fin {n} → ℝ, (∀ i, 0 ≤ w i ∧ |a i| ≤ {most}) → ∑ i, w i = 1 → {mean} ≤ {bound}"
    one = ["1"] + ["0"] * (n - 1)
    return text, None if holds else {"w": one, "a": [str(most)] * n}


HARDER = (cauchy, rearranged, quotients, brackets, boxes, cubics, growth, circles, means)


def _sum(parts: Iterable[str]) -> str:
    return " + ".join(parts)


def _var(name: str) -> Polynomial:
    return {(name,): Fraction(1)}


def _constant(value: int | Fraction) -> Polynomial:
    return {(): Fraction(value)}


def _total(terms: Iterable[Polynomial]) -> Polynomial:
    total: Polynomial = {}
    for term in terms:
        for monomial, value in term.items():
            total[monomial] = total.get(monomial, Fraction(0)) + value
            if not total[monomial]:
                del total[monomial]
    return total


def _scaled(poly: Polynomial, factor: int) -> Polynomial:
    return {monomial: factor * value for monomial, value in poly.items()}


def _times(left: Polynomial, right: Polynomial) -> Polynomial:
    return _total(
        {tuple(sorted(one + other)): a * b}
        for (one, a), (other, b) in itertools.product(left.items(), right.items())
    )


def _written(poly: Polynomial) -> str:
    return _sum(" * ".join([f"({value})", *monomial]) for monomial, value in poly.items())
