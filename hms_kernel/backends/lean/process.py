"""The caller's grip on a Lean server: starts it, asks it, ends it, starts another when it died. Judges nothing."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from hms_kernel import processes
from hms_kernel.errors import BackendCrashed

START_S = 60.0  # a busy machine may take its time
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONHOME")
GRACE_S = 10.0  # beyond a step's own wall clock, which the server itself keeps


class LeanProcess:
    """One server process, started when it is first needed.

    Args:
        libraries: Lean's shared libraries, in the order of loading.
        namespaces, filter: False to do without, as on systems that have no such thing.
    """

    def __init__(
        self, libraries: Sequence[Path], *, namespaces: bool = True, filter: bool = True
    ) -> None:
        self._first = {
            "libraries": [str(path) for path in libraries],
            "namespaces": namespaces,
            "filter": filter,
        }
        self._lock = threading.Lock()  # one step at a time, whoever asks
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._lines: TextIO | None = None
        self._hello: dict[str, Any] = {}

    def hello(self) -> dict[str, Any]:
        """What the server says of itself: "version", and which walls stand.

        Raises:
            BackendCrashed: it does not start.
        """
        with self._lock:
            return self._started()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Have one step carried out; see ``server._Step``. A server that dies of it is replaced once.

        Raises:
            BackendCrashed: the server ended or fell silent, twice. It is gone then; the next
                call starts another.
        """
        wall_s = request["wall_s"] + GRACE_S
        with self._lock:
            self._started()
            try:
                return self._exchange(request, wall_s)
            except BackendCrashed:
                # Whoever killed it may have meant somebody else; a step can be done again.
                self._started()
                return self._exchange(request, wall_s)

    def close(self) -> None:
        """End the server and whatever it has started. Idempotent."""
        if self._lines is not None:
            with contextlib.suppress(OSError):
                self._lines.close()
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            # It ends by itself when its channel closes; a kill takes care of one that hangs.
            # Its child dies with it.
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        self._process = self._channel = self._lines = None

    def _started(self) -> dict[str, Any]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._start()
        return self._hello

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "hms_kernel.backends.lean.server"]
        # The server finds the package where this process found it, installed or not.
        environment = {
            # What it does not have, nobody can read in its memory.
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            # Address space is limited, and Lean's allocator would take a gibibyte in advance.
            "MIMALLOC_ARENA_RESERVE": "16MiB",
        }
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=environment,
            )
        self._channel = ours
        self._lines = ours.makefile("rw", encoding="utf-8")
        self._hello = self._exchange(self._first, START_S)

    def _exchange(self, request: dict[str, Any], wall_s: float) -> dict[str, Any]:
        assert self._channel is not None
        assert self._lines is not None
        self._channel.settimeout(wall_s)
        try:
            print(json.dumps(request), file=self._lines, flush=True)
            line = self._lines.readline()
            if line:
                answer: dict[str, Any] = json.loads(line)
                return answer
            problem = "ended"
        except (OSError, ValueError):
            problem = "does not answer"
        code = self._process.poll() if self._process is not None else None
        self.close()
        how = f" ({processes.how_it_ended(code)})" if code is not None else ""
        raise BackendCrashed(f"the process that holds Lean {problem}{how}")
