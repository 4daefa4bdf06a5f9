"""Claims about doubles, end to end: text in, verdict out. What holds over ℝ need not hold in a processor."""

from __future__ import annotations

import math

import pytest

from hms_kernel.errors import UsageError
from hms_kernel.model import Outcome, Trust

PROVED = [  # in doubles
    # Addition and multiplication commute; what they lack is associativity.
    "∀ x y : ℝ, x + y = y + x",
    "∀ x y : ℝ, |x| ≤ 1e100 → |y| ≤ 1e100 → x * y = y * x",
    # Subnormals: a difference vanishes only between equals.
    "∀ x y : ℝ, x - y = 0 ↔ x = y",
    "∀ x y : ℝ, x ≠ y → x - y ≠ 0",
    # Rounding keeps order.
    "∀ x y z : ℝ, x ≤ y → x + z ≤ y + z",
    "∀ x y z : ℝ, 0 ≤ x → x ≤ y → 0 ≤ z → x * z ≤ y * z",
    "∀ x y : ℝ, 0 ≤ x → x ≤ 1 → 0 ≤ y → y ≤ 1 → 0.3 * x + 0.7 * y ≤ 1",
    "∀ x y : ℝ, min x y ≤ x ∧ x ≤ max x y",
    "∀ b s m : ℝ, 0 ≤ s → 0 ≤ m → m ≤ 1 → b - s ≤ b - s * m ∧ b - s * m ≤ b",
    "∀ b s m : ℝ, 0 ≤ s → s ≤ b → 0 ≤ m → m ≤ 1 → 0 ≤ b - s * m",
    "∀ x : ℝ, 0 ≤ x ^ 2",
    "∀ x : ℝ, 0 ≤ x → 0 ≤ √x",
    "∀ x : ℝ, 1 ≤ x → x ≤ 1000 → (if x ≤ 10 then x else 10) ≤ 10",
    "∀ d j g e : ℝ, 0 ≤ d → d ≤ 100 → 0 ≤ j → j ≤ 100 → 0 ≤ g → g ≤ 100 → 0 ≤ e → e ≤ 100 →"
    " d * 0.4 + j * 0.3 + g * 0.2 + e * 0.1 ≤ 100",
    # Division by zero is no zero.
    "∀ x : ℝ, 0 < x → x / 0 > 1e308",
    "∀ x : ℝ, x < 0 → x / 0 < -1e308",
    # Overflow, and what comes of infinities.
    "(1e308 : ℝ) * 10 = 1 / 0",
    "(1e308 : ℝ) * 10 - 1e308 * 10 ≠ 0",
    # The square root of a negative is NaN, which is not even itself.
    "∀ x : ℝ, x < 0 → √x ≠ √x",
    "∀ x : ℝ, x < 0 → ¬ (√x ≤ 0) ∧ ¬ (0 ≤ √x)",
    # Sums run from the first term to the last.
    "∑ i ∈ Finset.range 3, ((i : ℝ) + 1) / 10 = 0.1 + 0.2 + 0.3",
    "∀ n : ℕ, n = 2 → ∀ w : Fin n → ℝ, (∀ i, 0 ≤ w i ∧ w i ≤ 1) → ∑ i, w i ≤ 2",
]

REFUTED = [  # in doubles, though true over ℝ
    "0.1 + 0.2 = (0.3 : ℝ)",
    "(0.4 : ℝ) + 0.3 + 0.2 + 0.1 = 1",
    "∀ x : ℝ, x + 1 > x",
    "∀ x y z : ℝ, (x + y) + z = x + (y + z)",
    "∀ x y z : ℝ, x * (y + z) = x * y + x * z",
    "∀ x y : ℝ, 0 < x → 0 < y → 0 < x * y",
    "∀ x y : ℝ, x * y = 0 → x = 0 ∨ y = 0",
    "∀ x y : ℝ, x < y → x < (x + y) / 2",
    "∀ x : ℝ, x * 2 / 2 = x",
    "∀ x : ℝ, x - x = 0 ∧ x * 10 - x * 10 = 0",
    "∀ x : ℝ, 0 ≤ x → √x * √x = x",
    "∀ x : ℝ, x ≠ 0 → x * x⁻¹ = 1",
    "∀ x y : ℝ, x = y → 1 / x = 1 / y",
    "∀ x : ℝ, 1 ≤ x → x ≤ 2 → x / 3 * 3 = x",
    "∀ n : ℕ, (n : ℝ) + 1 > n",
    "∀ n : ℕ, ∀ w a : Fin n → ℝ, (∀ i, 0 ≤ w i) → (∀ i, 0 ≤ a i ∧ a i ≤ 100) →"
    " ∑ i, w i = 1 → ∑ i, w i * a i ≤ 100",
    "∀ w a : Fin 12 → ℝ, (∀ i, 0 ≤ w i) → (∀ i, 0 ≤ a i ∧ a i ≤ 100) →"
    " ∑ i, w i = 1 → ∑ i, w i * a i ≤ 100",
]


@pytest.mark.parametrize("text", PROVED)
def test_what_doubles_keep_is_proved(settle, text):
    verdict = settle(text, semantics="float64")

    assert (verdict.outcome, verdict.trust) == (Outcome.PROVED, Trust.ONE_SOLVER), verdict.reason


@pytest.mark.parametrize("text", REFUTED)
def test_what_doubles_lose_is_refuted(settle, text):
    verdict = settle(text, semantics="float64")

    assert (verdict.outcome, verdict.trust) == (Outcome.REFUTED, Trust.REPLAYED), verdict.reason
    assert verdict.counterexample.shows == verdict.reason


@pytest.mark.parametrize(
    "text", ["(0.4 : ℝ) + 0.3 + 0.2 + 0.1 = 1", "∀ x y z : ℝ, (x + y) + z = x + (y + z)"]
)
def test_the_same_text_holds_over_the_reals(settle, text):
    assert settle(text).outcome is Outcome.PROVED


def test_the_weights_that_add_up_to_one_do_not_in_doubles(settle):
    verdict = settle("(0.4 : ℝ) + 0.3 + 0.2 + 0.1 = 1", semantics="float64")

    assert verdict.reason == ("0.4 + 0.3 + 0.2 + 0.1 = 0.9999999999999999, but the claim says == 1")
    assert 0.4 + 0.3 + 0.2 + 0.1 == 0.9999999999999999


def test_in_another_order_the_same_weights_add_up(settle):
    assert settle("(0.1 : ℝ) + 0.2 + 0.3 + 0.4 = 1", semantics="float64").outcome is Outcome.PROVED


def test_a_counterexample_reads_back_as_the_doubles_that_break_the_claim(settle):
    verdict = settle("∀ x y z : ℝ, (x + y) + z = x + (y + z)", semantics="float64")

    x, y, z = (float(verdict.counterexample.values[name]) for name in "xyz")
    assert (x + y) + z != x + (y + z)


def test_adding_one_is_lost_where_the_integers_run_out(settle):
    verdict = settle("∀ x : ℝ, x + 1 > x", semantics="float64")

    assert verdict.counterexample.values == {"x": "9007199254740992.0"}


def test_weights_that_sum_to_one_can_push_an_average_over_its_bound(settle):
    verdict = settle(
        "∀ w a : Fin 2 → ℝ, (∀ i, 0 ≤ w i) → (∀ i, 0 ≤ a i ∧ a i ≤ 100) →"
        " w 0 + w 1 = 1 → w 0 * a 0 + w 1 * a 1 ≤ 100",
        semantics="float64",
    )

    w = [float(value) for value in verdict.counterexample.values["w"]]
    a = [float(value) for value in verdict.counterexample.values["a"]]
    assert w[0] + w[1] == 1
    assert w[0] * a[0] + w[1] * a[1] > 100


def test_the_hypotheses_are_kept_by_a_counterexample(settle):
    verdict = settle("∀ x y : ℝ, x * x + y * y = 1 → x + y ≤ 1.4", semantics="float64")

    x, y = (float(verdict.counterexample.values[name]) for name in "xy")
    assert x * x + y * y == 1
    assert x + y > 1.4


def test_contradictory_hypotheses_are_named(settle):
    verdict = settle("theorem t (x : ℝ) (a : x < 0) (b : 0 < x) : x = 3 := by sorry", semantics="float64")  # fmt: skip

    assert verdict.outcome is Outcome.VACUOUS
    assert verdict.reason == "the hypotheses a, b contradict each other"


def test_a_variable_without_values_makes_a_claim_vacuous(settle):
    verdict = settle("∀ i : Fin 0, (0.5 : Float) < 0.2")

    assert verdict.outcome is Outcome.VACUOUS
    assert verdict.reason == "a variable ranges over an empty type"


def test_a_symbolic_size_is_not_proved_and_the_reason_says_so(settle):
    verdict = settle("∀ n : ℕ, ∀ w : Fin n → ℝ, (∀ i, 0 ≤ w i) → 0 ≤ ∑ i, w i", semantics="float64")

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.reason.startswith("holds for n = 0; n = 1; ")
    assert verdict.reason.endswith("claims about doubles are not proved for every n")


def test_what_is_not_settled_says_how_many_points_were_tried(settle):
    verdict = settle(
        "∀ x y z : ℝ, 1 ≤ x → 1 ≤ y → 1 ≤ z → x ≤ 2 → y ≤ 2 → z ≤ 2 →"
        " x / y / z * y * z ≤ x * 1.00000000000001",
        semantics="float64",
        nominal_s=0.2,
    )

    assert verdict.outcome is Outcome.UNKNOWN
    assert "no counterexample among " in verdict.reason


def test_the_evidence_says_how_the_reals_were_read(settle):
    verdict = settle("∀ x : ℝ, x + 0 = x", semantics="float64")

    assert verdict.evidence.statement == (
        "theorem claim (x : Float) (_ : Float.abs x < 1 / 0) : x + 0 == x := by sorry"
    )
    assert any("IEEE-754 binary64" in note for note in verdict.evidence.notes)
    assert any("finite doubles" in note for note in verdict.evidence.notes)


def test_bounds_vouch_for_what_they_prove_and_z3_for_the_rest(settle):
    bounded = settle("∀ x : ℝ, x ≤ 1 → x + 1 ≤ 2", semantics="float64")
    blasted = settle("∀ x : ℝ, (if x ≤ 10 then x else 10) ≤ 10", semantics="float64")

    assert (bounded.evidence.stage, bounded.evidence.checker) == ("intervals", "bounds of doubles")
    assert blasted.evidence.stage == "bits"
    assert blasted.evidence.checker.startswith("z3 ")


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("∀ x : ℚ, x + 1 > x", "ℚ in a claim about doubles"),
        ("∀ x : ℝ, 0 ≤ x ^ 4", "powers of doubles other than squares"),
        ("∀ x : ℝ, ∃ y : ℝ, y > x", "'∃' over doubles"),
        ("∀ f : ℝ → ℝ, f 0 = f 0", "functions on anything but Fin n"),
        ("∀ x : ℝ, (⌊x⌋ : ℝ) ≤ x", "'floor' of doubles"),
    ],
)
def test_what_doubles_cannot_mean_is_unsupported_by_name(settle, text, construct):
    verdict = settle(text, semantics="float64")

    assert verdict.outcome is Outcome.UNSUPPORTED
    assert construct in verdict.reason


def test_semantics_that_nobody_has_heard_of_are_a_usage_error(settle):
    with pytest.raises(UsageError, match="no semantics 'float32'; there are exact, float64"):
        settle("1 = 1", semantics="float32")


# --- Lean's own Float --------------------------------------------------------------

LEAN_PROVED = [
    "0.1 + 0.2 == 0.30000000000000004",
    "∀ x : Float, x = x",
    "∀ x y : Float, x + y = y + x",
    "(0.0 : Float) == -0.0",
    "(0.0 / 0.0 : Float) = 0.0 / 0.0",
    "∀ x : Float, x < 0 → (Float.sqrt x).isNaN",
    "∀ x y : Float, x ≤ y → max x y = y",
    "∀ x : Float, x.isFinite → x - x == 0",
]

LEAN_REFUTED = [
    "0.1 + 0.2 = 0.3",
    "(0.0 : Float) = -0.0",
    "∀ x : Float, x == x",
    "∀ x y : Float, x + y == y + x",
    "∀ x y : Float, x - y == 0 ↔ x == y",
    "∀ x y : Float, min x y ≤ x",
    "∀ x y : Float, x ≤ y ∨ y ≤ x",
    "∀ x : Float, x.isFinite → (x * 2).isFinite",
]


@pytest.mark.parametrize("text", LEAN_PROVED)
def test_what_lean_means_by_float_is_proved(settle, text):
    assert settle(text).outcome is Outcome.PROVED


@pytest.mark.parametrize("text", LEAN_REFUTED)
def test_what_lean_means_by_float_is_refuted(settle, text):
    assert settle(text).outcome is Outcome.REFUTED


def test_a_float_may_be_nan_where_a_double_read_from_the_reals_may_not(settle):
    found = settle("∀ x : Float, x == x").counterexample.values["x"]

    assert math.isnan(float(found))
    assert settle("∀ x : ℝ, x = x", semantics="float64").outcome is Outcome.PROVED


def test_floats_and_reals_do_not_mix(settle):
    verdict = settle("∀ (x : ℝ) (y : Float), x = 1 → y = 1")

    assert verdict.outcome is Outcome.UNSUPPORTED
    assert "Float and ℝ together" in verdict.reason


@pytest.mark.parametrize(
    "text",
    [
        "∀ x y : ℝ, x ≤ y → x ≤ (x + y) / 2",
        "∀ x : ℝ, (if x ≤ 10 then x else 10) ≤ 10",
        "∀ w : Fin 4 → ℝ, (∀ i, 0 ≤ w i) → ∑ i, w i = 1 → ∑ i, w i * 100 ≤ 100",
        "∀ x y : ℝ, |x + y| ≤ |x| + |y|",
    ],
)
def test_two_runs_give_the_same_verdict_units_and_counterexample(settle, text):
    first, second = (settle(text, semantics="float64", nominal_s=1.0) for _ in range(2))

    assert first.outcome is second.outcome
    assert first.counterexample == second.counterexample
    assert first.evidence == second.evidence
