"""The surface syntax of terms as a tree, before names and types mean anything. Parses nothing."""

from __future__ import annotations

from dataclasses import dataclass

from hms_kernel.statements.tokens import Token


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    at: Token  # the token people should look at when this node is wrong


@dataclass(frozen=True, eq=False, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Number(Node):
    text: str


@dataclass(frozen=True, eq=False, slots=True)
class Call(Node):
    """``fn a b``; never nested to the left."""

    fn: Syntax
    args: tuple[Syntax, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Field(Node):
    """``e.name``."""

    of: Syntax
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Infix(Node):
    """``op`` in its canonical sign (``→`` for ``->``)."""

    op: str
    left: Syntax
    right: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class Prefix(Node):
    """``op``: ``-``, ``¬``, ``↑`` and ``√``; postfix ``⁻¹`` and ``!`` as well."""

    op: str
    arg: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class Congruent(Node):
    """``left ≡ right [MOD modulus]``; ``op`` is ``MOD`` or ``ZMOD``."""

    op: str
    left: Syntax
    right: Syntax
    modulus: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class Binder(Node):
    """One bound name. ``guard`` is (relation, right side) of a bounded binder such as ``x ∈ s`` or ``x > 0``."""

    name: str
    type: Syntax | None
    style: str = "("  # or "{", "[", "⦃"
    guard: tuple[str, Syntax] | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Bind(Node):
    """``op``: ``∀ ∃ ∃! fun``."""

    op: str
    binders: tuple[Binder, ...]
    body: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class BigOp(Node):
    """``∑``/``∏``; ``condition`` is the one after ``with``."""

    op: str
    binders: tuple[Binder, ...]
    condition: Syntax | None
    body: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class Let(Node):
    name: str
    binders: tuple[Binder, ...]
    type: Syntax | None
    value: Syntax
    body: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class If(Node):
    cond: Syntax
    yes: Syntax
    no: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class Ascribe(Node):
    """``(e : T)``."""

    term: Syntax
    type: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class Bracket(Node):
    """``op``: ``|`` (absolute value), ``⌊``, ``⌈``, ``⌊₊``, ``⌈₊``."""

    op: str
    arg: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class SetList(Node):
    """``{a, b, c}``."""

    items: tuple[Syntax, ...]


@dataclass(frozen=True, eq=False, slots=True)
class SetWhere(Node):
    """``{x : T | body}`` and ``{x ∈ s | body}``."""

    binder: Binder
    body: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class ListOf(Node):
    """``[a, b, c]``."""

    items: tuple[Syntax, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Pair(Node):
    """``(a, b)``; longer tuples nest to the right."""

    first: Syntax
    second: Syntax


@dataclass(frozen=True, eq=False, slots=True)
class VectorOf(Node):
    """``![a, b, c]``, a function on ``Fin 3``."""

    items: tuple[Syntax, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Index(Node):
    """``of[index]``; ``kind`` is ``!`` or ``?`` after it, or empty."""

    of: Syntax
    index: Syntax
    kind: str


@dataclass(frozen=True, eq=False, slots=True)
class Construct(Node):
    """``⟨a, b⟩``."""

    items: tuple[Syntax, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Fields(Node):
    """``{ name := a, … }``, ``{ old with name := a }``; ``type`` is the one after a colon."""

    old: Syntax | None
    values: tuple[tuple[Token, Syntax], ...]
    type: Syntax | None


Syntax = (
    Name
    | Number
    | Call
    | Field
    | Infix
    | Prefix
    | Congruent
    | Bind
    | BigOp
    | Let
    | If
    | Ascribe
    | Bracket
    | SetList
    | SetWhere
    | ListOf
    | Pair
    | VectorOf
    | Index
    | Construct
    | Fields
)
