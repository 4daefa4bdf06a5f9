"""The tasks of a chaos run: small claims of every outcome among cheap sums, each with an answer that can be compared.

Every task's answer depends on its payload alone, so a calm run of the distinct ones
says what a chaotic run of all must say.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hms_kernel.model import Budget, Failure, Goal, Limits, Outcome, Result, Value, Verdict

LIMITS = Limits(max_attempts=50)  # the faults are to blame, not the tasks
VARIANTS = 2  # of each claim
_STRIDE = 3  # one task of so many is a claim

_STARVED = Budget(nominal_s=0.0001, wall_s=300.0)
_AMPLE = Budget(nominal_s=5.0, wall_s=300.0)
_CLAIMS: tuple[tuple[Outcome, str, Budget, tuple[str, ...]], ...] = (
    (Outcome.PROVED, "∀ x : ℝ, {n} ≤ x * x + {n}", _AMPLE, ()),
    (Outcome.PROVED, "∀ x : ℤ, x < x + {n}", _AMPLE, ()),
    (Outcome.REFUTED, "∀ x : ℤ, x < {n}", _AMPLE, ()),
    (Outcome.VACUOUS, "∀ x : ℤ, x < {n} → {n} < x → x = 7", _AMPLE, ()),
    (Outcome.UNKNOWN, "∀ x : ℝ, x ≤ {n}", _AMPLE, ("x is small",)),
    (Outcome.UNKNOWN, "∀ a b c : ℤ, 0 < a * b * c → a ^ 3 + b ^ 3 ≠ {n} * c ^ 3", _STARVED, ()),
    (Outcome.UNSUPPORTED, "∀ x : ℝ, Real.sin x ≤ {n}", _AMPLE, ()),
    (Outcome.INVALID, "∀ x : ℝ, x ≤ y{n}", _AMPLE, ()),
)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What one task asks. Jobs with the same key have the same answer."""

    key: str
    skill: str
    payload: Any


def job(number: int) -> Job:
    """The job of the ``number``-th task, counting from 0."""
    kind, other = divmod(number, _STRIDE)
    if other:
        n = number % (VARIANTS * len(_CLAIMS))
        return Job(key=f"sum {n}", skill="chaos", payload={"do": "sum", "to": 1000 + n})
    variant, which = divmod(kind % (VARIANTS * len(_CLAIMS)), len(_CLAIMS))
    outcome, text, budget, unstated = _CLAIMS[which]
    statement = text.format(n=variant + 1)
    goal = Goal(
        theorem_id=f"{outcome.value}-{which}-{variant}", statement=statement, unstated=unstated
    )
    # Every answer is worked out anew: a remembered one would hide a change.
    payload = msgspec.to_builtins({"goal": goal, "budget": budget, "cache": False})
    return Job(key=goal.theorem_id, skill="prove", payload=payload)


def distinct(tasks: int) -> list[Job]:
    """One job of every key among the first ``tasks``."""
    found: dict[str, Job] = {}
    for number in range(min(tasks, _STRIDE * VARIANTS * len(_CLAIMS))):
        found.setdefault(job(number).key, job(number))
    return list(found.values())


def answer(result: Result) -> str:
    """What an answer says, without what it took to find it; equal texts for equal answers."""
    said: tuple[object, ...]
    match result:
        case Verdict(outcome=outcome, trust=trust, reason=reason, counterexample=counterexample):
            said = (outcome, trust, reason, counterexample, result.evidence.statement_sha256)
        case Value(value=value):
            said = (value,)
        case Failure(kind=kind, message=message):
            said = ("failure", kind, message)
    return msgspec.json.encode(said).decode()
