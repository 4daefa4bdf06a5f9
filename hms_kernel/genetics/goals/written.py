"""Goals after theorems that every textbook has, in our words; each labelled by its proof there. Data only."""

from __future__ import annotations

from typing import Any

from hms_kernel.genetics.goals import Labelled
from hms_kernel.model import Outcome

# Name, statement, what breaks it if it is false. Odd places train, even places test.
_TEXTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("arithmetic-geometric", "∀ x y : ℝ, 0 ≤ x → 0 ≤ y → 4 * (x * y) ≤ (x + y) ^ 2", {}),
    (
        "arithmetic-geometric-three",
        "∀ x y z : ℝ, 0 ≤ x → 0 ≤ y → 0 ≤ z → 3 * (x * y * z) ≤ x ^ 3 + y ^ 3 + z ^ 3",
        {},
    ),
    (
        "cauchy-schwarz-two",
        "∀ a b c d : ℝ, (a * c + b * d) ^ 2 ≤ (a ^ 2 + b ^ 2) * (c ^ 2 + d ^ 2)",
        {},
    ),
    (
        "nesbitt",
        "∀ a b c : ℝ, 0 < a → 0 < b → 0 < c → 3 / 2 ≤ a / (b + c) + b / (c + a) + c / (a + b)",
        {},
    ),
    ("bernoulli", "∀ (n : ℕ) (x : ℝ), -1 ≤ x → 1 + n * x ≤ (1 + x) ^ n", {}),
    (
        "schur",
        "∀ a b c : ℝ, 0 ≤ a → 0 ≤ b → 0 ≤ c →"
        " 0 ≤ a * (a - b) * (a - c) + b * (b - a) * (b - c) + c * (c - a) * (c - b)",
        {},
    ),
    ("consecutive-product", "∀ n : ℤ, n * (n + 1) * (n + 2) % 6 = 0", {}),
    ("fermat-five", "∀ n : ℤ, (n ^ 5 - n) % 5 = 0", {}),
    ("odd-square", "∀ n : ℤ, n % 2 = 1 → n ^ 2 % 8 = 1", {}),
    ("sum-of-odd-numbers", "∀ n : ℕ, ∑ k ∈ Finset.range n, (2 * k + 1) = n ^ 2", {}),
    ("telescoping", "∀ n : ℕ, ∑ k ∈ Finset.range n, (1 : ℝ) / ((k + 1) * (k + 2)) = n / (n + 1)", {}),
    ("triangle-inequality", "∀ x y z : ℝ, |x - z| ≤ |x - y| + |y - z|", {}),
    ("reverse-triangle", "∀ x y : ℝ, |(|x| - |y|)| ≤ |x - y|", {}),
    (
        "convex-square",
        "∀ t x y : ℝ, 0 ≤ t → t ≤ 1 → (t * x + (1 - t) * y) ^ 2 ≤ t * x ^ 2 + (1 - t) * y ^ 2",
        {},
    ),
    (
        "gains-from-trade",
        "∀ v c p : ℝ, c ≤ p → p ≤ v → max 0 (v - p) + max 0 (p - c) = v - c",
        {},
    ),
    (
        "monopoly-price",
        "∀ p c : ℝ, 0 ≤ c → c ≤ 1 → (p - c) * (1 - p) ≤ (1 - c) ^ 2 / 4",
        {},
    ),
    ("square-exceeds", "∀ x : ℝ, x ≤ x ^ 2", {"x": "1/2"}),
    ("prime-polynomial", "∀ n : ℕ, (n ^ 2 + n + 41) % 41 ≠ 0 ∨ n = 0", {"n": "40"}),
    ("circle-in-a-diamond", "∀ x y : ℝ, 0 ≤ x → 0 ≤ y → x ^ 2 + y ^ 2 = 1 → x + y ≤ 1", {"x": "3/5", "y": "4/5"}),
    ("orders-multiply", "∀ a b c d : ℝ, a < b → c < d → a * c < b * d", {"a": "-1", "b": "0", "c": "-1", "d": "0"}),
)  # fmt: skip

WRITTEN = tuple(
    Labelled(
        name=name,
        family="textbook",
        split="test" if number % 2 else "train",
        statement=text,
        expected=Outcome.REFUTED if breaks else Outcome.PROVED,
        breaks=breaks,
        origin="written",
    )
    for number, (name, text, breaks) in enumerate(_TEXTS)
)
