"""Stages and strategies: what to try on a goal, in which order, with which share of the budget. Tries nothing."""

from __future__ import annotations

import hashlib
import re

import msgspec

from hms_kernel.errors import UsageError
from hms_kernel.shown import Shown

ENGINES = ("smt", "simple", "nlsat")  # z3's repeatable engines; the others read the clock


class Stage(Shown, msgspec.Struct, frozen=True):
    """One way to attempt a goal: transforms, an engine, its parameters.

    Printed as ``intro+ite-split|nlsat(seed=0)``; equal stages print equally.
    """

    engine: str  # one of ``ENGINES``
    transforms: tuple[str, ...] = ()  # applied in order before the engine sees the goal
    parameters: tuple[tuple[str, int | bool | str], ...] = ()  # engine options, sorted by name

    def __str__(self) -> str:
        options = ",".join(f"{name}={value}" for name, value in self.parameters)
        return "|".join(filter(None, ["+".join(self.transforms), self.engine])) + (
            f"({options})" if options else ""
        )


def stage(text: str) -> Stage:
    """The stage that prints as ``text``.

    Raises:
        UsageError: none does.
    """
    found = re.fullmatch(r"(?:([^|()]+)\|)?([a-z]+)(?:\(([^()]*)\))?", text)
    if found is None:
        raise UsageError(f"{text!r} is no printed stage")
    transforms, engine, options = found.groups()
    pairs = (option.partition("=") for option in options.split(",")) if options else ()
    return Stage(
        engine=engine,
        transforms=tuple(transforms.split("+")) if transforms else (),
        parameters=tuple((name, _value(value)) for name, _, value in pairs),
    )


def _value(text: str) -> int | bool | str:
    if text in ("True", "False"):
        return text == "True"
    return int(text) if re.fullmatch(r"-?\d+", text) else text


class Slice(msgspec.Struct, frozen=True):
    """A stage and its share of the nominal budget, 0 < share ≤ 1."""

    stage: Stage
    share: float

    def __str__(self) -> str:
        return f"{self.share:g}×{self.stage}"


class Strategy(Shown, msgspec.Struct, frozen=True):
    """Stages in the order in which they are tried; the first that settles the goal ends it."""

    slices: tuple[Slice, ...]

    def __str__(self) -> str:
        return " ; ".join(str(part) for part in self.slices)

    @property
    def sha256(self) -> str:
        """Hash of the printed form, hexadecimal: equal strategies, equal hashes."""
        return hashlib.sha256(str(self).encode()).hexdigest()


def strategy(text: str) -> Strategy:
    """The strategy that prints as ``text``.

    Raises:
        UsageError: none does.
    """
    parts = [part.partition("×") for part in text.split(" ; ")]
    try:
        slices = tuple(Slice(stage(one), float(share)) for share, _, one in parts)
    except ValueError:
        slices = ()
    if not slices or not all(0 < part.share <= 1 for part in slices):
        raise UsageError(f"{text!r} is no printed strategy")
    return Strategy(slices=slices)
