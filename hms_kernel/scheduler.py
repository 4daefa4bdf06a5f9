"""Decides what happens next: events in, effects out. Reads no clock, opens no socket, starts no thread.

A task waits in its skill's queue until an idle agent has that skill, and in the
background while any other does. An agent runs one task at a time. An attempt that is lost with its agent or its worker
goes back to its old place in the queue, until the task's limit says that the
task itself is to blame. Results of superseded attempts are recognised by their
attempt number and dropped. How agents live and die is the ``fleet``'s.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from random import Random
from typing import assert_never

from hms_kernel import takeover
from hms_kernel.errors import UsageError
from hms_kernel.events import (
    Acknowledge,
    Assign,
    CancelAsked,
    CancelOn,
    Denied,
    DrainAsked,
    Effect,
    Event,
    Exited,
    Finished,
    Heartbeat,
    Kill,
    Launch,
    QuarantineAsked,
    Record,
    Registered,
    ReleaseAsked,
    RestartAsked,
    Shutdown,
    SpawnAsked,
    StopAsked,
    Submitted,
    Tick,
    Unreachable,
    Watch,
)
from hms_kernel.fleet import STARTUP_S, Fleet
from hms_kernel.ledger import Agent, Work
from hms_kernel.model import (
    ActionDenied,
    AgentPhase,
    AgentReady,
    AgentSpec,
    Failure,
    Lost,
    Phase,
    Result,
    ResultDropped,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)

__all__ = ["STARTUP_S", "Scheduler"]

OUTPUT_CHARACTERS = 4000  # of what a lost attempt printed, in the story of its task
_TRY_AGAIN = ("crashed", "frozen", "stuck")  # kinds of failure that lose an attempt


@dataclass
class Scheduler:
    """The one place where lifecycles of tasks and agents are decided.

    Args:
        rng: jitters restarts; same seed and same events, same effects.
    """

    rng: Random
    tasks: dict[str, Work] = field(default_factory=dict)
    waiting: int = 0  # tasks in the queue
    # Skill to heap of whether it is background work, ticket, task.
    _queues: dict[str, list[tuple[bool, int, str]]] = field(default_factory=dict)
    _idle: dict[str, None] = field(default_factory=dict)  # ordered set of agent ids
    # Heap of when, task, and the attempt it must have begun by then (0: it must have ended).
    _deadlines: list[tuple[float, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._fleet = Fleet(self.rng)
        self.agents: dict[str, Agent] = self._fleet.agents

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
                return self._fleet.spawn(spec, now_s)
            case StopAsked(agent_id):
                return self._ruled(agent_id, self._fleet.stop(agent_id, now_s))
            case DrainAsked(agent_id):
                busy = self._fleet.known(agent_id).task is not None
                return self._ruled(agent_id, self._fleet.drain(agent_id, now_s, busy=busy))
            case RestartAsked(agent_id):
                return self._ruled(agent_id, self._fleet.restart(agent_id, now_s))
            case QuarantineAsked(agent_id, reason):
                return self._ruled(agent_id, self._fleet.quarantine(agent_id, reason, now_s))
            case ReleaseAsked(agent_id):
                return self._ruled(agent_id, self._fleet.release(agent_id, now_s))
            case Registered():
                return self._registered(event, now_s)
            case Heartbeat(agent_id, progress):
                if agent := self.agents.get(agent_id):
                    self._fleet.heard(agent, now_s)
                    agent.progress = progress
                return []
            case Exited():
                return self._exited(event, now_s)
            case Unreachable(agent_id):
                # A live peer always has room for one task more, so this one is gone
                # or deaf: end it, and let its exit requeue what it ran.
                if agent_id not in self.agents:
                    return []
                why = "could not be reached"
                return self._ruled(agent_id, self._fleet.condemn(agent_id, why, now_s))
            case Finished():
                return self._finished(event, now_s)
            case Denied():
                return self._denied(event, now_s)
            case Tick(stalled_s):
                return self._tick(now_s, stalled_s)
            case _:
                assert_never(event)

    def resume(
        self, agents: dict[str, Agent], tasks: dict[str, Work], now_s: float
    ) -> list[Effect]:
        """Go on from what an earlier supervisor of the session knew; once, before any event.

        Tasks keep their places. What was running is not given to anybody else until
        its agent has come back with it or without it, or has not come back in time.
        """
        self.tasks.update(tasks)
        for work in tasks.values():
            self._await_end(work)
            if work.phase is Phase.PENDING:
                self._enqueue(work, now_s)
        effects = self._fleet.resume(agents, now_s)
        for agent_id, agent in agents.items():
            missed = tasks.get(agent.task or "")
            if missed is not None and not agent.returning:
                # Its end is a fact; what followed for its task was not safe yet.
                agent.task = agent.attempt = None
                cause = f"agent {agent_id} {agent.last_cause or 'was stopped'}"
                effects += (
                    self._requeue(missed, TaskRequeued(cause=cause, blamed=False), now_s)
                    if agent.phase is AgentPhase.STOPPED
                    else self._lost(missed, cause, "", now_s)
                )
        return effects

    def next_due_s(self) -> float | None:
        """When a ``Tick`` will have something to do, on the clock of ``handle``; None: not by itself."""
        while self._deadlines and self._met(*self._deadlines[0][1:]):
            heapq.heappop(self._deadlines)
        dues = [self._fleet.next_due_s(), self._deadlines[0][0] if self._deadlines else None]
        return min((due for due in dues if due is not None), default=None)

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
        self._await_end(work)
        self._enqueue(work, now_s)
        return [recorded, *self._assign(self._capable(task.skill))]

    def _cancel(self, task_id: str, now_s: float) -> list[Effect]:
        work = self._known_task(task_id)
        if work.phase.terminal:
            return []
        failure = Failure(kind="cancelled", message="cancelled")
        return self._give_up(work, Phase.CANCELLED, failure, now_s)

    def _give_up(self, work: Work, phase: Phase, failure: Failure, now_s: float) -> list[Effect]:
        """End a task that nobody has answered."""
        effects: list[Effect] = [self._settle(work, phase, failure, now_s)]
        # The agent stays taken until it confirms: its worker must be replaced first.
        if work.agent and self._runs(work.agent, work.task.task_id, work.attempt):
            effects.append(CancelOn(work.agent, work.task.task_id, work.attempt))
        return effects

    def _finished(self, event: Finished, now_s: float) -> list[Effect]:
        known = Acknowledge(event.agent_id, event.task_id, event.attempt)
        freed = self._free(event.agent_id, event.task_id, event.attempt)
        lost = isinstance(event.result, Failure) and event.result.kind in _TRY_AGAIN
        if (agent := self.agents.get(event.agent_id)) is not None:
            self._fleet.heard(agent, now_s)
            if freed and not lost:
                agent.probation = 0
        work = self.tasks.get(event.task_id)
        # An answer from an attempt that we gave up for lost still counts while no other has
        # begun; how it failed does not count twice.
        failed_late = (
            work is not None and work.phase is Phase.PENDING and isinstance(event.result, Failure)
        )
        current = work is not None and self._is_current(work, event)
        if work is None or work.phase.terminal or not current or failed_late:
            resent = work is not None and work.phase.terminal and current
            where = {"task": event.task_id, "attempt": event.attempt, "agent": event.agent_id}
            dropped = [] if resent else [Record(ResultDropped(), **where)]  # type: ignore[arg-type]
            return [*dropped, known, *self._next(freed, now_s)]
        match event.result:
            case Failure(message=cause, detail=detail) if lost:
                ended = self._lost(work, cause, detail or event.output, now_s)
            case Failure(kind="cancelled"):
                ended = [self._settle(work, Phase.CANCELLED, event.result, now_s, event.output)]
            case Failure():
                ended = [self._settle(work, Phase.FAILED, event.result, now_s, event.output)]
            case _:
                ended = [self._settle(work, Phase.SUCCEEDED, event.result, now_s, event.output)]
        return [*ended, known, *self._next(freed, now_s)]

    def _lost(self, work: Work, cause: str, output: str, now_s: float) -> list[Effect]:
        """An attempt ended without a result: try again, unless the task did this too often."""
        tail = output[-OUTPUT_CHARACTERS:]
        work.lost.append(
            Lost(attempt=work.attempt, agent=work.agent or "", cause=cause, output=tail)
        )
        if len(work.lost) >= work.task.limits.max_attempts:
            message = f"{len(work.lost)} attempts were lost, the last one: {cause}"
            failure = Failure(
                kind="attempts", message=message, detail=output, lost=tuple(work.lost)
            )
            return [self._settle(work, Phase.FAILED, failure, now_s)]
        return self._requeue(work, TaskRequeued(cause=cause, output=tail), now_s)

    def _requeue(self, work: Work, why: TaskRequeued, now_s: float) -> list[Effect]:
        work.phase, where = Phase.PENDING, work.agent
        self._enqueue(work, now_s)
        record = Record(why, task=work.task.task_id, attempt=work.attempt, agent=where)
        return [record, *self._assign(self._capable(work.task.skill))]

    def _settle(
        self, work: Work, phase: Phase, result: Result, now_s: float, output: str = ""
    ) -> Record:
        if work.queued:
            self._leave_queue(work)
        work.phase, work.result, work.settled_s, work.output = phase, result, now_s, output
        kind = TaskSettled(
            phase=phase,
            result=result,
            attempts=work.attempt,
            duration_s=now_s - work.submitted_s,
            output=output,
        )
        attempt = work.attempt or None
        return Record(kind, task=work.task.task_id, attempt=attempt, agent=work.agent)

    # --- agents --------------------------------------------------------------

    def _ruled(self, agent_id: str, effects: list[Effect]) -> list[Effect]:
        """The fleet has decided about an agent; it takes new tasks only if that left it ready."""
        agent = self.agents[agent_id]
        if agent.phase is not AgentPhase.READY or agent.verdict:
            self._idle.pop(agent_id, None)
        return effects

    def _registered(self, event: Registered, now_s: float) -> list[Effect]:
        agent = self.agents.get(event.agent_id)
        adopted = agent is None or agent.returning
        if agent is None:
            # It was launched by an earlier supervisor of this session.
            spec = AgentSpec(agent_id=event.agent_id, skills=event.skills)
            agent = self.agents[event.agent_id] = Agent(spec=spec, phase=AgentPhase.STARTING)
        wanted = (AgentPhase.STARTING, AgentPhase.READY, AgentPhase.DRAINING)
        if agent.phase not in wanted or agent.verdict:
            # Not wanted, condemned, or already replaced in our plans: this process must go.
            return [Shutdown(event.agent_id)]
        self._fleet.heard(agent, now_s)
        if agent.phase is not AgentPhase.STARTING and agent.pid == event.pid:
            # A registration that was sent twice. What the agent runs may have crossed
            # it on the wire, so it says nothing about its task.
            return []
        agent.pid, agent.skills = event.pid, event.skills
        self._fleet.live(event.agent_id, now_s)
        kind = AgentReady(pid=event.pid, skills=event.skills)
        effects: list[Effect] = [Record(kind, agent=event.agent_id)]
        if adopted:
            effects.append(Watch(event.agent_id, event.pid))
        found = takeover.reclaim(agent, self.tasks, event.running)
        effects += found.effects
        if (kept := self.tasks.get(agent.task or "")) is not None and kept.queued:
            self._leave_queue(kept)
        if found.missed is not None:
            cause = f"agent {event.agent_id} came back without it"
            why = TaskRequeued(cause=cause, blamed=False)
            effects += self._requeue(found.missed, why, now_s)
        if agent.task is not None:
            return effects
        if agent.phase is AgentPhase.READY:
            self._idle[event.agent_id] = None
        return [*effects, *self._next(event.agent_id, now_s)]

    def _exited(self, event: Exited, now_s: float) -> list[Effect]:
        before = self.agents.get(event.agent_id)
        asked = before is not None and before.phase is AgentPhase.STOPPING
        effects = self._fleet.exited(event, now_s)
        if before is None or effects is None:
            return []
        self._idle.pop(event.agent_id, None)
        running = self.tasks.get(before.task) if before.task else None
        before.task = before.attempt = before.progress = None
        if running is None or running.phase.terminal:
            return effects
        # A task is blamed only for deaths that nobody asked for.
        if asked:
            cause = f"agent {event.agent_id} was stopped"
            return [
                *effects,
                *self._requeue(running, TaskRequeued(cause=cause, blamed=False), now_s),
            ]
        cause = f"agent {event.agent_id} {before.verdict or event.cause}"
        return [*effects, *self._lost(running, cause, event.output, now_s)]

    def _denied(self, event: Denied, now_s: float) -> list[Effect]:
        match event.effect:
            case Launch(spec):
                self._fleet.denied(spec.agent_id)
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
                    *self._next(freed, now_s),
                ]
            case _:
                assert_never(event.effect)

    def _tick(self, now_s: float, stalled_s: float) -> list[Effect]:
        effects = self._fleet.tick(now_s, stalled_s)
        for effect in effects:
            if isinstance(effect, Kill):
                self._ruled(effect.agent_id, [])
        while self._deadlines and self._deadlines[0][0] <= now_s:
            _, task_id, attempt = heapq.heappop(self._deadlines)
            if not self._met(task_id, attempt):
                effects += self._too_late(self.tasks[task_id], attempt, now_s)
        return effects

    # --- deadlines -----------------------------------------------------------

    def _await_end(self, work: Work) -> None:
        if work.task.limits.total_s is not None:
            due_s = work.submitted_s + work.task.limits.total_s
            heapq.heappush(self._deadlines, (due_s, work.task.task_id, 0))

    def _met(self, task_id: str, attempt: int) -> bool:
        """Whether the task has ended, or has begun the attempt it had to begin."""
        work = self.tasks[task_id]
        return work.phase.terminal or 0 < attempt <= work.attempt

    def _too_late(self, work: Work, attempt: int, now_s: float) -> list[Effect]:
        limits = work.task.limits
        message = (
            f"no agent took it within {limits.queue_s:g} s"
            if attempt
            else f"it did not end within {limits.total_s:g} s"
        )
        failure = Failure(kind="deadline", message=message, lost=tuple(work.lost))
        return self._give_up(work, Phase.FAILED, failure, now_s)

    # --- matching tasks with agents -------------------------------------------

    def _enqueue(self, work: Work, now_s: float) -> None:
        queue = self._queues.setdefault(work.task.skill, [])
        heapq.heappush(queue, (work.task.background, work.ticket, work.task.task_id))
        work.queued = True
        self.waiting += 1
        if work.task.limits.queue_s is not None:
            due_s = now_s + work.task.limits.queue_s
            heapq.heappush(self._deadlines, (due_s, work.task.task_id, work.attempt + 1))

    def _leave_queue(self, work: Work) -> None:
        work.queued = False
        self.waiting -= 1

    def _capable(self, skill: str) -> str | None:
        """The agent that has been idle longest among those with the skill."""
        return next((name for name in self._idle if skill in self.agents[name].skills), None)

    def _next(self, agent_id: str | None, now_s: float) -> list[Effect]:
        """An agent has finished something: give it more, or let it end if it was draining."""
        if agent_id is not None and self.agents[agent_id].phase is AgentPhase.DRAINING:
            return self._fleet.drained(self.agents[agent_id], now_s)
        return self._assign(agent_id)

    def _assign(self, agent_id: str | None) -> list[Effect]:
        """Give an idle agent the task that has waited longest for one of its skills; background work last."""
        if agent_id is None or agent_id not in self._idle:
            return []
        agent = self.agents[agent_id]
        queues = [queue for skill in agent.skills if (queue := self._queues.get(skill))]
        for queue in queues:
            # Tasks that ended while they waited leave the heap only here, at its top.
            while queue and self.tasks[queue[0][2]].phase is not Phase.PENDING:
                heapq.heappop(queue)
        best = min((queue for queue in queues if queue), default=None)
        if best is None:
            return []
        work = self.tasks[heapq.heappop(best)[2]]
        self._leave_queue(work)
        del self._idle[agent_id]
        work.phase, work.agent = Phase.RUNNING, agent_id
        work.attempt = work.named = work.named + 1
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
        if agent.phase is AgentPhase.READY and not agent.verdict:
            self._idle[agent_id] = None
        return agent_id

    def _is_current(self, work: Work, event: Finished) -> bool:
        # After a takeover a number may be out with an agent the facts do not know of.
        return (work.agent, work.attempt) == (event.agent_id, event.attempt)

    def _runs(self, agent_id: str, task_id: str, attempt: int) -> bool:
        agent = self.agents.get(agent_id)
        return agent is not None and (agent.task, agent.attempt) == (task_id, attempt)

    def _known_task(self, task_id: str) -> Work:
        try:
            return self.tasks[task_id]
        except KeyError:
            raise UsageError(f"no task {task_id!r}; submit_proof_task returns valid ids") from None
