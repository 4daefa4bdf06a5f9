"""Whole Lean sources: commands in scope, definitions unfolded, files cut into theorems."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hms_kernel.errors import InvalidStatement, UnsupportedStatement
from hms_kernel.statements import instantiate, parse, read_file, show

FILE = """import Mathlib
set_option maxHeartbeats 400000
open BigOperators Real Nat

/-! Scores /- nested -/ of agreements. -/
noncomputable section
namespace Moneyball
variable {n : ℕ} (w a : Fin n → ℝ) (unused : ℂ)

/-- The weighted score. -/
@[simp] def warScore (d : Fin n → ℝ) : ℝ := ∑ i, w i * a i * d i

abbrev Score := ℝ
def drp (baseline : Score) (margin : ℝ := by exact 1) : ℝ := baseline - margin

theorem first (d : Fin n → ℝ) (h : ∀ i, 0 ≤ d i) :
    warScore w a d ≤ 100 := by
  have : 1 = 1 := rfl
  -- theorem in a comment
  open Nat in simp

theorem broken (x : ℝ) : x = = 1 := by
  simp

@[simp]
private lemma third (x : Score) : x ^ 2 ≥ 0 := sq_nonneg x

end Moneyball

open Moneyball in
example : 3 ! = 6 := rfl

theorem last (x : ℝ) : foo x := sorry
"""


def test_a_file_is_cut_into_theorems_that_stand_alone():
    entries = read_file(FILE)

    assert [entry.name for entry in entries] == ["first", "broken", "third", "example 1", "last"]
    assert FILE.split("\n")[entries[0].line - 1].startswith("theorem first")
    first = parse(entries[0].text)
    assert first.name == "Moneyball.first"
    assert show(first.conclusion) == "∑ i_1 : Fin n, w i_1 * a i_1 * d i_1 ≤ 100"
    assert [v.name for v in first.variables] == ["n", "w", "a", "d"]
    assert show(parse(entries[2].text).conclusion) == "x ^ 2 ≥ 0"
    assert show(parse(entries[3].text)) == "Nat.factorial 3 = 6"


def test_a_broken_theorem_spoils_only_itself_and_keeps_its_line():
    entries = read_file(FILE)

    with pytest.raises(InvalidStatement) as caught:
        parse(entries[1].text)
    assert caught.value.line == entries[1].line
    with pytest.raises(InvalidStatement) as caught:
        parse(entries[4].text)
    assert caught.value.line == entries[4].line


def test_an_entry_holds_no_other_theorem():
    for entry in read_file(FILE):
        assert sum(word in entry.text for word in ("first", "broken", "third", "last")) <= 1


@pytest.mark.parametrize(
    "proof",
    ["by sorry", "by\n  nlinarith [sq_nonneg (x - 1)]", "fun h => ⟨h, by simp⟩", "sorry", "by\n  · simp\n  · rfl",
     "by\n  intro h\n  open Real in norm_num\n  set_option maxRecDepth 3 in decide", "‹_›", "⟨⟩ ▸ foo.bar !", "", "by /- x -/ simp"],
)  # fmt: skip
def test_a_proof_is_ignored_whatever_it_is(proof: str):
    bare = parse("theorem t (x : ℝ) : x = x")

    assert parse(f"theorem t (x : ℝ) : x = x := {proof}") == bare


def test_comments_may_stand_anywhere():
    assert parse("-- a\n/- b /- c -/ -/ theorem t : 1 /- d -/ = -- e\n 1") == parse(
        "theorem t : 1 = 1"
    )


@pytest.mark.parametrize("word", ["theorem t", "lemma t", "example", "@[simp] theorem t", "private theorem t", "open Real in theorem t"])  # fmt: skip
def test_theorems_come_under_several_words(word: str):
    statement = parse(f"{word} (x : ℝ) : x = x := rfl")

    assert replace(statement, name="") == parse("∀ x : ℝ, x = x")
    assert statement.name == ("" if word == "example" else "t")


def test_a_bare_proposition_takes_the_name_it_is_given():
    assert parse("1 = 1", name="trivial").name == "trivial"


def test_one_of_several_theorems_is_chosen_by_name():
    text = "theorem a : 1 = 1 := rfl\ntheorem b : 2 = 2 := rfl"

    assert show(parse(text, name="b")) == "theorem b : 2 = 2 := by sorry"


def test_definitions_are_unfolded_with_their_arguments_cast():
    statement = parse("∀ n : ℕ, sq (n + 1) ≥ 0", definitions=["def sq (x : ℝ) : ℝ := x ^ 2"])

    assert show(statement) == "∀ (n : ℕ), ((↑n + 1) ^ 2 : ℝ) ≥ 0"
    assert statement.notes == ("unfolded sq",)


def test_unfolding_captures_no_variable():
    war = "def war {n : ℕ} (w d : Fin n → ℝ) : ℝ := ∑ i, w i * d i"

    statement = parse("∀ (i : ℝ) (w : Fin 2 → ℝ), war w (fun _ => i) = 0", definitions=[war])

    assert show(statement) == "∀ (i : ℝ) (w : Fin 2 → ℝ), ∑ i_1 : Fin 2, w i_1 * i = 0"


def test_a_definitions_own_types_decide_inside_it():
    # ``half`` divides in ℕ, whatever is around it.
    assert (
        show(parse("half = (0 : ℝ)", definitions=["def half := 1 / 2"])) == "(↑(1 / 2 : ℕ) : ℝ) = 0"
    )


def test_definitions_may_build_on_each_other_and_return_functions():
    definitions = [
        "def twice (f : ℝ → ℝ) : ℝ → ℝ := fun x => f (f x)",
        "def sq : ℝ → ℝ := fun x => x ^ 2",
    ]

    assert show(parse("∀ x : ℝ, twice sq x = x ^ 4", definitions=definitions)) == (
        "∀ (x : ℝ), (x ^ 2) ^ 2 = x ^ 4"
    )


@pytest.mark.parametrize(
    "definition",
    ["def f : ℕ → ℕ\n  | 0 => 1\n  | n + 1 => f n", "def f (n : ℕ) : ℕ := if n = 0 then 1 else f (n - 1)",
     "def f (n : ℕ) (h : 0 < n) : ℕ := n", "structure f (α : Type) where\n  x : α", "axiom f : ℕ → ℕ"],
)  # fmt: skip
def test_definitions_outside_the_fragment_are_unsupported_only_where_they_are_used(definition: str):
    assert show(parse("1 = 1", definitions=[definition])) == "1 = 1"

    with pytest.raises(UnsupportedStatement):
        parse("f 1 = 1", definitions=[definition])


def test_section_variables_are_taken_when_mentioned_and_hypotheses_are_not():
    text = "variable (x y : ℝ) (h : 0 < x)\ntheorem t : x + 1 > x"

    statement = parse(text)

    # A hypothesis that Lean would not include must not make the claim weaker.
    assert [var.name for var in statement.variables] == ["x"]
    assert statement.hypotheses == ()
    assert len(parse(text.replace("theorem", "include h\ntheorem")).hypotheses) == 1


def test_instances_that_assume_something_become_hypotheses():
    statement = parse("theorem t (n : ℕ) [NeZero n] [Fact (Nat.Prime n)] [DecidableEq ℕ] : 0 < n")

    assert [show(h.prop) for h in statement.hypotheses] == ["n ≠ 0", "Nat.Prime n"]


def test_axioms_are_names_or_further_hypotheses():
    statement = parse("∀ x : ℝ, x ≤ 1", axioms=["propext", "Classical.choice", "x < 0"])

    assert [show(h.prop) for h in statement.hypotheses] == ["x < 0"]
    assert statement.notes == ("allows the axiom propext", "allows the axiom Classical.choice")


def test_an_end_closes_what_its_namespace_opened():
    text = "namespace A\nopen Nat\ndef one := 1\nend A\ntheorem t : A.one = 1"

    assert show(parse(text).conclusion) == "1 = 1"
    with pytest.raises(InvalidStatement):
        parse(text.replace("A.one = 1", "3 ! = 6"))
    with pytest.raises(InvalidStatement):
        parse(text.replace("A.one", "one"))


def test_let_in_a_statement_is_substituted():
    assert show(
        parse(
            "theorem t (x : ℝ) :\n    let y := x + 1\n    let z : ℝ := 2\n    y * z ≥ y := by simp"
        )
    ) == ("theorem t (x : ℝ) : (x + 1) * 2 ≥ x + 1 := by sorry")


def test_fixing_a_size_gives_fin_a_numeral():
    statement = parse("∀ (n : ℕ) (w : Fin (n + 1) → ℝ), ∑ i, w i = n + 1")

    fixed = instantiate(statement, "n", 2)

    assert show(fixed) == "∀ (w : Fin 3 → ℝ), ∑ i : Fin 3, w i = ↑(2 : ℕ) + 1"
    assert fixed.notes == ("n = 2",)
    assert parse(show(fixed)) == replace(fixed, notes=())
