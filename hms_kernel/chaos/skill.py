"""The skill ``chaos``: cheap sums, and tasks that do to their own worker, once, what only code inside it can do.

A task that misbehaves leaves a mark first, which says when it began and where; its
next attempt finds the mark and ends well.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import resource
import time
from pathlib import Path
from typing import Any

import msgspec

from hms_kernel.errors import UsageError
from hms_kernel.skills import Report

BAITS = {  # kinds of blows to what a task does about them: it waits to be hit, or hits itself
    "kill_worker": "hold",
    "freeze_worker": "hold",
    "hold_gil": "gil",
    "exhaust_memory": "memory",
}
HOLD_S = 30.0  # a task that waits to be hit waits no longer
CHUNK_BYTES = 64 << 20
MOST_BYTES = 16 << 30  # of address space asked for, should a worker have no limit
_FOR_EVER_S = 3600


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What a task has left behind when its worker was about to misbehave."""

    time_s: float  # since the Unix epoch
    worker: int  # process ids
    agent: int


class Chaos:
    """See the module; ``{"do": "sum", "to": 10}``, or ``{"do": "hold" | "gil" | "memory", "mark": PATH}``."""

    name = "chaos"

    def __init__(self, config: dict[str, Any]) -> None:
        pass

    def run(self, payload: Any, report: Report) -> Any:
        """Do as the payload says.

        Raises:
            UsageError: it says nothing that is known here.
        """
        match payload:
            case {"do": "sum", "to": int(to)}:
                return sum(number * number for number in range(to))
            case {"do": "hold", "mark": str(path)} if _first(Path(path)):
                _hold(report)
            case {"do": "gil", "mark": str(path)} if _first(Path(path)):
                # Called through PyDLL, it sleeps without letting go of the interpreter.
                ctypes.PyDLL(None).sleep(_FOR_EVER_S)
            case {"do": "memory", "mark": str(path)} if _first(Path(path)):
                _exhaust_memory()
            case {"do": "hold" | "gil" | "memory", "mark": str()}:
                pass
            case _:
                raise UsageError(f"the skill chaos cannot do {payload!r}")
        return "survived"


def read_mark(path: Path) -> Mark | None:
    """The mark of a task; None while it has left none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Mark)
    except FileNotFoundError:
        return None


def _first(path: Path) -> bool:
    """Leave the mark; False when it is there already. It appears whole or not at all."""
    mark = Mark(time_s=time.time(), worker=os.getpid(), agent=os.getppid())
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    until_s = time.monotonic() + HOLD_S
    while True:
        try:
            draft.write_bytes(msgspec.json.encode(mark))
            break
        except OSError:  # a full disk is another fault's doing
            if time.monotonic() > until_s:
                raise
            time.sleep(0.1)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _hold(report: Report) -> None:
    until_s = time.monotonic() + HOLD_S
    while time.monotonic() < until_s:
        report("waiting to be hit")
        time.sleep(0.01)


def _exhaust_memory() -> None:
    """Reserve address space until there is none; nothing is written to it, so the machine keeps its own."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    limit = MOST_BYTES if soft == resource.RLIM_INFINITY else min(soft, MOST_BYTES)
    with contextlib.ExitStack() as held:
        for _ in range(limit // CHUNK_BYTES + 1):
            try:
                held.enter_context(contextlib.closing(mmap.mmap(-1, CHUNK_BYTES)))
            except OSError as error:
                raise MemoryError(f"no more than {limit} bytes") from error
    raise MemoryError(f"{limit} bytes asked for")
