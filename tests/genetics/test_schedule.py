"""Schedules out of trials: better than their parts, and never by luck."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.genetics import fitness
from hms_kernel.genetics.schedule import RESERVED, build, predicted
from hms_kernel.genetics.trials import Trial, alone
from hms_kernel.model import Outcome

SMT, NLSAT, SIMPLE = (Stage(engine=name) for name in ("smt", "nlsat", "simple"))
GOALS = ("a", "b", "c", "d")


def row(**times: float | None) -> dict[str, Trial]:
    """Trials with a cap of 1 s; None for a goal that stays open."""
    return {
        goal: Trial(
            outcome=Outcome.UNKNOWN if time is None else Outcome.PROVED,
            nominal_s=1.0 if time is None else time,
            cap_s=1.0,
        )
        for goal, time in times.items()
    }


TABLE = {
    SMT: row(a=0.02, b=0.03, c=None, d=None),
    NLSAT: row(a=None, b=None, c=0.1, d=None),
    SIMPLE: row(a=0.2, b=None, c=None, d=0.2),
}


def score(strategy: Strategy, table=TABLE) -> float:
    trials = [predicted(strategy, table, goal, 1.0) for goal in GOALS]
    return fitness.par2(trials, 1.0)


def test_a_schedule_beats_each_of_its_parts():
    built = build(TABLE, GOALS, 1.0)

    assert {part.stage for part in built.slices} == {SMT, NLSAT, SIMPLE}
    assert all(score(built) < score(alone(stage)) for stage in TABLE)
    assert all(predicted(built, TABLE, goal, 1.0).settled for goal in GOALS)


def test_what_settles_most_for_its_time_comes_first():
    assert [part.stage for part in build(TABLE, GOALS, 1.0).slices] == [SMT, NLSAT, SIMPLE]


def test_a_prediction_adds_what_was_spent_before():
    strategy = Strategy(slices=(Slice(SMT, 0.1), Slice(NLSAT, 0.5)))

    trial = predicted(strategy, TABLE, "c", 1.0)

    assert trial.settled
    assert trial.nominal_s == pytest.approx(0.8 * 0.1 + 0.1)
    assert not predicted(strategy, TABLE, "d", 1.0).settled


def test_what_stages_leave_over_goes_to_those_that_ran_out():
    ends = {SMT: {"a": Trial(outcome=Outcome.UNKNOWN, nominal_s=0.01, cap_s=1.0)}}
    late = ends | {NLSAT: row(a=0.5)}
    strategy = Strategy(slices=(Slice(SMT, 0.8), Slice(NLSAT, 0.2)))

    trial = predicted(strategy, late, "a", 1.0)

    assert trial.settled  # in 0.16 s it is not, but 0.63 s are left
    assert trial.nominal_s == pytest.approx(0.01 + 0.8 * 0.2 + 0.5)
    assert not predicted(strategy, {SMT: row(a=None), NLSAT: row(a=0.5)}, "a", 1.0).settled


def test_the_fallback_keeps_its_share():
    built = build(TABLE, GOALS, 1.0, fallback=DEFAULT_STRATEGY)

    tail = built.slices[-len(DEFAULT_STRATEGY.slices) :]

    assert [part.stage for part in tail] == [part.stage for part in DEFAULT_STRATEGY.slices]
    assert sum(part.share for part in tail) >= RESERVED
    assert sum(part.share for part in built.slices) == pytest.approx(1.0, abs=0.02)


def test_a_trial_with_a_small_cap_promises_nothing_beyond_it():
    capped = {NLSAT: {"a": Trial(outcome=Outcome.UNKNOWN, nominal_s=0.1, cap_s=0.1)}}

    trial = predicted(alone(NLSAT), capped, "a", 1.0)

    assert not trial.settled
    assert trial.nominal_s == pytest.approx(0.8)


def test_with_nothing_settled_the_plainest_stage_is_tried():
    table = {stage: row(a=None) for stage in (Stage(engine="smt", transforms=("cases",)), NLSAT)}

    assert build(table, ("a",), 1.0) == alone(NLSAT)
    assert build(table, ("a",), 1.0, fallback=alone(SMT)) == alone(SMT)
    with pytest.raises(ValueError, match="no stage"):
        build({}, ("a",), 1.0)


TIMES = st.none() | st.floats(1e-6, 1.0)


@given(st.lists(st.tuples(*(TIMES for _ in GOALS)), min_size=3, max_size=3), st.integers())
def test_a_schedule_fits_its_budget_and_hangs_on_no_order(times, seed):
    stages = [SMT, NLSAT, SIMPLE]
    table = {
        stage: row(**dict(zip(GOALS, one, strict=True)))
        for stage, one in zip(stages, times, strict=True)
    }
    random.Random(seed).shuffle(stages)

    built = build(table, GOALS, 1.0)

    assert built == build({stage: table[stage] for stage in stages}, GOALS, 1.0)
    assert sum(part.share for part in built.slices) <= 1.01
