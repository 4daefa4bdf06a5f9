"""The archive: what was tried once is never tried again, by nobody."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from hms_kernel.backends.strategy import Stage
from hms_kernel.errors import StoreError, UsageError
from hms_kernel.genetics.archive import Archive
from hms_kernel.genetics.trials import Prover, Trial, alone
from hms_kernel.model import Budget, Goal, Outcome

SQUARES = alone(Stage(engine="nlsat"))
CLAIM = Goal(theorem_id="squares", statement="∀ x y : ℝ, 2 * x * y ≤ x ^ 2 + y ^ 2")
HARD = Goal(
    theorem_id="hard",
    statement="∀ a b c d : ℝ, a ^ 3 * b + b ^ 3 * c + c ^ 3 * d + d ^ 3 * a ≤ (a ^ 2 + b ^ 2 + c ^ 2 + d ^ 2) ^ 2",
)
BUDGET = Budget(nominal_s=0.1, wall_s=200.0)


class Counting:
    """A prover that counts how often it is asked."""

    def __init__(self) -> None:
        self.prover = Prover(BUDGET)
        self.asked: list[float] = []

    def __call__(self, strategy, goal, cap_s):
        self.asked.append(cap_s)
        return self.prover(strategy, goal, cap_s)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "deep" / "archive.sqlite")


def test_a_trial_is_run_once_and_answers_every_smaller_cap(archive):
    prover = Counting()
    evaluate = archive.through(prover, "b")

    whole = evaluate(SQUARES, CLAIM, 0.1)
    again = [evaluate(SQUARES, CLAIM, cap_s) for cap_s in (0.1, whole.nominal_s, 1e-9)]

    assert [trial.settled for trial in again] == [True, True, False]
    assert again[0] == whole
    assert again[2].nominal_s == 1e-9
    assert prover.asked == [0.1]


def test_what_the_archive_says_of_a_smaller_cap_is_what_a_run_says(archive):
    prover = Prover(BUDGET)
    remembered = archive.through(prover, "b")

    for goal in (CLAIM, HARD):
        whole = remembered(SQUARES, goal, 0.1)
        for cap_s in (0.1, 0.02, whole.nominal_s * 0.9):
            kept, run = remembered(SQUARES, goal, cap_s), prover(SQUARES, goal, cap_s)
            assert kept.outcome is run.outcome
            assert kept.nominal_s == pytest.approx(run.nominal_s, rel=0.01)


RECURRENCE = Goal(
    theorem_id="r",
    statement="∀ u : ℕ → ℤ, u 0 = 2 → (∀ n, u (n + 1) = 3 * u n + (1)) → u 4 = 202",
)


@pytest.mark.parametrize(
    ("engine", "goal"), [("smt", RECURRENCE), ("smt", CLAIM), ("nlsat", CLAIM), ("nlsat", HARD)]
)
def test_a_cap_of_the_very_cost_is_enough(engine, goal):
    prover, strategy = Prover(BUDGET), alone(Stage(engine=engine))
    whole = prover(strategy, goal, BUDGET.nominal_s)

    again = prover(strategy, goal, whole.nominal_s)

    assert again == whole.within(whole.nominal_s)


def test_a_larger_cap_is_run_only_where_the_smaller_ran_out(archive):
    prover = Counting()
    evaluate = archive.through(prover, "b")

    evaluate(SQUARES, CLAIM, 0.01)
    evaluate(SQUARES, CLAIM, 0.1)
    evaluate(SQUARES, HARD, 0.001)
    evaluate(SQUARES, HARD, 0.01)
    evaluate(SQUARES, HARD, 0.005)

    assert prover.asked == [0.01, 0.001, 0.01]


def test_another_build_strategy_or_goal_is_another_trial_and_another_name_is_not(archive):
    prover = Counting()
    evaluate = archive.through(prover, "b")
    evaluate(SQUARES, CLAIM, 0.1)

    evaluate(SQUARES, Goal(theorem_id="renamed", statement=CLAIM.statement), 0.1)
    assert len(prover.asked) == 1
    archive.through(prover, "c")(SQUARES, CLAIM, 0.1)
    evaluate(alone(Stage(engine="smt")), CLAIM, 0.1)
    evaluate(SQUARES, Goal(theorem_id="squares", statement="∀ x : ℝ, x ≤ x"), 0.1)
    assert len(prover.asked) == 4


def test_the_first_trial_of_a_key_stays(archive):
    first = Trial(outcome=Outcome.UNKNOWN, nominal_s=0.1, cap_s=0.1)
    archive.put(SQUARES, CLAIM, "b", first)
    archive.put(SQUARES, CLAIM, "b", Trial(outcome=Outcome.PROVED, nominal_s=0.01, cap_s=0.1))

    assert archive.get(SQUARES, CLAIM, "b", 0.1) == first


def test_a_trial_that_the_clock_cut_short_says_nothing_of_a_larger_cap(archive):
    cut = Trial(outcome=Outcome.UNKNOWN, nominal_s=0.02, cap_s=0.1, clock=True)
    archive.put(SQUARES, CLAIM, "b", cut)

    assert archive.get(SQUARES, CLAIM, "b", 0.1) == cut
    assert archive.get(SQUARES, CLAIM, "b", 0.2) is None


def write(file: Path, numbers: range) -> None:
    archive = Archive(file)
    for number in numbers:
        goal = Goal(theorem_id="g", statement=f"∀ x : ℝ, x ≤ x + {number}")
        archive.put(SQUARES, goal, "b", Trial(outcome=Outcome.PROVED, nominal_s=0.0, cap_s=1.0))


def test_several_processes_write_at_once(tmp_path):
    file = tmp_path / "archive.sqlite"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write, args=(file, range(20))) for _ in range(2)]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(Archive(file)) == 20


def test_a_writer_that_is_killed_loses_nothing_that_it_kept(tmp_path):
    file = tmp_path / "archive.sqlite"
    archive = Archive(file)
    writer = multiprocessing.get_context("spawn").Process(target=write, args=(file, range(10**6)))
    writer.start()
    deadline = time.monotonic() + 60
    while len(archive) < 5 and time.monotonic() < deadline:
        pass
    assert writer.pid is not None

    os.kill(writer.pid, signal.SIGKILL)
    writer.join(60)

    kept = len(archive)
    assert kept >= 5
    write(file, range(kept + 3))
    assert len(archive) == kept + 3


def test_a_file_that_is_no_archive_is_named(tmp_path):
    file = tmp_path / "archive.sqlite"
    file.write_text("hello, this is not a database at all, and long enough to be seen as none")

    with pytest.raises(StoreError, match="archive"):
        Archive(file)


def test_what_a_transform_settles_without_a_question_costs_nothing():
    goal = Goal(theorem_id="r", statement="∀ a b : ℤ, (a ^ 2 + 5 * b ^ 2) % 4 ≠ 3")
    residues = alone(Stage(engine="smt", transforms=("residues",)))

    trial = Prover(BUDGET)(residues, goal, 0.0)

    assert trial.settled
    assert trial.nominal_s == 0.0


@pytest.mark.parametrize("cap_s", [-0.01, 0.11])
def test_a_cap_outside_the_budget_is_refused(cap_s):
    with pytest.raises(UsageError, match="within the budget"):
        Prover(BUDGET)(SQUARES, CLAIM, cap_s)


def test_rows_can_be_read_with_plain_sql(archive):
    archive.put(SQUARES, CLAIM, "b", Trial(outcome=Outcome.PROVED, nominal_s=0.5, cap_s=1.0))

    with sqlite3.connect(archive.file) as connection:
        rows = connection.execute("SELECT strategy, outcome FROM trials").fetchall()
    connection.close()

    assert rows == [("1×nlsat", "proved")]


class TestSpecialists:
    def settled(self, stage: Stage, goal: str, nominal_s: float):
        claim = Goal(theorem_id=goal, statement=goal)
        trial = Trial(outcome=Outcome.PROVED, nominal_s=nominal_s, cap_s=1.0)
        return alone(stage), claim, "build", trial

    def test_are_the_stages_that_settle_most_between_them(self, tmp_path):
        archive = Archive(tmp_path / "archive.sqlite")
        many, few, other = (
            Stage(engine="smt"),
            Stage(engine="simple"),
            Stage(engine="nlsat", transforms=("sum-lemma",), parameters=(("lazy", 1),)),
        )
        for stage, goals in ((many, "abc"), (few, "bc"), (other, "d")):
            for goal in goals:
                archive.put(*self.settled(stage, goal, 0.1))

        assert archive.specialists(2) == [many, other]
        assert archive.specialists(9) == [many, other, few]
        assert archive.specialists(0) == []

    def test_are_of_this_version(self, tmp_path):
        archive = Archive(tmp_path / "archive.sqlite")
        archive.put(*self.settled(Stage(engine="smt", transforms=("abandoned",)), "a", 0.1))

        assert archive.specialists(3) == []
