"""Certificates explained: what a reader is told, for proofs that the search finds."""

from __future__ import annotations

import pytest

from hms_kernel.backends.certifying import find
from hms_kernel.certificates import Certificate, Rejected, explained
from hms_kernel.certificates.language import Split
from hms_kernel.statements import parse


def told(text: str) -> list[str]:
    statement = parse(text)
    certificate = find(statement)
    assert certificate is not None
    return explained(statement, certificate)


def test_an_inequality_is_a_sum_that_cannot_be():
    assert told("∀ x y : ℝ, x ^ 2 + y ^ 2 ≥ 2 * x * y") == [
        "Claim: x ^ 2 + y ^ 2 ≥ 2 * x * y.",
        "",
        "1. Suppose it fails. Then 2·x·y > x^2 + y^2.",
        "2. Add up:",
        "      - (2·x·y - x^2 - y^2), where 2·x·y > x^2 + y^2",
        "      - (x - y)², where a square is not negative",
        "      - Together these are more than 0. But everything cancels, and the sum is 0: impossible.",
    ]


def test_a_bound_of_a_sum_is_a_lemma_about_every_term_and_its_multiplier():
    lines = told(
        "theorem war (n : ℕ) (w a d : Fin n → ℝ) (hw : ∀ i, 0 < w i) (hs : ∑ i, w i = 1)"
        " (ha : ∀ i, a i ≤ 100) (hd : ∀ i, 0 ≤ d i ∧ d i ≤ 1) : ∑ i, w i * a i * d i ≤ 100"
        " := by sorry"
    )

    weighted, weights = "∑ᵢ a(i)·d(i)·w(i)", "∑ᵢ w(i)"
    assert lines[3:] == [
        "2. For every i of Fin n: 100·w(i) ≥ a(i)·d(i)·w(i).",
        "      - Indeed 100·w(i) - a(i)·d(i)·w(i) is the sum of what is not negative:",
        "      - 100·(1 - d(i))·w(i), where d(i) ≤ 1 and w(i) > 0",
        "      - (100 - a(i))·d(i)·w(i), where a(i) ≤ 100, d(i) ≥ 0 and w(i) > 0",
        f"3. Summed over every i: 100·{weights} ≥ {weighted}.",
        "4. Add up:",
        f"      - ({weighted} - 100), where {weighted} > 100",
        f"      - (100·{weights} - {weighted}), where 100·{weights} ≥ {weighted}",
        f"      - -100·({weights} - 1), which is 0 as {weights} = 1",
        "      - Together these are more than 0. But everything cancels, and the sum is 0: impossible.",
    ]


def test_cases_are_numbered_within_the_step_that_tells_them_apart():
    lines = told("∀ x : ℝ, x ≤ |x|")

    assert lines[2:] == [
        "1. Suppose it fails. Then x > |x|.",
        "2. What |x| is: (x ≥ 0 and |x| = x) or (x < 0 and |x| + x = 0).",
        "3. Two cases, because one of these holds:",
        "   3.1. Case x ≥ 0 and |x| = x.",
        "      3.1.1. Add up:",
        "            - (x - |x|), where x > |x|",
        "            - (|x| - x), which is 0 as |x| = x",
        "            - Together these are more than 0. But everything cancels, and the sum is 0: impossible.",
        "   3.2. Case x < 0 and |x| + x = 0.",
        "      3.2.1. Add up:",
        "            - (x - |x|), where x > |x|",
        "            - 2·(-x), where x < 0",
        "            - (|x| + x), which is 0 as |x| + x = 0",
        "            - Together these are more than 0. But everything cancels, and the sum is 0: impossible.",
    ]


def test_an_instance_names_the_fact_and_the_value():
    lines = told("∀ f : ℝ → ℝ, (∀ x, f x = 2 * x + 1) → f 3 ≥ 7")

    assert "2. Use “∀ x : ℝ, f x = 2 * x + 1” at x = 3: f(3) = 7." in lines


@pytest.mark.parametrize("text", ["∀ n : ℕ, n % 2 < 2", "∀ m n : ℕ, m - n ≤ m", "∀ x : ℝ, x ≠ 0 → x / x = 1", "∀ x : ℝ, ⌊x⌋ ≤ x", "∀ x y : ℝ, min x y ≤ max x y"])  # fmt: skip
def test_every_construct_has_words(text):
    assert told(text)


def test_what_is_no_proof_is_not_explained():
    with pytest.raises(Rejected):
        explained(parse("∀ x : ℝ, x ≤ 1"), Certificate("", Split("x ≠ 0", ())))
