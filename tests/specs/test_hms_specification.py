"""The HMS specification compiler: which claims a file makes, and what they assume."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from hms_kernel import specs
from hms_kernel.model import Outcome

REAL = Path(__file__).resolve().parents[2] / "../shared/data/moneyball_formal_specifications.json"
real_file = pytest.mark.skipif(not REAL.exists(), reason="the published file is not here")

# A file of the same shape about something else entirely.
CLINIC: dict[str, Any] = {
    "name": "Clinic index",
    "formal_domains": {
        "care": {
            "variables": {
                "share": {"type": "float", "constraints": "[0, 1]"},
                "rating": {"type": "int", "constraints": ["rating ≥ 0", "rating ≤ 10"]},
                "beds": {"type": "integer", "constraints": "> 0"},
                "index": {"type": "float", "constraints": "0 ≤ index ≤ 10"},
                "ward": {"type": "string", "constraints": "any ward"},
                "trust": {"type": "float", "constraints": "a matter of taste"},
            },
            "formulas": {
                "index_formula": {
                    "symbolic_form": "IDX = Σ(share * rating)",
                    "constraints": ["Σ(share) = 1", "index ≥ 0", "0.5 + 0.5 = 1"],
                    "invariants": ["0 ≤ IDX ≤ 10 given the constraints", "IDX is fair"],
                },
                "load": {
                    "symbolic_form": "LOAD = IDX / beds",
                    "invariants": ["LOAD ≤ 10", {"name": "positive_load", "statement": "LOAD ≥ 0"}],
                },
                "fraction": {
                    "symbolic_form": "fraction = share / Σ(share)",
                    "invariants": ["Σ(fraction) = 1 if Σ(share) > 0", "fraction ≤ 1"],
                },
                "mood": {"symbolic_form": "MOOD = trust * 2", "invariants": ["MOOD ≥ 0"]},
                "broken": {"symbolic_form": "BAD = whatever we like", "invariants": ["BAD ≥ 0"]},
                "loop": {"symbolic_form": "loop = pool + 1", "invariants": ["loop ≥ 0"]},
                "pool": {"symbolic_form": "pool = loop - 1"},
                "shape": {"symbolic_form": "shape = ward * 2", "invariants": ["shape ≥ 0"]},
                "root": {"symbolic_form": "root = beds ^ (1/2)", "invariants": ["root ≥ 0"]},
                "gap": {"symbolic_form": "gap = beds - floor9", "invariants": ["gap ≥ 0"]},
            },
            "rules": ["∀ wards w: share(w) ≤ 1", {"name": "kindness", "statement": "Be kind"}],
        }
    },
    "formal_verification_targets": {
        "safety": [
            {"property": "idx_low", "statement": "low", "formal_specification": "IDX ≥ 0"},
            {"property": "ghost", "formal_specification": "phantom + IDX ≥ ether"},
            {"property": "idx_low", "formal_specification": "IDX ≥ -1"},
            {"property": "odd", "formal_specification": 7},
            3,
        ]
    },
}


def clinic(n: int = 3) -> dict[str, specs.Claim]:
    spec = specs.load_data(copy.deepcopy(CLINIC), name="clinic", n=n)
    assert len({claim.id for claim in spec.claims}) == len(spec.claims)
    return {claim.id: claim for claim in spec.claims}


def reason(claim: specs.Claim, outcome: Outcome = Outcome.INVALID) -> str:
    assert claim.settled is not None
    assert claim.settled.outcome is outcome
    return claim.settled.reason


def test_a_claim_assumes_the_ranges_of_its_inputs_and_the_constraints_of_its_formula():
    claim = clinic()["index_formula.invariants.1"]

    assert claim.variables == (("share", "Fin 3 → ℝ"), ("rating", "Fin 3 → ℤ"))
    assert claim.hypotheses == (
        "∀ i, 0 ≤ share i ∧ share i ≤ 1",
        "∀ i, (rating i : ℝ) ≥ 0",
        "∀ i, (rating i : ℝ) ≤ 10",
        "∑ i, share i = 1",
    )
    assert claim.statement == "0 ≤ index share rating ∧ index share rating ≤ 10"
    assert claim.definitions == (
        "noncomputable def index {n : ℕ} (share : Fin n → ℝ) (rating : Fin n → ℤ) : ℝ :=\n"
        "  ∑ i, share i * (rating i : ℝ)",
    )
    assert claim.unstated == ()


def test_bounds_on_outputs_are_claims_and_never_assumed():
    claims = clinic()

    assert claims["index.lower"].statement == "0 ≤ index share rating"
    assert claims["index.upper"].statement == "index share rating ≤ 10"
    assert claims["index_formula.constraints.2"].statement == "index share rating ≥ 0"
    for claim in claims.values():
        assert not any("index" in hypothesis for hypothesis in claim.hypotheses)


def test_a_constraint_without_variables_is_a_claim_over_the_reals():
    assert clinic()["index_formula.constraints.3"].statement == "(0.5 + 0.5 : ℝ) = 1"


def test_the_number_of_terms_is_the_callers_and_is_told():
    claim = clinic(n=7)["idx_low"]

    assert claim.variables[0] == ("share", "Fin 7 → ℝ")
    assert any("n = 7 terms" in note for note in claim.notes)


def test_a_formula_may_use_another():
    claim = clinic()["load.invariants.1"]

    assert [text.partition(" :=")[0].split()[2] for text in claim.definitions] == ["index", "load"]
    assert claim.definitions[1].endswith("index share rating / (beds : ℝ)")
    assert claim.statement == "load share rating beds ≤ 10"
    assert "(beds : ℝ) > 0" in claim.hypotheses
    assert "∑ i, share i = 1" in claim.hypotheses
    assert any("division by zero gives 0" in note for note in claim.notes)


def test_a_formula_with_a_variable_outside_its_sum_has_a_value_per_term():
    claims = clinic()

    assert claims["fraction.invariants.2"].statement == "∀ i, fraction share i ≤ 1"
    total = claims["fraction.invariants.1"]
    assert total.statement == "∑ i, fraction share i = 1"
    assert "∑ i, share i > 0" in total.hypotheses
    assert total.definitions == (
        "noncomputable def fraction {n : ℕ} (share : Fin n → ℝ) (i : Fin n) : ℝ :=\n"
        "  share i / (∑ j, share j)",
    )


def test_a_quantified_rule_binds_its_index():
    assert clinic()["care.rules.1"].statement == "∀ w : Fin 3, share w ≤ 1"


def test_an_assumption_in_prose_is_left_out_and_named():
    claim = clinic()["mood.invariants.1"]

    assert claim.settled is None
    assert claim.hypotheses == ()
    assert len(claim.unstated) == 1
    assert claim.unstated[0].startswith("a matter of taste")
    assert claim.goal().unstated == claim.unstated


def test_prose_is_invalid_and_says_what_is_prose():
    claims = clinic()

    assert reason(claims["index_formula.invariants.2"]).startswith("informal: 'IDX is fair'")
    assert reason(claims["kindness"]).startswith("informal: ")


def test_undefined_names_are_all_named():
    assert reason(clinic()["ghost"]) == "undefined: `phantom`, `ether` are not defined in the file"


def test_a_formula_over_undefined_names_is_quoted():
    assert reason(clinic()["gap.invariants.1"]) == (
        "undefined: `floor9` is not defined in the file, in the formula 'gap = beds - floor9'"
    )


def test_a_claim_about_a_formula_that_is_not_understood_is_invalid():
    claims = clinic()

    assert "BAD = whatever we like" in reason(claims["broken.invariants.1"])
    assert "defined through itself" in reason(claims["loop.invariants.1"])


def test_what_a_goal_cannot_say_is_unsupported():
    claims = clinic()

    assert "'string'" in reason(claims["shape.invariants.1"], Outcome.UNSUPPORTED)
    assert "^" in reason(claims["root.invariants.1"], Outcome.UNSUPPORTED)


def test_an_entry_of_the_wrong_shape_is_a_claim_that_says_so():
    claims = clinic()

    assert reason(claims["odd"]).startswith("informal: ")
    assert reason(claims["safety.5"]).startswith("malformed: ")


def test_a_second_entry_of_one_id_is_kept():
    assert clinic()["idx_low#2"].statement == "index share rating ≥ -1"


@pytest.mark.parametrize("section", ["formal_domains", "integrated_domains"])
@pytest.mark.parametrize("wrong", [[], "text", 3, None])
def test_a_section_of_the_wrong_shape_spoils_no_other(section, wrong):
    data = {
        section: wrong,
        "formal_verification_targets": {"t": [{"property": "p", "formal_specification": "1 = 1"}]},
    }

    first, second = specs.load_data(data, name="x").claims

    assert reason(first).startswith(f"malformed: {section} should be a table")
    assert second.settled is None


def test_a_name_with_two_meanings_is_not_guessed():
    domain = {"variables": {"x": {"type": "float", "constraints": "x ≥ 0"}}}
    other = {"variables": {"x": {"type": "float", "constraints": "x ≥ 1"}}}
    data = {
        "formal_domains": {"one": domain, "two": other},
        "formal_verification_targets": {"t": [{"property": "p", "formal_specification": "x ≥ 0"}]},
    }

    (claim,) = specs.load_data(data, name="x").claims

    assert "`x` means different things in `one`, `two`" in reason(claim)


def test_a_shared_variable_that_is_declared_alike_is_one_variable():
    one = {"variables": {"x": {"type": "float", "constraints": "x ≥ 0"}}}
    data = {
        "formal_domains": {"one": one, "two": copy.deepcopy(one)},
        "formal_verification_targets": {"t": [{"property": "p", "formal_specification": "x ≥ 0"}]},
    }

    (claim,) = specs.load_data(data, name="x").claims

    assert claim.statement == "x ≥ 0"
    assert claim.variables == (("x", "ℝ"),)


def test_an_output_that_another_domain_declares_is_an_output_all_the_same():
    data = {
        "formal_domains": {
            "one": {"variables": {"total": {"type": "float", "constraints": "total ≤ 1"}}},
            "two": {
                "variables": {"x": {"type": "float", "constraints": "x ≥ 0"}},
                "formulas": {"sum": {"symbolic_form": "TOTAL = x + x"}},
            },
        },
    }

    (claim,) = specs.load_data(data, name="x").claims

    assert claim.id == "total.range"
    assert claim.statement == "total x ≤ 1"
    assert claim.hypotheses == ("x ≥ 0",)


def test_a_section_nobody_reads_is_mentioned():
    data = {**copy.deepcopy(CLINIC), "appendix": []}

    assert specs.load_data(data, name="x").notes == (
        "section 'appendix' was not read: no claims are known there",
    )


# --- the published file -----------------------------------------------------------


@real_file
def test_no_claim_of_the_published_file_is_lost():
    data = json.loads(REAL.read_text("utf-8"))
    claims = {claim.id: claim for claim in specs.load(REAL).claims}

    expected = set(data["formal_proofs"])
    for group in data["formal_verification_targets"].values():
        expected |= {target["property"] for target in group}
    for domain in data["integrated_domains"].values():
        for part in ("rules", "system_invariants"):
            expected |= {entry["name"] for entry in domain[part]}
    for domain in data["formal_domains"].values():
        for name, formula in domain["formulas"].items():
            for part in ("invariants", "properties"):
                expected |= {f"{name}.{part}.{k + 1}" for k in range(len(formula[part]))}
    expected |= {
        f"{output}.{end}" for output in ("war_score", "drp", "sps") for end in ("lower", "upper")
    }
    expected |= {"sps_calculation.constraints.2"}
    assert set(claims) == expected


@real_file
def test_the_published_claims_that_become_goals_and_those_that_do_not():
    spec = specs.load(REAL)

    formal = {claim.id for claim in spec.claims if claim.settled is None}
    assert formal == {
        *(f"{output}.{end}" for output in ("war_score", "drp", "sps") for end in ("lower", "upper")),
        *(f"{output}_calculation.invariants.1" for output in ("war_score", "drp", "sps")),
        "sps_calculation.constraints.2",
        "war_score_bounds", "drp_conservative", "sps_bounds",
        "war_score_bounds_proof", "drp_conservative_proof", "sps_bounds_proof",
        "weight_consistency", "normalization_consistency", "sector_inclusivity",
    }  # fmt: skip
    for claim in spec.claims:
        assert claim.source.split(".")[0] in (
            "formal_domains", "integrated_domains", "formal_verification_targets", "formal_proofs"
        )  # fmt: skip
        if claim.settled is not None:
            assert reason(claim).startswith(("informal: ", "undefined: "))


@real_file
def test_a_published_proof_is_the_claim_that_its_outline_concludes():
    claims = {claim.id: claim for claim in specs.load(REAL).claims}

    proof = claims["drp_conservative_proof"]

    # The target says ≤, the outline that is to prove it concludes ≥.
    assert " ≥ baseline_deficit - (∑ i," in proof.statement
    assert " ≤ baseline_deficit - (∑ i," in claims["drp_conservative"].statement
    assert any("'verified'; that is no check" in note for note in proof.notes)


@real_file
def test_undefined_things_of_the_published_rules_are_named():
    claims = {claim.id: claim for claim in specs.load(REAL).claims}

    assert "`priority`" in reason(claims["policy_prioritization"])
    assert "`pursue`" in reason(claims["war_threshold"])
    assert "`resources`" in reason(claims["intervention_prioritization"])
    assert "`DRP` is one number" in reason(claims["deficit_reduction_soundness"])


@real_file
def test_the_published_weights_are_not_assumed_to_prove_themselves():
    claim = {claim.id: claim for claim in specs.load(REAL).claims}["weight_consistency"]

    assert claim.hypotheses == ("∀ i, 0 < sector_weight i ∧ sector_weight i ≤ 1.0",)
    assert any("declared ranges alone" in note for note in claim.notes)
