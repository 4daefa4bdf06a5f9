"""What each transform is good for, and where it must keep its hands off."""

from __future__ import annotations

import pytest

from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.backends.transforms import TRANSFORMS
from hms_kernel.model import Outcome


def only(text: str) -> Strategy:
    names, engine = text.rsplit("|", 1)
    stage = Stage(engine=engine, transforms=tuple(names.split("+")))
    return Strategy(slices=(Slice(stage, 1.0),))


PROVED = {
    "split|smt": "∀ x y : ℝ, x = 2 * y → (y < 1 ↔ x < 2) ∧ (y = 3 → x = 6)",
    "cases|nlsat": "∀ x y : ℝ, x = 1 ∨ x = 2 ∨ x = 3 → y * x = y + 1 → 0 ≤ x * x",
    "ite-split|nlsat": "∀ x y : ℝ, 0 ≤ (if x < y then (y - x) ^ 2 else (x - y) ^ 3)",
    "sum-lemma|nlsat": "∀ (n : ℕ) (w a : Fin n → ℝ), (∀ i, 0 ≤ w i ∧ a i ≤ 7) → ∑ i, w i = 1 →"
    " ∑ i, w i * a i ≤ 7",
    "residues|smt": "∀ a b : ℤ, (a ^ 2 + b ^ 2) % 4 ≠ 3",
    "enumerate|smt": "∀ n : ℕ, n < 60 → n ^ 3 % 7 ≠ 3",
    "cycles|smt": "∀ n : ℕ, 2 ^ n % 7 ≠ 3 ∧ ¬7 ∣ 2 ^ n + 1",
    "vertices|nlsat": "∀ a b c d : ℝ, 0 ≤ a → a ≤ 1 → 0 ≤ b → b ≤ 1 → 0 ≤ c ∧ c ≤ 1 → 0 < d → d < 2 →"
    " a * b * c + (1 - a) * (1 - b) * d ≤ 2",
    "witness|smt": "∀ a b : ℝ, a < b → ∃ c, a < c ∧ c < b",
    "points|nlsat": "∀ a b c : ℝ, (∀ x : ℝ, a * x ^ 2 + b * x + c = 3 * x ^ 2 - 5) → a + b + c = -2",
    "unroll|smt": "∀ u : ℕ → ℤ, u 0 = 1 → (∀ n, u (n + 1) = 3 * u n - 1) → u 9 = 9842",
    "induction|smt": "∀ n : ℕ, ∑ k ∈ Finset.range n, (2 * k + 1) = n ^ 2",
    "clear|nlsat": "∀ a b c : ℝ, 0 < a → 0 < b → 0 < c → 3 / 2 ≤ a / (b + c) + b / (c + a) + c / (a + b)",
    "squares+linear|smt": "∀ x y z u v w : ℝ, (x * u + y * v + z * w) ^ 2 ≤"
    " (x ^ 2 + y ^ 2 + z ^ 2) * (u ^ 2 + v ^ 2 + w ^ 2)",
    "products+linear|smt": "∀ a b x y : ℝ, a ≤ b → x ≤ y → a * y + b * x ≤ a * x + b * y",
    "squares+products+linear|smt": "∀ x y z : ℝ, 0 ≤ x → 0 ≤ y → 0 ≤ z →"
    " 3 * (x * y * z) ≤ x ^ 3 + y ^ 3 + z ^ 3",
    "induction|nlsat": "∀ n : ℕ, ∑ k ∈ Finset.range n, (1 : ℝ) / ((k + 1) * (k + 2)) = n / (n + 1)",
}


def test_every_transform_is_exercised_here():
    used = {name for text in PROVED for name in text.rsplit("|", 1)[0].split("+")}

    assert used == set(TRANSFORMS)


@pytest.mark.parametrize("stage", PROVED)
def test_a_stage_of_this_transform_alone_proves(settle, stage):
    verdict = settle(PROVED[stage], strategy=only(stage))

    assert verdict.outcome is Outcome.PROVED, verdict
    assert verdict.evidence.stage == stage


def test_a_recurrence_is_not_followed_down_from_very_far_out(settle):
    text = "∀ u : ℕ → ℤ, u 0 = 1 → (∀ n, u (n + 1) = 3 * u n - 1) → 0 < u 5000"

    verdict = settle(text, nominal_s=0.5, strategy=only("unroll|smt"))

    assert verdict.outcome is Outcome.UNKNOWN


INDUCTIVE = [
    "∀ n : ℕ, 3 ∣ 2 ^ (2 * n + 1) + 1",
    "∀ n : ℕ, 0 < n → 9 ∣ 10 ^ n - 1",
    "∀ n : ℕ, 4 ≤ n → n ^ 2 ≤ Nat.factorial n",
    "∀ n : ℕ, ∑ k ∈ Finset.Icc 1 n, k = n * (n + 1) / 2",
    "∀ (n : ℕ) (x : ℝ), 0 ≤ x → 1 + n * x ≤ (1 + x) ^ n",
    "∀ (n : ℕ) (u : ℕ → ℤ), (∀ k, 0 ≤ u k) → 0 ≤ ∑ k ∈ Finset.range n, u k",
]


@pytest.mark.parametrize("text", INDUCTIVE)
def test_a_claim_about_every_n_is_proved_by_induction(settle, text):
    verdict = settle(text)

    assert verdict.outcome is Outcome.PROVED, verdict
    assert "for every n" in verdict.evidence.notes


BOUNDED = [
    "∀ a b : ℕ, a * b = 35 → 1 < a → a < b → a = 5",
    "∀ a b : ℤ, a ^ 2 + b ^ 2 = 25 → a * b = 12 → a + b = 7 ∨ a + b = -7",
    "∀ (p q : ℕ) (k : ℝ), p ≠ q → Nat.Prime p → Nat.Prime q →"
    " (p : ℝ) ^ 2 - 12 * p + k = 0 → (q : ℝ) ^ 2 - 12 * q + k = 0 → k = 35",
]


@pytest.mark.parametrize("text", BOUNDED)
def test_values_are_enumerated_within_bounds_that_no_hypothesis_states(settle, text):
    verdict = settle(text, strategy=only("enumerate+enumerate|smt"))

    assert verdict.outcome is Outcome.PROVED, verdict


FALSE = [
    # Each is wrong in a way that a careless transform would miss.
    "∀ n : ℕ, 2 ^ n < 100",
    "∀ n : ℕ, n ≠ 5 → 2 ^ n ≠ 32 ∨ n = 2",
    "∀ n : ℕ, ∑ k ∈ Finset.range n, k ≤ 9",
    "∀ n : ℕ, ∑ k ∈ Finset.range (n + 1), k = n * (n + 1) / 2 + n / 7",
    "∀ (n : ℕ) (x : ℝ), 1 + n * x ≤ (1 + x) ^ n",
    "∀ n : ℕ, ∑ k ∈ Finset.Icc 5 n, 1 = n - 3",
    "∀ n : ℕ, ∀ k : ℕ, k ^ n = 0 ^ n",
    "∀ a : ℤ, a ^ 2 % 5 ≠ 4",
    "∀ n : ℕ, 2 ^ n % 7 ≠ 4",
    "∀ a b : ℝ, 0 ≤ a → a ≤ 1 → 0 ≤ b → b ≤ 1 → a * b + (1 - a) * (1 - b) < 1",
    "∀ a b : ℝ, 0 ≤ a → a ≤ 1 → 0 ≤ b → b ≤ 1 → a - a * a ≤ b * b",
    "∀ a : ℝ, 0 ≤ a → a ≤ 1 → a - a * a ≤ 0",
    "∀ a b : ℝ, a ≤ 1 → 0 ≤ b → b ≤ 1 → -1 ≤ a * b",
    "∀ a b : ℤ, a < b → ∃ c, a < c ∧ c < b",
    "∃ x : ℝ, x + 1 = x",
    "∀ x : ℝ, ∃ y : ℝ, y * x = 1",
    "∀ (n : ℕ) (x : Fin n → ℝ), (∑ i, x i) ^ 2 ≤ ∑ i, x i ^ 2",
    "∀ (n : ℕ) (x : Fin n → ℝ), ∑ i, x i = 1 → ∀ i, x i ≤ 1",
    "∀ (n : ℕ) (x : Fin n → ℝ), |∑ i, x i| = ∑ i, |x i|",
    "∀ (n : ℕ) (x y : Fin n → ℝ), (∑ i, x i ^ 2) * ∑ i, y i ^ 2 ≤ (∑ i, x i * y i) ^ 2",
    "∀ n : ℕ, 6 ^ n % 4 = 0",
    "∀ n : ℕ, 2 ≤ n → 3 ∣ 2 ^ n - 1",
    "∀ n : ℕ, n ≠ 1 → (2 ^ n + 3 ^ n) % 5 ≠ 0 ∨ n % 4 ≠ 1",
    "∀ a b : ℤ, a ^ 2 + b ^ 2 = 25 → a * b = 12 → a + b = 7",
    "∀ a b : ℕ, a * b = 126 → a < b → a < 9",
    "∀ a : ℤ, a ^ 3 = -8 → 0 ≤ a",
    "∀ a : ℤ, (∀ b : ℤ, b % 3 = 0 → (a + b) % 3 = 1) → a % 6 = 1",
    "∀ n : ℕ, 2 < n → n ≤ 60 → n ^ 2 % 59 ≠ 1",
    "∀ a b : ℝ, (∀ x : ℝ, 0 ≤ a * x + b) → b ≠ 0",
    "∀ u : ℕ → ℤ, u 0 = 1 → (∀ n, u (n + 1) = 3 * u n - 1) → u 9 = 9843",
    "∀ (n : ℕ) (w a : Fin n → ℝ), (∀ i, a i ≤ 7) → ∑ i, w i = 1 → ∑ i, w i * a i ≤ 7",
    "∀ (n : ℕ) (a b : Fin n → ℝ), (∀ i, 0 < a i) → 0 < ∑ i, a i",
    "∀ (n : ℕ) (a b : Fin n → ℝ), ∑ i, a i = ∑ i, b i → ∀ i, a i = b i",
]


@pytest.mark.parametrize("text", FALSE)
def test_no_transform_proves_what_is_false(settle, text):
    assert settle(text, nominal_s=0.5).outcome in (Outcome.REFUTED, Outcome.UNKNOWN)


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
@pytest.mark.parametrize("text", FALSE)
def test_no_transform_by_itself_proves_what_is_false(settle, name, text):
    verdict = settle(text, nominal_s=0.03, strategy=only(f"{name}|smt"))

    assert verdict.outcome in (Outcome.REFUTED, Outcome.UNKNOWN, Outcome.UNSUPPORTED)
