"""The search for certificates: what it finds, that nothing corrupt passes, and that no false claim does."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hms_kernel import specs
from hms_kernel.backends.certifying import find
from hms_kernel.certificates import Rejected, check, digest, from_json, to_json
from hms_kernel.certificates.checker import Context
from hms_kernel.errors import UsageError
from hms_kernel.statements import parse
from hms_kernel.statements.evaluate import Undecided, holds, replay
from hms_kernel.statements.terms import Scalar, Statement

sys.path.append(str(Path(__file__).resolve().parents[1] / "statements"))

from strategies import VARIABLES, propositions

F = Fraction
WAR = (
    "theorem war (n : ℕ) (w a d : Fin n → ℝ) (hw : ∀ i, 0 < w i ∧ w i ≤ 1) (hs : ∑ i, w i = 1)"
    " (ha : ∀ i, -100 ≤ a i ∧ a i ≤ 100) (hd : ∀ i, 0 ≤ d i ∧ d i ≤ {limit}) :"
    " -100 ≤ ∑ i, w i * a i * d i ∧ ∑ i, w i * a i * d i ≤ 100 := by sorry"
)

# A claim that holds, one that is like it and does not, and values that break the latter.
TWINS: list[tuple[str, str, dict[str, Any]]] = [
    ("∀ x y : ℝ, x ≥ 1 → y ≥ 2 → x + y ≥ 3", "∀ x y : ℝ, x ≥ 1 → y ≥ 2 → x + y ≥ 4", {"x": F(1), "y": F(2)}),
    ("∀ x y : ℝ, x ^ 2 + y ^ 2 ≥ 2 * x * y", "∀ x y : ℝ, x ^ 2 + y ^ 2 ≥ 3 * x * y", {"x": F(1), "y": F(1)}),
    ("∀ x : ℝ, x ≥ 1 → x ^ 3 ≥ 1", "∀ x : ℝ, x ≥ -1 → x ^ 3 ≥ 1", {"x": F(0)}),
    ("∀ x : ℝ, x ^ 2 - 3 * x + 2 = 0 → x = 1 ∨ x = 2", "∀ x : ℝ, x ^ 2 - 3 * x + 2 = 0 → x = 1 ∨ x = 3", {"x": F(2)}),
    ("∀ x y : ℝ, |x + y| ≤ |x| + |y|", "∀ x y : ℝ, |x + y| ≤ |x| + y", {"x": F(1), "y": F(-2)}),
    ("∀ x y : ℝ, max x y + min x y = x + y", "∀ x y : ℝ, max x y - min x y = x - y", {"x": F(0), "y": F(1)}),
    ("∀ n : ℕ, n < 3 → n ^ 2 ≤ 2 * n", "∀ n : ℕ, n < 4 → n ^ 2 ≤ 2 * n", {"n": F(3)}),
    ("∀ m n : ℕ, m ≤ n → n - m + m = n", "∀ m n : ℕ, m ≤ n + 1 → n - m + m = n", {"m": F(1), "n": F(0)}),
    ("∀ x : ℝ, x ≠ 0 → x / x = 1", "∀ x : ℝ, x / x = 1", {"x": F(0)}),
    ("∀ n : ℤ, 2 * n ≠ 7", "∀ n : ℤ, 2 * n ≠ 8", {"n": F(4)}),
    ("∀ n : ℤ, n ^ 2 % 3 ≠ 2", "∀ n : ℤ, n ^ 2 % 4 ≠ 1", {"n": F(1)}),
    ("∀ n : ℤ, n % 7 = 5 → 5 * n % 7 = 4", "∀ n : ℤ, n % 7 = 5 → 5 * n % 7 = 5", {"n": F(5)}),
    ("∀ x y : ℝ, x * y > 0 → x > 0 → y > 0", "∀ x y : ℝ, x * y > 0 → x > -1 → y > 0", {"x": F(-1, 2), "y": F(-1)}),
    (WAR.format(limit=1), WAR.format(limit=2), {"n": F(1), "w": (F(1),), "a": (F(100),), "d": (F(2),)}),
    (
        "∀ (w : Fin 3 → ℝ), (∀ i, 0 < w i) → ∑ i, w i > 0",
        "∀ (w : Fin 0 → ℝ), (∀ i, 0 < w i) → ∑ i, w i > 0",
        {"w": ()},
    ),
]  # fmt: skip


@cache
def twins(number: int) -> tuple[Statement, Any, Statement]:
    true, false, values = TWINS[number]
    statement, other = parse(true), parse(false)
    assert replay(other, values).refutes
    certificate = find(statement)
    assert certificate is not None, true
    return statement, to_json(certificate), other


def accepted(statement: Statement, data: Any) -> bool:
    try:
        check(statement, from_json({**data, "statement_sha256": digest(statement)}))
    except (Rejected, UsageError):
        return False
    return True


# --- corruption ----------------------------------------------------------------


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to all lists and texts of a certificate."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*path, key))
    else:
        yield path
        if isinstance(data, list):
            for index, value in enumerate(data):
                yield from places(value, (*path, index))


def at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    result = copy.deepcopy(data)
    at(result, path[:-1])[path[-1]] = value
    return result


def without(data: Any, path: tuple[Any, ...]) -> Any:
    result = copy.deepcopy(data)
    del at(result, path[:-1])[path[-1]]
    return result


@pytest.mark.parametrize("number", range(len(TWINS)))
def test_every_multiplier_and_every_fact_of_a_certificate_counts(number):
    statement, data, _ = twins(number)
    assert accepted(statement, data)
    facts = [*Context.of(statement).facts, "x ≥ 0", "false"]

    for path in places(data["proof"], ("proof",)):
        kind, value = path[-1], at(data, path)
        if kind == "times":
            corrupt = [
                changed(data, path, f"{Fraction(value) * factor}") for factor in (2, -1, F(1, 3))
            ]
        elif kind == "fact" or (len(path) > 1 and path[-2] == "facts"):
            corrupt = [changed(data, path, name) for name in facts if name != value]
        elif len(path) > 1 and path[-2] in ("products", "multiples", "branches", "facts"):
            corrupt = [without(data, path)]
        else:
            continue
        for wrong in corrupt:
            assert not accepted(statement, wrong), (path, value, at(wrong, path[:-1]))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(draw=st.data(), number=st.integers(0, len(TWINS) - 1), changes=st.integers(0, 4))
def test_no_certificate_however_corrupted_proves_what_is_false(draw, number, changes):
    statement, data, false = twins(number)
    here, there = list(Context.of(statement).facts), list(Context.of(false).facts)
    names = dict(zip(here, there, strict=False))
    texts = [*there, *(name for atom in Context.of(false).atoms for name in (atom, f"{atom} ≥ 0"))]

    def renamed(part: Any) -> Any:
        """The proof as it would have to be of the other statement."""
        if isinstance(part, dict):
            return {key: renamed(value) for key, value in part.items()}
        if isinstance(part, list | tuple):
            return [renamed(value) for value in part]
        return names.get(part, part)

    proof = {"proof": renamed(data["proof"])}
    for _ in range(changes):
        path = draw.draw(st.sampled_from(list(places(proof))), label="where")
        value = at(proof, path)
        if isinstance(value, list):
            if value and draw.draw(st.booleans(), label="drop"):
                proof = without(proof, (*path, draw.draw(st.integers(0, len(value) - 1))))
            elif value:
                proof = changed(proof, path, [*value, draw.draw(st.sampled_from(value))])
        elif value.lstrip("-").replace("/", "").isdigit():
            new = draw.draw(st.builds(Fraction, st.integers(-9, 9), st.integers(1, 4)))
            proof = changed(proof, path, str(new))
        else:
            proof = changed(proof, path, draw.draw(st.sampled_from([*texts, value, ">", "≥", "="])))

    assert not accepted(false, proof)


# --- claims that are false -------------------------------------------------------

SCALARS = tuple(var for var in VARIABLES if isinstance(var.sort, Scalar) and var.name != "p")
integers = st.integers(-4, 4)
points = st.fixed_dictionaries(
    {
        var.name: st.integers(0, 5).map(Fraction)
        if var.sort is Scalar.NAT
        else integers.map(Fraction)
        if var.sort is Scalar.INT
        else st.builds(Fraction, integers, st.integers(1, 3))
        for var in SCALARS
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(prop=propositions(), point=points)
def test_of_what_is_false_somewhere_the_search_finds_no_proof(prop, point):
    # The search is the best attacker the checker has.
    try:
        if holds(prop, point):
            return
    except Undecided:
        return

    assert find(Statement("", SCALARS, (), prop), 0.05) is None


@pytest.mark.parametrize("number", range(len(TWINS)))
def test_of_a_false_twin_the_search_finds_no_proof(number):
    _, _, false = twins(number)

    assert find(false, 0.3) is None


# --- what is found -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "∀ a b c : ℝ, a ^ 2 + b ^ 2 + c ^ 2 ≥ a * b + b * c + c * a",
        "∀ x : ℝ, 0 ≤ x → x ≤ 1 → x * (1 - x) ≤ 1 / 4",
        "∀ a b : ℝ, a > 0 → b > 0 → (a + b) ^ 2 ≥ 4 * a * b",
        "∀ x y : ℝ, x ^ 2 + y ^ 2 = 1 → x + y ≤ 2",
        "∀ x : ℝ, (if x < 0 then -x else x) = |x|",
        "∀ n : ℕ, n % 2 = 0 ∨ n % 2 = 1",
        "∀ a : ℤ, a ^ 2 % 4 = 0 ∨ a ^ 2 % 4 = 1",
        "∀ x y : ℝ, x ≠ 0 → y ≠ 0 → x + y = 4 * x * y → 1 / x + 1 / y = 4",
        "∀ x y : ℤ, 0 < y → y < x → x + y + x * y = 80 → x = 26",
        "∀ x : ℝ, ⌊x⌋ ≤ x ∧ x < ⌊x⌋ + 1",
        "∃ x : ℝ, 3 * x - 2 = 7",
        "∀ x : ℝ, x ≥ 0 → Real.sqrt (x ^ 2) = x",
        "∀ f : ℝ → ℝ, (∀ x, f x = 2 * x + 1) → f (f 3) = 15",
        "∀ f : ℕ → ℤ, f 0 = 1 → (∀ n, f (n + 1) = 2 * f n) → f 4 = 16",
        "∀ x y z : ℝ, 0 ≤ x ∧ x ≤ 1 → 0 ≤ y ∧ y ≤ 1 → 0 ≤ z ∧ z ≤ 1 → x * y * z ≤ 1",
        "∑ i ∈ Finset.range 10, (i : ℚ) ^ 2 = 285",
        "∀ (n : ℕ) (w a : Fin n → ℝ), (∀ i, 0 ≤ w i) → (∀ i, a i ≤ 5) → ∑ i, w i * a i ≤ 5 * ∑ i, w i",
        "∀ (n : ℕ) (f g : ℕ → ℝ), (∀ i < n, f i ≤ g i) → ∑ i ∈ Finset.range n, f i ≤ ∑ i ∈ Finset.range n, g i",
        "∀ (n : ℕ) (p : Fin n → ℝ) (m : ℝ), (∀ i, 0 ≤ p i) → 0 ≤ m → m ≤ 1 → m * ∑ i, p i ≤ ∑ i, p i",
    ],
)
def test_a_certificate_is_found(text):
    statement = parse(text)

    certificate = find(statement)

    assert certificate is not None
    check(statement, certificate)


def moneyball() -> list[Any]:
    claims = specs.load("moneyball").claims
    return [
        c for c in claims if c.settled is None and ("_repaired" in c.id or c.id.startswith("sps_"))
    ]


@pytest.mark.parametrize("claim", moneyball(), ids=lambda claim: claim.id)
def test_every_repaired_claim_of_the_built_in_specification_has_a_certificate(claim):
    goal = claim.goal()
    statement = parse(goal.statement, definitions=goal.definitions, decimals=goal.decimals)

    assert find(statement) is not None


def test_the_effort_for_a_sum_does_not_grow_with_its_terms():
    text = WAR.format(limit=1)
    large = text.replace("(n : ℕ) ", "").replace("Fin n", "Fin 1000")

    assert find(parse(large)) is not None


def test_same_statement_and_budget_give_the_same_certificate():
    statement = parse(TWINS[4][0])

    assert find(statement) == find(statement)


def test_without_a_budget_nothing_is_found():
    assert find(parse(TWINS[1][0]), 0.0) is None
