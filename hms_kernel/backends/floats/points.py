"""Where rounding shows: the doubles worth trying, and a point as a list of slots. Judges nothing."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from hms_kernel.backends.floats.machine import integer, rounded
from hms_kernel.backends.floats.reading import is_float
from hms_kernel.backends.sequent import walk
from hms_kernel.errors import UnsupportedStatement
from hms_kernel.statements.terms import (
    Arrow,
    Fin,
    Num,
    Scalar,
    Sort,
    Statement,
    Var,
)

Point: TypeAlias = dict[str, Any]  # an environment of ``machine``; its lists are changed in place

MAX_SLOTS = 2_000
TINY = 5e-324  # the smallest double above zero
NORMAL = 2.2250738585072014e-308  # the smallest normal one
LARGEST = 1.7976931348623157e308
EVEN = 9007199254740992.0  # 2^53: from here on, not every integer is a double

READABLE = (0.0, 1.0, 2.0, 0.5, 0.1, 0.2, 0.3, -1.0, 3.0, 10.0, 0.7, 100.0)
# Where a reader sees why: beyond 2^53, below an ulp of 1, almost nothing, almost too much.
TELLING = (EVEN, -EVEN, 1e16, 1e-16, TINY, -TINY, 1e-200, 1e200, 1e308, -1e308)
_EDGES = (
    *(k / 10 for k in range(1, 10)), 0.01, 0.05, 1 / 3, 2 / 3, 4.0, 5.0, 6.0, 7.0, 9.0, 49.0, 1000.0,
    -0.0, TINY, NORMAL, math.nextafter(NORMAL, 0.0), LARGEST, EVEN, EVEN - 1, EVEN + 2, 2.0**52,
    2.0**-52, 2.0**-53, 2.0**54, 1 + 2.0**-52, 1 - 2.0**-53, 1e16, 1e-16, 1e100, 1e-100, 1e200,
    1e-200, 2.0**511, 2.0**512, 2.0**-537, 1e308,
)  # fmt: skip
SPECIAL = (math.nan, math.inf, -math.inf)


@dataclass(frozen=True)
class Slot:
    """One number of a point: a scalar variable, or one value of a function."""

    name: str
    place: tuple[int, ...]
    sort: Sort

    def get(self, point: Point) -> Any:
        """The value there."""
        found = point[self.name]
        for index in self.place:
            found = found[index]
        return found

    def put(self, point: Point, value: Any) -> None:
        """Change the point there."""
        if not self.place:
            point[self.name] = value
            return
        holder = point[self.name]
        for index in self.place[:-1]:
            holder = holder[index]
        holder[self.place[-1]] = value


def slots(statement: Statement) -> list[Slot]:
    """Every number that a point of the statement has.

    Raises:
        UnsupportedStatement: too many, or a variable that is no number.
    """
    found = [slot for var in statement.variables for slot in _slots(var)]
    if len(found) > MAX_SLOTS:
        raise UnsupportedStatement(f"more than {MAX_SLOTS} doubles in one claim")
    return found


def _slots(var: Var) -> Iterator[Slot]:
    def places(sort: Sort, place: tuple[int, ...]) -> Iterator[Slot]:
        if not isinstance(sort, Arrow):
            yield Slot(var.name, place, sort)
            return
        assert isinstance(sort.domain, Fin)
        size = integer(sort.domain.size)({})
        if size > MAX_SLOTS:
            raise UnsupportedStatement(f"more than {MAX_SLOTS} doubles in one claim")
        for index in range(size):
            yield from places(sort.codomain, (*place, index))

    return places(var.sort, ())


def blank(statement: Statement) -> Point:
    """A point with lists of the right lengths, all zero."""

    def zeros(sort: Sort) -> Any:
        if isinstance(sort, Arrow):
            assert isinstance(sort.domain, Fin)
            return [zeros(sort.codomain) for _ in range(integer(sort.domain.size)({}))]
        if sort is Scalar.PROP:
            return False
        return 0.0 if is_float(sort) else 0

    return {var.name: zeros(var.sort) for var in statement.variables}


def copied(point: Point) -> Point:
    """A point of its own."""

    def copy(value: Any) -> Any:
        return [copy(item) for item in value] if isinstance(value, list) else value

    return {name: copy(value) for name, value in point.items()}


def pool(statement: Statement) -> list[float]:
    """Doubles worth trying: those of the statement and their neighbours, then where rounding shows."""
    found: dict[float, None] = dict.fromkeys(READABLE)
    for value in _literals(statement):
        for near in (value, math.nextafter(value, math.inf), math.nextafter(value, -math.inf)):
            found.update(dict.fromkeys((near, -near)))
        found.update(dict.fromkeys((value / 2, value * 2)))
    for value in _EDGES:
        found.update(dict.fromkeys((value, -value)))
    finite = [value for value in found if math.isfinite(value)]
    return [*finite, -0.0, *SPECIAL]  # as keys, -0 and 0 are one


def _literals(statement: Statement) -> list[float]:
    found: dict[float, None] = {}
    for prop in (*(h.prop for h in statement.hypotheses), statement.conclusion):
        for term in walk(prop):
            if isinstance(term, Num):
                found[rounded(term.value)] = None
    return list(found)


class Dice:
    """Random doubles of every kind; the same seed gives the same ones on every Python."""

    def __init__(self, seed: int) -> None:
        # ``random`` and ``getrandbits`` are the methods that Python promises to keep.
        self._random = Random(seed)

    def chance(self) -> float:
        """Uniform in [0, 1)."""
        return self._random.random()

    def below(self, size: int) -> int:
        """A number below ``size``."""
        return int(self._random.random() * size)

    def pick(self, items: Sequence[Any]) -> Any:
        """One of the items."""
        return items[self.below(len(items))]

    def double(self, low: float, high: float) -> float:
        """A double between two bounds: evenly, or evenly among exponents, or of a few digits."""
        kind = self.chance()
        if kind < 0.35:
            value = low + (high - low) * self.chance()
            if not math.isfinite(value):
                value = low * (1 - (share := self.chance())) + high * share
        elif kind < 0.55:
            value = round(min(max((self.chance() - 0.5) * 20, low), high), 1 + self.below(3))
        elif kind < 0.85:
            value = math.ldexp(1 + self.chance(), self.below(21) - 10)
            value = -value if self.chance() < 0.5 else value
        else:
            (value,) = struct.unpack(">d", self._random.getrandbits(64).to_bytes(8, "big"))
        if math.isnan(value):
            return low
        return min(max(value, low), high)

    def stepped(self, value: float) -> float:
        """The value moved by a few steps of its last place, or by a power of two of them."""
        steps = 1 + self.below(3) if self.chance() < 0.6 else 1 << self.below(52)
        return moved(value, -steps if self.chance() < 0.5 else steps)


def moved(value: float, steps: int) -> float:
    """``value`` moved by so many doubles; past the largest one it is infinite."""
    if math.isnan(value):
        return value
    (bits,) = struct.unpack(">q", struct.pack(">d", value))
    # As integers, doubles are ordered once the negative ones are turned around.
    order = bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)
    order = min(max(order + steps, -0x7FF0_0000_0000_0000), 0x7FF0_0000_0000_0000)
    size: float = struct.unpack(">d", struct.pack(">q", abs(order)))[0]
    return -size if order < 0 else size
