"""How the benchmark's goals are made: each true or false by construction. ``python -m`` writes the file; asks no prover."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from hms_kernel.genetics.goals import FILE, Labelled
from hms_kernel.genetics.goals.harder import HARDER
from hms_kernel.genetics.goals.written import WRITTEN
from hms_kernel.model import Outcome

SEED = 2026
SIZES = {"train": (2, 3, 4), "test": (3, 4, 5, 6)}  # one goal of every size, and one false goal

Breaks = dict[str, Any]
Made = tuple[str, Breaks | None]  # Lean text, and what breaks it if it is false
Family = Callable[[Random, int, bool], Made]  # generator, size, whether it is to hold

NAMES = "abcdefgh"


def weighted(rng: Random, size: int, holds: bool) -> Made:
    """A weighted mean lies between the bounds of what it averages."""
    n, low, high = 2 * size, -rng.randint(1, 9), rng.randint(10, 99)
    bound = high if holds else high - 1
    text = (
        f"∀ w a : Fin {n} → ℝ, (∀ i, 0 ≤ w i) → (∀ i, {low} ≤ a i ∧ a i ≤ {high}) →"
        f" ∑ i, w i = 1 → ∑ i, w i * a i ≤ {bound}"
    )
    one = ["1"] + ["0"] * (n - 1)
    return text, None if holds else {"w": one, "a": [str(high)] * n}


def box(rng: Random, size: int, holds: bool) -> Made:
    """A polynomial that is linear in each of several shares is largest at a corner."""
    names = NAMES[:size]
    products = [c for k in (1, 2) for c in itertools.combinations(names, k)] + [tuple(names)]
    terms = {product: rng.choice((-3, -2, -1, 1, 2, 3)) for product in products}

    def value(corner: tuple[int, ...]) -> int:
        at = dict(zip(names, corner, strict=True))
        return sum(c * math.prod(at[name] for name in product) for product, c in terms.items())

    best = max(itertools.product((0, 1), repeat=size), key=value)
    bound = value(best) - (0 if holds else 1)
    inside = " → ".join(f"0 ≤ {name} → {name} ≤ 1" for name in names)
    polynomial = " + ".join(f"({c}) * {' * '.join(product)}" for product, c in terms.items())
    text = f"∀ {' '.join(names)} : ℝ, {inside} → {polynomial} ≤ {bound}"
    return text, None if holds else dict(zip(names, map(str, best), strict=True))


def squares(rng: Random, size: int, holds: bool) -> Made:
    """A sum of two squares of linear forms, multiplied out, is not negative."""
    names = NAMES[: max(3, size)]
    forms = [[rng.choice((-3, -2, -1, 1, 2, 3)) for _ in names] for _ in range(2)]
    matrix = {
        (i, j): sum(f[i] * f[j] for f in forms)
        for i, j in itertools.product(range(len(names)), repeat=2)
    }
    # In three variables the cross product of the forms is a zero of both.
    (a, b, c), (d, e, f) = forms[0][:3], forms[1][:3]
    zero = [b * f - c * e, c * d - a * f, a * e - b * d] + [0] * (len(names) - 3)
    if not any(zero):
        return squares(rng, size, holds)
    if not holds:
        at = next(i for i, value in enumerate(zero) if value)
        matrix[at, at] -= 1
    terms = []
    for i, j in itertools.combinations_with_replacement(range(len(names)), 2):
        factor = matrix[i, j] * (1 if i == j else 2)
        power = f"{names[i]} ^ 2" if i == j else f"{names[i]} * {names[j]}"
        terms.append(f"({factor}) * {power}")
    text = f"∀ {' '.join(names)} : ℝ, 0 ≤ {' + '.join(terms)}"
    return text, None if holds else dict(zip(names, map(str, zero), strict=True))


def clipped(rng: Random, size: int, holds: bool) -> Made:
    """A score clipped again and again changes no faster than what it scores."""
    slope = rng.randint(2, 9)

    def score(name: str) -> str:
        inner = f"{slope} * {name}"
        for step in range(size - 1):
            low, high = -100 + step, 100 - step
            inner = f"max ({low}) (min {high} ({inner}))"
        return inner

    bound = slope if holds else slope - 1
    text = f"∀ x y : ℝ, x ≤ y → ({score('y')}) - ({score('x')}) ≤ {bound} * (y - x)"
    return text, None if holds else {"x": "0", "y": "1"}


def residues(rng: Random, size: int, holds: bool) -> Made:
    """What a quadratic form leaves modulo m."""
    while True:
        m, k = rng.choice((3, 4, 5, 7, 8, 9)[: size + 1]), rng.randint(1, 6)
        left = {(a * a + k * b * b) % m: (a, b) for a, b in itertools.product(range(m), repeat=2)}
        missing = [r for r in range(m) if r not in left]
        if not holds or missing:
            break
    r = rng.choice(missing) if holds else rng.choice(sorted(left))
    text = f"∀ a b : ℤ, (a ^ 2 + {k} * b ^ 2) % {m} ≠ {r}"
    return text, None if holds else {"a": str(left[r][0]), "b": str(left[r][1])}


def powers(rng: Random, size: int, holds: bool) -> Made:
    """What the powers of a number leave modulo m."""
    while True:
        m, base = rng.randint(5 * size, 9 * size), rng.randint(2, 9)
        first: dict[int, int] = {}
        for n in range(2 * m):
            first.setdefault(pow(base, n, m), n)
        missing = [r for r in range(m) if r not in first]
        late = [r for r, n in first.items() if n > 2]
        if missing and late:
            break
    r = rng.choice(missing if holds else late)
    return f"∀ n : ℕ, {base} ^ n % {m} ≠ {r}", None if holds else {"n": str(first[r])}


def sums(rng: Random, size: int, holds: bool) -> Made:
    """The sum of an arithmetic progression."""
    p, q = rng.randint(1, 5 * size), rng.randint(1, 9)
    wrong = 0 if holds else 2
    text = (
        f"∀ n : ℕ, 2 * ∑ k ∈ Finset.range n, ({p} * k + {q}) + {p} * n"
        f" = {p} * n ^ 2 + {2 * q + wrong} * n"
    )
    return text, None if holds else {"n": "1"}


def recurrences(rng: Random, size: int, holds: bool) -> Made:
    """A late member of a sequence that is given by a recurrence; always true."""
    start, p, q, steps = rng.randint(0, 3), rng.randint(2, 3), rng.randint(-4, 4), 2 * size
    value = start
    for _ in range(steps):
        value = p * value + q
    rule = f"∀ n, u (n + 1) = {p} * u n + ({q})"
    return f"∀ u : ℕ → ℤ, u 0 = {start} → ({rule}) → u {steps} = {value}", None


def factors(rng: Random, size: int, holds: bool) -> Made:
    """The smaller factor of a product of two primes, or of a number with more divisors."""
    primes = (3, 5, 7, 11, 13, 17, 19, 23, 29)[: size + 3]
    small, large = sorted(rng.sample(primes, 2))
    n = small * large * (1 if holds else 2)
    text = f"∀ a b : ℕ, a * b = {n} → 1 < a → a < b → a = {small}"
    return text, None if holds else {"a": "2", "b": str(n // 2)}


def existence(rng: Random, size: int, holds: bool) -> Made:
    """Something between, or beyond, or with a given sum; always true."""
    k = rng.randint(2, 5 * size)
    p, q = rng.randint(2, 4 + size), rng.randint(2, 4 + size)
    near = f"x < {q} * y ∧ {q} * y < x + 1" if size % 2 else f"y < x ∧ y < {p} * x"
    texts = (
        f"∀ a b : ℝ, a < b → ∃ c, a < c ∧ {k} * c < {k} * b",
        f"∀ a b : ℤ, a + 1 < b → ∃ c, a < c ∧ c + {k} < b + {k}",
        f"∀ x : ℝ, ∃ y, {near}",
        f"∃ a b : ℤ, {p} * a + {q} * b = {math.gcd(p, q)}",
    )
    return texts[size % len(texts)], None


def points(rng: Random, size: int, holds: bool) -> Made:
    """Polynomials that agree everywhere agree in their coefficients; always true."""
    names = NAMES[: min(4, size)]
    given = [rng.randint(-9, 9) for _ in names]

    def written(coefficients: list[str]) -> str:
        return " + ".join(f"({c}) * x ^ {k}" for k, c in enumerate(coefficients))

    weights = [rng.choice((-1, 1)) for _ in names] if size % 2 else [1] * len(names)
    claim = " + ".join(f"({w}) * {name}" for w, name in zip(weights, names, strict=True))
    value = sum(w * c for w, c in zip(weights, given, strict=True))
    same = f"∀ x : ℝ, {written(list(names))} = {written([str(c) for c in given])}"
    return f"∀ {' '.join(names)} : ℝ, ({same}) → {claim} = {value}", None


def ratios(rng: Random, size: int, holds: bool) -> Made:
    """A share of a total of positive parts."""
    names = NAMES[:size]
    p, q = rng.randint(1, 9), rng.randint(2, 9)
    total = " + ".join([f"{q} * {names[0]}", *names[1:]])
    positive = " → ".join(f"0 < {name}" for name in names)
    bound = f"({p} : ℝ) / {q}" if holds else f"({p} : ℝ) / {q + 1}"
    text = f"∀ {' '.join(names)} : ℝ, {positive} → {p} * {names[0]} / ({total}) ≤ {bound}"
    return text, None if holds else {n: str(10 * size if n == names[0] else 1) for n in names}


def chains(rng: Random, size: int, holds: bool) -> Made:
    """Differences along a chain add up."""
    n = size + 2
    steps = [rng.randint(-9, 9) for _ in range(n - 1)]
    given = " → ".join(f"{NAMES[i]} ≤ {NAMES[i + 1]} + ({step})" for i, step in enumerate(steps))
    bound = sum(steps) - (0 if holds else 1)
    text = f"∀ {' '.join(NAMES[:n])} : ℝ, {given} → {NAMES[0]} ≤ {NAMES[n - 1]} + ({bound})"
    tight = {NAMES[i]: str(sum(steps[i:])) for i in range(n)}
    return text, None if holds else tight


def spread(rng: Random, size: int, holds: bool) -> Made:
    """The square of a sum against the sum of the squares."""
    k = rng.randint(0, 3)
    n = size + k
    factor = n if holds else n - 1
    text = f"∀ x : Fin {n} → ℝ, (∑ i, x i) ^ 2 ≤ {factor} * ∑ i, x i ^ 2"
    return text, None if holds else {"x": ["1"] * n}


def alternatives(rng: Random, size: int, holds: bool) -> Made:
    """A polynomial at one of several values, and a product with what lies above."""
    values = rng.sample(range(-9, 10), size + 1)
    p, q = rng.randint(-4, 4), rng.randint(1, 3)
    least = min(q * v * v + p * v for v in values)
    where = " ∨ ".join(f"x = {v}" if v >= 0 else f"x = ({v})" for v in values)
    bound = least + (0 if holds else 1)
    text = f"∀ x y : ℝ, ({where}) → 1 ≤ y → ({bound}) - {q} * x ^ 2 * y - ({p}) * x ≤ 0"
    worst = next(v for v in values if q * v * v + p * v == least)
    return text, None if holds else {"x": str(worst), "y": "1"}


FAMILIES: tuple[Family, ...] = (
    weighted, box, squares, clipped, residues, powers, sums, recurrences,
    factors, existence, points, ratios, chains, spread, alternatives, *HARDER,
)  # fmt: skip
ALWAYS_TRUE = (recurrences, existence, points)  # their falsehood no finite numbers show


def generated(seed: int = SEED) -> tuple[Labelled, ...]:
    """The whole benchmark; the same seed makes the same goals."""
    goals: list[Labelled] = []
    said: set[str] = set()
    for family in FAMILIES:
        # One generator for each, so that a change to one leaves the others as they are.
        rng = Random(f"{seed} {family.__name__}")
        for split, sizes in SIZES.items():
            wanted = [(size, True) for size in sizes]
            wanted.append((sizes[-1], family in ALWAYS_TRUE))
            for number, (size, holds) in enumerate(wanted, 1):
                text, breaks = family(rng, size, holds)
                while text in said:
                    text, breaks = family(rng, size, holds)
                said.add(text)
                goals.append(
                    Labelled(
                        name=f"{family.__name__}-{split}-{number}",
                        family=family.__name__,
                        split=split,
                        statement=text,
                        expected=Outcome.PROVED if breaks is None else Outcome.REFUTED,
                        breaks=breaks or {},
                    )
                )
    return (*goals, *WRITTEN)


def encoded(goals: tuple[Labelled, ...]) -> bytes:
    """The benchmark as its file has it."""
    return msgspec.json.format(msgspec.json.encode(goals), indent=1) + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(encoded(generated()))
