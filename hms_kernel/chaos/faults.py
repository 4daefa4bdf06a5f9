"""The kinds of faults there are and the record of one that was injected. Injects nothing.

Two sorts: a *blow* to a process happens at one moment; a *disturbance* inside the
kernel begins and ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from hms_kernel.store import Store
    from hms_kernel.transport import Listener

BLOWS: dict[str, str] = {
    "kill_agent": "an agent is killed by SIGKILL",
    "freeze_agent": "an agent is stopped by SIGSTOP",
    "kill_worker": "a worker is killed by SIGKILL in the middle of a task",
    "freeze_worker": "a worker is stopped by SIGSTOP in the middle of a task",
    "hold_gil": "a task waits for ever in C and holds the interpreter",
    "exhaust_memory": "a task takes all the memory its worker may have",
    "kill_zygote": "the process that forks agents is killed, and one of its agents",
    "kill_kernel": "the supervisor's process is killed by SIGKILL; the next one takes over",
}
DISTURBANCES: dict[str, str] = {
    "drop_messages": "one of five messages is lost",
    "double_messages": "one of five messages comes twice",
    "delay_messages": "one of five messages comes up to 2 s late",
    "truncate_messages": "one of five messages is cut off",
    "garble_messages": "one of five messages is noise",
    "jump_steady_clock": "the steady clock leaps ahead",
    "set_wall_clock": "the wall clock is set wrong, and right again",
    "fill_disk": "no byte can be written to any file",
    "lock_store": "another program holds the store",
    "damage_store": "a page of the store is overwritten, and put back",
    "exhaust_descriptors": "nothing can be opened any more",
}
FAULTS = BLOWS | DISTURBANCES


@dataclass(frozen=True)
class Host:
    """The parts of a hosted supervisor that faults get at."""

    agents: Listener  # where agents speak, as the supervisor hears them
    clients: Listener
    store: Store
    clock: Callable[[], float]  # the supervisor's
    wall_clock: Callable[[], float]  # of its facts


class Fault(Protocol):
    """A disturbance within the process that hosts a supervisor. Used from one thread, not the supervisor's."""

    kind: str

    def begin(self) -> None:
        """From now on things go wrong. Idempotent."""

    def end(self) -> None:
        """Everything is as it was before ``begin``. Idempotent."""


class Injected(msgspec.Struct, frozen=True, kw_only=True):
    """One fault that was injected. Times are seconds since the Unix epoch, as in facts."""

    kind: str
    time_s: float  # just before the blow; the begin of a disturbance
    agent: str = ""  # whose process was hit
    pid: int = 0  # the process that was hit
    task: str = ""  # which the fault was inflicted by, or during, where that is certain
    epoch: int = 0  # of a killed supervisor
    noticed_s: float | None = None  # when somebody outside the session was told or saw it
    ended_s: float | None = None  # of a disturbance
