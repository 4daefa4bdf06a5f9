"""What an agent does next: messages, steps and deaths in, effects out. Reads no clock, owns no process.

An agent registers and keeps registering until it is answered; tells how far its
worker has got; hands over one task at a time; looks whether the worker shows life
and makes progress; and repeats a result until it is acknowledged. Work that is to
end is first asked to, so that it can clean up, and then killed. An agent obeys the
newest supervisor it has registered with and ignores the older ones.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass

import msgspec

from hms_kernel.healing import WorkerWatch
from hms_kernel.messages import (
    AgentMessage,
    AgentTask,
    CancelTask,
    Envelope,
    HeartbeatRequest,
    HeartbeatResponse,
    ProofResult,
    RegisterRequest,
    RegisterResponse,
    ShutdownAgent,
    TaskResult,
    UpdateTaskStatusRequest,
    UpdateTaskStatusResponse,
)
from hms_kernel.model import AgentSpec, Failure, Progress, Result, Task, Verdict

REGISTER_S = (0.1, 2.0)  # first and longest pause between attempts to register
RESEND_S = 1.0  # between repetitions of a result nobody has acknowledged
STATUS_S = 0.2  # least time between two words on a task outside the heartbeats
LOOK_S = 0.5  # between two looks at a worker
INTERRUPT_S = 0.5  # for a worker to clean up when asked to end, before it is killed
SILENT_HEARTBEATS = 5  # unanswered for so many: look for a supervisor again
SILENT_S = 5.0  # but never sooner than this
REMEMBERED = 1000  # attempts after whose end a message that was long under way is still recognised


@dataclass(frozen=True)
class Send:
    """Send this; ``progress`` inside still lacks the worker's processor time and memory."""

    envelope: Envelope


@dataclass(frozen=True)
class Begin:
    """Hand the task to the worker, starting one if there is none."""

    task: Task
    attempt: int


@dataclass(frozen=True)
class LookAtWorker:
    """See what signs of life the worker shows, and call ``looked``."""


@dataclass(frozen=True)
class InterruptWorker:
    """Ask the worker to end what it is doing."""


@dataclass(frozen=True)
class KillWorker:
    """Kill the worker and everything it started; ``worker_ended`` follows."""


@dataclass(frozen=True)
class Exit:
    """End the agent, the worker first."""

    code: int
    why: str


Effect = Send | Begin | LookAtWorker | InterruptWorker | KillWorker | Exit


@dataclass
class _Work:
    task: Task
    attempt: int
    watch: WorkerWatch | None = None  # once it has begun
    began_s: float = 0.0
    look_s: float = 0.0  # when to look at the worker again
    steps: int = 0
    note: str = ""
    ending: Failure | None = None  # why it shall end
    kill_s: float | None = None  # when it is killed if it has not ended until then

    @property
    def key(self) -> tuple[str, int]:
        return (self.task.task_id, self.attempt)


@dataclass
class _Unacknowledged:
    body: AgentMessage
    due_s: float


class AgentCore:
    """The state of one agent.

    Times are seconds of any steady clock, the same in every call.
    """

    def __init__(self, spec: AgentSpec, pid: int, now_s: float) -> None:
        self._spec = spec
        self._pid = pid
        self._epoch: int | None = None  # of the supervisor registered with last
        self._registered = False
        self._register_pause_s = REGISTER_S[0]
        self._register_due_s = now_s
        self._heartbeat_due_s = now_s
        self._heard_s = now_s
        self._told_s = float("-inf")  # when the last word outside the heartbeats was sent
        self._running: _Work | None = None
        self._queue: deque[_Work] = deque()
        self._results: dict[tuple[str, int], _Unacknowledged] = {}
        # Attempts whose results are safe: a message about one of them comes too late.
        self._done: OrderedDict[tuple[str, int], None] = OrderedDict()

    @property
    def running(self) -> tuple[str, int] | None:
        """Task id and attempt of what the worker is at."""
        return self._running.key if self._running else None

    @property
    def _held(self) -> tuple[tuple[str, int], ...]:
        """Every attempt that it works on or is yet to begin."""
        held = [] if self._running is None else [self._running.key]
        return (*held, *(work.key for work in self._queue))

    def due_s(self) -> float:
        """When ``tick`` has something to do."""
        times = [self._heard_s + self._spec.grace_s]
        if self._registered:
            times.append(self._heartbeat_due_s)
            times.extend(result.due_s for result in self._results.values())
        else:
            times.append(self._register_due_s)
        if self._running is not None:
            times.append(self._running.look_s)
            times.extend(self._deadlines_s(self._running))
        return min(times)

    def tick(self, now_s: float) -> list[Effect]:
        """Do what time asks for."""
        if now_s >= self._heard_s + self._spec.grace_s:
            return [Exit(0, f"no supervisor for {self._spec.grace_s:g} s")]
        effects = self._supervise(self._running, now_s) if self._running else []
        silent_s = max(SILENT_S, SILENT_HEARTBEATS * self._spec.heartbeat_s)
        if self._registered and now_s >= self._heard_s + silent_s:
            self._look_for_supervisor(now_s)
        if not self._registered:
            if now_s >= self._register_due_s:
                effects.append(self._register(now_s))
            return effects
        if now_s >= self._heartbeat_due_s:
            self._heartbeat_due_s = now_s + self._spec.heartbeat_s
            body = HeartbeatRequest(
                agent_id=self._spec.agent_id, progress=self._progress(now_s), holds=self._held
            )
            effects.append(self._send(body, attempt=self._running.attempt if self._running else 0))
        for (_, attempt), result in self._results.items():
            if now_s >= result.due_s:
                result.due_s = now_s + RESEND_S
                effects.append(self._send(result.body, attempt=attempt))
        return effects

    def received(self, now_s: float, envelope: Envelope) -> list[Effect]:
        """Answer one message from a supervisor."""
        if self._epoch is not None and envelope.epoch < self._epoch:
            return []
        self._heard_s = now_s
        body = envelope.body
        if isinstance(body, RegisterResponse):
            return self._adopt(now_s, envelope.epoch)
        if self._epoch is None or envelope.epoch > self._epoch:
            # It has not heard from us yet, so it cannot mean us: introduce ourselves.
            if self._registered:
                self._look_for_supervisor(now_s)
            return self.tick(now_s)
        match body:
            case HeartbeatResponse(known=False):
                self._look_for_supervisor(now_s)
                return self.tick(now_s)
            case AgentTask(task=task):
                return self._accept(now_s, _Work(task, envelope.attempt))
            case CancelTask(task_id=task_id, reason=reason):
                return self._cancel(now_s, (task_id, envelope.attempt), reason)
            case UpdateTaskStatusResponse(task_id=task_id):
                key = (task_id, envelope.attempt)
                if self._results.pop(key, None) is not None:
                    self._done[key] = None
                    if len(self._done) > REMEMBERED:
                        self._done.popitem(last=False)
                return []
            case ShutdownAgent():
                return [Exit(0, "asked to end")]
            case _:
                return []

    def stepped(
        self, now_s: float, task_id: str, attempt: int, steps: int, note: str
    ) -> list[Effect]:
        """The worker reports progress."""
        if self._running is None or self._running.key != (task_id, attempt):
            return []
        if self._running.watch is not None:
            self._running.watch.progressed()
        fresh = note != self._running.note
        self._running.steps = steps
        self._running.note = note
        progress = self._progress(now_s)
        if not (fresh and self._registered and now_s >= self._told_s + STATUS_S) or not progress:
            return []
        self._told_s = now_s
        return [self._send(UpdateTaskStatusRequest(progress=progress), attempt=attempt)]

    def looked(self, now_s: float, pulse: int, cpu_s: float, stopped_by: str) -> list[Effect]:
        """What the worker showed: beats so far, processor seconds so far, the signal that stopped it."""
        work = self._running
        if work is None or work.watch is None:
            return []
        frozen = work.watch.look(now_s, pulse, cpu_s, stopped_by)
        if work.ending is not None:
            return []
        if frozen:
            # It can hear no request, so this is the end of it.
            work.ending, work.kill_s = Failure(kind="frozen", message=f"worker {frozen}"), None
            return [KillWorker()]
        if stuck := work.watch.stuck(work.task.limits.progress_s):
            return self._end(work, Failure(kind="stuck", message=f"worker {stuck}"), now_s)
        return []

    def finished(
        self, now_s: float, task_id: str, attempt: int, result: Result, output: str = ""
    ) -> list[Effect]:
        """The worker has answered; ``output`` is the tail of what it printed meanwhile."""
        work = self._running
        if work is None or work.key != (task_id, attempt):
            return []
        if work.ending is not None:
            # Too late; a call that was interrupted may also have answered nonsense.
            where = result.detail if isinstance(result, Failure) else ""
            result = _with_evidence(work.ending, where)
        return self._settle(now_s, result, output)

    def worker_ended(self, now_s: float, cause: str, output: str) -> list[Effect]:
        """The worker has ended, told to or not; ``output`` is the tail of what it printed."""
        if self._running is None:
            return []
        verb = "ended with " if cause.startswith("exit code") else ""
        failure = self._running.ending or Failure(kind="crashed", message=f"worker {verb}{cause}")
        return self._settle(now_s, _with_evidence(failure, output))

    # --- registering ---------------------------------------------------------

    def _look_for_supervisor(self, now_s: float) -> None:
        self._registered = False
        self._register_pause_s = REGISTER_S[0]
        self._register_due_s = now_s

    def _register(self, now_s: float) -> Send:
        self._register_due_s = now_s + self._register_pause_s
        self._register_pause_s = min(2 * self._register_pause_s, REGISTER_S[1])
        # A result that nobody has acknowledged is still ours to deliver: to the
        # supervisor the task runs until it arrives.
        body = RegisterRequest(
            agent_id=self._spec.agent_id,
            pid=self._pid,
            skills=self._spec.skills,
            running=(*self._held, *self._results),
        )
        return self._send(body, attempt=0)

    def _adopt(self, now_s: float, epoch: int) -> list[Effect]:
        if not self._registered or self._epoch is None or epoch > self._epoch:
            if epoch != self._epoch:
                self._done.clear()  # messages of the one before are ignored anyway
            self._epoch = epoch
            self._registered = True
            self._heartbeat_due_s = now_s
            for result in self._results.values():
                result.due_s = now_s
        return self.tick(now_s)

    # --- tasks ---------------------------------------------------------------

    def _accept(self, now_s: float, work: _Work) -> list[Effect]:
        if (result := self._results.get(work.key)) is not None:
            result.due_s = now_s
            return self.tick(now_s)
        if work.key in self._held or work.key in self._done:
            return []
        self._queue.append(work)
        return self._next(now_s)

    def _next(self, now_s: float) -> list[Effect]:
        if self._running is not None or not self._queue:
            return []
        work = self._running = self._queue.popleft()
        work.began_s = now_s
        work.watch, work.look_s = WorkerWatch(now_s, LOOK_S), now_s + LOOK_S
        if work.task.skill not in self._spec.skills:
            known = ", ".join(self._spec.skills) or "none"
            message = (
                f"agent {self._spec.agent_id} has no skill {work.task.skill!r}; it has {known}"
            )
            return self._settle(now_s, Failure(kind="error", message=message))
        return [Begin(work.task, work.attempt)]

    def _cancel(self, now_s: float, key: tuple[str, int], reason: str) -> list[Effect]:
        failure = Failure(kind="cancelled", message=reason)
        if self._running is not None and self._running.key == key:
            return self._end(self._running, failure, now_s)
        for work in self._queue:
            if work.key == key:
                self._queue.remove(work)
                return self._answer(now_s, key, failure)
        if key in self._results or key in self._done:
            return []
        # Its assignment was lost or is late; it will not be begun any more.
        return self._answer(now_s, key, failure)

    def _supervise(self, work: _Work, now_s: float) -> list[Effect]:
        effects: list[Effect] = []
        limit_s = work.task.limits.attempt_wall_s
        if work.kill_s is not None and now_s >= work.kill_s:
            work.kill_s = None
            effects.append(KillWorker())
        if work.ending is None and limit_s is not None and now_s >= work.began_s + limit_s:
            failure = Failure(kind="deadline", message=f"stopped after {limit_s:g} s")
            effects += self._end(work, failure, now_s)
        if now_s >= work.look_s:
            work.look_s = now_s + LOOK_S
            effects.append(LookAtWorker())
        return effects

    def _end(self, work: _Work, failure: Failure, now_s: float) -> list[Effect]:
        """Have the worker end what it runs, for the first reason given."""
        if work.ending is not None:
            return []
        work.ending, work.kill_s = failure, now_s + INTERRUPT_S
        return [InterruptWorker()]

    def _settle(self, now_s: float, result: Result, output: str = "") -> list[Effect]:
        work, self._running = self._running, None
        assert work is not None
        return [*self._answer(now_s, work.key, result, output), *self._next(now_s)]

    def _answer(
        self, now_s: float, key: tuple[str, int], result: Result, output: str = ""
    ) -> list[Effect]:
        task_id, attempt = key
        body: AgentMessage
        if isinstance(result, Verdict):
            body = ProofResult(task_id=task_id, verdict=result, output=output)
        else:
            body = TaskResult(task_id=task_id, result=result, output=output)
        self._results[key] = _Unacknowledged(body, due_s=now_s + RESEND_S)
        return [self._send(body, attempt=attempt)] if self._registered else []

    def _deadlines_s(self, work: _Work) -> list[float]:
        if work.ending is not None:
            return [] if work.kill_s is None else [work.kill_s]
        limit_s = work.task.limits.attempt_wall_s
        return [] if limit_s is None else [work.began_s + limit_s]

    def _progress(self, now_s: float) -> Progress | None:
        if (work := self._running) is None:
            return None
        return Progress(
            task_id=work.task.task_id,
            attempt=work.attempt,
            elapsed_s=now_s - work.began_s,
            steps=work.steps,
            note=work.note,
            silent_s=work.watch.silent_s if work.watch else 0.0,
        )

    def _send(self, body: AgentMessage, *, attempt: int) -> Send:
        return Send(Envelope(body=body, epoch=self._epoch or 0, attempt=attempt))


def _with_evidence(failure: Failure, detail: str) -> Failure:
    """Where the worker was explains every end but one that somebody wanted."""
    return (
        failure if failure.kind == "cancelled" else msgspec.structs.replace(failure, detail=detail)
    )
