"""Complex numbers are pairs of reals, with Mathlib's values: what is read, what it is worth, what is not read."""

from __future__ import annotations

from fractions import Fraction

import pytest

from hms_kernel.errors import InvalidStatement, UnsupportedStatement
from hms_kernel.statements import parse, show
from hms_kernel.statements.evaluate import holds
from hms_kernel.statements.terms import Bundle


def at(text: str, re: int, im: int) -> bool:
    """Whether a proposition about ``z`` holds at one point."""
    statement = parse(f"theorem t (z : ℂ) : (True ∧ True) ∧ ({text})")
    return holds(statement.conclusion, {"z_re": Fraction(re), "z_im": Fraction(im)})


def test_a_complex_variable_is_its_two_parts():
    statement = parse("theorem t (z : ℂ) : z = 1")

    assert show(statement.conclusion) == "z_re = 1 ∧ z_im = 0"
    parts = (Bundle("z_re"), Bundle("z_im"))
    assert statement.bundles == (Bundle("z", parts, ("re", "im")),)


@pytest.mark.parametrize(
    "text",
    [
        "Complex.I * Complex.I = -1", "Complex.I ^ 2 = -1", "Complex.I ^ 7 = -Complex.I", "Complex.I ^ 0 = 1",
        "(1 + Complex.I) * (1 - Complex.I) = 2", "(2 : ℂ) / 4 = 1 / 2", "(1 : ℂ) / 0 = 0", "(0 : ℂ)⁻¹ = 0",
        "(Complex.I)⁻¹ = -Complex.I", "(3 + 4 * Complex.I).re = 3", "Complex.im (3 + 4 * Complex.I) = 4",
        "Complex.normSq (3 + 4 * Complex.I) = 25", "Complex.abs (3 + 4 * Complex.I) = 5", "‖(3 + 4 * Complex.I : ℂ)‖ = 5",
        "(starRingEnd ℂ) Complex.I = -Complex.I", "((2 : ℝ) : ℂ) = 2", "((2 : ℕ) : ℂ) + 1 = 3", "(⟨1, 2⟩ : ℂ).im = 2",
        "∑ k ∈ Finset.range 4, Complex.I ^ k = 0", "∑ k ∈ Finset.range 3, (k : ℂ) * Complex.I = 3 * Complex.I",
        "(1 : ℂ) ≠ Complex.I", "(0.5 : ℂ) = 1 / 2", "((5 - 7 : ℕ) : ℂ) = 0", "‖(-2 : ℝ)‖ = 2",
        "let z : ℂ := 1 + Complex.I; z ^ 4 = -4",
    ],
)  # fmt: skip
def test_what_is_true_of_complex_numbers_in_mathlib_is_true_here(text: str):
    statement = parse(f"¬¬({text})")

    assert holds(statement.conclusion, {})


def test_opened_names_mean_the_same():
    assert holds(parse("open Complex in theorem t : ¬¬(I * I = -1)").conclusion, {})
    assert holds(
        parse("open ComplexConjugate in theorem t : ¬¬(conj Complex.I = -Complex.I)").conclusion, {}
    )


def test_a_complex_variable_is_worth_what_its_parts_make_it():
    assert at("z * z = 2 * Complex.I ∧ z⁻¹ * z = 1 ∧ z.re = z.im ∧ Complex.normSq z = 2", 1, 1)
    assert at("z * z⁻¹ = 0", 0, 0)
    assert not at("z * z⁻¹ = 1", 0, 0)


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("z < 1", "the order of complex numbers"),
        ("Complex.exp z = 1", "Complex.exp"),
        ("z.arg = 0", "Complex.arg"),
        ("z ^ 13 = 1", "exponent above 12"),
        ("z ^ n = 1", "exponent is no numeral"),
        ("((z ^ 10) ^ 10) ^ 10 = 1", "grow too large"),
        ("z ^ (1 / 2 : ℝ) = 1", "exponent"),
        ("∑ k ∈ Finset.Icc 1 2, (k : ℂ) = z", "type its end"),
    ],
)
def test_what_has_no_exact_meaning_here_is_named(text: str, construct: str):
    with pytest.raises(UnsupportedStatement) as caught:
        parse(f"theorem t (z : ℂ) (n : ℕ) : {text}")

    assert construct in caught.value.message
    assert caught.value.line


def test_a_complex_number_is_no_real_number():
    for text in ("(z : ℝ) = 1", "z ∣ 1", "z % 2 = 0"):
        with pytest.raises((InvalidStatement, UnsupportedStatement)):
            parse(f"theorem t (z : ℂ) : {text}")
