"""Searches that compete on equal terms: same goals, same founders, same prices. Knows no test goals and prints nothing.

Those over stages try them in batches, with the incumbent's caps, and build a schedule from
all trials; they differ in nothing but who proposes the next batch. The one over whole
strategies, which is what tools for hyperparameters do out of the box, runs every strategy
as it is. All know the founders' trials, which are recorded once and for all; what a search
costs is what it runs beyond them. It ends with the batch in which its purse is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from hms_kernel.backends.strategy import Slice, Stage, Strategy
from hms_kernel.errors import BackendMissing
from hms_kernel.genetics import fitness, schedule, stages
from hms_kernel.genetics.engine import Settings, evolve
from hms_kernel.genetics.fitness import Point, Row
from hms_kernel.genetics.schedule import RESERVED
from hms_kernel.genetics.stages import SPACE, Genome
from hms_kernel.genetics.trials import Evaluate, Trial, alone
from hms_kernel.model import Goal

SLACK = 1.15  # how much worse than the best so far a strategy may do before it is given up
MOST_STAGES = 3  # of a strategy that is searched as a whole
SHARES = (0.05, 0.1, 0.15, 0.25)
STARTUP = 10  # random proposals before TPE models anything, its own default


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What every search is given."""

    goals: tuple[Goal, ...]  # trained on
    founders: tuple[Stage, ...]  # stages whose trials are known before
    fallback: Strategy  # what every strategy ends with
    budget_s: float  # nominal seconds of one attempt
    purse_s: float  # nominal seconds of the search
    batch: int  # stages proposed at a time


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search came to. Seconds are nominal."""

    strategy: Strategy
    tried: int  # stages, or strategies, beyond the founders
    cost_s: float
    clock_stops: int  # trials in which the wall clock had a say
    solved: int  # training goals, as far as the search knows
    par2_s: float  # likewise
    front: tuple[Point, ...] = ()  # stages that none beats in goals solved, PAR-2 and plainness


Search = Callable[[Terms, Evaluate, int], Found]  # the last is the seed
# What has been tried, and the caps within which it is of use, to the next stages.
Propose = Callable[[Mapping[Stage, Row], Mapping[str, float], int], Sequence[Stage]]


def unsearched(terms: Terms, evaluate: Evaluate, seed: int = 0) -> Found:
    """The schedule built of the founders: what recorded outcomes alone are worth."""
    nothing = msgspec.structs.replace(terms, purse_s=0.0)
    return _over_stages(nothing, evaluate, lambda table, caps, count: ())


def evolved(
    terms: Terms, evaluate: Evaluate, seed: int, *, adaptive: bool = False, islands: int = 1
) -> Found:
    """The engine.

    Args:
        adaptive, islands: as in its settings; islands share the batch.
    """
    settings = Settings(
        seed=seed,
        budget_s=terms.budget_s,
        children=min(terms.batch, len(terms.founders)),
        generations=1_000_000,
        slack=SLACK,
        adaptive=adaptive,
        islands=islands,
    )
    search = evolve(
        terms.goals, evaluate, settings, founders=terms.founders, fallback=terms.fallback
    )
    cost_s, stops = 0.0, 0
    for generation in search:
        stops += generation.clock_stops
        if generation.number:  # the first are the founders
            cost_s += generation.cost_s
        if cost_s >= terms.purse_s and generation.evaluated >= len(terms.founders):
            break
    return Found(
        strategy=generation.winner,
        tried=generation.evaluated - len(terms.founders),
        cost_s=cost_s,
        clock_stops=stops,
        solved=generation.solved,
        par2_s=generation.par2_s,
        front=generation.front,
    )


def random_stages(terms: Terms, evaluate: Evaluate, seed: int) -> Found:
    """Stages drawn from the space as the engine draws its first."""
    rng = Random(seed)

    def propose(table: Mapping[Stage, Row], caps: Mapping[str, float], n: int) -> list[Stage]:
        fresh: dict[Stage, None] = {}
        while len(fresh) < n:
            stage = stages.drawn(rng).stage
            if stage not in table:
                fresh[stage] = None
        return list(fresh)

    return _over_stages(terms, evaluate, propose)


def tpe_stages(terms: Terms, evaluate: Evaluate, seed: int) -> Found:
    """Stages proposed by Optuna's TPE for the fitness that the engine has.

    Fitness is shared, so it changes with every stage tried: the model is made anew for every batch.

    Raises:
        BackendMissing: Optuna is not installed.
    """
    library = optuna()
    sampler = library.samplers.TPESampler(seed=seed, n_startup_trials=STARTUP)
    distributions = {
        gene.name: library.distributions.CategoricalDistribution(gene.choices) for gene in SPACE
    }
    rng = Random(seed)

    def propose(table: Mapping[Stage, Row], caps: Mapping[str, float], n: int) -> list[Stage]:
        study = library.create_study(direction="maximize", sampler=sampler)
        worth = fitness.shared(list(table.values()), caps, terms.budget_s)
        for stage, value in zip(table, worth, strict=True):
            values = stages.genome(stage).values
            told = {gene.name: one for gene, one in zip(SPACE, values, strict=True)}
            study.add_trial(
                library.trial.create_trial(params=told, distributions=distributions, value=value)
            )
        fresh: dict[Stage, None] = {}
        while len(fresh) < n:
            asked = study.ask(distributions).params
            genome = Genome(tuple(asked[gene.name] for gene in SPACE))
            while genome.stage in table or genome.stage in fresh:
                genome = stages.mutated(genome, rng, 0.1)
            fresh[genome.stage] = None
        return list(fresh)

    return _over_stages(terms, evaluate, propose)


def tpe_strategies(terms: Terms, evaluate: Evaluate, seed: int) -> Found:
    """Whole strategies, of one to three stages before the fallback, proposed by Optuna's TPE.

    It is told what every founder before the fallback comes to, as its trials predict.

    Raises:
        BackendMissing: Optuna is not installed.
    """
    library = optuna()
    sampler = library.samplers.TPESampler(seed=seed, n_startup_trials=STARTUP)
    study = library.create_study(direction="minimize", sampler=sampler)
    distributions = {
        name: library.distributions.CategoricalDistribution(choices)
        for name, choices in _dimensions(1)
    }
    for told, value in _told(terms, evaluate):
        study.add_trial(
            library.trial.create_trial(params=told, distributions=distributions, value=value)
        )
    cost_s, tried, stops = 0.0, 0, 0
    ran = list(_run(terms.fallback, terms, evaluate, None))
    best = fitness.par2(ran, terms.budget_s), fitness.solved(ran), terms.fallback
    while cost_s < terms.purse_s:
        trial = study.ask()
        strategy = _suggested(trial, terms.fallback)
        ran = list(_run(strategy, terms, evaluate, SLACK * best[0]))
        cost_s += sum(one.nominal_s for one in ran)
        stops += sum(one.clock for one in ran)
        tried += 1
        solved = fitness.solved(ran)
        # Goals that were not reached count as open: it is known to be too bad already.
        missing = 2 * terms.budget_s * (len(terms.goals) - len(ran))
        par2_s = (fitness.par2(ran, terms.budget_s) * len(ran) + missing) / len(terms.goals)
        study.tell(trial, par2_s)
        if par2_s < best[0]:
            best = par2_s, solved, strategy
    return Found(
        strategy=best[2],
        tried=tried,
        cost_s=cost_s,
        clock_stops=stops,
        solved=best[1],
        par2_s=best[0],
    )


def _over_stages(terms: Terms, evaluate: Evaluate, propose: Propose) -> Found:
    names = [goal.theorem_id for goal in terms.goals]
    caps = dict.fromkeys(names, terms.budget_s)
    table: dict[Stage, Row] = {}
    cost_s, stops = 0.0, 0
    best: tuple[tuple[int, float], Strategy, Row] | None = None
    batch: Sequence[Stage] = terms.founders
    while batch:
        for stage in batch:
            row = {
                goal.theorem_id: evaluate(alone(stage), goal, caps[goal.theorem_id])
                for goal in terms.goals
            }
            if stage not in terms.founders:
                cost_s += sum(trial.nominal_s for trial in row.values())
            stops += sum(trial.clock for trial in row.values())
            table[stage] = row
        built = schedule.build(table, names, terms.budget_s, terms.fallback)
        expected = {name: schedule.predicted(built, table, name, terms.budget_s) for name in names}
        trials = expected.values()
        score = fitness.solved(trials), -fitness.par2(trials, terms.budget_s)
        if best is None or score > best[0]:
            best = score, built, expected
        caps = fitness.caps(best[2], terms.budget_s, SLACK)
        batch = propose(table, caps, terms.batch) if cost_s < terms.purse_s else ()
    assert best is not None
    return Found(
        strategy=best[1],
        tried=len(table) - len(terms.founders),
        cost_s=cost_s,
        clock_stops=stops,
        solved=best[0][0],
        par2_s=-best[0][1],
    )


def _dimensions(count: int) -> Iterator[tuple[str, Sequence[Any]]]:
    """Names and choices of everything that a strategy of ``count`` stages decides."""
    yield _COUNT, tuple(range(1, MOST_STAGES + 1))
    for number in range(count):
        yield _share_of(number), SHARES
        for gene in SPACE:
            yield _gene_of(gene.name, number), gene.choices


_COUNT = "stages"


def _share_of(number: int) -> str:
    return f"share of {number}"


def _gene_of(name: str, number: int) -> str:
    return f"{name} of {number}"


def _told(terms: Terms, evaluate: Evaluate) -> Iterator[tuple[dict[str, Any], float]]:
    """Every founder with the largest share before the fallback, and the PAR-2 that trials predict."""
    table: dict[Stage, Row] = {
        stage: {
            goal.theorem_id: evaluate(alone(stage), goal, terms.budget_s) for goal in terms.goals
        }
        for stage in terms.founders
    }
    for stage in terms.founders:
        strategy = _ended([Slice(stage, SHARES[-1])], terms.fallback)
        predicted = [
            schedule.predicted(strategy, table, goal.theorem_id, terms.budget_s)
            for goal in terms.goals
        ]
        values = stages.genome(stage).values
        genes = {_gene_of(g.name, 0): one for g, one in zip(SPACE, values, strict=True)}
        told = {_COUNT: 1, _share_of(0): SHARES[-1], **genes}
        yield told, fitness.par2(predicted, terms.budget_s)


def _suggested(trial: Any, fallback: Strategy) -> Strategy:
    choices = dict(_dimensions(MOST_STAGES))
    slices = []
    for number in range(trial.suggest_categorical(_COUNT, choices[_COUNT])):
        values = tuple(
            trial.suggest_categorical(_gene_of(gene.name, number), gene.choices) for gene in SPACE
        )
        share = trial.suggest_categorical(_share_of(number), SHARES)
        slices.append(Slice(Genome(values).stage, share))
    return _ended(slices, fallback)


def _ended(slices: Sequence[Slice], fallback: Strategy) -> Strategy:
    """The slices, and the fallback with the share that a built schedule reserves for it."""
    whole = sum(part.share for part in fallback.slices)
    rest = (Slice(part.stage, round(RESERVED * part.share / whole, 4)) for part in fallback.slices)
    return Strategy(slices=(*slices, *rest))


def _run(
    strategy: Strategy, terms: Terms, evaluate: Evaluate, bound: float | None
) -> Iterator[Trial]:
    """Trials on all goals, or until PAR-2 is bound to be above ``bound``."""
    total = 0.0
    for goal in terms.goals:
        trial = evaluate(strategy, goal, terms.budget_s)
        yield trial
        total += trial.nominal_s if trial.settled else 2 * terms.budget_s
        if bound is not None and total > bound * len(terms.goals):
            return


def optuna() -> Any:
    """The library, quiet.

    Raises:
        BackendMissing: it is not installed.
    """
    try:
        import optuna as library
    except ImportError as error:
        raise BackendMissing(
            "a comparison with TPE needs optuna, which is not installed"
            " (pip install 'hms-workbench[bench]')"
        ) from error
    library.logging.set_verbosity(library.logging.WARNING)
    return library
