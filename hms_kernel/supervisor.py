"""The shell around the scheduler: one thread that owns clock, sockets and launcher, and decides nothing.

Every pass of the loop first takes in whatever has arrived (calls, messages,
deaths, commits); time passes when there was nothing, or now and then when there is
no end to it. So a loop that was itself stalled hears everybody out before it judges
anybody, and nobody's silence counts while it could not keep up with listening.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from random import Random

from hms_kernel import takeover
from hms_kernel.errors import SessionError, StoreError
from hms_kernel.events import (
    Acknowledge,
    Assign,
    CancelAsked,
    CancelOn,
    Denied,
    Effect,
    Event,
    Exited,
    Expect,
    Finished,
    Heartbeat,
    Kill,
    Launch,
    Record,
    Registered,
    Shutdown,
    StopAsked,
    Terminate,
    Tick,
    Unreachable,
    Watch,
)
from hms_kernel.facts import Fact, SessionClosed, SessionOpened
from hms_kernel.healing import Hearing
from hms_kernel.journal import Journal
from hms_kernel.launchers import Launcher
from hms_kernel.messages import (
    AgentTask,
    CancelTask,
    Envelope,
    HeartbeatRequest,
    HeartbeatResponse,
    ProofResult,
    RegisterRequest,
    RegisterResponse,
    Request,
    Response,
    ShutdownAgent,
    SupervisorMessage,
    TaskResult,
    UpdateTaskStatusRequest,
    UpdateTaskStatusResponse,
)
from hms_kernel.model import AgentPhase
from hms_kernel.policy import Action, Gate, Refused
from hms_kernel.reception import Reception
from hms_kernel.scheduler import Scheduler
from hms_kernel.service import Service
from hms_kernel.session import Session
from hms_kernel.store import Store
from hms_kernel.transport import Listener, Peer
from hms_kernel.version import __version__
from hms_kernel.wake import Wake

BATCH = 256  # calls or messages of one kind taken before the others get their turn
LONGEST_PAUSE_S = 1.0  # the loop looks around at least so often
BUSY_S = 0.25  # without a moment's rest for so long, time passes nevertheless
GOODBYE_S = 3.0  # for agents to end when asked, before they are killed


class Supervisor:
    """Performs the scheduler's effects in a background thread.

    Args:
        session: held by this process; closed with the supervisor.
        agents: where agents speak; clients: where other processes speak.
        launcher: brings agents to life.
        gate: asked before every request and every effect on an agent.
        seed: of the jitter of restarts.
        clock: seconds, monotonic.
        wall_clock: seconds since the Unix epoch; it may be set forward and back.
    """

    def __init__(
        self,
        session: Session,
        *,
        store: Store,
        agents: Listener,
        clients: Listener,
        launcher: Launcher,
        gate: Gate,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.session = session
        # Agents obey the highest epoch they have met, even if its facts are gone.
        self.epoch = max(store.last(session.name)[0], session.last_epoch) + 1
        self._store = store
        self._agents, self._clients, self._launcher = agents, clients, launcher
        self._gate, self._clock = gate, clock
        self._scheduler = Scheduler(Random(seed))
        self._peers: dict[str, Peer] = {}  # agent id to its peer, and back
        self._names: dict[Peer, str] = {}
        self._calls: deque[tuple[Request, Future[Response]]] = deque()
        self._committed: deque[Sequence[Fact]] = deque()
        self._after_commit: deque[tuple[int, Callable[[], None]]] = deque()
        self._refused: deque[Denied | Unreachable] = deque()  # effects that came to nothing
        self._wake = Wake()
        self._journal = Journal(
            store,
            session=session.name,
            epoch=self.epoch,
            on_durable=self._on_durable,
            on_trouble=self._wake.wake,
            wall_clock=wall_clock,
        )
        try:
            self._resume(store, wall_clock())
        except BaseException:
            self._journal.close()
            raise
        self._service = Service(
            scheduler=self._scheduler,
            journal=self._journal,
            gate=gate,
            handle=self._handle,
            after_commit=self._when_durable,
            clock=clock,
            close=self._begin_to_close,
            line=self._line,
        )
        self._reception = Reception(clients, self._service.answer, self.epoch)
        self._passed_s = clock()  # when time passed last
        self._hearing = Hearing(self._passed_s)
        self._ending = self._leaving = False
        self._ended = threading.Event()
        self.error: BaseException | None = None  # why the loop broke, if it did
        self._thread = threading.Thread(target=self._run, name="hms-supervisor", daemon=True)

    def _resume(self, store: Store, wall_s: float) -> None:
        """Remember what earlier supervisors of the session did."""
        now_s = self._clock()
        past = takeover.Recollection(offset_s=now_s - wall_s, now_s=now_s)
        for page in store.pages(self.session.name):
            past.take(page)
            self._journal.recall(page)
        self._line = past.line
        self._expectations = self._scheduler.resume(
            past.agents, past.tasks, self._clock(), paused=past.paused
        )

    def start(self) -> None:
        """Begin to serve."""
        with self._journal.together():
            self._journal.record(SessionOpened(pid=os.getpid(), version=__version__))
            self._perform(self._expectations)
        self._thread.start()

    def call(self, request: Request) -> Future[Response]:
        """Ask something from any thread of this process; the future holds the answer."""
        future: Future[Response] = Future()
        self._calls.append((request, future))
        self._wake.wake()
        if self._ended.is_set():
            self._refuse_calls()
        return future

    def close(self, timeout_s: float = 30.0) -> None:
        """Cancel open tasks, end all agents, write what is left, free the session. Idempotent.

        Raises:
            StoreError: what was left could not be written.
        """
        self._ending = True
        self._wake.wake()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
            if isinstance(self.error, StoreError):
                error, self.error = self.error, None
                raise error

    def leave(self, timeout_s: float = 30.0) -> None:
        """Let go of the session as if killed, but with all facts written. Idempotent.

        Agents work on; the next supervisor of the session takes them over within
        their grace period, with every task that was accepted.
        """
        self._leaving = True
        self.close(timeout_s)

    def join(self) -> None:
        """Wait until the session has ended or has been left."""
        self._thread.join()

    @property
    def name(self) -> str:
        """Of the session."""
        return self.session.name

    @property
    def store_url(self) -> str:
        """Where its facts are."""
        return self.session.store_url

    @property
    def directory(self) -> Path:
        """Of the session, private to the user."""
        return self.session.directory

    @property
    def closed(self) -> bool:
        """Whether the session has ended."""
        return self._ended.is_set()

    # --- the loop ----------------------------------------------------------------

    def _run(self) -> None:
        try:
            poller = select.poll()
            for source in (self._wake, self._agents, self._clients, self._launcher):
                poller.register(source, select.POLLIN)
            while not self._ending:
                arrived = self._take_in()
                if not arrived or self._clock() - self._passed_s >= BUSY_S:
                    self._let_time_pass()
                if not arrived:
                    patience_s = self._patience_s()
                    began_s = self._clock()
                    poller.poll(patience_s * 1000.0)
                    self._passed_s = self._clock()
                    self._hearing.rested(min(patience_s, self._passed_s - began_s))
        except BaseException as error:
            self.error = error
            raise
        finally:
            self._end()

    def _take_in(self) -> bool:
        """Handle what has arrived; False when there was nothing at all."""
        arrived = self._wake.clear()
        for _ in range(min(BATCH, len(self._calls))):
            request, future = self._calls.popleft()
            self._service.answer(request, _fulfil(future))
            arrived = True
        said = self._agents.receive(BATCH)
        for peer, envelope in said:
            self._hear_agent(peer, envelope)
            arrived = True
        if len(said) < BATCH:
            self._hearing.heard_all(self._clock())
        for peer, envelope in self._clients.receive(BATCH):
            self._reception.hear(peer, envelope)
            arrived = True
        for death in self._launcher.poll():
            self._handle(Exited(death.agent_id, death.pid, death.cause, death.output))
            arrived = True
        while self._committed:
            self._committed_now(self._committed.popleft())
            arrived = True
        if (trouble := self._journal.failure) is not None:
            self._service.refuse_unkept(trouble)
        return arrived

    def _let_time_pass(self) -> None:
        now_s = self._passed_s = self._clock()
        stalled_s = self._hearing.deaf_s(now_s)
        due = self._scheduler.next_due_s()
        if stalled_s or (due is not None and due <= now_s):
            # A stop between this look at the clock and the next one must not count as silence.
            self._handle(Tick(stalled_s), now_s)
        self._service.expire(now_s)

    def _patience_s(self) -> float:
        """How long the loop may sleep; effects just performed may have brought answers already."""
        if self._calls or self._committed:
            return 0.0
        dues = [self._scheduler.next_due_s(), self._service.next_due_s()]
        due = min((due for due in dues if due is not None), default=None)
        left_s = LONGEST_PAUSE_S if due is None else max(0.0, due - self._clock())
        return min(LONGEST_PAUSE_S, left_s)

    # --- what arrives ---------------------------------------------------------------

    def _hear_agent(self, peer: Peer, envelope: Envelope) -> None:
        match envelope.body:
            case RegisterRequest(agent_id=agent_id, pid=pid) if self._is_double(agent_id, pid):
                pass
            case RegisterRequest() as body:
                self._names.pop(self._peers.get(body.agent_id, b""), None)
                self._peers[body.agent_id], self._names[peer] = peer, body.agent_id
                self._tell(body.agent_id, RegisterResponse(session=self.session.name))
                self._handle(Registered(body.agent_id, body.pid, body.skills, body.running))
            case HeartbeatRequest(agent_id=agent_id, progress=progress, holds=holds):
                # An agent that registered with an earlier supervisor only, or a double.
                known = self._names.get(peer) == agent_id
                response = HeartbeatResponse(known=known)
                self._agents.send(peer, Envelope(body=response, epoch=self.epoch))
                if known:
                    self._handle(Heartbeat(agent_id, progress, holds))
            case UpdateTaskStatusRequest(progress=progress) if peer in self._names:
                self._handle(Heartbeat(self._names[peer], progress))
            case ProofResult(task_id=task_id, verdict=result, output=output) if peer in self._names:
                name, attempt = self._names[peer], envelope.attempt
                self._handle(Finished(name, task_id, attempt, result, output))
            case TaskResult(task_id=task_id, result=result, output=output) if peer in self._names:
                name, attempt = self._names[peer], envelope.attempt
                self._handle(Finished(name, task_id, attempt, result, output))
            case _:
                pass  # not for us, or from somebody who never registered: its own loss

    def _is_double(self, agent_id: str, pid: int) -> bool:
        # A process that was given up while it was only silent, and replaced. It
        # is not answered, so it ends when its grace period does.
        agent = self._scheduler.agents.get(agent_id)
        here = (AgentPhase.READY, AgentPhase.DRAINING)
        return agent is not None and agent.phase in here and agent.pid != pid

    # --- effects --------------------------------------------------------------------

    def _handle(self, event: Event, now_s: float | None = None) -> None:
        # Half of what one event led to would be a state that never was.
        with self._journal.together():
            at_s = self._clock() if now_s is None else now_s
            self._perform(self._scheduler.handle(event, at_s))

    def _perform(self, effects: Sequence[Effect]) -> None:
        self._carry_out(effects)
        # Only now, or the facts of what followed would come before the rest of what led to it.
        while self._refused:
            self._carry_out(self._scheduler.handle(self._refused.popleft(), self._clock()))

    def _carry_out(self, effects: Sequence[Effect]) -> None:
        cause: int | None = None
        for effect in effects:
            if isinstance(effect, Record):
                fact = self._journal.record(
                    effect.kind,
                    task=effect.task,
                    attempt=effect.attempt,
                    agent=effect.agent,
                    cause=cause,
                )
                cause = fact.seq
            else:
                self._do(effect)

    def _do(
        self,
        effect: Launch
        | Watch
        | Expect
        | Assign
        | CancelOn
        | Acknowledge
        | Shutdown
        | Terminate
        | Kill,
    ) -> None:
        match effect:
            case Launch(spec):
                if self._permitted(effect, "launch", f"agent:{spec.agent_id}"):
                    self._launcher.launch(spec)
            case Assign(agent_id, task, attempt):
                if self._permitted(effect, "assign", f"task:{task.task_id}"):
                    self._tell(agent_id, AgentTask(task=task), attempt)
            case Watch(agent_id, pid):
                self._launcher.watch(agent_id, pid)
            case Expect(agent_id, pid, age_s):
                self._launcher.expect(agent_id, pid, age_s)
            case CancelOn(agent_id, task_id, attempt):
                self._tell(agent_id, CancelTask(task_id=task_id), attempt)
            case Acknowledge(agent_id, task_id, attempt):
                safe = UpdateTaskStatusResponse(task_id=task_id)
                self._when_durable(lambda: self._tell(agent_id, safe, attempt))
            case Shutdown(agent_id):
                self._tell(agent_id, ShutdownAgent())
            case Terminate(agent_id):
                self._launcher.terminate(agent_id)
            case Kill(agent_id):
                self._launcher.kill(agent_id)

    def _permitted(self, effect: Launch | Assign, verb: str, resource: str) -> bool:
        action = Action(principal="supervisor", verb=verb, resource=resource)
        decision = self._gate.decide(action)
        if isinstance(decision, Refused):
            self._refused.append(Denied(effect, decision.policy))
            return False
        return True

    def _tell(self, agent_id: str, message: SupervisorMessage, attempt: int = 0) -> None:
        peer = self._peers.get(agent_id)
        envelope = Envelope(body=message, epoch=self.epoch, attempt=attempt)
        if (peer is None or not self._agents.send(peer, envelope)) and isinstance(
            message, AgentTask
        ):
            self._refused.append(Unreachable(agent_id))

    # --- durability --------------------------------------------------------------------

    def _on_durable(self, facts: Sequence[Fact]) -> None:
        """On the journal's thread: let the loop know."""
        self._committed.append(facts)
        self._wake.wake()

    def _when_durable(self, action: Callable[[], None]) -> None:
        """Do it once everything recorded so far is on the disk."""
        if self._journal.durable_seq >= self._journal.last_seq and not self._after_commit:
            action()
        else:
            self._after_commit.append((self._journal.last_seq, action))

    def _committed_now(self, facts: Sequence[Fact]) -> None:
        self._service.durable(facts)
        while self._after_commit and self._after_commit[0][0] <= facts[-1].seq:
            self._after_commit.popleft()[1]()

    # --- the end -------------------------------------------------------------------------

    def _begin_to_close(self) -> None:
        self._ending = True

    def _end(self) -> None:
        """Runs on the supervisor's thread, whatever happened before."""
        self._service.closing = True
        try:
            if self._leaving:
                self._launcher.leave()
                return
            if self.error is None:
                self._say_goodbye()
            self._launcher.close()
            if self.error is None:
                for agent_id, agent in self._scheduler.agents.items():
                    if agent.phase is not AgentPhase.STOPPED:
                        self._handle(Exited(agent_id, agent.pid or 0, "killed at the end"))
                self._journal.record(SessionClosed())
        finally:
            try:
                self._journal.close()
            except StoreError as error:
                self.error = self.error or error
            finally:
                while self._committed:
                    self._committed_now(self._committed.popleft())
                self._service.end()
                self._ended.set()
                self._refuse_calls()
                self._agents.close()
                self._clients.close()
                self._wake.close()
                self._store.close()
                if self._leaving:
                    self.session.leave()
                else:
                    self.session.close()

    def _say_goodbye(self) -> None:
        for task_id, work in list(self._scheduler.tasks.items()):
            if not work.phase.terminal:
                self._handle(CancelAsked(task_id))
        for agent_id in self._scheduler.agents:
            self._handle(StopAsked(agent_id))
        until_s = self._clock() + GOODBYE_S
        poller = select.poll()
        poller.register(self._launcher, select.POLLIN)
        while self._clock() < until_s and any(
            agent.phase is not AgentPhase.STOPPED for agent in self._scheduler.agents.values()
        ):
            poller.poll(50)
            for death in self._launcher.poll():
                self._handle(Exited(death.agent_id, death.pid, death.cause))

    def _refuse_calls(self) -> None:
        while True:
            try:
                _, future = self._calls.popleft()
            except IndexError:
                return
            cause = f": the supervisor broke ({self.error!r})" if self.error else ""
            if future.set_running_or_notify_cancel():
                future.set_exception(
                    SessionError(f"session {self.session.name!r} has ended{cause}")
                )


def _fulfil(future: Future[Response]) -> Callable[[Response], None]:
    def reply(response: Response) -> None:
        if future.set_running_or_notify_cancel():
            future.set_result(response)

    return reply
