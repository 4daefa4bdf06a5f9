"""How children come about: the operators by name, and the fixed mix of them. Judges no child."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

import msgspec

from hms_kernel.genetics import stages
from hms_kernel.genetics.settings import Settings
from hms_kernel.genetics.stages import PARAMETERS, TRANSFORMED, Genome

Pick = Callable[[], Genome]


class Born(msgspec.Struct, frozen=True, kw_only=True):
    """A child, and whom it is measured against."""

    genome: Genome
    parents: tuple[Genome, ...] = ()  # none: it was drawn
    operator: str = ""  # none: it came of the fixed mix


class Variation:
    """Makes children of the parents that it is given.

    Args:
        rng: decides everything.
        picked: a parent out of the population.
        member: one out of the team, or out of the population where there is no team.
    """

    def __init__(self, rng: Random, settings: Settings, picked: Pick, member: Pick) -> None:
        self._rng, self._settings = rng, settings
        self._picked, self._member = picked, member

    def mixed(self, *, team: bool) -> Born:
        """A child by the fixed mix: perhaps crossed, then mutated; every parent perhaps of the team."""
        rng, settings = self._rng, self._settings

        def parent() -> Genome:
            by_team = team and rng.random() < settings.from_team
            return self._member() if by_team else self._picked()

        parents = [parent()]
        child = parents[0]
        if rng.random() < settings.crossover:
            parents.append(parent())
            child = stages.crossed(child, parents[1], rng)
        return Born(genome=self.mutated(child), parents=tuple(parents))

    def by(self, operator: str) -> Born:
        """A child by one of ``OPERATORS``."""
        made = OPERATORS[operator](self)
        return msgspec.structs.replace(made, operator=operator)

    def mutated(self, genome: Genome) -> Genome:
        """A neighbour, at the usual rate."""
        return stages.mutated(genome, self._rng, self._settings.mutation)

    def fresh(self) -> Born:
        """A child of nobody."""
        return Born(genome=stages.drawn(self._rng))

    def crossed(self) -> Born:
        """Genes of two of the population, then mutated."""
        return self._cross(self._picked(), self._picked())

    def with_team(self) -> Born:
        """Genes of one of the team and one of the population, then mutated."""
        return self._cross(self._member(), self._picked())

    def plain(self) -> Born:
        """One of the population, mutated."""
        parent = self._picked()
        return Born(genome=self.mutated(parent), parents=(parent,))

    def transformed(self) -> Born:
        """One of the team with other transforms."""
        return self._partly(TRANSFORMED)

    def tuned(self) -> Born:
        """One of the team with other parameters, or another engine."""
        return self._partly(PARAMETERS)

    def _cross(self, one: Genome, other: Genome) -> Born:
        child = stages.crossed(one, other, self._rng)
        return Born(genome=self.mutated(child), parents=(one, other))

    def _partly(self, genes: frozenset[str]) -> Born:
        parent = self._member()
        child = stages.mutated(parent, self._rng, 1 / len(genes), genes)
        return Born(genome=child, parents=(parent,))


OPERATORS: Mapping[str, Callable[[Variation], Born]] = {
    "crossover": Variation.crossed,
    "crossover with the team": Variation.with_team,
    "mutation": Variation.plain,
    "other transforms": Variation.transformed,
    "other parameters": Variation.tuned,
    "fresh draw": Variation.fresh,
}
