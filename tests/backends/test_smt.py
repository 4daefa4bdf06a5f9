"""How the embedded prover answers: vacuity, budgets, evidence, repeatability."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.errors import UsageError
from hms_kernel.model import Goal, Outcome
from hms_kernel.testing import ProofBackendContract


class TestSmtBackend(ProofBackendContract):
    def make_backend(self) -> SmtBackend:
        return SmtBackend()


def only(engine: str, *transforms: str) -> Strategy:
    return Strategy(slices=(Slice(Stage(engine=engine, transforms=transforms), 1.0),))


class TestVacuity:
    def test_the_contradicting_hypotheses_are_named_and_no_others(self, settle):
        verdict = settle(
            "theorem t (x y : ℝ) (low : x < 0) (third : y = 1) (high : 0 < x) : x = y := by sorry"
        )

        assert verdict.outcome is Outcome.VACUOUS
        assert "low" in verdict.reason
        assert "high" in verdict.reason
        assert "third" not in verdict.reason

    def test_types_count_as_hypotheses(self, settle):
        assert (
            settle("theorem t (n : ℕ) (h : n < 0) : n = 5 := by sorry").outcome is Outcome.VACUOUS
        )
        assert settle("theorem t (i : Fin 0) : i ≠ i := by sorry").outcome is Outcome.VACUOUS

    def test_axioms_are_checked_together_with_the_hypotheses(self, settle):
        verdict = settle("theorem t (x : ℝ) (h : 0 < x) : x = 7 := by sorry", axioms=("x < 0",))

        assert verdict.outcome is Outcome.VACUOUS, verdict

    def test_a_true_claim_under_contradictory_hypotheses_is_still_vacuous(self, settle):
        verdict = settle("theorem t (x : ℝ) (h : x * x < 0) : 0 ≤ x * x := by sorry")

        assert verdict.outcome is Outcome.VACUOUS

    def test_an_impossible_instance_does_not_make_the_claim_vacuous(self, settle):
        verdict = settle("theorem t (n : ℕ) (w : Fin n → ℝ) (h : ∑ i, w i = 1) : 0 < n := by sorry")

        assert verdict.outcome in (Outcome.PROVED, Outcome.UNKNOWN), verdict

    def test_hypotheses_that_contradict_each_other_for_every_n_are_vacuous(self, settle):
        verdict = settle(
            "theorem t (n : ℕ) (w : Fin n → ℝ) (h : ∑ i, w i = 1) (k : ∑ i, w i = 2) :"
            " ∑ i, w i = 3 := by sorry"
        )

        assert verdict.outcome is Outcome.VACUOUS, verdict


class TestSymbolicSizes:
    def test_instances_that_hold_are_reported_as_just_that(self, settle):
        verdict = settle(
            "theorem t (n : ℕ) (f : Fin n → ℝ) (h : ∀ i, 0 < f i) : 0 < ∏ i, f i := by sorry"
        )

        assert verdict.outcome is Outcome.UNKNOWN, verdict
        for n in range(4):
            assert f"n = {n}" in verdict.reason

    def test_a_size_without_hypotheses_is_tried_from_zero(self, settle):
        verdict = settle("theorem t (n : ℕ) (f : Fin n → ℝ) : ∑ i, f i ≠ 0 := by sorry")

        assert verdict.outcome is Outcome.REFUTED
        assert verdict.counterexample.values["n"] == "0"
        assert verdict.counterexample.values["f"] == []

    def test_an_exponent_is_tried_at_small_numerals(self, settle):
        verdict = settle("theorem t (n : ℕ) : (2 : ℤ) ^ n < 8 := by sorry")

        assert verdict.outcome is Outcome.REFUTED
        assert verdict.counterexample.values["n"] == "3"


class TestCounterexamples:
    def test_small_integers_are_preferred(self, settle):
        verdict = settle("theorem t (x y : ℝ) (h : 0 ≤ x) : x * y ≤ x := by sorry")

        assert {abs(int(text)) for text in verdict.counterexample.values.values()} <= {1, 2}

    def test_fractions_are_written_as_lean_writes_them(self, settle):
        verdict = settle("theorem t (x : ℝ) (h : 2 * x = -1) : 0 ≤ x := by sorry")

        assert verdict.counterexample.values == {"x": "-1/2"}
        assert verdict.counterexample.shows

    def test_one_broken_conjunct_refutes_the_conjunction(self, settle):
        verdict = settle("theorem t (x : ℝ) (h : 0 ≤ x) : 0 ≤ x * x ∧ x ≤ 1 ∧ -1 ≤ x := by sorry")

        assert verdict.outcome is Outcome.REFUTED

    def test_an_irrational_model_gives_way_to_a_rational_one(self, settle):
        verdict = settle("theorem t (x : ℝ) (h : x * x < 2) (k : 0 < x) : x ≤ 1.41 := by sorry")

        assert verdict.outcome is Outcome.REFUTED, verdict

    def test_a_claim_broken_only_by_irrational_numbers_stays_open(self, settle):
        verdict = settle("theorem t (x : ℝ) (h : x * x = 2) : x < 0 := by sorry", nominal_s=0.5)

        assert verdict.outcome is Outcome.UNKNOWN
        assert "irrational" in verdict.reason

    def test_variables_that_do_not_matter_get_values_too(self, settle):
        verdict = settle("theorem t (x y : ℝ) (f : Fin 2 → ℕ) : x = 1 := by sorry")

        assert set(verdict.counterexample.values) == {"x", "y", "f"}


class TestBudgets:
    HARD = "theorem t (a b c : ℕ) (h : 0 < a * b * c) : a ^ 3 + b ^ 3 ≠ c ^ 3 := by sorry"

    def test_no_more_units_are_spent_than_the_budget_buys(self, settle):
        verdict = settle(self.HARD, nominal_s=0.1, strategy=only("smt"))

        assert verdict.outcome is Outcome.UNKNOWN
        assert 0 < verdict.evidence.units <= 0.1 * 800_000 * 1.05

    def test_the_wall_clock_is_a_net_and_says_so(self, settle):
        verdict = settle(self.HARD, nominal_s=500.0, wall_s=1.0)

        assert verdict.outcome is Outcome.UNKNOWN
        assert "wall clock" in verdict.reason

    def test_one_question_without_an_end_does_not_keep_the_others_from_their_turn(self, settle):
        # At n = 32 the solver computes for minutes over few units, once a budget is this large.
        monotone = (
            "theorem t (n : ℕ) (w d a b : Fin n → ℝ) (hw : ∀ i, 0 < w i) (hd : ∀ i, 0 ≤ d i) "
            "(h : ∀ i, a i < b i) : ∑ i, w i * a i * d i ≤ ∑ i, w i * b i * d i := by sorry"
        )
        for nominal_s in (9.0, 36.0, 300.0):
            verdict = settle(monotone, nominal_s=nominal_s, wall_s=250.0)

            assert verdict.outcome is Outcome.PROVED, verdict
            assert verdict.wall_s < 120

    def test_unknown_transforms_and_engines_are_the_callers_mistake(self, settle):
        with pytest.raises(UsageError, match="no transform 'wish'"):
            settle("∀ x : ℝ, 0 ≤ x * x", strategy=only("smt", "wish"))
        with pytest.raises(UsageError, match="no engine 'oracle'"):
            settle("∀ x : ℝ, 0 ≤ x * x", strategy=only("oracle"))

    @pytest.mark.parametrize("engine", ["smt", "simple", "nlsat"])
    def test_each_engine_alone_proves_what_suits_it(self, settle, engine):
        verdict = settle("∀ x y : ℝ, 2 * x * y ≤ x * x + y * y", strategy=only(engine))

        assert verdict.outcome is Outcome.PROVED
        assert verdict.evidence.stage == engine
        assert verdict.evidence.units > 0


class TestPositions:
    def test_an_unbound_name_is_shown_where_it_stands(self, settle):
        verdict = settle("theorem t (x : ℝ) :\n  x ≤ speed := by sorry")

        assert verdict.outcome is Outcome.INVALID
        assert "speed" in verdict.reason
        assert "line 2" in verdict.reason
        assert "^" in verdict.reason


SCRIPT = """
import json, sys
from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.model import Budget, Goal
backend = SmtBackend()
told = []
for text in json.load(sys.stdin):
    verdict = backend.attempt(
        Goal(theorem_id="t", statement=text), DEFAULT_STRATEGY, Budget(nominal_s=0.4, wall_s=300.0)
    )
    values = verdict.counterexample and verdict.counterexample.values
    told.append([verdict.outcome, verdict.evidence.units, verdict.reason, verdict.evidence.tried, values])
print(json.dumps(told))
"""

REPEATED = [
    "∀ x y z : ℝ, x * y + y * z + z * x ≤ x ^ 2 + y ^ 2 + z ^ 2",
    "theorem t (w a d : Fin 3 → ℝ) (h : ∀ i, 0 ≤ d i) (s : ∑ i, w i = 1) : ∑ i, w i * a i * d i ≤ 5 := by sorry",
    "theorem t (n : ℕ) (w a : Fin n → ℝ) (h : ∀ i, 0 ≤ w i ∧ a i ≤ 1) (s : ∑ i, w i = 1) : ∑ i, w i * a i ≤ 1 := by sorry",
    TestBudgets.HARD,
    "theorem t (x : ℝ) (h : x < 0) (k : 0 < x) : x = 7 := by sorry",
]


def test_verdicts_and_units_repeat_in_a_new_process_with_another_hash_seed():
    told = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=json.dumps(REPEATED),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4711")
    ]

    assert json.loads(told[0]) == json.loads(told[1])
    assert [line[0] for line in json.loads(told[0])] == [
        "proved",
        "refuted",
        "proved",
        "unknown",
        "vacuous",
    ]


def test_the_shares_of_the_default_strategy_are_the_whole_budget():
    assert sum(part.share for part in DEFAULT_STRATEGY.slices) == pytest.approx(1.0)


def test_goals_are_settled_by_the_registered_backend():
    from hms_kernel import backends

    backend = backends.load("smt")

    verdict = backend.attempt(
        Goal(theorem_id="t", statement="∀ x : ℝ, 0 ≤ x * x"),
        backend.default_strategy,
        ProofBackendContract.budget,
    )

    assert verdict.outcome is Outcome.PROVED


def test_the_same_conjunct_twice_is_proved_twice(settle):
    part = "x * y ≤ (x * x + y * y) / 2"

    verdict = settle(f"theorem t (x y : ℝ) : {part} ∧ 0 ≤ x * x ∧ {part} := by sorry")

    assert verdict.outcome is Outcome.PROVED, verdict


def test_a_claim_that_fails_only_from_some_n_on_is_refuted_there(settle):
    verdict = settle("theorem t (n : ℕ) : 2 ^ n < 100 := by sorry")

    assert verdict.outcome is Outcome.REFUTED
    assert verdict.counterexample.values["n"] == "7"


def test_a_sum_too_long_to_write_out_is_unsupported_by_name(settle):
    verdict = settle("∑ k ∈ Finset.range 100000, k % 7 = 5", nominal_s=0.5)

    assert verdict.outcome is Outcome.UNSUPPORTED, verdict
    assert "more than" in verdict.reason


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("theorem t (n : ℕ) (h : n = 6) : 2 ^ n = 64 := by sorry", Outcome.PROVED),
        ("theorem t (n : ℕ) (h : n = 6) : 2 ^ n = 65 := by sorry", Outcome.REFUTED),
        ("theorem t (n : ℕ) (w : Fin n → ℝ) (h : n = 2) (s : ∑ i, w i = 1) :"
         " ∃ i, 1 / 2 ≤ w i := by sorry", Outcome.PROVED),
        ("theorem t (n : ℕ) (w : Fin n → ℝ) (h : n = 2) (s : ∑ i, w i = 1) :"
         " ∃ i, 2 / 3 ≤ w i := by sorry", Outcome.REFUTED),
        ("theorem t (n : ℕ) (h : n = 6) (k : n = 7) : 2 ^ n = 1 := by sorry", Outcome.VACUOUS),
    ],
)  # fmt: skip
def test_a_size_that_a_hypothesis_fixes_is_that_numeral(settle, text, outcome):
    verdict = settle(text)

    assert verdict.outcome is outcome, verdict
    if outcome is Outcome.REFUTED:
        assert "n" in verdict.counterexample.values


def test_a_function_given_by_a_formula_appears_in_the_counterexample_as_one(settle):
    verdict = settle("theorem t (f : ℝ → ℝ) (h : ∀ x, f x = 2 * x - 1) : f 3 = 6 := by sorry")

    assert verdict.outcome is Outcome.REFUTED
    assert verdict.counterexample.values == {"f": "fun x => 2 * x - 1"}


@pytest.mark.parametrize(
    "text", ["∃ n : ℕ, n * n = 7", "∃ x : ℝ, x + 1 = x", "∃ k : ℕ, ∀ n : ℕ, n ≤ k"]
)
def test_a_false_claim_that_no_numbers_can_break_is_unknown_and_says_so(settle, text):
    verdict = settle(text)

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.trust is None
    assert "its negation is proved" in verdict.reason
