"""Verdicts composed of verdicts on lemmas: never stronger than their parts, never about anything else."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hms_kernel import witness
from hms_kernel.backends import composing
from hms_kernel.backends.composing import composed, trust_of
from hms_kernel.backends.jobs import Certify, done
from hms_kernel.backends.lemmas import Split, apart, parts
from hms_kernel.backends.smt import SmtBackend, understood
from hms_kernel.errors import UsageError
from hms_kernel.explanation import explain
from hms_kernel.model import Budget, Counterexample, Goal, Lemma, Outcome, Trust, Verdict

BUDGET = Budget(nominal_s=0.5, wall_s=120.0)


def settled(goal: Goal) -> tuple[Verdict, list[Verdict]]:
    """The verdict composed of what the prover says of every lemma, and those verdicts."""
    found = parts(understood(goal))
    assert found is not None
    backend = SmtBackend()
    lemmas = [composing.lemma(goal, found, number) for number in range(len(found.texts))]
    verdicts = [backend.attempt(lemma, backend.default_strategy, BUDGET) for lemma in lemmas]
    return composed(goal, found.split, verdicts, BUDGET), verdicts


def claim(text: str, **fields: object) -> Goal:
    return Goal(theorem_id="t", statement=text, **fields)  # type: ignore[arg-type]


BOTH = "theorem t (x : ℝ) (h : 1 ≤ x) : 1 ≤ x * x ∧ 0 ≤ x := by sorry"


def test_proved_parts_make_a_proof_no_stronger_than_the_weakest():
    verdict, lemmas = settled(claim(BOTH))

    assert verdict.outcome is Outcome.PROVED
    order = list(Trust)
    assert verdict.trust is max((v.trust for v in lemmas if v.trust), key=order.index)
    assert [lemma.verdict for lemma in verdict.evidence.lemmas] == lemmas


@pytest.mark.parametrize(
    ("parts_", "whole"),
    [
        ((Trust.CERTIFICATE, Trust.TWO_SOLVERS), Trust.TWO_SOLVERS),
        ((Trust.LEAN_KERNEL, Trust.LEAN_KERNEL), Trust.CERTIFICATE),
        ((Trust.CERTIFICATE, None), Trust.ONE_SOLVER),
    ],
)
def test_the_lean_kernel_vouches_for_no_composition_and_an_impossible_case_rests_on_a_solver(
    parts_, whole
):
    lemmas = [
        Lemma(goal=claim("1 = 1"), verdict=Verdict(outcome=Outcome.PROVED, trust=trust))
        for trust in parts_
    ]

    assert trust_of(lemmas) is whole


def test_one_part_left_open_leaves_the_claim_open():
    _, lemmas = settled(claim(BOTH))
    found = parts(understood(claim(BOTH)))
    assert found is not None
    lemmas[1] = Verdict(outcome=Outcome.UNKNOWN, reason="budget")

    assert composed(claim(BOTH), found.split, lemmas, BUDGET).outcome is Outcome.UNKNOWN
    assert composed(claim(BOTH), found.split, lemmas[:1], BUDGET).outcome is Outcome.UNKNOWN


def test_verdicts_on_other_statements_count_for_nothing():
    _, lemmas = settled(claim(BOTH))
    found = parts(understood(claim(BOTH)))
    assert found is not None

    with pytest.raises(UsageError, match="not on lemma 1"):
        composed(claim(BOTH), found.split, lemmas[::-1], BUDGET)


def test_a_false_part_refutes_the_claim_with_numbers_replayed_on_the_claim():
    verdict, _ = settled(claim("theorem t (x : ℝ) : (x ≤ 1 → x ≤ 2) ∧ |x| ≤ 5 := by sorry"))

    assert verdict.outcome is Outcome.REFUTED
    assert verdict.trust is Trust.REPLAYED
    assert verdict.counterexample is not None
    assert set(verdict.counterexample.values) == {"x"}


def test_numbers_that_break_only_the_part_refute_nothing():
    goal = claim(BOTH)
    _, lemmas = settled(goal)
    found = parts(understood(goal))
    assert found is not None
    lies = Verdict(
        outcome=Outcome.REFUTED,
        trust=Trust.REPLAYED,
        counterexample=Counterexample(values={"x": "1/2"}),
        evidence=lemmas[0].evidence,
    )

    verdict = composed(goal, found.split, [lies], BUDGET)

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.trust is None
    assert "do not break the claim" in verdict.reason


def test_the_values_of_a_variable_that_was_gone_through_are_put_back():
    verdict, _ = settled(claim("theorem t (n : ℕ) (x : ℝ) (h : n < 3) : n * x ≤ x * x + 1 / 2"))

    assert verdict.outcome is Outcome.REFUTED, verdict
    assert verdict.counterexample is not None
    assert set(verdict.counterexample.values) == {"n", "x"}


def test_hypotheses_that_exclude_each_other_make_the_claim_vacuous_not_proved():
    verdict, _ = settled(
        claim("theorem t (x : ℝ) (h : x < 0) (k : 0 < x) : x = 1 ∧ x = 2 := by sorry")
    )

    assert verdict.outcome is Outcome.VACUOUS
    assert set(verdict.evidence.contradictory) == {"h : x < 0", "k : 0 < x"}


def test_hypotheses_on_doubles_that_exclude_each_other_are_noticed_too():
    goal = claim("theorem t (x : Float) (h : x < 0) (k : 1 < x) : x = 5")
    found = apart(understood(goal), Split(by="lemma", lemma="x = 6"))
    backend = SmtBackend()
    lemmas = [composing.lemma(goal, found, number) for number in range(2)]
    verdicts = [backend.attempt(lemma, backend.default_strategy, BUDGET) for lemma in lemmas]

    assert composed(goal, found.split, verdicts, BUDGET).outcome is Outcome.VACUOUS


def test_a_proof_about_doubles_gets_no_certificate_of_exact_arithmetic():
    goal = claim("theorem t (x : Float) (h : 0 ≤ x) : 0 ≤ x")
    backend = SmtBackend()
    proof = backend.attempt(goal, backend.default_strategy, BUDGET)
    assert proof.outcome is Outcome.PROVED

    found = done(Certify(proof=proof), goal, BUDGET, lambda note: None)

    assert isinstance(found, Verdict)
    assert found.outcome is Outcome.UNKNOWN
    assert "doubles" in found.reason


def test_cases_that_cannot_be_do_not_make_a_claim_vacuous():
    verdict, _ = settled(claim("theorem t (x y : ℝ) : ¬ (|x| < 0)"))

    assert verdict.outcome is Outcome.PROVED, verdict


def test_while_an_assumption_is_only_prose_nothing_is_refuted():
    goal = claim("theorem t (x : ℝ) : 0 ≤ x * x ∧ x ≤ 5 := by sorry", unstated=("x is small",))
    verdict, _ = settled(goal)

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.counterexample is None
    assert "x is small" in verdict.reason


def test_it_is_told_lemma_by_lemma():
    told = str(explain(settled(claim(BOTH))[0]))

    assert told.startswith("It follows from 2 lemmas by conjuncts, each of which holds:")
    assert "1. theorem piece (x : ℝ) (h : 1 ≤ x) : 1 ≤ x * x := by sorry" in told
    assert told.count("Suppose it fails") == 2


def test_the_same_parts_give_the_same_verdict():
    one, other = settled(claim(BOTH))[0], settled(claim(BOTH))[0]

    def timeless(verdict: Verdict) -> Verdict:
        lemmas = tuple(
            replace(lemma, verdict=replace(lemma.verdict, wall_s=0.0))
            for lemma in verdict.evidence.lemmas
        )
        return replace(verdict, wall_s=0.0, evidence=replace(verdict.evidence, lemmas=lemmas))

    assert timeless(one) == timeless(other)


class TestASavedOne:
    def test_is_confirmed_under_the_names_its_lemmas_had_with_another_claim(self):
        whole = claim("theorem t (x : ℝ) (h : 0 ≤ x ∨ 1 ≤ x) : x = x ∧ 0 ≤ x := by sorry")
        found = parts(understood(whole))
        assert found is not None
        verdicts = [
            settled(Goal(theorem_id=f"other.{number}", statement=text))[0]
            for number, text in enumerate(found.texts)
        ]
        verdict = composed(whole, found.split, verdicts, BUDGET)
        assert verdict.outcome is Outcome.PROVED

        finding = witness.check(witness.of(whole, verdict))

        assert finding.confirmed, finding.complaint

    CLASH = "theorem t (x : ℝ) (h : x < 0) (k : 0 < x) : x = 1 ∧ x = 2 := by sorry"

    def test_that_is_vacuous_is_confirmed_by_its_hypotheses(self):
        verdict, _ = settled(claim(self.CLASH))
        assert verdict.outcome is Outcome.VACUOUS

        assert witness.check(witness.of(claim(self.CLASH), verdict)).confirmed

    def test_is_not_vacuous_only_because_it_says_so(self):
        verdict, _ = settled(claim(BOTH))

        lie = replace(verdict, outcome=Outcome.VACUOUS, trust=None)

        finding = witness.check(witness.of(claim(BOTH), lie))
        assert not finding.confirmed
        assert "nothing shows that the hypotheses clash" in finding.complaint
