"""Recoveries in the scheduler: their steps become tasks, and each task ends once, whoever supervises.

Without a socket or a process: a world of agents answers at random, and schedulers are replaced at
any moment by successors that know only the facts.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hms_kernel.errors import UsageError
from hms_kernel.events import (
    Answered,
    Assign,
    CancelAsked,
    CancelOn,
    Effect,
    Event,
    Finished,
    Record,
    Registered,
    SpawnAsked,
    Submitted,
    Tick,
)
from hms_kernel.facts import Fact, RecoveryBegun, RecoveryStep, TaskSettled, TaskSubmitted
from hms_kernel.model import (
    AgentSpec,
    Budget,
    Evidence,
    Failure,
    Hint,
    Limits,
    Move,
    Outcome,
    Phase,
    Recovery,
    Task,
    Trust,
    Value,
    Verdict,
)
from hms_kernel.queues import TURNS
from hms_kernel.scheduler import Scheduler
from hms_kernel.tables import waiting
from hms_kernel.takeover import Recollection

UNKNOWN = Verdict(outcome=Outcome.UNKNOWN, reason="no stage settled it")
PROVED = Verdict(outcome=Outcome.PROVED, trust=Trust.TWO_SOLVERS)
REFUTED = Verdict(outcome=Outcome.REFUTED, trust=Trust.REPLAYED)
TEXTS = [f"theorem lemma_{n} : {n} = {n} := by sorry" for n in (1, 2, 3)]
LEMMAS = Value(value={"says": "3", "by": "conjuncts", "split": {"by": "x"}, "lemmas": TEXTS})


def claim(name: str, policy: Recovery | None) -> Task:
    budget = msgspec.to_builtins(Budget(nominal_s=1.0, wall_s=10.0))
    goal = {"theorem_id": name, "statement": name}
    payload = {"goal": goal, "budget": budget}
    return Task(task_id=name, skill="prove", label=name, payload=payload, recovery=policy)


class World:
    """A scheduler with agents that are always there, and the facts it leaves behind."""

    def __init__(self, agents: int = 2) -> None:
        self.facts: list[Fact] = []
        self.now_s = 0.0
        self.core = Scheduler(Random(0))
        self.running: dict[str, tuple[Task, int]] = {}  # agent to what it runs
        for n in range(agents):
            self.tell(SpawnAsked(AgentSpec(agent_id=f"a{n}")))
            self.tell(Registered(f"a{n}", n + 1, ("prove",)))

    def tell(self, event: Event) -> list[Effect]:
        return self._performed(self.core.handle(event, self.now_s))

    def taken_over(self) -> None:
        """The kernel dies; a successor knows the facts, and its agents come back with what they run."""
        self.core = Scheduler(Random(0))
        past = Recollection().take(self.facts)
        self._performed(self.core.resume(past.agents, past.tasks, self.now_s))
        for n, agent in enumerate(list(past.agents)):
            held = self.running.get(agent)
            running = ((held[0].task_id, held[1]),) if held else ()
            self.tell(Registered(agent, n + 1, ("prove",), running))

    def answer(self, task_id: str, result: Any) -> list[Effect]:
        """The agent that runs a task comes back with a result."""
        agent = next(a for a, (task, _) in self.running.items() if task.task_id == task_id)
        task, attempt = self.running.pop(agent)
        return self.tell(Finished(agent, task.task_id, attempt, result))

    def answer_all(self, result: Any) -> None:
        """Until nothing runs any more."""
        while self.running:
            self.answer(next(iter(self.running.values()))[0].task_id, result)

    def at_work(self) -> list[str]:
        return sorted(task.task_id for task, _ in self.running.values())

    def ends(self) -> Counter[str]:
        return Counter(f.task for f in self.facts if isinstance(f.kind, TaskSettled) and f.task)

    def steps(self, task_id: str) -> list[RecoveryStep]:
        mine = (fact.kind for fact in self.facts if fact.task == task_id)
        return [kind for kind in mine if isinstance(kind, RecoveryStep)]

    def _performed(self, effects: list[Effect]) -> list[Effect]:
        for effect in effects:
            match effect:
                case Record(kind, task, attempt, agent):
                    fact = Fact(
                        session="s",
                        epoch=1,
                        seq=len(self.facts) + 1,
                        time_s=self.now_s,
                        kind=kind,
                        task=task,
                        attempt=attempt,
                        agent=agent,
                    )
                    self.facts.append(fact)
                case Assign(agent, task, attempt):
                    assert agent not in self.running
                    self.running[agent] = (task, attempt)
                case _:
                    pass
        for effect in effects:
            if isinstance(effect, CancelOn) and effect.agent_id in self.running:
                self.running.pop(effect.agent_id)
                gone = Failure(kind="cancelled", message="cancelled")
                self.tell(Finished(effect.agent_id, effect.task_id, effect.attempt, gone))
        return effects


@pytest.fixture
def world() -> World:
    return World()


def test_a_claim_without_a_recovery_ends_as_it_always_did(world):
    world.tell(Submitted(claim("t", None)))
    world.answer("t", UNKNOWN)

    assert world.ends() == {"t": 1}


def test_a_claim_that_recovers_waits_and_ends_once_with_what_its_recovery_found(world):
    world.tell(Submitted(claim("t", Recovery(moves=(Move.BUDGET,)))))
    world.answer("t", UNKNOWN)

    assert world.core.tasks["t"].phase is Phase.WAITING
    assert world.at_work() == ["t.1"]

    world.answer("t.1", PROVED)

    result = world.core.tasks["t"].result
    assert isinstance(result, Verdict)
    assert result.outcome is Outcome.PROVED
    assert world.ends() == {"t": 1, "t.1": 1}


def test_a_result_that_is_sent_again_does_not_begin_another_recovery(world):
    world.tell(Submitted(claim("t", Recovery(moves=(Move.BUDGET,)))))
    agent, (_, attempt) = next(iter(world.running.items()))
    world.answer("t", UNKNOWN)
    known = len(world.facts)

    world.tell(Finished(agent, "t", attempt, UNKNOWN))

    assert len(world.facts) == known


def test_what_is_asked_for_side_by_side_runs_on_several_agents(world):
    world.tell(Submitted(claim("t", Recovery(moves=(Move.STRATEGY,)))))
    world.answer("t", UNKNOWN)

    assert world.at_work() == ["t.1", "t.2"]


def test_what_is_no_longer_needed_is_cancelled(world):
    world.tell(Submitted(claim("t", Recovery(moves=(Move.STRATEGY,)))))
    world.answer("t", UNKNOWN)
    world.answer("t.1", PROVED)

    assert world.at_work() == []
    assert world.core.tasks["t.3"].phase is Phase.CANCELLED
    assert set(world.ends().values()) == {1}


def test_cancelling_a_claim_cancels_all_that_its_recovery_asked_for(world):
    world.tell(Submitted(claim("t", Recovery(moves=(Move.SPLIT,)))))
    world.answer("t", UNKNOWN)
    world.answer("t.1", LEMMAS)
    world.answer("t.2", UNKNOWN)  # which begins a recovery of its own
    assert len(world.core.tasks) > 4

    world.tell(CancelAsked("t"))

    assert world.at_work() == []
    assert all(work.phase.terminal for work in world.core.tasks.values())
    assert set(world.ends().values()) == {1}


def test_two_claims_with_the_same_lemmas_share_them():
    world = World(agents=6)
    policy = Recovery(moves=(Move.SPLIT,))
    for name in ("s", "t"):
        world.tell(Submitted(claim(name, policy)))
        world.answer(name, UNKNOWN)
        world.answer(f"{name}.1", LEMMAS)

    shared = world.steps("s")[-1].tasks
    assert world.steps("t")[-1].tasks == shared

    world.tell(CancelAsked("s"))

    assert all(not world.core.tasks[name].phase.terminal for name in shared)


def test_a_successor_cancels_no_lemma_that_another_claim_waits_for():
    world = World(agents=6)
    for name, texts in (("s", TEXTS[:2]), ("t", TEXTS[1:])):
        world.tell(Submitted(claim(name, Recovery(moves=(Move.SPLIT,)))))
        world.answer(name, UNKNOWN)
        world.answer(f"{name}.1", Value(value=LEMMAS.value | {"lemmas": texts}))
    (shared,) = set(world.steps("s")[-1].tasks) & set(world.steps("t")[-1].tasks)
    world.answer("s.2", REFUTED)
    refuted = next(
        n for n, f in enumerate(world.facts) if f.task == "s.2" and isinstance(f.kind, TaskSettled)
    )
    del world.facts[refuted + 1 :]  # what followed from it is not known to the successor
    world.running = {a: (t, n) for a, (t, n) in world.running.items() if "s.2" not in t.task_id}

    world.taken_over()

    assert world.steps("s")[-1].move is Move.COMPOSITION
    assert world.core.tasks[shared].phase is not Phase.CANCELLED


def test_a_lemma_that_a_claim_needs_twice_is_proved_once():
    world = World(agents=1)
    twice = Value(value=LEMMAS.value | {"lemmas": [TEXTS[0], TEXTS[1], TEXTS[0]]})
    world.tell(Submitted(claim("t", Recovery(moves=(Move.SPLIT,)))))
    world.answer("t", UNKNOWN)
    world.answer("t.1", twice)
    assert world.steps("t")[-1].tasks == ("t.2", "t.3", "t.2")

    world.answer_all(PROVED)

    assert world.ends() == {"t": 1, "t.1": 1, "t.2": 1, "t.3": 1, "t.5": 1}


def test_claims_that_people_hand_in_and_recoveries_take_turns():
    world = World(agents=1)
    world.tell(Submitted(claim("t", Recovery(moves=(Move.STRATEGY,)))))
    for n in range(8):
        world.tell(Submitted(claim(f"p{n}", None)))
    world.answer("t", UNKNOWN)

    order = []
    for _ in range(8):
        order += world.at_work()
        world.answer(order[-1], PROVED)

    recovering = [n for n, name in enumerate(order) if name.startswith("t.")]
    assert recovering, "recoveries starve"
    assert all(later - earlier == TURNS for earlier, later in pairwise(recovering))


def test_a_proof_that_is_to_be_certified_is_not_lost_when_there_is_no_time_for_that(world):
    task = claim("t", Recovery(moves=(Move.CERTIFICATE,)))
    wanted = task.payload | {"trust": "certificate"}
    world.tell(Submitted(msgspec.structs.replace(task, payload=wanted, limits=Limits(total_s=5.0))))
    world.answer("t", PROVED)
    assert world.core.tasks["t"].phase is Phase.WAITING

    world.now_s = 5.0
    world.tell(Tick(stalled_s=5.0))

    result = world.core.tasks["t"].result
    assert isinstance(result, Verdict)
    assert (result.outcome, result.trust) == (Outcome.PROVED, Trust.TWO_SOLVERS)
    assert world.at_work() == []
    assert set(world.ends().values()) == {1}


class TestAPerson:
    @pytest.fixture
    def asking(self, world: World) -> World:
        world.tell(Submitted(claim("t", Recovery(moves=(Move.PERSON,), ask_s=60.0))))
        world.answer("t", UNKNOWN)
        return world

    def test_sees_the_claim_in_a_list(self, asking):
        (row,) = waiting(asking.facts)

        assert row["task"] == "t"
        assert row["reason"] == "budget"

    def test_answers_and_the_recovery_goes_on(self, asking):
        asking.tell(Answered("t", Hint(strategy="algebra")))

        assert waiting(asking.facts) == []
        asking.answer_all(PROVED)
        assert asking.ends()["t"] == 1

    def test_who_gives_up_ends_it(self, asking):
        asking.tell(Answered("t", Hint(give_up=True)))

        result = asking.core.tasks["t"].result
        assert isinstance(result, Verdict)
        assert result.outcome is Outcome.UNKNOWN

    def test_is_waited_for_only_so_long(self, asking):
        assert asking.core.next_due_s() is not None
        asking.now_s = 59.0
        asking.tell(Tick())
        assert asking.core.tasks["t"].phase is Phase.WAITING

        asking.now_s = 60.0
        asking.tell(Tick())

        assert asking.core.tasks["t"].phase is Phase.SUCCEEDED

    def test_is_still_waited_for_after_a_takeover_and_not_longer(self, asking):
        asking.now_s = 30.0
        asking.taken_over()
        assert asking.core.tasks["t"].phase is Phase.WAITING

        asking.now_s = 61.0
        asking.tell(Tick())

        assert asking.ends() == {"t": 1}

    def test_cannot_answer_what_asks_nobody(self, world):
        world.tell(Submitted(claim("t", None)))

        with pytest.raises(UsageError, match="waits for no person"):
            world.tell(Answered("t", Hint(give_up=True)))


def test_a_successor_goes_on_with_a_recovery_where_its_predecessor_was(world):
    world.tell(Submitted(claim("t", Recovery(moves=(Move.SPLIT,)))))
    world.answer("t", UNKNOWN)
    world.answer("t.1", LEMMAS)
    world.answer("t.2", PROVED)

    world.taken_over()
    world.answer("t.3", PROVED)
    world.taken_over()
    world.answer("t.4", PROVED)
    world.answer("t.5", PROVED)  # the composition

    assert [step.move.value for step in world.steps("t")] == ["split", "lemmas", "composition"]
    assert set(world.ends().values()) == {1}
    result = world.core.tasks["t"].result
    assert isinstance(result, Verdict)
    assert result.outcome is Outcome.PROVED


def test_takeovers_change_neither_the_steps_nor_the_verdict():
    def told(takeovers: bool) -> tuple[list[str], Any]:
        world = World()
        world.tell(Submitted(claim("t", Recovery(nominal_s=30.0))))
        while world.running:
            name = world.at_work()[0]
            split = "job" in world.core.tasks[name].task.payload
            world.answer(name, LEMMAS if split else UNKNOWN)
            if takeovers:
                world.taken_over()
        steps = [f"{step.move} {step.says} {step.tasks}" for step in world.steps("t")]
        return steps, world.core.tasks["t"].result

    assert told(takeovers=True) == told(takeovers=False)


RESULTS = st.sampled_from(
    [
        UNKNOWN,
        Verdict(outcome=Outcome.UNKNOWN, evidence=Evidence(nominal_s=0.1)),
        PROVED,
        REFUTED,
        LEMMAS,
        Failure(kind="crashed", message="worker killed by SIGSEGV"),
        Failure(kind="error", message="boom"),
    ]
)
HINTS = st.sampled_from(
    [Hint(lemma="1 = 1"), Hint(strategy="algebra"), Hint(nominal_s=2.0), Hint(give_up=True)]
)


class Recovering(RuleBasedStateMachine):
    """Claims that recover, answers at random, people, cancellations and kernels that die."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(agents=3)
        self.claims = 0

    @rule(ask=st.booleans(), depth=st.integers(0, 2), nominal_s=st.floats(0.5, 30.0))
    def submit(self, ask: bool, depth: int, nominal_s: float) -> None:
        policy = Recovery(ask_s=50.0 if ask else 0.0, depth=depth, nominal_s=nominal_s)
        self.world.tell(Submitted(claim(f"c{self.claims}", policy)))
        self.claims += 1

    @rule(result=RESULTS, pick=st.integers(0, 2))
    def answer(self, result: Any, pick: int) -> None:
        if running := self.world.at_work():
            self.world.answer(running[pick % len(running)], result)

    @rule(hint=HINTS)
    def help(self, hint: Hint) -> None:
        if rows := waiting(self.world.facts):
            self.world.tell(Answered(rows[0]["task"], hint))

    @rule(pick=st.integers(0, 50))
    def cancel(self, pick: int) -> None:
        if names := list(self.world.core.tasks):
            self.world.tell(CancelAsked(names[pick % len(names)]))

    @rule(seconds=st.floats(0.0, 40.0))
    def time_passes(self, seconds: float) -> None:
        self.world.now_s += seconds
        # Nobody's silence is at stake here.
        self.world.tell(Tick(stalled_s=seconds))

    @rule()
    def kernel_dies(self) -> None:
        self.world.taken_over()

    @invariant()
    def nobody_ends_twice(self) -> None:
        assert all(count == 1 for count in self.world.ends().values())

    @invariant()
    def who_waits_waits_for_something(self) -> None:
        tasks = self.world.core.tasks
        asking = {row["task"] for row in waiting(self.world.facts)}
        for name, work in tasks.items():
            if work.phase is Phase.WAITING and name not in asking:
                last = work.taken[-1]
                assert isinstance(last, RecoveryStep)
                assert any(not tasks[part].phase.terminal for part in last.tasks)

    @invariant()
    def nothing_is_open_that_nobody_wants(self) -> None:
        tasks = self.world.core.tasks
        for work in tasks.values():
            if work.task.parent and not work.phase.terminal:
                assert work.blocks
                assert all(tasks[name].phase is Phase.WAITING for name in work.blocks)

    @invariant()
    def what_is_submitted_is_what_is_accepted(self) -> None:
        accepted = [f.task for f in self.world.facts if isinstance(f.kind, TaskSubmitted)]
        assert sorted(accepted) == sorted(self.world.core.tasks)
        begun = [f.task for f in self.world.facts if isinstance(f.kind, RecoveryBegun)]
        assert len(begun) == len(set(begun))

    def teardown(self) -> None:
        """Left alone, everything ends."""
        for _ in range(3000):
            for row in waiting(self.world.facts):
                self.world.tell(Answered(row["task"], Hint(give_up=True)))
            if not self.world.running:
                break
            self.world.answer(self.world.at_work()[0], UNKNOWN)
        open_ = [n for n, w in self.world.core.tasks.items() if not w.phase.terminal]
        assert open_ == []


TestRecovering = Recovering.TestCase
TestRecovering.settings = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
