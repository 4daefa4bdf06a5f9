"""Searches on the agents of a session: told as facts, resumed after kills, judged, adopted, taken back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

import hms_kernel as hms
from hms_kernel import session as sessions
from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Strategy
from hms_kernel.errors import PolicyDenied, UsageError
from hms_kernel.facts import (
    GenerationDone,
    SearchBegun,
    SearchEnded,
    StrategyAdopted,
    TaskAssigned,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.genetics.adoptions import in_force
from hms_kernel.genetics.archive import Archive
from hms_kernel.genetics.engine import evolve
from hms_kernel.genetics.family import family
from hms_kernel.genetics.files import default_file
from hms_kernel.genetics.trials import Prover
from hms_kernel.messages import AcceptedResponse, RecordRequest
from hms_kernel.model import Budget, Goal, Outcome, Value, Verdict
from hms_kernel.policy import Action, Allowed, Refused

Until = Callable[..., None]

# A weighted mean lies between bounds: with so small a budget no slice of the default is
# long enough for it, while one of its stages settles it with more.
BUDGET_S = 0.02


def mean(sectors: int, bound: int = 70) -> Goal:
    return Goal(
        theorem_id=f"WAR with {sectors} sectors",
        statement=f"∀ w a : Fin {sectors} → ℝ, (∀ i, 0 ≤ w i) → (∀ i, -7 ≤ a i ∧ a i ≤ {bound}) →"
        f" ∑ i, w i = 1 → ∑ i, w i * a i ≤ {bound}",
    )


MEANS = [mean(sectors) for sectors in (4, 5, 6)]
SMALL = {"seed": 5, "generations": 2, "stages": 4, "budget_s": BUDGET_S}


@pytest.fixture(autouse=True)
def nobody_left(hms_home: Path) -> Iterator[None]:
    """Whatever a test leaves behind of its session is ended."""
    yield
    for name in sessions.names():
        if sessions.state(name) is sessions.State.INTERRUPTED:
            hms.Workbench(name).close()


def trials_paid(facts: list) -> int:
    """How many trials agents say that they ran."""
    trials = {
        f.task
        for f in facts
        if isinstance(f.kind, TaskSubmitted) and f.kind.submitted.skill == "trial"
    }
    results = [f.kind.result for f in facts if isinstance(f.kind, TaskSettled) and f.task in trials]
    return sum(result.value["ran"] for result in results if isinstance(result, Value))


class TestASearch:
    def test_finds_on_agents_what_it_finds_alone_and_tells_every_generation(self, tmp_path):
        with hms.Workbench(agents=2) as bench:
            search = bench.evolve(MEANS, **SMALL)
            told = list(search)
            found = search.result()
            facts = bench.facts()

        prover = Prover(Budget(nominal_s=BUDGET_S))
        alone = list(
            evolve(
                search.plan.train,
                Archive(tmp_path / "another.sqlite").through(prover, prover.build),
                search.plan.settings,
                founders=search.plan.founders,
                fallback=DEFAULT_STRATEGY,
            )
        )
        assert told == alone == list(found.generations)
        begun, *rest = [
            f.kind
            for f in facts
            if isinstance(f.kind, SearchBegun | GenerationDone | SearchEnded | StrategyAdopted)
        ]
        assert begun.goals == ("WAR with 4 sectors", "WAR with 6 sectors")
        assert [type(kind).__name__ for kind in rest] == [
            "GenerationDone", "GenerationDone", "StrategyAdopted", "SearchEnded",
        ]  # fmt: skip
        assert [(kind.generation, kind.winner) for kind in rest[:2]] == [
            (one.number, one.text) for one in alone
        ]
        assert set(rest[0].gained) == set(begun.goals)
        assert rest[-1].adopted
        assert search.paid == trials_paid(facts)
        assert "generation" in search._repr_html_()
        assert "sum" in found.explain()

    def test_pays_for_nothing_twice(self):
        with hms.Workbench(agents=2) as bench:
            first = bench.evolve(MEANS, adopt=False, **SMALL)
            found = first.result()
            second = bench.evolve(MEANS, adopt=False, **SMALL)

            assert second.result().generations == found.generations
            assert first.paid > 0
            assert second.paid == 0

    def test_that_is_under_way_is_what_the_same_call_gives(self):
        with hms.Workbench(agents=2) as bench:
            first = bench.evolve(MEANS, adopt=False, **SMALL)
            next(iter(first))

            assert bench.evolve(MEANS, adopt=False, **SMALL) is first
            first.result()

            told = [f.kind for f in bench.facts() if isinstance(f.kind, GenerationDone)]
            assert [kind.generation for kind in told] == [0, 1]

    def test_that_another_version_left_open_is_ended_and_keeps_nobody_from_searching(
        self, until: Until
    ):
        with hms.Workbench(agents=2) as bench:
            begun = SearchBegun(
                search="old", family="old", goals=(), seed=0, generations=1, plan={"of": "old"}
            )
            bench.client.ask(RecordRequest(kind=begun), AcceptedResponse)
            vigil = bench.evolve_when_stuck(seed=5, generations=2, stages=4, budget_s=BUDGET_S)
            for goal in MEANS[:2]:
                bench.settle(goal, Budget(nominal_s=BUDGET_S)).result()

            until(lambda: vigil.searches, timeout_s=60)

            [end] = [f.kind for f in bench.facts() if isinstance(f.kind, SearchEnded)]
            assert end.search == "old"
            assert end.cause.startswith("cannot be resumed: ")

    def test_is_stopped_and_keeps_what_it_had(self):
        with hms.Workbench(agents=1) as bench:
            search = bench.evolve(MEANS, **SMALL | {"generations": 500})
            next(iter(search))
            search.stop()
            found = search.result(60)
            [end] = [f.kind for f in bench.facts() if isinstance(f.kind, SearchEnded)]

        assert found.cause == end.cause == "stopped"
        assert not found.adopted
        assert 1 <= len(found.generations) < 500

    def test_that_is_open_ends_with_its_workbench(self):
        bench = hms.Workbench(agents=1)
        bench.evolve(MEANS, **SMALL | {"generations": 500})

        bench.close()

        with hms.Workbench(bench.session) as again:
            [end] = [f.kind for f in again.facts() if isinstance(f.kind, SearchEnded)]
        assert end.cause == "stopped"

    def test_needs_goals_of_one_family(self):
        with hms.Workbench(agents=1) as bench:
            with pytest.raises(UsageError, match="at least 2 goals"):
                bench.evolve([mean(4)])
            with pytest.raises(UsageError, match="2 families"):
                bench.evolve([mean(4), "∀ x : ℝ, 0 ≤ x ^ 2"])
            with pytest.raises(UsageError, match="stayed unknown"):
                bench.evolve("ℝ with magic")

    def test_is_no_way_around_the_gate(self):
        class NoSearch:
            def decide(self, action: Action):
                return Refused(policy="calm") if action.verb == "evolve" else Allowed(policy="open")

        with hms.Workbench(agents=1, gate=NoSearch()) as bench:
            with pytest.raises(PolicyDenied, match="calm"):
                bench.evolve(MEANS, **SMALL).result()
            assert trials_paid(bench.facts()) == 0


class TestWork:
    def test_of_people_goes_before_trials(self):
        with hms.Workbench(agents=1) as bench:
            search = bench.evolve(MEANS, **SMALL | {"generations": 500})
            next(iter(search))
            task = bench.prove("∀ x : ℝ, 0 ≤ x ^ 2")
            task.result(60)
            search.stop()
            search.result(60)
            facts = bench.facts()

        [handed_in] = [
            f.seq for f in facts if f.task == task.task_id and isinstance(f.kind, TaskSubmitted)
        ]
        [given] = [
            f.seq for f in facts if f.task == task.task_id and isinstance(f.kind, TaskAssigned)
        ]
        between = [
            f for f in facts if handed_in < f.seq < given and isinstance(f.kind, TaskAssigned)
        ]
        assert between == []


class TestAnAdoptedStrategy:
    def adopted(self, bench: hms.Workbench) -> Strategy:
        return bench.evolve(MEANS, **SMALL).result().winner

    def test_is_what_claims_of_the_family_are_tried_with_in_every_session_until_it_is_rolled_back(
        self,
    ):
        budget = Budget(nominal_s=BUDGET_S)
        with hms.Workbench(agents=2) as bench:
            name = family(MEANS[0])
            assert bench.settle(mean(8), budget).result().outcome is Outcome.UNKNOWN
            winner = self.adopted(bench)

            settled = bench.settle(mean(8), budget).result()
            other = bench.prove("∀ x : ℝ, 0 ≤ x ^ 2", budget=budget).result()

            assert settled.outcome is Outcome.PROVED
            assert msgspec.convert(settled.evidence.strategy, Strategy) == winner
            assert msgspec.convert(other.evidence.strategy, Strategy) == DEFAULT_STRATEGY
        with hms.Workbench(agents=1) as later:
            assert later.settle(mean(9), budget).result().outcome is Outcome.PROVED

            assert later.rollback(name) is None
            assert later.settle(mean(10), budget).result().outcome is Outcome.UNKNOWN
            [taken_back] = [f.kind for f in later.facts() if isinstance(f.kind, StrategyAdopted)]
            assert (taken_back.strategy, taken_back.why) == (None, "rolled back: asked for")
            with pytest.raises(UsageError, match="nothing is in force"):
                later.rollback(name)

    def test_makes_no_false_claim_true(self):
        with hms.Workbench(agents=2) as bench:
            self.adopted(bench)
            false = msgspec.structs.replace(
                mean(4), statement=mean(4).statement.replace("* a i ≤ 70", "* a i ≤ 69")
            )

            assert bench.settle(false, Budget()).result().outcome is Outcome.REFUTED

    def test_that_cannot_be_read_keeps_nobody_from_proving(self):
        default_file().parent.mkdir(exist_ok=True)
        default_file().write_text("no database")

        with hms.Workbench(agents=1) as bench:
            assert bench.prove("∀ x : ℝ, 0 ≤ x ^ 2").result().outcome is Outcome.PROVED

    def test_is_none_where_the_winner_does_no_better_on_goals_held_apart(self):
        texts = [
            "∀ a b c : ℤ, (a ^ 3 + b ^ 3 + c ^ 3) % 9 ≠ 4",
            "∀ a b c : ℤ, (a ^ 4 + b ^ 4 + c ^ 4) % 16 ≠ 5",
        ]
        with hms.Workbench(agents=2) as bench:
            found = bench.evolve(texts, **SMALL).result()

            assert not found.adopted
            assert in_force(default_file()) == {}
            assert not any(isinstance(fact.kind, StrategyAdopted) for fact in bench.facts())


SEARCHING = """
import json, sys
import hms_kernel as hms
from hms_kernel.model import Goal

bench = hms.Workbench("s", agents=2)
goals = [Goal(**goal) for goal in json.loads(sys.argv[1])]
search = bench.evolve(goals, seed=5, generations=4, stages=6, budget_s=0.02)
next(iter(search))
print("ready", flush=True)
sys.stdin.read()
"""


WATCHING = """
import json, sys, time
import hms_kernel as hms
from hms_kernel.facts import SearchBegun
from hms_kernel.model import Goal

bench = hms.Workbench("s", agents=2)
bench.evolve_when_stuck(seed=5, generations=2, stages=4, budget_s=0.02)
for goal in json.loads(sys.argv[1]):
    bench.settle(Goal(**goal), hms.Budget(nominal_s=0.02))
for fact in bench.client.follow():
    if isinstance(fact.kind, SearchBegun):
        break
print("ready", flush=True)
sys.stdin.read()
"""


class TestKilled:
    SETTINGS = {"seed": 5, "generations": 4, "stages": 6, "budget_s": BUDGET_S}

    def kernel(self, script: str = SEARCHING) -> subprocess.Popen:
        goals = json.dumps([{"theorem_id": g.theorem_id, "statement": g.statement} for g in MEANS])
        kernel = subprocess.Popen(
            [sys.executable, "-c", script, goals],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert kernel.stdout is not None
        assert kernel.stdout.readline() == "ready\n"
        return kernel

    def expected(self, tmp_path: Path) -> tuple[list, int]:
        """What an undisturbed search comes to, and how many trials it takes."""
        with hms.Workbench(agents=2) as bench:
            search = bench.evolve(MEANS, **self.SETTINGS)
            found = search.result()
        bench_file = default_file()
        paid = search.paid
        bench_file.unlink()
        return list(found.generations), paid

    def test_a_kernel_takes_no_evaluated_trial_along_and_the_same_call_goes_on(self, tmp_path):
        expected, paid = self.expected(tmp_path)
        kernel = self.kernel()
        os.killpg(kernel.pid, signal.SIGKILL)
        kernel.communicate()
        kept = len(Archive(default_file()))

        with hms.Workbench("s") as bench:
            search = bench.evolve(MEANS, **self.SETTINGS)
            generations = list(search)
            facts = bench.facts()

        assert kept > 0
        assert generations == expected
        begun = [f.kind.search for f in facts if isinstance(f.kind, SearchBegun)]
        assert begun == [search.name]
        told = [f.kind.generation for f in facts if isinstance(f.kind, GenerationDone)]
        assert told == [0, 1, 2, 3]
        assert trials_paid(facts) == paid == len(Archive(default_file()))

    def test_a_kernel_that_searched_by_itself_is_followed_by_one_that_goes_on(self, until: Until):
        kernel = self.kernel(WATCHING)
        os.killpg(kernel.pid, signal.SIGKILL)
        kernel.communicate()

        with hms.Workbench("s", evolve=True) as bench:
            until(
                lambda: any(isinstance(fact.kind, SearchEnded) for fact in bench.facts()),
                timeout_s=200,
            )
            facts = bench.facts()

        [begun] = [f.kind for f in facts if isinstance(f.kind, SearchBegun)]
        [ended] = [f.kind for f in facts if isinstance(f.kind, SearchEnded)]
        assert ended.search == begun.search
        assert ended.adopted
        assert len(ended.changed) == len(MEANS)

    def test_an_agent_takes_nothing_along_but_the_trial_it_was_in(self, tmp_path):
        expected, paid = self.expected(tmp_path)
        with hms.Workbench(agents=2) as bench:
            search = bench.evolve(MEANS, **self.SETTINGS)
            next(iter(search))
            kept = len(Archive(default_file()))
            os.kill(bench.client.agents()[0].pid, signal.SIGKILL)

            assert list(search) == expected
            search.result()
            facts = bench.facts()

        # What the killed agent had not told yet was in the archive and not paid for again.
        assert kept <= trials_paid(facts) <= paid
        assert len(Archive(default_file())) == paid


class TestLeftAlone:
    def test_a_bench_notices_searches_applies_and_settles(self, until: Until):
        budget = Budget(nominal_s=BUDGET_S)
        with hms.Workbench(agents=2) as bench:
            bench.evolve_when_stuck(seed=5, generations=2, stages=4, budget_s=BUDGET_S)
            tasks = [bench.settle(goal, budget) for goal in MEANS]
            assert {task.result().outcome for task in tasks} == {Outcome.UNKNOWN}
            # From here on nobody touches anything.
            until(
                lambda: any(isinstance(fact.kind, SearchEnded) for fact in bench.facts()),
                timeout_s=200,
            )
            facts = bench.facts()

        [begun] = [f.kind for f in facts if isinstance(f.kind, SearchBegun)]
        [ended] = [f.kind for f in facts if isinstance(f.kind, SearchEnded)]
        [adopted] = [f.kind for f in facts if isinstance(f.kind, StrategyAdopted)]
        assert begun.family == adopted.family == family(MEANS[0])
        assert "of the last" in begun.why
        assert ended.cause == "every goal is settled"
        assert ended.adopted
        assert ended.changed == tuple(
            f"{goal.theorem_id}: unknown → proved after generation 0" for goal in MEANS
        )
        verdicts: dict[str, list[str]] = {}
        labels = {
            f.task: f.kind.submitted.label for f in facts if isinstance(f.kind, TaskSubmitted)
        }
        for fact in facts:
            if isinstance(fact.kind, TaskSettled) and isinstance(fact.kind.result, Verdict):
                verdicts.setdefault(labels[fact.task], []).append(fact.kind.result.outcome)
        assert verdicts == {goal.theorem_id: ["unknown", "proved"] for goal in MEANS}

    def test_a_bench_does_not_search_unless_it_was_asked_to(self):
        with hms.Workbench(agents=1) as bench:
            for goal in MEANS:
                bench.settle(goal, Budget(nominal_s=BUDGET_S)).result()

            assert not any(isinstance(fact.kind, SearchBegun) for fact in bench.facts())
