"""What an agent can do for a claim besides settling it: take it apart, put it together, certify it. Settles nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from hms_kernel.backends import certifying
from hms_kernel.backends.composing import composed
from hms_kernel.backends.lemmas import Split, apart, parts
from hms_kernel.backends.smt import understood
from hms_kernel.certificates import to_json
from hms_kernel.errors import StatementError, UsageError
from hms_kernel.model import Budget, Goal, Outcome, Trust, Value, Verdict
from hms_kernel.statements.terms import first_float


class TakeApart(msgspec.Struct, frozen=True, kw_only=True, tag="split"):
    """Find lemmas that together imply the goal: ``{"split", "by", "lemmas"}``, or ``{"says"}`` why not."""

    lemma: str | None = None  # a person's, in the scope of the claim; None: look for a way


class Compose(msgspec.Struct, frozen=True, kw_only=True, tag="compose"):
    """Put verdicts on lemmas together; see ``composing``."""

    split: Split
    verdicts: tuple[Verdict, ...]


class Certify(msgspec.Struct, frozen=True, kw_only=True, tag="certify"):
    """Look for a certificate of a goal that is proved, with the whole budget."""

    proof: Verdict


Job = TakeApart | Compose | Certify


def done(job: Job, goal: Goal, budget: Budget, report: Callable[[str], None]) -> Verdict | Value:
    """Do the job.

    Raises:
        UsageError: a lemma or verdict handed in does not belong to the goal.
    """
    match job:
        case TakeApart():
            report("taking the claim apart")
            return Value(value=_taken_apart(job, goal))
        case Compose():
            report("composing a verdict")
            return composed(goal, job.split, job.verdicts, budget)
        case Certify():
            report("looking for a certificate")
            return _certified(job, goal, budget)


def _taken_apart(job: TakeApart, goal: Goal) -> dict[str, object]:
    try:
        statement = understood(goal)
    except StatementError as error:
        return {"says": f"it cannot be read: {error.message}"}
    if job.lemma is not None:
        found = apart(statement, Split(by="lemma", lemma=job.lemma))
    elif (first := parts(statement)) is not None:
        found = first
    else:
        return {"says": "it does not come apart"}
    return {
        "says": f"{len(found.texts)} by {found.split.by}",
        "by": found.split.by,
        "split": msgspec.to_builtins(found.split),
        "lemmas": list(found.texts),
    }


def _certified(job: Certify, goal: Goal, budget: Budget) -> Verdict:
    started = time.monotonic()
    if job.proof.outcome is not Outcome.PROVED:
        raise UsageError("only a proof can be certified")
    statement = understood(goal)
    # Certificates are of exact arithmetic, and doubles round.
    exact = first_float(statement) is None
    certificate = certifying.find(statement, budget.nominal_s) if exact else None
    wall_s = time.monotonic() - started
    if certificate is None:
        reason = f"no certificate {'was found within the budget' if exact else 'speaks of doubles'}"
        return Verdict(outcome=Outcome.UNKNOWN, reason=reason, wall_s=wall_s)
    evidence = msgspec.structs.replace(job.proof.evidence, certificate=to_json(certificate))
    return msgspec.structs.replace(
        job.proof, trust=Trust.CERTIFICATE, evidence=evidence, wall_s=wall_s
    )
