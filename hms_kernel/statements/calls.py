"""Names and what they are applied to: variables, definitions unfolded, the library, dot notation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, TypeVar

from hms_kernel.statements import (
    complexes,
    functions,
    indexing,
    library,
    lists,
    predicates,
    records,
    spelled,
    structures,
)
from hms_kernel.statements.inference import (
    COMPLEX,
    ArrowTy,
    ListTy,
    Local,
    Meta,
    SizeMeta,
    StructTy,
    Ty,
    Typed,
    apply,
    known,
    lambda_,
    resolve,
    show_type,
    size_variable,
    variable,
)
from hms_kernel.statements.names import FOREIGN_TYPES
from hms_kernel.statements.scope import Definition, Done, Locals, Proof, Structure
from hms_kernel.statements.syntax import Call, Field, Name, Syntax
from hms_kernel.statements.terms import Scalar
from hms_kernel.statements.tokens import Token

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator

REGISTERED = (complexes, functions, indexing, lists, predicates)  # importing them fills the library
T = TypeVar("T")
MAX_UNFOLDING = 30  # definitions within definitions


def call(
    el: Elaborator,
    head: Syntax | Done,
    args: tuple[Syntax | Done, ...],
    scope: Locals,
    expected: Ty | None,
) -> Typed:
    """A head, most often a name, with its arguments."""
    at = head.at
    if isinstance(head, Call):
        return call(el, head.fn, (*head.args, *args), scope, expected)
    if isinstance(head, Field):
        return _field(el, head, args, scope, expected)
    if not isinstance(head, Name):
        return applied(el, el.term(head, scope), args, scope, at)
    if spelled.names_set(el, head.name, scope):
        # A set by name has syntax for arguments: dot notation does not reach it.
        given = Call(at, head, args) if args else head  # type: ignore[arg-type]
        return spelled.predicate(el, given, scope)
    local = scope.get(head.name)
    if isinstance(local, Proof):
        at.unsupported(f"the proof '{head.name}' as a term")
    if local is not None:
        found = Typed(local.ty, at, local.build, local.hole)
        return applied(el, found, args, scope, at)
    definition = el.context.definition(head.name)
    if definition is not None:
        settled(el, head)
        if definition.name == head.name and library.opened(head.name, el.context):
            at.unsupported(f"'{head.name}', which an opened namespace offers as well")
        return unfold(el, definition, args, scope, at)
    space, _, member = head.name.rpartition(".")
    structure = el.context.structure(space) if space and space not in scope else None
    if structure is not None:
        return structures.projection(el, structure, member, args, scope, at)
    if "." in head.name:
        first, _, rest = head.name.partition(".")
        if first in scope or el.context.definition(first) is not None:
            inner: Syntax = Name(at, first)
            for part in rest.split("."):
                inner = Field(at, inner, part)
            return call(el, inner, args, scope, expected)
    return _library(el, head, args, scope, expected)


def settled(el: Elaborator, name: Name) -> None:
    """Refuse a name that opened namespaces give to several things of the user's."""
    choices = el.context.homonyms(name.name)
    if len(choices) > 1:
        name.at.unsupported(f"'{name.name}' could be {' or '.join(choices)}; write the full name")


def _library(
    el: Elaborator, head: Name, args: tuple[Syntax | Done, ...], scope: Locals, expected: Ty | None
) -> Typed:
    at = head.at
    full = library.find(el, head, args, scope)
    if full is None:
        return unbound(el, head)
    entry = library.FUNCTIONS[full]
    if len(args) < entry.arity:
        return _partial(el, head, full, args, scope, expected)
    result = entry.elaborate(el, at, args[: entry.arity], scope, expected)
    return applied(el, result, args[entry.arity :], scope, at)


def _partial(
    el: Elaborator,
    head: Name,
    full: str,
    args: tuple[Syntax | Done, ...],
    scope: Locals,
    expected: Ty | None,
) -> Typed:
    """A library function without all of its arguments, where the missing ones' types are expected."""
    locals_: list[Local] = []
    target = resolve(expected) if expected is not None else None
    entry = library.FUNCTIONS[full]
    while len(args) + len(locals_) < entry.arity:
        if not isinstance(target, ArrowTy) or not known(target.domain):
            head.at.unsupported(f"{head.name} without all of its arguments")
        locals_.append(Local("x", target.domain))
        target = resolve(target.codomain)
    given = (*args, *(Done(head.at, variable(local, head.at)) for local in locals_))
    result = entry.elaborate(el, head.at, given, scope, target)
    for local in reversed(locals_):
        result = lambda_(local, result, head.at)
    return result


def unbound(el: Elaborator, node: Name) -> NoReturn:
    """Say why a name means nothing here: foreign, or unknown."""
    name, at = node.name, node.at
    if el.unfolding and el.unfolding[-1] in el.context.candidates(name):
        at.unsupported(f"the recursive definition of '{name}'")
    if name in el.context.foreign:
        at.unsupported(f"'{name}', made by {el.context.foreign[name]}")
    for full in el.context.candidates(name):
        if full in el.context.foreign:
            at.unsupported(f"'{name}', made by {el.context.foreign[full]}")
    if name in library.TYPES or name in FOREIGN_TYPES or el.context.structure(name) is not None:
        at.invalid(f"the type {name} where a term should be")
    if library.is_foreign(name, el.context):
        at.unsupported(name)
    if name == "_":
        at.unsupported("holes `_`")
    hint = "; n! is one name in Lean, write n !" if name.endswith("!") else ""
    at.invalid(f"unknown identifier '{name}'{hint}")


def applied(
    el: Elaborator, fn: Typed, args: tuple[Syntax | Done, ...], scope: Locals, at: Token
) -> Typed:
    """``fn`` applied to arguments one by one."""
    for arg in args:
        arrow = resolve(fn.ty)
        if isinstance(arrow, Meta):
            if arrow.numeral:
                at.invalid("a number takes no argument")
            # An untyped variable used as a function.
            inner = ArrowTy(el.unknown(at), el.unknown(at))
            arrow.solution = inner
            arrow = inner
        if isinstance(arrow, StructTy) and structures.is_equivalence(arrow):
            fn = records.project(fn, arrow.fields[0], at)
            arrow = resolve(fn.ty)
        if not isinstance(arrow, ArrowTy):
            at.invalid(f"this has type {show_type(arrow)} and takes no argument")
        fn = apply(fn, el.check(arg, scope, arrow.domain), at)
    return fn


def _field(
    el: Elaborator,
    head: Field,
    args: tuple[Syntax | Done, ...],
    scope: Locals,
    expected: Ty | None,
) -> Typed:
    if spelled.is_collection(el, head.of, scope):
        inner: tuple[Syntax | Done, ...] = (head.of, *args)
        full = f"Finset.{head.name}"
        if head.name in ("card", "sum", "prod"):
            arity = library.FUNCTIONS[full].arity
            if len(inner) < arity:
                head.at.unsupported(f"{full} without all of its arguments")
            entry = library.FUNCTIONS[full]
            result = entry.elaborate(el, head.at, inner[:arity], scope, expected)
            return applied(el, result, inner[arity:], scope, head.at)
        head.at.unsupported(full)
    value = el.term(head.of, scope)
    ty = resolve(value.ty)
    if ty is COMPLEX and not head.name.isdigit():
        full = f"Complex.{head.name}"
        if full not in library.FUNCTIONS:
            head.at.unsupported(full)
        return _library(
            el, Name(head.at, f"_root_.{full}"), (Done(value.at, value), *args), scope, expected
        )
    if isinstance(ty, StructTy):
        return structures.member(el, head, value, ty, args, scope)
    if isinstance(ty, ListTy):
        full = f"List.{head.name}"
        if full not in library.FUNCTIONS:
            head.at.unsupported(full)
        arity = library.FUNCTIONS[full].arity
        if len(args) < arity - 1:
            head.at.unsupported(f"{full} without all of its arguments")
        # What came into Lean early takes its list first, what Haskell has takes it last.
        place = 0 if head.name in lists.LIST_FIRST else arity - 1
        given = (*args[:place], Done(value.at, value), *args[place : arity - 1])
        result = library.FUNCTIONS[full].elaborate(el, head.at, given, scope, expected)
        return applied(el, result, args[arity - 1 :], scope, head.at)
    if isinstance(ty, ArrowTy) and resolve(ty.codomain) is Scalar.PROP:
        full = f"Set.{head.name}"
        if full in library.FUNCTIONS:
            return library.FUNCTIONS[full].elaborate(
                el, head.at, (Done(value.at, value), *args), scope, expected
            )
    if head.name.isdigit():
        head.at.unsupported(f"the projection .{head.name}")
    space = library.NAMESPACES.get(ty) if isinstance(ty, Scalar) else None
    full = f"{space}.{head.name}"
    if space is None or full not in library.FUNCTIONS:
        shown = full if space else f".{head.name}"
        head.at.unsupported(shown)
    return _library(
        el, Name(head.at, "_root_." + full), (Done(value.at, value), *args), scope, expected
    )


def unfold(
    el: Elaborator,
    definition: Definition,
    args: tuple[Syntax | Done, ...],
    scope: Locals,
    at: Token,
) -> Typed:
    if definition.error is not None:
        raise definition.error
    if len(el.unfolding) > MAX_UNFOLDING:
        at.unsupported("definitions nested this deeply")
    el.note(f"unfolded {definition.name}")
    inner: Locals = {}
    left = list(args)
    missing: list[Local] = []
    for binder in definition.binders:
        if binder.style == "[":
            binder.at.unsupported("a definition that needs an instance")
        if binder.type is None:
            binder.at.unsupported("an argument of a definition without a type")
        ty = within(el, definition, lambda type_=binder.type: _argument_type(el, type_, inner))  # type: ignore[misc]
        if binder.style in ("{", "⦃"):
            if ty is not Scalar.NAT:
                binder.at.unsupported("an implicit argument that is not in ℕ")
            inner[binder.name] = size_variable(SizeMeta(at), at)
        elif left:
            inner[binder.name] = _argument(el.check(left.pop(0), scope, ty))
        else:
            local = Local(binder.name, ty)
            missing.append(local)
            inner[binder.name] = variable(local, at)
    outer, el.context = el.context, definition.context
    el.unfolding.append(definition.name)
    mark = el.mark()
    try:
        result = _body(el, definition, inner)
        el.settle(mark)
    finally:
        el.context = outer
        el.unfolding.pop()
    body = result
    result = Typed(body.ty, body.at, lambda env: body.build(env.entering()))
    for local in reversed(missing):
        result = lambda_(local, result, at)
    return applied(el, result, tuple(left), scope, at)


def _argument(given: Typed) -> Typed:
    return Typed(given.ty, given.at, lambda env: given.build(env.leaving()), given.hole)


def _argument_type(el: Elaborator, node: Syntax, inner: Locals) -> Ty:
    if not el.is_type(node, inner) and not isinstance(node, Name):
        node.at.unsupported("a definition that takes a proof")
    return el.type(node, inner)


def within(el: Elaborator, where: Definition | Structure, work: Callable[[], T]) -> T:
    """``work`` done with the names in force where something was defined."""
    outer, el.context = el.context, where.context
    try:
        return work()
    finally:
        el.context = outer


def _body(el: Elaborator, definition: Definition, inner: Locals) -> Typed:
    assert definition.value is not None
    if definition.type is None:
        return el.term(definition.value, inner)
    return el.check(definition.value, inner, el.type(definition.type, inner))
