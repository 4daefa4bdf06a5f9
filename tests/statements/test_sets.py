"""A set is a function to propositions, as in Lean: its algebra, images, and the types built of functions."""

from __future__ import annotations

import pytest

from hms_kernel.errors import InvalidStatement, StatementError, UnsupportedStatement
from hms_kernel.statements import parse, show
from hms_kernel.statements.evaluate import holds


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("∀ S : Set ℕ, 1 ∈ S", "S 1"),
        ("∀ S : Set ℕ, 1 ∉ S", "¬(S 1)"),
        ("∀ S T : Set ℝ, ¬(S ⊆ T)", "¬(∀ x : ℝ, S x → T x)"),
        ("∀ S T : Set ℝ, 1 ∈ S ∩ T", "S 1 ∧ T 1"),
        ("∀ S T : Set ℝ, 1 ∈ S ∪ T", "S 1 ∨ T 1"),
        ("∀ S : Set ℝ, 1 ∈ S \\ {2}", "S 1 ∧ ¬((1 : ℝ) = 2)"),
        ("∀ S : Set ℝ, ¬(S = {x | 0 < x})", "¬(∀ x : ℝ, S x ↔ 0 < x)"),
        ("∀ S : Set ℝ, ¬(S = Set.Icc 0 1)", "¬(∀ x : ℝ, S x ↔ 0 ≤ x ∧ x ≤ 1)"),
        ("∀ S : Set ℝ, S.Nonempty", "∃ x : ℝ, S x"),
        ("∀ S : Set ℝ, S ≠ ∅", "¬(∀ x : ℝ, S x ↔ False)"),
        ("∀ (f : ℝ → ℝ) (S : Set ℝ), 1 ∈ f '' S", "∃ x : ℝ, S x ∧ f x = 1"),
        ("∀ (f : ℝ → ℝ) (S : Set ℝ), 1 ∈ f ⁻¹' S", "S (f 1)"),
        ("∀ S : Set ℕ, ∀ m, IsLeast (S \\ {1}) m → True", "True"),
        ("∀ S : Set ℕ, ∃ x ∈ S, x = 1", "∃ x : ℕ, S x ∧ x = 1"),
    ],
)
def test_sets_mean_what_their_members_satisfy(text: str, meaning: str):
    assert show(parse(text).conclusion) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "¬¬(Finset.Icc 1 3 = {1, 2, 3} ∨ True)", "2 ∈ Finset.range 4 ∩ {2, 5}", "3 ∉ Finset.range 4 \\ {3}",
        "4 ∈ (fun x => x * 2) '' {2}", "2 ∈ (fun x => x * 2) ⁻¹' {4}",
    ],
)  # fmt: skip
def test_concrete_sets_are_worth_what_they_are_in_lean(text: str):
    assert holds(parse(text).conclusion, {})


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("∀ S : Set ℕ, ∑ x ∈ S, x = 0", "a sum over a Set"),
        ("∀ S : Finset ℕ, 1 ∈ S", "the type Finset"),
        ("∀ S : Set ℕ, S.ncard = 1", "ncard"),
        ("∀ S : Set ℕ, S ⊂ S", "set inclusion"),
        ("1 ∈ ({1} : Finset ℕ ℝ)", "a set spelled out with other arguments"),
        ("∀ σ : Set ℝ ≃ ℝ, True", "equivalences between types other than numbers"),
    ],
)
def test_what_lies_outside_the_fragment_is_named(text: str, construct: str):
    with pytest.raises(UnsupportedStatement) as caught:
        parse(text)

    assert construct in caught.value.message


def test_sets_of_different_elements_do_not_mix():
    for text in ("∀ (S : Set ℕ) (T : Set ℝ), S ⊆ T", "∀ (S : Set ℕ) (T : Set ℝ), S = T"):
        with pytest.raises((InvalidStatement, UnsupportedStatement)):
            parse(text)


def test_an_equivalence_is_a_function_and_its_inverse():
    statement = parse("theorem t (σ : ℝ ≃ ℝ) : σ 1 = σ.1 1 ∧ σ.symm 2 = σ.2 2")

    assert show(statement.conclusion) == ("σ_toFun 1 = σ_toFun 1 ∧ σ_invFun 2 = σ_invFun 2")
    assert [show(h.prop) for h in statement.hypotheses] == [
        "∀ x : ℝ, σ_invFun (σ_toFun x) = x",
        "∀ x_1 : ℝ, σ_toFun (σ_invFun x_1) = x_1",
    ]
    again = parse("theorem t (σ : Equiv ℝ ℝ) : σ 1 = σ.toFun 1")
    assert show(again.conclusion) == "σ_toFun 1 = σ_toFun 1"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("∀ (f : ℝ → ℝ) (x : ℝ), (f <| x + 1) = 0", "f (x + 1) = 0"),
        ("∀ (f : ℝ → ℝ) (x : ℝ), (f $ x + 1) = 0", "f (x + 1) = 0"),
        ("∀ (f : ℝ → ℝ) (x : ℝ), (x + 1 |> f) = 0", "f (x + 1) = 0"),
        ("∀ (f : ℝ → ℝ → ℝ) (x : ℝ), (f x <| x) = 0", "f x x = 0"),
        ("∀ x : ℝ, (0 < x && x < 1) = true", "0 < x ∧ x < 1 ↔ True"),
        ("∀ x : ℝ, 0 < x || |x| = 2", "0 < x ∨ |x| = 2"),
        ("∀ b : Bool, b = false", "b ↔ False"),
    ],
)  # fmt: skip
def test_pipes_and_booleans_are_read(text: str, meaning: str):
    assert show(parse(text).conclusion) == meaning


def test_a_name_that_two_opened_namespaces_offer_is_refused():
    text = "def A.c : ℝ := 1\ndef B.c : ℝ := 2\nopen A B in\ntheorem t : c = 1"

    with pytest.raises(StatementError, match=r"could be A\.c or B\.c"):
        parse(text)
