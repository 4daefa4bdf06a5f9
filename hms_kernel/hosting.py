"""Puts a supervisor together from real parts: session, store, sockets, launcher. Runs nothing itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

from hms_kernel.launchers.local import LocalLauncher
from hms_kernel.policy import Gate, OpenGate
from hms_kernel.session import Session
from hms_kernel.store import Store
from hms_kernel.supervisor import Supervisor
from hms_kernel.transport import Listener
from hms_kernel.transport.zeromq import ZmqListener


def host(
    name: str | None = None,
    *,
    store: str | None = None,
    seed: int = 0,
    gate: Gate | None = None,
    owner: int | None = None,
    apart: bool = False,
    listen: Callable[[str], Listener] = ZmqListener,
    keep: Callable[[str], Store] = Store,
    clock: Callable[[], float] = time.monotonic,
    wall_clock: Callable[[], float] = time.time,
) -> Supervisor:
    """Open a session in this process and start its supervisor's thread.

    Args:
        owner: the process that the session belongs to, where it is not this one.
        apart: clients that name no session do not mean this one.
        listen: makes the listener at an address, for agents first and then for clients.
        keep: opens the store at a URL.
        clock: the supervisor's, seconds.
        wall_clock: for the time of facts, seconds since the Unix epoch.

    Raises:
        UsageError: the name or the store URL makes no sense.
        SessionError: another process holds the session.
        StoreError: the store cannot be opened.
    """
    with ExitStack() as undo:
        session = Session(name, store=store)
        undo.callback(session.leave)  # its agents may be waiting for somebody who can open it
        kept = keep(session.store_url)
        undo.callback(kept.close)
        agents = listen(session.agents_address)
        undo.callback(agents.close)
        clients = listen(session.clients_address)
        undo.callback(clients.close)
        launcher = LocalLauncher(session.sockets, session.agents_address)
        undo.callback(launcher.leave)
        supervisor = Supervisor(
            session,
            store=kept,
            agents=agents,
            clients=clients,
            launcher=launcher,
            gate=gate or OpenGate(),
            seed=seed,
            clock=clock,
            wall_clock=wall_clock,
        )
        session.publish(supervisor.epoch, owner, apart=apart)
        supervisor.start()
        undo.pop_all()
    return supervisor
