"""The comparison: whole strategies on goals never trained on, and labels that are believed."""

from __future__ import annotations

import pytest

from hms_kernel.errors import BackendError
from hms_kernel.genetics import bench
from hms_kernel.genetics.engine import Settings
from hms_kernel.genetics.goals import benchmark
from hms_kernel.genetics.trials import Trial
from hms_kernel.model import Outcome

SETTINGS = [
    Settings(seed=seed, budget_s=1.0, population=3, children=3, generations=2) for seed in (0, 1)
]
TRAIN, TEST = benchmark("train")[:9], benchmark("test")[:6]
LABELS = {goal.name: goal.expected for goal in (*TRAIN, *TEST)}


def labelled(strategy, goal, cap_s):
    """Settles by nlsat, at once, and rightly."""
    nlsat = any(part.stage.engine == "nlsat" for part in strategy.slices)
    outcome = LABELS[goal.theorem_id] if nlsat else Outcome.UNKNOWN
    return Trial(outcome=outcome, nominal_s=0.1 if nlsat else cap_s, cap_s=cap_s)


def test_every_strategy_is_measured_on_the_same_goals():
    rows = list(bench.measured(TRAIN, TEST, labelled, SETTINGS))

    assert [row.name for row in rows] == [
        "z3's smt alone",
        "z3's nlsat alone",
        "default",
        "default's stages, built",
        "search, seed 0",
        "search, seed 1",
    ]
    assert [row.solved for row in rows] == [0, 6, 6, 6, 6, 6]
    assert rows[0].par2_s == pytest.approx(2.0)
    assert rows[-1].cost_s > 0
    assert [row.compared is None for row in rows] == [True, True, True, False, False, False]
    assert not rows[-1].compared.accepted  # as good as the default is not better
    assert str(rows[2]) == "default: 6 of 6, PAR-2 0.1000, search cost 0.0"


def test_a_verdict_against_its_label_ends_the_comparison():
    def wrong(strategy, goal, cap_s):
        flipped = {Outcome.PROVED: Outcome.REFUTED, Outcome.REFUTED: Outcome.PROVED}
        return Trial(outcome=flipped[LABELS[goal.theorem_id]], nominal_s=0.1, cap_s=cap_s)

    with pytest.raises(BackendError, match="is not"):
        list(bench.measured(TRAIN, TEST, wrong, SETTINGS))


def test_the_command_prints_a_line_for_each_strategy(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bench", "--help"])
    with pytest.raises(SystemExit):
        bench.main()

    assert "training goals" in capsys.readouterr().out
