"""Paths through a function: under which conditions one is where, with which values, and how two meet. Reads no syntax."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hms_kernel.specs.python.props import FALSE, TRUE, conjunction, disjunction, negation
from hms_kernel.specs.python.values import Missing, Value, choose
from hms_kernel.statements.terms import Term

if TYPE_CHECKING:
    from hms_kernel.specs.python.expressions import Frame


@dataclass(frozen=True)
class State:
    """Names with their values, and the conditions under which one gets here."""

    env: dict[str, Value]
    path: tuple[Term, ...]

    def where(self, condition: Term) -> State | None:
        """The same with one more condition; None if that cannot be."""
        if condition == FALSE or negation(condition) in self.path:
            return None
        if condition == TRUE or condition in self.path:
            return self
        return replace(self, path=(*self.path, condition))


@dataclass
class Exits:
    """How a block can be left."""

    onward: State | None = None
    broken: State | None = None
    continued: State | None = None
    returns: list[tuple[tuple[Term, ...], Value]] = field(default_factory=list)


def meet(frame: Frame, one: State | None, other: State | None) -> State | None:
    """One state out of two that exclude each other."""
    if one is None or other is None:
        return one or other
    shared = 0
    while shared < min(len(one.path), len(other.path)) and one.path[shared] == other.path[shared]:
        shared += 1
    first, second = one.path[shared:], other.path[shared:]
    condition = conjunction(first)
    frame.trace.path = one.path[:shared]
    env = {
        name: frame.trace.named(name, _met(name, condition, one.env, other.env))
        for name in [*one.env, *(n for n in other.env if n not in one.env)]
    }
    if first and second and first[0] == negation(second[0]):
        rests = (
            disjunction((negation(first[0]), conjunction(first[1:]))),
            disjunction((negation(second[0]), conjunction(second[1:]))),
        )
    else:
        rests = (disjunction((condition, conjunction(second))), TRUE)
    return State(env, (*one.path[:shared], *(rest for rest in rests if rest != TRUE)))


def _met(name: str, condition: Term, one: dict[str, Value], other: dict[str, Value]) -> Value:
    if name not in one or name not in other:
        return Missing("it has a value on one path only; give it one before the if")
    if one[name] is other[name]:
        return one[name]
    return choose(condition, one[name], other[name])
