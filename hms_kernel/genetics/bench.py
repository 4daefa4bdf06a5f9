"""What a search is worth on goals that it never saw: contestants, measured as a whole, and what may be said of them.

Predictions count for nothing: every strategy is run on the test split. Draws no figure.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.backends.strategy import Stage, Strategy
from hms_kernel.errors import BackendError
from hms_kernel.genetics import contest, fitness, significance
from hms_kernel.genetics.contest import Found, Search, Terms
from hms_kernel.genetics.fitness import Point
from hms_kernel.genetics.founders import FOUNDERS, HINTED
from hms_kernel.genetics.goals import Labelled
from hms_kernel.genetics.trials import Evaluate, Trial, alone
from hms_kernel.model import Goal, Outcome

Z3, STAGE, HAND, BUILT = (
    "z3's smt",
    "best stage by hand",
    "best schedule by hand",
    "founders, built",
)
RANDOM, TPE, WHOLE, ENGINE = "random stages", "TPE over stages", "TPE over strategies", "engine"

# Name to search and how many times the engine's purse it may spend.
SEARCHES: Mapping[str, tuple[Search, float]] = {
    RANDOM: (contest.random_stages, 1.0),
    TPE: (contest.tpe_stages, 1.0),
    WHOLE: (contest.tpe_strategies, 2.0),
    ENGINE: (contest.evolved, 1.0),
}
CERTAIN = 0.05  # a p-value below this is called significant


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One strategy on the goals held apart. Seconds are nominal."""

    name: str
    seed: int | None  # of the search; None for what is not searched
    strategy: str
    solved: int
    goals: int
    par2_s: float
    foreign_solved: int
    foreign_goals: int
    foreign_par2_s: float | None
    lost: tuple[str, ...]  # goals that the best schedule by hand settles and this one does not
    tried: int  # stages or strategies, by the search
    cost_s: float  # of the search
    train_solved: int | None  # as far as the search knows
    train_par2_s: float | None
    clock_stops: int  # trials in which the wall clock had a say, in the search and after
    front: tuple[Point, ...] = ()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One contestant over all seeds: median, and the quartiles on both sides."""

    name: str
    seeds: int
    solved: float
    par2_s: float
    low_s: float
    high_s: float
    foreign_solved: float
    foreign_par2_s: float | None
    cost_s: float
    tried: float


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the engine is meant to reach, and whether it does."""

    what: str
    measured: float
    most: float
    p_value: float | None = None  # that the engine is no better
    superiority: float | None = None  # how often the engine's PAR-2 is the smaller one

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.measured <= self.most


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole comparison."""

    build: str  # of the provers
    budget_s: float
    train_goals: int
    test_goals: int
    foreign_goals: int
    entries: tuple[Entry, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every contestant, in the order of appearance."""
        names = dict.fromkeys(entry.name for entry in self.entries)
        return tuple(_line([e for e in self.entries if e.name == name]) for name in names)

    @property
    def aims(self) -> tuple[Aim, ...]:
        """What the engine is meant to reach, as far as the contestants allow to say."""
        found = {name: [e.par2_s for e in self.entries if e.name == name] for name in _ORDER}
        engine = found[ENGINE]
        if not engine:
            return ()
        middle = statistics.median(engine)
        aims = []
        for name, most in ((Z3, 0.25), (HAND, 0.7)):
            aims.append(_aim_at_fixed(name, engine, found[name][0], most))
        if found[BUILT]:
            aims.append(_aim_at_fixed(BUILT, engine, found[BUILT][0], 1.0))
        for name, most in ((WHOLE, 0.9), (TPE, 1.0), (RANDOM, 1.0)):
            if others := found[name]:
                aims.append(
                    Aim(
                        what=f"PAR-2 against {name}",
                        measured=middle / statistics.median(others),
                        most=most,
                        p_value=significance.smaller(engine, others),
                        superiority=significance.superiority(engine, others),
                    )
                )
        if found[TPE]:
            worse = significance.smaller(found[TPE], engine)
            aims.append(Aim(what=f"not significantly worse than {TPE}", measured=1 - worse, most=1 - CERTAIN))  # fmt: skip
        return tuple(aims)


_ORDER = (Z3, STAGE, HAND, BUILT, RANDOM, TPE, WHOLE, ENGINE)


def compared(
    train: Sequence[Labelled],
    test: Sequence[Labelled],
    evaluate: Evaluate,
    *,
    build: str,
    seeds: int,
    budget_s: float,
    purse_s: float,
    batch: int,
    foreign: Sequence[Goal] = (),
    searches: Sequence[str] = tuple(SEARCHES),
    notice: Callable[[str], None] = lambda note: None,
) -> Report:
    """Everybody on the same goals; what is chosen by hand is chosen on the training goals.

    Args:
        train, test: goals with labels, disjoint.
        evaluate: runs a trial, or remembers it.
        build: names what ``evaluate`` depends on.
        seeds: of every search, from 0.
        budget_s: nominal seconds of one attempt.
        purse_s: nominal seconds that the engine may spend on a search, beyond the founders.
        batch: stages that a search proposes at a time.
        foreign: goals without labels, for which every strategy is run as well.
        searches: names in ``SEARCHES``.
        notice: told what is under way.

    Raises:
        BackendError: a verdict contradicts a label, or two verdicts each other.
        BackendMissing: a search needs what is not installed.
    """
    bench = _Bench(train, test, foreign, evaluate, budget_s, notice)
    entries = list(bench.fixed())
    for seed in range(seeds):
        for name in searches:
            entries.append(bench.searched(name, seed, purse_s, batch))
    return Report(
        build=build,
        budget_s=budget_s,
        train_goals=len(train),
        test_goals=len(test),
        foreign_goals=len(foreign),
        entries=tuple(sorted(entries, key=lambda entry: _ORDER.index(entry.name))),
    )


class _Bench:
    def __init__(
        self,
        train: Sequence[Labelled],
        test: Sequence[Labelled],
        foreign: Sequence[Goal],
        evaluate: Evaluate,
        budget_s: float,
        notice: Callable[[str], None],
    ) -> None:
        self._train = tuple(one.goal for one in train)
        self._test = tuple(one.goal for one in test)
        self._foreign = foreign
        self._budget_s = budget_s
        self._notice = notice
        self._labels = {one.name: one.expected for one in (*train, *test)}
        self._evaluate = evaluate
        self._seen: dict[str, bool] = {}  # foreign goals, and whether they were refuted
        self._hand = self._best((DEFAULT_STRATEGY, HINTED))
        notice("the best of these, on the goals held apart")
        self._kept = frozenset(
            goal.theorem_id for goal in self._test if self._run(self._hand, goal).settled
        )

    def fixed(self) -> Iterator[Entry]:
        """What needs no search."""
        yield self._entry(Z3, None, alone(Stage(engine="smt")))
        yield self._entry(STAGE, None, self._best(list(map(alone, FOUNDERS))))
        yield self._entry(HAND, None, self._hand)
        found = contest.unsearched(self._terms(0.0, 1), self._checked)
        yield self._entry(BUILT, None, found.strategy, found)

    def searched(self, name: str, seed: int, purse_s: float, batch: int) -> Entry:
        """What one search finds, run as a whole."""
        search, times = SEARCHES[name]
        self._notice(f"seed {seed}: {name}")
        found = search(self._terms(times * purse_s, batch), self._checked, seed)
        return self._entry(name, seed, found.strategy, found)

    def _terms(self, purse_s: float, batch: int) -> Terms:
        return Terms(
            goals=self._train,
            founders=FOUNDERS,
            fallback=self._hand,
            budget_s=self._budget_s,
            purse_s=purse_s,
            batch=batch,
        )

    def _best(self, strategies: Sequence[Strategy]) -> Strategy:
        """By PAR-2 on the training goals."""

        def par2(strategy: Strategy) -> float:
            self._notice(f"by hand: {strategy.slices[0].stage} …")
            return fitness.par2([self._run(strategy, goal) for goal in self._train], self._budget_s)

        return min(strategies, key=par2)

    def _run(self, strategy: Strategy, goal: Goal) -> Trial:
        return self._checked(strategy, goal, self._budget_s)

    def _checked(self, strategy: Strategy, goal: Goal, cap_s: float) -> Trial:
        trial = self._evaluate(strategy, goal, cap_s)
        name = goal.theorem_id
        if trial.settled and name in self._labels and trial.outcome is not self._labels[name]:
            raise BackendError(f"{name} is not {trial.outcome}: {strategy}")
        if trial.settled and name not in self._labels:
            refuted = trial.outcome is Outcome.REFUTED
            if self._seen.setdefault(name, refuted) is not refuted:
                raise BackendError(f"{name} is both proved and refuted: {strategy}")
        return trial

    def _entry(
        self, name: str, seed: int | None, strategy: Strategy, found: Found | None = None
    ) -> Entry:
        self._notice(f"{name} on the goals held apart")
        trials = {goal.theorem_id: self._run(strategy, goal) for goal in self._test}
        others = [self._run(strategy, goal) for goal in self._foreign]
        stops = sum(trial.clock for trial in (*trials.values(), *others))
        return Entry(
            name=name,
            seed=seed,
            strategy=str(strategy),
            solved=fitness.solved(trials.values()),
            goals=len(trials),
            par2_s=fitness.par2(trials.values(), self._budget_s),
            foreign_solved=fitness.solved(others),
            foreign_goals=len(others),
            foreign_par2_s=fitness.par2(others, self._budget_s) if others else None,
            lost=tuple(
                one for one, trial in trials.items() if one in self._kept and not trial.settled
            ),
            tried=found.tried if found else 0,
            cost_s=found.cost_s if found else 0.0,
            train_solved=found.solved if found else None,
            train_par2_s=found.par2_s if found else None,
            clock_stops=stops + (found.clock_stops if found else 0),
            front=found.front if found else (),
        )


def _line(entries: Sequence[Entry]) -> Line:
    values = [entry.par2_s for entry in entries]
    low, _, high = (
        statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    )
    foreign = [entry.foreign_par2_s for entry in entries if entry.foreign_par2_s is not None]
    return Line(
        name=entries[0].name,
        seeds=len(entries),
        solved=statistics.median(entry.solved for entry in entries),
        par2_s=statistics.median(values),
        low_s=low,
        high_s=high,
        foreign_solved=statistics.median(entry.foreign_solved for entry in entries),
        foreign_par2_s=statistics.median(foreign) if foreign else None,
        cost_s=statistics.median(entry.cost_s for entry in entries),
        tried=statistics.median(entry.tried for entry in entries),
    )


def _aim_at_fixed(name: str, engine: Sequence[float], bar_s: float, most: float) -> Aim:
    return Aim(
        what=f"PAR-2 against {name}",
        measured=statistics.median(engine) / bar_s,
        most=most,
        p_value=significance.below(engine, bar_s),
        superiority=significance.superiority(engine, [bar_s]),
    )
