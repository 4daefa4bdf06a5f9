"""A goal that brings its own proof: the theorem's text goes to a Lean kernel. Finds no proofs and refutes nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import msgspec

from hms_kernel.backends.lean.runtime import Checked, Runtime, Submission, pip_kernel, toolchain
from hms_kernel.backends.lean.theorems import allowed, cut
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.errors import BackendMissing, UsageError
from hms_kernel.model import Budget, Evidence, Goal, Outcome, Trust, Verdict

_WORD = re.compile(r"[^\W\d][\w'.]*")  # an identifier that can name the theorem


class LeanBackend:
    """Checks whole theorems, ``theorem t (x : ℝ) : P x := proof``.

    The toolchain is asked where there is one, else the kernel from PyPI, whose files see the
    verified core and nothing else. What it cannot check is "unknown".

    Raises:
        BackendMissing: on construction, when there is no Lean of any kind.
    """

    name = "lean"
    # There is one way to attempt such a goal; a strategy must have a stage.
    default_strategy = Strategy(slices=(Slice(Stage(engine="lean"), 1.0),))

    def __init__(self, runtime: Runtime | None = None) -> None:
        self._runtime = runtime or _runtime()

    def close(self) -> None:
        """End the Lean that checks; idempotent."""
        self._runtime.close()

    def attempt(
        self,
        goal: Goal,
        strategy: Strategy,
        budget: Budget,
        report: Callable[[str], None] = lambda note: None,
    ) -> Verdict:
        """See ``ProofBackend``; the budget's wall clock is all that limits it."""
        began = time.monotonic()
        report("lean")
        try:
            submission = submitted(goal)
            if submission is None:
                return _unknown("no proof is given along: write theorem … : … := proof", began)
            if re.search(r"\bsorry\b", submission.proof):
                return _unknown("the proof is left open (sorry)", began)
            checked = self._runtime.check(submission, budget.wall_s)
        except UsageError as error:
            return _unknown(str(error), began)
        return _verdict(checked, submission, self._runtime.name, began)


def submitted(goal: Goal) -> Submission | None:
    """What a Lean is asked about a theorem that carries its proof; None where it carries none.

    Raises:
        UnsupportedStatement: the text cannot be cut with certainty.
    """
    theorem = cut(goal.statement)
    if not theorem.proof:
        return None
    return Submission(
        statement=theorem.statement,
        proof=theorem.term,
        name=goal.theorem_id if _WORD.fullmatch(goal.theorem_id) else "claim",
        definitions=goal.definitions,
        axioms=allowed(goal),
    )


def _runtime() -> Runtime:
    try:
        return toolchain()
    except BackendMissing as error:
        try:
            return pip_kernel()
        except BackendMissing as other:
            raise BackendMissing(f"{other}; or a toolchain: {error}") from None


def _verdict(checked: Checked, submission: Submission, runtime: str, began: float) -> Verdict:
    if not checked.accepted:
        return _unknown(checked.reason, began, checked)
    rests = ", ".join(checked.axioms) or "no axioms"
    return Verdict(
        outcome=Outcome.PROVED,
        trust=Trust.LEAN_KERNEL,
        evidence=Evidence(
            checker=checked.kernel,
            versions={"lean": checked.kernel},
            stage="lean",
            statement=submission.statement,
            notes=(f"it rests on {rests}",),
            certificate=record(checked, submission, runtime),
            lean=checked.source,
        ),
        wall_s=time.monotonic() - began,
    )


def record(checked: Checked, submission: Submission, runtime: str) -> dict[str, Any]:
    """What it takes to have a proof checked again, as plain data."""
    return {
        "checker": "lean",
        "runtime": runtime,
        "kernel": checked.kernel,
        "rests_on": list(checked.axioms),
        "submission": msgspec.to_builtins(submission),
    }


def _unknown(reason: str, began: float, checked: Checked | None = None) -> Verdict:
    return Verdict(
        outcome=Outcome.UNKNOWN,
        reason=reason,
        evidence=Evidence(checker=checked.kernel if checked else ""),
        wall_s=time.monotonic() - began,
    )
