"""Lists by the names Lean has for them: literals, map, filter, sums, folds. Goes through no list itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from hms_kernel.statements.inference import (
    ArrowTy,
    Env,
    Family,
    FinTy,
    Function,
    Listing,
    ListTy,
    Local,
    Part,
    Ty,
    Typed,
    Value,
    apply,
    constant,
    ensure,
    known,
    lambda_,
    resolve,
    variable,
)
from hms_kernel.statements.library import Args, Handler, entry, same
from hms_kernel.statements.listings import (
    NUMBERS,
    each,
    element_of,
    length,
    listing,
    pairwise,
    summed,
    total,
)
from hms_kernel.statements.ranges import mentions
from hms_kernel.statements.records import equal, number, sum_of
from hms_kernel.statements.scope import Locals
from hms_kernel.statements.syntax import ListOf, VectorOf
from hms_kernel.statements.terms import (
    Cast,
    Ite,
    Logic,
    Num,
    Op,
    Rel,
    Scalar,
    Sort,
    Term,
    Var,
    sort_of,
)
from hms_kernel.statements.tokens import Token

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator


def literal(el: Elaborator, node: ListOf, scope: Locals, expected: Ty | None) -> Typed:
    """``[a, b, c]``."""
    wanted = resolve(expected) if expected is not None else None
    if isinstance(wanted, ListTy):
        element: Ty = wanted.element
        items = [el.check(item, scope, element) for item in node.items]
    elif node.items:
        items = same(el, node.items, scope, None)
        element = items[0].ty
    else:
        items, element = [], el.unknown(node.at)

    def build(env: Env) -> Value:
        return Listing(tuple(_later(item, env) for item in items))

    return Typed(ListTy(element), node.at, build)


def _later(typed: Typed, env: Env) -> Callable[[], Value]:
    return lambda: typed.build(env)


def vector(el: Elaborator, node: VectorOf, scope: Locals, expected: Ty | None) -> Typed:
    """``![a, b, c]``: the function on ``Fin 3`` with these values."""
    wanted = resolve(expected) if expected is not None else None
    if not node.items:
        node.at.unsupported("the empty vector ![]")
    if isinstance(wanted, ArrowTy):
        element = wanted.codomain
        items = [el.check(item, scope, element) for item in node.items]
    else:
        items = same(el, node.items, scope, None)
        element = items[0].ty
    at = node.at
    size = constant(number(len(items)), Scalar.NAT, at)

    def build(env: Env) -> Value:
        def chosen(index: Term) -> Value:
            if isinstance(index, Num):
                return items[int(index.value)].build(env)
            sort = env.sort(element, at)
            if not isinstance(sort, Scalar):
                at.unsupported("a vector of something that is no number")
            value = items[-1].term(env)
            for place in reversed(range(len(items) - 1)):
                here = Rel("=", Cast(index, Scalar.NAT), number(place))
                value = Ite(here, items[place].term(env), value, sort, span=at.span)
            return value

        def call(arg: Callable[[], Value]) -> Value:
            index = arg()
            assert isinstance(index, Term)
            return chosen(index)

        return Function(call)

    return Typed(ArrowTy(FinTy(size), element), at, build)


def joined(op: str, left: Typed, right: Typed, at: Token) -> Typed:
    """``a :: l`` and ``l ++ m``."""
    if op == "::":
        head = ensure(left, element_of(right))
        return Typed(
            right.ty,
            at,
            lambda env: Listing((_later(head, env), *listing(right, env).parts)),
        )
    element_of(left)
    right = ensure(right, left.ty)
    return Typed(
        left.ty, at, lambda env: Listing((*listing(left, env).parts, *listing(right, env).parts))
    )


# Functions whose first explicit argument is the list; the others take it last.
LIST_FIRST = ("get", "getD", "head!", "headD", "getLast!", "getLastD", "all", "any")


# --- the functions -------------------------------------------------------------


def _list(el: Elaborator, args: Args, scope: Locals, expected: Ty | None = None) -> Typed:
    items = el.term(args[-1], scope, expected)
    element_of(items)
    return items


@entry(1, "List.length")
def _length_of(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return length(_list(el, args, scope), at)


def _total(op: str) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        items = _list(el, args, scope)
        local = Local("x", element_of(items))
        return total(op, items, local, Typed(local.ty, at, lambda env: env.values[local]()), at)

    return handler


entry(1, "List.sum")(_total("∑"))
entry(1, "List.prod")(_total("∏"))


@entry(2, "List.map")
def _map(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    items = _list(el, args, scope)
    element = element_of(items)
    wanted = resolve(expected) if expected is not None else None
    result: Ty = wanted.element if isinstance(wanted, ListTy) else el.unknown(at)
    fn = el.check(args[0], scope, ArrowTy(element, result))

    def build(env: Env) -> Value:
        def image(value: Callable[[], Value]) -> Value:
            return apply(fn, Typed(element, at, lambda _: value()), at).build(env)

        return Listing(tuple(_imaged(part, image) for part in listing(items, env).parts))

    return Typed(ListTy(result), at, build)


def _imaged(part: Part, image: Callable[[Callable[[], Value]], Value]) -> Part:
    if isinstance(part, Family):
        return Family(part.length, lambda index: image(lambda: part.item(index)), part.test)
    return lambda: image(part)


@entry(2, "List.filter")
def _filter(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    items = _list(el, args, scope, expected)
    element = element_of(items)
    test = el.check(args[0], scope, ArrowTy(element, Scalar.PROP))

    def build(env: Env) -> Value:
        def passes(value: Value) -> Term:
            return apply(test, Typed(element, at, lambda _: value), at).term(env)

        parts: list[Part] = []
        for part in listing(items, env).parts:
            if isinstance(part, Family):
                parts.append(Family(part.length, part.item, _both(part, passes)))
            else:
                parts.append(_single(part, passes))
        return Listing(tuple(parts))

    return Typed(items.ty, at, build)


def _single(item: Callable[[], Value], passes: Callable[[Value], Term]) -> Family:
    """One item and its test, as a family of one."""
    return Family(number(1), lambda _: item(), lambda _: passes(item()))


def _both(family: Family, passes: Callable[[Value], Term]) -> Callable[[Term], Term]:
    def test(index: Term) -> Term:
        new = passes(family.item(index))
        return new if family.test is None else Logic("∧", (family.test(index), new))

    return test


@entry(1, "List.range")
def _range(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    size = el.check(args[0], scope, Scalar.NAT)

    def build(env: Env) -> Value:
        return Listing((Family(size.term(env), lambda index: Cast(index, Scalar.NAT)),))

    return Typed(ListTy(Scalar.NAT), at, build)


@entry(2, "List.replicate")
def _replicate(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    size = el.check(args[0], scope, Scalar.NAT)
    wanted = resolve(expected) if expected is not None else None
    if isinstance(wanted, ListTy):
        item = el.check(args[1], scope, wanted.element)
    else:
        item = el.term(args[1], scope)

    def build(env: Env) -> Value:
        return Listing((Family(size.term(env), lambda _: item.build(env)),))

    return Typed(ListTy(item.ty), at, build)


def _tested(op: str) -> Handler:
    """``l.all p`` and ``l.any p``, whose Booleans are read as propositions."""

    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        items = el.term(args[0], scope)
        local = Local("x", element_of(items))
        test = el.check(args[1], scope, ArrowTy(local.ty, Scalar.PROP))
        return each(op, local, items, apply(test, variable(local, at), at), at)

    return handler


entry(2, "List.all")(_tested("∀"))
entry(2, "List.any")(_tested("∃"))


@entry(2, "List.countP")
def _count_p(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    return length(_filter(el, at, args, scope, None), at)


@entry(2, "List.Pairwise", "List.Sorted")
def _pairwise(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    items = _list(el, args, scope)
    element = element_of(items)
    relation = el.check(args[0], scope, ArrowTy(element, ArrowTy(element, Scalar.PROP)))
    return pairwise(items, relation, at)


@entry(1, "List.Nodup")
def _nodup(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
    items = _list(el, args, scope)
    element = element_of(items)
    a, b = Local("a", element), Local("b", element)
    left, right = variable(a, at), variable(b, at)
    different = Typed(
        Scalar.PROP,
        at,
        lambda env: Logic("¬", (equal(left.build(env), right.build(env), at),), span=at.span),
    )
    return pairwise(items, lambda_(a, lambda_(b, different, at), at), at)


def _fold(reverse: bool) -> Handler:
    def handler(el: Elaborator, at: Token, args: Args, scope: Locals, expected: Ty | None) -> Typed:
        items = _list(el, args, scope)
        element = element_of(items)
        result: Ty = expected if expected is not None and known(expected) else el.unknown(at)
        order = (element, result) if reverse else (result, element)
        fn = el.check(args[0], scope, ArrowTy(order[0], ArrowTy(order[1], result)))
        start = el.check(args[1], scope, result)

        def build(env: Env) -> Term:
            sort = env.sort(result, at)
            if sort not in NUMBERS:
                at.unsupported("a fold to something that is no number")
            so_far = Var(env.names.fresh("acc"), sort)
            op = ""

            def step(value: Value, inner: Env) -> Term:
                nonlocal op
                accumulated = Typed(result, at, lambda _: so_far)
                item = Typed(element, at, lambda _: value)
                both = (item, accumulated) if reverse else (accumulated, item)
                term = apply(apply(fn, both[0], at), both[1], at).term(inner)
                found, rest = _peeled(term, so_far, sort)
                if not found or (op and op != found):
                    at.unsupported("a fold other than a sum or a product")
                op = found
                return rest

            # The first pass only finds out which operation it is, the second folds with it.
            parts = listing(items, env)
            if not parts.parts:
                return start.term(env)
            summed("∑", parts, sort, replace(env, names=env.names.copy()), step, at)
            whole = summed("∑" if op == "+" else "∏", parts, sort, env, step, at)
            return Op(op, (start.term(env), whole), sort, span=at.span)

        return Typed(result, at, build)

    return handler


entry(3, "List.foldl")(_fold(False))
entry(3, "List.foldr")(_fold(True))


def _peeled(term: Term, so_far: Var, sort: Sort) -> tuple[str, Term]:
    """``("+", rest)`` when ``term`` is ``so_far + rest``, likewise for ``*``; else an empty sign."""
    op = term.op if isinstance(term, Op) and term.op in ("+", "*") else ""
    if not op or sort_of(term) != sort:
        return "", term
    factors: list[Term] = []
    pending: list[Term] = [term]
    while pending:
        part = pending.pop()
        if isinstance(part, Op) and part.op == op:
            pending += reversed(part.args)
        else:
            factors.append(part)
    mine = [part for part in factors if part == so_far]
    rest = [part for part in factors if part != so_far]
    if len(mine) != 1 or any(mentions(part, so_far.name) for part in rest):
        return "", term
    return op, sum_of(rest, sort, op)
