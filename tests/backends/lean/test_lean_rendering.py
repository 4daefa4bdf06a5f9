"""Certificates as Lean proofs: what the kernel accepts, and that it accepts nothing else."""

from __future__ import annotations

import sys
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from hms_kernel import specs
from hms_kernel.backends.certifying import find
from hms_kernel.backends.lean.rendering import NotRendered, render, replay
from hms_kernel.backends.lean.runtime import Submission
from hms_kernel.backends.lean.statements import lean, proposition
from hms_kernel.certificates import Certificate, digest, from_json
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.statements import parse
from hms_kernel.statements.evaluate import Undecided, holds
from hms_kernel.statements.rebuild import replaced
from hms_kernel.statements.terms import Num, Op, Scalar, Statement, Term

sys.path.append(str(Path(__file__).resolve().parents[2] / "statements"))

from strategies import VARIABLES, propositions

whole = st.integers(-4, 4)
DOMAINS = {
    Scalar.NAT: st.integers(0, 5).map(Fraction),
    Scalar.INT: whole.map(Fraction),
    Scalar.RAT: st.builds(Fraction, whole, st.integers(1, 3)),
    Scalar.REAL: st.builds(Fraction, whole, st.integers(1, 3)),
}
points = st.fixed_dictionaries(
    {var.name: DOMAINS[var.sort] for var in VARIABLES if var.sort in DOMAINS}
)
NOTHING = {"step": "split", "fact": "false", "branches": []}


def certified(text: str, proof: Any) -> tuple[Statement, Certificate]:
    statement = parse(text)
    return statement, from_json({"statement_sha256": digest(statement), "proof": proof})


def found(text: str) -> tuple[Statement, Certificate]:
    statement = parse(text)
    certificate = find(statement, 5.0)
    assert certificate is not None, text
    return statement, certificate


def sum_of(*products: Any, multiples: Any = ()) -> dict[str, Any]:
    return {
        "step": "combination",
        "products": [{"times": t, "facts": list(f), **more} for t, f, more in products],
        "multiples": list(multiples),
    }


def product(times: str, *facts: str, **more: Any) -> Any:
    return times, facts, more


# --- the Moneyball specification ------------------------------------------------------


@cache
def proved_claims() -> dict[str, Statement]:
    claims = {}
    for claim in specs.load("moneyball").claims:
        if claim.settled is None:
            goal = claim.goal()
            statement = parse(
                goal.statement,
                definitions=goal.definitions,
                axioms=goal.axioms,
                decimals=goal.decimals,
            )
            claims[claim.id] = statement
    return claims


HOLD = [
    "war_score_bounds_repaired", "war_score_bounds_repaired_n3", "war_score_bounds_repaired_n12",
    "war_score_linearity", "war_score_additivity", "war_score_monotonicity_repaired",
    "war_score_monotonicity_repaired_n3", "war_score_zero", "drp_conservative_repaired",
    "drp_conservative_repaired_n3", "drp_conservative_repaired_n5", "drp_nonnegative_repaired",
    "drp_nonnegative_repaired_n12", "drp_at_most_baseline", "drp_at_most_baseline_n3",
    "sps_bounds", "sps_weights_sum_to_one", "sps_deficit_weighs_most", "sps_monotonicity",
]  # fmt: skip


@pytest.mark.parametrize("claim", HOLD)
def test_the_kernel_accepts_a_claim_of_the_specification_without_axioms(core, claim):
    statement = proved_claims()[claim]
    certificate = find(statement)
    assert certificate is not None

    checked = replay(statement, certificate, core)

    assert checked.accepted, checked.reason
    assert checked.axioms == ()


def test_no_other_claim_of_the_specification_has_a_certificate():
    others = set(proved_claims()) - set(HOLD)

    assert others
    assert {claim for claim in others if find(proved_claims()[claim]) is not None} == set()


# --- every step, written by hand --------------------------------------------------------

X = [["1", ["x"]]]
SQUARE = sum_of(product("1", "-x^2 + 2*x - 1 > 0"), product("1", squares=[[["1", ["x"]], ["-1", []]]]))  # fmt: skip
HALVES = sum_of(product("1", "-x^2 + x - 1/4 > 0"), product("1/4", squares=[[["2", ["x"]], ["-1", []]]]))  # fmt: skip


def instance(fact: str, at: Any, then: Any) -> Any:
    return {"step": "instance", "fact": fact, "at": at, "then": then}


def define(atom: str, then: Any) -> Any:
    return {"step": "define", "atom": atom, "then": then}


def split(fact: str, *branches: Any) -> Any:
    return {"step": "split", "fact": fact, "branches": list(branches)}


def sign(term: Any, negative: Any, otherwise: Any) -> Any:
    return {"step": "sign", "term": term, "negative": negative, "otherwise": otherwise}


def each(relation: str, term: Any, proof: Any, then: Any) -> Any:
    return {
        "step": "each", "index": "i", "over": "Fin n", "term": term, "relation": relation,
        "proof": proof, "then": then,
    }  # fmt: skip


W, AT_I = "∑(Fin n, w(#0))", [["1", ["i"]]]
SUMS = "theorem t (n : ℕ) (w : Fin n → ℝ) (h : ∀ i, {}) : {} := by sorry"
BY_HAND = {
    "a square": ("∀ x : ℝ, 2 * x ≤ x ^ 2 + 1", SQUARE),
    "a square with a fraction": ("∀ x : ℝ, x ≤ x ^ 2 + 0.25", HALVES),
    "multiples of equations": (
        "∀ x y : ℝ, x = 2 → x * y = 2 * y",
        split(
            "x*y - 2*y ≠ 0",
            sum_of(product("1", "x*y - 2*y > 0"), multiples=[{"fact": "x - 2 = 0", "by": [["-1", ["y"]]]}]),
            sum_of(product("1", "-x*y + 2*y > 0"), multiples=[{"fact": "x - 2 = 0", "by": [["1", ["y"]]]}]),
        ),
    ),
    "nothing left to show": ("∀ x y : ℝ, (x + y) ^ 2 = x ^ 2 + 2 * x * y + y ^ 2", NOTHING),
    "a sign": (
        "∀ x : ℝ, x * x ≥ 0",
        sign(X, sum_of(product("1", "-x > 0", "-x > 0"), product("1", "-x^2 > 0")),
             sum_of(product("1", "x ≥ 0", "x ≥ 0"), product("1", "-x^2 > 0"))),
    ),
    "an instance": (
        "theorem t (f : ℕ → ℝ) (h : ∀ n : ℕ, f n ≥ 1) : f 3 ≥ 1 := by sorry",
        instance("∀ n : ℕ, f n ≥ 1", [["3", []]],
                 sum_of(product("1", "f(3) - 1 ≥ 0"), product("1", "-f(3) + 1 > 0"))),
    ),
    "an absolute value": (
        "∀ x : ℝ, x ≤ |x|",
        define("abs(x)", split(
            "((x ≥ 0 ∧ abs(x) - x = 0) ∨ (-x > 0 ∧ abs(x) + x = 0))",
            sum_of(product("1", "-abs(x) + x > 0"), multiples=[{"fact": "abs(x) - x = 0", "by": [["1", []]]}]),
            sum_of(product("1", "-abs(x) + x > 0"), product("2", "-x > 0"),
                   multiples=[{"fact": "abs(x) + x = 0", "by": [["1", []]]}]),
        )),
    ),
    "a lemma about every term": (
        SUMS.format("0 ≤ w i", "∑ i, w i ≥ 0"),
        each("≥", [["1", ["w(i)"]]],
             instance("∀ i : Fin n, 0 ≤ w i", AT_I, sum_of(product("1", "w(i) ≥ 0"), product("1", "-w(i) > 0"))),
             sum_of(product("1", f"{W} ≥ 0"), product("1", f"-{W} > 0"))),
    ),
    "a strict lemma, and a sum that may be empty": (
        SUMS.format("0 < w i", "∑ i, w i > 0 ∨ n < 1"),
        each(">", [["1", ["w(i)"]]],
             instance("∀ i : Fin n, 0 < w i", AT_I, sum_of(product("1", "w(i) > 0"), product("1", "-w(i) ≥ 0"))),
             split(f"(-n ≥ 0 ∨ {W} > 0)",
                   sum_of(product("1", "-n ≥ 0"), product("1", "n - 1 ≥ 0")),
                   sum_of(product("1", f"{W} > 0"), product("1", f"-{W} ≥ 0")))),
    ),
    "an equation about every term": (
        SUMS.format("w i = 0", "∑ i, w i = 0"),
        each("=", [["1", ["w(i)"]]],
             instance("∀ i : Fin n, w i = 0", AT_I, NOTHING), NOTHING),
    ),
    "division with remainder": (
        "∀ n : ℕ, n % 2 ≤ 1",
        {"step": "divide", "term": [["1", ["n"]]], "by": "2",
         "then": sum_of(product("1", "-remainder(n, 2) + 1 ≥ 0"), product("1", "remainder(n, 2) - 2 ≥ 0"))},
    ),
}  # fmt: skip


@pytest.mark.parametrize("step", BY_HAND)
def test_the_kernel_follows_a_step(core, step):
    statement, certificate = certified(*BY_HAND[step])

    checked = replay(statement, certificate, core)

    assert checked.accepted, checked.reason


FOUND = [
    "∀ x : ℝ, x ≥ 1 → x ^ 3 ≥ 1",
    "∀ x y : ℝ, max x y + min x y = x + y",
    "∀ x : ℝ, x ≠ 0 → x / x = 1",
    "∀ x y : ℝ, x > 0 → y > 0 → 1 / (x * y) = (1 / x) * (1 / y)",
    "∀ x : ℝ, x ≥ 0 → √x * √x = x",
    "∀ x : ℝ, (⌊x⌋ : ℝ) ≤ x",
    "∀ x y : ℝ, x * y > 0 → x > 0 → y > 0",
    "∀ x : ℝ, x ^ 2 - 3 * x + 2 = 0 → x = 1 ∨ x = 2",
    "∀ x : ℝ, (x > 1 ↔ 2 * x > 2)",
    "∀ x : ℝ, ¬ (x > 1 ∧ x < 1)",
    "∀ n : ℕ, n < 3 → n ^ 2 ≤ 2 * n",
    "∀ m n : ℕ, m ≤ n → n - m + m = n",
    "∀ n : ℕ, (n : ℝ) < 1 → n = 0",
    "∀ n : ℤ, 2 * n ≠ 7",
    "∀ n : ℕ, n % 7 = 5 → 5 * n % 7 = 4",
    "∀ n : ℕ, Even n → n % 2 = 0",
    "∀ i : Fin 3, (i : ℕ) < 3",
    "∀ w : Fin 3 → ℝ, (∀ i, 0 < w i) → ∑ i, w i > 0",
    "(∑ k ∈ Finset.range 5, (k : ℝ)) = 10",
    "∀ w : Fin 3 → ℝ, w 0 = 1 → w 1 = 2 → w 2 = 3 → ∑ i, w i = 6",
    "∀ w : Fin 3 → ℝ, (∀ i, w i ≥ 1) → w 2 ≥ 1",
    "∀ (n : ℕ) (w : Fin n → ℝ), (∀ i, w i = 1) → ∑ i, w i = n",
    "∀ (n : ℕ) (x y : Fin n → ℝ) (c : ℝ), ∑ i, (x i + c * y i) = ∑ i, x i + c * ∑ i, y i",
    "239 % 7 = 1 ∧ 7 / 2 = 3 ∧ 3 - 5 = 0",
    "∀ q : ℚ, q * q ≥ 0",
    "∀ x y : ℝ, |x + y| ≤ |x| + |y|",
    "∀ x : ℝ, (if x > 1 then 1 else 0 : ℝ) ≤ 1",
    "∀ x y : ℝ, (if x > 1 ∧ y > 2 then 1 else 0 : ℝ) ≥ 0",
    "∀ x : ℤ, (if x ≥ 0 then x else -x) ≥ x",
    "∀ n : ℕ, 3 ∣ n → (if 3 ∣ n then 1 else 0) = 1",
    "∀ n : ℤ, n ^ 2 % 3 ≠ 2",
    "∀ n : ℤ, ¬ Odd (2 * n)",
    "∀ a b : ℤ, b > 0 → a % b < b",
    "∀ z : ℤ, |(z : ℝ)| ≥ z",
    "∀ n : ℕ, ((n : ℤ) + 5) % 2 = (n + 1) % 2",
    "(-7 : ℤ) % 3 = 2 ∧ (-7 : ℤ) / 2 = -4 ∧ Nat.gcd 20 12 = 4",
    "∀ f : ℤ → ℝ, (∀ k : ℤ, f (k + 1) = f k + 1) → f 2 = f 0 + 2",
    "∀ f : ℕ → ℝ, (∃ k : ℕ, f k ≥ 1) → ¬ ∀ k : ℕ, f k < 1",
]


@pytest.mark.parametrize("text", FOUND)
def test_the_kernel_accepts_what_the_search_finds(core, text):
    statement, certificate = found(text)

    checked = replay(statement, certificate, core)

    assert checked.accepted, checked.reason


@pytest.mark.parametrize(
    "text",
    [
        "∀ f : ℕ → ℝ, (¬ ∀ k : ℕ, f k < 1) → (∃ k : ℕ, f k ≥ 1)",
        "∀ x : ℝ, ∃ z : ℝ, z ≥ x",
    ],
)
def test_a_proof_that_denies_a_quantifier_says_that_it_is_classical(core, text):
    statement, certificate = found(text)

    checked = replay(statement, certificate, core)

    assert checked.accepted, checked.reason
    assert checked.axioms == ("Classical.em",)


# --- and nothing else -----------------------------------------------------------------


def test_a_certificate_that_is_no_proof_is_not_rendered():
    wrong = sum_of(product("2", "x - 1 ≥ 0"), product("1", "-x + 1 > 0"))

    with pytest.raises(NotRendered, match="the combination is x - 1, no number"):
        render(*certified("∀ x : ℝ, x ≥ 1 → x ≥ 1", wrong))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(.num 100)", "(.num 99)"),  # another number in an identity
        ("add_nonneg", "add_pos"),  # another lemma
        ("And.left", "And.right"),  # another half of a hypothesis
        ("(.atom 0)", "(.atom 1)"),  # another variable
    ],
)
def test_a_rendered_proof_with_one_thing_changed_is_refused(core, old, new):
    statement = proved_claims()["sps_bounds"]
    certificate = find(statement)
    assert certificate is not None
    good = render(statement, certificate)
    assert old in good.proof

    checked = core.check(Submission(good.statement, good.proof.replace(old, new, 1)))

    assert not checked.accepted


def test_the_proof_of_one_statement_proves_no_other(core):
    statement, certificate = found("∀ x y : ℝ, x ≥ 1 → y ≥ 2 → x + y ≥ 3")
    other = parse("∀ x y : ℝ, x ≥ 1 → y ≥ 2 → x + y ≥ 4")
    proof = render(statement, certificate).proof

    with pytest.raises(NotRendered, match="another statement"):
        render(other, certificate)
    assert core.check(Submission(proposition(statement), proof)).accepted
    assert not core.check(Submission(proposition(other), proof)).accepted


# --- statements -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *FOUND,
        "∀ f : ℕ → ℤ → ℝ, ∃ x : ℝ, f 2 (-3) = x ∨ f 0 1 < x",
        "∀ (n : ℕ) (w : Fin n → ℝ) (i j : Fin n), i = j → w i = w j",
        "∀ (m n : ℕ), (∑ k ∈ Finset.Icc m n, k) ≤ n * (n + 1)",
        "∀ a b : ℤ, a ∣ b → a ∣ 2 * b",
        "∀ p q : ℕ → Prop, (∀ n, p n ↔ q n) → p 1 → q 1",
    ],
)
def test_a_printed_statement_is_a_proposition_of_the_core(core, text):
    printed = proposition(parse(text))

    checked = core.check(Submission(f"({printed}) → ({printed})", "fun h => h"))

    assert checked.accepted, checked.reason


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("3 - 5 = 0", True), ("7 / 2 = 3", True), ("7 / 0 = 0", True), ("7 % 0 = 7", True),
        ("(-7 : ℤ) / 2 = -4", True), ("(-7 : ℤ) % 2 = 1", True), ("(7 : ℤ) / 0 = 0", True),
        ("(-7 : ℤ) / -2 = 4", True), ("(-7 : ℤ) % 2 = -1", False), ("3 ∣ 12 ∧ ¬ 3 ∣ 13", True),
        ("|(-3 : ℤ)| = 3 ∧ max (2 : ℤ) 3 = 3", True), ("(if 2 ∣ 3 then 1 else 2) = 2", True),
        ("(3 : ℤ) - 5 = -2", True), ("(3 : ℤ) - 5 = 0", False), ("-2 ^ 2 = (-4 : ℤ)", True),
        ("2 ^ 3 ^ 2 = 512", True), ("2 + 3 * 4 = 14", True), ("2 + 3 * 4 = 20", False),
        ("(∑ k ∈ Finset.Icc 2 4, k) = 9", True), ("(∑ k ∈ Finset.range 4, k) = 10", False),
        ("((2 : Fin 3) : ℕ) = 2", True), ("((5 : Fin 3) : ℕ) = 2", True),
    ],
)  # fmt: skip
def test_a_closed_statement_computes_to_what_lean_says(core, text, holds):
    printed = proposition(parse(text))

    assert core.check(Submission(printed, "by decide")).accepted is holds
    assert core.check(Submission(f"¬({printed})", "by decide")).accepted is not holds


FIELDS = ("abbrev ℝ : Type := Rat", "abbrev ℚ : Type := Rat")  # one ordered field that computes


def closed(prop: Term, values: dict[str, Fraction]) -> Term:
    """A proposition with numerals for its variables."""
    for var in VARIABLES:
        if var.name in values and isinstance(var.sort, Scalar):
            size = Num(abs(values[var.name]), var.sort)
            value = size if values[var.name] >= 0 else Op("neg", (size,), var.sort)
            prop = replaced(prop, var.name, value)
    return prop


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(propositions(), points)
def test_a_printed_proposition_is_true_where_the_evaluator_says_so(core, prop, values):
    try:
        truth = holds(prop, values)
        printed = lean(closed(prop, values))
    except (Undecided, UnsupportedStatement):
        reject()
    if any(word in printed for word in ("floor", "sqrt", "∃")):  # nothing there computes
        reject()
    claim = printed if truth else f"¬({printed})"

    checked = core.check(Submission(claim, "by decide", definitions=FIELDS))

    assert checked.accepted, checked.reason


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("∀ n : ℕ, n.factorial ≥ 1", "factorial on ℕ"),
        ("∀ n : ℕ, Nat.lcm n n = n", "lcm on ℕ"),
        ("∀ n : ℕ, Nat.Prime n → n ≥ 2", "the predicate Nat.Prime"),
        ("∀ x : Float, x = x", "the type Float"),
        ("∏ k ∈ Finset.range 3, (k + 1) = 6", "∏ of ℕ"),
        ("∀ (x : ℝ) (k : ℤ), x ^ k = x ^ k", "powers whose exponent is not a natural number"),
        ("∀ q : ℚ, (q : ℝ) = q", "the embedding of ℚ into ℝ"),
        ("∀ OrderedField : ℝ, OrderedField = OrderedField", "a variable called OrderedField"),
    ],
)
def test_what_the_core_cannot_say_exactly_is_named(text, construct):
    with pytest.raises(UnsupportedStatement) as refusal:
        proposition(parse(text))

    assert construct in str(refusal.value)
