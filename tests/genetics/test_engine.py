"""The search: one seed, one path, however often it is interrupted and whoever evaluates."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import msgspec
import pytest

from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Stage
from hms_kernel.errors import BackendError, UsageError
from hms_kernel.genetics.archive import Archive
from hms_kernel.genetics.engine import Generation, Settings, evolve
from hms_kernel.genetics.stages import genome
from hms_kernel.genetics.trials import Prover, Trial
from hms_kernel.model import Budget, Goal, Outcome

GOALS = [Goal(theorem_id=f"g{n}", statement=f"{n} = {n}") for n in range(6)]
SETTINGS = Settings(seed=3, budget_s=1.0, population=6, children=6, generations=4)


def landscape(strategy, goal, cap_s):
    """Outcomes without a prover: a transform settles what its name and the goal's agree on."""
    (part,) = strategy.slices
    said = f"{part.stage.engine} {part.stage.transforms[:1]} {goal.theorem_id}"
    digit = hashlib.sha256(said.encode()).digest()[0]
    needed_s = 0.01 + digit / 256 + len(part.stage.parameters) / 100
    whole = Trial(
        outcome=Outcome.PROVED if digit < 60 else Outcome.UNKNOWN, nominal_s=needed_s, cap_s=9.0
    )
    return whole.within(cap_s)


class Counting:
    """An evaluation that counts, and may die on the way."""

    def __init__(self, dies_after: int = 10**9) -> None:
        self.asked: list[tuple[str, str]] = []
        self.costs: list[float] = []  # nominal seconds of each
        self.dies_after = dies_after

    def __call__(self, strategy, goal, cap_s):
        if len(self.asked) >= self.dies_after:
            raise KeyboardInterrupt
        self.asked.append((str(strategy), goal.theorem_id))
        trial = landscape(strategy, goal, cap_s)
        self.costs.append(trial.nominal_s)
        return trial


def test_the_same_seed_yields_the_same_generations():
    first = list(evolve(GOALS, landscape, SETTINGS))
    random.seed(5)

    assert list(evolve(GOALS, landscape, SETTINGS)) == first
    assert list(evolve(GOALS, landscape, msgspec.structs.replace(SETTINGS, seed=4))) != first


def test_a_search_that_was_interrupted_goes_on_where_it_was_and_pays_for_nothing_twice(tmp_path):
    whole = Counting()
    expected = list(evolve(GOALS, whole, SETTINGS))
    archive = Archive(tmp_path / "archive.sqlite")
    killed, rest = Counting(dies_after=57), Counting()
    with pytest.raises(KeyboardInterrupt):
        list(evolve(GOALS, archive.through(killed, "b"), SETTINGS))

    resumed = list(evolve(GOALS, archive.through(rest, "b"), SETTINGS))

    assert resumed == expected
    assert killed.asked + rest.asked == whole.asked
    assert len(set(whole.asked)) == len(whole.asked)


def test_no_stage_is_tried_twice_and_every_generation_is_told():
    counting = Counting()

    generations = list(evolve(GOALS, counting, SETTINGS))

    assert [one.number for one in generations] == [0, 1, 2, 3]
    assert [one.evaluated for one in generations] == [6, 12, 18, 24]
    assert len(set(counting.asked)) == len(counting.asked) == 24 * len(GOALS)
    assert all(one.goals == len(GOALS) and one.clock_stops == 0 for one in generations)
    assert all(one.best_fitness >= one.median_fitness for one in generations)


def test_the_winner_never_gets_worse():
    generations = list(evolve(GOALS, landscape, SETTINGS))

    scores = [(one.solved, -one.par2_s) for one in generations]

    assert scores == sorted(scores)
    assert scores[-1] > scores[0]
    assert generations[-1].text == str(generations[-1].winner)


def test_generations_come_one_by_one_and_nobody_has_to_wait_for_the_last():
    counting = Counting()

    first = next(evolve(GOALS, counting, SETTINGS))

    assert first.number == 0
    assert len(counting.asked) == 6 * len(GOALS)


def test_trials_may_run_side_by_side():
    with ThreadPoolExecutor(4) as pool:
        assert list(evolve(GOALS, landscape, SETTINGS, each=pool.map)) == list(
            evolve(GOALS, landscape, SETTINGS)
        )


def test_founders_come_first_and_stay_if_they_are_good():
    founders = [part.stage for part in DEFAULT_STRATEGY.slices]
    counting = Counting()

    next(evolve(GOALS, counting, SETTINGS, founders=founders, fallback=DEFAULT_STRATEGY))

    tried = list(dict.fromkeys(strategy for strategy, _ in counting.asked))
    assert tried == [f"1×{stage}" for stage in dict.fromkeys(founders)]


def test_a_later_generation_is_capped_by_the_incumbent():
    capped: list[float] = []

    def evaluate(strategy, goal, cap_s):
        capped.append(cap_s)
        return landscape(strategy, goal, cap_s)

    list(islice(evolve(GOALS, evaluate, SETTINGS), 2))

    assert set(capped[: 6 * len(GOALS)]) == {1.0}
    assert min(capped[6 * len(GOALS) :]) < 1.0


def test_a_generation_travels_as_plain_data():
    generation = next(evolve(GOALS, landscape, SETTINGS))

    assert msgspec.json.decode(msgspec.json.encode(generation), type=Generation) == generation


def test_a_proof_and_a_refutation_of_one_goal_stop_the_search():
    def contradictory(strategy, goal, cap_s):
        smt = strategy.slices[0].stage.engine == "smt"
        outcome = Outcome.PROVED if smt else Outcome.REFUTED
        return Trial(outcome=outcome, nominal_s=0.1, cap_s=cap_s)

    founders = [Stage(engine="smt"), Stage(engine="nlsat")]
    with pytest.raises(BackendError, match="g0 is both"):
        next(evolve(GOALS, contradictory, SETTINGS, founders=founders))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: evolve([], landscape, SETTINGS),
        lambda: evolve([GOALS[0], GOALS[0]], landscape, SETTINGS),
        lambda: evolve(GOALS, landscape, SETTINGS, founders=[Stage(engine="cvc5")]),
        lambda: Settings(seed=1, population=0),
        lambda: Settings(seed=1, mutation=0.0),
    ],
)
def test_a_search_that_makes_no_sense_is_refused_before_it_starts(wrong):
    with pytest.raises(UsageError):
        wrong()


# --- with the prover itself ----------------------------------------------------

CLAIMS = [
    "∀ x y : ℝ, 2 * x * y ≤ x ^ 2 + y ^ 2",
    "∀ a b : ℤ, (a ^ 2 + b ^ 2) % 4 ≠ 3",
    "∀ a b : ℝ, 0 ≤ a → a ≤ 1 → 0 ≤ b → b ≤ 1 → a + b - a * b ≤ 1",
    "∀ x : ℝ, x ≤ x ^ 2",
]
SHORT = Settings(seed=1, budget_s=0.02, population=4, children=4, generations=2)
SCRIPT = """
import sys
from pathlib import Path
import msgspec
from test_engine import searched
sys.stdout.buffer.write(msgspec.json.encode(searched(Path(sys.argv[1]))))
"""


def searched(file):
    """A small search with the embedded prover."""
    goals = [Goal(theorem_id=text, statement=text) for text in CLAIMS]
    prover = Prover(Budget(nominal_s=SHORT.budget_s, wall_s=200.0))
    evaluate = Archive(file).through(prover, prover.build)
    founders = [Stage(engine="nlsat"), Stage(engine="smt", transforms=("residues",))]
    return list(evolve(goals, evaluate, SHORT, founders=founders))


def test_another_process_with_another_hash_seed_walks_the_same_path(tmp_path):
    here = searched(tmp_path / "here.sqlite")

    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "there.sqlite")],
        env={
            **os.environ,
            "PYTHONHASHSEED": "12345",
            "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *sys.path]),
        },
        capture_output=True,
        timeout=200,
    )

    assert found.returncode == 0, found.stderr.decode()
    assert msgspec.json.decode(found.stdout, type=list[Generation]) == here
    assert here[-1].solved == len(CLAIMS)
    assert all(one.clock_stops == 0 for one in here)
    assert genome(here[-1].winner.slices[0].stage)
