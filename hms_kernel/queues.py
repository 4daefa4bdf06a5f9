"""Which task comes next: those that wait for an agent, skill by skill. Knows nothing of agents.

A task keeps its place when it comes back. Tasks that ended while they waited are
dropped only when they come to the top.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hms_kernel.ledger import Work


@dataclass
class Queues:
    """Tasks that wait for an agent, oldest first.

    Args:
        tasks: all there are, by id; read only.
    """

    tasks: Mapping[str, Work]
    waiting: int = 0  # tasks in all queues
    _skills: dict[str, list[tuple[int, str]]] = field(default_factory=dict)  # heaps

    def put(self, work: Work) -> None:
        """Let a task wait."""
        queue = self._skills.setdefault(work.task.skill, [])
        heapq.heappush(queue, (work.ticket, work.task.task_id))
        work.queued = True
        self.waiting += 1

    def leave(self, work: Work) -> None:
        """It waits no longer; nothing happens when it does not."""
        if work.queued:
            work.queued = False
            self.waiting -= 1

    def take(self, skills: Iterable[str]) -> Work | None:
        """The task that has waited longest for one of the skills, out of its queue; None without one."""
        queues = [queue for skill in skills if (queue := self._skills.get(skill))]
        for queue in queues:
            while queue and not self.tasks[queue[0][1]].queued:
                heapq.heappop(queue)
        best = min((queue for queue in queues if queue), default=None)
        if best is None:
            return None
        work = self.tasks[heapq.heappop(best)[1]]
        self.leave(work)
        return work
