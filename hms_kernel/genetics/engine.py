"""The seeded search for stages: generation by generation, over DEAP's toolbox. Knows no archive, agent or clock.

What is searched are stages; the strategy is built from their trials after every
generation. Evaluation is the caller's: with an archive behind it, the same seed walks the
same path again and pays for nothing twice, so a search that was cut short resumes by
starting over.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Any

import msgspec

from hms_kernel.backends.strategy import Stage, Strategy
from hms_kernel.errors import BackendMissing, Contradiction, UsageError
from hms_kernel.genetics import fitness, schedule, stages
from hms_kernel.genetics.fitness import Point, Row
from hms_kernel.genetics.seeding import seeded
from hms_kernel.genetics.stages import Genome
from hms_kernel.genetics.trials import Evaluate, Trial, alone
from hms_kernel.model import Goal, Outcome

try:
    from deap import base, tools
    from deap.tools import selection
except ImportError as error:
    raise BackendMissing(
        "the genetic engine needs deap, which is not installed"
        " (pip install 'hms-workbench[genetics]')"
    ) from error

Job = tuple[Stage, Goal, float]  # what to try, on what, with which cap in nominal seconds
Each = Callable[[Callable[[Job], Trial], Iterable[Job]], Iterable[Trial]]  # map, or a parallel one


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a search besides its goals."""

    seed: int
    budget_s: float = 0.25  # nominal seconds of a whole attempt
    population: int = 16  # stages that survive a generation
    children: int = 16  # stages tried in every generation
    generations: int = 4  # with the first, which is drawn
    crossover: float = 0.6  # probability
    mutation: float = 0.18  # per gene
    from_team: float = 0.35  # probability that a parent is a stage of the schedule
    tournament: int = 3
    slack: float = 1.15  # how much longer than the incumbent a new stage may take for a goal

    def __post_init__(self) -> None:
        if min(self.population, self.children, self.generations, self.tournament) < 1:
            raise UsageError("population, children, generations and tournament are at least 1")
        if not 0 < self.mutation <= 1 or self.budget_s <= 0 or self.slack < 1:
            raise UsageError(
                "mutation is above 0 and at most 1, budget_s above 0, slack at least 1"
            )


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """Where a search stands after one generation. Seconds are nominal."""

    number: int  # from 0
    evaluated: int  # stages so far
    goals: int  # how many are trained on
    solved: int  # of these, by the winner, as its trials predict
    settled: tuple[str, ...]  # which these are
    par2_s: float  # of the winner, likewise
    best: str  # the stage of the highest fitness
    best_fitness: float  # goals' worth, shared with those who settle the same
    median_fitness: float
    spread: float  # between the quartiles of fitness
    cost_s: float  # what this generation's trials cost, whoever paid
    clock_stops: int  # trials in which the wall clock had a say: 0, or the run may not repeat
    winner: Strategy  # the best schedule so far
    # Stages that none beats in goals solved, PAR-2 and plainness; a trial that the incumbent's
    # cap cut short counts as open.
    front: tuple[Point, ...]

    @property
    def text(self) -> str:
        """The winner as printed."""
        return str(self.winner)


class _Fitness(base.Fitness):  # type: ignore[misc]
    weights = (1.0,)


class _Individual:
    """What DEAP selects: anything with a fitness."""

    def __init__(self, genome: Genome, worth: float) -> None:
        self.genome = genome
        self.fitness = _Fitness((worth,))


def evolve(
    goals: Sequence[Goal],
    evaluate: Evaluate,
    settings: Settings,
    *,
    founders: Sequence[Stage] = (),
    fallback: Strategy | None = None,
    each: Each = map,
) -> Iterator[Generation]:
    """Search for stages that settle ``goals``, and yield every generation when it is done.

    Equal arguments yield equal generations in every process. Stop by not asking for more.

    Args:
        goals: trained on; told apart by ``theorem_id``.
        evaluate: asked once per stage and goal.
        founders: members of the first generation; what is missing is drawn.
        fallback: what schedules end with; see ``schedule.build``.
        each: runs the trials of one generation, in any order; results in order.

    Raises:
        UsageError: no goals, two of one name, or a founder outside the space of stages.
        Contradiction: one trial proved what another refuted.
    """
    names = [goal.theorem_id for goal in goals]
    if not names or len(set(names)) < len(names):
        raise UsageError("a search needs goals, each with a name of its own")
    return _Search(goals, evaluate, settings, founders, fallback, each).run()


class _Search:
    def __init__(
        self,
        goals: Sequence[Goal],
        evaluate: Evaluate,
        settings: Settings,
        founders: Sequence[Stage],
        fallback: Strategy | None,
        each: Each,
    ) -> None:
        self._goals = goals
        self._evaluate = evaluate
        self._settings = settings
        self._founders = [stages.genome(stage) for stage in dict.fromkeys(founders)]
        self._fallback = fallback
        self._rng = rng = Random(settings.seed)
        self._toolbox = toolbox = base.Toolbox()
        toolbox.register("map", each)
        toolbox.register("draw", stages.drawn, rng)
        toolbox.register("mate", stages.crossed, rng=rng)
        toolbox.register("mutate", stages.mutated, rng=rng, rate=settings.mutation)
        tournament = seeded(selection, rng).selTournament
        toolbox.register("select", tournament, k=1, tournsize=settings.tournament)
        self._table: dict[Stage, Row] = {}  # every stage tried; insertion order is the search's
        self._seen: set[Stage] = set()
        self._winner: tuple[tuple[int, float], Strategy, Row] | None = None

    def run(self) -> Iterator[Generation]:
        settings = self._settings
        population: list[_Individual] = []
        caps = {goal.theorem_id: settings.budget_s for goal in self._goals}
        for number in range(settings.generations):
            children = self._children(population) if number else self._first()
            trials = self._try(children, caps)
            self._build()
            (solved, less_par2), winner, incumbent = self._best()
            caps = fitness.caps(incumbent, settings.budget_s, settings.slack)
            population = self._survivors([*(one.genome for one in population), *children], caps)
            worth = [one.fitness.values[0] for one in population]
            low, _, high = statistics.quantiles(worth, n=4) if len(worth) > 1 else (0.0, 0.0, 0.0)
            points = [
                fitness.point(stage, row, settings.budget_s) for stage, row in self._table.items()
            ]
            yield Generation(
                number=number,
                evaluated=len(self._table),
                goals=len(self._goals),
                solved=solved,
                settled=tuple(name for name, trial in incumbent.items() if trial.settled),
                par2_s=-less_par2,
                best=str(population[0].genome.stage),
                best_fitness=worth[0],
                median_fitness=statistics.median(worth),
                spread=high - low,
                cost_s=sum(trial.nominal_s for trial in trials),
                clock_stops=sum(trial.clock for trial in trials),
                winner=winner,
                front=fitness.front(points),
            )

    # --- variation -----------------------------------------------------------

    def _first(self) -> list[Genome]:
        fresh = [genome for genome in self._founders if self._new(genome)]
        while len(fresh) < self._settings.children:
            fresh.append(self._unseen(self._toolbox.draw()))
        return fresh

    def _children(self, population: list[_Individual]) -> list[Genome]:
        settings, rng = self._settings, self._rng
        team = self._team()

        def parent() -> Genome:
            if team and rng.random() < settings.from_team:
                return rng.choice(team)
            chosen: Genome = self._toolbox.select(population)[0].genome
            return chosen

        born: list[Genome] = []
        while len(born) < settings.children:
            child = parent()
            if rng.random() < settings.crossover:
                child = self._toolbox.mate(child, parent())
            born.append(self._unseen(self._toolbox.mutate(child)))
        return born

    def _team(self) -> list[Genome]:
        """The stages of the winner that this search has tried."""
        _, winner, _ = self._best()
        tried = (part.stage for part in winner.slices if part.stage in self._table)
        return [stages.genome(stage) for stage in dict.fromkeys(tried)]

    def _unseen(self, genome: Genome) -> Genome:
        """The genome, or what mutation makes of it until its stage is a new one."""
        while not self._new(genome):
            genome = self._toolbox.mutate(genome)
        return genome

    def _new(self, genome: Genome) -> bool:
        stage = genome.stage
        if stage in self._seen:
            return False
        self._seen.add(stage)
        return True

    # --- evaluation and selection --------------------------------------------

    def _try(self, genomes: Sequence[Genome], caps: dict[str, float]) -> list[Trial]:
        def run(job: Job) -> Trial:
            stage, goal, cap_s = job
            return self._evaluate(alone(stage), goal, cap_s)

        jobs = [(one.stage, goal, caps[goal.theorem_id]) for one in genomes for goal in self._goals]
        trials: list[Trial] = list(self._toolbox.map(run, jobs))
        rows: dict[Stage, dict[str, Trial]] = {}
        for (stage, goal, _), trial in zip(jobs, trials, strict=True):
            rows.setdefault(stage, {})[goal.theorem_id] = trial
        self._table.update(rows)
        self._agree()
        return trials

    def _agree(self) -> None:
        """A proof and a refutation of one claim are an alarm, never a vote."""
        for goal in self._goals:
            said: dict[bool, str] = {}
            for stage, row in self._table.items():
                trial = row[goal.theorem_id]
                if trial.settled:
                    said.setdefault(trial.outcome is Outcome.REFUTED, f"{stage}: {trial.outcome}")
            if len(said) > 1:
                raise Contradiction(f"{goal.theorem_id} is both: {'; '.join(said.values())}")

    def _build(self) -> None:
        """A schedule from all trials; it wins if it is predicted to settle more, or as much sooner."""
        budget_s = self._settings.budget_s
        names = [goal.theorem_id for goal in self._goals]
        built = schedule.build(self._table, names, budget_s, self._fallback)
        row = {name: schedule.predicted(built, self._table, name, budget_s) for name in names}
        score = fitness.solved(row.values()), -fitness.par2(row.values(), budget_s)
        if self._winner is None or score > self._winner[0]:
            self._winner = score, built, row

    def _best(self) -> tuple[tuple[int, float], Strategy, Row]:
        assert self._winner is not None
        return self._winner

    def _survivors(self, genomes: Sequence[Genome], caps: dict[str, float]) -> list[_Individual]:
        rows = [self._table[one.stage] for one in genomes]
        worth = fitness.shared(rows, caps, self._settings.budget_s)
        everybody = [_Individual(one, value) for one, value in zip(genomes, worth, strict=True)]
        best: Any = tools.selBest(everybody, self._settings.population)
        return list(best)
