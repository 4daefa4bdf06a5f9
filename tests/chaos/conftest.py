"""A session hosted here, with every part that a disturbance acts on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

import hms_kernel as hms
from hms_kernel import hosting
from hms_kernel.chaos.clock import JumpyClock
from hms_kernel.chaos.disturbances import faults_in
from hms_kernel.chaos.faults import Fault, Host
from hms_kernel.chaos.wire import FrailListener
from hms_kernel.desk import Desk
from hms_kernel.store import Store
from hms_kernel.supervisor import Supervisor
from hms_kernel.transport import Listener


@dataclass(frozen=True)
class Arena:
    """A session, the parts of its host, and what can be done to them."""

    bench: Desk
    supervisor: Supervisor
    host: Host
    faults: dict[str, Fault]

    def submit(self, do: str, **arguments: object) -> hms.TaskHandle:
        """A task for the skill of tests."""
        return self.bench.submit("rehearse", {"do": do, **arguments})


@pytest.fixture
def open_arena(rehearsal: None) -> Iterator[Callable[..., Arena]]:
    """Host a session; called again with the same name after ``leave``, take it over."""
    opened: list[Arena] = []

    def make(name: str | None = None, seed: int = 1) -> Arena:
        listeners: list[Listener] = []
        stores: list[Store] = []
        clock, wall_clock = JumpyClock(time.monotonic), JumpyClock(time.time)

        def listen(address: str) -> Listener:
            listeners.append(FrailListener(address))
            return listeners[-1]

        def keep(url: str) -> Store:
            stores.append(Store(url))
            return stores[-1]

        supervisor = hosting.host(
            name, listen=listen, keep=keep, clock=clock, wall_clock=wall_clock
        )
        host = Host(*listeners, stores[0], clock, wall_clock)
        bench = Desk(supervisor, supervisor.name, supervisor.store_url)
        opened.append(Arena(bench, supervisor, host, faults_in(host, seed)))
        return opened[-1]

    yield make
    for arena in opened:
        for fault in arena.faults.values():
            fault.end()
    for arena in opened:
        arena.supervisor.close()


@pytest.fixture
def arena(open_arena: Callable[..., Arena]) -> Arena:
    """A session of its own."""
    return open_arena()
