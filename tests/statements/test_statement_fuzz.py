"""Whatever the text, the answer is a statement or a ``StatementError``; and real statements are mostly read."""

from __future__ import annotations

import collections
import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hms_kernel.errors import InvalidStatement, StatementError, UnsupportedStatement
from hms_kernel.statements import parse, read_file, show

DATA = Path(__file__).resolve().parents[2] / "../shared/data"
VALID = DATA / "minif2f_valid.jsonl"
QUICK = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = st.sampled_from(
    ["∀", "∃", "∃!", "∑", "∏", "fun", "=>", ",", ":", ":=", "(", ")", "{", "}", "[", "]", "|", "∣", "¬", "∧", "∨", "→", "↔", "=", "≠", "<", "≤", "∈", "+", "-", "*", "/", "%", "^", "⁻¹", "!", "√", "⌊", "⌋", "⌋₊", "↑", "x", "y", "n", "f", "i", "0", "1", "2.5", "ℝ", "ℕ", "ℤ", "Fin", "Finset.range", "Finset.Icc", "Set.Icc", "Real.sqrt", "Nat.Prime", "Even", "abs", "min", "if", "then", "else", "let", "theorem", "t", "lemma", "example", "by", "sorry", "open", "Nat", "variable", "def", "namespace", "A", "end", "import", "@[simp]", "≡", "[MOD", "∘", ".", ".1", "x.1", "--", "/-", "-/", "\n", ";", "·", "⟨", "⟩", "with", "in", "structure", "P", "where", "List", "ℂ", "Complex.I", "[x]", "[0]", "x.1", "List.map", ".sum", ".map", "l", "::", "++", "[]", "[1,", "getD", "|>.", "<|", "&&", "true", "P.x", "{ x := 1 }", "⟨1⟩", "‖", "Float", "==", "Set", "Finset", "S", "×", "≃", "(x, 1)", "![1, 2]", "∅", "∪", "\\", "''", "∀ᵉ", "forall", "exists", "Set.range", "dist"]
)  # fmt: skip
SEEDS = (
    "theorem t (n : ℕ) (w : Fin n → ℝ) (h : ∑ i, w i = 1) : ∀ i, |w i| ≤ 1 ∧ w i ^ 2 ≥ 0 := by simp",
    "def f (x : ℝ) := if x > 0 then x else -x\nexample (x : ℝ) : f x = max x (-x) := rfl",
    "∀ x ∈ Set.Icc (0 : ℝ) 1, ∃ n : ℕ, ⌊x * n⌋ = n - 1 ∨ n % 2 = 1 ∧ Nat.gcd n 4 ∣ 8",
    "structure P where\n  x : ℝ\n  y : ℝ := x\n  h : x ≤ y\ntheorem t (p : P) (l : List P) (h : p ∈ l) : (l.map (·.x)).sum = l[0]!.y ∨ { p with x := 1 }.y = 2",
    "theorem t (l m : List ℝ) (h : 0 < l.length) : (l ++ 1 :: m).sum = l[0] + m.getD 2 7 |>.foldl (· + ·) 0",
    "theorem t (z w : ℂ) (h : ‖z‖ = 1) : (z * w⁻¹ + Complex.I ^ 3).re = ∑ k ∈ Finset.range 3, w ^ k",
    "theorem t (s : ℝ × ℕ) (σ : ℝ ≃ ℝ) (S : Set ℝ) (h : S \\ {1} ⊆ σ '' S ∪ ∅) : (s.1, 2) = (σ.symm (![1, 2] 1), s.2)",
    "open Nat in theorem s (k : ℤ) : (k.natAbs : ℤ) ! = |k| → {x : ℕ | x < 3} = {0}",
)


def _read(text: str) -> None:
    try:
        statement = parse(text)
    except StatementError:
        return
    assert parse(show(statement)) == replace(statement, notes=(), bundles=())


@QUICK
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str):
    _read(text)


@QUICK
@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_any_sequence_of_lean_words_is_read_or_refused(text: str):
    _read(text)
    for entry in _entries(text):
        _read(entry)


@QUICK
@given(st.sampled_from(SEEDS), st.integers(0, 120), st.integers(0, 12), st.lists(WORDS, max_size=3))
def test_a_mutilated_statement_is_read_or_refused(seed: str, at: int, cut: int, words: list[str]):
    _read(seed[:at] + " ".join(words) + seed[at + cut :])


def _entries(text: str) -> list[str]:
    try:
        return [entry.text for entry in read_file(text)]
    except StatementError:
        return []


needs_data = pytest.mark.skipif(not VALID.exists(), reason="the competition set is not here")


def _competition() -> list[dict[str, str]]:
    return [json.loads(line) for line in VALID.read_text().splitlines()]


@needs_data
def test_at_least_200_of_244_competition_statements_are_understood():
    outcomes: collections.Counter[str] = collections.Counter()
    for row in _competition():
        try:
            parse(row["lean_expr"])
            outcomes["understood"] += 1
        except StatementError as error:
            outcomes[type(error).__name__] += 1

    assert outcomes["understood"] >= 200
    # All of them are Lean, so none is invalid.
    assert outcomes["InvalidStatement"] == 0


@needs_data
def test_every_understood_competition_statement_survives_printing():
    for row in _competition():
        with contextlib.suppress(UnsupportedStatement):
            statement = parse(row["lean_expr"])
            assert parse(show(statement)) == replace(statement, notes=(), bundles=())


@needs_data
def test_a_file_of_all_competition_statements_gives_each_of_them():
    rows = _competition()
    text = "".join("theorem" + row["lean_expr"].partition("theorem")[2] + "\n" for row in rows)

    entries = read_file("import Mathlib\nopen BigOperators Real Nat Topology Rat\n" + text)

    assert [entry.name for entry in entries] == [row["theorem_id"] for row in rows]


@pytest.mark.skipif(not DATA.exists(), reason="the data are not here")
def test_prose_marked_verified_is_called_invalid_every_time():
    for row in json.loads((DATA / "healthcare_theorems.json").read_text()):
        with pytest.raises(InvalidStatement):
            parse(row["statement"])
