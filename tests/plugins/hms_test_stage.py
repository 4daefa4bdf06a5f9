"""A supervisor played by hand: a listener, a launcher, and waiting for what must come. Decides nothing."""

from __future__ import annotations

import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from hms_kernel.launchers import Exited
from hms_kernel.launchers.local import LocalLauncher
from hms_kernel.messages import (
    AgentTask,
    CancelTask,
    Envelope,
    HeartbeatRequest,
    HeartbeatResponse,
    ProofResult,
    RegisterRequest,
    RegisterResponse,
    SupervisorMessage,
    TaskResult,
    UpdateTaskStatusRequest,
    UpdateTaskStatusResponse,
)
from hms_kernel.model import AgentSpec, Limits, Progress, Result, Task
from hms_kernel.transport.zeromq import ZmqListener

PATIENCE_S = 30.0  # until a test gives up on what must come; nothing waits that long otherwise


def wait_for(true: Callable[[], Any], why: str = "it never came true") -> Any:
    """Ask again and again until the answer is true; that answer."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not (answer := true()):
        assert time.monotonic() < deadline_s, why
        time.sleep(0.005)
    return answer


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Stage:
    """One session's agents and the hand that plays their supervisor."""

    def __init__(self, epoch: int = 1, directory: Path | None = None, **launcher: Any) -> None:
        # pytest's own directories are often too deep for a socket's path.
        self._owned = directory is None
        self.directory = directory or Path(tempfile.mkdtemp(prefix="hms-"))
        self.epoch = epoch
        self.listener = ZmqListener(f"ipc://{self.directory}/agents.sock")
        self.launcher = LocalLauncher(self.directory, self.listener.address, **launcher)
        self.answers_heartbeats = True
        self.acknowledges = True
        self.peers: dict[str, bytes] = {}
        self.pids: dict[str, int] = {}
        self.registrations: list[RegisterRequest] = []
        self.heartbeats: list[HeartbeatRequest] = []
        self.words: list[Progress] = []
        self.results: list[tuple[str, int, Result]] = []
        self.envelopes: list[Envelope] = []
        self.exits: list[Exited] = []
        self._task_ids = itertools.count(1)

    def close(self, timeout_s: float = 5.0) -> None:
        """End everything and leave nothing behind."""
        self.launcher.close(timeout_s)
        self.listener.close()
        if self._owned:
            shutil.rmtree(self.directory)

    # --- acting ----------------------------------------------------------------

    def launch(self, agent_id: str = "a", **spec: Any) -> int:
        """Launch an agent and wait until it has registered; its process id."""
        self.pids.pop(agent_id, None)
        self.launcher.launch(AgentSpec(agent_id=agent_id, **{"skills": ("rehearse",), **spec}))
        return self.until(lambda: self.pids.get(agent_id), f"{agent_id} never registered")

    def assign(
        self,
        do: str,
        agent_id: str = "a",
        *,
        attempt: int = 1,
        limits: Limits | None = None,
        task_id: str = "",
        skill: str = "rehearse",
        **arguments: Any,
    ) -> str:
        """Send a task; its id."""
        task = Task(
            task_id=task_id or f"t{next(self._task_ids)}",
            skill=skill,
            payload={"do": do, **arguments},
            limits=limits or Limits(),
        )
        self.tell(AgentTask(task=task), agent_id, attempt=attempt)
        return task.task_id

    def cancel(self, task_id: str, agent_id: str = "a", *, attempt: int = 1) -> None:
        """Cancel a task."""
        self.tell(CancelTask(task_id=task_id), agent_id, attempt=attempt)

    def tell(
        self,
        body: SupervisorMessage,
        agent_id: str = "a",
        *,
        attempt: int = 0,
        epoch: int | None = None,
    ) -> None:
        """Send one message."""
        epoch = self.epoch if epoch is None else epoch
        envelope = Envelope(body=body, epoch=epoch, attempt=attempt)
        assert self.listener.send(self.peers[agent_id], envelope)

    # --- waiting ---------------------------------------------------------------

    def until(self, true: Callable[[], Any], why: str = "it never came true") -> Any:
        """Serve agents until the answer is true; that answer."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not (answer := true()):
            left_s = deadline_s - time.monotonic()
            assert left_s > 0, f"{why}; log: {self.log()}"
            select.select([self.listener, self.launcher], [], [], min(left_s, 0.1))
            self.serve()
        return answer

    def result(self, task_id: str, attempt: int = 1) -> Any:
        """Wait for a task's result."""

        def find() -> list[Result]:
            return [r for t, a, r in self.results if (t, a) == (task_id, attempt)]

        return self.until(find, f"{task_id} was never answered")[0]

    def do(self, what: str, agent_id: str = "a", **arguments: Any) -> Any:
        """Assign a task and wait for its result."""
        return self.result(self.assign(what, agent_id, **arguments))

    def note(self, task_id: str) -> str:
        """Wait until the task's worker has said something; what."""

        def find() -> list[str]:
            progress = [*self.words, *(beat.progress for beat in self.heartbeats if beat.progress)]
            return [p.note for p in progress if p.task_id == task_id and p.note]

        return self.until(find, f"not a word on {task_id}")[-1]

    def exit(self, agent_id: str = "a") -> Exited:
        """Wait for an agent's end."""
        found = self.until(
            lambda: [e for e in self.exits if e.agent_id == agent_id], f"{agent_id} never ended"
        )
        self.exits.remove(found[0])
        return found[0]

    def worker(self, agent_id: str = "a") -> int:
        """The process id of an agent's worker."""
        answer = self.do("describe", agent_id).value
        assert answer["agent_pid"] == self.pids[agent_id]
        return answer["pid"]

    def zygote(self) -> int:
        """The process id of the zygote, which is the parent of every agent."""
        pid = self.launcher._nursery._pid
        assert pid is not None
        return pid

    def serve(self) -> None:
        """Take in what has come, and answer it."""
        self.exits += self.launcher.poll()
        for peer, envelope in self.listener.receive(1000):
            self.envelopes.append(envelope)
            self._take(peer, envelope)

    def log(self) -> str:
        """What zygote and agents have written."""
        path = self.directory / "zygote.log"
        return path.read_text() if path.exists() else ""

    def _take(self, peer: bytes, envelope: Envelope) -> None:
        match envelope.body:
            case RegisterRequest() as request:
                self.registrations.append(request)
                self.peers[request.agent_id] = peer
                self.pids[request.agent_id] = request.pid
                self.launcher.watch(request.agent_id, request.pid)
                self.tell(RegisterResponse(session="stage"), request.agent_id)
            case HeartbeatRequest() as beat:
                self.heartbeats.append(beat)
                if self.answers_heartbeats:
                    known = beat.agent_id in self.peers
                    answer = Envelope(body=HeartbeatResponse(known=known), epoch=self.epoch)
                    self.listener.send(peer, answer)
            case UpdateTaskStatusRequest(progress=progress):
                self.words.append(progress)
            case ProofResult(task_id=task_id, verdict=result):
                self._answered(peer, envelope, task_id, result)
            case TaskResult(task_id=task_id, result=result):
                self._answered(peer, envelope, task_id, result)
            case other:
                raise AssertionError(f"an agent said {other}")

    def _answered(self, peer: bytes, envelope: Envelope, task_id: str, result: Result) -> None:
        self.results.append((task_id, envelope.attempt, result))
        if self.acknowledges:
            body = UpdateTaskStatusResponse(task_id=task_id)
            answer = Envelope(body=body, epoch=self.epoch, attempt=envelope.attempt)
            self.listener.send(peer, answer)


class Kernel:
    """The process of ``hms_test_kernel``, leader of a process group of its own."""

    def __init__(self, directory: Path, grace_s: float = 600.0) -> None:
        program = Path(__file__).with_name("hms_test_kernel.py")
        self.process = subprocess.Popen(
            [sys.executable, str(program), str(directory), str(grace_s)],
            stdout=subprocess.PIPE,
            process_group=0,
        )
        assert self.process.stdout is not None
        started = json.loads(self.process.stdout.readline())
        self.agent: int = started["agent"]
        self.worker: int = started["worker"]
        self.zygote: int = started["zygote"]

    def signal_group(self, number: signal.Signals) -> None:
        """Signal the process group, as Jupyter does to interrupt or end a kernel."""
        os.killpg(self.process.pid, number)

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        assert self.process.stdout is not None
        code = self.process.wait(timeout=PATIENCE_S)
        self.process.stdout.close()
        return code
