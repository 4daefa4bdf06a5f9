"""Recoveries under way: their steps become tasks, and what comes of those moves them on. Decides nothing itself.

``recovery`` decides. A task that recovers waits, with all it has found so far, until its
recovery has an answer; only then does it end. Everything here is told by facts, so a successor
goes on where it finds them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from hms_kernel import recovery
from hms_kernel.errors import UsageError
from hms_kernel.events import Effect, Record
from hms_kernel.facts import HintGiven, RecoveryBegun, RecoveryStep
from hms_kernel.ledger import Work
from hms_kernel.model import Hint, Move, Phase, Result, Task


@dataclass
class Recoveries:
    """The scheduler's part that makes a history of facts and performs decisions on it.

    Args:
        tasks: all there are, by id; read only.
        submit: accepts a task.
        settle: ends a task with an answer.
        cancel: ends a task that nobody wants any more.
        prefer: lets a task that waits for an agent move up, now that more wait for it.
    """

    tasks: Mapping[str, Work]
    submit: Callable[[Task, float], list[Effect]]
    settle: Callable[[Work, Phase, Result, float, str], list[Effect]]
    cancel: Callable[[Work, float], list[Effect]]
    prefer: Callable[[Work], None]
    _lemmas: dict[str, str] = field(default_factory=dict)  # what a lemma asks to its task
    _asking: dict[str, float] = field(default_factory=dict)  # task to when nobody has answered it

    def begin(self, work: Work, result: Result, output: str, now_s: float) -> list[Effect] | None:
        """A task's attempts came to this; None if there is nothing to recover from."""
        if work.task.recovery is None or (why := recovery.reason(result, work.task)) is None:
            return None
        work.opened = RecoveryBegun(result=result, reason=why, output=output)
        work.phase, work.output = Phase.WAITING, output
        task, attempt = work.task.task_id, work.attempt or None
        begun = Record(work.opened, task=task, attempt=attempt, agent=work.agent)
        return [begun, *self._advance(work, now_s)]

    def ended(self, work: Work, now_s: float) -> list[Effect]:
        """A task has ended: what it had asked for is no longer wanted, and those that wait for it go on."""
        task_id = work.task.task_id
        self._asking.pop(task_id, None)
        effects = self._release(work, now_s)
        for parent in sorted(work.blocks):
            effects += self._advance(self.tasks[parent], now_s)
        work.blocks.clear()
        return effects

    def answered(self, task_id: str, hint: Hint, now_s: float) -> list[Effect]:
        """A person has a hint.

        Raises:
            UsageError: nobody is asked about that task.
        """
        if task_id not in self._asking:
            raise UsageError(f"task {task_id!r} waits for no person; waiting() lists those that do")
        work = self.tasks[task_id]
        del self._asking[task_id]
        work.taken.append(hint)
        given = Record(HintGiven(hint=hint), task=task_id)
        return [given, *self._advance(work, now_s)]

    def next_due_s(self) -> float | None:
        """When somebody has waited long enough for a person; None: nobody waits."""
        return min(self._asking.values(), default=None)

    def tick(self, now_s: float) -> list[Effect]:
        """Time has passed: who has waited long enough for a person ends."""
        effects: list[Effect] = []
        for task_id in [name for name, due_s in self._asking.items() if due_s <= now_s]:
            effects += self.cut_short(self.tasks[task_id], now_s)
        return effects

    def cut_short(self, work: Work, now_s: float) -> list[Effect]:
        """End a task that waits with what its recovery has found so far."""
        end = recovery.unanswered(self._case(work))
        return self.settle(work, end.phase, end.result, now_s, work.output)

    def resume(self, now_s: float) -> list[Effect]:
        """Go on with what an earlier supervisor had begun; once, before any event."""
        effects: list[Effect] = []
        for work in self.tasks.values():
            for step in _steps(work):
                if step.move is Move.LEMMAS:
                    self._lemmas |= {_question(self.tasks[name].task): name for name in step.tasks}
        recovering = [work for work in self.tasks.values() if work.phase is Phase.WAITING]
        for work in recovering:
            self._await(work)
        # Only now is it known what others still want of what one wants no longer.
        for work in recovering:
            effects += self._advance(work, now_s)
        return effects

    def _advance(self, work: Work, now_s: float) -> list[Effect]:
        """Take steps until something has to be waited for."""
        effects: list[Effect] = []
        while work.phase is Phase.WAITING:
            match recovery.decide(self._case(work)):
                case recovery.Wait():
                    break
                case recovery.End(phase=phase, result=result):
                    effects += self.settle(work, phase, result, now_s, work.output)
                case recovery.Take(step=step, tasks=tasks):
                    effects += self._take(work, step, tasks, now_s)
        return effects

    def _take(
        self, work: Work, step: RecoveryStep, tasks: tuple[Task, ...], now_s: float
    ) -> list[Effect]:
        released = self._release(work, now_s)
        asked: dict[str, Task] = {}
        names: list[str] = []
        for task in tasks:
            key = _question(task)
            known = self._lemmas.get(key) if step.move is Move.LEMMAS else None
            # One that this step has just named is not there yet.
            earlier = self.tasks.get(known) if known else None
            if known is None or (earlier and earlier.phase is Phase.CANCELLED):
                known = f"{work.task.task_id}.{self._count(work) + len(asked) + 1}"
                asked[known] = msgspec.structs.replace(task, task_id=known)
                if step.move is Move.LEMMAS:
                    self._lemmas[key] = known
            names.append(known)
        step = msgspec.structs.replace(step, tasks=tuple(names))
        work.taken.append(step)
        work.taken_s = now_s
        effects: list[Effect] = [Record(step, task=work.task.task_id)]
        for task in asked.values():
            effects += self.submit(task, now_s)
        self._await(work)
        return [*effects, *released]

    def _await(self, work: Work) -> None:
        """Remember what the last step of a task waits for."""
        last = work.taken[-1] if work.taken else None
        if not isinstance(last, RecoveryStep):
            return
        for name in last.tasks:
            part = self.tasks[name]
            if not part.phase.terminal:
                part.blocks.add(work.task.task_id)
                self.prefer(part)
        if last.waits and work.task.recovery is not None:
            self._asking[work.task.task_id] = work.taken_s + work.task.recovery.ask_s

    def _release(self, work: Work, now_s: float) -> list[Effect]:
        """Cancel what a task has asked for and nobody else waits for."""
        effects: list[Effect] = []
        for step in _steps(work):
            for name in step.tasks:
                part = self.tasks[name]
                part.blocks.discard(work.task.task_id)
                if not part.phase.terminal and not part.blocks:
                    effects += self.cancel(part, now_s)
        return effects

    def _count(self, work: Work) -> int:
        """How many tasks its recovery has asked for, shared ones included."""
        return sum(len(step.tasks) for step in _steps(work))

    def _case(self, work: Work) -> recovery.Case:
        assert work.opened is not None
        taken = tuple(
            item
            if isinstance(item, Hint)
            else recovery.Taken(step=item, parts=tuple(map(self._part, item.tasks)))
            for item in work.taken
        )
        return recovery.Case(
            task=work.task,
            first=work.opened.result,
            reason=work.opened.reason,
            taken=taken,
        )

    def _part(self, name: str) -> recovery.Part:
        work = self.tasks[name]
        result = work.result if work.phase.terminal else None
        return recovery.Part(task=work.task, result=result, cost_s=self._cost_s(work))

    def _cost_s(self, work: Work) -> float:
        first = work.opened.result if work.opened else work.result
        names = (name for step in _steps(work) for name in step.tasks)
        return recovery.cost_s(work.task, first) + sum(self._cost_s(self.tasks[n]) for n in names)


def _steps(work: Work) -> list[RecoveryStep]:
    return [item for item in work.taken if isinstance(item, RecoveryStep)]


def _question(task: Task) -> str:
    """What a lemma asks, whoever asks it: all that its verdict depends on."""
    payload = {**task.payload, "goal": {**task.payload["goal"], "theorem_id": ""}}
    asked = (task.skill, payload, task.recovery)
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()
