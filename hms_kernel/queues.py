"""Which task comes next: those that wait for an agent, skill by skill. Knows nothing of agents.

Two kinds take turns: what people hand in, in its order, and what recoveries ask for, what
blocks most first. So neither starves, however much there is of the other. Background work
comes when none of these waits. A task keeps its place when it comes back. Tasks that ended
while they waited are dropped only at the top.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hms_kernel.ledger import Work

TURNS = 4  # of so many tasks given out one is a recovery's, and three are not, while both wait

_Heap = list[tuple[int, int, str]]  # tasks that are blocked, negated; ticket; id


@dataclass
class Queues:
    """Tasks that wait for an agent.

    Args:
        tasks: all there are, by id; read only.
    """

    tasks: Mapping[str, Work]
    waiting: int = 0  # tasks in all queues
    _handed_in: dict[str, _Heap] = field(default_factory=dict)  # by skill
    _recovering: dict[str, _Heap] = field(default_factory=dict)
    _background: dict[str, _Heap] = field(default_factory=dict)
    _turn: int = 0

    def put(self, work: Work) -> None:
        """Let a task wait."""
        work.queued = True
        self.waiting += 1
        self._push(work)

    def prefer(self, work: Work) -> None:
        """More wait for it than before: it moves up, if it waits itself."""
        if work.queued and len(work.blocks) > 1:
            self._push(work)

    def leave(self, work: Work) -> None:
        """It waits no longer; nothing happens when it does not."""
        if work.queued:
            work.queued = False
            self.waiting -= 1

    def take(self, skills: Iterable[str]) -> Work | None:
        """The task whose turn it is among those for one of the skills, out of its queue."""
        skills = tuple(skills)
        handed_in, recovering = (
            self._first(queues, skills) for queues in (self._handed_in, self._recovering)
        )
        if handed_in and recovering:
            self._turn = (self._turn + 1) % TURNS
        heap = recovering if recovering and (not handed_in or self._turn == 0) else handed_in
        heap = heap or self._first(self._background, skills)
        if heap is None:
            return None
        work = self.tasks[heapq.heappop(heap)[2]]
        self.leave(work)
        return work

    def _push(self, work: Work) -> None:
        kind = self._recovering if work.task.parent else self._handed_in
        if work.task.background:
            kind = self._background
        queue = kind.setdefault(work.task.skill, [])
        heapq.heappush(queue, (-len(work.blocks), work.ticket, work.task.task_id))

    def _first(self, queues: Mapping[str, _Heap], skills: Iterable[str]) -> _Heap | None:
        """The queue whose first task comes first."""
        found = [queue for skill in skills if (queue := queues.get(skill))]
        for queue in found:
            # A task that moved up left an entry behind.
            while queue and not self.tasks[queue[0][2]].queued:
                heapq.heappop(queue)
        return min((queue for queue in found if queue), default=None)
