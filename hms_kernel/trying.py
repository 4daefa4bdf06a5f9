"""Trials as background tasks on the agents of a session, in batches, each trial paid for once. Chooses none.

Agents write what a trial came to into the user's archive; this end only reads it. So who
is killed, agent or kernel, takes nothing along that was evaluated.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from hms_kernel.backends.strategy import Strategy
from hms_kernel.client import Client
from hms_kernel.errors import TaskFailed
from hms_kernel.genetics.archive import Archive
from hms_kernel.genetics.trials import Prover, Trial
from hms_kernel.handles import TaskHandle
from hms_kernel.messages import SubmitTaskRequest, SubmitTaskResponse, TaskStatus
from hms_kernel.model import Budget, Failure, Goal, Limits, Value
from hms_kernel.skills.trial import TrialRequest, Tried

Job = tuple[Strategy, Goal, float]  # what to try, on what, with which cap in nominal seconds

# A task costs some milliseconds whatever is in it; somebody who hands in a claim may have to
# wait for as long as the longest.
BATCH_S = 1.0  # nominal seconds that a batch may cost
BATCH_JOBS = 32
ROOM_S = 3600.0  # batches wait so long for room in the queue
POLL_S = 0.2  # between looks whether to stop


class Stopped(Exception):
    """Somebody wants no more trials."""


class Bench:
    """Runs trials on whichever agents are idle.

    Args:
        client: of the session.
        archive: that agents write into.
        budget: shapes every attempt.
        label: of the tasks.
        stop: once set, open trials are cancelled and ``Stopped`` is raised.
    """

    def __init__(
        self, client: Client, archive: Archive, budget: Budget, label: str, stop: threading.Event
    ) -> None:
        self._client, self._archive, self._budget = client, archive, budget
        self._label, self._stop = label, stop
        self.build = Prover(budget).build
        self.ran = 0  # trials paid for

    def trials(self, jobs: Iterable[Job]) -> list[Trial]:
        """What each job comes to, in order.

        Raises:
            TaskFailed: a batch has no answer.
            Stopped: that was asked for.
        """
        jobs = list(jobs)
        found = {
            number: trial
            for number, (strategy, goal, cap_s) in enumerate(jobs)
            if (trial := self._archive.get(strategy, goal, self.build, cap_s)) is not None
        }
        missing = [number for number in range(len(jobs)) if number not in found]
        batches = list(_batches(missing, jobs))
        for batch, tried in self._run(batches, jobs):
            self.ran += tried.ran
            found.update(zip(batch, tried.trials, strict=True))
        return [found[number] for number in range(len(jobs))]

    def evaluate(self, strategy: Strategy, goal: Goal, cap_s: float) -> Trial:
        """What one job comes to; errors as for ``trials``."""
        return self.trials([(strategy, goal, cap_s)])[0]

    def _run(
        self, batches: Sequence[list[int]], jobs: Sequence[Job]
    ) -> Iterator[tuple[list[int], Tried]]:
        asked = [
            self._client.send(_request(self.build, self._budget, self._label, batch, jobs))
            for batch in batches
        ]
        tasks = [
            TaskHandle(self._client, answer.task_id)
            for answer in (
                self._client.answer(one, SubmitTaskResponse, wait_s=ROOM_S) for one in asked
            )
        ]
        try:
            for batch, task in zip(batches, tasks, strict=True):
                yield batch, _tried(self._ended(task).result)
        except BaseException:
            for task in tasks:
                task.cancel()
            raise

    def _ended(self, task: TaskHandle) -> TaskStatus:
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                return task.wait(POLL_S)
        raise Stopped


def _batches(numbers: Iterable[int], jobs: Sequence[Job]) -> Iterator[list[int]]:
    batch: list[int] = []
    cost_s = 0.0
    for number in numbers:
        cap_s = jobs[number][2]
        if batch and (len(batch) == BATCH_JOBS or cost_s + cap_s > BATCH_S):
            yield batch
            batch, cost_s = [], 0.0
        batch.append(number)
        cost_s += cap_s
    if batch:
        yield batch


def _request(
    build: str, budget: Budget, label: str, batch: Sequence[int], jobs: Sequence[Job]
) -> SubmitTaskRequest:
    strategies = list(dict.fromkeys(jobs[number][0] for number in batch))
    goals = list(dict.fromkeys(jobs[number][1] for number in batch))
    request = TrialRequest(
        build=build,
        budget=budget,
        strategies=tuple(strategies),
        goals=tuple(goals),
        jobs=tuple(
            (strategies.index(strategy), goals.index(goal), cap_s)
            for strategy, goal, cap_s in (jobs[number] for number in batch)
        ),
    )
    return SubmitTaskRequest(
        skill="trial",
        payload=msgspec.to_builtins(request),
        label=label,
        limits=Limits(attempt_wall_s=budget.wall_s * len(batch)),
        background=True,
        wait_s=ROOM_S,
    )


def _tried(result: object) -> Tried:
    match result:
        case Value(value=value):
            return msgspec.convert(value, Tried)
        case Failure() as failure:
            raise TaskFailed(failure.message, kind=failure.kind, detail=failure.detail)
        case _:
            raise TaskFailed(f"a trial came back as {result!r}", kind="error")
