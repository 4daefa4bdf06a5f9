"""What the checker reads into a term is what the exact evaluator says of it, on random propositions."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hms_kernel.certificates.arithmetic import Unread
from hms_kernel.certificates.checker import Context
from hms_kernel.certificates.definitions import definition
from hms_kernel.certificates.polynomials import Atom, Compare, Rejected, of
from hms_kernel.certificates.reading import formula, kind_of
from hms_kernel.statements import parse
from hms_kernel.statements.evaluate import Undecided, holds
from hms_kernel.statements.terms import Scalar

sys.path.append(str(Path(__file__).resolve().parents[1] / "statements"))
sys.path.append(str(Path(__file__).resolve().parent))

from meaning import Unknown, atom_value, truth
from strategies import VARIABLES, propositions

SCALARS = tuple(var for var in VARIABLES if isinstance(var.sort, Scalar) and var.name != "p")
ENV = {var.name: of(Atom("variable", (var.name,), kind_of(var.sort))) for var in SCALARS}
MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))

integers = st.integers(-4, 4)
fractions = st.builds(Fraction, integers, st.integers(1, 3))
points = st.fixed_dictionaries(
    {
        var.name: st.integers(0, 5).map(Fraction)
        if var.sort is Scalar.NAT
        else integers.map(Fraction)
        if var.sort is Scalar.INT
        else fractions
        for var in SCALARS
    }
)


@MANY
@given(prop=propositions(), point=points, positive=st.booleans())
def test_a_proposition_read_is_true_exactly_where_it_is_true(prop, point, positive):
    try:
        expected = holds(prop, point) == positive
        read = formula(prop, ENV, positive)
        said = truth(read, point)
    except (Undecided, Unread, Rejected, Unknown):
        return

    assert said == expected, str(read)


@MANY
@given(prop=propositions(), point=points)
def test_the_definition_of_every_number_is_true_of_its_value(prop, point):
    context = Context()
    try:
        context.add(formula(prop, ENV))
    except (Unread, Rejected):
        return

    for atom in list(context.atoms.values()):
        try:
            value = atom_value(atom, point)
            meant = definition(atom)
            said = truth(meant, point)
        except (Unread, Rejected, Unknown, OverflowError):
            continue
        assert said, f"{atom} = {value}, but {meant}"


@MANY
@given(prop=propositions(), point=points)
def test_a_number_that_counts_as_an_integer_is_one(prop, point):
    context = Context()
    try:
        context.add(formula(prop, ENV))
    except (Unread, Rejected):
        return

    for atom in context.atoms.values():
        try:
            value = atom_value(atom, point)
        except Unknown:
            continue
        if atom.kind in ("ℕ", "ℤ"):
            assert value.denominator == 1, atom
        if atom.kind == "ℕ":
            assert value >= 0, atom


@MANY
@given(prop=propositions(), point=points)
def test_what_a_context_adds_to_a_true_fact_is_true(prop, point):
    context = Context()
    try:
        read = formula(prop, ENV)
        if not truth(read, point):
            return
        context.add(read)
        for fact in context.facts.values():
            assert truth(fact, point), fact
    except (Unread, Rejected, Unknown):
        return


@pytest.mark.parametrize(
    ("claim", "facts"),
    [
        ("∀ x : ℝ, x < 1", ["x - 1 ≥ 0"]),
        ("∀ n : ℤ, 2 * n < 7", ["n - 4 ≥ 0"]),  # 2n ≥ 7 of an integer
        ("∀ n : ℕ, n - 1 < n", ["minus(n, 1) - n ≥ 0"]),  # subtraction stops at 0
        ("∀ n : ℤ, n - 1 < n", ["false"]),
        ("∀ x : ℝ, x / 0 = 1", []),  # 0 = 1 fails everywhere: nothing is learnt
        ("∀ x : ℝ, 1 / (1 / x) = x", ["false"]),
        ("∀ n : ℤ, (7 * n + 9) % 7 = 2", ["false"]),
        ("∀ n : ℤ, (7 * n + 9) / 7 = n + 1", ["false"]),
        ("∀ n : ℤ, n % 0 = n", ["false"]),
        ("∀ (n : ℕ) (f : Fin n → ℝ), ∑ i, 2 * f i = 2 * ∑ i, f i", ["false"]),
        ("∀ (n : ℕ), ∑ i ∈ Finset.range n, (3 : ℝ) = 3 * n", ["false"]),
        ("∀ x y : ℝ, (∃ z, x < z ∧ z < y) → x < y", ["-x + z > 0", "y - z > 0", "x - y ≥ 0"]),
    ],
)
def test_the_negated_claim_as_facts(claim, facts):
    context = Context.of(parse(claim))

    assert set(context.facts) == set(facts)


def test_sums_inside_sums_do_not_capture_each_others_index():
    statement = parse("∀ f : Fin 3 → Fin 3 → ℝ, ∑ i, ∑ j, f i j * f j i = ∑ i, ∑ j, f i i * f j j")
    context = Context.of(statement)
    table = {f"f({i}, {j})": Fraction(7 * i + j * j + 1) for i in range(3) for j in range(3)}

    def value(atom: Atom) -> Fraction:
        return table[atom.label]

    swapped = sum(table[f"f({i}, {j})"] * table[f"f({j}, {i})"] for i in range(3) for j in range(3))
    diagonal = sum(
        table[f"f({i}, {i})"] * table[f"f({j}, {j})"] for i in range(3) for j in range(3)
    )
    (fact,) = context.facts.values()
    assert isinstance(fact, Compare)
    assert expanded(fact.poly, value) == swapped - diagonal


def expanded(poly, value) -> Fraction:
    """With sums written out by their definitions and functions by a table."""
    total = Fraction(0)
    for monomial, coefficient in poly.terms.items():
        for atom in monomial:
            if atom.head == "sum":
                written = definition(atom)
                coefficient *= expanded(of(atom) - written.poly, value)
            else:
                coefficient *= value(atom)
        total += coefficient
    return total
