"""Complex numbers as pairs of reals, by Mathlib's definitions. Knows polynomials, quotients and |z|, no exp.

Products with 0 and 1 are done at once: a real number among complex ones would otherwise
fill the pair with them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from hms_kernel.statements.inference import (
    COMPLEX,
    Env,
    Record,
    Ty,
    Typed,
    Value,
    complex_number,
    resolve,
)
from hms_kernel.statements.library import TYPES, Args, Handler, entry
from hms_kernel.statements.scope import Locals
from hms_kernel.statements.syntax import Name
from hms_kernel.statements.terms import Ite, Num, Op, Rel, Scalar, Term, children
from hms_kernel.statements.tokens import Token

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator

MAX_POWER = 12  # a pair's power is multiplied out, and doubles with every factor
MAX_NODES = 60_000  # of one value's two parts, written out

ZERO = Num(Fraction(0), Scalar.REAL)
ONE = Num(Fraction(1), Scalar.REAL)


def pair(value: Value) -> tuple[Term, Term]:
    """Real and imaginary part."""
    assert isinstance(value, Record)
    re, im = (value.fields[local]() for local in COMPLEX.fields)
    assert isinstance(re, Term)
    assert isinstance(im, Term)
    return re, im


def operation(op: str, args: list[Value], at: Token) -> Record:
    """``+ - * / neg ⁻¹``.

    Raises:
        UnsupportedStatement: multiplied out it grows too large.
    """
    return _bounded(_operation(op, args, at), at)


def _operation(op: str, args: list[Value], at: Token) -> Record:
    a, b = pair(args[0])
    if op == "neg":
        return complex_number(_minus(ZERO, a), _minus(ZERO, b))
    if op == "⁻¹":
        return _quotient((ONE, ZERO), (a, b))
    c, d = pair(args[1])
    match op:
        case "+":
            return complex_number(_plus(a, c), _plus(b, d))
        case "-":
            return complex_number(_minus(a, c), _minus(b, d))
        case "*":
            return complex_number(*_product((a, b), (c, d)))
        case "/":
            return _quotient((a, b), (c, d))
    at.invalid(f"ℂ has no operation '{op}'")


def power(base: Value, exponent: Term, at: Token) -> Record:
    """``z ^ n`` for a small numeral n, and ``I ^ n`` for any."""
    z = pair(base)
    if isinstance(exponent, Num) and exponent.value.denominator == 1:
        if not 0 <= exponent.value <= MAX_POWER:
            at.unsupported(f"a power of a complex number with exponent above {MAX_POWER}")
        result: tuple[Term, Term] = (ONE, ZERO)
        for _ in range(int(exponent.value)):
            result = _product(result, z)
        return _bounded(complex_number(*result), at)
    if z == (ZERO, ONE) and exponent.sort is Scalar.NAT:  # type: ignore[union-attr]
        turn = Op("%", (exponent, Num(Fraction(4), Scalar.NAT)), Scalar.NAT)
        return complex_number(_at(turn, 0, 2), _at(turn, 1, 3))
    at.unsupported("a power of a complex number whose exponent is no numeral")


def _bounded(value: Record, at: Token) -> Record:
    sizes: dict[int, int] = {}

    def size(term: Term) -> int:
        # The parts share their subterms, so counting is quick where walking would not be.
        if id(term) not in sizes:
            sizes[id(term)] = 1 + sum(size(child) for child in children(term))
        return sizes[id(term)]

    if sum(map(size, pair(value))) > MAX_NODES:
        at.unsupported("complex numbers that grow too large when they are multiplied out")
    return value


def _at(turn: Term, up: int, down: int) -> Term:
    """1 at one quarter turn, -1 at the opposite one, 0 between."""
    here, there = (Rel("=", turn, Num(Fraction(k), Scalar.NAT)) for k in (up, down))
    minus = Op("neg", (ONE,), Scalar.REAL)
    return Ite(here, ONE, Ite(there, minus, ZERO, Scalar.REAL), Scalar.REAL)


def _product(z: tuple[Term, Term], w: tuple[Term, Term]) -> tuple[Term, Term]:
    (a, b), (c, d) = z, w
    return _minus(_times(a, c), _times(b, d)), _plus(_times(a, d), _times(b, c))


def _quotient(z: tuple[Term, Term], w: tuple[Term, Term]) -> Record:
    """``z * w⁻¹`` with ``w⁻¹ = conj w / normSq w``, so ``z / 0 = 0``."""
    (a, b), (c, d) = z, w
    if d == ZERO:
        return complex_number(_over(a, c), _over(b, c))
    size = _size(c, d)
    re = _plus(_times(a, c), _times(b, d))
    im = _minus(_times(b, c), _times(a, d))
    return complex_number(_over(re, size), _over(im, size))


def _size(a: Term, b: Term) -> Term:
    return _plus(_times(a, a), _times(b, b))


def _plus(a: Term, b: Term) -> Term:
    if a == ZERO:
        return b
    return a if b == ZERO else Op("+", (a, b), Scalar.REAL)


def _minus(a: Term, b: Term) -> Term:
    if b == ZERO:
        return a
    return Op("neg", (b,), Scalar.REAL) if a == ZERO else Op("-", (a, b), Scalar.REAL)


def _times(a: Term, b: Term) -> Term:
    if ZERO in (a, b):
        return ZERO
    if a == ONE:
        return b
    return a if b == ONE else Op("*", (a, b), Scalar.REAL)


def _over(a: Term, b: Term) -> Term:
    return a if a == ZERO or b == ONE else Op("/", (a, b), Scalar.REAL)


# --- by name -------------------------------------------------------------------


TYPES["ℂ"] = TYPES["Complex"] = COMPLEX


@entry(0, "Complex.I")
def _imaginary_unit(
    el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None
) -> Typed:
    return Typed(COMPLEX, at, lambda env: complex_number(ZERO, ONE))


def _real(index: int) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        z = el.check(args[0], scope, COMPLEX)
        return Typed(Scalar.REAL, at, lambda env: pair(z.build(env))[index])

    return handler


entry(1, "Complex.re")(_real(0))
entry(1, "Complex.im")(_real(1))


@entry(1, "Complex.ofReal")
def _of_real(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    x = el.check(args[0], scope, Scalar.REAL)
    return Typed(COMPLEX, at, lambda env: complex_number(x.term(env), ZERO))


@entry(1, "Complex.normSq")
def _norm_sq(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    z = el.check(args[0], scope, COMPLEX)
    return Typed(Scalar.REAL, at, lambda env: _size(*pair(z.build(env))))


@entry(1, "Complex.abs")
def _abs(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return norm(el.check(args[0], scope, COMPLEX), at)


def norm(value: Typed, at: Token) -> Typed:
    """``‖x‖`` in ℂ and in ℝ."""

    def build(env: Env) -> Term:
        if resolve(value.ty) is COMPLEX:
            return Op("sqrt", (_size(*pair(value.build(env))),), Scalar.REAL, span=at.span)
        if resolve(value.ty) is not Scalar.REAL:
            at.unsupported("norms outside ℝ and ℂ")
        return Op("abs", (value.term(env),), Scalar.REAL, span=at.span)

    return Typed(Scalar.REAL, at, build)


@entry(1, "ComplexConjugate.conj")
def _conj(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    z = el.check(args[0], scope, COMPLEX)

    def build(env: Env) -> Value:
        re, im = pair(z.build(env))
        return complex_number(re, _minus(ZERO, im))

    return Typed(COMPLEX, at, build)


@entry(2, "starRingEnd")
def _star(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    match args[0]:
        case Name(name="ℂ" | "Complex"):
            return _conj(el, at, args[1:], scope, expected)
    at.unsupported("conjugation outside ℂ")
