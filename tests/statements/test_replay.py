"""Counterexamples replayed: verdict and the sentence with the numbers."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from hms_kernel.statements import instantiate, parse
from hms_kernel.statements.evaluate import Replay, Undecided, replay

WAR = """
theorem war_score_bounds (n : ℕ) (w a d : Fin n → ℝ) (pos : ∀ i, w i > 0) (one : ∑ i, w i = 1)
    (impact : ∀ i, -100 ≤ a i ∧ a i ≤ 100) (drp : ∀ i, 0 ≤ d i) :
    -100 ≤ ∑ i, w i * a i * d i ∧ ∑ i, w i * a i * d i ≤ 100 := by sorry
"""


def test_the_published_bound_of_the_war_score_is_broken_with_numbers():
    statement = instantiate(parse(WAR), "n", 2)

    shown = replay(statement, {"w": (F(1, 2), F(1, 2)), "a": (100, 100), "d": (2, 2)})

    assert shown == Replay(
        True, False, "∑ i : Fin 2, w i * a i * d i = 200, but the claim says ≤ 100"
    )
    assert shown.refutes


def test_values_that_break_a_hypothesis_refute_nothing():
    statement = instantiate(parse(WAR), "n", 1)

    shown = replay(statement, {"w": (F(1, 2),), "a": (100,), "d": (9,)})

    assert not shown.refutes
    assert not shown.hypotheses_hold
    assert shown.shows == "the hypothesis one fails: ∑ i : Fin 1, w i = 0.5, but the claim says = 1"


def test_values_under_which_the_claim_holds_show_nothing():
    shown = replay(parse("∀ x : ℝ, 0 ≤ x → x ≤ x * x"), {"x": F(2)})

    assert shown == Replay(True, True, "")


@pytest.mark.parametrize(
    ("text", "values", "sentence"),
    [
        ("∀ x : ℝ, x ≤ x * x", {"x": F(1, 2)}, "x = 0.5 and x * x = 0.25, but the claim says x ≤ x * x"),
        ("∀ x : ℝ, -1 ≤ x", {"x": F(-3)}, "x = -3, but the claim says ≥ -1"),
        ("∀ x : ℝ, x = 1 ∨ x = 2", {"x": F(1, 3)}, "x = 1/3, but the claim says = 1; x = 1/3, but the claim says = 2"),
        ("∀ x : ℝ, ¬x ^ 2 = 4", {"x": F(2)}, "x ^ 2 = 4 holds (x ^ 2 = 4), but the claim says it does not"),
        ("∀ n : ℕ, Nat.Prime (n ^ 2 + n + 41)", {"n": F(40)}, "Nat.Prime (n ^ 2 + n + 41) is false: n ^ 2 + n + 41 = 1681"),
        ("∀ n : ℕ, 3 ∣ n", {"n": F(4)}, "n = 4, but the claim says 3 ∣ n"),
        ("∀ x : ℝ, (x = 0 ↔ x ^ 2 = x)", {"x": F(1)}, "x ^ 2 = x holds (x ^ 2 = 1 and x = 1), but x = 0 does not (x = 1)"),
        ("∀ w : Fin 2 → ℝ, w 0 > 0 ∧ ¬¬∀ i, w i > 0", {"w": (1, -1)}, "at i = 1: w i = -1, but the claim says > 0"),
        ("∀ w : Fin 2 → ℝ, (∀ i, w i > 0) ∧ w 0 = 1", {"w": (1, -1)}, "at i = 1: w i = -1, but the claim says > 0"),
        ("∀ n : ℕ, ∃ k < n, k * k = n", {"n": F(5)}, "no value makes it true: ∃ k : ℕ, k < n ∧ k * k = n"),
        ("∀ x : ℝ, √x < 1", {"x": F(2)}, "Real.sqrt x ≈ 1.41421, but the claim says < 1"),
        ("∀ x : ℝ, x ≤ 0.5", {"x": F(2)}, "x = 2, but the claim says ≤ 0.5"),
    ],
)  # fmt: skip
def test_the_sentence_shows_the_broken_part(text: str, values: dict[str, object], sentence: str):
    shown = replay(parse(text), values)

    assert shown.refutes
    assert shown.shows == sentence


def test_huge_numbers_do_not_flood_the_sentence():
    shown = replay(parse("∀ n : ℕ, 7 ^ n = 0"), {"n": F(900)})

    assert shown.refutes
    assert len(shown.shows) < 100
    assert "≈" in shown.shows


def test_values_must_be_complete_and_of_their_sorts():
    statement = parse("∀ (n : ℕ) (w : Fin 2 → ℝ) (P : Prop), P → w 0 = n")

    good = {"n": F(1), "w": (0, 0), "P": True}
    assert replay(statement, good).refutes
    for name, bad in (
        ("n", F(-1)),
        ("w", (0,)),
        ("w", (0, 0, 0)),
        ("w", (0, "1")),
        ("w", 3),
        ("P", 1),
    ):
        with pytest.raises(Undecided):
            replay(statement, {**good, name: bad})
    with pytest.raises(Undecided, match="no value for 'w'"):
        replay(statement, {"n": F(1), "P": True})


def test_what_cannot_be_decided_is_not_replayed():
    statement = parse("∀ x : ℝ, (∀ y : ℝ, y * y ≥ x) → x < 0")

    with pytest.raises(Undecided):
        replay(statement, {"x": F(0)})


def test_two_sums_side_by_side_run_over_the_same_index():
    statement = parse("∀ (w v : Fin 1 → ℝ), ∑ i, w i < ∑ i, v i")

    shown = replay(statement, {"w": (1,), "v": (0,)})

    assert shown.shows == (
        "∑ i : Fin 1, w i = 1 and ∑ i : Fin 1, v i = 0,"
        " but the claim says ∑ i : Fin 1, w i < ∑ i : Fin 1, v i"
    )


def test_a_sum_within_a_sum_keeps_an_index_of_its_own():
    statement = parse("∀ (x : ℝ), ∑ i ∈ Finset.range 2, ∑ j ∈ Finset.range 2, (i + j + x) = 0")
    nested = parse("∀ (w : Fin 1 → ℝ), ∑ i, (∑ i, w i) * w i = 0")

    assert "∑ i ∈ Finset.range 2, ∑ j ∈ Finset.range 2" in replay(statement, {"x": 0}).shows
    assert replay(nested, {"w": (2,)}).shows == (
        "∑ i : Fin 1, (∑ i_1 : Fin 1, w i_1) * w i = 4, but the claim says = 0"
    )
