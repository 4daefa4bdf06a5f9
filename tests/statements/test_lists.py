"""A list is its length and its items: how text about lists is read, with Lean's values at the edges."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from hms_kernel.errors import InvalidStatement, StatementError, UnsupportedStatement
from hms_kernel.statements import parse, show
from hms_kernel.statements.evaluate import holds
from hms_kernel.statements.terms import Bundle

PAIR = "structure Pair where\n  a : ℝ\n  b : ℝ\n"


def says(text: str, before: str = PAIR) -> str:
    """How a theorem about lists is understood: its conclusion, printed."""
    return show(parse(f"{before}theorem t {text}").conclusion)


def refusal(text: str, before: str = PAIR, **options: Any) -> StatementError:
    with pytest.raises(StatementError) as caught:
        parse(f"{before}theorem t {text}", **options)
    return caught.value


def true_of(text: str, *items: Fraction | int) -> bool:
    """Whether a proposition about ``l : List ℝ`` holds of these items."""
    statement = parse(f"theorem t (l : List ℝ) : (True ∧ True) ∧ ({text})")
    return holds(statement.conclusion, {"l_length": len(items), "l": list(items)})


def test_a_list_becomes_its_length_and_a_function_and_remembers_it():
    statement = parse("theorem t (l : List ℝ) (x : ℝ) : l.sum = x")

    assert [show(var.sort) for var in statement.variables] == ["ℕ", "Fin l_length → ℝ", "ℝ"]
    assert statement.bundles == (Bundle("l", (Bundle("l"),), length="l_length"),)
    assert show(statement.conclusion) == "∑ i : Fin l_length, l i = x"


def test_a_list_of_records_becomes_one_function_for_each_field():
    statement = parse(f"{PAIR}theorem t (ps : List Pair) (h : ∀ p ∈ ps, p.a ≤ p.b) : True")

    assert [var.name for var in statement.variables] == ["ps_length", "ps_a", "ps_b"]
    assert show(statement.hypotheses[0].prop) == "∀ i : Fin ps_length, ps_a i ≤ ps_b i"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("(ps : List Pair) : (ps.map fun p => p.a * p.b).sum = 0", "∑ i : Fin ps_length, ps_a i * ps_b i = 0"),
        ("(ps : List Pair) : (ps.map (·.a)).sum = 0", "∑ i : Fin ps_length, ps_a i = 0"),
        ("(ps : List Pair) : (List.map Pair.a ps).sum = 0", "∑ i : Fin ps_length, ps_a i = 0"),
        ("(ps : List Pair) : (ps.map (·.a) |>.sum) = 0", "∑ i : Fin ps_length, ps_a i = 0"),
        ("(l : List ℝ) : (l.map Real.sqrt).prod = 0", "∏ i : Fin l_length, Real.sqrt (l i) = 0"),
        ("(l : List ℝ) : l.foldl (· + ·) 1 = 0", "1 + (∑ i : Fin l_length, l i) = 0"),
        ("(l : List ℝ) : l.foldr (fun x acc => x * 2 * acc) 1 = 0", "1 * (∏ i : Fin l_length, l i * 2) = 0"),
        ("(x : ℝ) (l : List ℝ) : (x :: l).sum = 0", "x + (∑ i : Fin l_length, l i) = 0"),
        ("(l m : List ℝ) : (l ++ m).length = 0", "l_length + m_length = 0"),
        ("(l : List ℝ) : (l.filter (0 < ·)).sum = 0", "∑ i : Fin l_length, (if 0 < l i then l i else 0) = 0"),
        ("(l : List ℝ) : ¬l.all (fun x => 0 < x && x < 1)", "¬(∀ i : Fin l_length, 0 < l i ∧ l i < 1)"),
        ("(l : List ℝ) : l.any (fun x => decide (0 < x)) = true", "(∃ i : Fin l_length, 0 < l i) ↔ True"),
        ("(l : List ℝ) : ¬∃ x ∈ l, x = 0", "¬(∃ i : Fin l_length, l i = 0)"),
        ("(l : List ℝ) (x : ℝ) : x ∉ l", "¬(∃ i : Fin l_length, l i = x)"),
        ("(l : List ℝ) (i : Fin l.length) : l[i] = l.get i", "l i = l i"),
        ("(n : ℕ) : (List.replicate n (2 : ℝ)).sum = 0", "(∑ i : Fin n, 2 : ℝ) = 0"),
        ("(n : ℕ) : (List.range n).sum = 0", "(∑ i : Fin n, ↑i : ℕ) = 0"),
        ("(l : List ℝ) : l ≠ []", "¬(l_length = 0)"),
    ],
)  # fmt: skip
def test_functions_of_lists_mean_sums_and_quantifiers_over_the_index(text: str, meaning: str):
    assert says(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "([] : List ℝ).sum = 0", "([] : List ℝ).prod = 1", "([] : List ℝ).length = 0", "[1, 2, 3].sum = 6",
        "[2, 3].prod = 6", "[1, 2, 3].length = 3", "[1, 2, 3][1] = 2", "[1, 2].head! = 1",
        "([] : List ℕ).head! = 0", "([] : List ℤ).getLast! = 0", "[1, 2].getLast! = 2", "[1, 2][5]! = 0",
        "[1, 2].getD 5 7 = 7", "[1, 2].getD 1 7 = 2", "([] : List ℕ).headD 4 = 4", "[3].getLastD 4 = 3",
        "[1, 2] = [1, 2]", "[1, 2] ≠ [2, 1]", "[1] ≠ [1, 1]", "2 ∈ [1, 2]", "3 ∉ [1, 2]", "1 :: [2] = [1, 2]",
        "[1] ++ [2, 3] = [1, 2, 3]", "[1, 2, 2].Sorted (· ≤ ·)", "¬[1, 2, 2].Nodup", "[3, 1, 2].Nodup",
        "¬[1, 3, 2].Pairwise (· < ·)", "[1, 2, 3].countP (fun x => x % 2 = 1) = 2", "(List.range 4).sum = 6",
        "[1, 2, 3].filter (fun x => 1 < x) ≠ [] ∨ True", "[1, 2, 3].foldl (fun s x => s + x * x) 0 = 14",
        "(List.range 0).sum = 0", "[(1 : ℝ) / 2].sum = 1 / 2", "[1, 2, 3].all (fun x => 0 < x)",
        "[5 - 7, 3].sum = 3",
    ],
)  # fmt: skip
def test_what_is_true_of_lists_in_lean_is_true_here(text: str):
    statement = parse(f"¬¬({text})")

    assert holds(statement.conclusion, {})


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("l[0]! = 5 ∧ l[1]! = 7 ∧ l[2]! = 0", (5, 7)),
        ("l[0]! = 0 ∧ l.head! = 0 ∧ l.getLast! = 0", ()),
        ("l.getD 0 9 = 9 ∧ l.headD 9 = 9", ()),
        ("l.getLast! = 7 ∧ l.getLastD 9 = 7", (5, 7)),
        ("l = [5, 7] ∧ l ≠ [7, 5] ∧ l ≠ [5]", (5, 7)),
        ("(3 :: l)[0]! = 3 ∧ (3 :: l)[2]! = 7 ∧ (l ++ [9])[2]! = 9", (5, 7)),
        ("l ++ [7] = 5 :: [7]", (5,)),
        ("l.length = 2 ∧ (l.filter (6 < ·)).length = 1", (5, 7)),
        ("l.Sorted (· ≤ ·) ∧ l.Nodup", (5, 7)),
        ("¬l.Sorted (· ≤ ·)", (7, 5)),
    ],
)  # fmt: skip
def test_a_list_is_worth_what_its_items_make_it(text: str, items: tuple[int, ...]):
    assert true_of(text, *items)


@pytest.mark.parametrize(
    "text",
    [
        "(l : List ℝ) (h : l.length = 3) : l[2] = 0",
        "(l : List ℝ) (h : 2 < l.length) : l[2] = 0",
        "(l : List ℝ) (i : ℕ) (h : i < l.length) : l[i] = 0",
        "(l : List ℝ) : ∀ i (h : i < l.length), l[i] = 0",
        "(l : List ℝ) : ∀ i < l.length, l[i] = 0",
        "(l : List ℝ) : ∀ i, i < l.length → l[i] = 0",
        "(l : List ℝ) : ∃ i, ∃ h : i < l.length, l[i] = 0",
        "(l : List ℝ) (h : 0 < l.length) : l[l.length - 1] = 0",
        "(x : ℝ) (l : List ℝ) : (x :: l)[0] = x",
    ],
)
def test_an_index_that_a_hypothesis_bounds_is_read(text: str):
    parse(f"theorem t {text}")


@pytest.mark.parametrize(
    "text",
    [
        "(l : List ℝ) : l[0] = 0",
        "(l : List ℝ) (h : l.length = 3) : l[3] = 0",
        "(l : List ℝ) (i : ℕ) (h : i ≤ l.length) : l[i] = 0",
        "(l m : List ℝ) (i : ℕ) (h : i < m.length) : l[i] = 0",
        "(l : List ℝ) : ∃ i < l.length, l[i] = 0",
        "(l : List ℝ) : l[0] = 0 ∧ 0 < l.length",
    ],
)
def test_an_index_that_nothing_bounds_is_not_guessed_at(text: str):
    error = refusal(text)

    assert isinstance(error, UnsupportedStatement)
    assert "below the length" in error.message
    assert error.line
    assert error.excerpt.endswith("^")


def test_a_definition_knows_no_hypothesis_of_the_place_where_it_is_used():
    first = "def first (l : List ℝ) : ℝ := l[0]\n"
    double = "def double (x : ℝ) : ℝ := x + x\n"

    error = refusal("(l : List ℝ) (h : 0 < l.length) : first l = 0", first)

    assert "below the length" in error.message
    parse(f"{double}theorem t (l : List ℝ) (h : 0 < l.length) : double l[0] = 0")


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("(l : List ℝ) : l.reverse = l", "List.reverse"),
        ("(l : List ℝ) : l.maximum = 1", "List.maximum"),
        ("(l : List ℝ) : l[0]? = none", "Option"),
        ("(l : List ℝ) (h : l ≠ []) : l.head h = 1", "List.head"),
        ("(l : List ℝ) (h : 0 < l.length) : l[0]'h = 1", "an index with its proof"),
        ("(l m : List ℝ) : (l.zip m).length = 1", "List.zip"),
        ("(l : List ℝ) : l.foldl (fun a x => max a x) 0 = 0", "a fold other than a sum or a product"),
        ("(l : List ℝ) : l.foldl (fun a x => a + a * x) 0 = 0", "a fold other than a sum or a product"),
        ("(l : List ℝ) : (l.filter (0 < ·))[0]! = 0", "positions in a filtered list"),
        ("(ps : List Pair) : ps[0]!.a = 0", "the default value of Pair"),
        ("(l : List (List ℝ)) : l.length = 1", "lists within lists"),
        ("(l : List (Fin 3 × ℝ)) : l.length = 1", "products of types other than"),
        ("(l : List String) : l.length = 1", "String"),
    ],
)  # fmt: skip
def test_what_lies_outside_the_fragment_is_named_with_its_place(text: str, construct: str):
    error = refusal(text)

    assert isinstance(error, UnsupportedStatement)
    assert construct in error.message
    assert error.line


@pytest.mark.parametrize(
    "text",
    [
        "(l : List ℝ) : l = 1", "(l : List ℝ) : l + l = l", "(l : List ℝ) : l 0 = 1", "(l : List ℝ) (m : List ℕ) : l = m",
        "(l : List ℝ) : ∀ x ∈ l, x ∈ x", "(l : List ℝ) : ∑ x ∈ l, x = 0", ": [1, True] = [1, True]",
    ],
)  # fmt: skip
def test_what_does_not_typecheck_is_refused(text: str):
    assert isinstance(refusal(text), InvalidStatement | UnsupportedStatement)


def test_a_sum_over_a_list_is_read_only_in_specifications_and_with_a_note():
    text = "(l : List ℝ) : ∑ x in l, x * 2 = 0"

    assert "write (l.map f).sum" in refusal(text).message
    statement = parse(f"theorem t {text}", decimals="ℝ")
    assert show(statement.conclusion) == "∑ i : Fin l_length, l i * 2 = 0"
    assert any("Finset" in note for note in statement.notes)
