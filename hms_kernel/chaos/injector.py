"""Injects what is due: picks victims, waits for the right moment, and follows each fault until it is healed.

Faults come in the order of the plan. As many blows may be open at once as leave some
agents alone, and one disturbance; what can hit nobody at the moment is tried again.
"""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

from hms_kernel.chaos import processes
from hms_kernel.chaos.faults import BLOWS, Injected
from hms_kernel.chaos.report import OF_AGENTS, OF_WORKERS, Healing, healing
from hms_kernel.chaos.schedule import Planned
from hms_kernel.chaos.skill import BAITS, Mark, read_mark
from hms_kernel.chaos.view import View
from hms_kernel.chaos.workload import Job
from hms_kernel.facts import Fact

WINDOW_S = (0.3, 1.5)  # shortest and longest disturbance
WINDOW_ANSWERS = 20  # it ends after so many, at most
REFUSING = ("fill_disk", "lock_store", "damage_store")  # what a session tells whoever hands in
PATIENCE_S = 60.0  # for a fault to be healed; then it is left to the report


class Arena(Protocol):
    """What the injector may do to the session; the driver of the run."""

    view: View

    def submit(self, label: str, job: Job) -> None:
        """Hand in a task of the injector's, before any other."""

    def kill_kernel(self) -> Injected:
        """Kill the supervisor's process; returns when its successor holds the session."""

    def begin(self, kind: str) -> float:
        """Begin a disturbance; when, since the Unix epoch."""

    def end(self, kind: str) -> float:
        """End it; when."""


@dataclass
class _Started:
    """A fault that is due and has not hit yet."""

    planned: Planned
    rng: Random
    label: str = ""  # of its bait
    mark: Path = Path()


@dataclass
class _Window:
    """A disturbance that goes on."""

    kind: str
    began_s: float
    settled: int  # answers when it began
    least_s: float  # monotonic; it ends no sooner, ...
    until_s: float  # ... and no later
    noticed_s: float | None = None


class Injector:
    """See the module.

    Args:
        plan: what is to come, in order.
        arena: the session.
        marks: a directory for the marks of tasks.
        token: in the environment of every process of the run.
        most_open: blows that may be open at once.
        window_answers: a disturbance ends after so many, if that is neither too soon nor too late.
        tell: called with each fault that was injected, and again once it was healed.
    """

    def __init__(
        self,
        plan: Sequence[Planned],
        arena: Arena,
        marks: Path,
        token: str,
        most_open: int,
        window_answers: int,
        tell: Callable[[Healing], None],
    ) -> None:
        self._coming = deque(plan)
        self._arena = arena
        self._marks = marks
        self._token = token
        self._most_open = most_open
        self._window_answers = min(WINDOW_ANSWERS, max(1, window_answers))
        self._tell = tell
        self._started: list[_Started] = []
        self._window: _Window | None = None
        self._open: list[Healing] = []
        self._baits = 0
        self.injected: list[Injected] = []

    @property
    def baits_to_come(self) -> int:
        """How many tasks of its own it will yet hand in, at least."""
        return sum(planned.kind in BAITS for planned in self._coming)

    @property
    def next_at(self) -> int | None:
        """After how many answers the next fault is due; None: there is none."""
        return self._coming[0].at if self._coming else None

    @property
    def disturbing(self) -> bool:
        """Whether a disturbance goes on."""
        return self._window is not None

    @property
    def needs_answers(self) -> bool:
        """Whether only an answer of the session can show that a fault is healed."""
        healing_by_itself = (*OF_AGENTS, *OF_WORKERS)
        return self.disturbing or any(
            story.injected.kind not in healing_by_itself for story in self._open
        )

    @property
    def idle(self) -> bool:
        """Whether all faults have been injected and healed, or given up."""
        return not (self._coming or self._started or self._window or self._open)

    def take(self, facts: Iterable[Fact]) -> None:
        """Learn from more facts what has become of the open faults."""
        for fact in facts:
            for story in self._open:
                story.take(fact)
        for story in [story for story in self._open if story.recovered_s is not None]:
            self._open.remove(story)
            self._tell(story)

    def told(self, at_s: float) -> None:
        """A submission was refused at that time."""
        window = self._window
        if window is not None and window.kind in REFUSING and window.noticed_s is None:
            window.noticed_s = at_s

    def step(self) -> None:
        """Do what can be done now."""
        self._end_window()
        for started in list(self._started):
            if (blow := self._strike(started)) is not None:
                self._started.remove(started)
                self._follow(blow)
        patience_s = time.time() - PATIENCE_S
        self._open = [story for story in self._open if story.injected.time_s > patience_s]
        settled = len(self._arena.view.settled)
        while self._coming and self._coming[0].at <= settled and self._may_start():
            planned = self._coming.popleft()
            if planned.kind == "kill_kernel":
                self._follow(self._arena.kill_kernel())
            elif planned.kind in BLOWS:
                started = _Started(planned, Random(planned.seed))
                if planned.kind in BAITS:
                    self._bait(started)
                self._started.append(started)
            else:
                self._begin_window(planned, settled)

    def _may_start(self) -> bool:
        if self._coming[0].kind not in BLOWS or self._coming[0].kind == "kill_kernel":
            return self._window is None
        blows = sum(story.injected.kind in BLOWS for story in self._open)
        return len(self._started) + blows < self._most_open

    def _follow(self, blow: Injected) -> None:
        self.injected.append(blow)
        self._tell(Healing(injected=blow))
        # What a task does to itself may be healed before we hear of it.
        story = healing(blow, list(self._arena.view.recent))
        if story.recovered_s is None:
            self._open.append(story)
        else:
            self._tell(story)

    # --- blows ---------------------------------------------------------------------

    def _strike(self, started: _Started) -> Injected | None:
        """Hit somebody, if there is somebody to be hit at this moment."""
        kind = started.planned.kind
        if kind in OF_AGENTS:
            return self._strike_agent(kind, started.rng)
        mark = read_mark(started.mark)
        task = self._arena.view.ids.get(started.label, "")
        by_itself = kind not in processes.SIGNALS
        if started.label in self._arena.view.settled and (mark is None or not by_itself):
            self._bait(started)  # another fault came first
            return None
        if mark is None or not task:
            return None
        struck_s = mark.time_s if by_itself else self._hit(mark.worker, processes.SIGNALS[kind])
        if struck_s is None:
            self._bait(started)
            return None
        agent = self._name_of(mark)
        return Injected(kind=kind, time_s=struck_s, agent=agent, pid=mark.worker, task=task)

    def _strike_agent(self, kind: str, rng: Random) -> Injected | None:
        ready = self._arena.view.ready()
        hurt = {story.injected.agent for story in self._open}
        whole = [name for name in ready if name not in hurt]
        if not whole:
            return None
        name = rng.choice(whole)
        if kind == "kill_zygote":
            zygote = processes.zygote_of(ready.values())
            if zygote is None or self._hit(zygote, signal.SIGKILL) is None:
                return None
        number = processes.SIGNALS.get(kind, signal.SIGKILL)
        struck_s = self._hit(ready[name], number)
        if struck_s is None:
            return None
        return Injected(kind=kind, time_s=struck_s, agent=name, pid=ready[name])

    def _hit(self, pid: int, number: signal.Signals) -> float | None:
        return processes.hit(pid, number, self._token)

    def _bait(self, started: _Started) -> None:
        """Hand in a task that waits to be hit, or does the deed itself."""
        self._baits += 1
        kind = started.planned.kind
        started.label = f"{kind} {self._baits}"
        started.mark = self._marks / f"{kind}-{self._baits}"
        payload = {"do": BAITS[kind], "mark": str(started.mark)}
        self._arena.submit(started.label, Job(key="bait", skill="chaos", payload=payload))

    def _name_of(self, mark: Mark) -> str:
        ready = self._arena.view.ready()
        return next((name for name, pid in ready.items() if pid == mark.agent), "")

    # --- disturbances --------------------------------------------------------------

    def _begin_window(self, planned: Planned, settled: int) -> None:
        began_s = self._arena.begin(planned.kind)
        now_s = time.monotonic()
        self._window = _Window(
            planned.kind, began_s, settled, now_s + WINDOW_S[0], now_s + WINDOW_S[1]
        )

    def _end_window(self) -> None:
        if (window := self._window) is None:
            return
        now_s = time.monotonic()
        answers = len(self._arena.view.settled) - window.settled
        if now_s < window.least_s or (answers < self._window_answers and now_s < window.until_s):
            return
        self._window = None
        ended_s = self._arena.end(window.kind)
        self._follow(
            Injected(
                kind=window.kind,
                time_s=window.began_s,
                noticed_s=window.noticed_s,
                ended_s=ended_s,
            )
        )
