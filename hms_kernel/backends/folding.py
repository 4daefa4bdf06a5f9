"""What a sequent says of numerals alone: a false fact or a true claim settles it without a solver. Searches nothing."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import z3

from hms_kernel.backends.sequent import Sequent, conjuncts, free_names, walk
from hms_kernel.backends.translate import Translator
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.statements.terms import Quant, Term


@functools.cache
def _context() -> z3.Context:
    # Making one takes longer than folding a hundred facts, and nothing is ever asked in it.
    return z3.Context()


def settled(sequent: Sequent) -> bool:
    """Whether numerals alone prove the sequent."""
    translator = Translator(_context())
    if any(_value(fact, translator) is False for fact in _closed(sequent.facts, sequent)):
        return True
    return any(_value(claim, translator) is True for claim in _closed((sequent.claim,), sequent))


def _closed(props: tuple[Term, ...], sequent: Sequent) -> Iterator[Term]:
    """Conjuncts without variables, of a claim only the whole of it."""
    names = {var.name for var in sequent.variables}
    for prop in props:
        parts = [prop] if prop is sequent.claim else conjuncts(prop)
        for part in parts:
            if names.isdisjoint(free_names(part)) and not any(
                isinstance(inner, Quant) for inner in walk(part)
            ):
                yield part


def _value(prop: Term, translator: Translator) -> bool | None:
    try:
        value = translator.prop(prop)
    except UnsupportedStatement:
        return None
    return value if isinstance(value, bool) else None
