"""The verbs of a session that make its provers better at what they fail at. Searches only when it is told to.

What they start is ``evolution``'s and ``noticing``'s; both need an extra, so they are
imported when they are used.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

import msgspec

from hms_kernel.backends.strategy import Strategy, stage
from hms_kernel.client import Client
from hms_kernel.errors import StoreError, UsageError
from hms_kernel.facts import LineReleased
from hms_kernel.genetics.adoptions import in_force
from hms_kernel.genetics.family import family
from hms_kernel.genetics.files import default_file
from hms_kernel.handles import TaskHandle
from hms_kernel.messages import AcceptedResponse, RecordRequest, Response
from hms_kernel.model import Budget, Goal, Trust
from hms_kernel.racing import Race
from hms_kernel.requests import proof
from hms_kernel.viewing import Viewing

if TYPE_CHECKING:
    from hms_kernel.evolution import Search, Searches
    from hms_kernel.noticing import Vigil

    Searching = TypeVar("Searching", Search, Vigil)


class Evolving(Viewing, ABC):
    """Searches on the agents of a session, and what comes of them."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self._searching: list[Search | Vigil] = []  # what this end has begun
        self._under_way: Searches | None = None

    @abstractmethod
    def _at_least_one_agent(self) -> None:
        """Spawn some where there is none."""

    @abstractmethod
    def _submitted(self, future: Future[Response], label: str, goal: Goal) -> TaskHandle:
        """The task that was asked for."""

    def evolve(
        self,
        goals: str | Sequence[Goal | str],
        *,
        seed: int = 0,
        generations: int = 4,
        stages: int = 16,
        budget_s: float = 0.25,
        islands: int = 1,
        adaptive: bool = False,
        founders: Sequence[str] | None = None,
        adopt: bool = True,
    ) -> Search:
        """Search for a strategy that settles what the one in force does not, on idle agents.

        A third of the goals is held apart: a winner is adopted for their family only if it does
        better on these and loses none. Trials wait while anybody else's task does. The same call
        again repeats the search and pays for nothing twice, also after a kernel was killed.

        Args:
            goals: goals or Lean text; or the name of a family of which claims of this session
                stayed unknown: these are then handed in again once a winner is adopted.
            seed: same goals and seed, same generations.
            generations: at most, with the first.
            stages: tried in each generation, by all islands together.
            budget_s: nominal seconds of one attempt.
            islands: populations that evolve in turn and share every trial; the best of each
                migrate to the next every few generations.
            adaptive: True has a bandit choose the operators by what their children gained, on
                each island for itself; False is a fixed mix.
            founders: stages that the first generation begins with, as printed; None for those of
                the strategy in force. What is missing is drawn.
            adopt: False only looks; the goals may then be of any families.

        Raises:
            UsageError: fewer than two goals, or goals of several families; a setting or founder
                that makes no sense.
            BackendMissing: DEAP is not installed.
        """
        from hms_kernel import noticing, plans  # the search needs an extra
        from hms_kernel.genetics.engine import Settings

        self._at_least_one_agent()
        settings = Settings(
            seed=seed,
            budget_s=budget_s,
            population=stages,
            children=stages,
            generations=generations,
            islands=islands,
            adaptive=adaptive,
        )
        if isinstance(goals, str):
            due = noticing.failures(self.client, goals)
            plan = noticing.for_failures(self.client, due, settings, enough=False, adopt=adopt)
        else:
            given = [
                one if isinstance(one, Goal) else Goal(theorem_id="", statement=one)
                for one in goals
            ]
            plan = plans.planned(given, _family(given, one=adopt), settings, adopt=adopt)
        if founders is not None:
            chosen = tuple(map(stage, founders))
            plan = msgspec.structs.replace(plan, founders=chosen)
        return self._keep(self._searches().begin(plan))

    def evolve_when_stuck(
        self,
        *,
        failures: int = 2,
        of_last: int = 5,
        cooldown_s: float = 600.0,
        seed: int = 0,
        generations: int = 3,
        stages: int = 16,
        budget_s: float = 0.25,
    ) -> Vigil:
        """From now on, search by itself when claims of one family keep coming back unknown.

        It begins when no claim is open, tries what the archive knows before anything new, and
        hands the failed claims in again if its winner is adopted.

        Args:
            failures: so many different claims of a family, at least 2, ...
            of_last: ... among its last so many.
            cooldown_s: seconds from the end of a search until its family may have another.
            seed: of every search; the rest as for ``evolve``.

        Raises:
            UsageError, BackendMissing: as for ``evolve``.
        """
        from hms_kernel import noticing  # the search needs an extra
        from hms_kernel.genetics.engine import Settings
        from hms_kernel.genetics.trigger import Rule

        rule = Rule(failures=failures, of_last=of_last, cooldown_s=cooldown_s)
        settings = Settings(
            seed=seed,
            budget_s=budget_s,
            population=stages,
            children=stages,
            generations=generations,
        )
        return self._keep(noticing.Vigil(self.client, self._searches(), rule, settings).start())

    def race(
        self,
        statement: str | Goal,
        n: int = 4,
        *,
        budget: Budget | None = None,
        cache: bool = True,
    ) -> Race:
        """Hand in one claim to several agents, each with a strategy of its own; the first answer counts.

        The first runs what ``prove`` would, the others what has settled most in the archive, each
        with the whole budget.

        Args:
            statement: Lean text, or a goal.
            n: runners, at least 1; fewer run where the archive knows fewer stages.

        Raises:
            UsageError: nobody is to run.
        """
        # They bring the solver along, which ``prove`` must not.
        from hms_kernel.genetics.archive import Archive
        from hms_kernel.genetics.trials import alone

        goal = (
            statement if isinstance(statement, Goal) else Goal(theorem_id="", statement=statement)
        )
        if n < 1:
            raise UsageError(f"a race needs at least one runner, not {n}")
        self._at_least_one_agent()
        others = [alone(stage) for stage in Archive(default_file()).specialists(n - 1)]
        strategies = [self._in_force().get(family(goal)), *others]
        asked = [
            self.client.send(
                proof(goal, budget or Budget(), "", cache, Trust.ONE_SOLVER, strategy=one)
            )
            for one in strategies
        ]
        tasks = [self._submitted(one, goal.theorem_id, goal) for one in asked]
        names = [str(one or "the default") for one in strategies]
        claim = goal.theorem_id or goal.statement
        return Race(self.client, claim, list(zip(names, tasks, strict=True)))

    def rollback(self, family: str, why: str = "asked for") -> Strategy | None:
        """Put the strategy in force again that a family had before; returns it, None for the default.

        Raises:
            UsageError: nothing was adopted for that family; says for which.
            PolicyDenied: the gate refused.
        """
        from hms_kernel import applying  # searches have to be possible, to take back what they did

        return applying.rolled_back(self.client, family, why)

    def release_line(self, why: str) -> None:
        """Take proofs on again after a contradiction: somebody has found out which prover is wrong.

        Raises:
            PolicyDenied: the gate refused.
        """
        self.client.ask(RecordRequest(kind=LineReleased(why=why)), AcceptedResponse)

    def _in_force(self) -> Mapping[str, Strategy]:
        """Families whose claims are tried with a strategy of their own, and that."""
        try:
            return in_force(default_file())
        except StoreError:
            return {}  # no claim has to wait for that: the default is sound too

    def _searches(self) -> Searches:
        from hms_kernel.evolution import Searches  # the search needs an extra

        self._under_way = self._under_way or Searches(self.client)
        return self._under_way

    def _keep(self, searching: Searching) -> Searching:
        self._searching.append(searching)
        return searching

    def _end_searches(self) -> None:
        """Let what this end has begun end with what it has, and say so."""
        for one in self._searching:
            one.stop()
        for one in self._searching:
            one.join()


def _family(goals: Sequence[Goal], *, one: bool) -> str:
    families = sorted({family(goal) for goal in goals})
    if one and len(families) > 1:
        raise UsageError(
            f"these goals are of {len(families)} families ({'; '.join(families)}), and a winner is"
            " adopted for one: search for each by itself, or with adopt=False"
        )
    return "; ".join(families)
