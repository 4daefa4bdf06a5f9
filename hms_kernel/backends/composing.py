"""A verdict on a claim out of verdicts on its lemmas. Asks only whether the hypotheses can hold together.

Nothing handed in is believed about the claim: it is taken apart again here, the lemmas must be
the very ones that were settled, and numbers that break one must break the claim itself.
"""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from hms_kernel.backends import engines
from hms_kernel.backends.attempt import Attempt, Conclusion
from hms_kernel.backends.floats import FloatAttempt
from hms_kernel.backends.grouping import grouped
from hms_kernel.backends.lemmas import Parts, Split, apart
from hms_kernel.backends.meter import Meter
from hms_kernel.backends.sequent import Sequent
from hms_kernel.backends.smt import DEFAULT_STRATEGY, understood
from hms_kernel.backends.unfold import as_written
from hms_kernel.errors import UsageError
from hms_kernel.model import (
    Budget,
    Counterexample,
    Evidence,
    Goal,
    Lemma,
    Outcome,
    Trust,
    Verdict,
)
from hms_kernel.statements import parse, points, show
from hms_kernel.statements.terms import Logic, Statement, first_float

HOLDS = (Outcome.PROVED, Outcome.VACUOUS)  # of a lemma; a case that cannot be is no exception


def composed(goal: Goal, split: Split, verdicts: Sequence[Verdict], budget: Budget) -> Verdict:
    """What verdicts on the lemmas say of the claim.

    Proved only if every lemma is, and as weakly as the weakest of them; refuted only if the
    numbers that break a lemma break the claim in exact arithmetic; unknown otherwise.

    Args:
        goal: the claim.
        split: how it was taken apart.
        verdicts: on its first lemmas, in their order; on all of them for a proof.
        budget: for seeing whether the hypotheses can hold together.

    Raises:
        UsageError: the claim does not come apart that way, or a verdict is on something else.
    """
    started = time.monotonic()
    statement = understood(goal)
    parts = apart(statement, split)
    lemmas = tuple(
        Lemma(goal=lemma(goal, parts, number), verdict=verdict)
        for number, verdict in enumerate(verdicts)
    )
    for number, (each, text) in enumerate(zip(lemmas, parts.texts, strict=False), 1):
        said = each.verdict.evidence.statement
        if each.verdict.outcome.decided and said != show(parse(text)):
            raise UsageError(f"verdict {number} is not on lemma {number} of the claim")
    told = _told(statement, goal, split, lemmas, budget)
    outcomes = [each.verdict.outcome for each in lemmas]
    if Outcome.REFUTED in outcomes:
        verdict = _refuted(goal, statement, parts, outcomes.index(Outcome.REFUTED), lemmas, told)
    elif len(outcomes) == len(parts.texts) and all(outcome in HOLDS for outcome in outcomes):
        verdict = _proved(statement, lemmas, told, budget)
    else:
        reason = "not all of its lemmas are proved"
        verdict = Verdict(outcome=Outcome.UNKNOWN, reason=reason, evidence=told)
    return msgspec.structs.replace(verdict, wall_s=time.monotonic() - started)


def lemma(goal: Goal, parts: Parts, number: int) -> Goal:
    """A lemma as a goal of its own, counted from 0."""
    return Goal(
        theorem_id=f"{goal.theorem_id}.{number + 1}",
        statement=parts.texts[number],
        decimals=goal.decimals,
    )


def trust_of(lemmas: Sequence[Lemma]) -> Trust:
    """Who vouches for a claim whose lemmas hold: the weakest of those who vouch for one of them.

    The Lean kernel has seen the lemmas and not how they go together, so it vouches for no whole;
    cases that cannot be rest on the solver that excluded them.
    """
    order = list(Trust)
    weakest = max(order.index(each.verdict.trust or Trust.ONE_SOLVER) for each in lemmas)
    return order[max(weakest, order.index(Trust.CERTIFICATE))]


def _proved(
    statement: Statement, lemmas: Sequence[Lemma], told: Evidence, budget: Budget
) -> Verdict:
    # That no case can be says nothing of the hypotheses: a case may have premises of the claim.
    clash = contradiction(statement, budget)
    if clash is not None and clash.outcome is Outcome.VACUOUS:
        evidence = _noted(told, contradictory=clash.contradictory)
        return Verdict(outcome=Outcome.VACUOUS, reason=clash.reason, evidence=evidence)
    if clash is not None and clash.outcome is not Outcome.REFUTED:
        unsettled = "whether the hypotheses can hold together was not settled"
        told = _noted(told, notes=(*told.notes, unsettled))
    return Verdict(outcome=Outcome.PROVED, trust=trust_of(lemmas), evidence=told)


def contradiction(statement: Statement, budget: Budget) -> Conclusion | None:
    """What comes of the claim that the hypotheses exclude each other; None without any.

    Refuted, by numbers that satisfy them all, is what one hopes for.
    """
    if not statement.hypotheses:
        return None
    absurd = dataclasses.replace(statement, conclusion=Logic("False"))
    meter = Meter(budget)
    if first_float(statement) is not None:
        return FloatAttempt(absurd, budget.nominal_s, meter, _quiet).run()
    return Attempt(absurd, DEFAULT_STRATEGY, budget.nominal_s, meter, _quiet, instances=False).run()


def _quiet(note: str) -> None:
    pass


def _refuted(
    goal: Goal,
    statement: Statement,
    parts: Parts,
    number: int,
    lemmas: Sequence[Lemma],
    told: Evidence,
) -> Verdict:
    """The lemma's numbers, replayed on the claim as it was handed in."""
    broken = lemmas[number].verdict
    unknown = Verdict(outcome=Outcome.UNKNOWN, evidence=_noted(told, lemmas=lemmas))
    if broken.counterexample is None:
        return msgspec.structs.replace(unknown, reason=f"no numbers break lemma {number + 1}")
    known = {var.name for var in statement.variables}
    values = {
        **broken.counterexample.values,
        **broken.counterexample.parts,
        **parts.pieces[number].fixed,
        **as_written(Sequent.of(statement), parts.definitions),
    }
    plain = {name: value for name, value in values.items() if name in known}
    try:
        replay = points.read(statement, plain).replay()
    except UsageError as error:  # Undecided is one, too
        why = (
            f"lemma {number + 1} is false, but its numbers cannot be replayed on the claim: {error}"
        )
        return msgspec.structs.replace(unknown, reason=why)
    if not replay.refutes:
        why = f"lemma {number + 1} is false, but its numbers do not break the claim: {replay.shows}"
        return msgspec.structs.replace(unknown, reason=why)
    if goal.unstated:
        assumed = "; ".join(goal.unstated)
        why = f"{replay.shows}; but the numbers may break an assumption that is prose: {assumed}"
        return msgspec.structs.replace(unknown, reason=why)
    example = grouped(Counterexample(values=plain, shows=replay.shows), statement.bundles)
    note = f"found at its part {parts.texts[number]}"
    return Verdict(
        outcome=Outcome.REFUTED,
        trust=Trust.REPLAYED,
        reason=replay.shows,
        counterexample=example,
        evidence=_noted(told, notes=(*told.notes, note), lemmas=(), split=None),
    )


def _told(
    statement: Statement, goal: Goal, split: Split, lemmas: Sequence[Lemma], budget: Budget
) -> Evidence:
    text = show(statement)
    checkers = dict.fromkeys(each.verdict.evidence.checker for each in lemmas)
    return Evidence(
        checker=", ".join(filter(None, checkers)) or engines.checker(),
        versions=engines.versions(),
        budget=budget,
        stage=f"{len(lemmas)} lemmas by {split.by}",
        units=sum(each.verdict.evidence.units for each in lemmas),
        statement=text,
        statement_sha256=hashlib.sha256(text.encode()).hexdigest(),
        notes=(*goal.notes, *statement.notes),
        split=msgspec.to_builtins(split),
        lemmas=tuple(lemmas),
    )


def _noted(evidence: Evidence, **changes: Any) -> Evidence:
    return msgspec.structs.replace(evidence, **changes)
