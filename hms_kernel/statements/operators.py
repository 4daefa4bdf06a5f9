"""Operator trees: one type for all leaves of ``+ - * / % ^`` and of both sides of a relation. Knows no names.

Lean collects the whole tree, finds the largest type among the leaves and casts at the
leaves, never in between; an exponent is a tree of its own.

Source:
    Lean 4, ``Lean.Elab.Extra``: ``binop%``, ``binrel%``, ``unop%``, ``rightact%``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from hms_kernel.statements import complexes, listings
from hms_kernel.statements.inference import (
    COMPLEX,
    ArrowTy,
    Env,
    FinTy,
    ListTy,
    Local,
    Meta,
    Ty,
    Typed,
    Value,
    apply,
    ensure,
    rank,
    resolve,
    show_type,
    unify,
    variable,
)
from hms_kernel.statements.records import composite, quantified
from hms_kernel.statements.records import equal as equal_values
from hms_kernel.statements.syntax import Infix, Prefix, Syntax
from hms_kernel.statements.terms import (
    Arrow,
    Logic,
    Num,
    Op,
    Rel,
    Scalar,
    Term,
    sort_of,
)
from hms_kernel.statements.tokens import Token

ARITHMETIC = ("+", "-", "*", "/", "%")
FIELDS = (Scalar.RAT, Scalar.REAL)


@dataclass(frozen=True, eq=False)
class Branch:
    at: Token
    op: str
    args: tuple[Tree, ...]


@dataclass(frozen=True, eq=False)
class Power:
    at: Token
    base: Tree
    exponent: Typed


Tree = Branch | Power | Typed


def is_tree(node: Syntax) -> bool:
    """Whether a term is an inner node of an operator tree."""
    return (isinstance(node, Infix) and node.op in (*ARITHMETIC, "^")) or (
        isinstance(node, Prefix) and node.op in ("-", "⁻¹")
    )


def tree(node: Syntax, leaf: Callable[[Syntax], Typed]) -> Tree:
    """Elaborate the leaves of a tree in order of writing, each without an expected type."""
    if isinstance(node, Infix) and node.op in ARITHMETIC:
        return Branch(node.at, node.op, (tree(node.left, leaf), tree(node.right, leaf)))
    if isinstance(node, Infix) and node.op == "^":
        base = tree(node.left, leaf)
        return Power(node.at, base, leaf(node.right))
    if isinstance(node, Prefix) and node.op in ("-", "⁻¹"):
        return Branch(node.at, "neg" if node.op == "-" else "⁻¹", (tree(node.arg, leaf),))
    return leaf(node)


def _leaves(node: Tree) -> Iterator[Typed]:
    match node:
        case Branch():
            for arg in node.args:
                yield from _leaves(arg)
        case Power():
            yield from _leaves(node.base)
        case Typed():
            yield node


def _negated(node: Tree) -> bool:
    match node:
        case Branch():
            return node.op == "neg" or any(_negated(arg) for arg in node.args)
        case Power():
            return _negated(node.base)
        case _:
            return False


def _largest(leaves: list[Typed], start: Ty | None) -> Ty | None:
    """The type all leaves go to; None when nothing is known about any.

    Raises:
        InvalidStatement, UnsupportedStatement: two leaves have no common type.
    """
    largest = resolve(start) if start is not None else None
    if isinstance(largest, Meta) or (largest is not None and rank(largest) < 0):
        largest = None
    for leaf in leaves:
        ty = resolve(leaf.ty)
        if isinstance(ty, Meta):
            continue
        if rank(ty) < 0:
            what = "functions" if isinstance(ty, ArrowTy) else "propositions"
            if isinstance(ty, ArrowTy):
                leaf.at.unsupported(f"arithmetic on {what}")
            leaf.at.invalid(f"this has type {show_type(ty)}, which has no arithmetic or order here")
        if largest is None:
            largest = ty
        elif isinstance(largest, FinTy) and isinstance(ty, FinTy):
            if not unify(largest, ty):
                leaf.at.unsupported("Fin of two different sizes in one expression")
        elif rank(ty) > rank(largest):
            largest = ty
    return largest


def _assemble(node: Tree, ty: Ty) -> Typed:
    """The tree at one type: casts at the leaves, operators above."""
    match node:
        case Typed():
            return ensure(node, ty)
        case Power():
            return _power(node, _assemble(node.base, ty), ty)
        case Branch():
            args = tuple(_assemble(arg, ty) for arg in node.args)
            at, op = node.at, node.op

            def build(env: Env) -> Value:
                if resolve(ty) is COMPLEX:
                    return complexes.operation(op, [arg.build(env) for arg in args], at)
                sort = env.sort(ty, at)
                _require_instance(op, sort, at)
                return Op(op, tuple(arg.term(env) for arg in args), sort, span=at.span)

            return Typed(ty, at, build)


def _require_instance(op: str, sort: object, at: Token) -> None:
    if not isinstance(sort, Scalar):
        at.unsupported("arithmetic on Fin (it wraps around); cast to ℕ first")
    if sort is Scalar.PROP:
        at.invalid("propositions have no arithmetic")
    if op == "neg" and sort is Scalar.NAT:
        at.invalid("ℕ has no negation; ascribe ℤ")
    if op == "⁻¹" and sort not in FIELDS:
        at.invalid(f"{sort.value} has no inverse ⁻¹; ascribe ℚ or ℝ")
    if op == "%" and sort in FIELDS:
        at.invalid(f"{sort.value} has no remainder %")
    if op == "%" and sort is Scalar.FLOAT:
        at.unsupported("the remainder % of Floats")


def _power(node: Power, base: Typed, ty: Ty) -> Typed:
    exponent, at = node.exponent, node.at
    exponent_ty = resolve(exponent.ty)
    if isinstance(exponent_ty, Meta):
        exponent_ty.exponent = True

    def build(env: Env) -> Value:
        if resolve(ty) is COMPLEX:
            return complexes.power(base.build(env), exponent.term(env), at)
        sort = env.sort(ty, at)
        if not isinstance(sort, Scalar):
            at.unsupported("powers in Fin (they wrap around); cast to ℕ first")
        below, above = base.term(env), exponent.term(env)
        kind = sort_of(above)
        if sort is Scalar.FLOAT:
            at.unsupported("powers of Floats (Float.pow); write x * x")
        if kind is Scalar.NAT or (kind is Scalar.INT and sort in FIELDS):
            return Op("^", (below, above), sort, span=at.span)
        if kind is Scalar.REAL and sort is Scalar.REAL:
            # Real.rpow agrees with a natural power, and with √ at one half.
            if isinstance(above, Num) and above.value.denominator == 1 and above.value >= 0:
                return Op("^", (below, Num(above.value, Scalar.NAT)), sort, span=at.span)
            if _is_half(above):
                return Op("sqrt", (below,), sort, span=at.span)
            exponent.at.unsupported("powers with a real exponent (Real.rpow)")
        if kind is Scalar.INT and sort in (Scalar.NAT, Scalar.INT):
            at.invalid(f"a power of {sort.value} needs an exponent in ℕ, not ℤ")
        if isinstance(kind, Scalar) and kind is not Scalar.PROP:
            exponent.at.unsupported(f"a power of {sort.value} with exponent in {kind.value}")
        exponent.at.invalid("this is no exponent")

    return Typed(ty, at, build)


def _is_half(term: Term) -> bool:
    match term:
        case Num(value):
            return value == Fraction(1, 2)
        case Op("/", (Num(one), Num(two))):
            return one == 1 and two == 2
    return False


def arithmetic(root: Tree, at: Token, expected: Ty | None) -> tuple[Typed, Meta | None]:
    """A whole tree as one term; also the fresh unknown type if no leaf settles it."""
    largest = _largest(list(_leaves(root)), expected)
    fresh: Meta | None = None
    if largest is None:
        largest = fresh = Meta(at, negated=_negated(root))
        _join(root, fresh)
    return _assemble(root, largest), fresh


def _join(root: Tree, meta: Meta) -> None:
    for leaf in _leaves(root):
        if not unify(leaf.ty, meta):
            leaf.at.invalid(f"this has type {show_type(leaf.ty)}, which does not fit here")


def relation(op: str, left: Tree, right: Tree, at: Token) -> tuple[Typed, Meta | None]:
    """``left op right`` for ``= ≠ < ≤ > ≥``, and ``== !=`` on Float."""
    if isinstance(left, Typed) and isinstance(right, Typed):
        special = _logical(op, left, right, at)
        if special is not None:
            return special, None
    largest = _largest([*_leaves(left), *_leaves(right)], None)
    fresh: Meta | None = None
    if largest is None:
        largest = fresh = Meta(at, negated=_negated(left) or _negated(right))
        _join(left, fresh)
        _join(right, fresh)
    one, other = _assemble(left, largest), _assemble(right, largest)

    def build(env: Env) -> Term:
        if resolve(one.ty) is COMPLEX:
            if op not in ("=", "≠"):
                at.unsupported("the order of complex numbers")
            same = equal_values(one.build(env), other.build(env), at)
            return same if op == "=" else Logic("¬", (same,), span=at.span)
        if env.sort(one.ty, at) is Scalar.PROP:
            at.unsupported(f"'{op}' between propositions")
        if op in ("==", "!="):
            if env.sort(one.ty, at) is not Scalar.FLOAT:
                what = "equality" if op == "==" else "inequality"
                at.unsupported(f"Boolean {what} `{op}` outside Float")
            same = Rel("==", one.term(env), other.term(env), span=at.span)
            return same if op == "==" else Logic("¬", (same,), span=at.span)
        return Rel(op, one.term(env), other.term(env), span=at.span)

    return Typed(Scalar.PROP, at, build), fresh


def _logical(op: str, left: Typed, right: Typed, at: Token) -> Typed | None:
    """Equality of propositions is ``↔``; of functions, equality at every argument."""
    kinds = (resolve(left.ty), resolve(right.ty))
    if COMPLEX in kinds or not any(
        kind is Scalar.PROP or isinstance(kind, ArrowTy) or composite(kind) for kind in kinds
    ):
        return None
    if not unify(*kinds):
        if all(isinstance(kind, ArrowTy) for kind in kinds):
            at.unsupported("an equation between functions of different types; ascribe one")
        right.at.invalid(
            f"this has type {show_type(right.ty)}, but {show_type(left.ty)} is expected here"
        )
    if op not in ("=", "≠"):
        at.unsupported(f"'{op}' between propositions or functions")
    if resolve(left.ty) is Scalar.PROP:
        equal = logic("↔", left, right, at=at)
    elif isinstance(resolve(left.ty), ListTy):
        equal = listings.equation(left, right, at)
    else:
        equal = _extensional(left, right, at)
    return equal if op == "=" else logic("¬", equal, at=at)


def _extensional(left: Typed, right: Typed, at: Token) -> Typed:
    arrow = resolve(left.ty)
    if not isinstance(arrow, ArrowTy):
        if arrow is Scalar.PROP:
            return logic("↔", left, right, at=at)
        if composite(left.ty):
            return Typed(
                Scalar.PROP, at, lambda env: equal_values(left.build(env), right.build(env), at)
            )
        return compare("=", left, right, at)
    local = Local("x", arrow.domain)
    point = variable(local, at)
    body = _extensional(apply(left, point, at), apply(right, point, at), at)
    return quantified("∀", local, body, at)


def logic(op: str, *args: Typed, at: Token, dependent: bool = False) -> Typed:
    """A connective over propositions; ``dependent``: later ones may use earlier ones, as after ``→``."""

    def build(env: Env) -> Term:
        terms: list[Term] = []
        for arg in args:
            terms.append(arg.term(env))
            if dependent or op == "→":
                env = env.assuming(terms[-1])
        return Logic(op, tuple(terms), span=at.span)

    return Typed(Scalar.PROP, at, build)


def compare(op: str, left: Typed, right: Typed, at: Token) -> Typed:
    """A relation between terms that are of one type already."""

    def build(env: Env) -> Term:
        one, other = left.term(env), right.term(env)
        if sort_of(one) is Scalar.PROP or isinstance(sort_of(one), Arrow):
            at.unsupported(f"'{op}' between propositions or functions in this place")
        return Rel(op, one, other, span=at.span)

    return Typed(Scalar.PROP, at, build)


def numeral(value: int, ty: Ty, at: Token) -> Typed:
    """A small constant of a type that is, or will be, numeric."""
    return Typed(ty, at, lambda env: Num(Fraction(value), env.sort(ty, at), span=at.span))


def successor(typed: Typed) -> Typed:
    """``e + 1``, done at once for a numeral."""
    at = typed.at

    def build(env: Env) -> Term:
        term = typed.term(env)
        sort = sort_of(term)
        if isinstance(term, Num):
            return Num(term.value + 1, sort, span=at.span)
        return Op("+", (term, Num(Fraction(1), sort)), sort, span=at.span)

    return Typed(typed.ty, at, build)
