"""Which fault comes when: a seeded plan over the progress of a run, not over its time. Injects nothing.

Progress is the number of tasks that have ended. So a run that faults slow down gets no
more of them meanwhile, it ends by itself, and the same seed gives the same plan on any
machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import msgspec

from hms_kernel.errors import UsageError

LAST = 0.95  # of the tasks; what comes later would find nothing to hit


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """One fault to come."""

    at: int  # when so many tasks have ended
    kind: str
    seed: int  # of the choices that are made then: the victim, the moment


def shares(kinds: Sequence[str], faults: int, fixed: Mapping[str, int]) -> dict[str, int]:
    """How many of each kind there shall be: so many in all, each as often as every other.

    Args:
        kinds: all that are wanted, each once.
        faults: in all.
        fixed: kinds whose number is given; they count towards the total.

    Raises:
        UsageError: so few faults cannot be of so many kinds.
    """
    counts = {kind: fixed[kind] for kind in kinds if kind in fixed}
    free = [kind for kind in kinds if kind not in fixed]
    left = faults - sum(counts.values())
    if left < len(free) or (left > 0 and not free):
        least = sum(counts.values()) + len(free)
        raise UsageError(
            f"{faults} faults cannot be shared out among {len(kinds)} kinds: "
            f"ask for {'at least ' if free else ''}{least}, or choose other kinds"
        )
    for number, kind in enumerate(free):
        counts[kind] = left // len(free) + (number < left % len(free))
    return {kind: counts[kind] for kind in kinds}


def plan(tasks: int, counts: Mapping[str, int], seed: int) -> tuple[Planned, ...]:
    """The faults in the order in which they come, spread evenly over the run and jittered.

    Args:
        tasks: that will be handed in.
        counts: of each kind.
        seed: same seed, same plan.
    """
    rng = Random(seed)
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    rng.shuffle(kinds)
    stride = LAST * tasks / max(1, len(kinds))
    return tuple(
        Planned(at=int((number + rng.random()) * stride), kind=kind, seed=rng.getrandbits(32))
        for number, kind in enumerate(kinds)
    )
