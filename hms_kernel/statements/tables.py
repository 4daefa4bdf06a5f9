"""Functions given by values: tables with a default, sequences, callables. Evaluates no term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hms_kernel.statements.doubt import Undecided


@dataclass(frozen=True)
class Table:
    """A function by finitely many values and a default.

    Keys are ``Fraction``, or tuples of them for a function of several arguments.
    """

    entries: Mapping[Any, Any] = field(default_factory=dict)
    default: Any = Fraction(0)


def call(fn: Any, arg: Any) -> Any:
    """``fn arg``.

    Raises:
        Undecided: ``fn`` says nothing about ``arg``, or is no function.
    """
    if isinstance(fn, Table):
        first = next(iter(fn.entries), None)
        if not isinstance(first, tuple):
            return fn.entries.get(arg, fn.default)
        rest = {key[1:]: value for key, value in fn.entries.items() if key[0] == arg}
        if len(first) == 1:
            return rest.get((), fn.default)
        # Some argument is still to come, even where no entry is left.
        return Table(rest or {(None,) * (len(first) - 1): fn.default}, fn.default)
    if isinstance(fn, Sequence) and not isinstance(fn, str):
        if not isinstance(arg, Fraction) or arg.denominator != 1 or not 0 <= arg < len(fn):
            raise Undecided(f"no value at {arg}")
        return fn[int(arg)]
    if callable(fn):
        return fn(arg)
    raise Undecided(f"{fn!r} where a function should be")
