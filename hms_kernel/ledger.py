"""What the scheduler knows of each agent and each task. Only the scheduler changes it; others read.

Desired state is the ``AgentSpec`` and ``desired``; everything else here is observed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from hms_kernel.facts import RecoveryBegun, RecoveryStep
from hms_kernel.model import (
    AgentPhase,
    AgentSpec,
    Desired,
    Hint,
    Lost,
    Phase,
    Progress,
    Result,
    Task,
)


@dataclass
class Agent:
    """What the scheduler knows of one agent."""

    spec: AgentSpec
    phase: AgentPhase
    desired: Desired = Desired.RUNNING
    skills: tuple[str, ...] = ()
    pid: int | None = None
    task: str | None = None  # it runs now
    attempt: int | None = None
    restarts: int = 0
    failures: int = 0  # deaths in a row with no task finished in between, for the backoff
    deaths: tuple[float, ...] = ()  # times of those that count towards its intensity
    paused: bool = False  # it is given no new tasks
    probation: int = 0  # releases from quarantine that it has not yet justified
    verdict: str = ""  # why we are killing it; its death will be told so
    # When it is launched again, must have registered, or is ended with more force.
    due_s: float | None = None
    force: int = 0  # how often it was told to end
    ready_s: float | None = None  # when it registered, if it has
    seen_s: float | None = None  # its last sign of life
    excused_s: float = 0.0  # seconds since then in which nobody listened
    progress: Progress | None = None
    # The attempt on which it and the books differ, and since when or when it was last told so.
    differs: tuple[tuple[str, int], float] | None = None
    last_cause: str = ""
    returning: bool = False  # an earlier supervisor launched it; it has not registered here yet


@dataclass
class Work:
    """What the scheduler knows of one task."""

    task: Task
    ticket: int  # place in the queue; kept when requeued
    submitted_s: float
    phase: Phase = Phase.PENDING
    queued: bool = False  # it waits for an agent
    attempt: int = 0  # attempts begun
    named: int = 0  # highest attempt number ever heard of: none is used twice
    lost: list[Lost] = field(default_factory=list)  # attempts that took agent or worker with them
    agent: str | None = None
    settled_s: float | None = None
    result: Result | None = None
    output: str = ""  # the tail of what its worker printed during the last attempt
    opened: RecoveryBegun | None = None  # its attempts left it open, and this is what they found
    taken: list[RecoveryStep | Hint] = field(default_factory=list)  # by its recovery, oldest first
    taken_s: float = 0.0  # when the last of them was
    blocks: set[str] = field(default_factory=set)  # tasks whose recoveries wait for this one

    def end(self, phase: Phase, result: Result, settled_s: float, output: str) -> None:
        """It has its answer. What it asked is in the facts, and only a recovery reads it again."""
        self.phase, self.result, self.settled_s, self.output = phase, result, settled_s, output
        if not self.task.parent:
            self.task = msgspec.structs.replace(self.task, payload=None)

    @property
    def step(self) -> str:
        """The latest step of its recovery in words; empty before the first."""
        last = next((item for item in reversed(self.taken) if isinstance(item, RecoveryStep)), None)
        return f"{last.move}: {last.says}" if last else ""
