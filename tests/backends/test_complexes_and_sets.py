"""Claims about complex numbers, sets and equivalences, settled as claims about numbers and functions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hms_kernel.model import Outcome, Verdict

Settle = Callable[..., Verdict]


@pytest.mark.parametrize(
    "text",
    [
        "(z w : ℂ) : Complex.normSq (z * w) = Complex.normSq z * Complex.normSq w",
        "(z : ℂ) (h : z ^ 2 = -1) : z = Complex.I ∨ z = -Complex.I",
        "(z : ℂ) (h : z ≠ 0) : z * z⁻¹ = 1",
        ": ∃ z : ℂ, z ^ 2 + 49 = 0",
        "(n : ℕ) : Complex.I ^ (4 * n) = 1",
        "(a b : ℝ) (h : (a : ℂ) = b) : a = b",
        "(f : ℂ → ℂ) (h : ∀ z, f z = z ^ 2 + 1) : f Complex.I = 0",
    ],
)
def test_true_claims_are_proved(text: str, settle: Settle):
    assert settle(f"theorem t {text}").outcome is Outcome.PROVED


def test_a_false_claim_is_refuted_by_a_complex_number(settle: Settle):
    verdict = settle("theorem t (z : ℂ) (h : z ^ 2 = -1) : z = Complex.I")

    assert verdict.outcome is Outcome.REFUTED
    assert verdict.counterexample is not None
    assert verdict.counterexample.values == {"z": "{ re := 0, im := -1 }"}


def test_division_by_zero_is_zero_as_in_mathlib(settle: Settle):
    verdict = settle("theorem t (z : ℂ) : z * z⁻¹ = 1")

    assert verdict.counterexample is not None
    assert verdict.counterexample.values == {"z": "{ re := 0, im := 0 }"}


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("(S T : Set ℝ) : S ∩ T ⊆ S ∪ T", Outcome.PROVED),
        ("(f : ℝ → ℝ) (S T : Set ℝ) (h : S ⊆ T) : f '' S ⊆ f '' T", Outcome.PROVED),
        ("(S : Set ℕ) (u : ℕ) (h : ∀ n, n ∈ S ↔ 0 < n ∧ n % 5 = 3) (hu : IsLeast S u) : u = 3", Outcome.PROVED),
        ("(S : Set ℝ) (h : S = {x | 0 ≤ x}) : ∀ x ∈ S, x < 1", Outcome.REFUTED),
        ("(σ : ℝ ≃ ℝ) (h : ∀ x, σ x = 2 * x) : σ.symm 4 = 2", Outcome.PROVED),
    ],
)  # fmt: skip
def test_sets_and_equivalences_are_settled(text: str, outcome: Outcome, settle: Settle):
    assert settle(f"theorem t {text}").outcome is outcome
