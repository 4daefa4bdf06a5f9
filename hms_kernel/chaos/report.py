"""What a chaos run showed: how fast each fault was noticed and healed, and whether anything was lost. Folds facts.

When a fault counts as noticed and as healed, by its kind:

=====================================  ==============================  ==================================
kind                                   noticed                         healed
=====================================  ==============================  ==================================
``kill_agent``, ``freeze_agent``,      the agent's end is recorded,    the task that it was running runs
``kill_zygote``                        with its cause                  again; had it none, it is ready again
``kill_worker``, ``freeze_worker``,    its attempt is recorded as      the task runs again
``hold_gil``, ``exhaust_memory``       lost, with the cause
``kill_kernel``                        its process is seen to end      its successor records an answer
a disturbance                          somebody is told, if anybody    after its end, an answer is recorded
=====================================  ==============================  ==================================
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from hms_kernel.chaos.faults import Injected
from hms_kernel.chaos.workload import answer
from hms_kernel.facts import (
    AgentGone,
    AgentReady,
    Fact,
    TaskAssigned,
    TaskRequeued,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.model import Phase, Task

OF_AGENTS = ("kill_agent", "freeze_agent", "kill_zygote")
OF_WORKERS = ("kill_worker", "freeze_worker", "hold_gil", "exhaust_memory")


class Healing(msgspec.Struct, kw_only=True):
    """The story of one fault as facts come in. Times are seconds since the Unix epoch."""

    injected: Injected
    detected_s: float | None = None
    recovered_s: float | None = None
    cause: str = ""  # what the session said had happened
    _task: str = ""

    def take(self, fact: Fact) -> None:
        """Learn from the next fact; those from before the fault are ignored."""
        blow = self.injected
        if fact.time_s < blow.time_s or self.recovered_s is not None:
            return
        if blow.kind in OF_AGENTS:
            self._of_agent(fact)
        elif blow.kind in OF_WORKERS:
            self._of_worker(fact)
        elif blow.kind == "kill_kernel":
            self._detect(blow.noticed_s, "")
            if isinstance(fact.kind, TaskSettled) and fact.epoch > blow.epoch:
                self.recovered_s = fact.time_s
        else:
            self._detect(blow.noticed_s, "")
            settled = isinstance(fact.kind, TaskSettled)
            if settled and blow.ended_s is not None and fact.time_s >= blow.ended_s:
                self.recovered_s = fact.time_s

    def _of_agent(self, fact: Fact) -> None:
        mine = fact.agent == self.injected.agent
        match fact.kind:
            case AgentGone(cause=cause) if mine and self.detected_s is None:
                self._detect(fact.time_s, cause)
            case _ if self.detected_s is None:
                pass
            case TaskRequeued() if mine and not self._task:
                self._task = fact.task or ""
            case TaskAssigned() | TaskSettled() if self._task and fact.task == self._task:
                self.recovered_s = fact.time_s
            case AgentReady() if mine and not self._task:
                self.recovered_s = fact.time_s

    def _of_worker(self, fact: Fact) -> None:
        blow = self.injected
        match fact.kind:
            case TaskRequeued(cause=cause) if self.detected_s is None:
                if fact.task == blow.task or (not blow.task and fact.agent == blow.agent):
                    self._task = fact.task or ""
                    self._detect(fact.time_s, cause)
            case TaskAssigned() | TaskSettled() if self._task and fact.task == self._task:
                self.recovered_s = fact.time_s

    def _detect(self, at_s: float | None, cause: str) -> None:
        if self.detected_s is None:
            self.detected_s, self.cause = at_s, cause

    @property
    def detect_ms(self) -> float | None:
        """From the blow, or the begin of the disturbance, until it was noticed."""
        return _ms(self.injected.time_s, self.detected_s)

    @property
    def recover_ms(self) -> float | None:
        """From the blow, or the end of the disturbance, until it was healed."""
        blow = self.injected
        return _ms(blow.time_s if blow.ended_s is None else blow.ended_s, self.recovered_s)


def healing(injected: Injected, facts: Sequence[Fact]) -> Healing:
    """The story of one fault in facts that are ordered by time, as those of a session are."""
    story = Healing(injected=injected)
    for fact in facts[bisect_left(facts, injected.time_s, key=lambda fact: fact.time_s) :]:
        story.take(fact)
        if story.recovered_s is not None:
            break
    return story


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Median and 99th percentile, milliseconds, by nearest rank; None where there was nothing."""

    p50: float | None
    p99: float | None


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What became of all faults of one kind."""

    count: int
    detected: int
    recovered: int
    detect_ms: Span
    recover_ms: Span


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a chaos run showed. Everything but the figures is read from the store."""

    accepted: int  # tasks
    finished: int  # of those, with an end that somebody wanted
    lost: int  # of those, without one
    doubled: int  # with more than one end
    changed_verdicts: int  # with another answer than a calm run gives
    faults: dict[str, Kind]
    leftovers: int  # processes and sockets
    gaps: int = 0  # numbers missing in the story of the session
    remarks: tuple[str, ...] = ()  # each breach in words

    @property
    def holds(self) -> bool:
        """Whether nothing that was promised was broken."""
        breaches = self.lost or self.doubled or self.changed_verdicts or self.leftovers
        return not (breaches or self.gaps or self.remarks) and self.finished == self.accepted

    def as_json(self) -> dict[str, Any]:
        """The one object for programs."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        del told["gaps"], told["remarks"]
        for kind in told["faults"].values():
            del kind["detected"], kind["recovered"]
        return told


def judge(
    facts: Sequence[Fact],
    *,
    acknowledged: Iterable[str],
    expected: Mapping[str, str],
    injected: Sequence[Injected],
    leftovers: Sequence[str] = (),
    remarks: Sequence[str] = (),
) -> Report:
    """Fold the whole story of a session.

    Args:
        facts: all of them, as stored.
        acknowledged: ids of the tasks that the session said it had accepted.
        expected: label of a task to what ``workload.answer`` says of its result.
        injected: the faults there were.
        leftovers: what was found after the end, in words.
        remarks: other breaches, in words.
    """
    promised = set(acknowledged)
    tasks: dict[str, Task] = {}
    ends: dict[str, TaskSettled] = {}
    times: Counter[str] = Counter()
    for fact in facts:
        match fact.kind:
            case TaskSubmitted(submitted=task):
                tasks[task.task_id] = task
            case TaskSettled() as end if fact.task is not None:
                ends[fact.task] = end
                times[fact.task] += 1
    # One that was refused because the store failed is withdrawn at once, and was never promised.
    withdrawn = {
        task_id
        for task_id, end in ends.items()
        if end.phase is Phase.CANCELLED and task_id not in promised
    }
    accepted = (tasks.keys() | promised) - withdrawn
    # Nobody cancelled anything: what the closing of the session had to end was lost.
    finished = {
        task_id
        for task_id in accepted & ends.keys() & tasks.keys()
        if ends[task_id].phase is not Phase.CANCELLED
    }
    lost = sorted(accepted - finished)
    doubled = sorted(task_id for task_id, count in times.items() if count > 1)
    changed = [
        f"task {task_id} ({label}): {said}, not {expected.get(label)}"
        for task_id in sorted(finished)
        if (said := answer(ends[task_id].result)) != expected.get(label := tasks[task_id].label)
    ]
    numbers = [fact.seq for fact in facts]
    gaps = (max(numbers) if numbers else 0) - len(set(numbers))
    stories = [healing(blow, facts) for blow in injected]
    return Report(
        accepted=len(accepted),
        finished=len(finished),
        lost=len(lost),
        doubled=len(doubled),
        changed_verdicts=len(changed),
        faults=by_kind(stories),
        leftovers=len(leftovers),
        gaps=gaps,
        remarks=(
            *(f"task {task_id} was lost" for task_id in lost),
            *(f"task {task_id} has {times[task_id]} ends" for task_id in doubled),
            *changed,
            *leftovers,
            *remarks,
        ),
    )


def by_kind(stories: Sequence[Healing]) -> dict[str, Kind]:
    """Figures for each kind of fault, in the order of the alphabet."""
    kinds: dict[str, list[Healing]] = {}
    for story in stories:
        kinds.setdefault(story.injected.kind, []).append(story)
    return {
        kind: Kind(
            count=len(group),
            detected=sum(story.detected_s is not None for story in group),
            recovered=sum(story.recovered_s is not None for story in group),
            detect_ms=span([story.detect_ms for story in group]),
            recover_ms=span([story.recover_ms for story in group]),
        )
        for kind, group in sorted(kinds.items())
    }


def span(values_ms: Iterable[float | None]) -> Span:
    """Median and 99th percentile of what is known."""
    known = sorted(value for value in values_ms if value is not None)
    if not known:
        return Span(p50=None, p99=None)
    return Span(p50=_rank(known, 0.5), p99=_rank(known, 0.99))


def _rank(ordered: Sequence[float], share: float) -> float:
    return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 1)


def _ms(from_s: float, to_s: float | None) -> float | None:
    return None if to_s is None else (to_s - from_s) * 1000
