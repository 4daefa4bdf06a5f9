"""Fractions that stay exact when a function mixes them with floats: a float means the decimal that Python prints."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any


class Exact(Fraction):
    """A ``Fraction`` that reads a float operand as its decimal, so that ``0.1 * x`` is ``x / 10``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def __hash__(self) -> int:  # type: ignore[override]
        return Fraction.__hash__(self)

    def __pow__(self, other: Any, modulo: None = None) -> Any:
        return _wrapped(Fraction(self) ** _plain(other))

    def __rpow__(self, other: Any, modulo: None = None) -> Any:
        return _wrapped(_plain(other) ** Fraction(self))

    def __round__(self, ndigits: int | None = None) -> Any:
        return round(Fraction(self)) if ndigits is None else Exact(round(Fraction(self), ndigits))

    def __neg__(self) -> Exact:
        return Exact(-Fraction(self))

    def __pos__(self) -> Exact:
        return self

    def __abs__(self) -> Exact:
        return Exact(abs(Fraction(self)))


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int):
        return Fraction(value)
    if isinstance(value, float) and value == value and abs(value) != float("inf"):
        return Fraction(repr(float(value)))
    return Fraction(value) if isinstance(value, Fraction) else NotImplemented


def _wrapped(value: Any) -> Any:
    return Exact(value) if isinstance(value, Fraction) else value


def _forward(apply: Callable[[Any, Any], Any]) -> Callable[[Exact, Any], Any]:
    def method(self: Exact, other: Any) -> Any:
        known = _plain(other)
        if known is NotImplemented:
            return known
        try:
            return _wrapped(apply(Fraction(self), known))
        except ZeroDivisionError:
            # Fraction's own text names itself.
            raise ZeroDivisionError("division by zero") from None

    return method


def _backward(apply: Callable[[Any, Any], Any]) -> Callable[[Exact, Any], Any]:
    return _forward(lambda self, other: apply(other, self))


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod"):
    _apply = getattr(operator, _name)
    setattr(Exact, f"__{_name}__", _forward(_apply))
    setattr(Exact, f"__r{_name}__", _backward(_apply))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Exact, f"__{_name}__", _forward(getattr(operator, _name)))
Exact.__divmod__ = _forward(divmod)  # type: ignore[method-assign,assignment]
Exact.__rdivmod__ = _backward(divmod)  # type: ignore[method-assign,assignment]
