"""A warm process that forks agents and reports how they ended: ``python -m hms_kernel.launchers.zygote CONFIG``.

It belongs to the session, not to the supervisor's process: when its launcher
goes away it keeps what happened for the next one, and it ends by itself when
no agent is left and nobody has come for the grace period, or nobody can, the
session's directory being gone. It decides nothing about restarts.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections import deque
from pathlib import Path
from typing import NoReturn, assert_never

import msgspec
import psutil

from hms_kernel import processes
from hms_kernel.agent import main as agent
from hms_kernel.agent.worker import warm
from hms_kernel.errors import HmsError, TransportError
from hms_kernel.launchers.wire import (
    AGENT_LOG,
    Config,
    Ended,
    Hello,
    Launch,
    Launched,
    Order,
    Refused,
    Report,
    Stop,
)
from hms_kernel.transport.stream import FrameStream

_LOOK_S = 2.0  # while alone, between two looks at whether anybody could still come
_SWEEP_S = 0.1  # between a death and the search for what the dead has left running
_OUTPUT_BYTES = 4 << 10  # of what an agent printed last, reported with its end
_UNREAD_REPORTS = 4096  # kept for a launcher that has yet to come
_SIGNALS = (signal.SIGTERM, signal.SIGCHLD, signal.SIGINT, signal.SIGHUP)

_encoder = msgspec.msgpack.Encoder()
_orders = msgspec.msgpack.Decoder(Order)


class Zygote:
    """Serves one launcher at a time, the latest to connect. Single-threaded, so that it may fork."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._listener = socket.socket(fileno=config.listener_fd)
        self._listener.setblocking(False)
        self._door = self._door_now()
        self._directory = Path(self._listener.getsockname()).parent
        self._launcher: FrameStream | None = None
        self._agents: dict[int, str] = {}  # pid to agent id, oldest first
        self._unread: deque[Report] = deque(maxlen=_UNREAD_REPORTS)
        self._alone_since_s: float | None = time.monotonic()
        self._stop_at_s: float | None = None
        self._sweep_at_s: float | None = None
        self._selector = selectors.DefaultSelector()
        self._wake, self._waker = socket.socketpair()

    def serve(self) -> None:
        """Fork, reap and report until there is no more reason to."""
        self._wake.setblocking(False)
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, lambda number, frame: None)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for log in self._directory.glob(AGENT_LOG.format(pid="*")):
            # An earlier zygote of the session did not live to collect it.
            if not psutil.pid_exists(int(log.stem.removeprefix("agent-"))):
                log.unlink(missing_ok=True)
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)
        while not self._done():
            for key, _ in self._selector.select(self._wait_s()):
                if key.fileobj is self._wake:
                    self._woken()
                elif key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._launcher:
                    self._hear()
            self._sweep_if_due()
        self._end_all()

    # --- when to end -------------------------------------------------------------

    def _done(self) -> bool:
        now_s = time.monotonic()
        if self._stop_at_s is not None:
            return not self._agents or now_s >= self._stop_at_s
        lonely_at_s = self._lonely_at_s()
        if lonely_at_s is None:
            return False
        return now_s >= lonely_at_s or self._door_now() != self._door

    def _wait_s(self) -> float | None:
        times = [at_s for at_s in (self._stop_at_s, self._sweep_at_s) if at_s is not None]
        if (lonely_at_s := self._lonely_at_s()) is not None:
            times.append(min(lonely_at_s, time.monotonic() + _LOOK_S))
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _lonely_at_s(self) -> float | None:
        if self._alone_since_s is None or self._agents:
            return None
        return self._alone_since_s + self._config.grace_s

    def _door_now(self) -> tuple[int, int] | None:
        """Which file our socket's path leads to: another, or none, once the session is gone."""
        try:
            found = os.stat(self._listener.getsockname())
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _stop(self, deadline_s: float) -> None:
        self._stop_at_s = time.monotonic() + deadline_s
        for pid in self._agents:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def _end_all(self) -> None:
        # Orphans come to us one generation at a time, hence the rounds.
        while children := psutil.Process().children():
            for child in children:
                with contextlib.suppress(psutil.Error):
                    child.kill()
            self._reap(block=True)
        if self._launcher is not None:
            self._launcher.close()

    # --- what may become ready -----------------------------------------------------

    def _woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            if signal.SIGTERM in self._wake.recv(4096) and self._stop_at_s is None:
                self._stop(deadline_s=2.0)
        if self._reap() and self._sweep_at_s is None:
            self._sweep_at_s = time.monotonic() + _SWEEP_S

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        if self._launcher is not None:
            self._hang_up()
        self._launcher = FrameStream(connection)
        self._alone_since_s = None
        self._selector.register(self._launcher, selectors.EVENT_READ)
        alive = tuple((agent_id, pid) for pid, agent_id in self._agents.items())
        self._report(Hello(pid=os.getpid(), agents=alive))
        while self._unread:
            self._report(self._unread.popleft())

    def _hear(self) -> None:
        launcher = self._launcher
        if launcher is None:
            return
        try:
            launcher.flush()
            for frame in launcher.receive():
                self._obey(_orders.decode(frame))
        except (msgspec.DecodeError, TransportError):
            traceback.print_exc()
            self._hang_up()
            return
        if launcher.ended:
            self._hang_up()
        else:
            self._poll_for(launcher)

    def _hang_up(self) -> None:
        if self._launcher is not None:
            self._selector.unregister(self._launcher)
            self._launcher.close()
            self._launcher = None
        self._alone_since_s = time.monotonic()

    def _obey(self, order: Order) -> None:
        match order:
            case Launch():
                self._launch(order)
            case Stop(deadline_s=deadline_s):
                self._stop(deadline_s)
            case _:
                assert_never(order)

    def _report(self, report: Report) -> None:
        if self._launcher is None:
            self._unread.append(report)
        else:
            self._launcher.send(_encoder.encode(report))
            self._poll_for(self._launcher)

    def _poll_for(self, launcher: FrameStream) -> None:
        writing = selectors.EVENT_WRITE if launcher.backlog else 0
        if self._selector.get_key(launcher).events != selectors.EVENT_READ | writing:
            self._selector.modify(launcher, selectors.EVENT_READ | writing)

    # --- forking and reaping ---------------------------------------------------------

    def _launch(self, order: Launch) -> None:
        # A signal that reached the child before it has handlers of its own would
        # be reported through the descriptor it shares with us, as if it were ours.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            pid = os.fork()
            if pid == 0:
                self._become_agent(order)
        except OSError as error:
            self._report(Refused(launch_id=order.launch_id, cause=f"could not be started: {error}"))
            return
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        self._agents[pid] = order.spec.agent_id
        self._report(Launched(launch_id=order.launch_id, pid=pid))

    def _become_agent(self, order: Launch) -> NoReturn:
        code = 1
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            self._redirect()
            # Closing, not unregistering: the poller itself is shared with the zygote.
            for mine in (self._selector, self._wake, self._waker, self._listener, self._launcher):
                if mine is not None:
                    mine.close()
            code = agent.run(order.spec, order.endpoint)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _redirect(self) -> None:
        """In an agent: what it prints, and what the system prints when it crashes, is its own."""
        faulthandler.enable(file=2)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        with contextlib.suppress(OSError):  # a full disk costs the words, not the agent
            log = os.open(self._directory / AGENT_LOG.format(pid=os.getpid()), flags, 0o600)
            for fd in (1, 2):
                os.dup2(log, fd)
            os.close(log)

    def _last_words(self, pid: int) -> str:
        """The tail of what a dead agent printed, which goes to our log too."""
        path = self._directory / AGENT_LOG.format(pid=pid)
        try:
            with open(path, "rb") as log:
                log.seek(max(0, os.fstat(log.fileno()).st_size - _OUTPUT_BYTES))
                output = log.read(_OUTPUT_BYTES).decode(errors="replace")
            path.unlink()
        except OSError:
            return ""
        if output:
            print(f"agent process {pid}:\n{output}", file=sys.stderr, flush=True)
        return output

    def _reap(self, *, block: bool = False) -> bool:
        """Collect the dead and report those that were agents; whether there were any dead."""
        any_dead = False
        while True:
            try:
                pid, status = os.waitpid(-1, 0 if block and not any_dead else os.WNOHANG)
            except ChildProcessError:
                return any_dead
            if pid == 0:
                return any_dead
            any_dead = True
            if pid in self._agents:
                del self._agents[pid]
                cause = processes.how_it_ended(os.waitstatus_to_exitcode(status))
                self._report(Ended(pid=pid, cause=cause, output=self._last_words(pid)))

    def _sweep_if_due(self) -> None:
        # A worker dies with its agent; what the worker had started comes to us.
        # Finding it means reading all of /proc, hence once for many deaths and
        # never before they are reported.
        if self._sweep_at_s is None or time.monotonic() < self._sweep_at_s:
            return
        self._sweep_at_s = None
        for child in psutil.Process().children():
            if child.pid not in self._agents:
                with contextlib.suppress(psutil.Error):
                    child.kill()


def preload(names: tuple[str, ...]) -> None:
    """Import these skills now, so that every fork finds them in memory; failures are left to the agents."""
    for name in names:
        try:
            warm(name)
        except HmsError as error:
            print(f"zygote: {error}", file=sys.stderr)
        except Exception:
            traceback.print_exc()


def main() -> int:
    """Run as a program."""
    config = msgspec.json.decode(sys.argv[1].encode(), type=Config)
    sys.path[:] = config.path
    processes.adopt_orphans()
    preload(config.preload)
    # Collections in the children must not write to, and so copy, these pages.
    gc.collect()
    gc.freeze()
    Zygote(config).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
