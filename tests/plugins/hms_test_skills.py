"""A skill for tests that does as it is told: answers, loops, crashes, floods. Proves nothing.

Put this directory on PYTHONPATH (or sys.path) and the entry point beside it is
found like that of any installed package: ``Task(skill="rehearse", payload={"do": ...})``.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from hms_kernel.model import Outcome, Verdict
from hms_kernel.skills import Report


class Rehearse:
    """Does what ``payload["do"]`` says, with the payload's other entries as arguments."""

    name = "rehearse"

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.served = 0

    def run(self, payload: Any, report: Report) -> Any:
        self.served += 1
        arguments = dict(payload)
        return getattr(self, "do_" + arguments.pop("do"))(report, **arguments)

    def do_echo(self, report: Report, value: Any = None) -> Any:
        """Return ``value``."""
        return value

    def do_describe(self, report: Report) -> dict[str, Any]:
        """Return who is doing this."""
        return {
            "pid": os.getpid(),
            "agent_pid": os.getppid(),
            "served": self.served,
            "config": self.config,
            "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd")),
        }

    def do_prove(self, report: Report) -> Verdict:
        """Return a verdict that claims nothing."""
        return Verdict(outcome=Outcome.UNKNOWN, reason="rehearsal")

    def do_report(self, report: Report, notes: list[str]) -> int:
        """Report each note."""
        for note in notes:
            report(note)
        return len(notes)

    def do_hang(self, report: Report, note: str = "hanging", until: str = "") -> str:
        """Work for ever, or until a file exists; without a word after the first."""
        report(note)
        while not (until and Path(until).exists()):
            time.sleep(0.01)
        return "done"

    def do_hold(self, report: Report) -> None:
        """Never return from one C call that holds the GIL."""
        report("holding")
        ctypes.PyDLL(None).pause()

    def do_deadlock(self, report: Report) -> None:
        """Wait in C for a lock of one's own, holding the GIL; no signal ends that."""
        report("deadlocked")
        libc, mutex = ctypes.PyDLL(None), ctypes.create_string_buffer(64)
        for _ in range(2):
            libc.pthread_mutex_lock(mutex)

    def do_compute(self, report: Report) -> int:
        """Compute in C for minutes, holding the GIL."""
        report("computing")
        return pow(7, 10**8)

    def do_tidy(self, report: Report, path: str) -> None:
        """Work for ever; when interrupted, leave word in a file."""
        report("working")
        try:
            while True:
                time.sleep(0.01)
        finally:
            Path(path).write_text("tidied")

    def do_print(self, report: Report, words: str) -> None:
        """Print with Python, with C's stdio, and to the error descriptor."""
        print(f"python {words}", end="")
        ctypes.CDLL(None).printf(f"native {words}".encode())
        os.write(2, f"raw {words}".encode())

    def do_raise(self, report: Report, message: str = "boom") -> None:
        """Raise."""
        raise ValueError(message)

    def do_die(self, report: Report, by: str = "SIGKILL", words: str = "") -> None:
        """Print some last words and end by a signal."""
        if words:
            os.write(2, words.encode())
        os.kill(os.getpid(), getattr(signal, by))
        time.sleep(60)

    def do_segfault(self, report: Report) -> None:
        """Read address zero."""
        ctypes.string_at(0)

    def do_exit(self, report: Report, code: int = 3) -> None:
        """End the process behind everybody's back."""
        os._exit(code)

    def do_flood(self, report: Report, megabytes: int) -> int:
        """Print that much, and a last line."""
        for _ in range(megabytes):
            os.write(1, b"x" * ((1 << 20) - 1) + b"\n")
        print("last line")
        return megabytes

    def do_eat(self, report: Report, megabytes: int) -> int:
        """Take that much memory and keep it."""
        self.kept = bytearray(megabytes << 20)
        return len(self.kept)

    def do_object(self, report: Report) -> object:
        """Return what no message can hold."""
        return object()

    def do_big(self, report: Report, megabytes: int) -> bytes:
        """Return that much."""
        return b"x" * (megabytes << 20)

    def do_family(self, report: Report, aloof: bool = False) -> None:
        """Start a process, name it in a note, and wait for ever."""
        child = subprocess.Popen(["sleep", "1000"], start_new_session=aloof)
        report(str(child.pid))
        while True:
            time.sleep(0.01)
