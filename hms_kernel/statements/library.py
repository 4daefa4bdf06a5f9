"""What Lean and Mathlib's own names mean here: types, functions, predicates, sets; and which names are foreign.

A name in ``FUNCTIONS`` is understood; one that is known to exist but is not understood
is *unsupported*; any other unbound name is *invalid*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hms_kernel.statements.inference import (
    Env,
    Ty,
    Typed,
    ensure,
    known,
    rank,
    resolve,
)
from hms_kernel.statements.names import (
    FOREIGN_NAMES,
    FOREIGN_SPACES,
    OPENED_NAMES,
    PROTECTED,
)
from hms_kernel.statements.scope import Context, Done, Locals
from hms_kernel.statements.syntax import (
    Name,
    Syntax,
)
from hms_kernel.statements.terms import Op, Rel, Scalar, Term, sort_of
from hms_kernel.statements.tokens import Token

if TYPE_CHECKING:
    from hms_kernel.statements.elaborate import Elaborator

TYPES: dict[str, Ty] = {
    "ℕ": Scalar.NAT, "Nat": Scalar.NAT, "ℤ": Scalar.INT, "Int": Scalar.INT, "ℚ": Scalar.RAT,
    "Rat": Scalar.RAT, "ℝ": Scalar.REAL, "Real": Scalar.REAL, "Prop": Scalar.PROP,
    "Float": Scalar.FLOAT, "Bool": Scalar.PROP,  # what is decided is as good as what is so
}  # fmt: skip
NAMESPACES = {
    Scalar.NAT: "Nat", Scalar.INT: "Int", Scalar.RAT: "Rat", Scalar.REAL: "Real",
    Scalar.FLOAT: "Float",
}  # fmt: skip

Args = tuple["Syntax | Done", ...]
Handler = Callable[["Elaborator", Token, Args, Locals, "Ty | None"], Typed]


@dataclass(frozen=True, eq=False)
class Entry:
    """A library name with its number of explicit arguments."""

    arity: int
    elaborate: Handler


FUNCTIONS: dict[str, Entry] = {}


def entry(arity: int, *names: str) -> Callable[[Handler], Handler]:
    """Register a handler under some names."""

    def register(handler: Handler) -> Handler:
        for name in names:
            FUNCTIONS[name] = Entry(arity, handler)
        return handler

    return register


def find(el: Elaborator, head: Name, args: Args, scope: Locals) -> str | None:
    """The full name that an identifier stands for, or None.

    Raises:
        UnsupportedStatement: several opened namespaces offer it.
    """
    found = []
    for full in dict.fromkeys(el.context.candidates(head.name)):
        opened = full != head.name and not head.name.startswith("_root_.")
        if full in FUNCTIONS or (opened and full in OPENED_NAMES):
            if opened and full in PROTECTED:
                continue
            found.append(full)
    if head.name in FOREIGN_NAMES and head.name not in found and found:
        found.append(head.name)
    # Lean tries both square roots and keeps the one that fits; only an argument in ℝ settles it.
    both = set(found) == {"Nat.sqrt", "Real.sqrt"} and len(args) == 1
    if both and resolve(el.term(args[0], scope).ty) is Scalar.REAL:
        return "Real.sqrt"
    if len(found) > 1:
        head.at.unsupported(f"'{head.name}' could be {' or '.join(found)}; write the full name")
    return found[0] if found and found[0] in FUNCTIONS else None


def opened(name: str, context: Context) -> bool:
    """Whether an opened namespace offers a name."""
    return any(
        full != name and (full in OPENED_NAMES or full in FUNCTIONS) and full not in PROTECTED
        for full in (f"{space}.{name}" for space in context.opens)
    )


def is_foreign(name: str, context: Context) -> bool:
    """Whether Lean or Mathlib know a name that we do not understand."""
    if name in FOREIGN_NAMES or name in FUNCTIONS:
        return True
    if any(full in OPENED_NAMES for full in context.candidates(name)):
        return True
    space, dot, _ = name.removeprefix("_root_.").partition(".")
    return bool(dot) and space in FOREIGN_SPACES


# --- helpers -----------------------------------------------------------------


def same(el: Elaborator, nodes: Args, scope: Locals, expected: Ty | None) -> list[Typed]:
    """Arguments of one type variable: the expected type decides, then the first argument."""
    if expected is not None and known(expected) and rank(expected) >= 0:
        return [el.check(node, scope, expected) for node in nodes]
    first = el.term(nodes[0], scope)
    result = [first]
    for node in nodes[1:]:
        other = el.term(node, scope, first.ty)
        if 0 <= rank(first.ty) < rank(other.ty):
            other.at.unsupported("arguments of two types; ascribe the smaller one")
        result.append(ensure(other, first.ty))
    return result


def operation(op: str, args: list[Typed], ty: Ty, at: Token) -> Typed:
    """An operation of the core on terms of fixed types."""

    def build(env: Env) -> Term:
        return Op(op, tuple(arg.term(env) for arg in args), env.sort(ty, at), span=at.span)

    return Typed(ty, at, build)


def divides(left: Typed, right: Typed, at: Token) -> Typed:
    """``left ∣ right`` on ℕ and ℤ."""

    def build(env: Env) -> Term:
        one, other = left.term(env), right.term(env)
        if sort_of(one) not in (Scalar.NAT, Scalar.INT):
            at.unsupported("divisibility outside ℕ and ℤ")
        return Rel("∣", one, other, span=at.span)

    return Typed(Scalar.PROP, at, build)
