"""Agents on this machine: forked by a zygote, watched through pidfds. Decides nothing about restarts.

A pidfd says within milliseconds that a process is gone, whoever its parent is;
the zygote, its parent, says how. An exit is reported when both have spoken, or
when the zygote has not within a tenth of a second.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import select
import selectors
import signal
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from hms_kernel import processes
from hms_kernel.errors import AgentError
from hms_kernel.launchers import Exited
from hms_kernel.launchers.nursery import Nursery
from hms_kernel.launchers.wire import ZYGOTE, Ended, Hello, Launch, Launched, Refused, Report
from hms_kernel.model import AgentSpec
from hms_kernel.transport.doorbell import Doorbell
from hms_kernel.transport.zeromq import SPARE

CAUSE_S = 0.1  # how long a death waits for the zygote's word on it
_UNCLAIMED = 4096  # reports kept about processes we have not been told of yet


@dataclass
class _Process:
    agent_id: str
    pid: int = 0  # 0 until the zygote has forked it
    pidfd: int | None = None
    doomed: bool = False  # to be killed as soon as it has a pid
    gone_s: float = 0.0  # when its pidfd fired
    orphan: bool = False  # its zygote is gone, so nobody will say how it ended


class LocalLauncher:
    """Starts and watches agents on this machine; see ``Launcher`` for the contract.

    Args:
        directory: the session's, private to the user; holds the zygote's socket and log.
        agent_endpoint: where agents find the supervisor.
        grace_s: seconds a zygote without supervisor and agents stays for the next one.
        preload: skills the zygote imports before it forks; by default those of the first agent.
        log: told when a zygote comes and goes.
    """

    def __init__(
        self,
        directory: Path | str,
        agent_endpoint: str,
        *,
        grace_s: float = 600.0,
        preload: Iterable[str] | None = None,
        log: logging.Logger | None = None,
    ) -> None:
        self._endpoint = agent_endpoint
        self._preload = None if preload is None else tuple(preload)
        self._log = log or logging.getLogger(__name__)
        self._selector = selectors.DefaultSelector()
        self._alarm = processes.Alarm()
        self._noticed: list[Exited] = []
        self._pending: dict[int, _Process] = {}
        self._alive: dict[int, _Process] = {}
        self._gone: dict[int, _Process] = {}  # of those, whose pidfd has fired
        # Of an earlier supervisor, fate unknown yet: last process, how long ago it registered.
        self._expected: dict[str, tuple[int | None, float]] = {}
        # Agents the zygote had when we came to it, less those we have dealt with or that ended.
        self._census: dict[str, int] | None = None
        self._unclaimed: OrderedDict[int, Ended] = OrderedDict()
        self._launch_ids = itertools.count(1)
        self._closed = False
        self._doorbell = Doorbell(self._selector.fileno())
        if (alarm_fd := self._alarm.fileno()) is not None:
            self._selector.register(alarm_fd, selectors.EVENT_READ)
        self._nursery = Nursery(Path(directory), grace_s, self._log)
        if self._nursery.find():
            self._watch_nursery()

    def fileno(self) -> int:
        """Readable when ``poll`` has something to return, or something to learn."""
        return self._doorbell.fileno()

    def launch(self, spec: AgentSpec) -> None:
        """Ask the zygote, started if need be, for one agent."""
        self._expected.pop(spec.agent_id, None)
        self._end_double(spec.agent_id)
        process = _Process(spec.agent_id)
        launch_id = next(self._launch_ids)
        self._pending[launch_id] = process
        order = Launch(launch_id=launch_id, spec=spec, endpoint=self._endpoint)
        try:
            if not processes.descriptors_left(SPARE):
                raise AgentError(
                    "this process has hardly any file descriptors left; "
                    "close files, or raise the limit (ulimit -n)"
                )
            if not self._nursery.connected:
                self._nursery.start(spec.skills if self._preload is None else self._preload)
                self._watch_nursery()
            self._nursery.send(order)
            self._poll_for_nursery()
        except (AgentError, OSError) as error:
            del self._pending[launch_id]
            self._note(process, f"could not be started: {error}")
        self._settle()

    def watch(self, agent_id: str, pid: int) -> None:
        """Notice the death of a process that registered itself."""
        self._expected.pop(agent_id, None)
        self._strike(pid)
        if pid not in self._alive:
            self._follow(_Process(agent_id, pid))
            self._settle()

    def expect(self, agent_id: str, pid: int | None, age_s: float) -> None:
        """Ask the zygote that was found what has become of an agent; without one, look for its process."""
        self._expected[agent_id] = pid, age_s
        if not self._nursery.connected:
            self._look_for(agent_id)
        elif self._census is not None:
            self._identify(agent_id)
        self._settle()

    def terminate(self, agent_id: str) -> None:
        """SIGTERM the agent."""
        for process in self._alive.values():
            if process.agent_id == agent_id:
                self._signal(process, signal.SIGTERM)

    def kill(self, agent_id: str) -> None:
        """SIGKILL the agent; its worker dies with it."""
        if agent_id in self._expected:
            self._expected.pop(agent_id)
            self._note(_Process(agent_id), "did not come back")
            self._settle()
        for process in (*self._pending.values(), *self._alive.values()):
            if process.agent_id == agent_id:
                process.doomed = True
                self._signal(process, signal.SIGKILL)

    def poll(self) -> list[Exited]:
        """Deaths noticed since the last call, oldest first."""
        self._learn()
        noticed, self._noticed = self._noticed, []
        self._settle()
        return noticed

    def leave(self) -> None:
        """Let go of zygote and agents without ending any. Idempotent."""
        if not self._closed:
            self._closed = True
            self._nursery.leave()
            self._release()

    def close(self, timeout_s: float = 5.0) -> None:
        """SIGTERM every agent, SIGKILL those left after ``timeout_s``, and end the zygote. Idempotent."""
        if self._closed:
            return
        self._closed = True
        deadline_s = time.monotonic() + timeout_s
        self._nursery.stop(timeout_s)
        for process in self._alive.values():
            self._signal(process, signal.SIGTERM)
        self._wait_until(deadline_s)
        for process in (*self._pending.values(), *self._alive.values()):
            process.doomed = True
            self._signal(process, signal.SIGKILL)
        self._wait_until(time.monotonic() + 1.0)
        # Agents we were never told of are in the zygote's hands until the deadline.
        self._nursery.close(max(0.0, deadline_s - time.monotonic()) + 2.0)
        self._release()

    def _release(self) -> None:
        for process in self._alive.values():
            if process.pidfd is not None:
                os.close(process.pidfd)
        self._alive.clear()
        self._selector.close()
        self._doorbell.close()
        self._alarm.close()

    # --- learning who is gone ------------------------------------------------------

    def _learn(self) -> None:
        # Those whose pidfds fire are settled by what the zygote says right after.
        for key, _ in self._selector.select(0):
            if isinstance(key.data, _Process):
                self._miss(key.data)
        self._hear_zygote()
        now_s = time.monotonic()
        for process in list(self._gone.values()):
            if now_s >= process.gone_s + self._patience_s(process):
                self._bury(process, "ended")

    def _hear_zygote(self) -> None:
        if not self._nursery.connected:
            return
        fd = self._nursery.fd
        for report in self._nursery.reports():
            self._take(report)
        if self._census is not None:
            for agent_id in list(self._expected):
                self._identify(agent_id)
        if not self._nursery.connected:
            self._selector.unregister(fd)
            fate = f"its zygote ended ({self._nursery.fate()})"
            if not self._closed:
                self._log.warning("%s", fate)
            pending, self._pending = self._pending, {}
            for process in pending.values():
                self._note(process, f"could not be started: {fate}")
            self._census = None
            for process in self._alive.values():
                process.orphan = True
            for agent_id in list(self._expected):
                self._look_for(agent_id)
        else:
            self._poll_for_nursery()

    def _take(self, report: Report) -> None:
        match report:
            case Hello(agents=alive):
                self._census = dict(alive)
                for launched in self._pending.values():
                    self._end_double(launched.agent_id)
            case Launched(launch_id=launch_id, pid=pid):
                if (process := self._pending.pop(launch_id, None)) is not None:
                    process.pid = pid
                    self._follow(process)
            case Refused(launch_id=launch_id, cause=cause):
                if (process := self._pending.pop(launch_id, None)) is not None:
                    self._note(process, cause)
            case Ended(pid=pid):
                self._strike(pid)
                if (process := self._alive.get(pid)) is not None:
                    self._bury(process, report.cause, report.output)
                else:
                    self._unclaimed[pid] = report
                    while len(self._unclaimed) > _UNCLAIMED:
                        self._unclaimed.popitem(last=False)
            case _:
                assert_never(report)

    def _identify(self, agent_id: str) -> None:
        """What the zygote, its parent, knows of an agent that an earlier supervisor launched."""
        assert self._census is not None
        pid, age_s = self._expected[agent_id]
        alive, orphan = self._census.pop(agent_id, None), False
        if alive is None and pid and pid not in self._unclaimed and processes.is_running(pid):
            # It may be the child of an earlier zygote.
            if not processes.is_the_same(pid, age_s, ZYGOTE):
                return
            alive, orphan = pid, True
        del self._expected[agent_id]
        if alive is not None:
            self._follow(_Process(agent_id, alive, orphan=orphan))
            return
        process = _Process(agent_id, pid or 0)
        if process.pid and process.pid not in self._alive:
            # It died; the zygote may be about to say how.
            self._alive[process.pid] = process
            if (ended := self._unclaimed.pop(process.pid, None)) is not None:
                self._bury(process, ended.cause, ended.output)
            else:
                self._miss(process)
        else:
            self._note(process, "ended")

    def _end_double(self, agent_id: str) -> None:
        """End a process that an earlier supervisor launched without living to say so."""
        if self._census and (double := self._census.pop(agent_id, None)) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(double, signal.SIGKILL)

    def _strike(self, pid: int) -> None:
        if self._census:
            self._census = {name: alive for name, alive in self._census.items() if alive != pid}

    def _look_for(self, agent_id: str) -> None:
        """Without a zygote: an agent is gone if its process is; a process in doubt may come back."""
        pid, age_s = self._expected[agent_id]
        if pid is None:
            return
        if not processes.is_running(pid):
            del self._expected[agent_id]
            self._note(_Process(agent_id, pid), "ended")
        elif processes.is_the_same(pid, age_s, ZYGOTE):
            del self._expected[agent_id]
            self._follow(_Process(agent_id, pid, orphan=True))

    def _follow(self, process: _Process) -> None:
        if (known := self._alive.get(process.pid)) is not None:
            # It registered before the zygote's word on it was read.
            known.doomed = known.doomed or process.doomed
            process = known
        self._alive[process.pid] = process
        try:
            if process.pidfd is None:
                process.pidfd = processes.open_pidfd(process.pid)
            if process.pidfd is not None and process.pidfd not in self._selector.get_map():
                self._selector.register(process.pidfd, selectors.EVENT_READ, process)
        except ProcessLookupError:
            self._miss(process)
        except OSError as error:  # out of descriptors: the zygote's report has to do
            self._log.warning("cannot watch agent %s: %s", process.agent_id, error)
        if (ended := self._unclaimed.pop(process.pid, None)) is not None:
            self._bury(process, ended.cause, ended.output)
        elif process.doomed:
            self._signal(process, signal.SIGKILL)

    def _miss(self, process: _Process) -> None:
        self._unwatch(process)
        process.gone_s = time.monotonic()
        self._gone[process.pid] = process

    def _bury(self, process: _Process, cause: str, output: str = "") -> None:
        self._unwatch(process)
        del self._alive[process.pid]
        self._gone.pop(process.pid, None)
        self._note(process, cause, output)

    def _unwatch(self, process: _Process) -> None:
        if process.pidfd is not None:
            if process.pidfd in self._selector.get_map():
                self._selector.unregister(process.pidfd)
            os.close(process.pidfd)
            process.pidfd = None

    def _note(self, process: _Process, cause: str, output: str = "") -> None:
        exited = Exited(agent_id=process.agent_id, pid=process.pid, cause=cause, output=output)
        self._noticed.append(exited)

    def _patience_s(self, process: _Process) -> float:
        return CAUSE_S if self._nursery.connected and not process.orphan else 0.0

    def _settle(self) -> None:
        """Make the descriptor say whether ``poll`` should be called, now or later."""
        if self._noticed:
            self._doorbell.ring()
        else:
            self._doorbell.hush()
        if self._gone:
            due_s = min(each.gone_s + self._patience_s(each) for each in self._gone.values())
            self._alarm.set(max(0.0, due_s - time.monotonic()))
        else:
            self._alarm.set(None)

    # --- doing things to processes -----------------------------------------------------

    def _signal(self, process: _Process, number: signal.Signals) -> None:
        if not process.pid or process.pid in self._gone:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if process.pidfd is not None:
                signal.pidfd_send_signal(process.pidfd, number)
            else:
                os.kill(process.pid, number)

    def _watch_nursery(self) -> None:
        self._selector.register(self._nursery.fd, self._nursery.events)

    def _poll_for_nursery(self) -> None:
        if self._selector.get_key(self._nursery.fd).events != self._nursery.events:
            self._selector.modify(self._nursery.fd, self._nursery.events)

    def _wait_until(self, deadline_s: float) -> None:
        while self._alive or self._pending:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                return
            select.select([self.fileno()], [], [], left_s)
            self._learn()
            self._settle()
            self._noticed.clear()
