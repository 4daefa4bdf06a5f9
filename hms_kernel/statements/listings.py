"""Going through a list: length, sums, quantifiers and equality, as counts and sums over ``Fin n``. Knows no names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from hms_kernel.statements import records
from hms_kernel.statements.inference import (
    Env,
    Family,
    Listing,
    ListTy,
    Local,
    Part,
    Ty,
    Typed,
    Value,
    apply,
    ensure,
    resolve,
)
from hms_kernel.statements.records import conjunction, number, sum_of
from hms_kernel.statements.terms import (
    Big,
    Cast,
    Fin,
    Ite,
    Logic,
    Num,
    Quant,
    Rel,
    Scalar,
    Sort,
    Term,
    Var,
)
from hms_kernel.statements.tokens import Token

NUMBERS = (Scalar.NAT, Scalar.INT, Scalar.RAT, Scalar.REAL)


def listing(typed: Typed, env: Env) -> Listing:
    """The parts of a list."""
    value = typed.build(env)
    assert isinstance(value, Listing)
    return value


def element_of(typed: Typed) -> Ty:
    """The type of a list's elements.

    Raises:
        InvalidStatement: it is no list.
    """
    ty = resolve(typed.ty)
    if not isinstance(ty, ListTy):
        typed.at.invalid("a list is expected here")
    return ty.element


def _at_index(family: Family, env: Env, then: Callable[[Value, Env], Term]) -> tuple[Var, Term]:
    """A fresh index, and what holds or is counted there."""
    index = Var(env.names.fresh("i"), Fin(family.length))
    return index, then(family.item(index), env)


def total(op: str, items: Typed, local: Local, body: Typed, at: Token) -> Typed:
    """``∑`` or ``∏`` of ``body`` over the items, bound to ``local``."""

    def build(env: Env) -> Term:
        sort = env.sort(body.ty, at)
        if sort not in NUMBERS:
            at.unsupported("a sum of something that is no number")
        return summed(op, listing(items, env), sort, env, lambda v, e: body.term(e.bind(local, lambda: v)), at)  # fmt: skip

    return Typed(body.ty, at, build)


def summed(
    op: str, items: Listing, sort: Sort, env: Env, each: Callable[[Value, Env], Term], at: Token
) -> Term:
    """The sum or product over every part."""
    neutral = Num(Fraction(0 if op == "∑" else 1), sort)
    terms: list[Term] = []
    for part in items.parts:
        if not isinstance(part, Family):
            terms.append(each(part(), env))
            continue
        index, value = _at_index(part, env, each)
        if part.test is not None:
            value = Ite(part.test(index), value, neutral, sort)
        terms.append(Big(op, index, value, sort, span=at.span))
    return sum_of(terms, sort, "+" if op == "∑" else "*")


def length(items: Typed, at: Token) -> Typed:
    """``l.length``."""
    return Typed(Scalar.NAT, at, lambda env: counted(listing(items, env), env, at))


def counted(items: Listing, env: Env, at: Token) -> Term:
    """The number of items."""
    plain = [p for p in items.parts if isinstance(p, Family) and p.test is None]
    single = sum(not isinstance(p, Family) for p in items.parts)
    tested = Listing(tuple(p for p in items.parts if isinstance(p, Family) and p.test is not None))
    terms: list[Term] = [family.length for family in plain]
    if tested.parts:
        terms.append(summed("∑", tested, Scalar.NAT, env, lambda v, e: number(1), at))
    if single or not terms:
        terms.append(number(single))
    return sum_of(terms, Scalar.NAT)


def each(op: str, local: Local, items: Typed, body: Typed, at: Token) -> Typed:
    """``∀ x ∈ l, body`` or ``∃``."""

    def build(env: Env) -> Term:
        def there(value: Value, inner: Env) -> Term:
            return body.term(inner.bind(local, lambda: value))

        return walked(op, listing(items, env), env, there, at)

    return Typed(Scalar.PROP, at, build)


def walked(
    op: str, items: Listing, env: Env, then: Callable[[Value, Env], Term], at: Token
) -> Term:
    """A quantifier over every part."""
    found: list[Term] = []
    for part in items.parts:
        if not isinstance(part, Family):
            found.append(then(part(), env))
            continue
        index, prop = _at_index(part, env, then)
        if part.test is not None:
            prop = Logic("→" if op == "∀" else "∧", (part.test(index), prop))
        found.append(Quant(op, index, prop, span=at.span))
    return conjunction(found, "∧" if op == "∀" else "∨")


def has(items: Typed, element: Typed, at: Token) -> Typed:
    """``x ∈ l``."""
    element = ensure(element, element_of(items))

    def build(env: Env) -> Term:
        def same_(value: Value, inner: Env) -> Term:
            return records.equal(value, element.build(env), at)

        return walked("∃", listing(items, env), env, same_, at)

    return Typed(Scalar.PROP, at, build)


@dataclass(frozen=True, eq=False)
class Place:
    """A part of a list: its generic index if it is a family, the position that is, and the item there."""

    index: Var | None
    position: Term
    item: Value


def places(items: Listing, env: Env, at: Token) -> list[Callable[[], Place]]:
    """The parts with their positions; every call of one has an index of its own.

    Raises:
        UnsupportedStatement: a filtered list, whose items stand nowhere in particular.
    """
    found: list[Callable[[], Place]] = []
    before: list[Term] = []
    singles = 0
    for part in items.parts:
        start = (*before, *([number(singles)] if singles else []))
        found.append(_place(part, start, env))
        if not isinstance(part, Family):
            singles += 1
            continue
        if part.test is not None:
            at.unsupported("positions in a filtered list")
        before.append(part.length)
    return found


def _place(part: Part, start: tuple[Term, ...], env: Env) -> Callable[[], Place]:
    def place() -> Place:
        if not isinstance(part, Family):
            return Place(None, sum_of(list(start), Scalar.NAT), part())
        index = Var(env.names.fresh("i"), Fin(part.length))
        position = sum_of([*start, Cast(index, Scalar.NAT)], Scalar.NAT)
        return Place(index, position, part.item(index))

    return place


def _over(indices: tuple[Var | None, ...], where: Term, prop: Term) -> Term:
    """``prop`` at every index, where ``where`` holds."""
    prop = Logic("→", (where, prop))
    for index in reversed(indices):
        if index is not None:
            prop = Quant("∀", index, prop)
    return prop


def pairwise(items: Typed, relation: Typed, at: Token) -> Typed:
    """``relation`` between every item and every later one."""
    element = element_of(items)

    def build(env: Env) -> Term:
        def related(one: Value, other: Value) -> Term:
            first = apply(relation, Typed(element, at, lambda _: one), at)
            return apply(first, Typed(element, at, lambda _: other), at).term(env)

        parts: list[Term] = []
        there = places(listing(items, env), env, at)
        for first, second in product(there, there):
            one, other = first(), second()
            if isinstance(one.position, Num) and isinstance(other.position, Num):
                if one.position.value < other.position.value:
                    parts.append(related(one.item, other.item))
                continue
            before = Rel("<", one.position, other.position)
            parts.append(_over((one.index, other.index), before, related(one.item, other.item)))
        return conjunction(parts)

    return Typed(Scalar.PROP, at, build)


def equation(left: Typed, right: Typed, at: Token) -> Typed:
    """``l = m``: as long as each other, and the same at every position."""

    def build(env: Env) -> Term:
        one, other = listing(left, env), listing(right, env)
        for empty, full in ((one, other), (other, one)):
            if not empty.parts:
                return Rel("=", counted(full, env, at), number(0), span=at.span)
        sizes = counted(one, env, at), counted(other, env, at)
        if all(isinstance(size, Num) for size in sizes) and sizes[0] != sizes[1]:
            return Logic("False", span=at.span)
        parts: list[Term] = []
        if sizes[0] != sizes[1]:
            parts.append(Rel("=", *sizes, span=at.span))
        for first, second in product(places(one, env, at), places(other, env, at)):
            here, there = first(), second()
            if isinstance(here.position, Num) and isinstance(there.position, Num):
                if here.position == there.position:
                    parts.append(records.equal(here.item, there.item, at))
                continue
            same = records.equal(here.item, there.item, at)
            where = Rel("=", here.position, there.position)
            parts.append(_over((here.index, there.index), where, same))
        return conjunction(parts)

    return Typed(Scalar.PROP, at, build)
