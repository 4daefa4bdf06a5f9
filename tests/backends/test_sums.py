"""The sum lemma: what it adds was proved, what it drops only weakens."""

from __future__ import annotations

from fractions import Fraction

import pytest

from hms_kernel.backends.sequent import Sequent, walk
from hms_kernel.backends.sums import sum_lemma
from hms_kernel.model import Outcome
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Big,
    Fin,
    Num,
    Op,
    Quant,
    Rel,
    Scalar,
    Var,
)

REAL, NAT = Scalar.REAL, Scalar.NAT
N = Var("n", NAT)
INDEX = Fin(N)
W = Var("w", Arrow(INDEX, REAL))
A = Var("a", Arrow(INDEX, REAL))


def real(value: int) -> Num:
    return Num(Fraction(value), REAL)


def at(function: Var, index: Var) -> Apply:
    return Apply(function, index, REAL)


def total(name: str, *functions: Var) -> Big:
    index = Var(name, INDEX)
    body = at(functions[0], index)
    for function in functions[1:]:
        body = Op("*", (body, at(function, index)), REAL)
    return Big("∑", index, body, REAL)


J = Var("j", INDEX)
BOUNDED = Sequent(
    (N, W, A),
    (
        Quant("∀", J, Rel("≤", real(0), at(W, J))),
        Quant("∀", Var("k", INDEX), Rel("≤", at(A, Var("k", INDEX)), real(5))),
        Rel("=", total("i", W), real(1)),
    ),
    Rel("≤", total("l", W, A), real(5)),
)


def test_a_sequent_without_sums_is_left_alone():
    plain = Sequent((N,), (), Rel("≤", Num(Fraction(0), NAT), N))

    assert sum_lemma(plain, lambda lemma: True) == [plain]


def test_nothing_is_added_that_was_not_proved():
    (left,) = sum_lemma(BOUNDED, lambda lemma: False)

    empty, weights = left.facts[:-1], left.facts[-1]  # the sum of the weights, as a number
    assert weights.op == "="
    # Besides, a sum without terms is 0.
    assert [fact.op for fact in empty] == ["→", "→"]
    assert all(fact.args[0] == Rel("=", N, Num(Fraction(0), NAT)) for fact in empty)


def test_what_is_left_speaks_of_numbers_only():
    (left,) = sum_lemma(BOUNDED, lambda lemma: False)

    for prop in (*left.facts, left.claim):
        assert not any(isinstance(part, Big | Quant | Apply) for part in walk(prop))
    assert all(var.sort in (REAL, NAT) for var in left.variables)


def test_obligations_are_about_one_generic_index_and_know_its_pointwise_facts():
    asked: list[Sequent] = []

    def refuse(lemma: Sequent) -> bool:
        asked.append(lemma)
        return False

    sum_lemma(BOUNDED, refuse)

    assert asked
    for lemma in asked:
        assert not any(isinstance(part, Apply | Big) for part in walk(lemma.claim))
        assert len(lemma.facts) >= 2


def test_the_effort_does_not_grow_with_the_number_of_terms():
    def effort(size: int) -> int:
        asked = 0

        def refuse(lemma: Sequent) -> bool:
            nonlocal asked
            asked += 1
            return False

        index = Fin(Num(Fraction(size), NAT))
        f = Var("f", Arrow(index, REAL))
        i = Var("i", index)
        claim = Rel("≤", Big("∑", i, at(f, i), REAL), real(1))
        sum_lemma(Sequent((f,), (), claim), refuse)
        return asked

    assert effort(3) == effort(1000)


CLASSICS = {
    "cauchy_schwarz": "(x y : Fin n → ℝ) : (∑ i, x i * y i) ^ 2 ≤ (∑ i, x i ^ 2) * ∑ i, y i ^ 2",
    "square_of_the_mean": "(x : Fin n → ℝ) : (∑ i, x i) ^ 2 ≤ n * ∑ i, x i ^ 2",
    "triangle": "(x : Fin n → ℝ) : |∑ i, x i| ≤ ∑ i, |x i|",
    "monotone": "(x y : Fin n → ℝ) (h : ∀ i, x i ≤ y i) : ∑ i, x i ≤ ∑ i, y i",
    "one_of_many": "(p : Fin n → ℝ) (h : ∀ i, 0 ≤ p i) (s : ∑ i, p i = 1) (k : Fin n) : p k ≤ 1",
    "mean_within": "(p c : Fin n → ℝ) (h : ∀ i, 0 ≤ p i) (s : ∑ i, p i = 1)"
    " (b : ∀ i, 2 ≤ c i ∧ c i ≤ 10) : 2 ≤ ∑ i, p i * c i ∧ ∑ i, p i * c i ≤ 10",
}


@pytest.mark.parametrize("name", CLASSICS)
def test_classic_inequalities_are_proved_for_every_n(settle, name):
    verdict = settle(f"theorem {name} (n : ℕ) {CLASSICS[name]} := by sorry", nominal_s=5.0)

    assert verdict.outcome is Outcome.PROVED, verdict
    assert "for every n" in verdict.evidence.notes
