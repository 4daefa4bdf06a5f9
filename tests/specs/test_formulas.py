"""The pseudo-formal notation is read as people mean it, and prose is recognised as prose."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hms_kernel.specs import sentences
from hms_kernel.specs.formulas import (
    Big,
    Binary,
    Call,
    Chain,
    Logic,
    Name,
    Negative,
    Number,
    Prose,
    parse,
)

a, b, c = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", Binary("+", a, Binary("*", b, c))),
        ("a - b - c", Binary("-", Binary("-", a, b), c)),
        ("a / b / c", Binary("/", Binary("/", a, b), c)),
        ("a ^ b ^ c", Binary("^", a, Binary("^", b, c))),
        ("-a ^ 2", Negative(Binary("^", a, Number("2")))),
        ("-a * b", Binary("*", Negative(a), b)),
        ("a * -b", Binary("*", a, Negative(b))),
        ("(a + b) × c", Binary("*", Binary("+", a, b), c)),
        ("Σ(a * b) - c", Binary("-", Big("∑", Binary("*", a, b)), c)),
        ("Σ a * b", Big("∑", Binary("*", a, b))),
        ("Π(a)", Big("∏", a)),
        ("max(a, .5)", Call("max", (a, Number("0.5")))),
        ("-1 <= a < b", Chain(("≤", "<"), (Negative(Number("1")), a, b))),
        ("a == 1.5e-3", Chain(("=",), (a, Number("1.5e-3")))),
        ("a > b and b > c or c = a", Logic("∨", (
            Logic("∧", (Chain((">",), (a, b)), Chain((">",), (b, c)))), Chain(("=",), (c, a))))),
        ("a > b → b > c → c > a", Logic("→", (Chain((">",), (a, b)), Logic("→", (
            Chain((">",), (b, c)), Chain((">",), (c, a))))))),
        ("not a > b", Logic("¬", (Chain((">",), (a, b)),))),
    ],
)  # fmt: skip
def test_a_formula_is_read(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("WAR score is bounded", "'WAR score'"),
        ("p includes an adjustment", "'p includes'"),
        ("5% of a", "'%'"),
        ("a ≤", "ends where"),
        ("(a", "'(a' ends where"),
        ("a < (b < c)", "a comparison stands where a number"),
        ("(a) and b", "a number stands where a comparison"),
        ("Ready?", "'?'"),
        ("", "ends where"),
        ("(" * 100 + "a" + ")" * 100, "nested more than 60 deep"),
        ("a + " * 500 + "a", "more than 400"),
    ],
)
def test_prose_is_recognised_by_its_words(text, why):
    with pytest.raises(Prose) as caught:
        parse(text)

    assert why in str(caught.value)


@given(st.text(alphabet="ab1 .,+-*/^()Σ≤<=>→∧¬∀:∄" + "gvenif", max_size=80))
def test_any_text_is_a_formula_or_prose(text):
    for read in (parse, sentences.read):
        with contextlib.suppress(Prose):  # anything else fails the test
            read(text)


@pytest.mark.parametrize(
    "text",
    [
        "a > b",
        "a > b for all sectors",
        "a > b given the constraints on inputs",
        "a > b, given all constraints",
        "Ordering: a > b",
        "∀ sectors: a > b",
        "for all policies: a > b.",
    ],
)
def test_what_changes_nothing_is_dropped(text):
    assert sentences.read(text) == sentences.Sentence(parse("a > b"))


@pytest.mark.parametrize(
    "text",
    [
        "a > b for all active sectors",
        "a > b for all sectors except banking",
        "Unless overridden: a > b",
        "In a recession: a > b",
        "∀ active sectors: a > b",
        "∀ sectors with a > 0: a > b",
        "∄ policy p' that improves one objective",
        "a > b given good weather",
        "a",
    ],
)
def test_what_limits_a_claim_is_never_dropped(text):
    with pytest.raises(Prose):
        sentences.read(text)


def test_a_condition_is_kept():
    assert sentences.read("a > b if b > c") == sentences.Sentence(parse("a > b"), (parse("b > c"),))


def test_a_quantifier_names_its_indices_or_inputs():
    assert sentences.read("∀ policies p1, p2: f(p1) > f(p2)").indices == ("p1", "p2")
    assert sentences.read("∀ inputs x to SPS: 0 ≤ x ≤ 1").inputs_of == ("x", "SPS")


@pytest.mark.parametrize(
    ("constraint", "formula"),
    [
        ("0 ≤ x ≤ 1", "0 ≤ x ≤ 1"),
        ("≥ 0", "x ≥ 0"),
        ("> 0", "x > 0"),
        ("[0, 1]", "0 ≤ x ≤ 1"),
        ("(0, 1]", "0 < x ≤ 1"),
        ("in [-1.5, 1)", "-1.5 ≤ x < 1"),
        ("between 0 and 100", "0 ≤ x ≤ 100"),
        ("x ∈ [0, 1]", "0 ≤ x ≤ 1"),
        ("must be between 0 and 1", "0 ≤ x ≤ 1"),
        ("Positive", "x > 0"),
        ("x must be non-negative", "x ≥ 0"),
        ("x is reasonable", "x is reasonable"),
        ("x must be ≥ 1", "x ≥ 1"),
    ],
)
def test_a_constraint_may_leave_out_the_name_it_is_about(constraint, formula):
    assert sentences.about("x", constraint) == formula


def test_an_outline_concludes_with_its_last_formula():
    lines = [
        "We know a ≤ b",
        "the raw estimate: raw = Σ(a * b)",
        "Thus, a ≥ b - raw, making it safe",
    ]

    assert sentences.conclusion(lines) == parse("a ≥ b - raw")
    assert sentences.local_definitions(lines) == {"raw": parse("Σ(a * b)")}


@pytest.mark.parametrize("lines", [[], ["a ≤ b"], ["Therefore, all is well"]])
def test_an_outline_without_a_formal_conclusion_is_prose(lines):
    with pytest.raises(Prose):
        sentences.conclusion(lines)
