"""A session told in facts, for tests of displays: consistent, and as long as asked for."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from typing import Any

from hms_kernel.errors import HmsError
from hms_kernel.facts import (
    AgentGone,
    AgentReady,
    AgentSpawned,
    AgentStopped,
    Fact,
    FactKind,
    SessionClosed,
    SessionOpened,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.messages import AgentStatus
from hms_kernel.model import (
    AgentSpec,
    Counterexample,
    Failure,
    Outcome,
    Phase,
    Progress,
    Task,
    Trust,
    Verdict,
)


class Story:
    """Writes facts with the right sequence numbers."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.add(SessionOpened(pid=1, version="0"))

    def add(self, kind: FactKind, **where: Any) -> Fact:
        seq = len(self.facts) + 1
        fact = Fact(session="s", epoch=1, seq=seq, time_s=1e9 + seq, kind=kind, **where)
        self.facts.append(fact)
        return fact

    def spawn(self, agent: str, pid: int = 100, restarts: int = 0) -> None:
        self.add(AgentSpawned(spec=AgentSpec(agent_id=agent), restarts=restarts), agent=agent)
        self.add(AgentReady(pid=pid, skills=("prove",)), agent=agent)

    def submit(self, task: str, label: str = "", run: str = "r", skill: str = "prove") -> None:
        told = Task(task_id=task, skill=skill, label=label, run=run)
        self.add(TaskSubmitted(submitted=told), task=task)

    def assign(self, task: str, agent: str, attempt: int = 1) -> None:
        self.add(TaskAssigned(), task=task, agent=agent, attempt=attempt)

    def kill(self, agent: str, task: str | None = None, cause: str = "killed by SIGKILL") -> None:
        self.add(AgentGone(cause=cause, backoff_s=0.1), agent=agent)
        if task is not None:
            self.add(TaskRequeued(cause="agent lost"), task=task)

    def stop(self, agent: str) -> None:
        self.add(AgentStopped(), agent=agent)

    def settle(self, task: str, verdict: Verdict, agent: str | None = None, n: int = 1) -> None:
        settled = TaskSettled(phase=Phase.SUCCEEDED, result=verdict, attempts=n, duration_s=1.25)
        self.add(settled, task=task, agent=agent, attempt=n)

    def fail(self, task: str, kind: str = "attempts", message: str = "lost 3 agents") -> None:
        phase = Phase.CANCELLED if kind == "cancelled" else Phase.FAILED
        failure = Failure(kind=kind, message=message)
        settled = TaskSettled(phase=phase, result=failure, attempts=3, duration_s=2.0)
        self.add(settled, task=task)

    def close(self) -> None:
        self.add(SessionClosed())


PROVED = Verdict(outcome=Outcome.PROVED, trust=Trust.ONE_SOLVER, wall_s=0.5)
REFUTED = Verdict(
    outcome=Outcome.REFUTED,
    trust=Trust.REPLAYED,
    reason="false as stated",
    counterexample=Counterexample(values={"x": "2"}, shows="x = 2, not ≤ 1"),
    wall_s=0.75,
)
PROSE = Verdict(outcome=Outcome.INVALID, reason="informal: no formula in it")


def short_story() -> Story:
    """Two agents, one killed on the way; three claims: proved, refuted, invalid."""
    story = Story()
    story.spawn("a1", pid=11)
    story.spawn("a2", pid=12)
    story.submit("t1", "sps_bounds")
    story.submit("t2", "war_score_bounds")
    story.submit("t3", "prose")
    story.settle("t3", PROSE, n=0)
    story.assign("t1", "a1")
    story.assign("t2", "a2")
    story.kill("a2", "t2")
    story.assign("t2", "a1", attempt=2)
    story.settle("t1", PROVED, "a1")
    story.spawn("a2", pid=22, restarts=1)
    story.settle("t2", REFUTED, "a1", n=2)
    return story


def long_story(seed: int, tasks: int, agents: int = 5) -> Story:
    """A random but consistent session: work, deaths, retries, failures."""
    rng = random.Random(seed)
    story = Story()
    idle = [f"a{i}" for i in range(agents)]
    for agent in idle:
        story.spawn(agent)
    waiting: list[tuple[str, int]] = []
    running: dict[str, tuple[str, int]] = {}
    made = 0
    while made < tasks or waiting or running:
        choice = rng.random()
        if choice < 0.4 and made < tasks:
            made += 1
            story.submit(f"t{made}", f"claim {made}", run=rng.choice(["r", "q"]))
            waiting.append((f"t{made}", 1))
        elif choice < 0.7 and waiting and idle:
            task, attempt = waiting.pop(0)
            agent = idle.pop(rng.randrange(len(idle)))
            running[agent] = (task, attempt)
            story.assign(task, agent, attempt)
        elif choice < 0.75 and running:
            agent = rng.choice(sorted(running))
            task, attempt = running.pop(agent)
            story.kill(agent, None if attempt == 3 else task)
            if attempt == 3:
                story.fail(task)
            else:
                waiting.insert(0, (task, attempt + 1))
            story.spawn(agent, pid=200 + made, restarts=1)
            idle.append(agent)
        elif running:
            agent = rng.choice(sorted(running))
            task, attempt = running.pop(agent)
            story.settle(task, rng.choice([PROVED, REFUTED, PROSE]), agent, attempt)
            idle.append(agent)
    return story


class Playback:
    """A source that tells a story as far as it has been let out; a small working fake of a session."""

    def __init__(self, story: Story, upto: int | None = None) -> None:
        self._news = threading.Condition()
        self._facts = list(story.facts)
        self._upto = len(self._facts) if upto is None else upto
        self._error: HmsError | Exception | None = None
        self.statuses: list[AgentStatus] = []
        self.limit = 1000

    def let_out(self, upto: int | None = None) -> None:
        with self._news:
            self._upto = len(self._facts) if upto is None else upto
            self._news.notify_all()

    def tell(self, facts: Sequence[Fact]) -> None:
        with self._news:
            self._facts = list(facts)
            self._upto = len(facts)
            self._news.notify_all()

    def break_with(self, error: Exception) -> None:
        with self._news:
            self._error = error
            self._news.notify_all()

    def facts(self, after_seq: int = 0, wait_s: float = 0.0) -> list[Fact]:
        def fresh() -> list[Fact]:
            return [fact for fact in self._facts[: self._upto] if fact.seq > after_seq]

        with self._news:
            self._news.wait_for(lambda: self._error is not None or fresh(), timeout=wait_s)
            if self._error is not None:
                raise self._error
            return fresh()[: self.limit]

    def agents(self) -> list[AgentStatus]:
        with self._news:
            return list(self.statuses)


def status(agent: str, task: str | None = None, age_s: float = 0.3, note: str = "") -> AgentStatus:
    return AgentStatus(
        agent_id=agent,
        phase="ready",
        pid=11,
        skills=("prove",),
        restarts=0,
        task=task,
        attempt=1 if task else None,
        heartbeat_age_s=age_s,
        progress=Progress(task_id=task, attempt=1, elapsed_s=3.2, note=note) if task else None,
    )
