"""What a recovery decides on, and its decisions: values, and what can be read off them. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from hms_kernel.errors import UsageError
from hms_kernel.facts import RecoveryStep
from hms_kernel.model import (
    Budget,
    Failure,
    Hint,
    Move,
    Outcome,
    Phase,
    Recovery,
    Result,
    Task,
    Trust,
    Value,
    Verdict,
)

GROWTH = 4.0  # more budget is so many times the last

_LADDER = (
    Move.STRATEGY,
    Move.BUDGET,
    Move.SPLIT,
    Move.BUDGET,
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
    cost_s: float = 0.0  # nominal seconds, those of its own recovery included


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


class _Payload(msgspec.Struct):
    """What a recovery reads of a request; the rest is handed on as it is."""

    goal: dict[str, Any]
    budget: Budget
    trust: Trust = Trust.ONE_SOLVER
    backend: str = "smt"


def ensure(task: Task) -> None:
    """Return if the task can be recovered from, or is not to be.

    Raises:
        UsageError: it is to recover and is no proof by "smt".
    """
    if task.recovery is None:
        return
    try:
        payload = msgspec.convert(task.payload, _Payload)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"only a proof can be recovered, and this is no request: {error}"
        ) from None
    if task.skill != "prove" or payload.backend != "smt" or "theorem_id" not in payload.goal:
        raise UsageError("only proofs by the backend 'smt' can be recovered")


class Found(msgspec.Struct, frozen=True):
    """What an agent says of a claim that it has taken apart."""

    by: str
    split: Any
    lemmas: tuple[str, ...]


def apart(taken: Taken) -> Found | None:
    """The lemmas that a split has found; None for none."""
    result = taken.parts[0].result if taken.step.move is Move.SPLIT and taken.parts else None
    try:
        found = msgspec.convert(result.value, Found) if isinstance(result, Value) else None
    except msgspec.ValidationError:
        return None
    return found if found is not None and found.lemmas else None


def reason(result: Result, task: Task) -> str | None:
    """Why a result leaves the claim open, as a key of ``PLANS``; None when nothing further is to be tried."""
    match result:
        case Verdict(outcome=Outcome.UNKNOWN, reason=said, evidence=evidence):
            words = " ".join((said, *evidence.tried))
            return next((why for why in ("wall clock", "memory") if why in words), "budget")
        case Verdict(outcome=Outcome.UNSUPPORTED):
            return "unsupported"
        case Verdict(outcome=Outcome.PROVED, trust=Trust.ONE_SOLVER | Trust.TWO_SOLVERS as trust):
            return None if trust.reaches(wanted(task)) else "trust"
        case Failure(kind="attempts" | "error", message=message, lost=lost):
            told = (message, *(attempt.cause for attempt in lost))
            return "memory" if any("memory" in text for text in told) else "crash"
        case Failure(kind="deadline"):
            return "wall clock"
        case _:
            return None


def spent_s(case: Case) -> float:
    """Nominal seconds so far, of every task that was asked for."""
    return sum(cost_s for taken in steps(case) for cost_s in _costs_s(taken))


def _costs_s(taken: Taken) -> Iterator[float]:
    """What each part of a step cost.

    A refuted lemma ends the others wherever they are; they count as if they had taken all they
    might, so that what is left does not hang on who was quicker.
    """
    ended = False
    for part in taken.parts:
        yield _most_s(part.task) if ended else part.cost_s
        refuted = isinstance(part.result, Verdict) and part.result.outcome is Outcome.REFUTED
        ended = ended or (refuted and taken.step.move is Move.LEMMAS)


def _most_s(task: Task) -> float:
    own_s = task.recovery.nominal_s if task.recovery is not None else 0.0
    return budget_of(task).nominal_s + own_s


def allowed_s(case: Case) -> float:
    """Nominal seconds that the recovery may grant in all, with what people added."""
    hints = (item for item in case.taken if isinstance(item, Hint))
    return policy(case).nominal_s + sum(brought_s(case, hint) for hint in hints)


def told(case: Case) -> tuple[str, ...]:
    """The story so far, a line per step."""
    lines = [f"first attempt: {came_to(case.first)} ({case.reason})"]
    for item in case.taken:
        if isinstance(item, Hint):
            lines.append(f"a person's hint: {_words(item)}")
            continue
        answers = ", ".join(came_to(part.result) for part in _heard(item))
        lines.append(f"{item.step.move}: {item.step.says}" + (f": {answers}" if answers else ""))
    return tuple(lines)


def _heard(taken: Taken) -> Iterator[Part]:
    """The parts that had a say: what came of those after an answer hangs on who was quicker."""
    lemmas = taken.step.move is Move.LEMMAS
    for part in taken.parts:
        yield part
        match part.result:
            case Verdict(outcome=Outcome.REFUTED):
                return
            case Verdict(outcome=outcome) if outcome.decided and not lemmas:
                return


def cost_s(task: Task, result: Result | None) -> float:
    """Nominal seconds of a task itself: what it may take until it is known what it took."""
    granted_s = budget_of(task).nominal_s
    if isinstance(result, Verdict) and result.evidence.nominal_s > 0:
        return min(granted_s, result.evidence.nominal_s)
    return granted_s


def plan(case: Case) -> tuple[Move, ...]:
    """The moves for a case, in their order."""
    usual, chosen = PLANS[case.reason], policy(case).moves
    moves = tuple(move for move in chosen if move in usual) if chosen else usual
    asked = policy(case).ask_s > 0
    return tuple(move for move in moves if asked or move is not Move.PERSON)


def steps(case: Case) -> Iterator[Taken]:
    """Its steps, oldest first."""
    return (item for item in case.taken if isinstance(item, Taken))


def policy(case: Case) -> Recovery:
    """How far to go for it."""
    return case.task.recovery or Recovery(nominal_s=0.0)


def budget_of(task: Task) -> Budget:
    """What one attempt at it may spend."""
    return msgspec.convert(task.payload["budget"], Budget)


def wanted(task: Task) -> Trust:
    """How much trust a proof of it shall have."""
    return Trust(task.payload.get("trust", Trust.ONE_SOLVER))


def brought_s(case: Case, hint: Hint) -> float:
    """What a person's hint may cost beyond the recovery's own seconds."""
    if hint.give_up:
        return 0.0
    return hint.nominal_s or GROWTH * budget_of(case.task).nominal_s


def came_to(result: Result | None) -> str:
    """A result in a few words."""
    match result:
        case None:
            return "open"
        case Verdict(outcome=outcome, trust=trust):
            vouched = f" ({trust})" if outcome is Outcome.PROVED and trust else ""
            return f"{outcome}{vouched}"
        case Failure(kind=kind, message=message):
            return f"{kind}: {message.partition(': ')[0]}"
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
