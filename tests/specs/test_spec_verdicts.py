"""What the embedded prover says of the claims that specifications make."""

from __future__ import annotations

from pathlib import Path

import pytest

from hms_kernel import specs
from hms_kernel.backends.smt import SmtBackend
from hms_kernel.model import Budget, Outcome, Trust, Verdict
from hms_kernel.specs import library
from hms_kernel.specs.claim import Claim
from hms_kernel.statements import parse

DATA = Path(__file__).resolve().parents[2] / "../shared/data"
published = pytest.mark.skipif(not DATA.exists(), reason="the published files are not here")

PROVED, REFUTED = Outcome.PROVED, Outcome.REFUTED
INVALID, UNSUPPORTED = Outcome.INVALID, Outcome.UNSUPPORTED

MONEYBALL = {
    "war_score_bounds": REFUTED,
    "war_score_bounds_repaired": PROVED,
    "war_score_bounds_repaired_n3": PROVED,
    "war_score_bounds_repaired_n12": PROVED,
    "war_score_linearity": PROVED,
    "war_score_additivity": PROVED,
    "war_score_monotonicity": REFUTED,  # a potential of zero
    "war_score_monotonicity_repaired": PROVED,
    "war_score_monotonicity_repaired_n3": PROVED,
    "war_score_zero": PROVED,
    "weight_consistency_n3": REFUTED,  # ranges of weights say nothing of their sum
    "drp_conservative": REFUTED,
    "drp_conservative_repaired": PROVED,
    "drp_conservative_repaired_n3": PROVED,
    "drp_conservative_repaired_n5": PROVED,
    "drp_nonnegative": REFUTED,
    "drp_nonnegative_repaired": PROVED,
    "drp_nonnegative_repaired_n12": PROVED,
    "drp_at_most_baseline": PROVED,
    "drp_at_most_baseline_n3": PROVED,
    "deficit_reduction_soundness_n2": REFUTED,  # two idle policies count the deficit twice
    "sps_bounds": PROVED,
    "sps_weights_sum_to_one": PROVED,
    "sps_deficit_weighs_most": PROVED,
    "sps_monotonicity": PROVED,
    "policy_prioritization": INVALID,
    "pareto_optimality": INVALID,
}

SPECIFICATION = {
    "war_score.lower": REFUTED,
    "war_score.upper": REFUTED,
    "war_score_calculation.invariants.1": REFUTED,
    "war_score_bounds": REFUTED,
    "war_score_bounds_proof": REFUTED,
    "drp.lower": REFUTED,
    "drp.upper": PROVED,
    "drp_calculation.invariants.1": PROVED,
    "drp_conservative": REFUTED,
    "drp_conservative_proof": PROVED,  # its outline concludes the opposite of the target
    "sps.lower": PROVED,
    "sps.upper": PROVED,
    "sps_calculation.invariants.1": PROVED,
    "sps_calculation.constraints.2": PROVED,
    "sps_bounds": PROVED,
    "sps_bounds_proof": PROVED,
    "weight_consistency": REFUTED,
    "normalization_consistency": PROVED,
    "sector_inclusivity": PROVED,
}

REPOSITORY = {
    "E-01": REFUTED,
    "E-02": REFUTED,
    "E-03": PROVED,
    "E-04": PROVED,
    "U-01": UNSUPPORTED,
    "M-02": UNSUPPORTED,
}


def verdict(claim: Claim) -> Verdict:
    if claim.settled is not None:
        return claim.settled
    backend = SmtBackend()
    return backend.attempt(claim.goal(), backend.default_strategy, Budget())


def claims(name: str | Path) -> dict[str, Claim]:
    return {claim.id: claim for claim in specs.load(name).claims}


def check(claim: Claim, expected: Outcome) -> None:
    found = verdict(claim)

    assert (found.outcome, found.reason) == (expected, found.reason)
    if expected is REFUTED:
        assert found.trust is Trust.REPLAYED
        assert found.counterexample is not None
        assert found.counterexample.values
    if claim.settled is None:
        assert set(claim.notes) <= set(found.evidence.notes)


REPAIRED = [name for name in MONEYBALL if "_repaired" in name]


@pytest.mark.parametrize("name", REPAIRED)
def test_a_repaired_claim_of_moneyball_carries_a_certificate(name):
    assert verdict(claims("moneyball")[name]).trust is Trust.CERTIFICATE


def test_the_table_of_moneyball_is_complete():
    assert list(claims("moneyball")) == list(MONEYBALL)


@pytest.mark.parametrize("id", MONEYBALL)
def test_moneyball(id):
    check(claims("moneyball")[id], MONEYBALL[id])


@published
@pytest.mark.parametrize("id", SPECIFICATION)
def test_the_published_specification(id):
    check(claims(DATA / "moneyball_formal_specifications.json")[id], SPECIFICATION[id])


@published
def test_every_other_claim_of_the_published_specification_is_invalid():
    for id, claim in claims(DATA / "moneyball_formal_specifications.json").items():
        if id not in SPECIFICATION:
            check(claim, INVALID)


@published
@pytest.mark.parametrize("id", REPOSITORY)
def test_the_published_repository(id):
    check(claims(DATA / "theorem_repository_example.json")[id], REPOSITORY[id])


@published
def test_the_published_prose_is_never_proved():
    for claim in claims(DATA / "healthcare_theorems.json").values():
        check(claim, INVALID)


@pytest.mark.parametrize("name", library.definitions())
def test_a_definition_of_the_library_is_read(name):
    statement = parse("1 = 1", definitions=[library.definitions()[name]])

    assert statement.variables == ()


def test_numbers_that_an_assumption_in_prose_might_exclude_refute_nothing():
    data = {
        "formal_domains": {
            "d": {
                "variables": {"x": {"type": "float", "constraints": "x is reasonable"}},
                "formulas": {
                    "y": {"symbolic_form": "Y = x * x", "invariants": ["Y ≥ 0", "Y ≤ 10"]},
                },
            }
        }
    }
    holds, fails = specs.load_data(data, name="x").claims

    assert verdict(holds).outcome is PROVED
    found = verdict(fails)
    assert found.outcome is Outcome.UNKNOWN
    assert "x is reasonable" in found.reason


def test_a_whole_theorem_needs_no_name_of_its_claim():
    texts = {
        "holds": "/-- Named otherwise. -/\ntheorem other (x : ℝ) (h : 1 ≤ x) : 0.5 < x := by linarith",
        "fails": "theorem other (x : ℝ) : 0.5 < x := by linarith",
    }
    data = {"claims": [{"id": id, "statement": text} for id, text in texts.items()]}
    holds, fails = specs.load_data(data, name="x").claims

    assert verdict(holds).outcome is PROVED
    assert verdict(fails).outcome is REFUTED


def test_an_integer_is_divided_as_a_number():
    data = {
        "formal_domains": {
            "d": {
                "variables": {"k": {"type": "int", "constraints": "k = 7"}},
                "formulas": {
                    "h": {"symbolic_form": "H = k / 2", "invariants": ["H = 3.5", "H = 3"]}
                },
            }
        }
    }
    exact, floor = specs.load_data(data, name="x").claims

    assert verdict(exact).outcome is PROVED
    assert verdict(floor).outcome is REFUTED


def test_a_local_definition_means_its_value():
    entry = {
        "theorem_id": "t",
        "variables": {"x": "ℝ", "twice": "ℝ"},
        "assumptions": ["twice := 2 * x", "twice > 1"],
    }
    right, wrong = specs.load_data(
        [{**entry, "formal_expression": "x > 0.5"}, {**entry, "formal_expression": "x > 0.6"}],
        name="x",
    ).claims

    assert verdict(right).outcome is PROVED
    assert verdict(wrong).outcome is REFUTED
