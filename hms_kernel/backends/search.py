"""Looking for readable counterexamples: small numbers first. Believes nothing; replay is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeGuard

import z3

from hms_kernel.backends.questions import Constrain, Reading, Reply
from hms_kernel.backends.symbols import Meaning, Table
from hms_kernel.backends.translate import Translator

# (largest absolute value, denominator), from the most readable on. Tenths come before
# large integers because weights that sum to 1 are the bread and butter here.
LADDER: tuple[tuple[int, int], ...] = (
    (1, 1),
    (2, 1),
    (10, 1),
    (10, 2),
    (10, 10),
    (100, 1),
    (100, 10),
    (1000, 1),
)

Ask = Callable[[Constrain], Reply | None]


def small_models(
    ask: Ask, ladder: Sequence[tuple[int, int]] = LADDER
) -> Iterator[dict[str, Reading]]:
    """Models whose numbers are small multiples of 1/denominator, one per rung that has any."""
    for bound, denominator in ladder:
        reply = ask(Grid(bound, denominator))
        if _exact(reply):
            yield reply.values


def rational_models(ask: Ask, reply: Reply) -> Iterator[dict[str, Reading]]:
    """Models near one with irrational values, with rational values in their place."""
    for denominator in (10, 1000):
        again = ask(_near(reply, denominator))
        if _exact(again):
            yield again.values


def _exact(reply: Reply | None) -> TypeGuard[Reply]:
    return (
        reply is not None
        and reply.answer.result == "sat"
        and not reply.rounded
        and not reply.missing
    )


@dataclass(frozen=True)
class Grid:
    """That every number is a multiple of 1/denominator, and at most ``bound`` from 0."""

    bound: int
    denominator: int

    def __call__(self, translator: Translator) -> list[z3.BoolRef]:
        """The constraints on the constants of a question."""
        found: list[z3.BoolRef] = []
        for position, constant in enumerate(_scalars(translator)):
            if z3.is_int(constant):
                found.append(z3.And(constant >= -self.bound, constant <= self.bound))
            else:
                numerator = z3.Int(f"grid!{position}", translator.context)
                limit = self.bound * self.denominator
                found.append(z3.And(numerator >= -limit, numerator <= limit))
                found.append(constant * self.denominator == z3.ToReal(numerator))
        return found


def _near(reply: Reply, denominator: int) -> Constrain:
    def constrain(translator: Translator) -> list[z3.BoolRef]:
        found: list[z3.BoolRef] = []
        for name in reply.rounded:
            values = list(_numbers(reply.values[name]))
            constants = list(_leaves(translator.constants[name]))
            for constant, value in zip(constants, values, strict=True):
                pinned = Fraction(round(value * denominator), denominator)
                if z3.is_real(constant):
                    found.append(constant == z3.RealVal(str(pinned), translator.context))
        return found

    return constrain


def _scalars(translator: Translator) -> Iterator[z3.ArithRef]:
    for meaning in translator.constants.values():
        yield from _leaves(meaning)


def _leaves(meaning: Meaning) -> Iterator[z3.ArithRef]:
    if isinstance(meaning, Table):
        for entry in meaning.entries:
            yield from _leaves(entry)
    elif isinstance(meaning, z3.ArithRef):
        yield meaning


def _numbers(reading: Reading) -> Iterator[Fraction]:
    if isinstance(reading, list):
        for entry in reading:
            yield from _numbers(entry)
    elif isinstance(reading, Fraction):
        yield reading
