"""Races: the first answer ends them, and an answer against an answer stops the line."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

import hms_kernel as hms
from hms_kernel.backends.strategy import stage
from hms_kernel.errors import Contradiction, UsageError
from hms_kernel.facts import LineReleased, LineStopped, TaskSettled
from hms_kernel.genetics.archive import Archive
from hms_kernel.genetics.files import default_file
from hms_kernel.genetics.trials import Trial, alone
from hms_kernel.handles import TaskHandle
from hms_kernel.messages import SubmitTaskRequest, SubmitTaskResponse
from hms_kernel.model import Budget, Goal, Outcome, Verdict
from hms_kernel.racing import Race

Until = Callable[..., None]

# With so much to spend, the first slice of the default lasts for many seconds on this claim,
# which a lemma on its sum settles at once.
GENEROUS = Budget(nominal_s=2000.0, wall_s=200.0)
WAR = Goal(
    theorem_id="WAR with 12 sectors",
    statement="∀ w p q : Fin 12 → ℝ, (∀ i, 0 ≤ w i) → ∑ i, w i = 1 → (∀ i, 0 ≤ p i ∧ p i ≤ 1) →"
    " (∀ i, 0 ≤ q i ∧ q i ≤ 1) → 100 * ∑ i, w i * p i * (1 - 2 * q i) ≤ 100",
)


@pytest.fixture
def known() -> str:
    """An archive that knows one stage."""
    text = "sum-lemma|nlsat"
    won = Trial(outcome=Outcome.PROVED, nominal_s=0.01, cap_s=1.0)
    Archive(default_file()).put(alone(stage(text)), WAR, "build", won)
    return text


def test_the_first_answer_calls_the_others_back_within_a_second(known, until: Until):
    with hms.Workbench(agents=2) as bench:
        race = bench.race(WAR, 2, budget=GENEROUS, cache=False)

        verdict = race.result(100)
        until(lambda: all(agent.task is None for agent in bench.client.agents()), timeout_s=20)
        freed_s = time.time()

        assert verdict.outcome is Outcome.PROVED
        assert known in race.winner()
        ended = {
            f.task: (f.time_s, f.kind.phase)
            for f in bench.facts()
            if isinstance(f.kind, TaskSettled)
        }
        (default_s, default), (won_s, won) = (ended[task.task_id] for task in race.tasks)
        assert (default, won) == ("cancelled", "succeeded")
        # A second on a machine that has nothing else to do.
        assert default_s - won_s < 3.0
        assert freed_s - won_s < 10.0
        assert "WAR" in repr(race)
        assert "cancelled" in race._repr_html_()


def test_without_an_archive_one_runs_and_nobody_less():
    with hms.Workbench(agents=1) as bench:
        race = bench.race("∀ x : ℝ, 0 ≤ x ^ 2", 4)

        assert race.result(60).outcome is Outcome.PROVED
        assert race.strategies == ("the default",)
        with pytest.raises(UsageError, match="at least one runner"):
            bench.race("∀ x : ℝ, 0 ≤ x ^ 2", 0)


def test_when_nobody_has_an_answer_that_is_the_answer(known):
    with hms.Workbench(agents=2) as bench:
        race = bench.race(WAR, 2, budget=Budget(nominal_s=0.001))

        assert race.result(60).outcome is Outcome.UNKNOWN
        assert race.winner() is None


def handed_in(bench: hms.Workbench, outcome: Outcome) -> TaskHandle:
    """A claim that somebody has settled already."""
    request = SubmitTaskRequest(skill="prove", settled=Verdict(outcome=outcome))
    return TaskHandle(bench.client, bench.client.ask(request, SubmitTaskResponse).task_id)


def test_a_proof_against_a_refutation_stops_the_line_until_somebody_releases_it():
    with hms.Workbench(session="s", agents=1) as bench:
        runners = [
            ("one", handed_in(bench, Outcome.PROVED)),
            ("other", handed_in(bench, Outcome.REFUTED)),
        ]
        race = Race(bench.client, "WAR", runners)

        with pytest.raises(Contradiction, match=r"WAR was both: proved .*refuted"):
            race.result(60)

        [alarm] = [f.kind for f in bench.facts() if isinstance(f.kind, LineStopped)]
        assert alarm.claim == "WAR"
        assert len(alarm.said) == 2
        with pytest.raises(Contradiction, match="no proofs are taken on"):
            bench.prove("∀ x : ℝ, 0 ≤ x ^ 2")
        bench.leave()

    with hms.Workbench("s") as later:
        with pytest.raises(Contradiction, match="WAR was both"):
            later.prove("∀ x : ℝ, 0 ≤ x ^ 2")

        later.release_line("the refutation came from a broken build")

        assert later.prove("∀ x : ℝ, 0 ≤ x ^ 2").result(60).outcome is Outcome.PROVED
        [released] = [f.kind for f in later.facts() if isinstance(f.kind, LineReleased)]
        assert "broken build" in released.why
