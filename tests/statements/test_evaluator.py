"""The evaluator against Python's exact arithmetic, and what it refuses to guess."""

from __future__ import annotations

import contextlib
import math
import operator
from collections.abc import Iterator
from fractions import Fraction as F

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import INT, NAT, RAT, REAL, VARIABLES, numbers, propositions

from hms_kernel.statements import parse
from hms_kernel.statements.evaluate import Exhausted, Table, Undecided, holds, value_of
from hms_kernel.statements.terms import (
    Big,
    Cast,
    Fin,
    Ite,
    Logic,
    Num,
    Op,
    Pred,
    Quant,
    Rel,
    Scalar,
    Term,
    Var,
)

QUICK = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
POINTS = st.fixed_dictionaries(
    {
        "x": st.fractions(-5, 5, max_denominator=6),
        "y": st.fractions(-5, 5, max_denominator=6),
        "q": st.fractions(-5, 5, max_denominator=6),
        "k": st.integers(-9, 9).map(F),
        "n": st.integers(0, 9).map(F),
        "m": st.integers(0, 9).map(F),
    }
)


class _Irrational(Exception):
    pass


def _model(term: Term, env: dict[str, F]) -> F | bool:
    """Lean's semantics once more, written as plainly as Python allows."""
    go = lambda t: _model(t, env)  # noqa: E731
    match term:
        case Num(value=value):
            return value
        case Var(name=name):
            return env[name]
        case Cast(arg=arg):
            return go(arg)
        case Ite(cond=cond, yes=yes, no=no):
            return go(yes) if go(cond) else go(no)
        case Big(op=op, var=var, body=body, low=low, high=high):
            size = var.sort.size if isinstance(var.sort, Fin) else None
            ends = (0, go(size)) if size is not None else (go(low), go(high))
            terms = [
                _model(body, {**env, var.name: F(i)}) for i in range(int(ends[0]), int(ends[1]))
            ]
            return sum(terms, F(0)) if op == "∑" else math.prod(terms, start=F(1))
        case Rel(op="∣", left=left, right=right):
            a, b = int(go(left)), int(go(right))
            return any(a * c == b for c in (0,)) if a == 0 else b % a == 0
        case Rel(op=op, left=left, right=right):
            compare = {"=": operator.eq, "≠": operator.ne, "<": operator.lt, "≤": operator.le,
                       ">": operator.gt, "≥": operator.ge}[op]  # fmt: skip
            return compare(go(left), go(right))
        case Logic(op=op, args=args):
            truths = [go(arg) for arg in args]
            return {"True": lambda: True, "False": lambda: False, "¬": lambda: not truths[0],
                    "∧": lambda: all(truths), "∨": lambda: any(truths),
                    "→": lambda: not truths[0] or truths[1],
                    "↔": lambda: truths[0] == truths[1]}[op]()  # fmt: skip
        case Pred(name=name, args=(arg,)):
            n = int(go(arg))
            if name == "Nat.Prime":
                return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))
            return n % 2 == (0 if name == "Even" else 1)
        case Op(op=op, args=args, sort=sort):
            return _operation(op, [go(arg) for arg in args], sort)
    raise AssertionError(term)


def _operation(op: str, values: list[F], sort: Scalar) -> F:
    a, b = values[0], values[-1]
    match op:
        case "+" | "*":
            return a + b if op == "+" else a * b
        case "-":
            return max(F(0), a - b) if sort is NAT else a - b
        case "neg" | "abs":
            return -a if op == "neg" else abs(a)
        case "min" | "max":
            return min(a, b) if op == "min" else max(a, b)
        case "⁻¹":
            return F(0) if a == 0 else 1 / a
        case "/" | "%":
            if b == 0:
                return F(0) if op == "/" else a
            if sort in (RAT, REAL):
                return a / b
            q = math.floor(a / b) if b > 0 else -math.floor(a / -b)
            return F(q) if op == "/" else a - b * q
        case "^":
            return (F(0) if a == 0 and b < 0 else a ** int(b)) if b != 0 else F(1)
        case "floor" | "ceil":
            return F(math.floor(a) if op == "floor" else math.ceil(a))
        case "nat_floor" | "nat_ceil":
            return F(max(0, math.floor(a) if op == "nat_floor" else math.ceil(a)))
        case "gcd" | "lcm":
            return F(math.gcd(int(a), int(b)) if op == "gcd" else math.lcm(int(a), int(b)))
        case "natAbs" | "toNat":
            return abs(a) if op == "natAbs" else max(F(0), a)
        case "nat_sqrt":
            return F(math.isqrt(int(a)))
        case "sqrt":
            if a <= 0:
                return F(0)
            root = F(math.isqrt(a.numerator), math.isqrt(a.denominator))
            if root * root != a:
                raise _Irrational
            return root
    raise AssertionError(op)


@contextlib.contextmanager
def _affordable() -> Iterator[None]:
    """Skip an example that costs more than the evaluator spends; any other refusal is a failure."""
    try:
        yield
    except Exhausted:
        assume(False)


@QUICK
@given(st.sampled_from([NAT, INT, RAT, REAL]).flatmap(numbers), POINTS)
def test_numbers_are_worth_what_python_computes(term: Term, env: dict[str, F]):
    try:
        expected = _model(term, env)
    except (_Irrational, OverflowError):
        assume(False)
    with _affordable():
        assert value_of(term, env) == expected


@QUICK
@given(propositions(), POINTS)
def test_propositions_are_as_true_as_python_finds_them(prop: Term, env: dict[str, F]):
    try:
        expected = _model(prop, env)
    except (_Irrational, OverflowError):
        assume(False)
    with _affordable():
        assert holds(prop, env) == expected


def _conclusion(text: str) -> Term:
    return parse(text).conclusion


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("∃ n : ℕ, n * n = 144", True),  # a witness is enough, however far ∃ reaches
        ("¬∀ x : ℝ, x * x > x", True),  # and so is one breach of ∀
        ("∃ x : ℝ, x = 7 / 3 ∧ 3 * x = 7", True),
        ("∃ n, n ∣ 91 ∧ 1 < n ∧ n < 91", True),
        ("¬∃ n ≤ 1000, n * n = 2 * 7 * 7", True),
        ("¬∃ k : ℤ, -50 ≤ k ∧ k ≤ 50 ∧ k * k = 7", True),
        ("¬∀ k : ℤ, 3 ≤ k → k < 6 → k * k ≠ 25", True),
        ("(∃ P : Prop, ¬P) ∧ ¬∀ P : Prop, P", True),
        ("False ∧ ∃ x : ℝ, x * x * x = 2", False),  # the undecided part does not matter
        ("True ∨ ∃ x : ℝ, x * x * x = 2", True),
    ],
)
def test_quantifiers_are_decided_where_they_can_be(text: str, truth: bool):
    assert holds(_conclusion(text), {}) is truth


@pytest.mark.parametrize(
    "text",
    ["∃ x : ℝ, x * x * x = 2", "¬¬∀ x : ℝ, x * x ≥ 0", "∃ f : ℕ → ℝ, f 0 = 1", "√(√2) * √(√2) = √2",
     "√2 + √3 = √(5 + 2 * √6)", "2 ^ 2 ^ 100 = 1", "Nat.factorial 100000 = 1", "¬¬∀ n : ℕ, n + 0 = n",
     "∑ i ∈ Finset.range 100000000, i = 1", "∑ i ∈ Finset.range (2 ^ 70), i = 1",
     "∃ n, n < 10 ^ 12 ∧ n * n = 3", "Nat.Prime (10 ^ 30 + 57)"],
)  # fmt: skip
def test_what_cannot_be_told_is_undecided_and_does_not_hang(text: str):
    with pytest.raises(Undecided):
        holds(_conclusion(text), {})


def test_an_irrational_value_is_no_fraction():
    term = Op("sqrt", (Num(F(2), REAL),), REAL)

    with pytest.raises(Undecided, match=r"1\.41421"):
        value_of(term, {})
    assert value_of(Op("*", (term, term), REAL), {}) == 2


@pytest.mark.parametrize(
    ("function", "at_2"),
    [(lambda n: n * n, 4), ((0, 1, 4), 4), ([F(0), F(1), F(4)], 4), (Table({F(2): F(4)}, F(9)), 4), (Table({}, F(9)), 9)],
)  # fmt: skip
def test_functions_are_callables_sequences_or_tables(function: object, at_2: int):
    statement = parse("∀ u : ℕ → ℝ, u 2 = 1")

    assert value_of(statement.conclusion.left, {"u": function}) == at_2


def test_functions_of_two_arguments_are_nested_or_keyed_by_pairs():
    term = parse("∀ g : ℕ → ℕ → ℤ, g 1 2 = 0").conclusion.left

    for g in (lambda a: lambda b: 10 * a + b, Table({(F(1), F(2)): F(12)}), ((), (0, 1, 12)), Table({F(1): Table({F(2): F(12)})})):  # fmt: skip
        assert value_of(term, {"g": g}) == 12
    assert value_of(term, {"g": Table({(F(7), F(2)): F(12)}, F(5))}) == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", F(-1)),
        ("n", F(1, 2)),
        ("k", F(1, 2)),
        ("x", True),
        ("x", "1"),
        ("x", 0.5),
        ("x", None),
    ],
)
def test_a_value_outside_its_sort_is_refused(name: str, value: object):
    variable = next(var for var in VARIABLES if var.name == name)

    with pytest.raises(Undecided):
        value_of(variable, {name: value})


def test_a_function_that_leaves_its_codomain_is_refused():
    term = parse("∀ s : ℕ → ℕ, s 1 = 0").conclusion

    with pytest.raises(Undecided, match="-1 is not in ℕ"):
        holds(term, {"s": lambda n: F(-1)})


def test_a_bound_variable_of_a_symbolic_fin_runs_below_its_size():
    prop = Quant("∀", Var("i", Fin(Var("n", NAT))), Rel("<", Cast(Var("i", Fin(Var("n", NAT))), NAT), Var("n", NAT)))  # fmt: skip

    assert holds(prop, {"n": F(4)})
