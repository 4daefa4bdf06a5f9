"""What a search is made of and what it comes to, as values; and which ones the facts say are open. Runs none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Stage, Strategy
from hms_kernel.errors import UsageError
from hms_kernel.facts import Fact, SearchBegun, SearchEnded
from hms_kernel.genetics.adoption import Comparison
from hms_kernel.genetics.adoptions import Adoptions
from hms_kernel.genetics.engine import Generation, Settings
from hms_kernel.genetics.files import default_file
from hms_kernel.genetics.wording import in_words
from hms_kernel.model import Goal

LEAST = 2  # goals, below which there is none to hold apart


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """All that a search depends on. Equal plans make equal generations and the same winner."""

    family: str
    train: tuple[Goal, ...]  # searched with; told apart by ``theorem_id``
    judges: tuple[Goal, ...]  # held apart, to judge the winner by
    settings: Settings
    founders: tuple[Stage, ...]
    incumbent: Strategy  # in force for the family, to be improved on
    adopt: bool = True  # a winner that stands the comparison takes over
    enough: bool = False  # ends as soon as every goal that is trained on is settled
    retry: tuple[str, ...] = ()  # tasks whose claims are handed in again after an adoption

    @property
    def sha256(self) -> str:
        """Of everything in it, hexadecimal."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search came to."""

    search: str
    family: str
    cause: str  # "finished", "stopped", "every goal is settled"
    generations: tuple[Generation, ...]
    winner: Strategy
    comparison: Comparison | None  # with the incumbent, on goals held apart; None: not compared
    adopted: bool
    changed: tuple[str, ...]  # claims that have another verdict now

    def explain(self) -> str:
        """The winner in words, a line for each stage."""
        return in_words(self.winner, DEFAULT_STRATEGY)

    def __str__(self) -> str:
        last = self.generations[-1] if self.generations else None
        lines = [
            f"{self.search} for {self.family}: {self.cause}"
            + (f", {last.solved} of {last.goals} goals settled" if last else ""),
            f"{'adopted' if self.adopted else 'not adopted'}: {self.comparison or 'not compared'}",
            *self.changed,
        ]
        return "\n".join(lines)


def planned(
    goals: Iterable[Goal],
    family: str,
    settings: Settings,
    *,
    guards: Iterable[Goal] = (),
    founders: Sequence[Stage] = (),
    **rest: Any,
) -> Plan:
    """A plan with a third of the goals held apart.

    Args:
        goals: to be settled.
        guards: goals of the family that the incumbent settles, so that none is lost.
        founders: tried first, before the incumbent's own stages.
        rest: further fields of the plan.

    Raises:
        UsageError: there are too few goals.
    """
    failed = list(goals)
    named = _named((*failed, *guards))
    open_, known = named[: len(failed)], named[len(failed) :]
    if len(open_) < LEAST:
        raise UsageError(f"a search needs at least {LEAST} goals of a family, not {len(open_)}")
    incumbent = Adoptions(default_file()).current(family) or DEFAULT_STRATEGY
    own = (part.stage for part in incumbent.slices)
    return Plan(
        family=family,
        train=tuple(one for part in (open_, known) for n, one in enumerate(part) if n % 3 != 1),
        judges=(*open_[1::3], *known[1::3]),
        settings=settings,
        founders=tuple(dict.fromkeys((*founders, *own))),
        incumbent=incumbent,
        **rest,
    )


def open_searches(facts: Iterable[Fact]) -> list[SearchBegun]:
    """Those that have begun and not ended, oldest first."""
    found: dict[str, SearchBegun] = {}
    for fact in facts:
        match fact.kind:
            case SearchBegun(search=search) as begun if begun.plan is not None:
                found[search] = begun
            case SearchEnded(search=search):
                found.pop(search, None)
            case _:
                pass
    return list(found.values())


def _named(goals: Iterable[Goal]) -> list[Goal]:
    """The goals, each with a name of its own."""
    named: dict[str, Goal] = {}
    for number, goal in enumerate(goals, 1):
        name = goal.theorem_id or f"goal {number}"
        while name in named:
            name += "'"
        named[name] = msgspec.structs.replace(goal, theorem_id=name)
    return list(named.values())
