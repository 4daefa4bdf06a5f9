"""What a statement says about doubles: Lean's Float as it stands, or ℝ read as binary64. Computes nothing.

Rounding is to nearest, ties to even, after every operation, in the order of writing.
``semantics="float64"`` turns every variable, numeral and operation of ℝ into its double:

* variables are finite, which becomes a hypothesis; infinities and NaN arise as results only;
* ``=`` and the order are IEEE's, so NaN equals nothing and -0 equals 0;
* x / 0 is an infinity or NaN and √ of a negative is NaN, unlike in Lean's ℝ;
* ``∑`` adds from 0 and ``∏`` multiplies from 1, first term first, as a plain loop does
  (Python's ``sum`` compensates for rounding since 3.12: its results are others);
* ℕ and ℤ stay exact, and their casts round once.

Powers beyond the square are left out: how often they round is up to the library.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from typing import NoReturn

from hms_kernel.backends.sequent import walk
from hms_kernel.errors import UnsupportedStatement, UsageError
from hms_kernel.model import Semantics
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Big,
    Cast,
    Fin,
    Hypothesis,
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
    first_float,
    sort_of,
)

AS_DOUBLES = (
    "ℝ read as IEEE-754 binary64, whatever other notes say of exact numbers: numerals and"
    " every operation round to nearest even; = and the order are IEEE's; x / 0 is infinite or NaN"
)
FINITE = "variables are finite doubles; infinities and NaN arise as results only"
LOOPS = "sums and products run from the first term to the last, rounding each time"
WHOLE = "ℕ and ℤ are exact; a cast rounds once"
LEANS = (
    "Float read as IEEE-754 binary64, NaN and infinities included;"
    " = is identity (NaN = NaN, 0 ≠ -0), == and the order are IEEE's"
)

FLOAT = Scalar.FLOAT
ARITHMETIC = ("+", "-", "*", "/", "neg", "abs", "min", "max", "sqrt")
_FIELDS = (Scalar.REAL, Scalar.RAT)


def read(statement: Statement, semantics: Semantics) -> Statement:
    """The statement over doubles; unchanged when it is exact and says nothing of Float.

    Raises:
        UsageError: no such semantics.
        UnsupportedStatement: something has no meaning, or no specified one, among doubles.
    """
    if semantics not in list(Semantics):  # a Goal made by hand
        raise UsageError(f"no semantics {semantics!r}; there are {', '.join(Semantics)}")
    if semantics == Semantics.FLOAT64:
        return _as_doubles(statement)
    if first_float(statement) is not None:
        _Checker(reals=False).statement(statement)
        return dataclasses.replace(statement, notes=(*statement.notes, LEANS))
    return statement


def is_float(sort: Sort) -> bool:
    """Whether a sort is Float, or functions into it."""
    while isinstance(sort, Arrow):
        sort = sort.codomain
    return sort is FLOAT


def _as_doubles(statement: Statement) -> Statement:
    _Checker(reals=True).statement(statement)
    variables = tuple(_doubled_var(var) for var in statement.variables)
    taken = {var.name for var in statement.variables}
    finite = tuple(
        Hypothesis("", _finite(var, var.sort, taken))
        for old, var in zip(statement.variables, variables, strict=True)
        if is_float(var.sort) and not is_float(old.sort)
    )
    parts = list(_parts(statement))
    notes = [AS_DOUBLES]
    if finite:
        notes.append(FINITE)
    if any(isinstance(part, Big) and part.sort is Scalar.REAL for part in parts):
        notes.append(LOOPS)
    if any(isinstance(part, Cast) and part.sort is Scalar.REAL for part in parts):
        notes.append(WHOLE)
    return dataclasses.replace(
        statement,
        variables=variables,
        hypotheses=(
            *finite,
            *(Hypothesis(h.name, _doubled(h.prop)) for h in statement.hypotheses),
        ),
        conclusion=_doubled(statement.conclusion),
        notes=(*statement.notes, *notes),
    )


def _finite(term: Var | Apply, sort: Sort, taken: set[str]) -> Term:
    """Every value of a variable or function is finite: its absolute value is below 1 / 0."""
    if isinstance(sort, Arrow):
        name = next(n for n in ("i", "j", "k", *(f"i{m}" for m in range(1000))) if n not in taken)
        index = Var(name, sort.domain)
        inner = Apply(term, index, sort.codomain)
        return Quant("∀", index, _finite(inner, sort.codomain, taken | {name}))
    infinity = Op("/", (Num(Fraction(1), FLOAT), Num(Fraction(0), FLOAT)), FLOAT)
    return Rel("<", Op("abs", (term,), FLOAT), infinity)


# --- ℝ to Float --------------------------------------------------------------


def _doubled_sort(sort: Sort) -> Sort:
    if isinstance(sort, Arrow):
        return Arrow(_doubled_sort(sort.domain), _doubled_sort(sort.codomain))
    return FLOAT if sort is Scalar.REAL else sort


def _doubled_var(var: Var) -> Var:
    return dataclasses.replace(var, sort=_doubled_sort(var.sort))


def _doubled(term: Term) -> Term:
    """The term with ℝ replaced by Float; checked before."""
    match term:
        case Rel(op="=" | "≠" as op, left=left, right=right) if sort_of(left) is Scalar.REAL:
            same = Rel("==", _doubled(left), _doubled(right), span=term.span)
            return same if op == "=" else Logic("¬", (same,), span=term.span)
        case Op(op="^", args=(base, Num(value=exponent)), sort=Scalar.REAL):
            if exponent == 0:
                return Num(Fraction(1), FLOAT, span=term.span)
            once = _doubled(base)
            return once if exponent == 1 else Op("*", (once, once), FLOAT, span=term.span)
        case Op(op="⁻¹", args=(arg,), sort=Scalar.REAL):
            one = Num(Fraction(1), FLOAT, span=term.span)
            return Op("/", (one, _doubled(arg)), FLOAT, span=term.span)
    changed: dict[str, object] = {}
    for field in dataclasses.fields(term):
        part = getattr(term, field.name)
        if isinstance(part, Term):
            changed[field.name] = _doubled(part)
        elif isinstance(part, tuple):
            changed[field.name] = tuple(_doubled(item) for item in part)
        elif isinstance(part, Scalar | Arrow):
            changed[field.name] = _doubled_sort(part)
    result: Term = dataclasses.replace(term, **changed)  # type: ignore[arg-type]
    return result


# --- what is left out --------------------------------------------------------


class _Checker:
    """Refuses what doubles cannot mean. ``reals`` says that ℝ is about to become Float."""

    def __init__(self, *, reals: bool) -> None:
        self._floats = (FLOAT, Scalar.REAL) if reals else (FLOAT,)
        self._exact = (Scalar.RAT,) if reals else _FIELDS

    def statement(self, statement: Statement) -> None:
        """Raises ``UnsupportedStatement`` at the first construct without a meaning."""
        for var in statement.variables:
            self._variable(var)
        for part in _parts(statement):
            self._part(part)

    def _variable(self, var: Var) -> None:
        sort: Sort = var.sort
        while isinstance(sort, Arrow):
            if not isinstance(sort.domain, Fin):
                _refuse(var, "functions on anything but Fin n in a claim about doubles")
            sort = sort.codomain
        self._sort(var, sort)

    def _sort(self, term: Term, sort: Sort) -> None:
        if sort in self._exact and isinstance(sort, Scalar):
            why = "ℚ has no doubles" if sort is Scalar.RAT else "Float and ℝ together"
            _refuse(term, f"{sort.value} in a claim about doubles ({why})")

    def _part(self, part: Term) -> None:
        match part:
            case Quant(var=var):
                if var.sort in self._floats or isinstance(var.sort, Arrow):
                    _refuse(part, f"'{part.op}' over doubles inside a claim")
                self._sort(part, var.sort)
            case Op():
                self._operation(part)
            case Num(sort=sort) | Var(sort=sort) | Apply(sort=sort) | Cast(sort=sort):
                if not isinstance(sort, Arrow):
                    self._sort(part, sort)
            case Big(op=op, sort=Scalar.FLOAT):
                _refuse(part, f"'{op}' of Floats (in which order Lean adds them is up to the sum)")
            case Big(sort=sort) | Ite(sort=sort):
                self._sort(part, sort)

    def _operation(self, op: Op) -> None:
        self._sort(op, op.sort)
        if op.sort in self._floats:
            if op.op in ARITHMETIC or op.op == "⁻¹":
                return
            if op.op != "^":
                _refuse(op, f"'{op.op}' of doubles")
            exponent = op.args[1]
            small = isinstance(exponent, Num) and exponent.value in (0, 1, 2)
            if not small or sort_of(exponent) is not Scalar.NAT:
                _refuse(
                    op, "powers of doubles other than squares (how they round is not specified)"
                )
        elif any(sort_of(arg) in self._floats for arg in op.args):
            _refuse(op, f"'{op.op}' of doubles")


def _refuse(term: Term, what: str) -> NoReturn:
    span = term.span
    raise UnsupportedStatement(
        what, line=span.line if span else 0, column=span.column if span else 0
    )


def _parts(statement: Statement) -> Iterator[Term]:
    for prop in (*(hypothesis.prop for hypothesis in statement.hypotheses), statement.conclusion):
        yield from walk(prop)
