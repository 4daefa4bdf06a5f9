"""Lean's meaning of arithmetic, end to end: text in, verdict out."""

from __future__ import annotations

import pytest

from hms_kernel.model import Outcome

PROVED = [
    # Division is total.
    "∀ x : ℝ, x / 0 = 0",
    "∀ x y : ℝ, y = 0 → x / y = 0",
    "∀ x : ℤ, x / 0 = 0",
    "∀ x : ℕ, x / 0 = 0",
    "∀ x : ℤ, x % 0 = x",
    "∀ x y : ℕ, y = 0 → x % y = x",
    "((0 : ℝ))⁻¹ = 0",
    "∀ x : ℝ, x⁻¹ = 1 / x",
    "∀ x : ℝ, x ≠ 0 → x / x = 1",
    # Subtraction on ℕ stops at zero.
    "(2 : ℕ) - 3 = 0",
    "∀ a b : ℕ, a ≤ b → a - b = 0",
    "∀ a b : ℕ, a - b + b = max a b",
    "∀ a b : ℕ, b ≤ a → ((a - b : ℕ) : ℤ) = (a : ℤ) - b",
    "((2 - 3 : ℕ) : ℤ) = 0",
    # A cast on the outside of ℕ arithmetic reaches the leaves.
    "∀ a b : ℕ, a < b → (a : ℤ) - b < 0",
    # Integer division is Euclidean.
    "(-7 : ℤ) / 2 = -4",
    "(7 : ℤ) / (-2) = -3",
    "(-7 : ℤ) / (-2) = 4",
    "(-7 : ℤ) % 2 = 1",
    "(7 : ℤ) % (-2) = 1",
    "∀ a b : ℤ, b ≠ 0 → 0 ≤ a % b",
    "∀ a : ℤ, a % 3 < 3",
    "∀ a b : ℤ, a / b * b + a % b = a",
    "(7 : ℕ) / 2 = 3",
    # Powers.
    "(0 : ℝ) ^ 0 = 1",
    "∀ x : ℝ, x ^ 0 = 1",
    "∀ x : ℝ, -x ^ 2 ≤ 0",
    "∀ x : ℝ, 0 ≤ (-x) ^ 2",
    "(2 : ℕ) ^ 3 ^ 2 = 512",
    "(2 : ℝ) ^ (-1 : ℤ) = 1 / 2",
    "(0 : ℝ) ^ (-1 : ℤ) = 0",
    "∀ x : ℝ, x ^ (1 / 3) = 1",
    # Precedence.
    "1 + 2 * 3 = 7",
    "(10 : ℤ) - 3 - 2 = 5",
    "(2 : ℤ) - 3 + 1 = 0",
    "∀ p q : Prop, (p → q) ↔ (¬ p ∨ q)",
    "∀ x : ℝ, ¬ x = x + 1",
    # Roots, rounding, absolute values.
    "∀ x : ℝ, x < 0 → Real.sqrt x = 0",
    "∀ x : ℝ, 0 ≤ x → Real.sqrt x * Real.sqrt x = x",
    "Real.sqrt 4 = 2",
    "∀ x : ℝ, (⌊x⌋ : ℝ) ≤ x",
    "∀ x : ℝ, x ≤ ⌈x⌉",
    "∀ x y : ℝ, |x + y| ≤ |x| + |y|",
    "∀ x y : ℝ, min x y ≤ max x y",
    # Divisibility.
    "∀ n : ℤ, 6 ∣ n → 3 ∣ n",
    "∀ n : ℕ, 0 ∣ n → n = 0",
    "∀ n : ℤ, n ∣ 0",
    "∀ n : ℤ, Even n ∨ Odd n",
    # Inner quantifiers.
    "∀ x : ℝ, ∃ y : ℝ, y > x",
    "∀ n : ℕ, ∃ m : ℕ, n < m",
    # Sums.
    "∑ i ∈ Finset.range 101, i = 5050",
    "∏ i ∈ Finset.Icc 1 5, i = 120",
    "∀ f : Fin 3 → ℝ, (∀ i, 0 ≤ f i) → 0 ≤ ∑ i, f i",
    "∀ f : Fin 0 → ℝ, ∑ i, f i = 0",
    "∀ f : Fin 3 → ℝ, ∑ i, f i = f 0 + f 1 + f 2",
    # Casts and mixed sorts.
    "∀ (n : ℕ) (x : ℝ), x = n → 0 ≤ x",
    "∀ n : ℕ, ((n : ℤ) : ℝ) = (n : ℝ)",
    "∀ q : ℚ, 0 ≤ q * q",
    # Functions on infinite types.
    "∀ f : ℕ → ℕ, 0 ≤ f 7",
    "∀ f : ℕ → ℝ, f 1 = 2 → (∀ n, f (n + 1) = f n + 1) → f 2 = 3",
]

REFUTED = [
    "∀ a b : ℕ, a - b + b = a",
    "∀ a b : ℕ, ((a - b : ℕ) : ℤ) = (a : ℤ) - b",
    "∀ x : ℝ, x / x = 1",
    "∀ a : ℤ, 2 * (a / 2) = a",
    "∀ x : ℝ, 0 ≤ -x ^ 2",
    "∀ x : ℝ, Real.sqrt (x * x) = x",
    "∀ x y : ℝ, x * y ≤ (x + y) / 2",
    "∀ a b : ℤ, a % b < b",
    "∀ x : ℝ, x < 1 → x ≤ 0",
    "∀ f : Fin 3 → ℝ, ∑ i, f i + 1 = ∑ i, (f i + 1)",
    "∀ q : ℚ, q * q ≠ 4",
    "∀ n : ℕ, n ∣ 12 → n ≤ 6",
    "∀ p q : Prop, (p → q) → (q → p)",
    "∀ (f : Fin 2 → ℤ) (i : Fin 2), f i = f 0",
    "∀ x : ℝ, x ^ 2 = 2 → x = 5",  # every witness is irrational, so it must be replayable or open
]

OPEN_OR_REFUTED = {"∀ x : ℝ, x ^ 2 = 2 → x = 5"}

NEVER_PROVED = [
    "∃ x : ℚ, x * x = 2",
    "∀ x : ℚ, x * x ≠ 2 → x = 0",
    "∃ q : ℚ, ∀ r : ℚ, q ≤ r",
    "∃ f : Fin 1 → ℚ, f 0 * f 0 = 2",
    "∀ x : ℝ, (∀ f : Fin 2 → ℚ, (f 0 : ℝ) ≠ x) → x * x ≠ 2",
]


@pytest.mark.parametrize("text", PROVED)
def test_what_holds_in_lean_is_proved(settle, text):
    verdict = settle(text)

    assert verdict.outcome is Outcome.PROVED, verdict


@pytest.mark.parametrize("text", REFUTED)
def test_what_fails_in_lean_is_refuted_by_replayed_numbers(settle, text):
    verdict = settle(text)

    allowed = {Outcome.REFUTED} | ({Outcome.UNKNOWN} if text in OPEN_OR_REFUTED else set())
    assert verdict.outcome in allowed, verdict
    if verdict.outcome is Outcome.REFUTED:
        assert verdict.counterexample.values
        assert verdict.counterexample.shows


@pytest.mark.parametrize("text", NEVER_PROVED)
def test_a_rational_claim_is_not_proved_by_an_irrational_witness(settle, text):
    verdict = settle(text)

    assert verdict.outcome is not Outcome.PROVED, verdict
    assert verdict.outcome is not Outcome.VACUOUS, verdict


SHIFTED = [
    "∀ x : ℝ, 2 * x + 3 = 11 → x = {}",
    "∀ x y : ℝ, x + y = 7 → x - y = 1 → x * y = {}",
    "∀ n : ℕ, n * n = 144 → n = {}",
    "∀ n : ℤ, n % 7 = 3 → n * n % 7 = {}",
    "∑ i ∈ Finset.range 11, i ^ 2 = {}",
    "(17 : ℤ) * 23 - 5 = {}",
    "∀ f : ℕ → ℤ, (∀ n, f n = n ^ 2 + 1) → f 12 = {}",
    "Nat.gcd 84 36 = {}",
    "∀ x : ℝ, 0 ≤ x → Real.sqrt (x ^ 2 + 2 * x + 1) = x + {}",
]
ANSWERS = (4, 12, 12, 2, 385, 386, 145, 12, 1)


@pytest.mark.parametrize(("text", "answer"), list(zip(SHIFTED, ANSWERS, strict=True)))
def test_a_true_goal_is_proved_and_its_neighbours_are_not(settle, text, answer):
    assert settle(text.format(answer)).outcome is Outcome.PROVED
    for wrong in (answer - 1, answer + 1):
        assert settle(text.format(wrong)).outcome is Outcome.REFUTED
