"""What to try next for a claim that its attempts leave open. Pure: a history in, a decision out; tries nothing.

The history is what facts tell: the first result, every step since, and what came of the
tasks it asked for. So whoever takes a session over decides as its predecessor would have.
A step is one kind of attempt, made by one task or by several at once; answers count in the
order of asking, never of arriving, so the same claim takes the same steps. Every step is paid
out of the recovery's nominal seconds before it is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hms_kernel.model import (
    Budget,
    Failure,
    Hint,
    Limits,
    Move,
    Outcome,
    Phase,
    Recovery,
    RecoveryStep,
    Result,
    Task,
    Trust,
    Value,
    Verdict,
)

GROWTH = 4.0  # more budget is so many times the last
LEAST_GROWTH = 2.0  # what is left must be so many times what was in vain
STRATEGIES = ("casework", "algebra", "recursion", "learned")  # in ``backends.strategies``
CERTIFYING = 8.0  # nominal seconds of a certificate search, which usually has one
COMPOSING = 0.2  # of the first budget, to see whether the hypotheses hold together
SAVED = 0.5  # of what is left goes to lemmas; they may turn out to be in vain
LEAST_S = 0.05  # nominal seconds below which no attempt is worth its way
EVOLVE = "evolve"  # the skill of genetic search, if an agent has one

DECIDED = (Outcome.PROVED, Outcome.REFUTED, Outcome.VACUOUS)
FIXED = {Move.PERSON, Move.MODEL, Move.SEARCH}  # not for lemmas

_LADDER = (
    Move.STRATEGY,
    Move.BUDGET,
    Move.SPLIT,
    Move.BUDGET,
    Move.SEARCH,
    Move.MODEL,
    Move.PERSON,
)
PLANS: dict[str, tuple[Move, ...]] = {
    "budget": _LADDER,
    "wall clock": _LADDER,
    # More of the same would crash again.
    "crash": (Move.STRATEGY, Move.SPLIT, Move.MODEL, Move.PERSON),
    "memory": (Move.SPLIT, Move.STRATEGY, Move.MODEL, Move.PERSON),
    # A part may do without the construct.
    "unsupported": (Move.SPLIT, Move.MODEL, Move.PERSON),
    # It is proved; only who vouches for it is open.
    "trust": (Move.CERTIFICATE, Move.SPLIT, Move.MODEL),
}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One task that a step asked for."""

    task: Task
    result: Result | None = None  # None while it is open
    granted_s: float = 0.0  # nominal seconds, those of its own recovery included


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A step and its tasks, in the order of asking."""

    step: RecoveryStep
    parts: tuple[Part, ...] = ()


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """All that a decision depends on."""

    task: Task  # with its recovery
    first: Result  # of its own attempts
    reason: str  # a key of ``PLANS``
    taken: tuple[Taken | Hint, ...] = ()
    skills: frozenset[str] = frozenset({"prove"})  # that some agent has


class Wait(msgspec.Struct, frozen=True):
    """Something asked for is still open."""


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """Take a step. Its tasks have no ids yet; those of lemmas may be shared with other claims."""

    step: RecoveryStep
    tasks: tuple[Task, ...] = ()


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The recovery is over; this is the answer. Tasks that are still open are no longer wanted."""

    phase: Phase
    result: Result


Decision = Wait | Take | End


def reason(result: Result, task: Task) -> str | None:
    """Why a result leaves the claim open, as a key of ``PLANS``; None when nothing further is to be tried."""
    match result:
        case Verdict(outcome=Outcome.UNKNOWN, reason=said, evidence=evidence):
            words = " ".join((said, *evidence.tried))
            return next((why for why in ("wall clock", "memory") if why in words), "budget")
        case Verdict(outcome=Outcome.UNSUPPORTED):
            return "unsupported"
        case Verdict(outcome=Outcome.PROVED, trust=Trust.ONE_SOLVER | Trust.TWO_SOLVERS as trust):
            return None if trust.reaches(_wanted(task)) else "trust"
        case Failure(kind="attempts" | "error", message=message, lost=lost):
            told = (message, *(attempt.cause for attempt in lost))
            return "memory" if any("memory" in text for text in told) else "crash"
        case Failure(kind="deadline"):
            return "wall clock"
        case _:
            return None


def decide(case: Case) -> Decision:
    """The next thing to do for a claim.

    The same case gives the same decision; after finitely many hints and results it is ``End``.
    """
    if not case.taken:
        return _Next(case).planned(0)
    last = case.taken[-1]
    if isinstance(last, Hint):
        return _Next(case).hinted(last)
    if last.step.waits:
        return Wait()
    if last.step.move is Move.LEMMAS:
        return _after_lemmas(case, last)
    for part in last.parts:
        if part.result is None:
            return Wait()
        if _answers(case, part.result):
            return _end(case, part.result)
    return _followed(case, last) or _Next(case).planned(last.step.place)


def unanswered(case: Case) -> End:
    """The end of a recovery that nobody answers any more."""
    return _end(case, _best(case))


def spent_s(case: Case) -> float:
    """Nominal seconds granted so far, to every task that was asked for."""
    return sum(part.granted_s for taken in _steps(case) for part in taken.parts)


def allowed_s(case: Case) -> float:
    """Nominal seconds that the recovery may grant in all, with what people added."""
    hints = (item for item in case.taken if isinstance(item, Hint))
    return _policy(case).nominal_s + sum(_brought_s(case, hint) for hint in hints)


def told(case: Case) -> tuple[str, ...]:
    """The story so far, a line per step."""
    lines = [f"first attempt: {_came_to(case.first)} ({case.reason})"]
    for item in case.taken:
        if isinstance(item, Hint):
            lines.append(f"a person's hint: {_words(item)}")
            continue
        answers = ", ".join(_came_to(part.result) for part in item.parts)
        lines.append(f"{item.step.move}: {item.step.says}" + (f": {answers}" if answers else ""))
    return tuple(lines)


# --- after a step ------------------------------------------------------------


def _after_lemmas(case: Case, last: Taken) -> Decision:
    """Compose as soon as the lemmas decide the claim; give up on them once one stays open."""
    verdicts: list[Verdict] = []
    for part in last.parts:
        if part.result is None:
            return Wait()
        if not isinstance(part.result, Verdict) or part.result.outcome not in DECIDED:
            return _Next(case).planned(last.step.place)
        verdicts.append(part.result)
        if part.result.outcome is Outcome.REFUTED:
            break  # the rest does not matter, if the numbers break the claim itself
    return _Next(case).composition(last, verdicts)


def _followed(case: Case, last: Taken) -> Decision | None:
    """The second half of a move that takes two."""
    found = last.parts[0].result if last.parts else None
    if not isinstance(found, Value) or not isinstance(found.value, dict):
        return None
    if last.step.move is Move.SPLIT and found.value.get("lemmas"):
        return _Next(case).lemmas(last, found.value)
    if last.step.move is Move.SEARCH and found.value.get("strategy") is not None:
        return _Next(case).evolved(last, found.value["strategy"])
    return None


def _answers(case: Case, result: Result) -> bool:
    """Whether a result ends the recovery."""
    if not isinstance(result, Verdict) or result.outcome not in DECIDED:
        return False
    if case.reason == "trust" and result.outcome is Outcome.PROVED:
        return result.trust is not None and result.trust.reaches(_wanted(case.task))
    return True


def _end(case: Case, result: Result) -> End:
    if not isinstance(result, Verdict):
        return End(phase=Phase.FAILED, result=result)
    if case.reason == "trust" and result.outcome is Outcome.REFUTED:
        # Nobody is believed against another.
        why = "an attempt proved it and another refutes it: one of them is wrong"
        result = Verdict(outcome=Outcome.UNKNOWN, reason=why, evidence=result.evidence)
    evidence = msgspec.structs.replace(result.evidence, recovery=told(case))
    return End(phase=Phase.SUCCEEDED, result=msgspec.structs.replace(result, evidence=evidence))


def _best(case: Case) -> Result:
    """What to say when nothing has answered: the strongest proof there is, else the first word on it."""
    found = [case.first]
    for taken in _steps(case):
        if taken.step.move in (Move.BUDGET, Move.STRATEGY, Move.COMPOSITION):
            found += [part.result for part in taken.parts if isinstance(part.result, Verdict)]
    verdicts = [result for result in found if isinstance(result, Verdict)]
    if case.reason == "trust":
        order = list(Trust)
        proofs = [v for v in verdicts if v.outcome is Outcome.PROVED and v.trust is not None]
        return min(proofs, key=lambda v: order.index(v.trust or Trust.REPLAYED))
    # An honest "unknown" says more of the claim than how its first attempts died.
    return verdicts[0] if verdicts else case.first


# --- the next step -----------------------------------------------------------


class _Next:
    """Makes steps for one case, each within what is left."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.policy = _policy(case)
        self.base = _budget(case.task)
        self.left_s = max(0.0, allowed_s(case) - spent_s(case))
        self.number = sum(1 for _ in _steps(case)) + 1

    def planned(self, place: int) -> Decision:
        """The move at a place of the plan, or the end."""
        plan = _plan(self.case)
        if place >= len(plan):
            return _end(self.case, _best(self.case))
        self.place = place + 1
        match plan[place]:
            case Move.BUDGET:
                return self._budget()
            case Move.STRATEGY:
                return self._strategies(STRATEGIES, self.base.nominal_s)
            case Move.CERTIFICATE:
                return self._certificate()
            case Move.SPLIT:
                return self._split(None)
            case Move.SEARCH:
                return self._search()
            case Move.MODEL:
                return self._model()
            case Move.PERSON if self.policy.ask_s > 0:
                says = f"asked, for {self.policy.ask_s:g} s"
                return self._take(Move.PERSON, says, waits=True)
            case move:
                return self._skip(move, "nobody is to be asked")

    def hinted(self, hint: Hint) -> Decision:
        """What a person wants; then the person is asked again."""
        self.place = len(_plan(self.case)) - 1
        if hint.give_up:
            return _end(self.case, _best(self.case))
        if hint.lemma:
            return self._split(hint.lemma)
        if hint.strategy:
            return self._strategies((hint.strategy,), _brought_s(self.case, hint))
        return self._proof(Move.BUDGET, f"budget of {hint.nominal_s:g} nominal s", hint.nominal_s)

    def composition(self, last: Taken, verdicts: list[Verdict]) -> Take:
        """Put the verdicts on lemmas together; the agent that does it trusts none of this."""
        self.place = last.step.place
        split = next(t for t in reversed([*_steps(self.case)]) if t.step.move is Move.SPLIT)
        found = split.parts[0].result
        assert isinstance(found, Value)
        plain = msgspec.to_builtins(verdicts)
        job = {"type": "compose", "split": found.value["split"], "verdicts": plain}
        nominal_s = min(COMPOSING * self.base.nominal_s, self.left_s)
        says = "of a refuted lemma" if verdicts[-1].outcome is Outcome.REFUTED else "of all lemmas"
        return self._proof(Move.COMPOSITION, says, nominal_s, job=job)

    def lemmas(self, last: Taken, found: dict[str, Any]) -> Decision:
        """Every lemma as a task with a recovery of its own."""
        self.place = last.step.place
        texts = found["lemmas"]
        each_s = min(self.base.nominal_s, SAVED * self.left_s / len(texts))
        if each_s < LEAST_S:
            return self._skip(Move.LEMMAS, self._short())
        # In steps of doubling, so that claims with the same lemma can share it.
        own_s = _at_most(SAVED * self.left_s / len(texts) - each_s, self.base.nominal_s)
        moves = tuple(move for move in _plan(self.case) if move not in FIXED)
        policy = Recovery(
            nominal_s=own_s,
            moves=tuple(m for m in moves if m is not Move.SPLIT or self.policy.depth > 0),
            depth=max(0, self.policy.depth - 1),
        )
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
        return self._take(Move.LEMMAS, f"{len(texts)} by {found['by']}", tuple(tasks))

    def evolved(self, last: Taken, strategy: Any) -> Decision:
        """Try what the genetic search has found."""
        self.place = last.step.place
        nominal_s = min(self.base.nominal_s, self.left_s)
        return self._proof(Move.STRATEGY, "found by the search", nominal_s, strategy=strategy)

    def _budget(self) -> Decision:
        tried_s = max(
            (
                _budget(part.task).nominal_s
                for taken in _steps(self.case)
                if taken.step.move is Move.BUDGET
                for part in taken.parts
            ),
            default=self.base.nominal_s,
        )
        nominal_s = min(GROWTH * tried_s, self.left_s)
        if nominal_s < LEAST_GROWTH * tried_s:
            return self._skip(Move.BUDGET, self._short())
        return self._proof(Move.BUDGET, f"budget of {nominal_s:g} nominal s", nominal_s)

    def _strategies(self, names: tuple[str, ...], nominal_s: float) -> Decision:
        affordable = names[: int(self.left_s / nominal_s + 1e-9)] if nominal_s > 0 else ()
        if not affordable:
            return self._skip(Move.STRATEGY, self._short())
        tasks = tuple(self._task(nominal_s, strategy=name) for name in affordable)
        return self._take(Move.STRATEGY, ", ".join(affordable), tasks)

    def _certificate(self) -> Decision:
        nominal_s = min(CERTIFYING, self.left_s)
        if nominal_s < LEAST_S:
            return self._skip(Move.CERTIFICATE, self._short())
        job = {"type": "certify", "proof": msgspec.to_builtins(self.case.first)}
        says = f"for {nominal_s:g} nominal s"
        return self._proof(Move.CERTIFICATE, says, nominal_s, job=job)

    def _split(self, lemma: str | None) -> Decision:
        job = {"type": "split", "lemma": lemma}
        says = f"by the lemma {lemma}" if lemma else "into lemmas"
        return self._proof(Move.SPLIT, says, 0.0, job=job)

    def _search(self) -> Decision:
        if EVOLVE not in self.case.skills:
            return self._skip(Move.SEARCH, f"no agent has the skill {EVOLVE}")
        nominal_s = SAVED * self.left_s
        if nominal_s < LEAST_S:
            return self._skip(Move.SEARCH, self._short())
        says = f"for {nominal_s:g} nominal s"
        task = msgspec.structs.replace(self._task(nominal_s), skill=EVOLVE)
        return self._take(Move.SEARCH, says, (task,))

    def _model(self) -> Decision:
        nominal_s = min(self.base.nominal_s, self.left_s)
        return self._proof(Move.MODEL, "asked for a proof", nominal_s, backend="deepseek")

    def _proof(self, move: Move, says: str, nominal_s: float, **changes: Any) -> Take:
        return self._take(move, says, (self._task(nominal_s, **changes),))

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
        wall_s = self.base.wall_s * max(1.0, nominal_s / max(self.base.nominal_s, LEAST_S))
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


# --- pieces ------------------------------------------------------------------


def granted_s(task: Task) -> float:
    """Nominal seconds that a task asks for itself."""
    return _budget(task).nominal_s


def _plan(case: Case) -> tuple[Move, ...]:
    plan, chosen = PLANS[case.reason], _policy(case).moves
    return tuple(move for move in chosen if move in plan) if chosen else plan


def _steps(case: Case) -> Iterator[Taken]:
    return (item for item in case.taken if isinstance(item, Taken))


def _policy(case: Case) -> Recovery:
    return case.task.recovery or Recovery(nominal_s=0.0)


def _budget(task: Task) -> Budget:
    return msgspec.convert(task.payload["budget"], Budget)


def _wanted(task: Task) -> Trust:
    return Trust(task.payload.get("trust", Trust.ONE_SOLVER))


def _brought_s(case: Case, hint: Hint) -> float:
    """What a person's hint may cost beyond the recovery's own seconds."""
    if hint.give_up:
        return 0.0
    return hint.nominal_s or GROWTH * _budget(case.task).nominal_s


def _at_most(available_s: float, unit_s: float) -> float:
    """The largest of unit, twice, four times, … and half, a quarter, … that is available; 0 for too little."""
    if available_s < LEAST_S or unit_s <= 0:
        return 0.0
    while unit_s > available_s:
        unit_s /= 2
    while 2 * unit_s <= available_s:
        unit_s *= 2
    return unit_s


def _came_to(result: Result | None) -> str:
    match result:
        case None:
            return "open"
        case Verdict(outcome=outcome, trust=trust):
            vouched = f" ({trust})" if outcome is Outcome.PROVED and trust else ""
            return f"{outcome}{vouched}"
        case Failure(kind=kind, message=message):
            return f"{kind}: {message}"
        case Value(value={"says": str(says)}):
            return says
        case _:
            return "done"


def _words(hint: Hint) -> str:
    if hint.give_up:
        return "give up"
    if hint.lemma:
        return f"the lemma {hint.lemma}"
    return f"the strategy {hint.strategy}" if hint.strategy else f"{hint.nominal_s:g} nominal s"
