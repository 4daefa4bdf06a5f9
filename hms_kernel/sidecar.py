"""A supervisor in a process of its own, for long cells: ``python -m hms_kernel.sidecar ORDER``, and its owner's end.

Pure Python in a cell slows a supervisor in the same process, and a C call that
holds the interpreter stops it; this one goes on. It ends with its owner, however
that ends, and then leaves the session to whoever takes it over; or it stays.
Decides nothing.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from typing import IO

import msgspec

from hms_kernel import hosting, processes, session
from hms_kernel.client import RemoteLine, checked
from hms_kernel.errors import HmsError, SessionError
from hms_kernel.messages import (
    AcceptedResponse,
    CloseSessionRequest,
    ErrorResponse,
    Request,
    Response,
)
from hms_kernel.session import Connection

LOG_NAME = "supervisor.log"
CLOSE_S = 40.0  # for a supervisor to end its agents and write what is left


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is told on its command line, as JSON."""

    session: str | None
    store: str | None
    seed: int
    owner: int | None  # process to end with; None to stay
    path: tuple[str, ...]  # sys.path of the owner, so that agents find what a notebook finds


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag="opened"):
    """First and only line of the process, unless it is an ``ErrorResponse``."""

    connection: Connection


class Sidecar:
    """The owner's end: asks, closes, and notices when the process dies.

    Args:
        name: of the session; None invents one.
        store: database URL; None for the session's own.
        seed: of the jitter of restarts.
        stay: the process outlives this one until it is asked to end.

    Raises:
        UsageError, SessionError, StoreError: as ``hosting.host``.
        SessionError: the process ended before it was ready; the message has its last words.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        store: str | None = None,
        seed: int = 0,
        stay: bool = False,
    ) -> None:
        order = Order(
            session=name,
            store=store,
            seed=seed,
            owner=None if stay else os.getpid(),
            path=tuple(sys.path),
        )
        with tempfile.TemporaryFile() as words:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "hms_kernel.sidecar", msgspec.json.encode(order).decode()],
                # It reads nothing, but it notices when this end closes.
                stdin=subprocess.DEVNULL if stay else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
                # Interrupting or restarting a kernel signals its process group.
                start_new_session=True,
            )
            connection = self._opened(words)
        self.name, self.store_url = connection.session, connection.store
        self.directory = session.sessions_directory() / connection.session
        self._asked_to_end = False
        self._line = RemoteLine(connection.clients, connection.epoch)
        threading.Thread(target=self._watch, name="hms-sidecar", daemon=True).start()

    def call(self, request: Request) -> Future[Response]:
        """Ask something from any thread; the future holds the answer."""
        return self._line.call(request)

    @property
    def closed(self) -> bool:
        """Whether the session is no longer hosted there."""
        return self._line.closed or self._popen.poll() is not None

    def close(self) -> None:
        """End the session as if it were hosted here. Idempotent.

        Raises:
            SessionError: it did not end as it should; the message says where to look.
        """
        if self.closed:
            self._line.close()
            return
        self._asked_to_end = True
        with contextlib.suppress(SessionError, TimeoutError):
            checked(self.call(CloseSessionRequest()).result(CLOSE_S), AcceptedResponse)
        self._end("has ended")

    def leave(self) -> None:
        """Let go of the session; its agents work on, and a process that is to stay hosts it on. Idempotent."""
        if not self.closed and self._popen.stdin is not None:
            self._asked_to_end = True
            self._popen.stdin.close()
            self._end("has been left")
        self._line.close()

    def _end(self, how: str) -> None:
        try:
            code = self._popen.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            code = self._popen.wait()
        if self._popen.stdin is not None:
            self._popen.stdin.close()
        self._line.close(f"session {self.name!r} {how}")
        if code:
            raise SessionError(
                f"the supervisor of session {self.name!r} did not end as it should "
                f"({processes.how_it_ended(code)}); see {self.directory / LOG_NAME}"
            )

    def _opened(self, words: IO[bytes]) -> Connection:
        assert self._popen.stdout is not None
        with self._popen.stdout as said:
            line = said.readline()
        if not line:
            code = self._popen.wait()
            if self._popen.stdin is not None:
                self._popen.stdin.close()
            words.seek(0)
            tail = words.read().decode(errors="replace").strip()[-2000:]
            raise SessionError(
                "the supervisor's process ended before it was ready "
                f"({processes.how_it_ended(code)}): {tail}"
            )
        answer = msgspec.json.decode(line, type=Opened | ErrorResponse)
        if isinstance(answer, ErrorResponse):
            self._popen.wait()
            if self._popen.stdin is not None:
                self._popen.stdin.close()
            checked(answer, AcceptedResponse)  # raises what it names
        assert isinstance(answer, Opened)
        return answer.connection

    def _watch(self) -> None:
        """Tell those who wait for an answer that there will be none."""
        code = self._popen.wait()
        if self._asked_to_end:
            return
        if code == 0:  # somebody else asked it to
            self._line.close(f"session {self.name!r} has ended")
            return
        self._line.close(
            f"the supervisor of session {self.name!r}, process {self._popen.pid}, "
            f"{processes.how_it_ended(code)}; its agents work on: "
            f"hms_kernel.Workbench({self.name!r}) takes the session over"
        )


def main() -> int:
    """Run as a program: host the session until it ends or the owner does."""
    order = msgspec.json.decode(sys.argv[1].encode(), type=Order)
    sys.path[:] = order.path
    try:
        supervisor = hosting.host(
            order.session, store=order.store, seed=order.seed, owner=order.owner
        )
    except HmsError as error:
        _say(ErrorResponse(error=type(error).__name__, message=str(error)))
        return 0
    held = supervisor.session
    log = os.open(held.directory / LOG_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    connection = session.last_connection(held.name)
    assert connection is not None
    _say(Opened(connection=connection))
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    if order.owner is not None:
        owner = order.owner

        def leave_with_owner() -> None:
            _wait_for_the_end_of(owner)
            supervisor.leave()

        threading.Thread(target=leave_with_owner, name="hms-owner", daemon=True).start()
    supervisor.join()
    if supervisor.error is not None:
        print(f"{type(supervisor.error).__name__}: {supervisor.error}", file=sys.stderr)
        return 1
    return 0


def _wait_for_the_end_of(owner: int) -> None:
    """Return when the owner has ended or has closed its end of our standard input."""
    poller = select.poll()
    poller.register(0, select.POLLIN | select.POLLHUP)
    # A child that the owner forked may hold our standard input open beyond its end.
    try:
        if (pidfd := processes.open_pidfd(owner)) is not None:
            poller.register(pidfd, select.POLLIN)
    except ProcessLookupError:
        return
    poller.poll()


def _say(answer: Opened | ErrorResponse) -> None:
    os.write(1, msgspec.json.encode(answer) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
