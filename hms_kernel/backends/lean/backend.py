"""A goal that brings its own proof: the theorem's text goes to a Lean kernel. Finds no proofs and refutes nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import msgspec

from hms_kernel.backends.lean.runtime import Checked, Runtime, Submission, pip_kernel, toolchain
from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.errors import BackendMissing, UsageError
from hms_kernel.model import Budget, Evidence, Goal, Outcome, Trust, Verdict

_THEOREM = re.compile(r"\s*(?:theorem|lemma|example)\s+(?P<name>[^\s:({\[⦃]+)?")
_IDENTIFIER = re.compile(r"[^\W\d][\w'.]*")
_OPENING, _CLOSING = "([{⟨⦃", ")]}⟩⦄"


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
        submission = submitted(goal)
        if submission is None:
            return _unknown("no proof is given along: write theorem … : … := proof", began)
        if re.search(r"\bsorry\b", submission.proof):
            return _unknown("the proof is left open (sorry)", began)
        try:
            checked = self._runtime.check(submission, budget.wall_s)
        except UsageError as error:
            return _unknown(str(error), began)
        return _verdict(checked, submission, self._runtime.name, began)


def submitted(goal: Goal) -> Submission | None:
    """What a Lean is asked about a theorem that carries its proof; None where it carries none."""
    split = split_theorem(goal.statement)
    if split is None:
        return None
    statement, proof = split
    return Submission(
        statement=statement,
        proof=proof,
        name=goal.theorem_id if _IDENTIFIER.fullmatch(goal.theorem_id) else "claim",
        definitions=goal.definitions,
        axioms=tuple(axiom for axiom in goal.axioms if _IDENTIFIER.fullmatch(axiom)),
    )


def split_theorem(text: str) -> tuple[str, str] | None:
    """The proposition that a theorem states, its binders as ∀, and its proof; None without one."""
    head = _THEOREM.match(text)
    if head is None:
        return None
    colon = _at_top(text, ":", head.end())
    if colon is None:
        return None
    assign = _at_top(text, ":=", colon + 1)
    if assign is None:
        return None
    binders = text[head.end() : colon].strip()
    claim, proof = text[colon + 1 : assign].strip(), text[assign + 2 :].strip()
    if not claim or not proof:
        return None
    return (f"∀ {binders},\n{claim}" if binders else claim), (
        proof if not binders else _introduced(binders, proof)
    )


def _introduced(binders: str, proof: str) -> str:
    # The names that stand left of the colon are in scope of the proof.
    return f"fun {binders} =>\n{proof}"


def _at_top(text: str, sign: str, start: int) -> int | None:
    """Where a sign first stands outside of all brackets, from ``start`` on."""
    depth = 0
    for position in range(start, len(text)):
        character = text[position]
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif depth == 0 and text.startswith(sign, position):
            if sign == ":" and text.startswith(":=", position):
                return None
            return position
    return None


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
