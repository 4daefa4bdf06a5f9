"""Translation and transforms never contradict exact evaluation, on random statements."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import cvc5
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hms_kernel.backends import cvc5_process
from hms_kernel.backends.meter import Allowance, Meter
from hms_kernel.backends.questions import pose, smtlib
from hms_kernel.backends.sequent import Sequent
from hms_kernel.backends.strategy import Stage
from hms_kernel.backends.transforms import TRANSFORMS
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.model import Budget
from hms_kernel.statements import show
from hms_kernel.statements.evaluate import Undecided, holds
from hms_kernel.statements.terms import Logic, Num, Op, Rel, Scalar, Term

sys.path.append(str(Path(__file__).resolve().parents[1] / "statements"))

from strategies import VARIABLES, propositions

SCALARS = tuple(var for var in VARIABLES if isinstance(var.sort, Scalar) and var.name != "p")
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))

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


def numeral(value: Fraction, sort: Scalar) -> Term:
    if value >= 0:
        return Num(value, sort)
    return Op("neg", (Num(-value, sort),), sort)


def pinned(point: dict[str, Fraction]) -> tuple[Term, ...]:
    """Facts that leave each variable one value."""
    return tuple(Rel("=", var, numeral(point[var.name], var.sort)) for var in SCALARS)


def answer(sequent: Sequent, engine: str) -> str:
    try:
        reply = pose(sequent, Stage(engine=engine), units=60_000, wall_s=60.0)
    except UnsupportedStatement:
        return "unsupported"
    return reply.answer.result


def second_answer(sequent: Sequent) -> str:
    try:
        question = smtlib(sequent)
    except UnsupportedStatement:
        return "unsupported"
    return cvc5_process.answer(cvc5, question, 2_000, cvc5_process.LEMMAS)


def truth(prop: Term, point: dict[str, Fraction]) -> bool | None:
    try:
        return holds(prop, point)
    except Undecided:
        return None


def contradictions(prop: Term, point: dict[str, Fraction], engine: str) -> list[str]:
    """Where z3, cvc5 and the evaluator contradict each other about a proposition at a point."""
    actual, found = truth(prop, point), []
    for claim, expected in (
        (prop, actual),
        (Logic("¬", (prop,)), None if actual is None else not actual),
    ):
        sequent = Sequent(SCALARS, pinned(point), claim)
        said, second = answer(sequent, engine), second_answer(sequent)
        if engine == "nlsat" and said == "sat":
            said = "unknown"  # it takes integers for reals, so there a model says nothing
        words = {True: "unsat", False: "sat", None: "unknown"}[expected]
        if len({said, second, words} & {"sat", "unsat"}) > 1:
            found.append(
                f"z3 {said}, cvc5 {second}, evaluated {expected}: {show(claim)} at {point}"
            )
    return found


@QUICK
@given(prop=propositions(), point=points, engine=st.sampled_from(["smt", "simple", "nlsat"]))
def test_at_a_point_both_solvers_and_the_evaluator_agree(prop, point, engine):
    assert contradictions(prop, point, engine) == []


@QUICK
@given(
    fact=propositions(depth=2),
    claim=propositions(depth=2),
    candidates=st.lists(points, min_size=5, max_size=5),
    name=st.sampled_from(sorted(TRANSFORMS)),
)
def test_what_a_transform_proves_holds_wherever_the_facts_do(fact, claim, candidates, name):
    meter, allowance = Meter(Budget(nominal_s=1.0)), Allowance(1.0)

    def proved(part: Sequent) -> bool:
        try:
            reply = meter.ask(part, Stage(engine="smt"), allowance, at_most_s=0.05)
        except UnsupportedStatement:
            return False
        return reply is not None and reply.answer.result == "unsat"

    parts = TRANSFORMS[name](Sequent(SCALARS, (fact,), claim), proved)

    if len(parts) <= 40 and all(proved(part) for part in parts):
        for point in candidates:
            if truth(fact, point):
                assert truth(claim, point) is not False


@pytest.mark.parametrize("engine", ["smt", "simple"])
def test_the_check_above_can_fail(engine):
    x, k = SCALARS[0], Rel("≤", SCALARS[0], Num(Fraction(1), Scalar.REAL))

    point = {var.name: Fraction(0) for var in SCALARS}

    assert truth(k, point) is True
    assert (
        answer(Sequent((x,), (Rel("=", x, Num(Fraction(0), Scalar.REAL)),), k), engine) == "unsat"
    )
    assert answer(Sequent((x,), (Rel("=", x, Num(Fraction(2), Scalar.REAL)),), k), engine) == "sat"


def test_a_solver_that_is_wrong_would_be_noticed(monkeypatch):
    monkeypatch.setattr(cvc5_process, "answer", lambda *_: "sat")
    point = {var.name: Fraction(0) for var in SCALARS}

    assert contradictions(Rel("=", SCALARS[0], SCALARS[0]), point, "smt")
