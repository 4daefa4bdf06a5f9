"""A population that breeds and selects by itself, with a bandit of its own. Tries nothing and knows no winner.

What every stage came to stands in a table that all islands share; an island breeds only
from stages that it has tried itself or that have migrated to it.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Collection, Mapping, Sequence
from random import Random
from typing import Any

from hms_kernel.backends.strategy import Stage
from hms_kernel.errors import BackendMissing
from hms_kernel.genetics import bandit, fitness, stages
from hms_kernel.genetics.fitness import Row
from hms_kernel.genetics.seeding import seeded
from hms_kernel.genetics.settings import Settings
from hms_kernel.genetics.stages import Genome
from hms_kernel.genetics.variation import OPERATORS, Born, Variation

try:
    from deap import base, tools
    from deap.tools import selection
except ImportError as error:
    raise BackendMissing(
        "the genetic engine needs deap, which is not installed"
        " (pip install 'hms-workbench[genetics]')"
    ) from error

Table = Mapping[Stage, Row]
Claim = Callable[
    [Stage], bool
]  # whether nobody has tried that stage yet; from now on, somebody has


class _Fitness(base.Fitness):  # type: ignore[misc]
    weights = (1.0,)


class Individual:
    """What DEAP selects: anything with a fitness."""

    def __init__(self, genome: Genome, worth: float) -> None:
        self.genome = genome
        self.fitness = _Fitness((worth,))

    @property
    def worth(self) -> float:
        """Its fitness among those that it was selected with."""
        return float(self.fitness.values[0])


class Island:
    """One of ``settings.islands`` populations, which share survivors and children evenly.

    Args:
        number: from 0.
        founders: of all islands; this one begins with its part.
        claim: asked before a stage is tried.
    """

    def __init__(
        self, number: int, settings: Settings, founders: Sequence[Genome], claim: Claim
    ) -> None:
        self.number = number
        self._settings = settings
        self._founders = founders[number :: settings.islands]
        self._claim = claim
        # The first walks the path that it would walk alone.
        self._rng = rng = Random(f"{settings.seed} {number}" if number else settings.seed)
        tournament = seeded(selection, rng).selTournament
        self._toolbox = toolbox = base.Toolbox()
        toolbox.register("select", tournament, k=1, tournsize=settings.tournament)
        self._vary = Variation(rng, settings, self._picked, self._member)
        self._bandit = bandit.fair(OPERATORS) if settings.adaptive else None
        self._team: list[Genome] = []
        self._born: list[Born] = []  # in the generation under way
        self._known: set[Stage] = set()
        self.members: list[Individual] = []  # fittest first

    @property
    def credit(self) -> dict[str, float]:
        """Operator to its share of the choices to come; empty for the fixed mix."""
        return self._bandit.shares if self._bandit else {}

    # --- variation -----------------------------------------------------------

    def first(self) -> list[Genome]:
        """The first generation: founders, and what has to be drawn beside them."""
        fresh = [genome for genome in self._founders if self._claim(genome.stage)]
        while len(fresh) < self._part(self._settings.children):
            fresh.append(self._unseen(stages.drawn(self._rng)))
        return fresh

    def breed(self, winner: Collection[Stage]) -> list[Genome]:
        """Children, each of a stage that nobody has tried.

        Args:
            winner: stages of the schedule; those that this island knows are its team.
        """
        self._team = [stages.genome(stage) for stage in winner if stage in self._known]
        self._born = [self._child() for _ in range(self._part(self._settings.children))]
        return [one.genome for one in self._born]

    def _child(self) -> Born:
        if self._bandit is None:
            born = self._vary.mixed(team=bool(self._team))
        else:
            born = self._vary.by(self._bandit.choose(self._rng))
        return Born(genome=self._unseen(born.genome), parents=born.parents, operator=born.operator)

    def _picked(self) -> Genome:
        chosen: Genome = self._toolbox.select(self.members)[0].genome
        return chosen

    def _member(self) -> Genome:
        return self._rng.choice(self._team) if self._team else self._picked()

    def _unseen(self, genome: Genome) -> Genome:
        """The genome, or what mutation makes of it until its stage is a new one."""
        while not self._claim(genome.stage):
            genome = self._vary.mutated(genome)
        return genome

    # --- selection -----------------------------------------------------------

    def select(self, children: Sequence[Genome], table: Table, caps: Mapping[str, float]) -> None:
        """Who lives on, out of members and ``children``; operators are credited for these."""
        self._known.update(one.stage for one in children)
        everybody = self._judged([*(one.genome for one in self.members), *children], table, caps)
        self._learn(everybody)
        self.members = self._best(everybody)

    def receive(self, migrant: Genome, table: Table, caps: Mapping[str, float]) -> None:
        """Take in the best of another island; the worst has to go where there is no room."""
        self._known.add(migrant.stage)
        genomes = [one.genome for one in self.members]
        if migrant.stage not in {one.stage for one in genomes}:
            # Worth is shared by those present, so who comes changes everybody's.
            self.members = self._best(self._judged([*genomes, migrant], table, caps))

    def _judged(
        self, genomes: Sequence[Genome], table: Table, caps: Mapping[str, float]
    ) -> list[Individual]:
        rows = [table[one.stage] for one in genomes]
        worth = fitness.shared(rows, caps, self._settings.budget_s)
        return [Individual(one, value) for one, value in zip(genomes, worth, strict=True)]

    def _best(self, everybody: list[Individual]) -> list[Individual]:
        best: Any = tools.selBest(everybody, self._part(self._settings.population))
        return list(best)

    def _learn(self, everybody: Sequence[Individual]) -> None:
        """Credit every operator with what its children are worth beyond their parents."""
        if self._bandit is None or not self._born:
            return
        worth = {one.genome.stage: one.worth for one in everybody}
        # A parent of the team may have left the population long ago, and some have none.
        usual = statistics.median(worth.values())
        gains = [
            worth[one.genome.stage]
            - max((worth.get(parent.stage, usual) for parent in one.parents), default=usual)
            for one in self._born
        ]
        rewards: dict[str, list[float]] = {}
        for one, reward in zip(self._born, bandit.ranked(gains), strict=True):
            rewards.setdefault(one.operator, []).append(reward)
        self._bandit = self._bandit.learned(rewards)

    def _part(self, whole: int) -> int:
        """This island's part of what all share."""
        islands = self._settings.islands
        return whole // islands + (self.number < whole % islands)
