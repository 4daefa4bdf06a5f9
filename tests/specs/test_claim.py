"""A claim becomes one Lean theorem, or says why it cannot."""

from __future__ import annotations

import pytest

from hms_kernel.model import Outcome
from hms_kernel.specs.claim import Claim, broken, invalid, is_command, replace_word, unique, words


def test_a_claim_becomes_one_theorem_with_named_hypotheses():
    claim = Claim(
        id="score.bounds-1",
        statement="f x ≤ y",
        variables=(("n", "ℕ"), ("f", "ℝ → ℝ"), ("x", "ℝ"), ("y", "ℝ")),
        hypotheses=("0 ≤ x", "x ≤ y"),
        notes=("a note",),
    )

    goal = claim.goal()

    assert goal.theorem_id == "score.bounds-1"
    assert goal.statement == (
        "theorem score_bounds_1\n    (n : ℕ)\n    (f : ℝ → ℝ)\n    (x y : ℝ)\n"
        "    (h1 : 0 ≤ x)\n    (h2 : x ≤ y) :\n    f x ≤ y := by sorry"
    )
    assert goal.decimals == "ℝ"
    assert goal.notes == ("a note",)


def test_a_hypothesis_is_never_named_like_a_variable():
    claim = Claim(id="c", statement="h1 = 1", variables=(("h1", "ℝ"),), hypotheses=("h1 = 1",))

    assert "(h1' : h1 = 1)" in claim.goal().statement


def test_a_whole_theorem_stays_as_it_is():
    text = "-- a remark\n/- another -/ theorem t (x : ℝ) : x = x := by sorry"

    assert Claim(id="c", statement=text).goal().statement == text


def test_a_settled_claim_has_no_goal():
    claim = invalid("informal: prose", id="c")

    assert claim.settled is not None
    assert claim.settled.outcome is Outcome.INVALID
    with pytest.raises(ValueError, match="informal: prose"):
        claim.goal()


def test_of_claims_with_one_id_none_is_lost_and_each_can_be_told_apart():
    claims = [invalid(str(n), id=id) for n, id in enumerate(["a", "b", "a", "a#2", "a"])]

    out = unique(claims)

    assert [claim.id for claim in out] == ["a", "b", "a#3", "a#2", "a#4"]
    assert [claim.settled for claim in out] == [claim.settled for claim in claims]
    assert out[0].notes == ()
    assert "more than once" in out[2].notes[0]
    assert "entry 3" in out[4].notes[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x > 0) (h : False", "closes nothing"),
        ("(x > 0", "never closed"),
        ("x ∈ [0, 1)", "closes nothing"),
        ("x > 0 -- really", "comment"),
        ("x > 0 /- really", "comment"),
        ("1 = 1 := by sorry", "has no proof"),
        ("1 = 1\ntheorem t : 1 = 2", "the command 'theorem'"),
    ],
)
def test_text_that_would_reach_beyond_its_binder_is_told(text, why):
    assert why in broken(text)


def test_ordinary_text_stays_inside_its_binder():
    assert broken("let y := x; y = x") == ""
    assert broken("∀ i, 0 ≤ w i ∧ |x - 1| ≤ (2 : ℝ) ∧ {0} = ⟨x, 1⟩") == ""


def test_words_are_whole_identifiers():
    assert words("war_score w a' + n.succ") == {"war_score", "w", "a'", "n.succ", "n"}
    assert replace_word("Fin n → n' + n.succ + nn + n", "n", "3") == "Fin 3 → n' + n.succ + nn + 3"


@pytest.mark.parametrize("text", ["theorem t : 1 = 1", " @[simp] lemma x : True", "open Real\nx"])
def test_commands_are_recognised(text):
    assert is_command(text)


@pytest.mark.parametrize("text", ["theorems x = 1", "∀ x : ℝ, x = x", "openness = 1", ""])
def test_propositions_are_no_commands(text):
    assert not is_command(text)
