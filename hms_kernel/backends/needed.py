"""Which hypotheses a proof does not need: leave them out and check or prove the claim again. Minimal, not minimum."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import msgspec

from hms_kernel.backends.entailment import proves
from hms_kernel.backends.meter import Allowance, Meter
from hms_kernel.backends.strategy import Stage
from hms_kernel.certificates import Certificate, Rejected, check, digest
from hms_kernel.statements.terms import Hypothesis, Statement

MAX_HYPOTHESES = 24  # of more, only the first are tried
TIMES = 1.5  # of what the proof took: a shorter list of facts rarely takes longer
LEAST_S = 0.002  # nominal seconds for one question


def unused(
    statement: Statement, stages: Sequence[Stage], meter: Meter, *, proof_s: float, nominal_s: float
) -> tuple[Hypothesis, ...]:
    """Hypotheses without all of which the same stages prove the claim, in order of writing.

    Args:
        statement: proved.
        stages: which proved it.
        meter: counts the questions.
        proof_s: nominal seconds the proof took; no question gets more than a few times that.
        nominal_s: nominal seconds for all of them.
    """
    if not stages:
        return ()
    purse = Allowance(nominal_s)

    def spare(fewer: list[Hypothesis]) -> bool:
        share = Allowance(min(purse.left_s, max(LEAST_S, TIMES * proof_s)))
        before = share.left_s
        shorter = dataclasses.replace(statement, hypotheses=tuple(fewer))
        proved = share.left_s > 0 and proves(shorter, stages, meter, share)
        purse.left_s -= before - share.left_s
        return proved

    return _left_out(statement, spare)


def uncertified(statement: Statement, certificate: Certificate) -> tuple[Hypothesis, ...]:
    """Hypotheses without all of which the same certificate proves the claim, in order of writing."""

    def spare(fewer: list[Hypothesis]) -> bool:
        shorter = dataclasses.replace(statement, hypotheses=tuple(fewer))
        same = msgspec.structs.replace(certificate, statement_sha256=digest(shorter))
        try:
            check(shorter, same)
        except Rejected:
            return False
        return True

    return _left_out(statement, spare)


def _left_out(
    statement: Statement, spare: Callable[[list[Hypothesis]], bool]
) -> tuple[Hypothesis, ...]:
    kept = list(statement.hypotheses)
    # Most claims need either none of their hypotheses or nearly all of them.
    if len(kept) > 2 and spare([]):
        return statement.hypotheses
    for hypothesis in statement.hypotheses[:MAX_HYPOTHESES]:
        fewer = [other for other in kept if other is not hypothesis]
        if spare(fewer):
            kept = fewer
    return tuple(h for h in statement.hypotheses if all(h is not other for other in kept))
