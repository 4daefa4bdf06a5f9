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
    ("three-cubes", "∀ a b c : ℤ, (a ^ 3 + b ^ 3 + c ^ 3) % 9 ≠ 4", {}),
    ("three-squares", "∀ a b c : ℤ, (a ^ 2 + b ^ 2 + c ^ 2) % 8 ≠ 7", {}),
    ("fourth-powers", "∀ a b c : ℤ, (a ^ 4 + b ^ 4 + c ^ 4) % 16 ≠ 5", {}),
    ("quartic-residues", "∀ a b : ℤ, (a ^ 4 + b ^ 4) % 13 ≠ 7", {}),
    ("odd-legs", "∀ a b c : ℤ, a % 2 = 1 → b % 2 = 1 → a ^ 2 + b ^ 2 ≠ c ^ 2", {}),
    ("leg-divisible-by-three", "∀ a b c : ℤ, a ^ 2 + b ^ 2 = c ^ 2 → a * b % 3 = 0", {}),
    ("median", "∀ x y z : ℝ, max (min x y) (max (min y z) (min z x)) = min (max x y) (min (max y z) (max z x))", {}),
    ("product-is-lipschitz", "∀ x y z w : ℝ, 0 ≤ x → x ≤ 1 → 0 ≤ y → y ≤ 1 → 0 ≤ z → z ≤ 1 → 0 ≤ w → w ≤ 1 → |x * y - z * w| ≤ |x - z| + |y - w|", {}),
    ("product-of-three-is-lipschitz", "∀ x y z u v w : ℝ, 0 ≤ x → x ≤ 1 → 0 ≤ y → y ≤ 1 → 0 ≤ z → z ≤ 1 → 0 ≤ u → u ≤ 1 → 0 ≤ v → v ≤ 1 → 0 ≤ w → w ≤ 1 → |x * y * z - u * v * w| ≤ |x - u| + |y - v| + |z - w|", {}),
    ("cauchy-schwarz-three", "∀ x y : Fin 3 → ℝ, (∑ i, x i * y i) ^ 2 ≤ (∑ i, x i ^ 2) * ∑ i, y i ^ 2", {}),
    ("cauchy-schwarz-four", "∀ x y : Fin 4 → ℝ, (∑ i, x i * y i) ^ 2 ≤ (∑ i, x i ^ 2) * ∑ i, y i ^ 2", {}),
    ("arithmetic-geometric-four", "∀ a b c d : ℝ, 0 < a → 0 < b → 0 < c → 0 < d → 256 * (a * b * c * d) ≤ (a + b + c + d) ^ 4", {}),
    ("variance-three", "∀ w a : Fin 3 → ℝ, (∀ i, 0 ≤ w i) → ∑ i, w i = 1 → (∑ i, w i * a i) ^ 2 ≤ ∑ i, w i * a i ^ 2", {}),
    ("variance-five", "∀ w a : Fin 5 → ℝ, (∀ i, 0 ≤ w i) → ∑ i, w i = 1 → (∑ i, w i * a i) ^ 2 ≤ ∑ i, w i * a i ^ 2", {}),
    ("chebyshev-sum", "∀ a b c x y z : ℝ, a ≤ b → b ≤ c → x ≤ y → y ≤ z → (a + b + c) * (x + y + z) ≤ 3 * (a * x + b * y + c * z)", {}),
    ("cyclic-quartic", "∀ a b c : ℝ, 0 < a → 0 < b → 0 < c → a * b * c * (a + b + c) ≤ a ^ 3 * b + b ^ 3 * c + c ^ 3 * a", {}),
    ("cyclic-quartic-square", "∀ a b c : ℝ, 3 * (a ^ 3 * b + b ^ 3 * c + c ^ 3 * a) ≤ (a ^ 2 + b ^ 2 + c ^ 2) ^ 2", {}),
    ("three-factors", "∀ a b c : ℕ, a * b * c = 385 → 1 < a → a < b → b < c → a = 5", {}),
    ("three-squares-of-27", "∀ a b c : ℕ, a ^ 2 + b ^ 2 + c ^ 2 = 27 → a ≤ b → b ≤ c → a = 1 ∨ a = 3", {}),
    ("power-beats-square", "∀ n : ℕ, 5 ≤ n → n ^ 2 < 2 ^ n", {}),
    ("power-beats-cube", "∀ n : ℕ, 10 ≤ n → n ^ 3 < 2 ^ n", {}),
    ("sum-of-squares", "∀ n : ℕ, 6 * ∑ k ∈ Finset.range (n + 1), k ^ 2 = n * (n + 1) * (2 * n + 1)", {}),
    ("sum-of-cubes", "∀ n : ℕ, 4 * ∑ k ∈ Finset.range (n + 1), k ^ 3 = n ^ 2 * (n + 1) ^ 2", {}),
    ("sum-of-fourth-powers", "∀ n : ℕ, 30 * ∑ k ∈ Finset.range (n + 1), (k : ℤ) ^ 4 = n * (n + 1) * (2 * n + 1) * (3 * n ^ 2 + 3 * n - 1)", {}),
    ("geometric-sum", "∀ n : ℕ, ∑ k ∈ Finset.range n, 3 ^ k * 2 = 3 ^ n - 1", {}),
    ("seven-divides", "∀ n : ℕ, 7 ∣ 3 ^ (2 * n + 1) + 2 ^ (n + 2)", {}),
    ("contraction-stays-below", "∀ (u : ℕ → ℝ), u 0 = 0 → (∀ n, u (n + 1) = u n / 2 + 1) → ∀ n, u n ≤ 2", {}),
    ("fibonacci-thirty", "∀ (u : ℕ → ℤ), u 0 = 0 → u 1 = 1 → (∀ n, u (n + 2) = u (n + 1) + u n) → u 30 = 832040", {}),
    ("cyclic-shares", "∀ a b c : ℝ, 0 < a → 0 < b → 0 < c → a / (a + b) + b / (b + c) + c / (c + a) < 2", {}),
    ("nesbitt-four", "∀ a b c d : ℝ, 0 < a → 0 < b → 0 < c → 0 < d → 2 ≤ a / (b + c) + b / (c + d) + c / (d + a) + d / (a + b)", {}),
    ("mediant", "∀ a b c d : ℝ, 0 < a → 0 < b → 0 < c → 0 < d → a / b < c / d → a / b < (a + c) / (b + d)", {}),
    ("powers-add-to-multiple", "∀ n : ℕ, n % 4 = 1 → (2 ^ n + 3 ^ n) % 5 = 0", {}),
    ("three-parabolas", "∀ x y z : ℝ, 0 ≤ x → x ≤ 1 → 0 ≤ y → y ≤ 1 → 0 ≤ z → z ≤ 1 → 64 * (x * (1 - x) * y * (1 - y) * z * (1 - z)) ≤ 1", {}),
    ("mean-is-bounded", "∀ w a : Fin 6 → ℝ, (∀ i, 0 ≤ w i ∧ |a i| ≤ 1) → ∑ i, w i = 1 → (∑ i, w i * a i) ^ 2 ≤ 1", {}),
    ("piecewise-parabola", "∀ x y : ℝ, 0 ≤ x → x ≤ 1 → 0 ≤ y → y ≤ 1 → (if x < y then (y - x) * x else (x - y) * y) ≤ 1 / 4", {}),
    ("clip-is-firmly-nonexpansive", "∀ x y : ℝ, (max (-1) (min 1 x) - max (-1) (min 1 y)) ^ 2 ≤ (x - y) * (max (-1) (min 1 x) - max (-1) (min 1 y))", {}),
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
