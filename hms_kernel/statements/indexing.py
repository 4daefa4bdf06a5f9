"""Items by their position: ``l[i]``, ``l[i]!``, ``l.getD i d``, heads and ends. Goes through no list otherwise.

The item at i of a family is ``∑ j, if j = i then item j else 0``: the core has no function
from ℕ to ``Fin n``, and that sum is what ``getD i 0`` is worth, whatever i is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import takewhile
from typing import TYPE_CHECKING

from hms_kernel.statements.inference import (
    Env,
    Family,
    FinTy,
    Function,
    Listing,
    ListTy,
    Local,
    Part,
    Record,
    StructTy,
    Ty,
    Typed,
    Value,
    ensure,
    fold_size,
    resolve,
)
from hms_kernel.statements.library import Args, Handler, entry
from hms_kernel.statements.listings import NUMBERS, counted, element_of, length, listing, places
from hms_kernel.statements.records import number, sum_of
from hms_kernel.statements.scope import Locals
from hms_kernel.statements.syntax import Index
from hms_kernel.statements.terms import (
    Big,
    Cast,
    Fin,
    Ite,
    Logic,
    Num,
    Op,
    Rel,
    Scalar,
    Term,
    sort_of,
)
from hms_kernel.statements.tokens import Token

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator


def indexed(el: Elaborator, node: Index, scope: Locals) -> Typed:
    """``l[i]``, ``l[i]!``."""
    at = node.at
    items = el.term(node.of, scope)
    if not isinstance(resolve(items.ty), ListTy):
        at.unsupported("an index […] on something that is no list")
    if node.kind == "?":
        at.unsupported("`l[i]?`, which is an Option; write l.getD i d")
    index = el.term(node.index, scope, Scalar.NAT)
    if not isinstance(resolve(index.ty), FinTy) or node.kind == "!":
        index = ensure(index, Scalar.NAT)
    element = element_of(items)

    def build(env: Env) -> Value:
        there, found = listing(items, env), index.term(env)
        if node.kind != "!":
            size = counted(there, env, at)
            if not _surely_below(found, size, env.facts):
                at.unsupported(
                    "an index that no hypothesis puts below the length; write l[i]! or l.getD i d"
                )
        return _item(there, found, None, element, env, at)

    return Typed(element, at, build)


# --- what stands at a position -----------------------------------------------


def _item(
    items: Listing, index: Term, otherwise: Value | None, ty: Ty, env: Env, at: Token
) -> Value:
    """The item at ``index``, ``otherwise`` beyond the end; None stands for Lean's ``default``."""
    if len(items.parts) == 1 and isinstance(only := items.parts[0], Family) and not only.test:
        inner = index.arg if isinstance(index, Cast) else index
        if _indexes(inner, only):
            return only.item(inner)
    leading = list(takewhile(lambda part: not isinstance(part, Family), items.parts))
    if isinstance(index, Num) and index.value < len(leading):
        chosen = leading[int(index.value)]
        assert not isinstance(chosen, Family)
        return chosen()
    if isinstance(sort_of(index), Fin):
        index = Cast(index, Scalar.NAT)
    if isinstance(struct := resolve(ty), StructTy):
        if otherwise is None:
            at.unsupported(f"the default value of {struct.name}")
        return _record(items, index, otherwise, struct, env, at)
    sort = env.sort(ty, at)
    if sort not in NUMBERS:
        at.unsupported("an item of a list of something that is no number and no structure")
    zero = Num(Fraction(0), sort)
    terms: list[Term] = []
    for place in places(items, env, at):
        there = place()
        assert not isinstance(there.item, Function | Record | Listing)
        picked = Ite(Rel("=", there.position, index), there.item, zero, sort, span=at.span)
        var = there.index
        terms.append(picked if var is None else Big("∑", var, picked, sort, span=at.span))
    if otherwise is not None and otherwise != zero:
        assert not isinstance(otherwise, Function | Record | Listing)
        beyond = Rel("≤", counted(items, env, at), index)
        terms.append(Ite(beyond, otherwise, zero, sort, span=at.span))
    return sum_of(terms, sort)


def _record(
    items: Listing, index: Term, otherwise: Value, ty: StructTy, env: Env, at: Token
) -> Record:
    def field(local: Local) -> Callable[[], Value]:
        assert isinstance(otherwise, Record)
        column = Listing(tuple(_column(part, local) for part in items.parts))
        return lambda: _item(column, index, otherwise.fields[local](), local.ty, env, at)

    return Record({local: field(local) for local in ty.fields})


def _column(part: Part, local: Local) -> Part:
    """One field of a part of a list of records."""

    def of(value: Value) -> Value:
        assert isinstance(value, Record)
        return value.fields[local]()

    if isinstance(part, Family):
        return Family(part.length, lambda index: of(part.item(index)), part.test)
    return lambda: of(part())


def _indexes(term: Term, family: Family) -> bool:
    sort = sort_of(term)
    return isinstance(sort, Fin) and fold_size(sort.size) == fold_size(family.length)


# --- indices in range ----------------------------------------------------------


def _surely_below(index: Term, size: Term, facts: tuple[Term, ...]) -> bool:
    """Whether Lean would see at once that ``index < size``: by a hypothesis that says so, or by numerals."""
    inner = index.arg if isinstance(index, Cast) else index
    if isinstance(sort := sort_of(inner), Fin) and fold_size(sort.size) == fold_size(size):
        return True
    known = [part for fact in facts for part in _conjuncts(fact)]
    if isinstance(index, Num):
        return _at_least(size, known) > index.value
    match index:
        case Op("-", (whole, Num(value=less))) if whole == size and less > 0:
            return _at_least(size, known) > 0
    above = Op("+", (index, number(1)), Scalar.NAT)
    return any(
        fact in (Rel("<", index, size), Rel(">", size, index), Rel("≤", above, size))
        for fact in known
    )


def _at_least(size: Term, known: list[Term]) -> Fraction:
    match size:
        case Num(value=value):
            return value
        case Op("+", parts):
            return sum((_at_least(part, known) for part in parts), Fraction(0))
    best = Fraction(0)
    for fact in known:
        match fact:
            case Rel("=" | "≤", Num(value=value), other) | Rel("=" | "≥", other, Num(value=value)):
                bound = value
            case Rel("<", Num(value=value), other) | Rel(">", other, Num(value=value)):
                bound = value + 1
            case Logic("¬", (Rel("=", other, Num(value=value)),)) | Rel(
                "≠", other, Num(value=value)
            ) if value == 0:
                bound = Fraction(1)
            case _:
                continue
        if other == size:
            best = max(best, bound)
    return best


def _conjuncts(term: Term) -> Iterator[Term]:
    if isinstance(term, Logic) and term.op == "∧":
        for arg in term.args:
            yield from _conjuncts(arg)
    else:
        yield term


# --- by name -------------------------------------------------------------------


def _items(el: Elaborator, args: Args, scope: Locals) -> Typed:
    items = el.term(args[0], scope)
    element_of(items)
    return items


def _taken(where: str, arity: int) -> Handler:
    """``head`` and ``getLast`` in their total forms: with a default at hand, or Lean's own."""

    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        items = _items(el, args, scope)
        element = element_of(items)
        default = el.check(args[-1], scope, element) if arity > 1 else None
        size = length(items, at)

        def build(env: Env) -> Value:
            zero, one = number(0), number(1)
            index = zero if where == "head" else Op("-", (size.term(env), one), Scalar.NAT)
            otherwise = default.build(env) if default is not None else None
            return _item(listing(items, env), fold_size(index), otherwise, element, env, at)

        return Typed(element, at, build)

    return handler


entry(1, "List.head!")(_taken("head", 1))
entry(2, "List.headD")(_taken("head", 2))
entry(1, "List.getLast!")(_taken("last", 1))
entry(2, "List.getLastD")(_taken("last", 2))


@entry(3, "List.getD")
def _get_d(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    items = _items(el, args, scope)
    element = element_of(items)
    index = el.check(args[1], scope, Scalar.NAT)
    default = el.check(args[2], scope, element)

    def build(env: Env) -> Value:
        there = listing(items, env)
        return _item(there, index.term(env), default.build(env), element, env, at)

    return Typed(element, at, build)


@entry(2, "List.get")
def _get(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    items = _items(el, args, scope)
    element = element_of(items)
    index = el.check(args[1], scope, FinTy(length(items, at)))

    def build(env: Env) -> Value:
        return _item(listing(items, env), index.term(env), None, element, env, at)

    return Typed(element, at, build)
