"""What would make a refuted claim true: found, proved, and never the claim in other words."""

from __future__ import annotations

import pytest

from hms_kernel.backends import strengthenings
from hms_kernel.model import Outcome, Trust
from hms_kernel.statements import parse, points, show

WAR = (
    "theorem war (n : ℕ) (w a d : Fin n → ℝ) (h1 : ∀ i, 0 < w i ∧ w i ≤ 1) (h2 : ∑ i, w i = 1)"
    " (h3 : ∀ i, -100 ≤ a i ∧ a i ≤ 100) {} :"
    " -100 ≤ ∑ i, w i * a i * d i ∧ ∑ i, w i * a i * d i ≤ 100 := by sorry"
)
REDUCTION = (
    "theorem drp (n : ℕ) (b m : ℝ) (p : Fin n → ℝ) (h1 : 0 ≤ b) (h2 : 0 < m ∧ m ≤ 1)"
    " (h3 : ∀ i, 0 ≤ p i) : 0 ≤ b - (∑ i, p i) * m := by sorry"
)
REPAIRED = {
    "∀ x : ℝ, |x| = x": ["0 ≤ x"],
    "∀ x y : ℝ, |x - y| = y - x": ["x ≤ y"],
    "∀ x y : ℝ, x / y * y = x": ["y ≠ 0"],
    "∀ x y : ℕ, x - y + y = x": ["y ≤ x"],
    "∀ x : ℝ, Real.sqrt x ^ 2 = x": ["0 ≤ x"],
    "∀ n : ℕ, n / n = 1": ["0 < n"],
    "∀ a b : ℝ, 0 ≤ a * b": ["0 ≤ a ∧ 0 ≤ b", "a ≤ 0 ∧ b ≤ 0"],
    "∀ x : ℝ, 0 ≤ x ∧ x ^ 2 ≤ 4": ["0 ≤ x ∧ x ≤ 2"],
    "theorem t (x : ℝ) (f g : ℝ → ℝ) (h : ∀ x, f x = 2 * g x + 1) (k : ∀ y, g y = y ^ 2) :"
    " f x ≤ 3 := by sorry": ["-1 ≤ x ∧ x ≤ 1"],
    WAR.format("(h4 : ∀ i, 0 ≤ d i)"): ["∀ i : Fin n, d i ≤ 1"],
    WAR.format(""): ["∀ i : Fin n, -1 ≤ d i ∧ d i ≤ 1"],
    REDUCTION: ["∑ i : Fin n, p i ≤ b"],
    # Only one value is left to b: the last resort, but true.
    "theorem t (b : ℝ) (h : 0 ≤ b) : b * b + b ≤ 0 := by sorry": ["b ≤ 0"],
}
BEYOND_REPAIR = (
    "∀ x y : ℝ, x ≤ y",
    "∀ x : ℝ, x ≤ 100",
    "∀ x y : ℝ, 0 ≤ y - x",
    "theorem t (w : Fin 3 → ℝ) (h : ∀ i, 0 < w i) : ∑ i, w i = 1 := by sorry",
    "theorem t (x : ℝ) (h : 0 < x) : x < 0 := by sorry",
    "(1 : ℝ) = 2",
)


@pytest.mark.parametrize("text", REPAIRED)
def test_the_missing_hypothesis_is_found_and_the_repaired_claim_stands_by_itself(settle, text):
    verdict = settle(text, nominal_s=5.0)

    assert verdict.outcome is Outcome.REFUTED
    assert [repair.hypothesis for repair in verdict.evidence.repairs] == REPAIRED[text]
    for repair in verdict.evidence.repairs:
        assert repair.trust in (Trust.ONE_SOLVER, Trust.TWO_SOLVERS, Trust.CERTIFICATE)
        again = settle(repair.statement)
        assert again.outcome is Outcome.PROVED
        assert again.evidence.statement == repair.statement


@pytest.mark.parametrize("text", BEYOND_REPAIR)
def test_the_claim_itself_is_never_offered_as_its_repair(settle, text):
    verdict = settle(text, nominal_s=5.0)

    assert verdict.outcome is Outcome.REFUTED
    assert verdict.evidence.repairs == ()


def test_the_same_claim_has_the_same_repairs_at_the_same_price(settle):
    one, other = (settle(WAR.format("(h4 : ∀ i, 0 ≤ d i)")) for _ in range(2))

    assert one.evidence == other.evidence


def test_numbers_that_may_break_an_unwritten_assumption_are_not_repaired(settle):
    verdict = settle("∀ x : ℝ, |x| = x", unstated=("x is a size",))

    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.evidence.repairs == ()


class TestStrengthenings:
    STATEMENT = parse(
        "theorem t (n : ℕ) (i : ℝ) (w d : Fin n → ℝ) (h : ∀ j, w j ≤ 7) :"
        " ∑ j, w j * d j ≤ i / 3 := by sorry"
    )

    def test_each_is_a_proposition_the_evaluator_can_tell_at_a_point(self):
        point = points.read(
            self.STATEMENT, {"n": "2", "i": "1", "w": ["1", "2"], "d": ["0", "-1/2"]}
        )
        candidates = [
            *strengthenings.bounds(self.STATEMENT),
            *strengthenings.relations(self.STATEMENT),
        ]

        told = {point.holds(candidate.prop) for candidate in candidates}

        assert len(candidates) > 50
        assert told == {True, False}

    def test_the_number_of_terms_is_bounded_from_below_only(self):
        n = self.STATEMENT.variables[0]
        shown = [
            show(candidate.prop)
            for candidate in strengthenings.bounds(self.STATEMENT)
            if n in (candidate.relation.left, candidate.relation.right)
        ]

        assert shown == ["0 < n"]

    def test_the_weak_come_before_the_strong(self):
        ranks: dict[tuple[str, str], list[float]] = {}
        statement = parse("theorem t (x : ℝ) (h : x ≤ 7) : x * x ≤ 5 := by sorry")
        for x in (-9, -6, -3, 0, 3, 6, 9):
            point = points.read(statement, {"x": str(x)})
            for candidate in strengthenings.bounds(statement):
                kind = (candidate.relation.op, type(candidate.relation.left).__name__)
                ranks.setdefault(kind, [])
                ranks[kind].append((candidate.rank, point.holds(candidate.prop), x))

        # Along one kind of bound, what a stronger one allows a weaker one allows as well.
        for rows in ranks.values():
            for rank, holds, x in rows:
                if holds:
                    assert all(h for r, h, y in rows if y == x and r < rank)
