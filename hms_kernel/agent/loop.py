"""The agent's shell: carries messages between supervisor, core and worker. Decides nothing and computes nothing.

One thread waits on the dealer, the worker's words and printing, and signals. The
work happens in a child process, so heartbeats go on whatever it is doing.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from typing import assert_never

import msgspec

from hms_kernel.agent.child import Child
from hms_kernel.agent.core import (
    AgentCore,
    Begin,
    Effect,
    Exit,
    InterruptWorker,
    KillWorker,
    LookAtWorker,
    Send,
)
from hms_kernel.agent.worker import Answered, Stepped, Word
from hms_kernel.errors import TransportError
from hms_kernel.messages import (
    Envelope,
    HeartbeatRequest,
    ProofResult,
    TaskResult,
    UpdateTaskStatusRequest,
)
from hms_kernel.model import AgentSpec, Failure, Progress
from hms_kernel.transport import Dealer

_MESSAGES = 100  # taken from the supervisor in a row before the worker gets a turn


class AgentLoop:
    """Runs one agent until it is told to end. Owns the process's SIGTERM and SIGCHLD."""

    def __init__(self, spec: AgentSpec, dealer: Dealer) -> None:
        self._spec = spec
        self._dealer = dealer
        self._core = AgentCore(spec, os.getpid(), time.monotonic())
        self._child: Child | None = None
        self._dying: list[Child] = []
        self._begun: Begin | None = None  # what the worker was given last
        self._exit: Exit | None = None
        self._selector = selectors.DefaultSelector()
        self._wake, self._waker = socket.socketpair()

    def run(self) -> int:
        """Serve until the end; the exit code."""
        self._wake.setblocking(False)
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._terminate)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._watch(self._wake.fileno(), self._woken)
        self._watch(self._dealer.fileno(), self._hear_supervisor)
        try:
            while self._exit is None:
                self._perform(self._core.tick(time.monotonic()))
                self._turn()
            return self._exit.code
        finally:
            self._end_worker()
            self._dealer.close()

    def _turn(self) -> None:
        wait_s = max(0.0, self._core.due_s() - time.monotonic())
        for key, _ in self._selector.select(wait_s):
            ready: Callable[[], None] = key.data
            if self._exit is None and key.fd in self._selector.get_map():
                ready()
        if self._child is not None:
            self._watch_child(self._child)

    # --- what may become ready -------------------------------------------------

    def _woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._wake.recv(4096)
        for dying in list(self._dying):
            if dying.reap() is not None:
                dying.close()
                self._dying.remove(dying)
        self._bury()

    def _terminate(self, number: int, frame: object) -> None:
        self._exit = Exit(128 + number, "terminated")

    def _hear_supervisor(self) -> None:
        for _ in range(_MESSAGES):
            envelope = self._dealer.receive()
            if envelope is None or self._exit is not None:
                return
            self._perform(self._core.received(time.monotonic(), envelope))

    def _hear_child(self) -> None:
        if (child := self._child) is None:
            return
        child.stream.flush()
        try:
            for word in child.words():
                self._heard(word)
        except TransportError:
            child.kill()
        if child is self._child and child.stream.ended:
            # It closed its end, so it can neither work nor answer any more.
            child.kill()
            self._bury(wait=True)

    def _hear_printing(self) -> None:
        if self._child is not None:
            self._child.listen()
            if self._child.silent:
                self._selector.unregister(self._child.output_fd)

    def _heard(self, word: Word) -> None:
        now_s = time.monotonic()
        match word:
            case Stepped(task_id=task_id, attempt=attempt, steps=steps, note=note):
                self._perform(self._core.stepped(now_s, task_id, attempt, steps, note))
            case Answered(task_id=task_id, attempt=attempt, result=result, spoiled=spoiled):
                output = self._printed()
                if spoiled:
                    self._kill_child()
                self._perform(self._core.finished(now_s, task_id, attempt, result, output))
            case _:
                assert_never(word)

    # --- effects ---------------------------------------------------------------

    def _perform(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(envelope):
                    self._send(envelope)
                case Begin():
                    self._begin(effect)
                case LookAtWorker():
                    self._look()
                case InterruptWorker() if self._child is not None:
                    self._child.interrupt()
                case KillWorker() if self._child is not None:
                    # Where it was goes into the evidence; its end is told when it has come.
                    self._child.tell_where()
                    self._child.kill()
                case InterruptWorker() | KillWorker():
                    pass  # it has just ended by itself, and that will be told
                case Exit():
                    self._exit = effect
                case _:
                    assert_never(effect)

    def _send(self, envelope: Envelope) -> None:
        body = envelope.body
        if isinstance(body, HeartbeatRequest | UpdateTaskStatusRequest) and body.progress:
            progress = self._with_vitals(body.progress)
            body = msgspec.structs.replace(body, progress=progress)
            envelope = msgspec.structs.replace(envelope, body=body)
        try:
            # A message that finds no room or nobody there is not missed: the
            # core repeats whatever has to arrive.
            self._dealer.send(envelope)
        except TransportError as error:
            if isinstance(body, ProofResult | TaskResult):
                failure = Failure(kind="error", message=str(error))
                body = TaskResult(task_id=body.task_id, result=failure)
                self._dealer.send(msgspec.structs.replace(envelope, body=body))

    def _with_vitals(self, progress: Progress) -> Progress:
        cpu_s, rss_bytes = self._child.vitals() if self._child else (0.0, 0)
        return msgspec.structs.replace(progress, cpu_s=cpu_s, rss_bytes=rss_bytes)

    # --- the worker --------------------------------------------------------------

    def _begin(self, effect: Begin) -> None:
        if self._child is not None and self._child.reap() is not None:
            # It died idle, and the news of it is still on its way to us.
            idle, self._dying = self._child, [*self._dying, self._child]
            self._release(idle)
        if self._child is None:
            try:
                self._child = Child(self._spec)
            except OSError as error:
                cause = f"could not be started: {error}"
                self._perform(self._core.worker_ended(time.monotonic(), cause, ""))
                return
            self._watch(self._child.output_fd, self._hear_printing)
        self._child.listen()
        self._begun = effect
        self._child.begin(effect.task, effect.attempt)
        self._watch_child(self._child)

    def _look(self) -> None:
        if self._child is not None:
            signs = self._child.signs()
            self._perform(self._core.looked(time.monotonic(), *signs))

    def _printed(self) -> str:
        """What the worker has printed during its task: the answer came after it."""
        if self._child is None:
            return ""
        self._child.listen()
        return self._child.output()

    def _bury(self, *, wait: bool = False) -> None:
        """See whether the worker has ended by itself, and tell the core how."""
        child = self._child
        if child is None or (cause := child.reap(wait=wait)) is None:
            return
        child.listen()
        output = child.output()
        self._release(child)
        # Its last words may still be in the socket: an answer counts even if
        # the worker fell over right after giving it.
        worked_on = self._core.running
        with contextlib.suppress(TransportError):
            for word in child.words():
                self._heard(word)
        innocent = child.died_idle
        child.close()
        if self._core.running == worked_on and self._begun and innocent:
            # It had ended before the task came, and the task is not to blame.
            self._begin(self._begun)
        elif self._core.running == worked_on:
            self._perform(self._core.worker_ended(time.monotonic(), cause, output))

    def _kill_child(self) -> None:
        if (child := self._child) is not None:
            self._release(child)
            child.kill()
            self._dying.append(child)

    def _release(self, child: Child) -> None:
        for fd in (child.stream.fileno(), child.output_fd):
            if fd >= 0 and fd in self._selector.get_map():
                self._selector.unregister(fd)
        if self._child is child:
            self._child = None

    def _end_worker(self) -> None:
        self._kill_child()
        for child in self._dying:
            child.reap(wait=True)
            child.close()
        self._dying.clear()

    # --- descriptors ---------------------------------------------------------------

    def _watch(self, fd: int, ready: Callable[[], None]) -> None:
        self._selector.register(fd, selectors.EVENT_READ, ready)

    def _watch_child(self, child: Child) -> None:
        writing = selectors.EVENT_WRITE if child.stream.backlog else 0
        events = selectors.EVENT_READ | writing
        fd = child.stream.fileno()
        if fd not in self._selector.get_map():
            self._selector.register(fd, events, self._hear_child)
        elif self._selector.get_map()[fd].events != events:
            self._selector.modify(fd, events, self._hear_child)
