"""A launcher's connection to the zygote: finds a live one, starts one, ends it. Knows no single agent."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from hms_kernel import processes
from hms_kernel.errors import AgentError, TransportError
from hms_kernel.launchers.wire import (
    LOG_NAME,
    SOCKET_NAME,
    ZYGOTE,
    Config,
    Hello,
    Order,
    Report,
    Stop,
)
from hms_kernel.transport.stream import FrameStream
from hms_kernel.transport.zeromq import IPC_PATH_BYTES

_BACKLOG = 8
_LAST_MOMENT_S = 0.5
_left: list[subprocess.Popen[bytes]] = []  # zygotes started here that others use now, to be reaped

_encoder = msgspec.msgpack.Encoder()
_reports = msgspec.msgpack.Decoder(Report)


class Nursery:
    """At most one zygote at a time, and the stream to it."""

    def __init__(self, directory: Path, grace_s: float, log: logging.Logger) -> None:
        self._directory = directory
        self._grace_s = grace_s
        self._log = log
        self._stream: FrameStream | None = None
        self._popen: subprocess.Popen[bytes] | None = None  # None for one we found
        self._pid: int | None = None
        self._fate = ""
        _left[:] = [popen for popen in _left if popen.poll() is None]

    @property
    def connected(self) -> bool:
        """Whether there is a zygote to talk to, as far as we know."""
        return self._stream is not None

    @property
    def fd(self) -> int:
        """The stream's descriptor."""
        assert self._stream is not None
        return self._stream.fileno()

    @property
    def events(self) -> int:
        """What to poll the descriptor for."""
        assert self._stream is not None
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self._stream.backlog else 0)

    def find(self) -> bool:
        """Connect to the zygote an earlier supervisor of the session left; whether there is one."""
        path = self._directory / SOCKET_NAME
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            connection.connect(os.fspath(path))
        except OSError:
            connection.close()
            return False
        self._stream = FrameStream(connection)
        self._log.info("found the session's zygote")
        return True

    def start(self, preload: tuple[str, ...]) -> None:
        """Start a zygote; orders can be sent at once, it takes them when it is warm.

        Raises:
            AgentError: the socket's path is too long.
            OSError: the process could not be started.
        """
        path = os.fspath(self._directory / SOCKET_NAME)
        if len(os.fsencode(path)) > IPC_PATH_BYTES:
            raise AgentError(f"the path {path} is too long for a socket; use a shorter directory")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # The socket exists before the process does, so nobody waits for it to appear.
            listener.bind(path)
            os.chmod(path, 0o600)
            listener.listen(_BACKLOG)
            connection.connect(path)
            self._popen = self._spawn(listener.fileno(), preload)
        except BaseException:
            connection.close()
            raise
        finally:
            listener.close()
        self._pid = self._popen.pid
        self._stream = FrameStream(connection)
        self._log.info("started zygote %d", self._popen.pid)

    def send(self, order: Order) -> None:
        """Queue one order."""
        assert self._stream is not None
        self._stream.send(_encoder.encode(order))

    def reports(self) -> list[Report]:
        """What the zygote has said since the last call; afterwards it may be found gone."""
        reports: list[Report] = []
        if (stream := self._stream) is None:
            return reports
        stream.flush()
        try:
            for frame in stream.receive():
                report = _reports.decode(frame)
                if isinstance(report, Hello):
                    self._pid = report.pid
                reports.append(report)
        except (msgspec.DecodeError, TransportError) as error:
            self._log.error("the zygote does not make sense: %s", error)
            self._kill()
            stream.ended = True
        if stream.ended:
            self._lose()
        return reports

    def fate(self) -> str:
        """How the last zygote ended, in words."""
        return self._fate

    def stop(self, deadline_s: float) -> None:
        """Ask the zygote to end its agents, and then itself."""
        if self._stream is not None:
            self.send(Stop(deadline_s=deadline_s))

    def leave(self) -> None:
        """Hang up; the zygote goes on. Idempotent."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        if self._popen is not None:
            _left.append(self._popen)
            self._popen = None

    def close(self, timeout_s: float = 2.0) -> None:
        """Wait for a zygote that was asked to stop, then use force. Idempotent."""
        deadline_s = time.monotonic() + timeout_s
        while self._stream is not None and time.monotonic() < deadline_s:
            with selectors.DefaultSelector() as selector:
                selector.register(self.fd, self.events)
                selector.select(max(0.0, deadline_s - time.monotonic()))
            self.reports()
        if self._stream is not None:
            self._kill()
            self._lose()
        with contextlib.suppress(OSError):
            os.unlink(self._directory / SOCKET_NAME)

    def _spawn(self, listener_fd: int, preload: tuple[str, ...]) -> subprocess.Popen[bytes]:
        config = Config(
            listener_fd=listener_fd,
            grace_s=self._grace_s,
            preload=preload,
            path=tuple(sys.path),
        )
        with open(self._directory / LOG_NAME, "ab") as log:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    ZYGOTE,
                    msgspec.json.encode(config).decode(),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[listener_fd],
                # Interrupting or restarting a kernel signals its process group.
                start_new_session=True,
            )

    def _kill(self) -> None:
        if self._popen is not None:
            self._popen.kill()
        elif self._pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self._pid, signal.SIGKILL)

    def _lose(self) -> None:
        assert self._stream is not None
        self._stream.close()
        self._stream = None
        self._fate = "cause unknown"
        # It hangs up by ending, which takes the system a moment.
        if self._pid is not None and processes.wait_gone(self._pid, _LAST_MOMENT_S):
            popen = self._popen
            if popen is not None and popen.poll() is not None:
                self._fate = processes.how_it_ended(popen.returncode)
        self._popen = None
        self._pid = None
