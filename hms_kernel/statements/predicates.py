"""Predicates and connectives by name, and sums as functions: what Lean's names for them build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hms_kernel.statements.inference import (
    ArrowTy,
    Env,
    Local,
    Ty,
    Typed,
    apply,
    constant,
    ensure,
    known,
    lambda_,
    rank,
    resolve,
    variable,
)
from hms_kernel.statements.library import FUNCTIONS, Args, Handler, entry, operation, same
from hms_kernel.statements.operators import compare, logic, numeral
from hms_kernel.statements.records import quantified
from hms_kernel.statements.scope import Done, Locals
from hms_kernel.statements.sets import cardinality
from hms_kernel.statements.spelled import collection
from hms_kernel.statements.syntax import (
    Binder,
    Call,
    Name,
    Syntax,
)
from hms_kernel.statements.terms import Logic, Pred, Scalar, Term, sort_of
from hms_kernel.statements.tokens import Token

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator


@entry(0, "∅")
def _empty(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    never = constant(Logic("False", span=at.span), Scalar.PROP, at)
    return lambda_(Local("x", el.unknown(at)), never, at)


@entry(1, "Set.range")
def _values(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    fn, arrow = _function_of(el, at, args[0], scope)
    x, y = Local("x", arrow.domain), Local("y", arrow.codomain)
    hit = compare("=", apply(fn, variable(x, at), at), variable(y, at), at)
    return lambda_(y, quantified("∃", x, hit, at), at)


@entry(1, "Set.Nonempty")
def _nonempty(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    where = collection(el, args[0], scope, None)
    local = Local("x", where.element)
    return quantified("∃", local, where.has(variable(local, at)), at)


def _constant(op: str) -> Handler:
    return lambda el, at, args, scope, expected: constant(Logic(op, span=at.span), Scalar.PROP, at)


entry(0, "True")(_constant("True"))
entry(0, "False")(_constant("False"))


# Bool is read as Prop: a test decides nothing that a proposition would not say.
entry(0, "true")(_constant("True"))
entry(0, "false")(_constant("False"))


@entry(1, "decide", "Decidable.decide")
def _decide(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return el.check(args[0], scope, Scalar.PROP)


def _connective(op: str) -> Handler:
    return lambda el, at, args, scope, expected: logic(
        op, *(el.check(node, scope, Scalar.PROP) for node in args), at=at
    )


entry(1, "Not")(_connective("¬"))
entry(2, "And")(_connective("∧"))
entry(2, "Or")(_connective("∨"))
entry(2, "Iff")(_connective("↔"))


def _relation(op: str) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        left, right = same(el, args, scope, None)
        if rank(left.ty) < 0 and known(left.ty):
            at.unsupported("an equation of this kind in prefix form")
        return compare(op, left, right, at)

    return handler


entry(2, "Eq")(_relation("="))
entry(2, "Ne")(_relation("≠"))
entry(2, "LE.le")(_relation("≤"))
entry(2, "LT.lt")(_relation("<"))


def _predicate(name: str, *sorts: Scalar) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        arg = el.term(args[0], scope, sorts[0] if len(sorts) == 1 else None)
        if len(sorts) == 1:
            arg = ensure(arg, sorts[0])

        def build(env: Env) -> Term:
            inner = arg.term(env)
            if sort_of(inner) not in sorts:
                at.unsupported(f"{name} outside {' and '.join(s.value for s in sorts)}")
            return Pred(name, (inner,), span=at.span)

        return Typed(Scalar.PROP, at, build)

    return handler


entry(1, "Nat.Prime")(_predicate("Nat.Prime", Scalar.NAT))
entry(1, "Even")(_predicate("Even", Scalar.NAT, Scalar.INT))
entry(1, "Odd")(_predicate("Odd", Scalar.NAT, Scalar.INT))


@entry(1, "Prime")
def _prime(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    arg = el.term(args[0], scope)

    def build(env: Env) -> Term:
        inner = arg.term(env)
        if sort_of(inner) is not Scalar.NAT:
            at.unsupported("Prime outside ℕ")
        return Pred("Nat.Prime", (inner,), span=at.span)  # Nat.prime_iff

    return Typed(Scalar.PROP, at, build)


@entry(2, "Nat.Coprime")
def _coprime(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    gcd = FUNCTIONS["Nat.gcd"].elaborate(el, at, args, scope, None)
    return compare("=", gcd, numeral(1, Scalar.NAT, at), at)


def _congruence(sort: Scalar) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        modulus, left, right = (el.check(node, scope, sort) for node in args)
        return compare(
            "=",
            operation("%", [left, modulus], sort, at),
            operation("%", [right, modulus], sort, at),
            at,
        )

    return handler


entry(3, "Nat.ModEq")(_congruence(Scalar.NAT))
entry(3, "Int.ModEq")(_congruence(Scalar.INT))


def _function_of(
    el: Elaborator, at: Token, node: Syntax | Done, scope: Locals
) -> tuple[Typed, ArrowTy]:
    fn = el.term(node, scope)
    arrow = resolve(fn.ty)
    if not isinstance(arrow, ArrowTy):
        at.invalid("a function is expected here")
    return fn, arrow


def _pairwise(premise: str, result: str, strict: str = "") -> Handler:
    """``∀ a b, a premise b → f a result f b``."""

    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        fn, arrow = _function_of(el, at, args[0], scope)
        if isinstance(resolve(arrow.codomain), ArrowTy):
            at.unsupported("this property of a function of several arguments")
        a, b = Local("a", arrow.domain), Local("b", arrow.domain)
        x, y = variable(a, at), variable(b, at)
        fx, fy = apply(fn, x, at), apply(fn, y, at)
        if premise == "injective":
            body = logic("→", compare("=", fx, fy, at), compare("=", x, y, at), at=at)
        else:
            images = (fx, fy) if result[0] != "-" else (fy, fx)
            body = logic(
                "→",
                compare(premise, x, y, at),
                compare(result.lstrip("-"), *images, at),
                at=at,
            )
        return quantified("∀", a, quantified("∀", b, body, at), at)

    return handler


entry(1, "Function.Injective")(_pairwise("injective", "="))
entry(1, "Monotone")(_pairwise("≤", "≤"))
entry(1, "StrictMono")(_pairwise("<", "<"))
entry(1, "Antitone")(_pairwise("≤", "-≤"))
entry(1, "StrictAnti")(_pairwise("<", "-<"))


@entry(1, "Function.Surjective")
def _surjective(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    fn, arrow = _function_of(el, at, args[0], scope)
    a, b = Local("a", arrow.domain), Local("b", arrow.codomain)
    hit = compare("=", apply(fn, variable(a, at), at), variable(b, at), at)
    return quantified("∀", b, quantified("∃", a, hit, at), at)


def _extreme_element(op: str) -> Handler:
    """``IsLeast s a`` is ``a ∈ s ∧ ∀ x, x ∈ s → a ≤ x``."""

    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        node = args[0]
        where = collection(el, node, scope, None)
        value = el.check(args[1], scope, where.element)
        local = Local("x", where.element)
        x = variable(local, at)
        ordered = compare("≤", *((value, x) if op == "least" else (x, value)), at)
        bound = quantified("∀", local, logic("→", where.has(x), ordered, at=at), at)
        return logic("∧", where.has(value), bound, at=at)

    return handler


entry(2, "IsLeast")(_extreme_element("least"))
entry(2, "IsGreatest")(_extreme_element("greatest"))


def instance(el: Elaborator, binder: Binder, scope: Locals) -> Typed | None:
    """What an instance argument assumes: ``[NeZero n]``, ``[Fact p]``; deciding is for free."""
    node = binder.type
    match node:
        case Call(fn=Name(name="NeZero"), args=(arg,)):
            value = el.term(arg, scope)
            return compare("≠", value, numeral(0, value.ty, binder.at), binder.at)
        case Call(fn=Name(name="Fact"), args=(arg,)):
            return el.prop(arg, scope)
        case Call(fn=Name(name=name)) if name.startswith("Decidable"):
            return None
    binder.at.unsupported("instance arguments other than NeZero, Fact and Decidable")


@entry(1, "Finset.card")
def _card(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return cardinality(collection(el, args[0], scope, None), at)


def _folded(op: str) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        where = collection(el, args[0], scope, None)
        hint: Ty = expected if expected is not None and known(expected) else el.unknown(at)
        fn = el.check(args[1], scope, ArrowTy(where.element, hint))
        local = Local("x", where.element)
        return where.fold(op, local, apply(fn, variable(local, at), at), at)

    return handler


entry(2, "Finset.sum")(_folded("∑"))
entry(2, "Finset.prod")(_folded("∏"))
