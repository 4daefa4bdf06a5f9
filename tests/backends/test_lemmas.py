"""Claims taken apart: every way is exhaustive, and every text says what it was written for."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hms_kernel.backends.lemmas import WAYS, Split, apart, parts
from hms_kernel.errors import UsageError
from hms_kernel.statements import parse
from hms_kernel.statements.evaluate import replay
from hms_kernel.statements.terms import Hypothesis, Statement

CLAIMS = {
    "conjuncts": "theorem t (x y : ℝ) (h : x ≤ 3) : x ≤ y ∧ (x ≤ 1 ↔ max x y = y)",
    "alternatives": "theorem t (x y : ℝ) (h : x = 1 ∨ x = 2 ∨ y = x) : x ^ 2 ≤ 3 * x - 2",
    "conditions": "theorem t (x y : ℝ) : (if 0 ≤ x then x else y) ≤ (if y < 2 then x + 1 else y)",
    "order": "theorem t (x y : ℝ) : |x - y| ≤ max x (min y 2)",
    "components": "theorem t (i : Fin 3) (x : ℝ) (a : Fin 3 → ℝ) (h : a 1 ≤ x) : a i ≤ x",
    "equation": "theorem t (x y : ℝ) : x * y = y ^ 2",
    "values": "theorem t (n : ℕ) (x : ℝ) (h : n < 4) : (n : ℝ) * x ≤ 3",
    "signs": "theorem t (x y : ℝ) : x * y ≤ x + y",
}
NUMBERS = st.fractions(-3, 3, max_denominator=2)


@pytest.mark.parametrize("by", WAYS)
def test_each_way_is_taken_where_it_is_the_first_that_applies(by: str):
    found = parts(parse(CLAIMS[by]))

    assert found is not None
    assert found.split.by == by
    assert len(found.texts) >= 2


def holds(statement: Statement, env: dict[str, object]) -> bool:
    return not replay(statement, env).refutes


@pytest.mark.parametrize("by", WAYS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_claim_holds_at_a_point_exactly_when_all_its_lemmas_do(by: str, data):
    statement = parse(CLAIMS[by])
    found = apart(statement, Split(by=by))
    env: dict[str, object] = {"x": data.draw(NUMBERS), "y": data.draw(NUMBERS)}
    env |= {"n": data.draw(st.integers(0, 5)), "i": data.draw(st.integers(0, 2))}
    env |= {"a": [data.draw(NUMBERS) for _ in range(3)]}

    lemmas = []
    for piece in found.pieces:
        at_hand = all(Fraction(value) == env[name] for name, value in piece.fixed.items())
        if at_hand:  # the others are about other values
            sequent = piece.sequent
            facts = tuple(Hypothesis("", fact) for fact in sequent.facts)
            lemmas.append(
                dataclasses.replace(
                    statement,
                    variables=sequent.variables,
                    hypotheses=facts,
                    conclusion=sequent.claim,
                )
            )

    known = {var.name for var in statement.variables}
    point = {name: value for name, value in env.items() if name in known}
    assert holds(statement, point) == all(holds(lemma, point) for lemma in lemmas)


def test_definitions_are_followed_so_that_their_conditions_are_seen():
    text = "theorem t (f : ℝ → ℝ) (h : ∀ x, f x = if 0 ≤ x then x else 0) (y : ℝ) : 0 ≤ f y"
    found = parts(parse(text))

    assert found is not None
    assert found.split.by == "conditions"


def test_doubles_are_not_taken_apart():
    assert parts(parse("theorem t (x y : Float) : x ≤ y ∧ y ≤ x")) is None


class TestAPersonsLemma:
    claim = parse("theorem t (x y : ℝ) (h : 0 ≤ x) : x * y + y * x ≤ x ^ 2 + y ^ 2")

    def test_is_proved_under_the_hypotheses_and_then_one_of_them(self):
        found = apart(self.claim, Split(by="lemma", lemma="0 ≤ (x - y) ^ 2"))

        assert found.texts == (
            "theorem piece (x y : ℝ) (h : 0 ≤ x) : 0 ≤ (x - y) ^ 2 := by sorry",
            "theorem piece (x y : ℝ) (h : 0 ≤ x) (_ : 0 ≤ (x - y) ^ 2)"
            " : x * y + y * x ≤ x ^ 2 + y ^ 2 := by sorry",
        )

    @pytest.mark.parametrize(
        "text", ["0 ≤ z", "x", "0 ≤ x) (k : y = 7", "True := by sorry\ntheorem u : 1 = 1", ""]
    )
    def test_that_is_no_proposition_about_the_claims_variables_is_refused(self, text):
        with pytest.raises(UsageError):
            apart(self.claim, Split(by="lemma", lemma=text))

    def test_cannot_bring_hypotheses_into_the_claim(self):
        # An implication stays one: it is what is to be proved first.
        found = apart(self.claim, Split(by="lemma", lemma="y = 7 → x ≤ 1"))

        assert "(h : 0 ≤ x) : y = 7 → x ≤ 1" in found.texts[0]
        assert "(_ : y = 7 → x ≤ 1)" in found.texts[1]
