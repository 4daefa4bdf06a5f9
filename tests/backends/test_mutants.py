"""True claims with one number changed: refuted, never proved."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction

import pytest

from hms_kernel.backends.sequent import rebuild, walk
from hms_kernel.model import Outcome
from hms_kernel.statements import parse, show
from hms_kernel.statements.terms import Num, Statement, Term

# Of each the conclusion fixes every one of its numbers: no other makes a true claim.
TRUE = [
    "∀ x y : ℝ, 2 * x + y = 7 → x - y = 2 → 3 * x = 9",
    "∀ x : ℝ, 0 ≤ x → x ^ 2 = 9 → 5 * x = 15",
    "∀ n : ℕ, n % 7 = 3 → n ^ 2 % 7 = 2",
    "∀ a b : ℕ, a - b = 4 → b = 3 → a + 2 * b = 13",
    "∀ a : ℤ, a / 4 = -2 → a % 4 = 1 → a = -7",
    "∀ w : Fin 3 → ℝ, (∀ i, w i = 2) → ∑ i, 5 * w i = 30",
    "∀ u : ℕ → ℤ, u 0 = 1 → (∀ n, u (n + 1) = 3 * u n - 1) → u 4 = 41",
    "∀ x : ℝ, |x - 2| = x - 2 → max x 1 + min x 2 = 7 → x = 5",
    "∀ f : ℝ → ℝ, (∀ x, f x = 3 * x - 2) → f (f 2) = 10",
    "Nat.gcd 84 36 = 12",
]


def exchanged(term: Term, old: Term, new: Term) -> Term:
    """The term with one part, by identity, replaced."""
    return rebuild(term, lambda part: new if part is old else None)


def mutants(statement: Statement) -> Iterator[Statement]:
    """The statement with each number of its conclusion made one larger and one smaller."""
    numbers = [part for part in walk(statement.conclusion) if isinstance(part, Num)]
    for number in numbers:
        for step in (1, -1):
            changed = Num(number.value + step, number.sort)
            if changed.value < 0:
                continue
            yield dataclasses.replace(
                statement, conclusion=exchanged(statement.conclusion, number, changed)
            )


@pytest.mark.parametrize("text", TRUE)
def test_a_true_claim_is_proved_and_no_mutant_of_it_is(settle, text):
    statement = parse(text)

    assert settle(text).outcome is Outcome.PROVED
    found = {show(mutant): settle(show(mutant)).outcome for mutant in mutants(statement)}
    assert len(found) >= 2
    assert Outcome.PROVED not in found.values(), found
    assert Outcome.VACUOUS not in found.values(), found
    if "u (n + 1)" not in text:  # a sequence has no end that could be shown
        refuted = sum(outcome is Outcome.REFUTED for outcome in found.values())
        assert Fraction(refuted, len(found)) >= Fraction(3, 4), found
