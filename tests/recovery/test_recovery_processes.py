"""Recoveries with real agents and real provers, and with kernels that are killed in the middle of one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
import pytest
from msgspec.structs import replace

import hms_kernel as hms
from hms_kernel import witness
from hms_kernel.backends.strategy import Strategy, stage
from hms_kernel.facts import RecoveryBegun, RecoveryStep, TaskSettled
from hms_kernel.genetics.archive import Archive
from hms_kernel.genetics.files import default_file
from hms_kernel.genetics.trials import Trial, alone
from hms_kernel.model import Move, Outcome, Recovery

Until = Callable[..., None]

SIGNS = "(a b c : ℝ) (ha : 0 ≤ a) (hb : 0 ≤ b) (hc : 0 ≤ c)"
PRODUCT = "(a + b) * (b + c) * (c + a) ≥ 8 * a * b * c"
SQUARE = "(a + b + c) ^ 2 ≤ 3 * (a ^ 2 + b ^ 2 + c ^ 2)"
PARTS = (
    PRODUCT,
    SQUARE,
    PRODUCT.replace("a", "(a + 1)"),
    SQUARE.replace("b", "(b + c)"),
    PRODUCT.replace("c", "(c + b)"),
    SQUARE.replace("c", "(2 * c)"),
)
# Each part is easy, all together are too much for the budget of one.
MANY = f"theorem many {SIGNS} : {' ∧ '.join(PARTS)} := by sorry"
MANY_S = 0.01
ONE = f"theorem one {SIGNS} : {PRODUCT} := by sorry"
ONE_S = 0.004
FALSE = (
    "theorem broken (x y : ℤ) (h : 0 < y) : (x + y) ^ 2 ≤ 2 * (x ^ 2 + y ^ 2)"
    " ∧ x ^ 2 - 61 * y ^ 2 ≠ 5 ∧ x * x * x ≠ 4913 := by sorry"
)
FALSE_S = 0.001
# One stage settles it with so small a budget, and only where it has nearly all of it.
MEAN = (
    "theorem mean : ∀ w a : Fin 5 → ℝ, (∀ i, 0 ≤ w i) → (∀ i, -7 ≤ a i ∧ a i ≤ 70) →"
    " ∑ i, w i = 1 → ∑ i, w i * a i ≤ 70 := by sorry"
)
MEAN_S = 0.006
HARD = f"theorem hard {SIGNS} : a ^ 3 + b ^ 3 + c ^ 3 ≥ 3 * a * b * c := by sorry"
HARD_S = 0.01
HINT = " ∧ ".join(f"0 ≤ (a + b + c) * ({x} - {y}) ^ 2" for x, y in ("ab", "bc", "ca"))


@pytest.fixture
def bench(hms_home) -> Iterator[hms.Workbench]:
    with hms.Workbench(agents=2) as bench:
        yield bench


def handed_in(
    bench: hms.Workbench, text: str, nominal_s: float, *moves: Move, **policy: float
) -> hms.TaskHandle:
    recovery = Recovery(nominal_s=10.0, moves=moves, **policy)  # type: ignore[arg-type]
    budget = hms.Budget(nominal_s=nominal_s, wall_s=120.0)
    return bench.prove(text, theorem_id=text.split()[1], budget=budget, recover=recovery)


def moves_of(bench: hms.Workbench, task: hms.TaskHandle) -> list[Move]:
    mine = (fact.kind for fact in bench.facts() if fact.task == task.task_id)
    return [kind.move for kind in mine if isinstance(kind, RecoveryStep)]


def assert_every_task_ended_once(bench: hms.Workbench) -> None:
    ends = Counter(f.task for f in bench.facts() if isinstance(f.kind, TaskSettled))
    assert set(ends.values()) == {1}
    assert set(ends) == set(bench.tasks()["task"])


def test_a_claim_too_large_for_its_budget_is_settled_by_lemmas_that_several_agents_prove(bench):
    without = bench.prove(MANY, budget=hms.Budget(nominal_s=MANY_S, wall_s=120.0))
    assert without.result(300).outcome is Outcome.UNKNOWN

    task = handed_in(bench, MANY, MANY_S, Move.SPLIT)
    verdict = task.result(300)

    assert verdict.outcome is Outcome.PROVED, verdict
    assert moves_of(bench, task) == [Move.SPLIT, Move.LEMMAS, Move.COMPOSITION]
    assert len(verdict.evidence.lemmas) == len(PARTS)
    lemmas = bench.attempts().query("task.str.startswith(@task.task_id + '.')")
    assert lemmas["agent"].nunique() == 2
    assert list(bench.verdicts()["claim"]) == ["task-1", "many"]
    assert_every_task_ended_once(bench)


def test_a_composed_verdict_stands_by_itself_and_a_changed_one_falls(bench, tmp_path):
    task = handed_in(bench, MANY, MANY_S, Move.SPLIT)
    saved = witness.load(task.save(tmp_path / "many.json"))

    finding = witness.check(saved)
    assert finding.confirmed, finding
    assert finding.trust is saved.verdict.trust

    evidence = saved.verdict.evidence
    fewer = replace(saved.verdict, evidence=replace(evidence, lemmas=evidence.lemmas[1:]))
    finding = witness.check(witness.of(saved.goal, fewer))
    assert "not those that the claim comes apart into" in finding.complaint


def test_a_claim_is_tried_with_what_has_settled_most_in_the_archive(bench):
    known = alone(stage("sum-lemma|nlsat"))
    won = Trial(outcome=Outcome.PROVED, nominal_s=0.01, cap_s=1.0)
    Archive(default_file()).put(known, hms.Goal(theorem_id="", statement=MEAN), "build", won)

    task = handed_in(bench, MEAN, MEAN_S, Move.STRATEGY)
    verdict = task.result(300)

    assert verdict.outcome is Outcome.PROVED, verdict
    assert msgspec.convert(verdict.evidence.strategy, Strategy) == known
    assert "recursion, 1×sum-lemma|nlsat" in verdict.evidence.recovery[1]


def test_a_claim_short_of_budget_is_settled_by_more(bench):
    task = handed_in(bench, ONE, ONE_S, Move.BUDGET)
    verdict = task.result(300)

    assert verdict.outcome is Outcome.PROVED, verdict
    assert verdict.evidence.recovery[0] == "first attempt: unknown (budget)"
    assert witness.check(witness.of(task._goal, verdict)).confirmed


def test_a_claim_is_refuted_by_a_part_only_with_numbers_that_break_the_claim_itself(bench):
    task = handed_in(bench, FALSE, FALSE_S, Move.SPLIT)
    verdict = task.result(300)

    assert verdict.outcome is Outcome.REFUTED, verdict
    assert moves_of(bench, task)[-1] is Move.COMPOSITION
    assert int(verdict.counterexample.values["x"]) ** 3 == 4913
    assert witness.check(witness.of(task._goal, verdict)).confirmed
    assert_every_task_ended_once(bench)


class TestAPerson:
    def asked(self, bench: hms.Workbench, until: Until) -> hms.TaskHandle:
        task = handed_in(bench, HARD, HARD_S, Move.PERSON, ask_s=200.0)
        until(lambda: len(bench.waiting()) == 1)
        assert list(bench.waiting()["label"]) == ["hard"]
        assert task.status().phase == "waiting"
        return task

    def test_gives_a_lemma_that_settles_the_claim(self, bench, until):
        task = self.asked(bench, until)

        task.answer(lemma=HINT)
        verdict = task.result(300)

        assert verdict.outcome is Outcome.PROVED, verdict
        assert len(verdict.evidence.lemmas) == 2
        assert bench.waiting().empty
        assert witness.check(witness.of(task._goal, verdict)).confirmed

    def test_who_gives_up_gets_what_there_is(self, bench, until):
        task = self.asked(bench, until)

        task.answer(give_up=True)

        assert task.result(60).outcome is Outcome.UNKNOWN
        with pytest.raises(hms.UsageError, match="waits for no person"):
            task.answer(give_up=True)

    def test_whose_lemma_makes_no_sense_is_asked_again(self, bench, until):
        task = self.asked(bench, until)

        task.answer(lemma="0 ≤ z")
        until(lambda: moves_of(bench, task).count(Move.PERSON) == 2)

        assert task.status().phase == "waiting"
        assert any("cannot be read" in str(output) for output in task_errors(bench))


def test_cancelling_a_claim_leaves_nothing_of_its_recovery_running(bench, until):
    task = handed_in(bench, MANY, MANY_S, Move.SPLIT)
    until(lambda: Move.LEMMAS in moves_of(bench, task))

    task.cancel()
    until(lambda: set(bench.tasks()["phase"]) <= {"succeeded", "failed", "cancelled"})

    assert task.status().phase == "cancelled"
    assert_every_task_ended_once(bench)


KERNEL = f"""
import sys
import hms_kernel as hms
from hms_kernel.facts import RecoveryStep
from hms_kernel.model import Move, Recovery

bench = hms.Workbench("s")
bench.spawn(2)
bench.prove({MANY!r}, theorem_id="many", budget=hms.Budget(nominal_s={MANY_S}, wall_s=120.0),
            recover=Recovery(nominal_s=10.0, moves=(Move.SPLIT,)))
seq = 0
while True:
    for fact in bench.client.facts(seq, wait_s=5.0):
        seq = fact.seq
        if isinstance(fact.kind, RecoveryStep) and fact.kind.move is Move.LEMMAS:
            print("ready", flush=True)
            sys.stdin.read()
"""


def test_a_kernel_killed_in_the_middle_of_a_recovery_is_taken_over_and_the_claim_ends_once(
    hms_home,
):
    kernel = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KERNEL)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert kernel.stdout is not None
    assert kernel.stdout.readline() == "ready\n"
    os.killpg(kernel.pid, signal.SIGKILL)
    kernel.communicate(timeout=60)

    with hms.Workbench("s") as bench:
        task = bench.task("many")
        verdict = task.result(300)

        assert verdict.outcome is Outcome.PROVED, verdict
        facts = bench.facts()
        mine = [fact for fact in facts if fact.task == task.task_id]
        assert sum(isinstance(fact.kind, RecoveryBegun) for fact in mine) == 1
        (end,) = [fact for fact in mine if isinstance(fact.kind, TaskSettled)]
        assert end.epoch == 2
        assert moves_of(bench, task) == [Move.SPLIT, Move.LEMMAS, Move.COMPOSITION]
        assert_every_task_ended_once(bench)


def task_errors(bench: hms.Workbench) -> list[str]:
    return list(bench.tasks()["error"])
