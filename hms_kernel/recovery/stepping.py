"""The next step of a recovery: which tasks it takes, within what is left. Judges no result."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from hms_kernel.facts import RecoveryStep
from hms_kernel.model import Budget, Hint, Limits, Move, Outcome, Recovery, Task, Verdict
from hms_kernel.recovery.cases import (
    GROWTH,
    Case,
    Found,
    Take,
    Taken,
    allowed_s,
    apart,
    brought_s,
    budget_of,
    plan,
    policy,
    spent_s,
    steps,
)

LEAST_GROWTH = 2.0  # what is left must be so many times what was in vain
STRATEGIES = ("casework", "algebra", "recursion")  # in ``backends.strategies``
CERTIFYING = 8.0  # nominal seconds of a certificate search, which usually has one
COMPOSING = 0.2  # of the first budget, to see whether the hypotheses hold together
SAVED = 0.5  # of what is left goes to lemmas; they may turn out to be in vain
LEAST = 0.1  # of the first budget, below which no attempt is worth its way

FOR_LEMMAS = (Move.CERTIFICATE, Move.STRATEGY, Move.SPLIT, Move.BUDGET)


class Next:
    """Makes steps for one case, each within what is left."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.policy = policy(case)
        self.base = budget_of(case.task)
        self.left_s = max(0.0, allowed_s(case) - spent_s(case))
        self.least_s = LEAST * self.base.nominal_s
        self.number = sum(1 for _ in steps(case)) + 1

    def planned(self, place: int) -> Take | None:
        """The move at a place of the plan; None behind its end."""
        moves = plan(self.case)
        if place >= len(moves):
            return None
        self.place = place + 1
        match moves[place]:
            case Move.BUDGET:
                return self._budget()
            case Move.STRATEGY:
                return self._strategies(self._others(), self.base.nominal_s)
            case Move.CERTIFICATE:
                return self._certificate()
            case Move.SPLIT:
                return self._split(None)
            case Move.MODEL:
                return self._model()
            case Move.PERSON:
                says = f"asked, for {self.policy.ask_s:g} s"
                return self._take(Move.PERSON, says, waits=True)
            case second:
                raise AssertionError(f"{second} is in no plan: it follows from a split")

    def hinted(self, hint: Hint) -> Take:
        """What a person wants; then the person is asked again."""
        asked = next(t for t in reversed([*steps(self.case)]) if t.step.waits)
        self.place = asked.step.place - 1
        if hint.lemma:
            return self._split(hint.lemma)
        if hint.strategy:
            return self._strategies((hint.strategy,), brought_s(self.case, hint))
        nominal_s = min(hint.nominal_s, self.left_s)
        return self._proof(Move.BUDGET, f"budget of {nominal_s:g} nominal s", nominal_s)

    def composition(self, last: Taken, verdicts: list[Verdict]) -> Take:
        """Put the verdicts on lemmas together; the agent that does it trusts none of this."""
        self.place = last.step.place
        found = next(filter(None, map(apart, reversed([*steps(self.case)]))))
        plain = msgspec.to_builtins(verdicts)
        job = {"type": "compose", "split": found.split, "verdicts": plain}
        nominal_s = min(COMPOSING * self.base.nominal_s, self.left_s)
        says = "of a refuted lemma" if verdicts[-1].outcome is Outcome.REFUTED else "of all lemmas"
        return self._proof(Move.COMPOSITION, says, nominal_s, job=job)

    def lemmas(self, last: Taken, found: Found) -> Take:
        """Every lemma as a task with a recovery of its own."""
        self.place = last.step.place
        texts = found.lemmas
        share_s = SAVED * self.left_s / len(texts)
        # In steps of doubling, so that claims with the same lemma can share it.
        each_s = min(self.base.nominal_s, _at_most(share_s, self.base.nominal_s))
        if each_s < self.least_s:
            return self._skip(Move.LEMMAS, self._short())
        own_s = _at_most(share_s - each_s, self.base.nominal_s)
        # Who gives a lemma wants it tried in earnest, whatever else was to be tried.
        chosen = FOR_LEMMAS if found.by == "lemma" else self.policy.moves or FOR_LEMMAS
        policy = self._for_lemmas(chosen, own_s)
        goal = self.case.task.payload["goal"]
        tasks = []
        for n, text in enumerate(texts, 1):
            lemma = {
                "theorem_id": f"{goal['theorem_id']}.{n}",
                "statement": text,
                "decimals": goal.get("decimals", "Float"),
            }
            task = self._task(each_s, goal=lemma)
            tasks.append(msgspec.structs.replace(task, recovery=policy, label=lemma["theorem_id"]))
        return self._take(Move.LEMMAS, f"{len(texts)} by {found.by}", tuple(tasks))

    def _for_lemmas(self, chosen: tuple[Move, ...], nominal_s: float) -> Recovery | None:
        """The recovery of a lemma: nobody is asked about it, and it is split only so often."""
        moves = tuple(
            move
            for move in chosen
            if move in FOR_LEMMAS and (move is not Move.SPLIT or self.policy.depth > 0)
        )
        depth = max(0, self.policy.depth - 1)
        return Recovery(nominal_s=nominal_s, moves=moves, depth=depth) if moves else None

    def _budget(self) -> Take:
        tried_s = max(
            (
                budget_of(part.task).nominal_s
                for taken in steps(self.case)
                if taken.step.move is Move.BUDGET
                for part in taken.parts
            ),
            default=self.base.nominal_s,
        )
        nominal_s = min(GROWTH * tried_s, self.left_s)
        if nominal_s < LEAST_GROWTH * tried_s:
            return self._skip(Move.BUDGET, self._short())
        return self._proof(Move.BUDGET, f"budget of {nominal_s:g} nominal s", nominal_s)

    def _strategies(self, names: tuple[str, ...], nominal_s: float) -> Take:
        affordable = names[: int(self.left_s / nominal_s + 1e-9)] if nominal_s > 0 else ()
        if not affordable:
            return self._skip(Move.STRATEGY, self._short())
        tasks = tuple(self._task(nominal_s, strategy=name) for name in affordable)
        return self._take(Move.STRATEGY, ", ".join(affordable), tasks)

    def _others(self) -> tuple[str, ...]:
        """Strategies that the claim has not been tried with."""
        # A claim that came with one, such as that of its family, never had the usual one.
        usual = ("default",) if self.case.task.payload.get("strategy") is not None else ()
        return tuple(dict.fromkeys((*usual, *STRATEGIES, *(self.policy.strategies or ()))))

    def _certificate(self) -> Take:
        nominal_s = min(CERTIFYING, self.left_s)
        if nominal_s < self.least_s:
            return self._skip(Move.CERTIFICATE, self._short())
        job = {"type": "certify", "proof": msgspec.to_builtins(self.case.first)}
        says = f"for {nominal_s:g} nominal s"
        return self._proof(Move.CERTIFICATE, says, nominal_s, job=job)

    def _split(self, lemma: str | None) -> Take:
        job = {"type": "split", "lemma": lemma}
        says = f"by the lemma {lemma}" if lemma else "into lemmas"
        return self._proof(Move.SPLIT, says, 0.0, job=job)

    def _model(self) -> Take:
        nominal_s = min(self.base.nominal_s, self.left_s)
        return self._proof(Move.MODEL, "asked for a proof", nominal_s, backend="deepseek")

    def _proof(self, move: Move, says: str, nominal_s: float, **changes: Any) -> Take:
        return self._take(move, says, (self._task(nominal_s, **changes),))

    def _times(self, nominal_s: float) -> float:
        """How many times the first budget that is."""
        return nominal_s / self.base.nominal_s if self.base.nominal_s > 0 else 1.0

    def _skip(self, move: Move, why: str) -> Take:
        return self._take(move, f"skipped: {why}")

    def _short(self) -> str:
        return f"{self.left_s:.3g} nominal s are left"

    def _take(
        self, move: Move, says: str, tasks: tuple[Task, ...] = (), waits: bool = False
    ) -> Take:
        step = RecoveryStep(number=self.number, place=self.place, move=move, says=says, waits=waits)
        return Take(step=step, tasks=tasks)

    def _task(self, nominal_s: float, **changes: Any) -> Task:
        """The claim's own request, changed."""
        origin, limits = self.case.task, self.case.task.limits
        wall_s = self.base.wall_s * max(1.0, self._times(nominal_s))
        if limits.attempt_wall_s is not None:
            limits = msgspec.structs.replace(
                limits, attempt_wall_s=limits.attempt_wall_s + wall_s - self.base.wall_s
            )
        budget = msgspec.to_builtins(Budget(nominal_s=nominal_s, wall_s=wall_s))
        return Task(
            task_id="",
            skill=origin.skill,
            payload={**origin.payload, "budget": budget, "propose": False, **changes},
            label=origin.label,
            # Its parent's limits in time are not its own.
            limits=Limits(
                max_attempts=limits.max_attempts,
                attempt_wall_s=limits.attempt_wall_s,
                progress_s=limits.progress_s,
            ),
            parent=origin.task_id,
        )


def _at_most(available_s: float, unit_s: float) -> float:
    """The largest of unit, twice, half, four times, a quarter, … that is available."""
    if available_s <= 0 or unit_s <= 0:
        return 0.0
    return unit_s * 2.0 ** math.floor(math.log2(available_s / unit_s))
