"""What the scheduler knows of each agent and each task. Only the scheduler changes it; others read.

Desired state is the ``AgentSpec``; everything else here is observed.
"""

from __future__ import annotations

from dataclasses import dataclass

from hms_kernel.model import AgentPhase, AgentSpec, Phase, Progress, Result, Task


@dataclass
class Agent:
    """What the scheduler knows of one agent."""

    spec: AgentSpec
    phase: AgentPhase
    skills: tuple[str, ...] = ()
    pid: int | None = None
    task: str | None = None  # it runs now
    attempt: int | None = None
    restarts: int = 0
    failures: int = 0  # deaths in a row, for the backoff
    due_s: float | None = None  # when it is launched again, or must have registered
    ready_s: float = 0.0  # when it registered
    seen_s: float | None = None  # its last sign of life
    progress: Progress | None = None
    last_cause: str = ""


@dataclass
class Work:
    """What the scheduler knows of one task."""

    task: Task
    ticket: int  # place in the queue; kept when requeued
    submitted_s: float
    phase: Phase = Phase.PENDING
    attempt: int = 0  # attempts begun
    lost: int = 0  # attempts that took their agent or worker with them
    agent: str | None = None
    settled_s: float | None = None
    result: Result | None = None
