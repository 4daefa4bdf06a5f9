"""Counterexamples read back from their text break the claim again."""

from __future__ import annotations

import pytest

from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.errors import UsageError
from hms_kernel.model import Budget, Goal, Outcome
from hms_kernel.statements import parse, points
from hms_kernel.statements.evaluate import Undecided

REFUTED = (
    "theorem t (n : ℕ) (w : Fin n → ℝ) (h : ∀ i, 0 < w i) : ∑ i, w i = 1 := by sorry",
    "theorem t (n : ℕ) (f : Fin 2 → Fin 2 → ℤ) (p : Prop) (h : p) : f 0 1 = n := by sorry",
    "theorem t (n : ℕ) (hn : n = 2) (f : Fin n → ℝ) : ∑ i, f i = n := by sorry",
    "theorem t (x : ℝ) (f : ℝ → ℝ) (h : ∀ x, f x = 2 * x + 1) : f x = 3 := by sorry",
    "theorem t (x : ℝ) (f g : ℝ → ℝ) (h : (∀ x, f x = 2 * g x) ∧ 0 < x) (k : ∀ y, g y = y ^ 2) :"
    " f x = 3 := by sorry",
    "theorem t (x : ℝ) (f g : ℝ → ℝ) (k : ∀ y, g y = y ^ 2) (h : ∀ x, f x = 2 * g x) :"
    " f x = 3 := by sorry",
    "theorem t (n : ℕ) (m : ℤ) (hm : m = 3) (f : ℤ → ℤ) (h : ∀ k, f k = m * k) :"
    " f n = 4 := by sorry",
    "theorem t (f : ℤ → ℤ → ℤ) (h : ∀ a b, f a b = a - 2 * b) (a : ℤ) : f a a = 0 := by sorry",
)


@pytest.mark.parametrize("text", REFUTED)
def test_a_counterexample_breaks_the_whole_statement_again_from_its_text(text):
    verdict = SmtBackend().attempt(
        Goal(theorem_id="t", statement=text), DEFAULT_STRATEGY, Budget(nominal_s=3)
    )
    assert verdict.outcome is Outcome.REFUTED

    point = points.read(parse(text, name="t"), verdict.counterexample.values)

    assert point.replay().refutes


class TestWhatIsNoPoint:
    STATEMENT = parse("theorem t (x : ℝ) (f : ℝ → ℝ) (h : ∀ y, f y = 2 * y) : f x = 1 := by sorry")

    @pytest.mark.parametrize(
        "values",
        [
            {"x": "1"},
            {"x": "1", "f": "fun y => 2 * y", "z": "1"},
            {"x": "1.5", "f": "fun y => 2 * y"},
            {"x": "1/0", "f": "fun y => 2 * y"},
            {"x": "nan", "f": "fun y => 2 * y"},
            {"x": 1, "f": "fun y => 2 * y"},
            {"x": "1", "f": "fun y => 3 * y"},
            {"x": "1", "f": "fun z => 2 * z"},
        ],
    )
    def test_it_is_refused(self, values):
        with pytest.raises(UsageError):
            points.read(self.STATEMENT, values)

    def test_functions_defined_in_a_circle_are_no_values(self):
        statement = parse(
            "theorem t (f g : ℝ → ℝ) (h : ∀ y, f y = g y) (k : ∀ y, g y = f y + 1) :"
            " (1 : ℝ) = 2 := by sorry"
        )

        with pytest.raises(UsageError, match="no hypothesis defines"):
            points.read(statement, {"f": "fun y => g y", "g": "fun y => f y + 1"})

    def test_a_value_of_the_wrong_sort_is_not_replayed(self):
        statement = parse("theorem t (n : ℕ) : n = 1 := by sorry")

        with pytest.raises(Undecided):
            points.read(statement, {"n": "1/2"}).replay()
