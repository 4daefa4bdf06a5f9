"""Adversarial sampling: doubles where rounding shows, mended to fit the hypotheses, pushed to break the claim.

Deterministic: one seed, and work counted in evaluated operations, never in time. What it
finds is a counterexample because every hypothesis and the claim were run at that very point.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any

from hms_kernel.backends.floats import gaps, machine
from hms_kernel.backends.floats.domains import domain_size, domains, ends, free_names
from hms_kernel.backends.floats.points import (
    READABLE,
    TELLING,
    Dice,
    Point,
    Slot,
    blank,
    copied,
    slots,
)
from hms_kernel.backends.floats.reading import is_float
from hms_kernel.statements.doubt import Undecided
from hms_kernel.statements.terms import (
    Big,
    Fin,
    Quant,
    Statement,
    Term,
    children,
)

SEED = 20240229
FIRST = 400  # points of plain numbers, tried before anything clever
MENDING, CLIMBING = 40, 60  # steps from one start
PATIENCE = 12  # steps without coming nearer before a new start
ROUGH = 1e-4  # relative step by which a slope is measured


class Sampler:
    """Looks for a counterexample of one statement, a share of work at a time.

    Raises:
        UnsupportedStatement: when made, for what cannot be run on doubles.
    """

    def __init__(self, statement: Statement) -> None:
        self.tried = 0  # points evaluated
        self.consistent = not statement.hypotheses  # a point was seen where all hypotheses hold
        self._statement = statement
        self._slots = slots(statement)
        # Then there is no point at all, and the statement says nothing.
        self.empty = any(domain_size(slot.sort) == 0 for slot in self._slots)
        self._point = blank(statement)
        self._refutes = machine.refutes(statement)
        hypotheses = [hypothesis.prop for hypothesis in statement.hypotheses]
        # Each hypothesis with the slots that can mend it.
        self._given = [
            (gaps.gap(prop), [slot for slot in self._slots if slot.name in free_names(prop)])
            for prop in hypotheses
        ]
        self._failing: list[list[Slot]] = []
        self._broken = gaps.gap(statement.conclusion, wanted=False)
        self._cost = sum(map(weight, (*hypotheses, statement.conclusion)))
        self._values = domains(statement, self._slots)
        self._dice = Dice(SEED)
        self._tame = True
        self._work = self._points()

    def search(self, operations: int) -> Point | None:
        """Go on for about so many operations; a point that refutes, or None."""
        for found in islice(self._work, max(1, operations // self._cost)):
            if found:
                return self._simplified(copied(self._point))
        return None

    def refuted_by(self, point: Point) -> Point | None:
        """The point made readable if it is a counterexample; variables that it leaves out are zero."""
        whole = copied({**blank(self._statement), **point})
        return self._simplified(whole) if self._refutes(whole) else None

    # --- the walk --------------------------------------------------------------

    def _points(self) -> Iterator[bool]:
        """One step per evaluated point; True where the current point refutes."""
        for values in self._plain():
            for slot, value in zip(self._slots, values, strict=True):
                slot.put(self._point, value)
            yield self._look()[1] == 0.0 and self._refutes(self._point)
        # Without variables there is nothing else to try.
        while self._slots:
            self._scatter()
            yield from self._mend()
            yield from self._climb()

    def _look(self) -> tuple[float, float]:
        """Gaps of the hypotheses and of the broken claim at the current point."""
        self.tried += 1
        total = 0.0
        self._failing = []
        for distance, mending in self._given:
            missing = distance(self._point)
            if missing:
                total += missing
                self._failing.append(mending)
        if total:
            return total, math.inf
        self.consistent = True
        return 0.0, self._broken(self._point)

    def _distance(self, *, of_claim: bool) -> float:
        """What the next nudge is to make smaller."""
        if of_claim:
            return self._broken(self._point)
        return sum(distance(self._point) for distance, _ in self._given)

    def _plain(self) -> Iterator[tuple[Any, ...]]:
        choices = [self._values[slot.name][0] for slot in self._slots]
        if not choices:
            yield ()
            return
        size = max(len(choice) for choice in choices)
        if len(choices) <= 4:
            per = next(k for k in range(size, 0, -1) if k ** len(choices) <= FIRST or k == 1)
            yield from product(*(choice[:per] for choice in choices))
        else:
            for k in range(size):
                yield tuple(choice[k % len(choice)] for choice in choices)

    def _scatter(self) -> None:
        """A new start: every slot a value of its domain, of another slot, or a random one."""
        dice = self._dice
        # Extreme doubles are worth a try each, but a dozen of them at once fit no hypothesis.
        self._tame = dice.chance() < 0.6
        # Claims about sums break where all terms stand at the same end of their range.
        ends_of = {
            name: dice.pick(ends(self._wild(name))) if dice.chance() < 0.3 else None
            for name in self._values
        }
        for index, slot in enumerate(self._slots):
            wild = self._wild(slot.name)
            if ends_of[slot.name] is not None:
                slot.put(self._point, ends_of[slot.name])
            elif not is_float(slot.sort) or dice.chance() < 0.4:
                slot.put(self._point, dice.pick(wild))
            elif index and dice.chance() < 0.2:
                other = self._slots[dice.below(index)].get(self._point)
                if isinstance(other, float):
                    slot.put(self._point, other if dice.chance() < 0.5 else dice.stepped(other))
            else:
                slot.put(self._point, self._random(slot))

    def _wild(self, name: str) -> list[Any]:
        """A variable's domain; of a tame start, without what is very large or small."""
        return self._values[name][2 if self._tame else 1]

    def _random(self, slot: Slot) -> float:
        """A random double of a slot's domain."""
        low, high = ends(self._wild(slot.name))
        return self._dice.double(low, high)

    def _mend(self) -> Iterator[bool]:
        """Walk towards the hypotheses."""
        given, broken = self._look()
        yield given == broken == 0.0 and self._refutes(self._point)
        for _ in range(MENDING):
            if given == 0.0:
                return
            undo = self._nudge(given, of_claim=False)
            yield False
            now, broken = self._look()
            if now <= given:
                given = now
            else:
                undo()
            yield given == broken == 0.0 and self._refutes(self._point)

    def _climb(self) -> Iterator[bool]:
        """Walk towards a broken claim without leaving the hypotheses."""
        given, broken = self._look()
        if given:
            return
        idle = 0
        for _ in range(CLIMBING):
            if idle == PATIENCE:
                return
            idle += 1
            before = copied(self._point)
            self._nudge(broken, of_claim=True)
            yield False
            given, now = self._look()
            for _ in range(6):
                if given == 0.0:
                    break
                undo = self._nudge(given, of_claim=False)
                yield False
                mended, now = self._look()
                if mended <= given:
                    given = mended
                else:
                    undo()
            if given == 0.0 and now <= broken:
                idle = 0 if now < broken else idle
                broken = now
                yield now == 0.0 and self._refutes(self._point)
            else:
                self._point.update(before)

    def _nudge(self, gap: float, *, of_claim: bool) -> Undo:
        """Change one slot, or all of one function by a common factor; returns how to undo it."""
        dice = self._dice
        choices = self._slots if of_claim else dice.pick(self._failing) or self._slots
        slot = dice.pick(choices)
        undo = Undo(self._point, [slot])
        old = slot.get(self._point)
        if not isinstance(old, float):
            slot.put(self._point, dice.pick(self._wild(slot.name)))
            return undo
        family = [other for other in self._slots if other.name == slot.name]
        if of_claim and dice.chance() < 0.25:
            # Most bounds are reached in a corner.
            chosen = family if dice.chance() < 0.5 else [slot]
            undo = Undo(self._point, chosen)
            end = dice.pick(ends(self._wild(slot.name)))
            for other in chosen:
                other.put(self._point, end)
            return undo
        kind = dice.chance()
        # A slope measured across the place where the gap vanishes has the wrong sign.
        gap = -gap if dice.chance() < 0.3 else gap
        size = abs(gap)
        if kind < 0.3:
            step = max(abs(old) * ROUGH, ROUGH) if math.isfinite(old) else 0.0
            slot.put(self._point, old + step)
            slope = self._distance(of_claim=of_claim) - size
            if slope and math.isfinite(slope):
                slot.put(self._point, old - gap * step / slope)
        elif kind < 0.6 and slot.place:
            undo = Undo(self._point, family)
            self._scale(family, 1 + ROUGH)
            slope = self._distance(of_claim=of_claim) - size
            undo()
            if slope and math.isfinite(slope):
                self._scale(family, 1 - gap * ROUGH / slope)
        elif kind < 0.85:
            slot.put(self._point, dice.stepped(old))
        elif kind < 0.92:
            slot.put(self._point, dice.pick(self._wild(slot.name)))
        else:
            slot.put(self._point, self._random(slot))
        return undo

    def _scale(self, family: Sequence[Slot], factor: float) -> None:
        for slot in family:
            slot.put(self._point, slot.get(self._point) * factor)

    # --- readable numbers --------------------------------------------------------

    def _simplified(self, point: Point) -> Point:
        """The counterexample with every number as plain as it can be, one at a time."""
        for slot in self._slots:
            old = slot.get(point)
            for value in _plainer(old):
                slot.put(point, value)
                if self._refutes(point):
                    break
            else:
                slot.put(point, old)
        return point


class Undo:
    """Puts the old values back."""

    def __init__(self, point: Point, changed: Sequence[Slot]) -> None:
        self._point = point
        self._old = [(slot, slot.get(point)) for slot in changed]

    def __call__(self) -> None:
        for slot, value in self._old:
            slot.put(self._point, value)


def _plainer(value: Any) -> Iterator[float]:
    """What to try in place of a value, plainest first."""
    if not isinstance(value, float):
        return
    for plain in (*READABLE, *TELLING):
        if plain == value and math.copysign(1.0, plain) == math.copysign(1.0, value):
            return
        yield plain
    if math.isfinite(value):
        for digits in range(1, 17):
            short = float(f"{value:.{digits - 1}e}")
            if short == value:
                return
            yield short


def weight(term: Term) -> int:
    """Operations that one evaluation of a term takes, roughly."""
    own = 1 + sum(map(weight, children(term)))
    if isinstance(term, Big) or (isinstance(term, Quant) and isinstance(term.var.sort, Fin)):
        try:
            return own * max(1, len(machine.indices(term)({})))
        except (KeyError, Undecided):
            return own * 4  # ends that depend on what is bound outside
    return own
