"""What Lean and Mathlib's own names mean here: types, functions, predicates, sets; and which names are foreign.

A name in ``FUNCTIONS`` is understood; one that is known to exist but is not understood
is *unsupported*; any other unbound name is *invalid*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
    rank,
    resolve,
    unify,
    variable,
)
from hms_kernel.statements.names import (
    FOREIGN_NAMES,
    FOREIGN_SPACES,
    OPENED_NAMES,
    PROTECTED,
)
from hms_kernel.statements.operators import FIELDS, compare, logic, numeral, quantified, successor
from hms_kernel.statements.scope import Context, Locals
from hms_kernel.statements.sets import Collection, below, cardinality
from hms_kernel.statements.syntax import (
    Ascribe,
    Bind,
    Binder,
    Call,
    Field,
    Name,
    SetList,
    SetWhere,
    Syntax,
)
from hms_kernel.statements.terms import Cast, Ite, Logic, Op, Pred, Rel, Scalar, Sort, Term, sort_of
from hms_kernel.statements.tokens import Token

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Done, Elaborator

TYPES: dict[str, Scalar] = {
    "ℕ": Scalar.NAT, "Nat": Scalar.NAT, "ℤ": Scalar.INT, "Int": Scalar.INT, "ℚ": Scalar.RAT,
    "Rat": Scalar.RAT, "ℝ": Scalar.REAL, "Real": Scalar.REAL, "Prop": Scalar.PROP,
}  # fmt: skip
NAMESPACES = {Scalar.NAT: "Nat", Scalar.INT: "Int", Scalar.RAT: "Rat", Scalar.REAL: "Real"}

Args = tuple["Syntax | Done", ...]
Handler = Callable[["Elaborator", Token, Args, Locals, "Ty | None"], Typed]


@dataclass(frozen=True, eq=False)
class Entry:
    """A library name with its number of explicit arguments."""

    arity: int
    elaborate: Handler


FUNCTIONS: dict[str, Entry] = {}


def _entry(arity: int, *names: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        for name in names:
            FUNCTIONS[name] = Entry(arity, handler)
        return handler

    return register


def find(el: Elaborator, head: Name, args: Args, scope: Locals) -> str | None:
    """The full name that an identifier stands for, or None.

    Raises:
        UnsupportedStatement: several opened namespaces offer it.
    """
    found = []
    for full in dict.fromkeys(el.context.candidates(head.name)):
        opened = full != head.name and not head.name.startswith("_root_.")
        if full in FUNCTIONS or (opened and full in OPENED_NAMES):
            if opened and full in PROTECTED:
                continue
            found.append(full)
    if head.name in FOREIGN_NAMES and head.name not in found and found:
        found.append(head.name)
    # Lean tries both square roots and keeps the one that fits; only an argument in ℝ settles it.
    both = set(found) == {"Nat.sqrt", "Real.sqrt"} and len(args) == 1
    if both and resolve(el.term(args[0], scope).ty) is Scalar.REAL:
        return "Real.sqrt"
    if len(found) > 1:
        head.at.unsupported(f"'{head.name}' could be {' or '.join(found)}; write the full name")
    return found[0] if found and found[0] in FUNCTIONS else None


def opened(name: str, context: Context) -> bool:
    """Whether an opened namespace offers a name."""
    return any(
        full != name and (full in OPENED_NAMES or full in FUNCTIONS) and full not in PROTECTED
        for full in (f"{space}.{name}" for space in context.opens)
    )


def is_foreign(name: str, context: Context) -> bool:
    """Whether Lean or Mathlib know a name that we do not understand."""
    if name in FOREIGN_NAMES or name in FUNCTIONS:
        return True
    if any(full in OPENED_NAMES for full in context.candidates(name)):
        return True
    space, dot, _ = name.removeprefix("_root_.").partition(".")
    return bool(dot) and space in FOREIGN_SPACES


# --- helpers -----------------------------------------------------------------


def _same(el: Elaborator, nodes: Args, scope: Locals, expected: Ty | None) -> list[Typed]:
    """Arguments of one type variable: the expected type decides, then the first argument."""
    if expected is not None and known(expected) and rank(expected) >= 0:
        return [el.check(node, scope, expected) for node in nodes]
    first = el.term(nodes[0], scope)
    result = [first]
    for node in nodes[1:]:
        other = el.term(node, scope, first.ty)
        if 0 <= rank(first.ty) < rank(other.ty):
            other.at.unsupported("arguments of two types; ascribe the smaller one")
        result.append(ensure(other, first.ty))
    return result


def _operation(op: str, args: list[Typed], ty: Ty, at: Token) -> Typed:
    def build(env: Env) -> Term:
        return Op(op, tuple(arg.term(env) for arg in args), env.sort(ty, at), span=at.span)

    return Typed(ty, at, build)


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


def divides(left: Typed, right: Typed, at: Token) -> Typed:
    """``left ∣ right`` on ℕ and ℤ."""

    def build(env: Env) -> Term:
        one, other = left.term(env), right.term(env)
        if sort_of(one) not in (Scalar.NAT, Scalar.INT):
            at.unsupported("divisibility outside ℕ and ℤ")
        return Rel("∣", one, other, span=at.span)

    return Typed(Scalar.PROP, at, build)


# --- numbers -----------------------------------------------------------------


@_entry(1, "abs")
def _abs(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    (arg,) = _same(el, args, scope, expected)

    def build(env: Env) -> Term:
        sort = env.sort(arg.ty, at)
        if sort is Scalar.NAT:
            at.invalid("ℕ has no absolute value; ascribe ℤ")
        if not isinstance(sort, Scalar) or sort is Scalar.PROP:
            at.unsupported("an absolute value of something that is no number")
        return Op("abs", (arg.term(env),), sort, span=at.span)

    return Typed(arg.ty, at, build)


def _extremum(op: str) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        both = _same(el, args, scope, expected)

        def build(env: Env) -> Term:
            sort = env.sort(both[0].ty, at)
            if not isinstance(sort, Scalar) or sort is Scalar.PROP:
                at.unsupported(f"{op} of something that is no number")
            return Op(op, tuple(arg.term(env) for arg in both), sort, span=at.span)

        return Typed(both[0].ty, at, build)

    return handler


_entry(2, "min", "Min.min")(_extremum("min"))
_entry(2, "max", "Max.max")(_extremum("max"))


@_entry(1, "Real.sqrt")
def _sqrt(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return _operation("sqrt", [el.check(args[0], scope, Scalar.REAL)], Scalar.REAL, at)


@_entry(1, "Int.floor")
def _floor(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return _at_sort("floor", el.term(args[0], scope), Scalar.INT, at, (Scalar.INT,))


@_entry(1, "Int.ceil")
def _ceil(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return _at_sort("ceil", el.term(args[0], scope), Scalar.INT, at, (Scalar.INT,))


@_entry(1, "Nat.floor")
def _nat_floor(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return _at_sort("nat_floor", el.term(args[0], scope), Scalar.NAT, at, (Scalar.NAT,))


@_entry(1, "Nat.ceil")
def _nat_ceil(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return _at_sort("nat_ceil", el.term(args[0], scope), Scalar.NAT, at, (Scalar.NAT,))


def _fixed(op: str, sources: tuple[Scalar, ...], result: Scalar) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        values = [el.check(node, scope, ty) for node, ty in zip(args, sources, strict=True)]
        return _operation(op, values, result, at)

    return handler


_N, _Z = Scalar.NAT, Scalar.INT
_entry(1, "Nat.sqrt")(_fixed("nat_sqrt", (_N,), _N))
_entry(1, "Nat.factorial")(_fixed("factorial", (_N,), _N))
_entry(2, "Nat.gcd")(_fixed("gcd", (_N, _N), _N))
_entry(2, "Nat.lcm")(_fixed("lcm", (_N, _N), _N))
_entry(2, "Nat.add")(_fixed("+", (_N, _N), _N))
_entry(2, "Nat.sub")(_fixed("-", (_N, _N), _N))
_entry(2, "Nat.mul")(_fixed("*", (_N, _N), _N))
_entry(2, "Nat.div")(_fixed("/", (_N, _N), _N))
_entry(2, "Nat.mod")(_fixed("%", (_N, _N), _N))
_entry(2, "Nat.pow")(_fixed("^", (_N, _N), _N))
_entry(2, "Int.ediv")(_fixed("/", (_Z, _Z), _Z))
_entry(2, "Int.emod")(_fixed("%", (_Z, _Z), _Z))
_entry(1, "Int.natAbs")(_fixed("natAbs", (_Z,), _N))
_entry(1, "Int.toNat")(_fixed("toNat", (_Z,), _N))


@_entry(1, "Nat.succ")
def _succ(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    one = numeral(1, Scalar.NAT, at)
    return _operation("+", [el.check(args[0], scope, Scalar.NAT), one], Scalar.NAT, at)


@_entry(1, "Nat.pred")
def _pred(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    one = numeral(1, Scalar.NAT, at)
    return _operation("-", [el.check(args[0], scope, Scalar.NAT), one], Scalar.NAT, at)


@_entry(1, "Int.fract")
def _fract(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    (arg,) = _same(el, args, scope, expected)

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
            _operation("natAbs", [el.check(node, scope, Scalar.INT)], Scalar.NAT, at)
            for node in args
        ]
        return _operation(op, sizes, Scalar.NAT, at)

    return handler


_entry(2, "Int.gcd")(_of_integers("gcd"))
_entry(2, "Int.lcm")(_of_integers("lcm"))


@_entry(2, "Nat.choose")
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


@_entry(1, "Nat.cast", "Int.cast", "Rat.cast")
def _cast(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    if expected is None or not known(expected):
        at.unsupported("a cast function without a type around it; write (x : ℝ)")
    return ensure(el.term(args[0], scope), expected)


@_entry(1, "Int.ofNat")
def _of_nat(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return ensure(el.check(args[0], scope, Scalar.NAT), Scalar.INT)


@_entry(1, "id")
def _id(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return el.term(args[0], scope, expected)


# --- propositions --------------------------------------------------------------


def _constant(op: str) -> Handler:
    return lambda el, at, args, scope, expected: constant(Logic(op, span=at.span), Scalar.PROP, at)


_entry(0, "True")(_constant("True"))
_entry(0, "False")(_constant("False"))


def _connective(op: str) -> Handler:
    return lambda el, at, args, scope, expected: logic(
        op, *(el.check(node, scope, Scalar.PROP) for node in args), at=at
    )


_entry(1, "Not")(_connective("¬"))
_entry(2, "And")(_connective("∧"))
_entry(2, "Or")(_connective("∨"))
_entry(2, "Iff")(_connective("↔"))


def _relation(op: str) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        left, right = _same(el, args, scope, None)
        if rank(left.ty) < 0 and known(left.ty):
            at.unsupported("an equation of this kind in prefix form")
        return compare(op, left, right, at)

    return handler


_entry(2, "Eq")(_relation("="))
_entry(2, "Ne")(_relation("≠"))
_entry(2, "LE.le")(_relation("≤"))
_entry(2, "LT.lt")(_relation("<"))


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


_entry(1, "Nat.Prime")(_predicate("Nat.Prime", _N))
_entry(1, "Even")(_predicate("Even", _N, _Z))
_entry(1, "Odd")(_predicate("Odd", _N, _Z))


@_entry(1, "Prime")
def _prime(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    arg = el.term(args[0], scope)

    def build(env: Env) -> Term:
        inner = arg.term(env)
        if sort_of(inner) is not Scalar.NAT:
            at.unsupported("Prime outside ℕ")
        return Pred("Nat.Prime", (inner,), span=at.span)  # Nat.prime_iff

    return Typed(Scalar.PROP, at, build)


@_entry(2, "Nat.Coprime")
def _coprime(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    gcd = FUNCTIONS["Nat.gcd"].elaborate(el, at, args, scope, None)
    return compare("=", gcd, numeral(1, Scalar.NAT, at), at)


def _congruence(sort: Scalar) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        modulus, left, right = (el.check(node, scope, sort) for node in args)
        return compare(
            "=",
            _operation("%", [left, modulus], sort, at),
            _operation("%", [right, modulus], sort, at),
            at,
        )

    return handler


_entry(3, "Nat.ModEq")(_congruence(_N))
_entry(3, "Int.ModEq")(_congruence(_Z))


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


_entry(1, "Function.Injective")(_pairwise("injective", "="))
_entry(1, "Monotone")(_pairwise("≤", "≤"))
_entry(1, "StrictMono")(_pairwise("<", "<"))
_entry(1, "Antitone")(_pairwise("≤", "-≤"))
_entry(1, "StrictAnti")(_pairwise("<", "-<"))


@_entry(1, "Function.Surjective")
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


_entry(2, "IsLeast")(_extreme_element("least"))
_entry(2, "IsGreatest")(_extreme_element("greatest"))


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


# --- sets and sums ---------------------------------------------------------------

_INTERVALS: dict[str, tuple[str | None, str | None]] = {
    "Icc": ("≤", "≥"), "Ico": ("≤", ">"), "Ioc": ("<", "≥"), "Ioo": ("<", ">"),
    "Ici": ("≤", None), "Ioi": ("<", None), "Iic": (None, "≥"), "Iio": (None, ">"),
}  # fmt: skip
_SETS = {
    **{f"{kind}.{name}": name for kind in ("Set", "Finset") for name in _INTERVALS},
    "Finset.range": "range", "Finset.univ": "univ", "Set.univ": "univ", "Finset.filter": "filter",
    "Nat.divisors": "divisors", "Nat.properDivisors": "properDivisors",
}  # fmt: skip


def _set_name(el: Elaborator, name: str, scope: Locals) -> str | None:
    if name in scope or el.context.definition(name) is not None:
        return None
    found = [full for full in dict.fromkeys(el.context.candidates(name)) if full in _SETS]
    return found[0] if len(found) == 1 else None


def is_collection(el: Elaborator, node: Syntax, scope: Locals) -> bool:
    """Whether syntax is one of the sets that can be spelled out."""
    match node:
        case Name(name=name) | Call(fn=Name(name=name)):
            return _set_name(el, name, scope) is not None
        case SetList() | SetWhere():
            return True
        case Ascribe(type=Call(fn=Name(name=name))):
            return name in ("Set", "Finset")
        case Call(fn=Field(of=of, name="filter")):
            return is_collection(el, of, scope)
    return False


def collection(
    el: Elaborator, node: Syntax | Done, scope: Locals, element: Ty | None
) -> Collection:
    """Elaborate a set.

    Raises:
        UnsupportedStatement: not one that can be spelled out.
    """
    at = node.at
    match node:
        case Name(name=name) | Call(fn=Name(name=name)) if _set_name(el, name, scope):
            full = _set_name(el, name, scope) or ""
            args = node.args if isinstance(node, Call) else ()
            return _named_set(el, full, args, scope, at)
        case SetList(items=items):
            values = _same(el, items, scope, element)
            return Collection(values[0].ty, at, False, items=tuple(values))
        case SetWhere(binder=binder, body=body):
            return _set_where(el, binder, body, scope, at)
        case Ascribe(term=inner, type=Call(fn=Name(name="Set" | "Finset" as kind), args=(arg,))):
            ty = el.type(arg, scope)
            found = collection(el, inner, scope, ty)
            if not unify(found.element, ty):
                at.invalid("this set has elements of another type")
            return Collection(ty, at, kind == "Finset", found.bounds, found.conditions, found.items)
        case Call(fn=Field(of=of, name="filter"), args=(test,)):
            return _filtered(el, collection(el, of, scope, element), test, scope)
    at.unsupported("sets other than intervals, ranges, filters and {x | …}")


def _named_set(
    el: Elaborator, full: str, args: tuple[Syntax, ...], scope: Locals, at: Token
) -> Collection:
    kind = _SETS[full]
    finite = not full.startswith("Set.")
    if kind == "filter" and len(args) == 2:
        return _filtered(el, collection(el, args[1], scope, None), args[0], scope)
    if kind == "univ" and not args:
        return Collection(el.unknown(at), at, finite)
    if kind == "range" and len(args) == 1:
        return below(el.check(args[0], scope, Scalar.NAT), at)
    if kind in ("divisors", "properDivisors") and len(args) == 1:
        number = el.check(args[0], scope, Scalar.NAT)
        high = number if kind == "properDivisors" else successor(number)
        bounds = (("≤", numeral(1, Scalar.NAT, at)), (">", high))
        between = Collection(Scalar.NAT, at, True, bounds)
        return between.where(lambda element: divides(element, number, at))
    low_op, high_op = _INTERVALS.get(kind, (None, None))
    operators = [op for op in (low_op, high_op) if op]
    if not operators or len(args) != len(operators):
        at.unsupported(f"{full} with {len(args)} arguments")
    ends = _same(el, args, scope, None)
    return Collection(ends[0].ty, at, finite, tuple(zip(operators, ends, strict=True)))


def _filtered(el: Elaborator, base: Collection, test: Syntax | Done, scope: Locals) -> Collection:
    expected = ArrowTy(base.element, Scalar.PROP)
    predicate = el.check(test, scope, expected)
    return base.where(lambda element: apply(predicate, element, test.at))


def _set_where(
    el: Elaborator, binder: Binder, body: Syntax, scope: Locals, at: Token
) -> Collection:
    fn = el.term(Bind(at, "fun", (Binder(binder.at, binder.name, binder.type),), body), scope)
    if binder.guard is not None and binder.guard[0] == "∈":
        base = collection(el, binder.guard[1], scope, None)
    else:
        base = None
        if binder.guard is not None:
            at.unsupported("a set {x > a | …}; write {x | x > a ∧ …}")
    arrow = resolve(fn.ty)
    assert isinstance(arrow, ArrowTy)
    ensure(Typed(arrow.codomain, body.at, fn.build), Scalar.PROP)
    if base is None:
        base = Collection(arrow.domain, at, False)
    elif not unify(base.element, arrow.domain):
        at.invalid("this set has elements of another type")
    return base.where(lambda element: apply(fn, element, at))


@_entry(1, "Finset.card")
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


_entry(2, "Finset.sum")(_folded("∑"))
_entry(2, "Finset.prod")(_folded("∏"))
