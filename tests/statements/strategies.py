"""Random statements of the typed core, as the elaborator would make them: hypothesis strategies.

Statements are over the fixed ``VARIABLES``; bound names are unique within one statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import strategies as st

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
    Pred,
    Quant,
    Rel,
    Scalar,
    Sort,
    Statement,
    Term,
    Var,
)

NAT, INT, RAT, REAL, PROP = Scalar.NAT, Scalar.INT, Scalar.RAT, Scalar.REAL, Scalar.PROP
FIN3 = Fin(Num(Fraction(3), NAT))
VARIABLES = (
    Var("x", REAL),
    Var("y", REAL),
    Var("q", RAT),
    Var("k", INT),
    Var("n", NAT),
    Var("m", NAT),
    Var("w", Arrow(FIN3, REAL)),
    Var("u", Arrow(NAT, REAL)),
    Var("f", Arrow(REAL, REAL)),
    Var("g", Arrow(NAT, Arrow(NAT, INT))),
    Var("p", PROP),
)
LOWER = {INT: (NAT,), RAT: (NAT, INT), REAL: (NAT, INT, RAT)}
FIELDS = (RAT, REAL)

Draw = Callable[..., object]


@dataclass
class _Making:
    """One statement being drawn: what is bound here, and which names are used anywhere."""

    draw: Draw
    bound: tuple[Var, ...] = ()
    counter: list[int] = field(default_factory=lambda: [0])
    plain: bool = False  # only what an evaluation surely decides: no quantifiers, no functions

    def choose(self, *options: object) -> object:
        return self.draw(st.sampled_from(options))

    def inside(self, sort: Sort) -> tuple[Var, _Making]:
        self.counter[0] += 1
        var = Var(f"i{self.counter[0]}", sort)
        return var, _Making(self.draw, (*self.bound, var), self.counter, self.plain)

    def variables(self, sort: Sort) -> list[Var]:
        return [var for var in (*VARIABLES, *self.bound) if var.sort == sort]

    # --- numbers -----------------------------------------------------------

    def number(self, sort: Scalar, depth: int) -> Term:
        if depth <= 0 or self.choose(True, False, False, False):
            return self.leaf(sort)
        kinds = ["binary", "binary", "power", "extremum", "ite", "apply", "big"]
        if sort is not NAT:
            kinds += ["cast", "cast", "neg", "abs"]
        if sort in FIELDS:
            kinds += ["inverse", "zpow"]
        if sort is REAL:
            kinds += ["sqrt"]
        if sort is INT:
            kinds += ["floor"]
        if sort is NAT:
            kinds += ["gcd", "natabs", "nat_sqrt", "nat_floor"]
        return self._operation(str(self.choose(*kinds)), sort, depth - 1)

    def leaf(self, sort: Scalar) -> Term:
        options: list[object] = [*self.variables(sort), None]
        chosen = self.choose(*options)
        if isinstance(chosen, Var):
            return chosen
        value = Fraction(self.draw(st.integers(0, 12)))  # type: ignore[arg-type]
        if sort in FIELDS and self.choose(True, False):
            value /= 10
        return Num(value, sort)

    def _operation(self, kind: str, sort: Scalar, depth: int) -> Term:
        match kind:
            case "binary":
                ops = ("+", "-", "*", "/") if sort in FIELDS else ("+", "-", "*", "/", "%")
                args = (self.number(sort, depth), self.number(sort, depth))
                return Op(str(self.choose(*ops)), args, sort)
            case "power":
                exponent = Num(Fraction(self.draw(st.integers(0, 3))), NAT)  # type: ignore[arg-type]
                return Op("^", (self.number(sort, depth), exponent), sort)
            case "zpow":
                down = Op("neg", (Num(Fraction(2), INT),), INT)
                return Op("^", (self.number(sort, depth), down), sort)
            case "extremum":
                args = (self.number(sort, depth), self.number(sort, depth))
                return Op(str(self.choose("min", "max")), args, sort)
            case "neg" | "abs" | "sqrt":
                return Op(kind, (self.number(sort, depth),), sort)
            case "inverse":
                return Op("⁻¹", (self.number(sort, depth),), sort)
            case "floor":
                op = str(self.choose("floor", "ceil"))
                return Op(op, (self.number(self.choose(*FIELDS), depth),), INT)  # type: ignore[arg-type]
            case "nat_floor":
                op = str(self.choose("nat_floor", "nat_ceil"))
                return Op(op, (self.number(self.choose(*FIELDS), depth),), NAT)  # type: ignore[arg-type]
            case "gcd":
                args = (self.number(NAT, depth), self.number(NAT, depth))
                return Op(str(self.choose("gcd", "lcm")), args, NAT)
            case "natabs":
                op = str(self.choose("natAbs", "toNat"))
                return Op(op, (self.number(INT, depth),), NAT)
            case "nat_sqrt":
                return Op("nat_sqrt", (self.number(NAT, depth),), NAT)
            case "cast":
                lower = self.choose(*LOWER[sort])
                return Cast(self.number(lower, depth), sort)  # type: ignore[arg-type]
            case "ite":
                yes, no = self.number(sort, depth), self.number(sort, depth)
                return Ite(self.prop(depth), yes, no, sort)
            case "apply":
                return self._apply(sort, depth)
            case _:
                return self._big(sort, depth)

    def _apply(self, sort: Scalar, depth: int) -> Term:
        if self.plain:
            return self.leaf(sort)
        if sort is INT:
            first = Apply(VARIABLES[9], self.number(NAT, depth), Arrow(NAT, INT))
            return Apply(first, self.number(NAT, depth), INT)
        if sort is not REAL:
            return self.leaf(sort)
        match self.choose("w", "u", "f"):
            case "w":
                index = self.choose(
                    *self.variables(FIN3), *(Num(Fraction(i), FIN3) for i in range(3))
                )
                return Apply(VARIABLES[6], index, REAL)  # type: ignore[arg-type]
            case "u":
                return Apply(VARIABLES[7], self.number(NAT, depth), REAL)
            case _:
                return Apply(VARIABLES[8], self.number(REAL, depth), REAL)

    def _big(self, sort: Scalar, depth: int) -> Term:
        op = str(self.choose("∑", "∏"))
        if self.choose(True, False):
            var, inner = self.inside(FIN3)
            return Big(op, var, inner.number(sort, depth), sort)
        over = self.choose(NAT, INT)
        assert isinstance(over, Scalar)
        low = Num(Fraction(self.draw(st.integers(0, 2))), over)  # type: ignore[arg-type]
        high = Num(Fraction(self.draw(st.integers(0, 5))), over)  # type: ignore[arg-type]
        var, inner = self.inside(over)
        return Big(op, var, inner.number(sort, depth), sort, low, high)

    # --- propositions --------------------------------------------------------

    def prop(self, depth: int) -> Term:
        if depth <= 0:
            return Rel("≤", self.leaf(REAL), self.leaf(REAL))
        kinds = ["rel", "rel", "rel", "not", "logic", "logic", "divides", "pred", "constant"]
        if not self.plain:
            kinds += ["quant", "quant", "p"]
        match self.choose(*kinds):
            case "rel":
                sort = self.choose(NAT, INT, RAT, REAL, REAL)
                op = str(self.choose("=", "≠", "<", "≤", ">", "≥"))
                return Rel(op, self.number(sort, depth), self.number(sort, depth))  # type: ignore[arg-type]
            case "not":
                return Logic("¬", (self.prop(depth - 1),))
            case "logic":
                op = str(self.choose("∧", "∨", "→", "↔"))
                return Logic(op, (self.prop(depth - 1), self.prop(depth - 1)))
            case "divides":
                sort = self.choose(NAT, INT)
                return Rel("∣", self.number(sort, depth), self.number(sort, depth))  # type: ignore[arg-type]
            case "pred":
                name, sorts = self.choose(
                    ("Even", (NAT, INT)), ("Odd", (NAT, INT)), ("Nat.Prime", (NAT,))
                )  # type: ignore[misc]
                return Pred(name, (self.number(self.choose(*sorts), depth),))  # type: ignore[arg-type]
            case "constant":
                return Logic(str(self.choose("True", "False")))
            case "p":
                return VARIABLES[10]
            case _:
                var, inner = self.inside(self.choose(NAT, INT, RAT, REAL, FIN3, PROP))  # type: ignore[arg-type]
                return Quant(str(self.choose("∀", "∃")), var, inner.prop(depth - 1))


def _conclusion(term: Term) -> bool:
    """Whether nothing of it would be introduced."""
    return not (isinstance(term, Quant | Logic) and term.op in ("∀", "→"))


@st.composite
def statements(draw: Draw, depth: int = 3) -> Statement:
    """Whole statements: all of ``VARIABLES``, some hypotheses, a conclusion."""
    making = _Making(draw)
    named = draw(st.booleans())
    hypotheses = tuple(
        Hypothesis(f"h{index}" if named else "", making.prop(depth))
        for index in range(draw(st.integers(0, 2)))  # type: ignore[call-overload]
    )
    conclusion = making.prop(depth)
    if not _conclusion(conclusion):
        conclusion = Logic("¬", (conclusion,))
    return Statement("claim" if named else "", VARIABLES, hypotheses, conclusion)


@st.composite
def propositions(draw: Draw, depth: int = 3) -> Term:
    """Propositions without quantifiers and functions, over the numeric ``VARIABLES``."""
    return _Making(draw, plain=True).prop(depth)


@st.composite
def numbers(draw: Draw, sort: Scalar, depth: int = 3) -> Term:
    """Numeric terms of one sort, likewise."""
    return _Making(draw, plain=True).number(sort, depth)
