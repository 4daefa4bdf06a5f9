"""Decides what happens next: events in, effects out. Reads no clock, opens no socket, starts no thread.

A task waits in its skill's queue until an idle agent has that skill; one of the
background also until no other waits. An agent runs one task at a time. An attempt that is
lost with its agent or its worker goes back to its old place in the queue, until the task's
limit says that the task itself is to blame. Results of superseded attempts are recognised
by their attempt number and dropped. How agents live and die is the ``fleet``'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import assert_never

from hms_kernel import recovery, takeover
from hms_kernel.agreement import agree
from hms_kernel.deadlines import Deadlines
from hms_kernel.errors import UsageError
from hms_kernel.events import (
    Acknowledge,
    Answered,
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
    Tick,
    Unreachable,
    Watch,
)
from hms_kernel.facts import (
    ActionDenied,
    AgentReady,
    DispatchPaused,
    DispatchResumed,
    ResultDropped,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.fleet import STARTUP_S, Fleet
from hms_kernel.ledger import Agent, Work
from hms_kernel.model import (
    AgentPhase,
    AgentSpec,
    Desired,
    Failure,
    Lost,
    Phase,
    Result,
    Task,
    Verdict,
)
from hms_kernel.queues import Queues
from hms_kernel.recoveries import Recoveries

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
    paused: bool = False  # nobody is given new tasks
    _idle: dict[str, None] = field(default_factory=dict)  # ordered set of agent ids

    def __post_init__(self) -> None:
        self._fleet = Fleet(self.rng)
        self._queues = Queues(self.tasks)
        self._deadlines = Deadlines(self.tasks)
        self._recoveries = Recoveries(
            self.tasks,
            submit=self._accept,
            settle=self._settle,
            cancel=self._drop,
            prefer=self._queues.prefer,
        )
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
                work = self._known_task(task_id)
                return [] if work.phase.terminal else self._drop(work, now_s)
            case Answered(task_id, hint):
                return self._recoveries.answered(task_id, hint, now_s)
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
            case PauseAsked(agent_id):
                return self._set_paused(agent_id, True)
            case ResumeAsked(agent_id):
                return self._set_paused(agent_id, False)
            case Registered():
                return self._registered(event, now_s)
            case Heartbeat(agent_id, progress, holds):
                if (agent := self.agents.get(agent_id)) is None:
                    return []
                self._fleet.heard(agent, now_s)
                agent.progress = progress
                return [] if holds is None else agree(agent, self.tasks, holds, now_s)
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
        self,
        agents: dict[str, Agent],
        tasks: dict[str, Work],
        now_s: float,
        *,
        paused: bool = False,
    ) -> list[Effect]:
        """Go on from what an earlier supervisor of the session knew; once, before any event.

        Tasks keep their places. What was running is not given to anybody else until
        its agent has come back with it or without it, or has not come back in time.
        """
        self.tasks.update(tasks)
        self.paused = paused
        for work in tasks.values():
            self._deadlines.await_end(work)
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
        return effects + self._recoveries.resume(now_s)

    def next_due_s(self) -> float | None:
        """When a ``Tick`` will have something to do, on the clock of ``handle``; None: not by itself."""
        parts = (self._fleet, self._deadlines, self._recoveries)
        dues = [part.next_due_s() for part in parts]
        return min((due for due in dues if due is not None), default=None)

    @property
    def waiting(self) -> int:
        """How many tasks wait for an agent."""
        return self._queues.waiting

    def skills(self) -> frozenset[str]:
        """What some agent can do, or will once it is there."""
        here = (a for a in self.agents.values() if a.phase is not AgentPhase.STOPPED)
        return frozenset(skill for agent in here for skill in agent.spec.skills)

    # --- tasks ---------------------------------------------------------------

    def _submitted(self, event: Submitted, now_s: float) -> list[Effect]:
        task = event.task
        if task.task_id in self.tasks:
            raise UsageError(f"task {task.task_id!r} was submitted before")
        recovery.ensure(task)
        return self._accept(task, now_s, event.settled)

    def _accept(self, task: Task, now_s: float, settled: Verdict | None = None) -> list[Effect]:
        work = Work(task=task, ticket=len(self.tasks), submitted_s=now_s)
        self.tasks[task.task_id] = work
        recorded = Record(TaskSubmitted(submitted=task), task=task.task_id)
        if settled is not None:
            return [recorded, *self._settle(work, Phase.SUCCEEDED, settled, now_s)]
        self._deadlines.await_end(work)
        self._enqueue(work, now_s)
        return [recorded, *self._assign(self._capable(task.skill))]

    def _drop(self, work: Work, now_s: float) -> list[Effect]:
        """End a task that nobody wants any more."""
        failure = Failure(kind="cancelled", message="cancelled")
        return self._give_up(work, Phase.CANCELLED, failure, now_s)

    def _give_up(self, work: Work, phase: Phase, failure: Failure, now_s: float) -> list[Effect]:
        """End a task that nobody has answered."""
        effects = self._settle(work, phase, failure, now_s)
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
                agent.failures = agent.probation = 0
        work = self.tasks.get(event.task_id)
        # An answer from an attempt that we gave up for lost still counts while no other has
        # begun; how it failed does not count twice.
        failed_late = (
            work is not None and work.phase is Phase.PENDING and isinstance(event.result, Failure)
        )
        current = work is not None and self._is_current(work, event)
        answered = work is not None and (work.phase.terminal or work.phase is Phase.WAITING)
        if work is None or answered or not current or failed_late:
            resent = answered and current
            where = {"task": event.task_id, "attempt": event.attempt, "agent": event.agent_id}
            dropped = [] if resent else [Record(ResultDropped(), **where)]  # type: ignore[arg-type]
            return [*dropped, known, *self._next(freed, now_s)]
        match event.result:
            case Failure(message=cause, detail=detail) if lost:
                ended = self._lost(work, cause, detail or event.output, now_s)
            case Failure(kind="cancelled"):
                ended = self._settle(work, Phase.CANCELLED, event.result, now_s, event.output)
            case Failure():
                ended = self._conclude(work, Phase.FAILED, event.result, now_s, event.output)
            case _:
                ended = self._conclude(work, Phase.SUCCEEDED, event.result, now_s, event.output)
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
            return self._conclude(work, Phase.FAILED, failure, now_s)
        return self._requeue(work, TaskRequeued(cause=cause, output=tail), now_s)

    def _requeue(self, work: Work, why: TaskRequeued, now_s: float) -> list[Effect]:
        work.phase, where = Phase.PENDING, work.agent
        self._enqueue(work, now_s)
        record = Record(why, task=work.task.task_id, attempt=work.attempt, agent=where)
        return [record, *self._assign(self._capable(work.task.skill))]

    def _conclude(
        self, work: Work, phase: Phase, result: Result, now_s: float, output: str = ""
    ) -> list[Effect]:
        """Its attempts are over: recover if it is to, else settle it."""
        begun = self._recoveries.begin(work, result, output, now_s)
        return self._settle(work, phase, result, now_s, output) if begun is None else begun

    def _settle(
        self, work: Work, phase: Phase, result: Result, now_s: float, output: str = ""
    ) -> list[Effect]:
        self._queues.leave(work)
        work.end(phase, result, now_s, output)
        kind = TaskSettled(
            phase=phase,
            result=result,
            attempts=work.attempt,
            duration_s=now_s - work.submitted_s,
            output=output,
        )
        attempt = work.attempt or None
        settled = Record(kind, task=work.task.task_id, attempt=attempt, agent=work.agent)
        return [settled, *self._recoveries.ended(work, now_s)]

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
        if (kept := self.tasks.get(agent.task or "")) is not None:
            self._queues.leave(kept)
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
                    *self._settle(self.tasks[task.task_id], Phase.FAILED, failure, now_s),
                    *self._next(freed, now_s),
                ]
            case _:
                assert_never(event.effect)

    def _tick(self, now_s: float, stalled_s: float) -> list[Effect]:
        effects = self._fleet.tick(now_s, stalled_s)
        for effect in effects:
            if isinstance(effect, Kill):
                self._ruled(effect.agent_id, [])
        for work, message in self._deadlines.missed(now_s):
            if work.phase is Phase.WAITING:
                effects += self._recoveries.cut_short(work, now_s)
                continue
            failure = Failure(kind="deadline", message=message, lost=tuple(work.lost))
            effects += self._give_up(work, Phase.FAILED, failure, now_s)
        return effects + self._recoveries.tick(now_s)

    # --- matching tasks with agents -------------------------------------------

    def _enqueue(self, work: Work, now_s: float) -> None:
        self._queues.put(work)
        self._deadlines.await_start(work, now_s)

    def _capable(self, skill: str) -> str | None:
        """The agent that has been idle longest among those with the skill."""
        for name in self._idle:
            if skill in self.agents[name].skills and not self._held(name):
                return name
        return None

    def _held(self, agent_id: str) -> bool:
        return self.paused or self.agents[agent_id].paused

    def _set_paused(self, agent_id: str, paused: bool) -> list[Effect]:
        """Hold back new tasks from an agent, or from all of them, or do so no longer."""
        holder = self._fleet.known(agent_id) if agent_id else self
        if isinstance(holder, Agent) and holder.desired is Desired.STOPPED:
            raise UsageError(f"agent {agent_id!r} is {holder.phase.value}: it takes no tasks")
        if holder.paused == paused:
            return []
        holder.paused = paused
        kind = DispatchPaused() if paused else DispatchResumed()
        effects: list[Effect] = [Record(kind, agent=agent_id or None)]
        for name in list(self._idle):
            effects += self._assign(name)
        return effects

    def _next(self, agent_id: str | None, now_s: float) -> list[Effect]:
        """An agent has finished something: give it more, or let it end if it was draining."""
        if agent_id is not None and self.agents[agent_id].phase is AgentPhase.DRAINING:
            return self._fleet.drained(self.agents[agent_id], now_s)
        return self._assign(agent_id)

    def _assign(self, agent_id: str | None) -> list[Effect]:
        """Give an idle agent the task that has waited longest for one of its skills; background work last."""
        if agent_id is None or agent_id not in self._idle or self._held(agent_id):
            return []
        agent = self.agents[agent_id]
        work = self._queues.take(agent.skills)
        if work is None:
            return []
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
