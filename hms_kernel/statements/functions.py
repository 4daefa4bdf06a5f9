"""Functions on numbers: what Lean's names for them build. Registers, elaborates nothing by itself."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from hms_kernel.statements.complexes import norm
from hms_kernel.statements.inference import (
    Env,
    Ty,
    Typed,
    ensure,
    known,
)
from hms_kernel.statements.library import Args, Handler, entry, operation, same
from hms_kernel.statements.operators import FIELDS, Branch, arithmetic, numeral
from hms_kernel.statements.scope import Locals
from hms_kernel.statements.terms import Cast, Ite, Logic, Num, Op, Rel, Scalar, Sort, Term, sort_of
from hms_kernel.statements.tokens import Token

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator


def _at_sort(op: str, arg: Typed, ty: Ty, at: Token, same: tuple[Sort, ...]) -> Typed:
    """``op`` of a field element; on the sorts ``same`` it is the identity."""

    def build(env: Env) -> Term:
        inner = arg.term(env)
        sort = sort_of(inner)
        if sort in same:
            return inner
        if sort not in FIELDS:
            at.unsupported(f"{op} of something that is not in ℚ or ℝ")
        return Op(op, (inner,), env.sort(ty, at), span=at.span)

    return Typed(ty, at, build)


@entry(1, "abs")
def _abs(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    (arg,) = same(el, args, scope, expected)

    def build(env: Env) -> Term:
        sort = env.sort(arg.ty, at)
        if sort is Scalar.NAT:
            at.invalid("ℕ has no absolute value; ascribe ℤ")
        if not isinstance(sort, Scalar) or sort is Scalar.PROP:
            at.unsupported("an absolute value of something that is no number")
        if sort is Scalar.FLOAT:
            at.invalid("Float has no |x|; write Float.abs x")
        return Op("abs", (arg.term(env),), sort, span=at.span)

    return Typed(arg.ty, at, build)


def _extremum(op: str) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        both = same(el, args, scope, expected)

        def build(env: Env) -> Term:
            sort = env.sort(both[0].ty, at)
            if not isinstance(sort, Scalar) or sort is Scalar.PROP:
                at.unsupported(f"{op} of something that is no number")
            return Op(op, tuple(arg.term(env) for arg in both), sort, span=at.span)

        return Typed(both[0].ty, at, build)

    return handler


entry(2, "min", "Min.min")(_extremum("min"))
entry(2, "max", "Max.max")(_extremum("max"))


@entry(1, "Real.sqrt")
def _sqrt(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return operation("sqrt", [el.check(args[0], scope, Scalar.REAL)], Scalar.REAL, at)


@entry(1, "Float.sqrt")
def _float_sqrt(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return operation("sqrt", [el.check(args[0], scope, Scalar.FLOAT)], Scalar.FLOAT, at)


@entry(1, "Float.abs")
def _float_abs(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return operation("abs", [el.check(args[0], scope, Scalar.FLOAT)], Scalar.FLOAT, at)


def _float_test(
    test: Callable[[Term, Term], Term],
) -> Handler:
    """A test of one Float by what ``==`` and ``<`` say of it and of infinity, which is 1 / 0."""

    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        arg = el.check(args[0], scope, Scalar.FLOAT)
        one, zero = (Num(Fraction(n), Scalar.FLOAT) for n in (1, 0))
        infinity = Op("/", (one, zero), Scalar.FLOAT)
        return Typed(Scalar.PROP, at, lambda env: test(arg.term(env), infinity))

    return handler


def _size(x: Term) -> Term:
    return Op("abs", (x,), Scalar.FLOAT)


entry(1, "Float.isNaN")(_float_test(lambda x, _: Logic("¬", (Rel("==", x, x),))))
entry(1, "Float.isInf")(_float_test(lambda x, infinity: Rel("==", _size(x), infinity)))
entry(1, "Float.isFinite")(_float_test(lambda x, infinity: Rel("<", _size(x), infinity)))


@entry(1, "Int.floor")
def _floor(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return _at_sort("floor", el.term(args[0], scope), Scalar.INT, at, (Scalar.INT,))


@entry(1, "Int.ceil")
def _ceil(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return _at_sort("ceil", el.term(args[0], scope), Scalar.INT, at, (Scalar.INT,))


@entry(1, "Nat.floor")
def _nat_floor(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return _at_sort("nat_floor", el.term(args[0], scope), Scalar.NAT, at, (Scalar.NAT,))


@entry(1, "Nat.ceil")
def _nat_ceil(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return _at_sort("nat_ceil", el.term(args[0], scope), Scalar.NAT, at, (Scalar.NAT,))


def _fixed(op: str, sources: tuple[Scalar, ...], result: Scalar) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        values = [el.check(node, scope, ty) for node, ty in zip(args, sources, strict=True)]
        return operation(op, values, result, at)

    return handler


_N, _Z = Scalar.NAT, Scalar.INT
entry(1, "Nat.sqrt")(_fixed("nat_sqrt", (_N,), _N))
entry(1, "Nat.factorial")(_fixed("factorial", (_N,), _N))
entry(2, "Nat.gcd")(_fixed("gcd", (_N, _N), _N))
entry(2, "Nat.lcm")(_fixed("lcm", (_N, _N), _N))
entry(2, "Nat.add")(_fixed("+", (_N, _N), _N))
entry(2, "Nat.sub")(_fixed("-", (_N, _N), _N))
entry(2, "Nat.mul")(_fixed("*", (_N, _N), _N))
entry(2, "Nat.div")(_fixed("/", (_N, _N), _N))
entry(2, "Nat.mod")(_fixed("%", (_N, _N), _N))
entry(2, "Nat.pow")(_fixed("^", (_N, _N), _N))
entry(2, "Int.ediv")(_fixed("/", (_Z, _Z), _Z))
entry(2, "Int.emod")(_fixed("%", (_Z, _Z), _Z))
entry(1, "Int.natAbs")(_fixed("natAbs", (_Z,), _N))
entry(1, "Int.toNat")(_fixed("toNat", (_Z,), _N))


@entry(1, "Nat.succ")
def _succ(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    one = numeral(1, Scalar.NAT, at)
    return operation("+", [el.check(args[0], scope, Scalar.NAT), one], Scalar.NAT, at)


@entry(1, "Nat.pred")
def _pred(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    one = numeral(1, Scalar.NAT, at)
    return operation("-", [el.check(args[0], scope, Scalar.NAT), one], Scalar.NAT, at)


@entry(1, "Int.fract")
def _fract(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    (arg,) = same(el, args, scope, expected)

    def build(env: Env) -> Term:
        inner = arg.term(env)
        sort = sort_of(inner)
        if sort not in FIELDS:
            at.unsupported("Int.fract of something that is not in ℚ or ℝ")
        whole = Cast(Op("floor", (inner,), Scalar.INT), sort)
        return Op("-", (inner, whole), sort, span=at.span)

    return Typed(arg.ty, at, build)


def _of_integers(op: str) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        sizes = [
            operation("natAbs", [el.check(node, scope, Scalar.INT)], Scalar.NAT, at)
            for node in args
        ]
        return operation(op, sizes, Scalar.NAT, at)

    return handler


entry(2, "Int.gcd")(_of_integers("gcd"))
entry(2, "Int.lcm")(_of_integers("lcm"))


@entry(2, "Nat.choose")
def _choose(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    n, k = (el.check(node, scope, Scalar.NAT) for node in args)

    def build(env: Env) -> Term:
        def factorial(term: Term) -> Term:
            return Op("factorial", (term,), Scalar.NAT)

        rest = Op("-", (n.term(env), k.term(env)), Scalar.NAT)
        below_ = Op("*", (factorial(k.term(env)), factorial(rest)), Scalar.NAT)
        ways = Op("/", (factorial(n.term(env)), below_), Scalar.NAT, span=at.span)
        none = numeral(0, Scalar.NAT, at).term(env)
        return Ite(Rel("≤", k.term(env), n.term(env)), ways, none, Scalar.NAT, span=at.span)

    return Typed(Scalar.NAT, at, build)


@entry(1, "Nat.cast", "Int.cast", "Rat.cast")
def _cast(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    if expected is None or not known(expected):
        at.unsupported("a cast function without a type around it; write (x : ℝ)")
    return ensure(el.term(args[0], scope), expected)


@entry(1, "Int.ofNat")
def _of_nat(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return ensure(el.check(args[0], scope, Scalar.NAT), Scalar.INT)


@entry(1, "id")
def _id(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return el.term(args[0], scope, expected)


@entry(2, "dist")
def _distance(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    one, other = same(el, args, scope, None)
    difference, _ = arithmetic(Branch(at, "-", (one, other)), at, None)
    return norm(difference, at)
