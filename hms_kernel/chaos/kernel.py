"""The owner's end of a ``chaos.host``: starts the process, commands it, kills it. Decides nothing."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import Future

import msgspec

from hms_kernel import processes
from hms_kernel.chaos.host import Command, Done, Opened, Order
from hms_kernel.client import RemoteLine, checked
from hms_kernel.desk import Desk
from hms_kernel.errors import SessionError
from hms_kernel.messages import (
    AcceptedResponse,
    CloseSessionRequest,
    ErrorResponse,
    Request,
    Response,
)

OPEN_S = 60.0  # for the process to hold the session
OBEY_S = 30.0  # for a command to be confirmed
CLOSE_S = 60.0  # for the session to end

_answers = msgspec.json.Decoder(Opened | Done | ErrorResponse)


class Kernel:
    """One life of the supervisor's process of a session.

    Args:
        session: its name; one that an earlier kernel left is taken over.
        seed: of the supervisor's own choices, and of disturbances.
        environment: variables of the process and of all that it starts.

    Raises:
        HmsError: as ``hosting.host``.
        SessionError: the process ended, or was not ready in time; the message has its last words.
    """

    def __init__(self, session: str, *, seed: int, environment: Mapping[str, str]) -> None:
        order = Order(session=session, seed=seed, path=tuple(sys.path))
        self._words = tempfile.TemporaryFile()  # noqa: SIM115
        self._heard = b""
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "hms_kernel.chaos.host", msgspec.json.encode(order).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        try:
            opened = self._answer(OPEN_S)
            if isinstance(opened, ErrorResponse):
                checked(opened, AcceptedResponse)  # raises what it names
            assert isinstance(opened, Opened)
        except BaseException:
            self._popen.kill()
            self._release()
            raise
        self.connection = opened.connection
        self._line = RemoteLine(opened.connection.clients, opened.connection.epoch)
        self.desk = Desk(self._line, session, opened.connection.store)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._popen.pid

    @property
    def ended(self) -> str:
        """How it ended, with its last words; nothing while it runs."""
        code = self._popen.poll()
        return "" if code is None else f"{processes.how_it_ended(code)}: {self._last_words()}"

    def call(self, request: Request) -> Future[Response]:
        """Ask the supervisor something; the future may never be answered if the process is killed."""
        return self._line.call(request)

    def begin(self, kind: str) -> Done:
        """Begin a disturbance; the time just before."""
        return self._command(Command(do="begin", kind=kind))

    def end(self, kind: str) -> Done:
        """End a disturbance; the time just after."""
        return self._command(Command(do="end", kind=kind))

    def kill(self) -> tuple[float, float]:
        """Kill the process; the times just before, and when its end was seen, since the Unix epoch."""
        struck_s = time.time()
        self._popen.send_signal(signal.SIGKILL)
        processes.wait_gone(self.pid, OBEY_S)
        seen_s = time.time()
        self._release()
        return struck_s, seen_s

    def hang_up(self) -> None:
        """Forget what a killed supervisor was asked; takes up to a second. Idempotent."""
        self._line.close()

    def close(self) -> None:
        """End the session as its user would.

        Raises:
            SessionError: it did not end as it should; the message has its last words.
        """
        if not self.ended:
            with contextlib.suppress(SessionError, TimeoutError):
                checked(self.call(CloseSessionRequest()).result(CLOSE_S), AcceptedResponse)
        if self._popen.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._popen.stdin.close()
        try:
            code = self._popen.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            code = self._popen.wait()
        self._line.close()
        words = self._last_words()
        self._release()
        if code:
            raise SessionError(
                f"the supervisor did not end as it should ({processes.how_it_ended(code)}): {words}"
            )

    def abandon(self) -> None:
        """Kill the process and hang up, whatever state it is in. Idempotent."""
        self._popen.kill()
        self._release()
        self._line.close()

    def _command(self, command: Command) -> Done:
        assert self._popen.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended, and what follows says how
            self._popen.stdin.write(msgspec.json.encode(command) + b"\n")
            self._popen.stdin.flush()
        answer = self._answer(OBEY_S)
        assert isinstance(answer, Done)
        return answer

    def _answer(self, timeout_s: float) -> Opened | Done | ErrorResponse:
        assert self._popen.stdout is not None
        descriptor = self._popen.stdout.fileno()
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        until_s = time.monotonic() + timeout_s
        while b"\n" not in self._heard:
            left_s = until_s - time.monotonic()
            ready = poller.poll(max(0.0, left_s) * 1000)
            more = os.read(descriptor, 1 << 16) if ready else b""
            if not more:
                how = self.ended if ready else f"nothing was heard for {timeout_s:g} s"
                raise SessionError(
                    f"the supervisor's process gave no answer: {how or 'it hung up'}"
                )
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        answer: Opened | Done | ErrorResponse = _answers.decode(line)
        return answer

    def _last_words(self) -> str:
        if self._words.closed:
            return ""
        self._words.seek(0)
        return self._words.read().decode(errors="replace").strip()[-2000:]

    def _release(self) -> None:
        self._popen.wait()
        for stream in (self._popen.stdin, self._popen.stdout, self._words):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
