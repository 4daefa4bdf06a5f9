"""Syntax of sets to collections: intervals, ranges, filters, lists, comprehensions. Elaborates no term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hms_kernel.statements.inference import (
    ArrowTy,
    Local,
    Ty,
    Typed,
    apply,
    ensure,
    lambda_,
    resolve,
    unify,
    variable,
)
from hms_kernel.statements.library import divides, same
from hms_kernel.statements.operators import compare, logic, numeral, successor
from hms_kernel.statements.records import quantified
from hms_kernel.statements.scope import Done, Locals
from hms_kernel.statements.sets import Collection, below
from hms_kernel.statements.syntax import (
    Ascribe,
    Bind,
    Binder,
    Call,
    Field,
    Infix,
    Name,
    SetList,
    SetWhere,
    Syntax,
)
from hms_kernel.statements.terms import Scalar
from hms_kernel.statements.tokens import Token

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator


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


def names_set(el: Elaborator, name: str, scope: Locals) -> bool:
    """Whether a name is that of a set that can be spelled out, given its arguments."""
    return _set_name(el, name, scope) is not None


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
            values = same(el, items, scope, element)
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
    if not isinstance(node, Done) and is_collection(el, node, scope):
        at.unsupported("a set spelled out with other arguments than it has")
    known = predicate(el, node, scope)
    return Collection(_domain(known), at, False).where(lambda x: apply(known, x, at))


def predicate(
    el: Elaborator, node: Syntax | Done, scope: Locals, element: Ty | None = None
) -> Typed:
    """A set as what it is in Lean: a function to propositions.

    Raises:
        UnsupportedStatement: no set that can be spelled out.
    """
    if not isinstance(node, Done) and is_collection(el, node, scope):
        found = collection(el, node, scope, element)
        local = Local("x", found.element)
        return lambda_(local, found.has(variable(local, node.at)), node.at)
    value = el.term(node, scope)
    ty = resolve(value.ty)
    if not isinstance(ty, ArrowTy) or resolve(ty.codomain) is not Scalar.PROP:
        node.at.unsupported("sets other than intervals, ranges, filters and {x | …}")
    return value


def combined(el: Elaborator, node: Infix, scope: Locals) -> Typed:
    """``∪ ∩ \\ ⊆`` between sets, and images and preimages under functions."""
    at = node.at
    if node.op in ("''", "⁻¹'"):
        return _carried(el, node, scope)
    left = predicate(el, node.left, scope)
    domain = _domain(left)
    right = predicate(el, node.right, scope, domain)
    if not unify(domain, _domain(right)):
        at.invalid("these sets have elements of two types")
    local = Local("x", domain)
    x = variable(local, at)
    inside, other = apply(left, x, at), apply(right, x, at)
    if node.op == "⊆":
        return quantified("∀", local, logic("→", inside, other, at=at), at)
    if node.op == "\\":
        other = logic("¬", other, at=at)
    return lambda_(local, logic("∨" if node.op == "∪" else "∧", inside, other, at=at), at)


def _carried(el: Elaborator, node: Infix, scope: Locals) -> Typed:
    at = node.at
    fn = el.term(node.left, scope)
    arrow = resolve(fn.ty)
    if not isinstance(arrow, ArrowTy):
        at.invalid("a function is expected here")
    image = node.op == "''"
    wanted = arrow.domain if image else arrow.codomain
    where = predicate(el, node.right, scope, wanted)
    if not unify(_domain(where), wanted):
        at.invalid("this set has elements of another type")
    x, y = Local("x", arrow.domain), Local("y", arrow.codomain)
    value = apply(fn, variable(x, at), at)
    if not image:
        return lambda_(x, apply(where, value, at), at)
    hit = compare("=", value, variable(y, at), at)
    source = logic("∧", apply(where, variable(x, at), at), hit, at=at)
    return lambda_(y, quantified("∃", x, source, at), at)


def _domain(predicate: Typed) -> Ty:
    arrow = resolve(predicate.ty)
    assert isinstance(arrow, ArrowTy)
    return arrow.domain


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
    ends = same(el, args, scope, None)
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
