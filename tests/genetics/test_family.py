"""Families: what a claim is made of, whatever its names, numbers and sizes."""

from __future__ import annotations

import pytest

from hms_kernel.genetics.family import family
from hms_kernel.genetics.goals import benchmark
from hms_kernel.model import Goal


def of(statement: str, *definitions: str) -> str:
    return family(Goal(theorem_id="", statement=statement, definitions=definitions))


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("∀ x : ℝ, 0 ≤ x ^ 2", "ℝ with ^"),
        ("∀ a b : ℤ, (a * b) % 4 ≠ 3", "ℤ with *, %"),
        ("∀ a b : ℝ, 0 < b → a / b ≤ 1", "ℝ with /"),
        ("∀ a : ℝ, a / 2 ≤ 1 → a ≤ 2", "ℝ"),
        ("∀ x : ℝ, max 0 (min 1 x) ≤ 1", "ℝ with max"),
        ("∀ x : ℝ, 0 ≤ |x|", "ℝ with |·|"),
        ("∀ n : ℕ, 3 ∣ n → ∃ k, n = 3 * k", "ℕ with *, %, ∃"),
        ("True", "propositions"),
    ],
)
def test_a_family_names_numbers_and_constructs(statement, name):
    assert of(statement) == name


def test_sizes_names_and_numbers_make_no_difference():
    twelve = "∀ w a : Fin 12 → ℝ, ∑ i, w i = 1 → ∑ i, w i * a i ≤ 100"
    three = "∀ share score : Fin 3 → ℝ, ∑ j, share j = 1 → ∑ j, share j * score j ≤ 7"

    assert of(twelve) == of(three)


def test_what_definitions_bring_counts():
    assert of("∀ x, f x ≤ 1", "def f (x : ℝ) : ℝ := max 0 x") == "ℝ with max"


def test_the_families_of_the_benchmark_stay_together():
    names: dict[str, set[str]] = {}
    for goal in (*benchmark("train"), *benchmark("test")):
        if goal.family not in ("textbook", "existence"):  # these are mixed on purpose
            names.setdefault(goal.family, set()).add(family(goal.goal))

    assert {kind: len(found) for kind, found in names.items()} == dict.fromkeys(names, 1)
