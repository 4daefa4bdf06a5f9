"""What a Lean kernel says again, here, of a saved proof. Believes nothing that the record says.

The statement is the goal's; of the record only the proof is taken.
"""

from __future__ import annotations

import dataclasses
from contextlib import closing

import msgspec

from hms_kernel.backends.deepseek import problem
from hms_kernel.backends.deepseek.reading import Candidate
from hms_kernel.backends.lean import Submission, confirming, pip_kernel, toolchain
from hms_kernel.backends.lean.backend import submitted
from hms_kernel.backends.lean.statements import proposition
from hms_kernel.backends.lean.theorems import allowed
from hms_kernel.backends.smt import understood
from hms_kernel.errors import BackendError, BackendMissing, UsageError
from hms_kernel.model import Goal, Verdict
from hms_kernel.statements import show
from hms_kernel.statements.terms import Statement

WALL_S = 120.0  # for one proof
RUNTIMES = {"pip": pip_kernel, "toolchain": toolchain}


class Refused(Exception):
    """The kernel does not say what the record says; the message is for people."""


def certificate(statement: Statement, verdict: Verdict) -> str:
    """How the kernel accepts a certificate of ours as a proof of the statement.

    Raises:
        Refused: it does not, or it is not installed.
    """
    try:
        runtime = pip_kernel()
    except BackendMissing as error:
        raise Refused(f"the certificate was checked, but not by the Lean kernel: {error}") from None
    bare = msgspec.structs.replace(verdict.evidence, lean="", notes=())
    with closing(runtime):
        again = confirming.confirmed(
            statement, msgspec.structs.replace(verdict, evidence=bare), runtime, WALL_S
        ).evidence
    if not again.lean:
        raise Refused(again.notes[-1])
    if again.lean != verdict.evidence.lean:
        raise Refused("the recorded Lean text is not the one that the certificate gives")
    return f"the Lean kernel accepts it ({again.versions['lean']})"


def proof(goal: Goal, verdict: Verdict) -> str:
    """How a kernel accepts the recorded proof of what the goal says.

    Raises:
        Refused: it does not, it is not installed, or the record contradicts itself.
    """
    evidence = verdict.evidence
    try:
        recorded = msgspec.convert(evidence.certificate["submission"], Submission)
        runtime = RUNTIMES[evidence.certificate["runtime"]]()
    except (msgspec.ValidationError, KeyError, TypeError) as error:
        raise Refused(f"there is no proof in the record: {error}") from None
    except BackendMissing as error:
        raise Refused(f"only a Lean kernel can check this proof: {error}") from None
    with closing(runtime):
        try:
            asked, text = _asked(goal, runtime.name)
            checked = runtime.check(
                dataclasses.replace(asked, proof=recorded.proof, lemmas=recorded.lemmas), WALL_S
            )
        except (UsageError, BackendError) as error:
            raise Refused(f"the Lean kernel cannot be asked: {error}") from error
    if not checked.accepted:
        raise Refused(f"the Lean kernel does not accept the proof: {checked.reason}")
    if evidence.statement != text:
        raise Refused("the statement as understood is not what the goal says")
    if evidence.lean != checked.source:
        raise Refused("the recorded Lean text is not the one that the kernel accepts")
    return f"the Lean kernel accepts the proof ({checked.kernel})"


def _asked(goal: Goal, runtime: str) -> tuple[Submission, str]:
    """The goal's own part of a submission, by the prover that made it, and how that prover prints it.

    Raises:
        UsageError: the goal is nothing that this Lean could be asked.
    """
    own = submitted(goal)
    if own is not None and "sorry" not in own.proof:
        return own, own.statement
    statement = understood(goal)
    if runtime == "pip":
        return Submission(proposition(statement), "", axioms=allowed(goal)), show(statement)
    return problem.for_mathlib(goal, statement).submission(Candidate("")), show(statement)
