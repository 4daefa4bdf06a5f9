"""Transforms by name: a sequent becomes sequents that together imply it. Asks only through its obligation.

Soundness is the contract: if every resulting sequent holds, the original holds. A
transform may add a fact only after ``oblige`` has proved it.
"""

from __future__ import annotations

from collections.abc import Callable

from hms_kernel.backends import casework, hints, sums, unroll
from hms_kernel.backends.clearing import clear
from hms_kernel.backends.cycles import cycles
from hms_kernel.backends.induction import induction
from hms_kernel.backends.sequent import Sequent, split
from hms_kernel.backends.vertices import vertices
from hms_kernel.backends.witnesses import witness
from hms_kernel.errors import UsageError

Oblige = Callable[[Sequent], bool]
Transform = Callable[[Sequent, Oblige], list[Sequent]]


def find(name: str) -> Transform:
    """The transform registered under ``name``.

    Raises:
        UsageError: there is none.
    """
    try:
        return TRANSFORMS[name]
    except KeyError:
        known = ", ".join(TRANSFORMS)
        raise UsageError(f"no transform {name!r}; transforms are {known}") from None


def _split(sequent: Sequent, oblige: Oblige) -> list[Sequent]:
    """One sequent per conjunct of the claim."""
    return split(sequent)


TRANSFORMS: dict[str, Transform] = {
    "split": _split,
    "cases": casework.cases,
    "ite-split": casework.ite_split,
    "enumerate": casework.enumerate_values,
    "residues": casework.residues,
    "points": casework.points,
    "cycles": cycles,
    "vertices": vertices,
    "witness": witness,
    "induction": induction,
    "sum-lemma": sums.sum_lemma,
    "unroll": unroll.unroll,
    "clear": clear,
    "products": hints.products,
    "squares": hints.squares,
    "linear": hints.linear,
}
