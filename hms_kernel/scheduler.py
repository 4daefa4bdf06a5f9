"""Decides what happens next: events in, effects out. Reads no clock, opens no socket, starts no thread.

A task waits in its skill's queue until an idle agent has that skill. An agent
runs one task at a time. An attempt that is lost with its agent or its worker
goes back to its old place in the queue, until the task's limit says that the
task itself is to blame. Results of superseded attempts are recognised by their
attempt number and dropped.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import assert_never

from hms_kernel import healing
from hms_kernel.errors import UsageError
from hms_kernel.events import (
    Acknowledge,
    Assign,
    CancelAsked,
    CancelOn,
    Denied,
    Effect,
    Event,
    Exited,
    Finished,
    Heartbeat,
    Kill,
    Launch,
    Record,
    Registered,
    Shutdown,
    SpawnAsked,
    StopAsked,
    Submitted,
    Tick,
    Unreachable,
    Watch,
)
from hms_kernel.ledger import Agent, Work
from hms_kernel.model import (
    ActionDenied,
    AgentGone,
    AgentPhase,
    AgentReady,
    AgentSpawned,
    AgentSpec,
    AgentStopped,
    Failure,
    Phase,
    Result,
    ResultDropped,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)

STARTUP_S = 60.0  # an agent that has not registered by then is killed and launched again


@dataclass
class Scheduler:
    """The one place where lifecycles of tasks and agents are decided.

    Args:
        rng: jitters restarts; same seed and same events, same effects.
    """

    rng: Random
    agents: dict[str, Agent] = field(default_factory=dict)
    tasks: dict[str, Work] = field(default_factory=dict)
    _queues: dict[str, list[tuple[int, str]]] = field(default_factory=dict)  # skill to heap
    _idle: dict[str, None] = field(default_factory=dict)  # ordered set of agent ids
    _due: dict[str, None] = field(default_factory=dict)  # agents with a deadline

    def handle(self, event: Event, now_s: float) -> list[Effect]:
        """Apply one event and return what the shell must now do, in order.

        Args:
            event: what happened.
            now_s: seconds on a clock that never runs backwards.

        Raises:
            UsageError: the event makes no sense (an id unknown or used twice);
                nothing has changed then.
        """
        match event:
            case Submitted():
                return self._submitted(event, now_s)
            case CancelAsked(task_id):
                return self._cancel(task_id, now_s)
            case SpawnAsked(spec):
                return self._spawn(spec, now_s)
            case StopAsked(agent_id):
                return self._stop(agent_id)
            case Registered():
                return self._registered(event, now_s)
            case Heartbeat(agent_id, progress):
                if agent := self.agents.get(agent_id):
                    agent.seen_s, agent.progress = now_s, progress
                return []
            case Exited():
                return self._exited(event, now_s)
            case Unreachable(agent_id):
                # A live peer always has room for one task more, so this one is gone
                # or deaf: end it, and let its exit requeue what it ran.
                return [Kill(agent_id)] if agent_id in self.agents else []
            case Finished():
                return self._finished(event, now_s)
            case Denied():
                return self._denied(event, now_s)
            case Tick():
                return self._tick(now_s)
            case _:
                assert_never(event)

    def next_due_s(self) -> float | None:
        """When a ``Tick`` will have something to do, on the clock of ``handle``; None: not by itself."""
        return min(
            (due for name in self._due if (due := self.agents[name].due_s) is not None),
            default=None,
        )

    @property
    def open_tasks(self) -> int:
        """How many accepted tasks have not ended."""
        return sum(not work.phase.terminal for work in self.tasks.values())

    # --- tasks ---------------------------------------------------------------

    def _submitted(self, event: Submitted, now_s: float) -> list[Effect]:
        task = event.task
        if task.task_id in self.tasks:
            raise UsageError(f"task {task.task_id!r} was submitted before")
        work = Work(task=task, ticket=len(self.tasks), submitted_s=now_s)
        self.tasks[task.task_id] = work
        recorded = Record(TaskSubmitted(submitted=task), task=task.task_id)
        if event.settled is not None:
            return [recorded, self._settle(work, Phase.SUCCEEDED, event.settled, now_s)]
        self._enqueue(work)
        return [recorded, *self._assign(self._capable(task.skill))]

    def _cancel(self, task_id: str, now_s: float) -> list[Effect]:
        work = self._known_task(task_id)
        if work.phase.terminal:
            return []
        effects: list[Effect] = [
            self._settle(
                work, Phase.CANCELLED, Failure(kind="cancelled", message="cancelled"), now_s
            )
        ]
        # The agent stays taken until it confirms: its worker must be replaced first.
        if work.agent and self._runs(work.agent, task_id, work.attempt):
            effects.append(CancelOn(work.agent, task_id, work.attempt))
        return effects

    def _finished(self, event: Finished, now_s: float) -> list[Effect]:
        known = Acknowledge(event.agent_id, event.task_id, event.attempt)
        freed = self._free(event.agent_id, event.task_id, event.attempt)
        work = self.tasks.get(event.task_id)
        if work is None or work.phase.terminal or event.attempt != work.attempt:
            resent = work is not None and work.phase.terminal and event.attempt == work.attempt
            where = {"task": event.task_id, "attempt": event.attempt, "agent": event.agent_id}
            dropped = [] if resent else [Record(ResultDropped(), **where)]  # type: ignore[arg-type]
            return [*dropped, known, *self._assign(freed)]
        match event.result:
            case Failure(kind="crashed", message=cause):
                ended = self._lost(work, cause, event.result.detail, now_s)
            case Failure(kind="cancelled"):
                ended = [self._settle(work, Phase.CANCELLED, event.result, now_s)]
            case Failure():
                ended = [self._settle(work, Phase.FAILED, event.result, now_s)]
            case _:
                ended = [self._settle(work, Phase.SUCCEEDED, event.result, now_s)]
        return [*ended, known, *self._assign(freed)]

    def _lost(self, work: Work, cause: str, detail: str, now_s: float) -> list[Effect]:
        """An attempt ended without a result: try again, unless the task did this too often."""
        work.lost += 1
        if work.lost >= work.task.limits.max_attempts:
            message = f"{work.lost} attempts were lost, the last one: {cause}"
            failure = Failure(kind="attempts", message=message, detail=detail)
            return [self._settle(work, Phase.FAILED, failure, now_s)]
        return self._requeue(work, cause)

    def _requeue(self, work: Work, cause: str) -> list[Effect]:
        work.phase, where = Phase.PENDING, work.agent
        self._enqueue(work)
        record = Record(
            TaskRequeued(cause=cause), task=work.task.task_id, attempt=work.attempt, agent=where
        )
        return [record, *self._assign(self._capable(work.task.skill))]

    def _settle(self, work: Work, phase: Phase, result: Result, now_s: float) -> Record:
        work.phase, work.result, work.settled_s = phase, result, now_s
        kind = TaskSettled(
            phase=phase,
            result=result,
            attempts=work.attempt,
            duration_s=now_s - work.submitted_s,
        )
        attempt = work.attempt or None
        return Record(kind, task=work.task.task_id, attempt=attempt, agent=work.agent)

    # --- agents --------------------------------------------------------------

    def _spawn(self, spec: AgentSpec, now_s: float) -> list[Effect]:
        known = self.agents.get(spec.agent_id)
        if known is not None and known.phase is not AgentPhase.STOPPED:
            raise UsageError(f"agent {spec.agent_id!r} exists already")
        agent = Agent(spec=spec, phase=AgentPhase.STARTING)
        self.agents[spec.agent_id] = agent
        return self._launch(agent, now_s)

    def _launch(self, agent: Agent, now_s: float) -> list[Effect]:
        agent.phase, agent.pid = AgentPhase.STARTING, None
        self._schedule(agent, now_s + STARTUP_S)
        kind = AgentSpawned(spec=agent.spec, restarts=agent.restarts)
        return [Record(kind, agent=agent.spec.agent_id), Launch(agent.spec)]

    def _stop(self, agent_id: str) -> list[Effect]:
        agent = self.agents.get(agent_id)
        if agent is None:
            raise UsageError(f"no agent {agent_id!r}; known: {_some(self.agents)}")
        self._idle.pop(agent_id, None)
        match agent.phase:
            case AgentPhase.BACKOFF:
                agent.phase = AgentPhase.STOPPED
                self._schedule(agent, None)
                return [Record(AgentStopped(), agent=agent_id)]
            case AgentPhase.STARTING:
                # It cannot hear us yet.
                agent.phase = AgentPhase.STOPPING
                self._schedule(agent, None)
                return [Kill(agent_id)]
            case AgentPhase.READY:
                agent.phase = AgentPhase.STOPPING
                return [Shutdown(agent_id)]
            case _:
                return []

    def _registered(self, event: Registered, now_s: float) -> list[Effect]:
        agent = self.agents.get(event.agent_id)
        adopted = agent is None
        if agent is None:
            # It was launched by an earlier supervisor of this session.
            spec = AgentSpec(agent_id=event.agent_id, skills=event.skills)
            agent = self.agents[event.agent_id] = Agent(spec=spec, phase=AgentPhase.STARTING)
        if agent.phase in (AgentPhase.STOPPING, AgentPhase.STOPPED, AgentPhase.BACKOFF):
            # Not wanted, or already replaced in our plans: this process must go.
            return [Shutdown(event.agent_id)]
        agent.seen_s = now_s
        if agent.phase is AgentPhase.READY and agent.pid == event.pid:
            # A registration that was sent twice. What the agent runs may have crossed
            # it on the wire, so it says nothing about its task.
            return []
        agent.phase, agent.pid, agent.skills = AgentPhase.READY, event.pid, event.skills
        agent.ready_s = now_s
        self._schedule(agent, None)
        kind = AgentReady(pid=event.pid, skills=event.skills)
        effects: list[Effect] = [Record(kind, agent=event.agent_id)]
        if adopted:
            effects.append(Watch(event.agent_id, event.pid))
        effects += [CancelOn(event.agent_id, task, attempt) for task, attempt in event.running]
        self._idle[event.agent_id] = None
        return [*effects, *self._assign(event.agent_id)]

    def _exited(self, event: Exited, now_s: float) -> list[Effect]:
        agent = self.agents.get(event.agent_id)
        late = agent is None or agent.phase in (AgentPhase.STOPPED, AgentPhase.BACKOFF)
        if agent is None or late or (event.pid and agent.pid and event.pid != agent.pid):
            return []  # the death of a process that we had already given up
        self._idle.pop(event.agent_id, None)
        running = self.tasks.get(agent.task) if agent.task else None
        agent.task = agent.attempt = agent.progress = agent.pid = None
        desired = agent.phase is not AgentPhase.STOPPING
        if desired:
            clean = agent.ready_s > 0 and now_s - agent.ready_s > healing.CLEAN_RUN_S
            agent.failures = 1 if clean else agent.failures + 1
            agent.phase, agent.last_cause = AgentPhase.BACKOFF, event.cause
            wait_s = healing.backoff_s(agent.failures, self.rng)
            self._schedule(agent, now_s + wait_s)
            gone = AgentGone(cause=event.cause, backoff_s=wait_s)
            effects: list[Effect] = [Record(gone, agent=event.agent_id)]
        else:
            agent.phase = AgentPhase.STOPPED
            self._schedule(agent, None)
            effects = [Record(AgentStopped(), agent=event.agent_id)]
        if running is not None and not running.phase.terminal:
            # A task is blamed only for deaths that nobody asked for.
            effects += (
                self._lost(running, f"agent {event.agent_id} {event.cause}", "", now_s)
                if desired
                else self._requeue(running, f"agent {event.agent_id} was stopped")
            )
        return effects

    def _denied(self, event: Denied, now_s: float) -> list[Effect]:
        match event.effect:
            case Launch(spec):
                agent = self.agents[spec.agent_id]
                agent.phase = AgentPhase.STOPPED
                self._schedule(agent, None)
                denied = ActionDenied(verb="launch", policy=event.policy)
                return [Record(denied, agent=spec.agent_id)]
            case Assign(agent_id, task, attempt):
                freed = self._free(agent_id, task.task_id, attempt)
                message = f"policy {event.policy} denied giving it to agent {agent_id}"
                failure = Failure(kind="denied", message=message)
                return [
                    Record(
                        ActionDenied(verb="assign", policy=event.policy),
                        task=task.task_id,
                        attempt=attempt,
                        agent=agent_id,
                    ),
                    self._settle(self.tasks[task.task_id], Phase.FAILED, failure, now_s),
                    *self._assign(freed),
                ]
            case _:
                assert_never(event.effect)

    def _tick(self, now_s: float) -> list[Effect]:
        effects: list[Effect] = []
        for agent_id in list(self._due):
            agent = self.agents[agent_id]
            if agent.due_s is None or agent.due_s > now_s:
                continue
            if agent.phase is AgentPhase.BACKOFF:
                agent.restarts += 1
                effects += self._launch(agent, now_s)
            elif agent.phase is AgentPhase.STARTING:
                self._schedule(agent, now_s + STARTUP_S)
                effects.append(Kill(agent_id))
        return effects

    # --- matching tasks with agents -------------------------------------------

    def _enqueue(self, work: Work) -> None:
        heapq.heappush(
            self._queues.setdefault(work.task.skill, []), (work.ticket, work.task.task_id)
        )

    def _capable(self, skill: str) -> str | None:
        """The agent that has been idle longest among those with the skill."""
        return next((name for name in self._idle if skill in self.agents[name].skills), None)

    def _assign(self, agent_id: str | None) -> list[Effect]:
        """Give an idle agent the task that has waited longest for one of its skills."""
        if agent_id is None or agent_id not in self._idle:
            return []
        agent = self.agents[agent_id]
        queues = [queue for skill in agent.skills if (queue := self._queues.get(skill))]
        for queue in queues:
            # Cancelled tasks leave the heap only here, when they reach its top.
            while queue and self.tasks[queue[0][1]].phase is not Phase.PENDING:
                heapq.heappop(queue)
        best = min((queue for queue in queues if queue), default=None)
        if best is None:
            return []
        work = self.tasks[heapq.heappop(best)[1]]
        del self._idle[agent_id]
        work.phase, work.agent = Phase.RUNNING, agent_id
        work.attempt += 1
        agent.task, agent.attempt, agent.progress = work.task.task_id, work.attempt, None
        return [
            Record(TaskAssigned(), task=work.task.task_id, attempt=work.attempt, agent=agent_id),
            Assign(agent_id, work.task, work.attempt),
        ]

    def _free(self, agent_id: str, task_id: str, attempt: int) -> str | None:
        """Make the agent idle if this attempt is what it was running."""
        if not self._runs(agent_id, task_id, attempt):
            return None
        agent = self.agents[agent_id]
        agent.task = agent.attempt = agent.progress = None
        if agent.phase is AgentPhase.READY:
            self._idle[agent_id] = None
        return agent_id

    def _runs(self, agent_id: str, task_id: str, attempt: int) -> bool:
        agent = self.agents.get(agent_id)
        return agent is not None and (agent.task, agent.attempt) == (task_id, attempt)

    # --- small things ----------------------------------------------------------

    def _schedule(self, agent: Agent, due_s: float | None) -> None:
        agent.due_s = due_s
        if due_s is None:
            self._due.pop(agent.spec.agent_id, None)
        else:
            self._due[agent.spec.agent_id] = None

    def _known_task(self, task_id: str) -> Work:
        try:
            return self.tasks[task_id]
        except KeyError:
            raise UsageError(f"no task {task_id!r}; submit_proof_task returns valid ids") from None


def _some(names: Iterable[str]) -> str:
    """A few names for an error message."""
    shown = list(names)
    return ", ".join(shown[:5]) + (", …" if len(shown) > 5 else "") if shown else "none"
