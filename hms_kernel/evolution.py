"""A search on the agents of a session: runs, tells its generations as facts. What becomes of a winner is ``applying``'s.

Everything it depends on is in its first fact, and everything it pays for in the archive. So
whoever takes the session over begins the search again and pays for nothing twice.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from hms_kernel import applying, display
from hms_kernel.backends.smt import DEFAULT_STRATEGY
from hms_kernel.client import Client
from hms_kernel.errors import Contradiction, HmsError, SessionError, UsageError
from hms_kernel.facts import (
    Fact,
    GenerationDone,
    LineStopped,
    SearchBegun,
    SearchEnded,
    TaskSettled,
    TaskSubmitted,
)
from hms_kernel.genetics.archive import Archive, default_file
from hms_kernel.genetics.engine import Generation, evolve
from hms_kernel.genetics.trials import alone
from hms_kernel.handles import TaskHandle
from hms_kernel.messages import (
    AcceptedResponse,
    RecordRequest,
)
from hms_kernel.model import Budget
from hms_kernel.plans import Found, Plan, open_searches
from hms_kernel.trying import Bench, Stopped

WALL_S = 60.0  # of one trial: the safety net


class Search:
    """A search under way: iterate over its generations, stop it, wait for what it comes to."""

    def __init__(
        self, client: Client, name: str, plan: Plan, why: str, begun: SearchBegun | None = None
    ) -> None:
        self.plan, self.name = plan, name
        self._client, self._why, self._begun = client, why, begun
        self._stop = threading.Event()
        self._news = threading.Condition()
        self._generations: list[Generation] = []
        self._found: Found | None = None
        self._error: Exception | None = None
        budget = Budget(nominal_s=plan.settings.budget_s, wall_s=WALL_S)
        self._archive = Archive(default_file())
        self._bench = Bench(client, self._archive, budget, self.name, self._stop)
        self._thread = threading.Thread(target=self._run, name=f"hms-{self.name}", daemon=True)

    def start(self) -> Search:
        """Begin; returns itself."""
        self._thread.start()
        return self

    @property
    def generations(self) -> tuple[Generation, ...]:
        """Those that are done."""
        return tuple(self._generations)

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self._found is not None or self._error is not None

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    @property
    def paid(self) -> int:
        """Trials that agents ran for it; the others were known before."""
        return self._bench.ran

    def stop(self) -> None:
        """End it with what it has; trials that agents are in are lost, those before are kept."""
        self._stop.set()

    def join(self, timeout_s: float = 10.0) -> None:
        """Wait until its thread has ended, whatever came of it."""
        self._thread.join(timeout_s)

    def result(self, timeout_s: float | None = None) -> Found:
        """Wait for the end.

        Raises:
            TimeoutError: it has not ended in time; it goes on.
            HmsError: it broke.
        """
        with self._news:
            if not self._news.wait_for(lambda: self.done, timeout_s):
                raise TimeoutError(f"{self.name} has not ended within {timeout_s:g} s")
        if self._error is not None:
            raise self._error
        assert self._found is not None
        return self._found

    def __iter__(self) -> Iterator[Generation]:
        """Every generation, as soon as it is done; errors as for ``result``."""
        seen = 0
        while True:
            with self._news:
                while len(self._generations) == seen and not self.done:
                    self._news.wait()
                fresh = self._generations[seen:]
            yield from fresh
            seen += len(fresh)
            if not fresh:
                self.result()
                return

    # --- its thread --------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._begin()
            cause = self._search()
            found = self._judged(cause)
        except Contradiction as error:
            self._alarm(error)
            self._broke(error)
        except Exception as error:
            self._broke(error)
        else:
            with self._news:
                self._found = found
                self._news.notify_all()

    def _begin(self) -> None:
        plan = self.plan
        if self._begun is None:
            begun = SearchBegun(
                search=self.name,
                family=plan.family,
                goals=tuple(goal.theorem_id for goal in plan.train),
                seed=plan.settings.seed,
                generations=plan.settings.generations,
                islands=plan.settings.islands,
                why=self._why,
                plan=msgspec.to_builtins(plan),
            )
            self._tell(begun)
            return
        # What its predecessor handed in is still being tried: to ask again would pay twice.
        for task in _tasks(self._client.story(), self.name):
            TaskHandle(self._client, task).wait()

    def _search(self) -> str:
        plan = self.plan
        told = sum(
            isinstance(fact.kind, GenerationDone) and fact.kind.search == self.name
            for fact in (self._client.story() if self._begun else ())
        )
        known: set[str] = set()
        generations = evolve(
            plan.train,
            self._bench.evaluate,
            plan.settings,
            founders=plan.founders,
            fallback=DEFAULT_STRATEGY,
            each=lambda _, jobs: self._bench.trials(
                (alone(stage), goal, cap_s) for stage, goal, cap_s in jobs
            ),
        )
        with contextlib.suppress(Stopped):
            for generation in generations:
                gained = tuple(name for name in generation.settled if name not in known)
                known.update(gained)
                if len(self._generations) >= told:
                    self._tell(_done(self.name, generation, gained))
                with self._news:
                    self._generations.append(generation)
                    self._news.notify_all()
                if self._stop.is_set():
                    return "stopped"
                if plan.enough and generation.solved == generation.goals:
                    return "every goal is settled"
            return "finished"
        return "stopped"

    def _judged(self, cause: str) -> Found:
        plan = self.plan
        winner = self._generations[-1].winner if self._generations else plan.incumbent
        comparison, adopted = None, False
        changed: tuple[str, ...] = ()
        if cause != "stopped" and winner != plan.incumbent:
            with contextlib.suppress(Stopped):
                comparison = applying.compared(plan, winner, self._bench)
                if plan.adopt and comparison.accepted:
                    adopted = applying.adopt(self._client, plan, winner, comparison, self.name)
                if adopted:
                    won = next(one.number for one in self._generations if one.winner == winner)
                    changed = applying.retried(self._client, plan, winner, won)
        self._tell(
            SearchEnded(
                search=self.name,
                cause=cause,
                winner=str(winner),
                adopted=adopted,
                judged=str(comparison) if comparison else "not compared",
                changed=changed,
            )
        )
        return Found(
            search=self.name,
            family=plan.family,
            cause=cause,
            generations=self.generations,
            winner=winner,
            comparison=comparison,
            adopted=adopted,
            changed=changed,
        )

    def _alarm(self, error: Contradiction) -> None:
        with contextlib.suppress(HmsError):
            self._tell(LineStopped(claim=self.plan.family, said=(str(error),)))

    def _broke(self, error: Exception) -> None:
        # A session that has ended or was left cannot be told; whoever takes it over goes on.
        if not isinstance(error, SessionError):
            with contextlib.suppress(HmsError):
                self._tell(SearchEnded(search=self.name, cause=f"failed: {error}"))
        with self._news:
            self._error = error
            self._news.notify_all()

    def _tell(self, kind: SearchBegun | GenerationDone | SearchEnded | Any) -> None:
        self._client.ask(RecordRequest(kind=kind), AcceptedResponse)

    # --- for people ----------------------------------------------------------------

    def rows(self) -> list[dict[str, object]]:
        """One row per generation; seconds are nominal."""
        return [
            {
                "generation": one.number,
                **({"island": one.island} if self.plan.settings.islands > 1 else {}),
                "stages tried": one.evaluated,
                "settled": f"{one.solved} of {one.goals}",
                "PAR-2 s": round(one.par2_s, 4),
                "best fitness": round(one.best_fitness, 3),
                "median": round(one.median_fitness, 3),
                "cost s": round(one.cost_s, 2),
                "fittest stage": one.best,
            }
            for one in self._generations
        ]

    def __repr__(self) -> str:
        planned = self.plan.settings.generations * self.plan.settings.islands
        if self._error is not None:
            return f"<{self.name} for {self.plan.family}: {self._error}>"
        if self._found is not None:
            return str(self._found)
        done = f"{len(self._generations)} of {planned} generations"
        return f"<{self.name} for {self.plan.family}: {done}>"

    def _repr_html_(self) -> str:
        text = "".join(display.html_text(line) for line in repr(self).splitlines())
        return text + display.html_table(self.rows())


class Searches:
    """The searches that one end of a session has under way, of each plan one at a time.

    Args:
        client: of the session.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._under_way: list[Search] = []

    def begin(self, plan: Plan, why: str = "asked for") -> Search:
        """Start a search, or go on with one of the same plan: under way here, or left open by a killed kernel."""
        with self._lock:
            for search in self._going():
                if search.plan == plan:
                    return search
            facts = list(self._client.story())
            for begun in open_searches(facts):
                with contextlib.suppress(msgspec.ValidationError):  # of another version
                    if msgspec.convert(begun.plan, Plan) == plan:
                        return self._started(begun.search, plan, why, begun)
            # Equal plans have equal names, but for how often they were carried out.
            name = f"search-{plan.sha256[:6]}"
            kinds = (fact.kind for fact in facts)
            before = sum(isinstance(k, SearchBegun) and k.search.startswith(name) for k in kinds)
            return self._started(f"{name}-{before + 1}" if before else name, plan, why)

    def resumed(self, begun: SearchBegun) -> Search:
        """A search that its session's last kernel did not live to end.

        Raises:
            UsageError: another version began it, in terms that this one does not have; it is
                told that the search has ended.
        """
        with self._lock:
            for search in self._going():
                if search.name == begun.search:
                    return search
            try:
                plan = msgspec.convert(begun.plan, Plan)
            except msgspec.ValidationError as error:
                cause = f"cannot be resumed: {error}"
                ended = SearchEnded(search=begun.search, cause=cause)
                self._client.ask(RecordRequest(kind=ended), AcceptedResponse)
                raise UsageError(f"{begun.search} {cause}") from error
            return self._started(begun.search, plan, begun.why, begun)

    def _going(self) -> list[Search]:
        """Those that go on; one that was told to stop is waited for."""
        for search in self._under_way:
            if search.stopping:
                search.join()
        self._under_way = [search for search in self._under_way if not search.done]
        return self._under_way

    def _started(self, name: str, plan: Plan, why: str, begun: SearchBegun | None = None) -> Search:
        search = Search(self._client, name, plan, why, begun).start()
        self._under_way.append(search)
        return search


def _done(search: str, one: Generation, gained: tuple[str, ...]) -> GenerationDone:
    return GenerationDone(
        search=search,
        generation=one.number,
        island=one.island,
        evaluated=one.evaluated,
        solved=one.solved,
        best_fitness=one.best_fitness,
        median_fitness=one.median_fitness,
        spread=one.spread,
        par2_s=one.par2_s,
        cost_s=one.cost_s,
        best=one.best,
        winner=one.text,
        credit=one.credit,
        gained=gained,
    )


def _tasks(facts: Iterable[Fact], label: str) -> list[str]:
    """Trials of that search that have not ended."""
    found: dict[str, None] = {}
    for fact in facts:
        match fact.kind:
            case TaskSubmitted(submitted=task) if task.skill == "trial" and task.label == label:
                found[task.task_id] = None
            case TaskSettled():
                found.pop(fact.task or "", None)
            case _:
                pass
    return list(found)
