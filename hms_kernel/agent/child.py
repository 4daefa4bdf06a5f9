"""An agent's grip on its worker: forks it, talks to it, listens to what it prints, kills it. Decides nothing."""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import gc
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
import warnings
from typing import NoReturn

import msgspec
import psutil

from hms_kernel import processes
from hms_kernel.agent.pulse import Pulse
from hms_kernel.agent.worker import Job, Word, work
from hms_kernel.errors import TransportError
from hms_kernel.model import AgentSpec, Task
from hms_kernel.transport.stream import FrameStream

OUTPUT_BYTES = 16 << 10  # of what a worker printed last, kept for the story of a crash
WHERE_S = 0.2  # at most, for a worker to tell where it is before it is killed, ...
PAUSE_S = 0.03  # ... which it has done when it then falls silent for so long
_READ_BYTES = 1 << 16
_READS = 16  # at most so many in a row, so that a worker that floods cannot hold its agent

_encoder = msgspec.msgpack.Encoder()
_words = msgspec.msgpack.Decoder(Word)


class Child:
    """One worker process, from fork to reaping. Owned by the agent's thread; nothing here blocks."""

    def __init__(self, spec: AgentSpec) -> None:
        ours, theirs = socket.socketpair()
        self._pulse = Pulse()
        self._output_fd, output = os.pipe()
        # Elsewhere than on Linux nothing kills a worker with its agent, except
        # that it notices this pipe closing.
        leash, self._leash_fd = os.pipe()
        agent_pid = os.getpid()
        try:
            with warnings.catch_warnings():
                # ZeroMQ's own thread is still in this process, and harmless: the
                # child never touches ZeroMQ, and the C library looks after malloc.
                warnings.simplefilter("ignore", DeprecationWarning)
                self.pid = os.fork()
        except OSError:
            for end in (ours, theirs):
                end.close()
            for fd in (self._output_fd, output, leash, self._leash_fd):
                os.close(fd)
            raise
        if self.pid == 0:
            _become_worker(spec, self._pulse, theirs, output, leash, agent_pid)
        theirs.close()
        os.close(output)
        os.close(leash)
        os.set_blocking(self._output_fd, False)
        self.stream = FrameStream(ours)
        self.silent = False  # nobody holds the other end of its output any more
        self._tail = bytearray()
        self._forgotten = 0  # bytes printed before the tail
        self._jobs = 0  # begun so far
        self._stopped_by = ""
        self._process = psutil.Process(self.pid)
        self._status: int | None = None

    @property
    def output_fd(self) -> int:
        """Where the worker's printing arrives; -1 after ``close``."""
        return self._output_fd

    def begin(self, task: Task, attempt: int) -> None:
        """Hand over one task; what was printed before is forgotten."""
        self._tail.clear()
        self._forgotten = 0
        self._jobs += 1
        self.stream.send(_encoder.encode(Job(task=task, attempt=attempt)))

    def words(self) -> list[Word]:
        """What the worker has said since the last call.

        Raises:
            TransportError: it sent something else, so it is not to be trusted any more.
        """
        try:
            return [_words.decode(frame) for frame in self.stream.receive()]
        except msgspec.DecodeError as error:
            raise TransportError(f"not a worker's word: {error}") from error

    def listen(self) -> None:
        """Take in what the worker has printed; only the tail is kept."""
        for _ in range(_READS):
            try:
                printed = os.read(self._output_fd, _READ_BYTES)
            except BlockingIOError:
                return
            if not printed:
                self.silent = True
                return
            self._tail += printed
            self._forgotten += max(0, len(self._tail) - OUTPUT_BYTES)
            del self._tail[:-OUTPUT_BYTES]

    def output(self) -> str:
        """The tail of what the worker has printed during this task, and how much came before it."""
        before = f"[{self._forgotten} bytes before this]\n" if self._forgotten else ""
        return before + self._tail.decode(errors="replace")

    def signs(self) -> tuple[int, float, str]:
        """Beats of its interpreter, processor seconds, and the signal that has stopped it or nothing."""
        self.reap()
        cpu_s = 0.0
        with contextlib.suppress(psutil.Error):
            times = self._process.cpu_times()
            cpu_s = times.user + times.system
        return self._pulse.beats, cpu_s, self._stopped_by

    def vitals(self) -> tuple[float, int]:
        """Processor seconds used in all and resident bytes; zeros when it has just ended."""
        try:
            times = self._process.cpu_times()
            return times.user + times.system, self._process.memory_info().rss
        except psutil.Error:
            return 0.0, 0

    @property
    def died_idle(self) -> bool:
        """Of a worker that has ended: it had worked before, and never took its latest job."""
        return self._jobs > 1 and self._pulse.taken < self._jobs

    def interrupt(self) -> None:
        """Ask the worker to end its job: it raises ``KeyboardInterrupt`` there as soon as it can."""
        self._pulse.unwant(self._jobs)
        self._signal(signal.SIGINT)

    def tell_where(self) -> None:
        """Have the worker print its traceback, whatever it is doing, and listen to that for a moment."""
        if self._stopped_by or not self._signal(signal.SIGUSR1) or self.silent:
            return
        poller = select.poll()
        poller.register(self._output_fd, select.POLLIN)
        until_s = time.monotonic() + WHERE_S
        pause_s = WHERE_S
        while time.monotonic() < until_s and poller.poll(pause_s * 1000):
            self.listen()
            pause_s = PAUSE_S

    def kill(self) -> None:
        """SIGKILL the worker and its process group; ``reap`` tells when it is gone."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self._signal(signal.SIGKILL)

    def reap(self, *, wait: bool = False) -> str | None:
        """How it ended, or None while it runs; with ``wait`` it must have been killed."""
        if self._status is None:
            news = os.WNOHANG | os.WUNTRACED | os.WCONTINUED
            self._learn(*os.waitpid(self.pid, 0 if wait else news))
            if self._status is None:
                return None
            # What it started and left behind shares its process group.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        return processes.how_it_ended(os.waitstatus_to_exitcode(self._status))

    def _learn(self, pid: int, status: int) -> None:
        """Take in what the system says of the worker; pid 0: nothing new."""
        if not pid:
            return
        if os.WIFSTOPPED(status):
            self._stopped_by = processes.signal_name(os.WSTOPSIG(status))
        elif os.WIFCONTINUED(status):
            self._stopped_by = ""
        else:
            self._status = status

    def _signal(self, number: signal.Signals) -> bool:
        """Send a signal to a worker that has not been reaped, so that the number is still its own."""
        if self._status is not None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)
        return True

    def close(self) -> None:
        """Free descriptors and memory. Idempotent."""
        self.stream.close()
        self._pulse.close()
        for fd in (self._output_fd, self._leash_fd):
            if fd >= 0:
                os.close(fd)
        self._output_fd = self._leash_fd = -1


def _become_worker(
    spec: AgentSpec,
    pulse: Pulse,
    channel: socket.socket,
    output: int,
    leash: int,
    agent_pid: int,
) -> NoReturn:
    """What the forked child does instead of returning."""
    try:
        # Objects of the agent that Python might collect here must not close
        # descriptors that by then belong to somebody else.
        gc.freeze()
        tied = processes.die_with_parent()
        if os.getppid() != agent_pid:
            os._exit(1)
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        _take_descriptors(channel.fileno(), output, leash)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (spec.memory_bytes, spec.memory_bytes))
        faulthandler.enable(file=2)
        faulthandler.register(signal.SIGUSR1, file=2)
        if not tied:
            threading.Thread(target=_end_with, args=(leash,), daemon=True).start()
        work(channel, spec, pulse)
    except BaseException as error:
        os.write(2, f"worker: {type(error).__name__}: {error}\n".encode(errors="replace"))
    finally:
        os._exit(70)


def _take_descriptors(channel: int, output: int, leash: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    low = 3
    for kept in sorted((channel, leash)):
        os.closerange(low, kept)
        low = kept + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))
    # Line by line, so that a crash does not take the last words with it.
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    line_by_line = functools.partial(
        open, mode="w", buffering=1, errors="backslashreplace", closefd=False
    )
    sys.stdout = line_by_line(1)
    sys.stderr = line_by_line(2)


def _end_with(leash: int) -> None:
    os.read(leash, 1)
    os._exit(1)
