"""The public benchmark: goals in families, labelled, train and test apart. Settles nothing.

The labels come from how a goal was made, never from a prover; a false goal brings numbers
that break it.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import msgspec

from hms_kernel.model import Goal, Outcome

FILE = Path(__file__).with_name("benchmark.json")


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """One goal of the benchmark."""

    name: str
    family: str
    split: str  # "train" or "test": other goals of the same families, mostly larger
    statement: str  # Lean text
    expected: Outcome  # proved or refuted: whether it is true
    breaks: dict[str, Any] = {}  # of a false goal: exact numerals that show it, lists for Fin n → ℝ
    origin: str = "generated"  # or "written": a textbook's inequality or identity, in our words

    @property
    def goal(self) -> Goal:
        """As a prover takes it: reals are ℝ."""
        return Goal(theorem_id=self.name, statement=self.statement, decimals="ℝ")


@functools.cache
def benchmark(split: str | None = None) -> tuple[Labelled, ...]:
    """All goals in the order of the file, or those of one split."""
    goals = msgspec.json.decode(FILE.read_bytes(), type=tuple[Labelled, ...])
    return tuple(goal for goal in goals if split in (None, goal.split))
