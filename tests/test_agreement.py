"""Supervisor and agents over a link that loses, doubles and delays messages: every task ends, once, and nobody stays taken."""

from __future__ import annotations

import heapq
from itertools import count
from random import Random

import pytest

from hms_kernel.agent import core as agents
from hms_kernel.agreement import LASTS_S, agree
from hms_kernel.events import (
    Acknowledge,
    Assign,
    CancelAsked,
    CancelOn,
    Event,
    Finished,
    Heartbeat,
    Launch,
    Record,
    Registered,
    Shutdown,
    SpawnAsked,
    Submitted,
    Tick,
)
from hms_kernel.facts import TaskSettled
from hms_kernel.ledger import Agent, Work
from hms_kernel.messages import (
    AgentTask,
    CancelTask,
    Envelope,
    HeartbeatRequest,
    HeartbeatResponse,
    RegisterRequest,
    RegisterResponse,
    ShutdownAgent,
    TaskResult,
    UpdateTaskStatusResponse,
)
from hms_kernel.model import AgentPhase, AgentSpec, Phase, Task, Value
from hms_kernel.scheduler import Scheduler

STEP_S = 0.05
STRAGGLING_S = 4.0  # the longest that a message is under way


class World:
    """One scheduler and some agents' cores, a link between them, and a clock; workers never end by themselves if told so."""

    def __init__(self, seed: int, loss: float) -> None:
        self.rng, self.loss = Random(seed), loss
        self.now_s = 0.0
        self.scheduler = Scheduler(Random(seed))
        self.cores: dict[str, agents.AgentCore] = {}
        self.known: set[str] = set()
        self.at_work: dict[str, tuple[Task, int, float]] = {}  # agent: task, attempt, when it ends
        self.under_way: list[tuple[float, int, str, Envelope]] = []  # agent "" is the supervisor
        self.numbers = count()
        self.ends: list[str] = []
        self.runs: list[tuple[str, int]] = []

    def send(self, to: str, by: str, envelope: Envelope) -> None:
        fate = self.rng.random()
        copies = 0 if fate < self.loss else 2 if fate < 2 * self.loss else 1
        for _ in range(copies):
            late = self.rng.random() < self.loss
            due_s = self.now_s + (self.rng.uniform(0, STRAGGLING_S) if late else 0.001)
            heapq.heappush(self.under_way, (due_s, next(self.numbers), f"{to}|{by}", envelope))

    def tell(self, event: Event) -> None:
        for effect in self.scheduler.handle(event, self.now_s):
            match effect:
                case Launch(spec):
                    self.cores[spec.agent_id] = agents.AgentCore(spec, 7, self.now_s)
                case Assign(agent, task, attempt):
                    self._say(agent, AgentTask(task=task), attempt)
                case CancelOn(agent, task_id, attempt):
                    self._say(agent, CancelTask(task_id=task_id), attempt)
                case Acknowledge(agent, task_id, attempt):
                    self._say(agent, UpdateTaskStatusResponse(task_id=task_id), attempt)
                case Shutdown(agent):
                    self._say(agent, ShutdownAgent())
                case Record(kind=TaskSettled(), task=task_id):
                    self.ends.append(task_id or "")
                case Record():
                    pass
                case _:
                    raise AssertionError(f"nobody died: {effect}")

    def _say(self, agent: str, body: object, attempt: int = 0) -> None:
        self.send(agent, "", Envelope(body=body, epoch=1, attempt=attempt))  # type: ignore[arg-type]

    def hear(self, agent: str, envelope: Envelope) -> None:
        """What the supervisor's shell does with an agent's message."""
        match envelope.body:
            case RegisterRequest() as body:
                self.known.add(agent)
                self._say(agent, RegisterResponse(session="s"))
                self.tell(Registered(agent, body.pid, body.skills, body.running))
            case HeartbeatRequest(holds=holds):
                self._say(agent, HeartbeatResponse(known=agent in self.known))
                if agent in self.known:
                    self.tell(Heartbeat(agent, None, holds))
            case TaskResult(task_id=task_id, result=result) if agent in self.known:
                self.tell(Finished(agent, task_id, envelope.attempt, result))
            case _:
                pass

    def perform(self, agent: str, effects: list[agents.Effect]) -> None:
        for effect in effects:
            match effect:
                case agents.Send(envelope):
                    self.send("", agent, envelope)
                case agents.Begin(task, attempt):
                    assert agent not in self.at_work
                    self.runs.append((task.task_id, attempt))
                    ends_s = self.now_s + self.rng.uniform(0.0, 0.5)
                    if task.payload == "endless":
                        ends_s = float("inf")
                    self.at_work[agent] = (task, attempt, ends_s)
                case agents.LookAtWorker():
                    core = self.cores[agent]
                    self.perform(agent, core.looked(self.now_s, next(self.numbers), 0.0, ""))
                case agents.InterruptWorker() | agents.KillWorker():
                    task, attempt, _ = self.at_work.pop(agent)
                    core = self.cores[agent]
                    self.perform(agent, core.worker_ended(self.now_s, "killed", ""))
                case agents.Exit():
                    raise AssertionError("nobody asked it to end")

    def step(self) -> None:
        self.now_s += STEP_S
        while self.under_way and self.under_way[0][0] <= self.now_s:
            _, _, route, envelope = heapq.heappop(self.under_way)
            to, by = route.split("|")
            if to:
                self.perform(to, self.cores[to].received(self.now_s, envelope))
            else:
                self.hear(by, envelope)
        for agent, core in self.cores.items():
            if agent in self.at_work and self.at_work[agent][2] <= self.now_s:
                task, attempt, _ = self.at_work.pop(agent)
                self.perform(
                    agent, core.finished(self.now_s, task.task_id, attempt, Value(value=1))
                )
            self.perform(agent, core.tick(self.now_s))
        # Silence is not what is tested here: the link may be so bad that it looks like death.
        self.tell(Tick(STEP_S))

    def until(self, true: object, within_s: float) -> None:
        until_s = self.now_s + within_s
        while not true():  # type: ignore[operator]
            assert self.now_s < until_s, "it hangs"
            self.step()


@pytest.mark.parametrize("loss", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("seed", range(8))
def test_every_task_ends_once_and_every_agent_is_free_again(seed, loss):
    world = World(seed, loss)
    for name in ("a", "b", "c"):
        world.tell(SpawnAsked(AgentSpec(agent_id=name, skills=("s",), heartbeat_s=1.0)))
    tasks = [f"t{n}" for n in range(30)]
    endless = tasks[::7]
    for name in tasks:
        payload = "endless" if name in endless else None
        world.tell(Submitted(Task(task_id=name, skill="s", payload=payload)))
    for name in endless:
        world.until(lambda name=name: world.scheduler.tasks[name].phase is not Phase.PENDING, 600.0)
        world.tell(CancelAsked(name))

    world.until(lambda: len(world.ends) == len(tasks), within_s=600.0)
    world.until(
        lambda: all(
            agent.task is None and agent.phase is AgentPhase.READY
            for agent in world.scheduler.agents.values()
        ),
        within_s=120.0,
    )

    assert sorted(world.ends) == sorted(tasks)
    assert len(world.runs) == len(set(world.runs)), "an attempt was begun twice"
    assert not world.at_work


@pytest.fixture
def busy() -> tuple[Agent, dict[str, Work]]:
    """An agent that was given the first attempt at the task ``t``."""
    task = Task(task_id="t", skill="s")
    work = Work(task=task, ticket=0, submitted_s=0.0, phase=Phase.RUNNING, attempt=1, agent="a")
    agent = Agent(AgentSpec(agent_id="a", skills=("s",)), AgentPhase.READY, task="t", attempt=1)
    return agent, {"t": work}


def test_a_heartbeat_that_crossed_the_assignment_says_nothing(busy):
    agent, tasks = busy

    first = agree(agent, tasks, (), 1.0)
    second = agree(agent, tasks, (("t", 1),), 2.0)
    third = agree(agent, tasks, (), 3.0)

    assert first == second == third == []


def test_an_assignment_that_stays_missing_is_made_again_under_the_same_attempt(busy):
    agent, tasks = busy
    agree(agent, tasks, (), 1.0)

    assert agree(agent, tasks, (), 1.0 + LASTS_S) == [Assign("a", tasks["t"].task, 1)]
    assert agree(agent, tasks, (), 1.1 + LASTS_S) == []


def test_what_an_agent_should_not_have_in_hand_is_cancelled(busy):
    agent, tasks = busy

    assert agree(agent, tasks, (("t", 1), ("old", 2)), 1.0) == [CancelOn("a", "old", 2)]


def test_an_agent_that_is_thought_gone_is_told_to_end(busy):
    agent, tasks = busy
    agent.phase = AgentPhase.BACKOFF

    assert agree(agent, tasks, (), 1.0) == [Shutdown("a")]
