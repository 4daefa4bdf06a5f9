"""The seeded search for stages: islands in turn, generation by generation. Knows no archive, agent or clock.

What is searched are stages; the strategy is built from the trials of all islands after
every generation of each. Evaluation is the caller's: with an archive behind it, the same seed walks the
same path again and pays for nothing twice, so a search that was cut short resumes by
starting over.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from hms_kernel.backends.strategy import Stage, Strategy
from hms_kernel.errors import Contradiction, UsageError
from hms_kernel.genetics import fitness, schedule, stages
from hms_kernel.genetics.fitness import Point, Row
from hms_kernel.genetics.island import Island
from hms_kernel.genetics.settings import Settings as Settings
from hms_kernel.genetics.stages import Genome
from hms_kernel.genetics.trials import Evaluate, Trial, alone
from hms_kernel.model import Goal, Outcome

Job = tuple[Stage, Goal, float]  # what to try, on what, with which cap in nominal seconds
Each = Callable[[Callable[[Job], Trial], Iterable[Job]], Iterable[Trial]]  # map, or a parallel one


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """Where a search stands after one generation of one island. Seconds are nominal."""

    number: int  # from 0
    island: int = 0  # whose generation it is; all islands have one of every number, in turn
    evaluated: int  # stages so far, by all islands
    goals: int  # how many are trained on
    solved: int  # of these, by the winner, as its trials predict
    settled: tuple[str, ...]  # which these are
    par2_s: float  # of the winner, likewise
    best: str  # the island's stage of the highest fitness
    best_fitness: float  # goals' worth, shared with those who settle the same
    median_fitness: float
    spread: float  # between the quartiles of fitness
    cost_s: float  # what this generation's trials cost, whoever paid
    clock_stops: int  # trials in which the wall clock had a say: 0, or the run may not repeat
    winner: Strategy  # the best schedule so far
    # Stages that none beats in goals solved, PAR-2 and plainness; a trial that the incumbent's
    # cap cut short counts as open.
    front: tuple[Point, ...]
    credit: dict[str, float] = {}  # operator to its share of the choices to come; empty: fixed mix

    @property
    def text(self) -> str:
        """The winner as printed."""
        return str(self.winner)


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
        founders: members of the first generation, dealt out to the islands; what is missing is drawn.
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
        self._fallback = fallback
        self._each = each
        self._table: dict[Stage, Row] = {}  # every stage tried; insertion order is the search's
        self._seen: set[Stage] = set()
        self._winner: tuple[tuple[int, float], Strategy, Row] | None = None
        first = [stages.genome(stage) for stage in dict.fromkeys(founders)]
        numbers = range(settings.islands)
        self._islands = [Island(number, settings, first, self._claim) for number in numbers]
        self._caps = {goal.theorem_id: settings.budget_s for goal in goals}

    def run(self) -> Iterator[Generation]:
        settings = self._settings
        for number in range(settings.generations):
            if number and number % settings.migration == 0:
                self._migrate()
            for island in self._islands:
                children = island.breed(self._team()) if number else island.first()
                trials = self._try(children)
                self._build()
                _, _, incumbent = self._best()
                self._caps = fitness.caps(incumbent, settings.budget_s, settings.slack)
                island.select(children, self._table, self._caps)
                yield self._told(number, island, trials)

    def _told(self, number: int, island: Island, trials: Sequence[Trial]) -> Generation:
        (solved, less_par2), winner, incumbent = self._best()
        worth = [one.worth for one in island.members]
        low, _, high = statistics.quantiles(worth, n=4) if len(worth) > 1 else (0.0, 0.0, 0.0)
        budget_s = self._settings.budget_s
        points = [fitness.point(stage, row, budget_s) for stage, row in self._table.items()]
        return Generation(
            number=number,
            island=island.number,
            evaluated=len(self._table),
            goals=len(self._goals),
            solved=solved,
            settled=tuple(name for name, trial in incumbent.items() if trial.settled),
            par2_s=-less_par2,
            best=str(island.members[0].genome.stage),
            best_fitness=worth[0],
            median_fitness=statistics.median(worth),
            spread=high - low,
            cost_s=sum(trial.nominal_s for trial in trials),
            clock_stops=sum(trial.clock for trial in trials),
            winner=winner,
            front=fitness.front(points),
            credit=island.credit,
        )

    def _migrate(self) -> None:
        """Around the ring: the best of every island goes to the next, all at once."""
        best = [island.members[0].genome for island in self._islands]
        for island in self._islands:
            island.receive(best[island.number - 1], self._table, self._caps)

    def _team(self) -> list[Stage]:
        """The stages of the winner."""
        _, winner, _ = self._best()
        return list(dict.fromkeys(part.stage for part in winner.slices))

    def _claim(self, stage: Stage) -> bool:
        if stage in self._seen:
            return False
        self._seen.add(stage)
        return True

    # --- evaluation ----------------------------------------------------------

    def _try(self, genomes: Sequence[Genome]) -> list[Trial]:
        def run(job: Job) -> Trial:
            stage, goal, cap_s = job
            return self._evaluate(alone(stage), goal, cap_s)

        caps = self._caps
        jobs = [(one.stage, goal, caps[goal.theorem_id]) for one in genomes for goal in self._goals]
        trials = list(self._each(run, jobs))
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
