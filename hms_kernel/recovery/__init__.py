"""What to try next for a claim that its attempts leave open. Pure: a history in, a decision out; tries nothing.

The history is what facts tell: the first result, every step since, and what came of the
tasks it asked for. So whoever takes a session over decides as its predecessor would have.
A step is one kind of attempt, made by one task or by several at once; answers count in the
order of asking, never of arriving, so the same claim takes the same steps. Every step is paid
out of the recovery's nominal seconds before it is taken.
"""

from __future__ import annotations

import msgspec

from hms_kernel.model import Hint, Move, Outcome, Phase, Result, Trust, Verdict
from hms_kernel.recovery.cases import (
    Case,
    Decision,
    End,
    Part,
    Take,
    Taken,
    Wait,
    allowed_s,
    apart,
    came_to,
    cost_s,
    ensure,
    reason,
    spent_s,
    steps,
    told,
    wanted,
)
from hms_kernel.recovery.stepping import Next

__all__ = [
    "Case",
    "Decision",
    "End",
    "Part",
    "Take",
    "Taken",
    "Wait",
    "allowed_s",
    "cost_s",
    "decide",
    "ensure",
    "reason",
    "spent_s",
    "told",
    "unanswered",
]


def decide(case: Case) -> Decision:
    """The next thing to do for a claim.

    The same case gives the same decision; after finitely many hints and results it is ``End``.
    """
    if not case.taken:
        return _planned(case, 0)
    last = case.taken[-1]
    if isinstance(last, Hint):
        return unanswered(case) if last.give_up else Next(case).hinted(last)
    if last.step.waits:
        return Wait()
    if last.step.move is Move.LEMMAS and last.parts:
        return _after_lemmas(case, last)
    for part in last.parts:
        if part.result is None:
            return Wait()
        if _answers(case, part.result):
            return _end(case, part.result)
    if (found := apart(last)) is not None:
        return Next(case).lemmas(last, found)
    return _planned(case, last.step.place)


def unanswered(case: Case) -> End:
    """The end of a recovery that nobody answers any more."""
    return _end(case, _best(case))


# --- after a step ------------------------------------------------------------


def _after_lemmas(case: Case, last: Taken) -> Decision:
    """Compose as soon as the lemmas decide the claim: all hold, or one is false."""
    verdicts: list[Verdict] = []
    for part in last.parts:
        match part.result:
            case None:
                return Wait()
            case Verdict() as verdict:
                verdicts.append(verdict)
            case _:
                verdicts.append(Verdict(outcome=Outcome.UNKNOWN, reason=came_to(part.result)))
        if verdicts[-1].outcome is Outcome.REFUTED:
            # The rest does not matter, if the numbers break the claim itself.
            return Next(case).composition(last, verdicts)
    if all(verdict.outcome.decided for verdict in verdicts):
        return Next(case).composition(last, verdicts)
    return _planned(case, last.step.place)


def _answers(case: Case, result: Result) -> bool:
    """Whether a result ends the recovery."""
    if not isinstance(result, Verdict) or not result.outcome.decided:
        return False
    if case.reason == "trust" and result.outcome is Outcome.PROVED:
        return result.trust is not None and result.trust.reaches(wanted(case.task))
    return True


def _planned(case: Case, place: int) -> Decision:
    """The next step of the plan; at its end, what there is."""
    return Next(case).planned(place) or unanswered(case)


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
    for taken in steps(case):
        if taken.step.move in (Move.BUDGET, Move.STRATEGY, Move.COMPOSITION):
            found += [part.result for part in taken.parts if isinstance(part.result, Verdict)]
    verdicts = [result for result in found if isinstance(result, Verdict)]
    if case.reason == "trust":
        order = list(Trust)
        proofs = [v for v in verdicts if v.outcome is Outcome.PROVED and v.trust is not None]
        return min(proofs, key=lambda v: order.index(v.trust or Trust.REPLAYED))
    # An honest "unknown" says more of the claim than how its first attempts died.
    return verdicts[0] if verdicts else case.first
