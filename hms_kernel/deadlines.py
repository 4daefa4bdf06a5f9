"""When tasks are too late: to begin their next attempt, or to end. Reads no clock and ends nothing."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hms_kernel.ledger import Work


@dataclass
class Deadlines:
    """Limits of tasks in seconds on the scheduler's clock.

    Args:
        tasks: all there are, by id; read only.
    """

    tasks: Mapping[str, Work]
    # When, task, and the attempt it must have begun by then (0: it must have ended).
    _heap: list[tuple[float, str, int]] = field(default_factory=list)

    def await_end(self, work: Work) -> None:
        """It must have ended in time."""
        if (total_s := work.task.limits.total_s) is not None:
            self._push(work.submitted_s + total_s, work, 0)

    def await_start(self, work: Work, now_s: float) -> None:
        """It must have begun its next attempt in time."""
        if (queue_s := work.task.limits.queue_s) is not None:
            self._push(now_s + queue_s, work, work.attempt + 1)

    def next_due_s(self) -> float | None:
        """When somebody may be too late; None: nobody."""
        while self._heap and self._met(*self._heap[0][1:]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def missed(self, now_s: float) -> Iterator[tuple[Work, str]]:
        """Tasks that are too late by now, each with a sentence on what did not happen."""
        while self._heap and self._heap[0][0] <= now_s:
            _, task_id, attempt = heapq.heappop(self._heap)
            if self._met(task_id, attempt):
                continue
            work = self.tasks[task_id]
            limits = work.task.limits
            yield (
                work,
                f"no agent took it within {limits.queue_s:g} s"
                if attempt
                else f"it did not end within {limits.total_s:g} s",
            )

    def _push(self, due_s: float, work: Work, attempt: int) -> None:
        heapq.heappush(self._heap, (due_s, work.task.task_id, attempt))

    def _met(self, task_id: str, attempt: int) -> bool:
        """Whether the task has ended, or has begun the attempt it had to begin."""
        work = self.tasks[task_id]
        return work.phase.terminal or 0 < attempt <= work.attempt
