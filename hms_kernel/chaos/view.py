"""What the driver of a chaos run knows of the session, by folding its facts. Asks nobody."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from hms_kernel.model import AgentPhase, Fact, Phase, SessionOpened, TaskSettled, TaskSubmitted
from hms_kernel.takeover import Recollection

RECENT = 5000  # facts kept


class View:
    """The session as its durable facts have it."""

    def __init__(self) -> None:
        self._memory = Recollection()
        self.recent: deque[Fact] = deque(maxlen=RECENT)
        self.seq = 0  # of the newest fact
        self.epoch = 0  # of the newest supervisor that has spoken
        self.ids: dict[str, str] = {}  # label of a task to its id, the newest
        self.settled: set[str] = set()  # labels of the tasks that have been answered

    def take(self, facts: Iterable[Fact]) -> None:
        """Learn from more facts, oldest first."""
        for fact in facts:
            self.seq = fact.seq
            self.recent.append(fact)
            self._memory.take((fact,))
            match fact.kind:
                case SessionOpened():
                    self.epoch = fact.epoch
                case TaskSubmitted(submitted=task):
                    self.ids[task.label] = task.task_id
                case TaskSettled(phase=phase) if phase is not Phase.CANCELLED and fact.task:
                    self.settled.add(self._memory.tasks[fact.task].task.label)

    def ready(self) -> dict[str, int]:
        """Agents that are at work or could be, with their processes, in the order of spawning."""
        return {
            name: agent.pid
            for name, agent in self._memory.agents.items()
            if agent.phase is AgentPhase.READY and agent.pid
        }
