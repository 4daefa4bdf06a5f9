"""Chaos for a workbench at hand: hit a random agent, or let agents be hit now and then while you work.

import random
from hms_kernel.testing import chaos, healing, strike

with hms.Workbench(agents=4) as wb:
    blow = strike(wb, "kill_agent", random.Random(7))
    with chaos(wb, seed=7, kinds=["kill_agent", "freeze_worker"]):
        wb.verify("moneyball").result()
    healing(blow, wb.facts()).recover_ms
"""

from __future__ import annotations

import signal
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING

from hms_kernel.chaos import processes
from hms_kernel.chaos.faults import Injected
from hms_kernel.chaos.skill import BAITS, read_mark
from hms_kernel.errors import HmsError, UsageError
from hms_kernel.model import AgentPhase, Limits

if TYPE_CHECKING:
    from hms_kernel.desk import Desk
    from hms_kernel.messages import AgentStatus

MARK_S = 30.0  # for a task that misbehaves by itself to begin
KINDS = ("kill_agent", "freeze_agent", "kill_worker", "freeze_worker", "kill_zygote")


def strike(wb: Desk, kind: str, rng: Random) -> Injected:
    """Hit a random agent of a session, hosted here or anywhere on this machine.

    Agents with work are hit before idle ones. ``hold_gil`` and ``exhaust_memory`` are
    tasks, and need agents that were spawned with the skill ``chaos``.

    Args:
        wb: the session.
        kind: one of ``faults.BLOWS``, but not ``kill_kernel``, which ``hms chaos`` has.
        rng: chooses the victim.

    Returns:
        What was done to whom; ``healing`` finds in the facts what became of it.

    Raises:
        UsageError: there is no such kind, or nobody who could be hit like that.
    """
    _check(kind)
    ready = [a for a in wb.client.agents() if a.phase == AgentPhase.READY.value and a.pid]
    if kind in KINDS:
        rng.shuffle(ready)
        ready.sort(key=lambda agent: agent.task is None)
        for agent in ready:
            if (blow := _hit(agent, kind)) is not None:
                return blow
    elif any("chaos" in agent.skills for agent in ready):
        return _misbehave(wb, kind)
    needed = " with the skill 'chaos'" if kind not in KINDS else ""
    raise UsageError(f"no agent is there for {kind}; spawn some{needed}")


@contextmanager
def chaos(
    wb: Desk,
    *,
    seed: int = 0,
    kinds: Sequence[str] = ("kill_agent", "freeze_agent", "kill_worker", "freeze_worker"),
    every_s: float = 1.0,
) -> Iterator[list[Injected]]:
    """While the block runs, hit a random agent about every ``every_s`` seconds, the first time at once.

    Args:
        wb: the session.
        seed: of kinds, victims and pauses.
        kinds: to choose from, as for ``strike``.
        every_s: the mean pause.

    Yields:
        The blows so far; it grows.

    Raises:
        UsageError: there is no such kind.
    """
    for kind in kinds:
        _check(kind)
    rng, ended = Random(seed), threading.Event()
    blows: list[Injected] = []

    def keep_striking() -> None:
        while not ended.is_set():
            try:
                blows.append(strike(wb, rng.choice(list(kinds)), rng))
            except UsageError:
                pass  # nobody is there at the moment: they will come back
            except HmsError:
                return  # the session has ended
            ended.wait(rng.uniform(0.5, 1.5) * every_s)

    thread = threading.Thread(target=keep_striking, name="hms-chaos", daemon=True)
    thread.start()
    try:
        yield blows
    finally:
        ended.set()
        thread.join()


def _check(kind: str) -> None:
    if kind not in KINDS and kind not in BAITS:
        known = ", ".join((*KINDS, *(name for name in BAITS if name not in KINDS)))
        raise UsageError(f"no blow {kind!r} for a workbench; there are {known}")


def _hit(agent: AgentStatus, kind: str) -> Injected | None:
    assert agent.pid is not None
    pid: int | None = agent.pid
    if kind in ("kill_worker", "freeze_worker"):
        pid = processes.worker_of(agent.pid)
    elif kind == "kill_zygote":
        zygote = processes.zygote_of([agent.pid])
        if zygote is None or processes.hit(zygote, signal.SIGKILL) is None:
            return None
    struck_s = pid and processes.hit(pid, processes.SIGNALS.get(kind, signal.SIGKILL))
    if not pid or not struck_s:
        return None
    return Injected(kind=kind, time_s=struck_s, agent=agent.agent_id, pid=pid)


def _misbehave(wb: Desk, kind: str) -> Injected:
    # Whose import opens a database: what forks agents imports this module too.
    from hms_kernel.session import sessions_directory

    marks = sessions_directory() / wb.session / "marks"
    marks.mkdir(exist_ok=True)
    path = marks / f"{kind}-{uuid.uuid4().hex}"
    payload = {"do": BAITS[kind], "mark": str(path)}
    task = wb.submit("chaos", payload, label=kind, limits=Limits(max_attempts=10))
    until_s = time.monotonic() + MARK_S
    while (mark := read_mark(path)) is None:
        if time.monotonic() > until_s:
            task.cancel()
            raise UsageError(f"no agent began the task that does {kind} within {MARK_S:g} s")
        time.sleep(0.005)
    names = {agent.pid: agent.agent_id for agent in wb.client.agents()}
    agent = names.get(mark.agent, "")
    return Injected(kind=kind, time_s=mark.time_s, agent=agent, pid=mark.worker, task=task.task_id)
