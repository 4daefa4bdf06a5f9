"""The comparison: whole strategies on goals never trained on, labels that are believed, aims that can be missed."""

from __future__ import annotations

import pytest

from hms_kernel.errors import BackendError
from hms_kernel.genetics import bench
from hms_kernel.genetics.goals import benchmark
from hms_kernel.genetics.trials import Trial
from hms_kernel.model import Goal, Outcome

TRAIN, TEST = benchmark("train")[:9], benchmark("test")[:6]
LABELS = {goal.name: goal.expected for goal in (*TRAIN, *TEST)}
FOREIGN = (Goal(theorem_id="theirs", statement="∀ x : ℝ, 0 ≤ x ^ 2"),)
TERMS = {"build": "b", "seeds": 2, "budget_s": 1.0, "purse_s": 5.0, "batch": 3}


def labelled(strategy, goal, cap_s):
    """Settles by nlsat, at once, and rightly."""
    nlsat = any(part.stage.engine == "nlsat" for part in strategy.slices)
    known = LABELS.get(goal.theorem_id, Outcome.PROVED)
    return Trial(
        outcome=known if nlsat and cap_s >= 0.1 else Outcome.UNKNOWN,
        nominal_s=0.1 if nlsat and cap_s >= 0.1 else cap_s,
        cap_s=cap_s,
    )


def test_everybody_is_measured_on_the_same_goals():
    report = bench.compared(TRAIN, TEST, labelled, foreign=FOREIGN, **TERMS)

    assert [(line.name, line.seeds) for line in report.lines] == [
        ("z3's smt", 1),
        ("best stage by hand", 1),
        ("best schedule by hand", 1),
        ("founders, built", 1),
        ("random stages", 2),
        ("TPE over stages", 2),
        ("TPE over strategies", 2),
        ("engine", 2),
    ]
    assert [line.solved for line in report.lines] == [0] + 7 * [6]
    assert [line.foreign_solved for line in report.lines] == [0] + 7 * [1]
    assert report.lines[0].par2_s == pytest.approx(2.0)
    assert all(entry.cost_s > 0 for entry in report.entries if entry.seed is not None)
    assert report == bench.compared(TRAIN, TEST, labelled, foreign=FOREIGN, **TERMS)


def test_what_is_no_better_is_not_said_to_be():
    report = bench.compared(TRAIN, TEST, labelled, **TERMS)

    met = {aim.what: aim.met for aim in report.aims}

    assert met["PAR-2 against z3's smt"]
    assert not met["PAR-2 against best schedule by hand"]
    assert not met["PAR-2 against TPE over strategies"]
    assert met["not significantly worse than TPE over stages"]
    assert report.entries[-1].front


def test_a_verdict_against_its_label_ends_the_comparison():
    def wrong(strategy, goal, cap_s):
        flipped = {Outcome.PROVED: Outcome.REFUTED, Outcome.REFUTED: Outcome.PROVED}
        return Trial(outcome=flipped[LABELS[goal.theorem_id]], nominal_s=0.1, cap_s=cap_s)

    with pytest.raises(BackendError, match="is not"):
        bench.compared(TRAIN, TEST, wrong, **TERMS)


def test_two_verdicts_on_a_goal_without_a_label_end_it_too():
    def torn(strategy, goal, cap_s):
        if goal.theorem_id in LABELS:
            return labelled(strategy, goal, cap_s)
        outcome = Outcome.PROVED if len(strategy.slices) == 1 else Outcome.REFUTED
        return Trial(outcome=outcome, nominal_s=0.1, cap_s=cap_s)

    with pytest.raises(BackendError, match="both"):
        bench.compared(TRAIN, TEST, torn, foreign=FOREIGN, **TERMS)
