"""What a supervisor that takes over knows and agrees on, without a socket or a process.

A world of agents is played against schedulers that are killed at any moment: each
successor knows only the facts that were safe by then.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from hms_kernel.events import (
    Acknowledge,
    Assign,
    CancelAsked,
    CancelOn,
    Effect,
    Event,
    Exited,
    Expect,
    Finished,
    Kill,
    Launch,
    PauseAsked,
    Record,
    Registered,
    ResumeAsked,
    Shutdown,
    SpawnAsked,
    StopAsked,
    Submitted,
    Tick,
    Watch,
)
from hms_kernel.facts import (
    AgentQuarantined,
    AgentSpawned,
    Fact,
    SessionClosed,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.model import AgentPhase, AgentSpec, Failure, Limits, Phase, Task, Value
from hms_kernel.scheduler import Scheduler
from hms_kernel.takeover import RETURN_S, Recollection

SKILLS = ("prove",)
RESULTS = st.sampled_from(
    [
        Value(value=1),
        Failure(kind="error", message="boom"),
        Failure(kind="crashed", message="worker killed by SIGSEGV"),
    ]
)


class Story:
    """A scheduler and the facts it leaves behind."""

    def __init__(self, facts: tuple[Fact, ...] = (), now_s: float = 0.0) -> None:
        self.facts = list(facts)
        self.core = Scheduler(Random(0))
        past = Recollection().take(facts)
        self.resumed = self._record(
            self.core.resume(past.agents, past.tasks, now_s, paused=past.paused), now_s
        )

    def tell(self, event: Event, now_s: float) -> list[Effect]:
        return self._record(self.core.handle(event, now_s), now_s)

    def _record(self, effects: list[Effect], now_s: float) -> list[Effect]:
        for effect in effects:
            if isinstance(effect, Record):
                self.facts.append(
                    Fact(
                        session="s",
                        epoch=1,
                        seq=len(self.facts) + 1,
                        time_s=now_s,
                        kind=effect.kind,
                        task=effect.task,
                        attempt=effect.attempt,
                        agent=effect.agent,
                    )
                )
        return effects


def play(story: Story, *events: Event, now_s: float = 0.0) -> list[Effect]:
    return [effect for event in events for effect in story.tell(event, now_s)]


def task(name: str, attempts: int = 3) -> Task:
    return Task(task_id=name, skill="prove", limits=Limits(max_attempts=attempts))


def taken_over(story: Story, facts: int | None = None, now_s: float = 0.0) -> Story:
    """A new supervisor that knows the first ``facts`` facts only."""
    return Story(tuple(story.facts[:facts]), now_s)


def seq_of(story: Story, kind: type) -> int:
    """How many facts there are before the first of a kind."""
    return next(n for n, fact in enumerate(story.facts) if isinstance(fact.kind, kind))


def commands(effects: list[Effect]) -> list[Effect]:
    return [effect for effect in effects if not isinstance(effect, Record | Watch)]


@pytest.fixture
def busy() -> Story:
    """Agent a (pid 1) runs t1; t2 waits."""
    story = Story()
    play(story, SpawnAsked(AgentSpec(agent_id="a", heartbeat_s=0.5, grace_s=7.0)))
    play(story, Registered("a", 1, SKILLS), Submitted(task("t1")), Submitted(task("t2")))
    return story


class TestAnAgentThatComesBack:
    def test_is_expected_with_its_last_process(self, busy):
        assert taken_over(busy).resumed == [Expect("a", 1)]

    def test_keeps_what_it_runs_and_its_settings(self, busy):
        later = taken_over(busy)

        effects = play(later, Registered("a", 1, SKILLS, (("t1", 1),)))

        assert commands(effects) == []
        assert Watch("a", 1) in effects
        assert later.core.agents["a"].spec.grace_s == 7.0
        assert later.core.tasks["t1"].phase is Phase.RUNNING
        done = play(later, Finished("a", "t1", 1, Value(value=1)))
        assert commands(done) == [Acknowledge("a", "t1", 1), Assign("a", task("t2"), 1)]

    def test_without_its_task_is_given_it_again_and_nobody_is_blamed(self, busy):
        later = taken_over(busy)

        effects = play(later, Registered("a", 1, SKILLS))

        assert commands(effects) == [Assign("a", task("t1"), 2)]
        assert later.core.tasks["t1"].lost == []

    def test_with_an_assignment_that_was_not_safe_yet_keeps_it_and_it_becomes_a_fact(self, busy):
        later = taken_over(busy, facts=seq_of(busy, TaskAssigned))

        effects = play(later, Registered("a", 1, SKILLS, (("t1", 1),)))

        assert Record(TaskAssigned(), task="t1", attempt=1, agent="a") in effects
        assert commands(effects) == []

    def test_with_a_task_that_was_never_accepted_drops_it(self, busy):
        later = taken_over(busy, facts=seq_of(busy, TaskSubmitted))

        effects = play(later, Registered("a", 1, SKILLS, (("t1", 1),)))

        assert commands(effects) == [CancelOn("a", "t1", 1)]

    def test_with_a_task_that_was_cancelled_drops_it(self, busy):
        play(busy, CancelAsked("t1"))

        effects = play(taken_over(busy), Registered("a", 1, SKILLS, (("t1", 1),)))

        assert commands(effects) == [CancelOn("a", "t1", 1), Assign("a", task("t2"), 1)]

    def test_with_a_result_that_was_never_recorded_delivers_it_before_it_gets_more(self, busy):
        play(busy, Finished("a", "t1", 1, Value(value=1)))
        later = taken_over(busy, facts=seq_of(busy, TaskSettled))

        # It works on t2 by now, which nobody remembers having given to it.
        back = play(later, Registered("a", 1, SKILLS, (("t2", 1), ("t1", 1))))
        done = play(later, Finished("a", "t1", 1, Value(value=1)))

        assert commands(back) == [CancelOn("a", "t2", 1)]
        assert later.core.tasks["t1"].phase is Phase.SUCCEEDED
        # The first number is out with the attempt that was just cancelled.
        assert commands(done) == [Acknowledge("a", "t1", 1), Assign("a", task("t2"), 2)]

    def test_after_its_result_was_recorded_is_only_told_that_it_is_safe(self, busy):
        play(busy, Finished("a", "t1", 1, Value(value=1)))
        later = taken_over(busy)
        play(later, Registered("a", 1, SKILLS, (("t2", 1), ("t1", 1))))

        again = play(later, Finished("a", "t1", 1, Value(value=1)))

        assert again == [Acknowledge("a", "t1", 1)]

    def test_too_late_for_its_task_is_not_believed(self, busy):
        play(busy, SpawnAsked(AgentSpec(agent_id="b")))
        later = taken_over(busy)
        play(later, Exited("a", 1, "ended"), Registered("b", 2, SKILLS))

        late = play(later, Finished("a", "t1", 1, Value(value="late")))

        assert later.core.tasks["t1"].phase is Phase.RUNNING
        assert commands(late) == [Acknowledge("a", "t1", 1)]

    def test_that_was_asked_to_end_still_has_to(self, busy):
        play(busy, StopAsked("a"))
        later = taken_over(busy)

        assert commands(play(later, Registered("a", 1, SKILLS))) == [Shutdown("a")]
        play(later, Exited("a", 1, "exit code 0"))
        assert later.core.agents["a"].phase is AgentPhase.STOPPED

    def test_after_it_was_stopped_is_sent_away(self, busy):
        play(busy, StopAsked("a"), Exited("a", 1, "exit code 0"))
        later = taken_over(busy)

        assert later.resumed == []
        assert commands(play(later, Registered("a", 1, SKILLS))) == [Shutdown("a")]


class TestAnAgentThatDoesNotComeBack:
    def test_is_launched_again_and_its_task_runs_elsewhere(self, busy):
        play(busy, SpawnAsked(AgentSpec(agent_id="b")), Registered("b", 2, SKILLS))
        later = taken_over(busy)
        play(later, Registered("b", 2, SKILLS, (("t2", 1),)))
        play(later, Finished("b", "t2", 1, Value(value=2)))

        lost = play(later, Exited("a", 1, "ended"))
        play(later, Tick(), now_s=10.0)

        assert commands(lost) == [Assign("b", task("t1"), 2)]
        assert later.core.agents["a"].phase is AgentPhase.STARTING

    def test_is_given_up_in_time(self, busy):
        later = taken_over(busy, now_s=100.0)

        assert later.core.next_due_s() == 100.0 + RETURN_S
        assert commands(play(later, Tick(), now_s=100.0 + RETURN_S)) == [Kill("a")]

    def test_because_it_was_about_to_be_launched_is_launched_when_its_pause_is_over(self, busy):
        play(busy, Exited("a", 1, "killed by SIGKILL"), now_s=50.0)
        later = taken_over(busy, now_s=50.01)

        effects = play(later, Tick(), now_s=60.0)

        assert commands(effects) == [Launch(busy.core.agents["a"].spec)]
        assert later.core.agents["a"].restarts == 1


@pytest.mark.parametrize("end", [Exited("a", 1, "killed by SIGKILL"), StopAsked("a")])
def test_a_task_whose_agents_end_is_a_fact_but_not_what_followed_runs_again(busy, end):
    play(busy, end)
    if isinstance(end, StopAsked):
        play(busy, Exited("a", 1, "exit code 0"))
    later = taken_over(busy, facts=seq_of(busy, TaskRequeued))

    assert [type(effect.kind) for effect in later.resumed if isinstance(effect, Record)] == [
        TaskRequeued
    ]
    assert len(later.core.tasks["t1"].lost) == isinstance(end, Exited)


def test_a_pause_outlives_the_supervisor_that_was_asked_for_it_and_a_closed_session_does_not_keep_it():
    story = Story()
    play(story, SpawnAsked(AgentSpec(agent_id="a")), SpawnAsked(AgentSpec(agent_id="b")))
    play(story, PauseAsked(), PauseAsked("b"), Submitted(task("t1")))

    after = taken_over(story)
    held = play(after, Registered("a", 1, SKILLS), Registered("b", 2, SKILLS))
    given = play(after, ResumeAsked())

    assert [effect for effect in held if isinstance(effect, Assign)] == []
    assert commands(given) == [Assign("a", task("t1"), 1)]
    assert after.core.agents["b"].paused
    closed = Fact(session="s", epoch=1, seq=9, time_s=0.0, kind=SessionClosed())
    assert not Recollection().take([*story.facts, closed]).paused


def test_tasks_keep_their_places():
    story = Story()
    play(story, *(Submitted(task(f"t{n}")) for n in range(5)), SpawnAsked(AgentSpec(agent_id="a")))
    play(story, Registered("a", 1, SKILLS), Exited("a", 1, "killed"))  # t0 is back in its place
    later = taken_over(story)
    play(later, Tick(), now_s=9.0)
    order = []

    effects = play(later, Registered("a", 2, SKILLS), now_s=9.0)
    while given := [effect for effect in effects if isinstance(effect, Assign)]:
        order.append(given[0].task.task_id)
        done = Finished("a", order[-1], given[0].attempt, Value())
        effects = play(later, done, now_s=9.0)

    assert order == [f"t{n}" for n in range(5)]


def test_attempts_lost_before_count_afterwards():
    story = Story()
    play(story, Submitted(task("t", attempts=2)), SpawnAsked(AgentSpec(agent_id="a")))
    play(story, Registered("a", 1, SKILLS), Exited("a", 1, "killed by SIGKILL"))
    later = taken_over(story)
    play(later, Tick(), now_s=9.0)
    play(later, Registered("a", 2, SKILLS), now_s=9.0)

    play(later, Finished("a", "t", 2, Failure(kind="crashed", message="again")), now_s=9.0)

    result = later.core.tasks["t"].result
    assert isinstance(result, Failure)
    assert result.kind == "attempts"


def test_deaths_before_a_finished_task_do_not_count_after_a_takeover_either(busy):
    for pid in range(1, 6):
        play(busy, Exited("a", pid, "killed by SIGKILL"), now_s=90.0 * pid)
        play(busy, Tick(), now_s=90.0 * pid + 60.0)
        play(busy, Registered("a", pid + 1, SKILLS), now_s=90.0 * pid + 60.0)
    running = busy.core.agents["a"].task
    play(busy, Finished("a", running, busy.core.agents["a"].attempt, Value()), now_s=550.0)

    later = taken_over(busy, now_s=551.0)
    play(later, Registered("a", 6, SKILLS), now_s=551.0)
    play(later, Exited("a", 6, "killed by SIGKILL"), now_s=552.0)

    assert later.core.agents["a"].due_s <= 552.1


def remembered(agents: dict[str, Any], tasks: dict[str, Any]) -> Any:
    """What facts can tell of a scheduler's books."""
    volatile = {"seen_s", "excused_s", "progress", "due_s", "task", "attempt", "returning"}
    volatile |= {"ready_s", "force", "verdict", "probation", "failures"}
    known = {}
    for name, agent in agents.items():
        row = {key: value for key, value in asdict(agent).items() if key not in volatile}
        if agent.phase is AgentPhase.STOPPED:
            row["skills"] = None  # a denied launch
        known[name] = row
    works = {}
    for name, work in tasks.items():
        works[name] = asdict(work) | {"queued": None, "output": None}
        if work.settled_s is not None:
            works[name]["settled_s"] = round(work.settled_s, 6)  # told as a duration
            works[name]["lost"] = None  # the last one is in the result
    return known, works


class Takeovers(RuleBasedStateMachine):
    """Plays the world, and kills the supervisor at any moment.

    What an agent does not know, it does not do: it hears a supervisor only after it
    has registered with it, and what a killed supervisor was about to say is lost.
    """

    spawned = Bundle("spawned")
    submitted = Bundle("submitted")

    def __init__(self) -> None:
        super().__init__()
        self.story = Story()
        self.now_s = 0.0
        self.pids = 0
        self.names = 0
        self.safe = 0  # facts on the disk
        self.alive: dict[str, int] = {}  # agent to the pid of its process
        self.met: set[str] = set()  # processes that registered with this supervisor
        self.working: dict[str, tuple[str, int]] = {}
        self.held: dict[str, dict[tuple[str, int], Any]] = {}  # unacknowledged results
        self.promised: list[tuple[int, Effect]] = []  # acknowledgements that wait for the disk
        self.accepted: set[str] = set()

    # --- the supervisor's side ------------------------------------------------------

    def tell(self, event: Event) -> None:
        self._obey(self.story.tell(event, self.now_s))

    def _obey(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Launch(spec):
                    assert spec.agent_id not in self.met, "launched while it lives"
                    # A launcher ends what an earlier supervisor launched unrecorded.
                    self.working.pop(spec.agent_id, None)
                    self.pids += 1
                    self.alive[spec.agent_id] = self.pids
                    self.met.discard(spec.agent_id)
                    self.held[spec.agent_id] = {}
                case Assign(agent, task, attempt) if agent in self.alive:
                    key = (task.task_id, attempt)
                    assert agent in self.met
                    assert agent not in self.working, "a second task for a busy process"
                    assert key not in self.held[agent], "a number that is out was used again"
                    self.working[agent] = key
                case CancelOn(agent, task_id, attempt):
                    if self.working.get(agent) == (task_id, attempt):
                        del self.working[agent]
                        failure = Failure(kind="cancelled", message="cancelled")
                        self.held[agent][task_id, attempt] = failure
                case Acknowledge():
                    self.promised.append((len(self.story.facts), effect))
                case _:
                    pass
        for effect in effects:
            if isinstance(effect, Kill | Shutdown):
                self._dies(effect.agent_id)

    def _dies(self, agent: str) -> None:
        pid = self.alive.pop(agent, 0)
        self.working.pop(agent, None)
        self.held.pop(agent, None)
        self.met.discard(agent)
        self.tell(Exited(agent, pid, "killed by SIGKILL"))

    @rule()
    def commit(self) -> None:
        self.safe = len(self.story.facts)
        self.accepted |= {
            fact.task for fact in self.story.facts if isinstance(fact.kind, TaskSubmitted)
        }  # type: ignore[arg-type]
        promised, self.promised = self.promised, []
        for _, effect in promised:
            assert isinstance(effect, Acknowledge)
            self.held.get(effect.agent_id, {}).pop((effect.task_id, effect.attempt), None)

    @rule(data=st.data())
    def kill_the_supervisor(self, data: st.DataObject) -> None:
        kept = data.draw(st.integers(self.safe, len(self.story.facts)))
        self.story = Story(tuple(self.story.facts[:kept]), self.now_s)
        self.safe, self.promised = kept, []
        self.met.clear()
        for effect in self.story.resumed:
            if isinstance(effect, Expect) and effect.agent_id not in self.alive:
                self.tell(Exited(effect.agent_id, effect.pid or 0, "ended"))

    # --- the world's side -----------------------------------------------------------

    @rule(target=spawned)
    def spawn(self) -> str:
        self.names += 1
        name = f"a{self.names}"
        self.tell(SpawnAsked(AgentSpec(agent_id=name, skills=SKILLS)))
        return name

    @rule(agent=spawned)
    def register(self, agent: str) -> None:
        if agent in self.alive:
            self.met.add(agent)
            working = [self.working[agent]] if agent in self.working else []
            running = (*working, *self.held[agent])
            self.tell(Registered(agent, self.alive[agent], SKILLS, running))

    @rule(target=submitted, limit=st.integers(1, 3))
    def submit(self, limit: int) -> str:
        self.names += 1
        name = f"t{self.names}"
        self.tell(Submitted(task(name, attempts=limit)))
        return name

    @rule(agent=spawned, result=RESULTS)
    def finish(self, agent: str, result: Any) -> None:
        if agent in self.working:
            key = self.working.pop(agent)
            self.held[agent][key] = result
            self.resend(agent)

    @rule(agent=spawned)
    def resend(self, agent: str) -> None:
        if agent in self.met:
            for (task_id, attempt), result in list(self.held[agent].items()):
                if agent in self.alive:
                    self.tell(Finished(agent, task_id, attempt, result))

    @rule(task_id=submitted)
    def cancel(self, task_id: str) -> None:
        if task_id in self.story.core.tasks:
            self.tell(CancelAsked(task_id))

    @rule(agent=spawned)
    def die(self, agent: str) -> None:
        if agent in self.alive:
            self._dies(agent)

    @rule(agent=spawned)
    def stop(self, agent: str) -> None:
        if agent in self.story.core.agents:
            self.tell(StopAsked(agent))

    @rule(seconds=st.sampled_from([0.01, 1.0, 70.0]))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        self.tell(Tick())

    # --- what must hold --------------------------------------------------------------

    @invariant()
    def the_facts_tell_what_the_scheduler_knows(self) -> None:
        past = Recollection().take(self.story.facts)
        core = self.story.core
        for agent in past.agents.values():
            if core.agents[agent.spec.agent_id].returning:  # and has not registered yet
                agent.pid = None
                if agent.phase in (AgentPhase.READY, AgentPhase.DRAINING):
                    agent.phase = AgentPhase.STARTING
        told, known = remembered(past.agents, past.tasks), remembered(core.agents, core.tasks)
        assert told[0] == known[0]
        for name, work in known[1].items():
            work["named"] = told[1][name]["named"]  # agents may have named higher ones
            assert told[1][name] == work

    @invariant()
    def every_accepted_task_ends_once_at_most(self) -> None:
        facts = self.story.facts
        assert self.accepted <= self.story.core.tasks.keys()
        ends = Counter(fact.task for fact in facts if isinstance(fact.kind, TaskSettled))
        assert all(count == 1 for count in ends.values())

    @invariant()
    def no_attempt_is_given_to_two_agents(self) -> None:
        given: dict[tuple[str | None, int | None], str | None] = {}
        for fact in self.story.facts:
            if isinstance(fact.kind, TaskAssigned):
                key = (fact.task, fact.attempt)
                assert given.setdefault(key, fact.agent) == fact.agent

    @invariant()
    def an_attempt_that_is_over_stays_over(self) -> None:
        over: set[tuple[str | None, int | None]] = set()
        for fact in self.story.facts:
            key = (fact.task, fact.attempt)
            if isinstance(fact.kind, TaskAssigned):
                assert key not in over
            elif isinstance(fact.kind, TaskRequeued | TaskSettled):
                over.add(key)

    def teardown(self) -> None:
        """With a healthy agent and no more trouble, every accepted task ends with an answer."""
        self.now_s += 1000.0
        self.tell(Tick())
        for agent in list(self.alive):
            if agent not in self.met:
                self.register(agent)
        helper = self.spawn()
        self.register(helper)
        for _ in range(1000):
            self.commit()
            for agent in list(self.alive):
                self.resend(agent)
            self.commit()
            if not self.working:
                break
            for agent in list(self.working):
                self.finish(agent, Value())
        core = self.story.core
        assert all(core.tasks[name].phase.terminal for name in self.accepted)


TestTakeovers = Takeovers.TestCase
TestTakeovers.settings = settings(
    max_examples=200,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_a_wall_clock_that_was_put_back_since_makes_nobody_wait_for_the_future():
    spec = AgentSpec(agent_id="a", skills=SKILLS)
    kinds = (AgentSpawned(spec=spec), AgentQuarantined(cause="too often", cool_s=30.0))
    ahead_s = 3600.0  # the clock by which the facts were recorded, against ours
    facts = [
        Fact(session="s", epoch=1, seq=n, time_s=ahead_s + n, kind=kind, agent="a")
        for n, kind in enumerate(kinds, 1)
    ]
    core = Scheduler(Random(0))

    past = Recollection(now_s=100.0).take(facts)
    core.resume(past.agents, past.tasks, 100.0)

    assert core.next_due_s() == 130.0
