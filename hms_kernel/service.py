"""Answers the requests of clients, in this process or another. Owns no socket and no thread.

Every request passes the gate. An answer that promises something ("accepted",
"settled") is given only once the facts behind it are durable.
"""

from __future__ import annotations

import heapq
import math
import os
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import assert_never

import msgspec

from hms_kernel import config, skills
from hms_kernel.errors import (
    Contradiction,
    HmsError,
    PolicyDenied,
    QueueFull,
    SessionError,
    StoreError,
    UsageError,
)
from hms_kernel.events import (
    Answered,
    CancelAsked,
    DrainAsked,
    Event,
    PauseAsked,
    QuarantineAsked,
    ReleaseAsked,
    RestartAsked,
    ResumeAsked,
    SpawnAsked,
    StopAsked,
    Submitted,
)
from hms_kernel.facts import (
    ActionDenied,
    Fact,
    FactKind,
    GenerationDone,
    LineReleased,
    LineStopped,
    SearchBegun,
    SearchEnded,
    StrategyAdopted,
    TaskSettled,
)
from hms_kernel.journal import Journal
from hms_kernel.messages import (
    AcceptedResponse,
    AgentStatus,
    AgentStatusRequest,
    AgentStatusResponse,
    AnswerTaskRequest,
    CancelTaskRequest,
    CloseSessionRequest,
    DrainAgentRequest,
    ErrorResponse,
    FactsRequest,
    FactsResponse,
    PauseRequest,
    PingRequest,
    PingResponse,
    QuarantineAgentRequest,
    RecordRequest,
    ReleaseAgentRequest,
    Request,
    Response,
    RestartAgentRequest,
    ResumeRequest,
    SpawnAgentRequest,
    SpawnAgentResponse,
    StopAgentRequest,
    SubmitTaskRequest,
    SubmitTaskResponse,
    TaskStatus,
    TaskStatusRequest,
    TaskStatusResponse,
)
from hms_kernel.model import AgentPhase, Phase, Task
from hms_kernel.policy import Action, Gate, Refused
from hms_kernel.scheduler import Scheduler
from hms_kernel.version import __version__

Reply = Callable[[Response], None]
LONGEST_PAGE = 5000  # facts in one answer


@dataclass
class _Wait:
    """A client that waits for something to happen, until ``until_s``."""

    reply: Reply
    request: TaskStatusRequest | FactsRequest | SubmitTaskRequest
    answered: bool = False


@dataclass
class Service:
    """Turns requests into events and answers them.

    Args:
        scheduler: read for status; changed only through ``handle``.
        journal: facts for followers, and whether they are durable.
        gate: the one door.
        handle: applies an event and performs its effects.
        after_commit: calls back once everything recorded so far is durable.
        clock: seconds, monotonic.
        close: begins the end of the session.
        line: why no proofs are taken on, where a contradiction has stopped the line.
        queue: tasks that may wait for an agent before no more are accepted.
    """

    scheduler: Scheduler
    journal: Journal
    gate: Gate
    handle: Callable[[Event], None]
    after_commit: Callable[[Callable[[], None]], None]
    clock: Callable[[], float]
    close: Callable[[], None]
    closing: bool = False
    line: LineStopped | None = None
    queue: int = field(default_factory=config.queue)
    _submissions: deque[_Wait] = field(default_factory=deque)  # wait for room in the queue
    _promises: dict[str, Reply] = field(default_factory=dict)  # tasks not durable yet
    _ended: set[str] = field(default_factory=set)  # tasks whose end is durable
    _task_waits: dict[str, list[_Wait]] = field(default_factory=dict)
    _fact_waits: list[_Wait] = field(default_factory=list)
    _dues: list[tuple[float, int, _Wait]] = field(default_factory=list)  # heap by time

    def __post_init__(self) -> None:
        self._started_s = self.clock()
        self._wait_numbers = count()
        self._ended.update(id for id, work in self.scheduler.tasks.items() if work.phase.terminal)
        # Ids never repeat within a session, so a later epoch marks its own.
        mark = f"e{self.journal.epoch}-" if self.journal.epoch > 1 else ""
        self._agent_ids = (f"agent-{mark}{n}" for n in count(1))
        self._task_ids = (f"task-{mark}{n}" for n in count(1))

    def answer(self, request: Request, reply: Reply) -> None:
        """Answer a request, now or later, by calling ``reply`` exactly once."""
        try:
            if self.closing:
                raise SessionError(f"session {self.journal.session!r} is closing")
            self._answer(request, reply)
        except HmsError as error:
            reply(_refusal(error))
        except OSError as error:
            # Out of descriptors, say: it costs the request, and never the loop.
            reply(_refusal(HmsError(f"the supervisor's process cannot do that now: {error}")))

    def _answer(self, request: Request, reply: Reply) -> None:
        match request:
            case PingRequest():
                reply(
                    PingResponse(
                        session=self.journal.session,
                        epoch=self.journal.epoch,
                        pid=os.getpid(),
                        version=__version__,
                        uptime_s=self.clock() - self._started_s,
                        agents=sum(
                            agent.phase is not AgentPhase.STOPPED
                            for agent in self.scheduler.agents.values()
                        ),
                        tasks=len(self.scheduler.tasks),
                        paused=self.scheduler.paused,
                    )
                )
            case SubmitTaskRequest():
                self._submit(request, reply)
            case SpawnAgentRequest():
                self._spawn(request, reply)
            case StopAgentRequest(agent_id=agent_id):
                self._steer("stop", agent_id, StopAsked(agent_id), reply)
            case DrainAgentRequest(agent_id=agent_id):
                self._steer("drain", agent_id, DrainAsked(agent_id), reply)
            case RestartAgentRequest(agent_id=agent_id):
                self._steer("restart", agent_id, RestartAsked(agent_id), reply)
            case QuarantineAgentRequest(agent_id=agent_id, reason=reason):
                self._steer("quarantine", agent_id, QuarantineAsked(agent_id, reason), reply)
            case ReleaseAgentRequest(agent_id=agent_id):
                self._steer("release", agent_id, ReleaseAsked(agent_id), reply)
            case PauseRequest(agent_id=agent_id):
                self._steer("pause", agent_id, PauseAsked(agent_id), reply)
            case ResumeRequest(agent_id=agent_id):
                self._steer("resume", agent_id, ResumeAsked(agent_id), reply)
            case CancelTaskRequest(task_id=task_id):
                self._permit("cancel", f"task:{task_id}")
                self.handle(CancelAsked(task_id))
                self.after_commit(lambda: reply(AcceptedResponse()))
            case AnswerTaskRequest(task_id=task_id, hint=hint):
                self._permit("answer", f"task:{task_id}")
                self.handle(Answered(task_id, hint))
                self.after_commit(lambda: reply(AcceptedResponse()))
            case TaskStatusRequest(task_id=task_id, wait_s=wait_s):
                status = self._task_status(task_id)
                if wait_s > 0 and task_id not in self._ended:
                    wait = self._wait(request, reply, wait_s)
                    self._task_waits.setdefault(task_id, []).append(wait)
                else:
                    reply(TaskStatusResponse(status=status))
            case AgentStatusRequest(agent_id=agent_id):
                names = [agent_id] if agent_id else list(self.scheduler.agents)
                reply(AgentStatusResponse(agents=tuple(map(self._agent_status, names))))
            case FactsRequest(after_seq=after_seq, limit=limit, wait_s=wait_s):
                if after_seq >= self.journal.durable_seq and wait_s > 0:
                    self._fact_waits.append(self._wait(request, reply, wait_s))
                else:
                    facts = self.journal.after(after_seq, min(limit, LONGEST_PAGE))
                    reply(FactsResponse(facts=tuple(facts)))
            case RecordRequest(kind=kind):
                self._permit(*_deed(kind))
                self.journal.record(kind)
                if isinstance(kind, LineStopped | LineReleased):
                    self.line = kind if isinstance(kind, LineStopped) else None
                self.after_commit(lambda: reply(AcceptedResponse()))
            case CloseSessionRequest():
                self._permit("close", "session")
                reply(AcceptedResponse())
                self.close()
            case _:
                assert_never(request)

    def durable(self, facts: Sequence[Fact]) -> None:
        """These facts are safe now: answer whoever waited for them."""
        for fact in facts:
            if isinstance(fact.kind, TaskSettled) and fact.task is not None:
                self._ended.add(fact.task)
                for wait in self._task_waits.pop(fact.task, ()):
                    self._answer_wait(wait)
        waits, self._fact_waits = self._fact_waits, []
        for wait in waits:
            self._answer_wait(wait)
        self._admit()

    def refuse_unkept(self, trouble: StoreError) -> None:
        """The store fails: work that is not in it is not accepted, and those who handed it in are told."""
        promises, self._promises = self._promises, {}
        for task_id, reply in promises.items():
            # It is recorded and may be running; it must not end later as if it were wanted.
            self.handle(CancelAsked(task_id))
            reply(_refusal(_not_accepted(trouble)))

    def expire(self, now_s: float) -> None:
        """Answer those who have waited long enough, with what there is."""
        while self._dues and self._dues[0][0] <= now_s:
            self._answer_wait(heapq.heappop(self._dues)[2])

    def next_due_s(self) -> float | None:
        """When ``expire`` will have something to do; None: never."""
        while self._dues and self._dues[0][2].answered:
            heapq.heappop(self._dues)
        return self._dues[0][0] if self._dues else None

    def end(self) -> None:
        """The session ends: nobody is left waiting."""
        self.expire(math.inf)

    # --- requests that change something ---------------------------------------

    def _submit(self, request: SubmitTaskRequest, reply: Reply) -> None:
        self._permit("submit", f"skill:{request.skill}", {"label": request.label})
        if request.settled is None:
            self._ensure_skill(request.skill)
        if request.skill == "prove" and self.line is not None:
            raise Contradiction(
                f"{self.line.claim} was both: {'; '.join(self.line.said)}; no proofs are taken on"
                " until somebody has looked into it and released the line"
            )
        # Whoever came earlier and waits goes first.
        if request.settled is None and (self._submissions or not self._room):
            if request.wait_s <= 0:
                raise self._full()
            self._submissions.append(self._wait(request, reply, request.wait_s))
            return
        self._accept(request, reply)

    def _accept(self, request: SubmitTaskRequest, reply: Reply) -> None:
        if self.journal.failure is not None:
            raise _not_accepted(self.journal.failure)
        task = Task(
            task_id=next(self._task_ids),
            skill=request.skill,
            payload=request.payload,
            label=request.label,
            run=request.run,
            limits=request.limits,
            recovery=request.recovery,
            background=request.background,
        )
        self._promises[task.task_id] = reply
        self.handle(Submitted(task, request.settled))
        self.after_commit(lambda: self._keep_promise(task.task_id))

    def _keep_promise(self, task_id: str) -> None:
        if (reply := self._promises.pop(task_id, None)) is not None:
            reply(SubmitTaskResponse(task_id=task_id))

    def _full(self) -> HmsError:
        if self.closing:
            return SessionError(f"session {self.journal.session!r} is closing")
        return QueueFull(
            f"{self.scheduler.waiting} tasks wait for an agent already, and no more are taken: "
            "wait for some of them, spawn more agents, or submit with a longer wait_s"
        )

    @property
    def _room(self) -> bool:
        return self.scheduler.waiting < self.queue

    def _admit(self) -> None:
        """Accept those who waited for room, in their order, while there is some."""
        while self._submissions and (self._submissions[0].answered or self._room):
            wait = self._submissions.popleft()
            if not wait.answered and isinstance(wait.request, SubmitTaskRequest):
                wait.answered = True
                try:
                    self._accept(wait.request, wait.reply)
                except HmsError as error:
                    wait.reply(_refusal(error))

    def _spawn(self, request: SpawnAgentRequest, reply: Reply) -> None:
        spec = request.spec
        if request.count < 1:
            raise UsageError(f"cannot spawn {request.count} agents; ask for at least 1")
        if spec.agent_id and request.count > 1:
            raise UsageError("agents spawned together cannot share a name; leave it empty")
        if not spec.skills:
            raise UsageError("an agent needs at least one skill, such as 'prove'")
        for skill in spec.skills:
            if skill not in skills.installed():
                raise UsageError(_unknown_skill(skill))
        names = [spec.agent_id] if spec.agent_id else []
        names += [next(self._agent_ids) for _ in range(request.count - len(names))]
        for name in names:
            self._permit("spawn", f"agent:{name}", {"skills": list(spec.skills)})
        for name in names:
            self.handle(SpawnAsked(msgspec.structs.replace(spec, agent_id=name)))
        self.after_commit(lambda: reply(SpawnAgentResponse(agent_ids=tuple(names))))

    def _steer(self, verb: str, agent_id: str, event: Event, reply: Reply) -> None:
        self._permit(verb, f"agent:{agent_id}" if agent_id else "session")
        self.handle(event)
        self.after_commit(lambda: reply(AcceptedResponse()))

    def _permit(self, verb: str, resource: str, context: dict[str, object] | None = None) -> None:
        action = Action(principal="client", verb=verb, resource=resource, context=context or {})
        decision = self.gate.decide(action)
        if isinstance(decision, Refused):
            self.journal.record(ActionDenied(verb=verb, policy=decision.policy))
            reason = f": {decision.reason}" if decision.reason else ""
            raise PolicyDenied(f"may not {verb} {resource}{reason}", policy=decision.policy)

    def _ensure_skill(self, name: str) -> None:
        """Some agent has the skill or will have it; before there are any, it is installed here."""
        spawned = self.scheduler.skills()
        if name in spawned:
            return
        if name not in skills.installed():
            raise UsageError(_unknown_skill(name))
        if spawned:
            raise UsageError(f"no agent has the skill {name!r}; spawn one that has")

    # --- queries -----------------------------------------------------------------

    def _wait(
        self,
        request: TaskStatusRequest | FactsRequest | SubmitTaskRequest,
        reply: Reply,
        wait_s: float,
    ) -> _Wait:
        wait = _Wait(reply, request)
        heapq.heappush(self._dues, (self.clock() + wait_s, next(self._wait_numbers), wait))
        return wait

    def _answer_wait(self, wait: _Wait) -> None:
        """Tell a client that waited how things stand, once."""
        if wait.answered:
            return
        wait.answered = True
        if isinstance(wait.request, SubmitTaskRequest):
            wait.reply(_refusal(self._full()))
            return
        try:
            self._answer(msgspec.structs.replace(wait.request, wait_s=0.0), wait.reply)
        except HmsError as error:
            wait.reply(_refusal(error))

    def _task_status(self, task_id: str) -> TaskStatus:
        work = self.scheduler.tasks.get(task_id)
        if work is None:
            raise UsageError(f"no task {task_id!r}; submit_proof_task returns valid ids")
        agent = self.scheduler.agents.get(work.agent) if work.agent else None
        running = agent is not None and agent.task == task_id and not work.phase.terminal
        # An end that is not durable yet must not be told: the task still runs, then.
        ended = task_id in self._ended
        going_on = Phase.RUNNING if work.agent else Phase.PENDING
        end_s = work.settled_s if ended and work.settled_s is not None else self.clock()
        return TaskStatus(
            task_id=task_id,
            skill=work.task.skill,
            label=work.task.label,
            run=work.task.run,
            phase=(work.phase if ended or not work.phase.terminal else going_on).value,
            attempts=work.attempt,
            agent=work.agent,
            duration_s=end_s - work.submitted_s,
            result=work.result if ended else None,
            progress=agent.progress if agent is not None and running else None,
            output=work.output,
            recovery=work.step if work.phase is Phase.WAITING else "",
        )

    def _agent_status(self, agent_id: str) -> AgentStatus:
        agent = self.scheduler.agents.get(agent_id)
        if agent is None:
            raise UsageError(f"no agent {agent_id!r}; spawn_agent returns valid ids")
        return AgentStatus(
            agent_id=agent_id,
            phase=agent.phase.value,
            pid=agent.pid,
            skills=agent.skills or agent.spec.skills,
            restarts=agent.restarts,
            task=agent.task,
            attempt=agent.attempt,
            heartbeat_age_s=None if agent.seen_s is None else max(0.0, self.clock() - agent.seen_s),
            progress=agent.progress,
            last_cause=agent.last_cause,
            paused=self.scheduler.paused or agent.paused,
        )


def _refusal(error: HmsError) -> ErrorResponse:
    policy = error.policy if isinstance(error, PolicyDenied) else ""
    return ErrorResponse(error=type(error).__name__, message=str(error), policy=policy)


def _deed(kind: FactKind) -> tuple[str, str]:
    """Verb and resource of what a client has done, or is about to do, with the session."""
    match kind:
        case (
            SearchBegun(search=search) | GenerationDone(search=search) | SearchEnded(search=search)
        ):
            return "evolve", f"search:{search}"
        case StrategyAdopted(family=family):
            return "adopt", f"family:{family}"
        case LineReleased():
            return "release", "line"
        case _:
            return "stop", "line"


def _not_accepted(trouble: StoreError) -> StoreError:
    return StoreError(f"no new work is accepted: {trouble}")


def _unknown_skill(name: str) -> str:
    known = ", ".join(skills.installed()) or "none"
    return f"no installed package provides the skill {name!r}; installed: {known}"
