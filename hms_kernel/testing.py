"""Contracts that every implementation must pass, and chaos, for use in anybody's tests. Imports no test framework.

``strike`` hits one random agent of a workbench, ``chaos`` does it again and again while a
block runs, and ``healing`` finds in the facts what became of it; see ``hms_kernel.chaos.strikes``.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod

from hms_kernel.backends import ProofBackend
from hms_kernel.chaos.faults import BLOWS, Injected
from hms_kernel.chaos.report import Healing, healing
from hms_kernel.chaos.strikes import chaos, strike
from hms_kernel.model import Budget, Goal, Outcome, Trust, Verdict
from hms_kernel.transport.contract import TransportContract

__all__ = [
    "BLOWS",
    "Healing",
    "Injected",
    "ProofBackendContract",
    "TransportContract",
    "chaos",
    "healing",
    "strike",
]


class ProofBackendContract(ABC):
    """What ``backends.ProofBackend`` promises. Subclass it as ``Test...`` and give ``make_backend``.

    A backend that only proves sets ``refutes`` to False: it may then answer
    "unknown" where a refutation or a contradiction is asked for.
    """

    refutes: bool = True
    budget: Budget = Budget(nominal_s=2.0, wall_s=120.0)

    @abstractmethod
    def make_backend(self) -> ProofBackend:
        """A fresh instance."""

    def settle(
        self, text: str, budget: Budget | None = None, *, notes: tuple[str, ...] = ()
    ) -> Verdict:
        """The backend's verdict on Lean text, by its default strategy."""
        backend = self.make_backend()
        goal = Goal(theorem_id="contract", statement=text, notes=notes)
        return backend.attempt(goal, backend.default_strategy, budget or self.budget)

    def test_a_true_claim_is_proved_and_says_by_whom(self) -> None:
        verdict = self.settle("theorem t (x : ℝ) (h : 1 ≤ x) : 1 ≤ x * x := by sorry")

        assert verdict.outcome is Outcome.PROVED, verdict
        assert verdict.trust is not None
        assert verdict.trust is not Trust.REPLAYED
        assert verdict.counterexample is None
        assert verdict.evidence.checker
        assert verdict.evidence.stage

    def test_a_false_claim_is_refuted_by_values_or_left_open(self) -> None:
        verdict = self.settle("theorem t (x y : ℤ) (h : 0 < x) : x * y ≤ x := by sorry")

        if not self.refutes:
            assert verdict.outcome is Outcome.UNKNOWN, verdict
            return
        assert verdict.outcome is Outcome.REFUTED, verdict
        assert verdict.trust is Trust.REPLAYED
        assert verdict.counterexample is not None
        values = verdict.counterexample.values
        x, y = int(str(values["x"])), int(str(values["y"]))
        assert x > 0
        assert x * y > x

    def test_contradictory_hypotheses_are_vacuous_and_never_just_proved(self) -> None:
        verdict = self.settle("theorem t (x : ℝ) (h : x < 0) (k : 0 < x) : x = 7 := by sorry")

        expected = {Outcome.VACUOUS} if self.refutes else {Outcome.VACUOUS, Outcome.UNKNOWN}
        assert verdict.outcome in expected, verdict
        assert verdict.trust is None
        assert verdict.reason

    def test_while_an_assumption_is_only_prose_nothing_is_refuted(self) -> None:
        backend = self.make_backend()
        for text, expected in (("x * x ≤ 9", Outcome.UNKNOWN), ("0 ≤ x * x", Outcome.PROVED)):
            goal = Goal(
                theorem_id="contract",
                statement=f"theorem t (x : ℝ) : {text} := by sorry",
                unstated=("x is reasonable",),
            )

            verdict = backend.attempt(goal, backend.default_strategy, self.budget)

            assert verdict.outcome is expected, verdict
            assert verdict.counterexample is None
            if self.refutes and expected is Outcome.UNKNOWN:
                assert "x is reasonable" in verdict.reason

    def test_running_out_is_an_answer(self) -> None:
        hard = "theorem t (a b c : ℕ) (h : 0 < a * b * c) : a ^ 3 + b ^ 3 ≠ c ^ 3 := by sorry"

        verdict = self.settle(hard, Budget(nominal_s=0.001, wall_s=60.0))

        assert verdict.outcome is Outcome.UNKNOWN, verdict
        assert verdict.reason

    def test_text_that_is_no_claim_is_invalid_and_never_raises(self) -> None:
        for text in (
            "",
            "theorem",
            "(x : ℝ",
            "x + ",
            "∀ x : ℝ, x ≤ y",
            "theorem t : 3 := by sorry",
        ):
            verdict = self.settle(text)

            assert verdict.outcome is Outcome.INVALID, (text, verdict)
            assert verdict.trust is None
            assert verdict.reason

    def test_what_is_outside_the_fragment_is_named(self) -> None:
        verdict = self.settle("theorem t (x : ℝ) : Real.cos x ≤ 1 := by sorry")

        assert verdict.outcome in (Outcome.UNSUPPORTED, Outcome.PROVED), verdict
        if verdict.outcome is Outcome.UNSUPPORTED:
            assert "cos" in verdict.reason

    def test_the_evidence_holds_the_statement_its_hash_and_the_goals_notes(self) -> None:
        evidence = self.settle("∀ x : ℝ, 0 ≤ x * x", notes=("read aloud",)).evidence

        digest = hashlib.sha256(evidence.statement.encode()).hexdigest()
        assert "x" in evidence.statement
        assert evidence.statement_sha256 == digest
        assert "read aloud" in evidence.notes

    def test_every_stage_is_reported(self) -> None:
        backend = self.make_backend()
        heard: list[str] = []
        goal = Goal(theorem_id="contract", statement="∀ x : ℝ, 0 ≤ x * x")

        backend.attempt(goal, backend.default_strategy, self.budget, heard.append)

        assert heard
        assert all(heard)
