"""Claims about lists and records, settled end to end: for every length, or by a list that breaks them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hms_kernel.backends.grouping import grouped
from hms_kernel.model import Counterexample, Outcome, Trust, Verdict
from hms_kernel.statements import parse
from hms_kernel.statements.evaluate import replay
from hms_kernel.statements.terms import Bundle

Settle = Callable[..., Verdict]

TYPES = """\
structure PolicyEffect where
  baseline : ℝ
  rate : ℝ
structure Range where
  (lo hi : ℝ)
  ordered : lo ≤ hi
structure Plan where
  policies : List PolicyEffect
  reserve : ℝ
"""
SHARES = "(h : ∀ p ∈ ps, 0 ≤ p.baseline ∧ 0 ≤ p.rate ∧ p.rate ≤ 1)"


@pytest.mark.parametrize(
    "text",
    [
        f"(ps : List PolicyEffect) {SHARES} : 0 ≤ (ps.map (·.rate)).sum",
        f"(ps : List PolicyEffect) {SHARES} : (ps.map fun p => p.rate * p.baseline).sum ≤ (ps.map (·.baseline)).sum",
        "(l : List ℝ) (h : ∀ x ∈ l, x ≤ 1) : l.sum ≤ l.length",
        "(l : List ℝ) (h : ∀ x ∈ l, 0 ≤ x) : l[0]! ≤ l.sum",
        "(l : List ℝ) (h : l.all (0 ≤ ·)) : 0 ≤ l.foldl (· + ·) 0",
        "(l m : List ℝ) : (l ++ m).sum = l.sum + m.sum",
        "(l : List ℝ) : l.sum ≤ (l.filter (0 ≤ ·)).sum",
        "(x : ℝ) (l : List ℝ) : (x :: l).length = l.length + 1",
        "(n : ℕ) : (List.replicate n (2 : ℝ)).sum = 2 * n",
        "(l : List ℝ) (a b : ℝ) (hl : l ≠ []) (h : ∀ x ∈ l, a ≤ x ∧ x ≤ b) : a ≤ l.sum / l.length ∧ l.sum / l.length ≤ b",
    ],
)  # fmt: skip
def test_claims_about_every_list_are_proved_for_every_length(text: str, settle: Settle):
    verdict = settle(f"{TYPES}theorem t {text}")

    assert verdict.outcome is Outcome.PROVED, verdict.reason
    assert not any("terms" in note for note in verdict.evidence.notes)


def test_a_proof_says_of_which_length_it_speaks(settle: Settle):
    every = settle("theorem t (l : List ℝ) (h : ∀ x ∈ l, 0 ≤ x) : 0 ≤ l.sum")
    three = settle("theorem t (l : List ℝ) (h : l.length = 3) : l.sum = l[0] + l[1] + l[2]")

    assert every.evidence.notes == ("for every l.length",)
    assert three.outcome is Outcome.PROVED
    assert three.evidence.notes == ("∑ over n = 3 terms",)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("(ps : List PolicyEffect) (h : ∀ p ∈ ps, p = ⟨0, -1⟩) : 0 ≤ (ps.map (·.rate)).sum", {"ps": "[{ baseline := 0, rate := -1 }]"}),
        ("(l : List ℝ) (h : ∀ x ∈ l, x = 1) : l.sum ≤ 3", {"l": ["1", "1", "1", "1"]}),
        ("(l : List ℝ) : 0 < l.length", {"l": []}),
        ("(l : List ℝ) : l.head! ∈ l", {"l": []}),
        ("(l : List ℝ) (h : l = [1, 2]) : l.sum = 4", {"l": ["1", "2"]}),
        ("(r : Range) (h : r.hi = 0) : r.lo < r.hi ∨ r.lo < 0", {"r": "{ lo := 0, hi := 0 }"}),
        ("(l m : List ℝ) (h : l.sum = m.sum) : l = m", {"l": [], "m": ["0"]}),
        ("(q : Plan) (h : 0 = q.reserve) : ∀ p ∈ q.policies, p ≠ ⟨0, 2⟩",
         {"q": "{ policies := [{ baseline := 0, rate := 2 }], reserve := 0 }", "i": "0"}),
        ("(n : ℕ) (ps : Fin n → Range) : 0 < ∑ i, ((ps i).hi - (ps i).lo)", {"n": "0", "ps": "[]"}),
    ],
)  # fmt: skip
def test_false_claims_are_refuted_by_lists_and_records_as_lean_writes_them(
    text: str, values: dict[str, object], settle: Settle
):
    verdict = settle(f"{TYPES}theorem t {text}")

    assert verdict.outcome is Outcome.REFUTED, verdict.reason
    assert verdict.trust is Trust.REPLAYED
    assert verdict.counterexample is not None
    assert verdict.counterexample.values == values


def test_a_structures_proposition_counts_as_a_hypothesis(settle: Settle):
    assert settle(f"{TYPES}theorem t (r : Range) : 0 ≤ r.hi - r.lo").outcome is Outcome.PROVED

    nothing = "structure Nothing where\n  x : ℝ\n  small : x < 0\n  large : 0 < x\n"
    vacuous = settle(f"{nothing}theorem t (n : Nothing) : n.x = 7")
    assert vacuous.outcome is Outcome.VACUOUS
    assert "n_small, n_large" in vacuous.reason


def test_the_parts_of_a_counterexample_replay_exactly(settle: Settle):
    text = f"{TYPES}theorem t (ps : List PolicyEffect) (h : ∀ p ∈ ps, p = ⟨0, -1⟩) : 0 ≤ (ps.map (·.rate)).sum"

    verdict = settle(text)

    example = verdict.counterexample
    assert example is not None
    assert example.parts == {"ps_length": "1", "ps_baseline": ["0"], "ps_rate": ["-1"]}
    statement = parse(verdict.evidence.statement)
    values = {"ps_length": 1, "ps_baseline": [0], "ps_rate": [-1]}
    assert replay(statement, values).refutes


def test_a_function_that_the_solver_defined_is_left_as_it_is():
    bundle = Bundle("f", (Bundle("f_a"), Bundle("f_b")), ("a", "b"))
    example = Counterexample(values={"f_a": "fun x => x", "f_b": "fun x => 0", "x": "1"})

    shown = grouped(example, [Bundle("g", (bundle,), function=True)])

    assert shown.values == example.values
