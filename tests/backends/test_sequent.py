from __future__ import annotations

from fractions import Fraction

from hms_kernel.backends.sequent import Sequent, shape_variables, split, substitute
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Big,
    Fin,
    Logic,
    Num,
    Op,
    Quant,
    Rel,
    Scalar,
    Var,
)

X, Y = Var("x", Scalar.REAL), Var("y", Scalar.REAL)
N = Var("n", Scalar.NAT)
ZERO, ONE = Num(Fraction(0), Scalar.REAL), Num(Fraction(1), Scalar.REAL)
LOW, HIGH = Rel("≤", ZERO, X), Rel("≤", X, ONE)


def test_a_conjunction_becomes_one_sequent_per_part():
    claim = Logic("∧", (LOW, Logic("∧", (HIGH, LOW))))

    assert split(Sequent((X,), (), claim)) == [
        Sequent((X,), (), LOW),
        Sequent((X,), (), HIGH),
        Sequent((X,), (), LOW),
    ]


def test_an_equivalence_becomes_two_implications_with_their_premises_introduced():
    pieces = split(Sequent((X,), (), Logic("↔", (LOW, HIGH))))

    assert pieces == [Sequent((X,), (LOW,), HIGH), Sequent((X,), (HIGH,), LOW)]


def test_an_inner_quantifier_joins_the_variables():
    claim = Logic("→", (LOW, Quant("∀", Y, Logic("∧", (Rel("≤", Y, X), HIGH)))))

    assert split(Sequent((X,), (), claim)) == [
        Sequent((X, Y), (LOW,), Rel("≤", Y, X)),
        Sequent((X, Y), (LOW,), HIGH),
    ]


def test_a_negation_is_refuted_from_what_it_denies():
    assert split(Sequent((X,), (), Logic("¬", (LOW,)))) == [Sequent((X,), (LOW,), Logic("False"))]


def test_substitution_reaches_everything_but_binders():
    claim = Quant("∃", Y, Rel("<", X, Op("+", (Y, X), Scalar.REAL)))

    assert substitute(claim, {"x": ONE}) == Quant(
        "∃", Y, Rel("<", ONE, Op("+", (Y, ONE), Scalar.REAL))
    )


def test_substitution_leaves_alone_what_a_binder_of_the_same_name_hides():
    hidden = Quant("∀", X, Rel("≤", X, Y))

    claim = Logic("∧", (Rel("≤", X, Y), hidden))

    assert substitute(claim, {"x": ONE, "y": ZERO}) == Logic(
        "∧", (Rel("≤", ONE, ZERO), Quant("∀", X, Rel("≤", X, ZERO)))
    )


def test_sizes_ends_and_exponents_decide_the_shape():
    m, k, free = (Var(name, Scalar.NAT) for name in ("m", "k", "free"))
    f = Var("f", Arrow(Fin(N), Scalar.REAL))
    i = Var("i", Scalar.NAT)
    zero = Num(Fraction(0), Scalar.NAT)
    total = Big("∑", i, i, Scalar.NAT, zero, m)
    power = Op("^", (X, k), Scalar.REAL)
    claim = Logic("∧", (Rel("≤", zero, total), Rel("≤", ZERO, power)))

    sequent = Sequent((N, m, k, free, X, f), (), claim)

    assert [var.name for var in shape_variables(sequent)] == ["n", "m", "k"]


def test_a_number_that_shapes_nothing_stays_symbolic():
    f = Var("f", Arrow(Scalar.NAT, Scalar.REAL))

    assert shape_variables(Sequent((N, f), (), Rel("≤", ZERO, Apply(f, N, Scalar.REAL)))) == []
