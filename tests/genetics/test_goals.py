"""The benchmark: goals that parse, differ, and are labelled right."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from hms_kernel.backends.settling import settle
from hms_kernel.backends.smt import DEFAULT_STRATEGY, understood
from hms_kernel.genetics.goals import FILE, benchmark
from hms_kernel.genetics.goals.families import encoded, generated
from hms_kernel.model import Budget, Outcome
from hms_kernel.statements import show
from hms_kernel.statements.evaluate import replay

GOALS = benchmark()


def test_there_are_enough_of_them_in_enough_families():
    families = Counter(goal.family for goal in GOALS)

    assert len(GOALS) >= 100
    assert len(families) >= 10
    assert sum(goal.expected is Outcome.REFUTED for goal in GOALS) >= 20
    assert {(goal.family, goal.split) for goal in GOALS} == {
        (family, split) for family in families for split in ("train", "test")
    }


def test_no_two_say_the_same():
    said = [show(understood(goal.goal)) for goal in GOALS]

    assert len(set(said)) == len(said)
    assert len({goal.name for goal in GOALS}) == len(GOALS)


def test_the_file_is_what_the_seed_makes():
    assert FILE.read_bytes() == encoded(generated())
    assert generated(1) != generated(2)


def exact(numeral):
    return [exact(one) for one in numeral] if isinstance(numeral, list) else Fraction(numeral)


@pytest.mark.parametrize(
    "goal", [g for g in GOALS if g.expected is Outcome.REFUTED], ids=lambda g: g.name
)
def test_a_false_goal_is_broken_by_its_numbers(goal):
    values = {name: exact(numeral) for name, numeral in goal.breaks.items()}

    assert replay(understood(goal.goal), values).refutes


def test_no_verdict_contradicts_a_label():
    budget = Budget(nominal_s=0.02, wall_s=200.0)

    wrong = {
        goal.name: outcome
        for goal in GOALS
        if (outcome := settle(goal.goal, DEFAULT_STRATEGY, budget).outcome)
        not in (goal.expected, Outcome.UNKNOWN)
    }

    assert wrong == {}
