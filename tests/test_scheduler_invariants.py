"""What no order of events may break: a state machine throws them at the scheduler and keeps its own books."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from hms_kernel.events import (
    Assign,
    CancelAsked,
    CancelOn,
    DrainAsked,
    Effect,
    Event,
    Exited,
    Finished,
    Heartbeat,
    Kill,
    Launch,
    PauseAsked,
    QuarantineAsked,
    Record,
    Registered,
    ReleaseAsked,
    RestartAsked,
    ResumeAsked,
    Shutdown,
    SpawnAsked,
    StopAsked,
    Submitted,
    Terminate,
    Tick,
)
from hms_kernel.facts import TaskAssigned, TaskSettled
from hms_kernel.ledger import Desired
from hms_kernel.model import (
    AgentPhase,
    AgentSpec,
    Failure,
    Intensity,
    Limits,
    Outcome,
    Phase,
    Task,
    Value,
    Verdict,
)
from hms_kernel.scheduler import Scheduler

SKILLS = ("prove", "simulate")
RESULTS = st.sampled_from(
    [
        Verdict(outcome=Outcome.PROVED),
        Value(value=1),
        Failure(kind="error", message="boom"),
        Failure(kind="crashed", message="worker killed by SIGSEGV"),
        Failure(kind="deadline", message="too long"),
        Failure(kind="frozen", message="worker frozen"),
        Failure(kind="stuck", message="worker stuck"),
    ]
)


DOWN = (AgentPhase.STOPPED, AgentPhase.QUARANTINED)


class Fleet(RuleBasedStateMachine):
    """Plays the world: processes that start, register, work, answer late, and die."""

    spawned = Bundle("spawned")
    submitted = Bundle("submitted")

    def __init__(self) -> None:
        super().__init__()
        self.core = Scheduler(Random(0))
        self.now_s = 0.0
        self.pids = 0
        self.alive: dict[str, int] = {}  # agent to the pid of its process
        self.frozen: set[str] = set()  # agents whose process hears and says nothing
        self.barred: set[str] = set()  # agents that nobody but a person may bring back
        self.working: dict[str, tuple[str, int]] = {}  # agent to what its process runs
        self.sent: list[tuple[str, str, int]] = []  # every assignment ever made
        self.ends: Counter[str] = Counter()
        self.accepted: list[str] = []

    def tell(self, event: Event) -> list[Effect]:
        effects = self.core.handle(event, self.now_s)
        for effect in effects:
            match effect:
                case Launch(spec):
                    assert spec.agent_id not in self.alive, "launched while it lives"
                    assert spec.agent_id not in self.barred, "brought back against somebody's will"
                    self.pids += 1
                    self.alive[spec.agent_id] = self.pids
                case Assign(agent, task, attempt):
                    assert agent not in self.working, "a second task for a busy process"
                    held = self.core.paused or self.core.agents[agent].paused
                    assert not held, "given to one that is held back"
                    self.working[agent] = (task.task_id, attempt)
                    self.sent.append((agent, task.task_id, attempt))
                case CancelOn(agent, task_id, attempt):
                    assert self.working.get(agent) == (task_id, attempt)
                case Kill(agent) if self.core.agents[agent].verdict.startswith("frozen"):
                    assert agent in self.frozen, "killed while it was well"
                case Record(kind=TaskSettled(), task=task_id):
                    assert task_id is not None
                    self.ends[task_id] += 1
                case _:
                    pass
        for effect in effects:
            match effect:
                case Kill(agent):
                    self._dies(agent, "killed by SIGKILL")
                case Shutdown(agent) | Terminate(agent) if agent not in self.frozen:
                    self._dies(agent, "exit code 0")
                case _:
                    pass
        return effects

    def _dies(self, agent: str, cause: str) -> None:
        self.frozen.discard(agent)
        pid = self.alive.pop(agent, None)
        self.working.pop(agent, None)
        if pid is not None:
            self.tell(Exited(agent, pid, cause))

    @rule(target=spawned, skills=st.sets(st.sampled_from(SKILLS), min_size=1))
    def spawn(self, skills: set[str]) -> str:
        name = f"a{len(self.core.agents)}"
        rule = Intensity(deaths=2, within_s=60.0, cool_s=5.0)
        spec = AgentSpec(agent_id=name, skills=tuple(sorted(skills)), intensity=rule)
        self.tell(SpawnAsked(spec))
        return name

    @rule(agent=spawned)
    def register(self, agent: str) -> None:
        if agent in self.alive and agent not in self.frozen:
            known = self.core.agents[agent]
            self.tell(Registered(agent, self.alive[agent], known.spec.skills))

    @rule(
        target=submitted,
        skill=st.sampled_from(SKILLS),
        attempts=st.integers(1, 3),
        queue_s=st.sampled_from([None, 0.5, 5.0]),
        total_s=st.sampled_from([None, 1.0, 50.0]),
    )
    def submit(
        self, skill: str, attempts: int, queue_s: float | None, total_s: float | None
    ) -> str:
        name = f"t{len(self.accepted)}"
        self.accepted.append(name)
        limits = Limits(max_attempts=attempts, queue_s=queue_s, total_s=total_s)
        self.tell(Submitted(Task(task_id=name, skill=skill, limits=limits)))
        return name

    @rule(agent=spawned, result=RESULTS)
    def finish(self, agent: str, result: Verdict | Value | Failure) -> None:
        if agent in self.working and agent not in self.frozen:
            task_id, attempt = self.working.pop(agent)
            self.tell(Finished(agent, task_id, attempt, result))

    @rule(data=st.data(), result=RESULTS)
    def answer_again_or_late(self, data: st.DataObject, result: Verdict | Value | Failure) -> None:
        past = [one for one in self.sent if self.working.get(one[0]) != one[1:]]
        if past:
            agent, task_id, attempt = data.draw(st.sampled_from(past))
            self.tell(Finished(agent, task_id, attempt, result))

    @rule(task_id=submitted)
    def cancel(self, task_id: str) -> None:
        self.tell(CancelAsked(task_id))

    @rule(agent=spawned)
    def die(self, agent: str) -> None:
        self._dies(agent, "killed by SIGKILL")

    @rule(agent=spawned)
    def freeze(self, agent: str) -> None:
        if agent in self.alive:
            self.frozen.add(agent)

    @rule(agent=spawned)
    def stop(self, agent: str) -> None:
        self.barred.add(agent)
        self.tell(StopAsked(agent))

    @rule(agent=spawned)
    def drain(self, agent: str) -> None:
        self.barred.add(agent)
        self.tell(DrainAsked(agent))

    @rule(agent=spawned)
    def restart(self, agent: str) -> None:
        self.barred.discard(agent)
        self.tell(RestartAsked(agent))

    @rule(agent=spawned)
    def quarantine(self, agent: str) -> None:
        if self.core.agents[agent].desired is not Desired.STOPPED:
            self.barred.add(agent)
            self.tell(QuarantineAsked(agent))

    @rule(agent=spawned)
    def release(self, agent: str) -> None:
        known = self.core.agents[agent]
        if AgentPhase.QUARANTINED is known.phase or Desired.QUARANTINED is known.desired:
            self.barred.discard(agent)
            self.tell(ReleaseAsked(agent))

    @rule(agent=st.one_of(st.just(""), spawned), paused=st.booleans())
    def pause(self, agent: str, paused: bool) -> None:
        if not agent or self.core.agents[agent].desired is not Desired.STOPPED:
            self.tell(PauseAsked(agent) if paused else ResumeAsked(agent))

    @rule(seconds=st.sampled_from([0.01, 1.0, 9.0, 70.0]))
    def wait(self, seconds: float) -> None:
        """Time passes; whoever is well has a heartbeat each second."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s = min(until_s, self.now_s + 1.0)
            for agent in list(self.alive):
                if agent not in self.frozen:
                    holds = (self.working[agent],) if agent in self.working else ()
                    self.tell(Heartbeat(agent, holds=holds))
            self.tell(Tick())

    @rule(seconds=st.sampled_from([0.5, 30.0, 4000.0]))
    def stall(self, seconds: float) -> None:
        """The supervisor itself is stopped, and hears nobody until it has judged."""
        self.now_s += seconds
        self.tell(Tick(seconds))

    @invariant()
    def the_queue_is_counted(self) -> None:
        pending = [w for w in self.core.tasks.values() if w.phase is Phase.PENDING]
        assert self.core.waiting == len(pending) == sum(w.queued for w in self.core.tasks.values())

    @invariant()
    def stopped_stays_stopped(self) -> None:
        for name in self.barred:
            known = self.core.agents[name]
            assert known.desired is not Desired.RUNNING
            assert (known.phase in DOWN) == (name not in self.alive)

    @invariant()
    def no_attempt_runs_twice(self) -> None:
        assert max(Counter((task, n) for _, task, n in self.sent).values(), default=1) == 1

    @invariant()
    def attempts_of_a_task_count_up_by_one(self) -> None:
        latest: Counter[str] = Counter()
        for _, task_id, attempt in self.sent:
            latest[task_id] += 1
            assert attempt == latest[task_id]

    @invariant()
    def every_task_ends_once_at_most_and_says_so(self) -> None:
        for task_id in self.accepted:
            assert self.ends[task_id] == self.core.tasks[task_id].phase.terminal

    @invariant()
    def running_tasks_and_busy_agents_agree(self) -> None:
        for task_id, work in self.core.tasks.items():
            if work.phase is Phase.RUNNING:
                agent = self.core.agents[work.agent or ""]
                assert (agent.task, agent.attempt) == (task_id, work.attempt)
                assert self.working[agent.spec.agent_id] == (task_id, work.attempt)

    @invariant()
    def nobody_idles_while_work_they_can_do_waits(self) -> None:
        waiting = {w.task.skill for w in self.core.tasks.values() if w.phase is Phase.PENDING}
        for agent in self.core.agents.values():
            held = self.core.paused or agent.paused or agent.verdict
            if agent.phase is AgentPhase.READY and agent.task is None and not held:
                assert not waiting & set(agent.skills)

    def teardown(self) -> None:
        """With a healthy agent and no more trouble, every accepted task ends."""
        for agent in list(self.frozen):
            self._dies(agent, "killed by SIGKILL")
        self.tell(ResumeAsked())
        self.spawn({*SKILLS})
        last = f"a{len(self.core.agents) - 1}"
        self.register(last)
        for agent in list(self.working):
            task_id, attempt = self.working.pop(agent)
            self.tell(Finished(agent, task_id, attempt, Value()))
        while self.working:
            agent, (task_id, attempt) = self.working.popitem()
            self.tell(Finished(agent, task_id, attempt, Value()))
        assert all(self.ends[task_id] == 1 for task_id in self.accepted)


TestFleet = Fleet.TestCase
TestFleet.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_an_assignment_is_recorded_before_it_is_sent():
    core = Scheduler(Random(0))
    core.handle(SpawnAsked(AgentSpec(agent_id="a")), 0.0)
    core.handle(Registered("a", 1, ("prove",)), 0.0)

    effects = core.handle(Submitted(Task(task_id="t", skill="prove")), 0.0)

    order = [type(e.kind) if isinstance(e, Record) else type(e) for e in effects]
    assert order.index(TaskAssigned) < order.index(Assign)
