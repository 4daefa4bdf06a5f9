"""Lean's meaning, pitfall by pitfall: how text is grouped, typed and cast, and what it is then worth."""

from __future__ import annotations

import pytest

from hms_kernel.errors import InvalidStatement
from hms_kernel.statements import parse, show
from hms_kernel.statements.evaluate import holds


def _true(text: str) -> bool:
    statement = parse(text)
    assert statement.variables == ()
    assert statement.hypotheses == ()
    return holds(statement.conclusion, {})


def _says(binders: str, text: str) -> str:
    """How a proposition over some variables is understood, printed."""
    return show(parse(f"theorem t {binders} : {text}").conclusion)


@pytest.mark.parametrize(
    "text",
    [
        # total division and remainder
        "(1 : ℝ) / 0 = 0", "(1 : ℚ) / 0 = 0", "(7 : ℤ) / 0 = 0", "7 / 0 = 0", "(0 : ℝ)⁻¹ = 0",
        "(7 : ℤ) % 0 = 7", "7 % 0 = 7", "(0 : ℝ) ^ (-2 : ℤ) = 0",
        # truncated subtraction
        "5 - 7 = 0", "(5 - 7 : ℤ) = -2", "((5 - 7 : ℕ) : ℤ) = 0", "5 - 7 + 7 = 7",
        # integer division is Euclidean
        "-7 / 2 = -4", "7 / (-2) = (-3 : ℤ)", "(-7) / (-2) = (4 : ℤ)", "-7 % 2 = 1", "7 % (-2) = (1 : ℤ)",
        "7 / 2 = 3", "1 / 2 + 1 / 2 = 0", "(1 / 2 : ℚ) + 1 / 2 = 1",
        # powers
        "(5 : ℝ) ^ (1 / 3) = 1", "(0 : ℝ) ^ 0 = 1", "0 ^ 0 = 1", "2 ^ 3 ^ 2 = 512", "-(2 : ℤ) ^ 2 = -4",
        "(-2 : ℤ) ^ 2 = 4", "(2 : ℝ) ^ (-1 : ℤ) = 1 / 2", "(4 : ℝ) ^ (1 / 2 : ℝ) = 2", "(3 : ℝ) ^ (2 : ℝ) = 9",
        # precedence
        "∑ i ∈ Finset.range 3, i + 1 = 4", "∑ i ∈ Finset.range 3, (i + 1) = 6", "∑ i ∈ Finset.range 3, i * 2 = 6",
        "2 * ∑ i ∈ Finset.range 3, i + 1 = 7", "¬1 = 2", "¬1 = 2 ∧ 1 = 1", "1 - 1 - 1 = 0", "8 / 4 / 2 = 1",
        "2 * 3 % 4 = 2", "1 = 2 ∧ 1 = 1 ∨ 2 = 2", "∃ x ∈ Finset.range 3, x = 1 ∧ x < 2",
        # roots and rounding
        "√(-4 : ℝ) = 0", "√4 = 2", "√2 * √2 = 2", "√2 < 1.415", "√2 + √3 < 3.15", "√8 = 2 * √2", "⌊(7 / 2 : ℚ)⌋ = 3",
        "⌊(-7 / 2 : ℚ)⌋ = -4", "⌈(7 / 2 : ℚ)⌉ = 4", "⌊(-1 / 2 : ℝ)⌋₊ = 0", "⌈(-1 / 2 : ℝ)⌉₊ = 0", "⌊√10⌋ = 3",
        "Nat.sqrt 10 = 3", "Nat.floor (2.5 : ℝ) = 2", "Int.fract (5 / 2 : ℝ) = 1 / 2",
        # numbers
        "Nat.factorial 5 = 120", "Nat.gcd 12 18 = 6", "Nat.lcm 4 6 = 12", "Int.gcd (-4) 6 = 2", "Nat.choose 5 2 = 10",
        "Nat.choose 2 5 = 0", "Int.natAbs (-3) = 3", "Int.toNat (-3) = 0", "Nat.succ 2 = 3", "Nat.pred 0 = 0",
        "max 2 3 = 3", "min (2 : ℝ) 3 = 2", "|(-3 : ℤ)| = 3", "|2 - 3| = (1 : ℤ)", "abs (-5) = 5", "1e3 = (1000 : ℝ)",
        "0x10 = 16", "(1.50 : ℚ) = 3 / 2",
        # predicates and sets
        "Nat.Prime 97", "¬Nat.Prime 91", "Even 4", "Odd (-3 : ℤ)", "3 ∣ 12", "¬(0 ∣ 3)", "(0 : ℤ) ∣ 0",
        "17 ≡ 2 [MOD 5]", "-3 ≡ 2 [ZMOD 5]", "Nat.Coprime 8 9",
        "2 ∈ Finset.range 3", "3 ∉ Finset.range 3", "(1 : ℝ) ∈ Set.Icc 0 1", "¬((0 : ℝ) ∈ Set.Ioc 0 1)",
        "2 ∈ ({1, 2} : Set ℕ)", "Finset.card (Finset.Icc 3 7) = 5",
        "(Finset.filter (fun k => k % 2 = 0) (Finset.range 10)).card = 5", "Finset.card (Nat.divisors 12) = 6",
        "∑ k ∈ Nat.properDivisors 6, k = 6",
        # sums
        "∑ i ∈ Finset.Icc 1 4, i = 10", "∑ i ∈ Finset.Ico 1 4, i = 6", "∑ i ∈ Finset.Ioc 1 4, i = 9",
        "∑ i ∈ Finset.Ioo 1 4, i = 5", "∑ i ∈ Finset.Icc 4 1, i = 0", "∏ i ∈ Finset.Icc 1 4, i = 24",
        "∑ i ∈ Finset.Icc (-2 : ℤ) 2, i = 0", "∑ i : Fin 4, (i : ℕ) = 6", "∑ i in Finset.range 3, i = 3",
        "∑ i ∈ Finset.range 10 with i % 2 = 0, i = 20", "∑ i : Fin 2, ∑ j : Fin 2, ((i : ℕ) + j) = 4",
        "(Finset.range 4).sum (fun i => i) = 6", "∏ i ∈ Finset.range 0, i = 1",
        # propositions
        "¬∃ i : Fin 3, (i : ℕ) ≥ 3", "¬(1 = 1 → 1 = 2 ∨ 1 = 3)", "∃! n : ℕ, n < 1", "∃ n < 10, n * n = 49", "(1 = 1) = (2 = 2)",
        "if 1 = 1 then 2 = 2 else 2 = 3", "(if 1 = 2 then 1 else 2) = 2", "let y := 3; y * y = 9",
        "(fun t : ℕ => t + 1) 2 = 3", "∃ x : ℝ, x * x = 1 / 4", "True ∧ ¬False", "Not False", "1 = 1 ↔ 2 = 2",
    ],
)  # fmt: skip
def test_what_is_true_in_lean_is_true_here(text: str):
    assert _true(text)


@pytest.mark.parametrize(
    "text",
    ["(1 : ℝ) / 0 = 1", "5 - 7 = 1", "7 / (-2) = (-4 : ℤ)", "1 / 2 + 1 / 2 = 1", "(-2 : ℤ) ^ 2 = -4",
     "√2 * √3 > 2.5", "∑ i ∈ Finset.range 3, i + 1 = 6", "∀ n < 5, n ≠ 3", "Nat.Prime 1", "2 = 3 ∨ 3 = 4"],
)  # fmt: skip
def test_what_is_false_in_lean_is_false_here(text: str):
    statement = parse(text)

    if statement.variables:
        statement = parse(f"¬¬({text})")
    assert not holds(statement.conclusion, {})


@pytest.mark.parametrize(
    ("binders", "text", "meaning"),
    [
        ("(a b : ℕ)", "((a - b : ℕ) : ℤ) = 0", "(↑(a - b) : ℤ) = 0"),
        ("(a b : ℕ)", "(a - b : ℤ) = 0", "(↑a - ↑b : ℤ) = 0"),
        ("(a b : ℕ) (p : ℤ)", "a - b = p", "↑a - ↑b = p"),
        ("(a b : ℕ) (x : ℝ)", "x = a / b", "x = ↑a / ↑b"),
        ("(a b : ℕ) (x : ℝ)", "x = ((a / b : ℕ) : ℝ)", "x = ↑(a / b)"),
        ("(a b : ℕ) (p : ℤ)", "a ∣ b → p ∣ a - b", "p ∣ ↑a - ↑b"),
        ("(n : ℕ) (x : ℝ)", "2 ^ n = x", "2 ^ n = x"),
        ("(n m : ℕ) (x : ℝ)", "x ^ (n - m) = x", "x ^ (n - m) = x"),
        ("(f : ℝ → ℝ) (n m : ℕ)", "f (n - m) = 0", "f (↑n - ↑m) = 0"),
        ("(f : ℝ → ℝ)", "∀ y > 0, ¬f y = y", "¬(f y = y)"),
        ("(n : ℕ)", "∑ k ∈ Finset.range n, (k : ℝ) = 1", "(∑ k ∈ Finset.range n, ↑k : ℝ) = 1"),
        ("(n : ℕ) (x : ℝ)", "∑ k ∈ Finset.range n, k = x", "↑(∑ k ∈ Finset.range n, k) = x"),
        ("(a b : ℕ)", "(max a b : ℝ) = 1", "(max ↑a ↑b : ℝ) = 1"),
        ("(a b : ℕ) (x : ℝ)", "max a b = x", "↑(max a b) = x"),
        ("(w : Fin 3 → ℝ)", "w 4 = 0", "w 1 = 0"),
        ("(n : ℕ) (i : Fin n)", "i < n", "↑i < n"),
        ("(n : ℕ) (i : Fin n) (x : ℝ)", "i < x", "↑(↑i : ℕ) < x"),
        ("(x : ℝ)", "2 * 3 = x", "2 * 3 = x"),
        ("(j : ℕ)", "3 * (7 * ↑j + 3) % 7 = 2", "3 * (7 * j + 3) % 7 = 2"),
        ("(f : ℝ → ℝ)", "f = fun k => k + 1", "f x = x + 1"),
        ("(P Q : Prop)", "P = Q", "P ↔ Q"),
        ("(x : ℝ)", "|x| + |x * |x|| = 0", "|x| + abs (x * |x|) = 0"),
        ("(x : ℝ)", "x - -x = - -x", "x - -x = -(-x)"),
        ("(x y : ℝ)", "x⁻¹ ^ 2 * y = √x ^ 2", "x⁻¹ ^ 2 * y = Real.sqrt x ^ 2"),
        ("(x y : Real) (n : Nat) (k : Int)", "x <= y /\\ n >= 0 \\/ Not (k = 1)", "x ≤ y ∧ n ≥ 0 ∨ ¬(k = 1)"),
        ("(f g : ℝ → ℝ)", "(f ∘ g) 1 = 2", "f (g 1) = 2"),
        ("(m : ℕ)", "IsLeast {n : ℕ | n > 3} m", "m > 3 ∧ (∀ x : ℕ, x > 3 → m ≤ x)"),
        ("(f : ℝ → ℝ)", "Function.Injective f ↔ True", "(∀ a : ℝ, ∀ b : ℝ, f a = f b → a = b) ↔ True"),
    ],
)  # fmt: skip
def test_types_and_casts_are_those_that_lean_infers(binders: str, text: str, meaning: str):
    assert _says(binders, text) == meaning


def test_a_bound_variables_type_comes_from_its_use():
    assert show(parse("∀ (f : ℝ → ℝ), (∀ x, f x = x) → f 1 = 1")) == (
        "∀ (f : ℝ → ℝ), (∀ x : ℝ, f x = x) → f 1 = 1"
    )
    assert show(parse("∀ k, k + 1 > k")) == "∀ (k : ℕ), k + 1 > k"


def test_leading_binders_and_premises_become_variables_and_hypotheses():
    statement = parse("theorem t (x : ℝ) {n : ℕ} (h : 0 < x) : ∀ y ≥ x, y ≤ 1 → ∀ z, z = y → z ≤ n")

    assert [var.name for var in statement.variables] == ["x", "n", "y", "z"]
    assert [(h.name, show(h.prop)) for h in statement.hypotheses] == [
        ("h", "0 < x"),
        ("", "y ≥ x"),
        ("", "y ≤ 1"),
        ("", "z = y"),
    ]
    assert show(statement.conclusion) == "z ≤ ↑n"


def test_a_quantifier_extends_as_far_right_as_it_can():
    inner = parse("¬∀ x : ℝ, x > 0 → x > 1 ∧ x > 2").conclusion

    assert show(inner) == "¬(∀ x : ℝ, x > 0 → x > 1 ∧ x > 2)"


def test_arithmetic_without_a_fitting_instance_does_not_typecheck():
    for text in ("∀ n : ℕ, -n = 0", "∀ n : ℕ, n⁻¹ = 1", "∀ x : ℝ, x % 2 = 0", "∀ n : ℕ, |n| = n",
                 "∀ (k m : ℤ), k ^ m = 1", "∀ n : ℕ, n = 0.5", "2⁻¹ = 1"):  # fmt: skip
        with pytest.raises(InvalidStatement):
            parse(text)


def test_untyped_decimals_are_floats_unless_the_caller_says_otherwise():
    assert show(parse("0.1 + 0.2 = 0.3")) == "(0.1 + 0.2 : Float) = 0.3"

    statement = parse("0.1 + 0.2 = 0.3", decimals="ℝ")

    assert show(statement) == "(0.1 + 0.2 : ℝ) = 0.3"
    assert any("ℝ" in note for note in statement.notes)
    assert parse("∀ x : ℝ, x = 0.5").notes == ()


def test_decimals_are_exact():
    assert holds(parse("0.1 + 0.2 = 0.3", decimals="ℝ").conclusion, {})
