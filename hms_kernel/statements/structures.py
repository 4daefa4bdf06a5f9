"""``structure`` commands and what is made of them: types, fields, constructors. Takes no value apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hms_kernel.statements import calls, operators, records
from hms_kernel.statements.inference import (
    ArrowTy,
    Local,
    StructTy,
    Ty,
    Typed,
    apply,
    lambda_,
    resolve,
    show_type,
    variable,
)
from hms_kernel.statements.scope import Done, Locals, Proof, Structure
from hms_kernel.statements.syntax import Construct, Field, Fields, Name, Pair, Syntax
from hms_kernel.statements.terms import Scalar
from hms_kernel.statements.tokens import Token

_EQUIV = "α ≃ β"  # no name that a text could give to a structure

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator


def structure_type(el: Elaborator, structure: Structure) -> StructTy:
    """The type a ``structure`` command makes, elaborated once.

    Raises:
        UnsupportedStatement: a field is outside the fragment.
    """
    if structure.type is None:
        if structure.name in el.unfolding:
            structure.at.unsupported("a structure within itself")
        el.unfolding.append(structure.name)
        mark = el.mark()
        try:
            structure.type = calls.within(el, structure, lambda: _elaborated(el, structure))
            el.settle(mark)
        finally:
            el.unfolding.pop()
    return structure.type


def _elaborated(el: Elaborator, structure: Structure) -> StructTy:
    fields: list[Local] = []
    facts: list[tuple[str, Typed]] = []
    defaults: dict[Local, Typed] = {}
    scope: Locals = {}
    for member in structure.members:
        name, at, node = member.binder.name, member.binder.at, member.binder.type
        assert node is not None
        if el.is_type(node, scope):
            local = Local(name, el.type(node, scope))
            fields.append(local)
            if member.default is not None:
                defaults[local] = el.check(member.default, scope, local.ty)
            scope = {**scope, name: variable(local, at)}
        else:
            facts.append((name, el.prop(node, scope)))
            scope = {**scope, name: Proof(at)}
    return StructTy(structure.name, tuple(fields), tuple(facts), defaults)


def equivalence(el: Elaborator, domain: Ty, codomain: Ty, at: Token) -> StructTy:
    """``α ≃ β``: a function and its inverse."""
    if not isinstance(domain, Scalar) or not isinstance(codomain, Scalar):
        at.unsupported("equivalences between types other than numbers")
    found = el.equivalences.get((domain, codomain))
    if found is None:
        to = Local("toFun", ArrowTy(domain, codomain))
        back = Local("invFun", ArrowTy(codomain, domain))
        facts = (
            ("left_inv", _undoes(to, back, domain, at)),
            ("right_inv", _undoes(back, to, codomain, at)),
        )
        found = el.equivalences[domain, codomain] = StructTy(_EQUIV, (to, back), facts)
    return found


def product(el: Elaborator, first: Ty, second: Ty, at: Token) -> StructTy:
    """``α × β``: a structure with the fields ``fst`` and ``snd``."""
    key = resolve(first), resolve(second)
    if not all(isinstance(side, Scalar | StructTy) for side in key):
        at.unsupported("products of types other than numbers and structures")
    if key not in el.products:
        name = f"{show_type(key[0])} × {show_type(key[1])}"
        el.products[key] = StructTy(name, (Local("fst", key[0]), Local("snd", key[1])))
    return el.products[key]


def pair(el: Elaborator, node: Pair, scope: Locals, expected: Ty | None) -> Typed:
    """``(a, b)``."""
    ty = resolve(expected) if expected is not None else None
    if isinstance(ty, StructTy) and ty in el.products.values():
        return made(el, ty, (node.first, node.second), scope, node.at)
    mark = el.mark()
    first, second = el.term(node.first, scope), el.term(node.second, scope)
    el.settle(mark)
    sides = tuple(Done(side.at, side) for side in (first, second))
    return made(el, product(el, first.ty, second.ty, node.at), sides, scope, node.at)


def is_equivalence(ty: StructTy) -> bool:
    """Whether a structure is Mathlib's ``Equiv``."""
    return ty.name == _EQUIV


def _undoes(first: Local, second: Local, ty: Scalar, at: Token) -> Typed:
    local = Local("x", ty)
    x = variable(local, at)
    back = apply(variable(second, at), apply(variable(first, at), x, at), at)
    return records.quantified("∀", local, operators.compare("=", back, x, at), at)


def member(
    el: Elaborator,
    head: Field,
    value: Typed,
    ty: StructTy,
    args: tuple[Syntax | Done, ...],
    scope: Locals,
) -> Typed:
    """``value.name args``: a field, or a definition in the structure's namespace."""
    at = head.at
    name = head.name
    if name.isdigit():
        place = int(name) - 1
        if not 0 <= place < len(ty.fields) or (ty.facts and not is_equivalence(ty)):
            at.unsupported(f"the projection .{name} of {ty.name}")
        name = ty.fields[place].hint
    elif is_equivalence(ty) and name == "symm":
        name = "invFun"
    for local in ty.fields:
        if local.hint == name:
            return calls.applied(el, records.project(value, local, at), args, scope, at)
    if any(name == head.name for name, _ in ty.facts):
        at.unsupported(f"the proof '{head.name}' as a term")
    definition = el.context.definitions.get(f"{ty.name}.{head.name}")
    if definition is None:
        at.invalid(f"{ty.name} has no field '{head.name}'")
    explicit = [binder for binder in definition.binders if binder.style == "("]
    first = explicit[0].type if explicit else None
    if not isinstance(first, Name) or (
        calls.within(el, definition, lambda: el.type(first, {})) is not ty
    ):
        at.unsupported(f"{definition.name} in dot notation, where its first argument is another")
    return calls.unfold(el, definition, (Done(value.at, value), *args), scope, at)


def projection(
    el: Elaborator,
    structure: Structure,
    name: str,
    args: tuple[Syntax | Done, ...],
    scope: Locals,
    at: Token,
) -> Typed:
    """``Structure.name`` as a function, applied to what is given."""
    ty = structure_type(el, structure)
    if name == "mk":
        return made(el, ty, args, scope, at)
    record = Local("s", ty)
    value = el.check(args[0], scope, ty) if args else variable(record, at)
    found = member(el, Field(at, Name(at, structure.name), name), value, ty, args[1:], scope)
    return found if args else lambda_(record, found, at)


def instance(el: Elaborator, node: Construct | Fields, scope: Locals, expected: Ty | None) -> Typed:
    """``⟨a, b⟩`` and ``{ x := a, y := b }`` at a structure's type."""
    ty = resolve(expected) if expected is not None else None
    old = None
    if isinstance(node, Fields):
        if node.type is not None:
            ty = el.type(node.type, scope)
        if node.old is not None:
            old = el.term(node.old, scope)
            ty = resolve(old.ty)
    if not isinstance(ty, StructTy):
        kind = "anonymous constructors ⟨…⟩" if isinstance(node, Construct) else "a value { … }"
        node.at.unsupported(f"{kind} where no structure is expected")
    if isinstance(node, Construct):
        return made(el, ty, node.items, scope, node.at)
    given: dict[str, tuple[Token, Syntax]] = {name.text: (name, v) for name, v in node.values}
    known = {local.hint for local in ty.fields}
    for name, (at, _) in given.items():
        if name not in known and not any(name == fact for fact, _ in ty.facts):
            at.invalid(f"{ty.name} has no field '{name}'")
    values: dict[Local, Typed] = {}
    for local in ty.fields:
        if local.hint in given:
            values[local] = _at_field(el, given[local.hint][1], local, values, scope)
        elif old is not None:
            values[local] = records.project(old, local, node.at)
        else:
            default = ty.defaults.get(local)
            if default is None:
                node.at.invalid(f"the field '{local.hint}' of {ty.name} is missing")
            values[local] = records.given_fields(default, values, node.at)
    return records.record(ty, values, node.at)


def made(
    el: Elaborator, ty: StructTy, args: tuple[Syntax | Done, ...], scope: Locals, at: Token
) -> Typed:
    """``Structure.mk a b``."""
    if ty.facts:
        at.unsupported(f"a constructor of {ty.name}, which needs proofs")
    if len(args) != len(ty.fields):
        at.unsupported(f"{ty.name} has {len(ty.fields)} fields, and here are {len(args)}")
    values: dict[Local, Typed] = {}
    for local, arg in zip(ty.fields, args, strict=True):
        values[local] = _at_field(el, arg, local, values, scope)
    return records.record(ty, values, at)


def _at_field(
    el: Elaborator, node: Syntax | Done, local: Local, earlier: dict[Local, Typed], scope: Locals
) -> Typed:
    return el.check(node, scope, records.field_type(local, earlier))
