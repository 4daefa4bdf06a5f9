"""Hypotheses that exclude each other, and hypotheses a proof does without."""

from __future__ import annotations

import pytest

from hms_kernel.backends.vacuity import labelled
from hms_kernel.model import Outcome
from hms_kernel.statements import parse


def without(text: str, labels: tuple[str, ...]) -> str:
    for label in labels:
        assert f"({label})" in text
        text = text.replace(f"({label})", "")
    return text


class TestUnusedHypotheses:
    def test_a_hypothesis_the_proof_does_without_is_named_with_its_text(self, settle):
        verdict = settle(
            "theorem t (x y : ℝ) (a : 0 < x) (b : 1 < y) (c : x + y < 10) : 0 < x * y := by sorry"
        )

        assert verdict.outcome is Outcome.PROVED
        assert verdict.evidence.unused_hypotheses == ("c : x + y < 10",)

    def test_of_two_that_say_the_same_one_is_kept(self, settle):
        verdict = settle(
            "theorem t (x : ℝ) (a : 1 < x) (b : 2 < x) (c : 3 < x) : 0 < x := by sorry"
        )

        assert len(verdict.evidence.unused_hypotheses) == 2

    def test_what_types_say_is_no_hypothesis(self, settle):
        verdict = settle("theorem t (n : ℕ) (h : n < 7) : 0 ≤ n := by sorry")

        assert verdict.evidence.unused_hypotheses == ("h : n < 7",)

    def test_it_works_for_every_n(self, settle):
        verdict = settle(
            "theorem t (n : ℕ) (w a : Fin n → ℝ) (pos : ∀ i, 0 ≤ w i) (one : ∑ i, w i = 1)"
            " (low : ∀ i, -1 ≤ a i) (high : ∀ i, a i ≤ 2) : ∑ i, w i * a i ≤ 2 := by sorry"
        )

        assert verdict.outcome is Outcome.PROVED
        assert verdict.evidence.unused_hypotheses == ("low : ∀ i : Fin n, -1 ≤ a i",)

    @pytest.mark.parametrize(
        "text",
        [
            "theorem t (x y z : ℝ) (a : 0 ≤ x) (b : 0 ≤ y) (c : 0 ≤ z) (d : x + y = 1) :"
            " 0 ≤ x * y + z := by sorry",
            "theorem t (x y : ℤ) (a : x < y) (b : 0 < x) (c : y < 100) : x + 1 ≤ y := by sorry",
        ],
    )
    def test_the_claim_holds_without_all_of_them_together(self, settle, text):
        spare = settle(text).evidence.unused_hypotheses

        assert spare
        assert settle(without(text, spare)).outcome is Outcome.PROVED

    def test_a_refuted_claim_has_none(self, settle):
        verdict = settle("theorem t (x : ℝ) (a : 0 < x) : x < 0 := by sorry")

        assert verdict.evidence.unused_hypotheses == ()


class TestContradictoryHypotheses:
    def test_they_are_listed_and_none_of_them_can_be_spared(self, settle):
        text = (
            "theorem t (x y : ℝ) (low : x < y) (third : y < 5) (high : y < x) (more : 0 < x) :"
            " x = y := by sorry"
        )

        verdict = settle(text)

        assert verdict.outcome is Outcome.VACUOUS
        assert verdict.evidence.contradictory == ("low : x < y", "high : y < x")
        for label in verdict.evidence.contradictory:
            assert settle(without(text, (label,))).outcome is not Outcome.VACUOUS

    def test_three_that_only_clash_together_are_all_there(self, settle):
        verdict = settle(
            "theorem t (x y z : ℤ) (a : x < y) (b : y < z) (c : z < x) (d : x ≠ 5) :"
            " x = 1 := by sorry"
        )

        assert verdict.evidence.contradictory == ("a : x < y", "b : y < z", "c : z < x")

    def test_nothing_is_listed_when_they_can_hold(self, settle):
        verdict = settle("theorem t (x : ℝ) (a : 0 < x) : 0 ≤ x := by sorry")

        assert verdict.evidence.contradictory == ()


def test_a_nameless_hypothesis_is_shown_as_its_proposition():
    statement = parse("∀ x : ℝ, 0 < x → 0 ≤ x", name="t")

    assert labelled(statement.hypotheses[0]) == "0 < x"


class TestWhatWasTried:
    def test_an_open_claim_says_what_was_tried_in_vain_and_what_it_cost(self, settle):
        verdict = settle(
            "theorem t (x y z : ℤ) (h : x ^ 3 + y ^ 3 + z ^ 3 = 42) : x = 7 := by sorry",
            nominal_s=0.1,
        )

        assert verdict.outcome is Outcome.UNKNOWN
        assert "out of budget: smt" in verdict.reason
        assert f"{verdict.evidence.units:,} units in all" in verdict.reason
