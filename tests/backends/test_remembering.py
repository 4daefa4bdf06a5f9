"""A memory of questions and transforms: quicker, and not to be noticed otherwise."""

from __future__ import annotations

import pytest

from hms_kernel.backends import remembering
from hms_kernel.backends.remembering import Remembering
from hms_kernel.backends.settling import settle
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.model import Budget, Goal

GOALS = [
    Goal(theorem_id=name, statement=text, decimals="ℝ")
    for name, text in {
        "true": "∀ x y : ℝ, 0 ≤ x → x ≤ 1 → 0 ≤ y → y ≤ 1 → x + y ≤ 1 + x * y",
        "false": "∀ x y : ℝ, 0 ≤ x → 0 ≤ y → x ^ 2 + y ^ 2 = 1 → x + y ≤ 1",
        "sums": "∀ w a : Fin 5 → ℝ, (∀ i, 0 ≤ w i ∧ a i ≤ 7) → ∑ i, w i = 1 → ∑ i, w i * a i ≤ 7",
        "hard": "∀ a b c : ℤ, (a ^ 3 + b ^ 3 + c ^ 3) % 9 ≠ 4",
    }.items()
]
STAGES = [
    Stage(engine="smt", transforms=("squares", "products", "linear")),
    Stage(engine="nlsat", transforms=("sum-lemma", "vertices")),
    Stage(engine="smt", transforms=("cases", "residues")),
    Stage(engine="nlsat", transforms=("clear",)),
]
BUDGET = Budget(nominal_s=0.02, wall_s=60.0)


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.theorem_id)
def test_an_attempt_with_a_memory_costs_and_says_what_one_without_does(goal):
    memory = Remembering()
    parts = [Slice(stage, 0.2) for stage in STAGES]
    attempts = [
        (Strategy(slices=tuple(slices)), purse_s)
        for slices in (parts, parts[::-1], *([part] for part in parts))
        for purse_s in (0.02, 0.001)
    ]

    for strategy, purse_s in attempts:
        plain = settle(goal, strategy, BUDGET, purse_s=purse_s)

        assert settle(goal, strategy, BUDGET, purse_s=purse_s, memory=memory) == plain


def test_a_question_is_put_to_an_engine_once(monkeypatch):
    memory, put = Remembering(), []
    pose = remembering.pose
    monkeypatch.setattr(
        remembering, "pose", lambda *given, **named: put.append(given) or pose(*given, **named)
    )
    strategy = Strategy(slices=(Slice(STAGES[0], 1.0),))

    first = settle(GOALS[0], strategy, BUDGET, memory=memory)
    asked = len(put)

    assert settle(GOALS[0], strategy, BUDGET, memory=memory) == first
    assert len(put) == asked > 0


def test_a_transform_goes_another_way_when_an_obligation_ends_otherwise():
    """With less to spend, lemmas fail that held before: the result is the one of less."""
    memory, strategy = Remembering(), Strategy(slices=(Slice(STAGES[1], 1.0),))
    settle(GOALS[2], strategy, BUDGET, memory=memory)

    for nominal_s in (0.004, 0.001, 0.0005, 0.0002):
        poor = Budget(nominal_s=nominal_s, wall_s=60.0)
        assert settle(GOALS[2], strategy, poor, memory=memory) == settle(GOALS[2], strategy, poor)
