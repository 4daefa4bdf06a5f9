"""Every disturbance that can be made inside a host's process, put together from its parts. Decides on none."""

from __future__ import annotations

from pathlib import Path
from random import Random

from hms_kernel.chaos.clock import JumpyClock, LostTime, SetClock
from hms_kernel.chaos.descriptors import NoDescriptors
from hms_kernel.chaos.faults import Fault, Host
from hms_kernel.chaos.storage import DamagedStore, FullDisk, LockedStore
from hms_kernel.chaos.wire import MISHAPS, BadLine, FrailListener
from hms_kernel.transport.zeromq import ZmqListener


def faults_in(host: Host, seed: int = 0) -> dict[str, Fault]:
    """Every disturbance that is possible with these parts, by kind; same seed, same choices."""
    rng = Random(seed)
    faults: list[Fault] = []
    if isinstance(host.agents, FrailListener):
        faults += [BadLine(kind, [host.agents], Random(rng.random())) for kind in MISHAPS]
    if isinstance(host.clock, JumpyClock):
        faults.append(LostTime(host.clock, Random(rng.random())))
    if isinstance(host.wall_clock, JumpyClock):
        faults.append(SetClock(host.wall_clock, Random(rng.random())))
    if host.store.url.get_backend_name() == "sqlite" and host.store.url.database:
        file = Path(host.store.url.database)
        faults += [FullDisk(), LockedStore(file), DamagedStore(file)]
    listeners = [one for one in (host.agents, host.clients) if isinstance(one, ZmqListener)]
    faults.append(NoDescriptors(listeners))
    return {fault.kind: fault for fault in faults}
