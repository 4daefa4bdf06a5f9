"""What a new supervisor of a session knows, by folding facts, and what it agrees with agents that come back. Pure.

Facts are all that outlives a supervisor: they give its successor the agents that
are wanted and the tasks that were accepted. Facts that were not safe yet are gone,
so an agent may come back with an attempt that nobody remembers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hms_kernel import healing
from hms_kernel.events import CancelOn, Effect, Expect, Record
from hms_kernel.facts import (
    ActionDenied,
    AgentDismissed,
    AgentDraining,
    AgentGone,
    AgentQuarantined,
    AgentReady,
    AgentReleased,
    AgentSpawned,
    AgentStopped,
    DispatchPaused,
    DispatchResumed,
    Fact,
    HintGiven,
    LineReleased,
    LineStopped,
    RecoveryBegun,
    RecoveryStep,
    SessionClosed,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.ledger import Agent, Work
from hms_kernel.model import AgentPhase, AgentSpec, Desired, Lost, Phase

RETURN_S = 6.0  # for agents to come back in; they look for a supervisor every 2 s


@dataclass
class Recollection:
    """The scheduler's books after the facts given so far.

    Args:
        offset_s: added to the time of a fact gives the time on the scheduler's clock.
        now_s: on that clock. The wall clock may have been put back since a fact was
            recorded, but no fact is of the future.
    """

    offset_s: float = 0.0
    now_s: float = math.inf
    agents: dict[str, Agent] = field(default_factory=dict)
    tasks: dict[str, Work] = field(default_factory=dict)
    paused: bool = False  # nobody is given new tasks
    line: LineStopped | None = None

    def take(self, facts: Iterable[Fact]) -> Recollection:
        """Fold in more facts, oldest first; returns itself."""
        for fact in facts:
            now_s = min(fact.time_s + self.offset_s, self.now_s)
            match fact.kind:
                case TaskSubmitted(submitted=task):
                    work = Work(task=task, ticket=len(self.tasks), submitted_s=now_s)
                    self.tasks[task.task_id] = work
                case AgentSpawned(spec=spec, restarts=restarts):
                    self._launched(spec, restarts)
                case AgentReady(skills=skills) if fact.agent and fact.agent not in self.agents:
                    # Its spawning was not safe yet when the supervisor of that time ended.
                    self._launched(AgentSpec(agent_id=fact.agent, skills=skills), 0)
                    self._agent(self.agents[fact.agent], fact, now_s)
                case DispatchPaused() | DispatchResumed() if fact.agent is None:
                    self.paused = isinstance(fact.kind, DispatchPaused)
                case SessionClosed():
                    self.paused = False  # there is nothing left to hold back
                case LineStopped() as stopped:
                    self.line = stopped
                case LineReleased():
                    self.line = None
                case _:
                    if fact.task in self.tasks:
                        self._task(self.tasks[fact.task], fact, now_s)
                    elif fact.task is None and fact.agent in self.agents:
                        self._agent(self.agents[fact.agent], fact, now_s)
        return self

    def _task(self, work: Work, fact: Fact, now_s: float) -> None:
        match fact.kind:
            case TaskAssigned() if fact.attempt is not None:
                work.phase, work.agent = Phase.RUNNING, fact.agent
                work.attempt = fact.attempt
                work.named = max(work.named, work.attempt)
                self._occupy(work)
            case TaskRequeued(cause=cause, blamed=blamed, output=output):
                work.phase = Phase.PENDING
                if blamed:
                    work.lost.append(
                        Lost(
                            attempt=work.attempt, agent=work.agent or "", cause=cause, output=output
                        )
                    )
                self._release(work)
            case TaskSettled(phase=phase, result=result, duration_s=duration_s, output=output):
                work.end(phase, result, work.submitted_s + duration_s, output)
                if phase is Phase.SUCCEEDED and (agent := self.agents.get(fact.agent or "")):
                    agent.failures = agent.probation = 0
                self._release(work)
            case RecoveryBegun() as begun:
                work.phase, work.opened, work.output = Phase.WAITING, begun, begun.output
                self._release(work)
            case RecoveryStep() as step:
                work.taken.append(step)
                work.taken_s = now_s
            case HintGiven(hint=hint):
                work.taken.append(hint)
            case _:
                pass

    def _occupy(self, work: Work) -> None:
        if agent := self.agents.get(work.agent or ""):
            agent.task, agent.attempt = work.task.task_id, work.attempt

    def _release(self, work: Work) -> None:
        agent = self.agents.get(work.agent or "")
        if agent is not None and agent.task == work.task.task_id:
            agent.task = agent.attempt = None

    def _launched(self, spec: AgentSpec, restarts: int) -> None:
        agent = self.agents.get(spec.agent_id)
        if agent is None or not restarts:  # it may be the namesake of one that was stopped
            agent = self.agents[spec.agent_id] = Agent(spec=spec, phase=AgentPhase.STARTING)
        agent.phase, agent.desired, agent.restarts = AgentPhase.STARTING, Desired.RUNNING, restarts
        agent.pid = agent.ready_s = agent.due_s = None
        agent.verdict = ""

    def _agent(self, agent: Agent, fact: Fact, now_s: float) -> None:
        match fact.kind:
            case AgentReady(pid=pid, skills=skills):
                leaving = agent.desired is Desired.STOPPED
                agent.phase = AgentPhase.DRAINING if leaving else AgentPhase.READY
                agent.pid, agent.skills, agent.ready_s = pid, skills, now_s
            case AgentGone(cause=cause, backoff_s=backoff_s):
                if agent.ready_s is not None and now_s - agent.ready_s > healing.CLEAN_RUN_S:
                    agent.failures = agent.probation = 0
                agent.failures += 1
                agent.deaths = healing.recent_deaths(agent.deaths, now_s, agent.spec.intensity)
                agent.phase, agent.pid, agent.last_cause = AgentPhase.BACKOFF, None, cause
                agent.due_s = now_s + backoff_s
            case AgentQuarantined(cause=cause, cool_s=cool_s):
                agent.phase, agent.pid, agent.last_cause = AgentPhase.QUARANTINED, None, cause
                agent.due_s = None if cool_s is None else now_s + cool_s
                if cool_s is None:
                    agent.desired, agent.verdict = Desired.QUARANTINED, cause
            case AgentReleased():
                agent.probation += 1
                agent.deaths = ()
            case DispatchPaused() | DispatchResumed():
                agent.paused = isinstance(fact.kind, DispatchPaused)
            case AgentDraining():
                agent.phase, agent.desired = AgentPhase.DRAINING, Desired.STOPPED
            case AgentDismissed(desired=desired, cause=cause):
                agent.phase, agent.desired = AgentPhase.STOPPING, desired
                agent.verdict = cause or agent.verdict
            case AgentStopped():
                if agent.phase is not AgentPhase.STOPPING:  # it had no process to end
                    agent.desired = Desired.STOPPED
                agent.phase, agent.pid, agent.due_s = AgentPhase.STOPPED, None, None
            case ActionDenied(verb="launch"):
                agent.phase, agent.desired = AgentPhase.STOPPED, Desired.STOPPED
            case _:
                pass


def await_return(agent: Agent, now_s: float) -> Expect | None:
    """Turn an agent as remembered into one that has yet to show what has become of it."""
    match agent.phase:
        case AgentPhase.STOPPED if agent.desired is Desired.RUNNING:
            # The second half of a restart that its supervisor did not live to see.
            agent.phase, agent.due_s = AgentPhase.BACKOFF, now_s
        case AgentPhase.BACKOFF if agent.due_s is None:
            agent.due_s = now_s
        case AgentPhase.STOPPED | AgentPhase.BACKOFF | AgentPhase.QUARANTINED:
            pass
        case _:
            if agent.phase is not AgentPhase.STOPPING:
                agent.phase = AgentPhase.STARTING
            age_s = now_s - (now_s if agent.ready_s is None else agent.ready_s)
            expected = Expect(agent.spec.agent_id, agent.pid, max(0.0, age_s))
            # It may have been launched anew since: another process may come, or end.
            agent.returning, agent.pid, agent.due_s = True, None, now_s + RETURN_S
            return expected
    return None


@dataclass(frozen=True)
class Reclaimed:
    """What supervisor and agent have agreed on; ``missed`` is a task the agent should have and has not."""

    effects: list[Effect]
    missed: Work | None


def reclaim(
    agent: Agent, tasks: Mapping[str, Work], running: Iterable[tuple[str, int]]
) -> Reclaimed:
    """Agree with an agent that registers on what it runs: at most one attempt; the others are void.

    Args:
        agent: what is known of it; its task is set to what it keeps.
        tasks: all tasks; that of a kept attempt is running on this agent afterwards.
        running: (task id, attempt) it works on or has an unacknowledged result of.
    """
    agent_id = agent.spec.agent_id
    missed = tasks.get(agent.task or "")
    # What the facts say comes first: a result of it may be all that is left to deliver.
    ordered = sorted(running, key=lambda one: one != (agent.task, agent.attempt))
    agent.task = agent.attempt = agent.progress = None
    effects: list[Effect] = []
    for task_id, attempt in ordered:
        work = tasks.get(task_id)
        if work is not None:
            work.named = max(work.named, attempt)
        if work is None or agent.task is not None or not _may_keep(work, agent_id, attempt):
            # An attempt whose result the agent holds already is not disturbed by this.
            effects.append(CancelOn(agent_id, task_id, attempt))
            continue
        if not _holds(agent_id, work) or work.attempt != attempt:
            # Its assignment was not safe yet when the earlier supervisor ended.
            work.phase, work.agent, work.attempt = Phase.RUNNING, agent_id, attempt
            effects.append(Record(TaskAssigned(), task=task_id, attempt=attempt, agent=agent_id))
        agent.task, agent.attempt = task_id, attempt
    if missed is not None and (agent.task == missed.task.task_id or not _holds(agent_id, missed)):
        missed = None
    return Reclaimed(effects, missed)


def _may_keep(work: Work, agent_id: str, attempt: int) -> bool:
    """Whether this attempt is the newest that anybody has."""
    if _holds(agent_id, work):
        return attempt >= work.attempt
    return work.phase is Phase.PENDING and attempt > work.attempt


def _holds(agent_id: str, work: Work) -> bool:
    return work.phase is Phase.RUNNING and work.agent == agent_id
