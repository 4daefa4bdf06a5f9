"""Theorem repositories and lists of prose: one claim per entry, whatever the entry is like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hms_kernel import specs
from hms_kernel.model import Outcome
from hms_kernel.specs import library

DATA = Path(__file__).resolve().parents[2] / "../shared/data"
published = pytest.mark.skipif(not DATA.exists(), reason="the published files are not here")


def loaded(*entries: Any, **more: Any) -> tuple[specs.Claim, ...]:
    return specs.load_data({"theorems": list(entries), **more}, name="x").claims


def entry(**keys: Any) -> dict[str, Any]:
    return {"theorem_id": "t", "formal_expression": "x = x", "variables": {"x": "ℝ"}, **keys}


def reason(claim: specs.Claim, outcome: Outcome = Outcome.INVALID) -> str:
    assert claim.settled is not None
    assert claim.settled.outcome is outcome
    return claim.settled.reason


def test_variables_are_bound_after_those_that_their_types_mention():
    (claim,) = loaded(
        entry(
            variables={"f": "Fin m → Fin n → ℝ", "x": "ℝ", "n": "Nat", "m": "ℕ"},
            assumptions=["0 < x"],
        )
    )

    assert [name for name, _ in claim.variables] == ["x", "n", "m", "f"]
    assert claim.hypotheses == ("0 < x",)


def test_an_assumption_that_defines_is_a_local_definition():
    (claim,) = loaded(
        entry(
            formal_expression="twice ≥ x",
            variables={"x": "ℝ", "twice": "ℝ", "y": "ℝ"},
            assumptions=["twice := x + half", "half : ℝ := x / 1", "half > 0", "y > 0"],
        )
    )

    # A definition sees only those before it, as in Lean.
    assert claim.statement == "let twice : ℝ := x + half; (twice ≥ x)"
    assert claim.hypotheses == ("let half : ℝ := x / 1; (half > 0)", "y > 0")
    assert claim.variables == (("x", "ℝ"), ("y", "ℝ"))
    assert "local definition: half := x / 1" in claim.notes


def test_definitions_come_from_the_library_only_where_used_and_not_carried():
    own = "def warScore (x : ℝ) : ℝ := x"
    used, unused, carried, bound = loaded(
        entry(theorem_id="a", formal_expression="warScore x x x = 0"),
        entry(theorem_id="b"),
        entry(theorem_id="c", formal_expression="warScore x = x", definitions=[own]),
        entry(
            theorem_id="d", formal_expression="warScore = x", variables={"warScore": "ℝ", "x": "ℝ"}
        ),
    )

    assert used.definitions == (library.definitions()["warScore"],)
    assert used.notes == (
        "definition supplied from the built-in library: "
        "warScore := ∑ i, weights i * impacts i * drps i",
    )
    assert unused.definitions == ()
    assert carried.definitions == (own,)
    assert bound.definitions == ()
    assert carried.notes == bound.notes == ()


def test_definitions_of_the_file_are_in_scope_of_every_entry():
    (claim,) = loaded(entry(formal_expression="f x = x"), definitions=["def f (x : ℝ) := x"])

    assert claim.definitions == ("def f (x : ℝ) := x",)


def test_decimals_are_real_and_that_is_said():
    claim, other = loaded(entry(formal_expression="0.5 = 1/2"), entry(theorem_id="u"))

    assert claim.goal().decimals == "ℝ"
    assert any("ℝ is ascribed" in note for note in claim.notes)
    assert not any("ℝ is ascribed" in note for note in other.notes)


@pytest.mark.parametrize(
    "sort",
    ["List Market", "Type", "Preference α", "ℂ", "Set ℝ", "ℝ → Market", "ℝ≥0", "ℝ × ℝ", "String"],
)
def test_types_outside_the_fragment_are_unsupported_and_named(sort):
    (claim,) = loaded(entry(variables={"v": sort}))

    assert f"v : {sort};" in reason(claim, Outcome.UNSUPPORTED)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"formal_expression": 3}, "formal_expression should be Lean text"),
        ({"formal_expression": "  "}, "formal_expression is empty"),
        ({"formal_expression": "(x = x"}, "never closed"),
        ({"assumptions": "x > 0) (h : False"}, "closes nothing"),
        ({"assumptions": ["x > 0 -- sure"]}, "comment"),
        ({"assumptions": [1]}, "assumptions should be a list"),
        ({"assumptions": {"a": "b"}}, "assumptions should be a list"),
        ({"variables": ["x"]}, "variables should be a table"),
        ({"variables": {"x": 1}}, "variables should be a table"),
        ({"variables": {"x": ""}}, "has no type"),
        ({"variables": {"x y": "ℝ"}}, "'x y' cannot be the name"),
        ({"variables": {"fun": "ℝ"}}, "'fun' cannot be the name"),
        ({"variables": {"x": "ℝ) (h : False"}}, "closes nothing"),
        ({"variables": {"x": "Fin y", "y": "Fin x"}}, "circle"),
        ({"variables": {"x": "Fin x"}}, "circle"),
        ({"definitions": 1}, "definitions should be a list"),
        ({"formal_expression": "theorem t : 1 = 1 := by sorry"}, "a whole theorem"),
    ],
)
def test_a_broken_entry_is_invalid_and_its_neighbours_are_not(broken, why):
    first, bad, last = loaded(
        entry(theorem_id="first"), entry(theorem_id="bad", **broken), entry(theorem_id="last")
    )

    assert why in reason(bad)
    assert bad.id == "bad"
    assert first.settled is None
    assert last.settled is None


@pytest.mark.parametrize("junk", [None, 3, "text", [], True])
def test_an_entry_that_is_no_table_is_still_counted(junk):
    good, bad = loaded(entry(), junk)

    assert good.settled is None
    assert bad.id == "theorem.2"
    assert reason(bad).startswith("malformed: ")


def test_an_entry_without_an_id_gets_its_place_and_a_note():
    claim, other = loaded(
        {"formal_expression": "1 = 1"}, {"theorem_id": 7, "formal_expression": "1 = 1"}
    )

    assert (claim.id, other.id) == ("theorem.1", "theorem.2")
    assert "no id" in claim.notes[0]


def test_entries_of_one_id_are_all_kept():
    assert [claim.id for claim in loaded(entry(), entry())] == ["t", "t#2"]


def test_a_list_without_the_key_theorems_is_a_repository_too():
    (claim,) = specs.load_data([entry()], name="x").claims

    assert claim.goal().statement == "theorem t\n    (x : ℝ) :\n    x = x := by sorry"


def test_a_statement_in_formal_signs_is_taken_at_its_word_and_prose_is_not():
    formal, prose = specs.load_data(
        [{"name": "a", "statement": "∀ x : ℝ, 0 ≤ x ^ 2"}, {"name": "b", "statement": "Be good"}],
        name="x",
    ).claims

    assert formal.statement == "∀ x : ℝ, 0 ≤ x ^ 2"
    assert reason(prose).startswith("informal: the statement 'Be good' is prose")


# --- the published files ----------------------------------------------------------


@published
def test_the_published_repository():
    spec = specs.load(DATA / "theorem_repository_example.json")
    claims = {claim.id: claim for claim in spec.claims}

    assert list(claims) == ["E-01", "E-02", "E-03", "E-04", "U-01", "M-02"]
    assert claims["E-01"].variables[0] == ("n", "Nat")
    assert claims["E-01"].definitions == (library.definitions()["warScore"],)
    assert claims["E-01"].priority == "P0"
    assert claims["E-01"].source == "EconomicFoundations.MoneyballTheorems.war_score_bounded"
    assert ("policyEffects", "List PolicyEffect") in claims["E-02"].variables
    assert claims["E-02"].definitions == (
        library.definitions()["PolicyEffect"],
        library.definitions()["deficitReductionPotential"],
    )
    assert "α : Type" in reason(claims["U-01"], Outcome.UNSUPPORTED)
    assert "SupplyFunction" in reason(claims["M-02"], Outcome.UNSUPPORTED)


@published
def test_the_published_prose_is_invalid_five_times_however_verified_it_says_it_is():
    spec = specs.load(DATA / "healthcare_theorems.json")

    assert [claim.id for claim in spec.claims] == [
        f"Healthcare_{what}"
        for what in ("Accessibility", "Quality", "Interoperability", "Privacy", "Integration")
    ]
    for claim in spec.claims:
        assert reason(claim).startswith(
            f"informal: the statement {claim.natural_language!r} is prose"
        )
        assert '"verified: true" is what its authors claim, not a check' in reason(claim)
