"""Variables and local definitions of a theorem entry: in which order Lean must see them. Parses no proposition."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from hms_kernel.specs.claim import broken, is_identifier, words

_TYPE_WORDS = frozenset(
    ("ℝ", "ℚ", "ℤ", "ℕ", "Real", "Rat", "Int", "Nat", "Bool", "Prop", "Fin", "List")
)
_SIGNS = re.compile(r"[\w'\s→()+*-]|->")  # the signs that types of the fragment are written with
_LOCAL = re.compile(r"^\s*([^\W\d][\w']*)\s*(?::\s*([^=]+?)\s*)?:=(.*)$", re.DOTALL)


class BadBinder(Exception):
    """A name or a type that cannot be bound as it stands."""


class ForeignType(Exception):
    """A type outside the fragment; the message names it."""


def ordered(
    variables: Mapping[str, str], structures: Collection[str] = ()
) -> tuple[tuple[str, str], ...]:
    """The variables with those that types mention first, otherwise as given.

    Args:
        variables: names and Lean types.
        structures: further types that may be used.

    Raises:
        BadBinder: no identifier, no type, or types that depend on each other in a circle.
        ForeignType: a type other than those, numbers, truth values, ``Fin n``, and lists of and
            functions between them.
    """
    for name, sort in variables.items():
        if not is_identifier(name):
            raise BadBinder(f"{name!r} cannot be the name of a variable in Lean")
        if not sort.strip():
            raise BadBinder(f"variable {name} has no type")
        if why := broken(sort) or (":" in sort and "it contains ':'"):
            raise BadBinder(f"the type of {name}, {sort!r}, is not understood: {why}")
    out: dict[str, str] = {}
    waiting = dict(variables)
    while waiting:
        ready = [
            name for name, sort in waiting.items() if not words(sort) & (waiting.keys() - {name})
        ]
        if not ready or words(waiting[ready[0]]) & {ready[0]}:
            raise BadBinder(f"the types of {', '.join(waiting)} depend on each other in a circle")
        # One at a time keeps the given order wherever the types allow it.
        out[ready[0]] = waiting.pop(ready[0])
    for name, sort in out.items():
        foreign = sorted(words(sort) - _TYPE_WORDS - out.keys() - set(structures)) or sorted(
            set(_SIGNS.sub("", sort))
        )
        if foreign:
            raise ForeignType(
                f"variable {name} : {sort}; {', '.join(map(repr, foreign))} is outside the fragment of "
                "numbers (ℝ ℚ ℤ ℕ), Bool, Prop, Fin n, structures that are defined, lists and functions"
            )
    return tuple(out.items())


def local(text: str) -> tuple[str, str, str] | None:
    """Name, type (or empty) and value when an assumption is a definition, ``raw := ...``."""
    match = _LOCAL.match(text)
    return (match[1], (match[2] or "").strip(), match[3].strip()) if match else None


def wrapped(text: str, definitions: Sequence[tuple[str, str, str]]) -> str:
    """The proposition with a ``let`` before it for every local definition that it reaches."""
    needed = words(text)
    lets: list[str] = []
    for name, sort, value in reversed(definitions):
        if name in needed:
            needed |= words(value)
            typed = f"{name} : {sort}" if sort else name
            lets.insert(0, f"let {typed} := {value}; ")
    return "".join(lets) + text if not lets else f"{''.join(lets)}({text})"
