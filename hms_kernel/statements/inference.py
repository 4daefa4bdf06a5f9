"""Sorts that may still be unknown, terms whose building waits for them, and unification. Knows no syntax.

Elaboration yields ``Typed``: a type, and a function that builds the core term once every
type is settled. Building twice gives fresh bound names, which is how definitions and
``let`` are substituted without capture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from hms_kernel.errors import StatementError
from hms_kernel.statements.terms import Apply, Arrow, Cast, Fin, Num, Op, Scalar, Sort, Term, Var
from hms_kernel.statements.tokens import IDENTIFIER, Token

MAX_STEPS = 60_000  # nodes built for one statement


@dataclass(eq=False)
class Meta:
    """A sort not known yet, and what its solution must allow."""

    at: Token
    solution: Ty | None = None
    numeral: bool = False  # a numeral has it: ℕ if nothing else is known
    negated: bool = False  # a negation has it: ℤ rather than ℕ
    decimal: bool = False  # a decimal has it
    exponent: bool = False  # it is the type of an exponent: ℕ if nothing else is known


@dataclass(frozen=True, eq=False)
class FinTy:
    """``Fin size``."""

    size: Typed


@dataclass(eq=False)
class SizeMeta:
    """The size of a ``Fin`` that an implicit argument will be."""

    at: Token
    solution: Typed | None = None


@dataclass(frozen=True, eq=False)
class ArrowTy:
    """``domain → codomain``."""

    domain: Ty
    codomain: Ty


@dataclass(frozen=True, eq=False)
class ListTy:
    """``List element``."""

    element: Ty


@dataclass(eq=False)
class StructTy:
    """A structure, one object for each ``structure`` command: its numbers, and what they satisfy.

    The types of later fields and the facts speak of earlier fields as bound variables.
    """

    name: str
    fields: tuple[Local, ...] = ()
    facts: tuple[tuple[str, Typed], ...] = ()
    defaults: dict[Local, Typed] = field(default_factory=dict)


Ty = Scalar | FinTy | ArrowTy | ListTy | StructTy | Meta


@dataclass(frozen=True, eq=False)
class Local:
    """A bound variable by identity; its printed name is chosen when it is built."""

    hint: str
    ty: Ty


@dataclass(frozen=True, eq=False)
class Function:
    """A function known by what it does to an argument built on demand."""

    call: Callable[[Callable[[], Value]], Value]


@dataclass(frozen=True, eq=False)
class Record:
    """A value of a structure, field by field."""

    fields: dict[Local, Callable[[], Value]]


# ℂ is a structure like another, but for its arithmetic.
COMPLEX = StructTy("ℂ", (Local("re", Scalar.REAL), Local("im", Scalar.REAL)))


def complex_number(re: Term, im: Term) -> Record:
    """A value of ℂ."""
    first, second = COMPLEX.fields
    return Record({first: lambda: re, second: lambda: im})


@dataclass(frozen=True, eq=False)
class Family:
    """Part of a list: ``item i`` for every i below ``length``, those that pass ``test`` if there is one."""

    length: Term
    item: Callable[[Term], Value]
    test: Callable[[Term], Term] | None = None


@dataclass(frozen=True, eq=False)
class Listing:
    """A list in parts: families of symbolic length, and single items."""

    parts: tuple[Part, ...]


Part = Family | Callable[[], "Value"]

Value = Term | Function | Record | Listing


class Names:
    """Unique printed names, and a count of the nodes built so far."""

    def __init__(self, reserved: frozenset[str]) -> None:
        self._used = set(reserved)
        self.steps = 0

    def copy(self) -> Names:
        """The same state, for building something that will be thrown away."""
        twin = Names(frozenset(self._used))
        twin.steps = self.steps
        return twin

    def fresh(self, hint: str) -> str:
        """``hint``, or ``hint_1`` and so on if it is taken."""
        if hint == "_" or not IDENTIFIER.fullmatch(hint):
            hint = "x"
        name, count = hint, 0
        while name in self._used:
            count += 1
            name = f"{hint}_{count}"
        self._used.add(name)
        return name


@dataclass(frozen=True, eq=False)
class Env:
    """What each bound variable stands for while a term is built."""

    names: Names
    values: dict[Local, Callable[[], Value]] = field(default_factory=dict)
    facts: tuple[Term, ...] = ()  # hypotheses in scope, for what needs a proof such as ``l[i]``
    outside: tuple[tuple[Term, ...], ...] = ()  # those around each definition being unfolded

    def bind(self, local: Local, value: Callable[[], Value]) -> Env:
        """A copy in which ``local`` stands for ``value``."""
        return replace(self, values={**self.values, local: value})

    def assuming(self, fact: Term) -> Env:
        """A copy with one more hypothesis in scope."""
        return replace(self, facts=(*self.facts, fact))

    def entering(self) -> Env:
        """A copy for the body of a definition, which knows none of the hypotheses where it is used."""
        return replace(self, facts=(), outside=(*self.outside, self.facts))

    def leaving(self) -> Env:
        """A copy for an argument of the definition, which knows them."""
        if not self.outside:
            return self
        return replace(self, facts=self.outside[-1], outside=self.outside[:-1])

    def introduce(self, local: Local, at: Token) -> tuple[Var, Env]:
        """A core variable for ``local`` under a fresh name, and the environment that knows it."""
        var = Var(self.names.fresh(local.hint), self.sort(local.ty, at), span=at.span)
        return var, self.bind(local, lambda: var)

    def sort(self, ty: Ty, at: Token) -> Sort:
        """The core sort of a settled type."""
        match resolve(ty):
            case Scalar() as scalar:
                return scalar
            case FinTy(size):
                return Fin(fold_size(size.term(self)))
            case ArrowTy(domain, codomain):
                return Arrow(self.sort(domain, at), self.sort(codomain, at))
            case StructTy() | ListTy() as composite:
                at.unsupported(f"a value of type {show_type(composite)} in this place")
            case _:
                at.invalid("the type of this cannot be inferred; write it down, as in (x : ℝ)")


@dataclass(frozen=True, eq=False)
class Typed:
    """An elaborated term: its type now, its core when ``build`` is called."""

    ty: Ty
    at: Token
    build: Callable[[Env], Value]
    hole: SizeMeta | None = None  # it stands for a size that unification will find

    def term(self, env: Env) -> Term:
        """The core term; a function literal has none."""
        names = env.names
        names.steps += 1
        if names.steps > MAX_STEPS:
            self.at.unsupported("the statement grows too large when definitions are unfolded")
        value = self.build(env)
        if isinstance(value, Function):
            self.at.unsupported("a function literal in this place")
        if isinstance(value, Record | Listing):
            self.at.unsupported(f"a value of type {show_type(self.ty)} in this place")
        return value


def resolve(ty: Ty) -> Ty:
    """Follow solutions as far as they go."""
    while isinstance(ty, Meta) and ty.solution is not None:
        ty = ty.solution
    return ty


def known(ty: Ty) -> bool:
    """Whether anything is known about a type."""
    return not isinstance(resolve(ty), Meta)


def fold_size(size: Term) -> Term:
    """A size with closed arithmetic done, as Lean's definitional equality does: ``Fin (2 + 1)`` is ``Fin 3``."""
    if isinstance(size, Op) and size.op in ("+", "*", "-"):
        left, right = (fold_size(arg) for arg in size.args)
        if isinstance(left, Num) and isinstance(right, Num):
            a, b = left.value, right.value
            result = (
                a + b if size.op == "+" else a * b if size.op == "*" else max(a - b, Fraction(0))
            )
            if result.numerator.bit_length() <= 64:
                return Num(result, Scalar.NAT)
        return Op(size.op, (left, right), size.sort)
    return size


def size_variable(meta: SizeMeta, at: Token) -> Typed:
    """A term standing for a size that unification will find."""

    def build(env: Env) -> Value:
        if meta.solution is None:
            at.invalid("an implicit argument could not be inferred")
        return meta.solution.build(env)

    return Typed(Scalar.NAT, at, build, meta)


class _Canonical(dict[Local, Callable[[], Value]]):
    """Every local under a name of its own, for comparing sizes that are not built yet."""

    def __missing__(self, local: Local) -> Callable[[], Value]:
        return lambda: _stand_in(f"{local.hint}#{id(local)}", local.ty)


def _stand_in(name: str, ty: Ty) -> Value:
    match resolve(ty):
        case StructTy(fields=fields):
            return Record({f: _later(f"{name}.{f.hint}", f.ty) for f in fields})
        case ListTy(element):
            length = Var(f"{name}.length", Scalar.NAT)
            return Listing((Family(length, lambda _: _stand_in(f"{name}[]", element)),))
        case _:
            return Var(name, Scalar.NAT)


def _later(name: str, ty: Ty) -> Callable[[], Value]:
    return lambda: _stand_in(name, ty)


def _same_size(left: Typed, right: Typed) -> bool:
    for one, other in ((left, right), (right, left)):
        if one.hole is not None:
            if one.hole.solution is not None:
                return _same_size(one.hole.solution, other)
            if other.hole is not one.hole:
                one.hole.solution = other
            return True
    names = Names(frozenset())
    try:
        env = Env(names, _Canonical())
        return fold_size(left.term(env)) == fold_size(right.term(env))
    except StatementError:
        return False


def allows(meta: Meta, ty: Ty) -> bool:
    """Whether a type has the instances that an unknown one must have."""
    if isinstance(ty, Meta):
        return True
    if meta.decimal:
        return ty in (Scalar.RAT, Scalar.REAL, Scalar.FLOAT) or ty is COMPLEX
    if meta.numeral:
        plain = ty is not Scalar.PROP and not isinstance(ty, ArrowTy | ListTy | StructTy)
        return plain or ty is COMPLEX
    return True


def unify(left: Ty, right: Ty) -> bool:
    """Make two types equal if they can be."""
    left, right = resolve(left), resolve(right)
    if left is right:
        return True
    match left, right:
        case Meta(), Meta():
            right.numeral |= left.numeral
            right.negated |= left.negated
            right.decimal |= left.decimal
            right.exponent |= left.exponent
            left.solution = right
            return True
        case Meta(), _:
            if not allows(left, right) or _occurs(left, right):
                return False
            left.solution = right
            return True
        case _, Meta():
            return unify(right, left)
        case FinTy(a), FinTy(b):
            return _same_size(a, b)
        case ArrowTy(), ArrowTy():
            return unify(left.domain, right.domain) and unify(left.codomain, right.codomain)
        case ListTy(), ListTy():
            return unify(left.element, right.element)
        case _:
            return False


def _occurs(meta: Meta, ty: Ty) -> bool:
    ty = resolve(ty)
    if isinstance(ty, ArrowTy):
        return _occurs(meta, ty.domain) or _occurs(meta, ty.codomain)
    if isinstance(ty, ListTy):
        return _occurs(meta, ty.element)
    return ty is meta


# Nothing is cast to Float or from it; its rank makes it a number, and a mixture noticed.
RANK = {Scalar.NAT: 1, Scalar.INT: 2, Scalar.RAT: 3, Scalar.REAL: 4, Scalar.FLOAT: 6}


def rank(ty: Ty) -> int:
    """Place in ``Fin < ℕ < ℤ < ℚ < ℝ < ℂ``, 0-based; -1 for anything else."""
    ty = resolve(ty)
    if isinstance(ty, FinTy):
        return 0
    if ty is COMPLEX:
        return 5
    return RANK.get(ty, -1) if isinstance(ty, Scalar) else -1


def show_type(ty: Ty) -> str:
    """A type for error messages."""
    match resolve(ty):
        case Scalar() as scalar:
            return scalar.value
        case FinTy():
            return "Fin _"
        case ArrowTy(domain, codomain):
            inner = show_type(domain)
            inner = f"({inner})" if isinstance(resolve(domain), ArrowTy) else inner
            return f"{inner} → {show_type(codomain)}"
        case ListTy(element):
            return f"List {show_type(element)}"
        case StructTy(name=name):
            return name
        case _:
            return "an unknown type"


def cast(typed: Typed, target: Ty) -> Typed:
    """Embed a number of lower rank into ``target``; both types are known."""
    if rank(typed.ty) == 0 and rank(target) > 1:
        typed = cast(typed, Scalar.NAT)
    inner, goal = typed, resolve(target)
    if goal is COMPLEX:
        real = typed if resolve(typed.ty) is Scalar.REAL else cast(typed, Scalar.REAL)
        zero = Num(Fraction(0), Scalar.REAL)
        return Typed(COMPLEX, typed.at, lambda env: complex_number(real.term(env), zero))
    assert isinstance(goal, Scalar)
    if goal is Scalar.FLOAT:
        typed.at.unsupported("a cast to Float")
    return Typed(goal, inner.at, lambda env: Cast(inner.term(env), goal, span=inner.at.span))


def ensure(typed: Typed, target: Ty) -> Typed:
    """The term at type ``target``, cast if Lean would.

    Raises:
        InvalidStatement: it has another type.
    """
    have, want = resolve(typed.ty), resolve(target)
    if isinstance(have, FinTy) and isinstance(want, FinTy):
        if unify(have, want):
            return typed
    elif isinstance(have, Meta) or isinstance(want, Meta) or rank(have) < 0 or rank(want) < 0:
        if unify(have, want):
            return typed
        if isinstance(have, Meta) and have.decimal:
            typed.at.invalid(f"a decimal cannot have type {show_type(want)}")
    elif have is want:
        return typed
    elif rank(have) < rank(want):
        return cast(typed, want)
    elif isinstance(want, FinTy):
        typed.at.unsupported("a cast to Fin")
    what = (
        "is a number" if isinstance(have, Meta) and have.numeral else f"has type {show_type(have)}"
    )
    typed.at.invalid(f"this {what}, but {show_type(want)} is expected here")


def constant(value: Term, ty: Ty, at: Token) -> Typed:
    """A term that is built already."""
    return Typed(ty, at, lambda env: value)


def variable(local: Local, at: Token) -> Typed:
    """An occurrence of a bound variable."""

    def build(env: Env) -> Value:
        value = env.values[local]()
        # Keep the position of this occurrence, not of the binder.
        return Var(value.name, value.sort, span=at.span) if isinstance(value, Var) else value

    return Typed(local.ty, at, build)


def apply(fn: Typed, arg: Typed, at: Token) -> Typed:
    """``fn arg``; ``fn`` has an arrow type and ``arg`` its domain."""
    arrow = resolve(fn.ty)
    assert isinstance(arrow, ArrowTy)
    codomain = arrow.codomain

    def build(env: Env) -> Value:
        env.names.steps += 1
        if env.names.steps > MAX_STEPS:
            at.unsupported("the statement grows too large when definitions are unfolded")
        function = fn.build(env)
        if isinstance(function, Function):
            return function.call(lambda: arg.build(env))
        assert not isinstance(function, Record | Listing)
        return Apply(function, arg.term(env), env.sort(codomain, at), span=at.span)

    return Typed(codomain, at, build)


def substituted(body: Typed, local: Local, element: Typed) -> Typed:
    """``body`` with ``element`` for ``local``."""
    return Typed(
        body.ty, body.at, lambda env: body.build(env.bind(local, lambda: element.build(env)))
    )


def lambda_(local: Local, body: Typed, at: Token) -> Typed:
    """``fun local => body``."""

    def build(env: Env) -> Value:
        return Function(lambda arg: body.build(env.bind(local, arg)))

    return Typed(ArrowTy(local.ty, body.ty), at, build)
