"""A process that has Lean's library loaded and forks a child for every step, which may be killed. Decides nothing.

Loading and initialising the library takes a tenth of a second, a fork of this process two
hundredths. It is started with the libraries and an end of a socket, answers a request per
line with a line, one at a time, and ends when the other end closes, taking its child along.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from hms_kernel import processes
from hms_kernel.backends.lean import door, jail
from hms_kernel.backends.lean.kernel import Library, Refused

_READ_BYTES = 1 << 16


def main() -> None:
    """``python -m hms_kernel.backends.lean.server FD``: a socket, on which the first line tells what to load."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    os.setsid()
    # Whoever ends by a signal here carries the whole library with it.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lines = channel.makefile("rw", encoding="utf-8")
    first = json.loads(lines.readline() or "null")
    if first is None:
        return
    libraries = [Path(path) for path in first["libraries"]]
    lean = Library(libraries)
    lean.start()
    with tempfile.TemporaryDirectory(prefix="hms-lean-") as scratch:
        found = jail.probe(Path(scratch), libraries[0].parent)
    walls = jail.Walls(
        namespaces=found.namespaces and first["namespaces"], filter=found.filter and first["filter"]
    )
    hello = {"version": lean.version(), "namespaces": walls.namespaces, "filter": walls.filter}
    print(json.dumps(hello), file=lines, flush=True)
    for line in lines:
        answer = _Step(json.loads(line), lean, walls, channel).run()
        print(json.dumps(answer), file=lines, flush=True)


class _Step:
    """One request, carried out in a child.

    A request has "do" ("compile" or "judge"), "cell", "root", "wall_s", "output_bytes", and
    what the step needs; the answer has the exit "code" (negative for a signal), the
    "output" and, when the child was stopped, by what.
    """

    def __init__(
        self, request: dict[str, Any], lean: Library, walls: jail.Walls, channel: socket.socket
    ) -> None:
        self._request = request
        self._lean = lean
        self._walls = walls
        self._channel = channel

    def run(self) -> dict[str, Any]:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _finish(self._inside, writing)
        os.close(writing)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(child, child)
        try:
            output, stopped = self._watch(reading)
        finally:
            os.close(reading)
            # Whatever shares its group goes with it, also when it has ended by itself.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        return {
            "code": os.waitstatus_to_exitcode(status),
            "output": output.decode(errors="replace"),
            "stopped": stopped,
        }

    def _watch(self, reading: int) -> tuple[bytes, str]:
        """What the child prints until it closes its output, and what stopped it if anything."""
        most: int = self._request["output_bytes"]
        deadline = time.monotonic() + self._request["wall_s"]
        output = bytearray()
        poller = select.poll()
        poller.register(reading, select.POLLIN)
        poller.register(self._channel, select.POLLIN)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:  # also when there is always something more to read
                return bytes(output), "wall"
            ready = dict(poller.poll(left * 1000))
            if self._channel.fileno() in ready:
                # Nobody asks while waiting for an answer: the other end has closed.
                raise SystemExit(1)
            if reading in ready:
                printed = os.read(reading, _READ_BYTES)
                if not printed:
                    return bytes(output), ""
                output += printed
                if len(output) > most:
                    return bytes(output[:most]), "output"

    def _inside(self) -> int:
        """What the child does; its exit code."""
        request = self._request
        cell = jail.Cell(
            readable=tuple(map(Path, request["cell"]["readable"])),
            writable=Path(request["cell"]["writable"]),
            products=tuple(map(Path, request["cell"]["products"])),
            memory_bytes=request["cell"]["memory_bytes"],
            cpu_s=request["cell"]["cpu_s"],
            file_bytes=request["cell"]["file_bytes"],
            application=Path(request.get("executable") or jail.NO_APPLICATION),
        )
        os.environ.clear()
        os.environ.update(HOME="/tmp", TMPDIR="/tmp", LANG="C.UTF-8")
        if self._walls.namespaces:
            jail.isolate(cell, Path(request["root"]))
        os.chdir(cell.writable)
        jail.limit(cell)
        if self._walls.filter:
            jail.refuse()
        if request["do"] == "judge":
            return self._judge(cell.writable)
        os.environ["LEAN_PATH"] = os.pathsep.join(request["search"])
        if request["executable"]:
            os.execv(request["executable"], [request["executable"], *request["arguments"]])
        code = self._lean.main(request["arguments"])
        ctypes.CDLL(None).fflush(None)
        return code

    def _judge(self, out: Path) -> int:
        # Where Lean would go on with a made-up value after a broken assumption, end.
        os.environ["LEAN_ABORT_ON_PANIC"] = "1"
        asked = self._request["question"]
        question = door.Question(
            candidate=Path(asked["candidate"]),
            theorem=asked["theorem"],
            statement=asked["statement"],
            module=asked["module"],
            statement_file=Path(asked["statement_file"]),
            search=tuple(map(Path, self._request["search"])),
            sysroot=Path(asked["sysroot"]),
            allowed=frozenset(asked["allowed"]),
            reserved=frozenset(asked["reserved"]),
        )
        try:
            finding = door.judge(self._lean, question)
        except Refused as error:
            print(error, file=sys.stderr, flush=True)
            return 1
        (out / door.ANSWER).write_text(
            json.dumps({"reason": finding.reason, "axioms": finding.axioms})
        )
        return 0


def _finish(inside: Callable[[], int], output: int) -> NoReturn:
    code = 70
    try:
        processes.die_with_parent()
        os.setpgid(0, 0)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        code = inside()
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode(errors="replace"))
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
