"""A supervisor in a process of its own whose parts can be disturbed: ``python -m hms_kernel.chaos.host ORDER``.

It reads commands as JSON lines and confirms each; when nobody is left to give any it
closes the session. Decides nothing about when and what.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Literal

import msgspec

from hms_kernel import hosting, session
from hms_kernel.chaos.clock import JumpyClock
from hms_kernel.chaos.disturbances import faults_in
from hms_kernel.chaos.faults import Host
from hms_kernel.chaos.wire import FrailListener
from hms_kernel.errors import HmsError
from hms_kernel.messages import ErrorResponse
from hms_kernel.session import Connection
from hms_kernel.store import Store
from hms_kernel.transport import Listener


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is told on its command line, as JSON."""

    session: str
    seed: int
    path: tuple[str, ...]  # sys.path of the owner, so that agents find what it finds


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag="opened"):
    """The first line of the process, unless it is an ``ErrorResponse``."""

    connection: Connection


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One line to the process."""

    do: Literal["begin", "end"]
    kind: str


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """The answer to a command; the time just before a begin, just after an end."""

    time_s: float  # since the Unix epoch
    ahead_s: float = 0.0  # how far the clock of the facts is ahead of the right one now


def main() -> int:
    """Run as a program."""
    order = msgspec.json.decode(sys.argv[1].encode(), type=Order)
    sys.path[:] = order.path
    listeners: list[Listener] = []
    stores: list[Store] = []

    def listen(address: str) -> Listener:
        listeners.append(FrailListener(address))
        return listeners[-1]

    def keep(url: str) -> Store:
        stores.append(Store(url))
        return stores[-1]

    clock, wall_clock = JumpyClock(time.monotonic), JumpyClock(time.time)
    try:
        supervisor = hosting.host(
            order.session,
            seed=order.seed,
            apart=True,  # nobody's work shall end up in a session that is broken on purpose
            listen=listen,
            keep=keep,
            clock=clock,
            wall_clock=wall_clock,
        )
    except HmsError as error:
        _say(ErrorResponse(error=type(error).__name__, message=str(error)))
        return 0
    agents, clients = listeners
    parts = Host(agents, clients, stores[0], clock, wall_clock)
    faults = faults_in(parts, order.seed)
    connection = session.last_connection(supervisor.name)
    assert connection is not None
    _say(Opened(connection=connection))
    decode = msgspec.json.Decoder(Command).decode
    for line in sys.stdin.buffer:
        command = decode(line)
        began_s = time.time()
        if command.do == "begin":
            faults[command.kind].begin()
            _say(Done(time_s=began_s, ahead_s=wall_clock.ahead_s))
        else:
            faults[command.kind].end()
            _say(Done(time_s=time.time(), ahead_s=wall_clock.ahead_s))
    for fault in faults.values():
        fault.end()
    supervisor.close()
    if supervisor.error is not None:
        print(f"{type(supervisor.error).__name__}: {supervisor.error}", file=sys.stderr)
        return 1
    return 0


def _say(answer: Opened | Done | ErrorResponse) -> None:
    os.write(1, msgspec.json.encode(answer) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
