"""Terms over doubles as z3's floating-point terms. Asks nothing, and knows no Python float arithmetic.

Integers must be known: what depends on a variable in ℕ or ℤ is left to the search.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import z3

from hms_kernel.backends.floats.reading import is_float
from hms_kernel.errors import StatementError, UnsupportedStatement
from hms_kernel.statements import evaluate
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Big,
    Cast,
    Fin,
    Ite,
    Logic,
    Num,
    Op,
    Quant,
    Rel,
    Scalar,
    Sort,
    Statement,
    Term,
    Var,
    sort_of,
)

# A constant, or its entries for a function on Fin n.
Meaning: TypeAlias = "z3.FPRef | z3.BoolRef | list[Meaning]"
Values: TypeAlias = Mapping[str, Fraction]  # of bound variables

MAX_TERMS = 64  # of one sum, product or quantifier; beyond it bit-blasting is hopeless


class FloatTranslator:
    """Translates in one context. Raises ``UnsupportedStatement`` for what it does not know."""

    def __init__(self, context: z3.Context) -> None:
        self.context = context
        self.constants: dict[str, Meaning] = {}
        self._sort = z3.FPSort(11, 53, context)
        self._mode = z3.RNE(context)

    def declare(self, var: Var) -> None:
        """Make the constants of a variable; those of exact sorts cannot be known and are left out."""
        if is_float(var.sort) or var.sort is Scalar.PROP:
            self.constants[var.name] = self._constant(var.name, var.sort)

    def _constant(self, name: str, sort: Sort) -> Meaning:
        if isinstance(sort, Arrow):
            domain = sort.domain
            assert isinstance(domain, Fin)
            size = self._integer(domain.size, {})
            if size > MAX_TERMS:
                raise UnsupportedStatement(f"a function with {size} values (at most {MAX_TERMS})")
            return [self._constant(f"{name}!{i}", sort.codomain) for i in range(size)]
        if sort is Scalar.PROP:
            return z3.Bool(name, self.context)
        return z3.FP(name, self._sort)

    # --- propositions --------------------------------------------------------

    def truth(self, prop: Term, values: Values = {}) -> z3.BoolRef:  # noqa: B006 (never changed)
        """The z3 term of sort Bool."""
        context = self.context
        match prop:
            case Rel(left=left) if sort_of(left) is Scalar.FLOAT:
                return self._relation(prop, values)
            case Logic(op="True" | "False" as op):
                return z3.BoolVal(op == "True", context)
            case Logic(op="¬", args=(arg,)):
                return z3.Not(self.truth(arg, values), context)
            case Logic(op="∧", args=args):
                return z3.And(*[self.truth(arg, values) for arg in args], context)
            case Logic(op="∨", args=args):
                return z3.Or(*[self.truth(arg, values) for arg in args], context)
            case Logic(op="→", args=(*premises, last)):
                given = z3.And(*[self.truth(premise, values) for premise in premises], context)
                return z3.Implies(given, self.truth(last, values), context)
            case Logic(op="↔", args=(left, right)):
                return self.truth(left, values) == self.truth(right, values)
            case Ite(cond=cond, yes=yes, no=no):
                parts = [self.truth(part, values) for part in (cond, yes, no)]
                return z3.If(*parts, context)
            case Quant(op=op, var=var, body=body) if isinstance(var.sort, Fin):
                parts = [
                    self.truth(body, {**values, var.name: i}) for i in self._span(prop, values)
                ]
                return z3.And(*parts, context) if op == "∀" else z3.Or(*parts, context)
            case Var(name=name) if name in self.constants:
                found = self.constants[name]
                assert isinstance(found, z3.BoolRef)
                return found
        try:
            return z3.BoolVal(evaluate.holds(prop, values), context)
        except StatementError as error:
            raise UnsupportedStatement(f"integers that vary ({error.message})") from error

    def _relation(self, rel: Rel, values: Values) -> z3.BoolRef:
        left, right = self.number(rel.left, values), self.number(rel.right, values)
        match rel.op:
            case "==":
                return z3.fpEQ(left, right, self.context)
            case "=":
                return left == right  # structural: one NaN, two zeros
            case "≠":
                return left != right
            case "<":
                return z3.fpLT(left, right, self.context)
            case "≤":
                return z3.fpLEQ(left, right, self.context)
            case ">":
                return z3.fpGT(left, right, self.context)
            case "≥":
                return z3.fpGEQ(left, right, self.context)
        raise UnsupportedStatement(f"'{rel.op}' of doubles")

    # --- numbers -------------------------------------------------------------

    def number(self, term: Term, values: Values = {}) -> z3.FPRef:  # noqa: B006 (never changed)
        """The z3 term of sort Float64."""
        match term:
            case Num(value=value):
                return self._literal(value)
            case Var() | Apply():
                found = self._meaning(term, values)
                assert isinstance(found, z3.FPRef)
                return found
            case Op(op=op, args=args):
                return self._operation(op, [self.number(arg, values) for arg in args])
            case Cast(arg=arg):
                return self._literal(Fraction(self._integer(arg, values)))
            case Ite(cond=cond, yes=yes, no=no):
                test = self.truth(cond, values)
                return z3.If(test, self.number(yes, values), self.number(no, values), self.context)
            case Big(op=op, var=var, body=body):
                total = self._literal(Fraction(0 if op == "∑" else 1))
                for index in self._span(term, values):
                    value = self.number(body, {**values, var.name: index})
                    total = self._operation("+" if op == "∑" else "*", [total, value])
                return total
        raise UnsupportedStatement(f"a {type(term).__name__.lower()} where a double should be")

    def _literal(self, value: Fraction) -> z3.FPRef:
        exact = z3.RealVal(str(value), self.context)
        # Rounded by z3, not by Python: the replay then compares two roundings.
        return z3.simplify(z3.fpRealToFP(self._mode, exact, self._sort, self.context))

    def _operation(self, op: str, args: list[z3.FPRef]) -> z3.FPRef:
        context, mode = self.context, self._mode
        match op, args:
            case "+", [left, right]:
                return z3.fpAdd(mode, *_ordered(left, right), context)
            case "*", [left, right]:
                return z3.fpMul(mode, *_ordered(left, right), context)
            case "-", [left, right]:
                return z3.fpSub(mode, left, right, context)
            case "/", [left, right]:
                return z3.fpDiv(mode, left, right, context)
            case "neg", [arg]:
                return z3.fpNeg(arg, context)
            case "abs", [arg]:
                return z3.fpAbs(arg, context)
            case "sqrt", [arg]:
                return z3.fpSqrt(mode, arg, context)
            case "min", [left, right]:
                return z3.If(z3.fpLEQ(left, right, context), left, right, context)
            case "max", [left, right]:
                return z3.If(z3.fpLEQ(left, right, context), right, left, context)
        raise UnsupportedStatement(f"'{op}' of doubles")

    # --- integers and functions ----------------------------------------------

    def _meaning(self, term: Term, values: Values) -> Meaning:
        if isinstance(term, Apply):
            found = self._meaning(term.fn, values)
            assert isinstance(found, list)
            return found[self._integer(term.arg, values)]
        if isinstance(term, Var) and term.name in self.constants:
            return self.constants[term.name]
        raise UnsupportedStatement("a function that is no variable")

    def _integer(self, term: Term, values: Values) -> int:
        try:
            return int(evaluate.value_of(term, values))
        except StatementError as error:
            raise UnsupportedStatement(f"integers that vary ({error.message})") from error

    def _span(self, term: Big | Quant, values: Values) -> Iterator[Fraction]:
        if isinstance(term, Big) and term.low is not None and term.high is not None:
            span = range(self._integer(term.low, values), self._integer(term.high, values))
        else:
            assert isinstance(term.var.sort, Fin)
            span = range(self._integer(term.var.sort.size, values))
        if len(span) > MAX_TERMS:
            raise UnsupportedStatement(f"'{term.op}' over more than {MAX_TERMS} doubles")
        return map(Fraction, span)


def _ordered(left: z3.FPRef, right: z3.FPRef) -> tuple[z3.FPRef, z3.FPRef]:
    """Both in a fixed order: addition and multiplication commute, which bit-blasting finds hard."""
    # Ids count up in a context of its own, so the order repeats.
    return (left, right) if left.get_id() <= right.get_id() else (right, left)


def assertions(translator: FloatTranslator, statement: Statement) -> list[z3.BoolRef]:
    """The hypotheses, and the negated conclusion: together unsatisfiable when the claim holds."""
    for var in statement.variables:
        translator.declare(var)
    given = [translator.truth(hypothesis.prop) for hypothesis in statement.hypotheses]
    claim = translator.truth(statement.conclusion)
    return [*given, z3.Not(claim, translator.context)]


def read_back(translator: FloatTranslator, model: z3.ModelRef) -> dict[str, Any]:
    """The model's values as Python floats, truth values and lists of them."""
    return {name: _read(model, meaning) for name, meaning in translator.constants.items()}


def _read(model: z3.ModelRef, meaning: Meaning) -> Any:
    if isinstance(meaning, list):
        return [_read(model, entry) for entry in meaning]
    value = model.eval(meaning, model_completion=True)
    return bool(z3.is_true(value)) if isinstance(value, z3.BoolRef) else to_float(value)


def to_float(value: z3.FPRef) -> float:
    """A z3 numeral of sort Float64 as the same Python float."""
    if value.isNaN():
        return float("nan")
    bits = z3.simplify(z3.fpToIEEEBV(value, value.ctx))
    (found,) = struct.unpack(">d", int(bits.as_long()).to_bytes(8, "big"))
    return float(found)
