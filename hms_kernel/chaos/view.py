"""What the driver of a chaos run knows of the session, by folding its facts. Asks nobody.

Facts are told by the session's wall clock, which is set wrong now and then.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from hms_kernel.facts import Fact, SessionOpened, TaskSettled, TaskSubmitted
from hms_kernel.model import AgentPhase, Phase
from hms_kernel.takeover import Recollection

RECENT = 5000  # facts kept


@dataclass
class _WrongClock:
    """While a wall clock was set wrong; times are those of a right one."""

    from_s: float
    ahead_s: float
    until_s: float = math.inf


class Timeline:
    """Gives facts the times that a clock would have given that nobody had set."""

    def __init__(self) -> None:
        self._wrong: list[_WrongClock] = []
        self._last_s: float | None = None

    def heard(self, time_s: float, ahead_s: float) -> None:
        """At that time the clock of the facts is so far ahead; negative: behind."""
        if self._wrong and self._wrong[-1].until_s == math.inf:
            if self._wrong[-1].ahead_s == ahead_s:
                return
            self._wrong[-1].until_s = time_s
        if ahead_s:
            self._wrong.append(_WrongClock(time_s, ahead_s))

    def righted(self, facts: Iterable[Fact]) -> list[Fact]:
        """The next facts of the session, in their order, with the right times."""
        return [msgspec.structs.replace(fact, time_s=self._time_s(fact)) for fact in facts]

    def again(self) -> Timeline:
        """The same clock, for the whole story from its beginning."""
        fresh = Timeline()
        fresh._wrong = self._wrong
        return fresh

    def _time_s(self, fact: Fact) -> float:
        candidates = [fact.time_s]
        for wrong in self._wrong:
            time_s = fact.time_s - wrong.ahead_s
            if wrong.from_s <= time_s <= wrong.until_s:
                candidates.append(time_s)
        # A story goes on where it stopped: of two possible times it is the nearer one.
        before_s = self._last_s if self._last_s is not None else fact.time_s
        self._last_s = min(candidates, key=lambda time_s: abs(time_s - before_s))
        return self._last_s


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
