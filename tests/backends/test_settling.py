"""What a strategy costs on a goal, settled and nothing more."""

from __future__ import annotations

import pytest

from hms_kernel.backends.settling import settle
from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.model import Budget, Goal, Outcome

BUDGET = Budget(nominal_s=0.5, wall_s=200.0)
SQUARES = Strategy(slices=(Slice(Stage(engine="nlsat"), 1.0),))
GOALS = {
    "∀ x y : ℝ, 2 * x * y ≤ x ^ 2 + y ^ 2": Outcome.PROVED,
    "∀ x y : ℝ, x * y ≤ x ^ 2 + y": Outcome.REFUTED,
    "∀ x : ℝ, x < 0 → 1 < x → x = 7": Outcome.VACUOUS,
    "∀ x : ℝ, x +": Outcome.INVALID,
    "∀ x : ℝ, Real.sin x ≤ 1": Outcome.UNSUPPORTED,
}


def goal(text: str, **more: object) -> Goal:
    return Goal(theorem_id="t", statement=text, **more)


@pytest.mark.parametrize("text", GOALS)
def test_the_outcome_is_that_of_an_attempt(text):
    assert settle(goal(text), DEFAULT_STRATEGY, BUDGET).outcome is GOALS[text]


@pytest.mark.parametrize("text", [text for text in GOALS if "ℝ, x +" not in text][:3])
def test_a_purse_settles_what_the_whole_budget_settles_at_no_more_than_its_price(text):
    whole = settle(goal(text), SQUARES, BUDGET)

    enough = settle(goal(text), SQUARES, BUDGET, purse_s=whole.nominal_s * 1.001)
    less = settle(goal(text), SQUARES, BUDGET, purse_s=whole.nominal_s * 0.9)

    assert whole.outcome.decided
    assert enough == whole
    assert not less.outcome.decided
    assert less.nominal_s == whole.nominal_s * 0.9


def test_the_same_attempt_costs_the_same_again():
    claim = goal("∀ a b c : ℝ, a * b + b * c + c * a ≤ a ^ 2 + b ^ 2 + c ^ 2")

    assert settle(claim, SQUARES, BUDGET) == settle(claim, SQUARES, BUDGET)


def test_numbers_that_may_break_an_unwritten_assumption_settle_nothing():
    claim = goal("∀ x : ℝ, x ≤ 1", unstated=("x is a share",))

    assert settle(claim, SQUARES, BUDGET).outcome is Outcome.UNKNOWN


def test_a_verdict_that_the_clock_had_a_say_in_is_marked():
    hurried = Budget(nominal_s=0.5, wall_s=1e-9)

    assert settle(goal("∀ x : ℝ, x ≤ x"), SQUARES, hurried).clock
