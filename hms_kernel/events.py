"""What the scheduler is told, and what it answers. Values only.

An event says what happened; an effect says what the shell must now do. Both are
plain data, so a recorded list of events replays a bug.
"""

from __future__ import annotations

import msgspec

from hms_kernel.facts import FactKind
from hms_kernel.model import AgentSpec, Hint, Progress, Result, Task, Verdict

# --- events ------------------------------------------------------------------


class Submitted(msgspec.Struct, frozen=True):
    """A task was accepted; with ``settled`` it needs no agent."""

    task: Task
    settled: Verdict | None = None


class CancelAsked(msgspec.Struct, frozen=True):
    """Somebody no longer wants the task."""

    task_id: str


class Answered(msgspec.Struct, frozen=True):
    """A person says something about a claim that waits for one."""

    task_id: str
    hint: Hint


class SpawnAsked(msgspec.Struct, frozen=True):
    """An agent is desired from now on."""

    spec: AgentSpec


class StopAsked(msgspec.Struct, frozen=True):
    """An agent is no longer desired."""

    agent_id: str


class DrainAsked(msgspec.Struct, frozen=True):
    """An agent shall finish what it runs and then be gone."""

    agent_id: str


class RestartAsked(msgspec.Struct, frozen=True):
    """An agent shall have a new process, whatever state it is in."""

    agent_id: str


class QuarantineAsked(msgspec.Struct, frozen=True):
    """An agent shall be put aside until it is released."""

    agent_id: str
    reason: str = ""


class ReleaseAsked(msgspec.Struct, frozen=True):
    """An agent may leave quarantine, on probation."""

    agent_id: str


class PauseAsked(msgspec.Struct, frozen=True):
    """An agent, with an empty id nobody, shall be given new tasks."""

    agent_id: str = ""


class ResumeAsked(msgspec.Struct, frozen=True):
    """An agent, with an empty id everybody else, may be given tasks again."""

    agent_id: str = ""


class Registered(msgspec.Struct, frozen=True):
    """An agent introduced itself, for the first time or again."""

    agent_id: str
    pid: int
    skills: tuple[str, ...]
    running: tuple[tuple[str, int], ...] = ()


class Heartbeat(msgspec.Struct, frozen=True):
    """An agent is there, and its worker has got this far.

    ``holds``: every (task id, attempt) it works on or is yet to begin; None where it did not say.
    """

    agent_id: str
    progress: Progress | None = None
    holds: tuple[tuple[str, int], ...] | None = None


class Exited(msgspec.Struct, frozen=True):
    """An agent's process has ended; pid 0 means that it never came up."""

    agent_id: str
    pid: int
    cause: str
    output: str = ""  # the tail of what it printed, where known


class Unreachable(msgspec.Struct, frozen=True):
    """A message to the agent could not be handed over."""

    agent_id: str


class Finished(msgspec.Struct, frozen=True):
    """An agent says how an attempt ended."""

    agent_id: str
    task_id: str
    attempt: int
    result: Result
    output: str = ""  # the tail of what its worker printed


class Denied(msgspec.Struct, frozen=True):
    """The gate refused an effect."""

    effect: Launch | Assign
    policy: str


class Tick(msgspec.Struct, frozen=True):
    """Time has passed; every message that had arrived by now has been handled.

    ``stalled_s``: seconds of it in which the supervisor itself could not listen.
    """

    stalled_s: float = 0.0


Event = (
    Submitted
    | CancelAsked
    | Answered
    | SpawnAsked
    | StopAsked
    | DrainAsked
    | RestartAsked
    | QuarantineAsked
    | ReleaseAsked
    | PauseAsked
    | ResumeAsked
    | Registered
    | Heartbeat
    | Exited
    | Unreachable
    | Finished
    | Denied
    | Tick
)


# --- effects -----------------------------------------------------------------


class Launch(msgspec.Struct, frozen=True):
    """Start a process for the agent."""

    spec: AgentSpec


class Watch(msgspec.Struct, frozen=True):
    """Notice the death of a process that registered itself."""

    agent_id: str
    pid: int


class Expect(msgspec.Struct, frozen=True):
    """Find out whether an agent of an earlier supervisor still lives, and notice its death."""

    agent_id: str
    pid: int | None  # its last known process
    age_s: float = 0.0  # seconds since that registered


class Assign(msgspec.Struct, frozen=True):
    """Send the task to the agent."""

    agent_id: str
    task: Task
    attempt: int


class CancelOn(msgspec.Struct, frozen=True):
    """Tell the agent to stop working on an attempt."""

    agent_id: str
    task_id: str
    attempt: int


class Acknowledge(msgspec.Struct, frozen=True):
    """Once everything recorded so far is durable, tell the agent that its result is safe."""

    agent_id: str
    task_id: str
    attempt: int


class Shutdown(msgspec.Struct, frozen=True):
    """Tell the agent to end."""

    agent_id: str


class Terminate(msgspec.Struct, frozen=True):
    """SIGTERM the agent's process: it did not end when it was told to."""

    agent_id: str


class Kill(msgspec.Struct, frozen=True):
    """End the agent's process without asking it."""

    agent_id: str


class Record(msgspec.Struct, frozen=True):
    """Make this a fact."""

    kind: FactKind
    task: str | None = None
    attempt: int | None = None
    agent: str | None = None


Effect = (
    Launch | Watch | Expect | Assign | CancelOn | Acknowledge | Shutdown | Terminate | Kill | Record
)
