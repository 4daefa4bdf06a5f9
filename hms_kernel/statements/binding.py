"""Binders: quantifiers, functions, sums and what bounds their variables. Knows no commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hms_kernel.statements import listings, operators, predicates, spelled
from hms_kernel.statements.inference import (
    ArrowTy,
    ListTy,
    Local,
    Ty,
    Typed,
    known,
    lambda_,
    resolve,
    show_type,
    substituted,
    unify,
    variable,
)
from hms_kernel.statements.operators import logic
from hms_kernel.statements.records import quantified
from hms_kernel.statements.scope import Locals, Proof
from hms_kernel.statements.sets import Collection
from hms_kernel.statements.syntax import BigOp, Bind, Binder, Infix, Name, Syntax
from hms_kernel.statements.terms import Scalar
from hms_kernel.statements.tokens import Token

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator


def bind(
    el: Elaborator, binder: Binder, scope: Locals
) -> tuple[Local | None, Typed | None, Locals]:
    """Bring one binder into scope: its variable if it is one, its guard or proposition if it has one."""
    at = binder.at
    if binder.style == "[":
        return None, predicates.instance(el, binder, scope), scope
    if binder.type is not None and not el.is_type(binder.type, scope):
        fact = el.prop(binder.type, scope)
        return None, fact, {**scope, binder.name: Proof(at)}
    ty: Ty = el.unknown(at) if binder.type is None else el.type(binder.type, scope)
    local = Local(binder.name, ty)
    var = variable(local, at)
    guard = None
    if binder.guard is not None:
        relation, right = binder.guard
        if relation in ("∈", "∉"):
            guard = el.membership(relation, var, right, scope, at)
        else:
            inner: Locals = {**scope, binder.name: var}
            guard = el.infix(Infix(at, relation, Name(at, binder.name), right), inner)
    after = scope if binder.name == "_" else {**scope, binder.name: var}
    return local, guard, after


def quantifier(el: Elaborator, node: Bind, scope: Locals) -> Typed:
    """``∀``, ``∃`` and ``∃!`` over any number of binders."""
    bound: list[tuple[Local | None, Typed | None]] = []
    body: Typed | None = None
    for index, binder in enumerate(node.binders):
        if over_list(el, binder, scope) and node.op != "∃!":
            body = _each(el, node, index, scope)
            break
        local, guard, scope = bind(el, binder, scope)
        bound.append((local, guard))
    if body is None:
        body = el.prop(node.body, scope)
    if node.op == "∃!":
        return _unique(el, node, bound, body)
    joint = "→" if node.op == "∀" else "∧"
    for local, guard in reversed(bound):
        if guard is not None:
            # ``∃ (h : p), q`` is one pair, ``∃ x > 0, q`` is a conjunction.
            body = logic(joint, guard, body, at=node.at, dependent=local is None)
        if local is not None:
            body = quantified(node.op, local, body, node.at)
    return body


def over_list(el: Elaborator, binder: Binder, scope: Locals) -> bool:
    """Whether a binder is ``x ∈ l`` for a list."""
    if binder.guard is None or binder.guard[0] != "∈":
        return False
    where = binder.guard[1]
    if spelled.is_collection(el, where, scope):
        return False
    return isinstance(resolve(el.term(where, scope).ty), ListTy)


def _each(el: Elaborator, node: Bind, index: int, scope: Locals) -> Typed:
    """A quantifier whose binder at ``index`` runs over a list."""
    binder = node.binders[index]
    assert binder.guard is not None
    items = el.list(binder.guard[1], scope)
    local = Local(binder.name, listings.element_of(items))
    scope = {**scope, binder.name: variable(local, binder.at)}
    rest = node.binders[index + 1 :]
    inner = Bind(node.at, node.op, rest, node.body) if rest else node.body
    return listings.each(node.op, local, items, el.prop(inner, scope), node.at)


def _unique(
    el: Elaborator, node: Bind, bound: list[tuple[Local | None, Typed | None]], body: Typed
) -> Typed:
    (local, guard), at = bound[0], node.at
    if len(bound) != 1 or local is None:
        at.unsupported("`∃!` over several variables")
    holds = logic("∧", guard, body, at=at) if guard is not None else body
    other = Local(local.hint, local.ty)
    there = Typed(
        Scalar.PROP,
        at,
        lambda env: holds.build(env.bind(local, lambda: variable(other, at).build(env))),
    )
    same = operators.compare("=", variable(other, at), variable(local, at), at)
    alone = quantified("∀", other, logic("→", there, same, at=at), at)
    return quantified("∃", local, logic("∧", holds, alone, at=at), at)


def function(
    el: Elaborator,
    binders: tuple[Binder, ...],
    body: Syntax,
    scope: Locals,
    expected: Ty | None,
    at: Token,
) -> Typed:
    """``fun``, guided by the arrow that is expected."""
    locals_: list[Local] = []
    target = resolve(expected) if expected is not None else None
    for binder in binders:
        local, guard, scope = bind(el, binder, scope)
        if local is None or guard is not None:
            binder.at.unsupported("a function of a proof")
        if isinstance(target, ArrowTy):
            if not unify(local.ty, target.domain):
                binder.at.invalid(
                    f"'{binder.name}' has type {show_type(local.ty)}, "
                    f"but {show_type(target.domain)} is expected here"
                )
            target = resolve(target.codomain)
        else:
            target = None
        locals_.append(local)
    value = el.check(body, scope, target) if target is not None else el.term(body, scope)
    for local in reversed(locals_):
        value = lambda_(local, value, at)
    return value


def big(el: Elaborator, node: BigOp, scope: Locals, expected: Ty | None) -> Typed:
    """``∑`` and ``∏`` over types, sets and conditions."""
    if any(over_list(el, binder, scope) for binder in node.binders):
        return _over_list(el, node, scope, expected)
    locals_: list[tuple[Local, Collection]] = []
    for binder in node.binders:
        if binder.guard is None:
            local, guard, scope = bind(el, binder, scope)
            if local is None or guard is not None:
                binder.at.invalid(f"'{node.op}' runs over elements of a type or a Finset")
            everything = Collection(local.ty, binder.at, True)
            locals_.append((local, everything))
            continue
        if binder.guard[0] != "∈":
            binder.at.unsupported(f"'{node.op}' over a bound other than ∈")
        collection = el.collection(binder.guard[1], scope, None)
        local = Local(binder.name, collection.element)
        locals_.append((local, collection))
        scope = {**scope, binder.name: variable(local, binder.at)}
    if node.condition is not None:
        last, collection = locals_[-1]
        test = el.prop(node.condition, scope)
        locals_[-1] = (
            last,
            collection.where(lambda element: substituted(test, last, element)),
        )
    hint = expected if expected is not None and known(expected) else None
    value = el.check(node.body, scope, hint) if hint is not None else el.term(node.body, scope)
    for local, collection in reversed(locals_):
        value = collection.fold(node.op, local, value, node.at)
    return value


def _over_list(el: Elaborator, node: BigOp, scope: Locals, expected: Ty | None) -> Typed:
    """``∑ x ∈ l, f x`` for a list ``l``, where the caller reads specifications leniently.

    In Lean a sum runs over a Finset, so bare text of this kind does not type-check.
    """
    (binder, *more) = node.binders
    assert binder.guard is not None
    items = el.list(binder.guard[1], scope)
    if el.decimals != "ℝ":
        binder.at.invalid(
            f"'{node.op}' runs over a Finset in Lean, and this is a list: write (l.map f).sum"
        )
    if more or node.condition is not None:
        node.at.unsupported("a sum over a list with further binders or a condition")
    el.note(
        f"{node.op} over a list was read as the {'sum' if node.op == '∑' else 'product'} over its items (in Lean it needs a Finset)"
    )
    local = Local(binder.name, listings.element_of(items))
    inner = {**scope, binder.name: variable(local, binder.at)}
    hint = expected if expected is not None and known(expected) else None
    value = el.check(node.body, inner, hint) if hint is not None else el.term(node.body, inner)
    return listings.total(node.op, items, local, value, node.at)
