"""Verdicts in words: a proof that can be followed, numbers that can be worked through."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

import hms_kernel as hms
from hms_kernel.backends.smt import DEFAULT_STRATEGY, SmtBackend
from hms_kernel.errors import UsageError
from hms_kernel.model import Budget, Goal, Verdict


def settle(text: str) -> Verdict:
    goal = Goal(theorem_id="claim", statement=text)
    return SmtBackend().attempt(goal, DEFAULT_STRATEGY, Budget(nominal_s=3.0, wall_s=200.0))


def test_a_proof_is_told_step_by_step():
    told = str(hms.explain(settle("∀ x y : ℝ, 2 * x * y ≤ x ^ 2 + y ^ 2")))

    assert "Suppose it fails" in told
    assert "a square is not negative" in told
    assert "impossible" in told


def test_a_refutation_shows_its_numbers_and_the_repair():
    told = str(hms.explain(settle("∀ x y : ℝ, 0 ≤ x → x ≤ 1 → x * y ≤ 1")))

    assert told.startswith("It fails for x = ")
    assert "but the claim says ≤ 1" in told
    assert "true if also y ≤ 1" in told


def test_a_claim_without_variables_fails_for_no_numbers():
    assert str(hms.explain(settle("1 = 2"))) == "1 = 2 is false"


def test_what_is_not_settled_says_why():
    assert "line 1" in str(hms.explain(settle("∀ x : ℝ, x <")))


def test_a_certificate_that_proves_nothing_is_not_told():
    verdict = settle("∀ x : ℝ, 0 ≤ x * x")
    stolen = settle("∀ x : ℝ, 0 ≤ x * x + 1").evidence.certificate
    forged = msgspec.structs.replace(verdict.evidence, certificate=stolen)

    with pytest.raises(UsageError, match="does not prove"):
        hms.explain(msgspec.structs.replace(verdict, evidence=forged))


def test_in_a_notebook_its_steps_keep_their_places():
    shown = hms.explain(settle("∀ x : ℝ, |x| ≤ 1 → x ^ 2 ≤ 1"))._repr_html_()

    assert shown.startswith("<pre")
    assert "&gt; 1" in shown


def test_what_is_no_verdict_is_sent_back():
    with pytest.raises(UsageError, match="3 is no verdict"):
        hms.explain(3)


def test_telling_loads_no_prover():
    code = "import sys, hms_kernel.explanation; sys.exit('z3' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
