"""Syntax to types: numbers, ``Fin n``, functions, lists, sets, equivalences, structures. Elaborates no term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hms_kernel.statements import calls, library, structures
from hms_kernel.statements.inference import ArrowTy, FinTy, ListTy, Ty
from hms_kernel.statements.names import FOREIGN_TYPES
from hms_kernel.statements.scope import Locals
from hms_kernel.statements.syntax import Ascribe, Call, Infix, Name, Syntax
from hms_kernel.statements.terms import Scalar

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator


def is_type(el: Elaborator, node: Syntax, scope: Locals) -> bool:
    """Whether a term denotes a type of ours or a foreign one."""
    match node:
        case Name(name=name) if name not in scope:
            definition = el.context.definition(name)
            if definition is not None and definition.value is not None:
                return not definition.binders and is_type(el, definition.value, {})
            if el.context.structure(name) is not None:
                return True
            return name in library.TYPES or name in FOREIGN_TYPES
        case Call(fn=Name(name=name)):
            return name not in scope and (name == "Fin" or name in FOREIGN_TYPES)
        case Infix(op="→"):
            return is_type(el, node.right, scope)
        case Infix(op="≃" | "×"):
            return True
        case Ascribe():
            return is_type(el, node.term, scope)
    return False


def type_of(el: Elaborator, node: Syntax, scope: Locals) -> Ty:
    """Elaborate a type.

    Raises:
        UnsupportedStatement: a type outside the fragment.
        InvalidStatement: no type at all.
    """
    if isinstance(node, Name) and node.name not in scope:
        # What the text defines comes before what Lean has under that name.
        calls.settled(el, node)
        definition = el.context.definition(node.name)
        if definition is not None and definition.value is not None and not definition.binders:
            value = definition.value
            return calls.within(el, definition, lambda: type_of(el, value, {}))
        structure = el.context.structure(node.name)
        if structure is not None:
            return structures.structure_type(el, structure)
        if node.name in library.TYPES:
            return library.TYPES[node.name]
        if node.name in FOREIGN_TYPES:
            node.at.unsupported(f"the type {node.name}")
    if isinstance(node, Call) and isinstance(node.fn, Name) and node.fn.name not in scope:
        if node.fn.name == "Fin" and len(node.args) == 1:
            mark = el.mark()
            size = el.check(node.args[0], scope, Scalar.NAT)
            el.settle(mark)
            return FinTy(size)
        if node.fn.name == "Equiv" and len(node.args) == 2:
            sides = [type_of(el, arg, scope) for arg in node.args]
            return structures.equivalence(el, sides[0], sides[1], node.at)
        if node.fn.name == "Prod" and len(node.args) == 2:
            first, second = (type_of(el, arg, scope) for arg in node.args)
            return structures.product(el, first, second, node.at)
        if node.fn.name == "Set" and len(node.args) == 1:
            return ArrowTy(type_of(el, node.args[0], scope), Scalar.PROP)
        if node.fn.name == "List" and len(node.args) == 1:
            return ListTy(type_of(el, node.args[0], scope))
        if node.fn.name in FOREIGN_TYPES:
            node.at.unsupported(f"the type {node.fn.name}")
    if isinstance(node, Infix) and node.op == "×":
        first, second = (type_of(el, side, scope) for side in (node.left, node.right))
        return structures.product(el, first, second, node.at)
    if isinstance(node, Infix) and node.op == "≃":
        sides = [type_of(el, side, scope) for side in (node.left, node.right)]
        return structures.equivalence(el, sides[0], sides[1], node.at)
    if isinstance(node, Infix) and node.op == "→":
        return ArrowTy(type_of(el, node.left, scope), type_of(el, node.right, scope))
    if isinstance(node, Name) and _recognised(el, node, scope):
        node.at.invalid(f"'{node.name}' is not a type")
    if isinstance(node, Name):
        calls.unbound(el, node)
    node.at.unsupported("this type")


def _recognised(el: Elaborator, node: Name, scope: Locals) -> bool:
    return node.name in scope or el.context.definition(node.name) is not None
