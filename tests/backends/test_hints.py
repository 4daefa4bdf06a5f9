"""Products, squares, monomials as unknowns, cleared denominators: what is added is true, what is dropped only weakens."""

from __future__ import annotations

from fractions import Fraction

import pytest

from hms_kernel.backends.clearing import clear
from hms_kernel.backends.comparisons import comparison, degree, written_out
from hms_kernel.backends.hints import MAX_FACTS, linear, products, squares
from hms_kernel.backends.sequent import Sequent, walk
from hms_kernel.backends.smt import understood
from hms_kernel.model import Goal
from hms_kernel.statements import show
from hms_kernel.statements.evaluate import replay
from hms_kernel.statements.terms import Hypothesis, Op, Statement, Var


def sequent(text: str) -> Sequent:
    return Sequent.of(understood(Goal(theorem_id="t", statement=text, decimals="ℝ")))


def always(lemma: Sequent) -> bool:
    return True


def never(lemma: Sequent) -> bool:
    return False


BOX = "∀ x y : ℝ, 0 ≤ x → x ≤ 1 → 0 ≤ y → y ≤ 1 → x * y ≤ x"
QUARTIC = "∀ a b c d : ℝ, (a * c + b * d) ^ 2 ≤ (a ^ 2 + b ^ 2) * (c ^ 2 + d ^ 2)"
WIDE = "∀ x : Fin 16 → ℝ, (∑ i, x i) ^ 2 ≤ 16 * ∑ i, x i ^ 2"
FRACTIONS = "∀ a b : ℝ, 0 < b → a / b ≤ 1 → (a + b) / b ≤ 2"


@pytest.mark.parametrize("transform", [products, squares, clear])
def test_nothing_is_added_unless_its_lemma_is_proved(transform):
    for text in (BOX, QUARTIC, FRACTIONS):
        given = sequent(text)

        assert transform(given, never) == [given]


@pytest.mark.parametrize(
    ("transform", "text"), [(products, BOX), (squares, BOX), (squares, QUARTIC)]
)
def test_every_fact_that_is_added_holds_wherever_the_others_do(transform, text):
    given = sequent(text)
    before = len(written_out(given).facts)

    [after] = transform(given, always)

    assert len(after.facts) > before
    for fact in after.facts[before:]:
        told = Statement(
            name="",
            variables=after.variables,
            hypotheses=tuple(Hypothesis("", one) for one in after.facts[:before]),
            conclusion=fact,
        )
        for k in range(20):
            at = {
                var.name: Fraction((7 * k + 3 * n) % 11, 10)
                for n, var in enumerate(after.variables)
            }
            assert not replay(told, at).refutes, (show(told), at)


def test_products_go_as_far_as_the_claim_and_no_further():
    for text, most in ((BOX, 2), (QUARTIC, 4)):
        for transform in (products, squares):
            for part in transform(sequent(text), always):
                found = [comparison(fact) for fact in part.facts]
                assert all(one is not None and degree(one.polynomial) <= most for one in found)


def test_there_are_not_too_many():
    [after] = squares(sequent(WIDE), always)

    assert len(after.facts) <= MAX_FACTS


def test_a_monomial_is_the_same_unknown_wherever_it_occurs_and_nothing_multiplies():
    [after] = linear(sequent("∀ x y : ℝ, 0 ≤ y * x → x * y * x = 1 → 2 * (x * y) ≤ 3"), always)

    assert [var.name for var in after.variables] == ["x", "y", "monomial!0", "monomial!1"]
    for prop in (*after.facts, after.claim):
        for part in walk(prop):
            if isinstance(part, Op) and part.op == "*":
                assert not all(isinstance(arg, Var) for arg in part.args)


def test_a_fact_with_a_quantifier_is_dropped_and_one_with_a_disjunction_kept():
    [after] = linear(
        sequent("∀ x y : ℝ, (∀ z : ℝ, z * x ≤ y) → (x * y = 1 ∨ x * y = 2) → x * y ≤ 2"), always
    )

    assert len(after.facts) == 1


def test_denominators_leave_the_facts_and_the_claim():
    [after] = clear(sequent(FRACTIONS), always)

    assert not any(
        isinstance(part, Op) and part.op == "/"
        for prop in (*after.facts, after.claim)
        for part in walk(prop)
    )


def test_a_denominator_of_unknown_sign_stays():
    """Over a negative one the inequality would turn round."""
    given = sequent("∀ a b : ℝ, b ≠ 0 → a ≤ b → a / b ≤ 1")

    def honest(lemma: Sequent) -> bool:
        return False  # 0 < b does not follow

    assert clear(given, honest) == [given]


def test_the_lemma_for_a_denominator_is_that_it_is_positive_under_the_facts():
    asked = []

    clear(sequent(FRACTIONS), lambda lemma: bool(asked.append(lemma)) or True)

    assert [show(Statement("", one.variables, (), one.claim)) for one in asked] == [
        show(Statement("", asked[0].variables, (), asked[0].claim))
    ]
    assert len(asked[0].facts) == 2
