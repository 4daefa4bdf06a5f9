"""Numbers in the place of variables read as a person would write them, and mean the same."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hms_kernel import statements
from hms_kernel.statements.evaluate import holds
from hms_kernel.statements.instances import instance

HALF = Fraction(1, 2)


def put(text: str, **env: object) -> str:
    return instance(statements.parse(text).conclusion, env)


@pytest.mark.parametrize(
    ("text", "env", "said"),
    [
        ("∀ x : ℝ, x ^ 2 ≤ 1", {"x": Fraction(2)}, "2 ^ 2 ≤ 1"),
        ("∀ x y : ℤ, x - y ≤ x", {"x": Fraction(-1), "y": Fraction(-3)}, "(-1) - (-3) ≤ (-1)"),
        ("∀ x : ℝ, 3 * x = 1", {"x": Fraction(1, 3)}, "3 * (1 / 3) = 1"),
        ("∀ x : ℝ, 2 * x = 1", {"x": HALF}, "2 * 0.5 = 1"),
        ("∀ w : Fin 3 → ℝ, ∑ i, w i = 1", {"w": [HALF, HALF, HALF]}, "0.5 + 0.5 + 0.5 = 1"),
        (
            "∀ w : Fin 2 → ℝ, (∀ i, 0 < w i) ∧ True",
            {"w": [HALF, Fraction(0)]},
            "(0 < 0.5 ∧ 0 < 0) ∧ True",
        ),
    ],
)
def test_numbers_stand_where_the_variables_stood(text, env, said):
    assert put(text, **env) == said


def test_a_long_sum_stays_a_sum():
    weights = [Fraction(1)] * 9

    assert put("∀ w : Fin 9 → ℝ, ∑ i, w i = 1", w=weights) == "∑ i : Fin 9, w i = 1"


def test_a_number_with_many_digits_keeps_its_name():
    assert put("∀ x : ℝ, x ≤ 1", x=Fraction(10**30)) == "x ≤ 1"


@given(st.fractions(-50, 50, max_denominator=8), st.fractions(-50, 50, max_denominator=8))
def test_what_is_written_is_true_when_the_claim_is_true_there(x: Fraction, y: Fraction):
    claim = statements.parse("∀ x y : ℝ, (x - y) * 2 ≤ x ^ 2 - y / 3").conclusion
    said = instance(claim, {"x": x, "y": y})

    # A leading type, so that numerals alone are read as reals.
    closed = statements.parse(f"∀ z : ℝ, z + {said.replace('≤', '≤ z +', 1)}").conclusion
    assert holds(closed, {"z": Fraction(0)}) == holds(claim, {"x": x, "y": y})
