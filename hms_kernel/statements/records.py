"""Structures and lists taken apart: the core has numbers and functions only. Reads no syntax.

A variable of a structure becomes one variable for each field, its propositions become
assumptions; a list becomes its length n and functions on ``Fin n``. That loses nothing:
``List α`` is in bijection with the pairs of an n and a function ``Fin n → α``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from hms_kernel.statements.inference import (
    ArrowTy,
    Env,
    Family,
    FinTy,
    Function,
    Listing,
    ListTy,
    Local,
    Record,
    StructTy,
    Ty,
    Typed,
    Value,
    resolve,
)
from hms_kernel.statements.terms import (
    Apply,
    Arrow,
    Bundle,
    Fin,
    Logic,
    Num,
    Op,
    Quant,
    Rel,
    Scalar,
    Sort,
    Term,
    Var,
    sort_of,
)
from hms_kernel.statements.tokens import Token

Make = Callable[[tuple[Term, ...]], Value]


def composite(ty: Ty) -> bool:
    """Whether values of a type must be taken apart."""
    match resolve(ty):
        case StructTy() | ListTy():
            return True
        case ArrowTy(domain, codomain):
            return composite(domain) or composite(codomain)
        case _:
            return False


@dataclass(eq=False)
class Parts:
    """Core variables that together are one variable, and what is known of them."""

    env: Env
    at: Token
    variables: list[Var] = field(default_factory=list)
    facts: list[tuple[str, Term]] = field(default_factory=list)  # a name to go by, and the fact


def introduce(env: Env, local: Local, at: Token) -> tuple[Parts, Bundle | None, Env]:
    """Fresh core variables for ``local``, how they belong together, and the environment that knows it."""
    if not composite(local.ty):
        var, inner = env.introduce(local, at)
        return Parts(env, at, [var]), None, inner
    parts = Parts(env, at)
    make, bundle = _take_apart(parts, local.hint, local.ty, ())
    return parts, bundle, env.bind(local, lambda: make(()))


def _take_apart(parts: Parts, hint: str, ty: Ty, domains: tuple[Sort, ...]) -> tuple[Make, Bundle]:
    """Variables for a value of ``ty`` that depends on arguments in ``domains``."""
    ty, at = resolve(ty), parts.at
    if not composite(ty):
        sort = parts.env.sort(ty, at)
        for domain in reversed(domains):
            sort = Arrow(domain, sort)
        var = Var(parts.env.names.fresh(hint), sort, span=at.span)
        parts.variables.append(var)
        return (lambda args: _applied(var, args)), Bundle(var.name)
    match ty:
        case StructTy():
            return _take_record_apart(parts, hint, ty, domains)
        case ListTy(element):
            if domains:
                at.unsupported("lists within lists, and functions to lists")
            length = Var(parts.env.names.fresh(f"{hint}_length"), Scalar.NAT, span=at.span)
            parts.variables.append(length)
            item, shown = _take_apart(parts, hint, element, (Fin(length),))
            family = Family(length, lambda index: item((index,)))
            bundle = Bundle(hint, (shown,), length=length.name)
            return (lambda args: Listing((family,))), bundle
        case ArrowTy(argument, codomain):
            inner, bundle = _take_apart(
                parts, hint, codomain, (*domains, *_flat_sorts(parts, argument))
            )
            shown = Bundle(hint, (bundle,), function=True)
            return (
                lambda args: Function(lambda arg: inner((*args, *_flat(arg(), argument, at))))
            ), shown
    raise AssertionError(ty)


def _take_record_apart(
    parts: Parts, hint: str, ty: StructTy, domains: tuple[Sort, ...]
) -> tuple[Make, Bundle]:
    makes: dict[Local, Make] = {}
    shown: list[Bundle] = []
    outer = parts.env
    for local in ty.fields:
        make, bundle = _take_apart(parts, f"{hint}_{local.hint}", local.ty, domains)
        makes[local] = make
        shown.append(bundle)
        # The types of later fields may speak of this one.
        parts.env = parts.env.bind(local, _known(make, domains, parts.at))

    def made(args: tuple[Term, ...]) -> Record:
        return Record({local: _bound(make, args) for local, make in makes.items()})

    for name, fact in ty.facts:
        indices = tuple(Var(outer.names.fresh("i"), sort) for sort in domains)
        inside = outer
        for local, thunk in made(indices).fields.items():
            inside = inside.bind(local, thunk)
        prop = fact.term(inside)
        for index in reversed(indices):
            prop = Quant("∀", index, prop)
        parts.facts.append((f"{hint}_{name}", prop))
    parts.env = outer
    names = tuple(local.hint for local in ty.fields)
    return made, Bundle(hint, tuple(shown), fields=names)


def _bound(make: Make, args: tuple[Term, ...]) -> Callable[[], Value]:
    return lambda: make(args)


def _known(make: Make, domains: tuple[Sort, ...], at: Token) -> Callable[[], Value]:
    def value() -> Value:
        if domains:
            at.unsupported("a structure whose types depend on its fields, in a list or a function")
        return make(())

    return value


def _applied(fn: Term, args: tuple[Term, ...]) -> Term:
    for arg in args:
        sort = sort_of(fn)
        assert isinstance(sort, Arrow)
        fn = Apply(fn, arg, sort.codomain)
    return fn


def _flat_sorts(parts: Parts, ty: Ty) -> tuple[Sort, ...]:
    ty = resolve(ty)
    if isinstance(ty, StructTy):
        if ty.facts:
            parts.at.unsupported("a function of a structure that holds propositions")
        return tuple(sort for local in ty.fields for sort in _flat_sorts(parts, local.ty))
    if composite(ty):
        parts.at.unsupported("a function of lists, or of functions between structures")
    return (parts.env.sort(ty, parts.at),)


def _flat(value: Value, ty: Ty, at: Token) -> tuple[Term, ...]:
    ty = resolve(ty)
    if isinstance(ty, StructTy):
        assert isinstance(value, Record)
        return tuple(
            term for local in ty.fields for term in _flat(value.fields[local](), local.ty, at)
        )
    if isinstance(value, Function | Record | Listing):
        at.unsupported("a function literal in this place")
    return (value,)


# --- fields ------------------------------------------------------------------


def project(record: Typed, local: Local, at: Token) -> Typed:
    """The field ``local`` of a record."""

    def fields(env: Env) -> dict[Local, Callable[[], Value]]:
        value = record.build(env)
        assert isinstance(value, Record)
        return value.fields

    def inside(env: Env) -> Env:
        for other, value in fields(env).items():
            env = env.bind(other, value)
        return env

    return Typed(_moved(local.ty, inside), at, lambda env: fields(env)[local]())


def given_fields(default: Typed, values: dict[Local, Typed], at: Token) -> Typed:
    """A field's default value, given the fields before it."""

    def build(env: Env) -> Value:
        inner = env
        for local, value in values.items():
            inner = inner.bind(local, _built(value, env))
        return default.build(inner)

    return Typed(default.ty, at, build)


def field_type(local: Local, earlier: dict[Local, Typed]) -> Ty:
    """The type of a field, given the fields before it."""

    def inside(env: Env) -> Env:
        for other, value in earlier.items():
            env = env.bind(other, _built(value, env))
        return env

    return _moved(local.ty, inside)


def _moved(ty: Ty, inside: Callable[[Env], Env]) -> Ty:
    """A field's type, with the fields it speaks of taken from the record."""
    match resolve(ty):
        case FinTy(size):
            return FinTy(Typed(size.ty, size.at, lambda env: size.build(inside(env))))
        case ArrowTy(domain, codomain):
            return ArrowTy(_moved(domain, inside), _moved(codomain, inside))
        case ListTy(element):
            return ListTy(_moved(element, inside))
        case other:
            return other


def record(ty: StructTy, values: dict[Local, Typed], at: Token) -> Typed:
    """A record from its fields."""
    if ty.facts:
        at.unsupported(f"a constructor of {ty.name}, which needs proofs")

    def build(env: Env) -> Value:
        return Record({local: _built(values[local], env) for local in ty.fields})

    return Typed(ty, at, build)


def _built(typed: Typed, env: Env) -> Callable[[], Value]:
    return lambda: typed.build(env)


# --- quantifiers -------------------------------------------------------------


def quantified(op: str, local: Local, body: Typed, at: Token) -> Typed:
    """``∀``/``∃ local, body``, for a variable of any type."""

    def build(env: Env) -> Term:
        parts, _, inner = introduce(env, local, at)
        term = body.term(inner)
        for _, fact in reversed(parts.facts):
            term = Logic("→" if op == "∀" else "∧", (fact, term), span=at.span)
        for var in reversed(parts.variables):
            term = Quant(op, var, term, span=at.span)
        return term

    return Typed(Scalar.PROP, at, build)


# --- counting ----------------------------------------------------------------


def number(value: int) -> Num:
    """A numeral in ℕ."""
    return Num(Fraction(value), Scalar.NAT)


def sum_of(terms: list[Term], sort: Sort, op: str = "+") -> Term:
    """Terms added or multiplied, the neutral element when there is none."""
    if not terms:
        return Num(Fraction(0 if op == "+" else 1), sort)
    total = terms[0]
    for term in terms[1:]:
        total = Op(op, (total, term), sort)
    return total


def equal(left: Value, right: Value, at: Token) -> Term:
    """``left = right`` for values of one type without functions."""
    if isinstance(left, Record) and isinstance(right, Record):
        parts = [equal(thunk(), right.fields[name](), at) for name, thunk in left.fields.items()]
        return conjunction(parts)
    if isinstance(left, Listing) and isinstance(right, Listing):
        at.unsupported("an equation between lists, other than with []")
    if isinstance(left, Function | Record | Listing) or isinstance(
        right, Function | Record | Listing
    ):
        at.unsupported("an equation between functions within structures")
    sort = sort_of(left)
    if isinstance(sort, Arrow):
        at.unsupported("an equation between functions within structures")
    if sort is Scalar.PROP:
        return Logic("↔", (left, right), span=at.span)
    return Rel("=", left, right, span=at.span)


def conjunction(parts: list[Term], op: str = "∧") -> Term:
    """All of the parts (or any, for ``∨``)."""
    if not parts:
        return Logic("True" if op == "∧" else "False")
    term = parts[-1]
    for part in reversed(parts[:-1]):
        term = Logic(op, (part, term))
    return term
