"""A second solver is asked about every proof; it may agree, be silent or object, never decide."""

from __future__ import annotations

import pytest

from hms_kernel.backends import certifying, opinion
from hms_kernel.backends.opinion import Opinion
from hms_kernel.backends.sequent import Sequent
from hms_kernel.model import Outcome, Trust
from hms_kernel.statements import parse

AGREED = [
    "∀ x y : ℝ, 2 * x * y ≤ x ^ 2 + y ^ 2",
    "∀ x : ℝ, 0 < x → 2 ≤ x + 1 / x",
    "∀ n : ℤ, n % 4 = 3 → n ^ 2 % 4 = 1",
    "∀ n : ℕ, ∑ k ∈ Finset.range n, (2 * k + 1) = n ^ 2",
    "∀ (n : ℕ) (w a : Fin n → ℝ), (∀ i, 0 ≤ w i ∧ a i ≤ 7) → ∑ i, w i = 1 → ∑ i, w i * a i ≤ 7",
    "∀ a b : ℕ, a * b = 35 → 1 < a → a < b → a = 5",
]


@pytest.mark.parametrize("text", AGREED)
def test_a_proof_that_a_second_solver_repeats_is_trusted_more(settle, text):
    verdict = settle(text)

    assert verdict.outcome is Outcome.PROVED
    assert verdict.trust is not None
    assert verdict.trust.reaches(Trust.TWO_SOLVERS)


def sequents(*texts: str) -> list[Sequent]:
    return [Sequent.of(parse(text)) for text in texts]


def test_it_answers_each_question_by_itself():
    found = opinion.ask(sequents("∀ x : ℝ, 0 ≤ x * x", "∀ x : ℝ, x * x ≠ 4", "∀ x : ℝ, x = x"))

    assert found.answers == ("unsat", "sat", "unsat")
    assert found.solver.startswith("cvc5 ")
    assert found.contradicts
    assert not found.agrees


def test_what_takes_forever_is_silence():
    # Deciding this takes an algebraic decomposition that never asks how long it may take.
    hard = (
        "∀ a b c d : ℝ, a + b + c + d = 4 → a ^ 4 + b ^ 4 + c ^ 4 + d ^ 4 = 5 → "
        "a ^ 3 * b + b ^ 3 * c + c ^ 3 * d + d ^ 3 * a ≤ 1000"
    )
    found = opinion.ask(sequents("∀ x : ℝ, 0 ≤ x * x", hard))

    assert found.answers[0] == "unsat"
    assert not found.agrees
    assert not found.contradicts


def test_nobody_is_believed_when_solvers_contradict_each_other(settle, monkeypatch):
    monkeypatch.setattr(certifying, "find", lambda *_: None)
    monkeypatch.setattr(opinion, "ask", lambda *_, **__: Opinion("cvc5 0", ("sat",)))

    verdict = settle("∀ x : ℝ, 0 ≤ x * x")

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.trust is None
    assert "cvc5 0 denies it" in verdict.reason


def test_a_look_that_the_wall_clock_stops_says_so():
    hard = (
        "∀ a b c : ℝ, 0 < a → 0 < b → 0 < c →"
        " a / (b + c) + b / (c + a) + c / (a + b) + a * b * c ≤ 10 ^ 9 + a ^ 5"
    )

    assert opinion.ask(sequents(hard), wall_s=0.0).stopped


def test_a_proof_of_which_nothing_can_be_asked_rests_on_one_solver():
    assert not opinion.ask([]).agrees
