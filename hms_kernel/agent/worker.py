"""The child that does the work: takes one task after another from a socket and runs its skill. Knows no network.

It never unpickles, never returns from ``work`` and answers every task it
survives. What it prints goes to descriptors 1 and 2, where its agent listens. A
thread beside the work shows that the interpreter lives.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import signal
import socket
import sys
import time
import traceback
from typing import Any, NoReturn

import msgspec

from hms_kernel import skills
from hms_kernel.agent.pulse import Pulse
from hms_kernel.errors import BackendMissing, UsageError
from hms_kernel.model import AgentSpec, Failure, Result, Task, Value, Verdict
from hms_kernel.transport.codec import MAX_FRAME_BYTES
from hms_kernel.transport.stream import read_frame, write_frame

NOTE_CHARACTERS = 500
DETAIL_CHARACTERS = 20_000
RESULT_BYTES = MAX_FRAME_BYTES - (64 << 10)  # the envelope and the output need a little room
BURST = 50  # words on progress sent at once, ...
BURST_PER_S = 50.0  # ... and how fast that allowance comes back


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Agent to worker: do this."""

    task: Task
    attempt: int


class Stepped(msgspec.Struct, frozen=True, kw_only=True, tag="stepped"):
    """Worker to agent: so many steps so far, now at this."""

    task_id: str
    attempt: int
    steps: int
    note: str


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag="answered"):
    """Worker to agent: the end of a task.

    ``spoiled``: the worker ran out of memory or was interrupted, and should be replaced.
    """

    task_id: str
    attempt: int
    result: Result
    spoiled: bool = False


Word = Stepped | Answered

_libc = ctypes.CDLL(None)
_encoder = msgspec.msgpack.Encoder()
_jobs = msgspec.msgpack.Decoder(Job)


# Looking through the metadata of everything installed takes longer than a fork.
_warm: dict[str, type[skills.Skill]] = {}


def warm(name: str) -> None:
    """Import a skill for all workers that will be forked from this process.

    Raises:
        UsageError, BackendMissing: as for ``skills.load``.
    """
    _warm[name] = skills.load(name)


def work(channel: socket.socket, spec: AgentSpec, pulse: Pulse) -> NoReturn:
    """Answer jobs until the agent hangs up, then end the process."""
    channel.setblocking(True)
    ready: dict[str, skills.Skill] = {}
    wish = Wish(pulse)
    signal.signal(signal.SIGINT, lambda number, frame: wish.obey())
    pulse.start()
    try:
        while (frame := read_frame(channel)) is not None:
            wish.job += 1
            pulse.take(wish.job)
            answer = _answer(_jobs.decode(frame), ready, spec, channel, wish)
            _flush()
            pulse.rest()
            write_frame(channel, answer)
    except OSError:
        pass  # the agent is gone: nobody is left to tell
    os._exit(0)


class Wish:
    """The agent's wish that a job should end, obeyed only while that very job is running."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self.job = 0  # number of the latest one, as the agent counts
        self.running = False
        self.obeyed = False

    def obey(self) -> None:
        """Called at every step and by the signal; raises in the job that is unwanted, once."""
        if self.running and not self.obeyed and self._pulse.unwanted == self.job:
            self.obeyed = True
            raise KeyboardInterrupt


class Reporter:
    """The ``report`` a skill is given: counts every step, sends as many as the agent can take."""

    def __init__(self, job: Job, channel: socket.socket, wish: Wish) -> None:
        self._job = job
        self._channel = channel
        self._wish = wish
        self._steps = 0
        self._note = ""
        self._allowance = float(BURST)
        self._earned_s = time.monotonic()

    def __call__(self, note: str = "") -> None:
        self._wish.obey()
        self._steps += 1
        self._note = note[:NOTE_CHARACTERS] or self._note
        now_s = time.monotonic()
        self._allowance = min(BURST, self._allowance + (now_s - self._earned_s) * BURST_PER_S)
        self._earned_s = now_s
        if self._allowance < 1:
            return
        self._allowance -= 1
        word = Stepped(
            task_id=self._job.task.task_id,
            attempt=self._job.attempt,
            steps=self._steps,
            # Text from a prover may hold anything, and a note must not fail a task.
            note=self._note.encode(errors="replace").decode(),
        )
        write_frame(self._channel, _encoder.encode(word))


def _answer(
    job: Job,
    ready: dict[str, skills.Skill],
    spec: AgentSpec,
    channel: socket.socket,
    wish: Wish,
) -> bytes:
    """The frame that answers ``job``, whatever its skill does short of ending the process."""
    spoiled = False
    result: Result
    try:
        skill = ready.get(job.task.skill)
        if skill is None:
            kind = _warm.get(job.task.skill) or skills.load(job.task.skill)
            skill = ready[job.task.skill] = kind(dict(spec.config))
        wish.running = True
        try:
            result = _as_result(skill.run(job.task.payload, Reporter(job, channel, wish)))
        finally:
            wish.running = False
    except MemoryError:
        spoiled = True
        result = Failure(
            kind="crashed",
            message=f"worker ran out of memory (limit {_size(spec.memory_bytes)})",
            detail=_traceback(),
        )
    except (UsageError, BackendMissing) as error:
        result = Failure(kind="error", message=str(error), detail=_traceback())
    except KeyboardInterrupt:
        result = Failure(kind="error", message="the worker was interrupted", detail=_traceback())
    except SystemExit as error:
        message = f"the skill asked to exit with {error.code!r}"
        result = Failure(kind="error", message=message, detail=_traceback())
    except Exception as error:
        message = f"{type(error).__name__}: {error}".removesuffix(": ")
        result = Failure(kind="error", message=message[:2000], detail=_traceback())
    # Interrupted anywhere, the skill may be left in pieces: nobody shall use it again.
    return _frame(job, result, spoiled or wish.obeyed)


def _flush() -> None:
    """Send what was printed on its way before the answer, that of C libraries too."""
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    _libc.fflush(None)


def _as_result(returned: Any) -> Result:
    return returned if isinstance(returned, Verdict | Value | Failure) else Value(value=returned)


def _frame(job: Job, result: Result, spoiled: bool) -> bytes:
    def encode(answer: Result) -> bytes:
        return _encoder.encode(
            Answered(task_id=job.task.task_id, attempt=job.attempt, result=answer, spoiled=spoiled)
        )

    try:
        frame = encode(result)
        if len(frame) > RESULT_BYTES:
            raise ValueError(f"it takes {_size(len(frame))}, a message holds {_size(RESULT_BYTES)}")
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        message = f"what {job.task.skill} returned cannot be sent: {error}"
        return encode(Failure(kind="error", message=message.encode(errors="replace").decode()))
    return frame


def _traceback() -> str:
    # The end of a traceback says most, and text from outside may hold lone surrogates.
    return traceback.format_exc()[-DETAIL_CHARACTERS:].encode(errors="replace").decode()


def _size(count: int) -> str:
    if count < 1024:
        return f"{count} bytes"
    power = min(int(math.log(count, 1024)), 4)
    return f"{count / 1024**power:.4g} {('bytes', 'KiB', 'MiB', 'GiB', 'TiB')[power]}"
