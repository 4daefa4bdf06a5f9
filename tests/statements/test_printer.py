"""What is printed is Lean, and means the same when it is read again."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import statements

from hms_kernel.statements import parse, show
from hms_kernel.statements.terms import Arrow, Big, Fin, Num, Op, Scalar, Statement, Var


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(statements())
def test_a_printed_statement_is_read_back_as_the_same_statement(statement: Statement):
    assert parse(show(statement)) == statement


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("∀ (x : ℝ) (n : ℕ), x + n ≤ 2", "∀ (x : ℝ) (n : ℕ), x + ↑n ≤ 2"),
        ("∀ (a b : ℕ), ((a - b : ℕ) : ℤ) = a - b", "∀ (a b : ℕ), (↑(a - b) : ℤ) = ↑a - ↑b"),
        ("(2 : ℝ) + 2 = 4", "(2 + 2 : ℝ) = 4"),
        ("2 + 2 = 4", "2 + 2 = 4"),
        ("∀ x : ℝ, -x ^ 2 ≤ 0", "∀ (x : ℝ), -(x ^ 2) ≤ 0"),
        ("∀ x : ℝ, x ^ (-1 : ℤ) = x⁻¹", "∀ (x : ℝ), x ^ (-1 : ℤ) = x⁻¹"),
        ("∀ w : Fin 3 → ℝ, ∑ i, w i = 1", "∀ (w : Fin 3 → ℝ), ∑ i : Fin 3, w i = 1"),
        ("∀ u : ℕ → ℝ, ∑ i ∈ Finset.Icc 1 5, u i = 0", "∀ (u : ℕ → ℝ), ∑ i ∈ Finset.Icc (1 : ℕ) 5, u i = 0"),
        ("∀ x : ℝ, 0 < x → 0 < 0.5 * x", "∀ (x : ℝ), 0 < x → 0 < 0.5 * x"),
        ("theorem t (x : ℝ) (h : x = 1) : x ^ 2 = 1 := by simp", "theorem t (x : ℝ) (h : x = 1) : x ^ 2 = 1 := by sorry"),
    ],
)  # fmt: skip
def test_ascriptions_appear_only_where_lean_needs_them(text: str, printed: str):
    assert show(parse(text)) == printed


def test_sorts_and_terms_are_printed_too():
    size = Var("n", Scalar.NAT)
    vector = Arrow(Fin(size), Scalar.REAL)

    assert show(Arrow(vector, Scalar.REAL)) == "(Fin n → ℝ) → ℝ"
    assert show(Num(Fraction(1, 8), Scalar.REAL)) == "(0.125 : ℝ)"
    assert show(Op("+", (size, Num(Fraction(1), Scalar.NAT)), Scalar.NAT)) == "n + 1"


def test_a_shadowing_variable_is_printed_under_a_name_of_its_own():
    statement = parse("∀ x : ℝ, (∃ x : ℕ, x = 1) ∧ x = x")

    assert show(statement) == "∀ (x : ℝ), (∃ x_1 : ℕ, x_1 = 1) ∧ x = x"


def test_a_variable_named_like_a_function_of_lean_is_renamed():
    statement = parse("∀ abs : ℝ, |abs| = |abs|")

    assert show(statement) == "∀ (abs_1 : ℝ), |abs_1| = |abs_1|"
    assert parse(show(statement)) == statement


def test_notes_survive_no_printing_but_nothing_else_is_lost():
    statement = parse("∀ x : ℝ, sq x ≥ 0", definitions=["def sq (x : ℝ) := x ^ 2"])

    assert statement.notes == ("unfolded sq",)
    assert parse(show(statement)) == replace(statement, notes=())


def test_an_interval_up_to_a_variable_is_printed_as_such():
    statement = parse("∀ n : ℕ, ∑ i ∈ Finset.Icc 1 n, i = n")

    assert isinstance(statement.conclusion.left, Big)
    assert show(statement) == "∀ (n : ℕ), ∑ i ∈ Finset.Icc 1 n, i = n"


def test_a_conclusion_has_brackets_only_where_premises_would_bind_otherwise():
    assert show(parse("∀ x : ℝ, ∃ y, y = x")) == "∀ (x : ℝ), ∃ y : ℝ, y = x"
    assert show(parse("∀ x : ℝ, x > 0 → ∃ y, y = x")) == "∀ (x : ℝ), x > 0 → ∃ y : ℝ, y = x"
    assert show(parse("∀ x : ℝ, x > 0 → (x = 1 ↔ x = 2)")) == "∀ (x : ℝ), x > 0 → (x = 1 ↔ x = 2)"
