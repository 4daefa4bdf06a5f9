"""What cannot be a claim says so: invalid or unsupported, with the construct, the place and a caret."""

from __future__ import annotations

import pytest

from hms_kernel.errors import InvalidStatement, StatementError, UnsupportedStatement, UsageError
from hms_kernel.statements import instantiate, parse


@pytest.mark.parametrize(
    "text",
    [
        "Healthcare services should be accessible to all individuals",
        "Healthcare systems must protect patient privacy and confidentiality.",
        "WAR score is bounded between -100 and 100",
        "∀ policies p1, p2: SPS(p1) > SPS(p2) → priority(p1) > priority(p2)",
        "Σ(DRP across all policies) ≤ baseline_deficit",
        "open access to care",
        "section 3 applies",
        "", "   ", "-- only a comment", "∀", "1 +", "(1 = 1", "1 = 1)", "1 = = 2", "x = 1", "3", "ℝ", "fun x => x",
        "∀ x : ℝ, y = x", "∀ x : ℝ, x", "∀ x : ℝ, x y = 1", "∀ f : ℝ → ℝ, f 1 2 = 3", "1 < 2 < 3", "1 = 2 = 3",
        "theorem t : ", "theorem : 1 = 1", "theorem t (x : Foo) : x = x", "theorem t (w : Fin n → ℝ) : 1 = 1",
        "∀ k, k = k", "∀ a b : ℕ, ↑a = ↑b", "∀ x : ℝ, (x : ℕ) = 1", "∀ (u : ℕ → ℝ) (x : ℝ), u x = 1",
        "∀ u : ℕ → ℝ, ∑ i, u i = 0", "∀ n : ℕ, n! = 1", "5 ! = 120", "/- never closed", "1 = 1 extra stuff : 3",
        "∀ x : ℝ, sin x = 0", "π > 3", "∃ x > 0, x 2 = 2", "∀ g : ℝ, (g |> 0) = 1", "(1 : ℝ) < .5", "1 = 1\u00a0∧ 2 = 2", "1 = 1; 2 = 2",
    ],
)  # fmt: skip
def test_what_lean_would_not_read_is_invalid(text: str):
    with pytest.raises(InvalidStatement):
        parse(text)


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("∀ x : ℝ, Real.sin x ≤ 1", "Real.sin"),
        ("open Real in theorem t (x : ℝ) : sin x ≤ π", "sin"),
        ("∀ z : ℂ, Complex.exp z = z", "Complex.exp"),
        ("∀ x : ℝ≥0, x = x", "ℝ≥0"),
        ("∀ S : Finset ℕ, S = S", "Finset"),
        ("∀ x : ℝ, x.1 = 1", "projection"),
        ("∀ x : ℝ, ⟨x, x⟩ = x", "anonymous constructors"),
        ("∀ l : List ℝ, l.reverse = l", "List.reverse"),
        ("∀ n : ℤ, ‖n‖ = 1", "norms"),
        ("∀ x y : ℝ, x ^ y = 1", "real exponent"),
        ("∀ x : ℝ, x ^ (-1) = 1", "negative exponent"),
        ("∀ q : ℚ, q.den = 1", "Rat.den"),
        ("∀ f : ℝ → ℝ, Continuous f", "Continuous"),
        ("∀ α : Type, 1 = 1", "types"),
        ("∀ x : ℝ, !(x = 1)", "Boolean"),
        ("∀ x : ℝ, x = by exact x", "by"),
        ("∀ x : ℝ, x = match x with | _ => x", "match"),
        ("∀ i j : Fin 3, i + j = i", "Fin"),
        ("∀ n : ℕ, Even (n : ℝ)", "Even"),
        ("∀ x : ℝ, x != x", "!="),
        ("structure P (α : Type) where\n  v : α\ntheorem t (p : P ℝ) : p.v = p.v", "structure"),
        ('notation "foo" => 3\ntheorem t : 1 = 1', "notation"),
        ("instance : Add ℕ := sorry\ntheorem t : 1 = 1", "instance"),
        ("theorem a : 1 = 1 := rfl\ntheorem b : 2 = 2 := rfl", "2 theorems"),
        ("open Nat Real in theorem t (n : ℕ) : sqrt n = 1", "full name"),
        ("∀ (F : (ℕ → ℕ) → ℕ), F (fun k => k) = 1", "function literal"),
        ("∑ i ∈ Finset.Icc 1 10, (i : ℝ) = 55", "type its end"),
    ],
)  # fmt: skip
def test_what_lies_outside_the_fragment_is_named(text: str, construct: str):
    with pytest.raises(UnsupportedStatement) as caught:
        parse(text)

    assert construct in caught.value.message


def test_an_error_points_at_the_token_with_line_column_and_caret():
    with pytest.raises(InvalidStatement) as caught:
        parse("theorem t (x : ℝ)\n  (h : 0 < x) :\n  x + foo = 1 := by simp")

    error = caught.value
    assert (error.line, error.column) == (3, 7)
    assert error.excerpt == "  x + foo = 1 := by simp\n      ^"
    assert "unknown identifier 'foo'" in str(error)
    assert "line 3, column 7" in str(error)


def test_a_long_line_is_cut_around_the_error():
    with pytest.raises(InvalidStatement) as caught:
        parse("∀ x : ℝ, " + "x + " * 60 + "foo = 1")

    line, caret = caught.value.excerpt.split("\n")
    assert len(line) <= 100
    assert line[caret.index("^") :].startswith("foo")


def test_errors_in_helper_texts_say_which_one():
    with pytest.raises(InvalidStatement, match="in definition 2: unknown identifier 'y'"):
        parse("b = 1", definitions=["def a := 1", "def b := y"])
    with pytest.raises(InvalidStatement, match="in an axiom: unknown identifier 'y'"):
        parse("∀ x : ℝ, x = x", axioms=["y < x"])


@pytest.mark.parametrize(
    "text",
    ["(" * 3000 + "1" + ")" * 3000 + " = 1", " + ".join(["1"] * 3000) + " = 3000", "¬" * 5000 + "True",
     "- " * 3000 + "1 = (1 : ℤ)", "2 ^ " * 3000 + "1 = 1", "√" * 2000 + "2 = (1 : ℝ)", "f " * 5000,
     "∃ x : ℝ, ∀ y : ℝ, " * 2000 + "x = y", "if 1 = 1 then " * 1000, "|" * 3000, "{x | " * 500, "/-" * 5000,
     "let x := 1; " * 3000 + "x = x", "1 = " + "9" * 5000, "1 = 1e999999999", "x" * 500_000,
     " ∧ ".join(["1 = 1"] * 3000), "↑" * 3000 + "1 = (1 : ℝ)", "∑ i : Fin 2, " * 800 + "1 = 1"],
)  # fmt: skip
def test_absurdly_large_text_gives_a_clean_error(text: str):
    with pytest.raises(StatementError):
        parse(text)


def test_definitions_that_explode_are_stopped():
    chain = ["def d0 (x : ℝ) := x * x"]
    chain += [f"def d{i} (x : ℝ) := d{i - 1} (d{i - 1} x)" for i in range(1, 12)]

    with pytest.raises(UnsupportedStatement, match=r"too large|deep"):
        parse("∀ x : ℝ, d11 x = 1", definitions=chain)


def test_only_variables_in_ℕ_can_be_fixed():
    statement = parse("∀ (n : ℕ) (x : ℝ), x = n")

    for name, value in (("x", 1), ("n", -1), ("z", 1)):
        with pytest.raises(UsageError):
            instantiate(statement, name, value)
