"""The claims of the Moneyball specification, stated here in Lean: which hold, which do not."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from hms_kernel.model import Outcome, Trust

SPECIFICATION = (
    Path(__file__).resolve().parents[2] / "../shared/data/moneyball_formal_specifications.json"
)

WEIGHTS = "(hw : ∀ i, 0 < w i) (hs : ∑ i, w i = 1) (ha : ∀ i, -100 ≤ a i ∧ a i ≤ 100)"
WAR = "∑ i, w i * a i * d i"
POLICIES = (
    "(b m : ℝ) (p c r : Fin {n} → ℝ) (hb : 0 ≤ b) (hm : 0 < m ∧ m ≤ 1) (hp : ∀ i, 0 ≤ p i)"
    " (hc : ∀ i, 0 ≤ c i ∧ c i ≤ 1) (hr : ∀ i, 0 ≤ r i ∧ r i ≤ 1)"
)
RAW = "∑ i, p i * c i * r i"
DRP = f"b - ({RAW}) * m"
SCORES = " ".join(f"(h{v} : 0 ≤ {v} ∧ {v} ≤ 100)" for v in "djge")


def war(n: int | str, *, limit: str, low: int = -100, high: int = 100) -> str:
    size = "(n : ℕ) " if n == "n" else ""
    return (
        f"theorem war {size}(w a d : Fin {n} → ℝ) {WEIGHTS} (hd : ∀ i, {limit}) :"
        f" {low} ≤ {WAR} ∧ {WAR} ≤ {high} := by sorry"
    )


def drp(claim: str, n: int = 3) -> str:
    return f"theorem drp {POLICIES.format(n=n)} : {claim} := by sorry"


def sps(claim: str) -> str:
    return f"theorem sps (d j g e : ℝ) {SCORES} : {claim} := by sorry"


def test_the_war_bounds_fail_because_the_potential_is_unbounded(settle):
    verdict = settle(war(3, limit="0 ≤ d i"))

    assert verdict.outcome is Outcome.REFUTED, verdict
    assert verdict.trust is Trust.REPLAYED
    values = verdict.counterexample.values
    w, a, d = ([Fraction(text) for text in values[name]] for name in "wad")
    score = sum(x * y * z for x, y, z in zip(w, a, d, strict=True))
    assert sum(w) == 1
    assert min(w) > 0
    assert all(-100 <= x <= 100 for x in a)
    assert min(d) >= 0
    assert abs(score) > 100


@pytest.mark.parametrize("n", [1, 2, 3, 5, 12])
def test_the_war_bounds_hold_once_the_potential_is_a_fraction(settle, n):
    verdict = settle(war(n, limit="0 ≤ d i ∧ d i ≤ 1"))

    assert verdict.outcome is Outcome.PROVED, verdict
    assert verdict.trust is not None
    assert verdict.trust.reaches(Trust.TWO_SOLVERS)
    assert f"∑ over n = {n} terms" in verdict.evidence.notes


def test_the_repaired_war_bounds_hold_for_every_number_of_sectors(settle):
    verdict = settle(war("n", limit="0 ≤ d i ∧ d i ≤ 1"))

    assert verdict.outcome is Outcome.PROVED, verdict
    assert "for every n" in verdict.evidence.notes


@pytest.mark.parametrize("n", [2, 5, "n"])
@pytest.mark.parametrize(("low", "high"), [(-100, 99), (-99, 100)])
def test_tighter_war_bounds_are_refuted(settle, n, low, high):
    verdict = settle(war(n, limit="0 ≤ d i ∧ d i ≤ 1", low=low, high=high))

    assert verdict.outcome is Outcome.REFUTED, verdict


def test_a_symbolic_number_of_sectors_is_refuted_with_a_number(settle):
    verdict = settle(war("n", limit="0 ≤ d i"))

    assert verdict.outcome is Outcome.REFUTED, verdict
    n = int(verdict.counterexample.values["n"])
    assert n >= 1
    assert len(verdict.counterexample.values["w"]) == n


def test_the_drp_never_exceeds_the_baseline(settle):
    assert settle(drp(f"{DRP} ≤ b")).outcome is Outcome.PROVED


@pytest.mark.parametrize("claim", [f"{DRP} ≤ b - {RAW}", f"0 ≤ {DRP}"])
def test_the_other_drp_claims_fail(settle, claim):
    verdict = settle(drp(claim))

    assert verdict.outcome is Outcome.REFUTED, verdict
    assert set(verdict.counterexample.values) == {"b", "m", "p", "c", "r"}


def test_a_margin_of_safety_makes_the_drp_no_smaller_than_the_raw_estimate(settle):
    assert settle(drp(f"b - {RAW} ≤ {DRP}")).outcome is Outcome.PROVED


def test_the_sps_stays_within_its_scale(settle):
    score = "d * 0.4 + j * 0.3 + g * 0.2 + e * 0.1"

    assert settle(sps(f"0 ≤ {score} ∧ {score} ≤ 100"), decimals="ℝ").outcome is Outcome.PROVED


@pytest.mark.parametrize("bound", ["99", "99.99"])
def test_a_tighter_sps_scale_is_refuted(settle, bound):
    score = "d * 0.4 + j * 0.3 + g * 0.2 + e * 0.1"

    assert settle(sps(f"{score} ≤ {bound}"), decimals="ℝ").outcome is Outcome.REFUTED


def test_the_weights_add_up_over_the_reals(settle):
    assert settle("0.4 + 0.3 + 0.2 + 0.1 = 1", decimals="ℝ").outcome is Outcome.PROVED
    assert settle("0.4 + 0.3 + 0.2 + 0.1 = 1.1", decimals="ℝ").outcome is Outcome.REFUTED


def test_decimals_that_nothing_types_are_not_taken_for_reals(settle):
    assert settle("0.4 + 0.3 + 0.2 + 0.1 = 1.0").outcome is Outcome.REFUTED


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="the published specification is not here")
def test_the_formulas_above_are_the_published_ones():
    domains = json.loads(SPECIFICATION.read_text())["formal_domains"]

    published = {
        name: re.sub(r"\s", "", formula["symbolic_form"])
        for domain in domains.values()
        for name, formula in domain["formulas"].items()
    }

    assert published == {
        "war_score_calculation": "WAR=Σ(sector_weight*agreement_impact*deficit_reduction_potential)",
        "drp_calculation": "DRP=baseline_deficit-Σ(policy_effect*confidence_factor"
        "*implementation_rate)*buffett_margin_of_safety",
        "sps_calculation": "SPS=(deficit_impact*0.4)+(job_creation*0.3)+(growth_potential*0.2)"
        "+(implementation_ease*0.1)",
    }
