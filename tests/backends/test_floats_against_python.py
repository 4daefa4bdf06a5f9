"""z3's doubles, Python's doubles and the bounds on doubles never contradict each other, on random terms."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from hms_kernel.backends.floats import bounding, gaps, machine, points
from hms_kernel.backends.floats.reading import FLOAT, read
from hms_kernel.backends.floats.sampling import Sampler
from hms_kernel.backends.floats.translate import FloatTranslator, to_float
from hms_kernel.model import Semantics
from hms_kernel.statements import parse
from hms_kernel.statements.terms import Hypothesis, Ite, Num, Op, Rel, Statement, Term, Var

VARIABLES = tuple(Var(name, FLOAT) for name in "xyz")
QUICK = settings(max_examples=150, deadline=None)

doubles = st.one_of(
    st.floats(),
    st.sampled_from([0.0, -0.0, 5e-324, 2.0**-1022, 2.0**53, 1.7976931348623157e308, 0.1, 1.0]),
)
numerals = st.one_of(
    st.integers(0, 12).map(Fraction),
    st.fractions(0, 10, max_denominator=1000),
    st.floats(0, allow_infinity=False).map(Fraction),
).map(lambda value: Num(value, FLOAT))


def operations(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    binary = st.builds(
        lambda op, left, right: Op(op, (left, right), FLOAT),
        st.sampled_from(["+", "-", "*", "/", "min", "max"]), inner, inner,
    )  # fmt: skip
    unary = st.builds(
        lambda op, arg: Op(op, (arg,), FLOAT), st.sampled_from(["neg", "abs", "sqrt"]), inner
    )
    choice = st.builds(
        lambda op, left, right, yes, no: Ite(Rel(op, left, right), yes, no, FLOAT),
        st.sampled_from(["<", "≤", "==", "=", "≠"]), inner, inner, inner, inner,
    )  # fmt: skip
    return binary | unary | choice


terms = st.recursive(st.sampled_from(VARIABLES) | numerals, operations, max_leaves=6)
relations = st.builds(Rel, st.sampled_from(["<", "≤", ">", "≥", "==", "=", "≠"]), terms, terms)
environments = st.fixed_dictionaries({var.name: doubles for var in VARIABLES})


def z3_double(value: float, context: z3.Context) -> z3.FPRef:
    (bits,) = struct.unpack(">Q", struct.pack(">d", value))
    sort = z3.FPSort(11, 53, context)
    return z3.simplify(z3.fpBVToFP(z3.BitVecVal(bits, 64, context), sort, context))


def by_z3(term: Term, values: dict[str, float], *, proposition: bool = False) -> z3.ExprRef:
    context = z3.Context()
    translator = FloatTranslator(context)
    for var in VARIABLES:
        translator.declare(var)
    made = translator.truth(term) if proposition else translator.number(term)
    pairs = [
        (translator.constants[name], z3_double(value, context)) for name, value in values.items()
    ]
    return z3.simplify(z3.substitute(made, *pairs))


@QUICK
@given(terms, environments)
def test_z3_and_python_round_every_term_to_the_same_double(term, values):
    assert machine.identical(to_float(by_z3(term, values)), machine.number(term)(values))


@QUICK
@given(relations, environments)
def test_z3_and_python_agree_on_every_relation(relation, values):
    found = by_z3(relation, values, proposition=True)

    assert z3.is_true(found) == machine.truth(relation)(values)
    assert z3.is_true(found) or z3.is_false(found)


@QUICK
@given(relations, environments)
def test_a_gap_is_zero_exactly_where_a_relation_holds(relation, values):
    holds = machine.truth(relation)(values)

    assert (gaps.gap(relation)(values) == 0) == holds
    assert (gaps.gap(relation, wanted=False)(values) == 0) == (not holds)


ranges = st.lists(doubles.filter(math.isfinite), min_size=2, max_size=2).map(sorted)


def exact(value: float) -> Term:
    size = Num(Fraction(abs(value)), FLOAT)
    return Op("neg", (size,), FLOAT) if value < 0 else size


@settings(max_examples=400, deadline=None)
@given(relations, st.tuples(ranges, ranges, ranges), environments)
def test_what_bounds_prove_holds_at_every_point_within_them(relation, bounds, values):
    facts = tuple(
        Rel("≤", *sides)
        for var, (low, high) in zip(VARIABLES, bounds, strict=True)
        for sides in ((exact(low), var), (var, exact(high)))
    )
    hypotheses = tuple(Hypothesis("", fact) for fact in facts)
    statement = Statement("", VARIABLES, hypotheses, relation)

    if bounding.proves(statement):
        inside = {
            var.name: min(max(values[var.name], low), high)
            for var, (low, high) in zip(VARIABLES, bounds, strict=True)
            if not math.isnan(values[var.name])
        }
        corners = [
            {v.name: b[end] for v, b in zip(VARIABLES, bounds, strict=True)} for end in (0, 1)
        ]
        for point in (*corners, {**corners[0], **inside}):
            assert not machine.refutes(statement)(point)


@settings(max_examples=400, deadline=None)
@given(relations, environments)
def test_what_bounds_prove_without_hypotheses_holds_of_every_double(relation, values):
    if bounding.proves(Statement("", VARIABLES, (), relation)):
        assert machine.truth(relation)(values)


@settings(max_examples=200, deadline=None)
@given(relations, relations, environments)
def test_what_bounds_prove_from_a_relation_holds_where_it_holds(given_, claim, values):
    statement = Statement("", VARIABLES, (Hypothesis("h", given_),), claim)

    if bounding.proves(statement):
        assert not machine.refutes(statement)(values)


@pytest.mark.parametrize(
    ("value", "nearest"),
    [
        (Fraction(1, 10), 0.1),
        (Fraction(2**53 + 1), 2.0**53),
        (Fraction(10) ** 400, math.inf),
        (-(Fraction(10) ** 400), -math.inf),
        (Fraction(1, 10**400), 0.0),
        (Fraction(3, 2**1075), 2.0**-1073),  # halfway between two subnormals: to even
    ],
)
def test_exact_numbers_round_to_the_nearest_double(value, nearest):
    assert machine.rounded(value) == nearest


@given(st.floats(allow_nan=False), st.integers(-5, 5))
def test_a_step_of_the_last_place_is_the_neighbour(value, steps):
    expected = value
    for _ in range(abs(steps)):
        expected = math.nextafter(expected, math.copysign(math.inf, steps))

    assert points.moved(value, steps) == expected


def test_a_model_that_leaves_a_variable_out_still_makes_a_counterexample():
    statement = read(parse("∀ (n : ℕ) (x : ℝ), x = 0"), Semantics.FLOAT64)

    assert Sampler(statement).refuted_by({"x": 7.0}) == {"n": 0, "x": 1.0}
    assert Sampler(statement).refuted_by({"x": -0.0}) is None


def test_dice_repeat():
    first, second = ([dice.double(-1e9, 1e9) for _ in range(100)] for dice in (points.Dice(7), points.Dice(7)))  # fmt: skip

    assert first == second
